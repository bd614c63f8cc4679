"""Two programs in turns, and what their ratio tells apart from noise.

A round runs old, new and old again in mirrored order (A B A' A' B A; the next round starts with another), so that a
machine that grows slower or faster meanwhile weighs on all alike. It gives one ratio new / old, and one of old / old:
the null, which shows what the machine makes of no change at all.
"""

import dataclasses
import math
import statistics
from collections.abc import Callable

CONTESTANTS = ("old", "new", "again")  # again: the old one a second time
FEWEST_ROUNDS = 5  # below, a band holds the median less often than 93 %


@dataclasses.dataclass(frozen=True)
class Band:
    """The median of the ratios, and an interval that holds the true median with probability `coverage`, whatever the
    distribution of the noise (order statistics; the rounds are taken as independent).
    """

    middle: float
    low: float
    high: float
    coverage: float

    def __str__(self) -> str:
        return f"{self.middle:.3f} ({self.low:.3f} - {self.high:.3f})"


def band_of(ratios: list[float]) -> Band:
    """The shortest symmetric interval of at least 95 %; where rounds are too few for that, lowest to highest."""
    ordered, n = sorted(ratios), len(ratios)
    best = 0
    for skipped in range(n // 2 + n % 2):
        if coverage_of(n, skipped) < 0.95:
            break
        best = skipped
    return Band(statistics.median(ordered), ordered[best], ordered[n - 1 - best], coverage_of(n, best))


def coverage_of(n: int, skipped: int) -> float:
    """How often the median lies between the order statistics skipped + 1 and n - skipped."""
    return 1 - 2 * sum(math.comb(n, k) for k in range(skipped + 1)) / 2**n


def order_of(turn: int) -> list[str]:
    first = turn % len(CONTESTANTS)
    once = [*CONTESTANTS[first:], *CONTESTANTS[:first]]
    return once + once[::-1]


def measure(run: Callable[[str], dict], rounds: int, tell: Callable[[int], None]) -> dict[str, list[dict]]:
    """`run` takes a contestant; two runs of each a round, in the order in which they came."""
    runs: dict[str, list[dict]] = {contestant: [] for contestant in CONTESTANTS}
    for turn in range(rounds):
        for contestant in order_of(turn):
            runs[contestant].append(run(contestant))
        tell(turn)
    return runs


def ratios_of(runs: dict[str, list[dict]], over: str, key: str) -> list[float]:
    """One a round: the two runs of `over` to the two of old."""

    def rounds(contestant: str) -> list[float]:
        values = [one[key] for one in runs[contestant]]
        return [max(a + b, 1e-9) for a, b in zip(values[::2], values[1::2], strict=True)]

    return [new / old for new, old in zip(rounds(over), rounds("old"), strict=True)]


def verdict(change: Band, null: Band, rounds: int, more: str, less: str) -> str:
    """`more` or `less` where the whole band is off 1 and its middle off the null's band. Under independent noise alone
    that happens in less than 1 % of comparisons, for any number of rounds (tests/benchmarks).
    """
    if rounds < FEWEST_ROUNDS:
        return "too few rounds to tell"
    if change.low > 1 and change.middle > null.high:
        return more
    if change.high < 1 and change.middle < null.low:
        return less
    return "no difference seen"
