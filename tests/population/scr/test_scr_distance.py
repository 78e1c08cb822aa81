"""How far is it for the animal?"""

import heapq
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tumen.errors import MisuseError
from tumen.population.scr.least_cost import graph, least_cost, ways
from tumen.population.scr.survey import Mask

STEPS = [(i, j) for i in range(-2, 3) for j in range(-2, 3)]


def lattice(columns, rows, spacing=100.0, without=()):
    xy = [(i * spacing, j * spacing) for j in range(rows) for i in range(columns) if (i, j) not in without]
    return Mask(np.array(xy), np.full(len(xy), spacing**2 / 1e6), spacing)


def slow(detector, cells, cost, neighbours, mean="cost"):
    """Dijkstra in plain Python, from one detector."""

    def price(length, one, other):
        return length * (one + other) / 2 if mean == "cost" else length / ((1 / one + 1 / other) / 2)

    spacing = cells.spacing
    at = {tuple(np.rint(place / spacing).astype(int)): cell for cell, place in enumerate(cells.xy)}
    moves = [s for s in STEPS if s[0] ** 2 + s[1] ** 2 in ((1, 2) if neighbours == 8 else (1, 2, 5))]
    home = tuple(np.rint(detector / spacing).astype(int))
    best, queue = {}, []
    for i, j in [(0, 0), *moves]:
        cell = at.get((home[0] + i, home[1] + j))
        if cell is not None:
            own = cost[at.get(home, cell)]
            heapq.heappush(queue, (price(np.hypot(*(cells.xy[cell] - detector)), own, cost[cell]), cell))
    while queue:
        length, cell = heapq.heappop(queue)
        if cell in best:
            continue
        best[cell] = length
        place = np.rint(cells.xy[cell] / spacing).astype(int)
        for i, j in moves:
            other = at.get((place[0] + i, place[1] + j))
            if other is not None and other not in best:
                step = price(np.hypot(i, j) * spacing, cost[cell], cost[other])
                heapq.heappush(queue, (length + step, other))
    return np.array([best.get(cell, np.inf) for cell in range(len(cells))])


def test_without_cost_it_is_the_metric_of_the_lattice():
    cells = lattice(9, 7)
    home = np.array([[200.0, 300.0]])
    along, across = np.sort(np.abs(cells.xy - home) / 100, axis=1)[:, ::-1].T
    eight = least_cost(home, cells, np.ones(63), 0.0, neighbours=8).distance[0]
    assert eight == pytest.approx(100 * (along - across + np.sqrt(2) * across))
    sixteen = least_cost(home, cells, np.ones(63), 0.0).distance[0]
    flat = np.where(2 * across <= along, along + (np.sqrt(5) - 2) * across, 0)
    steep = np.where(2 * across > along, (np.sqrt(5) - np.sqrt(2)) * along + (2 * np.sqrt(2) - np.sqrt(5)) * across, 0)
    assert sixteen == pytest.approx(100 * (flat + steep))
    straight = np.hypot(*(cells.xy - home).T)
    away = straight > 0
    assert (eight[away] / straight[away]).max() <= 1.0824 and (sixteen[away] / straight[away]).max() <= 1.0275


def test_a_step_takes_the_mean_of_costs_or_of_conductances():
    cells, home = lattice(2, 1), np.zeros((1, 2))
    cost = np.array([0.0, 1.0])
    assert least_cost(home, cells, cost, np.log(3.0)).distance[0, 1] == pytest.approx(100 * (1 + 3) / 2)
    by_conductance = least_cost(home, cells, cost, np.log(3.0), mean="conductance")
    assert by_conductance.distance[0, 1] == pytest.approx(100 / ((1 + 1 / 3) / 2))


def test_a_wall_is_walked_around_and_an_island_is_never_reached():
    wall = {(2, j) for j in range(4)} | {(5, j) for j in range(5)}
    cells = lattice(7, 5, without=wall)
    found = least_cost(np.array([[0.0, 0.0]]), cells, np.zeros(len(cells)), 0.0, neighbours=8)
    cell = {tuple(place): number for number, place in enumerate((cells.xy / 100).astype(int))}
    # From (0, 0) to (3, 0): up to (2, 4) past the wall and down again.
    assert found.distance[0, cell[3, 0]] == pytest.approx(100 * (2 * np.sqrt(2) + 2 + np.sqrt(2) + 3))
    assert np.isinf(found.distance[0, cell[6, 2]]) and np.isinf(found.metres[0, cell[6, 2]])
    assert found.derivative[0, 0, cell[6, 2]] == 0


def test_a_knight_jumps_over_a_thin_wall():
    cells = lattice(5, 5, without={(2, j) for j in range(5)})
    home = np.array([[0.0, 0.0]])
    far = cells.xy[:, 0] > 200
    assert np.isinf(least_cost(home, cells, np.zeros(20), 0.0, neighbours=8).distance[0, far]).all()
    assert np.isfinite(least_cost(home, cells, np.zeros(20), 0.0).distance[0, far]).all()


def test_a_detector_stays_where_it_stands():
    cells = lattice(3, 1)
    found = least_cost(np.array([[30.0, 40.0]]), cells, np.array([1.0, 0.0, 0.0]), np.log(3.0), neighbours=8)
    # In the cell of cost 3; to its centre 50 m, to the next centre hypot(70, 40) at (3 + 1) / 2, then 100 m at 1.
    assert found.distance[0] == pytest.approx([150.0, 2 * np.hypot(70, 40), 2 * np.hypot(70, 40) + 100])
    assert found.metres[0] == pytest.approx([50.0, np.hypot(70, 40), np.hypot(70, 40) + 100])


