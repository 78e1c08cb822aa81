"""How many were there, at one site on one day?  From sites, visits and counts to occasions.

- The numbers of one visit are added up; a total and its parts are the same birds (`tumen.waterbirds.parts`).
- The total of all waterbirds is what was there at one time: its largest value of several days is a maximum of sums,
  never a sum of the maxima of species.
- Unidentified birds (a group, a genus) are part of the total of waterbirds, and raise only the upper end of the species
  of their group.
- No row is not a zero, unless the visit says that it counted the group, and covered the site.
- Equal rows of one visit may be one row, pasted twice: at least one of them, at most their sum.
- Visits of one site on one day: the larger, never the sum. Units of a site: the sum of one day; units that nobody
  counted that day leave the upper end open.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl

from tumen.tables.waterbirds import BIRD_GROUPS
from tumen.waterbirds.birds import ANY, OTHER_ANIMALS, WATERBIRDS, accepted, birds
from tumen.waterbirds.occasion import CODE, OCCASIONS, REASONS, in_order, whole
from tumen.waterbirds.parts import numbers, settled
from tumen.waterbirds.units import Tree, by_site, tree

YES, NO, UNSAID = 1, 0, -1
"""Whether a visit counted the group of a measure."""

ALIKE = ("lifeStage", "status", "count", "minimum", "maximum")
"""What equal rows of one visit and species have in common."""

WIDE = 2**31
"""More than there are measures."""

Cover = np.ndarray[tuple[int, int], np.dtype[np.int8]]
"""What visits that say the same of their groups (rows) say of each measure (columns): YES, NO or UNSAID."""


@dataclass(frozen=True)
class Measures:
    """What is counted: waterbirds (0) and the taxa (1, 2, ...), and what they belong to.

    `names` by number. `taxa` has a row a taxon: code, name, parent (code of the species of a subspecies, else null),
    kin (the name under which unidentified birds may be of it), group, counts.
    """

    names: tuple[str, ...]
    taxa: pl.DataFrame


def occasions(
    sites: pl.DataFrame,
    visits: pl.DataFrame,
    counts: pl.DataFrame,
    *,
    species: Collection[str] | None = None,
    introduced: Collection[str] = (),
    all_groups: bool = False,
) -> pl.DataFrame:
    """Return the occasions (`OCCASIONS`) of every site that is no unit of another, sorted by place, measure and date.

    `sites`, `visits` and `counts` are tables of the protocol, of one party or of several whose identifiers differ.
    Measures are "waterbirds", and the species and subspecies with a row, or those of `species` alone. The birds named
    in `introduced` are no part of the total of waterbirds. A visit that does not say which groups it counted gives no
    upper end of the total, unless `all_groups` says that such visits counted all. Visits without a day or whose site
    is not among the sites, and counts of no visit, give nothing: checking finds them.

    >>> lake = pl.DataFrame({"siteID": ["lake"], "partOf": [None], "countGroup": [None]})
    >>> day = pl.Series([0]).cast(pl.Date)
    >>> went = pl.DataFrame({"visitID": ["v"], "siteID": ["lake"], "visitDate": day, "coverage": ["complete"],
    ...     "groupsCounted": ["all"]})
    >>> seen = pl.DataFrame({"countID": ["c"], "visitID": ["v"], "scientificName": ["Grus vipio"],
    ...     "taxonGroup": ["cranes"], "status": ["counted"], "count": [157], "minimum": [150], "maximum": [None],
    ...     "estimated": [None], "partOf": [None]})
    >>> occasions(lake, went, seen).select("measure", "low", "high").rows()
    [('Antigone vipio', 150, 157), ('waterbirds', 150, 157)]
    """
    units = tree(sites)
    went = _visits(visits, units)
    meant = birds(counts, introduced=introduced)
    measures = _measures(meant)
    rows = _rows(counts, meant, measures, went)
    wanted = None if species is None else {accepted(name) for name in species}
    kept = measures.taxa.filter(pl.col("name").is_in(wanted)) if wanted is not None else measures.taxa
    cover = _cover(went, measures, all_groups=all_groups)
    summed = _summed(rows, kept)
    told = _raised(pl.concat([summed, _silent(summed, rows, went, cover)]), rows, kept)
    return _named(by_site(_judged(told, went, cover, units), units), measures, units)


def _visits(visits: pl.DataFrame, units: Tree) -> pl.DataFrame:
    """Return the visits that can be placed: visit (Int32), visitID, site and root (Int32), date, coverage, groups."""
    numbered = visits.select(
        visitID="visitID", siteID="siteID", date="visitDate", coverage="coverage", groups="groupsCounted"
    ).filter(pl.col("date").is_not_null())
    placed = numbered.join(
        units.sites.select("siteID", "site", "root"), on="siteID", how="inner", maintain_order="left"
    )
    placed = placed.unique("visitID", keep="first", maintain_order=True)
    return placed.with_columns(
        visit=pl.int_range(pl.len(), dtype=pl.Int32),
        said=pl.col("groups").fill_null("").rank("dense").cast(pl.Int32) - 1,
    )


def _measures(meant: pl.DataFrame) -> Measures:
    named = meant.filter(pl.col("taxon").is_not_null())
    above = named.select(taxon="species", species="species", genus="genus", group="group", counts="counts")
    taxa = (
        pl.concat([named.select("taxon", "species", "genus", "group", "counts"), above])
        .group_by(name="taxon")
        .agg(
            pl.col("species", "genus").first(),
            pl.col("group").drop_nulls().mode().sort().first(),
            pl.col("counts").any(),
        )
        .sort("name")
        .with_columns(code=pl.int_range(1, pl.len() + 1, dtype=pl.Int32))
    )
    codes = taxa.select(species="name", parent="code")
    taxa = taxa.join(codes, on="species", how="left", maintain_order="left").with_columns(
        parent=pl.when(pl.col("name") != pl.col("species")).then("parent"),
        kin=pl.coalesce("group", "genus"),
    )
    return Measures((WATERBIRDS, *taxa["name"]), taxa)


def _rows(counts: pl.DataFrame, meant: pl.DataFrame, measures: Measures, went: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of counts of the visits with what they mean and their numbers, totals and parts settled."""
    codes = measures.taxa.select(taxon="name", code="code")
    above = measures.taxa.select(species="name", speciesCode="code")
    pairs = (
        meant.join(codes, on="taxon", how="left", maintain_order="left")
        .join(above, on="species", how="left", maintain_order="left")
        .with_columns(kin=pl.coalesce("group", "genus", pl.lit(ANY)), key=pl.int_range(pl.len(), dtype=pl.Int32))
        .with_columns(nameless=pl.all_horizontal(pl.col("scientificName", "taxonGroup").is_null()))
    )
    alike = [name for name in ALIKE if name in counts.columns]
    keyed = counts.select("countID", "visitID", "scientificName", "taxonGroup", "partOf", *alike, *numbers()).join(
        pairs.select("scientificName", "taxonGroup", "key"),
        on=["scientificName", "taxonGroup"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    rows = keyed.join(went.select("visitID", "visit"), on="visitID", how="inner", maintain_order="left")
    rows = rows.drop("visitID", "scientificName", "taxonGroup").join(
        pairs.select("key", "rank", "code", "speciesCode", "kin", "counts", "nameless"),
        on="key",
        how="left",
        maintain_order="left",
    )
    # A number that names nobody is no bird that was surely there.
    rows = rows.with_columns(low=pl.when("nameless").then(0).otherwise("low"))
    return settled(_once(rows, alike).rename({"code": "taxon", "speciesCode": "species"}))


def _once(rows: pl.DataFrame, alike: list[str]) -> pl.DataFrame:
    """Return rows of which only the first of equal ones was surely there: the others may be the same row, pasted again.

    Two flocks of one size look just like it, so that they stay in the upper end.
    """
    several = rows.select(one=_one("visit", "key")).to_series().is_duplicated() & rows["partOf"].is_null()
    if not several.any():
        return rows.drop(alike)
    known = several & (rows["high"].fill_null(1) > 0)
    same = ["visit", "key", *alike]
    again = rows.with_row_index("at").filter(known).filter(pl.int_range(pl.len()).over(same) > 0)["at"]
    at = pl.int_range(pl.len(), dtype=pl.UInt32).is_in(again.implode())
    return rows.with_columns(
        low=pl.when(at).then(0).otherwise("low"),
        why=pl.when(at).then(pl.min_horizontal("why", pl.lit(CODE["rowTwice"]))).otherwise("why").cast(pl.Int32),
    ).drop(alike)


def _summed(rows: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Return visit, measure, low, high and why: the sums of the rows of each visit."""
    sums = [pl.col("low").sum(), whole("high"), pl.col("why").min()]
    total = rows.filter(pl.col("top") & pl.col("counts")).group_by("visit").agg(sums)
    taken = rows.filter(pl.col("takeLow").is_not_null())
    if taken.height:
        less = taken.group_by("visit").agg(pl.col("takeLow", "takeHigh").sum())
        total = total.join(less, on="visit", how="left").with_columns(
            low=(pl.col("low") - pl.col("takeLow").fill_null(0)).clip(0),
            high=(pl.col("high") - pl.col("takeHigh").fill_null(0)).clip(0),
        )
    wanted = kept["code"].implode()
    own = rows.filter(pl.col("taxon").is_in(wanted) & pl.col("ownTop"))
    below = rows.filter((pl.col("rank") == "subspecies") & pl.col("species").is_in(wanted) & pl.col("speciesTop"))
    both = [own.select("visit", "low", "high", "why", measure="taxon")]
    if below.height:
        both.append(below.select("visit", "low", "high", "why", measure="species"))
    each = _split(pl.concat(both).group_by(key=_one("visit", "measure")).agg(sums), "visit")
    order = ["visit", "measure", "low", "high", "why"]
    return pl.concat([total.with_columns(measure=pl.lit(0, pl.Int32)).select(order), each.select(order)])


def _one(first: str, second: str) -> pl.Expr:
    """Return one number for two: it is grouped sooner."""
    return pl.col(first).cast(pl.Int64) * WIDE + pl.col(second)


def _split(frame: pl.DataFrame, first: str) -> pl.DataFrame:
    """Return a frame with the two numbers of its `key`, the second of which is a measure."""
    key = pl.col("key")
    return frame.with_columns((key // WIDE).cast(pl.Int32).alias(first), (key % WIDE).cast(pl.Int32).alias("measure"))


def _pools(rows: pl.DataFrame) -> pl.DataFrame:
    """Return visit, kin and pool: the most birds of a visit that were known no further than their kin.

    `open` says that nobody knows how many, `openWhy` why.

    The kin of birds of a species of which subspecies are measured is the name of no group: the code of the species.
    """
    loose = rows.filter(pl.col("rank").is_in(("genus", "group", "any"))).select("visit", "kin", "rest", "why")
    of_species = rows.filter(pl.col("rank") == "species").select(
        "visit", kin=pl.col("taxon").cast(pl.String), rest="rest", why="why"
    )
    parents = rows.filter(pl.col("rank") == "subspecies")["species"].unique().cast(pl.String)
    of_species = of_species.filter(pl.col("kin").is_in(parents.implode()))
    every = pl.concat([loose, of_species])
    return every.group_by("visit", "kin").agg(
        pool=pl.col("rest").sum(),
        open=pl.col("rest").is_null().any(),
        openWhy=pl.when(pl.col("rest").is_null()).then("why").min(),
    )


def _raised(seen: pl.DataFrame, rows: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Return the sums with the upper ends of the species raised by the unidentified birds that they may have been."""
    pools = _pools(rows)
    # Most visits have no unidentified birds at all.
    if not pools.select((pl.col("open") | (pl.col("pool") > 0)).any()).item():
        return seen
    kin = pl.concat(
        [
            kept.select(measure="code", kin="kin"),
            kept.filter(pl.col("group").ne_missing(OTHER_ANIMALS)).select(measure="code", kin=pl.lit(ANY)),
            kept.filter(pl.col("parent").is_not_null()).select(measure="code", kin=pl.col("parent").cast(pl.String)),
        ]
    ).filter(pl.col("kin").is_not_null())
    extra = (
        pools.filter(pl.col("open") | (pl.col("pool") > 0))
        .join(kin, on="kin", how="inner")
        .group_by("visit", "measure")
        .agg(pl.col("pool").sum(), pl.col("open").any(), pl.col("openWhy").min())
    )
    code = CODE["unidentified"]
    return (
        seen.join(extra, on=["visit", "measure"], how="left", maintain_order="left")
        .with_columns(
            high=pl.when(~pl.col("open").fill_null(False)).then(pl.col("high") + pl.col("pool").fill_null(0)),
            why=pl.when(pl.col("pool").is_null() & pl.col("open").is_null())
            .then("why")
            .otherwise(pl.min_horizontal("why", pl.when("open").then("openWhy").otherwise(code)))
            .cast(pl.Int32),
        )
        .select(seen.columns)
    )


def _cover(went: pl.DataFrame, measures: Measures, *, all_groups: bool) -> Cover:
    """Return whether visits counted the group of each measure, by what they say (rows) and measure (columns)."""
    said = went.unique("said").sort("said")["groups"].fill_null("").to_list()
    groups = measures.taxa["group"].to_list()
    table = np.full((max(len(said), 1), len(groups) + 1), UNSAID, np.int8)
    for row, text in enumerate(said):
        words = {word.strip() for word in text.split("|")} - {""}
        if "all" in words or (not words and all_groups):
            # "All" says nothing of animals that are no birds.
            table[row] = [YES, *(YES if group is None or group in BIRD_GROUPS else UNSAID for group in groups)]
        elif words:
            table[row] = [YES if set(BIRD_GROUPS) <= words else NO, *(YES if g in words else NO for g in groups)]
    return table


def _covered(frame: pl.DataFrame, cover: Cover) -> pl.Series:
    """Return for each row (with `said` and `measure`) whether the group was counted."""
    return pl.Series("covered", cover[frame["said"].to_numpy(), frame["measure"].to_numpy()], dtype=pl.Int8)


def _silent(summed: pl.DataFrame, rows: pl.DataFrame, went: pl.DataFrame, cover: Cover) -> pl.DataFrame:
    """Return what visits say of measures of which they have no row, and which were recorded at the site or its group.

    A visit that covered the site and says that it counted the group found none. A visit that was not made, or has no
    row of counts at all, says nothing, and is kept to say so.
    """
    placed = summed.join(went.select("visit", "root"), on="visit", how="left")
    total = went.select("root", measure=pl.lit(0, pl.Int32))
    recorded = pl.concat([placed.select("root", "measure"), total]).select(key=_one("root", "measure")).unique()
    recorded = _split(recorded, "root")
    bare = ~pl.col("visit").is_in(rows["visit"].unique().implode())
    unmade = pl.col("coverage") == "notSurveyed"
    asked = went.select(
        "visit",
        "root",
        "said",
        why=pl.when(unmade).then(CODE["notSurveyed"]).when(bare).then(CODE["noCounts"]).cast(pl.Int32),
        full=pl.col("coverage") == "complete",
    )
    # Most visits have a row of everything that was ever recorded there: there is nothing to ask of them.
    asked = (
        asked.filter(pl.col("why").is_not_null() | pl.col("full"))
        .join(summed.group_by("visit").agg(has=pl.len()), on="visit", how="left", maintain_order="left")
        .join(recorded.group_by("root").agg(most=pl.len()), on="root", how="left", maintain_order="left")
        .filter(pl.col("has").is_null() | (pl.col("has") < pl.col("most")))
    )
    grid = asked.join(recorded, on="root", how="inner")
    grid = grid.with_columns(_covered(grid, cover))
    none = pl.col("why").is_null()
    grid = grid.filter(~none | (pl.col("covered") == YES)).join(summed, on=["visit", "measure"], how="anti")
    return grid.select(
        "visit",
        "measure",
        low=pl.lit(0, pl.Int64),
        high=pl.when(none).then(pl.lit(0, pl.Int64)),
        why=pl.col("why").fill_null(CODE["notReported"]),
    )


def _judged(told: pl.DataFrame, went: pl.DataFrame, cover: Cover, units: Tree) -> pl.DataFrame:
    """Return the numbers of each visit held against what it covered, in the columns that `by_site` asks for."""
    owners = units.sites["parent"].drop_nulls()
    simple = ~pl.col("site").is_in(owners.implode()) & ~pl.col("site").is_in(
        units.sites.filter(pl.col("parent").is_not_null())["site"].implode()
    )
    went = went.with_columns(alone=simple & ~pl.struct("site", "date").is_duplicated())
    frame = told.join(went, on="visit", how="left", maintain_order="left")
    frame = frame.with_columns(_covered(frame, cover))
    unmade, unsaid = pl.col("coverage") == "notSurveyed", pl.col("covered") == UNSAID
    faults = {
        # A number of a visit that was not made is a contradiction (checking finds it), and bounds nothing.
        "notSurveyed": unmade,
        "groupNotCounted": pl.col("covered") == NO,
        "partialCoverage": pl.col("coverage") == "partial",
        "coverageNotSaid": pl.col("coverage").is_null(),
        "groupsNotSaid": unsaid & (pl.col("measure") == 0),
    }
    fault = pl.coalesce(*(pl.when(holds).then(CODE[name]) for name, holds in faults.items()))
    return frame.with_columns(fault=fault).select(
        "site",
        "date",
        "measure",
        low=pl.when(unmade).then(0).otherwise("low"),
        high=pl.when(pl.col("fault").is_null()).then("high"),
        why=pl.when(unmade).then(CODE["notSurveyed"]).otherwise(pl.min_horizontal("why", "fault")).cast(pl.Int32),
        unitsMissing=pl.lit(0, pl.Int64),
        visits="visitID",
        alone="alone",
    )


def _named(days: pl.DataFrame, measures: Measures, units: Tree) -> pl.DataFrame:
    """Return days with words for numbers, in the columns of occasions."""
    names = pl.Series(measures.names, dtype=pl.String)
    order = names.rank("ordinal").cast(pl.Int32)
    places = units.sites["siteID"]
    rank = places.rank("ordinal").cast(pl.Int32)
    keys = pl.DataFrame(
        {"place": rank.gather(days["site"]), "measure": order.gather(days["measure"]), "date": days["date"]}
    )
    sorted_days = days[keys.select(in_order("place", "measure", "date").arg_sort()).to_series()]
    return sorted_days.select(
        "date",
        "low",
        "high",
        "visits",
        "unitsMissing",
        place=places.gather(sorted_days["site"]),
        measure=names.gather(sorted_days["measure"]),
        kind=pl.lit("site"),
        complete=pl.col("high").is_not_null(),
        synchronous=pl.lit(True),
        reason=pl.Series(REASONS, dtype=pl.String).gather(sorted_days["why"]),
    ).select(list(OCCASIONS))
