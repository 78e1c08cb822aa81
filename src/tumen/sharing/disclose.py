"""Who may see it, and how much of it? The view of a package that a grant lets one receiver have.

What nobody has classified does not leave. The view is made from the owner's exact data; what the receiver needs of
them, such as sides and distances to the border, the owner derives before. A release that together with earlier ones
would tell more than the grant gives is refused: then there is no view.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC as UTC_ZONE
from datetime import datetime
from typing import Any

import polars as pl

from tumen.errors import MisuseError
from tumen.sharing import derived
from tumen.sharing.choose import ROW, Chosen, allowed, choose, granted, own_animals
from tumen.sharing.classes import Kept
from tumen.sharing.generalise import WIDTHS
from tumen.sharing.kept import FROM, KEPT
from tumen.sharing.ledger import EXACT, LOCATIONS, UNPLACED, Ledger, record, refusals
from tumen.sharing.levels import Grant, at_most
from tumen.sharing.places import CELLS, cells, points
from tumen.sharing.view import Viewer, blanked, generalisations, view
from tumen.tables import findings
from tumen.tables.cast import to_text
from tumen.tables.package import Package
from tumen.tables.protocol import STANDARD, TABLES, VERSION

MEDIA: dict[str, pl.DataType | type[pl.DataType]] = {
    "path": pl.String,
    "newPath": pl.String,
    "bboxX": pl.Float64,
    "bboxY": pl.Float64,
    "bboxWidth": pl.Float64,
    "bboxHeight": pl.Float64,
}
"""Files that go with a view: the owner's path, the path in the view, and the box to cut out; null for all of it."""

DESIGNS = ("simpleRandom", "systematicRandom", "clusteredRandom", "experimental", "targeted", "opportunistic")
METHODS = ("activityDetection", "timeLapse")
"""Words of Camtrap DP 1.0.2 for a survey's design and for what set off a recording."""


def _no_encounters() -> pl.DataFrame:
    return pl.DataFrame(schema=derived.SEEN)


def _no_effort() -> pl.DataFrame:
    return pl.DataFrame(schema=derived.WORKED)


@dataclass(frozen=True)
class Derived:
    """What the owner has computed from its exact data: encounters (`derived.SEEN`) and effort (`derived.WORKED`)."""

    seen: pl.DataFrame = field(default_factory=_no_encounters)
    worked: pl.DataFrame = field(default_factory=_no_effort)


@dataclass(frozen=True)
class Disclosed:
    """A view: the package, the ledger with this release in it, findings, and the files that go with it (`MEDIA`).

    `refused`: nothing may leave; the package is empty and the ledger as it was.
    """

    package: Package
    ledger: Ledger
    findings: pl.DataFrame
    media: pl.DataFrame

    @property
    def refused(self) -> bool:
        """Whether nothing may leave."""
        return not findings.errors(self.findings).is_empty()


def disclose(package: Package, grant: Grant, secret: bytes, owned: Derived, ledger: Ledger, now: datetime) -> Disclosed:
    """Return the view of `package` that `grant` gives.

    `secret`: 32 bytes of the owner, for pseudonyms. `owned`: what the owner derived. `now`: with a time zone.
    The same package, grant, secret and ledger give the same view. Raises `MisuseError` for a bad secret or `now`.
    """
    if now.tzinfo is None:
        raise MisuseError("an instant with a time zone", now.isoformat(), "Give the time in UTC.")
    if grant.level == "nothing":
        return _refusal(package, ledger, findings.finding("release-nothing", value=grant.receiver))
    chosen = choose(package, grant)
    if grant.level == "full":
        return _in_full(package, Viewer(grant, secret, package.party, _no_cells()), chosen, ledger, now)
    placed, moved = cells(points(_leaving(chosen, grant)), grant.category, ledger)
    viewer = Viewer(
        grant,
        secret,
        package.party,
        placed if at_most("generalised", grant.level) else _no_cells(),
        own_animals(package),
    )
    made = _tables(package, chosen, viewer, owned, ledger)
    told = _locations(viewer, made.border)
    found = [chosen.findings, made.findings, moved if viewer.placed else findings.empty()]
    refused = refusals(ledger, told, grant, now)
    if refused.height:
        return _refusal(package, ledger, refused)
    return Disclosed(
        package=_package(package, grant, made.tables, _descriptor(package, viewer, made.tables, now)),
        ledger=record(ledger, told, grant, package.name, now),
        findings=findings.of_package(findings.gather(found), package.party, package.name),
        media=made.media,
    )


def _no_cells() -> pl.DataFrame:
    return pl.DataFrame(schema=CELLS)


def _leaving(chosen: Chosen, grant: Grant) -> Mapping[str, pl.DataFrame]:
    return {name: frame for name, frame in chosen.tables.items() if allowed(name, grant) is not None}


