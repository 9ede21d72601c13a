def main():
    var x = 1
    if x > 0:
        var x = "inner"
        print(x)
    print(x)
    for i in range(2):
        var x = Float64(i) + 0.5
        print(x)
    var i = 10
    for i in range(2):
        print(i)
    print(i, x)
    while x < 3:
        var y = x * 2
        x += 1
        print(y)
