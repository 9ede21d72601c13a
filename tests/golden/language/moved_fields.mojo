"""Values of lists and dictionaries are taken out, swapped and given back."""

from std.collections import Dict


@fieldwise_init
struct Job(Movable, Copyable, Writable):
    var name: String
    var steps: List[Int]


def longest(var jobs: List[Job]) -> Job:
    var best = jobs.pop()
    while len(jobs) > 0:
        var next = jobs.pop()
        if len(next.steps) > len(best.steps):
            best = next^
    return best^


def main() raises:
    var jobs = List[Job]()
    jobs.append(Job("a", [1]))
    jobs.append(Job("b", [1, 2, 3]))
    jobs.append(Job("c", [4, 5]))
    jobs.swap_elements(0, 2)
    print(jobs[0].name, jobs[2].name)
    var best = longest(jobs.copy())
    print(best.name, best.steps)
    var named = Dict[String, Job]()
    for job in jobs:
        named[job.name] = job.copy()
    var taken = named.pop("c")
    taken.steps.append(6)
    print(taken.name, taken.steps, len(named), "c" in named)
    var x = [1, 2]
    var y = [3, 4]
    swap(x, y)
    print(x, y)