def _refusal(package: Package, ledger: Ledger, found: pl.DataFrame) -> Disclosed:
    nothing = Package(
        name=package.name, party=package.party, country=package.country, format=package.format, tables={}, received={}
    )
    found = findings.of_package(found, package.party, package.name)
    return Disclosed(nothing, ledger, found, pl.DataFrame(schema=MEDIA))


@dataclass(frozen=True)
class _Made:
    tables: Mapping[str, pl.DataFrame]
    media: pl.DataFrame
    border: pl.DataFrame
    findings: pl.DataFrame


def _tables(package: Package, chosen: Chosen, viewer: Viewer, owned: Derived, ledger: Ledger) -> _Made:
    """Return every table of the view, those of the protocol in its order."""
    grant = viewer.grant
    mine = {name: frame for name, frame in chosen.tables.items() if name not in (*FROM, "holdings")}
    border = pl.DataFrame(schema={"location": pl.String, "step": pl.Float64, "told": pl.Float64})
    found: list[pl.DataFrame] = []
    cuts = pl.DataFrame(schema={"portraitID": pl.String})
    if _derives("encounters", grant):
        mine["encounters"], border = derived.encounters(_seen(owned.seen, grant), grant.step, ledger)
    if _derives("camera_days", grant):
        mine["camera_days"] = derived.camera_days(owned.worked, grant.level)
    if _derives("portraits", grant):
        source = replace(package, tables={**package.tables, **_with(chosen, "observations")})
        mine["portraits"], cuts, without = derived.portraits(_of_grant(source, grant))
        if without:
            found.append(findings.finding("portrait-without-box", table="media", count=without))
    mine = _told_once(mine, grant)
    shown = {
        name: view(TABLES[name], mine[name], kept, viewer)
        for name in TABLES
        if name in mine and (kept := _kept(name, grant)) is not None
    }
    media, shown = _files(mine, shown, cuts, viewer)
    if granted("media", grant) and "media" in shown and shown["media"].height:
        found.append(findings.finding("media-text-in-picture", table="media", count=shown["media"].height))
    if at_most("generalised", grant.level) and "deployments" in shown and "observations" in shown:
        # The standard wants its three tables, though one be empty.
        shown = {"media": TABLES["media"].empty(), **shown}
    if grant.level == "catalogue":
        shown = {}
    if _kept("holdings", grant) is not None:
        shown["holdings"] = derived.holdings(_held(package, grant), shown, grant.species)
    return _Made({name: shown[name] for name in TABLES if name in shown}, media, border, findings.gather(found))


def _kept(name: str, grant: Grant) -> Kept | None:
    return allowed(name, replace(grant, tables=None)) if name in (*FROM, "holdings") else allowed(name, grant)


def _derives(name: str, grant: Grant) -> bool:
    """Say whether a derived table leaves: its level is reached, and the grant names it or what it comes from."""
    named = grant.tables is None or any(one in grant.tables for one in (name, *FROM[name]))
    # A denial of all that it is made from keeps it at home, and so does one of itself.
    named = named and not grant.home.issuperset(FROM[name])
    return named and _kept(name, grant) is not None


def _of_species(seen: pl.DataFrame, grant: Grant) -> pl.DataFrame:
    if grant.species is None:
        return seen
    return seen.filter(pl.col("scientificName").is_in(list(grant.species)).fill_null(False))


def _seen(seen: pl.DataFrame, grant: Grant) -> pl.DataFrame:
    """Return the encounters of the species of a grant, without those made from a table that stays at home."""
    made_from = pl.when(pl.col("source") == "position").then(pl.lit("positions")).otherwise(pl.lit("observations"))
    return _of_species(seen, grant).filter(~made_from.is_in(sorted(grant.home)))


def _of_grant(package: Package, grant: Grant) -> Package:
    return replace(
        package, tables={**package.tables, "observations": _of_species(package.table("observations"), grant)}
    )


def _with(chosen: Chosen, name: str) -> dict[str, pl.DataFrame]:
    return {name: chosen.tables[name].drop(ROW)} if name in chosen.tables else {}


def _held(package: Package, grant: Grant) -> Package:
    """Return what of a package may be counted: the tables and species of the grant."""
    named = (
        package.tables if grant.tables is None else {n: package.tables[n] for n in grant.tables if n in package.tables}
    )
    tables = {n: frame for n, frame in named.items() if n not in grant.home}
    if grant.species is not None:
        told = {n: frame for n, frame in tables.items() if "scientificName" in frame.columns}
        tables = {n: frame if n == "counts" else _of_species(frame, grant) for n, frame in told.items()}
    return replace(package, tables=tables)


