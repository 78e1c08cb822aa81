"""How much does a panel of loci say?  Frequencies, diversity, and the chance that two animals have one genotype.

PID is that chance for two unrelated animals, PIDsib for two full siblings: the careful one, since animals of a small
population are relatives. Both are products over the loci that are known, so that a faecal genotype with holes proves
less than a whole one, and the product is taken over the loci of the pair at hand. Sources: Waits, Luikart & Taberlet
(2001) Mol Ecol 10:249-256, whose bounds for identity are 0.01 to 0.0001; Nei (1987) for the inbreeding coefficient.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from tumen.errors import MisuseError, Text, nearest
from tumen.individuals.genotype_matrix import GenotypeMatrix
from tumen.tables import findings
from tumen.tables.schema import require

ALLELES: dict[str, pl.DataType | type[pl.DataType]] = {
    "locus": pl.String,
    "allele": pl.String,
    "count": pl.Int64,
    "frequency": pl.Float64,
}
"""One row per locus and allele: how many copies, and their share."""

LOCUS_IDENTITY: dict[str, pl.DataType | type[pl.DataType]] = {
    "locus": pl.String,
    "samples": pl.Int64,
    "alleles": pl.Int64,
    "expectedHeterozygosity": pl.Float64,
    "unbiasedHeterozygosity": pl.Float64,
    "observedHeterozygosity": pl.Float64,
    "pic": pl.Float64,
    "fis": pl.Float64,
    "pid": pl.Float64,
    "pidSib": pl.Float64,
}
"""One row per locus: samples with a whole genotype, alleles, and what they say of diversity and identity.

`expectedHeterozygosity` is 1 minus the sum of squared frequencies, `unbiasedHeterozygosity` that times 2n/(2n-1), `pic`
the polymorphic information content, `fis` Nei's (1987) within one population; null where nothing varies or n is 1.
"""

PANEL: dict[str, pl.DataType | type[pl.DataType]] = {
    "loci": pl.Int64,
    "locus": pl.String,
    "pid": pl.Float64,
    "pidSib": pl.Float64,
    "worstPidSib": pl.Float64,
}
"""Loci best first: with so many of the best loci PID and PIDsib are this; with as many of the worst, `worstPidSib`."""

BOUND = 0.01
"""PIDsib above which identity is not claimed: the upper end of what Waits et al. (2001) ask for. A parameter."""

GENOTYPED: dict[str, pl.DataType | type[pl.DataType]] = {
    "sampleID": pl.String,
    "locus": pl.String,
    "allele1": pl.String,
    "allele2": pl.String,
}
Numbers = npt.NDArray[np.int64]
Logs = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Needed:
    """How many loci reach a bound: of the best ones, and so many that any choice of them does; None where not all do.

    Between the two it depends on which loci a sample has.
    """

    best: int | None
    any: int | None


@dataclass(frozen=True)
class PairIdentity:
    """What the loci that two samples share can prove: their number, PID, PIDsib, and whether that is enough."""

    loci: int
    pid: float
    pid_sib: float
    allowed: bool


def frequencies(consensus: pl.DataFrame, sex_linked: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return the frequencies (`ALLELES`) of the alleles of whole genotypes; half-calls and missing ones do not count.

    `sex_linked` loci are left out: the formulas here are for two copies. Give one sample of each animal where that is
    known; an animal sampled often would count often. Alleles are in order of size where they are numbers.

    >>> rows = [("a", "F42", "99", "103"), ("b", "F42", "103", "103"), ("c", "F42", None, None)]
    >>> frequencies(pl.DataFrame(rows, schema=GENOTYPED, orient="row")).rows()
    [('F42', '99', 1, 0.25), ('F42', '103', 3, 0.75)]
    """
    whole = _whole(consensus, sex_linked)
    copies = pl.concat([whole.select("locus", allele="allele1"), whole.select("locus", allele="allele2")])
    counts = copies.group_by("locus", "allele").agg(count=pl.len().cast(pl.Int64))
    shares = counts.with_columns(frequency=pl.col("count") / pl.col("count").sum().over("locus"))
    # Whole numbers without zeros in front are in order of size when shorter ones come first.
    return shares.sort("locus", pl.col("allele").str.len_chars(), "allele").select(*ALLELES)


