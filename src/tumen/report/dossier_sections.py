"""The sections of a dossier in words: criteria, fields, gaps, disagreements, steps."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from tumen.report.cells import SHOWN, capital, further
from tumen.report.document import Block, Cell, Column, Grid, Points, Section, Text, Warn
from tumen.report.dossier_cells import (
    catalogue_text,
    content,
    country_name,
    criterion_name,
    field_name,
    measure_name,
    place_name,
    source,
    unit,
    verdict_name,
)
from tumen.report.dossier_words import WHO, said, word
from tumen.report.quality import quality
from tumen.report.words.render import Words
from tumen.waterbirds.dossier import Dossier
from tumen.waterbirds.dossier.fields import WITH_RIS

_WORTH = ("met", "provisional", "undecided", "notMet")


def opening(made: Dossier, words: Words) -> Section:
    """Return what this is: a draft, of which parts, and how much of it is filled."""
    blocks: list[Block] = [
        Warn(
            words.text(
                "This is a draft, filled from data and from what people wrote. It designates nothing: that is for the "
                "Administrative Authority of each country."
            )
        )
    ]
    if made.own is not None:
        text = words.text("Made by {party} for itself: it may hold parts that were not released.", party=made.own)
        blocks.append(Warn(text))
    lines = [words.text("Part of {country}: not released.", country=country_name(words, code)) for code in made.absent]
    if made.kind == "group" and made.absent:
        lines.append(words.text("Numbers of the whole are left out: they hold counts of parts that were not released."))
    if made.sheet == "SIS" and made.tables["sites"]["ramsarID"].drop_nulls().len():
        numbers = words.listing(WITH_RIS)
        lines.append(
            words.text(
                "For a Ramsar Site the questions {numbers} are enough, with a copy of its Ramsar Information Sheet.",
                numbers=numbers,
            )
        )
    if made.absent:
        lines.append(
            words.text(
                "To release a part its owner makes the dossier for itself (--party), checks it, and enters its digest "
                "with the steps signed and released into site_steps."
            )
        )
    if lines:
        blocks.append(Points(tuple(lines)))
    if made.tables["states"].height:
        blocks.append(_filled(made, words))
    return Section("draft", words.text("What this is"), tuple(blocks))


def judgements(made: Dossier, pictures: Sequence[Block], words: Words) -> Section:
    """Return the criteria of every place, the chart, and what each verdict rests on."""
    criteria = made.tables["criteria"]
    blocks: list[Block] = []
    if made.sheet == "SIS":
        blocks.append(
            Text(
                words.text(
                    "The wording of the criteria of the flyway partnership is not verified, but for the quarter of a "
                    "percent on passage; hold them against the partnership's own text."
                )
            )
        )
    for (place,), rows in criteria.group_by("place", maintain_order=True):
        blocks.append(_criteria(made, str(place), rows, words))
    blocks += pictures
    blocks += _evidence(made, words)
    return Section("criteria", words.text("Criteria"), tuple(blocks))


def sheets(made: Dossier, words: Words) -> tuple[Section, ...]:
    """Return the filled fields of each site, section by section."""
    found: list[Section] = []
    values, states = made.tables["values"], made.tables["states"]
    for row in made.tables["sites"].iter_rows(named=True):
        own = values.filter(place=row["place"])
        asked = states.filter(place=row["place"])
        note: list[Block] = []
        if (asked["basis"] == "notVerified").any():
            note.append(Text(words.text("* The number of this field is from memory and not verified.")))
        name = f"fields-{len(found) + 1}"
        title = words.text("Fields: {site}", site=place_name(made, words, row["place"]))
        found.append(Section(name, title, (_fields(own, asked, words), *note)))
    return tuple(found)


def gaps(made: Dossier, words: Words) -> Section:
    """Return what is missing, by who must give it."""
    rows = made.tables["gaps"]
    blocks: list[Block] = []
    several = made.tables["sites"].height > 1
    for who in (code for code in WHO if (rows["who"] == code).any()):
        cells: list[tuple[Cell, ...]] = []
        for places, code, arguments, names in _alike(rows.filter(who=who)):
            message, cure = catalogue_text(words, code, arguments)
            labels = tuple(f"{number} {field_name(words, name)}" for number, name in names)
            sites = tuple(place_name(made, words, place) for place in places)
            cells.append(("; ".join(labels), *((sites,) if several else ()), message, cure))
        columns = [Column(words.text("Fields"))]
        columns += [Column(words.text("Sites"))] if several else []
        columns += [Column(words.text("What is missing")), Column(words.text("What to do"))]
        blocks.append(Grid(capital(words.text(WHO[who])), tuple(columns), tuple(cells), ()))
    return Section("gaps", words.text("What is missing, and who can give it"), tuple(blocks))


def disagreements(made: Dossier, words: Words) -> Section:
    """Return statements that contradict each other, then the others."""
    conflicts, statements = made.tables["conflicts"], made.tables["statements"]
    blocks: list[Block] = []
    if conflicts.height:
        cells = []
        for row in conflicts.iter_rows(named=True):
            value = f"{row['value']} {unit(words, row['unit'])}".strip()
            apart = words.number(row["apart"], 1) + " " + unit(words, row["apartUnit"]) if row["apart"] else "–"
            by = (
                words.text("table {table}", table=row["source"])
                if row["source"] in ("sites", "areas")
                else row["source"]
            )
            day = words.day(row["statedOn"]) if row["statedOn"] else "–"
            cells.append(
                (
                    str(row["conflict"]),
                    (_subject(made, words, row["subject"]), row["attribute"]),
                    value,
                    day,
                    by,
                    row["party"] or "–",
                    apart,
                )
            )
        columns = (
            Column(words.text("No.")),
            Column(words.text("Subject")),
            Column(words.text("Value")),
            Column(words.text("Said on")),
            Column(words.text("Source")),
            Column(words.text("By")),
            Column(words.text("Apart"), "right"),
        )
        note = words.text("Rows of one number contradict each other; none was chosen.")
        blocks.append(Grid(words.text("Where sources disagree"), columns, tuple(cells), (), note))
    if statements.height:
        stated = (
            Column(words.text("Subject")),
            Column(words.text("Value")),
            Column(words.text("Source")),
            Column(words.text("By")),
        )
        cells_of = tuple(
            (
                (_subject(made, words, row["subject"]), row["attribute"]),
                f"{row['value']} {unit(words, row['unit'])}".strip(),
                " · ".join(filter(None, (row["source"], words.day(row["statedOn"]) if row["statedOn"] else ""))),
                row["party"] or "–",
            )
            for row in statements.iter_rows(named=True)
        )
        blocks.append(Grid(words.text("Everything that was stated"), stated, cells_of, ()))
    return Section("statements", words.text("What sources say"), tuple(blocks))


def road(made: Dossier, pictures: Sequence[Block], words: Words) -> Section:
    """Return whose turn it is, the picture of the steps, and the steps as a table."""
    steps = made.tables["steps"]
    lines = []
    for row in steps.filter("turn").iter_rows(named=True):
        lines.append(
            words.text(
                "{country}: the next step is “{step}”; it is the turn of the {who}.",
                country=country_name(words, row["country"]),
                step=word(words, row["step"]),
                who=said(words, WHO, row["who"]),
            )
        )
    lines += [
        words.text("{country}: waiting for the release of its part.", country=country_name(words, code))
        for code in made.absent
    ]
    blocks: list[Block] = [Points(tuple(lines))] if lines else []
    return Section("steps", words.text("The road to the designation"), (*blocks, *pictures, *_steps(made, words)))


def record(made: Dossier, words: Words) -> Section:
    """Return what owners sign: the digest of each part."""
    cells = []
    for part in made.parts:
        state = words.text("released") if part.released else words.text("not released")
        cells.append((country_name(words, part.country), words.listing(part.parties), state, part.digest))
    columns = (
        Column(words.text("Country")),
        Column(words.text("Parties")),
        Column(words.text("Released")),
        Column("SHA-256", style="code"),
    )
    note = words.text(
        "Who signs or releases a part enters its digest into site_steps. It is the SHA-256 of the canonical JSON of "
        "the part's content, which stands in the JSON of this dossier."
    )
    grid = Grid(words.text("Digests of the parts"), columns, tuple(cells), (), note)
    return Section("digests", words.text("What is signed"), (grid,) if cells else ())


def findings(made: Dossier, words: Words) -> Section:
    """Return what is wrong with the data of this dossier."""
    found = made.tables["findings"]
    grids = [replace(block, cite=()) for block in quality(found, words) if isinstance(block, Grid)]
    return Section("findings", words.text("Data quality"), tuple(grids))


_MERGED = ("field", "criterion")
_Gap = tuple[tuple[str, ...], str, dict[str, str], tuple[tuple[str, str], ...]]


def _alike(rows: pl.DataFrame) -> list[_Gap]:
    """Return gaps of one kind together: their sites, code, arguments, and the fields by number and name.

    Fields and criteria of gaps that differ in nothing else are listed in one row.
    """
    places = (
        rows.sort("order", maintain_order=True)
        .group_by("order", "field", "name", "code", "arguments", maintain_order=True)
        .agg("place")
    )
    merged: dict[tuple[object, ...], list[Mapping[str, Any]]] = {}
    for row in places.iter_rows(named=True):
        given = json.loads(row["arguments"])
        rest = tuple(sorted((name, value) for name, value in given.items() if name not in _MERGED))
        merged.setdefault((row["code"], tuple(row["place"]), rest), []).append({**row, "given": given})
    found: list[_Gap] = []
    for group in merged.values():
        given = dict(group[0]["given"])
        for name in _MERGED:
            if name in given:
                given[name] = "|".join(dict.fromkeys(one["given"][name] for one in group))
        names = tuple(dict.fromkeys((one["field"], one["name"]) for one in group))
        found.append((tuple(group[0]["place"]), str(group[0]["code"]), given, names))
    return found


def _filled(made: Dossier, words: Words) -> Grid:
    cells = []
    for (place,), rows in made.tables["states"].group_by("place", maintain_order=True):
        counts = dict(rows.group_by("state").len().iter_rows())
        asked = rows.height - counts.get("notAsked", 0)
        numbers = [words.number(counts.get(state, 0)) for state in ("filled", "draft", "gap")]
        cells.append((place_name(made, words, str(place)), words.number(asked), *numbers))
    columns = (
        Column(words.text("Site")),
        Column(words.text("Fields asked"), "right"),
        Column(words.text("filled"), "right"),
        Column(words.text("only drafted"), "right"),
        Column(words.text("empty"), "right"),
    )
    return Grid(words.text("How much is filled"), columns, tuple(cells), ())


def _criteria(made: Dossier, place: str, rows: pl.DataFrame, words: Words) -> Grid:
    cells = tuple(
        (
            criterion_name(words, row["criterion"]),
            verdict_name(words, row["verdict"]),
            words.number(row["species"]),
            words.number(row["seasons"]),
            row["edition"].replace("|", ", ") or "–",
            word(words, row["statement"]) or "–",
        )
        for row in rows.iter_rows(named=True)
    )
    columns = (
        Column(words.text("Criterion")),
        Column(words.text("Verdict")),
        Column(words.text("Species"), "right"),
        Column(words.text("Seasons"), "right"),
        Column(words.text("Edition")),
        Column(words.text("Statement")),
    )
    return Grid(place_name(made, words, place), columns, cells, ())


def _evidence(made: Dossier, words: Words) -> list[Block]:
    """Return the numbers behind the verdicts that counts decide."""
    rows = made.tables["evidence"].filter(
        pl.col("verdict").is_in(_WORTH) & (pl.col("threshold").is_not_null() | (pl.col("way") == "list"))
    )
    if rows.is_empty():
        return []
    cells: list[tuple[Cell, ...]] = []
    for row in rows.head(SHOWN).iter_rows(named=True):
        cells.append(
            (
                (row["criterion"], place_name(made, words, row["place"])),
                (measure_name(words, row["measure"]), word(words, row["season"])),
                words.number(row["largest"]),
                words.number(row["threshold"]),
                f"{words.number(row['reached'])} / {words.number(row['seasons'])}",
                _mean(words, row),
                (row["edition"] or "–", *((word(words, row["basis"]),) if row["basis"] else ())),
                _verdict(words, row),
            )
        )
    columns = (
        Column(words.text("Criterion")),
        Column(words.text("Species")),
        Column(words.text("Largest"), "right"),
        Column(words.text("Threshold"), "right"),
        Column(words.text("Seasons at it"), "right"),
        Column(words.text("Mean"), "right"),
        Column(words.text("Edition")),
        Column(words.text("Verdict")),
    )
    return [Grid(words.text("What the verdicts rest on"), columns, tuple(cells), (), further(words, rows.height))]


def _mean(words: Words, row: Mapping[str, Any]) -> str:
    low, high = row["meanLow"], row["meanHigh"]
    if low is None:
        return "–"
    if high is None or round(high) == round(low):
        return words.number(low) if high is not None else f"≥ {words.number(low)}"
    return f"{words.number(low)}–{words.number(high)}"


def _verdict(words: Words, row: Mapping[str, Any]) -> Cell:
    lines = [verdict_name(words, row["verdict"])]
    if row["verdict"] in ("undecided", "provisional") and row["toMeet"]:
        lines.append(
            words.plural(
                "{count} more season at it would meet it", "{count} more seasons at it would meet it", row["toMeet"]
            )
        )
    if row["flips"]:
        lines.append(words.text("another edition decides otherwise"))
    return tuple(lines) if len(lines) > 1 else lines[0]


def _fields(own: pl.DataFrame, asked: pl.DataFrame, words: Words) -> Grid:
    """Return the fields of one site; each value on a row of its own, with its source."""
    columns = (
        Column(words.text("No.")),
        Column(words.text("Field")),
        Column(words.text("Content")),
        Column(words.text("Source")),
    )
    cells: list[tuple[Cell, ...]] = []
    for field in asked.iter_rows(named=True):
        label = field_name(words, field["name"], verified=field["basis"] != "notVerified")
        head: tuple[str, str] = (field["field"], label)
        values = _chosen(own.filter(pl.col("name") == field["name"]), words)
        for text, where in values:
            cells.append((*head, text, where))
            head = ("", "")
        if not values:
            empty = "notAsked" if field["state"] == "notAsked" else "gap"
            who = words.text("to be filled by: {who}", who=said(words, WHO, field["who"]))
            cells.append((*head, f"– {word(words, empty)} –", "" if empty == "notAsked" else who))
    return Grid(words.text("Each value with its source"), columns, tuple(cells), ())


def _chosen(values: pl.DataFrame, words: Words) -> list[tuple[str, str]]:
    """Return content and source of each value; of a text in several languages the reader's, else English."""
    texts = values.filter(table="sheet_texts")
    found = [
        (content(words, row), source(words, row))
        for row in values.iter_rows(named=True)
        if row["table"] != "sheet_texts"
    ]
    for _, group in texts.group_by("detail", maintain_order=True):
        rows = sorted(group.iter_rows(named=True), key=lambda row: (row["status"] != "signed", _far(words, row)))
        # Words that are signed come first; a draft in a language nearer to the reader stands beside them.
        nearer = [
            row for row in rows[1:] if row["status"] != rows[0]["status"] and _far(words, row) < _far(words, rows[0])
        ]
        shown = [rows[0], *nearer[:1]]
        others = [row["language"] for row in rows if row not in shown]
        for row in shown:
            where = source(words, row)
            if others and row is shown[-1]:
                where += " · " + words.text("also in: {languages}", languages=words.listing(others))
            found.append((content(words, row), where))
    return found


