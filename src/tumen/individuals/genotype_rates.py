"""How often does a laboratory misread?  Rates of dropout and false alleles at each locus, from replicates alone.

Nobody knows the true genotypes, so they are summed over: the idea of Pedant (Johnson & Haydon 2007, Genetics
175:827-842, doi:10.1534/genetics.106.064618), here for any number of replicates and by an EM algorithm. Rates are per
reading that gave something:

- dropout: a reading of a heterozygote shows one of its two alleles twice, either with the same chance;
- false allele: one of the two alleles that a reading shows is read as another one of the locus, any of the others with
  the same chance.

True genotypes have Hardy-Weinberg proportions with one inbreeding coefficient (0 or more) a locus, so that a lack of
heterozygotes in all replicates of many samples is not taken for dropout.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import brentq
from scipy.sparse import csr_array
from scipy.stats import chi2

from tumen.individuals.genotype_readings import readings
from tumen.tables import findings

RATES: dict[str, pl.DataType | type[pl.DataType]] = {
    "locus": pl.String,
    "dropout": pl.Float64,
    "dropoutLow": pl.Float64,
    "dropoutHigh": pl.Float64,
    "falseAllele": pl.Float64,
    "falseAlleleLow": pl.Float64,
    "falseAlleleHigh": pl.Float64,
    "compared": pl.Int64,
}
"""One row per locus: rates per reading with their intervals, and the samples with two readings or more behind them.

A rate is null where the data cannot tell it: without replicates, or dropout where no reading ever showed two alleles.
"""
LEVEL = 0.95
"""Of the intervals; ours, by convention."""
MOST = 2000
"""Steps of the EM algorithm; where they do not suffice, a finding says so."""
CLOSE = 1e-9
"""Change of the log-likelihood at which the algorithm stops."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Rates:
    """The rates (`RATES`), and the findings of loci for which they could not be told."""

    table: pl.DataFrame
    findings: pl.DataFrame


@dataclass(frozen=True)
class _Locus:
    """Readings of a locus as counts: distinct sets of replicates (U x K kinds of genotype), and how often each occurs.

    `first` and `second` are the alleles of the K genotypes, `k` their number; `mistaken`, `dropped` and
    `both` (K x K) are the chances of what is read (rows) of what is there (columns), if exactly that happens.
    """

    counts: csr_array
    times: Array
    first: npt.NDArray[np.int64]
    second: npt.NDArray[np.int64]
    k: int
    mistaken: Array
    dropped: Array
    both: Array

    @property
    def heterozygous(self) -> npt.NDArray[np.bool_]:
        """Which of the K genotypes are heterozygotes."""
        heterozygous: npt.NDArray[np.bool_] = self.first != self.second
        return heterozygous


@dataclass(frozen=True)
class _State:
    """What the algorithm improves: the two rates, the frequencies of alleles (k) and the inbreeding coefficient."""

    dropout: float
    false: float
    frequencies: Array
    inbreeding: float


def rates(genotypes: pl.DataFrame, panel: pl.DataFrame | None = None) -> Rates:
    """Return the error rates of each locus of the typed table `genotypes`.

    `panel` is the typed table `loci`; loci that it calls `sexLinked` are left out, for half of the animals have one
    copy of them. Replicates are compared within a laboratory; if there are several, give their tables one by one where
    they differ. Samples read once say nothing here and are not used, nor are half-calls. Intervals are those of the
    profile likelihood at 95 %. Loci are in order of name. Raises `ColumnError` for a table without its columns.

    >>> from tumen.tables.genetics import GENOTYPES
    >>> rows = [{"sampleID": str(sample), "laboratory": "lab", "replicate": replicate, "locus": "F42", "kind": "size",
    ...          "allele1": "120", "allele2": "120" if sample < 10 or sample == replicate + 9 else "124"}
    ...         for sample in range(20) for replicate in (1, 2, 3)]
    >>> found = rates(pl.concat([GENOTYPES.empty(), pl.DataFrame(rows)], how="diagonal_relaxed")).table.row(0)
    >>> found[0], round(found[1], 3), found[7]
    ('F42', 0.1, 20)
    """
    read = readings(genotypes, panel).table
    whole = read.filter(pl.col("allele2").is_not_null(), ~pl.col("sexLinked"))
    loci = read.filter(~pl.col("sexLinked"))["locus"].unique().sort().to_list()
    rows: list[tuple[object, ...]] = []
    found: list[pl.DataFrame] = []
    for locus in loci:
        prepared = _prepared(whole.filter(pl.col("locus") == locus))
        if prepared is None:
            rows.append((locus, *[None] * 6, 0))
            found.append(findings.finding("rates-without-replicates", table="genotypes", column="locus", value=locus))
            continue
        state, settled = _fitted(prepared)
        compared = int(prepared.times.sum())
        two = bool((prepared.times @ prepared.counts)[prepared.heterozygous].any())
        dropout = (state.dropout, *_interval(prepared, state, dropout=True)) if two else (None, None, None)
        rows.append((locus, *dropout, state.false, *_interval(prepared, state, dropout=False), compared))
        if not two:
            found.append(
                findings.finding("dropout-unknown", table="genotypes", column="locus", value=locus, compared=compared)
            )
        if not settled:
            found.append(findings.finding("rates-unsettled", table="genotypes", column="locus", value=locus))
    return Rates(pl.DataFrame(rows, schema=RATES, orient="row"), findings.gather(found))


