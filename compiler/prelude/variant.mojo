"""Variant: a value of one of several types.

There is room for each of the types, one after the other; all but the one that is held is empty (zero bytes), so that
moves and destruction need no case for each type.
"""


struct Variant[*Ts: AnyType](ImplicitlyCopyable, Movable, Writable, Equatable, Hashable):
    var _held: Int
    """Which of the types."""
    var _values: Self.Ts

    @implicit
    def __init__[T: Movable](out self, var value: T):
        comptime assert __index_of_type[T, Self.Ts]() >= 0, "Type does not exist in Variant."
        self._held = __index_of_type[T, Self.Ts]()
        __zero(self._values)
        __emplace(self._values[__index_of_type[T, Self.Ts]()], value^)

    def __init__(out self, *, copy: Self):
        self._held = copy._held
        __zero(self._values)
        comptime for i in range(__type_count[Self.Ts]()):
            if copy._held == i:
                __emplace(self._values[i], __copy(copy._values[i]))

    def copy(self) -> Self:
        return __copy(self)

    def isa[T: AnyType](self) -> Bool:
        return self._held == __index_of_type[T, Self.Ts]()

    @staticmethod
    def is_type_supported[T: AnyType]() -> Bool:
        return __index_of_type[T, Self.Ts]() >= 0

    @__reference
    @__interior("value")
    def __getitem_param__[T: AnyType](self) -> __Pointer[T]:
        """The value, which must be of this type."""
        comptime assert __index_of_type[T, Self.Ts]() >= 0, "Type does not exist in Variant."
        if not self.isa[T]():
            abort("get: wrong variant type")
        return __address(self._values[__index_of_type[T, Self.Ts]()])

    @__reference
    @__interior("value")
    def unsafe_get[T: AnyType](self) -> __Pointer[T]:
        return __address(self._values[__index_of_type[T, Self.Ts]()])

    def unwrap[T: Movable](deinit self) -> T:
        """Move the value out, which must be of this type."""
        if not self.isa[T]():
            abort("unwrapping the wrong type!")
        return __take(self._values[__index_of_type[T, Self.Ts]()])

    def unsafe_unwrap[T: Movable](deinit self) -> T:
        return __take(self._values[__index_of_type[T, Self.Ts]()])

    def replace[Tin: Movable, Tout: Movable](mut self, var value: Tin) -> Tout:
        """Move the value out, which must be of the type Tout, and put another one in."""
        if not self.isa[Tout]():
            abort("taking out the wrong type!")
        return self.unsafe_replace[Tin, Tout](value^)

    def unsafe_replace[Tin: Movable, Tout: Movable](mut self, var value: Tin) -> Tout:
        var old = __take(self._values[__index_of_type[Tout, Self.Ts]()])
        self._held = __index_of_type[Tin, Self.Ts]()
        __emplace(self._values[__index_of_type[Tin, Self.Ts]()], value^)
        return old^

    def set[T: Movable](mut self, var value: T):
        """Destroy the value, and hold another one."""
        self = Self(value^)

    def __eq__(self, other: Self) -> Bool:
        if self._held != other._held:
            return False
        comptime for i in range(__type_count[Self.Ts]()):
            if self._held == i:
                return self._values[i] == other._values[i]
        return False

    def __ne__(self, other: Self) -> Bool:
        return not (self == other)


def _write[*Ts: AnyType](mut out: String, value: Variant[*Ts]):
    comptime for i in range(__type_count[Ts]()):
        if value._held == i:
            _write(out, value._values[i])


def _write_repr[*Ts: AnyType](mut out: String, value: Variant[*Ts]):
    _open_repr[Variant[*Ts]](out)
    comptime for i in range(__type_count[Ts]()):
        if value._held == i:
            _write_repr(out, value._values[i])
    out += ")"


def _hash_into[*Ts: AnyType](mut hasher: AHasher, value: Variant[*Ts]):
    comptime for i in range(__type_count[Ts]()):
        if value._held == i:
            _hash_into(hasher, UInt8(i))
            _hash_into(hasher, value._values[i])
