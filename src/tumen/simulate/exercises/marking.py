"""Hold a sheet of answers against what was planted.

Every error is worth a point for its place and one for its cause, and one more where a value is asked; every number two,
every statement one. A row that names an error where there is none takes a point away; the sum is never below zero. The
order of rows, case, blanks, marks and leading zeros do not matter, and a row number may stand for a name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tumen.simulate.exercises.key import WORDS, Decoy, Made, Number, Planted
from tumen.tables.spelling import looks

ERROR = "error"
"""The question that may be answered as often as one likes."""
ROW = re.compile(r"^\D{0,12}?\s*(\d+)$")
FIGURES = re.compile(r"[+-]?\d[\d., ]*")
SAID = {**{word: word for word in WORDS}, "t": "true", "yes": "true", "y": "true", "f": "false", "no": "false",
        "n": "false", "?": "unclear", "unknown": "unclear"}  # fmt: skip


@dataclass(frozen=True)
class Given:
    """A row of the sheet of answers, with its number as a spreadsheet counts."""

    row: int
    question: str
    item: str
    answer: str
    value: str

    @property
    def blank(self) -> bool:
        """Whether nothing was answered."""
        return not (self.item or self.answer or self.value)


@dataclass(frozen=True)
class Mark:
    """One judgement: the verdict, the points and how many there were to win, and what it is about.

    Verdicts on errors: found, valueWrong (place and cause are right), causeWrong (the place is right), missed, again,
    wrong, decoy. On numbers and statements: right, wrong, missed. A row with a question there is not: unknown.
    `header_missed` is true where a row number was right but for the header.
    """

    question: str
    verdict: str
    points: int = 0
    of: int = 0
    given: Given | None = None
    planted: Planted | None = None
    decoy: Decoy | None = None
    number: Number | None = None
    header_missed: bool = False


@dataclass(frozen=True)
class Marks:
    """All judgements: errors in the order in which they were planted, then what was reported wrongly, then the rest."""

    marks: tuple[Mark, ...]

    @property
    def points(self) -> int:
        """The points won, never below zero."""
        return max(0, sum(mark.points for mark in self.marks))

    @property
    def of(self) -> int:
        """The points that could be won."""
        return sum(mark.of for mark in self.marks)

    @property
    def percent(self) -> int:
        """The score."""
        return round(100 * self.points / self.of)


def mark(made: Made, sheet: Sequence[Given]) -> Marks:
    """Return the judgement of a sheet.

    >>> from tumen.simulate.exercises.course import made as make
    >>> mark(make(6, {}, seed=1), []).percent
    0
    """
    asked = {plain(ERROR): ERROR}
    asked |= {plain(each): each for each in (*(number.name for number in made.numbers), *made.statements)}
    by_question: dict[str, list[Given]] = {name: [] for name in asked.values()}
    unknown = []
    for given in sheet:
        if given.question in (ERROR, "") and given.blank:
            continue
        name = asked.get(plain(given.question or ERROR))
        if name is None:
            unknown.append(Mark(given.question, "unknown", given=given))
        else:
            by_question[name].append(given)
    return Marks(
        (
            *_errors(made, by_question[ERROR]),
            *(_number(number, by_question[number.name]) for number in made.numbers),
            *(_statement(name, right, by_question[name]) for name, right in made.statements.items()),
            *unknown,
        )
    )


def plain(word: str) -> str:
    """Return a permitted word without what people add to it.

    >>> plain(" Year_wrong"), plain("yearWrong")
    ('yearwrong', 'yearwrong')
    """
    return re.sub(r"[\W_]+", "", word).casefold()


def numbers(text: str) -> tuple[float, ...]:
    """Return every number that a text may mean; a separator may part thousands or decimals.

    >>> numbers("1.093,5 nights"), numbers("1,093"), numbers("−8 h"), numbers("+10:00"), numbers("many")
    ((1093.5,), (1.093, 1093.0), (-8.0,), (10.0,), ())
    """
    found = FIGURES.search(text.replace("−", "-").replace("\u00a0", " ").replace("\u202f", " "))
    if found is None:
        return ()
    figures = found[0].replace(" ", "").rstrip(".,")
    marks = [letter for letter in figures if letter in ".,"]
    if not marks:
        return (float(figures),)
    last = figures.rindex(marks[-1])
    whole, rest = re.sub(r"[.,]", "", figures[:last]), figures[last + 1 :]
    as_decimal = float(f"{whole}.{rest}")
    as_thousands = float(whole + rest)
    if len(set(marks)) > 1:
        return (as_decimal,)
    if len(marks) > 1:
        return (as_thousands,)
    return (as_decimal, as_thousands) if len(rest) == 3 else (as_decimal,)


def _errors(made: Made, sheet: Sequence[Given]) -> list[Mark]:
    """Judge the errors that were named; each is found once, by the row that says most of it."""
    left = list(sheet)
    by: dict[int, Given] = {}
    # First the rows that name place and cause, so that none is spent on another error at the same place.
    for sure in (True, False):
        for number, planted in enumerate(made.planted):
            fitting = [given for given in left if _named(given.item, planted) and (_says(given, planted) or not sure)]
            if fitting and number not in by:
                by[number] = fitting[0]
                left.remove(fitting[0])
    found = [_judged(planted, by.get(number)) for number, planted in enumerate(made.planted)]
    return found + [_other(made, given) for given in left]


def _says(given: Given, planted: Planted) -> bool:
    return plain(given.answer) == plain(planted.cause)


def _named(item: str, planted: Planted) -> bool:
    return looks(item) in {looks(each) for each in (planted.item, *planted.also)} or _row(item, planted) is not None


def _row(item: str, planted: Planted) -> int | None:
    """Return how far a row number is from a row of the error: 0, or 1 where the header was not counted."""
    found = ROW.match(item.strip())
    if found is None or not (item.strip().isdigit() or re.match(r"\D*\s\d", item)):
        return None
    number = int(found[1])
    return 0 if number in planted.rows else 1 if number + 1 in planted.rows else None


def _judged(planted: Planted, given: Given | None) -> Mark:
    of = 2 + (planted.value is not None)
    if given is None:
        return Mark(ERROR, "missed", of=of, planted=planted)
    header = looks(given.item) not in {looks(each) for each in (planted.item, *planted.also)}
    header = header and _row(given.item, planted) == 1
    verdict, points = "found", of
    if not _says(given, planted):
        verdict, points = "causeWrong", 1
    elif planted.value is not None and not _near(given.value, planted):
        verdict, points = "valueWrong", 2
    return Mark(ERROR, verdict, points, of, given, planted, header_missed=header)


def _near(text: str, planted: Planted) -> bool:
    right = planted.value or 0.0
    found = numbers(text)
    if not planted.signed:
        found, right = tuple(abs(each) for each in found), abs(right)
    return any(abs(each - right) <= planted.tolerance + 1e-9 for each in found)


def _other(made: Made, given: Given) -> Mark:
    """Judge a row that names no error that is left: one that was named before, one that only seems to be, or none."""
    for planted in made.planted:
        if _named(given.item, planted):
            return Mark(ERROR, "again", given=given, planted=planted)
    for decoy in made.decoys:
        if looks(given.item) == looks(decoy.item):
            return Mark(ERROR, "decoy", -1, given=given, decoy=decoy)
    return Mark(ERROR, "wrong", -1, given=given)


def _number(number: Number, sheet: Sequence[Given]) -> Mark:
    answered = [given for given in sheet if given.answer or given.value]
    if not answered:
        return Mark(number.name, "missed", of=2, number=number)
    found = numbers(answered[0].answer or answered[0].value)
    right = any(abs(each - number.value) <= number.tolerance + 1e-9 for each in found)
    return Mark(number.name, "right" if right else "wrong", 2 * right, 2, answered[0], number=number)


def _statement(name: str, right: str, sheet: Sequence[Given]) -> Mark:
    answered = [given for given in sheet if given.answer or given.value]
    if not answered:
        return Mark(name, "missed", of=1)
    said = (answered[0].answer or answered[0].value).strip().casefold()
    correct = SAID.get(said) == right
    return Mark(name, "right" if correct else "wrong", int(correct), 1, answered[0])
