"""Three parties who keep their data get the fit that pooled data would have had."""

from dataclasses import replace

import numpy as np
import pytest
from tests.population.scr.scr_worlds import drawn

from tumen.errors import MisuseError
from tumen.population.scr.abundance import Abundance
from tumen.population.scr.design import design
from tumen.population.scr.federated import Agreement, Closed, Party, Vectors
from tumen.population.scr.federated_fit import Together, federated, joint_design
from tumen.population.scr.fit import fit
from tumen.population.scr.likelihood import score
from tumen.population.scr.model import model
from tumen.population.scr.survey import Captures, Detectors, Mask, Session

SHARES = {"a": [0, 1, 4, 5, 8], "b": [2, 3, 6, 7, 11], "c": [9, 10, 12, 13, 14, 15]}


def part_of(session, own):
    """What a party has of a survey whose detectors `own` are its."""
    captures = session.captures
    mine = np.isin(captures.detector, own)
    animals, animal = np.unique(captures.animal[mine], return_inverse=True)
    number = {k: position for position, k in enumerate(own)}
    detector = np.array([number[k] for k in captures.detector[mine].tolist()], np.int64)
    detectors = session.detectors
    return replace(
        session,
        detectors=replace(
            detectors,
            names=tuple(detectors.names[k] for k in own),
            xy=detectors.xy[own],
            usage=detectors.usage[own],
            covariates={name: values[own] for name, values in detectors.covariates.items()},
            cell=None if detectors.cell is None else detectors.cell[own],
        ),
        animals=tuple(session.animals[i] for i in animals),
        captures=Captures(animal.astype(np.int64), captures.occasion[mine], detector, captures.count[mine]),
        covariates={name: values[animals] for name, values in session.covariates.items()},
    )


def agreed_on(session, said, fewest=5):
    levels = {"sex": ("F", "M")} if said.hybrid else {}
    return Agreement(
        said, session.mask, (Closed("one", session.detectors.occasions),), session.detectors.kind, levels, fewest
    )


def parties_of(session, said):
    agreed = agreed_on(session, said)
    return agreed, {name: Party([part_of(session, own)], agreed) for name, own in SHARES.items()}


def asking(parties):
    def ask(points, *, coarse):
        return {name: [party.answer(point, coarse=coarse) for point in points] for name, party in parties.items()}

    return ask


SEXED = {"D": 1.5, "pmix": 0.4, "sigma.sexM": 0.4}
CASES = {
    "HN: D ~ 1, g0 ~ 1, sigma ~ 1": ("proximity", {}),
    "HHN: D ~ slope, lambda0 ~ sex, sigma ~ sex, classes by sex": ("count", SEXED),
    "HR: D ~ 1, g0 ~ 1, sigma ~ 1, z ~ 1": ("proximity", {}),
    "EX: D ~ 1, g0 ~ t, sigma ~ road": ("proximity", {}),
    "HN: D ~ 1, g0 ~ bk, sigma ~ 1": ("proximity", {}),
}


@pytest.fixture(scope="module")
def surveys():
    sexed = model("HN: D ~ 1, g0 ~ sex, sigma ~ sex, classes by sex")
    return {
        text: drawn(sexed if "sex" in text else None, 3, kind, **values).sessions[0]
        for text, (kind, values) in CASES.items()
    }


@pytest.mark.parametrize("text", CASES)
def test_the_fit_is_that_of_the_pooled_data(surveys, text):
    session, said = surveys[text], model(text)
    agreed, parties = parties_of(session, said)
    assert len(session.animals) < sum(len(party.sessions[0].animals) for party in parties.values())
    pooled = fit([session], said)
    joint = federated(
        agreed, {name: party.seen() for name, party in parties.items()}, asking(parties), start=pooled.beta + 0.1
    )
    again = fit([session], said, start=pooled.beta + 0.1)
    assert (joint.names, joint.status, joint.animals) == (again.names, "converged", len(session.animals))
    assert joint.log_likelihood == pytest.approx(again.log_likelihood, abs=1e-6)
    np.testing.assert_allclose(joint.beta, again.beta, atol=1e-6)
    np.testing.assert_allclose(joint.covariance, again.covariance, atol=1e-6)


