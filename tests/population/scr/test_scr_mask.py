"""Where may the centre of an animal's range lie?"""

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tumen.errors import MisuseError
from tumen.population.scr.cells import pieces, squares
from tumen.population.scr.mask import Wanted, at_sea, check, mask, start_sigma
from tumen.population.scr.survey import Mask

TRAPS = np.array([[0.0, 0.0], [1000.0, 0.0], [0.0, 1000.0], [1000.0, 1000.0]])
NAMES = ("a", "b", "c", "d")


def codes(found):
    return found.select("code", "row", "value").rows()


def arguments(found):
    return [json.loads(text) for text in found["arguments"]]


def test_the_rule_makes_a_mask_without_findings():
    cells, found = mask(TRAPS, NAMES, sigma=300.0)
    assert (cells.spacing, cells.area[0]) == (100.0, 0.01)
    assert found.is_empty()
    nearest = np.hypot(*(cells.xy[:, None] - TRAPS).T).min(axis=0)
    assert nearest.max() <= 1200
    # Four discs that overlap: the area within 1,200 m of a detector.
    within = shapely.buffer(shapely.MultiPoint(TRAPS), 1200, quad_segs=64).area / 1e6
    assert cells.area.sum() == pytest.approx(within, rel=0.01)


def test_sizes_are_rounded_to_the_safe_side():
    cells, _ = mask(TRAPS, sigma=457.0, wanted=Wanted(limit=10**6))
    assert cells.spacing == 150.0  # 152.3
    assert mask(TRAPS, sigma=457.0)[0].xy[:, 0].max() > 1000 + 1828 - 150