def _subject(made: Dossier, words: Words, subject: str) -> str:
    """Return what a statement is about: a place by its name, a code of a country as its name."""
    if subject in made.tables["sites"]["place"]:
        return place_name(made, words, subject)
    return words.country(subject) if len(subject) == 2 and subject.isupper() else subject


def _far(words: Words, row: Mapping[str, Any]) -> int:
    """Return how far the language of a text is from the reader's: the same, English, another."""
    return 0 if row["language"] == words.language else 1 if row["language"] == "en" else 2


def _steps(made: Dossier, words: Words) -> list[Block]:
    blocks: list[Block] = []
    columns = (
        Column(words.text("Step")),
        Column(words.text("State")),
        Column(words.text("Since")),
        Column(words.text("By")),
        Column(words.text("Document")),
    )
    for (country,), rows in made.tables["steps"].sort("country", "order").group_by("country", maintain_order=True):
        cells: list[tuple[Cell, ...]] = []
        for row in rows.iter_rows(named=True):
            remark = catalogue_text(words, row["code"], {"days": "14"})[0] if row["code"] else ""
            if row["turn"] and not remark:
                remark = words.text("next: {who}", who=said(words, WHO, row["who"]))
            if row["due"] is not None and not row["holds"]:
                remark = f"{remark} {words.text('until {day}', day=words.day(row['due']))}".strip()
            cells.append(
                (
                    word(words, row["step"]),
                    word(words, row["state"]),
                    words.day(row["statedOn"]),
                    row["actor"] or "–",
                    (row["document"] or "–", remark) if remark else row["document"] or "–",
                )
            )
        blocks.append(Grid(country_name(words, str(country)), columns, tuple(cells), ()))
    return blocks
