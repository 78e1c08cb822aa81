"""Whose genes are these? Genotypes of individuals in groups, as one block of numbers.

One row per individual (not per sample) and locus comes in; every statistic of diversity starts from `Genotypes`. A
locus of an individual is used when both its alleles are known; one allele alone counts as missing, never as a
homozygote, and is said. Individuals of unknown group count in totals and in no group.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tumen.errors import ColumnError, Text
from tumen.tables import findings

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MISSING = -1
"""The code of an allele that is not known."""

TABLE: dict[str, pl.DataType | type[pl.DataType]] = {
    "individualID": pl.String,
    "locus": pl.String,
    "allele1": pl.String,
    "allele2": pl.String,
    "group": pl.String,
}
"""One row per individual and locus; `group` is the population, country or side of the individual."""


@dataclass(frozen=True, eq=False)
class Genotypes:
    """Codes (n individuals, L loci, 2) into `names[locus]`, sorted within a locus; `MISSING` twice where not known.

    `groups` names the population or side of each individual, None where it is not known.
    """

    individuals: tuple[str, ...]
    loci: tuple[str, ...]
    groups: tuple[str | None, ...]
    alleles: Ints
    names: tuple[tuple[str, ...], ...]

    @cached_property
    def sides(self) -> tuple[str, ...]:
        """Return the names of the groups, sorted.

        >>> example([("1", "2"), ("1", "1")], groups=["RU", "CN"]).sides
        ('CN', 'RU')
        """
        return tuple(sorted({group for group in self.groups if group is not None}))

    @cached_property
    def side(self) -> Ints:
        """Return the place of each individual's group in `sides` (n,), -1 where it is not known.

        >>> example([("1", "2"), ("1", "1"), None], groups=["RU", "CN", None]).side.tolist()
        [1, 0, -1]
        """
        places = {name: place for place, name in enumerate(self.sides)}
        return np.array([-1 if group is None else places[group] for group in self.groups], dtype=np.int64)

    @cached_property
    def known(self) -> Flags:
        """Return which loci (columns) are known of which individuals (rows), (n, L).

        >>> example([("1", "2"), None]).known.tolist()
        [[True], [False]]
        """
        known: Flags = self.alleles[:, :, 0] != MISSING
        return known

    @cached_property
    def widths(self) -> Ints:
        """Return the number of alleles of each locus in all individuals (L,).

        >>> example([("1", "2"), ("1", "1")]).widths.tolist()
        [2]
        """
        return np.array([len(names) for names in self.names], dtype=np.int64)

    @cached_property
    def offsets(self) -> Ints:
        """Return where the alleles of each locus start among the alleles of all loci laid side by side (L + 1,).

        >>> example([("1", "2")], [("5", "5")]).offsets.tolist()
        [0, 2, 3]
        """
        return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(self.widths)])

    @cached_property
    def doses(self) -> Floats:
        """Return how many copies (0, 1, 2) of each allele of all loci side by side each individual has (n, alleles).

        A locus that is not known has 0 copies of all its alleles; see `known`.

        >>> example([("1", "2"), ("2", "2"), None]).doses.tolist()
        [[1.0, 1.0], [0.0, 2.0], [0.0, 0.0]]
        """
        doses = np.zeros((len(self.individuals), int(self.offsets[-1])))
        who, where = np.nonzero(self.known)
        for copy in (0, 1):
            # One copy at a time: the two alleles of a homozygote are one cell, which would be raised once only.
            doses[who, self.offsets[where] + self.alleles[who, where, copy]] += 1
        return doses

    def of(self, chosen: Ints | Flags) -> "Genotypes":
        """Return the genotypes of some individuals, by place or by flag; loci and allele names stay as they are.

        >>> example([("1", "2"), ("2", "2")]).of(np.array([1])).alleles.tolist()
        [[[1, 1]]]
        """
        places = np.arange(len(self.individuals))[chosen].tolist()
        return Genotypes(
            tuple(self.individuals[place] for place in places),
            self.loci,
            tuple(self.groups[place] for place in places),
            self.alleles[places],
            self.names,
        )


@dataclass(frozen=True, eq=False)
class Received:
    """Genotypes, and the findings of putting them together."""

    genotypes: Genotypes
    findings: pl.DataFrame


def genotypes(table: pl.DataFrame) -> Received:
    """Return the genotypes of a table (`TABLE`) with one row per individual and locus, and what was wrong with it.

    Individuals and loci stand in the order in which the table first names them; an individual of whom nothing is known
    stays. Alleles are numbered by size where all of a locus are numbers, else by their text. A row counts as a
    spreadsheet counts, the first being 2. Findings, all of them: rows without individual or locus; several rows of one
    individual at one locus (different: none is used; equal: one is); one allele alone (missing); an individual with
    several groups (group unknown); individuals without group; individuals and loci of whom nothing is known. Raises
    `ColumnError` for a missing column.

    >>> frame = pl.DataFrame({"individualID": ["a", "b"], "locus": ["F42", "F42"], "allele1": ["99", "103"],
    ...     "allele2": ["103", "103"], "group": ["RU", None]})
    >>> received = genotypes(frame)
    >>> received.genotypes.names, received.genotypes.alleles.tolist(), received.findings["code"].to_list()
    ((('99', '103'),), [[[0, 1]], [[1, 1]]], ['diversity-group-unknown'])
    """
    rows = _rows(table)
    named = rows.filter(pl.col("individualID").is_not_null() & pl.col("locus").is_not_null())
    individuals = named["individualID"].unique(maintain_order=True)
    loci = named["locus"].unique(maintain_order=True)
    groups, contradicting = _groups(named)
    used, said = _once(named)
    whole = used.filter(pl.col("allele1").is_not_null() & pl.col("allele2").is_not_null())
    half = used.filter(pl.col("allele1").is_null() != pl.col("allele2").is_null())
    found = _coded(whole, individuals.to_list(), loci.to_list(), groups)
    unnamed = rows.height - named.height
    said += [contradicting, *_half(half), *_unknown(found)]
    if unnamed:
        said.append(findings.finding("diversity-row-unnamed", table="genotypes", value=str(unnamed), count=unnamed))
    return Received(found, findings.gather(said))


def example(*loci: list[tuple[str, str] | None], groups: list[str | None] | None = None) -> Genotypes:
    """Return genotypes written down locus by locus, for examples: one genotype (or None) per individual.

    >>> example([("103", "108"), ("103", "103")], [None, ("201", "205")]).known.tolist()
    [[True, False], [True, True]]
    """
    size = len(loci[0])
    sides = groups if groups is not None else ["all"] * size
    rows = [
        (str(number + 1), f"L{place + 1}", *(genotype or (None, None)), sides[number])
        for place, locus in enumerate(loci)
        for number, genotype in enumerate(locus)
    ]
    return genotypes(pl.DataFrame(rows, schema=TABLE, orient="row")).genotypes


def _rows(table: pl.DataFrame) -> pl.DataFrame:
    """Return the columns as text, numbered, an empty cell being null; refuse a table without the columns."""
    missing = [name for name in TABLE if name not in table.columns]
    if missing:
        raise ColumnError(
            Text("genotypes of individuals with the column {column}", column=missing[0]),
            ", ".join(table.columns),
            "Give individualID, locus, allele1, allele2 and group.",
        )
    texts = [pl.col(name).cast(pl.String).alias(name) for name in TABLE]
    filled = [pl.when(pl.col(name) == "").then(None).otherwise(pl.col(name)).alias(name) for name in TABLE]
    rows = table.select(texts).with_columns(filled)
    return rows.with_columns(row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64))


def _groups(named: pl.DataFrame) -> tuple[list[str | None], pl.DataFrame]:
    """Return the group of each individual, and findings about those with several."""
    each = named.group_by("individualID", maintain_order=True).agg(
        pl.col("row").min(), groups=pl.col("group").drop_nulls().unique().sort()
    )
    several = each.filter(pl.col("groups").list.len() > 1).select(
        "row", value="individualID", groups=pl.col("groups").list.join(", ")
    )
    said = findings.rows(
        "diversity-group-contradicts", several, table="genotypes", column="group", arguments=("groups",)
    )
    one = each.select(
        pl.when(pl.col("groups").list.len() == 1).then(pl.col("groups").list.get(0, null_on_oob=True)).alias("group")
    )
    return one["group"].to_list(), said


def _once(named: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return one row per individual and locus, alleles in the order of their text, and findings about repetitions."""
    ordered = named.with_columns(
        allele1=pl.min_horizontal("allele1", "allele2"),
        allele2=pl.when(pl.col("allele1").is_not_null() & pl.col("allele2").is_not_null()).then(
            pl.max_horizontal("allele1", "allele2")
        ),
    )
    each = ordered.group_by("individualID", "locus", maintain_order=True).agg(
        pl.col("row").min(),
        pl.col("allele1").first(),
        pl.col("allele2").first(),
        rows=pl.len(),
        distinct=pl.struct("allele1", "allele2").n_unique(),
    )
    shown = each.rename({"individualID": "value"})
    said = [
        findings.rows(code, shown.filter(kept), table="genotypes", column="individualID", arguments=("locus", "rows"))
        for code, kept in (
            ("diversity-genotypes-contradict", pl.col("distinct") > 1),
            ("diversity-genotypes-repeated", (pl.col("rows") > 1) & (pl.col("distinct") == 1)),
        )
    ]
    return each.filter(pl.col("distinct") == 1), said


