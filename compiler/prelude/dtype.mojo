"""DType as a value of a running program; the compiler knows the codes and answers for constants itself."""


struct DType:
    def _name(self) -> String:
        if self == DType.bool:
            return "bool"
        if self == DType.int:
            return "int"
        if self == DType.uint:
            return "uint"
        if self == DType.int8:
            return "int8"
        if self == DType.uint8:
            return "uint8"
        if self == DType.int16:
            return "int16"
        if self == DType.uint16:
            return "uint16"
        if self == DType.int32:
            return "int32"
        if self == DType.uint32:
            return "uint32"
        if self == DType.int64:
            return "int64"
        if self == DType.uint64:
            return "uint64"
        return "float32" if self == DType.float32 else "float64"

    def is_floating_point(self) -> Bool:
        return self == DType.float32 or self == DType.float64

    def is_integral(self) -> Bool:
        return not self.is_floating_point() and self != DType.bool

    def is_numeric(self) -> Bool:
        return self != DType.bool

    def is_unsigned(self) -> Bool:
        if self == DType.uint or self == DType.uint8 or self == DType.uint16:
            return True
        return self == DType.uint32 or self == DType.uint64

    def is_signed(self) -> Bool:
        return self != DType.bool and not self.is_unsigned()
