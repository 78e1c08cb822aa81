"""What do the criteria say?  The verdicts of a place, the statements on those judged in words, and what is open."""

from typing import Any

import polars as pl

from tumen.waterbirds.dossier.fields import CRITERIA, STATEMENT_FIELDS
from tumen.waterbirds.dossier.inputs import SHAPES, Inputs
from tumen.waterbirds.dossier.species import OPEN, WATERBIRDS

JUDGED: dict[str, pl.DataType | type[pl.DataType]] = {
    "country": pl.String,
    "place": pl.String,
    "criterion": pl.String,
    "verdict": pl.String,
    "species": pl.Int64,
    "seasons": pl.Int64,
    "edition": pl.String,
    "statement": pl.String,
}
"""One row a place and criterion of the sheet. `verdict` as judged, or `notJudged`; `statement`: `signed` or `draft`
where somebody wrote one, else empty."""

EVIDENCE: dict[str, pl.DataType | type[pl.DataType]] = {"country": pl.String, **SHAPES["verdicts"]}
"""One row a place, criterion, population, edition and season that was judged."""

MAXIMA: dict[str, pl.DataType | type[pl.DataType]] = {"country": pl.String, **SHAPES["seasons"]}
"""One row a place, measure, season and year."""

IN_WORDS = ("R1", "R3", "R4", "R7", "R8", "FC")
"""Criteria that only a statement can meet."""

_RANK = {word: k for k, word in enumerate((*OPEN, "needsStatement", "notMet"))}


def judged(sheet: str, country: str, place: str, inputs: Inputs) -> pl.DataFrame:
    """Return every criterion of a sheet for a place (`JUDGED`); one that nobody judged says so."""
    summary = inputs.summary.filter(pl.col("place") == place).sort(pl.all(), nulls_last=True)
    found: dict[str, dict[str, Any]] = {}
    for row in summary.iter_rows(named=True):
        before = found.get(row["criterion"])
        if before is None or _RANK.get(row["verdict"], 9) < _RANK.get(before["verdict"], 9):
            found[row["criterion"]] = row
    statements = _statements(sheet, place, inputs.texts)
    rows = []
    for criterion in CRITERIA[sheet]:
        best = found.get(criterion, {})
        nobody = "needsStatement" if criterion in IN_WORDS else "notJudged"
        rows.append(
            {
                "country": country,
                "place": place,
                "criterion": criterion,
                "verdict": best.get("verdict", nobody),
                "species": best.get("species"),
                "seasons": best.get("seasons"),
                "edition": best.get("edition") or "",
                "statement": statements.get(criterion, ""),
            }
        )
    return pl.DataFrame(rows, schema=JUDGED)


def evidence(sheet: str, country: str, place: str, verdicts: pl.DataFrame) -> pl.DataFrame:
    """Return what each verdict rests on (`EVIDENCE`), the best verdicts and the largest numbers first."""
    own = verdicts.filter((pl.col("place") == place) & pl.col("criterion").is_in(CRITERIA[sheet]))
    order = pl.col("criterion").replace_strict({c: k for k, c in enumerate(CRITERIA[sheet])}, default=99)
    rank = pl.col("verdict").replace_strict(_RANK, default=9)
    keys = ["largest", "measure", "season", "edition", "populationID"]
    return (
        own.with_columns(pl.lit(country).alias("country"), _order=order, _rank=rank)
        .sort("_order", "_rank", *keys, descending=[False, False, True, False, False, False, False], nulls_last=True)
        .select(EVIDENCE.keys())
    )


def maxima(country: str, place: str, seasons: pl.DataFrame) -> pl.DataFrame:
    """Return the seasons of a place (`MAXIMA`): the total of waterbirds first, then species by name."""
    own = seasons.filter(pl.col("place") == place).with_columns(pl.lit(country).alias("country"))
    keys = ["measure", "season", "year"]
    return own.sort(pl.col("measure") != WATERBIRDS, *keys, nulls_last=True).select(MAXIMA.keys())


def nearest(rows: pl.DataFrame, criterion: str) -> dict[str, Any] | None:
    """Return the undecided row of a criterion that the fewest further seasons would meet; None if there is none."""
    undecided = rows.filter((pl.col("criterion") == criterion) & (pl.col("verdict") == "undecided"))
    known = undecided.filter(pl.col("toMeet").is_not_null() & pl.col("counts").fill_null(value=True)).sort(
        "toMeet", "measure", "season", "edition"
    )
    return known.row(0, named=True) if known.height else None


def _statements(sheet: str, place: str, texts: pl.DataFrame) -> dict[str, str]:
    """Return `signed` or `draft` by criterion that has a statement."""
    own = texts.filter((pl.col("siteID") == place) & (pl.col("sheet") == sheet))
    found: dict[str, str] = {}
    for field, status in own.select("field", "status").iter_rows():
        criterion = STATEMENT_FIELDS[sheet].get(field)
        if criterion is not None and found.get(criterion) != "signed":
            found[criterion] = status
    return found