def _prepared(read: pl.DataFrame) -> _Locus | None:
    """Count the readings of the samples that were read at least twice; None where there are none."""
    units = read.with_columns(unit=pl.struct("laboratory", "sampleID").rank("dense"))
    units = units.filter(pl.len().over("unit") > 1)
    if units.is_empty():
        return None
    names = sorted(set(units["allele1"]) | set(units["allele2"]))
    # Where all are alike there still could have been another allele: without it no reading could be wrong.
    k = max(len(names), 2)
    first, second = np.triu_indices(k)
    place = np.zeros((k, k), dtype=np.int64)
    place[first, second] = place[second, first] = np.arange(len(first))
    codes = {name: number for number, name in enumerate(names)}
    one = units["allele1"].replace_strict(codes, return_dtype=pl.Int64).to_numpy()
    other = units["allele2"].replace_strict(codes, return_dtype=pl.Int64).to_numpy()
    _, which = np.unique(units["unit"].to_numpy(), return_inverse=True)
    counts = np.zeros((which.max() + 1, len(first)))
    np.add.at(counts, (which, place[one, other]), 1.0)
    distinct, times = np.unique(counts, axis=0, return_counts=True)
    mistaken, dropped = _mistaken(place, first, second), _dropped(place, first, second)
    return _Locus(
        counts=csr_array(distinct),
        times=times.astype(np.float64),
        first=first,
        second=second,
        k=k,
        mistaken=mistaken,
        dropped=dropped,
        both=mistaken @ dropped,
    )


def _mistaken(place: npt.NDArray[np.int64], first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]) -> Array:
    """Return the chances of reading (rows) where one allele of a genotype (columns) is taken for another."""
    k, columns = place.shape[0], np.arange(len(first))
    chances = np.zeros((len(first), len(first)))
    for kept, lost in ((first, second), (second, first)):
        for other in range(k):
            wrong = lost != other
            np.add.at(chances, (place[kept[wrong], other], columns[wrong]), 0.5 / (k - 1))
    return chances


def _dropped(place: npt.NDArray[np.int64], first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]) -> Array:
    """Return the chances of reading (rows) where one allele of a heterozygote (columns) is lost; homozygotes stay."""
    columns = np.arange(len(first))
    chances = np.zeros((len(first), len(first)))
    for kept in (first, second):
        np.add.at(chances, (place[kept, kept], columns), 0.5)
    return chances


def _chances(locus: _Locus, dropout: float, false: float) -> Array:
    """Return the chance of each reading (rows) of each true genotype (columns); every column sums to 1."""
    clean = np.eye(len(locus.first))
    return (1 - dropout) * ((1 - false) * clean + false * locus.mistaken) + dropout * (
        (1 - false) * locus.dropped + false * locus.both
    )


def _prior(locus: _Locus, frequencies: Array, inbreeding: float) -> Array:
    one, other = frequencies[locus.first], frequencies[locus.second]
    same = one * (inbreeding + (1 - inbreeding) * one)
    return np.where(locus.heterozygous, 2 * (1 - inbreeding) * one * other, same)


def _logged(values: Array) -> Array:
    return np.log(np.maximum(values, 1e-300))


