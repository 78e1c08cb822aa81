"""Darwin Core's occurrences as counts.

An empty number is not 0: a species that was reported as present without a number was not counted, one that was
reported as absent was looked for and not found. Remarks are kept as they are; those that speak of estimates or of a
part of the area are counted in a note, because no column holds what they say.
"""

from collections.abc import Mapping

import polars as pl

from tumen.files.darwin_core_archive import COREID
from tumen.files.darwin_core_events import cell, constants
from tumen.files.tags import joined, tag
from tumen.tables.findings import finding, rows

_READ = (
    "eventID",
    "occurrenceID",
    "scientificName",
    "individualCount",
    "organismQuantity",
    "organismQuantityType",
    "occurrenceStatus",
    "informationWithheld",
    "lifeStage",
    "occurrenceRemarks",
)
_ABSENT = ("absent", "not present", "absence", "none")
_SPECIES = ("species", "subspecies", "variety", "form", "infraspecificname")
_STAGES = ("adult", "subadult", "juvenile")
_QUALIFYING = (
    r"(?i)\d\s*%|\+/-|±|estimat|extrapolat|approx|guess|not complete|incomplete|error\s*\?|aborted"
    r"|оцен|примерно|около|大约|估计|推定|約|およそ|추정|ойролцоо"
)


def read_occurrences(
    occurrences: pl.DataFrame, event_of: Mapping[str, str]
) -> tuple[pl.DataFrame, dict[str, str], list[pl.DataFrame]]:
    """Return the table `counts` as text, the terms that are the same for every occurrence, and the findings.

    `event_of` gives the event for the identifier of a row of the core; a table of occurrences that names its events
    itself needs none. Every occurrence is a count, in order.
    """
    visit = cell(occurrences, "eventID")
    if COREID in occurrences.columns:
        through = cell(occurrences, COREID).replace_strict(dict(event_of), default=None, return_dtype=pl.String)
        visit = pl.coalesce(through, visit, cell(occurrences, COREID))
    said = occurrences.with_columns(
        visit.alias("\x00visit"),
        _number(occurrences).alias("\x00number"),
        cell(occurrences, "occurrenceStatus").str.to_lowercase().alias("\x00status"),
        cell(occurrences, "informationWithheld").alias("\x00withheld"),
    )
    absent, empty = pl.col("\x00status").is_in(_ABSENT), pl.col("\x00number").is_null()
    withheld = empty & pl.col("\x00withheld").is_not_null()
    said = said.with_columns(
        pl.when(withheld).then(pl.lit("withheld")).when(empty & ~absent.fill_null(False)).then(pl.lit("notCounted"))
        .otherwise(pl.lit("counted")).alias("\x00how"),
        pl.when(empty & absent & ~withheld).then(pl.lit("0")).otherwise("\x00number").alias("\x00count"),
        _remarks(occurrences).alias("\x00remarks"),
        cell(occurrences, "lifeStage").str.to_lowercase().alias("\x00stage"),
    )  # fmt: skip
    same = constants(occurrences, _READ)
    others = [
        term for term in occurrences.columns if term not in (*_READ, *same) and not term.startswith(("\x00", "(id)"))
    ]
    foreign = pl.when(~pl.col("\x00stage").is_in(_STAGES)).then("\x00stage")
    kept = said.with_columns(foreign.alias("\x00otherStage"))
    counts = kept.select(
        pl.coalesce(
            cell(kept, "occurrenceID"), pl.concat_str(pl.lit("occurrence-"), pl.int_range(2, pl.len() + 2))
        ).alias("countID"),
        pl.col("\x00visit").alias("visitID"),
        cell(kept, "scientificName").alias("scientificName"),
        pl.col("\x00how").alias("status"),
        pl.col("\x00count").alias("count"),
        pl.when(pl.col("\x00stage").is_in(_STAGES)).then("\x00stage").alias("lifeStage"),
        joined(
            pl.lit(None, pl.String),
            tag("\x00remarks", "occurrenceRemarks"),
            tag("\x00otherStage", "lifeStage"),
            tag("\x00withheld", "informationWithheld"),
            *(tag(term) for term in others),
        ).alias("comments"),
    )
    return counts, same, _findings(said)


def _number(occurrences: pl.DataFrame) -> pl.Expr:
    """Return the number of individuals: `individualCount`, or a quantity whose type says that it counts them."""
    kind = cell(occurrences, "organismQuantityType").str.to_lowercase()
    quantity = pl.when(kind.is_in(("individuals", "individual"))).then(cell(occurrences, "organismQuantity"))
    return pl.coalesce(cell(occurrences, "individualCount"), quantity)


def _remarks(occurrences: pl.DataFrame) -> pl.Expr:
    """Return the remarks without the empty parts that exporters leave between bars."""
    if "occurrenceRemarks" not in occurrences.columns:
        return pl.lit(None, pl.String)
    parts = pl.col("occurrenceRemarks").str.split("|").list.eval(pl.element().str.strip_chars())
    text = parts.list.eval(pl.element().filter(pl.element() != "")).list.join(" / ")
    return pl.when(text != "").then(text)


def _findings(said: pl.DataFrame) -> list[pl.DataFrame]:
    """Return what a reader must know of how occurrences became counts."""
    found: list[pl.DataFrame] = []
    number = pl.col("\x00number").cast(pl.Float64, strict=False)
    absent = pl.col("\x00status").is_in(_ABSENT).fill_null(False)
    frame = said.with_row_index("n", 2).with_columns(pl.col("n").cast(pl.Int64).alias("row"))
    contradicts = frame.filter((absent & (number > 0)) | ((pl.col("\x00status") == "present") & (number == 0)))
    contradicts = contradicts.select("row", pl.col("\x00number").alias("value"), pl.col("\x00status").alias("status"))
    found.append(rows("count-against-status", contradicts, table="counts", column="count", arguments=("status",)))
    rank = cell(said, "taxonRank").str.to_lowercase()
    counted = {
        "absence-as-zero": (absent & pl.col("\x00number").is_null() & (pl.col("\x00how") == "counted"), "count"),
        "present-without-number": (pl.col("\x00how") == "notCounted", "count"),
        "taxon-above-species": (rank.is_not_null() & ~rank.is_in(_SPECIES), "scientificName"),
        "remarks-qualify": (pl.col("\x00remarks").str.contains(_QUALIFYING), "comments"),
    }
    for code, (condition, column) in counted.items():
        hits = said.filter(condition.fill_null(False))
        if hits.height:
            ranked = pl.concat_str(cell(hits, "scientificName"), pl.format(" ({})", cell(hits, "taxonRank")))
            shown = {"remarks-qualify": pl.col("\x00remarks"), "taxon-above-species": ranked}.get(code, pl.lit(""))
            value = str(hits.select(shown.first()).item() or "")
            found.append(finding(code, table="counts", column=column, count=hits.height, value=value))
    return found
