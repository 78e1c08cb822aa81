from dataclasses import replace

import polars as pl
import pytest

from tumen.measure.geodesy import distances
from tumen.simulate.settings import WorldSettings
from tumen.simulate.world import World, world
from tumen.tables.checks import check
from tumen.tables.package import Package


def test_honest_packages_have_no_finding(true_world: World) -> None:
    for package in true_world.packages:
        assert check(package).select("code", "table", "value").rows() == []


def test_a_wrong_year_shows_in_the_checks(made: World) -> None:
    wrong = made.planted.filter(pl.col("kind") == "clock-year")["party"]
    found = pl.concat([check(package) for package in made.packages])
    outside = found.filter(pl.col("code") == "event-outside-deployment")["party"]
    assert set(outside) >= set(wrong)


def test_nothing_is_recorded_during_a_failure_or_outside_a_deployment(true_world: World) -> None:
    for package in true_world.packages:
        worked = package.table("operating_periods").filter(pl.col("status") == "operating")
        for table, column in (("observations", "eventStart"), ("observations", "eventEnd"), ("media", "timestamp")):
            rows = package.table(table).select("deploymentID", moment=column).with_row_index()
            inside = rows.join(worked, on="deploymentID").filter(pl.col("moment").is_between("start", "end"))
            assert inside["index"].n_unique() == rows.height > 0


def test_effort_tells_no_cat_from_no_camera(true_world: World) -> None:
    observations = pl.concat(package.table("observations") for package in true_world.packages)
    assert set(observations["observationType"]) == {"animal", "blank", "human"}
    assert {"Cervus nippon", "Sus scrofa"} <= set(observations["scientificName"])


def test_pictures_belong_to_events(true_world: World) -> None:
    package = true_world.packages[0]
    events = package.table("observations").select("deploymentID", "eventStart", "eventEnd")
    shown = package.table("media").join_where(
        events.rename({"deploymentID": "of"}),
        pl.col("deploymentID") == pl.col("of"),
        pl.col("timestamp") >= pl.col("eventStart"),
        pl.col("timestamp") <= pl.col("eventEnd"),
    )
    assert set(shown["mediaID"]) == set(package.table("media")["mediaID"])
    cats = package.table("observations").filter(pl.col("scientificName").str.starts_with("Panthera"))
    assert cats.join(package.table("media"), on="deploymentID").filter(
        pl.col("timestamp").is_between("eventStart", "eventEnd")
    ).group_by("observationID").len()["len"].is_between(2, 4).all()  # fmt: skip


def test_coordinates_are_the_stations(true_world: World) -> None:
    for package in true_world.packages:
        given = package.table("deployments").join(true_world.stations, left_on="locationID", right_on="stationID")
        assert (given["longitude"] == given["longitude_right"]).all()
        assert (given["coordinateUncertainty"] == 10).all()
        assert set(given["deploymentTags"]) == {f"countryCode:{package.country}"}


def test_snapped_coordinates_hold_the_truth_within_their_uncertainty(true_world: World, honest: WorldSettings) -> None:
    coarse = world(true_world.countries, seed=16, settings=replace(honest, snap=0.1))
    assert coarse.detections.equals(true_world.detections)
    for package in coarse.packages:
        given = package.table("deployments").join(coarse.stations, left_on="locationID", right_on="stationID")
        names = ("longitude", "latitude", "longitude_right", "latitude_right")
        metres = distances(*(given[name] for name in names))
        assert (metres <= given["coordinateUncertainty"].to_numpy()).all()
        assert given["coordinateUncertainty"].is_between(13_000, 14_500).all()
        assert ((given["longitude"] * 10).round(6) % 1 == 0).all()


def test_a_party_writes_one_zone_through_the_change_of_its_rule(true_world: World) -> None:
    north, south, east = true_world.packages
    assert written(north) == {660, 600}
    assert written(south) == {480}
    assert written(east) == {0}
    assert east.received["observations"]["eventStart"].str.ends_with("Z").all()


def written(package: Package) -> set[int]:
    return set(package.table("media")["timestamp_offset"])


def test_judgements_name_the_flank_and_the_observation(true_world: World) -> None:
    north, south, _ = true_world.packages
    judged = north.table("identifications")
    assert set(judged["flank"]) <= {"left", "right"}
    assert "certain" in set(judged["certainty"])
    assert "identifications" not in south.tables
    named = north.table("observations").drop_nulls("individualID")
    agree = named.join(judged, on="observationID")
    assert agree.height == named.height
    assert (agree["individualID"] == agree["individualID_right"]).all()


@pytest.mark.parametrize("field", ["name", "created", "contributors", "project", "spatial", "temporal", "taxonomic"])
def test_the_descriptor_says_what_the_standard_requires(true_world: World, field: str) -> None:
    for package in true_world.packages:
        assert package.descriptor[field]
        assert package.descriptor["tumen"]["party"] == package.party