def _told_once(mine: Mapping[str, pl.DataFrame], grant: Grant) -> dict[str, pl.DataFrame]:
    """Return the tables with references only to pictures that leave; a judgement of a picture is one of its animal."""
    made = dict(mine)
    if not at_most("generalised", grant.level):
        return made
    shown = made["media"]["mediaID"].implode() if "media" in made else pl.Series([[]], dtype=pl.List(pl.String))
    here = pl.when(pl.col("mediaID").is_in(shown)).then("mediaID").alias("mediaID")
    if "identifications" in made and "observations" in made:
        of = made["observations"].select("mediaID", seen="observationID").drop_nulls().sort("mediaID", "seen")
        joined = made["identifications"].join(
            of.unique("mediaID", keep="first"), on="mediaID", how="left", maintain_order="left"
        )
        made["identifications"] = joined.with_columns(observationID=pl.coalesce("observationID", "seen")).drop("seen")
    for name in ("observations", "identifications"):
        if name in made:
            made[name] = made[name].with_columns(here)
    return made


def _files(
    mine: Mapping[str, pl.DataFrame], shown: dict[str, pl.DataFrame], cuts: pl.DataFrame, viewer: Viewer
) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """Return which files go with the view, and the tables with the new paths."""
    listed = [pl.DataFrame(schema=MEDIA)]
    if "portraits" in shown and cuts.height:
        path = pl.concat_str(pl.lit("portraits/"), pl.col("portraitID"), pl.lit(".jpg"))
        shown["portraits"] = shown["portraits"].with_columns(filePath=path)
        new = cuts.with_columns(viewer.renamed(cuts["portraitID"], "observation"))
        listed.append(new.select(pl.col("filePath").alias("path"), path.alias("newPath"), *list(MEDIA)[2:]))
    if "media" in shown and shown["media"].height:
        ending = pl.when(pl.col("fileMediatype") == "image/png").then(pl.lit(".png")).otherwise(pl.lit(".jpg"))
        path = pl.concat_str(pl.lit("media/"), pl.col("mediaID"), ending)
        shown["media"] = shown["media"].with_columns(filePath=path, filePublic=pl.lit(False))
        new = mine["media"].with_columns(viewer.renamed(mine["media"]["mediaID"], "media"))
        empty = [pl.lit(None, dtype=pl.Float64).alias(name) for name in list(MEDIA)[2:]]
        listed.append(new.select(pl.col("filePath").alias("path"), path.alias("newPath"), *empty))
    return pl.concat(listed).sort("newPath"), shown


def _locations(viewer: Viewer, border: pl.DataFrame) -> pl.DataFrame:
    """Return what the view tells of each location, for the ledger."""
    category = pl.lit(viewer.grant.category if viewer.placed else UNPLACED, dtype=pl.Int64)
    placed = viewer.cells.select("location", "column", "row", category=category)
    joined = placed.join(border, on="location", how="full", coalesce=True)
    return joined.select(
        "location",
        pl.col("column").fill_null(-1),
        pl.col("row").fill_null(-1),
        pl.col("category").fill_null(UNPLACED),
        "step",
        pl.col("told").alias("borderDistance"),
    )


def _package(
    package: Package, grant: Grant, tables: Mapping[str, pl.DataFrame], descriptor: Mapping[str, Any]
) -> Package:
    return Package(
        name=str(descriptor["name"]),
        party=package.party,
        country=package.country,
        format="camtrap-dp",
        tables=tables,
        received={name: to_text(TABLES[name], frame) for name, frame in tables.items()},
        descriptor=descriptor,
    )


def _descriptor(package: Package, viewer: Viewer, tables: Mapping[str, pl.DataFrame], now: datetime) -> dict[str, Any]:
    """Return the metadata of a view: made anew, since titles, people, addresses and outlines tell places."""
    grant = viewer.grant
    name = viewer.renamed(pl.Series([package.name]), "package")[0]
    made: dict[str, Any] = {
        "name": f"view-{name}",
        "created": now.astimezone(UTC_ZONE).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "dataGeneralizations": generalisations(viewer, {n: k for n in tables if (k := _kept(n, grant)) is not None}),
        "informationWithheld": _withheld(tables, grant),
        "contributors": [{"title": package.party, "role": "rightsHolder"}],
        "tumen": {**_whose(package), "protocol": VERSION, "disclosure": _terms(grant)},
    }
    licences = _licences(package.descriptor.get("licenses"))
    if licences:
        made["licenses"] = licences
    if grant.level == "full":
        made["dataGeneralizations"] = "Level full: what leaves is exact."
    elif viewer.placed and "deployments" in tables:
        stated = package.descriptor.get("coordinatePrecision")
        coarse = stated if isinstance(stated, int | float) and not isinstance(stated, bool) else 0.0
        made["coordinatePrecision"] = max(WIDTHS[grant.category], coarse)
    if any(table.name in tables for table in STANDARD):
        made["project"] = {"title": f"A view at the level {grant.level}", **_design(package.descriptor.get("project"))}
    return made


