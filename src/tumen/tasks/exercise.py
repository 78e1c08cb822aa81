"""Make an exercise for a learner, and mark what the learner answered."""

import codecs
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from tumen.errors import FormatError, MisuseError, OutputError, Text
from tumen.files import camtrap_dp_write, regions
from tumen.files.atomic import writing_folder
from tumen.files.decode import decode
from tumen.files.delimiters import read_raw
from tumen.files.spreadsheet_write import harmless
from tumen.files.text_table import Dialect, write_csv
from tumen.report import exercise_text
from tumen.report.words import Words
from tumen.simulate.exercises.course import made as make
from tumen.simulate.exercises.key import Made
from tumen.simulate.exercises.marking import ERROR, Given, mark, plain
from tumen.tables.cast import to_text
from tumen.tables.individuals import LINKS

REGION = "northeast_asia"
ABOUT, ANSWERS = "exercise.json", "answers.csv"
COLUMNS = ("question", "item", "answer", "value")
BLANK_ROWS = 12
"""Empty rows for errors in the sheet of answers: more than were planted in any exercise, so that they tell nothing."""
CREATED = datetime(2026, 1, 1, tzinfo=UTC)
"""What packages say of when they were made, where they do not say it: the same bytes on every day."""
MOST_BYTES = 10_000_000
"""A larger sheet of answers is not one."""


@dataclass(frozen=True)
class About:
    """What an exercise's folder says of itself; from it the exercise is made again to be marked."""

    number: int
    seed: int
    language: str
    digest: str


def exercise(number: int, out: Path, *, language: str, seed: int = 1) -> None:
    """Write the folder of an exercise: the task, the packages, a sheet for answers and the glossary; never the key."""
    if out.is_dir() and any(out.iterdir()):
        found = Text("{folder} with files in it", folder=str(out))
        raise OutputError("an empty or new folder", found, "Name another folder: answers are never overwritten.")
    words = Words(language)
    made = make(number, regions.region(REGION), seed=seed)
    with writing_folder(out, made="exercise") as folder:
        (folder / "packages").mkdir()
        for package in made.packages:
            camtrap_dp_write.write(package, folder / "packages" / package.name, created=CREATED)
        if made.links is not None:
            (folder / "links.csv").write_bytes(write_csv(to_text(LINKS, made.links)))
        if made.study:
            (folder / "study.toml").write_text(_study(made, seed), encoding="utf-8")
        (folder / ANSWERS).write_bytes(_sheet(made))
        headings = [words.text(heading) for heading in exercise_text.GLOSSARY]
        rows = exercise_text.glossary(number, made, words)
        meanings = pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")
        # For people: spreadsheet programs see by the mark that it is UTF-8, and find no formula in it.
        (folder / "glossary.csv").write_bytes(codecs.BOM_UTF8 + write_csv(harmless(meanings)))
        (folder / "TASK.md").write_text(exercise_text.task(number, made, words), encoding="utf-8")
        about = {"exercise": number, "seed": seed, "language": language, "digest": digest(made)}
        (folder / ABOUT).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def marked(number: int, folder: Path, *, language: str | None = None) -> str:
    """Return the marks of the answers in an exercise's folder, in words: those of the folder unless told otherwise."""
    about, made = _again(number, folder)
    marks = mark(made, read_answers(folder / ANSWERS))
    return exercise_text.marked(number, made, marks, Words(language or about.language))


def key(number: int, folder: Path, *, language: str | None = None) -> str:
    """Return the key of an exercise that was made, in words."""
    about, made = _again(number, folder)
    return exercise_text.key(number, made, Words(language or about.language))


def digest(made: Made) -> str:
    """Return what tells whether an exercise that is made again is the same one; it says nothing about the key."""
    found = hashlib.sha256()
    for package in made.packages:
        for name, frame in sorted(package.received.items()):
            found.update(name.encode() + write_csv(frame))
    if made.links is not None:
        found.update(write_csv(to_text(LINKS, made.links)))
    return found.hexdigest()


