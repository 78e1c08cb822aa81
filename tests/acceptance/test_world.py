"""Twenty simulated worlds: every crossing the cameras could show is found, and none invented."""

from dataclasses import replace

import polars as pl
import pytest

from tumen.files import camtrap_dp_write, regions
from tumen.files.text_table import write_csv
from tumen.simulate.settings import small
from tumen.simulate.world import visible_crossings, world
from tumen.tables.cast import to_text
from tumen.tables.individuals import LINKS
from tumen.tasks.crossings import crossings
from tumen.tasks.study import read_study


@pytest.fixture(scope="module")
def countries():
    return regions.region("northeast_asia")


def write(made, folder, *, declare=True):
    """Write a world as its parties would, and the study over it."""
    (folder / "countries.geojson").write_text(regions.text_as_truth("northeast_asia"), encoding="utf-8")
    lines = ['[study]\ntitle = "World"\n[area]\ncountries = "countries.geojson"\n[register]\nlinks = "links.csv"']
    for package in made.packages:
        if not declare:
            package = undeclared(package)
        camtrap_dp_write.write(package, folder / package.name)
        lines.append(f'[[package]]\npath = "{package.name}"')
    (folder / "links.csv").write_bytes(write_csv(to_text(LINKS, made.links)))
    (folder / "study.toml").write_text("\n".join(lines), encoding="utf-8")
    return read_study(folder / "study.toml")


def undeclared(package):
    """The same package, saying nothing about countries."""
    received = dict(package.received)
    received["deployments"] = received["deployments"].with_columns(deploymentTags=pl.lit(None, dtype=pl.String))
    said = {key: value for key, value in package.descriptor["tumen"].items() if key != "country"}
    return replace(package, received=received, country=None, descriptor={**package.descriptor, "tumen": said})


def named(made, answer):
    """The crossings of an answer under the true identities."""
    names = made.names.select(jointName=pl.concat_str("party", pl.lit("/"), "individualID"), truthID="truthID")
    return (
        answer.tables["crossings"]
        .join(names, left_on="individualID", right_on="jointName", how="left")
        .select("truthID", "fromCountry", "toCountry", "notBefore", "notAfter")
        .sort("truthID", "notBefore", "notAfter")
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 11))
def test_clocks_a_year_wrong_invent_nothing(countries, tmp_path, seed):
    """What a wrong year would say is left out and counted; wrong hours inside a deployment cannot be seen by anyone."""
    made = world(countries, seed=seed, settings=replace(small(), clocks=True))
    years = made.planted.filter(pl.col("kind") == "clock-year").select("party", deploymentID="key")
    answer = crossings(write(made, tmp_path))
    lost = made.detections.filter("identified").join(years, on=["party", "deploymentID"], how="semi")
    said = {note.code: note.arguments for note in answer.notes}
    if lost.height:
        assert said["left-out-doubtful-instant"]["rows"] >= lost.height
    hours = made.planted.filter(pl.col("kind") == "clock-hours").select("party", deploymentID="key")
    disturbed = made.detections.join(hours, on=["party", "deploymentID"], how="semi")["truthID"].unique().to_list()
    believable = replace(made, detections=made.detections.join(years, on=["party", "deploymentID"], how="anti"))
    expected = visible_crossings(believable).filter(~pl.col("truthID").is_in(disturbed))
    found = named(made, answer).filter(~pl.col("truthID").is_in(disturbed))
    assert found.rows() == expected.sort("truthID", "notBefore", "notAfter").rows()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 21))
def test_every_visible_crossing_is_found_none_invented_and_coarse_coordinates_bound_them(countries, tmp_path, seed):
    """Then the same stations snapped to 0.1 degree, nobody declaring a country."""
    settings = replace(small(), clocks=False)
    exact = world(countries, seed=seed, settings=settings)
    coarse = world(countries, seed=seed, settings=replace(settings, snap=0.1))
    answer = crossings(write(exact, sub(tmp_path, "exact")))
    expected = visible_crossings(exact).sort("truthID", "notBefore", "notAfter")
    assert named(exact, answer).rows() == expected.rows()
    assert not answer.tables["crossings"]["impossible"].any()
    truth = answer.tables
    blurred = crossings(write(coarse, sub(tmp_path, "coarse"), declare=False)).tables
    both = truth["individuals"].join(blurred["individuals"], on="individualID", how="full", suffix="_coarse")
    assert both["individualID"].null_count() == both["individualID_coarse"].null_count() == 0
    assert (both["crossings_coarse"] <= both["crossings"]).all()
    assert (both["crossings"] <= both["crossingsHigh_coarse"]).all()
    places = truth["encounters"].select("individualID", "start", "borderDistance", "countryCode")
    met = places.join(blurred["encounters"], on=["individualID", "start"], suffix="_coarse")
    assert met.height == truth["encounters"].height
    assert (met["borderDistanceLow"] <= met["borderDistance"]).all()
    assert (met["borderDistance"] <= met["borderDistanceHigh"]).all()
    # A side is claimed only where it is right.
    claimed = met.filter(pl.col("countryCode_coarse").is_not_null())
    assert (claimed["countryCode_coarse"] == claimed["countryCode"]).all()


@pytest.mark.slow
def test_coarse_coordinates_with_declared_countries_lose_no_crossing(countries, tmp_path):
    settings = replace(small(), clocks=False, snap=0.1)
    made = world(countries, seed=16, settings=settings)
    found = named(made, crossings(write(made, tmp_path)))
    assert found.height == 12
    assert found.rows() == visible_crossings(made).sort("truthID", "notBefore", "notAfter").rows()


def sub(folder, name):
    (folder / name).mkdir()
    return folder / name
