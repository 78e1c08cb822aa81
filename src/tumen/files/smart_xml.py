"""SMART's patrols as XML: patrol, legs, days; their tracks and places of observation.

The schema is that of the namespaces http://www.smartconservationsoftware.org/xml/1.x/patrol. Coordinates are WGS84 in
degrees. A track is a line in WKB, written as hexadecimal digits, whose third coordinate is the local time of the point;
beside it stands its length in kilometres.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import shapely

from tumen.files.local_time import with_offset
from tumen.files.markup import Element
from tumen.files.smart_methods import methods_of
from tumen.measure.geodesy import distances
from tumen.tables.findings import finding, rows

_SPACE = "smartconservationsoftware.org/xml/"
_DIFFERENCE = 0.02
"""Share by which the length that SMART states may differ from the geodesic one before a finding says so."""


@dataclass(frozen=True)
class _Day:
    """One day of one leg of one patrol, and the elements it stands in."""

    patrol: Element
    leg: Element
    day: Element

    @property
    def name(self) -> str:
        parts = (self.patrol.get("id"), self.leg.get("id"), self.day.get("date"))
        return "/".join(part or "?" for part in parts)

    def said(self, name: str) -> str:
        """Return the value of an element of the leg or, in older versions, of the patrol."""
        for element in (self.leg.first(name), self.patrol.first(name)):
            if element is not None and element.get("value"):
                return element.get("value") or ""
        return ""


@dataclass
class _Track:
    """What a day's tracks say: their points in order, their measured (m) and their stated length (km)."""

    points: list[tuple[float, float]]
    metres: float | None
    stated: float | None
    tracks: int


def is_patrol(root: Element) -> bool:
    """Say whether an element is a patrol of SMART."""
    return root.name == "patrol" and _SPACE in root.space


def read_patrols(
    patrols: Sequence[Element], zone: str, methods: Mapping[str, str]
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return one search per day of each leg as text, and the findings."""
    days = [_Day(patrol, leg, day) for patrol in patrols for leg in patrol.all("legs") for day in leg.all("days")]
    findings: list[pl.DataFrame] = []
    read = [_track(day, findings) for day in days]
    kinds = [(day.patrol.get("patrolType") or "", day.said("transportType")) for day in days]
    chosen, found = methods_of(kinds, methods)
    findings += found
    starts, ends, found = _times(days, zone)
    findings += [*found, *_noted(days, read)]
    places = [_place(day, track) for day, track in zip(days, read, strict=True)]
    searches = pl.DataFrame(
        {
            "searchID": [day.name for day in days],
            "method": chosen,
            "searchStart": starts,
            "searchEnd": ends,
            "longitude": [lon for lon, _ in places],
            "latitude": [lat for _, lat in places],
            "distance": [None if track.metres is None else f"{track.metres:.3f}" for track in read],
            "observers": [str(len(list(day.leg.all("members")))) if day.leg.first("members") else None for day in days],
            "team": [day.said("team") or None for day in days],
            "target": [day.said("mandate") or None for day in days],
            "comments": [_comments(day) for day in days],
        },
        schema_overrides=dict.fromkeys(
            ("searchID", "method", "longitude", "latitude", "distance", "observers", "team", "target", "comments"),
            pl.String,
        ),
    )
    return searches, findings


def _times(days: Sequence[_Day], zone: str) -> tuple[pl.Series, pl.Series, list[pl.DataFrame]]:
    """Return when each day began and ended, with the zone's offset, and what was no time."""
    findings: list[pl.DataFrame] = []
    read: list[pl.Series] = []
    for attribute, target in (("startTime", "searchStart"), ("endTime", "searchEnd")):
        stamps = [f"{d.day.get('date') or '?'} {(d.day.get(attribute) or '?').split('.')[0]}" for d in days]
        said = pl.Series(target, stamps, dtype=pl.String)
        good = said.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False).is_not_null()
        frame = pl.DataFrame({"value": said, "good": good}).with_columns(
            pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias("row")
        )
        bad = frame.filter(~pl.col("good"))
        findings.append(rows("patrol-times-unread", bad, table="searches", column=target))
        cells = frame.select(pl.when("good").then("value").alias(target)).to_series()
        placed, found = with_offset(cells, "%Y-%m-%d", zone, day="start", where=("searches", target))
        findings.append(found)
        read.append(placed)
    return read[0], read[1], findings


