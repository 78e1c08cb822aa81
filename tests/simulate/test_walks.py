import numpy as np
import polars as pl
import pytest
import shapely

from tumen.measure.geodesy import distances
from tumen.simulate.world import World


def slow_changes(paths: pl.DataFrame) -> list[tuple[str, str, str]]:
    """Say it the obvious way."""
    found = []
    last: dict[str, str] = {}
    for truth_id, country in paths.select("truthID", "countryCode").iter_rows():
        if truth_id in last and last[truth_id] != country:
            found.append((truth_id, last[truth_id], country))
        last[truth_id] = country
    return found


def test_every_change_of_country_on_a_path_is_a_crossing(true_world: World) -> None:
    crossings = true_world.crossings.select("truthID", "fromCountry", "toCountry").rows()
    assert crossings == slow_changes(true_world.paths)
    assert len(crossings) > 50


def test_every_crossing_lies_on_the_border(true_world: World) -> None:
    for country in true_world.crossings["fromCountry"].unique():
        places = true_world.crossings.filter(pl.col("fromCountry") == country)
        points = shapely.points(places["longitude"], places["latitude"])
        # 1e-5 degree is a metre.
        assert shapely.distance(points, true_world.countries[country].boundary).max() < 1e-5


def test_a_crossing_happens_between_its_steps(true_world: World) -> None:
    before = true_world.paths.select("truthID", "instant", here="countryCode").sort("instant")
    last = true_world.crossings.sort("instant").join_asof(
        before, on="instant", by="truthID", check_sortedness=False, tolerance="31m"
    )
    # To the second, a crossing may fall on the very step that ends it.
    assert last.filter(pl.col("here") != pl.col("fromCountry")).height < 0.01 * last.height


def test_nobody_is_in_the_sea(true_world: World) -> None:
    paths = true_world.paths
    assert paths["countryCode"].null_count() == 0
    land = shapely.union_all(list(true_world.countries.values()))
    shapely.prepare(land)
    assert shapely.contains_xy(land, *paths.select("longitude", "latitude").to_numpy().T).all()


def test_the_country_of_a_path_is_the_polygon_it_is_in(true_world: World) -> None:
    paths = true_world.paths.gather_every(7)
    for code, country in true_world.countries.items():
        own = paths.filter(pl.col("countryCode") == code)
        # 1e-5 degree is a metre.
        assert shapely.contains_xy(country.buffer(1e-5), *own.select("longitude", "latitude").to_numpy().T).all()


def test_nobody_walks_faster_than_the_pace(true_world: World) -> None:
    steps = true_world.paths.with_columns(
        pl.col("longitude", "latitude").shift(1).over("truthID").name.prefix("last_")
    ).drop_nulls()
    metres = distances(*(steps[name] for name in ("last_longitude", "last_latitude", "longitude", "latitude")))
    assert np.max(metres) / 1000 / (true_world.settings.step / 60) < true_world.settings.pace


def test_a_cub_is_where_its_mother_is(true_world: World) -> None:
    cubs = true_world.animals.filter(pl.col("kind") == "cub").select("truthID", "mother")
    together = true_world.paths.join(cubs, on="truthID").join(
        true_world.paths, left_on=["mother", "instant"], right_on=["truthID", "instant"], suffix="Hers"
    )
    assert together.height == true_world.paths.join(cubs, on="truthID").height > 0
    assert (together["longitude"] == together["longitudeHers"]).all()


@pytest.mark.parametrize("kind", ["resident", "crosser"])
def test_animals_stay_around_their_centre(true_world: World, kind: str) -> None:
    animals = true_world.animals.filter(pl.col("kind") == kind)
    centres = true_world.centres.select("truthID", homeLongitude="longitude", homeLatitude="latitude")
    paths = true_world.paths.join(animals.select("truthID", "sigma"), on="truthID").join(centres, on="truthID")
    metres = distances(*(paths[name] for name in ("homeLongitude", "homeLatitude", "longitude", "latitude")))
    assert (metres < 6 * paths["sigma"].to_numpy()).all()
