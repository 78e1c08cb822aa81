"""Exercise 3: when cameras worked, tables that contradict each other about it, and camera-nights."""

from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from tumen.measure.effort import nights, operating
from tumen.simulate.exercises.key import Decoy, Made, Number, Planted
from tumen.simulate.exercises.plant import (
    Row,
    Sheets,
    always_worked,
    instant,
    name,
    opened,
    pairs,
    records,
    shuffled,
    span,
)
from tumen.simulate.world import World
from tumen.tables.package import Package

CAUSES = dict.fromkeys(("overlap", "cameraTwice", "duringFailure", "periodOutside", "endsBeforeStart"), "")
STATEMENTS = {"unreportedFailures": "unclear", "pairCountsTwice": "true"}

SHORTEST = timedelta(hours=3)
"""How long a failure lasts at least, before and after the observation that was made in it."""
FAILED = timedelta(days=9)
"""How long a camera of the package that is counted failed, where the world has no failure in it."""


def make(made: World, rng: np.random.Generator) -> Made | None:
    """Plant contradictions in the first package of a world, and ask for the nights of the second."""
    north, south, _ = (opened(package) for package in made.packages)
    facing = pairs(north)
    stolen = _stolen(north, rng)
    counted = _failed(south, rng)
    if stolen is None or counted is None or not facing:
        return None
    clean = (north.closed(), south.closed())
    pair = facing[0]
    taken = {name(stolen), name(pair[0]), name(pair[1])}
    planted: list[Planted] = []
    for plant, times in ((_overlap, 2), (_camera_twice, 1), (_during_failure, 2), (_outside, 2), (_reversed, 1)):
        for _ in range(times):
            one = plant(north, taken, rng)
            if one is None:
                return None
            planted.append(one)
            taken |= {one.item, *one.also}
    decoys = [Decoy(name(stolen), "stolen"), *(Decoy(name(each), "pair") for each in pair)]
    return Made(
        packages=(north.closed(), south.closed()),
        clean=clean,
        causes=CAUSES,
        planted=tuple(planted),
        decoys=tuple(decoys),
        statements=STATEMENTS,
        numbers=_numbers(clean[1], counted),
        study=True,
    )


def _free(sheets: Sheets, taken: set[str], rng: np.random.Generator) -> list[Row]:
    """Return deployments in which nothing was planted yet and which always worked, in a drawn order."""
    rows = [row for row in sheets.tables["deployments"] if name(row) not in taken and always_worked(sheets, name(row))]
    return shuffled(rows, rng)


def _before(sheets: Sheets, row: Row) -> Row | None:
    """Return the deployment of the same camera that ended when this one began."""
    own = [one for one in sheets.find("deployments", cameraID=name(row, "cameraID")) if span(one)[1] <= span(row)[0]]
    return max(own, key=lambda one: span(one)[1], default=None)


def _error(sheets: Sheets, row: Row, cause: str, finding: str, *also: str) -> Planted:
    rows = sheets.rows("deployments", deploymentID=name(row))
    return Planted(item=name(row), cause=cause, finding=finding, table="deployments", rows=rows, also=also)


def _overlap(sheets: Sheets, taken: set[str], rng: np.random.Generator) -> Planted | None:
    """Let a deployment begin before the one before it of the same camera has ended."""
    for row in _free(sheets, taken, rng):
        former = _before(sheets, row)
        if former is None or name(former) in taken:
            continue
        earlier = sheets.text(span(former)[1] - timedelta(days=int(rng.integers(3, 9))))
        sheets.find("operating_periods", deploymentID=name(row))[0]["start"] = earlier
        row["deploymentStart"] = earlier
        return _error(sheets, row, "overlap", "deployments-overlap", name(former))
    return None


def _camera_twice(sheets: Sheets, taken: set[str], rng: np.random.Generator) -> Planted | None:
    """Give a deployment the camera that stood at another station at that time."""
    for row in _free(sheets, taken, rng):
        for other in _free(sheets, taken, rng):
            own = sheets.find("deployments", cameraID=name(other, "cameraID"))
            apart = name(row, "locationID") != name(other, "locationID")
            together = min(span(row)[1], span(other)[1]) - max(span(row)[0], span(other)[0])
            if apart and together > timedelta(days=5) and not taken & {name(one) for one in own}:
                row["cameraID"] = other["cameraID"]
                also = (*(name(one) for one in own), name(other, "cameraID"))
                return _error(sheets, row, "cameraTwice", "camera-in-two-deployments", *also)
    return None


