"""Make capture histories and the ground they stand on from pooled packages: sessions, mask, countries, areas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from tumen.errors import StudyError, Text
from tumen.population.scr.histories import Histories, Records, Rules, histories
from tumen.population.scr.mask import Wanted, at_sea, mask, sizes
from tumen.population.scr.occasions import Cut, Window
from tumen.population.scr.plane import Plane, plane_of
from tumen.population.scr.problems import problems
from tumen.population.scr.regions import areas, countries, country_of
from tumen.population.scr.start import spread_of
from tumen.population.scr.survey import Detectors, Floats, Mask, Session
from tumen.population.scr.tables import SEXES
from tumen.population.scr.telemetry import fixes
from tumen.tables import findings
from tumen.tasks.density_cells import by_month, told_as_cells, widths
from tumen.tasks.density_ground import Ground, covariates, read_ground
from tumen.tasks.pool import Pool

LONGEST = timedelta(days=120)
"""A longer session is doubtful as a closed one: animals are born, die and move house within it."""
CELLS = 8_000
"""Cells of a mask, unless the study asks for more; where the rule would make more, cells are up to sigma / 2 wide."""


@dataclass(frozen=True)
class Survey:
    """One species' sessions on their ground; those without a detector are left out.

    `sessions`: with one mask, whose covariates hold `country` and those of the ground; detectors have their country.
    `regions`: which cell lies where. `buffer`: metres.
    """

    species: str
    sessions: tuple[Session, ...]
    regions: pl.DataFrame
    plane: Plane
    buffer: float
    made: Histories
    findings: pl.DataFrame


def windows(pooled: Pool, asked: Mapping[str, Any]) -> tuple[Window, ...]:
    """Return the sessions of [density], else one over the period of the study."""
    if "sessions" in asked:
        given = asked["sessions"]
        names = [_named(first, last) for first, last in given]
        if len(set(names)) < len(names):  # Several in a month: their days tell them apart.
            names = [f"{first}–{last}" for first, last in given]
        return tuple(
            Window(name, _midnight(first), _midnight(last) + timedelta(days=1))
            for name, (first, last) in zip(names, given, strict=True)
        )
    period = pooled.study.period
    if period is None:
        raise StudyError(
            "sessions in [density], or a period of the study",
            "neither",
            'Write sessions = [["2014-01-01", "2014-03-31"]] below [density].',
        )
    return (Window(_named(period[0].date(), (period[1] - timedelta(days=1)).date()), *period),)


def _named(first: Any, last: Any) -> str:
    """Return a session's name: its year where it lies in one, else both ends."""
    return (
        f"{first:%Y-%m-%d}" if first == last else f"{first:%Y-%m}" + ("" if _month(first, last) else f"–{last:%Y-%m}")
    )


def _month(first: Any, last: Any) -> bool:
    return (first.year, first.month) == (last.year, last.month)


def _midnight(day: Any) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def survey(pooled: Pool, species: str, asked: Mapping[str, Any]) -> Survey:
    """Return the sessions of a species, on the mask that [density] asks for."""
    made, coarse = told_as_cells(pooled, _histories(pooled, species, asked, pooled.detections))
    made = _with_collars(made, pooled, species, asked)
    ground = read_ground(pooled, asked, made.plane)
    sigmas = [spread for session in made.sessions if (spread := spread_of(session)) is not None]
    sigma = float(np.median(sigmas)) if sigmas else None
    found = findings.gather(
        [_too_long(windows(pooled, asked)), coarse, _coarse(pooled, made, sigma), _months(pooled, asked)]
    )
    return placed(species, made, ground, asked, sigma=sigma, found=found)


def _coarse(pooled: Pool, made: Histories, sigma: float | None) -> pl.DataFrame:
    """Return a finding for each party whose stations have places that are coarse beside sigma, a start value.

    Places moved to a grid make animals range farther, and fewer or more of them, than they do. What is not stated
    (null) is not judged.
    """
    names, xy = _stood(made.sessions)
    if sigma is None:
        sigma = _neighbours(np.unique(xy, axis=0))
    cameras = pooled.deployments.select("party", "deploymentID", "coordinateUncertainty")
    # Places told as cells have findings of their own.
    cameras = cameras.join(widths(pooled), on=["party", "deploymentID"], how="anti")
    stations = (
        made.stations.cameras.filter(pl.col("station").is_in(names))
        .join(cameras, on=["party", "deploymentID"], how="inner")
        .group_by("party", "station")
        .agg(metres=pl.col("coordinateUncertainty").max())
    )
    told = []
    for code, coarse in (
        ("places-too-coarse", pl.col("metres") > sigma),
        ("places-coarse", pl.col("metres").is_between(sigma / 2, sigma, closed="right")),
    ):
        by = stations.filter(coarse).group_by("party").agg(stations=pl.len(), metres=pl.col("metres").max())
        for party, count, metres in by.sort("party").iter_rows():
            one = findings.finding(
                code,
                table="deployments",
                column="coordinateUncertainty",
                value=f"{metres:.0f}",
                stations=count,
                sigma=f"{sigma:.0f}",
            )
            told.append(one.with_columns(party=pl.lit(party)))
    return findings.gather(told)


