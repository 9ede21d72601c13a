"""Functions in LLVM IR: checked arithmetic, bit patterns, and what LLVM itself may call.

`helper(name)` gives the definition of one; they are internal and mostly inlined, so only what is
used is written. The 128-bit functions are those that LLVM's code generator calls when it invents
wide arithmetic (closed forms of nested sums, for instance); they and what is never inlined are an
object of their own.
"""

from collections.abc import Mapping
from typing import Final

FLOOR_DIV_SIGNED = """
define internal {t} @floor_div_s_{t}({t} %a, {t} %b) alwaysinline nounwind {{
  %is_zero = icmp eq {t} %b, 0
  %is_minus_one = icmp eq {t} %b, -1
  %is_special = or i1 %is_zero, %is_minus_one
  %divisor = select i1 %is_special, {t} 1, {t} %b
  %quotient = sdiv {t} %a, %divisor
  %remainder = srem {t} %a, %divisor
  %is_inexact = icmp ne {t} %remainder, 0
  %signs = xor {t} %remainder, %b
  %is_opposite = icmp slt {t} %signs, 0
  %rounds_down = and i1 %is_inexact, %is_opposite
  %correction = sext i1 %rounds_down to {t}
  %floored = add {t} %quotient, %correction
  %negated = sub {t} 0, %a
  %unless_minus_one = select i1 %is_minus_one, {t} %negated, {t} %floored
  %result = select i1 %is_zero, {t} 0, {t} %unless_minus_one
  ret {t} %result
}}"""

MOD_SIGNED = """
define internal {t} @mod_s_{t}({t} %a, {t} %b) alwaysinline nounwind {{
  %is_zero = icmp eq {t} %b, 0
  %is_minus_one = icmp eq {t} %b, -1
  %is_special = or i1 %is_zero, %is_minus_one
  %divisor = select i1 %is_special, {t} 1, {t} %b
  %remainder = srem {t} %a, %divisor
  %is_inexact = icmp ne {t} %remainder, 0
  %signs = xor {t} %remainder, %b
  %is_opposite = icmp slt {t} %signs, 0
  %rounds_down = and i1 %is_inexact, %is_opposite
  %correction = select i1 %rounds_down, {t} %b, {t} 0
  %result = add {t} %remainder, %correction
  ret {t} %result
}}"""

FLOOR_DIV_UNSIGNED = """
define internal {t} @floor_div_u_{t}({t} %a, {t} %b) alwaysinline nounwind {{
  %is_zero = icmp eq {t} %b, 0
  %divisor = select i1 %is_zero, {t} 1, {t} %b
  %quotient = udiv {t} %a, %divisor
  %result = select i1 %is_zero, {t} 0, {t} %quotient
  ret {t} %result
}}"""

MOD_UNSIGNED = """
define internal {t} @mod_u_{t}({t} %a, {t} %b) alwaysinline nounwind {{
  %is_zero = icmp eq {t} %b, 0
  %divisor = select i1 %is_zero, {t} 1, {t} %b
  %remainder = urem {t} %a, %divisor
  ret {t} %remainder
}}"""

TRUNC_DIV_SIGNED = """
define internal {t} @trunc_div_s_{t}({t} %a, {t} %b) alwaysinline nounwind {{
  %is_zero = icmp eq {t} %b, 0
  br i1 %is_zero, label %failed, label %checked
failed:
  call void @llvm.trap()
  unreachable
checked:
  %is_minus_one = icmp eq {t} %b, -1
  %divisor = select i1 %is_minus_one, {t} 1, {t} %b
  %quotient = sdiv {t} %a, %divisor
  %negated = sub {t} 0, %a
  %result = select i1 %is_minus_one, {t} %negated, {t} %quotient
  ret {t} %result
}}"""

TRUNC_DIV_UNSIGNED = """
define internal {t} @trunc_div_u_{t}({t} %a, {t} %b) alwaysinline nounwind {{
  %is_zero = icmp eq {t} %b, 0
  br i1 %is_zero, label %failed, label %checked
failed:
  call void @llvm.trap()
  unreachable
checked:
  %quotient = udiv {t} %a, %b
  ret {t} %quotient
}}"""

