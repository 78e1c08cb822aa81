"""The list of species of a form, as rows of the table `counts`.

A row of the list is known by its sheet and cell, so that every number can be found again on the form it came from.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tumen.files.count_form_cells import Counted, read_count
from tumen.files.count_form_layout import Grid, Panel, Place
from tumen.files.count_form_species import Bird, Names, bird_of, group_in, meant
from tumen.files.count_form_visits import Row, remark
from tumen.files.count_form_words import TERM_OF, TOTALS, folded, words_in
from tumen.files.delimiters import letters

_TOTAL_WORDS = words_in(TOTALS)


@dataclass(frozen=True)
class How:
    """How a list is read: the names of species, and what an empty cell and a dash mean (`noRow` ...)."""

    names: Names
    empty: str = "noRow"
    dash: str = "noRow"


@dataclass
class _List:
    """A list while it is being read: the group that stands above the row, and how many cells were empty."""

    grid: Grid
    panel: Panel
    visits: Mapping[int, str]
    how: How
    heading: str | None = None
    blank: int = 0
    rows: list[Row] = field(default_factory=list)


def counted_rows(grid: Grid, panel: Panel, rows: Iterable[int], visits: Mapping[int, str], how: How) -> list[Row]:
    """Return the counts of some rows of a list; `visits` gives the visit of each column of numbers."""
    reading = _List(grid, panel, visits, how)
    for row in rows:
        _read_row(reading, row)
    if reading.blank:
        code = "form-cells-empty" if how.empty == "noRow" else "form-cells-empty-declared"
        grid.say(code, None, count=reading.blank, meaning=how.empty)
    return reading.rows


def _read_row(reading: _List, row: int) -> None:
    grid, panel = reading.grid, reading.panel
    named = [((row, column), grid.cells[row, column]) for column in panel.names if (row, column) in grid.cells]
    named = [cell for cell in named if cell[0] not in grid.used]
    numbers = [(row, column) for column in reading.visits if (row, column) in grid.cells]
    bounds = [(row, panel.columns[label]) for label in ("minimum", "maximum") if label in panel.columns]
    filled = bool(numbers) or any(place in grid.cells for place in bounds)
    if not named:
        return
    if folded(named[0][1]) in _TOTAL_WORDS:
        for place in (*(place for place, _ in named), *numbers):
            grid.used.add(place)
        grid.say("form-total-left-out", named[0][0], named[0][1])
        return
    if not filled and _is_heading(reading, named):
        return
    grid.used.update(place for place, _ in named)
    bird = bird_of(grid, named, reading.how.names)
    if bird.problem == "form-group-total":
        for place in numbers:
            grid.say("form-group-total", place, grid.cells[place], group=named[0][1])
            grid.used.add(place)
        return
    for column in reading.visits:
        _read_cell(reading, (row, column), bird, named)


def _is_heading(reading: _List, named: list[tuple[Place, str]]) -> bool:
    """Say whether a row without numbers is no row of birds; a group in it is that of the rows below."""
    place, text = named[0]
    group, unidentified = group_in(text)
    if group is not None and not unidentified:
        reading.heading = group
        reading.grid.used.add(place)
        return True
    if any(meant(cell, reading.how.names).problem != "form-species-unknown" for _, cell in named):
        return False
    if len(named) > 1 or re.fullmatch(r"[A-Z][a-z]+ [a-z-]+(?: [a-z-]+)?", text):
        return False
    # A heading nobody knows ends the group above it.
    reading.heading = None
    return True


def _read_cell(reading: _List, place: Place, bird: Bird, named: list[tuple[Place, str]]) -> None:
    grid, how = reading.grid, reading.how
    text = grid.take(place)
    counted = Counted(problem="empty") if text is None else read_count(text)
    counted = _bounded(reading, place[0], counted)
    if counted.problem in ("empty", "form-dash"):
        meaning = how.empty if counted.problem == "empty" else how.dash
        if counted.problem == "empty":
            reading.blank += 1
        elif meaning == "noRow":
            grid.say("form-dash", place, text or "")
        if meaning == "noRow":
            return
        counted = Counted("notCounted") if meaning == "notCounted" else Counted(count="0")
    row: Row = {
        "countID": f"{grid.name}!{letters(place[1])}{place[0]}",
        "visitID": reading.visits[place[1]],
        "scientificName": bird.scientific,
        "taxonGroup": bird.group or reading.heading,
        "status": counted.status,
        "count": counted.count,
        "minimum": counted.minimum,
        "maximum": counted.maximum,
        "estimated": counted.estimated,
    }
    column = reading.panel.columns.get("comments")
    if column is not None and (note := grid.take((place[0], column))) is not None:
        row["comments"] = note
    if counted.problem is not None:
        grid.say(counted.problem, place, text or "")
        remark(row, "count", text or "")
    if bird.problem in ("form-species-unknown", "form-species-ambiguous"):
        remark(row, "name", named[0][1])
    reading.rows.append(row)


def _bounded(reading: _List, row: int, counted: Counted) -> Counted:
    """Add what the columns of least, most and estimated say of the number of a row."""
    grid, columns = reading.grid, reading.panel.columns
    if counted.status != "counted":
        return counted
    for label in ("minimum", "maximum"):
        text = grid.take((row, columns[label])) if label in columns else None
        if text is None:
            continue
        bound = read_count(text)
        if bound.count is None:
            grid.say("form-number-unread", (row, columns[label]), text)
        else:
            problem = None if counted.problem == "empty" else counted.problem
            counted = replace(counted, **{label: bound.count}, problem=problem)
    text = grid.take((row, columns["estimated"])) if "estimated" in columns else None
    if text is not None:
        word = TERM_OF["estimated"].get(folded(text))
        if word is None:
            grid.say("form-word-unread", (row, columns["estimated"]), text, label="estimated")
        else:
            counted = replace(counted, estimated=word)
    return counted
