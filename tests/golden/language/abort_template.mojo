"""`abort` takes what can be written."""


from std.os import abort
def main():
    print("a")
    var x = 3
    abort(t"bad {x}")
