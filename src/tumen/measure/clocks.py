"""Do two clocks agree?  The offset between cameras that saw the same animals pass.

Two cameras at one place see an animal within seconds of each other. Where their times differ by about the same amount
again and again, their clocks differ. Nothing tells which of them is right.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tumen.measure.geodesy import Numbers

WINDOW = 7200.0
"""Seconds within which the nearest event of the other camera is looked for: farther apart they are not one passage."""

FEWEST = 5
"""Pairs below which nothing is said."""

FEWEST_FOR_SLOPE = 10
"""Pairs below which the offset is taken to be constant: a line through fewer points fits too easily."""

SPREAD = 60.0
"""Seconds: the median distance of the pairs from the fit must not be more. Events that merely happen in the same hours
lie thousands of seconds apart, and half of them lie within a minute of one line by accident less than once in 1,000."""


@dataclass(frozen=True)
class Drift:
    """How far the second clock was ahead of the first, in the middle of their pairs; `perDay` is what it gained."""

    seconds: float
    per_day: float
    pairs: int


def drift(first: Numbers, second: Numbers, kinds: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]) -> Drift | None:
    """Return the drift between two clocks; None where too few events agree to say anything.

    `first` and `second` are times (s) of events of two cameras, `kinds` what each event shows (only like is paired).
    An event is paired with the nearest of the other camera, if each is the nearest of the other and both are within
    `WINDOW`. The offset is the median of the differences; with enough pairs the slope is the median of the slopes
    between pairs (Theil-Sen), and is kept only where it fits clearly better than none. Where the nearest events do not
    agree, the lag at which most of them would is tried in the same way, up to `FARTHEST`.

    >>> seen = np.arange(8) * 86400.0
    >>> drift(seen, seen + 300, (np.zeros(8, int), np.zeros(8, int)))
    Drift(seconds=300.0, per_day=0.0, pairs=8)
    """
    mine, theirs = _apart(first, kinds[0]), _apart(second, kinds[1])
    if not (len(mine) and len(theirs)):
        return None
    found = _fit(*_pairs(mine, theirs))
    if found is None and (lag := _lag(mine, theirs)) is not None:
        found = _fit(*_pairs(mine, theirs - lag))
        return None if found is None else Drift(lag + found.seconds, found.per_day, found.pairs)
    return found


STRIDE = 1e10
"""Seconds between the times of one kind and the next, so that only like is near: more than three centuries."""


def _apart(times: Numbers, kinds: npt.NDArray[np.int64]) -> Numbers:
    """Return distinct times in order, each kind in a stretch of time of its own."""
    return np.unique(np.asarray(times, dtype=np.float64) + STRIDE * np.asarray(kinds, dtype=np.float64))


def _fit(times: Numbers, apart: Numbers) -> Drift | None:
    if len(times) < FEWEST:
        return None
    offset = float(np.median(apart))
    spread = float(np.median(np.abs(apart - offset)))
    if len(times) >= FEWEST_FOR_SLOPE and np.ptp(times) > 0:
        middle = float(np.median(times))
        slope = _theil_sen(times, apart)
        level = float(np.median(apart - slope * (times - middle)))
        tilted = float(np.median(np.abs(apart - level - slope * (times - middle))))
        if tilted <= SPREAD and tilted < spread / 2:
            return Drift(level, slope * 86_400, len(times))
    return Drift(offset, 0.0, len(times)) if spread <= SPREAD else None


FARTHEST = 26 * 3600.0
"""Seconds by which clocks are tried to differ: a wrong hour, a wrong zone, noon for midnight, a wrong day."""

MOST_DIFFERENCES = 4_000_000
"""Differences above which a camera saw so much that its events are hours apart nowhere: they tell no lag."""


def _lag(mine: Numbers, theirs: Numbers) -> float | None:
    """Return the lag at which at least half of the rarer camera's events meet those of the other, if there is one."""
    low = np.searchsorted(theirs, mine - FARTHEST)
    number = np.searchsorted(theirs, mine + FARTHEST, side="right") - low
    total = int(number.sum())
    if not FEWEST <= total <= MOST_DIFFERENCES:
        return None
    which = np.arange(total) - np.repeat(np.cumsum(number) - number, number) + np.repeat(low, number)
    ordered = np.sort(theirs[which] - np.repeat(mine, number))
    meet = np.searchsorted(ordered, ordered + 2 * SPREAD, side="right") - np.arange(total)
    best = int(meet.argmax())
    if meet[best] < max(FEWEST, min(len(mine), len(theirs)) / 2):
        return None
    return float(np.median(ordered[best : best + meet[best]]))


def _pairs(mine: Numbers, theirs: Numbers) -> tuple[Numbers, Numbers]:
    """Return the times of the paired events of the first camera and how much later the second one says they were."""
    there = _nearest(mine, theirs)
    mutual = _nearest(theirs, mine)[there] == np.arange(len(mine))
    difference = theirs[there] - mine
    kept = mutual & (np.abs(difference) <= WINDOW)
    return mine[kept] % STRIDE, difference[kept]


def _nearest(points: Numbers, others: Numbers) -> npt.NDArray[np.int64]:
    """Return for each point the index of the nearest of the others (sorted); of two equally near the earlier."""
    after = np.maximum(np.searchsorted(others, points), 1)
    before = after - 1
    after = np.minimum(after, len(others) - 1)
    nearer = np.abs(others[after] - points) < np.abs(points - others[before])
    found: npt.NDArray[np.int64] = np.where(nearer, after, before)
    return found


MOST_FOR_SLOPE = 500
"""Pairs from which slopes are taken; of more, evenly chosen ones do as well."""


def _theil_sen(times: Numbers, apart: Numbers) -> float:
    order = np.argsort(times, kind="stable")
    if len(order) > MOST_FOR_SLOPE:
        order = order[np.linspace(0, len(order) - 1, MOST_FOR_SLOPE).astype(np.int64)]
    x, y = times[order], apart[order]
    i, j = np.triu_indices(len(x), 1)
    long = x[j] > x[i]
    return float(np.median((y[j] - y[i])[long] / (x[j] - x[i])[long]))
