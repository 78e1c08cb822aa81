"""The likelihood again, slowly: loops over animals, cells, occasions and detectors, written from the mathematics."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from tumen.population.scr.model import Model
from tumen.population.scr.survey import Session

Facts = Mapping[str, float]


def linear(parameter: str, beta: Mapping[str, float], facts: Facts) -> float:
    """Sum of the parameters called `g0`, `g0.b`, `g0.sexM:b`, each by the product of what it multiplies."""
    total = 0.0
    for name, value in beta.items():
        whose, _, column = name.partition(".")
        if whose == parameter:
            total += value * math.prod(facts.get(part, 0.0) for part in column.split(":") if part)
    return total


def logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def shape(form: str, d: float, sigma: float, z: float) -> float:
    if form in ("HN", "HHN"):
        return math.exp(-(d**2) / (2 * sigma**2))
    if form in ("EX", "HEX"):
        return math.exp(-d / sigma)
    if form in ("HR", "HHR"):
        return 1 - math.exp(-((d / sigma) ** -z))
    return 1.0 if d <= sigma else 0.0


def facts_of(name: str, value: object) -> dict[str, float]:
    if isinstance(value, str):
        return {f"{name}{value}": 1.0}
    return {} if value is None else {name: float(value)}  # type: ignore[arg-type]


class Twin:
    """One session under a model and parameters by name."""

    def __init__(self, session: Session, model: Model, beta: Mapping[str, float]) -> None:
        self.s, self.model, self.beta = session, model, beta
        self.K, self.S = session.detectors.usage.shape
        self.M = len(session.mask)
        self.around = facts_of("session", session.name)
        for name, value in session.values.items():
            self.around |= facts_of(name, value)
        self.distance = session.distance
        if self.distance is None:
            self.distance = np.array(
                [[math.dist(session.detectors.xy[k], session.mask.xy[x]) for x in range(self.M)] for k in range(self.K)]
            )
        self.y = {
            (int(i), int(o), int(k)): int(c)
            for i, o, k, c in zip(
                session.captures.animal,
                session.captures.occasion,
                session.captures.detector,
                session.captures.count,
                strict=True,
            )
        }

    def classes(self) -> list[tuple[dict[str, float], float, object]]:
        """Facts, share and value of each class."""
        if not self.model.mixed:
            return [({}, 1.0, None)]
        second = logistic(linear("pmix", self.beta, self.around))
        if self.model.hybrid:
            low, high = ("F", "M")
            name = self.model.hybrid
            return [({}, 1 - second, low), ({f"{name}{high}": 1.0}, second, high)]
        return [({}, 1 - second, None), ({"h2": 1.0}, second, None)]

    def covariates(self, animal: int) -> dict[str, float]:
        found: dict[str, float] = {}
        for name, column in self.s.covariates.items():
            if name != self.model.hybrid:
                found |= facts_of(name, column[animal])
        return found

    def hazard(self, k: int, s: int, x: int, facts: Facts) -> float:
        """Of one unit of effort."""
        here = dict(self.around) | dict(facts) | {f"t{s + 1}": 1.0, "T": float(s)}
        for name, column in self.s.detectors.covariates.items():
            here |= facts_of(name, column[k, s] if column.ndim == 2 else column[k])
        sigma = math.exp(linear("sigma", self.beta, here))
        z = math.exp(linear("z", self.beta, here))
        f = shape(self.model.detection, float(self.distance[k, x]), sigma, z)
        if self.model.detection.startswith("H") and self.model.detection not in ("HN", "HR"):
            return math.exp(linear("lambda0", self.beta, here)) * f
        return -math.log1p(-logistic(linear("g0", self.beta, here)) * f)

    def history(self, i: int | None, x: int, facts: Facts) -> float:
        """Probability of what was seen of an animal with its centre at cell x (None: of not being seen)."""
        caught: set[int] = set()
        probability = 1.0
        last = self.S - 1 if i is None or self.s.last is None else int(self.s.last[i])
        for s in range(last + 1):
            h = []
            for k in range(self.K):
                past = {"b": 1.0 if caught else 0.0, "bk": 1.0 if k in caught else 0.0}
                usage = float(self.s.detectors.usage[k, s])
                h.append(usage * self.hazard(k, s, x, dict(facts) | past) if usage else 0.0)
            seen = [] if i is None else [k for k in range(self.K) if (i, s, k) in self.y]
            probability *= self.occasion(i, s, h, seen)
            caught |= set(seen)
        return probability

    def occasion(self, i: int | None, s: int, h: list[float], seen: list[int]) -> float:
        kind = self.s.detectors.kind
        if kind == "multi":
            total = math.fsum(h)
            if not seen:
                return math.exp(-total)
            [k] = seen
            return -math.expm1(-total) * h[k] / total
        found = 1.0
        for k in range(self.K):
            usage = float(self.s.detectors.usage[k, s])
            if not usage:
                continue
            y = self.y[i, s, k] if k in seen and i is not None else 0
            if kind == "proximity":
                found *= -math.expm1(-h[k]) if y else math.exp(-h[k])
            elif kind == "count":
                found *= h[k] ** y * math.exp(-h[k]) / math.factorial(y)
            else:
                p = -math.expm1(-h[k] / usage)
                found *= math.comb(int(usage), y) * p**y * (1 - p) ** (int(usage) - y)
        return found

    def weights(self) -> list[float]:
        area = self.s.mask.area
        if self.model.likelihood == "conditional":
            return [float(a) for a in area]
        found = []
        for x in range(self.M):
            facts = dict(self.around)
            for name, column in self.s.mask.covariates.items():
                facts |= facts_of(name, column[x])
            found.append(float(area[x]) * math.exp(linear("D", self.beta, facts)))
        return found

    def seen(self, facts: Facts) -> float:
        """Integral over the mask of the probability of being seen."""
        weights = self.weights()
        return math.fsum(
            share * weights[x] * (1 - self.history(None, x, dict(facts) | group))
            for group, share, _ in self.classes()
            for x in range(self.M)
        )

    def log_likelihood(self) -> float:
        n, weights, total = len(self.s.animals), self.weights(), 0.0
        for i in range(n):
            own = self.covariates(i)
            parts = []
            for group, share, value in self.classes():
                if self.model.hybrid and self.s.covariates[self.model.hybrid][i] not in (None, value):
                    continue
                parts += [share * weights[x] * self.history(i, x, own | group) for x in range(self.M)]
            total += math.log(math.fsum(parts))
            if self.model.likelihood == "conditional":
                total -= math.log(self.seen(own))
        if self.model.likelihood == "conditional":
            return total + math.lgamma(n + 1)
        if self.model.number == "poisson":
            return total - self.seen({})
        whole = math.fsum(weights)
        falling = math.lgamma(whole + 1) - math.lgamma(whole - n + 1)
        return total - n * math.log(whole) + falling + (whole - n) * math.log(1 - self.seen({}) / whole)

    def telemetry(self) -> float:
        """Fixes about unknown centres: a density of the offsets from the first fix, by the normal's covariance."""
        fixes = self.s.fixes
        if fixes is None:
            return 0.0
        variance = math.exp(2 * linear("sigma", self.beta, self.around | {}))
        total = 0.0
        for animal in sorted(set(fixes.animal.tolist())):
            own = fixes.xy[fixes.animal == animal]
            if len(own) < 2:
                continue
            gaps = own[1:] - own[0]
            covariance = variance * (np.eye(len(gaps)) + 1.0)
            _, logdet = np.linalg.slogdet(covariance)
            for axis in (0, 1):
                square = float(gaps[:, axis] @ np.linalg.solve(covariance, gaps[:, axis]))
                total -= 0.5 * (len(gaps) * math.log(2 * math.pi) + logdet + square)
        return total


def twin(sessions: Sequence[Session], model: Model, names: Sequence[str], beta: np.ndarray) -> float:
    by_name = dict(zip(names, map(float, beta), strict=True))
    each = [Twin(session, model, by_name) for session in sessions]
    return math.fsum(one.log_likelihood() + one.telemetry() for one in each)
