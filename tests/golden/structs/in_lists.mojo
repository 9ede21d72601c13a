@fieldwise_init
struct Body(Copyable, Movable):
    var name: String
    var mass: Float64
    var trail: List[Float64]


def step(mut bodies: List[Body], dt: Float64):
    for i in range(len(bodies)):
        bodies[i].mass *= dt
        bodies[i].trail.append(bodies[i].mass)


def total(bodies: List[Body]) -> Float64:
    var sum = 0.0
    for i in range(len(bodies)):
        ref b = bodies[i]
        sum += b.mass
    return sum


def main():
    var bodies = List[Body]()
    bodies.append(Body("sun", 100.0, List[Float64]()))
    bodies.append(Body("earth", 1.5, List[Float64]()))
    step(bodies, 0.5)
    step(bodies, 0.25)
    for i in range(len(bodies)):
        print(bodies[i].name, bodies[i].mass, bodies[i].trail)
    print(total(bodies))
    ref first = bodies[0]
    first.name += "?"
    print(bodies[0].name)
    var taken = bodies.pop()
    print(taken.name, len(bodies))
    for ref b in bodies:
        b.mass = 1.0
    for b in bodies:
        print(b.name, b.mass)
