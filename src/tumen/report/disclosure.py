"""At which level was disclosed what a section rests on? A table of sections and parties."""

from collections.abc import Iterable

import polars as pl

from tumen.report.document import Block, Column, Grid, Section, Text
from tumen.report.source import ReportSource
from tumen.report.words.render import Words

WHOLE = "full"


def disclosure(source: ReportSource, sections: Iterable[Section], words: Words) -> tuple[Block, ...]:
    """Return for every section that is shown, and every party it rests on, the level at which its data were disclosed.

    Nothing where the source does not say. A section that no party's data are in has no row.
    """
    told = source.disclosed
    if told.is_empty():
        return ()
    if (told["level"] == WHOLE).all():
        return (Text(words.text("Every package came whole from its owner: all sections rest on full data.")),)
    parties = told["party"].unique().sort().to_list()
    level = {(section, party): name for section, party, name in told.select("section", "party", "level").iter_rows()}
    rows = tuple(
        (section.title, *(level.get((section.name, party), "–") for party in parties))
        for section in sections
        if any((section.name, party) in level for party in parties)
    )
    note = words.text(
        "A dash: the section rests on nothing of this party. The levels, from the least to the most: catalogue, "
        "identity, crossing, generalised, full."
    )
    lowered = words.listing(told.filter(pl.col("level") != WHOLE)["party"].unique().sort())
    return (
        Text(
            words.text(
                "{parties} did not disclose everything to the authors of this report. Each section rests on what was "
                "disclosed, at these levels:",
                parties=lowered,
            )
        ),
        Grid(
            words.text("Levels of disclosure"),
            (Column(words.text("Section")), *(Column(party, style="code") for party in parties)),
            rows,
            ("disclosure",),
            note=note,
        ),
    )
