"""What is 1 % of a population, and 0.25 %?  Thresholds of population estimates, by the rule of their edition.

Sources: Wetlands International, Waterbird Populations Portal (github.com/Vizzuality/waterbird-population,
src/pages/data/constants); Bamford et al. 2008 for the quarter on migration (10,000 -> 100 -> 25). Gaps of the rules are
decided in decisions/0021-thresholds.md; docs/methods/thresholds.md says what is verified.
"""

from math import ceil, floor, sqrt

import polars as pl

from tumen.errors import MisuseError, Text
from tumen.tables.one_percent import FACTORS, STEPS, WIDEST, computed, unclear

THRESHOLDS: dict[str, pl.DataType | type[pl.DataType]] = {
    "scientificName": pl.String,
    "populationID": pl.String,
    "populationName": pl.String,
    "edition": pl.String,
    "onePercent": pl.Int64,
    "quarter": pl.Int64,
    "basis": pl.String,
    "rule": pl.String,
    "inForce": pl.Boolean,
    "source": pl.String,
    "reason": pl.String,
    "said": pl.String,
    "computed": pl.Int64,
    "exact": pl.Float64,
}
"""The columns of a table of thresholds.

`basis`: published, computed or recalled; `rule` as in `tumen.tables.one_percent.computed`; `reason`: why nothing can
be decided by it, "" if it can; `said`: what a reader should know of it, codes joined by |; `computed` is what the rule
of the edition gives beside a published number, `exact` the same before rounding.
"""


def birds(number: float, unit: str = "individuals") -> float:
    """Return birds of all ages for a number of pairs or mature birds.

    Source: Meininger et al. 1995, as the Waterbird Populations Portal has it. Raises `MisuseError` for other units.

    >>> birds(1940, "pairs"), birds(1000, "matureIndividuals")
    (5820.0, 1500.0)
    """
    if unit not in FACTORS:
        raise MisuseError("a unit of a population", f"'{unit}'", Text("Use one of {units}.", units=", ".join(FACTORS)))
    return number * FACTORS[unit]


def exact_percent(minimum: float, maximum: float, rule: str = "geometric") -> float:
    """Return 1 % of the geometric or arithmetic mean of two bounds, not rounded.

    >>> round(exact_percent(60_000, 78_000), 1), exact_percent(60_000, 78_000, "arithmetic")
    (684.1, 690.0)
    """
    if not 0 <= minimum <= maximum:
        raise MisuseError(
            "bounds of an estimate in order",
            Text("{minimum} to {maximum}", minimum=minimum, maximum=maximum),
            "Give the smaller one first.",
        )
    if rule == "arithmetic":
        return (minimum + maximum) / 200
    return (minimum if minimum == maximum else sqrt(minimum * maximum)) / 100


def rounded(percent: float) -> int:
    """Return a threshold rounded as the editions do: up to 10 to 1, up to 100 to 5, up to 1,000 to 10, above to 100.

    The step is chosen by the number before rounding, halves go up, and no threshold is below 1.

    >>> [rounded(x) for x in (7.07, 10.6, 27.25, 46.6, 100.4, 684.1, 1745.2, 4250, 11313.7, 0.3)]
    [7, 10, 25, 45, 100, 680, 1700, 4300, 11300, 1]
    """
    step = next((each for most, each in STEPS if percent <= most), WIDEST)
    return max(1, int(floor(percent / step + 0.5) * step))


def one_percent(minimum: float, maximum: float, rule: str = "geometric") -> int:
    """Return the 1 % threshold of an estimate in birds.

    >>> one_percent(800_000, 1_600_000), one_percent(800_000, 1_600_000, "arithmetic"), one_percent(500, 1000)
    (11300, 12000, 7)
    """
    return rounded(exact_percent(minimum, maximum, rule))


