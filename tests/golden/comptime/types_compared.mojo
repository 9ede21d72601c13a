def kind[T: AnyType]() -> String:
    comptime if T == Int:
        return "int"
    elif T == String:
        return "string"
    else:
        return "other"

def main():
    print(kind[Int](), kind[String](), kind[Float64](), kind[Float64]() == "other")
    comptime same = Int == Int
    print(same, Float64 == Float32)
    comptime if List[Int] == List[Int] and Optional[Int] != Optional[String]:
        print("lists")
    print(pick[DType.int32](), pick[DType.float64]())

def pick[dt: DType]() -> String:
    comptime if Scalar[dt] == Int32:
        return "int32"
    elif dt == DType.float64:
        return "float64"
    return "?"
