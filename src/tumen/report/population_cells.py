"""How estimates become words: numbers with their intervals, levels, models, notes, and why there is no estimate."""

from collections.abc import Callable, Mapping, Sequence
from math import floor, isfinite, log10
from types import MappingProxyType
from typing import Any

import polars as pl

from tumen.population.scr.regions import NO_COUNTRY
from tumen.report.cells import capital
from tumen.report.document import Block, Column, Grid, Points, Text, Warn
from tumen.report.methods import note_text
from tumen.report.population import file_name, species_of, table
from tumen.report.quality import finding_texts
from tumen.report.words.marking import mark
from tumen.report.words.render import Words
from tumen.tables.answer import Answer
from tumen.tables.catalogue import CATALOGUE

Row = Mapping[str, Any]

_MOST_DECIMALS = 4
_SMALL, _LARGE = 0.0995, 9.995
_FEW = 9.5
"""Below so many animals a tenth of one is shown."""

SEXES: Mapping[str, str] = MappingProxyType(
    {"F": mark("females"), "M": mark("males"), "female": mark("females"), "male": mark("males")}
)


def known(value: object) -> bool:
    """Return whether there is a number, be it infinite.

    >>> known(None), known(float("nan")), known(float("inf")), known(0)
    (False, False, True, True)
    """
    return isinstance(value, int | float) and value == value


def measure(words: Words, value: float | None, figures: int = 3) -> str:
    r"""Return an estimate with so many figures that count; "–" where there is none.

    >>> [measure(Words("en"), value) for value in (0.01234, 0.5, 12.34, 4321.0, 0.0, None, float("inf"))]
    ['0.0123', '0.500', '12.3', '4,321', '0', '–', '∞']
    """
    if value is None or not known(value):
        return "–"
    if not isfinite(value):
        return "∞"
    if value == 0:
        return words.number(0)
    decimals = figures - 1 - floor(log10(abs(value)))
    return words.number(value, min(max(decimals, 0), _MOST_DECIMALS))


def rate(words: Words, value: float | None) -> str:
    """Return a density, a survival or a growth: with two decimals, or more where it is small.

    >>> [rate(Words("en"), value) for value in (0.38, 1.054, 0.0123, 14.2, None)]
    ['0.38', '1.05', '0.0123', '14.2', '–']
    """
    if value is None or not isfinite(value) or not _SMALL <= abs(value) < _LARGE:
        return measure(words, value)
    return words.number(value, 2)


def coefficient(words: Words, value: float | None) -> str:
    """Return a heterozygosity, an F or a relatedness: with three decimals.

    >>> coefficient(Words("en"), 0.4821), coefficient(Words("en"), -0.02), coefficient(Words("en"), None)
    ('0.482', '-0.020', '–')
    """
    return words.number(value, 3) if value is not None and isfinite(value) else measure(words, value)


def animals(words: Words, value: float | None) -> str:
    """Return an estimated number of animals: whole ones, or tenths of few.

    >>> [animals(Words("en"), value) for value in (84.3, 6.42, 0.0, None)]
    ['84', '6.4', '0', '–']
    """
    if value is None or not known(value) or not isfinite(value):
        return measure(words, value)
    return words.number(value, 0 if abs(value) >= _FEW or value == 0 else 1)


def kilometres(words: Words, metres: float | None) -> str:
    """Return a length in kilometres.

    >>> kilometres(Words("en"), 4210.0)
    '4.21'
    """
    return measure(words, None if metres is None else metres / 1000)


def error(words: Words, value: float | None) -> str:
    """Return a standard error: two figures say enough.

    >>> error(Words("en"), 0.0600), error(Words("en"), 412.0)
    ('0.060', '412')
    """
    return measure(words, value, 2)


