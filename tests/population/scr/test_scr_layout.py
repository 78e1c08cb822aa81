import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import pdist

from tumen.errors import MisuseError
from tumen.population.scr.layout import clusters, grid

TRIANGLE = shapely.Polygon([(0, 0), (20_000, 0), (0, 20_000)])


def test_a_grid_fills_the_middle_of_a_box() -> None:
    assert grid(shapely.box(0, 0, 2500, 1000), 1000).tolist() == [[750.0, 500.0], [1750.0, 500.0]]


@given(st.floats(500, 6000))
def test_stations_stand_in_the_polygon_and_no_nearer_than_the_spacing(spacing: float) -> None:
    xy = grid(TRIANGLE, spacing)
    assert shapely.intersects_xy(TRIANGLE, xy).all()
    assert len(xy) == 1 or pdist(xy).min() == pytest.approx(spacing)


def test_no_more_stations_than_wanted_and_those_nearest_to_the_middle() -> None:
    xy = grid(shapely.box(0, 0, 5000, 5000), 1000, number=5)
    assert sorted(map(tuple, xy)) == [
        (1500.0, 2500.0),
        (2500.0, 1500.0),
        (2500.0, 2500.0),
        (2500.0, 3500.0),
        (3500.0, 2500.0),
    ]
    assert len(grid(shapely.box(0, 0, 5000, 5000), 1000, number=99)) == 25


def test_clusters_are_cut_at_the_border() -> None:
    whole = clusters(shapely.box(0, 0, 20_000, 10_000), 10_000, size=3, apart=1000)
    assert whole.shape == (18, 2)
    assert np.hypot(*(whole[0] - whole[1])) == 1000
    cut = clusters(TRIANGLE, 10_000, size=3, apart=4000)
    assert 0 < len(cut) < 4 * 9 and shapely.intersects_xy(TRIANGLE, cut).all()


def test_layouts_that_cannot_be_are_refused() -> None:
    with pytest.raises(MisuseError, match="a spacing above 0 m"):
        grid(TRIANGLE, 0.0)
    with pytest.raises(MisuseError, match="a polygon in which a station fits"):
        grid(shapely.Polygon([(0, 0), (1, 0), (100, 100), (0, 1)]).difference(shapely.box(40, 40, 60, 60)), 5000.0)
    with pytest.raises(MisuseError, match="at least one station"):
        grid(TRIANGLE, 1000.0, number=0)
    with pytest.raises(MisuseError, match="clusters that are smaller"):
        clusters(TRIANGLE, 1000.0, size=3, apart=600.0)
