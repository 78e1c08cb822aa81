"""Do numbers or days of the owner stand where they should not: in any column, in text, in the name of a file?"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.spatial import cKDTree

from tumen.measure.gcj02 import to_gcj02
from tumen.sharing.choose import granted
from tumen.sharing.kept import KEPT
from tumen.sharing.levels import Grant, at_most
from tumen.sharing.places import LOCATED, points
from tumen.tables import findings
from tumen.tables.package import Package

Numbers = npt.NDArray[np.float64]

DECIMAL = r"[-+]?\d{1,3}[.,]\d+"
SEXAGESIMAL = (
    r"(\d{1,3})\s*(?:°|º|deg)\s*(\d{1,2}(?:[.,]\d+)?)\s*(?:['′’]|min)\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:\"|″|”|''|sec))?"
)
MINUTE, SECOND = 1 / 60, 1 / 3600
ALONE = 4
"""Decimals from which a single number is looked at without its pair."""
LONGEST = 12
"""Numbers of a text that are paired each with each; in a longer text, each with its neighbours."""
IN_TEXT = {"text": pl.Int64, "number": pl.Int64, "value": pl.Float64, "within": pl.Float64, "decimals": pl.Int64}

DAY = r"(?:19|20)\d{2}[-:/._ ]?(?:0[1-9]|1[0-2])[-:/._ ]?(?:0[1-9]|[12]\d|3[01])"
DAY_FIRST = r"(?:[0-3]?\d)[-./](?:[01]?\d)[-./](?:19|20)\d{2}"
DAY_NAMED = r"(?i)\b[0-3]?\d\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+(?:19|20)\d{2}"


def coordinate_leaks(texts: pl.DataFrame, disclosed: Package, truth: Package, grant: Grant) -> Iterator[pl.DataFrame]:
    """Return findings on numbers that are coordinates of the owner's places, exactly or shifted as GCJ-02."""
    placed = points(truth.tables)
    extra = truth.table("positions").select("longitude", "latitude").drop_nulls().unique()
    true = pl.concat([placed.select("longitude", "latitude"), extra])
    if true.is_empty():
        return
    lon, lat = true["longitude"].to_numpy(), true["latitude"].to_numpy()
    shifted = to_gcj02(lon, lat)
    places = np.column_stack([np.r_[lon, np.asarray(shifted[0])], np.r_[lat, np.asarray(shifted[1])]])
    places = np.unique(places[np.isfinite(places).all(axis=1)], axis=0)
    least = max(grant.category, 2) if at_most("generalised", grant.level) else 1
    numbers = _in_texts(texts["value"])
    yield from _judged(texts, numbers, places, least)
    for name, frame in disclosed.tables.items():
        yield from _in_columns(name, frame, places, least)


def _in_texts(texts: pl.Series) -> pl.DataFrame:
    """Return the numbers of each text that may be degrees, in their order, with how far each may be off (`IN_TEXT`)."""
    frame = texts.to_frame("value").with_columns(text=pl.int_range(pl.len(), dtype=pl.Int64))
    decimal = (
        frame.filter(pl.col("value").str.contains(r"\d[.,]\d"))
        .select("text", said=pl.col("value").str.extract_all(DECIMAL))
        .explode("said")
        .drop_nulls("said")
        .with_columns(pl.col("said").str.replace(",", ".", literal=True))
        .select(
            "text",
            value=pl.col("said").cast(pl.Float64, strict=False).abs(),
            decimals=pl.col("said").str.extract(r"\.(\d+)").str.len_chars().cast(pl.Int64),
        )
        .with_columns(within=1.001 * 10.0 ** (-pl.col("decimals").cast(pl.Float64)))
    )
    degrees = (
        frame.filter(pl.col("value").str.contains("°|º|deg"))
        .select("text", said=pl.col("value").str.extract_all(SEXAGESIMAL))
        .explode("said")
        .drop_nulls("said")
        .select("text", *(_part(number).alias(f"p{number}") for number in (1, 2, 3)))
        .with_columns(value=pl.col("p1") + pl.col("p2") * MINUTE + pl.col("p3").fill_null(0.0) * SECOND)
        .select(
            "text",
            "value",
            decimals=pl.when(pl.col("p3").is_not_null()).then(4).otherwise(2).cast(pl.Int64),
            within=pl.when(pl.col("p3").is_not_null()).then(1.5 * SECOND).otherwise(1.01 * MINUTE),
        )
    )
    both = pl.concat([decimal, degrees.select(decimal.columns)]).drop_nulls()
    return both.with_columns(number=pl.int_range(pl.len(), dtype=pl.Int64).over("text")).select(*IN_TEXT)


