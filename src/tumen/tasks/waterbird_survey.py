"""Put the sites, visits and counts of all parties together, under names that are one party's alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from tumen import engine
from tumen.errors import StudyError, Text
from tumen.tables import findings
from tumen.tables.package import Package
from tumen.tables.protocol import TABLES
from tumen.tasks.area import Area, read_area
from tumen.tasks.check import check
from tumen.tasks.packages import read_package
from tumen.tasks.pool import Pool
from tumen.tasks.study import Study

OWN: Mapping[str, tuple[str, ...]] = {
    "sites": ("siteID", "partOf", "areaID"),
    "visits": ("visitID", "siteID"),
    "counts": ("countID", "visitID", "partOf"),
    "stays": ("siteID",),
    "areas": ("areaID",),
    "sheet_texts": ("siteID",),
    "site_steps": ("siteID",),
    "population_estimates": (),
    "species_status": (),
    "statements": ("statementID",),
}
"""The tables that a designation is judged by, and their columns that hold names one party gave."""

_OF_GROUPS = ("sheet_texts", "site_steps")


@dataclass(frozen=True)
class Survey:
    """What was counted where, and what it is held against: tables of all parties, each with the column `party`.

    Names that a party gave (siteID, visitID, countID, areaID) are `party/name`; a countGroup is common to all. A site
    whose row says no country has that of its package. `area` is the ground of the study, None where it has none.
    """

    study: Study
    packages: tuple[Package, ...]
    area: Area | None
    tables: Mapping[str, pl.DataFrame]
    findings: pl.DataFrame

    def table(self, name: str) -> pl.DataFrame:
        """Return one table of all parties."""
        return self.tables[name]


def survey(study: Study, *, progress: engine.Progress = engine.silent) -> Survey:
    """Read and check the packages of a study; its area is needed by no count and may be missing."""
    area = read_area(study) if study.countries is not None or study.region is not None else None
    packages = tuple(engine.run(read_package, study.packages, progress=progress))
    found = (check(p, area, time_zone=e.time_zone) for p, e in zip(packages, study.packages, strict=True))
    said = findings.gather(found)
    return _together(study, packages, area, said.filter(pl.col("table").is_in([*OWN, ""])))


def of_pool(pooled: Pool) -> Survey:
    """Return the survey of packages that were read and checked before."""
    return _together(pooled.study, pooled.packages, pooled.area, findings.empty())


def counted(survey: Survey) -> bool:
    """Say whether anybody counted waterbirds at all."""
    return survey.table("visits").height > 0


def _together(study: Study, packages: tuple[Package, ...], area: Area | None, found: pl.DataFrame) -> Survey:
    tables = {name: _once(pl.concat(_named(packages, name, own)), name) for name, own in OWN.items()}
    return Survey(study, packages, area, tables, found)


def _once(table: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return the rows of all packages, each once; refuse two packages of one party that say different things of one."""
    key = TABLES[name].key
    distinct = table.unique(keep="first", maintain_order=True)
    if not key:
        return distinct
    twice = distinct.filter(pl.col(key).is_duplicated())
    if twice.height:
        raise StudyError(
            Text("names in {table} that are one row each", table=name),
            Text("two rows {key} in packages of one party", key=twice[key][0]),
            "Give them names of their own, or leave the older package out.",
        )
    return distinct


def _named(packages: Iterable[Package], name: str, own: tuple[str, ...]) -> list[pl.DataFrame]:
    """Return a table of each package with the party's name before its own names.

    A row whose key stands in the package before has a finding there and is left out here.
    """
    made = []
    for package in packages:
        table = package.table(name).select(*TABLES[name].dtypes)
        if name == "population_estimates":
            table = sound(table, package.findings.filter(pl.col("table") == name))
        key = TABLES[name].key
        if key:
            table = table.filter(pl.col(key).is_not_null()).unique(key, keep="first", maintain_order=True)
        if name == "sites":
            table = table.with_columns(pl.coalesce("countryCode", pl.lit(package.country, pl.String)))
        made.append(
            table.with_columns(*(_prefixed(package, name, column) for column in own), party=pl.lit(package.party))
        )
    return made


NUMBERS = ("minimum", "maximum", "onePercent")
"""The numbers of an estimate that make its threshold."""


def sound(estimates: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Return estimates without the numbers of rows of which one cannot be read: the rest gives another threshold.

    `found` are the findings of the table's cells; row 2 is the first.
    """
    bad = found.filter(pl.col("column").is_in(NUMBERS) & (pl.col("severity") == "error"))["row"].drop_nulls() - 2
    unread = pl.int_range(pl.len()).is_in(bad.implode())
    return estimates.with_columns(pl.when(~unread).then(pl.col(name)).alias(name) for name in NUMBERS)


def _prefixed(package: Package, table: str, column: str) -> pl.Expr:
    """Return a name as one party's; a step or a text may also be of a count group, whose name is common to all."""
    name = pl.concat_str(pl.lit(package.party + "/"), column).alias(column)
    if table not in _OF_GROUPS:
        return name
    sites = package.table("sites")["siteID"].drop_nulls()
    return pl.when(pl.col(column).is_in(sites.implode())).then(name).otherwise(column).alias(column)
