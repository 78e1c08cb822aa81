"""How were the cameras set?  Spacing, pairs, nights, sessions, visits, from deployments and operating periods."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from tumen.measure.effort import DAY, operating
from tumen.measure.geodesy import WGS84, Numbers, distances, ecef
from tumen.tables.design import MEASURED, Design, measured
from tumen.tables.detections import declared_country, place
from tumen.tables.package import Package
from tumen.tasks.area import Area

SAME_STATION = 30.0
"""Metres within which cameras are one station, whatever their locationID: a pair faces each other across a trail."""
SHIFTS = 8
"""Positions of a grid along either axis for which stations per cell are counted: nobody knows where the grid began."""
SEASON = timedelta(days=90)
"""Deployments of one group that lie farther apart are of two sessions: `season:spring` comes back every year."""
GROUP = r"(?:^|\|)\s*(?:season|session)\s*:\s*([^|]*[^|\s])\s*(?:\||$)"

Period = tuple[datetime, datetime]


def measure_cameras(
    party: str, packages: Sequence[Package], design: Design, period: Period | None = None, area: Area | None = None
) -> pl.DataFrame:
    """Return what the deployments of one party tell of their design, as `MEASURED`, session by session.

    A session is one that the study declares; else one that deploymentGroups name (`season:` or `session:`, for every
    deployment); else a time in which some camera stood without a gap of more than `design.gap` days. `period` cuts all
    of them. With an area the distances to its border are among the quantities.
    """
    cameras = stations_of(packages)
    if cameras.is_empty():
        return pl.DataFrame(schema=MEASURED)
    stood = _clipped(cameras.filter(pl.col("start") < pl.col("end")), period)
    worked = _worked(packages, cameras, period)
    if area is not None:
        cameras = _border(cameras, area)
    parts = [measured(units, quantity, party=party) for quantity, units in _undated(cameras)]
    for label, group, when in sessions(stood, design):
        here = (_in_session(stood, group, when), _in_session(worked, group, when))
        present = cameras.join(here[0].select("camera").unique(), on="camera", how="semi", maintain_order="left")
        for quantity, units in _quantities(present, *here, design):
            parts.append(measured(units, quantity, party=party, session=label))
    return pl.concat([pl.DataFrame(schema=MEASURED), *parts])


def stations_of(packages: Sequence[Package]) -> pl.DataFrame:
    """Return every deployment once, with its station and its place on the ground; coordinates that are none are null.

    Columns: camera (unique over the packages), station, longitude, latitude, uncertainty (m), height, start, end,
    group, failuresKnown (whether its package records failures), and those `Area.locate` needs.
    """
    frames = [
        package.table("deployments")
        .unique("deploymentID", keep="first", maintain_order=True)
        .select(
            camera=pl.concat_str(pl.lit(package.name + "\x1f"), "deploymentID"),
            deploymentID="deploymentID",
            place=place(package.party),
            longitude="longitude",
            latitude="latitude",
            coordinateUncertainty=pl.col("coordinateUncertainty").cast(pl.Float64),
            height="cameraHeight",
            start="deploymentStart",
            end="deploymentEnd",
            group=pl.col("deploymentGroups").str.extract(GROUP),
            declaredCountry=declared_country(package),
            failuresKnown=pl.lit(package.table("operating_periods").height > 0),
        )
        .drop_nulls("camera")
        for package in packages
    ]
    if not frames:
        return pl.DataFrame()
    cameras = pl.concat(frames)
    lon, lat = pl.col("longitude"), pl.col("latitude")
    somewhere = (lon.abs() <= 180) & (lat.abs() <= 90) & ~((lon == 0) & (lat == 0))
    cameras = cameras.with_columns(pl.when(somewhere).then(name).alias(name) for name in ("longitude", "latitude"))
    return cameras.with_columns(station=_stations(cameras))


def _stations(cameras: pl.DataFrame) -> pl.Series:
    """Name the station of every camera: its place, joined with the places whose cameras stand within 30 m of it.

    Coordinates that are known no better than that join nothing: cameras snapped to one point are no pair.
    """
    names = cameras["place"].unique(maintain_order=True)
    number = dict(zip(names, range(len(names)), strict=True))
    sharp = cameras.filter(
        pl.col("longitude").is_not_null(), pl.col("coordinateUncertainty").fill_null(0) <= SAME_STATION
    ).unique(["place", "longitude", "latitude"], maintain_order=True)
    links = np.empty((0, 2), dtype=np.int64)
    if sharp.height > 1:
        tree = KDTree(ecef(sharp["longitude"].to_numpy(), sharp["latitude"].to_numpy()))
        own = sharp["place"].replace_strict(number, return_dtype=pl.Int64).to_numpy()
        pairs = np.array(sorted(tree.query_pairs(SAME_STATION)), dtype=np.int64).reshape(-1, 2)
        links = own[pairs]
    size = (len(names), len(names))
    graph = coo_array((np.ones(len(links)), (links[:, 0], links[:, 1])), shape=size)
    _, component = connected_components(graph, directed=False)
    first = {int(part): name for part, name in zip(component[::-1], names.reverse(), strict=True)}
    known = {name: first[int(part)] for name, part in zip(names, component, strict=True)}
    return cameras["place"].replace_strict(known, return_dtype=pl.String)


def _worked(packages: Sequence[Package], cameras: pl.DataFrame, period: Period | None) -> pl.DataFrame:
    """Return when each camera worked: camera, station, group, start, end."""
    intervals = [
        operating(package.table("deployments"), package.table("operating_periods"), period).with_columns(
            camera=pl.concat_str(pl.lit(package.name + "\x1f"), "deploymentID")
        )
        for package in packages
    ]
    return (
        pl.concat(intervals)
        .drop_nulls("start")
        .join(cameras.select("camera", "station", "group"), on="camera", how="inner", maintain_order="left")
        .select("camera", "station", "group", "start", "end")
    )


def sessions(stood: pl.DataFrame, design: Design) -> Iterator[tuple[str, str | None, Period]]:
    """Yield the label of each session, the group its deployments are of (None: of any), and its instants."""
    if design.sessions:
        for first, last in design.sessions:
            yield _label(first, last), None, (_midnight(first), _midnight(last + timedelta(days=1)))
    elif stood.height and stood["group"].null_count() == 0:
        for group in stood["group"].unique().sort():
            runs = union(stood.filter(pl.col("group") == group), "group", slack=SEASON)
            for start, end in runs.select("start", "end").iter_rows():
                again = f": {_label(start.date(), end.date())}" if runs.height > 1 else ""
                yield f"{group}{again}", str(group), (start, end)
    else:
        runs = union(stood.with_columns(all=pl.lit("")), "all", slack=timedelta(days=design.gap))
        for start, end in runs.select("start", "end").iter_rows():
            yield _label(start.date(), end.date()), None, (start, end)


def _undated(cameras: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield what is not known of cameras nobody knows when they stood: units with null values."""
    lost = cameras.filter(~(pl.col("start") <= pl.col("end")).fill_null(False))
    if lost.is_empty():
        return
    nothing = pl.lit(None, dtype=pl.Float64)
    stations = lost.select(of="station").unique().sort("of").with_columns(value=nothing)
    for quantity in ("paired", "nights"):
        yield quantity, stations
    yield "window", stations.head(1).with_columns(of=pl.lit(""))
    yield "checkInterval", lost.select(of="deploymentID", value=nothing)


