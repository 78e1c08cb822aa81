"""Where a fit begins: sigma from how far animals were seen apart, detection and density from how often."""

import numpy as np
from scipy.optimize import brentq
from scipy.special import logit

from tumen.population.scr.design import Design, Part
from tumen.population.scr.kernel import CODES, hazards
from tumen.population.scr.survey import Floats, Session

WIDER = {"EX": 0.55, "HEX": 0.55, "HR": 1.4, "HHR": 1.4, "UN": 2.5}
"""Scale of each form against the half-normal's sigma, so that animals range about as far."""
SHAPE_Z = 4.0
RADII = (1.0001, 1.05, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0, 2.5)
"""Radii of UN that are tried, against the least that is possible."""


def spread_of(session: Session) -> float | None:
    """Return the pooled root mean squared distance of captures from their animal's mean, per axis.

    None if nobody was seen at two detectors.
    """
    captures = session.captures
    if not len(captures):
        return None
    weight = captures.count.astype(float)
    xy = session.detectors.xy[captures.detector]
    count = np.bincount(captures.animal, weights=weight, minlength=len(session.animals))
    centre = (
        np.stack(
            [np.bincount(captures.animal, weights=weight * xy[:, axis], minlength=len(count)) for axis in (0, 1)],
            axis=1,
        )
        / np.maximum(count, 1)[:, None]
    )
    squares = float((weight * ((xy - centre[captures.animal]) ** 2).sum(axis=1)).sum())
    degrees = 2 * float(np.maximum(count - 1, 0).sum())
    return float(np.sqrt(squares / degrees)) if squares > 0 else None


def start_values(whole: Design) -> list[Floats]:
    """Return points to begin from: one, or several where a mixture may have more than one maximum."""
    model = whole.model
    spreads = [spread for part in whole.parts if (spread := spread_of(part.session)) is not None]
    sigma = float(np.median(spreads)) if spreads else _neighbours(whole.parts[0].session)
    sigma = max(sigma, 0.3 * min(_neighbours(part.session) for part in whole.parts))
    sigma *= WIDER.get(model.detection, 1.0)
    rate = float(np.mean([_rate(part, model.detection, sigma) for part in whole.parts if len(part.session.animals)]))
    beta = np.zeros(len(whole.names))
    first = whole.blocks[model.first].start
    beta[first] = logit(min(max(-np.expm1(-rate), 1e-6), 0.9)) if model.first == "g0" else np.log(rate)
    beta[whole.blocks["sigma"].start] = np.log(sigma)
    if "z" in whole.blocks:
        beta[whole.blocks["z"].start] = np.log(SHAPE_Z)
    if "D" in whole.blocks:
        beta[whole.blocks["D"].start] = np.log(_density(whole, rate, sigma))
    if model.detection == "UN":
        return _radii(whole, beta)
    if not model.mixed or model.hybrid is not None:
        return [beta]
    return [_apart(whole, beta, gap, share) for gap, share in ((1.0, 0.0), (2.5, -1.5), (2.5, 1.5))]


def _radii(whole: Design, beta: Floats) -> list[Floats]:
    """Return starts with radii that leave every animal a cell within reach of all its detectors.

    The likelihood is a step in the radius of UN, with no slope to climb: the best of these radii is kept.
    """
    least = 0.0
    for part in whole.parts:
        captures = part.session.captures
        for animal in range(len(part.session.animals)):
            met = np.unique(captures.detector[captures.animal == animal])
            least = max(least, float(part.distance[met].max(axis=0).min()))
    found = []
    for factor in RADII:
        moved = beta.copy()
        moved[whole.blocks["sigma"].start] = np.log(max(least, 1e-9) * factor)
        found.append(moved)
    return found


def _apart(whole: Design, beta: Floats, gap: float, share: float) -> Floats:
    """Return a start in which the two classes of a mixture differ."""
    moved = beta.copy()
    for name, index in zip(whole.names, range(len(beta)), strict=True):
        if name.endswith(".h2"):
            moved[index] = gap if name.startswith(whole.model.first) else -0.3 * gap
    moved[whole.blocks[whole.model.first].start] -= gap / 2
    moved[whole.blocks["pmix"].start] = share
    return moved


def _neighbours(session: Session) -> float:
    """Return the mean distance from a detector to the next, or a tenth of the mask for one alone."""
    xy = session.detectors.xy
    if len(xy) < 2:
        return float(np.ptp(session.mask.xy, axis=0).max() / 10)
    gap = np.hypot(xy[:, None, 0] - xy[None, :, 0], xy[:, None, 1] - xy[None, :, 1])
    np.fill_diagonal(gap, np.inf)
    nearest = gap.min(axis=1)
    return float(np.mean(nearest[nearest > 0])) if np.any(nearest > 0) else 1.0


def _exposure(part: Part, detection: str, sigma: float) -> Floats:
    """Return (M,) effort-weighted sums of the detection function of height 1."""
    count = len(part.session.detectors.names)
    shape = np.empty((count, len(part.session.mask)))
    theta = np.array([[1.0, sigma, SHAPE_Z]])
    form = {"HN": "HHN", "EX": "HEX", "HR": "HHR"}.get(detection, detection)
    hazards(CODES[form], part.distance, np.arange(count), np.zeros(count, np.int64), theta, shape)
    effort: Floats = part.session.detectors.usage.sum(axis=1)
    return np.asarray(effort @ np.minimum(shape, 1.0))


def _rate(part: Part, detection: str, sigma: float) -> float:
    """Return the hazard at distance 0 at which animals that are seen are seen as often as they were."""
    session = part.session
    exposure = _exposure(part, detection, sigma)
    seen = float(session.captures.count.sum()) / len(session.animals)
    area = session.mask.area

    def excess(log_rate: float) -> float:
        hazard = np.exp(log_rate) * exposure
        return float((area * hazard).sum() / max((area * -np.expm1(-hazard)).sum(), 1e-300)) - max(seen, 1.02)

    low, high = np.log(1e-7), np.log(5.0)
    if excess(low) > 0 or excess(high) < 0:
        return 0.05
    return float(np.exp(brentq(excess, low, high, xtol=1e-3)))


def _density(whole: Design, rate: float, sigma: float) -> float:
    seen = sum(len(part.session.animals) for part in whole.parts)
    area = sum(
        float((part.session.mask.area * -np.expm1(-rate * _exposure(part, whole.model.detection, sigma))).sum())
        for part in whole.parts
    )
    return max(seen, 1) / max(area, 1e-9)
