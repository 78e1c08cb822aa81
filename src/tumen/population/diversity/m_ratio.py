"""Did the ladder of alleles get gaps?  The M ratio of Garza & Williamson.

M = k / (r + 1): k alleles of a microsatellite, r the distance from the shortest to the longest in repeats. A shrinking
population loses alleles anywhere, and the range only with the outermost, so M falls. The length of a repeat must be
known: it is given per locus, or taken as the largest step that all distances between alleles are multiples of, which is
said; taken from few alleles it may be too long, and M too large. No critical value is given here: it depends on
mutation and on the size before (Garza & Williamson 2001 simulate it).

Source: Garza & Williamson (2001) Mol Ecol 10:305.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd

import numpy as np
import polars as pl

from tumen.errors import MisuseError, Text
from tumen.population.diversity.genotypes import Genotypes
from tumen.population.diversity.groups import parts
from tumen.tables import findings

RATIOS: dict[str, pl.DataType | type[pl.DataType]] = {
    "group": pl.String,
    "locus": pl.String,
    "alleles": pl.Int64,
    "repeat": pl.Int64,
    "range": pl.Int64,
    "mRatio": pl.Float64,
    "reason": pl.String,
}
"""One row per group and locus: `repeat` in base pairs, `range` in repeats; `reason` a code where there is no ratio."""


@dataclass(frozen=True, eq=False)
class Ratios:
    """Ratios (`RATIOS`), their mean per group (`group`, `loci`, `mRatio`), and what to know about them."""

    table: pl.DataFrame
    means: pl.DataFrame
    findings: pl.DataFrame


def m_ratio(data: Genotypes, repeats: Mapping[str, int] | None = None) -> Ratios:
    """Return the M ratio of every locus in each group; `repeats` gives the length of the repeat of loci in base pairs.

    A locus has none where it does not vary in the group, where an allele is no whole number, or where distances between
    alleles are no multiples of the repeat. Raises `MisuseError` for a repeat below 1.

    >>> from tumen.population.diversity.genotypes import example
    >>> m_ratio(example([("100", "104"), ("110", "110")]), {"L1": 2}).table.select("range", "mRatio").row(0)
    (5, 0.5)
    """
    given = dict(repeats or {})
    if any(length < 1 for length in given.values()):
        raise MisuseError(
            "repeats of 1 base pair or more", Text("{low}", low=min(given.values())), "Give 2 for a dinucleotide."
        )
    lengths = {
        locus: given[locus] if locus in given else _step(names)
        for locus, names in zip(data.loci, data.names, strict=True)
    }
    rows: list[dict[str, object]] = []
    for name, part in parts(data):
        totals = part.doses.sum(axis=0)
        for place, locus in enumerate(part.loci):
            seen = np.flatnonzero(totals[part.offsets[place] : part.offsets[place + 1]])
            names = [part.names[place][at] for at in seen]
            rows.append({"group": name, "locus": locus, "alleles": len(names)} | _ratio(names, lengths[locus]))
    table = pl.DataFrame(rows, schema=RATIOS)
    means = (
        table.filter(pl.col("mRatio").is_not_null())
        .group_by("group", maintain_order=True)
        .agg(loci=pl.len().cast(pl.Int64), mRatio=pl.col("mRatio").mean())
    )
    return Ratios(table, means, _said(table, lengths, given))


def _step(names: tuple[str, ...]) -> int | None:
    """Return the largest step that all distances between alleles are multiples of; None where there is none above 1."""
    if len(names) < 2 or not all(name.isdecimal() for name in names):
        return None
    sizes = [int(name) for name in names]
    step = gcd(*(size - min(sizes) for size in sizes))
    return step if step > 1 else None


def _ratio(names: list[str], length: int | None) -> dict[str, object]:
    """Return the rest of one row."""
    if len(names) < 2:
        return {"reason": "m-ratio-no-variation"}
    if not all(name.isdecimal() for name in names):
        return {"reason": "m-ratio-no-lengths"}
    if length is None:
        return {"reason": "m-ratio-no-repeat"}
    sizes = [int(name) for name in names]
    if any((size - min(sizes)) % length for size in sizes):
        return {"repeat": length, "reason": "m-ratio-off-ladder"}
    across = (max(sizes) - min(sizes)) // length
    return {"repeat": length, "range": across, "mRatio": len(names) / (across + 1), "reason": None}


def _said(table: pl.DataFrame, lengths: Mapping[str, int | None], given: Mapping[str, int]) -> pl.DataFrame:
    """Return findings: loci without a ratio, and repeats taken from the alleles."""
    said = [
        findings.finding(
            str(row["reason"]), table="genotypes", column="locus", value=str(row["locus"]), group=str(row["group"])
        )
        for row in table.filter(pl.col("reason").is_not_null()).iter_rows(named=True)
    ]
    said += [
        findings.finding("m-ratio-repeat-taken", table="genotypes", column="locus", value=locus, repeat=length)
        for locus, length in lengths.items()
        if length is not None and locus not in given
    ]
    return findings.join(said)