def test_it_finds_its_own_start_and_the_numbers_are_those_of_the_pooled_fit(surveys):
    text = next(iter(CASES))
    agreed, parties = parties_of(surveys[text], model(text))
    joint = federated(agreed, {name: party.seen() for name, party in parties.items()}, asking(parties))
    pooled = fit([surveys[text]], model(text))
    np.testing.assert_allclose(joint.beta, pooled.beta, atol=1e-6)
    here = (surveys[text].mask.xy[:, 0] > 1000).astype(float)
    ours, theirs = joint.expected(here), Abundance(pooled).expected(here)
    assert (ours.value, ours.se, ours.low, ours.high) == pytest.approx(
        (theirs.value, theirs.se, theirs.low, theirs.high), rel=1e-5
    )


def test_the_score_is_that_of_the_pooled_data_where_places_are_told_as_cells(surveys):
    said = model("HR: D ~ 1, g0 ~ t, sigma ~ 1, z ~ road")
    session = surveys["HN: D ~ 1, g0 ~ 1, sigma ~ 1"]
    session = replace(session, detectors=replace(session.detectors, cell=np.full((16, 2), 700.0)))
    agreed, parties = parties_of(session, said)
    seen = {name: party.seen() for name, party in parties.items()}
    whole = joint_design(agreed, seen)
    pooled = design([session], said)
    beta = np.array([0.2, -1.5, *[0.1] * 4, 6.6, 1.2, 0.1])
    value, gradient = Together(whole, seen, asking(parties))(whole, [beta])[0]
    expected = score(pooled, beta)
    assert value == pytest.approx(expected[0], abs=1e-9)
    np.testing.assert_allclose(gradient, expected[1], atol=1e-9)


def test_the_order_of_parties_does_not_matter(surveys):
    text = next(iter(CASES))
    agreed, parties = parties_of(surveys[text], model(text))
    turned = dict(reversed(parties.items()))
    one, other = (
        federated(agreed, {name: party.seen() for name, party in these.items()}, asking(these))
        for these in (parties, turned)
    )
    assert one.beta.tolist() == other.beta.tolist()
    assert one.log_likelihood == other.log_likelihood


def test_a_missing_answer_is_said(surveys):
    text = next(iter(CASES))
    agreed, parties = parties_of(surveys[text], model(text))
    seen = {name: party.seen() for name, party in parties.items()}
    del parties["b"]
    with pytest.raises(MisuseError) as error:
        federated(agreed, seen, asking(parties))
    assert (error.value.needed, error.value.found) == ("an answer of every party: a, b, c", "none of b")


def test_vectors_of_another_mask_and_without_an_animal_are_refused(surveys):
    text = next(iter(CASES))
    agreed, parties = parties_of(surveys[text], model(text))
    seen = {name: party.seen() for name, party in parties.items()}

    def spoiled(change):
        def ask(points, *, coarse):
            given = asking(parties)(points, coarse=coarse)
            return {**given, "a": [tuple(change(each) for each in sessions) for sessions in given["a"]]}

        return ask

    def fewer_cells(v):
        return Vectors(v.animals, v.groups, v.rows[:, :, 1:], v.exposure[:, :, 1:], v.constant)

    def fewer_animals(v):
        return Vectors(v.animals[1:], v.groups[1:], v.rows[1:], v.exposure, v.constant)

    def no_number(v):
        return replace(v, exposure=v.exposure * np.nan)

    for change in (fewer_cells, fewer_animals, no_number):
        with pytest.raises(MisuseError):
            federated(agreed, seen, spoiled(change))


