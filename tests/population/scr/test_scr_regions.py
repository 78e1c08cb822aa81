"""In which country, and in which protected areas, does each cell lie?"""

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tumen.errors import MisuseError
from tumen.population.scr.mask import Wanted, mask
from tumen.population.scr.regions import NO_COUNTRY, areas, countries, country_of, matrix, totals
from tumen.population.scr.survey import Mask


def lattice(columns, rows, spacing=10.0):
    x, y = np.meshgrid((np.arange(columns) + 0.5) * spacing, (np.arange(rows) + 0.5) * spacing)
    return Mask(np.column_stack((x.ravel(), y.ravel())), np.full(x.size, spacing**2 / 1e6), spacing)


ROW = lattice(4, 1)  # 0-10, 10-20, 20-30, 30-40
LAND = {"RU": shapely.box(17, 0, 38, 10), "CN": shapely.box(0, 0, 14, 10)}


def parts(table):
    return [(cell, region, round(share, 9)) for cell, _, region, share in table.rows()]


def test_a_cell_belongs_to_the_country_of_its_centre():
    found = countries(ROW, LAND)
    assert parts(found) == [(0, "CN", 1.0), (1, NO_COUNTRY, 1.0), (2, "RU", 1.0), (3, "RU", 1.0)]
    assert country_of(ROW, found).tolist() == ["CN", None, "RU", "RU"]


def test_or_to_each_by_its_share():
    found = countries(ROW, LAND, by="share")
    assert parts(found) == [
        (0, "CN", 1.0),
        (1, "CN", 0.4),
        (1, "RU", 0.3),
        (1, NO_COUNTRY, 0.3),
        (2, "RU", 1.0),
        (3, "RU", 0.8),
        (3, NO_COUNTRY, 0.2),
    ]
    assert country_of(ROW, found).tolist() == ["CN", "CN", "RU", "RU"]
    names, shares = matrix(ROW, found)
    assert names == ["CN", "RU", NO_COUNTRY]
    assert shares.round(9).tolist() == [[1, 0, 0], [0.4, 0.3, 0.3], [0, 1, 0], [0, 0.8, 0.2]]


def test_ground_that_two_countries_claim_is_named_after_both():
    found = countries(ROW, {"RU": shapely.box(8, 0, 40, 10), "CN": shapely.box(0, 0, 22, 10)}, by="share")
    assert parts(found) == [
        (0, "CN", 0.8),
        (0, "CN|RU", 0.2),
        (1, "CN|RU", 1.0),
        (2, "CN|RU", 0.2),
        (2, "RU", 0.8),
        (3, "RU", 1.0),
    ]


def test_ground_that_three_countries_claim():
    land = {"CN": shapely.box(0, 0, 30, 10), "KP": shapely.box(10, 0, 40, 10), "RU": shapely.box(20, 0, 40, 10)}
    assert parts(countries(ROW, land, by="share")) == [
        (0, "CN", 1.0),
        (1, "CN|KP", 1.0),
        (2, "CN|KP|RU", 1.0),
        (3, "KP|RU", 1.0),
    ]


def test_a_centre_on_the_border_is_counted_once():
    found = countries(ROW, {"RU": shapely.box(15, 0, 40, 10), "CN": shapely.box(0, 0, 15, 10)})
    assert parts(found)[1] == (1, "CN", 1.0)
    assert found.height == 4


def test_a_cell_may_lie_in_several_protected_areas_or_in_none():
    parks = {
        "Leopard": shapely.box(0, 0, 18, 10),
        "Reserve": shapely.box(3, 0, 12, 10),
        "Far": shapely.box(99, 0, 109, 9),
    }
    assert parts(areas(ROW, parks)) == [(0, "Leopard", 1.0), (0, "Reserve", 1.0), (1, "Leopard", 1.0)]
    shared = areas(ROW, parks, by="share")
    assert parts(shared) == [(0, "Leopard", 1.0), (0, "Reserve", 0.7), (1, "Leopard", 0.8), (1, "Reserve", 0.2)]
    assert matrix(ROW, shared, "area")[1][:, 1].tolist() == [0.7, 0.2, 0.0, 0.0]


def test_without_polygons_or_cells():
    assert parts(countries(ROW, {})) == [(cell, NO_COUNTRY, 1.0) for cell in range(4)]
    assert areas(ROW, {}).is_empty()
    assert matrix(ROW, areas(ROW, {}), "area")[1].shape == (4, 0)
    assert countries(lattice(0, 0), LAND).is_empty()


def test_cut_cells_are_shared_by_the_habitat_in_them():
    habitat = shapely.box(0, 0, 15, 10)
    cells = mask(ROW.xy, habitat=habitat, wanted=Wanted(spacing=10.0, buffer=1.0, area="cut"))[0]
    assert cells.area.tolist() == [1e-4, 5e-5]
    found = countries(cells, LAND, by="share", habitat=habitat)
    assert parts(found) == [(0, "CN", 1.0), (1, "CN", 0.8), (1, NO_COUNTRY, 0.2)]
    with pytest.raises(MisuseError, match="habitat"):
        countries(cells, LAND, by="share")


corner = st.integers(-2000, 12000).map(lambda hundredths: hundredths / 100)
polygons = st.lists(st.lists(st.tuples(corner, corner), min_size=3, max_size=6), min_size=0, max_size=4)


@settings(max_examples=60)
@given(polygons, st.sampled_from(["centre", "share"]), st.integers(0, 1000))
def test_animals_by_country_add_up_to_all_animals(outlines, by, seed):
    cells = lattice(10, 10)
    hulls = [shapely.convex_hull(shapely.MultiPoint(points)) for points in outlines]
    land = {code: hull for code, hull in zip(("CN", "KP", "MN", "RU"), hulls, strict=False) if hull.area > 1e-6}
    found = countries(cells, land, by=by)
    animals = np.random.default_rng(seed).exponential(size=100)
    assert totals(found, animals)["value"].sum() == pytest.approx(animals.sum(), rel=1e-12)
    _, shares = matrix(cells, found)
    assert (animals @ shares).sum() == pytest.approx(animals.sum(), rel=1e-12)
    each = found.group_by("cell").agg(pl.col("share").sum())
    assert each.height == 100
    assert each["share"].to_numpy() == pytest.approx(np.ones(100), abs=1e-9)
    assert found["share"].min() > 0 and found["share"].max() <= 1 + 1e-12


@settings(max_examples=40)
@given(polygons)
def test_shares_are_areas(outlines):
    cells = lattice(10, 10)
    hulls = [shapely.convex_hull(shapely.MultiPoint(points)) for points in outlines]
    land = {code: hull for code, hull in zip(("CN", "KP", "MN", "RU"), hulls, strict=False) if hull.area > 1e-6}
    found = totals(countries(cells, land, by="share"), cells.area)
    frame = shapely.box(0, 0, 100, 100)
    for code, hull in land.items():
        named = found.filter(pl.col("region").str.split("|").list.contains(code))["value"].sum()
        assert named * 1e6 == pytest.approx(hull.intersection(frame).area, abs=0.1)
