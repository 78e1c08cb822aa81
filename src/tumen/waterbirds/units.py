"""Which site does a count belong to?  Count units add up to their site; visits of one day do not.

A site's number of a day is the sum of its units on that day, or the number of a visit to the whole of it, whichever is
larger. Units that nobody counted that day, or of which that visit says nothing, leave the upper end open.
"""

from dataclasses import dataclass

import polars as pl

from tumen.waterbirds.occasion import CODE, known, largest, whole, withheld

DEEPEST = 8
"""Units of units are followed so far; deeper ones, and units of themselves, stand as sites of their own."""


@dataclass(frozen=True)
class Tree:
    """Sites and their units.

    `sites` has siteID, site (Int32), parent (Int32, null: a whole site), depth, countGroup (of the whole site) and root
    (Int32: sites of one root may be asked for the same species, for they are parts of one site or count group).
    """

    sites: pl.DataFrame


def tree(sites: pl.DataFrame) -> Tree:
    """Return the tree of a table of sites; a site that is part of an unknown one, or of itself, stands on its own.

    >>> table = pl.DataFrame({"siteID": ["lake", "north", "south"], "partOf": [None, "lake", "lake"],
    ...     "countGroup": ["mouth", None, None]})
    >>> tree(table).sites.select("siteID", "parent", "depth", "countGroup").rows()[1]
    ('north', 0, 1, 'mouth')
    """
    rows = sites.filter(pl.col("siteID").is_not_null()).unique("siteID", keep="first", maintain_order=True)
    place = {name: number for number, name in enumerate(rows["siteID"])}
    above: list[int | None] = [place.get(part) if part is not None else None for part in rows["partOf"]]
    tops, depths = [], []
    for number in range(len(above)):
        top, depth = _top(above, number)
        tops.append(top)
        depths.append(depth)
    lost = [above[number] is not None and depths[number] == 0 for number in range(len(above))]
    groups = rows["countGroup"].to_list()
    root = {group: next(i for i in range(len(tops)) if groups[tops[i]] == group) for group in set(groups) - {None}}
    return Tree(
        pl.DataFrame(
            {
                "siteID": rows["siteID"],
                "site": range(len(above)),
                "parent": [None if lost[n] else above[n] for n in range(len(above))],
                "depth": depths,
                "countGroup": [groups[top] for top in tops],
                "root": [root.get(groups[top], top) for top in tops],
            },
            schema={
                "siteID": pl.String,
                "site": pl.Int32,
                "parent": pl.Int32,
                "depth": pl.Int32,
                "countGroup": pl.String,
                "root": pl.Int32,
            },
        )
    )


def _top(above: list[int | None], number: int) -> tuple[int, int]:
    """Return the whole site of a site, and how many sites stand above it; itself and 0 if that leads in a circle."""
    at, depth = number, 0
    while (parent := above[at]) is not None:
        at, depth = parent, depth + 1
        if depth > DEEPEST:
            return number, 0
    return at, depth


def by_site(told: pl.DataFrame, units: Tree) -> pl.DataFrame:
    """Return one row for each whole site, day and measure.

    `told` has a row a visit and measure: site, date, measure, low, high, why, unitsMissing, visits; `alone` says of a
    row that its visit is the only one of the day at a site without units.
    """
    columns = [name for name in told.columns if name != "alone"]
    plain, others = told.filter("alone").select(columns), told.filter(~pl.col("alone")).select(columns)
    if others.is_empty():
        return plain
    key = ["site", "date", "measure"]
    # In order, so that the visits of a day are named in one order however they were summed.
    days = largest(others.sort(*key, "visits"), key)
    places = units.sites.select("site", "parent", "depth")
    sizes = places.filter(pl.col("parent").is_not_null()).group_by(site="parent").agg(units=pl.len().cast(pl.Int64))
    for depth in range(max(places["depth"], default=0), 0, -1):
        here = places.filter(pl.col("depth") == depth)
        below = days.join(here.select("site", "parent"), on="site", how="inner", maintain_order="left")
        rest = days.join(here.select("site"), on="site", how="anti", maintain_order="left")
        if below.height:
            days = largest(pl.concat([rest, _sums(below, sizes).select(columns)]), key)
    return pl.concat([plain, days])


def _sums(below: pl.DataFrame, sizes: pl.DataFrame) -> pl.DataFrame:
    """Return the sums of units (with their `parent`) of one day."""
    code = CODE["unitsMissing"]
    # A unit whose number is withheld was counted: what is missing there is not the count.
    told = known() | withheld()
    sums = (
        below.sort("parent", "date", "measure", "site")
        .group_by(site="parent", date="date", measure="measure", maintain_order=True)
        .agg(
            pl.col("low").sum(),
            whole("high"),
            pl.col("why").min(),
            counted=told.sum().cast(pl.Int64),
            visits=pl.col("visits").filter(told).str.join("|"),
        )
    )
    sums = sums.join(sizes, on="site", how="left", maintain_order="left")
    missing = pl.col("units") - pl.col("counted")
    return sums.with_columns(
        unitsMissing=missing,
        high=pl.when(missing == 0).then("high"),
        # A day on which no unit was counted has the reason of its units.
        why=pl.when(withheld())
        .then("why")
        .when((missing > 0) & (pl.col("counted") > 0))
        .then(code)
        .otherwise("why")
        .cast(pl.Int32),
    )
