"""The dossier of a place: the parts that may be shown, each filled, with its digest, its steps and its gaps.

Of a part that its owners did not release nothing is here but the name of its country: no site, no species, no step, no
statement that it gave or that is about it. Numbers of a count group hold the counts of all its parts; they are here
only when every part is.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl

from tumen.errors import MisuseError, Text
from tumen.tables.findings import FINDINGS, empty, finding, gather
from tumen.waterbirds.dossier import criteria, gaps, steps
from tumen.waterbirds.dossier.conflicts import CONFLICTS, conflicts
from tumen.waterbirds.dossier.fields import CRITERIA, FIELDS
from tumen.waterbirds.dossier.fill import VALUES, Context, standing, values
from tumen.waterbirds.dossier.inputs import SHAPES, Inputs
from tumen.waterbirds.dossier.parts import Part, Site, parts_of
from tumen.waterbirds.dossier.species import SPECIES, species_of

Shape = Mapping[str, pl.DataType | type[pl.DataType]]

SITES: dict[str, pl.DataType | type[pl.DataType]] = {
    "country": pl.String,
    "place": pl.String,
    "siteName": pl.String,
    "party": pl.String,
    "longitude": pl.Float64,
    "latitude": pl.Float64,
    "ramsarID": pl.String,
    "flywayID": pl.String,
    "outline": pl.String,  # WKT
}
"""One row a site of the parts shown."""

_CONTENT: Mapping[str, Shape] = MappingProxyType(
    {
        "sites": SITES,
        "values": VALUES,
        "states": gaps.STATES,
        "gaps": gaps.GAPS,
        "criteria": criteria.JUDGED,
        "evidence": criteria.EVIDENCE,
        "seasons": criteria.MAXIMA,
        "species": SPECIES,
    }
)
_SIGNED = ("sites", "values", "criteria", "evidence", "seasons", "species")
"""The tables of a part that its digest is of: what it says. What it lacks follows from them."""

STATED = SHAPES["statements"]


@dataclass(frozen=True)
class Shown:
    """One part that may be shown: its country, owners, the digest of its content, and whether it was released."""

    country: str
    parties: tuple[str, ...]
    places: tuple[str, ...]
    digest: str
    released: bool


@dataclass(frozen=True)
class Dossier:
    """A sheet of one place, filled as far as it can be.

    `kind`: `site` or `group`. `parts` are those shown; `absent` the countries of those that were not released. `whole`:
    the criteria, evidence and seasons of the count group as such are in the tables, with its name as `place`. `own`:
    the party whose parts are here even if it did not release them. `tables`: see `TABLES`.
    """

    place: str
    kind: str
    sheet: str
    own: str | None
    asOf: date | None  # noqa: N815
    parts: tuple[Shown, ...]
    absent: tuple[str, ...]
    whole: bool
    tables: Mapping[str, pl.DataFrame]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the sites shown."""
        return tuple(dict.fromkeys(self.tables["sites"]["siteName"]))


TABLES: Mapping[str, Shape] = MappingProxyType(
    {
        **_CONTENT,
        "steps": steps.STEPS,
        "statements": STATED,
        "conflicts": CONFLICTS,
        "findings": FINDINGS,
    }
)
"""The tables of a dossier and their columns; see the modules in which they are made."""


@dataclass(frozen=True)
class _Filled:
    """A part with its content and steps."""

    part: Part
    content: Mapping[str, pl.DataFrame]
    digest: str
    steps: pl.DataFrame


