# The price of an arithmetic Asian call option by Monte-Carlo: geometric Brownian motion, one year of 252 trading days,
# antithetic paths, and the random numbers of a counter-based generator (Philox4x32-10, Salmon et al. 2011), so that
# path k always sees the same numbers, whoever computes it.
from std.math import sqrt, sin, cos, exp, log
from std.sys import argv

comptime SPOT = 100.0
comptime STRIKE = 105.0
comptime RATE = 0.03
comptime VOLATILITY = 0.25
comptime DAYS = 252
comptime PATHS_PER_BATCH = 200
comptime KEY: UInt32 = 20261123


@fieldwise_init
struct Words(Copyable, Movable):
    """Four random words."""

    var a: UInt32
    var b: UInt32
    var c: UInt32
    var d: UInt32


@fieldwise_init
struct Sums(Copyable, Movable):
    """Discounted payoffs of a batch, and their squares."""

    var payoffs: Float64
    var squares: Float64


def philox(path: UInt32, block: UInt32) -> Words:
    """Ten rounds on the counter (path, block, 0, 0)."""
    var a = path
    var b = block
    var c: UInt32 = 0
    var d: UInt32 = 0
    var key_low = KEY
    var key_high: UInt32 = 0
    for _ in range(10):
        var left = UInt64(a) * 0xD2511F53
        var right = UInt64(c) * 0xCD9E8D57
        a = UInt32(right >> 32) ^ b ^ key_low
        b = UInt32(right & 0xFFFFFFFF)
        c = UInt32(left >> 32) ^ d ^ key_high
        d = UInt32(left & 0xFFFFFFFF)
        key_low += 0x9E3779B9
        key_high += 0xBB67AE85
    return Words(a, b, c, d)


def uniform(high: UInt32, low: UInt32) -> Float64:
    """A number in (0, 1) of 53 random bits."""
    var bits = (UInt64(high) << 21) ^ (UInt64(low) >> 11)
    return (Float64(bits) + 0.5) / 9007199254740992.0


def payoff(path: Int) -> Float64:
    """The mean of the discounted payoffs of a path and its mirror image."""
    comptime YEAR_PER_DAY = 1.0 / DAYS
    var drift = (RATE - 0.5 * VOLATILITY * VOLATILITY) * YEAR_PER_DAY
    var step = VOLATILITY * sqrt(YEAR_PER_DAY)
    var up = 0.0
    var down = 0.0
    var up_sum = 0.0
    var down_sum = 0.0
    for day in range(0, DAYS, 2):
        # Two normal numbers by Box and Muller, for two days.
        var words = philox(UInt32(path), UInt32(day))
        var radius = sqrt(-2.0 * log(uniform(words.a, words.b)))
        var angle = 6.283185307179586 * uniform(words.c, words.d)
        var first = step * radius * cos(angle)
        var second = step * radius * sin(angle)
        up += drift + first
        down += drift - first
        up_sum += exp(up)
        down_sum += exp(down)
        up += drift + second
        down += drift - second
        up_sum += exp(up)
        down_sum += exp(down)
    var up_payoff = max(SPOT * up_sum * YEAR_PER_DAY - STRIKE, 0.0)
    var down_payoff = max(SPOT * down_sum * YEAR_PER_DAY - STRIKE, 0.0)
    return exp(-RATE) * 0.5 * (up_payoff + down_payoff)


def simulate(batch: Int) -> Sums:
    """One batch of paths."""
    var payoffs = 0.0
    var squares = 0.0
    for i in range(PATHS_PER_BATCH):
        var value = payoff(batch * PATHS_PER_BATCH + i)
        payoffs += value
        squares += value * value
    return Sums(payoffs, squares)


def main() raises:
    # The number of batches may be given as an argument.
    var batches = 5000
    var arguments = argv()
    if len(arguments) > 1:
        batches = Int(String(arguments[1]))
    var total = 0.0
    var squares = 0.0
    for batch in range(batches):
        var sums = simulate(batch)
        total += sums.payoffs
        squares += sums.squares
    var paths = Float64(batches * PATHS_PER_BATCH)
    var mean = total / paths
    var error = sqrt((squares / paths - mean * mean) / paths)
    # Six digits: beyond them the real compiler's exp and ours differ.
    print("paths", batches * PATHS_PER_BATCH)
    print("price", round(mean * 1e6) / 1e6)
    print("standard error", round(error * 1e6) / 1e6)