def test_a_detector_beside_the_mask_reaches_it_and_one_far_away_does_not():
    cells = lattice(3, 1)
    found = least_cost(np.array([[-100.0, 0.0], [-5000.0, 0.0]]), cells, np.array([1.0, 0.0, 0.0]), np.log(3.0))
    assert found.distance[0] == pytest.approx([300.0, 500.0, 600.0])
    assert np.isinf(found.distance[1]).all()
    assert graph(np.array([[-100.0, 0.0]]), cells).home.tolist() == [-1]


worlds = st.tuples(
    st.integers(2, 7), st.integers(2, 7), st.integers(0, 10_000), st.sampled_from([8, 16]), st.floats(-1.5, 1.5)
)

means = st.sampled_from(["cost", "conductance"])


@settings(max_examples=60)
@given(worlds, means)
def test_agrees_with_the_slow_version(world, mean):
    columns, rows, seed, neighbours, alpha = world
    rng = np.random.default_rng(seed)
    holes = {(i, j) for i in range(1, columns) for j in range(rows) if rng.random() < 0.2}
    cells = lattice(columns, rows, without=holes)
    covariate = rng.normal(size=len(cells))
    xy = rng.uniform(-150, 100 * max(columns, rows) + 50, (4, 2))
    found = least_cost(xy, cells, covariate, alpha, neighbours=neighbours, mean=mean)
    for k, detector in enumerate(xy):
        assert found.distance[k] == pytest.approx(slow(detector, cells, np.exp(alpha * covariate), neighbours, mean))


@settings(max_examples=30)
@given(worlds, means)
def test_the_derivative_is_that_of_finite_differences(world, mean):
    columns, rows, seed, neighbours, alpha = world
    rng = np.random.default_rng(seed)
    cells = lattice(columns, rows)
    covariates = rng.normal(size=(len(cells), 2))
    xy = rng.uniform(0, 100 * min(columns, rows), (3, 2))
    alphas = np.array([alpha, 0.4])
    known = graph(xy, cells, neighbours, mean)
    found = ways(known, covariates, alphas)
    for j in range(2):
        step = np.eye(2)[j] * 1e-6
        up = ways(known, covariates, alphas + step).distance
        down = ways(known, covariates, alphas - step).distance
        assert (up - down) / 2e-6 == pytest.approx(found.derivative[j], rel=1e-4, abs=2e-3)


@settings(max_examples=20)
@given(worlds)
def test_turning_and_the_order_of_detectors_change_nothing(world):
    columns, rows, seed, neighbours, alpha = world
    rng = np.random.default_rng(seed)
    cells = lattice(columns, rows)
    covariate = rng.normal(size=len(cells))
    xy = rng.uniform(0, 100 * min(columns, rows), (3, 2))
    found = least_cost(xy, cells, covariate, alpha, neighbours=neighbours).distance
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    turned = Mask(cells.xy @ turn, cells.area, cells.spacing)
    assert least_cost(xy @ turn, turned, covariate, alpha, neighbours=neighbours).distance == pytest.approx(found)
    assert (least_cost(xy[::-1], cells, covariate, alpha, neighbours=neighbours).distance[::-1] == found).all()


@settings(max_examples=20)
@given(worlds)
def test_more_cost_is_more_distance_and_more_steps_are_less(world):
    columns, rows, seed, _, alpha = world
    rng = np.random.default_rng(seed)
    cells = lattice(columns, rows)
    covariate = rng.uniform(0, 1, len(cells))
    xy = rng.uniform(0, 100 * min(columns, rows), (3, 2))
    sixteen = least_cost(xy, cells, covariate, alpha).distance
    assert (least_cost(xy, cells, covariate, alpha, neighbours=8).distance >= sixteen - 1e-9).all()
    assert (least_cost(xy, cells, covariate, alpha + 0.5).distance >= sixteen - 1e-9).all()


def test_what_cannot_be_a_cost_is_refused():
    cells, home = lattice(3, 1), np.zeros((1, 2))
    with pytest.raises(MisuseError, match="shape"):
        least_cost(home, cells, np.zeros(2), 0.0)
    with pytest.raises(MisuseError, match="1 cells without"):
        least_cost(home, cells, np.array([0.0, np.nan, 0.0]), 0.0)
    with pytest.raises(MisuseError, match="costs between"):
        least_cost(home, cells, np.array([0.0, 900.0, 0.0]), 1.0)
    with pytest.raises(MisuseError, match="8 or 16"):
        least_cost(home, cells, np.zeros(3), 0.0, neighbours=4)
    with pytest.raises(MisuseError, match="conductance"):
        least_cost(home, cells, np.zeros(3), 0.0, mean="speed")
    with pytest.raises(MisuseError, match="lattice"):
        least_cost(home, Mask(np.array([[0.0, 0.0], [130.0, 0.0]]), np.ones(2), 100.0), np.zeros(2), 0.0)
    with pytest.raises(MisuseError, match="at least one cell"):
        least_cost(home, Mask(np.zeros((0, 2)), np.zeros(0), 100.0), np.zeros(0), 0.0)


def test_150_detectors_and_5000_cells_take_below_a_second():
    rng = np.random.default_rng(1)
    cells = lattice(71, 71)
    xy, covariate = rng.uniform(0, 7000, (150, 2)), rng.normal(size=5041)
    least_cost(xy[:1], cells, covariate, 0.5)
    before = time.process_time()
    least_cost(xy, cells, covariate, 0.5)
    assert time.process_time() - before < 1.5  # 0.3 s where nothing else runs