def union(frame: pl.DataFrame, key: str, slack: timedelta = timedelta(0)) -> pl.DataFrame:
    """Join the intervals of each `key` that touch, overlap or lie at most `slack` apart: key, start, end.

    >>> hours = [datetime(2024, 5, 1, hour, tzinfo=UTC) for hour in (1, 3, 2, 5, 7, 8)]
    >>> frame = pl.DataFrame({"k": ["a"] * 3, "start": hours[::2], "end": hours[1::2]})
    >>> [(start.hour, end.hour) for start, end in union(frame, "k").select("start", "end").iter_rows()]
    [(1, 5), (7, 8)]
    """
    ordered = frame.select(key, "start", "end").sort(key, "start", "end")
    reached = pl.col("end").cum_max().shift(1).over(key)
    fresh = (reached.is_null() | (pl.col("start") > reached + slack)).cast(pl.Int64)
    return (
        ordered.with_columns(run=fresh.cum_sum())
        .group_by(key, "run", maintain_order=True)
        .agg(pl.col("start").first(), pl.col("end").max())
        .drop("run")
    )


def _in_session(frame: pl.DataFrame, group: str | None, when: Period) -> pl.DataFrame:
    return _clipped(frame if group is None else frame.filter(pl.col("group") == group), when)


def _clipped(frame: pl.DataFrame, when: Period | None) -> pl.DataFrame:
    """Cut intervals to a span; those outside it fall away. `start0` and `end0` keep the instants as they were."""
    if "start0" not in frame.columns:
        frame = frame.with_columns(start0="start", end0="end")
    if when is None:
        return frame
    first, last = (pl.lit(instant).cast(pl.Datetime("us", "UTC")) for instant in when)
    cut = frame.with_columns(start=pl.max_horizontal("start", first), end=pl.min_horizontal("end", last))
    return cut.filter(pl.col("start") < pl.col("end"))