BITS_OF_DOUBLE = """
define internal i64 @bits_double(double %x) alwaysinline nounwind {
  %is_nan = fcmp uno double %x, 0.0
  %bits = bitcast double %x to i64
  %result = select i1 %is_nan, i64 9221120237041090560, i64 %bits
  ret i64 %result
}"""

BITS_OF_FLOAT = """
define internal i32 @bits_float(float %x) alwaysinline nounwind {
  %is_nan = fcmp uno float %x, 0.0
  %bits = bitcast float %x to i32
  %result = select i1 %is_nan, i32 2143289344, i32 %bits
  ret i32 %result
}"""

COPYSIGN = """
define internal {t} @copysign_{t}({t} %x, {t} %sign) alwaysinline nounwind {{
  %is_nan = fcmp uno {t} %sign, 0.0
  %clean = select i1 %is_nan, {t} 1.0, {t} %sign
  %result = call {t} @llvm.copysign.{f}({t} %x, {t} %clean)
  ret {t} %result
}}"""

# Schoolbook on 32-bit halves. LLVM would recognise the pattern as a 128-bit product, whose lowering
# is a call of __multi3, were it not for the empty instruction in the middle.
MUL_HIGH = """
define internal i64 @mul_high(i64 %a, i64 %b) alwaysinline nounwind {
  %a_low = and i64 %a, 4294967295
  %a_high = lshr i64 %a, 32
  %b_low = and i64 %b, 4294967295
  %b_high = lshr i64 %b, 32
  %low_low = mul i64 %a_low, %b_low
  %high_low = mul i64 %a_high, %b_low
  %low_high = mul i64 %a_low, %b_high
  %high_high = mul i64 %a_high, %b_high
  %low_carry = lshr i64 %low_low, 32
  %sum = add i64 %high_low, %low_carry
  %middle = call i64 asm "", "=r,0"(i64 %sum) nounwind willreturn memory(none)
  %middle_low = and i64 %middle, 4294967295
  %middle_high = lshr i64 %middle, 32
  %crossed = add i64 %low_high, %middle_low
  %crossed_high = lshr i64 %crossed, 32
  %partial = add i64 %high_high, %middle_high
  %result = add i64 %partial, %crossed_high
  ret i64 %result
}"""

COPY_BYTES = """
declare i1 @llvm.is.constant.i32(i32)
declare void @llvm.memmove.p0.p0.i32(ptr, ptr, i32, i1)
declare void @copy_short(ptr captures(none), ptr captures(none) readonly, i32)
  nounwind willreturn memory(argmem: readwrite)
define internal void @copy_bytes(ptr %to, ptr %from, i32 %size) alwaysinline nounwind {
  %is_known = call i1 @llvm.is.constant.i32(i32 %size)
  %is_long = icmp ugt i32 %size, 64
  %is_plain = or i1 %is_known, %is_long
  br i1 %is_plain, label %plain, label %short
plain:
  call void @llvm.memmove.p0.p0.i32(ptr %to, ptr %from, i32 %size, i1 false)
  ret void
short:
  call void @copy_short(ptr %to, ptr %from, i32 %size)
  ret void
}"""
"""memmove; up to 64 bytes without an instruction that costs engines a call of their own.

All bytes are read before the first is written, since the places may overlap."""