def quarter(percent: float) -> int:
    """Return the threshold on migration: the fewest birds that are a quarter of 1 %, which is 0.25 %.

    `percent` is the 1 % before rounding; a quarter of a rounded number would be neither.

    >>> quarter(exact_percent(10_000, 10_000)), quarter(exact_percent(500_000, 1_000_000))
    (25, 1768)
    """
    return max(1, ceil(percent / 4))


def thresholds(estimates: pl.DataFrame) -> pl.DataFrame:
    """Return the threshold of every row of `population_estimates` (typed), in order; shape `THRESHOLDS`.

    A published threshold wins over the computed one, and a difference is said (`threshold-differs`); the quarter is
    then a quarter of the published one, for experts meant another number than the estimate. Recalled rows keep their
    numbers and bear the reason `threshold-recalled`: nothing may be decided by them. A name of two editions
    ("WPE4/WPE5") has no threshold, not even a published one (`threshold-edition-unclear`): nobody knows whose it is.
    `inForce` is null here: `tumen.waterbirds.editions.in_force` fills it.

    >>> from tumen.tables.protocol import TABLES
    >>> row = {"populationID": "gm", "scientificName": "Grus monacha", "populationName": "all", "edition": "2025",
    ...        "minimum": 19_300, "maximum": 19_300, "source": "census"}
    >>> estimates = pl.concat([TABLES["population_estimates"].empty(), pl.DataFrame([row])], how="diagonal")
    >>> thresholds(estimates).select("onePercent", "quarter", "basis", "rule").row(0)
    (190, 49, 'computed', 'geometric')
    """
    estimates = estimates.with_columns(onePercent=pl.when(~unclear()).then("onePercent"))
    published = pl.col("onePercent").is_not_null()
    differs = (published & (pl.col("onePercent") != pl.col("computed"))).fill_null(False)
    recalled = (pl.col("evidence") == "recalled").fill_null(False)
    whole = pl.when(published & (differs | pl.col("exact").is_null())).then(pl.col("onePercent").cast(pl.Float64))
    basis = (
        pl.when(recalled)
        .then(pl.lit("recalled"))
        .when(published & pl.col("evidence").ne_missing("computed"))
        .then(pl.lit("published"))
        .otherwise(pl.lit("computed"))
    )
    reason = (
        pl.when(recalled)
        .then(pl.lit("threshold-recalled"))
        .when(unclear())
        .then(pl.lit("threshold-edition-unclear"))
        .when(published | pl.col("exact").is_not_null())
        .then(pl.lit(""))
        .when(pl.col("rule").is_null())
        .then(pl.lit("threshold-size-unknown"))
        .otherwise(pl.lit("threshold-estimate-zero"))
    )
    frame = computed(estimates).with_columns(
        quarter=pl.max_horizontal((pl.coalesce(whole, "exact") / 4).ceil(), 1.0).cast(pl.Int64),
        basis=basis,
        reason=reason,
        said=_said(published, differs),
        inForce=pl.lit(None, pl.Boolean),
    )
    frame = frame.with_columns(
        quarter=pl.when(pl.coalesce(whole, "exact").is_not_null()).then("quarter"),
        onePercent=pl.coalesce("onePercent", "computed"),
    )
    return frame.select(pl.col(name).cast(dtype) for name, dtype in THRESHOLDS.items())


def _said(published: pl.Expr, differs: pl.Expr) -> pl.Expr:
    """Return what a reader should know of a threshold: codes joined by |."""
    cases = {
        "threshold-differs": differs,
        "threshold-minimum-only": ~published & (pl.col("rule") == "minimumOnly"),
        "threshold-maximum-only": ~published & (pl.col("rule") == "maximumOnly"),
        "threshold-capped": pl.col("rule").is_in(("capped", "million")) & ~differs,
    }
    each = [pl.when(case.fill_null(False)).then(pl.lit(code)) for code, case in cases.items()]
    return pl.concat_str(each, separator="|", ignore_nulls=True).fill_null("")
