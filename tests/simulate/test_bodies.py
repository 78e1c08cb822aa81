from dataclasses import replace

import numpy as np
import pytest

from tumen.simulate.bodies import BUILDS, PERSON, Build, bulge, draw, pose

TIGER = BUILDS["Panthera tigris"]


def raster(step: float) -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[-1:1:step, -1.5:1.3:step].astype(np.float32)
    return x, y


@pytest.mark.parametrize("build", [*BUILDS.values(), PERSON], ids=[*BUILDS, "human"])
def test_a_body_is_one_piece_and_stands_on_its_feet(build: Build) -> None:
    x, y = raster(0.01)
    drawn = draw(build, pose(np.random.default_rng(1), 0.0), x, y, 0.01)
    body = drawn.cover > 0.5
    assert 0.05 < body.mean() < 0.4
    assert abs(y[body].max() - build.foot) < 0.12


@pytest.mark.parametrize(
    ("place", "region"),
    [((0.0, 0.0), "trunk"), ((0.74, -0.08), "head"), ((-0.4, 0.4), "leg"), ((0.0, 0.45), "nothing")],
)
def test_each_place_of_the_body_wears_its_own_place_of_the_coat(place: tuple[float, float], region: str) -> None:
    still = replace(pose(np.random.default_rng(1), 0.0), legs=(0.0,) * 4, head=(0.0, 0.0), arch=0.0)
    x, y = (np.full((1, 1), value, np.float32) for value in place)
    drawn = draw(TIGER, still, x, y, 0.01)
    u, v = float(drawn.u[0, 0]), float(drawn.v[0, 0])
    found = "nothing" if not drawn.cover[0, 0] else "leg" if v > 0.6 else "head" if u > 1.15 else "trunk"
    assert found == region


def test_the_trunk_bulges_towards_the_camera() -> None:
    still = replace(pose(np.random.default_rng(1), 0.0), arch=0.0, bend=0.0)
    at = np.array([[0.0, 0.1, 0.19]], np.float32)
    middle, lower, edge = bulge(TIGER, still, np.zeros_like(at), at)[0]
    assert middle == pytest.approx(0.16)
    assert middle > lower > edge > 0


def test_the_skin_slides_by_the_way_asked_for() -> None:
    x, y = raster(0.05)
    moved = []
    for amount in (0.0, 0.01):
        drawn = draw(TIGER, pose(np.random.default_rng(1), amount), x, y, 0.05)
        moved.append(drawn.u)
    far = np.abs(moved[1] - moved[0]).max()
    assert 0.002 < far < 0.06
