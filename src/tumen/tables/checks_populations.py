"""What can population estimates be asked?  Editions that are mixtures, numbers from memory, thresholds of other rules.

Sources: Wetlands International, Waterbird Populations Portal (its constants and notes,
github.com/Vizzuality/waterbird-population).
"""

import polars as pl

from tumen.tables import findings
from tumen.tables.checks_places import outlines
from tumen.tables.one_percent import (
    CAP,
    CAPPED_FROM,
    LAST_ARITHMETIC,
    computed,
    exact,
    open_ended,
    rounded,
    series,
    unclear,
)
from tumen.tables.package import Package
from tumen.tables.protocol import TABLES
from tumen.tables.rows import numbered
from tumen.tables.spelling import looks
from tumen.tables.taxa import resolve
from tumen.tables.waterbirds import SEASONS

TABLE = "population_estimates"
NUMBERS = ("minimum", "maximum", "unit", "onePercent")
APPEARED = {"WPE4": 2006, "WPE5": 2012, "CSR1": 2022}
"""The years of editions: no estimate in them describes a later one."""


def check(package: Package) -> list[pl.DataFrame]:
    """Return the findings of population estimates, beyond the rules of their rows."""
    frame = numbered(package, TABLES[TABLE])
    if frame.is_empty():
        return []
    shapes = frame.select("row", text="range").drop_nulls("text")
    return [
        _thresholds(frame),
        _other_rule(frame),
        _other_mean(frame),
        _sources(frame),
        _unclear(frame),
        _too_old(frame),
        _twice(frame),
        _overlaps(frame),
        _recalled(frame),
        _seasons(frame),
        *outlines(shapes, table=TABLE, column="range", kinds=("Polygon", "MultiPolygon")),
    ]


def _or_open(column: str) -> pl.Expr:
    """Return the text of an end of a range; an end that was not given is shown as open."""
    return pl.col(column).cast(pl.String).fill_null("…").alias(column)


def _thresholds(frame: pl.DataFrame) -> pl.DataFrame:
    """Find thresholds that are 1 % of no number of the estimate, beyond rounding.

    Thresholds up to 10 are rounded to 1, up to 100 to 5, up to 1,000 to 10, and larger ones to 100 (10, 100 and 1,000
    may come from either side, so the wider step is used for them); a maximum of the minimum plus one stands for 'more
    than the minimum'; up to the fourth edition 20,000 was the largest threshold.
    """
    percent = pl.col("onePercent")
    step = pl.when(percent < 10).then(1).when(percent < 100).then(5).when(percent < 1000).then(10).otherwise(100)
    bounds = computed(frame)
    low, high = pl.col("low") / 100, pl.col("high") / 100
    least = low - step / 2
    # No threshold is below 1.
    most = pl.max_horizontal(high, 1.0) + step / 2
    set_to_cap = pl.col("rule").is_in(("million", "capped"))
    capped = (percent == CAP) & (set_to_cap | (pl.max_horizontal("minimum", "maximum") >= CAPPED_FROM))
    below = (percent < least).fill_null(False) & ~capped.fill_null(False)
    above = pl.col("high").is_not_null() & ~open_ended() & (percent > most)
    doubtful = bounds.filter(below | above.fill_null(False)).with_columns(
        _or_open("minimum"), _or_open("maximum"), value="onePercent"
    )
    return findings.rows(
        "one-percent-doubtful", doubtful, table=TABLE, column="onePercent", arguments=("minimum", "maximum")
    )


def _other_rule(frame: pl.DataFrame) -> pl.DataFrame:
    """Find thresholds that the other mean gives, and the mean of their edition does not, where that mean is known."""
    known = series().is_not_null() | pl.col("meanRule").is_not_null()
    both = computed(frame).filter(known & pl.col("rule").is_in(("geometric", "arithmetic")))
    other = pl.when(pl.col("rule") == "geometric").then(pl.lit("arithmetic")).otherwise(pl.lit("geometric"))
    judged = both.with_columns(otherRule=other).with_columns(
        otherwise=rounded(exact(pl.col("low"), pl.col("high"), pl.col("otherRule")))
    )
    wrong = judged.filter(
        (pl.col("onePercent") == pl.col("otherwise")) & (pl.col("onePercent") != pl.col("computed"))
    ).with_columns(value="onePercent")
    return findings.rows(
        "edition-of-other-rule",
        wrong,
        table=TABLE,
        column="onePercent",
        arguments=("edition", "rule", "otherRule", "computed"),
    )


def _other_mean(frame: pl.DataFrame) -> pl.DataFrame:
    """Find rows that say another mean than their edition takes."""
    own = pl.when(series() <= LAST_ARITHMETIC).then(pl.lit("arithmetic")).otherwise(pl.lit("geometric"))
    wrong = frame.filter(series().is_not_null() & (pl.col("meanRule") != own)).with_columns(value="meanRule")
    return findings.rows("mean-of-other-edition", wrong, table=TABLE, column="meanRule", arguments=("edition",))


