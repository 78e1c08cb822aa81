"""The compiled arithmetic of the likelihood: hazards, sums along a small graph, and the same way back.

Every quantity is a row over the cells x of the mask. Rows are filled in four layers:

    hazards   h(x): one row per detector and distinct set of parameters (a state)
    profiles  A(x): weighted sums of hazards and earlier profiles (exposure of an animal, total hazard of an occasion)
    terms     T(x): a function of one hazard or profile (what a detection adds)
    animals   log Pr(history | x): weighted sums of profiles and terms

The gradient runs the same graph backwards (reverse accumulation), so it costs about as much as the likelihood and is
exact. Nothing is allocated in the inner loops, and sums are taken in one fixed order: the same bits on every machine
width. The mathematics stands in docs/methods/scr.md.
"""

import math

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

HN, HHN, EX, HEX, HR, HHR, UN = 0, 1, 2, 3, 4, 5, 6
CODES = {"HN": HN, "HHN": HHN, "EX": EX, "HEX": HEX, "HR": HR, "HHR": HHR, "UN": UN}

HAZARD_FORMS = (HHN, HEX, HHR)

LOG_EXPM1, LOG, LOG_EXPM1_RATIO = 0, 1, 2
"""Kinds of terms of v: log(exp(u v) - 1), log(v), log((exp(v) - 1) / v)."""

FLOOR = 1e-300
"""Hazards below this (40 sigma away) are taken as this: their logarithm stays a number."""
NEAR_ONE = 1.0 - 1e-15
SMALL = 1e-4
"""Below this the first four terms of a series give all digits."""
FAINT = -100.0
"""Logarithm of a share of the largest probability (1e-44) that counts as none; most cells are far from an animal."""
LARGE = 500.0
"""Above this exp(v) - 1 comes near what a number can hold."""


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _shape(code, d, sigma, z):  # type: ignore[no-untyped-def]
    """Return f(d) of the hazard rate and uniform forms, as a share of its value at 0."""
    if code <= HHR:
        return -math.expm1(-((d / sigma) ** (-z))) if d > 0.0 else 1.0
    return 1.0 if d <= sigma else 0.0


