"""One elephant's track over a border: the changes of country a person would count."""

from itertools import pairwise

import polars as pl
import pytest
from shapely import intersects_xy

from tests.acceptance.studies import write_study
from tumen.files.geometry import read_countries
from tumen.tasks.crossings import answer
from tumen.tasks.pool import pool
from tumen.tasks.study import read_study


@pytest.fixture(scope="module")
def pooled(shared_data, tmp_path_factory):
    study = write_study(
        tmp_path_factory.mktemp("elephant"),
        countries=shared_data / "F1_borders_OSM_10m" / "mali_burkina.geojson",
        packages=[
            (shared_data / "F8_elephant_mali_burkina" / "salif_keita_movebank.csv", {"party": "Save the Elephants"})
        ],
        species=["Loxodonta africana"],
    )
    return pool(read_study(study))


def test_every_fix_is_read(pooled, shared_data):
    rows = pl.read_csv(shared_data / "F8_elephant_mali_burkina" / "salif_keita_movebank.csv", infer_schema=False)
    assert pooled.packages[0].table("positions").height == rows.height == 21_972


def test_it_visited_burkina_faso_twelve_times_in_three_rainy_seasons(pooled):
    crossings = answer(pooled).tables["crossings"]
    assert crossings.select("fromCountry", "toCountry").rows() == [("ML", "BF"), ("BF", "ML")] * 12
    # It goes south in August and September, when the rains have come, and is home by the end of September.
    assert set(crossings["notAfter"].dt.month()) == {8, 9}
    assert crossings["notAfter"].dt.year().unique().sort().to_list() == [2008, 2009, 2010]
    assert not crossings["impossible"].any()


def test_a_naive_overlay_counts_an_order_of_magnitude_more(pooled, shared_data):
    countries = read_countries(shared_data / "F1_borders_OSM_10m" / "mali_burkina.geojson")
    track = pooled.detections.sort("eventStart")
    lon, lat = track["longitude"].to_numpy(), track["latitude"].to_numpy()
    naive = [
        "|".join(code for code, inside in zip(countries, flags, strict=True) if inside)
        for flags in zip(*(intersects_xy(p, lon, lat) for p in countries.values()), strict=True)
    ]
    changes = sum(a != b for a, b in pairwise(naive))
    assert changes == 224  # against 24


def test_effort_is_unknown_and_the_answer_says_so(pooled):
    found = answer(pooled)
    assert "effort-unknown" in {note.code for note in found.notes}
    elephant = found.tables["individuals"].row(0, named=True)
    assert (elephant["status"], elephant["homeCountry"]) == ("visitor", "ML")
    assert elephant["watchedBehindDays"] is None
