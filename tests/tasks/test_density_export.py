"""What density is fitted to, written for secr: read back it is the same, and gives the same answer."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tumen.errors import OutputError
from tumen.population.scr.model import model
from tumen.population.scr.tables import sessions_of
from tumen.tasks.density import density
from tumen.tasks.density_export import fitted_on, folder_of, write_secr
from tumen.tasks.density_files import DensityFiles, density_of_files, read_tables
from tumen.tasks.pool import pool
from tumen.tasks.simulate import Asked, simulate
from tumen.tasks.study import read_study

LEOPARD = "Panthera pardus"
NULL = "HN: D ~ 1, g0 ~ 1, sigma ~ 1"
SECTION = f"""
[density]
species = ["{LEOPARD}"]
sessions = [["2014-10-15", "2014-12-31"]]
spacing = 4000
buffer = 15000
goodness = 0
models = ["{NULL}"]
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export") / "small"
    simulate("lower-tumen", folder, seed=16, asked=Asked(small=True))
    file = folder / "study.toml"
    file.write_text(file.read_text(encoding="utf-8").split("\n[density]")[0] + SECTION, encoding="utf-8")
    return read_study(file)


@pytest.fixture(scope="module")
def written(study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("written") / "for-r"
    species, found = write_secr(study, folder)
    assert species == (LEOPARD,)
    assert found.is_empty()
    return folder / folder_of(LEOPARD)


def asked(folder: Path) -> DensityFiles:
    return DensityFiles(
        captures=folder / "captures.csv",
        traps=(folder / "traps.csv",),
        mask=folder / "mask.csv",
        individuals=(folder / "individuals.csv",),
        detector="proximity",
        models=(model(NULL),),
        goodness=0,
    )


def test_what_is_read_back_is_what_was_written(study, written):
    tables, found = read_tables(asked(written))
    [session] = sessions_of(tables, "proximity")
    [mine] = fitted_on(pool(study), LEOPARD, 15000).sessions
    assert found.is_empty()
    assert session.name == mine.name
    assert session.animals == mine.animals
    assert session.detectors.names == mine.detectors.names
    np.testing.assert_array_equal(session.detectors.usage, mine.detectors.usage)
    np.testing.assert_array_equal(session.detectors.xy, mine.detectors.xy)
    np.testing.assert_array_equal(session.mask.xy, mine.mask.xy)
    np.testing.assert_array_equal(session.mask.area, mine.mask.area)
    assert session.mask.covariates["country"].tolist() == mine.mask.covariates["country"].tolist()
    assert session.detectors.covariates["country"].tolist() == mine.detectors.covariates["country"].tolist()
    assert session.covariates["sex"].tolist() == mine.covariates["sex"].tolist()
    for name in ("animal", "occasion", "detector"):
        np.testing.assert_array_equal(getattr(session.captures, name), getattr(mine.captures, name))


def test_the_answer_of_the_written_files_is_that_of_the_study(study, written):
    [one] = density(study)
    other = density_of_files(asked(written))
    keys = ["parameter", "estimate", "se"]
    left, right = (each.tables["parameters"].select(keys) for each in (one, other))
    assert left["parameter"].to_list() == right["parameter"].to_list()
    assert left["estimate"].to_list() == pytest.approx(right["estimate"].to_list(), rel=1e-6)
    assert one.tables["abundance"].filter(pl.col("regionKind") == "all")["realised"].item() == pytest.approx(
        other.tables["abundance"]["realised"].item(), rel=1e-6
    )


def test_what_is_there_is_not_written_over(study, written):
    with pytest.raises(OutputError):
        write_secr(study, written.parent)


def test_nothing_is_written_into_what_is_read(study):
    with pytest.raises(OutputError):
        write_secr(study, study.packages[0].path / "for-r")
