"""Genotypes written as a person would say them."""

from collections.abc import Mapping, Sequence

import polars as pl

from tumen.tables.genetics import GENOTYPES, LOCI

Said = str | None


def alleles(said: Said) -> tuple[str | None, str | None]:
    """'120/124' as two alleles, '120/' as one, None as none."""
    first, _, second = (said or "/").partition("/")
    return first or None, second or None


def genotypes(
    readings: Mapping[tuple[str, str], Sequence[Said]], *, laboratory: str = "lab", kind: str = "size"
) -> pl.DataFrame:
    """The typed table `genotypes`: for each sample and locus its replicates in order, as '120/124'."""
    rows = [
        {
            "sampleID": sample,
            "laboratory": laboratory,
            "replicate": number,
            "locus": locus,
            "kind": kind,
            "allele1": alleles(said)[0],
            "allele2": alleles(said)[1],
        }
        for (sample, locus), replicates in readings.items()
        for number, said in enumerate(replicates, 1)
    ]
    schema = {name: GENOTYPES.dtypes[name] for name in ("sampleID", "laboratory", "replicate", "locus", "kind",
                                                        "allele1", "allele2")}  # fmt: skip
    return pl.concat([GENOTYPES.empty(), pl.DataFrame(rows, schema=schema)], how="diagonal")


def panel(*loci: Mapping[str, object]) -> pl.DataFrame:
    """The typed table `loci`."""
    schema = {name: dtype for name, dtype in LOCI.dtypes.items() if any(name in locus for locus in loci)}
    return pl.concat([LOCI.empty(), pl.DataFrame(list(loci), schema=schema)], how="diagonal")


def consensus_frame(rows: Mapping[str, Mapping[str, Said]]) -> pl.DataFrame:
    """A frame of whole genotypes: sample by sample, locus by locus, '120/124' or None."""
    return pl.DataFrame(
        [(sample, locus, *alleles(said)) for sample, loci in rows.items() for locus, said in loci.items()],
        schema=dict.fromkeys(("sampleID", "locus", "allele1", "allele2"), pl.String),
        orient="row",
    )
