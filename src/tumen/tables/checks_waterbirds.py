"""What counts of waterbirds can be asked: coverage, zeros, totals and parts, names, visits entered twice.

Sources: the field form of the International Waterbird Census asks for coverage and for zeros (Asian Waterbird Census,
Field Protocol, revised December 2018); the INBO waterbird data say per visit which groups were counted.
"""

import polars as pl

from tumen.tables import checks_populations, checks_units, findings
from tumen.tables.checks_units import circular
from tumen.tables.package import Package
from tumen.tables.protocol import TABLES
from tumen.tables.rows import numbered
from tumen.tables.schema import MISSING
from tumen.tables.taxa import RANKLESS, resolve
from tumen.tables.waterbirds import COUNT_GROUPS

EARLIEST, LATEST = -12, 14
"""The offsets from UTC, in hours, that clocks on Earth have."""


def check(package: Package) -> list[pl.DataFrame]:
    """Return the findings of sites, visits, counts and population estimates, beyond the rules of their rows."""
    found: list[pl.DataFrame] = []
    for table, column, needed in (("visits", "siteID", "sites"), ("counts", "visitID", "visits")):
        if table in package.tables and needed not in package.tables:
            found.append(findings.finding("table-needed", table=table, column=column, needed=needed))
    if "sites" in package.tables:
        found += checks_units.check(package)
    if "visits" in package.tables:
        found += [_days(package), _groups(package), _without_counts(package), _visited_twice(package)]
    if "counts" in package.tables:
        found += [*_numbers(package), *_coverage(package), *_parts(package), *_twice(package), _undetermined(package)]
    if "population_estimates" in package.tables:
        found += checks_populations.check(package)
    return found


def _days(package: Package) -> pl.DataFrame:
    """Find visits whose day is not the day on which they began where they took place.

    An instant written in UTC (offset 0) says no local day: then every day that clocks on Earth showed is accepted.
    """
    offset = pl.col("visitStart_offset").fill_null(0)
    start = pl.col("visitStart").dt.replace_time_zone(None)
    frame = numbered(package, TABLES["visits"]).with_columns(
        first=(start + pl.duration(minutes=pl.when(offset == 0).then(EARLIEST * 60).otherwise(offset))).dt.date(),
        last=(start + pl.duration(minutes=pl.when(offset == 0).then(LATEST * 60).otherwise(offset))).dt.date(),
        localDay=(start + pl.duration(minutes=offset)).dt.date(),
    )
    wrong = frame.filter((pl.col("visitDate") < pl.col("first")) | (pl.col("visitDate") > pl.col("last")))
    if "text_visitStart" in wrong.columns:
        wrong = wrong.with_columns(visitStart="text_visitStart")
    return findings.rows(
        "visit-on-other-day",
        wrong.with_columns(value="visitDate"),
        table="visits",
        column="visitDate",
        arguments=("localDay", "visitStart"),
    )


def _or_open(column: str) -> pl.Expr:
    """Return the text of an end of a range; an end that was not given is shown as open."""
    return pl.col(column).cast(pl.String).fill_null("…").alias(column)


def _words(column: str) -> pl.Expr:
    return pl.col(column).str.split("|").list.eval(pl.element().str.strip_chars())


def _groups(package: Package) -> pl.DataFrame:
    """Find words in groupsCounted that are no groups; `all` stands alone."""
    frame = numbered(package, TABLES["visits"]).select("row", "groupsCounted").drop_nulls()
    each = (
        frame.with_columns(value=_words("groupsCounted"), words=pl.lit(", ".join(COUNT_GROUPS)))
        .filter(pl.col("value").list.join("|") != "all")
        .explode("value")
        .filter(~pl.col("value").is_in(COUNT_GROUPS))
    )
    return findings.rows("group-unknown", each, table="visits", column="groupsCounted", arguments=("words",))


def _without_counts(package: Package) -> pl.DataFrame:
    """Note visits that were made and have no count: were there really none?"""
    if "counts" not in package.tables:
        return findings.empty()
    known = package.table("counts")["visitID"].drop_nulls()
    bare = numbered(package, TABLES["visits"]).filter(
        pl.col("coverage").is_in(("complete", "partial")) & ~pl.col("visitID").is_in(known.implode())
    )
    return findings.rows(
        "visit-without-counts",
        bare.with_columns(value="visitID"),
        table="visits",
        column="visitID",
        arguments=("coverage",),
    )


