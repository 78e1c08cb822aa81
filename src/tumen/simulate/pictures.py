"""Which picture stands behind each media row of a world?

The parties' tables say what their cameras recorded; here every file they name gets its picture: the animal that truly
was there, on the flank that the camera saw, by daylight or by flash as the sun stood, and deer, people and empty frames
where the tables have those. Each picture has random numbers of its own, so that any of them can be made alone.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from tumen.errors import MisuseError, Text
from tumen.measure.sun import elevation
from tumen.simulate.backdrops import backdrop
from tumen.simulate.coats import FLANKS
from tumen.simulate.photographs import Photograph, View, Views, photograph, subject, view
from tumen.simulate.streams import stream
from tumen.simulate.world import World
from tumen.tables.package import Package

DARK = -4.0
"""Cameras flash when the sun is this many degrees below the horizon, or more. Assumed."""
SIZES = {"adult": 1.0, "subadult": 0.85, "cub": 0.55}
"""Length of an animal by its stage, compared with an adult's. Assumed."""
TOGETHER = timedelta(seconds=60)
"""Detections at one station that start within this time of each other are one meeting."""
MOST = 3
"""A picture shows so many of a herd."""


@dataclass(frozen=True)
class Shown:
    """One animal in a picture. `name` is its truthID, empty for one that the world does not know."""

    name: str
    species: str
    flank: str
    size: float


@dataclass(frozen=True)
class Picture:
    """One media row and what its file shows. `path` is its `filePath`, `event` names the burst."""

    party: str
    path: str
    media: str
    event: str
    station: str
    night: bool
    shown: tuple[Shown, ...]
    seed: int
    width: int
    views: Views

    def take(self) -> Photograph:
        """Render the picture: the same whenever it is asked for. Its boxes are in the order of `shown`."""
        rng = stream(self.seed, f"photograph/{self.party}/{self.media}")
        base = view(stream(self.seed, f"burst/{self.party}/{self.event}"), night=self.night, views=self.views)
        subjects = [subject(self.seed, one.name, one.species, one.flank, size=one.size) for one in self.shown]
        return photograph(subjects, _moved(base, rng), rng, backdrop(self.seed, self.station, self.width))


def survey_pictures(made: World, *, width: int = 1024, views: Views | None = None) -> Iterator[Picture]:
    """Yield the picture of every media row of every package of a world, in the order of the rows.

    Nothing is rendered until `Picture.take` is called; pictures can be sent to other processes. Raises `MisuseError`
    for a package whose rows are no longer in the order in which they were made.

    >>> from tumen.simulate.settings import small
    >>> import shapely
    >>> from tumen.simulate.world import world
    >>> halves = {"CN": shapely.box(129, 42, 130.9, 45), "RU": shapely.box(130.9, 42, 133, 45)}
    >>> first = next(survey_pictures(world(halves, seed=1, settings=small()), width=64))
    >>> first.party, first.path.endswith(".jpg"), first.take().image.shape
    ('north-reserve', True, (48, 64, 3))
    """
    flanks = _flanks(made)
    stages = dict(made.animals.select("truthID", "stage").iter_rows())
    for package in made.packages:
        truths = made.detections.filter(party=package.party)
        known = {
            observation: Shown(truth, species, flanks[package.party, observation], SIZES[stages[truth]])
            for observation, truth, species in truths.select("observationID", "truthID", "scientificName").iter_rows()
        }
        yield from _pictures(made, package, known, (width, views or Views()))


def _pictures(made: World, package: Package, known: dict[str, Shown], asked: tuple[int, Views]) -> Iterator[Picture]:
    """Walk through media and events together: both are in the order in which the camera recorded them."""
    party, media = package.party, package.tables["media"]
    nights = _nights(made, package)
    stations = dict(package.tables["deployments"].select("deploymentID", "locationID").iter_rows())
    rows = media.select("mediaID", "deploymentID", "timestamp", "filePath").rows()
    place = 0
    for event, deployment, end, observations in _events(package):
        shown = tuple(one for row in observations for one in _shown(made.seed, f"{party}/{event}", row, known))
        for number in range(place, len(rows) + 1):
            if number == len(rows) or rows[number][1] != deployment or rows[number][2] > end:
                raise MisuseError(
                    "a world's package as it was made",
                    Text("other pictures than those of event {event} of {party}", event=event, party=party),
                    "Make the world again from its seed.",
                )
            media_id, _, instant, path = rows[number]
            yield Picture(party, path, media_id, event, stations[deployment], nights[number], shown, made.seed, *asked)
            if instant == end:
                break
        place = number + 1


Row = dict[str, object]


