"""What is 1 % of a population?  The arithmetic of thresholds, as expressions on `population_estimates`.

Sources: Wetlands International, Waterbird Populations Portal, its notes on estimates and thresholds
(github.com/Vizzuality/waterbird-population, src/pages/data/constants). What they leave open is decided in
decisions/0021-thresholds.md.
"""

import re

import polars as pl

CAP, CAPPED_FROM = 20_000, 2_000_000
"""Up to the fourth edition of Waterbird Population Estimates no threshold of a large population exceeded the cap."""

MILLION = 1_000_000
"""Of 'more than a million' the editions of Waterbird Population Estimates made the cap, not 1 %."""

LAST_ARITHMETIC = 4
"""The last edition of Waterbird Population Estimates that took the arithmetic mean and had the cap."""

FACTORS = {"individuals": 1.0, "pairs": 3.0, "matureIndividuals": 1.5}
"""Birds of all ages for each pair or mature bird (Meininger et al. 1995)."""

STEPS = ((10.0, 1.0), (100.0, 5.0), (1000.0, 10.0))
"""Up to which 1 %, before rounding, which step is rounded to; above the last, `WIDEST`."""

WIDEST = 100.0


YEARS = {2006: 4, 2012: 5}
"""The editions of Waterbird Population Estimates by the year in which they appeared, as far as it was read."""

_WORDS = {"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6"}
_SERIES = re.compile(r"\bwpe|waterbird\s+population\s+estimates?")
_REPORT = re.compile(r"\bcsr|conservation\s+status\s+report")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NUMBER = re.compile(r"(?<!\d)([1-9]\d?)(?:st|nd|rd|th)?(?![\d.])")
UNCLEAR = 0
"""Stands for the number of an edition whose name says two of them, or none."""


def edition_number(name: str) -> int | None:
    """Return the number of the edition of Waterbird Population Estimates that a name says; None for other sources.

    `UNCLEAR` where the name says two editions, or only the series: nobody knows then which mean to take.

    >>> [edition_number(name) for name in ("WPE5", "WPE 4 (2006)", "Waterbird Population Estimates, Fourth Edition")]
    [5, 4, 4]
    >>> edition_number("WPE4/WPE5"), edition_number("WPE 2012"), edition_number("Chan 2013")
    (0, 5, None)
    """
    text = name.casefold()
    if not _SERIES.search(text):
        return None
    for word, number in _WORDS.items():
        text = re.sub(rf"\b{word}\b", number, text)
    report = _REPORT.search(text) is not None
    numbers = {int(number) for number in _NUMBER.findall(_YEAR.sub(" ", text))}
    # A year says which edition only where no number does: it may also be the year of the estimate.
    numbers = numbers or {YEARS[int(year)] for year in _YEAR.findall(text) if int(year) in YEARS}
    return numbers.pop() if len(numbers) == 1 and not report else UNCLEAR


def _numbers(names: pl.Series) -> pl.Series:
    known = {name: edition_number(name) for name in names.drop_nulls().unique()}
    return names.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.Int64)


def _said(edition: str) -> pl.Expr:
    return pl.col(edition).cast(pl.String).map_batches(_numbers, return_dtype=pl.Int64)


def series(edition: str = "edition") -> pl.Expr:
    """Return the number of an edition of Waterbird Population Estimates (WPE5, "WPE 4"), null for other sources."""
    number = _said(edition)
    return pl.when(number != UNCLEAR).then(number)


def unclear(edition: str = "edition") -> pl.Expr:
    """Say whether a name of an edition of Waterbird Population Estimates says two of them, or not which one."""
    return (_said(edition) == UNCLEAR).fill_null(value=False)


def open_ended() -> pl.Expr:
    """Say whether a range stands for 'more than the minimum': the portal writes maximum = minimum + 1."""
    return (pl.col("maximum") == pl.col("minimum") + 1).fill_null(False)


