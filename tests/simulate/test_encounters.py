from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.spatial import cKDTree

from tumen.measure.geodesy import distances
from tumen.simulate.encounters import _moments, _walkable
from tumen.simulate.land import Land
from tumen.simulate.motion import Gait, wander
from tumen.simulate.settings import WorldSettings
from tumen.simulate.streams import stream
from tumen.simulate.walks import Walk
from tumen.simulate.world import World, world


@pytest.fixture(scope="module")
def without_failures(true_world: World, honest: WorldSettings) -> World:
    return world(true_world.countries, seed=16, settings=replace(honest, failures=False))


def test_failures_do_not_move_animals_or_cameras(true_world: World, without_failures: World) -> None:
    for name in ("animals", "centres", "paths", "crossings", "stations"):
        assert getattr(true_world, name).equals(getattr(without_failures, name))


def test_failures_only_take_detections_away(true_world: World, without_failures: World) -> None:
    columns = ("truthID", "start", "end", "deploymentID")
    lost = true_world.detections.join(without_failures.detections, on=columns, how="anti")
    assert lost.is_empty()
    assert true_world.detections.height < without_failures.detections.height


def test_an_animal_is_met_where_it_is(true_world: World) -> None:
    """At the start of the step it is within reach of the kernel, and on the camera's side."""
    seen = true_world.detections.sort("start").join_asof(
        true_world.paths.sort("instant").rename({"longitude": "itsLongitude", "latitude": "itsLatitude"}),
        left_on="start", right_on="instant", by="truthID", check_sortedness=False, suffix="Its",
    )  # fmt: skip
    metres = distances(*(seen[name] for name in ("longitude", "latitude", "itsLongitude", "itsLatitude")))
    assert metres.max() < 2.5 * 1000 * true_world.settings.kernel + 5
    assert (seen["countryCode"] == seen["countryCodeIts"]).all()


def test_an_animal_had_time_to_walk_from_camera_to_camera(true_world: World) -> None:
    seen = true_world.detections.sort("truthID", "start").with_columns(
        pl.col("longitude", "latitude", "end").shift(1).over("truthID").name.prefix("last_")
    ).drop_nulls("last_end")  # fmt: skip
    moved = seen.filter(
        (pl.col("longitude") != pl.col("last_longitude")) | (pl.col("latitude") != pl.col("last_latitude"))
    )
    metres = distances(*(moved[name] for name in ("last_longitude", "last_latitude", "longitude", "latitude")))
    hours = (moved["start"] - moved["last_end"]).dt.total_seconds().to_numpy() / 3600
    assert (metres / 1000 / hours).max() <= true_world.settings.pace + 0.1


def test_a_cub_is_only_seen_with_its_mother(true_world: World) -> None:
    mothers = true_world.animals.select("truthID", "mother")
    cubs = true_world.detections.join(mothers, on="truthID").filter(pl.col("mother").is_not_null())
    alone = cubs.join(
        true_world.detections, left_on=["mother", "start", "deploymentID"],
        right_on=["truthID", "start", "deploymentID"], how="anti",
    )  # fmt: skip
    assert cubs.height > 0
    assert alone.is_empty()


class _At:
    def __init__(self, x: float) -> None:
        self.x, self.y = x, 0.0


def test_what_could_not_be_walked_to_is_left_out() -> None:
    sites = (_At(0.0), _At(4.0))
    kept = _walkable([(0, 0), (1800, 1), (3700, 1), (3800, 1)], sites, pace=5.0)  # type: ignore[arg-type]
    assert kept == [(0, 0), (3700, 1), (3800, 1)]


def test_the_kernel_gives_the_detection_function_of_the_page(strip: Land) -> None:
    """0.956 p k2 / (k2 + s2) exp(-D2 / 2 (k2 + s2)) a step, for a station at the centre and one 2.5 km off."""
    settings = WorldSettings(encounter=0.5)
    x, y = strip.plane.transform(np.array([130.5]), np.array([43.5]))
    steps, sigma = 400_000, 1.5
    gait = Gait(sigma, settings.homing, settings.persistence, settings.step / 60)
    places = wander(np.tile([x[0], y[0]], (steps, 1)), gait, strip, stream(1, "path"))
    walk = Walk(0, places, strip.country(places[:, 0], places[:, 1]))
    tree = cKDTree(np.array([[x[0], y[0]], [x[0], y[0] + 2.5]]))
    own = np.full(2, strip.number("CN"), np.int8)
    numbers = [number for _, number in _moments(walk, tree, own, settings, stream(1, "encounters"))]
    spread = settings.kernel**2 + sigma**2
    at_centre = 0.956 * 0.5 * settings.kernel**2 / spread * steps
    assert numbers.count(0) == pytest.approx(at_centre, rel=0.07)
    assert numbers.count(1) == pytest.approx(at_centre * np.exp(-(2.5**2) / (2 * spread)), rel=0.12)
