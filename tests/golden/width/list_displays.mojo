@fieldwise_init
struct P(Copyable, Movable, Writable):
    var x: Int

def main():
    var p = P(1)
    var q = P(2)
    var ps: List = [p^, q^]
    for r in [P(5), P(6)]:
        print(r)
    print(ps)
    assert len(ps) == 3, "no"
