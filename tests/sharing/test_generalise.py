"""Cells hold their points, lie in each other, and say so with a radius that tells nothing else."""

import hashlib
import hmac

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tumen.errors import MisuseError
from tumen.measure.geodesy import distances
from tumen.sharing.generalise import WIDTHS, anchors, centres, radius
from tumen.sharing.pseudonyms import name_of, renamed

PLACES = st.tuples(st.floats(-180, 180), st.floats(-89, 89))


@settings(max_examples=60)
@given(PLACES, st.sampled_from(sorted(WIDTHS)), st.floats(1, 5_000))
def test_the_radius_holds_the_true_place(place, category, uncertainty):
    lon, lat = (np.array([value]) for value in place)
    centre = centres(*anchors(lon, lat), category)
    far = radius(*centre, category, np.array([uncertainty]))
    assert distances(*centre, lon, lat)[0] + uncertainty <= far[0]


@settings(max_examples=60)
@given(PLACES)
def test_a_finer_cell_lies_in_every_coarser_one(place):
    column, row = anchors(*(np.array([value]) for value in place))
    centre = {category: centres(column, row, category) for category in WIDTHS}
    for category in (1, 2, 3):
        apart = [abs(float(centre[category][axis][0] - centre[category + 1][axis][0])) for axis in (0, 1)]
        assert max(apart) < WIDTHS[category] / 2


def test_points_of_one_cell_are_told_alike():
    lon, lat = np.array([131.2201, 131.2299]), np.array([43.1001, 43.1099])
    told = centres(*anchors(lon, lat), 3)
    assert [values.tolist() for values in told] == [[131.225, 131.225], [43.105, 43.105]]
    assert radius(*told, 3, np.array([30.0, 5.0])).tolist() == [800.0, 700.0] or len(set(told[0])) == 1


def test_an_edge_belongs_to_one_cell_and_the_pole_to_the_last():
    assert [index.tolist() for index in anchors(np.array([0.29, 180.0]), np.array([0.29, 90.0]))] == [
        [180290, 359999],
        [90290, 179999],
    ]


def test_no_category_but_the_four():
    with pytest.raises(MisuseError, match="category from 1 to 4"):
        centres(np.array([1]), np.array([1]), 5)


def test_a_pseudonym_is_the_hmac_of_the_standard():
    secret = bytes(range(32))
    key = hmac.digest(secret, b"tumen-pseudonym/1\x00south\x00deployment", "sha256")
    expected = hmac.new(key, "Гряда 12".encode(), hashlib.sha256).hexdigest()[:20]
    assert name_of(secret, "south", "deployment")("Гряда 12") == expected


def test_two_receivers_and_two_kinds_see_different_names():
    named = {
        name_of(bytes(32), receiver, kind)("T07") for receiver in ("south", "east") for kind in ("animal", "sample")
    }
    assert len(named) == 4


def test_empty_names_stay_empty():
    assert renamed(pl.Series("a", [None, None], dtype=pl.String), bytes(32), "south", "x").to_list() == [None, None]


def test_a_short_secret_is_refused():
    with pytest.raises(MisuseError, match="secret of 32 bytes"):
        name_of(b"short", "south", "x")