def _quantities(
    cameras: pl.DataFrame, stood: pl.DataFrame, worked: pl.DataFrame, design: Design
) -> Iterable[tuple[str, pl.DataFrame]]:
    """Yield the name and the units (of, value) of every quantity of one session."""
    if stood.is_empty():
        return
    points = _points(cameras)
    yield "spacing", _spacing(points)
    yield "locationsPerCell", _per_cell(points, design.cell)
    stations = stood.select(of="station").unique().sort("of")
    worked_time, paired_time = _time(union(worked, "station")), _time(_twice(worked))
    time = stations.join(worked_time, on="of", how="left").join(paired_time, on="of", how="left", suffix="2")
    told = cameras.group_by(of="station").agg(pl.col("failuresKnown").all())
    yield "working", _if_told(time.select("of", value=pl.col("value").is_not_null().cast(pl.Float64)), told)
    yield "nights", time.select("of", value=pl.col("value").fill_null(0.0))
    active = time.filter(pl.col("value") > 0)
    yield "paired", active.select("of", value=(pl.col("value2").fill_null(0) > 0).cast(pl.Float64))
    yield "pairedTime", active.select("of", value=pl.col("value2").fill_null(0) / pl.col("value"))
    yield "lost", _if_told(_lost(stood, worked), told)
    yield "cameraHeight", cameras.select(of="deploymentID", value="height")
    visits = (pl.col("end0") - pl.col("start0")).dt.total_microseconds() / DAY
    yield "checkInterval", stood.select(of="deploymentID", value=visits)
    yield "unattended", _unattended(stood)
    yield from _length(worked, design)
    if "borderDistance" in cameras.columns:
        yield "borderDistance", points.select(of="station", value=pl.col("borderDistance") / 1000)


