"""Exercise 1: clocks that were reset, set to another year or hour, drift, or carry an offset that no longer holds."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np

from tumen.simulate.exercises.key import Decoy, Made, Planted
from tumen.simulate.exercises.plant import (
    Row,
    Sheets,
    cameras,
    in_order,
    name,
    opened,
    pairs,
    passages,
    recorded,
    records,
    shuffled,
    span,
)
from tumen.simulate.world import World

CAUSES = {
    "reset": "days",
    "yearWrong": "years",
    "offsetWrong": "offset",
    "hoursWrong": "hours",
    "drift": "secondsPerDay",
}
FINDINGS = {
    "reset": "clock-reset",
    "yearWrong": "clock-wrong-year",
    "offsetWrong": "offset-doubtful",
    "hoursWrong": "clock-drift",
    "drift": "clock-drift",
}
"""Under which code a check tells of each."""
STATEMENTS = {"sameInstant": "true", "pairTellsWhich": "unclear"}

ZONE_CHANGED = datetime(2014, 10, 25, 16, tzinfo=UTC)
"""Vladivostok's clocks went from +11 to +10 at 02:00 local time of 26 October 2014 (tzdata)."""
STALE, RIGHT = timezone(timedelta(hours=11)), timezone(timedelta(hours=10))
LEAST = 5
"""Records of a deployment in which a wrong clock is planted: fewer say little."""
GAIN = (20, 45)
"""Seconds a day that the drifting clock gains."""
HOURS = (-9, -7, 7, 9, 12)


def make(made: World, rng: np.random.Generator) -> Made | None:
    """Plant wrong clocks in the packages of a world; None where it has no room for them."""
    north, south, east = (opened(package) for package in made.packages)
    every = (north, south, east)
    facing = [(sheets, pair) for sheets in every for pair in pairs(sheets)]
    stations = {name(pair[0], "locationID") for _, pair in facing}
    if len(stations) < 3:
        return None
    chosen = [next(one for one in shuffled(facing, rng) if name(one[1][0], "locationID") == s)
              for s in shuffled(sorted(stations), rng)[:3]]  # fmt: skip
    for sheets, pair in chosen:
        passages(sheets, pair, rng)
    for sheets in every:
        _set_up(sheets)
        in_order(sheets)
    clean = tuple(sheets.closed() for sheets in every)
    planted = _planted(every, rng)
    if planted is None:
        return None
    (drifting, drift_pair), (off, off_pair), (_, steady_pair) = chosen
    planted += [_drift(drifting, drift_pair, rng), _hours(off, off_pair, rng)]
    decoys = [Decoy(name(each), "steadyPair") for each in steady_pair]
    decoys += [Decoy(name(row), "legalChange") for row in north.tables["deployments"] if _spans_change(row)]
    taken = {each for one in planted for each in (one.item, *one.also)}
    return Made(
        packages=tuple(sheets.closed() for sheets in every),
        clean=clean,
        causes=CAUSES,
        planted=tuple(planted),
        decoys=tuple(one for one in decoys if one.item not in taken),
        statements=STATEMENTS,
    )


def _set_up(sheets: Sheets) -> None:
    """Let each camera with pictures take one of whoever set it, a minute after the noted time."""
    for row in sheets.tables["deployments"]:
        if records(sheets, name(row)):
            moment = span(row)[0] + timedelta(minutes=1)
            recorded(sheets, name(row), moment, observationType="human", count="1", cameraSetupType="setup")


def _spans_change(row: Row) -> bool:
    start, end = span(row)
    return start < ZONE_CHANGED < end


def _alone(sheets: Sheets) -> list[Row]:
    """Return the deployments with enough records whose camera never had another beside it."""
    rows = sheets.tables["deployments"]
    return [r for r in rows if len(cameras(sheets, r["locationID"])) == 1 and records(sheets, name(r)) >= LEAST]


def _planted(every: tuple[Sheets, Sheets, Sheets], rng: np.random.Generator) -> list[Planted] | None:
    """Plant what concerns a camera that stood alone."""
    north, south, east = every
    own = shuffled(_alone(north), rng)
    late = [row for row in own if span(row)[0] > ZONE_CHANGED][:2]
    reset = [row for row in own if row not in late][:1]
    # Where no zone changed its rules a wrong year is nothing but a wrong year.
    years = [(sheets, row) for sheets in (south, east) for row in _alone(sheets)]
    if len(late) < 2 or not reset or len(years) < 2:
        return None
    found = [_reset(north, reset[0])]
    for (sheets, row), by in zip(shuffled(years, rng)[:2], (1, -1), strict=True):
        sheets.clocks(name(row), lambda moment, by=by: moment.replace(year=moment.year + by))
        found.append(_error(sheets, row, "yearWrong", -by))
    for row in late:
        north.clocks(name(row), _stale)
        found.append(_error(north, row, "offsetWrong", 10))
    return found


def _stale(moment: datetime) -> datetime:
    """Keep what the clock showed, and write the offset that held before the change."""
    return moment.replace(tzinfo=STALE)


def _reset(sheets: Sheets, row: Row) -> Planted:
    start = span(row)[0]
    zero = datetime(2000, 1, 1, tzinfo=RIGHT)
    sheets.clocks(name(row), lambda moment: zero + (moment - start))
    days = (start - zero).total_seconds() / 86_400
    return _error(sheets, row, "reset", days, tolerance=2)


def _drift(sheets: Sheets, pair: tuple[Row, Row], rng: np.random.Generator) -> Planted:
    gain = int(rng.integers(*GAIN))
    start = span(pair[1])[0]
    sheets.clocks(name(pair[1]), lambda moment: moment + gain * ((moment - start) / 86_400))
    return _error(sheets, pair[1], "drift", gain, tolerance=gain / 4, beside=pair[0])


def _hours(sheets: Sheets, pair: tuple[Row, Row], rng: np.random.Generator) -> Planted:
    hours = int(rng.choice(HOURS))
    sheets.clocks(name(pair[1]), lambda moment: moment + timedelta(hours=hours))
    return _error(sheets, pair[1], "hoursWrong", hours, tolerance=0.6, beside=pair[0])


def _error(
    sheets: Sheets, row: Row, cause: str, value: float, *, tolerance: float = 0, beside: Row | None = None
) -> Planted:
    """Return what was planted; of two cameras side by side neither can be called wrong, so either may be named."""
    return Planted(
        item=name(row),
        cause=cause,
        finding=FINDINGS[cause],
        table="deployments",
        rows=sheets.rows("deployments", deploymentID=name(row)),
        also=() if beside is None else (name(beside),),
        value=value,
        tolerance=tolerance,
        signed=beside is None,
    )
