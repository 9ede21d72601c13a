"""Room for a fixed number of values within a value; the compiler lays it out."""


struct _Room[T: AnyType, count: Int](ImplicitlyCopyable, Movable):
    """`count` values one after the other; the struct around it fills it with `__zero`, and destroys what is there."""

    @__reference
    def at(self, index: Int) -> __Pointer[Self.T]:
        return __intrinsic_pointer_offset(__Pointer[Self.T](__address(self)), index)
