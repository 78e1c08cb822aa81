"""Who was caught, where and when?  Capture histories from the detections and the effort of all parties.

Every detection is used, or left out and counted under a reason. The order of rows and of packages changes nothing:
animals and detectors are sorted by name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from tumen.errors import MisuseError, Text, nearest
from tumen.population.scr.covariates import Values, animal_values, two_names, young_and_grown
from tumen.population.scr.occasions import Cut, Window, apart, instants, usage
from tumen.population.scr.plane import Plane, plane_of
from tumen.population.scr.stations import Stations, stations
from tumen.population.scr.survey import Detectors, Kind, Session
from tumen.population.scr.tables import captures_of, no_mask, values_of
from tumen.population.scr.telemetry import spaced
from tumen.tables import findings
from tumen.tables.schema import UTC, require

SEEN: dict[str, pl.DataType | type[pl.DataType]] = {
    "detectionID": pl.String,
    "party": pl.String,
    "individualID": pl.String,
    "sex": pl.String,
    "lifeStage": pl.String,
    "eventStart": UTC,
    "deploymentID": pl.String,
    "source": pl.String,
}
"""What is needed of DETECTIONS; `individualID` is the joint name, `source` is camera or position.

Where there is a column `certainty`, names that are only "possible" are left out.
"""

WORKED: dict[str, pl.DataType | type[pl.DataType]] = {
    "party": pl.String,
    "deploymentID": pl.String,
    "start": UTC,
    "end": UTC,
    "days": pl.Float64,
}
"""When each camera worked (`tumen.measure.effort.INTERVALS` with its party); null days: it is not known."""

LEFT_OUT = {"reason": pl.String, "party": pl.String, "rows": pl.Int64}
"""How many detections were not used; `reason` is the code of the note that says so."""

DAYS: dict[str, pl.DataType | type[pl.DataType]] = {
    "session": pl.String,
    "station": pl.String,
    "cameraDays": pl.Float64,
}
"""Days in which the cameras of a station worked inside a session, added up over its cameras."""

YOUNG = {"session": pl.String, "individualID": pl.String, "detections": pl.Int64}
"""Dependent young, which are counted apart."""

KINDS: tuple[Kind, ...] = ("multi", "proximity", "count")


@dataclass(frozen=True)
class Records:
    """What the parties bring: `detections` (`SEEN`), `cameras` (`stations.CAMERAS`), `worked` (`WORKED`).

    `individuals`: individualID (the joint name) and what is known of the animals (`sex`: female or male; other columns
    are covariates). `crosswalk`: the register's names (party, individualID, jointID), to find animals with two names.
    """

    detections: pl.DataFrame
    cameras: pl.DataFrame
    worked: pl.DataFrame
    individuals: pl.DataFrame | None = None
    crosswalk: pl.DataFrame | None = None


@dataclass(frozen=True)
class Rules:
    """How detections become captures.

    `kind`: of the detectors. `cut`: the occasions. `within`: metres up to which cameras are one station (None: only by
    the name of their place). `independence`: an animal counts again at a station when this much time has passed since
    it last counted there (`count` only). `slack`: how far outside the time in which its camera worked a detection may
    lie. `young`: words of `lifeStage` for young that have no range of their own.
    """

    kind: Kind = "proximity"
    cut: Cut = Cut()  # noqa: RUF009
    within: float | None = None
    independence: timedelta = timedelta(minutes=30)
    slack: timedelta = timedelta(0)
    young: tuple[str, ...] = ("juvenile",)

    def __post_init__(self) -> None:
        """Refuse kinds that cameras cannot be."""
        if self.kind not in KINDS:
            raise MisuseError(
                Text("a kind of detector: {kinds}", kinds=", ".join(KINDS)),
                f"'{self.kind}'",
                "Make proximity histories and pool their occasions for binomial counts."
                if self.kind == "binomial"
                else nearest(self.kind, KINDS),
            )


@dataclass(frozen=True)
class Histories:
    """Sessions (without a mask yet), what was left out (`LEFT_OUT`), the young (`YOUNG`), where it all is, findings.

    `days`: `DAYS`, one row for each session and detector.
    """

    sessions: tuple[Session, ...]
    left_out: pl.DataFrame
    young: pl.DataFrame
    plane: Plane
    stations: Stations
    days: pl.DataFrame
    findings: pl.DataFrame


def histories(
    records: Records,
    windows: Sequence[Window],
    rules: Rules = Rules(),
    *,
    plane: Plane | None = None,
) -> Histories:
    """Return the sessions of a survey, one for each window in the order of their starts.

    A detector is a station that had a camera of known effort in the window. Its usage in an occasion is the share of it
    in which at least one of its cameras worked. Cameras of unknown effort are left out with their detections, each a
    finding. `plane`: where metres are counted (None: `plane_of` all stations). Masks are empty, to be replaced. Raises
    `ColumnError` for tables that are not as declared, `MisuseError` for windows that share time, and `PlaceError`
    where no camera has a place, and `MisuseError` for detections of several species (`scientificName`, if there).
    """
    apart(windows)
    seen, cameras = _of_one_species(require(records.detections, SEEN, "detections")), records.cameras
    worked = require(records.worked, WORKED, "worked")
    known = stations(cameras, within=rules.within)
    places = known.places
    plane = plane or plane_of(places["longitude"].to_numpy(), places["latitude"].to_numpy())
    unknown = worked.filter(pl.col("days").is_null()).select("party", "deploymentID").unique()
    ordered = sorted(windows, key=lambda window: window.start)
    effort = _of_effort(known, cameras, worked)
    detectors = {window.name: _detectors(window, effort, (known, plane, rules)) for window in ordered}
    marked = _marked(_dated(seen, known, ordered, rules.cut), worked, detectors, rules)
    values, contradictory = animal_values(seen.filter(~_possible(seen)), records.individuals)
    used = marked.filter(pl.col("reason").is_null())
    sessions = [_session(window, detectors[window.name], used, (rules, values)) for window in ordered]
    left = _left(marked)
    return Histories(
        sessions=tuple(sessions),
        left_out=left,
        young=_young(marked),
        plane=plane,
        stations=known,
        days=pl.concat([_days(window, effort, detectors[window.name].names) for window in ordered]),
        findings=findings.gather(
            [
                known.findings,
                _unknown_effort(unknown, known),
                _idle(marked),
                contradictory,
                young_and_grown(marked),
                two_names(used["individualID"], records.crosswalk),
                *_notes(left),
            ]
        ),
    )


def _possible(seen: pl.DataFrame) -> pl.Expr:
    """Say of each detection whether its name is only possible."""
    return (pl.col("certainty") == "possible").fill_null(False) if "certainty" in seen.columns else pl.lit(False)


def _days(window: Window, effort: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
    """Return the days of the cameras of each station in a window (`DAYS`)."""
    start = pl.max_horizontal("start", pl.lit(window.start).cast(UTC))
    end = pl.min_horizontal("end", pl.lit(window.end).cast(UTC))
    days = ((end - start).dt.total_microseconds() / 86_400_000_000).clip(0)
    own = effort.drop_nulls(["start", "end"]).group_by("station").agg(cameraDays=days.sum())
    return (
        pl.DataFrame({"station": names}, schema={"station": pl.String})
        .join(own, on="station", how="left", maintain_order="left")
        # A camera of known effort that has no interval never worked: 0 days, which is known.
        .select(pl.lit(window.name).alias("session"), "station", pl.col("cameraDays").fill_null(0.0))
    )


def _of_one_species(seen: pl.DataFrame) -> pl.DataFrame:
    if "scientificName" in seen.columns:
        species = seen["scientificName"].drop_nulls().unique().sort()
        if len(species) > 1:
            found = Text("{species}", species=", ".join(species))
            raise MisuseError("detections of one species", found, "Take one species at a time.")
    return seen


def _dated(seen: pl.DataFrame, known: Stations, windows: Sequence[Window], cut: Cut) -> pl.DataFrame:
    """Return the detections of cameras in a fixed order, with `order`, station, session and occasion (from 1)."""
    cameras = seen.filter(pl.col("source") == "camera")
    if "row" not in cameras.columns:
        cameras = cameras.with_columns(row=pl.lit(None, dtype=pl.Int64))
    table = cameras.join(known.cameras, on=["party", "deploymentID"], how="left")
    table = table.sort("individualID", "eventStart", "party", "deploymentID", "detectionID", nulls_last=True)
    # An instant that is not known lies before every session.
    at = table["eventStart"].dt.epoch("us").fill_null(np.iinfo(np.int64).min).to_numpy()
    session = np.full(len(table), None, dtype=object)
    occasion = np.zeros(len(table), dtype=np.int64)
    for window in windows:
        first, last = instants(pl.Series([window.start, window.end], dtype=UTC))
        inside = (at >= first) & (at < last)
        session[inside] = window.name
        occasion[inside] = np.searchsorted(cut.starts(window), at[inside], side="right")
    placed = (pl.Series("session", session.tolist(), dtype=pl.String), pl.Series("occasion", occasion))
    return table.with_columns(placed).with_row_index("order")


def _marked(
    table: pl.DataFrame, worked: pl.DataFrame, detectors: Mapping[str, Detectors], rules: Rules
) -> pl.DataFrame:
    """Say of each detection why it is left out: `reason`, null for those that are used."""
    unknown = worked.filter(pl.col("days").is_null()).select("party", "deploymentID", unknown=pl.lit(True)).unique()
    table = (
        table.join(unknown, on=["party", "deploymentID"], how="left", maintain_order="left")
        .join(_working(table, worked, rules.slack), on="order", how="left", maintain_order="left")
        .join(_watched(detectors), on=["session", "station", "occasion"], how="left", maintain_order="left")
    )
    reasons = (
        ("left-out-undated", pl.col("eventStart").is_null()),
        ("left-out-outside-sessions", pl.col("session").is_null()),
        ("left-out-unidentified", pl.col("individualID").is_null()),
        ("left-out-possible", _possible(table)),
        ("left-out-dependent-young", pl.col("lifeStage").is_in(list(rules.young)).fill_null(False)),
        ("left-out-without-station", pl.col("station").is_null()),
        ("left-out-effort-unknown", pl.col("unknown").fill_null(False)),
        ("left-out-while-idle", ~(pl.col("working") & pl.col("watched")).fill_null(False)),
    )
    marked = table.with_columns(reason=pl.coalesce(pl.when(broken).then(pl.lit(reason)) for reason, broken in reasons))
    if rules.kind != "multi":
        return marked
    first = _first(marked.filter(pl.col("reason").is_null()))["order"]
    later = pl.col("reason").is_null() & ~pl.col("order").is_in(first.implode())
    return marked.with_columns(reason=pl.when(later).then(pl.lit("left-out-later-in-occasion")).otherwise("reason"))


def _working(table: pl.DataFrame, worked: pl.DataFrame, slack: timedelta) -> pl.DataFrame:
    """Say of each detection whether its camera worked then: order, working. The last instant of an interval counts."""
    spans = worked.drop_nulls(["start", "end"]).select(
        "party", "deploymentID", start=pl.col("start") - slack, end=pl.col("end") + slack
    )
    dated = table.drop_nulls(["eventStart", "deploymentID"]).select("order", "party", "deploymentID", "eventStart")
    matched = dated.sort("eventStart").join_asof(
        spans.sort("start"),
        left_on="eventStart",
        right_on="start",
        by=["party", "deploymentID"],
        check_sortedness=False,
    )
    return matched.select("order", working=(pl.col("eventStart") <= pl.col("end")).fill_null(False))


def _watched(detectors: Mapping[str, Detectors]) -> pl.DataFrame:
    """Return the occasions in which a station was watched at all: session, station, occasion, watched."""
    schema = {"session": pl.String, "station": pl.String, "occasion": pl.Int64}
    rows = [
        (session, own.names[k], int(s) + 1)
        for session, own in detectors.items()
        for k, s in zip(*np.nonzero(own.usage), strict=True)
    ]
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(watched=pl.lit(True))


def _of_effort(known: Stations, cameras: pl.DataFrame, worked: pl.DataFrame) -> pl.DataFrame:
    """Return the intervals of cameras of known effort, and when each stood: station, start, end, stood, gone."""
    keys = ["party", "deploymentID"]
    unknown = worked.filter(pl.col("days").is_null())
    dates = cameras.select(*keys, stood="deploymentStart", gone="deploymentEnd").unique(keys)
    spans = worked.join(unknown, on=keys, how="anti").select(*keys, "start", "end")
    return known.cameras.join(spans, on=keys, how="inner").join(dates, on=keys, how="left")


def _detectors(window: Window, effort: pl.DataFrame, made: tuple[Stations, Plane, Rules]) -> Detectors:
    """Return the stations that had a camera in a window, with their usage."""
    known, plane, rules = made
    first, last = pl.lit(window.start).cast(UTC), pl.lit(window.end).cast(UTC)
    here = effort.filter((pl.max_horizontal("gone", "end") > first) & (pl.min_horizontal("stood", "start") < last))
    names = tuple(here["station"].unique().sort())
    own = known.places.filter(pl.col("station").is_in(list(names))).sort("station")
    return Detectors(
        names=names,
        xy=plane.to_plane(own["longitude"].to_numpy(), own["latitude"].to_numpy()),
        usage=usage(effort.drop_nulls("start").select("station", "start", "end"), names, window, rules.cut),
        kind=rules.kind,
        covariates={"country": values_of(own["countryCode"])},
    )


def _session(window: Window, detectors: Detectors, used: pl.DataFrame, made: tuple[Rules, Values]) -> Session:
    rules, values = made
    counted = _counted(used.filter(pl.col("session") == window.name), rules)
    animals = tuple(counted["animal"].unique().sort())
    return Session(
        name=window.name,
        detectors=detectors,
        animals=animals,
        captures=captures_of(counted, animals, detectors),
        mask=no_mask(),
        covariates={
            name: values_of(pl.Series(name, [of.get(animal) for animal in animals], dtype=_type(of)))
            for name, of in values.items()
        },
        values=dict(window.values),
    )


def _type(values: dict[str, object]) -> type[pl.DataType]:
    return pl.Float64 if any(isinstance(value, int | float) for value in values.values()) else pl.String


def _first(used: pl.DataFrame) -> pl.DataFrame:
    """Return the first detection of each animal in each occasion."""
    return used.unique(["session", "individualID", "occasion"], keep="first", maintain_order=True)


def _counted(used: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Return animal, occasion, detector, count of the detections of a session."""
    if rules.kind == "count":
        groups = used.group_by("individualID", "station", maintain_order=True).agg("order", "eventStart")
        kept = [
            int(order)
            for orders, at in groups.select("order", "eventStart").iter_rows()
            for order in np.array(orders)[spaced(instants(pl.Series(at, dtype=UTC)), rules.independence)]
        ]
        used = used.filter(pl.col("order").is_in(kept))
    return used.group_by(animal="individualID", occasion="occasion", detector="station").agg(
        count=pl.len().cast(pl.Int64)
    )