def hazards(
    code: int, distance: Floats, row_detector: Integers, row_state: Integers, theta: Floats, out: Floats
) -> None:
    """Fill (R, M) hazards. `theta`: (C, 3) g0 or lambda0, sigma, z of each state."""
    if code > HEX:
        _hazards_of_shape(code, distance, row_detector, row_state, theta, out)
        return
    # NumPy's exp works on several numbers at once, which the loops' own does not.
    _exponents(code, distance, row_detector, row_state, theta, out)
    np.exp(out, out=out)
    _scaled(code in HAZARD_FORMS, row_state, theta, out)


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _exponents(code, distance, row_detector, row_state, theta, out):  # type: ignore[no-untyped-def]
    for r in range(len(row_detector)):
        k, sigma = row_detector[r], theta[row_state[r], 1]
        if code <= HHN:
            scale = -0.5 / (sigma * sigma)
            for x in range(distance.shape[1]):
                out[r, x] = scale * distance[k, x] * distance[k, x]
        else:
            for x in range(distance.shape[1]):
                out[r, x] = -distance[k, x] / sigma


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _scaled(hazard_form, row_state, theta, out):  # type: ignore[no-untyped-def]
    for r in range(len(row_state)):
        a = theta[row_state[r], 0]
        for x in range(out.shape[1]):
            value = a * out[r, x]
            out[r, x] = max(value if hazard_form else _hazard(value), FLOOR)


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _hazard(g):  # type: ignore[no-untyped-def]
    """Return -log(1 - g); far from a detector a short series is exact, and most cells are far."""
    if g < SMALL:
        return g * (1.0 + g * (0.5 + g * (1.0 / 3.0 + 0.25 * g)))
    return -math.log1p(-min(g, NEAR_ONE))


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _probability(h):  # type: ignore[no-untyped-def]
    """Return 1 - exp(-h)."""
    if h < SMALL:
        return h * (1.0 - h * (0.5 - h * (1.0 / 6.0 - h / 24.0)))
    return -math.expm1(-h)


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _odds(h):  # type: ignore[no-untyped-def]
    """Return exp(h) - 1."""
    if h < SMALL:
        return h * (1.0 + h * (0.5 + h * (1.0 / 6.0 + h / 24.0)))
    return math.expm1(h)


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _hazards_of_shape(code, distance, row_detector, row_state, theta, out):  # type: ignore[no-untyped-def]
    for r in range(len(row_detector)):
        k, c = row_detector[r], row_state[r]
        a, sigma, z = theta[c, 0], theta[c, 1], theta[c, 2]
        for x in range(distance.shape[1]):
            value = a * _shape(code, distance[k, x], sigma, z)
            out[r, x] = max(value if code in HAZARD_FORMS else _hazard(value), FLOOR)


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _slopes(code, d, f, sigma, z):  # type: ignore[no-untyped-def]
    """Return the derivatives of f(d) of the hazard rate form by sigma, z and d; nothing for the uniform one."""
    if code > HHR or d <= 0.0:
        return 0.0, 0.0, 0.0
    ratio = d / sigma
    q = ratio ** (-z)
    tail = math.exp(-q) * q
    return tail * z / sigma, -tail * math.log(ratio), -tail * z / d


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def hazards_back(code, distance, rows, theta, h, gradients):  # type: ignore[no-untyped-def]
    """Add what the gradient by the hazards means for parameters and distances.

    `rows`: detector and state of each row. `gradients`: (R, M) by the hazards; (C, 3) by the parameters, added to;
    (K, M) by the distances, added to unless it is empty.
    """
    row_detector, row_state = rows
    g_h, g_theta, g_distance = gradients
    for r in range(len(row_detector)):
        k, c = row_detector[r], row_state[r]
        if code <= HEX:
            _back_of_row(code, distance[k], theta[c], h[r], (g_h[r], g_theta[c], g_distance), k)
        else:
            _back_of_shape(code, distance[k], theta[c], h[r], (g_h[r], g_theta[c], g_distance), k)


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _back_of_row(code, distance, theta, h, gradients, k):  # type: ignore[no-untyped-def]
    """Half-normal and exponential forms: sums over cells, scaled at their end."""
    g_h, g_theta, g_distance = gradients
    hazard_form, normal, with_distance = code in HAZARD_FORMS, code <= HHN, g_distance.shape[0] > 0
    a, inverse = theta[0], 1.0 / theta[1]
    per_height, g_a, g_sigma = 1.0 / a, 0.0, 0.0
    for x in range(distance.shape[0]):
        slope = g_h[x]
        if slope == 0.0:
            continue
        d = distance[x] * inverse
        # By the height: h / a for a hazard, g / (1 - g) / a = (exp(h) - 1) / a for a probability.
        weight = slope * per_height * (h[x] if hazard_form else _odds(h[x]))
        g_a += weight
        if with_distance:
            g_distance[k, x] -= weight * a * inverse * (d if normal else 1.0)
        g_sigma += weight * d * (d if normal else 1.0)
    g_theta[0] += g_a
    g_theta[1] += g_sigma * a * inverse


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _back_of_shape(code, distance, theta, h, gradients, k):  # type: ignore[no-untyped-def]
    """Hazard rate and uniform forms."""
    g_h, g_theta, g_distance = gradients
    a = theta[0]
    for x in range(distance.shape[0]):
        slope = g_h[x]
        if slope == 0.0:
            continue
        f = h[x] / a if code in HAZARD_FORMS else _probability(h[x]) / a
        if code not in HAZARD_FORMS:
            slope /= 1.0 - min(a * f, NEAR_ONE)
        by_sigma, by_z, by_distance = _slopes(code, distance[x], f, theta[1], theta[2])
        g_theta[0] += slope * f
        g_theta[1] += slope * by_sigma * a
        g_theta[2] += slope * by_z * a
        if g_distance.shape[0] > 0:
            g_distance[k, x] += slope * a * by_distance


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _moments(hazard_form, heights, weight):  # type: ignore[no-untyped-def]
    """Return the weighted sums of powers 1 to 4 of heights, and the height up to which the series serves."""
    m1, m2, m3, m4, top = 0.0, 0.0, 0.0, 0.0, 0.0
    for a, w in zip(heights, weight):  # noqa: B905 (numba knows no strict)
        m1, m2, m3, m4, top = m1 + w * a, m2 + w * a * a, m3 + w * a**3, m4 + w * a**4, max(top, a)
    return (m1, 0.0, 0.0, 0.0, 0.0) if hazard_form else (m1, m2, m3, m4, top)


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def bundled(code, distance, bundles, members, theta, out):  # type: ignore[no-untyped-def]
    """Fill rows with sums of hazards that share their shape (forms HN, HHN, EX, HEX).

    `bundles`: row and detector of each, and where its members start; `members`: state and weight of each.
    """
    row, detector, pointer = bundles
    state, weight = members
    out[:] = 0.0
    for b in range(len(row)):
        own = slice(pointer[b], pointer[b + 1])
        heights, weights, target = theta[state[own], 0], weight[own], out[row[b]]
        m1, m2, m3, m4, top = _moments(code in HAZARD_FORMS, heights, weights)
        inverse = 1.0 / theta[state[pointer[b]], 1]
        for x in range(distance.shape[1]):
            d = distance[detector[b], x] * inverse
            f = math.exp(-0.5 * d * d if code <= HHN else -d)
            if top * f < SMALL:
                target[x] += f * (m1 + f * (0.5 * m2 + f * (m3 / 3.0 + f * 0.25 * m4)))
            else:
                for j in range(len(heights)):
                    target[x] += weights[j] * _hazard(heights[j] * f)


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def bundled_back(code, distance, bundles, members, theta, gradients):  # type: ignore[no-untyped-def]
    """Add what the gradient by the rows means for parameters and distances. `gradients`: as in `hazards_back`."""
    row, detector, pointer = bundles
    state, weight = members
    g_row, g_theta, g_distance = gradients
    hazard_form, normal = code in HAZARD_FORMS, code <= HHN
    for b in range(len(row)):
        own, k = slice(pointer[b], pointer[b + 1]), detector[b]
        heights, weights, states = theta[state[own], 0], weight[own], state[own]
        m1, m2, m3, m4, top = _moments(hazard_form, heights, weights)
        inverse = 1.0 / theta[states[0], 1]
        s1, s2, s3, s4, g_sigma = 0.0, 0.0, 0.0, 0.0, 0.0
        for x in range(distance.shape[1]):
            slope, d = g_row[row[b], x], distance[k, x] * inverse
            f = math.exp(-0.5 * d * d if normal else -d)
            if top * f < SMALL:
                power = slope * f
                s1 += power
                s2 += power * f
                s3 += power * f * f
                s4 += power * f * f * f
                by_shape = m1 + f * (m2 + f * (m3 + f * m4))
            else:
                by_shape = 0.0
                for j in range(len(heights)):
                    each = weights[j] / (1.0 - min(heights[j] * f, NEAR_ONE))
                    g_theta[states[j], 0] += slope * f * each
                    by_shape += heights[j] * each
            by_shape *= slope * f
            g_sigma += by_shape * (d * d if normal else d)
            if g_distance.shape[0] > 0:
                g_distance[k, x] -= by_shape * inverse * (d if normal else 1.0)
        g_theta[states[0], 1] += g_sigma * inverse
        for j in range(len(heights)):
            a = heights[j]
            series = s1 if hazard_form else s1 + a * (s2 + a * (s3 + a * s4))
            g_theta[states[j], 0] += weights[j] * series


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def sums(pointer, source, weight, first, second, out):  # type: ignore[no-untyped-def]
    """Fill each row of `out` with its weighted sum of rows of `first`, then (numbered on) of `second`.

    `second` may be `out` itself where a row uses only earlier rows.
    """
    split, cells = first.shape[0], out.shape[1]
    for p in range(out.shape[0]):
        for x in range(cells):
            out[p, x] = 0.0
        for j in range(pointer[p], pointer[p + 1]):
            s, w = source[j], weight[j]
            if s < split:
                for x in range(cells):
                    out[p, x] += w * first[s, x]
            else:
                for x in range(cells):
                    out[p, x] += w * second[s - split, x]


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def sums_back(pointer, source, weight, g_first, g_second, g_out):  # type: ignore[no-untyped-def]
    """Add to the gradients of the sources what `g_out` means for them; rows are taken from the last to the first."""
    split, cells = g_first.shape[0], g_out.shape[1]
    for p in range(g_out.shape[0] - 1, -1, -1):
        for j in range(pointer[p], pointer[p + 1]):
            s, w = source[j], weight[j]
            if s < split:
                for x in range(cells):
                    g_first[s, x] += w * g_out[p, x]
            else:
                for x in range(cells):
                    g_second[s - split, x] += w * g_out[p, x]