def birds(column: str) -> pl.Expr:
    """Return a bound of the estimate in birds (Float64); the maximum of 'more than' is none."""
    factor = pl.col("unit").fill_null("individuals").replace_strict(FACTORS, default=None, return_dtype=pl.Float64)
    bound = pl.col(column).cast(pl.Float64) * factor
    return pl.when(~open_ended()).then(bound) if column == "maximum" else bound


def mean_rule() -> pl.Expr:
    """Return the mean that 1 % is taken of: what the row says, else the mean of its edition."""
    old = (series() <= LAST_ARITHMETIC).fill_null(False)
    return pl.coalesce("meanRule", pl.when(old).then(pl.lit("arithmetic")).otherwise(pl.lit("geometric")))


def exact(low: pl.Expr, high: pl.Expr, rule: pl.Expr) -> pl.Expr:
    """Return 1 % of the mean of two bounds before rounding and cap; of one bound where the other is not known."""
    arithmetic = (low + high) / 2
    # The root of a square is the number itself: an estimate without range must not move.
    geometric = pl.when(low == high).then(low).otherwise((low * high).sqrt())
    mean = pl.when(rule == "arithmetic").then(arithmetic).otherwise(geometric)
    return pl.coalesce(mean, low, high) / 100


def rounded(percent: pl.Expr) -> pl.Expr:
    """Return a threshold rounded as the editions do (Int64), at least 1; halves go up."""
    step = pl.lit(WIDEST)
    for most, each in reversed(STEPS):
        step = pl.when(percent <= most).then(pl.lit(each)).otherwise(step)
    return pl.max_horizontal((percent / step + 0.5).floor() * step, pl.lit(1.0)).cast(pl.Int64) * pl.when(
        percent.is_not_null()
    ).then(1)


def computed(estimates: pl.DataFrame) -> pl.DataFrame:
    """Return estimates with `low`, `high` (birds), `rule`, `exact` (1 % unrounded) and `computed` (Int64).

    `rule` is geometric or arithmetic; `minimumOnly`, `maximumOnly` where one bound is known; `capped` or `million`
    where an old edition has 20,000 instead; null where nothing is known, or the edition is not clear. A mean of 0 has
    no 1 %.

    >>> row = {"edition": "WPE5", "minimum": 60_000, "maximum": 78_000, "unit": None, "meanRule": None}
    >>> schema = {"unit": pl.String, "meanRule": pl.String}
    >>> rows = pl.DataFrame([row, row | {"edition": "WPE4"}], schema_overrides=schema)
    >>> computed(rows).select("rule", "computed").rows()
    [('geometric', 680), ('arithmetic', 690)]
    """
    frame = estimates.with_columns(low=birds("minimum"), high=birds("maximum"), rule=mean_rule(), number=series())
    only_low, only_high = pl.col("high").is_null(), pl.col("low").is_null()
    frame = frame.with_columns(exact=exact(pl.col("low"), pl.col("high"), pl.col("rule")))
    million = only_low & (pl.col("low") == MILLION) & pl.col("number").is_not_null()
    # 'More than x' is at least x, also where the portal writes x + 1 as its maximum.
    capped = (pl.col("number") <= LAST_ARITHMETIC) & (pl.col("exact") * 100 >= CAPPED_FROM)
    rule = (
        pl.when((only_low & only_high) | unclear())
        .then(pl.lit(None, pl.String))
        .when(million.fill_null(False))
        .then(pl.lit("million"))
        .when(capped.fill_null(False))
        .then(pl.lit("capped"))
        .when(only_low)
        .then(pl.lit("minimumOnly"))
        .when(only_high)
        .then(pl.lit("maximumOnly"))
        .otherwise("rule")
    )
    frame = frame.with_columns(rule=rule)
    percent = (
        pl.when(pl.col("rule").is_in(("million", "capped")))
        .then(pl.lit(float(CAP)))
        .when((pl.col("exact") > 0) & pl.col("rule").is_not_null())
        .then("exact")
    )
    return frame.with_columns(exact=percent).with_columns(computed=rounded(pl.col("exact"))).drop("number")