def _licences(said: Any) -> list[dict[str, str]]:
    """Return licences by name and scope; a title or an address of one could say anything."""
    listed = [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []
    named = [{key: str(one[key]) for key in ("name", "scope") if key in one} for one in listed]
    return [one for one in named if "name" in one]


def _design(said: Any) -> dict[str, Any]:
    """Return how the survey was made, as far as it is said in the words of the standard."""
    if not isinstance(said, dict):
        return {}
    methods = said.get("captureMethod")
    used = [one for one in methods if one in METHODS] if isinstance(methods, list) else []
    design = {"samplingDesign": said["samplingDesign"]} if said.get("samplingDesign") in DESIGNS else {}
    return {**design, **({"captureMethod": used} if used else {})}


def _whose(package: Package) -> dict[str, Any]:
    return {"party": package.party, **({"country": package.country} if package.country else {})}


def _terms(grant: Grant) -> dict[str, Any]:
    return {
        "level": grant.level,
        "receiver": grant.receiver,
        "purpose": grant.purpose,
        "agreement": grant.agreement,
        "until": grant.until.isoformat() if grant.until else None,
        "category": grant.category if at_most("generalised", grant.level) and grant.level != "full" else None,
        "borderStep": grant.step if at_most("crossing", grant.level) and grant.level != "full" else None,
        "columns": sorted({*grant.columns, *(["text"] if grant.text else [])} - grant.denied),
        "denied": sorted(grant.denied),
    }


def _withheld(tables: Mapping[str, pl.DataFrame], grant: Grant) -> str:
    classes = f" Withheld columns: {', '.join(sorted(grant.denied))}." if grant.denied else ""
    if "holdings" not in tables:
        return "What is withheld is not told." + classes
    held = tables["holdings"].filter(pl.col("rows") > pl.col("disclosed"))
    listed = held.select("table", "rows", "disclosed").iter_rows()
    less = [f"{table} ({rows - disclosed} of {rows} rows)" for table, rows, disclosed in listed]
    return ("Withheld: " + ", ".join(less) + "." if less else "No rows are withheld.") + classes


def _in_full(package: Package, viewer: Viewer, chosen: Chosen, ledger: Ledger, now: datetime) -> Disclosed:
    """Return the package as it is, or its rows of the tables and species granted without the classes denied."""
    grant = viewer.grant
    whole = grant.tables is None and grant.species is None and not grant.denied and not grant.home
    tables = {name: frame.drop(ROW) for name, frame in chosen.tables.items()}
    received = {
        name: to_text(TABLES[name], tables[name])
        if name == "counts" and grant.species is not None
        else package.received[name][chosen.tables[name][ROW].to_list()]
        for name in tables
        if name in package.received
    }
    own = package.descriptor.get("tumen")
    said = {**(own if isinstance(own, dict) else _whose(package)), "disclosure": _terms(grant)}
    view_of = replace(package, descriptor={**package.descriptor, "tumen": said})
    shown = tables
    if not whole:
        if grant.denied:
            shown = {name: blanked(TABLES[name], frame, KEPT[name], viewer) for name, frame in tables.items()}
            received = {name: to_text(TABLES[name], frame) for name, frame in shown.items()}
        # The owner's own descriptor tells where, when and of what all of the package is.
        counted = {**shown, "holdings": derived.holdings(_held(package, grant), shown, grant.species)}
        made = _descriptor(package, viewer, counted if _kept("holdings", grant) is not None else shown, now)
        view_of = _package(package, grant, shown, made)
        view_of = replace(view_of, format=package.format, received=received)
    placed, _ = cells(points(tables), max(WIDTHS), ledger)
    told = placed.select(
        "location",
        "column",
        "row",
        pl.lit(EXACT, dtype=pl.Int64).alias("category"),
        pl.lit(None, dtype=pl.Float64).alias("step"),
        pl.lit(None, dtype=pl.Float64).alias("borderDistance"),
    ).select(*LOCATIONS)
    refused = refusals(ledger, told, grant, now)
    if refused.height:
        return _refusal(package, ledger, refused)
    paths = (
        tables["media"]["filePath"].drop_nulls().unique().sort()
        if "media" in tables and not grant.denied
        else pl.Series([], dtype=pl.String)
    )
    media = pl.DataFrame({"path": paths, "newPath": paths}).with_columns(
        pl.lit(None, dtype=pl.Float64).alias(name) for name in list(MEDIA)[2:]
    )
    return Disclosed(view_of, record(ledger, told, grant, package.name, now), chosen.findings, media)