def _months(pooled: Pool, asked: Mapping[str, Any]) -> pl.DataFrame:
    """Return a finding for each party that tells times to the month only, where occasions are shorter than that."""
    if asked.get("occasion", timedelta(days=1)) >= timedelta(days=28):
        return findings.empty()
    told = [
        findings.finding("times-too-coarse-for-occasions", table="observations", column="eventStart").with_columns(
            party=pl.lit(package.party), package=pl.lit(package.name)
        )
        for package in pooled.packages
        if by_month(package)
    ]
    return findings.gather(told)


def renamed(pooled: Pool, ground: Survey, asked: Mapping[str, Any], names: pl.DataFrame) -> tuple[Session, ...]:
    """Return the sessions of a survey under other names, on the same mask.

    `names`: party, detectionID, jointID of a resampled register; detections that it does not name keep theirs.
    """
    other = (
        pooled.detections.join(names, on=["party", "detectionID"], how="left", maintain_order="left")
        .with_columns(individualID=pl.coalesce("jointID", "individualID"))
        .drop("jointID")
    )
    sexes = _drawn_sexes(_known_names(pooled, ground.species), other.filter(scientificName=ground.species))
    # The sex is that of the drawn animal: a misnamed detection has brought that of the animal it was taken for.
    other = other.with_columns(sex=pl.lit(None, dtype=pl.String))
    made = _histories(pooled, ground.species, asked, other, known=sexes)
    stood = {session.name for session in ground.sessions}
    same = zip((session for session in made.sessions if session.name in stood), ground.sessions, strict=True)
    return tuple(replace(one, mask=known.mask, detectors=known.detectors, fixes=known.fixes) for one, known in same)


def _known_names(pooled: Pool, species: str) -> pl.DataFrame:
    """Return what is known of joint names, and of local ones that a draw may set free: party, individualID, sex."""
    joint = known_animals(pooled, species)
    local = pooled.register.known.filter(pl.col("scientificName") == species).select(
        "party", pl.concat_str("party", pl.lit("/"), "individualID").alias("individualID"), "sex"
    )
    return pl.concat([joint, local.join(joint, on="individualID", how="anti").unique().sort("party", "individualID")])


