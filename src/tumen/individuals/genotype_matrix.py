"""Genotypes of samples as one block of numbers: a code per sample, locus and allele.

Everything that compares many samples starts here. A locus of a sample is used when both its alleles are known; a
locus of which only one allele is known (status "single" or "unresolved") counts as missing, and never as a homozygote.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from tumen.errors import ColumnError, MisuseError, Text

CONSENSUS: dict[str, pl.DataType | type[pl.DataType]] = {
    "sampleID": pl.String,
    "locus": pl.String,
    "allele1": pl.String,
    "allele2": pl.String,
    "status": pl.String,
    "replicates": pl.Int64,
    "laboratory": pl.String,
}
"""One row per sample and locus: what the replicates agree on (`genotype_consensus`)."""

MISSING = -1
"""The code of an allele that is not known."""

NEEDED = ("sampleID", "locus", "allele1", "allele2")
WHOLE = ("heterozygote", "homozygote")
"""The states of a locus whose two alleles are known."""

Codes = npt.NDArray[np.int16]


@dataclass(frozen=True)
class GenotypeMatrix:
    """Codes (samples, loci, 2) into `alleles[locus]`, sorted within a locus; `MISSING` twice where not known."""

    samples: tuple[str, ...]
    loci: tuple[str, ...]
    alleles: tuple[tuple[str, ...], ...]
    codes: Codes

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Which loci (columns) are known of which samples (rows).

        >>> from_arrays([("103", "108"), None]).known.tolist()
        [[True], [False]]
        """
        known: npt.NDArray[np.bool_] = self.codes[:, :, 0] != MISSING
        return known

    def of(self, samples: npt.NDArray[np.int64]) -> "GenotypeMatrix":
        """Return the matrix of some samples, given by their row numbers; loci and alleles stay as they are.

        >>> from_arrays([("1", "2"), ("2", "2")]).of(np.array([1])).codes.tolist()
        [[[1, 1]]]
        """
        names = tuple(self.samples[number] for number in samples.tolist())
        return GenotypeMatrix(names, self.loci, self.alleles, self.codes[samples])


def matrix(consensus: pl.DataFrame) -> GenotypeMatrix:
    """Return the genotypes of a consensus frame (`CONSENSUS`) as codes.

    Samples and loci stand in the order in which the frame first names them; a sample all of whose loci failed stays, as
    a row without known loci; a locus that is known of no sample is left out, as nothing can be compared at it. Alleles
    are numbered by size where all of a locus are numbers, else by their text. Raises `ColumnError` for a missing
    column, and `MisuseError` where a sample has two rows for one locus: two laboratories are joined only after their
    sizes were calibrated, and then into one consensus.

    >>> frame = pl.DataFrame({"sampleID": ["a", "b"], "locus": ["F42", "F42"], "allele1": ["99", "103"],
    ...     "allele2": ["103", None], "status": ["heterozygote", "single"]})
    >>> found = matrix(frame)
    >>> found.alleles, found.codes.tolist()
    ((('99', '103'),), [[[0, 1]], [[-1, -1]]])
    """
    _check(consensus)
    samples = consensus["sampleID"].unique(maintain_order=True)
    whole = pl.col("allele1").is_not_null() & pl.col("allele2").is_not_null()
    if "status" in consensus.columns:
        whole &= pl.col("status").is_in(WHOLE)
    used = consensus.filter(whole).select(NEEDED)
    named = consensus["locus"].unique(maintain_order=True)
    loci = named.filter(named.is_in(used["locus"].implode()))
    numbers = [_numbers(used.filter(pl.col("locus") == locus)) for locus in loci]
    codes = np.full((samples.len(), loci.len(), 2), MISSING, dtype=np.int16)
    if used.height:
        table = pl.concat(
            [
                pl.DataFrame(
                    {"locus": [locus] * len(alleles), "allele": list(alleles), "code": range(len(alleles))},
                    schema={"locus": pl.String, "allele": pl.String, "code": pl.Int16},
                )
                for locus, alleles in zip(loci, numbers, strict=True)
            ]
        )
        joined = (
            used.join(_numbered(samples, "sampleID", "s"), on="sampleID")
            .join(_numbered(loci, "locus", "l"), on="locus")
            .join(table.rename({"allele": "allele1", "code": "one"}), on=["locus", "allele1"])
            .join(table.rename({"allele": "allele2", "code": "two"}), on=["locus", "allele2"])
        )
        pair = joined.select("one", "two").to_numpy()
        codes[joined["s"].to_numpy(), joined["l"].to_numpy()] = np.sort(pair, axis=1)
    return GenotypeMatrix(tuple(samples.to_list()), tuple(loci.to_list()), tuple(numbers), codes)


def from_arrays(*loci: list[tuple[str, str] | None], names: Mapping[str, None] | None = None) -> GenotypeMatrix:
    """Return a matrix written down locus by locus, for examples: one list per locus, one genotype (or None) per sample.

    >>> from_arrays([("103", "108"), ("103", "103")], [None, ("201", "205")]).known.tolist()
    [[True, False], [True, True]]
    """
    samples = list(names) if names is not None else [str(number + 1) for number in range(len(loci[0]))]
    rows = [
        (sample, f"L{number + 1}", *(genotype or (None, None)))
        for number, locus in enumerate(loci)
        for sample, genotype in zip(samples, locus, strict=True)
    ]
    return matrix(pl.DataFrame(rows, schema=dict.fromkeys(NEEDED, pl.String), orient="row"))


def _check(consensus: pl.DataFrame) -> None:
    """Refuse a frame without the columns, or with two rows for a sample and locus."""
    for column in NEEDED:
        if column not in consensus.columns:
            raise ColumnError(
                Text("a consensus of genotypes with the column {column}", column=column),
                ", ".join(consensus.columns),
                "Make the consensus of the replicates first.",
            )
    twice = consensus.filter(pl.struct("sampleID", "locus").is_duplicated())
    if twice.height:
        row = twice.row(0, named=True)
        raise MisuseError(
            "one row per sample and locus in a consensus of genotypes",
            Text("several for sample {sample}, locus {locus}", sample=row["sampleID"], locus=row["locus"]),
            "Calibrate the laboratories and join their readings into one consensus first.",
        )


def _numbers(used: pl.DataFrame) -> tuple[str, ...]:
    """Return the alleles of one locus in order: by size where all are numbers, else by text."""
    alleles = pl.concat([used["allele1"], used["allele2"]]).unique().to_list()
    sizes = pl.Series(alleles, dtype=pl.String).cast(pl.Float64, strict=False)
    if sizes.null_count() or not sizes.is_finite().all():
        return tuple(sorted(alleles))
    return tuple(allele for _, allele in sorted(zip(sizes.to_list(), alleles, strict=True)))


def _numbered(names: pl.Series, column: str, number: str) -> pl.DataFrame:
    """Return names with their places, from 0."""
    return pl.DataFrame({column: names, number: np.arange(names.len())})
