"""How it was done, what the numbers do not say, and from what: methods, cautions, boundaries, provenance."""

from collections.abc import Mapping
from typing import Any

from tumen.report import population
from tumen.report.cells import named
from tumen.report.document import Block, Column, Grid, Points, Text
from tumen.report.source import ReportSource
from tumen.report.words.render import Words
from tumen.tables.answer import Note
from tumen.tables.catalogue import NOTES

_DIGITS = 16

METHOD_NOTES = frozenset({"limits-declared"})
"""Notes of an answer that say how it was made; the others are cautions."""


def methods(source: ReportSource, words: Words) -> tuple[Block, ...]:
    """Return the methods in words, with the parameters that were in force."""
    used = source.crossings.parameters
    sides = words.text(
        "Sides: a place counts for a country only where its coordinates, with their uncertainty, leave no doubt, or "
        "where its owner declares the country. Water along the border belongs to no side by itself."
    )
    items = [sides] if source.crossings.tables["individuals"].is_empty() else _identity(sides, used, words)
    if source.stations.height:
        items.append(
            words.text(
                "Effort: a camera-day is a day on which a camera operated inside the study’s period. Failures that "
                "were recorded are taken out. Nights run from noon to noon."
            )
        )
    if (source.crossings.tables["summary"]["stage"] == "cub").any():
        items.append(
            words.text("Cubs are counted apart from adults, since a camera sees them only with their mother.")
            if source.stations.height
            else words.text("Cubs are counted apart from adults.")
        )
    items += [note_text(note, words) for note in source.crossings.notes if note.code in METHOD_NOTES]
    blocks: list[Block] = [Points(tuple(item for item in items if item))]
    parameters = {**used, **source.provenance.parameters, **population.parameters(source.population)}
    if parameters:
        rows = tuple((name, _shown(words, value)) for name, value in sorted(parameters.items()))
        columns = (Column(words.text("Parameter"), style="code"), Column(words.text("Value")))
        blocks.append(Grid(words.text("Parameters in force"), columns, rows, ()))
    return tuple(blocks)


def _identity(sides: str, used: Mapping[str, Any], words: Words) -> list[str]:
    """Return how animals were told apart and followed."""
    return [
        words.text(
            "Who is who: the register’s links between the parties’ own lists decide which local names are one animal. "
            "Two animals without a link count as two."
        ),
        _encounters(words, used),
        sides,
        words.text(
            "Crossings: a change of country between two encounters that follow each other, with certain sides. The "
            "animal crossed at an unknown moment between them. The count is the least that the encounters require."
        ),
        words.text(
            "Distances are lengths of the shortest line on the WGS84 ellipsoid, to the nearest border of the country "
            "the animal was in. Bounds in brackets follow from the coordinates’ uncertainty."
        ),
        words.text(
            "Shares carry a 95\u00a0% interval by Wilson’s method. It treats animals as independent and says nothing "
            "about animals that were never recorded."
        ),
    ]


def _encounters(words: Words, used: Mapping[str, Any]) -> str:
    minutes = used.get("independenceMinutes")
    if minutes is None:
        return ""
    return words.text(
        "Encounters: detections of one animal at one place less than {minutes} minutes apart are one encounter. "
        "Identifications that are only possible are not used.",
        minutes=words.number(minutes),
    )


def cautions(source: ReportSource, words: Words) -> tuple[Block, ...]:
    """Return what the numbers do not say."""
    items = [note_text(note, words) for note in source.crossings.notes if note.code not in METHOD_NOTES]
    if not source.crossings.tables["individuals"].is_empty():
        items += [
            *_recorded(source, words),
            words.text(
                "One animal known under two names that nobody has linked counts twice and hides a crossing. Two "
                "animals linked by mistake make a crossing that never was."
            ),
        ]
    if not source.effort_known and not any(note.code == "effort-unknown" for note in source.crossings.notes):
        items.append(words.text("Where effort is unknown, absence from a side means nothing."))
    cameras = source.parties.drop_nulls("cameraDays")
    if not cameras["failuresKnown"].fill_null(False).all():
        items.append(
            words.text(
                "Where failures were not recorded, a camera counts as operating from its first to its last day; a "
                "camera that saw nothing may have been broken."
            )
        )
    return (Points(tuple(items)),)


