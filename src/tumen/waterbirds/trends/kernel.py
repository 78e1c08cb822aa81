"""The loops over sites: site levels in closed form, sums over sites in tables of cells by cells.

The counts are sorted by site and, within a site, by cell. `level` is the factor of a site, `shape` (groups, cells) the
factor of a cell: the mean of a count is level * shape / weight. The working correlation of two counts of a site is rho
to the power of the times between them; its inverse has three diagonals, so that nothing larger than a site's row is
ever solved.
"""

from typing import NamedTuple

import numba
import numpy as np

from tumen.waterbirds.trends.series import Floats, Ints


class Counts(NamedTuple):
    """Usable counts: where each site's begin, their cells, numbers (birds), weights; and the group of each site."""

    start: Ints
    cell: Ints
    birds: Floats
    weight: Floats
    group: Ints


class Work(NamedTuple):
    """Rows for one site: cells, means, their roots, and the inverse correlation (diagonal, and next to it)."""

    at: Ints
    mean: Floats
    root: Floats
    middle: Floats
    side: Floats
    pull: Floats


class Sums(NamedTuple):
    """What the totals and their variances need, for a variance equal to the mean.

    whole (groups, 2): sums of levels and of level^2 / d, where d is the information on a site's level; whole_pull
    (groups, cells): level * pull / d; seen (groups, cells): fitted weighted counts where something was counted;
    seen_square (groups, cells, cells): their products over d; seen_pull: seen times pull over d; spread (cells,
    cells): the covariance of the weighted counts.
    """

    whole: Floats
    whole_pull: Floats
    seen: Floats
    seen_square: Floats
    seen_pull: Floats
    spread: Floats


def work(cells: int) -> Work:
    """Return room for one site."""
    one = np.zeros((5, cells))
    return Work(np.zeros(cells, np.int64), one[0], one[1], one[2], one[3], one[4])


@numba.njit(cache=True, error_model="numpy")
def load(  # pragma: no cover - compiled
    counts: Counts, s: int, factors: Floats, rho: float, level: float, room: Work
) -> int:
    """Fill the room with a site's means and inverse correlation; return its number of counts."""
    first = counts.start[s]
    size = int(counts.start[s + 1] - first)
    for j in range(size):
        room.at[j] = counts.cell[first + j]
        room.mean[j] = level * factors[room.at[j]] / counts.weight[first + j]
        room.root[j] = np.sqrt(room.mean[j])
        room.middle[j] = 1.0
        room.side[j] = 0.0
    if rho != 0.0:
        for j in range(size - 1):
            power = rho ** (room.at[j + 1] - room.at[j])
            rest = 1.0 / (1.0 - power * power)
            room.side[j] = -power * rest
            room.middle[j] += power * power * rest
            room.middle[j + 1] += power * power * rest
    return size


@numba.njit(cache=True, error_model="numpy")
def pulls(room: Work, size: int) -> float:  # pragma: no cover - compiled
    """Fill the sums of the rows of a site's information on its own means; return their sum."""
    total = 0.0
    for j in range(size):
        room.pull[j] = room.middle[j] * room.mean[j]
    for j in range(size - 1):
        both = room.side[j] * room.root[j] * room.root[j + 1]
        room.pull[j] += both
        room.pull[j + 1] += both
    for j in range(size):
        total += room.pull[j]
    return total


@numba.njit(cache=True, error_model="numpy")
def levels(  # pragma: no cover - compiled
    counts: Counts, shape: Floats, rho: float, level: Floats, room: Work
) -> tuple[int, float]:
    """Fill the site levels that solve each site's own equation; return the first site without one (or -1).

    The second number is the log likelihood of independent counts, but for a constant.
    """
    likelihood, bad = 0.0, -1
    for s in range(len(counts.start) - 1):
        first = counts.start[s]
        size = load(counts, s, shape[counts.group[s]], rho, 1.0, room)
        below = pulls(room, size)
        above, plain, number = 0.0, 0.0, 0.0
        for j in range(size):
            count = counts.birds[first + j]
            above += room.pull[j] / room.mean[j] * count
            plain += room.mean[j]
            number += count
            if count > 0.0:
                likelihood += count * np.log(room.mean[j])
        likelihood -= number * np.log(plain)
        level[s] = above / below
        if not (above > 0.0 and below > 0.0) and bad < 0:
            bad = s
    return bad, likelihood