def locus_identity(consensus: pl.DataFrame, sex_linked: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return diversity, PID and PIDsib of each locus (`LOCUS_IDENTITY`), in order of name.

    PID = 2 (sum p^2)^2 - sum p^4; PIDsib = 0.25 + 0.5 sum p^2 + 0.5 (sum p^2)^2 - 0.25 sum p^4. A locus without a whole
    genotype has no row.

    >>> rows = [("a", "F42", "99", "103"), ("b", "F42", "103", "103")]
    >>> table = locus_identity(pl.DataFrame(rows, schema=GENOTYPED, orient="row"))
    >>> table.select("samples", "expectedHeterozygosity", "observedHeterozygosity", "pidSib").row(0)
    (2, 0.375, 0.5, 0.677734375)
    """
    whole = _whole(consensus, sex_linked)
    n = pl.col("samples")
    counted = whole.group_by("locus").agg(
        samples=pl.len().cast(pl.Int64),
        observedHeterozygosity=(pl.col("allele1") != pl.col("allele2")).mean(),
    )
    sums = (
        frequencies(consensus, sex_linked)
        .group_by("locus")
        .agg(
            alleles=pl.len().cast(pl.Int64),
            two=(pl.col("frequency") ** 2).sum(),
            four=(pl.col("frequency") ** 4).sum(),
        )
    )
    two, four = pl.col("two"), pl.col("four")
    table = counted.join(sums, on="locus").with_columns(
        expectedHeterozygosity=1 - two,
        unbiasedHeterozygosity=(1 - two) * 2 * n / (2 * n - 1),
        pic=1 - two - (two**2 - four),
        nei=pl.when(n > 1).then(n / (n - 1) * (1 - two - pl.col("observedHeterozygosity") / (2 * n))),
        pid=2 * two**2 - four,
        pidSib=0.25 + 0.5 * two + 0.5 * two**2 - 0.25 * four,
    )
    fis = pl.when((pl.col("nei") > 0) & (pl.col("alleles") > 1)).then(
        1 - pl.col("observedHeterozygosity") / pl.col("nei")
    )
    return table.with_columns(fis=fis).sort("locus").select(*LOCUS_IDENTITY)


def panel_identity(loci: pl.DataFrame) -> pl.DataFrame:
    """Return the products of PID and PIDsib over 1, 2, ... loci (`PANEL`); `loci` is of the shape `LOCUS_IDENTITY`.

    Loci of equal PIDsib are in order of name.

    >>> loci = pl.DataFrame({"locus": ["A", "B"], "pid": [0.5, 0.1], "pidSib": [0.6, 0.4]})
    >>> panel_identity(loci).rows()
    [(1, 'B', 0.1, 0.4, 0.6), (2, 'A', 0.05, 0.24, 0.24)]
    """
    best = require(loci, {name: LOCUS_IDENTITY[name] for name in ("locus", "pid", "pidSib")}, "loci")
    best = best.sort("pidSib", "locus")
    worst = best["pidSib"].reverse().cum_prod()
    return best.select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("loci"),
        "locus",
        pl.col("pid").cum_prod(),
        pl.col("pidSib").cum_prod(),
        worst.alias("worstPidSib"),
    )


def loci_needed(loci: pl.DataFrame, bound: float = BOUND) -> Needed:
    """Return how many loci reach `bound` of PIDsib: of the best, and of any that a sample may have.

    >>> loci = pl.DataFrame({"locus": list("ABC"), "pid": [0.1] * 3, "pidSib": [0.05, 0.3, 0.4]})
    >>> loci_needed(loci, 0.1)
    Needed(best=1, any=3)
    """
    _refuse(bound)
    products = panel_identity(loci)
    best = products.filter(pl.col("pidSib") <= bound)["loci"].min()
    every = products.filter(pl.col("worstPidSib") <= bound)["loci"].min()
    return Needed(None if best is None else int(str(best)), None if every is None else int(str(every)))


def pid_of_pair(
    genotypes: GenotypeMatrix, loci: pl.DataFrame, one: str, other: str, bound: float = BOUND
) -> PairIdentity:
    """Return what the loci that samples `one` and `other` share can prove.

    `loci` is of the shape `LOCUS_IDENTITY`; a locus of which it says nothing proves nothing. Raises `MisuseError` for a
    sample that is not in the matrix.

    >>> from tumen.individuals.genotype_matrix import from_arrays
    >>> genotypes = from_arrays([("99", "103"), ("103", "103")], [("201", "205"), None])
    >>> loci = pl.DataFrame({"locus": ["L1", "L2"], "pid": [0.3, 0.001], "pidSib": [0.5, 0.01]})
    >>> pid_of_pair(genotypes, loci, "1", "2")
    PairIdentity(loci=1, pid=0.3, pid_sib=0.5, allowed=False)
    """
    for name in (one, other):
        if name not in genotypes.samples:
            raise MisuseError("a sample of the genotypes", f"'{name}'", nearest(name, genotypes.samples))
    places = [np.array([genotypes.samples.index(name)]) for name in (one, other)]
    row = pid_of_pairs(genotypes, loci, places[0], places[1], bound).row(0, named=True)
    return PairIdentity(row["lociCompared"], row["pid"], row["pidSib"], row["identityAllowed"])


def pid_of_pairs(
    genotypes: GenotypeMatrix, loci: pl.DataFrame, one: Numbers, other: Numbers, bound: float = BOUND
) -> pl.DataFrame:
    """Return `lociCompared`, `pid`, `pidSib` and `identityAllowed` of pairs of samples, given by their row numbers.

    Pairs without a common locus have PIDsib 1: nothing may be claimed of them. Raises `MisuseError` for a bound that is
    no probability.
    """
    _refuse(bound)
    known = genotypes.known
    shared = (known[one] & known[other]).astype(np.float64)
    logs = _logs(genotypes, loci)
    found = np.exp(shared @ logs)
    return pl.DataFrame(
        {
            "lociCompared": pl.Series(shared.sum(axis=1).astype(np.int64), dtype=pl.Int64),
            "pid": pl.Series(found[:, 0], dtype=pl.Float64),
            "pidSib": pl.Series(found[:, 1], dtype=pl.Float64),
        }
    ).with_columns(identityAllowed=(pl.col("pidSib") <= bound) & (pl.col("lociCompared") > 0))


def log_pid_sib(genotypes: GenotypeMatrix, loci: pl.DataFrame, rows: slice | None = None) -> Logs:
    """Return the logarithm of PIDsib of `rows` against all samples: (rows x n), 8 bytes each; all rows where None.

    For many samples go through them in slices: 1,000 rows of 20,000 samples are 160 MB.

    >>> from tumen.individuals.genotype_matrix import from_arrays
    >>> genotypes = from_arrays([("99", "103"), ("103", "103")], [("201", "205"), None])
    >>> loci = pl.DataFrame({"locus": ["L1", "L2"], "pid": [0.3, 0.001], "pidSib": [0.5, 0.01]})
    >>> np.exp(log_pid_sib(genotypes, loci)).round(3).tolist()
    [[0.005, 0.5], [0.5, 0.5]]
    """
    known = genotypes.known.astype(np.float64)
    weighted = known[rows if rows is not None else slice(None)] * _logs(genotypes, loci)[:, 1]
    logs: Logs = weighted @ known.T
    return logs


def log_sibling_match(genotypes: GenotypeMatrix, alleles: pl.DataFrame) -> Logs:
    """Return, per sample and locus (n x L), ln of the chance that a full sibling has this very genotype.

    Where PIDsib is an average over all genotypes, this is of the one at hand: (1 + p + q + 2 p q) / 4 for a
    heterozygote, (1 + p)^2 / 4 for a homozygote; allelematch calls its product Psib. `alleles` is of the shape
    `ALLELES`; an allele that it does not list has frequency 0. A locus that is not known gives 0.

    >>> from tumen.individuals.genotype_matrix import from_arrays
    >>> genotypes = from_arrays([("99", "103"), ("103", "103"), None])
    >>> alleles = pl.DataFrame({"locus": ["L1", "L1"], "allele": ["99", "103"], "frequency": [0.25, 0.75]})
    >>> np.exp(log_sibling_match(genotypes, alleles)).round(5).tolist()
    [[0.59375], [0.76562], [1.0]]
    """
    shares = {(locus, name): p for locus, name, p in alleles.select("locus", "allele", "frequency").iter_rows()}
    logs: Logs = np.zeros(genotypes.codes.shape[:2])
    for number, locus in enumerate(genotypes.loci):
        # The code of what is missing is the last: -1.
        p = np.array([*(shares.get((locus, name), 0.0) for name in genotypes.alleles[number]), 0.0])
        one, other = (p[genotypes.codes[:, number, copy]] for copy in (0, 1))
        same = genotypes.codes[:, number, 0] == genotypes.codes[:, number, 1]
        chance = np.where(same, (1 + one) ** 2, 1 + one + other + 2 * one * other) / 4
        logs[:, number] = np.where(genotypes.known[:, number], np.log(chance), 0.0)
    return logs


def judged(loci: pl.DataFrame, bound: float = BOUND) -> pl.DataFrame:
    """Return findings about a panel: that all of it together does not suffice, or how many of its loci do.

    >>> loci = pl.DataFrame({"locus": ["A"], "pid": [0.5], "pidSib": [0.6]})
    >>> judged(loci)["code"].item()
    'panel-too-weak'
    """
    needed = loci_needed(loci, bound)
    count = loci.height
    if needed.best is None:
        together = float(loci["pidSib"].product()) if count else 1.0
        return findings.finding(
            "panel-too-weak", table="loci", column="locus", value=f"{together:.2g}", count=count, bound=bound
        )
    return findings.finding(
        "panel-loci-needed",
        table="loci",
        column="locus",
        value=str(needed.best),
        count=count,
        bound=bound,
        any=needed.any or count,
    )


def _whole(consensus: pl.DataFrame, sex_linked: tuple[str, ...]) -> pl.DataFrame:
    """Return the rows of two known alleles, at loci that are not `sex_linked`."""
    frame = require(consensus, GENOTYPED, "consensus")
    return frame.filter(
        pl.col("allele1").is_not_null(), pl.col("allele2").is_not_null(), ~pl.col("locus").is_in(sex_linked)
    )


def _logs(genotypes: GenotypeMatrix, loci: pl.DataFrame) -> Logs:
    """Return ln PID and ln PIDsib (L x 2) of the loci of a matrix; 0 where nothing is known of a locus."""
    told = {locus: (pid, sib) for locus, pid, sib in loci.select("locus", "pid", "pidSib").iter_rows()}
    logs: Logs = np.log(np.array([told.get(locus, (1.0, 1.0)) for locus in genotypes.loci]).reshape(-1, 2))
    return logs


def _refuse(bound: float) -> None:
    if not 0 < bound < 1:
        raise MisuseError("a bound of PIDsib between 0 and 1", Text("{bound}", bound=bound), "Give for example 0.01.")