def dossier(place: str, sheet: str, inputs: Inputs, *, own: str | None = None) -> Dossier:
    """Return the sheet (`RIS` or `SIS`) of a site or a count group, filled from the inputs.

    `own` is the party that makes the dossier for itself: its own parts are shown before they are released. Rows are in
    a fixed order: the same inputs give the same dossier, whatever the order of their rows.

    Raises `MisuseError` for an unknown place or sheet.

    >>> sites = {"place": ["north/s1"], "party": ["north"], "siteName": ["Lake"], "countryCode": ["KP"]}
    >>> inputs = Inputs(sites=pl.DataFrame(sites))
    >>> dossier("north/s1", "RIS", inputs).absent
    ('KP',)
    >>> made = dossier("north/s1", "RIS", inputs, own="north")
    >>> made.tables["values"].filter(field="4")["value"].to_list(), made.tables["gaps"].height
    (['Lake'], 43)
    """
    if sheet not in FIELDS:
        raise MisuseError("the sheet RIS or SIS", Text("'{sheet}'", sheet=sheet), "Write RIS or SIS.")
    kind, parts = parts_of(place, inputs.sites)
    stated = steps.Stated.of(place, sheet, inputs.steps, inputs.parties)
    every = [_filled(part, stated, inputs) for part in parts]
    released = {one.part.country: steps.is_released(one.steps) for one in every}
    shown = [one for one in every if released[one.part.country] or own in one.part.parties]
    absent = tuple(one.part for one in every if one not in shown)
    contents = [one.content for one in shown]
    whole = kind == "group" and not absent
    if whole:
        contents.append(_whole(place, sheet, inputs))
    visible = [one.part for one in shown]
    tables = {
        name: _joined([content[name] for content in contents if name in content], shape)
        for name, shape in _CONTENT.items()
    }
    own_steps = _joined([one.steps for one in shown], steps.STEPS)
    joint = steps.joint_steps(visible, own_steps, stated, complete=not absent) if kind == "group" else own_steps.clear()
    tables["steps"] = pl.concat([own_steps, joint])
    tables["statements"] = _about(inputs, visible, absent, place)
    tables["conflicts"], disagreements = conflicts(_with_sites(tables["statements"], tables["values"], tables["sites"]))
    notes = [
        disagreements,
        steps.step_findings(tables["steps"]),
        steps.strangers(visible, _of_visible(stated, visible, absent)),
        finding("dossier-group-withheld", table="counts") if kind == "group" and absent and visible else empty(),
    ]
    tables["findings"] = gather(notes)
    made = tuple(
        Shown(one.part.country, one.part.parties, one.part.places, one.digest, released[one.part.country])
        for one in shown
    )
    countries = tuple(part.country for part in absent)
    return Dossier(place, kind, sheet, own, inputs.asOf, made, countries, whole, MappingProxyType(tables))


def canonical(value: object) -> bytes:
    r"""Return JSON that is the same for equal values: keys in order, no blanks, UTF-8.

    >>> canonical({"b": [1, None], "a": "湖"})
    b'{"a":"\xe6\xb9\x96","b":[1,null]}'
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def content_of(made: Dossier, part: Shown) -> dict[str, Any]:
    """Return what a part says, as the value whose canonical JSON has the SHA-256 that its owners sign."""
    own = {name: made.tables[name].filter(pl.col("place").is_in(part.places)) for name in _SIGNED}
    return _signed(made.sheet, part.country, part.parties, own)


def _signed(sheet: str, country: str, parties: tuple[str, ...], content: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    tables = {name: plain(content[name]) for name in _SIGNED}
    return {"sheet": sheet, "country": country, "parties": list(parties), **tables}


def plain(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Return a table as rows that JSON can hold: days as ISO 8601, numbers that are none as null."""
    return [{name: _plain(value) for name, value in row.items()} for row in frame.iter_rows(named=True)]


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return None if isinstance(value, float) and (value != value or value in (float("inf"), -float("inf"))) else value


def _filled(part: Part, stated: steps.Stated, inputs: Inputs) -> _Filled:
    sheet = stated.sheet
    content = _content(part, sheet, _of_part(part, inputs))
    digests = {"": _digest(part, sheet, content)}
    for site in part.sites:
        own = {name: content[name].filter(pl.col("place") == site.place) for name in _SIGNED}
        digests[site.place] = _digest(Part(part.country, (site,)), sheet, own)
    return _Filled(part, content, digests[""], steps.part_steps(part, digests, stated))


def _digest(part: Part, sheet: str, content: Mapping[str, pl.DataFrame]) -> str:
    return hashlib.sha256(canonical(_signed(sheet, part.country, part.parties, content))).hexdigest()