def _drawn_sexes(known: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """Return the sex of each animal of a resampled register: party, individualID, sex.

    It is what the register knows of a name (unknown where the parties contradict each other, as in the register); of a
    name without a known sex, what most of its detections say, and unknown where as many say otherwise.
    """
    told = known.drop_nulls("sex")
    counted = (
        seen.drop_nulls(["individualID", "sex"])
        .join(told, on="individualID", how="anti")
        .group_by("individualID", "sex")
        .agg(rows=pl.len())
    )
    most = counted.filter(pl.col("rows") == pl.col("rows").max().over("individualID"))
    most = most.filter(pl.len().over("individualID") == 1).sort("individualID")
    return pl.concat([told, most.select(pl.lit("").alias("party"), "individualID", "sex")])


def _histories(
    pooled: Pool,
    species: str,
    asked: Mapping[str, Any],
    detections: pl.DataFrame,
    known: pl.DataFrame | None = None,
) -> Histories:
    """Return capture histories of a species; `known`: the sexes of the animals, where not those of the register."""
    rules = Rules(
        kind=asked.get("detector", "proximity"),
        cut=Cut(asked.get("occasion", timedelta(days=1))),
        within=asked.get("join"),
        independence=asked.get("independence", timedelta(minutes=30)),
    )
    records = Records(
        detections=detections.filter(pl.col("scientificName") == species, pl.col("source") == "camera"),
        cameras=pooled.deployments,
        worked=pooled.operating,
        individuals=known_animals(pooled, species) if known is None else known,
        crosswalk=pooled.register.walk.table,
    )
    return histories(records, windows(pooled, asked), rules, plane=_plane(pooled))


def _with_collars(made: Histories, pooled: Pool, species: str, asked: Mapping[str, Any]) -> Histories:
    """Add the positions of collared animals, at most one in the interval that [density] names as telemetry."""
    if "telemetry" not in asked:
        return made
    own = pooled.detections.filter(pl.col("scientificName") == species)
    sexes = dict(known_animals(pooled, species).drop_nulls("sex").select("individualID", "sex").iter_rows())
    by_name = {window.name: window for window in windows(pooled, asked)}
    sessions = []
    for session in made.sessions:
        names, places = fixes(own, made.plane, by_name[session.name], every=asked["telemetry"])
        told = tuple(SEXES.get(sexes.get(name, "")) for name in names)
        sessions.append(replace(session, fixes=replace(places, classes=told)))
    return replace(made, sessions=tuple(sessions))


def known_animals(pooled: Pool, species: str) -> pl.DataFrame:
    """Return what the parties know of the animals of a species, under joint names."""
    names = pooled.register.walk.table.select("party", "individualID", "jointID")
    known = pooled.register.known.filter(pl.col("scientificName") == species)
    joined = known.join(names, on=["party", "individualID"], how="inner")
    return joined.select("party", individualID="jointID", sex="sex").unique().sort("party", "individualID", "sex")


def placed(
    species: str,
    made: Histories,
    ground: Ground,
    asked: Mapping[str, Any],
    *,
    sigma: float | None,
    found: pl.DataFrame,
) -> Survey:
    """Return sessions on a mask made for a sigma; a session without a detector is left out, and a finding."""
    empty = [session.name for session in made.sessions if not session.detectors.names]
    unused = [
        findings.finding("session-without-detectors", table="deployments", column="deploymentStart", value=name)
        for name in empty
    ]
    made = replace(made, sessions=tuple(session for session in made.sessions if session.name not in empty))
    unique, xy = _stood(made.sessions)
    if sigma is None and not {"spacing", "buffer"} <= set(asked):
        sigma = _neighbours(xy)
    wanted = Wanted(asked.get("spacing"), asked.get("buffer"), limit=asked.get("cells", CELLS))
    cells, told = mask(xy, unique, sigma=sigma, habitat=ground.habitat, wanted=wanted)
    by = asked.get("border_cells", "centre")
    regions = pl.concat([countries(cells, ground.countries, by=by), areas(cells, ground.areas, by=by)])
    values, about = covariates(ground, cells)
    cells = Mask(cells.xy, cells.area, cells.spacing, {"country": country_of(cells, regions), **values})
    codes = dict(made.stations.places.select("station", "countryCode").iter_rows())
    sessions = tuple(replace(s, mask=cells, detectors=_sided(s.detectors, codes)) for s in made.sessions)
    judged = findings.gather([told, problems(sessions, covariates=("sex",), sigma=sigma)])
    # Where land or habitat ends the mask it is not too short; whether the buffer is, is judged by the fitted model.
    judged = judged.filter(pl.col("code") != "mask-buffer-short")
    every = [made.findings, ground.findings, about, at_sea(xy, unique, ground.land), judged, found, *unused]
    return Survey(
        species=species,
        sessions=sessions,
        regions=regions,
        plane=made.plane,
        buffer=sizes(sigma, wanted, xy)[1],
        made=made,
        findings=findings.gather(every).unique(maintain_order=True),
    )


def _stood(sessions: Sequence[Session]) -> tuple[list[str], Floats]:
    """Return the names and places of the detectors of all sessions, each once, by name."""
    places = {
        name: place for s in sessions for name, place in zip(s.detectors.names, s.detectors.xy.tolist(), strict=True)
    }
    names = sorted(places)
    return names, np.array([places[name] for name in names], dtype=np.float64).reshape(-1, 2)


def _sided(detectors: Detectors, codes: Mapping[str, str | None]) -> Detectors:
    """Return detectors that know their country."""
    country = np.array([codes.get(name) for name in detectors.names], dtype=object)
    return replace(detectors, covariates={**detectors.covariates, "country": country})


def _neighbours(xy: Floats) -> float:
    """Return the mean distance to the next detector: a guess where no animal was seen at two."""
    if len(xy) < 2:
        return 5_000.0
    gap = np.hypot(*np.moveaxis(xy[:, None, :] - xy[None, :, :], 2, 0))
    np.fill_diagonal(gap, np.inf)
    return float(gap.min(axis=1).mean())


def _plane(pooled: Pool) -> Plane:
    where_ = pooled.deployments.drop_nulls(["longitude", "latitude"])
    if where_.is_empty():
        raise StudyError(
            "cameras with a place",
            Text("none in {count} packages", count=len(pooled.packages)),
            "Density needs coordinates; ask the parties for a disclosure that holds them.",
        )
    return plane_of(where_["longitude"].to_numpy(), where_["latitude"].to_numpy(), margin=100_000.0)


def _too_long(shown: tuple[Window, ...]) -> pl.DataFrame:
    """Return a warning for each session that is long for a closed population."""
    return findings.gather(
        [
            findings.finding(
                "session-long",
                table="observations",
                value=window.name,
                days=(window.end - window.start).days,
                longest=LONGEST.days,
            )
            for window in shown
            if window.end - window.start > LONGEST
        ]
    )
