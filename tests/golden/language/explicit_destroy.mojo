"""A struct that is `not Deinitable` ends in a method of its own."""


@explicit_destroy("call release()")
struct File(not Deinitable):
    var id: Int

    def __init__(out self, id: Int):
        self.id = id

    def release(deinit self):
        print("released", self.id)

def main():
    var f = File(7)
    print(f.id)
    f^.release()
