"""The likelihood of an open population, said the obvious way: every entry, every death, every path, every detector."""

from dataclasses import dataclass
from itertools import product
from math import comb, exp, factorial, hypot, log, pi, prod, sqrt

import numpy as np


@dataclass(frozen=True)
class Natural:
    """Rates on the natural scale, by class: phi[c][t] per interval, base[t][c], sigma[t][c], entries[t] animals."""

    form: str
    phi: list
    base: list
    sigma: list
    entries: list
    share: list
    move: list
    surface: list


def hazard(form, base, sigma, d):
    k = exp(-d / sigma) if form in ("EX", "HEX") else exp(-d * d / (2 * sigma * sigma))
    return base * k if form in ("HHN", "HEX") else -log(1 - base * k)


def seen_so(session, animal, x, form, base, sigma):
    """Probability of everything that a session says of one animal with its centre in cell x; None: it was not seen."""
    detectors, total = session.detectors, 1.0
    counts = {}
    for a, s, k, y in zip(
        *(getattr(session.captures, n).tolist() for n in ("animal", "occasion", "detector", "count")), strict=False
    ):
        if animal is not None and session.animals[a] == animal:
            counts[s, k] = y
    for s in range(detectors.occasions):
        hazards = []
        for k, (kx, ky) in enumerate(detectors.xy):
            d = hypot(kx - session.mask.xy[x][0], ky - session.mask.xy[x][1])
            if session.distance is not None:
                d = session.distance[k, x]
            hazards.append(hazard(form, base, sigma, d))
        used = [detectors.usage[k, s] * h for k, h in enumerate(hazards)]
        if detectors.kind == "multi":
            where = [k for k in range(len(used)) if (s, k) in counts]
            whole = sum(used)
            total *= (1 - exp(-whole)) * used[where[0]] / whole if where else exp(-whole)
            continue
        for k, u in enumerate(used):
            y = counts.get((s, k), 0)
            if detectors.kind == "proximity":
                total *= (1 - exp(-u)) if y else exp(-u)
            elif detectors.kind == "count":
                total *= u**y * exp(-u) / factorial(y)
            else:
                chances, p = int(detectors.usage[k, s]), 1 - exp(-hazards[k])
                total *= comb(chances, y) * p**y * (1 - p) ** (chances - y)
    return total


def kernel(mask, sigma):
    """Probability to step from cell to cell; a matrix whose rows sum to 1."""
    size = len(mask)
    if sigma == 0:
        return np.eye(size)
    steps = np.zeros((size, size))
    for x, y in product(range(size), repeat=2):
        d = hypot(*(mask.xy[x] - mask.xy[y]))
        steps[x, y] = exp(-d * d / (2 * sigma * sigma)) / (2 * pi * sigma * sigma) * mask.area[y]
    return steps / steps.sum(axis=1, keepdims=True)


def lives(sessions, rates, c):
    """Every life: (expected number of animals that live it, {session: cell})."""
    size, years = len(sessions[0].mask), len(sessions)
    steps = [kernel(sessions[0].mask, sigma) for sigma in rates.move]
    for first in range(years):
        for last in range(first, years):
            for path in product(range(size), repeat=last - first + 1):
                chance = rates.entries[first] * rates.share[c] * rates.surface[path[0]]
                for t in range(first, last):
                    chance *= rates.phi[c][t] * steps[t][path[t - first], path[t - first + 1]]
                if last < years - 1:
                    chance *= 1 - rates.phi[c][last]
                yield chance, dict(zip(range(first, last + 1), path, strict=False))


def full(sessions, rates, sexes):
    """Log-likelihood of all animals, and who lived when: (name, session) -> probability; None: number unseen.

    `sexes`: name -> class or None.
    """
    names = sorted(set.union(*(seen(s) for s in sessions)))
    table = {
        (t, who, x, c): seen_so(s, who, x, rates.form, rates.base[t][c], rates.sigma[t][c])
        for t, s in enumerate(sessions)
        for who in [*names, None]
        for x in range(len(s.mask))
        for c in range(len(rates.share))
    }
    expected, parts = 0.0, dict.fromkeys(names, 0.0)
    alive = {(who, t): 0.0 for who in [*names, None] for t in range(len(sessions))}
    for c in range(len(rates.share)):
        for number, life in lives(sessions, rates, c):
            missed = number * prod(table[t, None, x, c] for t, x in life.items())
            expected += number - missed
            for who in [None, *possible(sessions, life, names, sexes, c)]:
                chance = missed if who is None else number * prod(table[t, who, x, c] for t, x in life.items())
                if who is not None:
                    parts[who] += chance
                for t in life:
                    alive[who, t] += chance
    value = -expected + sum(log(part) for part in parts.values()) - log(factorial(len(names)))
    return value, {key: chance / parts.get(key[0], 1.0) for key, chance in alive.items()}