def chance(words: Words, p: float | None) -> str:
    r"""Return a probability of a test, or a share.

    >>> chance(Words("en"), 0.0421), chance(Words("en"), 0.0001), chance(Words("en"), None)
    ('0.042', '<\xa00.001', '–')
    """
    if p is None or not known(p):
        return "–"
    return f"<\u00a0{words.number(0.001, 3)}" if p < 0.001 else words.number(p, 3)


def between(low: str, high: str) -> str:
    """Return an interval; empty if neither end is known.

    >>> between("25", "47"), between("–", "–"), between("-0.1", "0.2")
    ('25–47', '', '-0.1 – 0.2')
    """
    if low == high == "–":
        return ""
    joint = " – " if {low[:1], high[:1]} & {"-", "−", "–"} else "–"
    return f"{low}{joint}{high}"


def with_interval(estimate: str, low: str, high: str) -> str:
    """Return an estimate and its interval for a cell.

    >>> with_interval("34", "25", "47"), with_interval("34", "–", "–"), with_interval("–", "–", "–")
    ('34 (25–47)', '34', '–')
    """
    span = between(low, high)
    return f"{estimate} ({span})" if span else estimate


def said(words: Words, estimate: str, low: str, high: str) -> str:
    r"""Return an estimate and its interval for a sentence.

    >>> said(Words("en"), "34", "25", "47"), said(Words("en"), "34", "–", "–")
    ('34 (95\xa0% interval 25–47)', '34 (without an interval)')
    """
    span = between(low, high)
    if not span:
        return words.text("{estimate} (without an interval)", estimate=estimate)
    return words.text("{estimate} (95\u00a0% interval {interval})", estimate=estimate, interval=span)


def level(words: Words, value: str | None) -> str:
    """Return a sex, or another level of an effect, in words; null: all.

    >>> level(Words("en"), "F"), level(Words("en"), "class 2"), level(Words("en"), None)
    ('females', 'class 2', 'all')
    """
    if value is None:
        return words.text("all")
    return words.text(SEXES[value]) if value in SEXES else value


def certain(code: str | None) -> bool:
    """Return whether a region is the ground of one country: not of none, nor of two that claim it.

    >>> [certain(code) for code in ("CN", None, "no country", "CN|RU")]
    [True, False, False, False]
    """
    return code is not None and code != NO_COUNTRY and "|" not in code


def country(words: Words, code: str | None) -> str:
    """Return the country of a region in words; ground that two countries claim bears both names.

    >>> [country(Words("en"), code) for code in ("CN", "CN|RU", "no country", None)]
    ['China', 'China / Russia', 'side not certain', 'side not certain']
    """
    if code is None or code == NO_COUNTRY:
        return words.text("side not certain")
    return " / ".join(words.country(part) for part in code.split("|"))


def name_of(words: Words, answer: Answer) -> str:
    """Return what to call the species of an answer at the beginning of a sentence."""
    scientific = species_of(answer)
    return capital(words.species(scientific).plain) if scientific else words.text("Species not stated")


def model_grid(answer: Answer, words: Words) -> tuple[Grid, ...]:
    """Return the models that were compared, best first, with how each fit ended; nothing if none was tried."""
    models = table(answer, "models")
    rows = tuple(
        (
            row["model"] or "–",
            words.number(row["parameters"]),
            _decimals(words, row["logLik"], 2),
            _decimals(words, row["aicc"], 1),
            _decimals(words, row["delta"], 1),
            _decimals(words, row["weight"], 2),
            status(words, row["status"]),
        )
        for row in models.iter_rows(named=True)
    )
    columns = (
        Column(words.text("Model"), style="code"),
        Column(words.text("Parameters"), "right"),
        Column(words.text("log-likelihood"), "right"),
        Column(words.text("AICc (smaller is better)"), "right"),
        Column(words.text("behind the best"), "right"),
        Column(words.text("weight"), "right"),
        Column(words.text("How the fit ended")),
    )
    note = words.text("AICc weighs fit against the number of parameters.")
    return (Grid(words.text("Models compared"), columns, rows, (file_name(answer, "models"),), note),)


