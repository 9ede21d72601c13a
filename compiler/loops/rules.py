"""The rules of distribution that a test may drop, to see that the generator notices."""

import msgspec


class Rules(msgspec.Struct, frozen=True):
    """The rules of section 2, each of which a test may drop to see that the generator notices."""

    definitions: bool = True
    """Every definition that may reach an operand must be mappable."""
    control: bool = True
    """Conditions that decide whether a definition runs must be mappable."""
    exits: bool = True
    """Loop exits under other conditions count as conditions of what follows."""
    written: bool = True
    """Places that the body writes are no captures."""
    effects: bool = True
    """A call with effects is not mappable."""
    disjoint: bool = True
    """A list is divided among the iterations only if their elements are disjoint."""
    exclusive: bool = True
    """Accumulators are mentioned by their own folds and selections alone."""
    raising: bool = True
    """Folds and selections stay in replay if it may raise."""
    closed: bool = True
    """A short cut decides nothing but its accumulator."""
    stopping: bool = True
    """Folds and selections stay in replay if it may leave the loop where chunks do not stop."""
    steady: bool = True
    """A closed form needs its updates to run in every iteration, with factors that the loop does not change."""
    starting: bool = True
    """A closed form with a modulus starts below it."""
    pointers: bool = True
    """A store through a pointer writes what it may lead to."""
    counting: bool = True
    """Home believes a chunk only if it began with the random numbers that the program is at."""
