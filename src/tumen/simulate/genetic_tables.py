"""How a laboratory writes down what it read: genotypes, controls and loci, as text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from tumen.simulate.laboratories import LabMap
from tumen.simulate.panels import Panel, Sizes

POSITIVE, NEGATIVE = "POSITIVE-1", "WATER"


@dataclass(frozen=True)
class Typing:
    """Samples typed in one laboratory: their names, readings in true sizes (n x R x L x 2), and their runs."""

    laboratory: LabMap
    samples: Sequence[str]
    readings: Sizes
    runs: Sequence[str]
    typed_on: date


def genotypes_text(panel: Panel, typing: Typing) -> pl.DataFrame:
    """Return the table `genotypes`: a row for each sample, replicate and locus; no alleles where nothing was read."""
    n, replicates, loci, _ = typing.readings.shape
    each = replicates * loci
    sizes = typing.laboratory.read(typing.readings).reshape(-1, 2)
    return (
        pl.DataFrame(
            {
                "sampleID": np.repeat(np.asarray(typing.samples, dtype=str), each),
                "laboratory": [typing.laboratory.name] * (n * each),
                "replicate": np.tile(np.repeat(np.arange(1, replicates + 1), loci), n),
                "locus": np.tile(np.asarray(panel.loci), n * replicates),
                "allele1": sizes[:, 0],
                "allele2": sizes[:, 1],
                "kind": ["size"] * (n * each),
                "runID": np.repeat(np.asarray(typing.runs, dtype=str), each),
                "typedOn": [typing.typed_on.isoformat()] * (n * each),
            }
        )
        .select(_text(pl.all().exclude("allele1", "allele2")), _size("allele1"), _size("allele2"))
        .select(*GENOTYPES)
    )


GENOTYPES = ("sampleID", "laboratory", "replicate", "locus", "allele1", "allele2", "kind", "runID", "typedOn")


def _text(columns: pl.Expr) -> pl.Expr:
    return columns.cast(pl.String)


def _size(name: str) -> pl.Expr:
    """Return a size as text, and nothing for a 0."""
    return pl.when(pl.col(name) > 0).then(pl.col(name).cast(pl.String)).alias(name)


def controls_text(panel: Panel, laboratory: LabMap, positive: Sizes, runs: Sequence[str]) -> pl.DataFrame:
    """Return the rows of `controls` of each run: DNA of known genotype (L x 2, true sizes), read rightly, and water."""
    count, loci = len(runs), len(panel.loci)
    sizes = np.tile(laboratory.read(positive), (count, 1))
    base = pl.DataFrame(
        {
            "laboratory": [laboratory.name] * (count * loci),
            "runID": np.repeat(np.asarray(runs, dtype=str), loci),
            "locus": np.tile(np.asarray(panel.loci), count),
        }
    )
    read = {"allele1": sizes[:, 0], "allele2": sizes[:, 1]}
    expected = {"expectedAllele1": sizes[:, 0], "expectedAllele2": sizes[:, 1]}
    known = base.with_columns(**{name: pl.Series(cells).cast(pl.String) for name, cells in (read | expected).items()})
    water = base.with_columns(**dict.fromkeys((*read, *expected), pl.lit(None, dtype=pl.String)))
    return pl.concat(
        [
            known.with_columns(controlID=pl.lit(POSITIVE), role=pl.lit("positive")),
            water.with_columns(controlID=pl.lit(NEGATIVE), role=pl.lit("negative")),
        ]
    ).select(*CONTROLS)


CONTROLS = (
    "laboratory", "runID", "controlID", "role", "locus", "allele1", "allele2", "expectedAllele1", "expectedAllele2",
)  # fmt: skip


def calibration_text(
    panel: Panel, laboratory: LabMap, names: Sequence[str], read: Sizes, expected: Sizes | None = None
) -> pl.DataFrame:
    """Return the rows of `controls` for reference animals (C x runs x L x 2, true sizes), a run for each typing.

    `expected` (C x L x 2) is what is written as expected; without it nothing is, since a laboratory that types an
    animal for the first time does not know.
    """
    count, runs, loci, _ = read.shape
    sizes = laboratory.read(read).reshape(-1, 2)
    known = np.zeros_like(read) if expected is None else np.repeat(expected[:, None], runs, axis=1)
    wanted = laboratory.read(known).reshape(-1, 2)
    frame = pl.DataFrame(
        {
            "laboratory": [laboratory.name] * len(sizes),
            "runID": np.tile(np.repeat([f"{laboratory.name}-C{run:02d}" for run in range(1, runs + 1)], loci), count),
            "controlID": np.repeat(np.asarray(names, dtype=str), runs * loci),
            "role": ["calibration"] * len(sizes),
            "locus": np.tile(np.asarray(panel.loci), count * runs),
            "allele1": sizes[:, 0],
            "allele2": sizes[:, 1],
            "expectedAllele1": wanted[:, 0],
            "expectedAllele2": wanted[:, 1],
        }
    )
    return frame.with_columns(_size(name) for name in CONTROLS[5:]).select(*CONTROLS)


def loci_text(panels: Sequence[Panel], laboratory: LabMap) -> pl.DataFrame:
    """Return the table `loci` of one laboratory: the range of sizes in which it looks for the alleles of any panel.

    The panels have the same loci. No repeat length is given: what a laboratory calls a size need not lie on a ladder.
    """
    sizes = np.stack([laboratory.read(np.where(panel.sizes > 0, panel.sizes, 0)) for panel in panels])
    margin = 2 * panels[0].repeat.astype(int)
    low = np.where(sizes > 0, sizes, np.iinfo(np.int16).max).min(axis=(0, 2)) - margin
    high = sizes.max(axis=(0, 2)) + margin
    count = len(panels[0].loci)
    return pl.DataFrame(
        {
            "locus": panels[0].loci,
            "kind": ["size"] * count,
            "smallestAllele": [str(size) for size in low],
            "largestAllele": [str(size) for size in high],
            "sexLinked": ["false"] * (count - 1) + ["true"],
            "source": ["invented"] * count,
        }
    )


def map_truth(panels: Sequence[Panel], laboratory: LabMap, reference: str) -> pl.DataFrame:
    """Return the truth of a map: laboratory, referenceLaboratory, locus, allele, referenceAllele."""
    names = ("laboratory", "referenceLaboratory", "locus", "allele", "referenceAllele")
    rows = []
    for number, locus in enumerate(panels[0].loci):
        for size in sorted({size for panel in panels for size in panel.alleles(number)}):
            sizes = np.zeros((len(panels[0].loci), 2), dtype=np.int16)
            sizes[number] = size
            rows.append((laboratory.name, reference, locus, str(laboratory.read(sizes)[number, 0]), str(size)))
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
