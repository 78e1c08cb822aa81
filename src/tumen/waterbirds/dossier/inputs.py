"""What a dossier is made from: tables, each with the party that gave its rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from types import MappingProxyType

import polars as pl

from tumen.errors import ColumnError, Text

Shape = Mapping[str, pl.DataType | type[pl.DataType]]

_S, _I, _F, _B, _D = pl.String, pl.Int64, pl.Float64, pl.Boolean, pl.Date

SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "sites": {
            "place": _S,  # "party/siteID"
            "party": _S,
            "siteName": _S,
            "countryCode": _S,
            "countGroup": _S,
            "partOf": _S,  # a place
            "longitude": _F,
            "latitude": _F,
            "area": _F,  # ha
            "areaID": _S,
            "ramsarID": _S,
            "flywayID": _S,
        },
        "areas": {
            "areaID": _S,
            "party": _S,
            "name": _S,
            "originalName": _S,
            "designation": _S,
            "iucnCategory": _S,
            "status": _S,
            "statusYear": _I,
            "reportedArea": _F,  # km2
            "managementAuthority": _S,
            "managementPlan": _S,
            "geometry": _S,  # WKT
            "source": _S,
        },
        "statements": {
            "party": _S,
            "subject": _S,
            "attribute": _S,
            "value": _S,
            "unit": _S,
            "source": _S,
            "statedOn": _D,
            "language": _S,
        },
        "texts": {
            "siteID": _S,  # a place
            "party": _S,
            "sheet": _S,
            "field": _S,
            "language": _S,
            "text": _S,
            "author": _S,
            "writtenOn": _D,
            "source": _S,
            "status": _S,
        },
        "steps": {
            "siteID": _S,  # a place or a countGroup
            "party": _S,
            "countryCode": _S,
            "step": _S,
            "state": _S,
            "statedOn": _D,
            "actor": _S,
            "document": _S,
            "digest": _S,
        },
        "status": {
            "scientificName": _S,
            "list": _S,
            "category": _S,
            "countryCode": _S,
            "assessedOn": _D,
            "source": _S,
        },
        "summary": {
            "place": _S,
            "criterion": _S,
            "verdict": _S,
            "species": _I,
            "seasons": _I,
            "edition": _S,
        },
        "verdicts": {
            "place": _S,
            "criterion": _S,
            "measure": _S,
            "populationID": _S,
            "edition": _S,
            "season": _S,
            "threshold": _I,
            "verdict": _S,
            "way": _S,
            "seasons": _I,
            "reached": _I,
            "open": _I,
            "missing": _I,
            "meanLow": _F,
            "meanHigh": _F,
            "largest": _I,
            "toMeet": _I,
            "toFail": _I,
            "reason": _S,
            "flips": _B,
            "counts": _B,  # false: of an edition that is not in force
            "basis": _S,  # what the threshold rests on
        },
        "seasons": {
            "place": _S,
            "measure": _S,
            "season": _S,
            "year": _I,
            "low": _I,
            "high": _I,
            "state": _S,
            "date": _D,
        },
        "trends": {
            "place": _S,
            "measure": _S,
            "season": _S,
            "from": _I,
            "upto": _I,
            "trend": _S,
            "multiplicative": _F,
            "seMultiplicative": _F,
        },
        "visits": {"place": _S, "visitDate": _D},
        "parties": {"party": _S, "countryCode": _S},
    }
)
"""The tables and their columns; all but the first two may be empty, and a column that a table lacks is null."""

_NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sites": ("place", "party", "siteName", "countryCode"),
        "areas": ("areaID", "party"),
        "statements": ("party", "subject", "attribute", "value", "source"),
        "texts": ("siteID", "party", "sheet", "field", "language", "text", "author", "writtenOn", "status"),
        "steps": ("siteID", "party", "countryCode", "step", "state", "statedOn", "actor"),
        "status": ("scientificName", "list", "category", "assessedOn", "source"),
        "summary": ("place", "criterion", "verdict"),
        "verdicts": ("place", "criterion", "measure", "verdict"),
        "seasons": ("place", "measure", "season", "year", "low"),
        "trends": ("place", "measure", "trend"),
        "visits": ("place", "visitDate"),
        "parties": ("party", "countryCode"),
    }
)


def _empty() -> pl.DataFrame:
    return pl.DataFrame()


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The tables of all parties, one beneath the other; columns are those of `SHAPES`.

    `party` is who gave a row: only its owner can sign or release a part. `asOf` is the day of the dossier: later steps,
    texts and categories are left out; None takes them all. Without `parties` nobody but the owners of a part's sites
    can state a step of it.

    Raises `ColumnError` for a table without a column that is needed.

    >>> sites = {"place": ["north/s1"], "party": ["north"], "siteName": ["Lake"], "countryCode": ["KP"]}
    >>> Inputs(sites=pl.DataFrame(sites)).sites["areaID"].to_list()
    [None]
    """

    sites: pl.DataFrame
    areas: pl.DataFrame = field(default_factory=_empty)
    statements: pl.DataFrame = field(default_factory=_empty)
    texts: pl.DataFrame = field(default_factory=_empty)
    steps: pl.DataFrame = field(default_factory=_empty)
    status: pl.DataFrame = field(default_factory=_empty)
    summary: pl.DataFrame = field(default_factory=_empty)
    verdicts: pl.DataFrame = field(default_factory=_empty)
    seasons: pl.DataFrame = field(default_factory=_empty)
    trends: pl.DataFrame = field(default_factory=_empty)
    visits: pl.DataFrame = field(default_factory=_empty)
    parties: pl.DataFrame = field(default_factory=_empty)
    asOf: date | None = None  # noqa: N815

    def __post_init__(self) -> None:
        """Give every table all its columns, in their order, and leave out what is later than the day."""
        for one in fields(self):
            if one.name in SHAPES:
                object.__setattr__(self, one.name, _shaped(one.name, getattr(self, one.name)))
        if self.asOf is not None:
            for name, column in (("steps", "statedOn"), ("texts", "writtenOn"), ("status", "assessedOn")):
                frame = getattr(self, name)
                later = pl.col(column) > self.asOf
                object.__setattr__(self, name, frame.filter(~later.fill_null(value=False)))


def _shaped(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    shape = SHAPES[name]
    if not frame.columns:
        return pl.DataFrame(schema=dict(shape))
    absent = [column for column in _NEEDED[name] if column not in frame.columns]
    if absent:
        raise ColumnError(
            Text("columns {columns} in the table '{name}' of a dossier", columns=", ".join(_NEEDED[name]), name=name),
            Text("no {absent}", absent=", ".join(absent)),
            "Fill them; a column without values is null, not absent.",
        )
    return frame.select(
        (pl.col(column) if column in frame.columns else pl.lit(None)).cast(kind).alias(column)
        for column, kind in shape.items()
    )
