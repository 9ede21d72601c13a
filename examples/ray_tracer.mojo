# Spheres over a checkered floor, with shadows, mirrors and antialiasing, written as a plain PPM (P3) picture:
#     meshnode run examples/ray_tracer.mojo > picture.ppm
from std.math import sqrt, floor

comptime WIDTH = 480
comptime HEIGHT = 270
comptime SAMPLES = 16
comptime BOUNCES = 5


@fieldwise_init
struct Vector(Copyable, ImplicitlyCopyable, Movable):
    var x: Float64
    var y: Float64
    var z: Float64

    def __add__(self, other: Self) -> Self:
        return Self(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other: Self) -> Self:
        return Self(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, factor: Float64) -> Self:
        return Self(self.x * factor, self.y * factor, self.z * factor)

    def dot(self, other: Self) -> Float64:
        return self.x * other.x + self.y * other.y + self.z * other.z

    def unit(self) -> Self:
        return self * (1.0 / sqrt(self.dot(self)))


@fieldwise_init
struct Sphere(Copyable, Movable):
    var center: Vector
    var radius: Float64
    var color: Vector
    var mirror: Float64
    """How much of the light is reflected as by a mirror, 0 to 1."""

    def distance(self, origin: Vector, direction: Vector) -> Float64:
        """How far along the ray it is hit first; -1 if never."""
        var to_center = self.center - origin
        var along = to_center.dot(direction)
        var gap = self.radius * self.radius - (to_center.dot(to_center) - along * along)
        if gap < 0.0:
            return -1.0
        var half = sqrt(gap)
        if along - half > 1e-6:
            return along - half
        return along + half if along + half > 1e-6 else -1.0


def scene() -> List[Sphere]:
    """Three big spheres, and a spiral of small ones."""
    var spheres = List[Sphere]()
    spheres.append(Sphere(Vector(0.0, 1.0, 4.0), 1.0, Vector(0.9, 0.9, 0.9), 0.8))
    spheres.append(Sphere(Vector(-2.2, 0.8, 4.8), 0.8, Vector(0.9, 0.25, 0.2), 0.25))
    spheres.append(Sphere(Vector(2.1, 0.7, 3.6), 0.7, Vector(0.2, 0.45, 0.9), 0.3))
    var x = 1.0
    var z = 0.0
    for i in range(24):
        # Turn by 0.6 radians, growing a little: a spiral without trigonometric functions.
        var turned = x * 0.8253356149096783 - z * 0.5646424733950354
        z = (x * 0.5646424733950354 + z * 0.8253356149096783) * 1.05
        x = turned * 1.05
        var shade = Float64(i) / 24.0
        var color = Vector(0.3 + 0.7 * shade, 0.9 - 0.5 * shade, 0.4)
        spheres.append(Sphere(Vector(x * 1.3, 0.18, 3.8 + z * 1.3), 0.18, color, 0.1))
    return spheres^


def nearest(spheres: List[Sphere], origin: Vector, direction: Vector) -> Int:
    """The number of the sphere that a ray meets first; -1 if none."""
    var best = -1
    var best_distance = 1e30
    for i in range(len(spheres)):
        var distance = spheres[i].distance(origin, direction)
        if distance > 0.0 and distance < best_distance:
            best_distance = distance
            best = i
    return best


def sky(direction: Vector) -> Vector:
    var height = 0.5 * (direction.y + 1.0)
    return Vector(1.0 - 0.55 * height, 1.0 - 0.3 * height, 1.0)


def trace(spheres: List[Sphere], start: Vector, first: Vector) -> Vector:
    """The light that comes back along a ray."""
    var light = Vector(-0.5, 0.8, -0.35).unit()
    var origin = start
    var direction = first
    var color = Vector(0.0, 0.0, 0.0)
    var weight = 1.0
    for _ in range(BOUNCES):
        var hit = nearest(spheres, origin, direction)
        var point = origin
        var normal = Vector(0.0, 1.0, 0.0)
        var surface = Vector(0.0, 0.0, 0.0)
        var mirror = 0.0
        if hit >= 0:
            ref sphere = spheres[hit]
            point = origin + direction * sphere.distance(origin, direction)
            normal = (point - sphere.center) * (1.0 / sphere.radius)
            surface = sphere.color
            mirror = sphere.mirror
        elif direction.y < -1e-6:
            point = origin + direction * (-origin.y / direction.y)
            var is_dark = (Int(floor(point.x)) + Int(floor(point.z))) & 1 == 0
            surface = Vector(0.25, 0.25, 0.25) if is_dark else Vector(0.85, 0.85, 0.8)
            mirror = 0.1
        else:
            return color + sky(direction) * weight
        var brightness = 0.15
        var facing = normal.dot(light)
        if facing > 0.0 and nearest(spheres, point + normal * 1e-4, light) < 0:
            brightness += 0.85 * facing
        color = color + surface * (weight * brightness * (1.0 - mirror))
        weight *= mirror
        if weight < 0.01:
            return color
        direction = direction - normal * (2.0 * normal.dot(direction))
        origin = point + normal * 1e-4
    return color


def level(value: Float64) -> Int:
    """A channel's value as 0 to 255, with a gamma of 2."""
    return Int(sqrt(min(max(value, 0.0), 1.0)) * 255.0 + 0.5)


def pixel(spheres: List[Sphere], x: Int, y: Int) -> Int:
    """The colour of a pixel as 0xRRGGBB, from SAMPLES * SAMPLES rays."""
    var eye = Vector(0.0, 1.4, -1.5)
    var sum = Vector(0.0, 0.0, 0.0)
    for sample in range(SAMPLES * SAMPLES):
        var dx = (Float64(sample % SAMPLES) + 0.5) / SAMPLES
        var dy = (Float64(sample // SAMPLES) + 0.5) / SAMPLES
        var u = (Float64(x) + dx - 0.5 * WIDTH) / WIDTH
        var v = (0.5 * HEIGHT - Float64(y) - dy) / WIDTH
        sum = sum + trace(spheres, eye, Vector(u * 1.6, v * 1.6 - 0.08, 1.0).unit())
    sum = sum * (1.0 / (SAMPLES * SAMPLES))
    return level(sum.x) << 16 | level(sum.y) << 8 | level(sum.z)


def main():
    var spheres = scene()
    var pixels = List[Int](length=WIDTH * HEIGHT, fill=0)
    for i in range(WIDTH * HEIGHT):
        pixels[i] = pixel(spheres, i % WIDTH, i // WIDTH)
    print("P3")
    print(WIDTH, HEIGHT)
    print(255)
    for y in range(HEIGHT):
        var line = String()
        for x in range(WIDTH):
            var color = pixels[y * WIDTH + x]
            line += String(color >> 16) + " " + String((color >> 8) & 255) + " " + String(color & 255) + "\n"
        print(line, end="")
