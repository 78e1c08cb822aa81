"""What each country would have counted alone, and the double count."""

from dataclasses import replace

import numpy as np
import pytest
from tests.population.scr.scr_tiny import caught, survey

from tumen.population.scr.abundance import Abundance
from tumen.population.scr.fit import fit
from tumen.population.scr.model import Model
from tumen.population.scr.national import double_count, own, within
from tumen.population.scr.survey import Session

G = survey(seed=3, count=60, side=4)
SIDES = np.where(G.detectors.xy[:, 0] < 5000, "CN", "RU").astype(object)
FIT = fit([G])


def test_a_country_has_its_own_detectors_animals_and_ground():
    alone = own(G, SIDES, "CN", 2000.0)
    assert alone is not None
    assert alone.detectors.names == tuple(n for n, side in zip(G.detectors.names, SIDES, strict=True) if side == "CN")
    mine = SIDES[G.captures.detector] == "CN"
    assert set(alone.animals) == {G.animals[i] for i in G.captures.animal[mine]}
    assert len(alone.captures) == mine.sum()
    named = sorted(
        (alone.animals[i], alone.detectors.names[k], int(s))
        for i, k, s in zip(alone.captures.animal, alone.captures.detector, alone.captures.occasion, strict=True)
    )
    assert named == sorted(
        (G.animals[i], G.detectors.names[k], int(s))
        for i, k, s in zip(G.captures.animal[mine], G.captures.detector[mine], G.captures.occasion[mine], strict=True)
    )
    gap = np.sqrt(((alone.mask.xy[:, None] - alone.detectors.xy[None]) ** 2).sum(axis=2)).min(axis=1)
    assert gap.max() <= 2000.0
    assert len(alone.mask) == within(G.mask, alone.detectors.xy, 2000.0).sum() < len(G.mask)


def test_a_country_without_detectors_has_nothing():
    assert own(G, SIDES, "KP", 2000.0) is None


def test_distances_covariates_and_removals_go_along():
    distance = np.arange(16 * 400, dtype=float).reshape(16, 400)
    n = len(G.animals)
    whole = replace(
        G, distance=distance, covariates={"age": np.arange(n, dtype=float)}, last=np.arange(n, dtype=np.int64)
    )
    alone = own(whole, SIDES, "RU", 2000.0)
    assert alone is not None
    mine = np.flatnonzero(SIDES == "RU")
    near = np.flatnonzero(within(G.mask, G.detectors.xy[mine], 2000.0))
    np.testing.assert_array_equal(alone.distance, distance[np.ix_(mine, near)])
    assert [f"a{int(age)}" for age in alone.covariates["age"]] == list(alone.animals)
    assert alone.last.tolist() == alone.covariates["age"].astype(int).tolist()


def test_two_countries_count_the_animals_between_them_twice():
    table = double_count(FIT, [SIDES], 3000.0)
    assert table["kind"].to_list() == ["national", "national", "sum", "joint"]
    assert table["countryCode"].to_list() == ["CN", "RU", None, None]
    assert table["status"].to_list() == ["converged"] * 4
    china, russia, added, joint = table.rows(named=True)
    for row, code in ((china, "CN"), (russia, "RU")):
        alone = own(G, SIDES, code, 3000.0)
        estimate = Abundance(fit([alone])).realised()
        assert (row["estimate"], row["low"], row["high"]) == pytest.approx(
            (estimate.value, estimate.low, estimate.high)
        )
    assert added["estimate"] == pytest.approx(china["estimate"] + russia["estimate"])
    assert added["animals"] == china["animals"] + russia["animals"] > joint["animals"] == len(G.animals)
    ground = within(G.mask, G.detectors.xy, 3000.0).astype(float)
    assert joint["estimate"] == pytest.approx(Abundance(FIT).realised(ground).value)
    assert added["estimate"] > joint["estimate"]


def test_one_country_alone_is_the_joint_fit():
    """Its buffer holds the whole mask: the national fit is the joint fit."""
    one = np.full(16, "CN", dtype=object)
    national, added, joint = double_count(FIT, [one], 1e6).rows(named=True)
    for row in (national, added):
        assert row["estimate"] == pytest.approx(joint["estimate"], rel=1e-5)
        assert row["animals"] == joint["animals"]
    assert (national["low"], national["high"]) == pytest.approx((joint["low"], joint["high"]), rel=1e-4)


def few(rows: list[tuple[int, int, int]]) -> tuple[Session, np.ndarray]:
    session = caught(rows)
    return session, np.where(session.detectors.xy[:, 0] < 5000, "CN", "RU").astype(object)


def test_a_country_without_recaptures_has_no_estimate_and_there_is_no_sum():
    rows = [(i, s, (0, 1, 3, 4)[(i + s) % 4]) for i in range(4) for s in range(4)] + [(0, 4, 2), (1, 4, 5)]
    session, sides = few(rows)
    table = double_count(fit([session]), [sides], 3000.0)
    russia = table.row(1, named=True)
    assert (russia["countryCode"], russia["animals"], russia["estimate"]) == ("RU", 2, None)
    assert russia["status"] == "no-recaptures"
    added = table.row(2, named=True)
    assert (added["estimate"], added["status"]) == (None, "scr-national-missing")
    assert table.row(3, named=True)["estimate"] > 4


def test_a_country_of_one_sex_has_no_fit_with_classes():
    sexes = np.array([None] * len(G.animals), dtype=object)
    there = {int(i) for i in G.captures.animal[SIDES[G.captures.detector] == "RU"]}
    for i in range(len(G.animals)):
        sexes[i] = "F" if i in there else "M"
    sexes[min(set(range(len(G.animals))) - there)] = "M"
    joint = fit([replace(G, covariates={"sex": sexes})], Model(hybrid="sex"))
    table = double_count(joint, [SIDES], 3000.0)
    assert table.row(1, named=True)["status"] == "sex-of-one-kind"


def test_detectors_of_no_known_country_are_in_the_joint_fit_only():
    sides = SIDES.copy()
    sides[0] = None
    table = double_count(FIT, [sides], 3000.0)
    assert table["countryCode"].to_list() == ["CN", "RU", None, None]
    alone = own(G, sides, "CN", 3000.0)
    assert alone is not None
    assert G.detectors.names[0] not in alone.detectors.names


def test_sessions_are_fitted_together_and_counted_apart():
    two = replace(survey(seed=4, count=50, side=4), name="two")
    joint = fit([G, two])
    table = double_count(joint, [SIDES, SIDES], 3000.0)
    assert table["session"].to_list() == ["one"] * 4 + ["two"] * 4
    china = fit([own(session, SIDES, "CN", 3000.0) for session in (G, two)])
    assert table.row(4, named=True)["estimate"] == pytest.approx(Abundance(china, 1).realised().value, rel=1e-9)


def test_without_a_station_of_a_country_there_is_nothing_to_compare():
    nowhere = np.full(len(G.detectors.names), None, dtype=object)
    assert double_count(FIT, [nowhere], 3000.0).is_empty()
