"""Genotypes of a study: laboratories are joined by their controls, or not at all."""

from dataclasses import replace
from types import SimpleNamespace

import polars as pl
import pytest

from tumen.simulate.genetics import PanelSettings, panel_survey
from tumen.tasks.identify_genotypes import typed

STUDY = SimpleNamespace(species=(), identify={"reference": "lab-1"}, seed=1)


@pytest.fixture(scope="module")
def packages():
    return panel_survey(PanelSettings(samples=40, animals=20, families=2), 3).packages()


def without_controls(packages):
    return [replace(p, tables={name: t for name, t in p.tables.items() if name != "controls"}) for p in packages]


def test_controls_join_two_laboratories_and_a_blind_check_says_how_well(packages):
    found = typed(packages, STUDY)
    assert set(found.lab_map["status"]) <= {"observed", "interpolated", "refused"}
    assert "calibration-blind" in found.findings["code"]
    assert found.consensus.filter(pl.col("sampleID").str.starts_with("south"))["allele1"].drop_nulls().len() > 0


def test_without_controls_a_proposal_is_shown_as_unsafe_and_nothing_is_joined(packages):
    found = typed(without_controls(packages), STUDY)
    assert "unsafe" in set(found.lab_map["status"])
    assert not {"observed", "interpolated"} & set(found.lab_map["status"])
    assert {"calibration-none", "calibration-unsafe"} <= set(found.findings["code"])
    south = found.consensus.filter(pl.col("sampleID").str.starts_with("south"))
    assert south["allele1"].drop_nulls().is_empty()


def test_controls_that_two_parties_bring_count_once(packages):
    north, south = packages
    other = replace(south, party="east-laboratory", name="east", tables={"controls": south.tables["controls"]})
    once, twice = typed([north, south], STUDY), typed([north, south, other], STUDY)
    assert once.lab_map.equals(twice.lab_map)
