"""The slow twin: every site level a column of a dense design, every matrix inverted whole."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass
class Twin:
    """What the twin finds; totals and variances are fitted, imputed."""

    effects: Floats
    covariance: Floats
    sigma: float
    rho: float
    totals: tuple[Floats, Floats]
    variances: tuple[Floats, Floats]


def twin(counts: Floats, basis: Floats, weight: Floats, dispersed: bool, serial: bool) -> Twin:
    """Fit counts (sites, times; NaN missing) with time part basis (times, effects), or (sites, times, effects)."""
    sites, times = counts.shape
    time_part = np.broadcast_to(basis, (sites, times, basis.shape[-1])).reshape(sites * times, -1)
    whole = np.column_stack([np.repeat(np.eye(sites), times, axis=0), time_part])
    seen = np.isfinite(counts.ravel())
    f, x, w = counts.ravel()[seen], whole[seen], weight.ravel()[seen]
    site, time = (part.ravel()[seen] for part in np.indices(counts.shape))
    theta = np.concatenate([np.log(np.nanmean(counts * weight, axis=1)), np.zeros(time_part.shape[1])])
    sigma, rho = 1.0, 0.0
    same = site[:, None] == site[None, :]
    gap = np.abs(time[:, None] - time[None, :])
    for _ in range(400):
        mean = np.exp(x @ theta) / w
        correlation = np.where(same, float(rho) ** gap, 0.0) if rho else np.eye(len(f))
        spread = sigma * np.sqrt(np.outer(mean, mean)) * correlation
        inverse = np.linalg.inv(spread)
        slope = mean[:, None] * x
        covariance = np.linalg.inv(slope.T @ inverse @ slope)
        step = covariance @ slope.T @ inverse @ (f - mean)
        theta = theta + step
        mean = np.exp(x @ theta) / w
        left = (f - mean) / np.sqrt(mean)
        if dispersed or serial:
            sigma = float((left**2).sum() / (len(f) - len(theta)))
        if serial:
            near = same & (gap == 1)
            rho = float((np.outer(left, left) * near).sum() / near.sum() / sigma)
        if np.abs(step).max() < 1e-11:
            break
    fitted = np.exp(whole @ theta)
    at = np.tile(np.eye(times), sites)
    gradient = at @ (fitted[:, None] * whole)
    model = gradient @ covariance @ gradient.T
    pick = at[:, seen] * w
    gradient_missing = (at * ~seen) @ (fitted[:, None] * whole)
    how = pick + gradient_missing @ covariance @ slope.T @ inverse
    imputed = np.where(seen, (np.nan_to_num(counts) * weight).ravel(), fitted)
    return Twin(
        theta[sites:],
        covariance[sites:, sites:],
        sigma,
        rho,
        (at @ fitted, at @ imputed),
        (model, how @ spread @ how.T),
    )
