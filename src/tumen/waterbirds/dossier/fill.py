"""What stands in each field of a sheet, from which source; and if nothing does, who must fill it with what?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import polars as pl
import shapely
from shapely.errors import ShapelyError

from tumen.measure.geodesy import square_kilometres
from tumen.waterbirds.dossier.fields import STATEMENT_FIELDS, Field
from tumen.waterbirds.dossier.inputs import Inputs
from tumen.waterbirds.dossier.parts import Site

VALUES: dict[str, pl.DataType | type[pl.DataType]] = {
    "country": pl.String,
    "place": pl.String,
    "order": pl.Int64,
    "field": pl.String,
    "name": pl.String,
    "kind": pl.String,
    "value": pl.String,
    "number": pl.Float64,
    "unit": pl.String,
    "detail": pl.String,
    "language": pl.String,
    "status": pl.String,
    "author": pl.String,
    "day": pl.Date,
    "source": pl.String,
    "table": pl.String,
    "party": pl.String,
}
"""One row a value of a field; a field may have several, and they may disagree.

`kind` says how to read it: `text` (words in `language`; one on a criterion has it in `detail`), `number` (`number`,
`unit`), `point` (latitude and longitude in `value`), `country` (a code), `days` (first and last day, with a / between),
`species` (a scientific name and its largest count; `detail`: lists and criteria, joined by |), `others` (further
species: how many), `criterion` (a criterion and its verdict, with a colon; `number`: species; `detail`: edition),
`trend` (a species; `number`: yearly factor; `unit`: first and last year; `detail`: class), `outline` (an areaID),
`word` (`update`).
`status`: `data`, `draft` or `signed`. `source`: what the table names as its source; `table` and `party`: whose row.
"""

Entry = dict[str, Any]

_UPDATE = "update"


@dataclass(frozen=True)
class Context:
    """One site of a part, with what its owners gave."""

    sheet: str
    site: Site
    country: str
    row: Mapping[str, Any]
    area: Mapping[str, Any] | None
    statements: tuple[Mapping[str, Any], ...]
    texts: tuple[Mapping[str, Any], ...]
    species: pl.DataFrame
    criteria: pl.DataFrame
    inputs: Inputs


def values(field: Field, context: Context) -> list[Entry]:
    """Return the values of one field (`VALUES`): from data first, then what was stated, then the texts."""
    fill = _FILLERS.get(field.name)
    found = fill(context) if fill is not None else []
    found += [_stated(row) for row in _statements(field, context)]
    found += _texts(field, context)
    for one in found:
        one.update(country=context.country, place=context.site.place, field=field.number, name=field.name)
    return found


def is_update(context: Context) -> bool:
    """Say whether the site has a number in the list to which the sheet belongs: then the sheet is an update."""
    return bool(context.row["ramsarID"] if context.sheet == "RIS" else context.row["flywayID"])


def outline(context: Context) -> shapely.Geometry | None:
    """Return the outline of the site; None without one that can be read."""
    area = context.area
    if area is None or not area["geometry"]:
        return None
    try:
        shape = shapely.from_wkt(area["geometry"])
    except ShapelyError:
        return None
    return shape if shape.geom_type in ("Polygon", "MultiPolygon") and not shape.is_empty else None


def _entry(kind: str, value: object, **more: Any) -> Entry:
    empty = dict.fromkeys(VALUES)
    text = f"{value:.15g}" if isinstance(value, float) else str(value)
    return {**empty, "kind": kind, "value": text, "status": "data", **more}


def _from_site(context: Context, kind: str, value: object, **more: Any) -> list[Entry]:
    if value is None or value == "":
        return []
    return [_entry(kind, value, table="sites", party=context.site.party, **more)]


def _from_area(context: Context, kind: str, column: str, **more: Any) -> list[Entry]:
    area = context.area
    if area is None or area[column] is None or area[column] == "":
        return []
    return [_entry(kind, area[column], table="areas", party=area["party"], source=area["source"], **more)]


def _period(context: Context) -> list[Entry]:
    place = pl.col("place") == context.site.place
    days = context.inputs.visits.filter(place)["visitDate"].drop_nulls()
    table = "visits"
    if days.is_empty():
        days, table = context.inputs.seasons.filter(place)["date"].drop_nulls(), "counts"
    if days.is_empty():
        return []
    return [
        _entry(
            "days",
            "/".join(days.sort().gather([0, days.len() - 1]).cast(pl.String)),
            table=table,
            party=context.site.party,
        )
    ]


def _coordinates(context: Context) -> list[Entry]:
    latitude, longitude = context.row["latitude"], context.row["longitude"]
    if latitude is None or longitude is None:
        return []
    return _from_site(context, "point", f"{latitude!r} {longitude!r}")


def _area(context: Context) -> list[Entry]:
    found = []
    if context.row["area"] is not None:
        found += _from_site(context, "number", context.row["area"], number=context.row["area"], unit="ha")
    if context.area is not None and context.area["reportedArea"] is not None:
        found += _from_area(context, "number", "reportedArea", number=context.area["reportedArea"], unit="km2")
    shape = outline(context)
    if shape is not None:
        # To 1 ha: an outline is never drawn more finely than that.
        hectares = round(square_kilometres(shape) * 100)
        found += _from_area(context, "number", "areaID", number=float(hectares), unit="ha")
        found[-1].update(value=str(hectares), table="areas.geometry")
    return found


def _boundary(context: Context) -> list[Entry]:
    return _from_area(context, "outline", "areaID") if outline(context) is not None else []


def _animals(context: Context) -> list[Entry]:
    own = context.species.filter(pl.col("place") == context.site.place)
    found = []
    for row in own.filter("noteworthy").iter_rows(named=True):
        found.append(
            _entry(
                "species",
                row["scientificName"],
                number=row["largest"],
                day=row["day"],
                unit="individuals",
                detail="|".join(filter(None, (row["lists"], row["criteria"]))),
                table="counts",
                party=context.site.party,
            )
        )
    others = own.height - len(found)
    if others:
        found.append(_entry("others", others, number=float(others), table="counts", party=context.site.party))
    trends = context.inputs.trends.filter(pl.col("place") == context.site.place)
    for row in trends.sort("measure", "season", "from", nulls_last=True).iter_rows(named=True):
        years = f"{row['from']}/{row['upto']}" if row["from"] is not None else ""
        said = {"number": row["multiplicative"], "detail": row["trend"], "unit": years, "table": "counts"}
        found.append(_entry("trend", row["measure"], party=context.site.party, **said))
    return found


def _criteria(context: Context) -> list[Entry]:
    rows = context.criteria.filter(pl.col("verdict").is_in(("met", "provisional", "undecided"))).iter_rows(named=True)
    return [
        _entry(
            "criterion",
            f"{row['criterion']}: {row['verdict']}",
            number=row["species"],
            detail=row["edition"],
            table="counts",
            party=context.site.party,
        )
        for row in rows
    ]


def _references(context: Context) -> list[Entry]:
    """Return every source of the other fields, once."""
    known: dict[tuple[str, str], None] = {}
    if context.area is not None and context.area["source"]:
        known[context.area["source"], "areas"] = None
    for source in sorted(row["source"] for row in context.statements):
        known[source, "statements"] = None
    for edition in context.criteria["edition"].unique().sort():
        if edition:
            known[edition, "population_estimates"] = None
    for row in context.texts:
        if row["source"]:
            known[row["source"], "sheet_texts"] = None
    return [_entry("text", source, table=table, party=context.site.party) for source, table in known]


def _new_or_update(context: Context) -> list[Entry]:
    return _from_site(context, "word", _UPDATE) if is_update(context) else []


_FILLERS: Mapping[str, Callable[[Context], list[Entry]]] = MappingProxyType(
    {
        "period": _period,
        "country": lambda context: _from_site(context, "country", context.country),
        "siteName": lambda context: _from_site(context, "text", context.row["siteName"]),
        "newOrUpdate": _new_or_update,
        "boundary": _boundary,
        "coordinates": _coordinates,
        "area": _area,
        "criteria": _criteria,
        "animals": _animals,
        "managementAuthority": lambda context: _from_area(context, "text", "managementAuthority"),
        "measuresTaken": lambda context: _from_area(context, "text", "designation"),
        "managementPlan": lambda context: _from_area(context, "text", "managementPlan"),
        "references": _references,
    }
)

_ATTRIBUTES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "area": ("area",),
        "coordinates": ("coordinates", "coordinate"),
        "elevation": ("elevation",),
        "managementAuthority": ("management authority", "managementauthority"),
        "managementPlan": ("management plan", "managementplan"),
        "tenure": ("tenure", "ownership"),
        "climate": ("climate",),
        "salinity": ("salinity",),
        "waterPH": ("ph",),
    }
)
"""Attributes of statements that say what a field asks for."""


def _statements(field: Field, context: Context) -> list[Mapping[str, Any]]:
    wanted = _ATTRIBUTES.get(field.name, ())
    if not wanted:
        return []
    return [row for row in context.statements if str(row["attribute"]).lower() in wanted]


def _stated(row: Mapping[str, Any]) -> Entry:
    kept = {name: row[name] for name in ("unit", "language", "source", "party")}
    return _entry("text", row["value"], day=row["statedOn"], table="statements", **kept)


def _texts(field: Field, context: Context) -> list[Entry]:
    """Return the texts of a field in every language it has them: the newest signed one, or the newest draft."""
    wanted = {field.number}
    if field.name == "criteria":
        wanted |= set(STATEMENT_FIELDS[context.sheet])
    found = []
    for row in context.texts:
        if row["field"] not in wanted:
            continue
        kept = {name: row[name] for name in ("language", "status", "author", "source", "party")}
        criterion = STATEMENT_FIELDS[context.sheet].get(row["field"], "")
        found.append(_entry("text", row["text"], day=row["writtenOn"], table="sheet_texts", detail=criterion, **kept))
    return found


def standing(texts: pl.DataFrame) -> tuple[Mapping[str, Any], ...]:
    """Return one text a sheet, field and language: the newest signed one before the newest draft."""
    keys = ["sheet", "field", "language"]
    return tuple(
        texts.sort(*keys, pl.col("status") == "signed", "writtenOn", "author", "text")
        .unique(keys, keep="last", maintain_order=True)
        .iter_rows(named=True)
    )
