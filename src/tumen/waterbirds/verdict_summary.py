"""What does a place come to?  One row for each place and criterion: the best that any species and season gives it."""

import polars as pl

from tumen.waterbirds.levels import CRITERIA, GRADES, WATERBIRDS

SUMMARY: dict[str, pl.DataType | type[pl.DataType]] = {
    "place": pl.String,
    "kind": pl.String,
    "criterion": pl.String,
    "verdict": pl.String,
    "way": pl.String,
    "species": pl.Int64,
    "measures": pl.String,
    "season": pl.String,
    "seasons": pl.Int64,
    "edition": pl.String,
    "toMeet": pl.Int64,
    "toFail": pl.Int64,
    "reason": pl.String,
    "flips": pl.Boolean,
    "statedBy": pl.String,
    "statedOn": pl.Date,
}
"""The columns of a summary. `species`: how many give the verdict, named in `measures` (a subspecies only where its
species is not); `season`: the kinds of season
in which they do, `edition` under which editions (all joined by |), `seasons` the most that any of them has."""

GROUP = ["place", "kind", "criterion"]
NUMBER = {grade: number for number, grade in enumerate(GRADES)}
NOT_MET, UNDECIDED = NUMBER["notMet"], NUMBER["undecided"]


def summary(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the summary of verdicts, sorted by place and criterion.

    Only rows that count (`counts`) are used. Of one species in one kind of season all of them must agree: where
    editions without one in force, or several populations that mix, decide differently, the least stands, and one that
    is not met beside one that may be leaves it undecided. Over species and seasons the best stands.
    """
    graded = rows.filter("counts").with_columns(grade=pl.col("verdict").replace_strict(NUMBER, return_dtype=pl.Int8))
    units = _settled(graded)
    best = units.filter(pl.col("grade") == pl.col("grade").max().over(GROUP))
    best = best.with_columns(_whole().alias("whole"))
    again = best.select(*GROUP, whole="measure", named=pl.lit(value=True)).unique()
    best = best.join(again, on=[*GROUP, "whole"], how="left", maintain_order="left")
    told = _species() & ((pl.col("measure") == pl.col("whole")) | pl.col("named").is_null())
    joined = best.group_by(GROUP).agg(
        pl.col("grade").first(),
        pl.col("way").filter(pl.col("way") != "").unique().sort().str.join("|"),
        pl.col("whole").filter(_species()).n_unique().cast(pl.Int64).alias("species"),
        pl.col("measure").filter(told).unique().sort().str.join("|").alias("measures"),
        pl.col("season").filter(pl.col("season") != "").unique().sort().str.join("|"),
        pl.col("seasons").max(),
        pl.col("edition").filter(pl.col("edition") != "").unique().sort().str.join("|"),
        pl.col("toMeet").min(),
        pl.when(pl.col("toFail").is_not_null().all()).then(pl.col("toFail").max()).alias("toFail"),
        pl.col("reason").filter(pl.col("reason") != "").unique().sort().str.join("|"),
        pl.col("flips").any(),
        pl.col("statedBy").max(),
        pl.col("statedOn").max(),
    )
    named = joined.with_columns(
        verdict=pl.col("grade").replace_strict({n: g for g, n in NUMBER.items()}, return_dtype=pl.String)
    )
    order = pl.col("criterion").cast(pl.Enum(CRITERIA))
    return named.select(pl.col(name).cast(kind) for name, kind in SUMMARY.items()).sort("place", "kind", order)


def _species() -> pl.Expr:
    return ~pl.col("measure").is_in(["", WATERBIRDS])


def _whole() -> pl.Expr:
    """Return the species of a measure: a subspecies has the name of its species and a third word."""
    return pl.col("measure").str.split(" ").list.head(2).list.join(" ")


def _settled(graded: pl.DataFrame) -> pl.DataFrame:
    """Return rows with the grade of their species and season: the least, or undecided where they contradict."""
    unit = [*GROUP, "measure", "season"]
    several = graded.filter(pl.len().over(unit) > 1)
    if several.is_empty():
        return graded
    single = graded.join(several.select(unit).unique(), on=unit, how="anti")
    worst, best = pl.col("grade").min().over(unit), pl.col("grade").max().over(unit)
    told = several.with_columns(worst=worst, torn=(worst == NOT_MET) & (best > NOT_MET))
    told = told.filter(pl.col("torn") | (pl.col("grade") == pl.col("worst"))).with_columns(
        grade=pl.when("torn").then(UNDECIDED).otherwise("worst").cast(pl.Int8),
        reason=pl.when("torn").then(pl.lit("editionsDisagree")).otherwise("reason"),
        way=pl.when("torn").then(pl.lit("")).otherwise("way"),
    )
    return pl.concat([single, told.drop("torn", "worst")])


def of_flyway(ramsar: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the partnership's criterion A from the summary of Ramsar's: the best of R2, R5 and R6."""
    used = ramsar.filter(pl.col("criterion").is_in(["R2", "R5", "R6"])).with_columns(
        grade=pl.col("verdict").replace_strict(NUMBER, return_dtype=pl.Int8)
    )
    best = used.filter(pl.col("grade") == pl.col("grade").max().over("place", "kind"))
    return best.group_by("place", "kind", maintain_order=True).agg(
        pl.lit("FA").alias("criterion").first(),
        pl.col("verdict").first(),
        pl.col("way").filter(pl.col("way") != "").str.join("|"),
        pl.col("edition").filter(pl.col("edition") != "").unique(maintain_order=True).str.join("|"),
        pl.col("season").filter(pl.col("season") != "").unique(maintain_order=True).str.join("|"),
        pl.col("seasons").max(),
        pl.col("toMeet").min(),
        pl.when(pl.col("toFail").is_not_null().all()).then(pl.col("toFail").max()).alias("toFail"),
        ("by" + pl.col("criterion")).str.join("|").alias("reason"),
        pl.col("flips").any(),
    )
