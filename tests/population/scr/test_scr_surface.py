"""Where animals live, and the share of their time on each side."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from tests.population.scr.scr_tiny import survey

from tumen.population.scr.abundance import Abundance
from tumen.population.scr.fit import fit
from tumen.population.scr.model import Model
from tumen.population.scr.predict import centres, class_probabilities
from tumen.population.scr.surface import SHARES, SURFACE, shares, sigmas, surface, time_by_region

G = survey()
SEXES = np.array(["F", "M", None] * 10, dtype=object)[: len(G.animals)]
FIT = fit([replace(G, covariates={"sex": SEXES})], Model(sigma="sex", hybrid="sex"))
WEST = G.mask.xy[:, 0] < 4600
SIDES = pl.DataFrame(
    {"cell": np.arange(400), "kind": "country", "region": np.where(WEST, "CN", "RU"), "share": np.ones(400)}
)


def test_the_surface_holds_n():
    found, counted = surface(FIT), Abundance(FIT)
    assert dict(found.schema) == dict(pl.DataFrame(schema=SURFACE).schema)
    for column, estimate in (("expected", counted.expected()), ("realised", counted.realised())):
        assert float((found[column] * found["areaKm2"]).sum()) / 100 == pytest.approx(estimate.value, rel=1e-10)
    assert found["expected"].n_unique() == 1
    assert found["realised"].std() > 0


def test_the_shares_of_an_animal_add_up_to_one():
    found = shares(FIT, SIDES)
    assert dict(found.schema) == dict(pl.DataFrame(schema=SHARES).schema)
    each = found.group_by("individualID", maintain_order=True).agg(pl.col("share", "timeShare").sum())
    np.testing.assert_allclose(each.select("share", "timeShare").to_numpy(), 1.0, rtol=1e-10)
    assert found["detections"].to_list()[::2] == np.bincount(G.captures.animal).tolist()
    assert found["sex"].to_list()[::2] == SEXES.tolist()


def test_the_chance_that_a_centre_lies_in_a_country():
    found = shares(FIT, SIDES).filter(pl.col("region") == "CN")
    np.testing.assert_allclose(found["share"].to_numpy(), centres(FIT) @ WEST, rtol=1e-10)


def test_the_share_of_time_is_that_of_a_normal_range_about_the_centre():
    xy, inside = G.mask.xy, np.stack([WEST, ~WEST], axis=1).astype(float)
    expected = np.zeros((len(G.animals), 2))
    for number, sigma in enumerate(sigmas(FIT)):
        use = np.exp(-((xy[:, None] - xy[None]) ** 2).sum(axis=2) / (2 * sigma**2))
        range_ = (use / use.sum(axis=1, keepdims=True)) @ inside
        expected += class_probabilities(FIT)[:, [number]] * (centres(FIT) @ range_)
    found = shares(FIT, SIDES)["timeShare"].to_numpy().reshape(-1, 2)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_ground_in_no_country_is_left_over():
    found = shares(FIT, SIDES.filter(pl.col("region") == "CN"))
    assert found["region"].unique().to_list() == ["CN"]
    assert found["timeShare"].max() < 1.0


def test_time_far_from_the_border_is_on_one_side():
    xy = np.array([[0.0, 0.0], [100.0, 0.0], [1e5, 0.0]])
    sides = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    found = time_by_region(xy, sides, 1000.0)
    assert found[0, 0] == pytest.approx(1 / (1 + np.exp(-0.005)))
    assert found[2].tolist() == [0.0, 1.0]


def test_sigma_is_that_of_the_class_and_of_the_session():
    beta = dict(zip(FIT.names, FIT.beta, strict=True))
    assert sigmas(FIT) == pytest.approx([np.exp(beta["sigma"]), np.exp(beta["sigma"] + beta["sigma.sexM"])])
    both = fit([G, replace(survey(seed=5, sigma=1200.0), name="two")], Model(sigma="session"))
    beta = dict(zip(both.names, both.beta, strict=True))
    assert sigmas(both, 0) == pytest.approx([np.exp(beta["sigma"])])
    assert sigmas(both, 1) == pytest.approx([np.exp(beta["sigma"] + beta["sigma.sessiontwo"])])
    mixed = fit([G], Model(sigma="h2", classes=2), variance=False)
    assert len(sigmas(mixed)) == 2
