"""The tables of the section on density: numbers by region, whose animals, parameters, fit, area, effort."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import polars as pl

from tumen.population.scr.regions import NO_COUNTRY
from tumen.report.cells import SHOWN, further
from tumen.report.document import Cell, Column, Grid
from tumen.report.population import file_name, table
from tumen.report.population_cells import (
    Row,
    animals,
    between,
    certain,
    chance,
    country,
    error,
    level,
    measure,
    rate,
    statistic,
    with_interval,
)
from tumen.report.words.marking import mark
from tumen.report.words.render import Words
from tumen.tables.answer import Answer

PARAMETERS: Mapping[str, str] = MappingProxyType(
    {
        "D": mark("density"),
        "g0": mark("chance of a detection at the centre, a station and an occasion"),
        "lambda0": mark("expected detections at the centre, a station and an occasion"),
        "sigma": mark("how far animals move: spatial scale"),
        "z": mark("shape of the detection function"),
        "pmix": mark("share of the class"),
    }
)
UNITS: Mapping[str, str] = MappingProxyType({"1": "", "per 100 km2": mark("per 100 km²"), "m": mark("m")})

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "national": mark("fitted alone"),
        "sum": mark("fitted alone, added up"),
        "joint": mark("one joint fit, same ground"),
    }
)
_ONE: Mapping[str | None, str] = MappingProxyType(
    {"F": mark("female"), "M": mark("male"), "female": mark("female"), "male": mark("male")}
)
_SHOWN_SHARE = 0.005
"""A share below this is shown as 0 %."""
_REGIONS = ("all", "country", "protectedArea")


def abundance(answer: Answer, words: Words) -> tuple[Grid, ...]:
    """Return the numbers of animals by region."""
    frame = table(answer, "abundance")
    several = frame["session"].n_unique() > 1
    identity = bool(frame["identityLow"].is_not_null().any())
    rows = [
        (
            *((row["session"] or "–",) if several else ()),
            _region(words, row),
            measure(words, row["areaKm2"]),
            _three(words, row, "realised"),
            *(
                (between(animals(words, row["identityLow"]), animals(words, row["identityHigh"])) or "–",)
                if identity
                else ()
            ),
            _three(words, row, "expected"),
            _three(words, row, "density"),
        )
        for row in sorted(frame.iter_rows(named=True), key=lambda row: _REGIONS.index(row["regionKind"]))
    ]
    columns = (
        *((Column(words.text("Session")),) if several else ()),
        Column(words.text("Region")),
        Column("km²", "right"),
        Column(words.text("animals, realised"), "right"),
        *((Column(words.text("the same with identity error"), "right"),) if identity else ()),
        Column(words.text("animals, expected"), "right"),
        Column(words.text("per 100 km²"), "right"),
    )
    note = words.text("In brackets: 95\u00a0% interval. “–”: not estimable; it is not zero.")
    return (_grid(answer, words.text("How many animals, by region"), columns, rows, ("abundance", note)),)


def double_count(answer: Answer, words: Words) -> tuple[Grid, ...]:
    """Return the national fits beside the joint fit."""
    frame = table(answer, "doubleCount")
    several = frame["session"].n_unique() > 1
    rows = [
        (
            *((row["session"] or "–",) if several else ()),
            country(words, row["countryCode"]) if row["countryCode"] else words.text("together"),
            words.text(KINDS[row["kind"]]),
            with_interval(*(animals(words, row[part]) for part in ("estimate", "low", "high"))),
        )
        for row in frame.iter_rows(named=True)
    ]
    columns = (
        *((Column(words.text("Session")),) if several else ()),
        Column(words.text("Country")),
        Column(words.text("How it was fitted")),
        Column(words.text("animals"), "right"),
    )
    return (_grid(answer, words.text("What adding national fits would give"), columns, rows, ("doubleCount", "")),)


def shares(answer: Answer, words: Words) -> tuple[Grid, ...]:
    """Return the animals whose centre may lie in more than one country, the least certain first."""
    frame = table(answer, "shares").drop_nulls(["individualID", "countryCode"])
    key = ["session", "individualID"]
    codes = _columns(frame)
    most = frame.group_by(key).agg(pl.col("share").max().alias("most"))
    order = most.filter(pl.col("most").is_not_null()).sort("most", *key)
    split = order.filter(pl.col("most") < 0.995)
    several = frame["session"].n_unique() > 1
    by_animal: dict[tuple[Any, Any], dict[str, Row]] = {}
    for row in frame.iter_rows(named=True):
        by_animal.setdefault((row["session"], row["individualID"]), {})[row["countryCode"]] = row
    rows = []
    for session, who in split.select(key).head(SHOWN).iter_rows():
        mine = by_animal[session, who]
        one = next(iter(mine.values()))
        cells: list[Cell] = [
            *([session or "–"] if several else []),
            who,
            _sex(words, one["sex"]),
            words.number(one["detections"]),
        ]
        for column in ("share", "timeShare"):
            cells += [words.percent(mine[code][column] if code in mine else None, 0) for code in codes]
        rows.append(tuple(cells))
    if not rows:
        return ()
    columns = (
        *((Column(words.text("Session")),) if several else ()),
        Column(words.text("Individual"), style="code"),
        Column(words.text("Sex")),
        Column(words.text("Detections"), "right"),
        *(
            Column(
                words.text("centre elsewhere")
                if code == NO_COUNTRY
                else words.text("centre in {country}", country=country(words, code)),
                "right",
            )
            for code in codes
        ),
        *(
            Column(
                words.text("time elsewhere")
                if code == NO_COUNTRY
                else words.text("time in {country}", country=country(words, code)),
                "right",
            )
            for code in codes
        ),
    )
    note = words.text(
        "The chance that the centre of activity is there, and the share of its time that the model expects there. "
        "Animals whose centre is certain to lie in one country, not shown: {count}.",
        count=order.height - split.height,
    )
    note = f"{note} {further(words, split.height)}".strip()
    return (_grid(answer, words.text("Animals of more than one country"), columns, rows, ("shares", note)),)


def _columns(frame: pl.DataFrame) -> list[str]:
    """Return the countries that have columns, then the ground of none or of two where any of its cells is not 0 %."""
    seen = frame.group_by("countryCode").agg(most=pl.max_horizontal(pl.col("share").max(), pl.col("timeShare").max()))
    return sorted(
        (code for code, most in seen.iter_rows() if certain(code) or (most or 0.0) >= _SHOWN_SHARE),
        key=lambda code: (not certain(code), code),
    )


def parameters(answer: Answer, words: Words) -> tuple[Grid, ...]:
    """Return the estimates of the best model on the natural scale."""
    frame = table(answer, "parameters")
    several = frame["session"].n_unique() > 1
    rows = []
    for row in frame.iter_rows(named=True):
        name = row["parameter"] or "–"
        meaning = words.text(PARAMETERS[name]) if name in PARAMETERS else ""
        unit = row["unit"] or ""
        rows.append(
            (
                (name, meaning) if meaning else name,
                *((row["session"] or "–",) if several else ()),
                level(words, row["level"]),
                measure(words, row["estimate"]),
                error(words, row["se"]),
                between(measure(words, row["low"]), measure(words, row["high"])) or "–",
                words.text(UNITS[unit]) if UNITS.get(unit) else UNITS.get(unit, unit),
            )
        )
    columns = (
        Column(words.text("Parameter")),
        *((Column(words.text("Session")),) if several else ()),
        Column(words.text("Applies to")),
        Column(words.text("estimate"), "right"),
        Column(words.text("standard error"), "right"),
        Column(words.text("95\u00a0% interval"), "right"),
        Column(words.text("unit")),
    )
    return (_grid(answer, words.text("Parameters of the model"), columns, rows, ("parameters", "")),)


def goodness(answer: Answer, words: Words) -> tuple[Grid, ...]:
    """Return how the survey compares with surveys simulated from the fit."""
    frame = table(answer, "goodness")
    several = frame["session"].n_unique() > 1
    rows = [
        (
            statistic(words, row["statistic"], row["session"] if several else None),
            measure(words, row["observed"]),
            measure(words, row["expected"]),
            between(measure(words, row["low"]), measure(words, row["high"])) or "–",
            chance(words, row["p"]),
        )
        for row in frame.iter_rows(named=True)
    ]
    columns = (
        Column(words.text("Statistic")),
        Column(words.text("in the survey"), "right"),
        Column(words.text("expected by the model"), "right"),
        Column(words.text("95\u00a0% of simulated surveys"), "right"),
        Column("p", "right"),
    )
    note = words.text("A small p (below 0.05) says that the model does not describe this side of the data.")
    return (_grid(answer, words.text("Does the model fit?"), columns, rows, ("goodness", note)),)


def widths(answer: Answer, words: Words) -> tuple[Grid, ...]:
    """Return the estimate by the buffer around the stations."""
    frame = table(answer, "buffer").sort("buffer")
    rows = [
        (
            words.exact(row["buffer"] / 1000) if row["buffer"] is not None else "–",
            measure(words, row["areaKm2"]),
            rate(words, row["density"]),
            animals(words, row["abundance"]),
        )
        for row in frame.iter_rows(named=True)
    ]
    columns = (
        Column(words.text("buffer, km"), "right"),
        Column("km²", "right"),
        Column(words.text("per 100 km²"), "right"),
        Column(words.text("animals"), "right"),
    )
    note = words.text(
        "The density should stop changing well before the buffer that was used; if it does not, the buffer is too "
        "narrow. The number of animals grows with the area."
    )
    return (_grid(answer, words.text("Was the area wide enough?"), columns, rows, ("buffer", note)),)


def effort(answer: Answer, words: Words) -> tuple[Grid, ...]:
    """Return what the fit was made from, by country."""
    frame = table(answer, "effort")
    several = frame["session"].n_unique() > 1
    counts = ("stations", "occasions", "cameraDays", "animals", "detections", "spatialRecaptures")
    rows = [
        (
            *((row["session"] or "–",) if several else ()),
            country(words, row["countryCode"]),
            *(words.number(row[name]) for name in counts),
        )
        for row in frame.iter_rows(named=True)
    ]
    titles = (
        words.text("Stations"),
        words.text("Occasions"),
        words.text("Camera-days"),
        words.text("Animals seen"),
        words.text("Detections"),
        words.text("At another station again"),
    )
    columns = (
        *((Column(words.text("Session")),) if several else ()),
        Column(words.text("Country")),
        *(Column(title, "right") for title in titles),
    )
    note = words.text("An animal seen in two countries is counted in both.")
    return (_grid(answer, words.text("What the fit was made from"), columns, rows, ("effort", note)),)


def _grid(
    answer: Answer, title: str, columns: tuple[Column, ...], rows: Sequence[tuple[Cell, ...]], source: tuple[str, str]
) -> Grid:
    name, note = source
    return Grid(title, columns, tuple(rows), (file_name(answer, name),), note)


def _three(words: Words, row: Row, name: str) -> str:
    say = rate if name == "density" else animals
    return with_interval(*(say(words, row[f"{name}{part}"]) for part in ("", "Low", "High")))


def _region(words: Words, row: Row) -> str:
    if row["regionKind"] == "all":
        return words.text("whole area")
    if row["region"] is None or row["regionKind"] == "country":
        return country(words, row["region"])
    return words.known(row["region"])


def _sex(words: Words, sex: str | None) -> str:
    return words.text(_ONE[sex]) if sex in _ONE else sex or "–"