def possible(sessions, life, names, sexes, c):
    """Who may have lived so: alive whenever it was seen, and not of the other sex."""
    away = set().union(*(seen(s) for t, s in enumerate(sessions) if t not in life))
    return [who for who in names if who not in away and sexes.get(who) in (None, c)]


def captured(sessions, rates, sexes):
    """Log-likelihood given what was seen of each animal in its first session."""
    value = 0.0
    for who in sorted({s.animals[a] for s in sessions for a in s.captures.animal.tolist()}):
        first = min(t for t, s in enumerate(sessions) if who in seen(s))
        above, below = 0.0, 0.0
        only = Natural(**{**rates.__dict__, "entries": [float(t == first) for t in range(len(sessions))]})
        for c in range(len(rates.share)):
            for number, life in lives(sessions, only, c):
                if number == 0:
                    continue
                chance = number
                for t, x in life.items():
                    p = seen_so(sessions[t], who, x, rates.form, rates.base[t][c], rates.sigma[t][c])
                    chance *= p
                    if t == first:
                        below += number * p
                if sexes.get(who) in (None, c) and all(t in life for t, s in enumerate(sessions) if who in seen(s)):
                    above += chance
        value += log(above / below)
    return value


def seen(session):
    return {session.animals[a] for a in session.captures.animal.tolist()}


def closed(session, rates):
    """The full likelihood of one closed session, after Borchers and Efford (2008), cell by cell."""
    density = [rates.entries[0] * s for s in rates.surface]
    expected, value = 0.0, 0.0
    base, sigma = rates.base[0][0], rates.sigma[0][0]
    for x, here in enumerate(density):
        expected += here * (1 - seen_so(session, None, x, rates.form, base, sigma))
    names = sorted(seen(session))
    for who in names:
        value += log(sum(here * seen_so(session, who, x, rates.form, base, sigma) for x, here in enumerate(density)))
    return value - expected - log(factorial(len(names)))


def natural(design, beta):
    """Rates at link-scale parameters, by the words of the model: written anew, session by session."""
    b = dict(zip(design.names, beta.tolist(), strict=False))
    model, data = design.model, design.data
    years, gaps = len(data.sessions), data.intervals.tolist()
    classes = range(2 if "pmix" in b else 1)

    def eta(name, t, c):
        total = b[name] + b.get(f"{name}.session{data.sessions[t]}", 0.0)
        return total + (b.get(f"{name}.sexM", 0.0) if c else 0.0)

    def logistic(z):
        return 1 / (1 + exp(-z))

    yearly = [[logistic(eta("phi", t, c)) for t in range(years - 1)] for c in classes]
    phi = [[yearly[c][t] ** gaps[t] for t in range(years - 1)] for c in classes]
    share = [1 - logistic(b["pmix"]), logistic(b["pmix"])] if "pmix" in b else [1.0]
    area = data.mask.area.sum()
    if model.entry == "recruitment":
        entries = [exp(b["D"]) * area]
        alive = [share[c] * entries[0] for c in classes]
        for t in range(years - 1):
            f = exp(eta("f", t, 0))
            entries.append(sum(alive[c] * ((yearly[c][t] + f) ** gaps[t] - phi[c][t]) for c in classes))
            alive = [alive[c] * phi[c][t] + share[c] * entries[-1] for c in classes]
    elif model.entry == "superpopulation":
        weights = [1.0] + [gaps[t] * exp(eta("b", t, 0)) for t in range(years - 1)]
        entries = [exp(b["D"]) * area * w / sum(weights) for w in weights]
    else:
        entries = []
    hazards = model.detection in ("HHN", "HEX")
    name = "lambda0" if hazards else "g0"
    base = [[(exp if hazards else logistic)(eta(name, t, c)) for c in classes] for t in range(years)]
    sigma = [[exp(eta("sigma", t, c)) for c in classes] for t in range(years)]
    move = [exp(b["move"]) * sqrt(g) if "move" in b else 0.0 for g in gaps]
    values = np.ones(len(data.mask)) if model.surface is None else data.mask.covariates[model.surface]
    surface = (data.mask.area * values / (data.mask.area * values).sum()).tolist()
    return Natural(model.detection, phi, base, sigma, entries, share, move, surface)