def test_a_mask_of_too_many_cells_gets_wider_cells_and_says_so_only_where_that_is_not_enough():
    fine = mask(TRAPS, sigma=300.0)[0]
    coarser, found = mask(TRAPS, sigma=300.0, wanted=Wanted(limit=len(fine) * 3 // 4))
    assert 100 < coarser.spacing < 150 and found.is_empty()
    coarsest, found = mask(TRAPS, sigma=300.0, wanted=Wanted(limit=100))
    assert coarsest.spacing == 150
    assert codes(found) == [("mask-cells-many", None, str(len(coarsest)))]
    assert arguments(found) == [{"limit": 100}]


def test_cells_are_habitat_by_their_centre():
    land = shapely.box(-5000, -5000, 30, 5000)
    cells, _ = mask(TRAPS, sigma=300.0, habitat=land)
    assert cells.xy[:, 0].max() <= 30
    assert set(cells.area.tolist()) == {0.01}


def test_a_rule_for_places_is_habitat_too():
    by_rule, _ = mask(TRAPS, sigma=300.0, habitat=lambda xy: xy[:, 0] <= 30)
    by_polygon, _ = mask(TRAPS, sigma=300.0, habitat=shapely.box(-5000, -5000, 30, 5000))
    assert by_rule.xy.tolist() == by_polygon.xy.tolist()
    with pytest.raises(MisuseError, match="polygon"):
        mask(TRAPS, sigma=300.0, habitat=lambda xy: xy[:, 0] <= 30, wanted=Wanted(area="cut"))


def test_cut_cells_have_the_area_of_the_habitat():
    land = shapely.Point(500, 500).buffer(900)
    cells, found = mask(TRAPS, sigma=300.0, habitat=land, wanted=Wanted(area="cut"))
    assert cells.area.sum() == pytest.approx(land.area / 1e6, rel=1e-9)
    slivers = int((cells.area < 0.0001).sum())
    assert [row for row in codes(found) if row[0] == "mask-sliver"] == (
        [("mask-sliver", None, str(slivers))] if slivers else []
    )


def test_a_detector_in_no_cell_and_one_without_any_near():
    land = shapely.box(-5000, -5000, 500, 5000)
    found = mask(TRAPS, NAMES, sigma=300.0, habitat=land)[1]
    assert codes(found) == [("mask-detector-outside", 3, "b"), ("mask-detector-outside", 5, "d")]
    assert arguments(found) == [{"distance": "552"}, {"distance": "552"}]
    far = np.vstack((TRAPS, [[9000.0, 0.0]]))
    found = mask(far, (*NAMES, "e"), sigma=300.0, habitat=shapely.box(-5000, -5000, 5000, 5000))[1]
    assert codes(found) == [("mask-detector-far", 6, "e")]
    assert arguments(found) == [{"buffer": "1200"}]


def test_a_detector_without_a_place():
    lost = np.vstack((TRAPS, [[np.nan, 0.0]]))
    cells, found = mask(lost, sigma=300.0)
    assert codes(found) == [("mask-detector-unplaced", 6, "5")]
    assert len(cells) == len(mask(TRAPS, sigma=300.0)[0])


def test_no_habitat_near_any_detector():
    cells, found = mask(TRAPS, sigma=300.0, habitat=shapely.box(1e6, 1e6, 2e6, 2e6))
    assert len(cells) == 0
    assert codes(found) == [("mask-empty", None, "0")]


def test_a_detector_at_sea():
    found = at_sea(TRAPS, NAMES, shapely.box(-100, -100, 2000, 600))
    assert codes(found) == [("mask-detector-at-sea", 4, "c"), ("mask-detector-at-sea", 5, "d")]
    assert arguments(found) == [{"distance": "400"}, {"distance": "400"}]
    assert at_sea(TRAPS, NAMES, shapely.box(-1, -1, 2000, 2000)).is_empty()


@pytest.mark.parametrize(
    ("sigma", "expected"),
    [
        (300.0, []),
        (301.0, ["mask-buffer-short"]),
        (199.0, ["mask-spacing-coarse"]),
        (99.0, ["mask-spacing-large"]),
        (3000.0, ["mask-sigma-large", "mask-buffer-short"]),
        (None, ["mask-sigma-unknown"]),
    ],
)
def test_a_mask_is_judged_by_sigma(sigma, expected):
    found = mask(TRAPS, sigma=sigma, wanted=Wanted(spacing=100.0, buffer=1200.0))[1]
    assert found["code"].to_list() == expected


def test_a_mask_that_was_read_is_judged_by_how_far_it_reaches():
    x, y = np.meshgrid(np.arange(-950.0, 2000, 100), np.arange(-1150.0, 2200, 100))
    cells = Mask(np.column_stack((x.ravel(), y.ravel())), np.full(x.size, 0.01), 100.0)
    assert check(cells, TRAPS, sigma=250.0).is_empty()
    found = check(cells, TRAPS, sigma=260.0)
    assert codes(found) == [("mask-buffer-short", None, "1000")]
    assert arguments(found) == [{"asked": "1040"}]


def test_neither_sigma_nor_sizes():
    with pytest.raises(MisuseError, match="spacing and buffer"):
        mask(TRAPS)
    with pytest.raises(MisuseError, match="above 0"):
        mask(TRAPS, sigma=-1.0)
    with pytest.raises(MisuseError, match="candidate"):
        mask(np.array([[0.0, 0.0], [1e7, 1e7]]), sigma=300.0)


def test_the_first_guess_of_sigma():
    xy = np.array([[0.0, 0.0], [0.0, 600.0], [800.0, 0.0]])
    # Animal 0 at (0, 0) and (0, 600), animal 1 at (0, 0) and (800, 0): 2 * 300² + 2 * 400² over 2 * 2.
    assert start_sigma(xy, np.array([0, 0, 1, 1]), np.array([0, 1, 0, 2])) == pytest.approx(353.5534)
    assert start_sigma(xy, np.array([0, 0, 1]), np.array([0, 0, 2])) is None
    assert start_sigma(xy, np.array([], dtype=int), np.array([], dtype=int)) is None


metres = st.integers(-4000, 4000).map(float)
places = st.lists(st.tuples(metres, metres), min_size=1, max_size=6).map(lambda rows: np.array(rows))


@settings(max_examples=30)
@given(places, st.randoms(use_true_random=False))
def test_the_order_of_detectors_does_not_matter(xy, dice):
    order = list(range(len(xy)))
    dice.shuffle(order)
    wanted = Wanted(spacing=200.0, buffer=901.3)
    assert mask(xy[order], wanted=wanted)[0].xy.tolist() == mask(xy, wanted=wanted)[0].xy.tolist()


@settings(max_examples=30)
@given(places, st.integers(-50, 50), st.integers(-50, 50))
def test_a_mask_moves_with_its_detectors(xy, east, north):
    wanted, shift = Wanted(spacing=256.0, buffer=901.3), np.array([east, north]) * 64.0
    moved, still = mask(xy + shift, wanted=wanted)[0], mask(xy, wanted=wanted)[0]
    assert np.abs(moved.xy - shift - still.xy).max() < 1e-9


@settings(max_examples=30)
@given(places)
def test_a_mask_turns_with_its_detectors(xy):
    wanted = Wanted(spacing=256.0, buffer=901.3)
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    turned, still = mask(xy @ turn, wanted=wanted)[0].xy, mask(xy, wanted=wanted)[0].xy @ turn
    assert np.abs(turned[np.lexsort(turned.T)] - still[np.lexsort(still.T)]).max() < 1e-9


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(-20, 120), st.floats(-20, 120)), min_size=3, max_size=9))
def test_pieces_agree_with_the_slow_version(corners):
    shape = shapely.convex_hull(shapely.MultiPoint(corners)).difference(shapely.box(40, 40, 55, 62))
    x, y = np.meshgrid(np.arange(1.0, 100, 2), np.arange(1.0, 100, 2))
    xy = np.column_stack((x.ravel(), y.ravel()))
    if shape.area > 0:
        slow = shapely.area(shapely.intersection(squares(xy, 2.0), shape))
        assert np.abs(pieces(xy, 2.0, shape) - slow).max() < 1e-9


@pytest.mark.slow
def test_a_million_cells_are_no_matter():
    cells, _ = mask(
        TRAPS * 100, habitat=shapely.Point(5e4, 5e4).buffer(1.2e5), wanted=Wanted(spacing=190.0, buffer=1e5)
    )
    assert len(cells) > 1_000_000
