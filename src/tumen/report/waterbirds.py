"""Does the site qualify? The section with the verdict on each criterion, its numbers, and what would decide it."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from tumen.report.cells import capital
from tumen.report.document import Block, Column, Grid, Points, Text
from tumen.report.population import file_name, table
from tumen.report.population_cells import Grids, animals, between, closing, grids
from tumen.report.waterbird_tables import CRITERIA, SEASON_WORDS, SHORT, VERDICTS, WAYS
from tumen.report.words.render import Words
from tumen.tables.answer import Answer
from tumen.tables.catalogue import CATALOGUE
from tumen.waterbirds.levels import REASONS

Row = Mapping[str, Any]

_JUDGED = ("R2", "R5", "R6", "R9", "FA", "FB1", "FB2")
"""The criteria that numbers or lists can judge, in the order in which they are shown."""
_IN_WORDS = ("R1", "R3", "R4", "R7", "R8", "FC")
_MOST = 12
"""Rows of one site that a reader is shown before the file must be opened."""


def waterbirds(answer: Answer, pictures: Sequence[Block], words: Words) -> tuple[Block, ...]:
    """Return the section on sites: sentences, verdicts, figures, numbers, what would decide, notes, assumptions."""
    every: Grids = (
        (_verdicts, "summary", ("verdict",)),
        (_numbers, "numbers", ("verdict",)),
        (_flips, "verdicts", ("verdict",)),
        (_turnover, "turnover", ("passed",)),
    )
    lines = tuple(Text(line) for line in sentences(answer, words))
    shown = grids(answer, words, every)
    verdicts, numbers = shown[:1], shown[1:]
    said = _stated(answer, words)
    return (*lines, *verdicts, *said, *pictures, *numbers, *closing(answer, words, _assumptions(words)))


def sentences(answer: Answer, words: Words) -> tuple[str, ...]:
    """Return, for each site and complex, what is met, and where it is not known."""
    summary = _judged(table(answer, "summary"))
    lines = []
    for place, name in _places(answer, words):
        own = summary.filter(pl.col("place") == place)
        parts = [_listed(own, verdict, words) for verdict in ("met", "provisional", "undecided")]
        told = [part for part in parts if part]
        if not told:
            told = [words.text("no criterion that numbers can judge is met")]
        lines.append(words.text("{place}: {verdicts}.", place=name, verdicts="; ".join(told)))
    return tuple(lines)


def _listed(own: pl.DataFrame, verdict: str, words: Words) -> str:
    told = own.filter(pl.col("verdict") == verdict, pl.col("reason") != "noData")
    criteria = dict.fromkeys(words.text(SHORT[one]) for one in told["criterion"])
    if not criteria:
        return ""
    names = words.listing(criteria)
    return words.text("{verdict}: {criteria}", verdict=words.text(VERDICTS[verdict]), criteria=names)


def _judged(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("criterion").is_in(_JUDGED))


def _places(answer: Answer, words: Words) -> list[tuple[str, str]]:
    """Return the places with what to call them, complexes first."""
    frame = table(answer, "places").sort(pl.col("kind") != "group", "countryCode", "name", maintain_order=True)
    return [(row["place"], _called(row, words)) for row in frame.iter_rows(named=True)]


def _called(row: Row, words: Words) -> str:
    codes = str(row["countryCode"] or "")
    where = " / ".join(words.country(code) for code in codes.split("|") if code)
    name = str(row["name"] or row["place"])
    return f"{name} ({where})" if where else name


def _verdicts(answer: Answer, words: Words) -> tuple[Grid, ...]:
    frame = _judged(table(answer, "summary"))
    cells = {(row["place"], row["criterion"]): row for row in frame.iter_rows(named=True)}
    used = [one for one in _JUDGED if (frame["criterion"] == one).any()]
    rows = tuple(
        (name, *(_verdict(cells.get((place, one)), words) for one in used)) for place, name in _places(answer, words)
    )
    columns = (Column(words.text("Site")), *(Column(words.text(SHORT[one])) for one in used))
    meaning = "; ".join(words.text(CRITERIA[one]) for one in used)
    note = words.text("{criteria}. An asterisk: another edition of the estimates decides otherwise.", criteria=meaning)
    return (Grid(words.text("Verdicts"), columns, rows, (file_name(answer, "summary"),), note),)


def _stated(answer: Answer, words: Words) -> tuple[Block, ...]:
    """Return which criteria are judged in words, and who has."""
    frame = table(answer, "summary").filter(pl.col("criterion").is_in(_IN_WORDS))
    if frame.is_empty():
        return ()
    names = words.listing(words.text(SHORT[one]) for one in _IN_WORDS)
    lines = [Text(words.text("Judged in words, by a person who signs: {criteria}.", criteria=names))]
    called = dict(_places(answer, words))
    told = tuple(
        words.text(
            "{place}: {criterion}, signed by {author} on {day}.",
            place=called.get(row["place"], row["place"]),
            criterion=words.text(CRITERIA[row["criterion"]]),
            author=row["statedBy"],
            day=words.day(row["statedOn"]),
        )
        for row in frame.filter(pl.col("way") == "statement").iter_rows(named=True)
    )
    return (*lines, Points(told)) if told else (*lines, Text(words.text("No signed statement is there yet.")))


def _verdict(row: Row | None, words: Words) -> str:
    if row is None:
        return "–"
    return words.text(VERDICTS[row["verdict"]]) + (" *" if row["flips"] else "")


def _numbers(answer: Answer, words: Words) -> tuple[Grid, ...]:
    """Return a table for each place with the numbers that come nearest their levels."""
    every = table(answer, "numbers")
    # Who reaches 1 % of a population reaches a quarter of it.
    done = every.filter(pl.col("criterion") == "R6", pl.col("verdict") == "met").select("place", "measure")
    quarter = every.filter(pl.col("criterion") == "FB1").join(done, on=["place", "measure"], how="anti")
    frame = pl.concat([every.filter(pl.col("criterion") != "FB1"), quarter])
    made = []
    for place, name in _places(answer, words):
        own = frame.filter(pl.col("place") == place)
        if own.is_empty():
            continue
        order = pl.col("criterion").replace_strict({one: at for at, one in enumerate(CRITERIA)}, return_dtype=pl.Int64)
        shown = own.sort(order, maintain_order=True).head(_MOST)
        rows = tuple(_number_row(row, words) for row in shown.iter_rows(named=True))
        title = words.text("The numbers behind the verdicts: {place}", place=name)
        note = words.text(
            "The best season of each, under the edition in force. More rows in the file: {count}.",
            count=own.height - shown.height,
        )
        cite = (file_name(answer, "verdicts"), file_name(answer, "seasons"))
        made.append(Grid(title, _number_columns(words), rows, cite, note))
    return tuple(made)


def _number_columns(words: Words) -> tuple[Column, ...]:
    return (
        Column(words.text("Criterion")),
        Column(words.text("Birds")),
        Column(words.text("Season")),
        Column(words.text("Level"), "right"),
        Column(words.text("Seasons that reach it"), "right"),
        Column(words.text("Mean of the largest"), "right"),
        Column(words.text("Verdict")),
        Column(words.text("Why, and what would decide it")),
    )


def measure_name(measure: str, words: Words) -> str:
    """Return what was counted: a species, or all waterbirds."""
    return words.text("waterbirds") if measure == "waterbirds" else words.species(measure).plain


def _number_row(row: Row, words: Words) -> tuple[str | tuple[str, ...], ...]:
    return (
        words.text(SHORT[row["criterion"]]),
        capital(measure_name(row["measure"], words)),
        words.text(SEASON_WORDS[row["season"]]),
        animals(words, row["threshold"]),
        words.text("{reached} of {seasons}", reached=str(row["reached"]), seasons=str(row["seasons"])),
        _bounds(row["meanLow"], row["meanHigh"], words),
        _verdict(row, words),
        why(row, words),
    )


def _bounds(low: float | None, high: float | None, words: Words) -> str:
    """Return two bounds of a number of birds; where nobody knows the upper one, the lower."""
    least, most = animals(words, low), animals(words, high)
    if high is None and low is not None:
        return words.text("at least {number}", number=least)
    return least if least == most else between(least, most) or "–"


def why(row: Row, words: Words) -> str:
    """Return by which way a verdict came, or what keeps it open and what further survey would decide it."""
    parts = []
    if row["way"] in WAYS:
        parts.append(words.text(WAYS[row["way"]]))
    parts += [words.text(CATALOGUE[REASONS[one]].message) for one in row["reason"].split("|") if one in REASONS]
    more = row["toMeet"]
    if row["verdict"] in ("undecided", "provisional") and isinstance(more, int):
        parts.append(words.text("Met after {count} more counted seasons at the level or above.", count=more))
    fewer = row["toFail"]
    if row["verdict"] == "undecided" and isinstance(fewer, int):
        parts.append(words.text("Not met after {count} more counted seasons below it.", count=fewer))
    return " ".join(parts) or "–"


def _flips(answer: Answer, words: Words) -> tuple[Grid, ...]:
    of_populations = pl.col("criterion").is_in(("R6", "R9"))
    frame = table(answer, "verdicts").filter(of_populations & pl.col("flips").fill_null(False))
    if frame.is_empty():
        return ()
    names = dict(_places(answer, words))
    keys = ["place", "criterion", "measure", "season"]
    rows = []
    for (place, criterion, measure, season), group in frame.group_by(keys, maintain_order=True):
        by_edition = tuple(
            f"{row['edition']}: {animals(words, row['threshold'])}, {words.text(VERDICTS[row['verdict']])}"
            for row in group.iter_rows(named=True)
        )
        rows.append(
            (
                names.get(str(place), str(place)),
                words.text(SHORT[str(criterion)]),
                capital(measure_name(str(measure), words)),
                words.text(SEASON_WORDS[str(season)]) if season else "–",
                by_edition,
            )
        )
    columns = tuple(
        Column(words.text(title)) for title in ("Site", "Criterion", "Birds", "Season", "Edition: level, verdict")
    )
    title = words.text("Verdicts that depend on the edition of the estimates")
    return (Grid(title, columns, tuple(rows[: 2 * _MOST]), (file_name(answer, "verdicts"),)),)


def _turnover(answer: Answer, words: Words) -> tuple[Grid, ...]:
    frame = table(answer, "turnover").filter(pl.col("passed").is_not_null())
    names = dict(_places(answer, words))
    rows = tuple(
        (
            names.get(row["place"], row["place"]),
            capital(measure_name(row["measure"], words)),
            f"{words.text(SEASON_WORDS[row['season']])} {row['year']}",
            animals(words, row["passed"]),
            _bounds(row["passedLow"], row["passedHigh"], words),
        )
        for row in frame.head(2 * _MOST).iter_rows(named=True)
    )
    columns = (
        Column(words.text("Site")),
        Column(words.text("Birds")),
        Column(words.text("Season")),
        Column(words.text("Birds that passed"), "right"),
        Column(words.text("Bounds"), "right"),
    )
    note = words.text(
        "From the counts of the season and a measured length of stay. The verdicts above use the largest count and "
        "not these numbers."
    )
    return (Grid(words.text("Turnover on passage"), columns, rows, (file_name(answer, "turnover"),), note),)


def _assumptions(words: Words) -> tuple[str, ...]:
    return (
        words.text(
            "The number of a season is the largest that was there at one time. Counts of different days are never "
            "added, and the largest numbers of species are never added."
        ),
        words.text(
            "Sites of one complex that were counted at the same time are added. Where they were counted on different "
            "days, the largest of them is a lower bound and their sum an upper bound."
        ),
        words.text(
            "A season that nobody counted, or of which only a part was counted, is missing. It is not a zero, and no "
            "verdict is “not met” for want of counts."
        ),
        words.text(
            "“Regularly”: the level is reached in two thirds of at least three counted seasons of one kind, or by the "
            "mean of the largest numbers of at least five; over three or four the mean is provisional. The wording "
            "follows the guidance as it is widely cited; its text was not at hand."
        ),
        words.text(
            "The flyway’s levels of 0.25\u00a0% and of waterbirds on passage follow secondary sources; the "
            "partnership’s own wording was not at hand."
        ),
    )
