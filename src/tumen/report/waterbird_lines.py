"""The tables of the waterbird questions for a terminal: words in place of codes, and the columns that tell most.

Files and other programs get the tables as they are, with their codes.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import polars as pl

from tumen.report.trends import TESTS, region_name
from tumen.report.waterbird_tables import SEASON_WORDS, SHORT, TREND_CLASSES, VERDICTS, WAYS
from tumen.report.waterbirds import measure_name
from tumen.report.words.marking import mark
from tumen.report.words.render import Words
from tumen.tables.catalogue import CATALOGUE
from tumen.waterbirds.levels import REASONS

Frame = pl.DataFrame

STATES: Mapping[str, str] = MappingProxyType(
    {
        "complete": mark("counted in full"),
        "partial": mark("counted in part"),
        "missing": mark("not counted"),
    }
)
KINDS: Mapping[str, str] = MappingProxyType(
    {"imputed": mark("gaps filled in"), "fitted": mark("model"), "site": mark("site"), "group": mark("complex")}
)
STATUS: Mapping[str, str] = MappingProxyType({"converged": mark("computed")})
LEVELS: Mapping[str, str] = MappingProxyType(
    {"published": mark("published"), "computed": mark("computed"), "recalled": mark("from memory"),
     "stated": mark("of the study")}
)  # fmt: skip
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "summary": ("place", "criterion", "verdict", "season", "seasons", "measures", "why"),
        "numbers": (
            "place", "criterion", "measure", "season", "edition", "threshold", "seasons", "reached", "meanLow",
            "meanHigh", "toMeet", "toFail", "verdict",
        ),
        "verdicts": (
            "place", "criterion", "measure", "season", "edition", "threshold", "basis", "seasons", "reached",
            "missing", "meanLow", "meanHigh", "toMeet", "toFail", "verdict", "why",
        ),
    }
)  # fmt: skip
"""The columns that are printed; of the other tables all are."""
SEVERAL = 3
"""Species that are named in a line; the number of the others stands beside them."""


def in_words(tables: Mapping[str, Frame], words: Words) -> dict[str, Frame]:
    """Return tables of the answers on waterbirds and trends as they are printed for people.

    Criteria that nobody has written a statement on share one row a place: nothing is left out.
    """
    return {name: _table(name, frame, words) for name, frame in tables.items()}


def _table(name: str, frame: Frame, words: Words) -> Frame:
    if name == "summary":
        frame = _gathered(frame)
    if {"way", "reason", "verdict"} <= set(frame.columns):
        frame = frame.with_columns(pl.struct("way", "reason").map_elements(_why(words), pl.String).alias("why"))
        star = pl.when(pl.col("flips").fill_null(value=False)).then(pl.lit("*")).otherwise(pl.lit(""))
        frame = frame.with_columns(_each("verdict", _known(VERDICTS, words)).alias("verdict") + star)
    coded: dict[str, Callable[[str], str]] = {
        "criterion": _known(SHORT, words),
        "season": _known(SEASON_WORDS, words),
        "state": _known(STATES, words),
        "trend": _known(TREND_CLASSES, words),
        "kind": _known(KINDS, words),
        "basis": _known(LEVELS, words),
        "status": _known(STATUS, words),
        "test": _known(TESTS, words),
        "region": lambda region: region_name(region, words),
        "measure": lambda measure: measure_name(measure, words) if measure == "waterbirds" else measure,
        "measures": _several,
    }
    frame = frame.with_columns(_each(column, to) for column, to in coded.items() if column in frame.columns)
    return frame.select(COLUMNS[name]) if name in COLUMNS else frame.select(_telling(frame))


def _telling(frame: Frame) -> list[str]:
    """Return the columns but those that are empty or say nothing in every row."""
    empty = {"reason", "about"} & set(frame.columns)
    return [name for name in frame.columns if name not in empty or (frame[name].fill_null("") != "").any()]


def _gathered(frame: Frame) -> Frame:
    """Return a summary in which the criteria that wait for somebody's words share a row a place."""
    waits = (pl.col("verdict") == "needsStatement") & (pl.col("reason") == "statementMissing")
    shared = frame.filter(waits).group_by("place", maintain_order=True).agg(
        pl.col("criterion").str.join("|"), pl.exclude("criterion").first()
    )  # fmt: skip
    order = {place: at for at, place in enumerate(frame["place"].unique(maintain_order=True))}
    every = pl.concat([frame.filter(~waits), shared.select(frame.columns)])
    return every.sort(pl.col("place").replace_strict(order, return_dtype=pl.Int64), maintain_order=True)


def _each(column: str, to: Callable[[str], str]) -> pl.Expr:
    """Return a column of words; a cell may hold several codes, parted by a bar."""
    return pl.col(column).map_elements(to, pl.String)


def _known(table: Mapping[str, str], words: Words) -> Callable[[str], str]:
    def say(cell: str) -> str:
        return ", ".join(words.text(table[code]) if code in table else code for code in cell.split("|"))

    return say


def _several(cell: str) -> str:
    names = cell.split("|")
    more = len(names) - SEVERAL
    return ", ".join(names[:SEVERAL]) + (f" +{more}" if more > 0 else "")


def _why(words: Words) -> Callable[[Mapping[str, str]], str]:
    def say(row: Mapping[str, str]) -> str:
        # A statement is told by its reason.
        named = dict.fromkeys((row["way"] or "").split("|"))
        ways = (words.text(WAYS[way]) for way in named if way in WAYS and way != "statement")
        codes = (row["reason"] or "").split("|")
        reasons = (words.text(CATALOGUE[REASONS[code]].message) for code in codes if code in REASONS)
        others = (words.text(SHORT[code[2:]]) for code in codes if code[2:] in SHORT)
        return " ".join([*ways, *reasons, ", ".join(others)]).strip()

    return say
