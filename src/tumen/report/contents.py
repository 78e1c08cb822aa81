"""The whole report as a `Document`: which sections, in which order, in one language."""

from collections.abc import Iterable

from tumen.report.animals import crossers
from tumen.report.cells import capital
from tumen.report.disclosure import disclosure
from tumen.report.document import Block, Document, Picture, Points, Section, Text
from tumen.report.figure import Figure
from tumen.report.methods import boundaries, cautions, files, methods, provenance
from tumen.report.pooled import pooled
from tumen.report.population_sections import population_sections
from tumen.report.quality import quality
from tumen.report.results import key_results, transborder
from tumen.report.source import ReportSource
from tumen.report.words.render import Words


def contents(source: ReportSource, figures: Iterable[Figure], words: Words) -> Document:
    """Return the report in words. What has nothing to say is left out, except where the absence is the news."""
    pictures = _Numbered(tuple(figures), words)
    sections = [
        Section("results", words.text("Key results"), (*key_results(source, words), *pictures.of("results"))),
        Section("pooled", words.text("What was pooled"), pooled(source, words)),
        Section("transborder", words.text("Transborder table"), transborder(source, words)),
        Section("animals", words.text("Animals on both sides"), crossers(source, words)),
        Section("map", words.text("Map"), pictures.of("map")),
        Section("timelines", words.text("Timelines"), pictures.of("timelines")),
        Section("effort", words.text("Effort: no camera, or no animal?"), _effort(words, pictures.of("effort"))),
        *population_sections(source.population, pictures.of, words),
        Section("quality", words.text("Data quality"), quality(source.findings, words)),
        Section("methods", words.text("Methods"), methods(source, words)),
        Section("cautions", words.text("Cautions"), cautions(source, words)),
        Section("boundaries", words.text("Borders and names"), boundaries(source, words)),
        Section("provenance", words.text("Provenance"), (*provenance(source, words), files(source, words))),
    ]
    kept = [section for section in sections if section.blocks]
    if levels := disclosure(source, kept, words):
        place = next((number for number, section in enumerate(kept) if section.name == "methods"), len(kept))
        kept.insert(place, Section("disclosure", words.text("Levels of disclosure"), levels))
    facts = _facts(source, words)
    kicker = words.text("Joint transborder report")
    if words.missing or words.nameless:
        kept.append(_missing(words))
    return Document(words.language, source.title, kicker, facts, tuple(kept), words.notice() or "")


class _Numbered:
    """Figures by section, numbered in the order of the report."""

    def __init__(self, figures: tuple[Figure, ...], words: Words) -> None:
        self._pictures = [
            Picture(figure, words.text("Figure {number}", number=number)) for number, figure in enumerate(figures, 1)
        ]

    def of(self, section: str) -> tuple[Block, ...]:
        return tuple(picture for picture in self._pictures if picture.figure.section == section)


def _effort(words: Words, pictures: tuple[Block, ...]) -> tuple[Block, ...]:
    if not pictures:
        return ()
    text = words.text(
        "A station without a record of a species says something only if its camera operated. Ground without a station "
        "says nothing."
    )
    return (Text(text), *pictures)


def _facts(source: ReportSource, words: Words) -> tuple[tuple[str, str], ...]:
    names = []
    for scientific in filter(None, source.species):
        name = words.species(scientific)
        names.append(f"{name.common} ({scientific})" if name.common else scientific)
    period = words.days(*source.period) if source.period else words.text("all dates in the data")
    return (
        (words.text("Species"), capital(words.listing(names)) or words.text("all species in the data")),
        (words.text("Period"), period),
        (words.text("Countries"), words.listing(words.country(code) for code in source.country_codes) or "–"),
        (words.text("Parties"), words.listing(source.parties["party"])),
    )


def _missing(words: Words) -> Section:
    """List what has no words in this language: texts as they stand in the English catalogue, species and places."""
    texts, nameless = words.missing, words.nameless
    title = words.text("Texts without a translation") if texts else words.text("Species and places without a name")
    blocks: list[Block] = []
    if texts:
        note = words.text("These texts have no translation yet; they stand in English between ⟦ ⟧:")
        blocks += [Text(note), Points(texts)]
    if species := tuple(name for kind, name in nameless if kind == "species"):
        note = words.text("These species have no name in this language in our list; their scientific names are shown:")
        blocks += [Text(note), Points(species)]
    if places := tuple(name for kind, name in nameless if kind == "place"):
        note = words.text("These places have no name in this language in our list; their English names are shown:")
        blocks += [Text(note), Points(places)]
    return Section("missing", title, tuple(blocks))