def _visited_twice(package: Package) -> pl.DataFrame:
    """Find visits of one site, day, time and method that counted the same groups: perhaps one visit, entered twice."""
    key = ["siteID", "visitDate", "visitStart", "method", "groupsCounted"]
    frame = numbered(package, TABLES["visits"]).filter(
        pl.col("siteID").is_not_null()
        & pl.col("visitDate").is_not_null()
        & pl.col("coverage").ne_missing("notSurveyed")
    )
    again = frame.with_columns(otherRow=pl.col("row").min().over(key)).filter(pl.col("row") != pl.col("otherRow"))
    return findings.rows(
        "visit-twice",
        again.with_columns(value="visitID"),
        table="visits",
        column="visitDate",
        arguments=("siteID", "visitDate", "otherRow"),
    )


def _undetermined(package: Package) -> pl.DataFrame:
    """Note names that are of no species: once each, at its first row, with the number of rows."""
    names = (
        numbered(package, TABLES["counts"])
        .filter(pl.col("scientificName").is_not_null())
        .group_by(value="scientificName", maintain_order=True)
        .agg(pl.col("row").first(), count=pl.len())
    )
    vague = [_is_vague(name) for name in names["value"]]
    return findings.rows(
        "count-not-to-species",
        names.filter(pl.Series(vague, dtype=pl.Boolean)),
        table="counts",
        column="scientificName",
        arguments=("count",),
    )


def _is_vague(name: str) -> bool:
    """Return whether a scientific name is that of a genus, or of more than that.

    A single word of other letters is a name in a language, and no genus.
    """
    accepted = resolve(name).accepted or name
    words = accepted.split()
    latin = bool(words) and words[0].isascii() and words[0].isalpha()
    return latin and (len(words) == 1 or words[1].lower() in RANKLESS or "/" in accepted)


def _numbers(package: Package) -> list[pl.DataFrame]:
    """Find counted birds without a number, or with a range only.

    A cell that holds something unreadable is a finding of its own and does not count as empty.
    """
    received = package.received["counts"]
    numbers = [name for name in ("count", "minimum", "maximum") if name in received.columns]
    given = received.select(~pl.col(name).is_in(MISSING).fill_null(True) for name in numbers)
    frame = numbered(package, TABLES["counts"]).with_columns(
        hasCount=given["count"] if "count" in numbers else pl.lit(False),
        hasNumber=pl.any_horizontal(given.get_columns()) if numbers else pl.lit(False),
        value="status",
    )
    bare = frame.filter((pl.col("status") == "counted") & ~pl.col("hasCount"))
    return [
        findings.rows("count-missing", bare.filter(~pl.col("hasNumber")), table="counts", column="count"),
        findings.rows(
            "count-only-range",
            bare.filter("hasNumber").with_columns(_or_open("minimum"), _or_open("maximum"), value=pl.lit("")),
            table="counts",
            column="count",
            arguments=("minimum", "maximum"),
        ),
    ]


def _coverage(package: Package) -> list[pl.DataFrame]:
    """Hold counts against what their visit says it covered."""
    visits = (
        package.table("visits").unique("visitID", keep="first").select("visitID", "coverage", groups="groupsCounted")
    )
    frame = (
        numbered(package, TABLES["counts"])
        .join(visits, on="visitID", how="inner", maintain_order="left")
        .with_columns(
            species=pl.coalesce("scientificName", "taxonGroup", pl.lit("?")),
            group="taxonGroup",
            value=pl.col("count").cast(pl.String),
        )
    )
    unsurveyed = frame.filter((pl.col("coverage") == "notSurveyed") & (pl.col("status") != "notCounted"))
    limited = pl.col("groups").is_not_null() & ~_words("groups").list.contains("all")
    counted = (pl.col("coverage") != "notSurveyed") & (pl.col("status") == "counted") & limited
    outside = ~_words("groups").list.contains(pl.col("group"))
    some = frame.filter(counted.fill_null(False))
    zero = pl.col("count") == 0
    where = {"table": "counts", "column": "count"}
    return [
        findings.rows(
            "count-without-coverage",
            unsurveyed.with_columns(value="status"),
            table="counts",
            column="status",
            arguments=("visitID", "species"),
        ),
        findings.rows(
            "zero-outside-groups",
            some.filter(zero & outside & pl.col("group").is_not_null()),
            arguments=("species", "groups", "group"),
            **where,
        ),
        findings.rows(
            "zero-without-group",
            some.filter(zero & pl.col("group").is_null()),
            arguments=("species", "groups"),
            **where,
        ),
        findings.rows(
            "count-outside-groups",
            some.filter((pl.col("count") > 0) & outside & pl.col("group").is_not_null()),
            arguments=("species", "groups", "group"),
            **where,
        ),
    ]


