"""What number does a row of counts give, and what is left of a total beside its parts?

A total and its parts are the same birds: the parts are never added to the total. A total that was not counted is at
least the sum of its parts. What of a total falls into no part is unidentified, or of another part that nobody wrote.
"""

from collections.abc import Mapping

import polars as pl

from tumen.waterbirds.occasion import CODE

DEEPEST = 8
"""Parts of parts are followed so far; a row that lies deeper is unusable, as is one that is a part of itself."""


def numbers() -> list[pl.Expr]:
    """Return `low`, `high` (null: no upper end) and `why` of the rows of a table of counts, each on its own.

    A number below 0 is none: the row is unusable, and is taken off no total.
    """
    counted = pl.col("status") == "counted"
    wrong = (pl.min_horizontal("count", "minimum", "maximum") < 0).fill_null(value=False)
    least, most = pl.min_horizontal("count", "minimum"), pl.max_horizontal("count", "maximum")
    none = pl.all_horizontal(pl.col("count", "minimum", "maximum").is_null())
    why = (
        pl.when(pl.col("status") == "withheld")
        .then(CODE["withheld"])
        .when(~counted | pl.col("status").is_null())
        .then(CODE["notCounted"])
        .when(none)
        .then(CODE["noNumber"])
        .when(wrong)
        .then(CODE["unusable"])
        .when(most.is_null())
        .then(CODE["noMaximum"])
        .when(pl.col("estimated").fill_null(False))
        .then(CODE["estimated"])
        .otherwise(CODE[""])
    )
    return [
        pl.when(counted & ~wrong).then(least).fill_null(0).cast(pl.Int64).alias("low"),
        pl.when(counted & ~wrong).then(most).cast(pl.Int64).alias("high"),
        why.cast(pl.Int32).alias("why"),
    ]


def settled(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows of counts with their totals and parts held together.

    `rows` has countID, partOf, visit (any type), taxon, species, counts, low, high, why. Added are `rest` (Int64: the
    most of a total that is in none of its parts; null as `high` is), `top` (a part of nothing), `ownTop` and
    `speciesTop` (no total of the same taxon, or species, above it), `takeLow` and `takeHigh` (what a part that is no
    waterbird takes from a total that counts; null elsewhere).

    >>> geese = pl.DataFrame({"countID": ["a", "b"], "partOf": [None, "a"], "visit": [1, 1], "taxon": [None, "Anser"],
    ...     "species": [None, "Anser"], "counts": [True, True], "low": [500, 300], "high": [500, 300], "why": [17, 17]},
    ...     schema_overrides={"why": pl.Int32})
    >>> settled(geese).select("countID", "low", "rest", "top").rows()
    [('a', 500, 200, True), ('b', 300, 300, False)]
    """
    tied = pl.col("partOf").is_not_null()
    plain = rows.with_columns(
        rest="high",
        top=pl.lit(True),
        ownTop=pl.lit(True),
        speciesTop=pl.lit(True),
        takeLow=pl.lit(None, pl.Int64),
        takeHigh=pl.lit(None, pl.Int64),
    )
    if not rows.select(tied.any()).item():
        return plain
    visits = rows.filter(tied).select("visit").unique()
    return pl.concat(
        [
            plain.join(visits, on="visit", how="anti"),
            _tied(rows.join(visits, on="visit", how="semi")).select(plain.columns),
        ]
    )


def _tied(rows: pl.DataFrame) -> pl.DataFrame:
    rows = _depths(rows)
    for depth in range(max(rows["depth"], default=0), 0, -1):
        parts = (
            rows.filter(pl.col("depth") == depth)
            .group_by("visit", countID="partOf")
            .agg(partsLow=pl.col("low").sum(), partsWhy=pl.col("why").min())
        )
        rows = rows.join(parts, on=["visit", "countID"], how="left", maintain_order="left").with_columns(
            rest=pl.when(pl.col("partsLow").is_not_null())
            .then((pl.max_horizontal("high", "partsLow") - pl.col("partsLow")).clip(0))
            .otherwise("rest"),
            high=pl.when(pl.col("high").is_not_null()).then(pl.max_horizontal("high", "partsLow")),
            low=pl.max_horizontal("low", "partsLow"),
        )
        rows = rows.with_columns(rest=pl.when(pl.col("high").is_not_null()).then("rest")).drop("partsLow", "partsWhy")
    above = rows.select(
        "visit",
        partOf="countID",
        aboveTaxon="taxon",
        aboveSpecies="species",
        aboveCounts="counts",
        aboveLow="low",
        found=pl.lit(True),
    ).unique(["visit", "partOf"], keep="first")
    rows = rows.join(above, on=["visit", "partOf"], how="left", maintain_order="left")
    foreign = ~pl.col("counts") & pl.col("aboveCounts").fill_null(False)
    return rows.with_columns(
        top=pl.col("found").is_null(),
        ownTop=pl.col("aboveTaxon").ne_missing(pl.col("taxon")) | pl.col("found").is_null(),
        speciesTop=pl.col("aboveSpecies").ne_missing(pl.col("species")) | pl.col("found").is_null(),
        takeLow=pl.when(foreign).then(pl.min_horizontal(pl.col("high").fill_null(pl.col("aboveLow")), "aboveLow")),
        takeHigh=pl.when(foreign).then("low"),
    )


def _depths(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows with `depth` (0: a part of nothing); a part of itself, or of nothing here, gives no number."""
    owner: Mapping[tuple[object, str], str | None] = {
        (visit, count): part for visit, count, part in rows.select("visit", "countID", "partOf").iter_rows()
    }
    depths = [_depth(owner, visit, part) for visit, part in rows.select("visit", "partOf").iter_rows()]
    lost = pl.col("depth").is_null()
    return rows.with_columns(pl.Series("depth", depths, dtype=pl.Int32)).with_columns(
        depth=pl.col("depth").fill_null(0),
        partOf=pl.when(~lost).then("partOf"),
        low=pl.when(lost).then(0).otherwise("low"),
        high=pl.when(~lost).then("high"),
        why=pl.when(lost).then(CODE["unusable"]).otherwise("why").cast(pl.Int32),
        rest=pl.when(~lost).then("high"),
    )


def _depth(owner: Mapping[tuple[object, str], str | None], visit: object, part: str | None) -> int | None:
    """Return how many totals a row stands below, or None if they lead nowhere or in a circle."""
    depth = 0
    while part is not None:
        depth += 1
        if depth > DEEPEST or (visit, part) not in owner:
            return None
        part = owner[visit, part]
    return depth