def _half(half: pl.DataFrame) -> list[pl.DataFrame]:
    """Return findings about genotypes of which one allele is known."""
    shown = half.rename({"individualID": "value"})
    return [findings.rows("diversity-half-call", shown, table="genotypes", column="allele2", arguments=("locus",))]


def _coded(whole: pl.DataFrame, individuals: list[str], loci: list[str], groups: list[str | None]) -> Genotypes:
    """Return the genotypes of rows with two alleles as codes."""
    codes = np.full((len(individuals), len(loci), 2), MISSING, dtype=np.int64)
    names: list[tuple[str, ...]] = []
    who = {name: place for place, name in enumerate(individuals)}
    parts = {key[0]: part for key, part in whole.partition_by("locus", as_dict=True).items()}
    for place, locus in enumerate(loci):
        part = parts.get(locus, whole.clear())
        names.append(_named(part))
        number = {name: code for code, name in enumerate(names[-1])}
        rows = [who[name] for name in part["individualID"].to_list()]
        for copy, column in enumerate(("allele1", "allele2")):
            codes[rows, place, copy] = [number[name] for name in part[column].to_list()]
    return Genotypes(tuple(individuals), tuple(loci), tuple(groups), np.sort(codes, axis=2), tuple(names))


def _named(part: pl.DataFrame) -> tuple[str, ...]:
    """Return the alleles of one locus in order: by size where all are numbers, else by text."""
    alleles = sorted(pl.concat([part["allele1"], part["allele2"]]).unique().to_list())
    sizes = pl.Series(alleles, dtype=pl.String).cast(pl.Float64, strict=False)
    if sizes.null_count() or not sizes.is_finite().all():
        return tuple(alleles)
    return tuple(name for _, name in sorted(zip(sizes.to_list(), alleles, strict=True)))


def _unknown(found: Genotypes) -> list[pl.DataFrame]:
    """Return findings about individuals without group or genotype, and about loci without genotype or variation."""
    said: list[pl.DataFrame] = []
    without = sum(group is None for group in found.groups)
    if without:
        said.append(
            findings.finding(
                "diversity-group-unknown",
                table="genotypes",
                column="group",
                value=str(without),
                count=without,
                total=len(found.groups),
            )
        )
    said += [
        findings.finding("diversity-individual-empty", table="genotypes", column="individualID", value=name)
        for place, name in enumerate(found.individuals)
        if not found.known[place].any()
    ]
    codes = {0: "diversity-locus-empty", 1: "diversity-locus-monomorphic"}
    said += [
        findings.finding(codes[len(names)], table="genotypes", column="locus", value=locus)
        for locus, names in zip(found.loci, found.names, strict=True)
        if len(names) < 2
    ]
    return said