def _if_told(units: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Keep a value only where the package records failures: without them nobody knows what was lost."""
    joined = units.join(told, on="of", how="left", maintain_order="left")
    return joined.select("of", value=pl.when("failuresKnown").then("value"))


def _length(worked: pl.DataFrame, design: Design) -> Iterable[tuple[str, pl.DataFrame]]:
    """Yield how long the session was, and how many whole occasions that holds if the study says how long one is."""
    microseconds = (pl.col("end").max() - pl.col("start").min()).dt.total_microseconds()
    days = worked.select(of=pl.lit(""), value=microseconds / DAY)
    yield "window", days
    if design.occasion is not None:
        yield "occasions", days.with_columns(pl.col("value") // design.occasion)
    elif any(rule.quantity == "occasions" for rule in design.rules):
        yield "occasions", days.with_columns(value=pl.lit(None, dtype=pl.Float64))


def _points(cameras: pl.DataFrame) -> pl.DataFrame:
    """Return the stations, each where its first camera with a place stood."""
    return cameras.sort("station", "longitude", nulls_last=True, maintain_order=True).unique(
        "station", keep="first", maintain_order=True
    )


def _spacing(points: pl.DataFrame) -> pl.DataFrame:
    """Return the distance (km) from each station to the nearest other; null where their uncertainties reach as far."""
    known = points.drop_nulls(["longitude", "latitude"])
    value = np.full(known.height, np.nan)
    if known.height > 1:
        lon, lat = known["longitude"].to_numpy(), known["latitude"].to_numpy()
        # Straight lines through the Earth order points as geodesics do, but for ties: a few candidates settle those.
        near = np.asarray(KDTree(ecef(lon, lat)).query(ecef(lon, lat), k=min(4, known.height))[1])
        metres = distances(lon[:, None], lat[:, None], lon[near], lat[near])
        own = np.arange(known.height)
        metres[near == own[:, None]] = np.inf
        best = metres.argmin(axis=1)
        value, other = metres[own, best], near[own, best]
        unsure = known["coordinateUncertainty"].fill_null(0).to_numpy()
        value = np.where(unsure + unsure[other] >= value, np.nan, value / 1000)
    measured = known.select(of="station").with_columns(value=pl.Series(value, dtype=pl.Float64).fill_nan(None))
    nowhere = points.filter(pl.col("longitude").is_null() | pl.col("latitude").is_null()).select(
        of="station", value=pl.lit(None, dtype=pl.Float64)
    )
    return pl.concat([measured, nowhere])


def _per_cell(points: pl.DataFrame, cell: float) -> pl.DataFrame:
    """Return stations per occupied cell for every position of a grid with cells of `cell` km."""
    known = points.drop_nulls(["longitude", "latitude"])
    if known.is_empty():
        return pl.DataFrame({"of": [""], "value": [None]}, schema={"of": pl.String, "value": pl.Float64})
    east, north = _plane(known["longitude"].to_numpy(), known["latitude"].to_numpy())
    side = cell * 1000
    steps = [(i, j) for i in range(SHIFTS) for j in range(SHIFTS)]
    cells = [
        len(set(zip(((east / side) + i / SHIFTS) // 1, ((north / side) + j / SHIFTS) // 1, strict=True)))
        for i, j in steps
    ]
    return pl.DataFrame(
        {"of": [f"{i}/{SHIFTS}, {j}/{SHIFTS}" for i, j in steps], "value": known.height / np.array(cells)}
    )


def _plane(lon: Numbers, lat: Numbers) -> tuple[Numbers, Numbers]:
    """Map points to a plane (m) that keeps distance and direction from their middle."""
    x, y, z = ecef(lon, lat).mean(axis=0)
    middle = np.degrees([np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))])
    azimuth, _, metres = WGS84.inv(np.full(len(lon), middle[0]), np.full(len(lat), middle[1]), lon, lat)
    turned = np.radians(azimuth)
    return metres * np.sin(turned), metres * np.cos(turned)


def _time(spans: pl.DataFrame) -> pl.DataFrame:
    """Return the days that spans of each station add up to: of, value."""
    days = (pl.col("end") - pl.col("start")).dt.total_microseconds() / DAY
    return spans.group_by(of="station").agg(value=days.sum())


def _twice(worked: pl.DataFrame) -> pl.DataFrame:
    """Return the spans in which two cameras or more of a station worked: station, start, end."""
    ends = [worked.select("station", at=end, open=pl.lit(step)) for end, step in (("start", 1), ("end", -1))]
    at = pl.concat(ends).group_by("station", "at").agg(pl.col("open").sum()).sort("station", "at")
    return at.select(
        "station",
        start="at",
        end=pl.col("at").shift(-1).over("station"),
        open=pl.col("open").cum_sum().over("station"),
    ).filter(pl.col("open") >= 2)


def _lost(stood: pl.DataFrame, worked: pl.DataFrame) -> pl.DataFrame:
    """Return the share of its cameras' time that each station lost: of, value."""
    both = _time(stood).join(_time(worked), on="of", how="left", suffix="2").sort("of")
    return both.select("of", value=(1 - pl.col("value2").fill_null(0) / pl.col("value")).clip(0, 1))


def _unattended(stood: pl.DataFrame) -> pl.DataFrame:
    """Return the days of every gap between deployments of one station: of, value."""
    spans = union(stood, "station")
    days = (pl.col("start") - pl.col("end").shift(1).over("station")).dt.total_microseconds() / DAY
    return spans.select(of="station", value=days).drop_nulls("value")


def _border(cameras: pl.DataFrame, area: Area) -> pl.DataFrame:
    located = area.locate(cameras)
    return cameras.with_columns(located["borderDistance"])


def _label(first: date, last: date) -> str:
    return f"{first} – {last}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC)
