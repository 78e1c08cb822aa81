"""Pool the packages of a study: check each, join the names, place every detection on its side of the border."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from tumen import engine
from tumen.errors import StudyError, Text
from tumen.files.text_table import read_text_table
from tumen.individuals.register import identify
from tumen.individuals.register_events import CrosswalkAt, after_death, crosswalk_at
from tumen.individuals.register_fold import Rules
from tumen.measure.effort import DAY, operating
from tumen.tables import findings
from tumen.tables.cast import cast
from tumen.tables.detections import DETECTIONS, declared_country, detections, left_out, place
from tumen.tables.individuals import LINKS, REGISTER_EVENTS
from tumen.tables.package import Package
from tumen.tables.schema import UTC
from tumen.tasks import encounters
from tumen.tasks.area import Area, read_area
from tumen.tasks.check import check
from tumen.tasks.packages import read_package
from tumen.tasks.register_file import read_events
from tumen.tasks.study import Study

LEFT_OUT: dict[str, type[pl.DataType]] = {
    "party": pl.String,
    "package": pl.String,
    "reason": pl.String,
    "rows": pl.Int64,
}
"""What was read and not used; `reason` is the code of the note that says so."""


@dataclass(frozen=True)
class Pool:
    """All a study's analyses start from.

    `detections`: DETECTIONS under joint names, with side and distance to the border, cut to the study's species and
    period. `deployments`: every camera of every party with its place and side. `operating`: the intervals in which each
    camera worked inside the period (deploymentID, start, end, days, party, place, countryCode, longitude, latitude).
    `left_out`: what was not used, and why, per party. `register`: the joint names, and what they were read from.
    `met`: what crossings are counted from: as `detections`, but with the encounters that an owner derived in place of
    its observations. Where a package tells nothing but encounters, they are the detections, too.
    """

    study: Study
    area: Area
    packages: tuple[Package, ...]
    findings: pl.DataFrame
    detections: pl.DataFrame
    deployments: pl.DataFrame
    operating: pl.DataFrame
    left_out: pl.DataFrame
    register: "Registered"
    met: pl.DataFrame


def pool(study: Study, *, progress: engine.Progress = engine.silent) -> Pool:
    """Read, check and join everything a study names."""
    area = read_area(study)
    packages = tuple(engine.run(read_package, study.packages, progress=progress))
    _distinct(packages)
    found = [check(p, area, time_zone=e.time_zone) for p, e in zip(packages, study.packages, strict=True)]
    seen, derived = _seen(packages)
    register = registered(study, packages, pl.concat([seen, derived], how="diagonal").select(*DETECTIONS))
    found.append(register.findings)
    kept, omitted = _of_the_study(seen, study)
    met, omitted_too = _of_the_study(derived, study)
    left = [
        {"party": p.party, "package": p.name, "reason": reason, "rows": count}
        for p in packages
        for reason, count in left_out(p, study.species).items()
        if count
    ]
    cameras = pl.concat([_deployments(package) for package in packages])
    # A deployment named twice has its finding; counting it twice would double its effort.
    cameras = cameras.unique(["party", "deploymentID"], keep="first", maintain_order=True)
    deployments = area.locate(cameras)
    located = area.locate(identify(kept, register.walk.table))
    told = identify(met, register.walk.table).select(located.columns)
    return Pool(
        study=study,
        area=area,
        packages=packages,
        findings=findings.gather(found),
        detections=pl.concat([located, told.filter("alone")]).drop("alone", "counted"),
        deployments=deployments,
        operating=_operating(packages, study, deployments),
        left_out=pl.concat([pl.DataFrame(left, schema=LEFT_OUT), omitted, omitted_too]),
        register=register,
        met=pl.concat([located.filter("counted"), told]).drop("alone", "counted"),
    )


def _seen(packages: tuple[Package, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return detections, and the encounters that owners derived in their shape and with their sides.

    `counted`: crossings are counted from the row. `alone`: its package tells nothing else of its animals.
    """
    observed, derived = [], []
    for package in packages:
        own, told = detections(package), encounters.met(package)
        observed.append(own.with_columns(counted=pl.lit(told.is_empty()), alone=pl.lit(False)))
        derived.append(told.with_columns(counted=pl.lit(True), alone=pl.lit(own.is_empty())))
    return pl.concat(observed), pl.concat(derived)