def _during_failure(sheets: Sheets, taken: set[str], rng: np.random.Generator) -> Planted | None:
    """Note a failure around one observation, short enough to hold no other."""
    for row in _free(sheets, taken, rng):
        seen = sheets.find("observations", deploymentID=name(row))
        for one in shuffled(seen, rng):
            moment = instant(one["eventStart"])
            gaps = [abs(moment - instant(each["eventStart"])) for each in seen if each is not one]
            gaps += [abs(moment - end) for end in span(row)]
            length = min(timedelta(hours=30), min(gaps) * 0.6)
            if length > SHORTEST:
                _fail(sheets, row, (moment - length, moment + length))
                return Planted(
                    item=name(one, "observationID"),
                    cause="duringFailure",
                    finding="event-during-failure",
                    table="observations",
                    rows=sheets.rows("observations", observationID=name(one, "observationID")),
                    also=(name(row),),
                )
    return None


def _fail(sheets: Sheets, row: Row, failure: tuple[datetime, datetime]) -> None:
    """Part the one period of a deployment into work, failure and work."""
    start, end = (sheets.text(moment.replace(second=0)) for moment in failure)
    rows = sheets.tables["operating_periods"]
    first = sheets.find("operating_periods", deploymentID=name(row))[0]
    at = rows.index(first)
    parts = ((first["start"], start, "operating"), (start, end, "failed"), (end, first["end"], "operating"))
    rows[at : at + 1] = [{**first, "start": a, "end": b, "status": status} for a, b, status in parts]


def _outside(sheets: Sheets, taken: set[str], rng: np.random.Generator) -> Planted | None:
    """Let a period end after its deployment did."""
    for row in _free(sheets, taken, rng)[:1]:
        late = sheets.text(span(row)[1] + timedelta(days=int(rng.integers(2, 10))))
        sheets.find("operating_periods", deploymentID=name(row))[0]["end"] = late
        return _error(sheets, row, "periodOutside", "period-outside-deployment")
    return None


def _reversed(sheets: Sheets, taken: set[str], rng: np.random.Generator) -> Planted | None:
    """Write the year before for the end of the deployment that shows least; its periods were not written down."""
    for row in sorted(_free(sheets, taken, rng), key=lambda one: records(sheets, name(one)))[:1]:
        end = span(row)[1]
        row["deploymentEnd"] = sheets.text(end.replace(year=end.year - 1))
        periods = sheets.tables["operating_periods"]
        sheets.tables["operating_periods"] = [one for one in periods if one["deploymentID"] != name(row)]
        return _error(sheets, row, "endsBeforeStart", "deployment-ends-before-start")
    return None


def _stolen(sheets: Sheets, rng: np.random.Generator) -> Row | None:
    """Return a deployment whose camera was stolen; make one of the deployment that shows least, if there is none."""
    for row in sheets.tables["deployments"]:
        if {one["status"] for one in sheets.find("operating_periods", deploymentID=name(row))} == {"stolen"}:
            return row
    for row in sorted(_free(sheets, set(), rng), key=lambda one: records(sheets, name(one)))[:1]:
        gone = {one["observationID"] for one in sheets.find("observations", deploymentID=name(row))}
        for table in ("observations", "media"):
            sheets.tables[table] = [one for one in sheets.tables[table] if one["deploymentID"] != name(row)]
        judged = sheets.tables["identifications"]
        sheets.tables["identifications"] = [one for one in judged if one["observationID"] not in gone]
        sheets.find("operating_periods", deploymentID=name(row))[0]["status"] = "stolen"
        return row
    return None


def _failed(sheets: Sheets, rng: np.random.Generator) -> str | None:
    """Return a station with a camera that failed for a time, not altogether; make one fail if there is none."""
    for row in sheets.tables["deployments"]:
        states = {one["status"] for one in sheets.find("operating_periods", deploymentID=name(row))}
        if "operating" in states and len(states) > 1:
            return name(row, "locationID")
    for row in _free(sheets, set(), rng):
        seen = [instant(one["eventStart"]) for one in sheets.find("observations", deploymentID=name(row))]
        moments = sorted([*span(row), *seen])
        for start, end in pairwise(moments):
            if end - start > FAILED:
                _fail(sheets, row, (start + (end - start) / 10, end - (end - start) / 10))
                return name(row, "locationID")
    return None


def _numbers(package: Package, station: str) -> tuple[Number, ...]:
    """Return the nights of the station and of the whole package; one night, or one in a hundred, is let be."""
    deployments = package.table("deployments")
    counted = nights(operating(deployments, package.table("operating_periods")))
    own = deployments.filter(locationID=station)["deploymentID"]
    of_station = float(counted.filter(counted["deploymentID"].is_in(own.implode()))["days"].sum())
    whole = float(counted["days"].sum())
    return (
        Number("nightsOfStation", station, round(of_station, 2), max(1.0, of_station / 100)),
        Number("nightsOfPackage", package.name, round(whole, 2), max(2.0, whole / 100)),
    )