def _content(part: Part, sheet: str, inputs: Inputs) -> dict[str, pl.DataFrame]:
    """Return the tables of one part (`_CONTENT`)."""
    verdicts = inputs.verdicts.filter(pl.col("criterion").is_in(CRITERIA[sheet]))
    species = species_of(part.places, part.country, inputs.seasons, verdicts, inputs.status)
    rows: dict[str, list[dict[str, Any]]] = {"values": [], "states": [], "gaps": [], "sites": []}
    judged = []
    for site in part.sites:
        context = _context(site, part, sheet, inputs, species)
        filled = [
            {**entry, "order": order} for order, field in enumerate(FIELDS[sheet]) for entry in values(field, context)
        ]
        states = gaps.states(context, filled)
        rows["values"] += filled
        rows["states"] += states
        rows["gaps"] += gaps.gaps(context, filled, states, verdicts)
        rows["sites"].append(_site(context))
        judged.append(context.criteria)
    return {
        **{name: pl.DataFrame(rows[name], schema=dict(_CONTENT[name])) for name in rows},
        "criteria": pl.concat(judged),
        "evidence": pl.concat([criteria.evidence(sheet, part.country, one, verdicts) for one in part.places]),
        "seasons": pl.concat([criteria.maxima(part.country, one, inputs.seasons) for one in part.places]),
        "species": species,
    }


def _context(site: Site, part: Part, sheet: str, inputs: Inputs, species: pl.DataFrame) -> Context:
    row = inputs.sites.filter(pl.col("place") == site.place).row(0, named=True)
    areas = inputs.areas.filter(pl.col("areaID") == pl.lit(row["areaID"], pl.String))
    area = areas.row(0, named=True) if areas.height else None
    names = _names(row, area)
    about = inputs.statements.filter(pl.col("subject").str.to_lowercase().is_in(names))
    said = tuple(about.sort("attribute", "statedOn", "source", "value", nulls_last=True).iter_rows(named=True))
    own = inputs.texts.filter((pl.col("siteID") == site.place) & (pl.col("sheet") == sheet))
    judged = criteria.judged(sheet, part.country, site.place, inputs)
    return Context(sheet, site, part.country, row, area, said, standing(own), species, judged, inputs)


def _site(context: Context) -> dict[str, Any]:
    own = {name: context.row[name] for name in SITES if name in context.row and name != "country"}
    return {**own, "country": context.country, "outline": context.area["geometry"] if context.area else None}


def _whole(place: str, sheet: str, inputs: Inputs) -> dict[str, pl.DataFrame]:
    """Return what is known of a count group as such; it has no country of its own."""
    judged = criteria.judged(sheet, "", place, inputs).filter(~pl.col("criterion").is_in(criteria.IN_WORDS))
    return {
        "criteria": judged,
        "evidence": criteria.evidence(sheet, "", place, inputs.verdicts),
        "seasons": criteria.maxima("", place, inputs.seasons),
        "species": species_of((place,), "", inputs.seasons, inputs.verdicts, inputs.status),
    }


def _of_part(part: Part, inputs: Inputs) -> Inputs:
    """Return the rows that count for a part: what its owners, or parties of its country, say of it."""
    home = inputs.parties.filter(pl.col("countryCode") == part.country)["party"].to_list() if part.country else []
    own = pl.col("party").is_in([*part.parties, *home])
    places = pl.col("place").is_in(part.places)
    return Inputs(
        sites=inputs.sites.filter(places),
        areas=inputs.areas.filter(own).sort("areaID", "party"),
        statements=inputs.statements.filter(own),
        texts=inputs.texts.filter(own),
        status=inputs.status,
        summary=inputs.summary.filter(places).sort(pl.all(), nulls_last=True),
        verdicts=inputs.verdicts.filter(places),
        seasons=inputs.seasons.filter(places),
        trends=inputs.trends.filter(places),
        visits=inputs.visits.filter(places),
        asOf=inputs.asOf,
    )


def _names(row: Mapping[str, Any], area: Mapping[str, Any] | None) -> list[str]:
    """Return what a statement may call a site: its name, its identifiers, the names of its area; in small letters."""
    own = [row["siteName"], row["place"], str(row["place"]).rsplit("/", 1)[-1], row["flywayID"], row["areaID"]]
    more = [] if area is None else [area["name"], area["originalName"], str(area["areaID"]).rsplit("/", 1)[-1]]
    return sorted({str(name).lower() for name in (*own, *more) if name})


