"""Answer what genes say from a file of genotypes of any program, with its populations as groups, without a study."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from tumen import engine
from tumen.files import genotypes as files
from tumen.individuals.genotype_consensus import consensus
from tumen.population.diversity.genotypes import genotypes as received
from tumen.tables import findings
from tumen.tables.answer import Answer, Note
from tumen.tables.package import Package
from tumen.tasks.diversity import PERMUTATIONS, THRESHOLD
from tumen.tasks.diversity_tables import Settled, every_table

SOMEBODY = "file"
"""Stands for party and laboratory, which a plain file does not name and the answer does not need."""


@dataclass(frozen=True, kw_only=True)
class DiversityFiles:
    """What to read and how.

    `genotypes`: GENEPOP, GenAlEx, GeneMapper, Cervus or STRUCTURE, recognised by its content, or a sheet of columns
    (`layout` "columns", with the column of the `sample` and that of the `population`). `kind`: what alleles are, "size"
    or "snp". `loci`: how many a STRUCTURE file has that does not name them. `missing`: words for alleles that could not
    be read in a sheet. `permutations`, `threshold`, `seed`: as in [diversity] of a study.
    """

    genotypes: Path
    layout: str | None = None
    kind: str = "size"
    loci: int | None = None
    sample: str = ""
    population: str = ""
    missing: Sequence[str] = ()
    alone_is_homozygote: bool = False
    permutations: int = PERMUTATIONS
    threshold: float = THRESHOLD
    seed: int = 0


def diversity_of_files(asked: DiversityFiles, *, progress: engine.Progress = engine.silent) -> Answer:
    """Return the answer with the tables that a study's has; each sample of the file is an animal.

    Raises `FormatError` for a file of none of the formats.
    """
    package = files.read(
        asked.genotypes,
        party=SOMEBODY,
        format=asked.layout,
        laboratory=SOMEBODY,
        kind=asked.kind,
        loci=asked.loci,
        sample=asked.sample,
        population=asked.population,
        missing=asked.missing,
        alone_is_homozygote=asked.alone_is_homozygote,
    )
    table, told, several = animals(package)
    data = received(table)
    progress(1, 2)
    settled = Settled(
        seed=asked.seed, permutations=asked.permutations, threshold=asked.threshold, generation=None, days={}
    )
    tables, said = every_table(data.genotypes, settled)
    progress(2, 2)
    parameters: dict[str, Any] = {
        "format": package.format,
        "individuals": len(data.genotypes.individuals),
        "loci": len(data.genotypes.loci),
        "permutations": settled.permutations,
        "pcrit": settled.threshold,
    }
    notes = [Note("diversity-samples-as-animals", {"samples": len(data.genotypes.individuals)})]
    if several:
        notes.append(Note("diversity-replicates-joined", {"genotypes": several}))
    found = findings.gather([package.findings, told, data.findings, said]).unique(maintain_order=True)
    return Answer("diversity", {**tables, "genotypes": table}, tuple(notes), parameters, found)


def animals(package: Package) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Return the genotypes of a file as those of animals, findings, and how many were read more than once."""
    table = package.table("genotypes")
    marked = package.received["genotypes"]
    of = pl.lit(None, pl.String).alias("population")
    if "population" in marked.columns:
        table = table.with_columns(marked["population"])
        of = pl.col("population")
    side = table.select("sampleID", of).unique("sampleID", keep="first", maintain_order=True)
    repeated = table.select(pl.struct("sampleID", "locus").is_duplicated().any()).item()
    told, several = findings.empty(), 0
    if repeated:
        made = consensus(table.drop("population", strict=False), package.table("loci"))
        told, several = made.findings, made.table.filter(pl.col("replicates") > 1).height
        table = made.table
    joined = table.select("sampleID", "locus", "allele1", "allele2").join(
        side, on="sampleID", how="left", maintain_order="left"
    )
    return joined.rename({"sampleID": "individualID", "population": "group"}), told, several
