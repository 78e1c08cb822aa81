"""How the values of a dossier become cells: fields, sources, names of parts and criteria."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tumen.report.cells import capital, named
from tumen.report.dossier_words import CRITERIA, FIELDS, TRENDS, VERDICTS, said, word
from tumen.report.words.render import Words
from tumen.tables.catalogue import CATALOGUE
from tumen.waterbirds.dossier import Dossier
from tumen.waterbirds.dossier.species import WATERBIRDS

Row = Mapping[str, Any]


def measure_name(words: Words, measure: str | None) -> str:
    """Return what was counted: all waterbirds, or a species by its name and its scientific name.

    >>> measure_name(Words("en"), "waterbirds"), measure_name(Words("en"), "Panthera tigris")
    ('all waterbirds', 'Tiger (Panthera tigris)')
    """
    if not measure:
        return "–"
    if measure == WATERBIRDS:
        return words.text("all waterbirds")
    name = words.species(measure)
    return f"{capital(name.common)} ({measure})" if name.common else measure


def place_name(made: Dossier, words: Words, place: str) -> str:
    """Return the name of a site, with its country where the dossier has several; of the whole, its own."""
    if place == made.place and made.kind == "group":
        return words.text("The whole: {place}", place=place)
    row = next(iter(made.tables["sites"].filter(place=place).iter_rows(named=True)), None)
    if row is None:
        return place
    country = words.country(row["country"]) if row["country"] else words.text("country not said")
    return f"{row['siteName'] or place} ({country})"


def country_name(words: Words, code: str) -> str:
    """Return a country's name, or that nobody said which."""
    return words.country(code) if code else words.text("country not said")


def field_name(words: Words, name: str, *, verified: bool = True) -> str:
    """Return the label of a field; one that is known only from memory is marked."""
    label = said(words, FIELDS, name)
    return label if verified else f"{label} *"


def criterion_name(words: Words, criterion: str) -> str:
    """Return a criterion in short."""
    return said(words, CRITERIA, criterion)


def verdict_name(words: Words, verdict: str) -> str:
    """Return a verdict in words."""
    return said(words, VERDICTS, verdict)


def content(words: Words, row: Row) -> str:
    """Return one value of a field, as a person reads it."""
    kind, value = row["kind"], row["value"] or ""
    if kind == "number":
        return f"{words.exact(row['number'])} {unit(words, row['unit'])}".strip()
    if kind == "point":
        latitude, longitude = value.split(" ")
        return words.text("latitude {latitude}°, longitude {longitude}°", latitude=latitude, longitude=longitude)
    if kind == "country":
        return country_name(words, value)
    if kind == "days":
        return _days(words, value)
    if kind == "criterion":
        return _criterion(words, row)
    if kind in ("species", "others", "trend"):
        return _animals(words, row)
    if kind == "outline":
        return words.text("Outline of area {area}; see the map.", area=value)
    if kind == "word":
        return word(words, value)
    return _text(words, row)


def source(words: Words, row: Row) -> str:
    """Return where a value is from: what its source is called, who gave it, when, and whether it was signed."""
    parts = []
    if row["source"]:
        parts.append(row["source"])
    if row["author"]:
        parts.append(row["author"])
    elif row["table"] and row["table"] != "statements":
        parts.append(words.text("table {table}", table=row["table"]))
    if row["party"]:
        parts.append(row["party"])
    if row["day"] is not None and row["kind"] != "species":
        parts.append(words.day(row["day"]))
    if row["status"] in ("draft", "signed"):
        parts.append(word(words, row["status"]))
    return " · ".join(parts)


def unit(words: Words, code: str | None) -> str:
    """Return a unit as it is printed."""
    return {"km2": "km²", "individuals": word(words, "individuals")}.get(code or "", code or "")


def catalogue_text(words: Words, code: str, arguments: Mapping[str, Any]) -> tuple[str, str]:
    """Return message and cure of a code, with names of fields, criteria and countries in words."""
    given = {"table": "", "row": "", "column": "", "value": "", **arguments}
    if given.get("criterion"):
        given["criterion"] = words.listing(str(given["criterion"]).split("|"))
    if given.get("field"):
        given["field"] = words.listing(str(given["field"]).split("|"))
    if given.get("species") == WATERBIRDS:
        given["species"] = words.text("all waterbirds")
        return _filled(words, code, given)
    return _filled(words, code, named(given, words))


def _filled(words: Words, code: str, given: Mapping[str, Any]) -> tuple[str, str]:
    known = CATALOGUE[code]
    return words.text(known.message, **given), words.text(known.cure, **given)


def _days(words: Words, value: str) -> str:
    first, last = (date.fromisoformat(day) for day in value.split("/"))
    return words.days(first, last)


def _criterion(words: Words, row: Row) -> str:
    criterion, verdict = str(row["value"]).split(": ")
    text = f"{criterion_name(words, criterion)} – {verdict_name(words, verdict)}"
    if row["number"]:
        text += "; " + words.text("species: {count}", count=int(row["number"]))
    return f"{text} ({row['detail'].replace('|', ', ')})" if row["detail"] else text


def _animals(words: Words, row: Row) -> str:
    if row["kind"] == "others":
        return words.text("Further species counted: {count}", count=int(row["number"]))
    name = measure_name(words, row["value"])
    if row["kind"] == "trend":
        years = (row["unit"] or "").replace("/", "–")
        factor = words.number(row["number"], 3) if row["number"] is not None else "–"
        trend = said(words, TRENDS, row["detail"])
        return words.text(
            "{species}: {trend} {years}, × {factor} a year",
            **{"species": name, "trend": trend, "years": years, "factor": factor},
        )
    text = words.text("{species}: up to {count}", species=name, count=int(row["number"]))
    if row["day"] is not None:
        text += f", {words.day(row['day'])}"
    marks = [_mark(words, one) for one in (row["detail"] or "").split("|") if one]
    return f"{text} ({words.listing(marks)})" if marks else text


def _mark(words: Words, text: str) -> str:
    """Return a list's category, or a criterion's verdict, in short."""
    name, _, code = text.partition(": ")
    return f"{name}: {verdict_name(words, code)}" if name in CRITERIA else text


def _text(words: Words, row: Row) -> str:
    text = f"{row['value']} {unit(words, row['unit'])}".strip()
    if row["detail"]:
        text = f"{criterion_name(words, row['detail'])}: {text}"
    if row["language"] and row["language"] != words.language and row["table"] == "sheet_texts":
        return f"[{row['language']}] {text}"
    return text