def _recorded(source: ReportSource, words: Words) -> tuple[str, str]:
    """Return what a count of the animals recorded leaves open: by cameras, by transmitters, or by both."""
    if source.stations.is_empty():
        return (
            words.text(
                "No crossing found is not evidence that none happened: only the tracked animals could show one."
            ),
            words.text("The numbers count animals that were tracked. They are not an estimate of how many live there."),
        )
    unseen = words.text(
        "No crossing found is not evidence that none happened: where no camera stood, none could be seen. The effort "
        "figures show where cameras stood."
    )
    if source.tracks.height:
        return unseen, words.text(
            "The numbers count animals that were photographed and recognised, or tracked. They are not an estimate of "
            "how many live there."
        )
    return unseen, words.text(
        "The numbers count animals that were photographed and recognised. They are not an estimate of how many live "
        "there."
    )


def note_text(note: Note, words: Words) -> str:
    """Return a note of an answer in words.

    >>> note_text(Note("effort-unknown", {"parties": "north"}), Words("en"))[:50]
    'The effort behind the tracked positions of north i'
    """
    return words.text(NOTES[note.code], **named(dict(note.arguments), words))


def boundaries(source: ReportSource, words: Words) -> tuple[Block, ...]:
    """Return the neutral statement about borders and names, and where the borders come from."""
    texts = [
        words.text(
            "Borders, names and designations in this report serve to describe where animals were recorded. They "
            "express no opinion on the legal status of any country, territory or area, or on the course of any border, "
            "and imply no endorsement or acceptance by the parties. Names of countries follow the Unicode CLDR or the "
            "usage of intergovernmental papers."
        )
    ]
    if source.region.origin:
        texts.append(words.text("The border layer, in its maker’s words: {origin}", origin=source.region.origin))
    return tuple(Text(text) for text in texts)


def provenance(source: ReportSource, words: Words) -> tuple[Block, ...]:
    """Return what it takes to compute the report again."""
    known = source.provenance
    seed = words.text("no random numbers were used") if known.seed is None else str(known.seed)
    facts = words.text(
        "Made with Tumen {version}; seed: {seed}. The same inputs, version and parameters give the same report, byte "
        "for byte. Full digests are in provenance.json.",
        version=known.version,
        seed=seed,
    )
    if not known.inputs:
        return (Text(facts),)
    rows = tuple((item.party, item.package, item.file, item.sha256[:_DIGITS] + "…") for item in known.inputs)
    columns = (
        Column(words.text("Party")),
        Column(words.text("Package")),
        Column(words.text("File"), style="code"),
        Column(words.text("SHA-256, beginning"), style="code"),
    )
    return (Text(facts), Grid(words.text("Inputs"), columns, rows, ()))


def files(source: ReportSource, words: Words) -> Grid:
    """Return the list of tables that go with the report."""
    about = {
        "parties": words.text("what each party brought"),
        "stations": words.text("stations with their side and effort"),
        "sightings": words.text(
            "which station saw which species, how often, whether or not anyone recognised the animals"
        ),
        "effort": words.text("stations and camera-days by country"),
        "operating": words.text("when each station operated or failed"),
        "tracks": words.text("positions of tracked animals with their side"),
        "findings": words.text("every finding, row by row"),
        "encounters": words.text("independent encounters of each individual"),
        "crossings": words.text("every crossing with its window"),
        "individuals": words.text("every individual of the joint register"),
        "perCountry": words.text("individuals by country: encounters, nights, distance from the border"),
        "joint": words.text("individuals by country and together"),
        "summary": words.text("shares, intervals, added lists"),
        **population.about(source.population, words),
    }
    rows = tuple(
        (f"tables/{name}.csv", about.get(name, ""), words.number(frame.height)) for name, frame in source.tables.items()
    )
    columns = (
        Column(words.text("File"), style="code"),
        Column(words.text("What it holds")),
        Column(words.text("Rows"), "right"),
    )
    return Grid(words.text("Tables that go with this report"), columns, rows, ())


def _shown(words: Words, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return words.exact(value)