@numba.njit(cache=True, error_model="numpy")
def residuals(  # pragma: no cover - compiled
    counts: Counts, shape: Floats, level: Floats, found: Floats
) -> tuple[float, int]:
    """Fill the Pearson residuals; return the sum of products of neighbours in time, and their number."""
    products, pairs = 0.0, 0
    for s in range(len(counts.start) - 1):
        for j in range(counts.start[s], counts.start[s + 1]):
            mean = level[s] * shape[counts.group[s], counts.cell[j]] / counts.weight[j]
            found[j] = (counts.birds[j] - mean) / np.sqrt(mean)
            if j > counts.start[s] and counts.cell[j] == counts.cell[j - 1] + 1:
                products += found[j] * found[j - 1]
                pairs += 1
    return products, pairs


@numba.njit(cache=True, error_model="numpy")
def sums(  # pragma: no cover - compiled
    counts: Counts, shape: Floats, rho: float, level: Floats, tables: tuple[Floats, Floats], room: Work
) -> None:
    """Add up score (groups, cells) and information (groups, cells, cells), the site levels taken out."""
    score, information = tables
    left = np.zeros(shape.shape[1])
    for s in range(len(counts.start) - 1):
        g, first = counts.group[s], counts.start[s]
        size = load(counts, s, shape[g], rho, level[s], room)
        total = pulls(room, size)
        for j in range(size):
            a = room.at[j]
            left[j] = (counts.birds[first + j] - room.mean[j]) / room.root[j]
            information[g, a, a] += room.middle[j] * room.mean[j]
            score[g, a] += room.root[j] * room.middle[j] * left[j]
        for j in range(size - 1):
            a, b = room.at[j], room.at[j + 1]
            both = room.side[j] * room.root[j] * room.root[j + 1]
            information[g, a, b] += both
            information[g, b, a] += both
            score[g, a] += room.root[j] * room.side[j] * left[j + 1]
            score[g, b] += room.root[j + 1] * room.side[j] * left[j]
        for j in range(size):
            share = room.pull[j] / total
            for k in range(size):
                information[g, room.at[j], room.at[k]] -= share * room.pull[k]


@numba.njit(cache=True, error_model="numpy")
def totals(  # pragma: no cover - compiled
    counts: Counts, shape: Floats, rho: float, level: Floats, into: Sums, room: Work
) -> None:
    """Add up the sums of the totals."""
    fitted = np.zeros(shape.shape[1])
    for s in range(len(counts.start) - 1):
        g, first = counts.group[s], counts.start[s]
        size = load(counts, s, shape[g], rho, level[s], room)
        total = pulls(room, size)
        into.whole[g, 0] += level[s]
        into.whole[g, 1] += level[s] * level[s] / total
        for j in range(size):
            fitted[j] = counts.weight[first + j] * room.mean[j]
        for j in range(size):
            a = room.at[j]
            into.whole_pull[g, a] += level[s] * room.pull[j] / total
            into.seen[g, a] += fitted[j]
            for k in range(size):
                b = room.at[k]
                into.seen_square[g, a, b] += fitted[j] * fitted[k] / total
                into.seen_pull[g, a, b] += fitted[j] * room.pull[k] / total
        spreads(counts, s, rho, room, into.spread)


@numba.njit(cache=True, error_model="numpy")
def spreads(  # pragma: no cover - compiled
    counts: Counts, s: int, rho: float, room: Work, spread: Floats
) -> None:
    """Add the covariance of a site's weighted counts to a table of cells by cells."""
    first = counts.start[s]
    size = counts.start[s + 1] - first
    for j in range(size):
        deviation = counts.weight[first + j] * room.root[j]
        spread[room.at[j], room.at[j]] += deviation * deviation
        if rho != 0.0:
            for k in range(j):
                power = rho ** (room.at[j] - room.at[k])
                both = deviation * counts.weight[first + k] * room.root[k] * power
                spread[room.at[j], room.at[k]] += both
                spread[room.at[k], room.at[j]] += both