def _posterior(locus: _Locus, state: _State) -> tuple[Array, float]:
    """Return the chances of the true genotypes of each set of replicates (U x K), and the log-likelihood."""
    joint = locus.counts @ _logged(_chances(locus, state.dropout, state.false))
    joint += _logged(_prior(locus, state.frequencies, state.inbreeding))
    top = joint.max(axis=1, keepdims=True)
    weight = np.exp(joint - top)
    total = weight.sum(axis=1, keepdims=True)
    return weight / total, float(locus.times @ (top + np.log(total))[:, 0])


def _next_rates(locus: _Locus, state: _State, posterior: Array) -> tuple[float, float]:
    """Return the shares of readings that are expected to be dropouts (of heterozygotes) and false alleles (of all)."""
    expected = locus.counts.T @ (posterior * locus.times[:, None])
    share = expected / np.maximum(_chances(locus, state.dropout, state.false), 1e-300)
    d, f = state.dropout, state.false
    lost = d * ((1 - f) * locus.dropped + f * locus.both)
    wrong = f * ((1 - d) * locus.mistaken + d * locus.both)
    heterozygous = locus.heterozygous
    of_heterozygotes = expected[:, heterozygous].sum()
    dropout = (share * lost)[:, heterozygous].sum() / of_heterozygotes if of_heterozygotes > 0 else 0.0
    return float(dropout), float((share * wrong).sum() / expected.sum())


def _next_population(locus: _Locus, state: _State, posterior: Array) -> tuple[Array, float]:
    """Return the expected frequencies of alleles and inbreeding coefficient."""
    animals = locus.times @ posterior
    one = state.frequencies[locus.first]
    by_descent = np.where(
        locus.heterozygous, 0.0, state.inbreeding / np.maximum(state.inbreeding + (1 - state.inbreeding) * one, 1e-300)
    )
    # Two copies by descent are one draw of an allele.
    drawn = np.zeros(locus.k)
    np.add.at(drawn, locus.first, animals)
    np.add.at(drawn, locus.second, animals * (1 - by_descent))
    return drawn / drawn.sum(), float(animals @ by_descent / animals.sum())


def _fitted(locus: _Locus) -> tuple[_State, bool]:
    """Return the state of the highest likelihood, and whether the algorithm came to rest."""
    seen = np.zeros(locus.k)
    shown = locus.times @ locus.counts
    np.add.at(seen, locus.first, shown)
    np.add.at(seen, locus.second, shown)
    state = _State(0.05, 0.01, (seen + 0.5) / (seen + 0.5).sum(), 0.02)
    before = -np.inf
    for _ in range(MOST):
        posterior, now = _posterior(locus, state)
        if now - before < CLOSE:
            return state, True
        before = now
        state = _State(*_next_rates(locus, state, posterior), *_next_population(locus, state, posterior))
    return state, False


def _interval(locus: _Locus, state: _State, *, dropout: bool) -> tuple[float, float]:
    """Return where the profile likelihood of one rate falls below its highest by half a quantile of chi-squared."""
    best = state.dropout if dropout else state.false
    fall = float(chi2.ppf(LEVEL, 1)) / 2
    top = _profile(locus, state, best, dropout=dropout)

    def beyond(value: float) -> float:
        return top - _profile(locus, state, value, dropout=dropout) - fall

    tiny = 1e-9
    low = float(brentq(beyond, tiny, best, xtol=2e-5)) if best > tiny and beyond(tiny) > 0 else 0.0
    high = float(brentq(beyond, max(best, tiny), 1 - tiny, xtol=2e-5)) if beyond(1 - tiny) > 0 else 1.0
    return low, high


def _profile(locus: _Locus, state: _State, value: float, *, dropout: bool) -> float:
    """Return the highest log-likelihood with one rate held at `value`."""
    other = max(state.false if dropout else state.dropout, 1e-6)
    frequencies, inbreeding = state.frequencies, state.inbreeding
    before = -np.inf
    for _ in range(200):
        rates = (value, other) if dropout else (other, value)
        trial = _State(*rates, frequencies, inbreeding)
        posterior, now = _posterior(locus, trial)
        if now - before < 1e-4:
            break
        before = now
        other = _next_rates(locus, trial, posterior)[1 if dropout else 0]
        frequencies, inbreeding = _next_population(locus, trial, posterior)
    return now
