def main():
    var bytes = List[UInt8](length=4, fill=250)
    for i in range(len(bytes)):
        bytes[i] += UInt8(i * 3)
    print(bytes)
    var words = List[Int32]()
    for i in range(5):
        words.append(Int32(i) * -1000000000)
    print(words)
    var floats = List[Float32](length=3, fill=0.1)
    floats[1] *= 3
    floats[2] = Float32(1) / 3
    print(floats)
    var flags = List[Bool](length=3, fill=False)
    flags[1] = not flags[1]
    print(flags, flags[0] or flags[1])
