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

HN, HHN, EX, HEX, HR, HHR, UN = 0, 1, 2, 3, 4, 5, 6
CODES = {"HN": HN, "HHN": HHN, "EX": EX, "HEX": HEX, "HR": HR, "HHR": HHR, "UN": UN}

HAZARD_FORMS = (HHN, HEX, HHR)

LOG_EXPM1, LOG, LOG_EXPM1_RATIO = 0, 1, 2
"""Kinds of terms of v: log(exp(u v) - 1), log(v), log((exp(v) - 1) / v)."""

FLOOR = 1e-300
"""Hazards below this (40 sigma away) are taken as this: their logarithm stays a number."""
NEAR_ONE = 1.0 - 1e-15


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _shape(code, d, sigma, z):  # type: ignore[no-untyped-def]
    """Return f(d), the detection function at distance d as a share of its value at 0."""
    if code <= HHN:
        return math.exp(-0.5 * d * d / (sigma * sigma))
    if code <= HEX:
        return math.exp(-d / sigma)
    if code <= HHR:
        return -math.expm1(-((d / sigma) ** (-z))) if d > 0.0 else 1.0
    return 1.0 if d <= sigma else 0.0


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def hazards(code, distance, row_detector, row_state, theta, out):  # type: ignore[no-untyped-def]
    """Fill (R, M) hazards. `theta`: (C, 3) g0 or lambda0, sigma, z of each state."""
    cells = distance.shape[1]
    hazard_form = code in HAZARD_FORMS
    for r in range(len(row_detector)):
        k, c = row_detector[r], row_state[r]
        a, sigma, z = theta[c, 0], theta[c, 1], theta[c, 2]
        if code <= HHN:
            scale = -0.5 / (sigma * sigma)
            for x in range(cells):
                d = distance[k, x]
                value = a * math.exp(scale * d * d)
                if not hazard_form:
                    value = -math.log1p(-min(value, NEAR_ONE))
                out[r, x] = max(value, FLOOR)
        else:
            for x in range(cells):
                value = a * _shape(code, distance[k, x], sigma, z)
                if not hazard_form:
                    value = -math.log1p(-min(value, NEAR_ONE))
                out[r, x] = max(value, FLOOR)


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _slopes(code, d, f, sigma, z):  # type: ignore[no-untyped-def]
    """Return the derivatives of f(d) by sigma, z and d."""
    if code <= HHN:
        by_distance = -f * d / (sigma * sigma)
        return -by_distance * d / sigma, 0.0, by_distance
    if code <= HEX:
        return f * d / (sigma * sigma), 0.0, -f / sigma
    if code <= HHR and d > 0.0:
        ratio = d / sigma
        q = ratio ** (-z)
        tail = math.exp(-q) * q
        return tail * z / sigma, -tail * math.log(ratio), -tail * z / d
    return 0.0, 0.0, 0.0


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def hazards_back(code, distance, rows, theta, h, gradients):  # type: ignore[no-untyped-def]
    """Add what the gradient by the hazards means for parameters and distances.

    `rows`: detector and state of each row. `gradients`: (R, M) by the hazards; (C, 3) by the parameters, added to;
    (K, M) by the distances, added to unless it is empty.
    """
    row_detector, row_state = rows
    g_h, g_theta, g_distance = gradients
    hazard_form = code in HAZARD_FORMS
    with_distance = g_distance.shape[0] > 0
    for r in range(len(row_detector)):
        k, c = row_detector[r], row_state[r]
        a, sigma, z = theta[c, 0], theta[c, 1], theta[c, 2]
        g_a, g_sigma, g_z = 0.0, 0.0, 0.0
        for x in range(distance.shape[1]):
            slope = g_h[r, x]
            if slope == 0.0:
                continue
            if hazard_form:
                f = h[r, x] / a
            else:
                f = -math.expm1(-h[r, x]) / a
                slope /= 1.0 - min(a * f, NEAR_ONE)
            by_sigma, by_z, by_distance = _slopes(code, distance[k, x], f, sigma, z)
            g_a += slope * f
            g_sigma += slope * by_sigma
            g_z += slope * by_z
            if with_distance:
                g_distance[k, x] += slope * a * by_distance
        g_theta[c, 0] += g_a
        g_theta[c, 1] += g_sigma * a
        g_theta[c, 2] += g_z * a


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


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def terms(source, kind, effort, h, profiles, out):  # type: ignore[no-untyped-def]
    """Fill (T, M) terms from their source rows (hazards, then profiles)."""
    split, cells = h.shape[0], h.shape[1]
    for t in range(len(source)):
        row = h[source[t]] if source[t] < split else profiles[source[t] - split]
        u = effort[t]
        if kind[t] == LOG:
            for x in range(cells):
                out[t, x] = math.log(row[x])
        elif kind[t] == LOG_EXPM1:
            for x in range(cells):
                v = u * row[x]
                out[t, x] = v + math.log1p(-math.exp(-v)) if v > 1.0 else math.log(math.expm1(v))
        else:
            for x in range(cells):
                v = row[x]
                if v > 1.0:
                    out[t, x] = v + math.log1p(-math.exp(-v)) - math.log(v)
                else:
                    out[t, x] = math.log(math.expm1(v) / v) if v > 1e-12 else 0.5 * v


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
                target[x] += g * u / -math.expm1(-u * v)
            elif v > 1e-6:
                target[x] += g * (1.0 / -math.expm1(-v) - 1.0 / v)
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
            value = weight[x] * math.exp(gap) if gap > -700.0 else 0.0
            log_rows[i, x] = value
            total += value
        out[i] = top + math.log(total)
        for x in range(cells):
            log_rows[i, x] /= total