@dataclass(frozen=True)
class Registered:
    """The register of a study: what it was read from, and where it stands.

    `known`: local names with what their parties know; `links`, `events`: the typed tables of all packages and files.
    """

    known: pl.DataFrame
    links: pl.DataFrame
    events: pl.DataFrame
    walk: CrosswalkAt
    findings: pl.DataFrame
    digests: dict[str, str]


def registered(
    study: Study, packages: tuple[Package, ...], seen: pl.DataFrame, at: datetime | None = None
) -> Registered:
    """Return the register as it stood at an instant (None: now); `seen` are the detections of all packages."""
    links, link_findings, digests = _links(study, packages)
    file = read_events(study)
    events = [(p.name, p.table("register_events").select(*REGISTER_EVENTS.dtypes)) for p in packages]
    events.append(("register", file.table.select(*REGISTER_EVENTS.dtypes)))
    known = _known(packages, seen)
    every_link, every_event = _stacked(links), _stacked(events)
    walk = crosswalk_at(known, every_link, every_event, at, Rules(**study.register))
    dead = after_death(seen, walk.standing.deaths, walk.table)
    found = findings.gather([walk.findings, dead])
    placed = _in_their_files(_in_their_files(found, "links", links), "register_events", events)
    return Registered(
        known=known,
        links=every_link,
        events=every_event,
        walk=walk,
        findings=findings.gather([link_findings, file.findings, placed]),
        digests={**digests, **file.digests, **_training(study)},
    )


def _training(study: Study) -> dict[str, str]:
    """Return the digest of the file that observers' error rates are learnt from, where it is used and can be read."""
    if not study.draws or study.training is None or not study.training.is_file():
        return {}
    return {study.training.name: hashlib.sha256(study.training.read_bytes()).hexdigest()}


def _stacked(tables: list[tuple[str, pl.DataFrame]]) -> pl.DataFrame:
    return pl.concat([table for _, table in tables])


def _distinct(packages: tuple[Package, ...]) -> None:
    """Refuse a package given twice, and two packages of one party whose deployments would be taken for each other."""
    seen: dict[tuple[str, str], int] = {}
    digests: dict[tuple[tuple[str, str], ...], int] = {}
    for number, package in enumerate(packages, start=1):
        same = digests.setdefault(tuple(sorted(package.digests.items())), number) if package.digests else number
        if same != number:
            raise StudyError(
                "each package once",
                Text(
                    "packages {same} and {number} of the study ({name}) with the same files",
                    same=same,
                    number=number,
                    name=package.name,
                ),
                "Leave one of them out; pooled twice, its effort and its animals would count twice.",
            )
        for identifier in package.table("deployments")["deploymentID"].drop_nulls().unique().sort():
            other = seen.setdefault((package.party, identifier), number)
            if other != number:
                raise StudyError(
                    Text("deployments of {party} that are named once", party=package.party),
                    Text(
                        "'{identifier}' in packages {other} and {number} of the study",
                        identifier=identifier,
                        other=other,
                        number=number,
                    ),
                    "Name each deployment once, or leave out the package that was superseded.",
                )


def _links(
    study: Study, packages: tuple[Package, ...]
) -> tuple[list[tuple[str, pl.DataFrame]], pl.DataFrame, dict[str, str]]:
    """Return the register's events, of the packages and of the study's own file, each with whose they are."""
    tables = [(package.name, package.table("links").select(*LINKS.dtypes)) for package in packages]
    found, digests = findings.empty(), {}
    if study.links is not None:
        try:
            data = study.links.read_bytes()
        except OSError as error:
            raise StudyError(
                "the register's links",
                Text("no readable file {links}", links=study.links),
                "Correct links in [register].",
            ) from error
        digests[study.links.name] = hashlib.sha256(data).hexdigest()
        text, read = read_text_table(data, name="links")
        table, judged = cast(LINKS, text)
        found = findings.of_package(findings.gather([read, judged]), "", "register")
        tables.append(("register", table.select(*LINKS.dtypes)))
    return tables, found, digests


