"""Every figure of a report, in the order in which it is read."""

from tumen.report.calendar_strips import draw_calendar
from tumen.report.effort import draw_effort
from tumen.report.figure import Figure
from tumen.report.ground import Atlas, Sheet
from tumen.report.lists import draw_lists
from tumen.report.map import draw_map
from tumen.report.palette import Palette
from tumen.report.population_sections import population_figures
from tumen.report.source import ReportSource
from tumen.report.timeline import draw_timelines
from tumen.report.words.render import Words


def figures(source: ReportSource, words: Words) -> tuple[Figure, ...]:
    """Return what can be drawn: without individuals no lists and no timelines, without cameras no effort.

    Figures are SVG texts with their captions in the words' language; the same source gives the same bytes.
    """
    palette = Palette(source.country_codes, tuple(sorted(source.parties["party"])))
    sheet = Sheet(words, palette, Atlas(source.region))
    found = source.crossings.tables["individuals"]["scientificName"].unique()
    mapped = [species for species in source.species if (found == species).any()]
    wanted: list[str | None] = [*mapped] or [None]
    drawn = [
        draw_lists(source, sheet),
        *(draw_map(source, sheet, species) for species in wanted),
        *draw_timelines(source, sheet),
        *draw_effort(source, sheet),
        draw_calendar(source, sheet),
        *population_figures(source.population, source, sheet),
    ]
    return tuple(figure for figure in drawn if figure is not None)


__all__ = ["Figure", "figures"]
