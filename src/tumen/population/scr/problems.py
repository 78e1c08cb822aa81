"""Is it enough?  What stands against an estimate, before anything is fitted.

An error says that there is none; a warning that one would be doubtful. Parameters may be shared by sessions, so what
cannot be estimated is judged over all of them together.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl
from scipy.spatial.distance import pdist, squareform

from tumen.population.scr.mask import check
from tumen.population.scr.summary import by_country, describe, sigma_of, times_and_places
from tumen.population.scr.survey import Covariate, Session
from tumen.tables import findings
from tumen.tables.findings import finding

FEW = 5
"""Fewer animals than this at two detectors or more are a warning."""
FAR = 50_000.0
"""Metres between two places in one occasion beyond which two names are more likely than one walk. A convention."""
ALIKE = 0.999
"""Correlation beyond which two covariates say the same."""


def problems(
    sessions: Sequence[Session],
    *,
    covariates: Iterable[str] | None = None,
    parameters: int | None = None,
    sigma: float | None = None,
    far: float = FAR,
) -> pl.DataFrame:
    """Return what stands against an estimate from these sessions, as findings.

    `covariates`: those of the model (None: all that the sessions have); `parameters`: how many the model has; `sigma`:
    a start value in metres (None: the first guess from each session, or the median of the others'). Masks are judged
    (`mask.check`), and a session without one is an error. `far`: metres, see `FAR`.
    """
    wanted = None if covariates is None else set(covariates)
    found = [*_seen(sessions), *_counts(sessions, parameters)]
    known = [own for own in map(sigma_of, sessions) if own is not None]
    guess = float(np.median(known)) if known else None
    for session in sessions:
        found += _effort(session)
        found += _places(session, far)
        found += _ranges(session, sigma_of(session) or guess if sigma is None else sigma)
    found += [*_countries(sessions), *_sexes(sessions), *_covariates(sessions, wanted)]
    return findings.gather(found)


def _seen(sessions: Sequence[Session]) -> list[pl.DataFrame]:
    """Judge whether density, detection and range can be told apart at all."""
    empty = [
        finding("session-without-detections", table="captures", value=session.name)
        for session in sessions
        if not len(session.captures)
    ]
    told = [times_and_places(session) for session in sessions if len(session.captures)]
    if not told:
        return [finding("no-detections", table="captures")]
    times, places = (np.concatenate(parts) for parts in zip(*told, strict=True))
    animals = {animal for session in sessions for animal in session.animals}
    used = {name for s in sessions for name in np.array(s.detectors.names, dtype=object)[s.captures.detector]}
    tracked = any(session.fixes is not None and len(session.fixes.xy) for session in sessions)
    found = list(empty)
    if len(animals) == 1:
        found.append(finding("one-animal", table="captures", value=min(animals)))
    if len(used) == 1 and not tracked:
        found.append(finding("all-at-one-detector", table="captures", value=str(min(used))))
    if not (times > 1).any() and not tracked:
        found.append(finding("no-recaptures", table="captures", value=str(len(animals))))
    moved = int((places > 1).sum())
    if not moved and not tracked:
        found.append(finding("no-spatial-recaptures", table="captures", value=str(len(animals))))
    elif 0 < moved < FEW:
        found.append(finding("few-spatial-recaptures", table="captures", value=str(moved)))
    return found


def _counts(sessions: Sequence[Session], parameters: int | None) -> list[pl.DataFrame]:
    animals = sum(len(session.animals) for session in sessions)
    if parameters is None or animals > parameters + 1:
        return []
    return [finding("too-few-animals", table="captures", value=str(animals), parameters=parameters)]


def _effort(session: Session) -> list[pl.DataFrame]:
    detectors, captures = session.detectors, session.captures
    found = []
    if not detectors.usage.any():
        found.append(finding("usage-zero-everywhere", table="detectors", column="usage", value=session.name))
    else:
        idle = np.flatnonzero(~detectors.usage.any(axis=1))
        frame = _rows(idle + 2, [detectors.names[k] for k in idle], session=session.name)
        found.append(
            findings.rows("detector-never-worked", frame, table="detectors", column="usage", arguments=["session"])
        )
    off = np.flatnonzero(detectors.usage[captures.detector, captures.occasion] == 0)
    names = [detectors.names[k] for k in captures.detector[off]]
    frame = _rows(off + 2, names).with_columns(pl.Series("occasion", captures.occasion[off] + 1, dtype=pl.Int64))
    found.append(
        findings.rows("capture-at-idle-detector", frame, table="captures", column="detector", arguments=["occasion"])
    )
    return found


def _rows(row: np.typing.NDArray[np.int64], value: Sequence[str], **arguments: str) -> pl.DataFrame:
    frame = pl.DataFrame({"row": row, "value": list(value)}, schema={"row": pl.Int64, "value": pl.String})
    return frame.with_columns(**{name: pl.lit(text) for name, text in arguments.items()})


def _places(session: Session, far: float) -> list[pl.DataFrame]:
    """Find detectors at one place, and animals at places far apart in one occasion."""
    detectors, captures = session.detectors, session.captures
    first: dict[tuple[float, ...], int] = {}
    found = []
    for k, place in enumerate(map(tuple, detectors.xy)):
        other = first.setdefault(place, k)
        if other != k:
            found.append(
                finding(
                    "detectors-at-one-place",
                    table="detectors",
                    row=k + 2,
                    column="name",
                    value=detectors.names[k],
                    other=detectors.names[other],
                    session=session.name,
                )
            )
    keys = np.column_stack((captures.animal, captures.occasion)).reshape(-1, 2)
    pairs, counts = np.unique(keys, axis=0, return_counts=True)
    for animal, occasion in pairs[counts > 1]:
        own = (captures.animal == animal) & (captures.occasion == occasion)
        apart = float(pdist(detectors.xy[captures.detector[own]]).max())
        if apart > far:
            found.append(
                finding(
                    "animal-far-apart",
                    table="captures",
                    row=int(np.flatnonzero(own)[0]) + 2,
                    column="animal",
                    value=session.animals[animal],
                    kilometres=round(apart / 1000),
                    occasion=int(occasion) + 1,
                    session=session.name,
                )
            )
    return found


def _ranges(session: Session, guess: float | None) -> list[pl.DataFrame]:
    """Judge how far animals range against the detectors and the mask."""
    if len(session.mask):
        found = [check(session.mask, session.detectors.xy, session.detectors.names, sigma=guess)]
    else:
        found = [finding("session-without-mask", table="mask", value=session.name)]
    extent = describe(session)["extent"].item()
    if guess is not None and extent is not None and guess > extent:
        found.append(
            finding(
                "sigma-beyond-detectors",
                table="detectors",
                value=f"{guess:.0f}",
                metres=round(extent),
                session=session.name,
            )
        )
    return found


def _countries(sessions: Sequence[Session]) -> list[pl.DataFrame]:
    table = by_country(sessions)
    # Where nobody was seen at all, that is said once and not of every country.
    some = table.filter(pl.col("detections").sum().over("session") > 0)
    without = some.filter(pl.col("countryCode").is_not_null(), pl.col("detections") == 0, pl.col("effort") > 0)
    frame = without.select("session", "detectors", row=pl.lit(None, dtype=pl.Int64), value="countryCode")
    return [
        findings.rows(
            "country-without-detections", frame, table="captures", column="detector", arguments=["session", "detectors"]
        )
    ]


def _sexes(sessions: Sequence[Session]) -> list[pl.DataFrame]:
    told = [session.covariates["sex"] for session in sessions if "sex" in session.covariates]
    values = {value for covariate in told for value in covariate}
    known = values - {None}
    if not values:
        return []
    if not known:
        return [finding("sex-unknown-for-all", table="animals", column="sex")]
    return [finding("sex-of-one-kind", table="animals", column="sex", value=str(*known))] if len(known) == 1 else []


def _covariates(sessions: Sequence[Session], wanted: set[str] | None) -> list[pl.DataFrame]:
    """Judge the covariates of detectors, cells and animals, over all sessions."""
    groups = {
        "detectors": [session.detectors.covariates for session in sessions],
        "mask": [session.mask.covariates for session in sessions if len(session.mask)],
        "animals": [session.covariates for session in sessions],
    }
    found = []
    for of, tables in groups.items():
        names = sorted({name for table in tables for name in table})
        if wanted is None:
            # Regions are for answers by region, and sex may be unknown; removedAfter is no covariate of a model.
            names = [name for name in names if name not in ("country", "protectedArea", "sex", "removedAfter")]
        else:
            names = [name for name in names if name in wanted and name != "sex"]
        columns = {name: np.concatenate([np.ravel(table[name]) for table in tables if name in table]) for name in names}
        for name, values in columns.items():
            found += _judged(name, values, of)
        found += _alike(columns, of)
    return found


def _unknown(values: Covariate) -> np.typing.NDArray[np.bool_]:
    if values.dtype == object:
        return np.array([value is None for value in values], dtype=bool)
    return np.asarray(~np.isfinite(values.astype(np.float64)))


def _judged(name: str, values: Covariate, of: str) -> list[pl.DataFrame]:
    unknown = _unknown(values)
    found = []
    if unknown.any():
        found.append(finding("covariate-missing", table=of, column=name, value=name, of=of, count=int(unknown.sum())))
    if len(values) and len(set(values[~unknown].tolist())) <= 1:
        found.append(finding("covariate-constant", table=of, column=name, value=name, of=of))
    return found


def _alike(columns: dict[str, Covariate], of: str) -> list[pl.DataFrame]:
    numbers = {
        name: values.astype(np.float64)
        for name, values in columns.items()
        if values.dtype != object and not _unknown(values).any() and len(values) > 2 and np.ptp(values) > 0
    }
    names = [name for name in numbers if len(numbers[name]) == max(map(len, numbers.values()))]
    if len(names) < 2:
        return []
    correlated = 1 - squareform(pdist(np.array([numbers[name] for name in names]), "correlation"))
    return [
        finding("covariates-collinear", table=of, column=names[j], value=names[j], other=names[i], of=of)
        for i, j in zip(*np.nonzero(np.triu(np.abs(correlated) > ALIKE, 1)), strict=True)
    ]
