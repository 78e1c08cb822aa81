"""The ground of a study: rasters as habitat and covariates, the distance to the border, and what is wrong with them."""

import numpy as np
import pytest
from tests.tasks.border_worlds import grid_survey, in_one, pooled

from tumen.errors import FormatError
from tumen.tasks.density import answers
from tumen.tasks.density_ground import BORDER
from tumen.tasks.density_survey import survey

QUICK = {"sessions": [["2014-01-01", "2014-02-19"]], "spacing": 1500, "buffer": 8000, "goodness": 0}
WEST, SOUTH, STEP, SIZE = 130.7, 42.7, 0.02, 31


@pytest.fixture(scope="module")
def packages():
    return [in_one(*grid_survey())]


def raster(folder, name, value):
    """An ASCII grid in degrees over the survey; `value` is a function of longitude and latitude."""
    lon = WEST + (np.arange(SIZE) + 0.5) * STEP
    lat = SOUTH + (np.arange(SIZE) + 0.5) * STEP
    rows = [" ".join(f"{value(x, y):.4f}" for x in lon) for y in lat[::-1]]
    head = f"ncols {SIZE}\nnrows {SIZE}\nxllcorner {WEST}\nyllcorner {SOUTH}\ncellsize {STEP}\nNODATA_value -9999\n"
    (folder / name).write_text(head + "\n".join(rows) + "\n")


def grounded(folder, monkeypatch, packages, **asked):
    pool = pooled(folder, monkeypatch, packages, density={**QUICK, **asked})
    return survey(pool, "Panthera pardus", dict(pool.study.density))


def answer(folder, monkeypatch, packages, **asked):
    (one,) = answers(pooled(folder, monkeypatch, packages, density={**QUICK, **asked}))
    return one


def test_a_raster_becomes_a_covariate_in_standard_deviations(tmp_path, monkeypatch, packages):
    raster(tmp_path, "hills.asc", lambda x, y: 1000 * (y - SOUTH))
    ground = grounded(tmp_path, monkeypatch, packages, covariates={"hills": "hills.asc"}, rasterCrs="EPSG:4326")
    mask = ground.sessions[0].mask
    hills = mask.covariates["hills"]
    assert hills.mean() == pytest.approx(0, abs=1e-9)
    assert hills.std() == pytest.approx(1)
    # It rises to the north; a cell of the raster is 2.2 km high, one of the mask 1.5.
    assert np.corrcoef(hills, mask.xy[:, 1])[0, 1] > 0.99


def test_the_distance_to_the_border_is_in_kilometres(tmp_path, monkeypatch, packages):
    mask = grounded(tmp_path, monkeypatch, packages).sessions[0].mask
    # The border runs north along 131 E, the middle of the survey.
    assert mask.covariates[BORDER] == pytest.approx(np.abs(mask.xy[:, 0] - _border(mask)) / 1000, abs=0.1)


def _border(mask):
    west = mask.xy[mask.covariates["country"] == "CN", 0].max()
    east = mask.xy[mask.covariates["country"] == "RU", 0].min()
    return (west + east) / 2 + _shift(mask, (west + east) / 2)


def _shift(mask, middle):
    """Cells are 1.5 km wide: the border lies somewhere between their middles."""
    near = np.argsort(mask.covariates[BORDER])[:40]
    signs = np.where(mask.xy[near, 0] > middle, -1, 1)
    return float(np.mean(mask.xy[near, 0] + signs * 1000 * mask.covariates[BORDER][near]) - middle)


@pytest.mark.slow
@pytest.mark.parametrize("line", ["D ~ borderDistance, g0 ~ 1", "D ~ hills, g0 ~ 1", "g0 ~ 1, cost ~ hills"])
def test_models_of_the_ground_are_fitted(tmp_path, monkeypatch, packages, line):
    raster(tmp_path, "hills.asc", lambda x, y: np.sin(40 * x) + np.cos(30 * y))
    models = ["HN: D ~ 1, g0 ~ 1, sigma ~ 1", f"HN: {line}, sigma ~ 1"]
    found = answer(
        tmp_path,
        monkeypatch,
        packages,
        covariates={"hills": "hills.asc"},
        rasterCrs="EPSG:4326",
        models=models,
        spacing=2000,
    )
    table = found.tables["models"]
    assert table["status"].to_list() == ["converged", "converged"]
    by_size = table.sort("parameters")["logLik"].to_list()
    # One more parameter cannot fit worse; animals were placed without regard to the hills, so it gains little.
    assert by_size[0] - 1e-6 <= by_size[1] <= by_size[0] + 6


def test_a_raster_of_habitat_bounds_the_mask(tmp_path, monkeypatch, packages):
    raster(tmp_path, "woods.asc", lambda x, y: 3 if x > 131 else 1)
    whole = grounded(tmp_path, monkeypatch, packages).sessions[0].mask
    half = grounded(
        tmp_path, monkeypatch, packages, habitat="woods.asc", habitatClasses=[3], rasterCrs="EPSG:4326"
    ).sessions[0]
    assert set(half.mask.covariates["country"]) == {"RU"}
    assert half.mask.area.sum() == pytest.approx(whole.area.sum() / 2, rel=0.1)


def test_a_grid_without_a_system_is_refused(tmp_path, monkeypatch, packages):
    raster(tmp_path, "hills.asc", lambda x, y: y)
    with pytest.raises(FormatError):
        grounded(tmp_path, monkeypatch, packages, covariates={"hills": "hills.asc"})


def test_cells_that_a_raster_does_not_cover_are_found_and_stop_its_model(tmp_path, monkeypatch, packages):
    raster(tmp_path, "hills.asc", lambda x, y: -9999 if x > 131.1 else y)
    models = ["HN: D ~ 1, g0 ~ 1, sigma ~ 1", "HN: D ~ hills, g0 ~ 1, sigma ~ 1"]
    found = answer(
        tmp_path, monkeypatch, packages, covariates={"hills": "hills.asc"}, rasterCrs="EPSG:4326", models=models
    )
    assert {"mask-covariate-missing", "scr-no-fit"} <= set(found.findings["code"])
    assert found.tables["models"]["model"].to_list() == [models[0]]
