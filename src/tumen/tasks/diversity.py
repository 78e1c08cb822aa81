"""Answer a study's question: what do their genes say? Diversity of each side, and exchange between sides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import polars as pl

from tumen import engine
from tumen.individuals.genotype_group import Settings, group
from tumen.individuals.genotype_group import table as group_table
from tumen.individuals.genotype_matrix import matrix
from tumen.individuals.genotype_panel import BOUND
from tumen.individuals.lab_locus import USABLE
from tumen.population.diversity.genotypes import genotypes as received
from tumen.tables import findings
from tumen.tables.answer import Answer, Note
from tumen.tasks.diversity_tables import Settled, every_table
from tumen.tasks.identify_genotypes import Typed, samples, typed, usable
from tumen.tasks.pool import Pool, pool
from tumen.tasks.study import Study

PERMUTATIONS = 999
THRESHOLD = 0.05
"""Frequency below which alleles are left out of the effective size by linkage, unless the study says otherwise."""
STEPS = 2
"""Pieces of work of each species: individuals and their genotypes, statistics."""


def diversity(study: Study, *, progress: engine.Progress = engine.silent) -> tuple[Answer, ...]:
    """Read, pool and answer."""
    return answers(pool(study), progress=progress)


def answers(pooled: Pool, *, progress: engine.Progress = engine.silent) -> tuple[Answer, ...]:
    """Return one answer for each species of the study of which any genotype is known; none where there are none."""
    if not any(package.table("genotypes").height for package in pooled.packages):
        return ()
    asked = dict(pooled.study.diversity or {})
    found, known = typed(pooled.packages, pooled.study), samples(pooled.packages, pooled.study)
    here = known.used["scientificName"].unique().sort().to_list()
    wanted = [name for name in asked.get("species") or pooled.study.species or here if name in here]
    done, total = count(1), STEPS * len(wanted)
    made = [
        _of_species(
            pooled,
            found,
            known.used.filter(pl.col("scientificName") == name),
            asked,
            lambda: progress(next(done), total),
        )
        for name in wanted
    ]
    return tuple(one for one in made if one is not None)


@dataclass(frozen=True)
class Animals:
    """Who a species' samples are: sampleID, animal, its group, day of its first sample; and notes on how it was found.

    `people`: animals known by the register, by genotypes alone, kept apart by the register though of one genotype.
    """

    samples: pl.DataFrame
    people: tuple[int, int, int]
    sides: Mapping[str, int]


def _of_species(
    pooled: Pool, found: Typed, own: pl.DataFrame, asked: Mapping[str, Any], step: Callable[[], None]
) -> Answer | None:
    """Return the answer for one species; None where nothing is known of any of its samples."""
    species = str(own["scientificName"].first())
    read = usable(found, own).drop_nulls(["allele1", "allele2"])
    if read.is_empty():
        step()
        step()
        return None
    by = str(asked.get("groups", "country"))
    who = animals(pooled, own, _grouped(pooled, found, own), by)
    table, differing = agreed(read, who.samples)
    data = received(table)
    step()
    settled = Settled(
        seed=pooled.study.seed,
        permutations=int(asked.get("permutations", PERMUTATIONS)),
        threshold=float(asked.get("pcrit", THRESHOLD)),
        generation=asked.get("generation"),
        days=dict(who.samples.group_by("animal").agg(pl.col("day").min()).iter_rows()),
    )
    tables, said = every_table(data.genotypes, settled)
    step()
    notes = _notes(found, who, by, differing, read, settled)
    return Answer(
        "diversity",
        {**tables, "genotypes": table},
        notes,
        {
            "species": species,
            "groups": by,
            "individuals": len(data.genotypes.individuals),
            "loci": len(data.genotypes.loci),
            "permutations": settled.permutations,
            "pcrit": settled.threshold,
        },
        findings.gather([_unread(found, own, read), data.findings, said]).unique(maintain_order=True),
    )


def _unread(found: Typed, own: pl.DataFrame, read: pl.DataFrame) -> pl.DataFrame:
    """Return a finding for each locus at which a laboratory tried these samples and no genotype of any is known."""
    tried = usable(found, own)["locus"].unique(maintain_order=True)
    return findings.gather(
        findings.finding("diversity-locus-empty", table="genotypes", column="locus", value=locus)
        for locus in tried.filter(~tried.is_in(read["locus"].implode()))
    )


def _grouped(pooled: Pool, found: Typed, own: pl.DataFrame) -> pl.DataFrame:
    """Return the genetic individual of each sample (sampleID, group), found as `tumen identify genotypes` finds it."""
    read = usable(found, own).drop("status")
    bound = float(pooled.study.identify.get("pid_sib", BOUND))
    grouping = group(matrix(read), Settings(bound=bound), np.random.default_rng(pooled.study.seed))
    return group_table(grouping).select("sampleID", "group")


def animals(pooled: Pool, own: pl.DataFrame, grouped: pl.DataFrame, by: str) -> Animals:
    """Return whose each sample is: the animal that the register knows, else the genetic individual.

    A sample that nobody named belongs to the animal of the register whose samples alone share its genotype.
    """
    names = pooled.register.walk.table.select("party", "individualID", "jointID")
    joined = own.join(grouped, on="sampleID", how="inner", maintain_order="left").join(
        names, on=["party", "individualID"], how="left", maintain_order="left"
    )
    known = joined.group_by("group").agg(names=pl.col("jointID").drop_nulls().unique().sort())
    joined = joined.join(known, on="group", how="left", maintain_order="left")
    only = pl.when(pl.col("names").list.len() == 1).then(pl.col("names").list.get(0, null_on_oob=True))
    joined = joined.with_columns(named=pl.coalesce("jointID", only))
    joined = joined.with_columns(animal=pl.coalesce("named", "group"))
    placed = _placed(pooled, joined, by)
    side, sides = _side_of_animals(placed)
    several = known.filter(pl.col("names").list.len() > 1)
    people = (
        joined["named"].drop_nulls().n_unique(),
        joined.filter(pl.col("named").is_null())["animal"].n_unique(),
        int(several["names"].list.len().sum()),
    )
    rows = placed.drop("side").join(side, on="animal", how="left", maintain_order="left")
    return Animals(rows.select("sampleID", "animal", "group", "day"), people, sides)


def _placed(pooled: Pool, joined: pl.DataFrame, by: str) -> pl.DataFrame:
    """Return samples (sampleID, animal, side, day); side: certain country, party, or one for all."""
    listed = pl.concat(
        [
            package.table("samples")
            .unique("sampleID", keep="first", maintain_order=True)
            .select(
                pl.concat_str(pl.lit(package.party + "/"), "sampleID").alias("sampleID"),
                "longitude",
                "latitude",
                pl.col("coordinateUncertainty").cast(pl.Float64),
                pl.coalesce("countryCode", pl.lit(package.country, pl.String)).alias("declaredCountry"),
                pl.col("collectedOn").alias("day"),
            )
            for package in pooled.packages
        ]
    ).unique("sampleID", keep="first", maintain_order=True)
    located = pooled.area.locate(listed)
    side = {"country": pl.col("countryCode"), "party": pl.col("party")}.get(by, pl.lit("all"))
    return joined.join(located, on="sampleID", how="left", maintain_order="left").select(
        "sampleID", "animal", side.alias("side"), "day"
    )


def _side_of_animals(placed: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """Return the side of most samples of each animal (animal, group; null where sides tie), and what that hides."""
    counted = placed.drop_nulls("side").group_by("animal", "side").agg(samples=pl.len())
    most = counted.filter(pl.col("samples") == pl.col("samples").max().over("animal"))
    kept = most.group_by("animal").agg(pl.col("side").sort(), sides=pl.len())
    chosen = kept.select(
        "animal", group=pl.when(pl.col("sides") == 1).then(pl.col("side").list.get(0, null_on_oob=True))
    )
    several = counted.group_by("animal").agg(sides=pl.len()).filter(pl.col("sides") > 1).height
    return chosen, {
        "several": several,
        "tied": kept.filter(pl.col("sides") > 1).height,
        "uncertain": placed["animal"].n_unique() - kept.height,
    }


def agreed(read: pl.DataFrame, who: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Return one genotype an animal and locus from those of its samples, and how many had to be left out.

    What more samples say counts, a confirmed reading before a single one; where as many say another, nothing is known.
    `read`: consensus of samples (sampleID, locus, allele1, allele2, status).
    """
    joined = read.join(who, on="sampleID", how="inner", maintain_order="left")
    sure = pl.col("status") != "single"
    votes = joined.group_by("animal", "locus", "allele1", "allele2").agg(
        confirmed=sure.sum().cast(pl.Int64), said=pl.len().cast(pl.Int64)
    )
    keys = ["animal", "locus"]
    best = votes.filter(pl.col("confirmed") == pl.col("confirmed").max().over(keys))
    best = best.filter(pl.col("said") == pl.col("said").max().over(keys))
    one = best.filter(pl.len().over(keys) == 1)
    differing = best.filter(pl.len().over(keys) > 1).select(keys).n_unique()
    side = who.select("animal", "group").unique(keep="first", maintain_order=True)
    everybody = side.join(joined.select("locus").unique(), how="cross")
    table = everybody.join(one, on=keys, how="left").sort("animal", "locus").rename({"animal": "individualID"})
    return table.select("individualID", "locus", "allele1", "allele2", "group"), differing


def _notes(
    found: Typed, who: Animals, by: str, differing: int, read: pl.DataFrame, settled: Settled
) -> tuple[Note, ...]:
    named, genetic, alike = who.people
    notes = [Note("diversity-animals", {"animals": named + genetic, "named": named, "genetic": genetic})]
    if by == "country":
        notes.append(Note("diversity-sides-of-samples", dict(who.sides)))
    if alike:
        notes.append(Note("diversity-names-one-genotype", {"animals": alike}))
    if differing:
        notes.append(Note("diversity-genotypes-differ", {"genotypes": differing}))
    single = read.filter(pl.col("status") == "single").height
    if single:
        notes.append(Note("diversity-single-readings", {"single": single, "genotypes": read.height}))
    if found.lab_map.height:
        refused = found.lab_map.filter(~pl.col("status").is_in(USABLE)).height
        alleles = found.lab_map.height
        notes.append(
            Note("genotypes-calibrated", {"reference": found.reference, "alleles": alleles, "refused": refused})
        )
    if settled.generation is None:
        notes.append(Note("diversity-no-generation"))
    return tuple(notes)