def _track(day: _Day, findings: list[pl.DataFrame]) -> _Track:
    """Measure the tracks of a day along geodesics; a gap between two tracks is no way walked."""
    points: list[tuple[float, float]] = []
    metres, stated, count = 0.0, 0.0, 0
    for track in day.day.all("track"):
        try:
            geometry = shapely.from_wkb(bytes.fromhex(track.get("geom") or ""))
            lines = [shapely.get_coordinates(part) for part in shapely.get_parts(geometry)]
        except (ValueError, shapely.errors.ShapelyError) as error:
            reason = str(error) or "it is no line"
            findings.append(finding("patrol-track-unreadable", table="searches", value=day.name, reason=reason))
            return _Track(points, None, None, count)
        count += 1
        for line in lines:
            points += [(float(lon), float(lat)) for lon, lat in line]
            metres += float(np.nansum(distances(line[:-1, 0], line[:-1, 1], line[1:, 0], line[1:, 1])))
        stated += _number(track.get("distance"))
    if not count:
        return _Track(points, None, None, 0)
    if np.isfinite(stated) and abs(stated * 1000 - metres) > max(_DIFFERENCE * metres, 10.0):
        said = round(stated * 1000)
        findings.append(
            finding(
                "patrol-distance-differs", table="searches", column="distance", value=day.name,
                stated=said, measured=round(metres),
            )
        )  # fmt: skip
    return _Track(points, metres, stated, count)


def _number(text: str | None) -> float:
    try:
        return float(text) if text else float("nan")
    except ValueError:
        return float("nan")


def _place(day: _Day, track: _Track) -> tuple[str | None, str | None]:
    """Return where the day began: the first position of its track, else its first place of observation."""
    if track.points:
        lon, lat = track.points[0]
        return repr(lon), repr(lat)
    waypoints = sorted(day.day.all("waypoints"), key=lambda each: each.get("time") or "~")
    first = next((each for each in waypoints if each.get("x") and each.get("y")), None)
    return (None, None) if first is None else (first.get("x"), first.get("y"))


def _comments(day: _Day) -> str | None:
    objective = day.patrol.first("objective")
    description = objective.first("description") if objective is not None else None
    comment = day.patrol.first("comment")
    parts = {
        "transport": day.said("transportType"),
        "patrolType": day.patrol.get("patrolType"),
        "station": day.said("station"),
        "armed": day.patrol.get("isArmed"),
        "restMinutes": day.day.get("restMinutes"),
        "objective": description.text.strip() if description is not None else None,
        "comment": comment.text.strip() if comment is not None else None,
    }
    kept = [f"{key}:{value.replace('|', '/')}" for key, value in parts.items() if value]
    return " | ".join(kept) or None


def _noted(days: Sequence[_Day], read: Sequence[_Track]) -> list[pl.DataFrame]:
    """Count what was not copied, so that a reader knows what the export holds beside the effort."""
    found: list[pl.DataFrame] = []
    tracks, points = sum(track.tracks for track in read), sum(len(track.points) for track in read)
    if tracks:
        found.append(finding("patrol-tracks-not-copied", table="searches", count=tracks, points=points))
    lacking = sum(not track.tracks and day.day.first("track") is None for day, track in zip(days, read, strict=True))
    if lacking:
        found.append(finding("patrol-track-missing", table="searches", column="distance", count=lacking))
    waypoints = [waypoint for day in days for waypoint in day.day.all("waypoints")]
    observations = sum(1 for waypoint in waypoints for _ in _observations(waypoint))
    if waypoints:
        found.append(
            finding("patrol-observations-not-copied", table="searches", count=observations, points=len(waypoints))
        )
    people = {
        (member.get("employeeId"), member.get("givenName"), member.get("familyName"))
        for day in days
        for member in day.leg.all("members")
    }
    if people:
        found.append(finding("patrol-names-not-copied", table="searches", column="observers", count=len(people)))
    rests = [rest for day in days if (rest := _number(day.day.get("restMinutes"))) > 0]
    if rests:
        found.append(finding("patrol-rest", table="searches", count=len(rests), minutes=round(sum(rests))))
    return found


def _observations(element: Element) -> Iterator[Element]:
    """Yield the observations at a place; newer versions put them into groups."""
    yield from element.all("observations")
    for group in element.all("groups"):
        yield from group.all("observations")
