"""Are genotypes as random mating would make them? Exact tests of Hardy-Weinberg proportions, and many of them at once.

Each group is tested at each locus by the exact test of `genotype_tables`: with every table of the same alleles where
these are few, else with random pairings of the genes. The chi-square test stands beside it for comparison only: with
microsatellites most expected counts are far below 5. A deviation can be inbreeding, hidden structure, alleles that
drop out, or a wrong locus; FIS says in which direction it goes.
"""

from typing import Literal, NamedTuple

import numpy as np
import polars as pl
from scipy.stats import chi2

from tumen.errors import MisuseError, Text
from tumen.population.diversity.estimable import numbers
from tumen.population.diversity.genotype_tables import drawn, enumerated, weight
from tumen.population.diversity.genotypes import Flags, Floats, Genotypes, Ints

FILLED = 500_000
"""So many cells of tables are filled before every table gives way to random ones (a few thousandths of a second)."""

RESULT: dict[str, pl.DataType | type[pl.DataType]] = {
    "group": pl.String,
    "locus": pl.String,
    "individuals": pl.Int64,
    "alleles": pl.Int64,
    "p": pl.Float64,
    "method": pl.String,
    "permutations": pl.Int64,
    "standardError": pl.Float64,
    "chiSquare": pl.Float64,
    "df": pl.Int64,
    "pChiSquare": pl.Float64,
    "reason": pl.String,
}
"""One row per group and locus. `method`: "enumeration" (p is exact, no permutations) or "permutation" (p is the share
of tables, the data being one of them, that are not more probable; standardError is that of the Monte Carlo)."""


class Exact(NamedTuple):
    """The p of an exact test, how it was reached, from how many random tables, and its standard error."""

    p: float
    method: str
    permutations: int | None
    error: float | None


def by_group(
    genotypes: Genotypes, rng: np.random.Generator, permutations: int = 10_000, filled: int = FILLED
) -> pl.DataFrame:
    """Return the tests (`RESULT`) of each group at each locus.

    `filled` is how many cells may be filled to make every table; 0 asks for random tables throughout. Where nobody, one
    individual or one allele is typed there is no test, and the reason says so.

    >>> from tumen.population.diversity.genotypes import example
    >>> one = example([("1", "1"), ("1", "1"), ("2", "2"), ("2", "2")])
    >>> by_group(one, np.random.default_rng(1)).select(pl.col("p").round(6), "method", "chiSquare").row(0)
    (0.085714, 'enumeration', 4.0)
    """
    _refuse(permutations)
    rows = [
        _row(genotypes, genotypes.side == place, group, locus, (permutations, filled, rng))
        for place, group in enumerate(genotypes.sides)
        for locus in range(len(genotypes.loci))
    ]
    return pl.DataFrame(rows, schema=RESULT, orient="row")


def pooled(
    genotypes: Genotypes, rng: np.random.Generator, permutations: int = 10_000, filled: int = FILLED
) -> pl.DataFrame:
    """Return the tests (`RESULT`, group null) of all individuals as one group at each locus, as pegas does.

    Groups that differ make it reject even where each of them mates at random (Wahlund).

    >>> from tumen.population.diversity.genotypes import example
    >>> pooled(example([("1", "2"), ("1", "1")]), np.random.default_rng(1)).select("group", "p").row(0)
    (None, 1.0)
    """
    _refuse(permutations)
    everybody = np.ones(len(genotypes.individuals), dtype=np.bool_)
    rows = [
        _row(genotypes, everybody, None, locus, (permutations, filled, rng)) for locus in range(len(genotypes.loci))
    ]
    return pl.DataFrame(rows, schema=RESULT, orient="row")


def exact(pairs: Ints, rng: np.random.Generator, permutations: int = 10_000, filled: int = FILLED) -> Exact:
    """Return the exact test of the genotypes (n, 2) of one locus, all known.

    >>> round(exact(np.array([[0, 0], [1, 1], [0, 1]]), np.random.default_rng(1)).p, 9)
    1.0
    """
    codes, flat = np.unique(pairs, return_inverse=True)
    genes = np.ascontiguousarray(flat.reshape(-1), dtype=np.int64)
    counts = np.sort(np.bincount(genes, minlength=codes.size)).astype(np.int64)
    seen = float(weight(genes[::2].copy(), genes[1::2].copy(), codes.size))
    within, every = enumerated(counts, seen, filled) if filled else (-1.0, -1.0)
    if within >= 0:
        # All tables together have the probability 1 but for rounding, which the quotient takes out.
        return Exact(min(float(within / every), 1.0), "enumeration", None, None)
    p = (1 + int(drawn(genes, seen, permutations, rng))) / (permutations + 1)
    return Exact(p, "permutation", permutations, float(np.sqrt(p * (1 - p) / permutations)))


