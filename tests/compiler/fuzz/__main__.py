"""Fuzz the front end: `python -m tests.compiler.fuzz --count N --seed S [--generated SHARE] [--only INDEX]`.

Every program is made from the seed and its index alone. Batches run in child processes, so that a fault of LLVM or of
the stack is a finding like any other. Nothing here is run by pytest; the tests hold what was found.
"""

import argparse
import gc
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
from tests.compiler.fuzz.examine import (
    INTERPRETED_STEPS,
    TOO_SLOW,
    Examined,
    Finding,
    Way,
    examine,
    random_for,
)
from tests.compiler.fuzz.generate import Generator
from tests.compiler.fuzz.minimise import minimise
from tests.compiler.fuzz.mutate import Mutator, corpus

from meshnode.compiler import limits
from meshnode.compiler.check.skimming import Known
from meshnode.node.compile_child import RECURSION_MAX
from meshnode.node.prelude_cache import load_prelude

BATCH = 1000
MEMORY_BYTES_MAX = 3 << 30
LENIENT_SHARE = 0.2
LOWERED_SHARE = 0.3
BUILT_SHARE = 0.02
SHOWN_SLOW_S = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a child says of one program."""

    index: int
    outcome: str
    finding: Finding | None = None
    text: str = ""
    """The program that shows the finding."""
    cpu_s: float = 0.0


class Fuzzer:
    """What all programs share, and how one is made and examined."""

    def __init__(self, seed: int, generated: float) -> None:
        self._seed = seed
        self._generated = generated
        self._mutator = Mutator(corpus())
        self._generator = Generator()
        self._known = Known()
        self._library = load_prelude().names

    def program(self, index: int) -> str:
        """Make the program of an index."""
        chance = random_for(self._seed, index)
        if chance.random() < self._generated:
            return self._generator.program(chance)
        return self._mutator.program(chance)

    def examine(self, index: int, text: str) -> Examined:
        """Examine a program in the way that belongs to its index."""
        chance = random_for(self._seed, -1 - index)
        way = Way(
            is_strict=chance.random() >= LENIENT_SHARE,
            is_lowered=chance.random() < LOWERED_SHARE,
            is_built=chance.random() < BUILT_SHARE,
            known=self._known,
        )
        return examine(text, self._library, way)

    def minimal(self, index: int, text: str, kind: str) -> str:
        """Make a program with a finding small."""

        def shows(candidate: str) -> bool:
            finding = self.examine(index, candidate).finding
            return finding is not None and finding.kind == kind

        return minimise(text, shows)


def main() -> None:
    """Run the fuzzer and print what it found; ends with 1 if it found something."""
    parser = argparse.ArgumentParser(prog="python -m tests.compiler.fuzz")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0, help="first index")
    parser.add_argument("--generated", type=float, default=0.15, help="share from the grammar")
    parser.add_argument("--only", type=int, help="print and examine one index, here")
    options = parser.parse_args()
    sys.setrecursionlimit(RECURSION_MAX)
    limits.INTERPRETED_STEPS_MAX = INTERPRETED_STEPS
    fuzzer = Fuzzer(options.seed, options.generated)
    gc.collect()
    gc.freeze()
    if options.only is not None:
        text = fuzzer.program(options.only)
        _say(f"{text}\n{fuzzer.examine(options.only, text)}")
        return
    begin = time.monotonic()
    outcomes: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    stop = options.start + options.count
    for start in range(options.start, stop, BATCH):
        _batch(fuzzer, range(start, min(start + BATCH, stop)), outcomes, kinds)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_s, elapsed_s = used.ru_utime + used.ru_stime, time.monotonic() - begin
        count = sum(outcomes.values())
        _say(f"# {count} programs, {elapsed_s:.0f} s, {cpu_s:.0f} s of CPU: {dict(outcomes)}")
    for kind, count in kinds.most_common():
        _say(f"{count:6} {kind}")
    sys.exit(1 if kinds else 0)


def _batch(fuzzer: Fuzzer, indices: range, outcomes: Counter[str], kinds: Counter[str]) -> None:
    """Examine some programs in a child, and go on in another one if it dies."""
    start = indices.start
    while start < indices.stop:
        answers, status = _in_child(fuzzer, range(start, indices.stop), frozenset(kinds))
        start += len(answers)
        if status != 0:
            finding = Finding(f"died of {status}", "the process that compiled it has ended")
            answers.append(Answer(start, "finding", finding, fuzzer.program(start)))
            start += 1
        for answer in answers:
            outcomes[answer.outcome] += 1
            if answer.cpu_s > SHOWN_SLOW_S:
                _say(f"# {answer.index}: {answer.cpu_s:.1f} s of CPU, {answer.outcome}")
            if answer.finding is not None:
                kinds[answer.finding.kind] += 1
                if kinds[answer.finding.kind] == 1:
                    _print(answer.index, answer.finding, answer.text)


def _in_child(fuzzer: Fuzzer, indices: range, known: frozenset[str]) -> tuple[list[Answer], int]:
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(readable)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with os.fdopen(writable, "wb") as pipe:
            for answer in _answers(fuzzer, indices, known):
                pipe.write(msgspec.json.encode(answer) + b"\n")
                pipe.flush()
        os._exit(0)
    os.close(writable)
    with os.fdopen(readable, "rb") as pipe:
        answers = [msgspec.json.decode(line, type=Answer) for line in pipe]
    return answers, os.waitpid(child, 0)[1]


def _answers(fuzzer: Fuzzer, indices: range, known: frozenset[str]) -> Iterator[Answer]:
    seen = set(known)
    for index in indices:
        text = fuzzer.program(index)
        begin = time.process_time()
        examined = fuzzer.examine(index, text)
        cpu_s = time.process_time() - begin
        finding = examined.finding
        if finding is None:
            yield Answer(index, examined.outcome, cpu_s=cpu_s)
            continue
        if finding.kind not in seen and finding.kind != TOO_SLOW:
            text = fuzzer.minimal(index, text, finding.kind)
        seen.add(finding.kind)
        yield Answer(index, examined.outcome, finding, text)


def _print(index: int, finding: Finding, text: str) -> None:
    _say(f"=== {index}: {finding.kind}\n{finding.detail[:600]}\n--- program\n{text[:3000]}\n---")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