COPY_SHORT = """
define hidden void @copy_short(ptr %to, ptr %from, i32 %size) noinline nounwind {
entry:
  %from_end = getelementptr i8, ptr %from, i32 %size
  %to_end = getelementptr i8, ptr %to, i32 %size
  %has_8 = icmp ugt i32 %size, 7
  br i1 %has_8, label %from_8, label %below_8
below_8:
  %has_4 = icmp ugt i32 %size, 3
  br i1 %has_4, label %from_4, label %below_4
below_4:
  %is_empty = icmp eq i32 %size, 0
  br i1 %is_empty, label %done, label %from_1
from_1:
  %half = lshr i32 %size, 1
  %from_middle = getelementptr i8, ptr %from, i32 %half
  %from_last = getelementptr i8, ptr %from_end, i32 -1
  %first_1 = load i8, ptr %from, align 1
  %middle_1 = load i8, ptr %from_middle, align 1
  %last_1 = load i8, ptr %from_last, align 1
  %to_middle = getelementptr i8, ptr %to, i32 %half
  %to_last = getelementptr i8, ptr %to_end, i32 -1
  store i8 %first_1, ptr %to, align 1
  store i8 %middle_1, ptr %to_middle, align 1
  store i8 %last_1, ptr %to_last, align 1
  ret void
from_4:
  %from_tail_4 = getelementptr i8, ptr %from_end, i32 -4
  %to_tail_4 = getelementptr i8, ptr %to_end, i32 -4
  %first_4 = load i32, ptr %from, align 1
  %last_4 = load i32, ptr %from_tail_4, align 1
  store i32 %first_4, ptr %to, align 1
  store i32 %last_4, ptr %to_tail_4, align 1
  ret void
from_8:
  %has_16 = icmp ugt i32 %size, 16
  br i1 %has_16, label %from_17, label %to_16
to_16:
  %from_tail_8 = getelementptr i8, ptr %from_end, i32 -8
  %to_tail_8 = getelementptr i8, ptr %to_end, i32 -8
  %first_8 = load i64, ptr %from, align 1
  %last_8 = load i64, ptr %from_tail_8, align 1
  store i64 %first_8, ptr %to, align 1
  store i64 %last_8, ptr %to_tail_8, align 1
  ret void
from_17:
  %from_tail = getelementptr i8, ptr %from_end, i32 -16
  %to_tail = getelementptr i8, ptr %to_end, i32 -16
  %first = load <2 x i64>, ptr %from, align 1
  %last = load <2 x i64>, ptr %from_tail, align 1
  %has_32 = icmp ugt i32 %size, 32
  br i1 %has_32, label %from_33, label %to_32
from_33:
  %from_second = getelementptr i8, ptr %from, i32 16
  %from_third = getelementptr i8, ptr %from_end, i32 -32
  %second = load <2 x i64>, ptr %from_second, align 1
  %third = load <2 x i64>, ptr %from_third, align 1
  %to_second = getelementptr i8, ptr %to, i32 16
  %to_third = getelementptr i8, ptr %to_end, i32 -32
  store <2 x i64> %second, ptr %to_second, align 1
  store <2 x i64> %third, ptr %to_third, align 1
  br label %to_32
to_32:
  store <2 x i64> %first, ptr %to, align 1
  store <2 x i64> %last, ptr %to_tail, align 1
  ret void
done:
  ret void
}
"""

_WIDTHS = ("i8", "i16", "i32", "i64")


def _per_width(name: str, text: str) -> dict[str, str]:
    return {f"{name}_{width}": text.format(t=width) for width in _WIDTHS}


HELPERS: Final[Mapping[str, str]] = {
    **_per_width("floor_div_s", FLOOR_DIV_SIGNED),
    **_per_width("floor_div_u", FLOOR_DIV_UNSIGNED),
    **_per_width("mod_s", MOD_SIGNED),
    **_per_width("mod_u", MOD_UNSIGNED),
    **_per_width("trunc_div_s", TRUNC_DIV_SIGNED),
    **_per_width("trunc_div_u", TRUNC_DIV_UNSIGNED),
    "bits_double": BITS_OF_DOUBLE,
    "bits_float": BITS_OF_FLOAT,
    "copysign_double": COPYSIGN.format(t="double", f="f64"),
    "copysign_float": COPYSIGN.format(t="float", f="f32"),
    "mul_high": MUL_HIGH,
    "copy_bytes": COPY_BYTES,
}
"""Definitions by symbol (without @)."""

_UNTOUCHED = "\nattributes #0 = { noinline optnone nounwind }\n"

