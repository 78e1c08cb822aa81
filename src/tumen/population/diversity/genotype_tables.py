"""How likely is this table of genotypes, given its alleles? Every table of the same alleles, or random ones.

Of all ways to pair the 2n genes of n individuals at one locus, a table with n_ij individuals of genotype i/j has the
probability n! prod n_i! 2^h / ((2n)! prod n_ij!), n_i being the copies of allele i and h the heterozygotes (Levene
1949, Ann Math Stat 20:91). The exact test adds up the probabilities of all tables that are not more probable than the
one seen (Louis & Dempster 1987, Biometrics 43:805), or draws tables by pairing the genes at random (Guo & Thompson
1992, Biometrics 48:361). Compiled on first use.
"""

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

HAIR = 1e-9
"""Two ln probabilities that differ by less are equal: the same factors were multiplied in another order."""


@numba.njit(cache=True)
def weight(first: Ints, second: Ints, alleles: int) -> float:
    """Return h ln 2 - sum ln n_ij!, which is ln of the probability of a table but for what its alleles fix."""
    table = np.zeros((alleles, alleles), dtype=np.int64)
    total = 0.0
    for place in range(first.size):
        low, high = min(first[place], second[place]), max(first[place], second[place])
        table[low, high] += 1
        total -= np.log(table[low, high])
        if low != high:
            total += np.log(2.0)
    return total


@numba.njit(cache=True)
def drawn(genes: Ints, seen: float, permutations: int, rng: np.random.Generator) -> int:
    """Return how many random pairings of the genes have a weight of at most `seen`."""
    alleles = genes.max() + 1
    logs = np.zeros(genes.size + 1)
    for number in range(1, genes.size + 1):
        logs[number] = np.log(number)
    two = np.log(2.0)
    mixed = genes.copy()
    table = np.zeros((alleles, alleles), dtype=np.int64)
    rarer = 0
    for _ in range(permutations):
        table[:] = 0
        total = 0.0
        last = mixed.size - 1
        while last > 0:
            # Two genes are taken off the end, each exchanged with one drawn from those left: Fisher and Yates.
            for _ in range(2):
                other = int(rng.random() * (last + 1))
                mixed[last], mixed[other] = mixed[other], mixed[last]
                last -= 1
            low, high = mixed[last + 1], mixed[last + 2]
            if low > high:
                low, high = high, low
            table[low, high] += 1
            total -= logs[table[low, high]]
            if low != high:
                total += two
        if total <= seen + HAIR:
            rarer += 1
    return rarer


@numba.njit(cache=True)
def _bounds(left: Ints, row: int, column: int) -> tuple[int, int]:
    """Return the smallest and largest number of individuals that a cell of a table can have, given the genes left."""
    last = left.size - 1
    if row == last:
        return left[row] // 2, left[row] // 2
    if column == last:
        # What is left of an allele at the end of its row has to go here.
        return left[row], (left[row] if left[row] <= left[last] else -1)
    top = left[row] // 2 if row == column else min(left[row], left[column])
    later = 0
    for allele in range(column + 1, left.size):
        later += left[allele]
    short = left[row] - later
    bottom = max(0, (short + 1) // 2 if row == column else short)
    return bottom, top


@numba.njit(cache=True)
def _layout(alleles: int) -> tuple[Ints, Ints]:
    """Return the rows and columns of the cells of a table in the order in which they are filled."""
    cells = alleles * (alleles + 1) // 2
    row, column = np.empty(cells, dtype=np.int64), np.empty(cells, dtype=np.int64)
    cell = 0
    for one in range(alleles):
        for other in range(one, alleles):
            row[cell], column[cell] = one, other
            cell += 1
    return row, column


@numba.njit(cache=True)
def _logs_of_factorials(largest: int) -> Floats:
    logs = np.zeros(largest + 1)
    for number in range(1, largest + 1):
        logs[number] = logs[number - 1] + np.log(number)
    return logs


@numba.njit(cache=True)
def _constant(counts: Ints, factorials: Floats) -> float:
    """Return ln of n! prod n_i! / (2n)!."""
    genes = counts.sum()
    result = factorials[genes // 2] - factorials[genes]
    for count in counts:
        result += factorials[count]
    return float(result)


@numba.njit(cache=True)
def enumerated(counts: Ints, seen: float, limit: int) -> tuple[float, float]:
    """Return the probability of all tables of weight at most `seen`, and of all tables (1), by making every table.

    `counts` are the copies of each allele, every one above 0; rare ones first is fastest. Gives up after `limit` cells
    were filled, and then returns -1 twice.
    """
    row, column = _layout(counts.size)
    cells = row.size
    factorials = _logs_of_factorials(counts.sum())
    constant = _constant(counts, factorials)
    left, value, top = counts.copy(), np.empty(cells, dtype=np.int64), np.empty(cells, dtype=np.int64)
    placed = np.zeros(cells, dtype=np.bool_)
    log = np.zeros(cells + 1)
    within, every, filled, cell = 0.0, 0.0, 0, 0
    bottom, top[0] = _bounds(left, row[0], column[0])
    value[0] = bottom - 1
    while cell >= 0:
        one, other = row[cell], column[cell]
        if placed[cell]:
            left[one] += value[cell]
            left[other] += value[cell]
            placed[cell] = False
        value[cell] += 1
        if value[cell] > top[cell]:
            cell -= 1
            continue
        filled += 1
        if filled > limit:
            return -1.0, -1.0
        left[one] -= value[cell]
        left[other] -= value[cell]
        placed[cell] = True
        log[cell + 1] = log[cell] - factorials[value[cell]] + (0.0 if one == other else value[cell] * np.log(2.0))
        if cell < cells - 1:
            cell += 1
            bottom, top[cell] = _bounds(left, row[cell], column[cell])
            value[cell] = bottom - 1
            continue
        chance = np.exp(log[cells] + constant)
        every += chance
        if log[cells] <= seen + HAIR:
            within += chance
    return within, every
