"""What would each country have counted alone?  National fits beside the joint one, and their double count."""

from dataclasses import replace

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

from tumen.population.scr.abundance import Abundance, Estimate, total
from tumen.population.scr.fit import Fit, fit
from tumen.population.scr.model import Model
from tumen.population.scr.survey import Captures, Covariate, Detectors, Floats, Mask, Session

DOUBLE_COUNT: dict[str, pl.DataType | type[pl.DataType]] = {
    "session": pl.String,
    "countryCode": pl.String,
    "kind": pl.String,
    "animals": pl.Int64,
    "estimate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "status": pl.String,
}
"""`kind` national: a country's own cameras and catalogue, over the ground within the buffer of its own cameras on
whichever side; sum: of these; joint: the joint fit over the same ground counted once."""


def own(session: Session, country: Covariate, code: str, buffer: float) -> Session | None:
    """Return what one country would have: its detectors, the animals they saw, and the mask within `buffer` of them.

    `country`: (K,) of each detector. None where it has no detectors.
    """
    detectors = session.detectors
    mine = np.flatnonzero(country == code)
    if not len(mine):
        return None
    number = np.full(len(detectors.names), -1)
    number[mine] = np.arange(len(mine))
    kept = number[session.captures.detector] >= 0
    animals, renamed = np.unique(session.captures.animal[kept], return_inverse=True)
    near = within(session.mask, detectors.xy[mine], buffer)
    return replace(
        session,
        detectors=Detectors(
            tuple(detectors.names[k] for k in mine),
            detectors.xy[mine],
            detectors.usage[mine],
            detectors.kind,
            {name: values[mine] for name, values in detectors.covariates.items()},
        ),
        animals=tuple(session.animals[i] for i in animals),
        captures=Captures(
            renamed.ravel().astype(np.int64),
            session.captures.occasion[kept],
            number[session.captures.detector[kept]].astype(np.int64),
            session.captures.count[kept],
        ),
        mask=cells(session.mask, near),
        covariates={name: values[animals] for name, values in session.covariates.items()},
        distance=None if session.distance is None else session.distance[np.ix_(mine, np.flatnonzero(near))],
        last=None if session.last is None else session.last[animals],
    )


def within(mask: Mask, xy: Floats, buffer: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which cells (M,) have their middle within `buffer` metres of a detector."""
    return np.asarray(cKDTree(xy).query(mask.xy)[0] <= buffer * (1 + 1e-9))


def cells(mask: Mask, kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Mask:
    """Return the kept cells of a mask."""
    chosen = {name: values[kept] for name, values in mask.covariates.items()}
    return Mask(mask.xy[kept], mask.area[kept], mask.spacing, chosen)


def double_count(joint: Fit, country: Covariate, buffer: float, session: int = 0) -> pl.DataFrame:
    """Return national estimates, their sum, and the joint estimate over the same ground (`DOUBLE_COUNT`).

    `country`: (K,) country of each detector, None where it is not known. The same model is fitted to each country's
    own session; where it cannot be, the row says so and there is no sum. The joint estimate is realised N over the
    union of the national masks, each cell once.
    """
    whole = joint.sessions[session]
    codes = sorted({str(code) for code in country if code is not None})
    found: dict[str, Estimate] = {}
    rows: list[tuple[object, ...]] = []
    ground = np.zeros(len(whole.mask), dtype=bool)
    for code in codes:
        alone = own(whole, country, code, buffer)
        if alone is None:
            continue
        ground |= within(whole.mask, alone.detectors.xy, buffer)
        estimate, status = _national(alone, joint.model)
        if estimate is not None:
            found[code] = estimate
        rows.append(_row(whole.name, code, "national", len(alone.animals), estimate, status))
    added = total(found) if found and len(found) == len(rows) else None
    counted = sum(int(str(row[3])) for row in rows)
    rows.append(_row(whole.name, None, "sum", counted, added, "converged" if added else "scr-national-missing"))
    one = Abundance(joint, session).realised(ground.astype(float))
    rows.append(_row(whole.name, None, "joint", len(whole.animals), one, joint.status))
    return pl.DataFrame(rows, schema=DOUBLE_COUNT, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))


def _national(alone: Session, model: Model) -> tuple[Estimate | None, str]:
    """Return a country's realised N by its own data, or why there is none."""
    if len(alone.animals) < 2 or len(alone.captures) <= len(alone.animals):
        return None, "scr-no-recaptures"
    hybrid = model.hybrid
    if hybrid is not None and len({v for v in alone.covariates.get(hybrid, ()) if v is not None}) < 2:
        return None, "scr-one-class"
    fitted = fit([alone], model)
    if fitted.covariance is None or fitted.status != "converged":
        return None, fitted.status
    return Abundance(fitted).realised(), fitted.status


def _row(
    session: str, code: str | None, kind: str, animals: int, estimate: Estimate | None, status: str
) -> tuple[object, ...]:
    if estimate is None:
        return session, code, kind, animals, None, None, None, status
    return session, code, kind, animals, estimate.value, estimate.low, estimate.high, status
