"""Darwin Core's events as sites and visits.

Nothing is guessed: a date that is an interval, a month or a year gives no day; a time of day becomes an instant only
with a declared time zone; coverage, for which Darwin Core has no term, is read from the term that was declared, in the
words that were declared. What has no column of its own is kept as `term:value` in the comments.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tumen.errors import PlaceError
from tumen.files.local_time import with_offset
from tumen.files.projection import is_wgs84, place, read_datum
from tumen.files.tags import joined, tag
from tumen.tables.findings import finding, rows
from tumen.tables.schema import MISSING

_DAY = r"^(\d{4}-\d{2}-\d{2})(?:T.*)?$"
_TIME = r"^(\d{1,2}:\d{2}(?::\d{2})?)(Z|[+-]\d{2}:?\d{2})?$"
_INSTANT = r"^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2})?)(Z|[+-]\d{2}:?\d{2})$"
_NOTHING = (*MISSING, "NA/NA", "NA/", "/NA", "/")
_SITE = ("locationID", "locality", "decimalLatitude", "decimalLongitude", "geodeticDatum", "countryCode")
_SITE_OTHER = (
    "coordinateUncertaintyInMeters",
    "coordinatePrecision",
    "continent",
    "country",
    "stateProvince",
    "county",
)
_SITE_MORE = ("municipality", "waterBody", "island", "verbatimLocality", "locationRemarks", "habitat", "footprintWKT")
_READ = ("eventID", "eventDate", "eventTime")


@dataclass(frozen=True)
class Meant:
    """What was declared about an archive: the zone of its times of day, and where coverage stands in which words."""

    time_zone: str | None = None
    coverage_term: str | None = None
    coverage_words: Mapping[str, str] = field(default_factory=dict)


def cell(frame: pl.DataFrame, term: str) -> pl.Expr:
    """Return a term's cells, null where they say nothing, or nulls where the table has no such term."""
    if term not in frame.columns:
        return pl.lit(None, pl.String)
    text = pl.col(term).str.strip_chars()
    return pl.when(~text.is_in(MISSING)).then(text)


def constants(frame: pl.DataFrame, but: tuple[str, ...]) -> dict[str, str]:
    """Return the terms that have one and the same value in every row of several, other than those read as columns."""
    if frame.height < 2:
        return {}
    return {
        term: str(frame[term][0])
        for term in frame.columns
        if term not in but and not term.startswith(("\x00", "(")) and frame[term][0] and frame[term].n_unique() == 1
    }


def read_events(
    events: pl.DataFrame, meant: Meant
) -> tuple[dict[str, pl.DataFrame], dict[str, str], list[pl.DataFrame]]:
    """Return the tables `sites` and `visits` as text, the terms that are the same for every event, and the findings.

    Every event is a visit, in order.
    """
    identified = events.with_columns(
        cell(events, "eventID").alias("eventID")
        if "eventID" in events.columns
        else cell(events, "\x00id").alias("eventID"),
        pl.coalesce(cell(events, "locationID"), cell(events, "locality")).alias("\x00site"),
    )
    same = constants(identified, (*_SITE, *_SITE_OTHER, *_READ, "\x00site"))
    sites, findings = _sites(identified)
    visits, found = _visits(identified, meant, same)
    findings += found
    if "parentEventID" in events.columns:
        parents = identified["eventID"].is_in(events["parentEventID"].drop_nulls().implode()).sum()
        if parents:
            findings.append(finding("event-with-parts", table="visits", column="visitID", count=int(parents)))
    return {"sites": sites, "visits": visits}, same, findings


