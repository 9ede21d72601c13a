"""`comptime` names with parameters: in modules, structs and functions."""


comptime double[n: Int] = n * 2
comptime Vec[dt: DType, n: Int] = SIMD[dt, n]
comptime squares[n: Int]: Int = n * n

struct Config:
    comptime scaled[k: Int]: Int = k * 10
    comptime name = "config"

def use() -> Int:
    comptime triple[n: Int] = n * 3
    comptime bigger[n: Int, m: Int = 5] = n + m
    return triple[4] + bigger[1] + bigger[1, 2]

def main():
    print(double[4], squares[5])
    var v = Vec[DType.float64, 2](1.0, 2.0)
    print(v)
    print(Config.scaled[3], Config.name)
    print(use())