def read_answers(path: Path) -> list[Given]:
    """Read a sheet of answers as a spreadsheet program may have saved it: any delimiter, any encoding.

    Raises `FormatError` where there is no sheet, or where its first row does not name the columns.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise FormatError("a sheet of answers", Text("{name}, far too large for one", name=path.name), _ANEW)
        data = path.read_bytes()
    except OSError as error:
        raise FormatError("a sheet of answers", Text("no readable file {path}", path=str(path)), _ANEW) from error
    text = decode(data, name=ANSWERS).text
    head = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max((",", ";", "\t"), key=head.count)
    # The letters of unpaired surrogates, which bytes that are no text become, cannot be held by a table.
    rows = read_raw(text.encode("utf-8", "replace").decode("utf-8"), Dialect(delimiter)).rows()
    for number, row in enumerate(rows, 1):
        places = {plain(cell or ""): column for column, cell in enumerate(row)}
        if {"question", "item", "answer"} <= places.keys():
            where = [places.get(name) for name in COLUMNS]
            return [_given(below, cells, where) for below, cells in enumerate(rows[number:], number + 1)]
    shown = Text("a first row that says '{head}'", head=head.strip()[:60])
    raise FormatError("the columns question, item, answer and value", shown, _ANEW)


_ANEW = "Make the exercise again in another folder, and copy its answers.csv."


def _given(row: int, cells: tuple[str | None, ...], where: list[int | None]) -> Given:
    said = [" ".join((cells[column] or "").split()) if column is not None else "" for column in where]
    return Given(row, *said)


def _again(number: int, folder: Path) -> tuple[About, Made]:
    """Make the exercise of a folder again, and see that it is the same one."""
    about = read_about(folder)
    if about.number != number:
        found = Text("exercise {number} in {folder}", number=about.number, folder=str(folder))
        raise MisuseError(Text("exercise {number}", number=number), found, "Give its number, or its folder.")
    made = make(number, regions.region(REGION), seed=about.seed)
    if digest(made) != about.digest:
        raise MisuseError(
            "an exercise made by this version of tumen",
            "one that this version would make otherwise",
            "Mark it where it was made, or make it again.",
        )
    return about, made


def read_about(folder: Path) -> About:
    """Read which exercise a folder holds; raise `FormatError` where it does not say so."""
    path = folder / ABOUT
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        found = Text("no {file} in {folder} that can be read", file=ABOUT, folder=str(folder))
        raise FormatError("the folder of an exercise", found, "Make one with tumen exercise.") from error
    wanted = {"exercise": int, "seed": int, "language": str, "digest": str}
    if not isinstance(said, dict) or any(type(said.get(name)) is not kind for name, kind in wanted.items()):
        found = Text("{file} without {names}", file=ABOUT, names=", ".join(wanted))
        raise FormatError("the folder of an exercise", found, "Make one with tumen exercise.")
    return About(said["exercise"], said["seed"], said["language"], said["digest"])


def _sheet(made: Made) -> bytes:
    """Return the sheet to be filled in: rows for errors, then one for each number and each statement."""
    rows: list[tuple[str | None, ...]] = [(ERROR, None, None, None)] * BLANK_ROWS
    rows += [(number.name, number.item or None, None, None) for number in made.numbers]
    rows += [(name, None, None, None) for name in made.statements]
    return write_csv(pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row"))


def _study(made: Made, seed: int) -> str:
    """Return a study of the packages, on the shipped region."""
    lines = ["[study]", 'title = "Exercise"', f"seed = {seed}", "", "[area]", f'region = "{REGION}"', ""]
    for package in made.packages:
        lines += ["[[package]]", f'path = "packages/{package.name}"', ""]
    if made.links is not None:
        lines += ["[register]", 'links = "links.csv"', ""]
    return "\n".join(lines)
