"""Errors of dictionaries and Optionals have types of their own."""

from std.collections.dict import DictKeyError


def first(d: Dict[String, Int], key: String) raises -> Int:
    return d[key]


def typed(d: Dict[Int, Int]) raises DictKeyError[Int] -> Int:
    return d[3]


def main():
    var d: Dict[String, Int] = {"a": 1}
    try:
        print(d["a"], d["b"])
    except e:
        print("caught", e)
    try:
        print(first(d, "a"), first(d, "zz"))
    except e:
        print("caught", e, repr(e))
    try:
        _ = d.pop("x")
    except e:
        print("caught", e)
    try:
        print(typed({1: 2}))
    except e:
        print("caught", e)
    var empty = Dict[Int, Float64]()
    try:
        _ = empty.popitem()
    except e:
        print("caught", e)
    var o = Optional[String]()
    try:
        print(o[])
    except e:
        print("caught", e)
    try:
        try:
            print(o[])
        except e:
            raise Error("again: ", e)
    except e:
        print(e)
