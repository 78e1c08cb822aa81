from dataclasses import replace
from datetime import datetime

import polars as pl
import pytest

from tumen.simulate.settings import WorldSettings, small
from tumen.simulate.world import VISIBLE, World, visible_crossings, world

FRAMES = ("animals", "centres", "paths", "crossings", "stations", "detections", "names", "planted", "links")


def test_one_seed_is_one_world(made: World) -> None:
    again = world(made.countries, seed=16, settings=small())
    for name in FRAMES:
        assert getattr(again, name).equals(getattr(made, name)), name
    for package, same in zip(made.packages, again.packages, strict=True):
        assert package.received.keys() == same.received.keys()
        assert all(package.received[table].equals(same.received[table]) for table in package.received)
        assert package.descriptor == same.descriptor


def test_another_seed_is_another_world(made: World) -> None:
    other = world(made.countries, seed=17, settings=small())
    assert not other.paths.equals(made.paths)
    assert not other.stations.equals(made.stations)


def test_the_truth_of_every_observation_is_told(made: World) -> None:
    for package in made.packages:
        cats = package.table("observations").filter(pl.col("scientificName").str.starts_with("Panthera"))
        known = made.detections.filter(pl.col("party") == package.party)
        both = cats.join(known, on="observationID", suffix="True", nulls_equal=True)
        assert both.height == cats.height == known.height
        assert (both["scientificName"] == both["scientificNameTrue"]).all()
        assert both["individualID"].eq_missing(both["individualIDTrue"]).all()


def slow_visible(detections: pl.DataFrame) -> set[tuple[str, str, str, datetime]]:
    """Say it another way: a change of country is where the country differs from that of the row before."""
    rows = detections.filter("identified").sort("truthID", "start", "end")
    return set(
        rows.with_columns(last=pl.col("countryCode").shift(1).over("truthID"))
        .filter(pl.col("last").is_not_null() & (pl.col("last") != pl.col("countryCode")))
        .select("truthID", "last", "countryCode", "start")
        .rows()
    )


@pytest.mark.parametrize("seed", range(4))
def test_visible_crossings_are_the_changes_of_country_in_true_detections(made: World, seed: int) -> None:
    honest = world(made.countries, seed=seed, settings=replace(small(), clocks=False))
    visible = visible_crossings(honest)
    assert dict(visible.schema) == VISIBLE
    found = set(visible.select("truthID", "fromCountry", "toCountry", "notAfter").rows())
    assert found == slow_visible(honest.detections)


def test_a_true_crossing_lies_in_the_window_of_every_visible_one(true_world: World) -> None:
    visible = visible_crossings(true_world)
    assert visible.height > 3
    for truth_id, origin, goal, earliest, latest in visible.iter_rows():
        true = true_world.crossings.filter(
            (pl.col("truthID") == truth_id) & pl.col("instant").is_between(earliest, latest)
        )
        assert true["fromCountry"][0] == origin
        assert true["toCountry"][-1] == goal


def test_wrong_clocks_do_not_change_what_the_cameras_could_show(made: World, true_world: World) -> None:
    assert visible_crossings(made).equals(visible_crossings(true_world))


def test_truth_to_be_written_holds_paths_once_a_day(made: World) -> None:
    truth = made.truth()
    assert set(truth) >= {"animals", "crossings", "detections", "planted", "visible_crossings"}
    assert truth["paths"]["instant"].dt.hour().unique().to_list() == [0]
    assert truth["paths"].filter(pl.col("truthID") == "tiger-01").height == made.settings.days + 1


@pytest.mark.slow
def test_the_default_world_is_of_plausible_size(made: World) -> None:
    default = world(made.countries, seed=1, settings=WorldSettings())
    seen = default.detections.filter("identified").group_by("scientificName").agg(pl.col("truthID").n_unique())
    numbers = dict(seen.rows())
    assert 12 <= numbers["Panthera tigris"] <= 24
    assert 18 <= numbers["Panthera pardus"] <= 32
    days = (
        sum(
            package.table("operating_periods")
            .filter(pl.col("status") == "operating")
            .select((pl.col("end") - pl.col("start")).dt.total_seconds().sum())
            .item()
            for package in default.packages
        )
        / 86_400
    )
    for _, own in default.detections.group_by("scientificName"):
        assert 0.5 <= 100 * own.height / days <= 3
    text = sum(len(table.write_csv()) for package in default.packages for table in package.received.values())
    assert text < 1_500_000
    assert default.links.height >= 10
    assert 20 <= visible_crossings(default).height <= 300