def status(words: Words, code: str | None) -> str:
    """Return how a fit ended: the words of its code in the catalogue of findings; else the code.

    Words that need values, which a table of models has not, are not used.

    >>> status(Words("en"), "converged"), status(Words("en"), "nobody-knows"), status(Words("en"), None)
    ('converged', 'nobody-knows', '–')
    """
    if code is None:
        return "–"
    if code == "converged":
        return words.text("converged")
    told_of = CATALOGUE.get(code)
    return words.text(told_of.message) if told_of is not None and "{" not in told_of.message else code


Grids = tuple[tuple[Callable[[Answer, Words], tuple[Grid, ...]], str, tuple[str, ...]], ...]
"""Tables of a section: what makes one, from which table, and the columns of which one must hold a value."""


def grids(answer: Answer, words: Words, every: Grids) -> tuple[Grid, ...]:
    """Return the tables of a section that hold any number; one of dashes says nothing that the words do not say."""
    return tuple(grid for make, name, columns in every if told(answer, name, *columns) for grid in make(answer, words))


def told(answer: Answer, name: str, *columns: str) -> bool:
    """Return whether a table has a value in any of these columns.

    >>> told(Answer("survival", {}), "survival", "estimate")
    False
    """
    return any(value is not None for row in table(answer, name).select(columns).iter_rows() for value in row)


def closing(answer: Answer, words: Words, assumptions: Sequence[str], *, notes: bool = True) -> tuple[Block, ...]:
    """Return what stands under the tables: the notes of the answer, if wanted, and what the method assumes."""
    blocks: list[Block] = []
    if notes and answer.notes:
        blocks += [Text(words.text("What to know of these numbers:")), noted(answer, words)]
    return (*blocks, Text(words.text("What the method assumes:")), Points(tuple(assumptions)))


def noted(answer: Answer, words: Words) -> Points:
    """Return the notes of an answer."""
    return Points(tuple(note_text(note, words) for note in answer.notes))


def no_estimate(answer: Answer, words: Words, sentence: str) -> tuple[Block, ...]:
    """Return that nothing can be estimated, and why: the findings, how the fits ended, the notes."""
    reasons = list(_findings(answer, words))
    if "models" in answer.tables:
        ended = table(answer, "models").filter(pl.col("status").is_not_null() & (pl.col("status") != "converged"))
        reasons += [
            words.text("Model {model}: {status}", model=row["model"] or "–", status=status(words, row["status"]))
            for row in ended.iter_rows(named=True)
        ]
    reasons += [note_text(note, words) for note in answer.notes]
    if not reasons:
        reasons = [words.text("The analysis gives no reason.")]
    return (Warn(sentence), Points(tuple(dict.fromkeys(reasons))))


def _findings(answer: Answer, words: Words) -> list[str]:
    """Return the messages and cures of what stood in the way."""
    if answer.findings is None:
        return []
    grave = finding_texts(answer.findings.filter(pl.col("severity") != "note"), words)
    return [f"{row['message']} {row['cure']}" for row in grave.iter_rows(named=True)]


def _decimals(words: Words, value: float | None, decimals: int) -> str:
    return words.number(value, decimals) if value is not None and isfinite(value) else "–"


STATISTICS: Mapping[str, str] = MappingProxyType(
    {
        "animalDetector": mark("animal and station"),
        "animal": mark("animal"),
        "detector": mark("station"),
        "timesSeen": mark("times seen"),
        "detectorsVisited": mark("stations visited"),
    }
)
"""What the statistics of goodness of fit compare."""


def statistic(words: Words, name: str | None, session: str | None = None) -> str:
    """Return a statistic in words, with its session where there are several."""
    if name is None:
        return "\u2013"
    shown = words.text(STATISTICS[name]) if name in STATISTICS else words.known(name)
    return f"{session}: {shown}" if session else shown