def _visits(events: pl.DataFrame, meant: Meant, same: Mapping[str, str]) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    days, findings = _days(events)
    times, unread, found = _times(events, days, meant)
    findings += found
    events = events.with_columns(days, *times, unread, cell(events, "eventDate").alias("\x00date"))
    unsaid = pl.col("\x00day").is_null() | (pl.col("\x00date").str.contains("T") & pl.col("\x00start").is_null())
    vague = pl.when(unsaid).then(pl.col("\x00date"))
    events = events.with_columns(vague.alias("\x00vague"))
    used = {*_SITE, *_SITE_OTHER, *_SITE_MORE, *_READ, *same}
    others = [term for term in events.columns if term not in used and not term.startswith("\x00")]
    coverage, found = _coverage(events, meant)
    visits = events.select(
        pl.col("eventID").alias("visitID"),
        pl.col("\x00site").alias("siteID"),
        pl.col("\x00day").alias("visitDate"),
        pl.col("\x00start").alias("visitStart"),
        pl.col("\x00end").alias("visitEnd"),
        coverage.alias("coverage"),
        joined(
            pl.lit(None, pl.String),
            tag("\x00vague", "eventDate"),
            tag("\x00unread", "eventTime"),
            *(tag(term) for term in others),
        ).alias("comments"),
    )
    return visits, [*findings, *found]


def _whole(events: pl.DataFrame, value: pl.Expr) -> pl.Series:
    """Return one value per event, also of an expression that is the same for all."""
    return events.with_columns(value.alias("\x00value"))["\x00value"]


def _numbered(events: pl.DataFrame, value: pl.Expr) -> pl.DataFrame:
    return events.select(pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias("row"), value.alias("value"))


def _days(events: pl.DataFrame) -> tuple[pl.Series, list[pl.DataFrame]]:
    """Return the day of each event, null (and a finding) where what is said is no day."""
    said = cell(events, "eventDate")
    parts = said.str.split_exact("/", 1)
    first, last = (parts.struct.field(name).str.extract(_DAY) for name in ("field_0", "field_1"))
    both = parts.struct.field("field_1").is_null() | (first == last)
    # An instant in UTC does not say which day it was at the site.
    day: pl.Expr = pl.when(both & ~said.str.ends_with("Z")).then(first)
    if {"year", "month", "day"} <= set(events.columns):
        numbers = [cell(events, term) for term in ("year", "month", "day")]
        pieces = [numbers[0], *(number.str.zfill(2) for number in numbers[1:])]
        day = pl.when(said.is_null()).then(pl.concat_str(pieces, separator="-")).otherwise(day)
    frame = _numbered(events, said).with_columns(_whole(events, day).alias("day"))
    vague = frame.filter(pl.col("value").is_not_null() & pl.col("day").is_null())
    return frame["day"].alias("\x00day"), [rows("event-date-vague", vague, table="visits", column="visitDate")]


def _times(
    events: pl.DataFrame, days: pl.Series, meant: Meant
) -> tuple[list[pl.Series], pl.Series, list[pl.DataFrame]]:
    """Return beginning and end as text with offset, the times that gave neither, and the findings."""
    said = pl.col("eventTime").str.strip_chars() if "eventTime" in events.columns else pl.lit(None, pl.String)
    parts = pl.when(~said.is_in(_NOTHING)).then(said).str.split_exact("/", 1).struct
    frame = pl.DataFrame(
        [
            _whole(events, pl.when(~said.is_in(_NOTHING)).then(said)).alias("said"),
            _whole(events, parts.field("field_0")).alias("\x00start"),
            _whole(events, parts.field("field_1")).alias("\x00end"),
            days,
            _whole(events, cell(events, "eventDate")).alias("date"),
        ]
    )
    findings: list[pl.DataFrame] = []
    read: list[pl.Series] = []
    for name, target in (("\x00start", "visitStart"), ("\x00end", "visitEnd")):
        groups = pl.col(name).str.extract_groups(_TIME).struct
        clock, zone = groups.field("1"), groups.field("2")
        stamp = frame.select(
            pl.concat_str("\x00day", pl.lit(" "), clock).alias("local"),
            pl.concat_str("\x00day", pl.lit("T"), _full(clock), zone).alias("instant"),
        )
        local = pl.Series(target, [None] * frame.height, dtype=pl.String)
        if meant.time_zone is not None:
            cells = stamp.select(pl.when(pl.col("instant").is_null()).then("local").alias(target)).to_series()
            local, found = with_offset(cells, "%Y-%m-%d", meant.time_zone, day="start", where=("visits", target))
            findings.append(found)
        dated = frame.select(pl.when(pl.col("said").is_null()).then(_instant(name))).to_series()
        placed = stamp.select(pl.coalesce(pl.col("instant"), pl.lit(local), pl.lit(dated)).alias(name)).to_series()
        read.append(placed)
        gone = frame.select((pl.col(name).is_not_null() & ~pl.col(name).is_in(MISSING)).alias("x")).to_series()
        frame = frame.with_columns((gone & placed.is_null()).alias("lost" + name))
    lost = pl.col("lost\x00start") | pl.col("lost\x00end")
    unread = frame.select(pl.when(lost).then("said").alias("\x00unread")).to_series()
    count = len(unread) - unread.null_count()
    if count:
        code = "event-times-without-zone" if meant.time_zone is None else "event-times-unread"
        findings.append(
            finding(code, table="visits", column="visitStart", count=count, value=str(unread.drop_nulls()[0]))
        )
    return read, unread, findings


