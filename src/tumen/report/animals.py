"""The animals found in more than one country, one by one, and their crossings."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import polars as pl

from tumen.report.cells import SHOWN, at_least, further, real, species_name, whole, with_cubs
from tumen.report.document import Block, Cell, Column, Grid, Text
from tumen.report.source import ReportSource
from tumen.report.words.marking import mark
from tumen.report.words.render import Words

_SLOW = 0.1
_SHORT = 72
_SEX: Mapping[str, str] = MappingProxyType({"female": mark("female"), "male": mark("male")})
_STAGE: Mapping[str, str] = MappingProxyType(
    {"adult": mark("adult"), "cub": mark("cub"), "unknown": mark("stage not recorded")}
)
_STATUS: Mapping[str, str] = MappingProxyType(
    {
        "resident": mark("resident"),
        "visitor": mark("visitor"),
        "bothSides": mark("lives on both sides"),
        "disperser": mark("disperser: crossed once and was not seen behind again"),
        "crossedOnce": mark("crossed once; too little effort behind it to say more"),
        "sideUnknown": mark("side not certain"),
    }
)
"""Words for the statuses of `tumen.crossings.residence`."""


def crossers(source: ReportSource, words: Words) -> tuple[Block, ...]:
    """Return the table of animals found in more than one country, and the table of their crossings."""
    tables = source.crossings.tables
    chosen = tables["individuals"].filter(pl.col("countries").str.contains("|", literal=True))
    if tables["individuals"].is_empty():
        return ()
    if chosen.is_empty():
        return (Text(words.text("No animal was found in more than one country.")),)
    order = {name: number for number, name in enumerate(source.species)}
    ranked = chosen.with_columns(
        rank=pl.col("scientificName").replace_strict(order, default=len(order), return_dtype=pl.Int64)
    ).sort("rank", "scientificName", "individualID")
    return (_animals(source, words, ranked), _crossings(source, words))


def _animals(source: ReportSource, words: Words, chosen: pl.DataFrame) -> Grid:
    per_country = source.crossings.tables["perCountry"].filter(
        pl.col("individualID").is_in(chosen["individualID"].to_list())
    )
    codes = sorted(per_country["countryCode"].unique())
    known = {(row["individualID"], row["countryCode"]): _stay(words, row) for row in per_country.iter_rows(named=True)}
    rows = []
    for row in chosen.head(SHOWN).iter_rows(named=True):
        kinds = (words.text(_SEX[row["sex"]]) if row["sex"] else "", words.text(_STAGE[row["stage"]]))
        rows.append(
            (
                (row["individualID"], *([row["names"]] if row["names"] != row["individualID"] else [])),
                (species_name(words, row["scientificName"]), words.listing(k for k in kinds if k)),
                *(known.get((row["individualID"], code), "–") for code in codes),
                at_least(words, row["crossings"], row["crossingsHigh"]),
                _status(words, row),
                (words.day(row["firstSeen"]), words.day(row["lastSeen"])),
            )
        )
    columns = (
        Column(words.text("Individual"), style="code"),
        Column(words.text("Species, sex, stage")),
        *(Column(words.country(code)) for code in codes),
        Column(words.text("Crossings, at least"), "right"),
        Column(words.text("Status")),
        Column(words.text("First and last seen")),
    )
    title = words.text("Animals found in more than one country")
    note = words.text("Kilometres: the farthest from the border that it was recorded.")
    cut = further(words, chosen.height)
    return Grid(title, columns, tuple(rows), ("individuals", "perCountry"), f"{note} {cut}".strip())


def _stay(words: Words, row: dict[str, object]) -> tuple[str, ...]:
    lines = [
        words.plural("{count} encounter", "{count} encounters", whole(row["encounters"])),
        words.plural("{count} night", "{count} nights", whole(row["nights"])),
    ]
    far = [row.get(name) for name in ("maxBorderDistance", "maxBorderDistanceLow", "maxBorderDistanceHigh")]
    if all(isinstance(value, float) and value != float("inf") for value in far):
        most, low, high = (real(value) / 1000 for value in far)
        distance = words.number(most, 1)
        if high - low >= 0.2:
            distance += f" ({words.number(low, 1)}–{words.number(high, 1)})"
        lines.append(words.text("up to {distance} km", distance=distance))
    # A number and its unit stay on one line; only the bounds of a distance may go to the next.
    return tuple(line.replace(" ", "\u00a0").replace("\u00a0(", " (") for line in lines)


def _status(words: Words, row: dict[str, object]) -> Cell:
    home = row.get("homeCountry")
    country = words.country(str(home)) if home else ""
    lines = [words.text(_STATUS[str(row["status"])])]
    if country:
        lines.append(words.text("home: {country}", country=country))
    watched = row.get("watchedBehindDays")
    if isinstance(watched, float) and row["status"] in ("disperser", "crossedOnce"):
        lines.append(words.text("camera-days behind it: {days}", days=words.number(watched)))
    return tuple(lines)


def _crossings(source: ReportSource, words: Words) -> Grid:
    crossings = source.crossings.tables["crossings"]
    rows = []
    for row in crossings.sort("notBefore", "individualID").head(SHOWN).iter_rows(named=True):
        speed = _speed(words, row["speed"])
        rows.append(
            (
                row["individualID"],
                f"{words.country(row['fromCountry'])} → {words.country(row['toCountry'])}",
                *_window(words, row),
                words.number(None if row["distance"] is None else row["distance"] / 1000, 1),
                speed + (" " + words.text("impossible") if row["impossible"] else ""),
            )
        )
    columns = (
        Column(words.text("Individual"), style="code"),
        Column(words.text("Direction")),
        Column(words.text("Not before – not after")),
        Column(words.text("Window"), "right"),
        Column(words.text("distance, km"), "right"),
        Column(words.text("least speed, km/h"), "right"),
    )
    note = words.text(
        "Distance: the shortest line between the two places. Speed: the least that the coordinates and clocks allow. "
        "Times are UTC."
    )
    return Grid(
        words.text("Crossings"),
        columns,
        tuple(rows),
        ("crossings",),
        f"{note}{with_cubs(source, words)} {further(words, crossings.height)}".strip(),
    )


def _speed(words: Words, speed: float | None) -> str:
    """Return km/h; a slow walk must not be rounded to standing still."""
    if speed is not None and 0 < speed < _SLOW:
        return f"<\u00a0{words.number(_SLOW, 1)}"
    return words.number(speed, 1)


def _window(words: Words, row: dict[str, object]) -> tuple[str, str]:
    """Return when a crossing happened at the earliest and latest, and how long that is; by the minute if short."""
    low, high = row["notBefore"], row["notAfter"]
    if not isinstance(low, datetime) or not isinstance(high, datetime):
        return "–", "–"
    hours = (high - low).total_seconds() / 3600
    if abs(hours) >= _SHORT:
        return words.days(low, high), words.text("{days} d", days=words.number(hours / 24))
    span = (
        f"{words.day(low)} {low:%H:%M} – "
        + ("" if high.date() == low.date() else f"{words.day(high)} ")
        + f"{high:%H:%M}"
    )
    return span, words.text("{hours} h", hours=words.number(hours, 1))