def _part(number: int) -> pl.Expr:
    part = pl.col("said").str.extract(SEXAGESIMAL, number).str.replace(",", ".", literal=True)
    return part.cast(pl.Float64, strict=False)


def _judged(texts: pl.DataFrame, numbers: pl.DataFrame, places: Numbers, least: int) -> Iterator[pl.DataFrame]:
    """Return findings on texts: pairs of numbers that are a place, and single exact ones."""
    fine = numbers.filter((pl.col("decimals") >= least) & (pl.col("value") <= 180))
    # Only numbers that are a latitude or a longitude of some place need to be paired.
    magnitude = np.abs(places)
    near = _near(fine, np.unique(magnitude.ravel()))
    fine = fine.filter(pl.Series(near, dtype=pl.Boolean))
    if fine.is_empty():
        return
    first = fine.rename({"number": "a", "value": "va", "within": "wa"}).drop("decimals")
    second = fine.rename({"number": "b", "value": "vb", "within": "wb"}).drop("decimals")
    counts = numbers.group_by("text").len("numbers")
    pairs = first.join(second, on="text").join(counts, on="text").filter(pl.col("a") != pl.col("b"))
    pairs = pairs.filter((pl.col("numbers") <= LONGEST) | ((pl.col("a") - pl.col("b")).abs() <= 2))
    hit = _pairs(
        pairs["va"].to_numpy(),
        pairs["vb"].to_numpy(),
        np.maximum(pairs["wa"].to_numpy(), pairs["wb"].to_numpy()),
        magnitude,
    )
    found = pairs.filter(pl.Series(hit, dtype=pl.Boolean))["text"].unique()
    yield from _each("leak-coordinates", texts, found)
    single = fine.filter((pl.col("decimals") >= ALONE) & ~pl.col("text").is_in(found.implode()))["text"].unique()
    yield from _each("leak-coordinate-alone", texts, single)


def _near(numbers: pl.DataFrame, sought: Numbers) -> npt.NDArray[np.bool_]:
    value, within = numbers["value"].to_numpy(), numbers["within"].to_numpy()
    at = np.searchsorted(sought, value - within)
    near: npt.NDArray[np.bool_] = (at < len(sought)) & (sought[np.minimum(at, len(sought) - 1)] <= value + within)
    return near


def _pairs(a: Numbers, b: Numbers, within: Numbers, places: Numbers) -> npt.NDArray[np.bool_]:
    """Return which pairs (longitude, latitude) lie at a place, in both coordinates."""
    if not len(a):
        return np.zeros(0, dtype=np.bool_)
    apart, _ = cKDTree(places).query(np.column_stack([a, b]), p=np.inf)
    hit: npt.NDArray[np.bool_] = apart <= within
    return hit


def _each(code: str, texts: pl.DataFrame, which: pl.Series) -> Iterator[pl.DataFrame]:
    """Return a finding for each of the texts, without the text."""
    rows = texts[which.sort().to_list()]
    for table, column in rows.select("table", "column").unique(maintain_order=True).iter_rows():
        own = rows.filter((pl.col("table") == table) & (pl.col("column") == column)).drop("value")
        yield findings.rows(code, own, table=table, column=column, arguments=("count",))