def chi_square(pairs: Ints) -> tuple[float, int]:
    """Return chi-square over all genotypes of the alleles present (n, 2), and its degrees of freedom.

    >>> chi_square(np.array([[0, 0], [1, 1]]))
    (2.0, 1)
    """
    codes, flat = np.unique(pairs, return_inverse=True)
    low, high = np.sort(flat.reshape(-1, 2), axis=1).T
    size = codes.size
    table = np.zeros((size, size))
    np.add.at(table, (low, high), 1.0)
    share = np.bincount(flat.ravel(), minlength=size) / flat.size
    expected = len(pairs) * np.outer(share, share) * (2 - np.eye(size))
    upper = np.triu_indices(size)
    return float(((table - expected)[upper] ** 2 / expected[upper]).sum()), size * (size - 1) // 2


def combined(tests: pl.DataFrame, by: Literal["group", "locus"] | None = None) -> pl.DataFrame:
    """Return Fisher's combination of the tests of each group (over loci), of each locus (over groups), or of all.

    Columns: the one of `by`, tests (that exist), chiSquare (-2 sum ln p), df (twice the tests), p, reason. It assumes
    that the tests are independent, and errs on the safe side where p takes few values.

    >>> combined(pl.DataFrame({"p": [0.05, 0.05]})).select("tests", "df", pl.col("p").round(6)).row(0)
    (2, 4, 0.017479)
    """
    there = pl.col("p").drop_nulls()
    sums = (there.len().cast(pl.Int64).alias("tests"), (-2 * there.log().sum()).alias("chiSquare"))
    table = tests.select(sums) if by is None else tests.group_by(by, maintain_order=True).agg(sums)
    p = chi2.sf(table["chiSquare"].to_numpy(), 2 * table["tests"].to_numpy().clip(1))
    none = pl.col("tests") == 0
    return table.with_columns(df=2 * pl.col("tests"), p=numbers(p)).with_columns(
        chiSquare=pl.when(~none).then("chiSquare"),
        p=pl.when(~none).then("p"),
        reason=pl.when(none).then(pl.lit("diversity-no-test")),
    )


def corrected(tests: pl.DataFrame) -> pl.DataFrame:
    """Return tests with p corrected for their number: pHolm (sequential Bonferroni) and pBH (false discovery rate).

    Holm (1979, Scand J Stat 6:65) bounds the chance of any false alarm; Benjamini and Hochberg (1995, J R Stat Soc B
    57:289) the share of false alarms among alarms. Tests without p are not counted and stay without.

    >>> corrected(pl.DataFrame({"p": [0.01, None, 0.04, 0.03]})).rows()
    [(0.01, 0.03, 0.03), (None, None, None), (0.04, 0.06, 0.04), (0.03, 0.06, 0.04)]
    """
    given = tests["p"].cast(pl.Float64).to_numpy()
    there = np.flatnonzero(~np.isnan(given))
    order = there[np.argsort(given[there], kind="stable")]
    holm, false = np.full(given.size, np.nan), np.full(given.size, np.nan)
    size = order.size
    rank = np.arange(size)
    holm[order] = np.minimum(np.maximum.accumulate((size - rank) * given[order]), 1)
    false[order] = np.minimum(np.minimum.accumulate((size / (rank + 1) * given[order])[::-1])[::-1], 1)
    return tests.with_columns(pHolm=numbers(holm), pBH=numbers(false))


def _row(
    genotypes: Genotypes,
    members: Flags,
    group: str | None,
    locus: int,
    how: tuple[int, int, np.random.Generator],
) -> tuple[object, ...]:
    """Return one row of `RESULT`."""
    pairs = genotypes.alleles[members & genotypes.known[:, locus], locus]
    alleles = int(np.unique(pairs).size)
    head = (group, genotypes.loci[locus], len(pairs), alleles)
    empty = (None,) * 7
    if len(pairs) == 0:
        return (*head, *empty, "diversity-no-genotypes")
    if len(pairs) == 1:
        return (*head, *empty, "diversity-one-individual")
    if alleles == 1:
        return (*head, *empty, "diversity-one-allele")
    permutations, filled, rng = how
    found = exact(pairs, rng, permutations, filled)
    statistic, df = chi_square(pairs)
    return (*head, *found, statistic, df, _upper(statistic, df), None)


def _upper(statistic: float | Floats, df: int) -> float:
    """Return the chance of a chi-square of at least `statistic`."""
    return float(chi2.sf(statistic, df))


def _refuse(permutations: int) -> None:
    if permutations < 1:
        raise MisuseError("1 permutation or more", Text("{count}", count=permutations), "Give for example 10000.")
