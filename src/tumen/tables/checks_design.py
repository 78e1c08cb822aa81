"""Is the survey what its protocol asks for?  Measured quantities held against rules."""

from collections.abc import Sequence

import polars as pl

from tumen.tables import findings
from tumen.tables.design import ANY_SPECIES, JUDGED, MEASURED, DesignRule
from tumen.tables.design_quantities import QUANTITIES
from tumen.tables.schema import require

_STATISTICS = {
    "median": pl.col("value").median(),
    "minimum": pl.col("value").min(),
    "maximum": pl.col("value").max(),
    "mean": pl.col("value").mean(),
    "range": pl.col("value").mean(),
}


def judge(measured: pl.DataFrame, rules: Sequence[DesignRule]) -> pl.DataFrame:
    """Return every quantity of every party and session beside every rule about it, as `JUDGED`.

    `measured`: `MEASURED`. A quantity without a rule is a row with the verdict notDeclared. A rule about a quantity of
    which no value is known is notMeasured: never met. A rule whose quantity was not looked for (no rows at all) has no
    row: the method was not used.
    """
    require(measured, MEASURED, "measured")
    rows: list[dict[str, object]] = []
    keys = ["quantity", "party", "session", "species"]
    for (quantity, party, session, species), units in measured.group_by(keys, maintain_order=True):
        about = [rule for rule in rules if rule.quantity == quantity and _speaks(rule, str(species))]
        summary = _summary(str(quantity), units)
        whose = {"party": party, "session": session, "quantity": quantity}
        rows += [{**whose, **summary, **_verdict(rule, units["value"], summary)} for rule in about]
        if not about:
            rows.append({**whose, **summary, "species": species, **_SILENT})
    order = pl.col("quantity").replace_strict({name: k for k, name in enumerate(QUANTITIES)}, return_dtype=pl.Int64)
    return pl.DataFrame(rows, schema=JUDGED).sort(
        pl.col("party") == "", "party", pl.col("session") == "", "session", order, "species", maintain_order=True
    )


_SILENT = {"comparison": "notJudged", "verdict": "notDeclared", "protocol": "", "source": ""}


def _speaks(rule: DesignRule, species: str) -> bool:
    """Say whether a rule is about the species a quantity was measured for; empty: it is one for any."""
    return not species or rule.species in (ANY_SPECIES, species)


def _summary(name: str, units: pl.DataFrame) -> dict[str, object]:
    quantity = QUANTITIES[name]
    numbers = units.select(
        units=pl.col("value").count(),
        unknown=pl.col("value").null_count(),
        minimum=pl.col("value").min(),
        median=pl.col("value").median(),
        maximum=pl.col("value").max(),
        total=pl.when(pl.col("value").count() > 0).then(pl.col("value").sum()),
        value=_STATISTICS[quantity.statistic],
    ).row(0, named=True)
    return {**numbers, "method": quantity.method, "unit": quantity.unit, "statistic": quantity.statistic}


def _verdict(rule: DesignRule, values: pl.Series, summary: dict[str, object]) -> dict[str, object]:
    """Hold the statistic against the rule, and count the units that lie outside it themselves."""
    low = float("-inf") if rule.at_least is None else rule.at_least
    high = float("inf") if rule.at_most is None else rule.at_most
    value, many = summary["value"], summary["statistic"] == "range"
    told = rule.comparison != "notJudged"
    if not told:
        verdict = "notDeclared"
    elif not isinstance(value, float):
        verdict = "notMeasured"
    elif many:
        verdict = "met" if _within(summary["maximum"], low) and _within(high, summary["minimum"]) else "notMet"
    else:
        verdict = "met" if low - TOLERANCE <= value <= high + TOLERANCE else "notMet"
    outside = ((values < low - TOLERANCE) | (values > high + TOLERANCE)).sum()
    return {
        "species": rule.species,
        "comparison": rule.comparison,
        "atLeast": rule.at_least,
        "atMost": rule.at_most,
        "outside": None if many or not told else int(outside),
        "verdict": verdict,
        "protocol": rule.protocol,
        "source": rule.source,
    }


TOLERANCE = 1e-9
"""A value that is the limit itself, but for the last bits of its arithmetic, keeps the rule."""


def _within(larger: object, smaller: object) -> bool:
    return isinstance(larger, int | float) and isinstance(smaller, int | float) and larger >= smaller - TOLERANCE


_TABLE = {"cameraTrap": "deployments", "genetics": "genotypes", "waterbirdCount": "visits"}


def design_findings(judged: pl.DataFrame) -> pl.DataFrame:
    """Return a warning for every rule that is not met, and a note for every one that could not be judged.

    `judged`: `JUDGED`. `value` of a finding is the measured value; its arguments say on what, and what was asked for.
    """
    require(judged, JUDGED, "judged")
    found = []
    for row in judged.filter(pl.col("verdict").is_in(["notMet", "notMeasured"])).iter_rows(named=True):
        quantity = QUANTITIES[row["quantity"]]
        failed = row["verdict"] == "notMet"
        about = {
            "session": row["session"] or "–",
            "species": row["species"],
            "quantity": quantity.label,
            "required": asked(row["atLeast"], row["atMost"], row["unit"]),
            "source": row["source"],
        }
        more = {"units": row["units"], "outside": row["outside"] if row["outside"] is not None else row["units"]}
        part = findings.finding(
            quantity.code if failed else "design-not-judged",
            table=_TABLE[quantity.method],
            column=row["quantity"],
            value=written(row["value"], row["unit"]) if failed else "",
            **about,
            **(more if failed else {}),
        )
        found.append(part.with_columns(party=pl.lit(row["party"])))
    return findings.gather(found)


def asked(at_least: float | None, at_most: float | None, unit: str) -> str:
    """Return what a rule asks for, in signs that every language reads.

    >>> asked(0.45, 0.5, "m"), asked(None, 62, "d"), asked(1, None, "share")
    ('0.45–0.5 m', '≤ 62 d', '≥ 100 %')
    """
    if at_least is not None and at_most is not None:
        return f"{_number(at_least, unit)}–{written(at_most, unit)}"
    if at_least is not None:
        return f"≥ {written(at_least, unit)}"
    return "" if at_most is None else f"≤ {written(at_most, unit)}"


def written(value: float | None, unit: str) -> str:
    """Return a value with its unit, a share as a percentage.

    >>> written(2.0, "km"), written(0.456, "share"), written(13.0, "")
    ('2 km', '45.6 %', '13')
    """
    if value is None:
        return ""
    sign = {"share": "%", "sigma": "σ"}.get(unit, unit)
    return f"{_number(value, unit)} {sign}".rstrip()


def _number(value: float, unit: str) -> str:
    shown = value * 100 if unit == "share" else value
    digits = 1 if abs(shown) >= 10 else 2
    text = f"{shown:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