def terms(source: Integers, kind: Integers, effort: Floats, h: Floats, profiles: Floats, out: Floats) -> None:
    """Fill (T, M) terms from their source rows (hazards, then profiles)."""
    # Every kind is the logarithm of something; NumPy's works on several numbers at once, which the loops' own does not.
    beyond = _arguments(source, kind, effort, h, profiles, out)
    np.log(out, out=out)
    if beyond:
        _replaced(source, kind, effort, h, profiles, out)


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _arguments(source, kind, effort, h, profiles, out):  # type: ignore[no-untyped-def]
    """Fill what the terms are logarithms of, and return whether some are too large for that."""
    split, cells, beyond = h.shape[0], h.shape[1], False
    for t in range(len(source)):
        row = h[source[t]] if source[t] < split else profiles[source[t] - split]
        u = effort[t] if kind[t] == LOG_EXPM1 else 1.0
        if kind[t] == LOG:
            for x in range(cells):
                out[t, x] = row[x]
        else:
            for x in range(cells):
                v = u * row[x]
                beyond = beyond or v > LARGE
                out[t, x] = _odds(min(v, LARGE))
        if kind[t] == LOG_EXPM1_RATIO:
            for x in range(cells):
                out[t, x] = out[t, x] / row[x] if row[x] > 1e-12 else 1.0 + 0.5 * row[x]
    return beyond


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _replaced(source, kind, effort, h, profiles, out):  # type: ignore[no-untyped-def]
    """Write terms of large v anew: log(exp(v) - 1) is v there to the last digit."""
    split, cells = h.shape[0], h.shape[1]
    for t in range(len(source)):
        if kind[t] == LOG:
            continue
        row = h[source[t]] if source[t] < split else profiles[source[t] - split]
        u = effort[t] if kind[t] == LOG_EXPM1 else 1.0
        for x in range(cells):
            if u * row[x] > LARGE:
                out[t, x] = u * row[x] - (math.log(row[x]) if kind[t] == LOG_EXPM1_RATIO else 0.0)


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def terms_back(terms, h, profiles, g_h, g_profiles, g_out):  # type: ignore[no-untyped-def]
    """Add to the gradients of the source rows what `g_out` means for them. `terms`: source, kind and effort of each."""
    source, kind, effort = terms
    split, cells = h.shape[0], h.shape[1]
    for t in range(len(source)):
        s, u = source[t], effort[t]
        row = h[s] if s < split else profiles[s - split]
        target = g_h[s] if s < split else g_profiles[s - split]
        for x in range(cells):
            g = g_out[t, x]
            if g == 0.0:
                continue
            v = row[x]
            if kind[t] == LOG:
                target[x] += g / v
            elif kind[t] == LOG_EXPM1:
                target[x] += g * u / _probability(u * v)
            elif v > 1e-6:
                target[x] += g * (1.0 / _probability(v) - 1.0 / v)
            else:
                target[x] += g * (0.5 + v / 12.0)


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def integrate(log_rows, weight, out):  # type: ignore[no-untyped-def]
    """Turn (n, M) log probabilities into posterior weights in place; `out` gets log of the sum of exp(row) * weight."""
    cells = log_rows.shape[1]
    for i in range(log_rows.shape[0]):
        top = -np.inf
        for x in range(cells):
            if weight[x] > 0.0 and log_rows[i, x] > top:
                top = log_rows[i, x]
        if top == -np.inf:
            out[i] = -np.inf
            log_rows[i, :] = 0.0
            continue
        total = 0.0
        for x in range(cells):
            gap = log_rows[i, x] - top
            value = weight[x] * math.exp(gap) if gap > FAINT else 0.0
            log_rows[i, x] = value
            total += value
        out[i] = top + math.log(total)
        for x in range(cells):
            log_rows[i, x] /= total