# The wasm C convention passes i128 as two i64 and returns it through a pointer.
RUNTIME: Final = (
    MUL_HIGH
    + COPY_SHORT
    + """
define hidden void @__multi3(ptr %out, i64 %al, i64 %ah, i64 %bl, i64 %bh) #0 {
  %low = mul i64 %al, %bl
  %carry = call i64 @mul_high(i64 %al, i64 %bl)
  %cross1 = mul i64 %ah, %bl
  %cross2 = mul i64 %al, %bh
  %sum = add i64 %carry, %cross1
  %high = add i64 %sum, %cross2
  store i64 %low, ptr %out, align 8
  %out_high = getelementptr i8, ptr %out, i32 8
  store i64 %high, ptr %out_high, align 8
  ret void
}
define internal void @divide_wide(
  ptr %out, i64 %al, i64 %ah, i64 %bl, i64 %bh, i1 %is_remainder
) #0 {
entry:
  br label %step
step:
  %count = phi i32 [ 0, %entry ], [ %count_next, %step ]
  %ql = phi i64 [ %al, %entry ], [ %ql_next, %step ]
  %qh = phi i64 [ %ah, %entry ], [ %qh_next, %step ]
  %rl = phi i64 [ 0, %entry ], [ %rl_next, %step ]
  %rh = phi i64 [ 0, %entry ], [ %rh_next, %step ]
  %r_top = lshr i64 %rh, 63
  %rh_up = shl i64 %rh, 1
  %rl_top = lshr i64 %rl, 63
  %rh_in = or i64 %rh_up, %rl_top
  %rl_up = shl i64 %rl, 1
  %qh_top = lshr i64 %qh, 63
  %rl_in = or i64 %rl_up, %qh_top
  %qh_up = shl i64 %qh, 1
  %ql_top = lshr i64 %ql, 63
  %qh_next = or i64 %qh_up, %ql_top
  %ql_up = shl i64 %ql, 1
  %high_above = icmp ugt i64 %rh_in, %bh
  %high_equal = icmp eq i64 %rh_in, %bh
  %low_reaches = icmp uge i64 %rl_in, %bl
  %both = and i1 %high_equal, %low_reaches
  %fits = or i1 %high_above, %both
  %has_top = icmp ne i64 %r_top, 0
  %subtracts = or i1 %fits, %has_top
  %bit = zext i1 %subtracts to i64
  %ql_next = or i64 %ql_up, %bit
  %sl = select i1 %subtracts, i64 %bl, i64 0
  %sh = select i1 %subtracts, i64 %bh, i64 0
  %borrows = icmp ult i64 %rl_in, %sl
  %borrow = zext i1 %borrows to i64
  %rl_next = sub i64 %rl_in, %sl
  %rh_less = sub i64 %rh_in, %sh
  %rh_next = sub i64 %rh_less, %borrow
  %count_next = add i32 %count, 1
  %is_done = icmp eq i32 %count_next, 128
  br i1 %is_done, label %done, label %step
done:
  %low = select i1 %is_remainder, i64 %rl_next, i64 %ql_next
  %high = select i1 %is_remainder, i64 %rh_next, i64 %qh_next
  store i64 %low, ptr %out, align 8
  %out_high = getelementptr i8, ptr %out, i32 8
  store i64 %high, ptr %out_high, align 8
  ret void
}
define hidden void @__udivti3(ptr %out, i64 %al, i64 %ah, i64 %bl, i64 %bh) #0 {
  call void @divide_wide(ptr %out, i64 %al, i64 %ah, i64 %bl, i64 %bh, i1 false)
  ret void
}
define hidden void @__umodti3(ptr %out, i64 %al, i64 %ah, i64 %bl, i64 %bh) #0 {
  call void @divide_wide(ptr %out, i64 %al, i64 %ah, i64 %bl, i64 %bh, i1 true)
  ret void
}
"""
    + _UNTOUCHED
)
"""What is linked to programs that call it; LLVM turns closed forms of loops into calls of the last three."""
RUNTIME_FUNCTIONS: Final = ("copy_short", "__multi3", "__udivti3", "__umodti3")
"""What `RUNTIME` offers."""