def _parts(package: Package) -> list[pl.DataFrame]:
    """Hold totals against their parts."""
    frame = numbered(package, TABLES["counts"]).filter(pl.col("countID").is_not_null())
    frame = frame.unique("countID", keep="first", maintain_order=True)
    looped = circular(dict(frame.select("countID", "partOf").drop_nulls().iter_rows()))
    inside = pl.col("countID").is_in(looped)
    circles = frame.filter(inside).with_columns(value="countID")
    totals = frame.select(
        total="countID",
        totalRow="row",
        otherVisit="visitID",
        totalStatus="status",
        whole="count",
        most=pl.max_horizontal("count", "maximum"),
    )
    parts = frame.filter(~inside).join(totals, left_on="partOf", right_on="total", how="inner", maintain_order="left")
    elsewhere = parts.filter(pl.col("visitID") != pl.col("otherVisit")).with_columns(value="countID", total="partOf")
    # A part that is withheld stays out of every sum that a finding shows.
    shown = pl.col("status") == "counted"
    number = pl.when(shown).then(pl.col("count"))
    sums = (
        parts.filter((pl.col("visitID") == pl.col("otherVisit")) & (pl.col("totalStatus") == "counted"))
        .group_by("partOf", maintain_order=True)
        .agg(
            pl.col("totalRow", "whole", "most").first(),
            parts=number.sum(),
            least=pl.when(shown).then(pl.min_horizontal("count", "minimum")).sum(),
            known=number.is_not_null().all(),
        )
        .rename({"totalRow": "row", "partOf": "total"})
        .with_columns(value="whole")
    )
    exceed = sums.filter(pl.col("least") > pl.col("most")).with_columns(value="most", parts="least")
    below = sums.filter(pl.col("known") & (pl.col("parts") < pl.col("whole")))
    return [
        findings.rows("part-circular", circles, table="counts", column="partOf"),
        findings.rows("part-elsewhere", elsewhere, table="counts", column="partOf", arguments=("total", "otherVisit")),
        findings.rows("parts-exceed-total", exceed, table="counts", column="count", arguments=("total", "parts")),
        findings.rows("parts-below-total", below, table="counts", column="count", arguments=("total", "parts")),
    ]


def _accepted(table: pl.DataFrame) -> pl.DataFrame:
    """Return a table with `accepted`: the accepted name of its scientificName, or the name as it stands."""
    names = table["scientificName"].drop_nulls().unique().to_list()
    known = {name: resolve(name).accepted or name for name in names}
    read = pl.col("scientificName").replace_strict(known, default=None, return_dtype=pl.String)
    return table.with_columns(accepted=read)


def _twice(package: Package) -> list[pl.DataFrame]:
    """Find species that stand more than once at a visit without saying that one row is a part of another."""
    who = pl.coalesce("scientificName", "taxonGroup")
    every = _accepted(numbered(package, TABLES["counts"])).filter(pl.col("visitID").is_not_null() & who.is_not_null())
    # One species under two names is one species.
    every = every.with_columns(one=pl.coalesce("accepted", "taxonGroup"))
    # What is withheld has no number here that could be added up.
    frame = every.filter(pl.col("partOf").is_null() & (pl.col("status") == "counted")).with_columns(
        value=who, named=pl.col("scientificName").is_not_null(), stage=pl.col("lifeStage").fill_null("")
    )
    key = ["visitID", "named", "one", "stage"]
    again = frame.with_columns(otherRow=pl.col("row").min().over(key)).filter(pl.col("row") != pl.col("otherRow"))
    wholes = frame.filter(pl.col("stage") == "").group_by("visitID", "named", "one").agg(otherRow=pl.col("row").min())
    staged = frame.filter(pl.col("stage") != "").join(
        wholes, on=["visitID", "named", "one"], how="inner", maintain_order="left"
    )
    numbers = every.filter(pl.col("status") == "counted").group_by("visitID", "one")
    contradicted = (
        every.filter(pl.col("status") == "notCounted")
        .with_columns(value=who)
        .join(numbers.agg(otherRow=pl.col("row").min()), on=["visitID", "one"], how="inner", maintain_order="left")
    )
    return [
        findings.rows("counted-and-not", contradicted, table="counts", column="status", arguments=("otherRow",)),
        findings.rows("count-twice", again, table="counts", column="scientificName", arguments=("otherRow",)),
        findings.rows(
            "part-undeclared", staged, table="counts", column="lifeStage", arguments=("lifeStage", "otherRow")
        ),
    ]
