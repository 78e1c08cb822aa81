from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from tests.population.scr.scr_worlds import ASSUMED, SEXES, small

from tumen.errors import MisuseError
from tumen.population.scr.design import design
from tumen.population.scr.expected import CHUNK, Expected, expected
from tumen.population.scr.likelihood import natural
from tumen.population.scr.model import Model
from tumen.population.scr.simulate import link_values
from tumen.population.scr.survey import Detectors, Kind, Session


def tiny(kind: Kind) -> Session:
    """Two detectors, three occasions of unlike effort: every history can be gone through."""
    session = small(kind)
    usage = np.array([[1.0, 0.0, 2.0], [1.0, 1.0, 1.0]])
    return replace(session, detectors=Detectors(("a", "b"), session.detectors.xy[:2], usage, kind))


def every_history(session: Session, g0: float, sigma: float, x: int) -> tuple[float, float, float]:
    """Animals seen, detections, and animals seen at both detectors, summed over all histories of an animal at x."""
    far = np.hypot(*(session.detectors.xy - session.mask.xy[x]).T)
    hazard = -np.log1p(-g0 * np.exp(-0.5 * (far / sigma) ** 2))[:, None] * session.detectors.usage
    total = np.zeros(3)
    if session.detectors.kind == "multi":
        for history in product((None, 0, 1), repeat=3):
            chance = 1.0
            for s, k in enumerate(history):
                whole = hazard[:, s].sum()
                chance *= np.exp(-whole) if k is None else -np.expm1(-whole) * hazard[k, s] / whole
            seen = [k for k in history if k is not None]
            total += chance * np.array([len(seen) > 0, len(seen), len(set(seen)) > 1])
    else:
        for flat in product((0, 1), repeat=6):
            one = np.array(flat).reshape(2, 3)
            chance = np.where(one, -np.expm1(-hazard), np.exp(-hazard)).prod()
            total += chance * np.array([one.any(), one.sum(), one.any(axis=1).all()])
    return tuple(total.tolist())


@pytest.mark.parametrize("kind", ["multi", "proximity"])
def test_agrees_with_going_through_every_history(kind: Kind) -> None:
    session = tiny(kind)
    whole = design([session], Model())
    found = expected(whole, link_values(whole, ASSUMED))
    sums = np.array([every_history(session, 0.15, 800.0, x) for x in range(len(session.mask))])
    seen, detections, moved = session.mask.area @ sums
    assert found.animals == pytest.approx(seen, rel=1e-10)
    assert found.detections == pytest.approx(detections, rel=1e-10)
    assert found.recaptures == pytest.approx(detections - seen, rel=1e-10)
    assert found.moved == pytest.approx(moved, rel=1e-10)


def test_counts_have_the_formulas_of_efford_and_boulanger() -> None:
    """E(n), E(r) and E(m) of Poisson counts, written out."""
    session = small("count")
    whole = design([session], Model(detection="HHN"))
    found = expected(whole, link_values(whole, {"D": 1.0, "lambda0": 0.2, "sigma": 800.0}))
    far = np.hypot(*(session.detectors.xy[:, None] - session.mask.xy[None]).transpose(2, 0, 1))
    rate = 5 * 0.2 * np.exp(-0.5 * (far / 800.0) ** 2)
    whole_rate, seen = rate.sum(axis=0), -np.expm1(-rate.sum(axis=0))
    recaptures = whole_rate - seen
    area = session.mask.area
    assert found.animals == pytest.approx(area @ seen)
    assert found.recaptures == pytest.approx(area @ recaptures)
    assert found.movements == pytest.approx(area @ (recaptures * (1 - ((rate / whole_rate) ** 2).sum(axis=0))))


def test_classes_are_weighted_by_their_share() -> None:
    model = Model(detect="sex", hybrid="sex")
    whole = design([small(animals=SEXES)], model)
    mixed = expected(whole, link_values(whole, {**ASSUMED, "g0.sexM": 1.0, "pmix": 0.25}))
    alone = design([small()], Model())
    first = expected(alone, link_values(alone, ASSUMED))
    logit = np.log(0.15 / 0.85) + 1
    second = expected(alone, link_values(alone, {**ASSUMED, "g0": 1 / (1 + np.exp(-logit))}))
    assert mixed.detections == pytest.approx(0.75 * first.detections + 0.25 * second.detections)


def test_parts_of_a_large_mask_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = design([small()], Model(density="slope"))
    beta = link_values(whole, {**ASSUMED, "D.slope": 0.5})
    at_once = expected(whole, beta)
    monkeypatch.setattr("tumen.population.scr.expected.CHUNK", 160)
    assert expected(whole, beta).movements == pytest.approx(at_once.movements)
    assert CHUNK > 160


def test_the_expected_rse_is_by_the_smaller_of_animals_and_recaptures() -> None:
    assert Expected(25.0, 125.0, 100.0, 20.0, 80.0).rse == pytest.approx(0.2)
    assert Expected(100.0, 116.0, 16.0, 9.0, 9.0).rse == pytest.approx(0.25)
    assert Expected(3.0, 3.0, 0.0, 0.0, 0.0).rse == float("inf")


def test_learning_and_conditional_likelihoods_are_refused() -> None:
    for model, values in ((Model(detect="b"), ASSUMED), (Model(likelihood="conditional"), {"g0": 0.1, "sigma": 800.0})):
        whole = design([small()], model)
        assert natural(whole, link_values(whole, values)).theta.shape[1] == 3
        with pytest.raises(MisuseError, match="a full likelihood without learned responses"):
            expected(whole, link_values(whole, values))
