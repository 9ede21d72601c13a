"""Constants of FloatLiteral, and text that is literal."""

from std.math import isnan


def twice(text: StringLiteral) -> String:
    return String(text) * 2


def main():
    var a: Float64 = FloatLiteral.nan
    var b: Float64 = FloatLiteral.infinity
    var c = Float64(FloatLiteral.negative_infinity)
    print(isnan(a), b, c)
    print(twice("ab"))
