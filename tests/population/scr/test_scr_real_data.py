"""The surveys that fits are held against have the counts that their READMEs and tables give."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy.special import gammaln
from tests.population.scr import scr_data

from tumen.population.scr.problems import problems
from tumen.population.scr.summary import describe
from tumen.population.scr.survey import Session

COUNTS = {
    # animals, detections, detectors, occasions, sum of usage, cells of the mask
    "captdata": (76, 235, 100, 5, 500, 3936),
    "stoat": (20, 30, 94, 7, 658, 3960),
    "possum": (112, 305, 180, 5, 900, 5120),
    "blackbear": (139, 282, 65, 10, 650, 1516),
    "bigcat": (66, 324, 150, 60, 9000, 4977),
    "nagarahole": (44, 68, 120, 48, 1435, 4810),
    "wolverine": (21, 115, 37, 165, 1687, 2466),
}


@pytest.mark.parametrize("name", COUNTS)
def test_a_survey_has_the_counts_of_its_readme(name: str, shared_data: Path):
    [session] = getattr(scr_data, name)(shared_data)
    row = describe(session).row(0, named=True)
    counts = (row["animals"], row["detections"], row["detectors"], row["occasions"], row["effort"], len(session.mask))
    assert counts == COUNTS[name]


def test_the_larger_mask_and_the_broken_cameras(shared_data: Path):
    [large], [broken] = scr_data.bigcat(shared_data, 20_000), scr_data.bigcat(shared_data, usage=True)
    assert (len(large.mask), len(large.captures)) == (19_908, 324)
    assert (len(broken.animals), len(broken.captures), broken.detectors.usage.sum()) == (62, 281, 7822)


def test_ovenbirds_of_five_years_share_a_mask_and_one_died(shared_data: Path):
    sessions = scr_data.ovenbird(shared_data)
    counts = [(s.name, len(s.animals), len(s.captures), s.detectors.occasions, len(s.mask)) for s in sessions]
    assert counts == [
        ("2005", 20, 35, 9, 1392),
        ("2006", 22, 42, 10, 1392),
        ("2007", 26, 52, 10, 1392),
        ("2008", 19, 30, 10, 1392),
        ("2009", 16, 33, 10, 1392),
    ]
    died = sessions[4].covariates["removedAfter"]
    assert [(sessions[4].animals[k], died[k]) for k in np.flatnonzero(~np.isnan(died))] == [("1911.52289", 3.0)]
    assert set(sessions[0].covariates["sex"]) == {"F", "M"}


def test_units_are_metres_and_square_kilometres(shared_data: Path):
    [tigers], [wolverines] = scr_data.nagarahole(shared_data), scr_data.wolverine(shared_data)
    assert tigers.mask.area.sum() == pytest.approx(4810 * 0.336)
    assert wolverines.mask.area.sum() == pytest.approx(82.52815 / 8.366601e-3, rel=1e-5)  # EN / D of the reference fit
    assert wolverines.mask.spacing == 2000.0


def test_first_guesses_of_sigma_lie_near_the_fitted_ones(shared_data: Path):
    guesses = {name: describe(getattr(scr_data, name)(shared_data))["rpsv"].item() for name in COUNTS}
    fitted = {"captdata": 29.37, "stoat": 257.9, "possum": 51.5, "nagarahole": 1977, "wolverine": 6283}
    assert all(0.7 * sigma < guesses[name] < sigma for name, sigma in fitted.items())


def test_real_surveys_are_enough_for_an_estimate(shared_data: Path):
    for name in COUNTS:
        found = problems(getattr(scr_data, name)(shared_data))
        assert "error" not in set(found["severity"]), (name, found)


def test_three_wolverine_cameras_stand_off_the_grid(shared_data: Path):
    found = problems(scr_data.wolverine(shared_data))
    assert found.filter(code="mask-detector-outside")["value"].to_list() == ["6", "14", "34"]


def test_black_bears_of_new_york(shared_data: Path):
    [fort], [york] = scr_data.fortdrum(shared_data), scr_data.nybears(shared_data)
    assert describe(fort).select("animals", "detectors", "occasions").row(0) == (47, 38, 8)
    assert describe(york).select("animals", "detections", "detectors").row(0) == (33, 47, 103)
    assert len(york.mask) == 4341 and york.fixes is not None and set(york.fixes.animal) == {0, 1, 2}


def multi_log_likelihood(session: Session, log_density: float, logit_g0: float, log_sigma: float) -> float:
    """secr's likelihood of half-normal multi-catch detectors, animal by animal; equal histories count as alike.

    An animal that died is at no risk after the occasion of its death (`removedAfter`). Density per hectare.
    """
    density, sigma = 100 * np.exp(log_density), np.exp(log_sigma)
    squares = ((session.detectors.xy[:, None] - session.mask.xy[None]) ** 2).sum(axis=2)
    hazard = -np.log1p(-np.exp(-squares / 2 / sigma**2) / (1 + np.exp(-logit_g0)))
    total, escaped = hazard.sum(axis=0), np.exp(-hazard.sum(axis=0))
    occasions, captures = session.detectors.occasions, session.captures
    died = session.covariates.get("removedAfter", np.full(len(session.animals), np.nan))
    seen = -(density * (1 - escaped**occasions) * session.mask.area).sum()
    histories: Counter[tuple[object, ...]] = Counter()
    for animal in range(len(session.animals)):
        own = captures.animal == animal
        at_risk = occasions if np.isnan(died[animal]) else int(died[animal])
        cells = density * session.mask.area * escaped ** (at_risk - own.sum())
        for detector in captures.detector[own]:
            cells = cells * hazard[detector] / total * (1 - escaped)
        seen += np.log(cells.sum())
        places = sorted(zip(captures.occasion[own].tolist(), captures.detector[own].tolist(), strict=True))
        histories[(*places, at_risk)] += 1
    return float(seen - sum(gammaln(count + 1) for count in histories.values()))


@pytest.mark.parametrize(
    ("name", "fit"), [("captdata", "captdata_null"), ("stoat", "stoat_HN"), ("ovenbird", "ovenbird_null")]
)
def test_the_likelihood_of_the_sessions_is_that_of_secr(name: str, fit: str, shared_data: Path):
    """So areas, usage, captures and the death among the ovenbirds are read as secr reads them."""
    told = json.loads((shared_data / "secr_bench" / "fits" / f"{fit}.json").read_text())
    beta = [told["beta"][parameter] for parameter in ("D", "g0", "sigma")]
    made = sum(multi_log_likelihood(session, *beta) for session in getattr(scr_data, name)(shared_data))
    assert made == pytest.approx(told["logLik"], abs=1e-6)
