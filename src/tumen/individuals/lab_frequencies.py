"""Which alleles of two laboratories might be the same, if there are no animals that both typed?

A proposal, and unsafe: alleles are set beside each other, in order of size, by how common they are. It shows which
animals to type in both laboratories; it never joins genotypes by itself (`lab_calibration.apply` refuses it).
"""

from collections.abc import Mapping

import polars as pl

from tumen.individuals.lab_calibration import Calibration
from tumen.individuals.lab_controls import GENOTYPE_COLUMNS, size
from tumen.individuals.lab_locus import LAB_MAP
from tumen.tables import findings
from tumen.tables.schema import require

BEND = 0.01
"""Cost of each base pair by which the shift changes between neighbours, in shares of an allele: it decides ties."""


def propose_from_frequencies(genotypes: pl.DataFrame, *, reference: str) -> Calibration:
    """Return a map from the frequencies of alleles, every row of it `unsafe` or `refused`, and without a probability.

    Populations that differ, siblings, and laboratories that typed few samples make it wrong. `genotypes` is the typed
    table of all parties; all readings count. Columns: see `LAB_MAP`.

    >>> def typed(laboratory, *alleles):
    ...     return [{"sampleID": str(n), "laboratory": laboratory, "replicate": 1, "locus": "TM01", "allele1": a,
    ...              "allele2": a, "kind": "size"} for n, a in enumerate(alleles)]
    >>> read = pl.DataFrame(typed("lab-1", "100", "100", "104") + typed("lab-2", "102", "102", "107"))
    >>> propose_from_frequencies(read, reference="lab-1").table.select("allele", "referenceAllele", "status").rows()
    [('102', '100', 'unsafe'), ('107', '104', 'unsafe')]
    """
    shares = _shares(require(genotypes, GENOTYPE_COLUMNS, "genotypes"))
    rows: list[tuple[object, ...]] = []
    for (laboratory, locus), part in shares.group_by("laboratory", "locus", maintain_order=True):
        if laboratory == reference:
            continue
        other = shares.filter(laboratory=reference, locus=locus)
        ours = dict(part.select("allele", "share").iter_rows())
        theirs = dict(other.select("allele", "share").iter_rows())
        paired = aligned(ours, theirs)
        for allele in ours:
            to = paired.get(allele)
            status = "refused" if to is None else "unsafe"
            rows.append((laboratory, reference, locus, str(allele), None if to is None else str(to), None, 0, status))
    table = pl.DataFrame(rows, schema=LAB_MAP, orient="row")
    return Calibration(table, findings.gather(_said(table)))


def _shares(genotypes: pl.DataFrame) -> pl.DataFrame:
    """Return laboratory, locus, allele (Int64) and its share of the readings, in that order."""
    sizes = genotypes.filter(pl.col("kind") == "size").drop_nulls(["laboratory", "locus"])
    long = pl.concat(
        [sizes.select("laboratory", "locus", size(name).alias("allele")) for name in ("allele1", "allele2")]
    ).drop_nulls("allele")
    return (
        long.group_by("laboratory", "locus", "allele")
        .agg(count=pl.len())
        .with_columns(share=pl.col("count") / pl.col("count").sum().over("laboratory", "locus"))
        .sort("laboratory", "locus", "allele")
    )


def aligned(ours: Mapping[int, float], theirs: Mapping[int, float]) -> dict[int, int]:
    """Return the order-keeping pairing of sizes that leaves least difference between their shares.

    The cost of a pairing is the sum of differences of shares, the whole share where an allele has no partner, and
    `BEND` for each base pair by which the shift changes. Exact: dynamic programming over the last pair.

    >>> aligned({100: 0.7, 104: 0.1, 108: 0.2}, {103: 0.72, 111: 0.28})
    {100: 103, 108: 111}
    """
    here, there = sorted(ours), sorted(theirs)
    # The gain of a pair over leaving both alone is what both shares have in common, twice.
    best: dict[tuple[int, int], tuple[float, tuple[tuple[int, int], ...]]] = {}
    for i, one in enumerate(here):
        for j, other in enumerate(there):
            own = 2 * min(ours[one], theirs[other])
            options: list[tuple[float, tuple[tuple[int, int], ...]]] = [(own, ((one, other),))]
            for (k, m), (gain, pairs) in best.items():
                if k < i and m < j:
                    bend = BEND * abs((other - one) - (there[m] - here[k]))
                    options.append((gain + own - bend, (*pairs, (one, other))))
            best[i, j] = max(options)
    return dict(max(best.values())[1]) if best else {}


def _said(table: pl.DataFrame) -> list[pl.DataFrame]:
    unsafe = table.filter(status="unsafe")
    return [
        findings.finding(
            "calibration-unsafe",
            table="genotypes",
            column="laboratory",
            value=str(laboratory),
            laboratory=str(laboratory),
            reference=str(reference),
            alleles=part.height,
            loci=part["locus"].n_unique(),
        )
        for (laboratory, reference), part in unsafe.group_by("laboratory", "referenceLaboratory", maintain_order=True)
    ]
