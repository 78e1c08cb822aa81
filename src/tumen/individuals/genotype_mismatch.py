"""Which samples are alike by counting alleles that differ?

The peers' method, kept for comparison: it knows nothing of allele frequencies, of the way errors go, or of siblings.
Distances and groups are those of allelematch (Galpern 2012, Mol Ecol Resour 12:771): the two alleles of a locus are
compared in their order, an allele missing on one side counts half a mismatch, and one missing on both sides counts
none. Memory grows with the pairs that are alike, never with all pairs.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tumen.errors import MisuseError, Text
from tumen.individuals.genotype_matrix import GenotypeMatrix

BLOCK = 512
"""Rows compared with all others at once: 40 MB for 20,000 samples."""
MOST_PAIRS = 20_000_000
"""Pairs that are alike beyond which a setting says nothing about a panel, and memory would be the limit."""

MATCHES: dict[str, pl.DataType | type[pl.DataType]] = {
    "uniqueID": pl.String,
    "sampleID": pl.String,
    "mismatches": pl.Float64,
    "score": pl.Float64,
    "kind": pl.String,
}
"""One row per sample and unique genotype it is alike to. kind: unique (the genotype itself), match, multiple (alike to
several), unclassified (alike to none that is left, uniqueID null)."""

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Alike:
    """Pairs of samples (row numbers, first < second) and their mismatches, for every pair within a setting."""

    samples: int
    first: Rows
    second: Rows
    mismatches: npt.NDArray[np.float64]


def mismatches(genotypes: GenotypeMatrix, first: Rows, second: Rows) -> npt.NDArray[np.float64]:
    """Return the mismatching alleles of pairs of samples (row numbers).

    >>> from tumen.individuals.genotype_matrix import from_arrays
    >>> two = from_arrays([("103", "108"), ("103", "103")], [None, ("201", "205")])
    >>> mismatches(two, np.array([0]), np.array([1])).tolist()
    [2.0]
    """
    one, other = genotypes.codes[first], genotypes.codes[second]
    missing = (one < 0).sum(axis=(1, 2)) + (other < 0).sum(axis=(1, 2))
    same = ((one == other) & (one >= 0)).sum(axis=(1, 2))
    counted: npt.NDArray[np.float64] = 2.0 * len(genotypes.loci) - same - missing / 2
    return counted


def alike(genotypes: GenotypeMatrix, most: float) -> Alike:
    """Return all pairs of samples with at most `most` mismatching alleles (of two per locus).

    Raises `MisuseError` where so many pairs are alike that the setting cannot tell animals apart.

    >>> from tumen.individuals.genotype_matrix import from_arrays
    >>> three = from_arrays([("103", "108"), ("103", "103"), ("101", "120")])
    >>> found = alike(three, 1)
    >>> found.first.tolist(), found.second.tolist(), found.mismatches.tolist()
    ([0], [1], [1.0])
    """
    if not 0 <= most < 2 * len(genotypes.loci):
        raise MisuseError(
            Text("a number of mismatching alleles from 0 to below {alleles}", alleles=2 * len(genotypes.loci)),
            Text("{most}", most=most),
            "Choose a setting such as 2.",
        )
    parts: list[tuple[Rows, Rows, npt.NDArray[np.float64]]] = []
    held = 0
    for start, distances in _blocks(genotypes):
        row, column = np.nonzero(distances <= most)
        keep = column > row  # the block begins on the diagonal
        row, column = row[keep], column[keep]
        held += row.size
        if held > MOST_PAIRS:
            raise MisuseError(
                "a setting at which most samples differ",
                Text("more than {pairs} pairs within {most} mismatches", pairs=MOST_PAIRS, most=most),
                "Lower the number of mismatches, or leave out samples with few loci.",
            )
        parts.append((row + start, column + start, distances[row, column].astype(np.float64)))
    if not parts:
        nothing = np.empty(0, dtype=np.int64)
        return Alike(0, nothing, nothing, np.empty(0))
    first, second, counted = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Alike(len(genotypes.samples), first, second, counted)


def group_by_mismatch(genotypes: GenotypeMatrix, most: float) -> pl.DataFrame:
    """Return unique genotypes and the samples alike to each (`MATCHES`), as allelematch's amUnique finds them.

    Samples within `most` mismatches of each other (complete linkage) are replaced by the first of them, again and
    again until no two are left together; then every sample is compared with the genotypes that remain.

    >>> from tumen.individuals.genotype_matrix import from_arrays
    >>> three = from_arrays([("103", "108"), ("103", "103"), ("101", "120")])
    >>> group_by_mismatch(three, 1).select("uniqueID", "sampleID", "score", "kind").rows()
    [('1', '1', 1.0, 'unique'), ('1', '2', 0.5, 'match'), ('3', '3', 1.0, 'unique')]
    """
    pairs = alike(genotypes, most)
    unique = _unique(pairs)
    chosen = np.zeros(pairs.samples, dtype=bool)
    chosen[unique] = True
    forward, back = chosen[pairs.first], chosen[pairs.second]
    head = np.concatenate([unique, pairs.first[forward], pairs.second[back]])
    member = np.concatenate([unique, pairs.second[forward], pairs.first[back]])
    counted = np.concatenate([np.zeros(unique.size), pairs.mismatches[forward], pairs.mismatches[back]])
    times = np.bincount(member, minlength=pairs.samples)
    lost = np.flatnonzero(times == 0)
    kind = np.where(head == member, "unique", np.where(times[member] > 1, "multiple", "match"))
    names = np.array(genotypes.samples, dtype=object)
    found = pl.DataFrame(
        {
            "at": head,
            "own": head != member,
            "member": member,
            "uniqueID": pl.Series(names[head].tolist(), dtype=pl.String),
            "sampleID": pl.Series(names[member].tolist(), dtype=pl.String),
            "mismatches": counted,
            "score": 1.0 - counted / (2 * len(genotypes.loci)),
            "kind": pl.Series(kind.tolist(), dtype=pl.String),
        }
    ).sort("at", "own", "mismatches", "member")
    left = pl.DataFrame(
        {"sampleID": names[lost].tolist(), "kind": ["unclassified"] * lost.size},
        schema={"sampleID": pl.String, "kind": pl.String},
    )
    return pl.concat([found.select(MATCHES.keys()), left], how="diagonal").select(MATCHES.keys())


def labels(matches: pl.DataFrame, genotypes: GenotypeMatrix) -> Rows:
    """Return one group number per sample: that of its nearest unique genotype; an unclassified sample is alone.

    >>> from tumen.individuals.genotype_matrix import from_arrays
    >>> three = from_arrays([("103", "108"), ("103", "103"), ("101", "120")])
    >>> labels(group_by_mismatch(three, 1), three).tolist()
    [0, 0, 2]
    """
    place = {sample: number for number, sample in enumerate(genotypes.samples)}
    nearest = matches.sort("mismatches", maintain_order=True, nulls_last=True).unique("sampleID", keep="first")
    group = np.arange(len(genotypes.samples))
    for unique, sample in nearest.select("uniqueID", "sampleID").iter_rows():
        group[place[sample]] = place[sample if unique is None else unique]
    return group


def _blocks(genotypes: GenotypeMatrix) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
    """Yield the mismatches of a block of rows with itself and all later rows, and where the block starts."""
    samples = len(genotypes.samples)
    flat = genotypes.codes.reshape(samples, -1)
    width = [len(alleles) for alleles in genotypes.alleles for _ in range(2)]
    begin = np.concatenate([[0], np.cumsum(width)])
    marks = np.zeros((samples, int(begin[-1])), dtype=np.float32)
    rows, columns = np.nonzero(flat >= 0)
    marks[rows, begin[columns] + flat[rows, columns]] = 1.0
    half = ((flat < 0).sum(axis=1) / 2).astype(np.float32)
    for start in range(0, samples, BLOCK):
        stop = start + BLOCK
        same = marks[start:stop] @ marks[start:].T
        np.subtract((flat.shape[1] - half[start:stop])[:, None], same, out=same)
        same -= half[None, start:]
        yield start, same


def _unique(pairs: Alike) -> Rows:
    """Return the samples (row numbers, in order) that stand for all others."""
    live = np.ones(pairs.samples, dtype=bool)
    first, second, distance = pairs.first, pairs.second, pairs.mismatches
    while first.size:
        leader = _complete_linkage(pairs.samples, first, second, distance)
        live &= leader == np.arange(pairs.samples)
        keep = live[first] & live[second]
        if not keep.any() or keep.all():
            break
        first, second, distance = first[keep], second[keep], distance[keep]
    return np.flatnonzero(live)


def _complete_linkage(samples: int, first: Rows, second: Rows, distance: npt.NDArray[np.float64]) -> Rows:
    """Return for each sample the first of its cluster; a pair that is not listed is never in one cluster.

    A part of the graph in which all are alike is one cluster, whatever the order in which it is joined. In any other
    part, the nearest two are joined until none are left.
    """
    graph = coo_array((np.ones(first.size, dtype=np.int8), (first, second)), shape=(samples, samples))
    _, part = connected_components(graph, directed=False)
    size = np.bincount(part)
    edges = np.bincount(part[first], minlength=size.size)
    head = np.full(size.size, samples)
    np.minimum.at(head, part, np.arange(samples))
    leader = head[part]
    tangled = (edges < size * (size - 1) // 2)[part]
    if not tangled.any():
        return leader
    leader[tangled] = np.flatnonzero(tangled)
    keep = tangled[first]
    near: dict[int, dict[int, float]] = {int(number): {} for number in np.flatnonzero(tangled)}
    for one, two, apart in zip(first[keep].tolist(), second[keep].tolist(), distance[keep].tolist(), strict=True):
        near[one][two] = apart
        near[two][one] = apart
    for one, two in _joined(near):
        leader[leader == two] = one
    return leader


def _joined(near: dict[int, dict[int, float]]) -> Iterator[tuple[int, int]]:
    """Join mutually nearest clusters (by their farthest members) until none are near; yield the names joined."""
    waiting = list(near)[::-1]
    while waiting:
        start = waiting.pop()
        chain = [start] if near.get(start) else []
        while chain:
            last = chain[-1]
            before = chain[-2] if len(chain) > 1 else -1
            nearest = min(near[last], key=lambda other: (near[last][other], other != before, other), default=None)
            if nearest is None:
                chain.pop()
            elif nearest != before:
                chain.append(nearest)
            else:
                del chain[-2:]
                one, two = min(last, before), max(last, before)
                _merge(near, one, two)
                waiting.append(one)
                yield one, two


def _merge(near: dict[int, dict[int, float]], one: int, two: int) -> None:
    """Make cluster `two` a part of `one`: near to what both were near to, as far as the farther of them."""
    gone, kept = near.pop(two), near[one]
    kept.pop(two)
    for other in list(kept):
        if other in gone:
            kept[other] = near[other][one] = max(kept[other], gone[other])
        else:
            del kept[other]
            del near[other][one]
    for other in gone:
        if other != one:
            del near[other][two]