def _events(package: Package) -> Iterator[tuple[str, str, datetime, list[Row]]]:
    """Yield each event with its deployment, its end and its observations, in the order of the table."""
    columns = ["observationID", "eventID", "deploymentID", "eventEnd", "observationType", "scientificName", "count"]
    together: dict[str, list[dict[str, object]]] = defaultdict(list)
    for row in package.tables["observations"].select(columns).iter_rows(named=True):
        together[row["eventID"]].append(row)
    for event, rows in together.items():
        deployment, end = rows[0]["deploymentID"], rows[0]["eventEnd"]
        if isinstance(deployment, str) and isinstance(end, datetime):
            yield event, deployment, end, rows


def _shown(seed: int, event: str, row: Row, known: dict[str, Shown]) -> list[Shown]:
    """Return whom an observation shows: an animal of the world, others, or nobody."""
    one = known.get(str(row["observationID"]))
    if one is not None:
        return [one]
    if row["observationType"] == "blank":
        return []
    species = str(row["scientificName"] or row["observationType"])
    count = row["count"] if isinstance(row["count"], int) else 1
    flanks = stream(seed, f"others/{event}").integers(0, 2, min(count, MOST))
    return [Shown("", species, FLANKS[flank], 1.0) for flank in flanks]


def _flanks(made: World) -> dict[tuple[str, str], str]:
    """Return the flank of every detection by party and observation.

    Where the party wrote it down, that one; otherwise drawn once for each meeting. The two cameras of a station face
    each other, so that the other one sees the other flank.
    """
    written, second = _written(made)
    found: dict[tuple[str, str], str] = {}
    for meeting in _meetings(made):
        station, start = meeting[0][:2]
        # What the first camera sees: 0 the left flank, 1 the right one.
        side = int(stream(made.seed, f"flank/{station}/{start.isoformat()}").integers(0, 2))
        for _, _, party, deployment, observation in meeting:
            if (party, observation) in written:
                side = FLANKS.index(written[party, observation]) ^ second[party, deployment]
        for _, _, party, deployment, observation in meeting:
            drawn = FLANKS[side ^ second[party, deployment]]
            found[party, observation] = written.get((party, observation), drawn)
    return found


def _written(made: World) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], bool]]:
    """Return the flanks that parties wrote down, and which deployments are those of a second camera."""
    written: dict[tuple[str, str], str] = {}
    second: dict[tuple[str, str], bool] = {}
    for package in made.packages:
        if "identifications" in package.tables:
            rows = package.tables["identifications"].select("observationID", "flank").drop_nulls()
            written |= {(package.party, row[0]): row[1] for row in rows.iter_rows() if row[1] in FLANKS}
        cameras = package.tables["deployments"].select("deploymentID", "cameraID")
        second |= {(package.party, row[0]): row[1].endswith("B") for row in cameras.iter_rows()}
    return written, second


Detection = tuple[str, datetime, str, str, str]


def _meetings(made: World) -> list[list[Detection]]:
    """Return the detections (station, start, party, deployment, observation) of each meeting."""
    met: list[list[Detection]] = []
    columns = ("stationID", "start", "party", "deploymentID", "observationID")
    for row in made.detections.sort("stationID", "start", "observationID").select(columns).iter_rows():
        if not met or met[-1][-1][0] != row[0] or row[1] - met[-1][-1][1] > TOGETHER:
            met.append([])
        met[-1].append(row)
    return met


def _nights(made: World, package: Package) -> list[bool]:
    """Tell for each media row whether it was dark when it truly was taken."""
    wrong = made.planted.filter(pl.col("seconds").is_not_null(), table="deployments", party=package.party)
    errors = wrong.group_by("key").agg(pl.col("seconds").sum())
    rows = (
        package.tables["media"]
        .select("deploymentID", "timestamp")
        .join(errors, left_on="deploymentID", right_on="key", how="left", maintain_order="left")
        .join(
            package.tables["deployments"].select("deploymentID", "longitude", "latitude"),
            on="deploymentID", how="left", maintain_order="left",
        )
        .select(
            pl.col("timestamp").dt.epoch("s") - pl.col("seconds").fill_null(0),
            "longitude", "latitude",
        )
    )  # fmt: skip
    seconds, longitude, latitude = (rows[name].cast(pl.Float64).to_numpy() for name in rows.columns)
    dark: list[bool] = (elevation(seconds, longitude, latitude) < DARK).tolist()
    return dark


def _moved(base: View, rng: np.random.Generator) -> View:
    """Return the view of one picture of a burst: the animal has walked on, and turned a little."""
    return replace(
        base,
        x=float(np.clip(base.x + rng.uniform(-0.1, 0.1), 0.05, 0.95)),
        yaw=base.yaw + float(rng.uniform(-6, 6)),
        blur=base.blur * float(rng.uniform(0.6, 1.2)),
    )