def _about(inputs: Inputs, visible: Sequence[Part], absent: Sequence[Part], place: str) -> pl.DataFrame:
    """Return what anybody states of the places shown, or of their countries; nothing by or about parts not shown."""
    shown, hidden = _subjects(visible, inputs), _subjects(absent, inputs)
    if visible:
        shown |= {place.lower()}
    said = pl.col("subject").str.to_lowercase()
    silent = [party for part in absent for party in part.parties]
    silent = [party for party in silent if not any(party in part.parties for part in visible)]
    own = pl.col("party").is_in([party for part in visible for party in part.parties])
    kept = said.is_in(sorted(shown)) & (own | ~said.is_in(sorted(hidden))) & ~pl.col("party").is_in(silent)
    return inputs.statements.filter(kept).sort(pl.all(), nulls_last=True)


def _subjects(parts: Iterable[Part], inputs: Inputs) -> set[str]:
    found: set[str] = set()
    for part in parts:
        for row in inputs.sites.filter(pl.col("place").is_in(part.places)).iter_rows(named=True):
            areas = inputs.areas.filter(pl.col("areaID") == pl.lit(row["areaID"], pl.String))
            for area in [None, *areas.iter_rows(named=True)]:
                found |= set(_names(row, area))
        if part.country:
            found.add(part.country.lower())
    return found


def _with_sites(statements: pl.DataFrame, filled: pl.DataFrame, sites: pl.DataFrame) -> pl.DataFrame:
    """Return the statements, and beside them what the owners' own tables say of area and coordinates."""
    rows = []
    tables = filled.filter(pl.col("table").is_in(("sites", "areas")) & pl.col("name").is_in(("area", "coordinates")))
    for row in tables.iter_rows(named=True):
        own = {"party": row["party"], "value": row["value"], "unit": row["unit"], "source": row["table"]}
        rows.append({**own, "subject": row["place"], "attribute": row["name"]})
    stated = statements.with_columns(_called(sites), pl.col("attribute").replace("coordinate", "coordinates"))
    return pl.concat([stated, pl.DataFrame(rows, schema=dict(STATED))])


def _called(sites: pl.DataFrame) -> pl.Expr:
    """Return as subject the place that a statement means, whichever of its names it uses.

    A party's own identifier or name is its own site; a name that several sites bear and the party owns none of them
    stays as it was said: it may be any of them.
    """
    rows = [(str(place), str(name or "")) for place, name in sites.select("place", "siteName").iter_rows()]
    owned = {
        f"{place.split('/', 1)[0]}\x00{key.lower()}": place
        for place, name in rows
        for key in (place.split("/", 1)[-1], name)
        if key
    }
    names = [name.lower() for _, name in rows]
    common = {name.lower(): place for place, name in rows if name and names.count(name.lower()) == 1}
    common |= {place.lower(): place for place, _ in rows}
    said = pl.col("subject").str.to_lowercase()
    own = pl.concat_str("party", pl.lit("\x00"), said)
    found = pl.coalesce(
        own.replace_strict(owned, default=None, return_dtype=pl.String) if owned else pl.lit(None, pl.String),
        said.replace_strict(common, default=None, return_dtype=pl.String) if common else pl.lit(None, pl.String),
        "subject",
    )
    return found.alias("subject")


def _of_visible(stated: steps.Stated, visible: Sequence[Part], absent: Sequence[Part]) -> steps.Stated:
    """Return the steps without those of parts that are not shown; a party of none that is shown is not named."""
    hidden = {part.country for part in absent} | {place for part in absent for place in part.places}
    silent = {party for part in absent for party in part.parties} - {
        party for part in visible for party in part.parties
    }
    rows = tuple(
        {**row, "party": "?"} if row["party"] in silent else row
        for row in stated.rows
        if row["countryCode"] not in hidden and row["siteID"] not in hidden
    )
    return steps.Stated(stated.place, stated.sheet, rows, stated.countries)


def _joined(frames: Sequence[pl.DataFrame], shape: Shape) -> pl.DataFrame:
    return pl.concat(frames) if frames else pl.DataFrame(schema=dict(shape))
