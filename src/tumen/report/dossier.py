"""A dossier as PDF, DOCX and JSON. The same dossier gives the same bytes.

PDF and DOCX say the same in the reader's language; the JSON is the dossier itself, without a language, and holds what
owners sign.
"""

import json as encode

from tumen.report.document import Block, Document, Picture, Section
from tumen.report.dossier_cells import country_name
from tumen.report.dossier_chart import draw_seasons
from tumen.report.dossier_docx import written
from tumen.report.dossier_map import draw_sites
from tumen.report.dossier_road import draw_road
from tumen.report.dossier_sections import (
    disagreements,
    findings,
    gaps,
    judgements,
    opening,
    record,
    road,
    sheets,
)
from tumen.report.dossier_words import SHEETS
from tumen.report.figure import Figure
from tumen.report.ground import Atlas, Sheet
from tumen.report.palette import Palette
from tumen.report.pdf import printed
from tumen.report.source import Region
from tumen.report.words.render import Words
from tumen.waterbirds.dossier import Dossier, content_of, plain

NOWHERE = Region({})
"""A map without land and borders."""

_JOINT = ("steps", "statements", "conflicts", "findings")
_WHOLE = ("criteria", "evidence", "seasons", "species")


def pdf(made: Dossier, words: Words, *, region: Region = NOWHERE, version: str = "") -> bytes:
    """Return a dossier as PDF; `region` is the ground under the map, `version` that of Tumen, at every page's foot."""
    return printed(document(made, words, region), words, f"Tumen {version}".strip())


def docx(made: Dossier, words: Words, *, region: Region = NOWHERE, version: str = "") -> bytes:
    """Return a dossier as DOCX, for people to write on.

    Raises `ExtraError` without python-docx (extra `documents`).
    """
    return written(document(made, words, region), words, f"Tumen {version}".strip())


def json(made: Dossier) -> bytes:
    """Return a dossier as JSON: keys in order, days as ISO 8601, one line a value.

    `parts[].content` is what the digest is of: the SHA-256 of its canonical JSON (`waterbirds.dossier.canonical`).
    """
    parts = []
    for part in made.parts:
        more = {
            name: plain(made.tables[name].filter(made.tables[name]["place"].is_in(part.places)))
            for name in ("states", "gaps")
        }
        own = {"country": part.country, "digest": part.digest, "released": part.released}
        parts.append({**own, "content": content_of(made, part), **more})
    value = {
        "place": made.place,
        "kind": made.kind,
        "sheet": made.sheet,
        "own": made.own,
        "asOf": made.asOf.isoformat() if made.asOf else None,
        "notReleased": [code or None for code in made.absent],
        "parts": parts,
        "whole": {name: plain(made.tables[name].filter(place=made.place)) for name in _WHOLE} if made.whole else None,
        **{name: plain(made.tables[name]) for name in _JOINT},
    }
    return (encode.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n").encode()


def document(made: Dossier, words: Words, region: Region = NOWHERE) -> Document:
    """Return a dossier in words, as sections of texts, tables and pictures."""
    pictures = _pictures(made, words, region)
    sections = [
        opening(made, words),
        road(made, pictures.get("steps", ()), words),
        judgements(made, pictures.get("criteria", ()), words),
        Section("map", words.text("Map"), pictures.get("map", ())),
        *sheets(made, words),
        gaps(made, words),
        disagreements(made, words),
        findings(made, words),
        record(made, words),
    ]
    kept = tuple(section for section in sections if section.blocks)
    title = words.text("{place}: draft of the sheet", place=_title(made))
    return Document(
        words.language, title, words.text(SHEETS[made.sheet]), _facts(made, words), kept, words.notice() or ""
    )


def _pictures(made: Dossier, words: Words, region: Region) -> dict[str, tuple[Block, ...]]:
    countries = sorted({part.country for part in made.parts if part.country} | set(made.absent) - {""})
    sheet = Sheet(words, Palette(tuple(countries), ()), Atlas(region))
    drawn: list[Figure | None] = [draw_road(made, sheet), draw_seasons(made, sheet), draw_sites(made, sheet)]
    found: dict[str, tuple[Block, ...]] = {}
    for number, figure in enumerate((one for one in drawn if one is not None), 1):
        label = words.text("Figure {number}", number=number)
        found[figure.section] = (*found.get(figure.section, ()), Picture(figure, label))
    return found


def _title(made: Dossier) -> str:
    return made.names[0] if made.kind == "site" and made.names else made.place


def _facts(made: Dossier, words: Words) -> tuple[tuple[str, str], ...]:
    countries = [country_name(words, part.country) for part in made.parts]
    countries += [words.text("{country} (not released)", country=country_name(words, code)) for code in made.absent]
    return (
        (words.text("Sites"), words.listing(made.names) or "–"),
        (words.text("Countries"), words.listing(countries)),
        (words.text("As of"), words.day(made.asOf)),
        (words.text("Parties"), words.listing(sorted({party for part in made.parts for party in part.parties})) or "–"),
    )