def _in_columns(name: str, frame: pl.DataFrame, places: Numbers, least: int) -> Iterator[pl.DataFrame]:
    """Return findings on columns of numbers: two that hold a place in one row, and single exact ones."""
    kept = KEPT[name].columns if name in KEPT else {}
    told = {column for column, what in kept.items() if what in ("longitude", "latitude", "radius") and name in LOCATED}
    columns = [c for c in frame.columns if frame[c].dtype.is_float() and c not in told and frame[c].count()]
    suspects: dict[str, pl.DataFrame] = {}
    for column in columns:
        cells = frame.select(value=column, row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64)).drop_nulls("value")
        cells = cells.filter(pl.col("value").is_finite() & (pl.col("value").abs() <= 180))
        cells = cells.with_columns(pl.col("value").abs(), decimals=_decimals(cells["value"]))
        cells = cells.filter(pl.col("decimals") >= least).with_columns(
            within=1.001 * 10.0 ** (-pl.col("decimals").cast(pl.Float64))
        )
        suspects[column] = cells.filter(pl.Series(_near(cells, np.unique(np.abs(places).ravel())), dtype=pl.Boolean))
    in_pairs: set[str] = set()
    for one in columns:
        for other in columns:
            if one == other:
                continue
            both = suspects[one].join(suspects[other], on="row", suffix="2")
            within = np.maximum(both["within"].to_numpy(), both["within2"].to_numpy())
            hit = _pairs(both["value"].to_numpy(), both["value2"].to_numpy(), within, np.abs(places))
            rows = both.filter(pl.Series(hit, dtype=pl.Boolean))
            if rows.height:
                in_pairs |= {one, other}
                yield findings.finding(
                    "leak-coordinates", table=name, row=int(rows["row"][0]), column=one, count=rows.height
                )
    for column in columns:
        alone = suspects[column].filter(pl.col("decimals") >= ALONE)
        if alone.height and column not in in_pairs:
            row = int(alone["row"][0])
            yield findings.finding("leak-coordinate-alone", table=name, row=row, column=column, count=alone.height)


def _decimals(values: pl.Series) -> pl.Series:
    """Return how many decimals numbers need, 7 at most."""
    numbers = values.to_numpy()
    decimals = np.full(len(numbers), 7, dtype=np.int64)
    for places in range(6, -1, -1):
        decimals[np.abs(np.round(numbers, places) - numbers) < 1e-9] = places
    return pl.Series(decimals)


def day_leaks(texts: pl.DataFrame, truth: Package, grant: Grant) -> Iterator[pl.DataFrame]:
    """Return findings on texts in which a day of the owner's records stands, in any usual spelling."""
    if granted("time", grant):
        return
    true = _days(truth)
    if true.is_empty():
        return
    frame = texts.select("value").with_columns(text=pl.int_range(pl.len(), dtype=pl.Int64))
    frame = frame.filter(pl.col("value").str.contains(r"(?:19|20)\d{2}"))
    said = []
    for pattern, spellings in (
        (DAY, ("%Y%m%d",)),
        (DAY_FIRST, ("%d/%m/%Y", "%m/%d/%Y")),
        (DAY_NAMED, ("%d %b %Y",)),
    ):
        found = frame.select("text", said=pl.col("value").str.extract_all(pattern)).explode("said").drop_nulls("said")
        for spelling in spellings:
            plain = _plain(pattern).str.to_date(spelling, strict=False)
            said.append(found.select("text", day=plain).drop_nulls())
    every = pl.concat(said)
    hit = every.filter(pl.col("day").is_in(true.implode()))["text"].unique()
    yield from _each("leak-day", texts, hit)


def _plain(pattern: str) -> pl.Expr:
    cell = pl.col("said")
    if pattern == DAY:
        return cell.str.replace_all(r"\D", "")
    if pattern == DAY_FIRST:
        return cell.str.replace_all("[-.]", "/")
    return cell.str.replace(r"(?i)(\d+)\s+([a-z]{3})[a-z]*\.?,?\s+(\d{4})", "$1 $2 $3")


def _days(truth: Package) -> pl.Series:
    """Return every day, of UTC and of the clock on site, on which the owner recorded something."""
    days = [pl.Series("day", [], dtype=pl.Date)]
    for name, frame in truth.tables.items():
        for column, what in KEPT[name].columns.items() if name in KEPT else ():
            if what in ("start", "end", "time") or (what == "detail" and frame[column].dtype.is_temporal()):
                cells = frame[column].drop_nulls().unique()
                if cells.dtype == pl.Date:
                    days.append(cells.alias("day"))
                    continue
                days += [
                    cells.to_frame("day").select(pl.col("day").dt.offset_by(f"{hours}h").dt.date().unique()).to_series()
                    for hours in (0, 8, 11)
                ]
    return pl.concat(days).unique()
