"""std.reflection, as far as types have names."""



struct reflect[T: AnyType]:
    @staticmethod
    def name() -> String:
        return __type_name[Self.T]()