def _instant(name: str) -> pl.Expr:
    """Return the beginning or the end that a date states with its time of day and offset."""
    parts = pl.col("date").str.split_exact("/", 1).struct
    said = parts.field("field_0" if name == "\x00start" else "field_1").str.extract_groups(_INSTANT).struct
    return pl.concat_str(said.field("1"), pl.lit("T"), _full(said.field("2")), said.field("3"))


def _full(clock: pl.Expr) -> pl.Expr:
    whole = pl.when(clock.str.count_matches(":", literal=True) == 1).then(clock + ":00").otherwise(clock)
    return whole.str.zfill(len("00:00:00"))


def _coverage(events: pl.DataFrame, meant: Meant) -> tuple[pl.Expr, list[pl.DataFrame]]:
    """Return coverage in the protocol's words, where it was declared how to read it."""
    if meant.coverage_term is None and "" in meant.coverage_words:
        return pl.lit(meant.coverage_words[""]), []
    if meant.coverage_term is None:
        return pl.lit(None, pl.String), [finding("coverage-undeclared", table="visits", column="coverage")]
    said = cell(events, meant.coverage_term)
    words = dict(meant.coverage_words)
    value = said.fill_null("").replace_strict(words, default=None, return_dtype=pl.String)
    frame = _numbered(events, said).with_columns(_whole(events, value).alias("read"))
    strange = frame.filter(pl.col("value").is_not_null() & pl.col("read").is_null())
    return value, [rows("coverage-word-undeclared", strange, table="visits", column="coverage")]