def _in_their_files(found: pl.DataFrame, table: str, parts: list[tuple[str, pl.DataFrame]]) -> pl.DataFrame:
    """Return findings on one table with the row of the file they stand in; the register saw all files as one."""
    own = (pl.col("table") == table).fill_null(False)
    first, placed = 2, [found.filter(~own), found.filter(own, pl.col("row").is_null())]
    for name, part in parts:
        here = found.filter(own, pl.col("row").is_between(first, first + part.height - 1))
        placed.append(here.with_columns(pl.col("row") - (first - 2), package=pl.lit(name)))
        first += part.height
    named = pl.when(pl.col("package") == "").then(pl.lit("register")).otherwise("package")
    return pl.concat(placed).with_columns(package=named.fill_null("register"))


def _known(packages: tuple[Package, ...], seen: pl.DataFrame) -> pl.DataFrame:
    """Return every local name with what its party knows of it."""
    listed = [
        package.table("individuals").select(
            pl.lit(package.party).alias("party"), "individualID", "scientificName", "sex"
        )
        for package in packages
    ]
    return pl.concat([*listed, seen.select("party", "individualID", "scientificName", "sex")]).unique()


def _of_the_study(seen: pl.DataFrame, study: Study) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cut detections to species and period; count what falls away."""
    species = pl.col("scientificName").is_in(study.species).fill_null(False) if study.species else pl.lit(True)
    inside = pl.lit(True)
    if study.period is not None:
        inside = (pl.col("eventStart") >= study.period[0]) & (pl.col("eventStart") < study.period[1])
    flagged = seen.with_columns(
        reason=pl.when(~species)
        .then(pl.lit("left-out-other-species"))
        .when(~inside)
        .then(pl.lit("left-out-outside-period"))
        .otherwise(None)
    )
    omitted = (
        flagged.filter(pl.col("reason").is_not_null())
        .group_by("party", "reason")
        .agg(pl.len().cast(pl.Int64).alias("rows"))
        .sort("party", "reason")
        .select("party", pl.lit("").alias("package"), "reason", "rows")
    )
    return flagged.filter(pl.col("reason").is_null()).drop("reason"), omitted


def _deployments(package: Package) -> pl.DataFrame:
    return package.table("deployments").select(
        pl.lit(package.party).alias("party"),
        "deploymentID",
        place(package.party).alias("place"),
        "longitude",
        "latitude",
        pl.col("coordinateUncertainty").cast(pl.Float64),
        "deploymentStart",
        "deploymentEnd",
        declared_country(package).alias("declaredCountry"),
        pl.lit(package.table("operating_periods").height > 0).alias("failuresKnown"),
    )


def _operating(packages: tuple[Package, ...], study: Study, deployments: pl.DataFrame) -> pl.DataFrame:
    """Return when each camera worked, with where it stood."""
    where = deployments.select("party", "deploymentID", "place", "countryCode", "longitude", "latitude").unique(
        ["party", "deploymentID"], keep="first"
    )
    intervals = [
        _worked(package, study.period).with_columns(pl.lit(package.party).alias("party")) for package in packages
    ]
    return pl.concat(intervals).join(where, on=["party", "deploymentID"], how="left", maintain_order="left")


def _worked(package: Package, period: tuple[datetime, datetime] | None) -> pl.DataFrame:
    """Return when each camera worked; where an owner tells camera-days by month, as many from the start of each."""
    days = package.table("camera_days").drop_nulls(["deploymentID", "month"])
    if days.is_empty():
        return operating(package.table("deployments"), package.table("operating_periods"), period)
    start = pl.col("month").cast(UTC)
    end = start + pl.duration(days="cameraDays")
    if period is not None:
        first, last = (pl.lit(instant).cast(UTC) for instant in period)
        start, end = pl.max_horizontal(start, first), pl.min_horizontal(end, last)
    intervals = days.select("deploymentID", start=start, end=end).filter(pl.col("start") < pl.col("end"))
    worked = intervals.with_columns(days=(pl.col("end") - pl.col("start")).dt.total_microseconds() / DAY)
    never = package.table("deployments").join(worked, on="deploymentID", how="anti")
    nothing = pl.lit(None, dtype=UTC)
    idle = never.select("deploymentID", start=nothing, end=nothing, days=pl.lit(0.0)).unique("deploymentID")
    return pl.concat([worked.select(idle.columns), idle]).sort("deploymentID", "start")
