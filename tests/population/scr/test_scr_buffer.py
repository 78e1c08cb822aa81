"""How far must the mask reach?"""

import json

import numpy as np
import polars as pl
import pytest
import shapely

from tumen.errors import MisuseError
from tumen.population.scr.buffer import buffer_bias, buffer_table, detected, suggest_buffer
from tumen.population.scr.mask import Wanted, mask

SIGMA = 500.0
ONE = np.zeros((1, 2))
FEW = np.array([1e-4])


def half_normal(d):
    return np.exp(-((d / SIGMA) ** 2) / 2)


def exponential(d):
    return np.exp(-d / SIGMA)


def power(z):
    return lambda d: -np.expm1(-((np.maximum(d, 1e-9) / SIGMA) ** -z))


def test_the_bias_of_a_half_normal_is_the_known_one():
    # Rare detections at one place: a(r) = 2 pi sigma² lambda (1 - exp(-r² / 2 sigma²)).
    table = buffer_bias(ONE, FEW, half_normal, [1000.0, 1500.0, 2000.0], sigma=SIGMA)
    lost = np.exp(-(np.array([2.0, 3.0, 4.0]) ** 2) / 2)
    assert table["lost"].to_numpy() == pytest.approx(lost, rel=0.1)
    assert table["densityBias"].to_numpy() == pytest.approx(lost / (1 - lost), rel=0.1)
    assert table["effectiveArea"][2] == pytest.approx(2 * np.pi * 0.25 * 1e-4, rel=1e-3)


def test_the_bias_of_an_exponential_is_the_known_one():
    table = buffer_bias(ONE, FEW, exponential, [2000.0, 4000.0], sigma=SIGMA)
    lost = (1 + np.array([4.0, 8.0])) * np.exp(-np.array([4.0, 8.0]))
    assert table["lost"].to_numpy() == pytest.approx(lost, rel=0.03)


def test_a_power_tail_is_followed_to_its_end():
    # For r far beyond sigma p. = lambda (r / sigma)^-3: the integral beyond r is 2 pi lambda sigma³ / r.
    table = buffer_bias(ONE, FEW, power(3.0), [6000.0], sigma=SIGMA)
    beyond = 2 * np.pi * 1e-4 * SIGMA**3 / 6000.0 / 1e6
    assert table["lost"][0] * table["effectiveArea"][0] / (1 - table["lost"][0]) == pytest.approx(beyond, rel=0.02)


def test_a_tail_without_end_is_said():
    found = suggest_buffer(ONE, FEW, power(2.0), sigma=SIGMA)
    assert found.findings["code"].to_list() == ["mask-buffer-unbounded"]
    assert found.buffer == 12 * SIGMA
    assert np.isinf(found.table["densityBias"].to_numpy()).all()
    assert (found.table["lost"] == 1).all()


def test_a_long_tail_asks_for_more_than_twelve_sigmas():
    found = suggest_buffer(ONE, FEW, power(3.0), sigma=SIGMA)
    assert found.findings.select("code", "value").rows() == [("mask-buffer-short", "6000")]
    assert json.loads(found.findings["arguments"][0]) == {"asked": "> 6000"}


def test_the_buffer_grows_with_the_effort_and_with_the_tail():
    buffers = [
        suggest_buffer(ONE, np.array([effort]), hazard, sigma=SIGMA).buffer
        for effort, hazard in ((0.01, half_normal), (100.0, half_normal), (0.01, exponential))
    ]
    assert buffers == [2000.0, 2250.0, 4750.0]
    assert suggest_buffer(ONE, FEW, half_normal, sigma=SIGMA, bias=0.2).buffer == 1000.0


def test_where_habitat_ends_nothing_is_lost_beyond():
    island = shapely.Point(0, 0).buffer(900)
    cells, _ = mask(ONE, sigma=SIGMA, habitat=island, wanted=Wanted(spacing=50.0, buffer=2000.0))
    table = buffer_bias(ONE, FEW, power(2.0), [500.0, 1000.0], sigma=SIGMA, cells=cells)
    assert table["densityBias"][0] > 0.1
    assert table["densityBias"][1] == 0


def test_detected_agrees_with_the_slow_version():
    rng = np.random.default_rng(1)
    xy, places, effort = rng.uniform(0, 2000, (5, 2)), rng.uniform(0, 2000, (7, 2)), rng.uniform(0, 3, 5)
    slow = []
    for place in places:
        missed = 1.0
        for trap, nights in zip(xy, effort, strict=True):
            missed *= (1 - (1 - np.exp(-half_normal(np.hypot(*(place - trap)))))) ** nights
        slow.append(1 - missed)
    assert detected(xy, effort, half_normal, places) == pytest.approx(slow, rel=1e-12)


def test_the_effective_area_is_that_of_secr(shared_data):
    # secr 5.5.0 on its captdata: esa in hectares at its estimates, on its mask.
    folder = shared_data / "secr_bench"
    fit = json.loads((folder / "fits" / "captdata_null.json").read_text())
    traps, cells = (pl.read_csv(folder / "captdata" / f"{name}.csv") for name in ("traps", "mask"))
    g0, sigma = (fit["predicted"]["all"][name]["estimate"] for name in ("g0", "sigma"))

    def hazard(d):
        return -np.log1p(-g0 * np.exp(-((d / sigma) ** 2) / 2))

    xy, places = (table.select("x", "y").cast(pl.Float64).to_numpy() for table in (traps, cells))
    seen = detected(xy, np.full(len(xy), 5.0), hazard, places)
    assert float(seen @ cells["area_ha"].to_numpy()) == pytest.approx(fit["esa"], rel=1e-8)


def test_n_and_density_by_buffer():
    answers = {1000.0: (20.0, 3.0), 2000.0: None, 3000.0: (40.0, 2.0)}
    table = buffer_table(answers.__getitem__, [1000.0, 2000.0, 3000.0])
    assert table["change"].to_list() == [0.5, None, 0.0]
    assert table["abundance"].to_list() == [20.0, None, 40.0]
    assert buffer_table(answers.__getitem__, [1000.0, 2000.0])["change"].to_list() == [None, None]


def test_buffers_that_do_not_rise_are_refused():
    with pytest.raises(MisuseError, match="rise"):
        buffer_bias(ONE, FEW, half_normal, [2.0, 1.0], sigma=SIGMA)
    with pytest.raises(MisuseError, match="between 0 and 1"):
        suggest_buffer(ONE, FEW, half_normal, sigma=SIGMA, bias=1.0)