def _sources(frame: pl.DataFrame) -> pl.DataFrame:
    """Find editions that have rows of several sources: one finding for each further source."""
    named = frame.drop_nulls(["edition", "source"])
    each = named.group_by("edition", "source", maintain_order=True).agg(pl.col("row").min())
    first = pl.col("row").min().over("edition")
    others = each.with_columns(
        value="edition", otherRow=first, otherSource=pl.col("source").sort_by("row").first().over("edition")
    ).filter(pl.col("row") != pl.col("otherRow"))
    return findings.rows(
        "edition-hybrid", others, table=TABLE, column="edition", arguments=("source", "otherSource", "otherRow")
    )


def _unclear(frame: pl.DataFrame) -> pl.DataFrame:
    """Find names of editions that say two of them: once each, at its first row, with the number of rows."""
    named = frame.filter(unclear()).group_by(value="edition", maintain_order=True)
    each = named.agg(pl.col("row").first(), count=pl.len())
    return findings.rows("edition-unclear", each, table=TABLE, column="edition", arguments=("count",))


def _too_old(frame: pl.DataFrame) -> pl.DataFrame:
    """Find estimates that describe years after their edition appeared."""
    name = pl.col("edition").str.replace_all(r"[\s-]", "").str.to_uppercase()
    late = frame.with_columns(
        year=name.replace_strict(APPEARED, default=None, return_dtype=pl.Int64), value="edition"
    ).filter(pl.col("endYear") > pl.col("year"))
    return findings.rows("edition-too-old", late, table=TABLE, column="edition", arguments=("year", "endYear"))


def _twice(frame: pl.DataFrame) -> pl.DataFrame:
    """Find populations that one edition has twice with different numbers, under one identifier or two."""
    names = frame.select("scientificName", "populationName").unique().drop_nulls()
    keys = names.with_columns(
        pl.Series("species", [resolve(name).accepted or name for name in names["scientificName"]], dtype=pl.String),
        pl.Series("looks", [looks(name) for name in names["populationName"]], dtype=pl.String),
    )
    numbers = pl.concat_str([pl.col(name).cast(pl.String).fill_null("-") for name in NUMBERS], separator=" ")
    named = frame.join(keys, on=["scientificName", "populationName"], how="inner", maintain_order="left")
    same = ["edition", "species", "looks"]
    again = named.with_columns(numbers=numbers, otherRow=pl.col("row").first().over(same)).filter(
        (pl.col("row") != pl.col("otherRow")) & (pl.col("numbers") != pl.col("numbers").first().over(same))
    )
    return findings.rows(
        "population-twice",
        again.with_columns(value="populationName"),
        table=TABLE,
        column="populationName",
        arguments=("edition", "otherRow"),
    )


def _overlaps(frame: pl.DataFrame) -> pl.DataFrame:
    """Find editions of a population that are in force on the same day."""
    dated = frame.filter(pl.col("inForceFrom").is_not_null() | pl.col("inForceUntil").is_not_null()).select(
        "row", "scientificName", "edition", "inForceFrom", "inForceUntil", value="populationID"
    )
    pairs = dated.join(dated, on=["value", "scientificName"], how="inner", suffix="Other").filter(
        (pl.col("row") > pl.col("rowOther"))
        & (pl.col("inForceFrom") <= pl.col("inForceUntilOther")).fill_null(True)
        & (pl.col("inForceFromOther") <= pl.col("inForceUntil")).fill_null(True)
    )
    overlapping = pairs.rename({"rowOther": "otherRow", "editionOther": "otherEdition"}).sort("row", "otherRow")
    return findings.rows(
        "force-overlaps",
        overlapping,
        table=TABLE,
        column="inForceFrom",
        arguments=("edition", "otherEdition", "otherRow"),
    )


def _recalled(frame: pl.DataFrame) -> pl.DataFrame:
    """Find rows that were written from memory."""
    recalled = frame.filter(pl.col("evidence") == "recalled").with_columns(value="scientificName")
    return findings.rows("estimate-recalled", recalled, table=TABLE, column="evidence")


def _seasons(frame: pl.DataFrame) -> pl.DataFrame:
    """Find words in seasons that are none."""
    each = (
        frame.select("row", "seasons")
        .drop_nulls()
        .with_columns(value=pl.col("seasons").str.split("|"), words=pl.lit(", ".join(SEASONS)))
        .explode("value")
        .with_columns(pl.col("value").str.strip_chars())
        .filter(~pl.col("value").is_in(SEASONS))
    )
    return findings.rows("season-word-unknown", each, table=TABLE, column="seasons", arguments=("words",))