def _sites(events: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return one row per site, as its first event tells it, and where later events tell it otherwise."""
    terms = [term for term in (*_SITE, *_SITE_OTHER, *_SITE_MORE) if term in events.columns]
    told = events.select("\x00site", *(cell(events, term).alias(term) for term in terms)).drop_nulls("\x00site")
    findings = []
    for term in terms:
        variants = told.group_by("\x00site", maintain_order=True).agg(
            pl.col(term).drop_nulls().unique(maintain_order=True)
        )
        for site, values in variants.filter(pl.col(term).list.len() > 1).rows():
            findings.append(
                finding(
                    "site-told-differently", table="sites", column=term, value=str(site), values="; ".join(values[:5])
                )
            )
    sites = told.group_by("\x00site", maintain_order=True).agg(pl.col(terms).drop_nulls().first())
    placed, found = _placed(sites)
    others = [term for term in (*_SITE_OTHER[1:], *_SITE_MORE) if term in sites.columns]
    table = placed.select(
        pl.col("\x00site").alias("siteID"),
        pl.coalesce(cell(placed, "locality"), "\x00site").alias("siteName"),
        cell(placed, "countryCode").alias("countryCode"),
        "latitude",
        "longitude",
        "coordinateUncertainty",
        joined(pl.lit(None, pl.String), tag("\x00verbatim", "coordinates"), *(tag(term) for term in others)).alias(
            "comments"
        ),
    )
    return table, [*findings, *found]


def _placed(sites: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Add WGS84 coordinates and their uncertainty; those of a datum that cannot be used are kept as they were said."""
    sites = sites.with_columns(
        cell(sites, "decimalLatitude").alias("latitude"),
        cell(sites, "decimalLongitude").alias("longitude"),
        cell(sites, "coordinateUncertaintyInMeters").alias("coordinateUncertainty"),
        pl.lit(None, pl.String).alias("\x00verbatim"),
    ).with_row_index("\x00n")
    stated = sites.with_columns(cell(sites, "geodeticDatum").alias("\x00datum"))
    findings: list[pl.DataFrame] = []
    unstated = stated.filter(pl.col("latitude").is_not_null() & pl.col("\x00datum").is_null()).height
    if unstated:
        findings.append(finding("datum-unstated", table="sites", column="latitude", count=unstated))
    parts = [stated.filter(pl.col("\x00datum").is_null())]
    for datum in stated["\x00datum"].drop_nulls().unique(maintain_order=True):
        part, found = _of_datum(stated.filter(pl.col("\x00datum") == datum), datum)
        parts.append(part)
        findings += found
    return pl.concat(parts).sort("\x00n"), findings


def _of_datum(part: pl.DataFrame, datum: str) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    try:
        crs = read_datum(datum)
        if is_wgs84(crs):
            return part, []
        numbers = part.select(pl.col("longitude", "latitude", "coordinateUncertainty").cast(pl.Float64, strict=False))
        countries = part.select(cell(part, "countryCode").unique()).to_series().to_list()
        country = countries[0] if len(countries) == 1 else None
        placed = place(numbers["longitude"].to_numpy(), numbers["latitude"].to_numpy(), crs, country)
    except PlaceError as error:
        return _as_said(part, np.ones(part.height, dtype=np.bool_)), [
            finding(
                "datum-unusable", table="sites", column="latitude", value=datum, reason=error.found, count=part.height
            )
        ]
    moved = part.with_columns(
        pl.Series("longitude", placed.lon).fill_nan(None).cast(pl.String),
        pl.Series("latitude", placed.lat).fill_nan(None).cast(pl.String),
        (numbers["coordinateUncertainty"] + placed.accuracy).cast(pl.String).alias("coordinateUncertainty"),
    )
    findings = [
        finding("coordinates-transformed", table="sites", value=datum, accuracy=placed.accuracy, count=part.height)
    ]
    if placed.outside.any():
        count = int(placed.outside.sum())
        reason = "they lie outside the area that the datum was made for"
        findings.append(
            finding("datum-unusable", table="sites", column="latitude", value=datum, reason=reason, count=count)
        )
        unplaced = _as_said(part, placed.outside)
        moved = moved.with_columns(
            pl.when(pl.lit(placed.outside)).then(unplaced[name]).otherwise(name).alias(name)
            for name in ("longitude", "latitude", "coordinateUncertainty", "\x00verbatim")
        )
    return moved, findings


def _as_said(part: pl.DataFrame, which: NDArray[np.bool_]) -> pl.DataFrame:
    """Move coordinates that are no WGS84 out of the columns that must be."""
    chosen = pl.lit(pl.Series(which))
    said = pl.concat_str("longitude", pl.lit(" "), "latitude", pl.lit(" "), "\x00datum")
    return part.with_columns(
        pl.when(chosen).then(said).alias("\x00verbatim"),
        *(pl.when(~chosen).then(name).alias(name) for name in ("longitude", "latitude")),
    )