def _left(marked: pl.DataFrame) -> pl.DataFrame:
    return (
        marked.drop_nulls("reason")
        .group_by("reason", "party")
        .agg(rows=pl.len().cast(pl.Int64))
        .sort("reason", "party")
        .select(*LEFT_OUT)
    )


def _notes(left: pl.DataFrame) -> list[pl.DataFrame]:
    counted = left.group_by("reason").agg(pl.col("rows").sum()).sort("reason")
    return [findings.finding(reason, table="observations", value=str(rows)) for reason, rows in counted.iter_rows()]


def _young(marked: pl.DataFrame) -> pl.DataFrame:
    cubs = marked.filter(pl.col("reason") == "left-out-dependent-young")
    return (
        cubs.group_by("session", "individualID")
        .agg(detections=pl.len().cast(pl.Int64))
        .sort("session", "individualID")
        .select(*YOUNG)
    )


def _unknown_effort(unknown: pl.DataFrame, known: Stations) -> pl.DataFrame:
    told = unknown.join(known.cameras, on=["party", "deploymentID"], how="left").sort("party", "deploymentID")
    frame = told.select(row=pl.lit(None, dtype=pl.Int64), value="deploymentID", place="station")
    made = findings.rows("effort-unknown", frame, table="deployments", column="deploymentStart", arguments=["place"])
    return made if made.is_empty() else made.with_columns(party=told["party"])


def _idle(marked: pl.DataFrame) -> pl.DataFrame:
    idle = marked.filter(pl.col("reason") == "left-out-while-idle")
    told = idle.select(
        "row",
        value="detectionID",
        individual="individualID",
        deployment="deploymentID",
        instant=pl.col("eventStart").dt.to_string("iso:strict"),
    )
    arguments = ["individual", "deployment", "instant"]
    made = findings.rows("detection-while-idle", told, table="observations", column="eventStart", arguments=arguments)
    return made if made.is_empty() else made.with_columns(party=idle["party"])