def test_parties_that_contradict_each_other_about_a_sex_are_told(surveys):
    text = "HHN: D ~ slope, lambda0 ~ sex, sigma ~ sex, classes by sex"
    agreed, parties = parties_of(surveys[text], model(text))
    seen = {name: party.seen() for name, party in parties.items()}
    of = {name: set(told[0].animals) for name, told in seen.items()}
    both = min(of["a"] & of["b"] - of["c"])

    def saying(party, sex):
        own = seen[party][0]
        return (
            replace(own, classes=tuple(sex if a == both else c for a, c in zip(own.animals, own.classes, strict=True))),
        )

    with pytest.raises(MisuseError) as error:
        joint_design(agreed, {**seen, "a": saying("a", "F"), "b": saying("b", "M")})
    assert (error.value.needed, error.value.found) == (f"one sex for animal {both}", "F and M")
    unknown = joint_design(agreed, {**seen, "a": saying("a", None), "b": saying("b", "M")})
    told = unknown.parts[0].session
    assert told.covariates["sex"][told.animals.index(both)] == "M"


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("HN: D ~ 1, g0 ~ b, sigma ~ 1", "proximity", "a response to any capture (b)"),
        ("HN: D ~ 1, g0 ~ h2, sigma ~ 1, two classes", "proximity", "a mixture of unknown classes (h2)"),
        ("HN: g0 ~ 1, sigma ~ 1, conditional", "proximity", "a conditional likelihood"),
        ("HN: D ~ 1, g0 ~ 1, sigma ~ 1, binomial N", "proximity", "a fixed number of animals (binomial N)"),
        ("UN: D ~ 1, g0 ~ 1, sigma ~ 1", "proximity", "the uniform form, which has no gradient"),
        ("HN: D ~ 1, g0 ~ 1, sigma ~ 1", "multi", "detectors of kind multi"),
        ("HN: D ~ 1, g0 ~ sex, sigma ~ 1, classes by sex", "proximity", "classes whose two values nobody agreed on"),
    ],
)
def test_models_that_need_all_data_in_one_place_are_refused(surveys, text, kind, found):
    with pytest.raises(MisuseError) as error:
        Agreement(model(text), next(iter(surveys.values())).mask, (Closed("one", 5),), kind)
    assert error.value.found == found


def test_a_party_with_few_stations_does_not_answer(surveys):
    session = surveys[next(iter(CASES))]
    agreed = agreed_on(session, model(next(iter(CASES))))
    with pytest.raises(MisuseError) as error:
        Party([part_of(session, [0, 1, 4, 5])], agreed)
    assert error.value.found == "4 stations"
    assert Party([], agreed).answer(np.array([0.0, -2.0, 6.5]))[0].exposure[0, 0].max() == 0.0


def lone_station(spacing, cell=None):
    """Six stations, and an animal that the third saw once, on a mask of a spacing; sigma is 2 km."""
    rng = np.random.default_rng(5)
    xy = rng.uniform(0, 8000, (6, 2))
    ground = np.arange(-8000.0, 16001.0, spacing)
    cells = np.stack(np.meshgrid(ground, ground), axis=-1).reshape(-1, 2)
    mask = Mask(cells, np.full(len(cells), spacing**2 / 1e6), spacing)
    told = xy if cell is None else (np.floor(xy / cell) + 0.5) * cell
    width = None if cell is None else np.full((6, 2), cell)
    detectors = Detectors(tuple("abcdef"), told, np.ones((6, 30)), "proximity", cell=width)
    one = [np.array([value], np.int64) for value in (0, 3, 2, 1)]
    return xy, Session("one", detectors, ("T",), Captures(*one), mask)


@pytest.mark.parametrize("spacing", [500.0, 2000.0, 8000.0])
def test_the_attack_a_vector_gives_away_the_exact_place_of_the_station_on_any_mask(spacing):
    """docs/methods/federated.md says: an animal's vector holds the place of the one station that saw it, to 1 cm."""
    xy, session = lone_station(spacing)
    found = _attacked(session, spacing)
    assert np.hypot(*(found - xy[2])) < 0.01


def test_the_attack_finds_no_more_than_the_cell_of_places_that_were_generalised_first():
    xy, session = lone_station(1000.0, cell=4000.0)
    found = _attacked(session, 1000.0)
    # Something in the middle of the cell comes out, and the same wherever in the cell the station stands.
    assert np.abs(found - session.detectors.xy[2]).max() < 500
    assert np.hypot(*(found - xy[2])) > 400


def _attacked(session, spacing):
    """Where the coordinator thinks that the station stands, from one answer at parameters of its own choice."""
    agreed = Agreement(model("HN: D ~ 1, g0 ~ 1, sigma ~ 1"), session.mask, (Closed("one", 30),))
    told = Party([session], agreed).answer(np.array([0.0, -3.0, np.log(2000.0)]))[0]
    # What the capture added at each cell, log(exp(h) - 1): far away h = g0 exp(-d2 / 2 sigma2), so d2 is linear in it.
    added = told.rows[0, 0] + told.exposure[0, 0]
    far = added < np.log(1e-4)
    cells = session.mask.xy[far]
    system = np.column_stack([-2 * cells, np.ones(len(cells))])
    squared = -2 * 2000.0**2 * added[far] - (cells**2).sum(axis=1)
    return np.linalg.lstsq(system, squared, rcond=None)[0][:2]
