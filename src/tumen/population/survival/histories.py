"""Who was seen when?  Capture histories of known animals over years, and what they add up to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tumen.errors import ColumnError, MisuseError, Text
from tumen.population.scr.survey import Covariate
from tumen.tables import findings

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
DAYS_IN_A_YEAR = 365.25
UNKNOWN = ("", "unknown")


@dataclass(frozen=True, eq=False)
class Histories:
    """Animals that were seen at least once, over occasions years apart.

    `animals`: n names. `occasions`: S names. `seen`: (n, S). `intervals`: (S-1,) years between occasions, > 0. `sex`:
    n values, None where unknown. `lost`: (n,) whether the animal was not released after it was last seen (died in the
    hand, taken into captivity): nothing is then concluded from its absence. An animal found dead between occasions is
    not lost in this sense: it counts as one that was not seen again. `effort`: (S,), 0 where nobody could be seen.
    `covariates`: of occasions by name, (S,) values; for survival the value of the occasion that begins the interval
    counts, and the last one is not used.
    """

    animals: tuple[str, ...]
    occasions: tuple[str, ...]
    seen: Booleans
    intervals: Floats
    sex: tuple[str | None, ...]
    lost: Booleans
    effort: Floats
    covariates: Mapping[str, Covariate] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit together, and animals that were never seen."""
        count, occasions = len(self.animals), len(self.occasions)
        _shape("seen", self.seen, (count, occasions))
        _shape("intervals", self.intervals, (max(occasions - 1, 0),))
        _shape("sex", np.array(self.sex, dtype=object), (count,))
        _shape("lost", self.lost, (count,))
        _shape("effort", self.effort, (occasions,))
        for name, values in self.covariates.items():
            _shape(name, values, (occasions,))
        if not (np.all(np.isfinite(self.intervals)) and np.all(self.intervals > 0)):
            raise MisuseError("intervals longer than nothing", "one that is not", "Sort the occasions by their time.")
        if not (np.all(np.isfinite(self.effort)) and np.all(self.effort >= 0)):
            raise MisuseError("an effort of 0 or more", "a negative or missing one", "Write 0 where nobody looked.")
        if count and not self.seen.any(axis=1).all():
            raise MisuseError("animals seen at least once", "one never seen", "Leave out animals that were never seen.")
        if self.seen[:, self.effort == 0].any():
            raise MisuseError(
                "nobody seen in an occasion without effort",
                "somebody",
                "Correct the effort, or leave the sighting out.",
            )


class Counts(NamedTuple):
    """Histories that are alike, once: what they are and how often they occur.

    `seen` (U, S), `sex` (U,) position in `sexes` or -1, `lost` (U,), `number` (U,) animals.
    """

    seen: Booleans
    sex: NDArray[np.int64]
    lost: Booleans
    number: Floats
    sexes: tuple[str, ...]


def histories(
    detections: pl.DataFrame, occasions: pl.DataFrame, individuals: pl.DataFrame | None = None
) -> tuple[Histories, pl.DataFrame]:
    """Return the histories of all individuals that were seen, and findings.

    `detections`: `individualID`, `occasion` (text), a row for each time seen. `occasions`: `occasion` and `time` (years
    as a number, or a date), sorted; `effort` where known (1 otherwise); every further column is a covariate.
    `individuals`: `individualID`, and where known `sex` and `lost` (true: not released after it was last seen). Raises
    `ColumnError` for a missing column and `MisuseError` where occasions repeat or run backwards.

    >>> seen = pl.DataFrame({"individualID": ["a", "a", "b"], "occasion": ["1", "2", "2"]})
    >>> data, found = histories(seen, pl.DataFrame({"occasion": ["1", "2"], "time": [2013.0, 2014.5]}))
    >>> data.seen.tolist(), data.intervals.tolist(), found["code"].to_list()
    ([[True, True], [False, True]], [1.5], ['survival-sex-unknown'])
    """
    _columns("detections", detections, ("individualID", "occasion"))
    _columns("occasions", occasions, ("occasion", "time"))
    names = tuple(occasions["occasion"].to_list())
    if len(set(names)) != len(names) or None in names:
        raise MisuseError("occasions with names of their own", "one twice or without", "Name every occasion once.")
    effort = (
        occasions["effort"].cast(pl.Float64).to_numpy().copy() if "effort" in occasions.columns else np.ones(len(names))
    )
    kept, found = _usable(detections, names, effort)
    animals = tuple(sorted(set(kept["individualID"].to_list())))
    seen = np.zeros((len(animals), len(names)), dtype=bool)
    row = {name: place for place, name in enumerate(animals)}
    column = {name: place for place, name in enumerate(names)}
    for animal, occasion in kept.select("individualID", "occasion").unique().iter_rows():
        seen[row[animal], column[occasion]] = True
    sex, lost, told = _of_individuals(animals, individuals)
    unknown = sum(value is None for value in sex)
    if unknown:
        told.append(
            findings.finding(
                "survival-sex-unknown", table="individuals", column="sex", count=unknown, animals=len(animals)
            )
        )
    idle = [name for name, amount in zip(names, effort, strict=True) if amount == 0]
    told += [findings.finding("survival-occasion-idle", table="occasions", column="effort", value=str(n)) for n in idle]
    data = Histories(animals, names, seen, _intervals(occasions["time"]), sex, lost, effort, _covariates(occasions))
    return data, findings.join([*found, *told])


def collapse(data: Histories) -> Counts:
    """Return the histories that differ, and how many animals have each: the order of animals does not matter."""
    sexes = tuple(sorted({value for value in data.sex if value is not None}))
    place = {value: number for number, value in enumerate(sexes)}
    sex = np.array([place[value] if value is not None else -1 for value in data.sex], dtype=np.int64)
    if not len(data.animals):
        return Counts(data.seen, sex, data.lost, np.zeros(0), sexes)
    # Rows of a few bytes sort much faster than rows of S numbers.
    packed = np.packbits(data.seen, axis=1)
    keyed = np.column_stack([packed, (sex + 1).astype(np.uint8), data.lost.astype(np.uint8)])
    whole = np.ascontiguousarray(keyed).view(np.dtype((np.void, keyed.shape[1]))).ravel()
    _, first, number = np.unique(whole, return_index=True, return_counts=True)
    return Counts(data.seen[first], sex[first], data.lost[first], number.astype(float), sexes)


def features(seen: Booleans, lost: Booleans, entering: bool) -> Floats:
    """Return how often ln of each chance stands in ln of the likelihood of each history: (U, 5 S).

    Five blocks of S columns: survival from t to t + 1, capture at t, no capture at t, never seen after t, first seen
    at t. The likelihood of a history given its class is linear in these. `entering`: from entry on (POPAN); else from
    the first capture on, given it (CJS).
    """
    count, occasions = seen.shape
    at = np.arange(occasions)
    first = seen.argmax(axis=1)[:, None] if occasions else np.zeros((count, 1), dtype=np.int64)
    last = (occasions - 1 - seen[:, ::-1].argmax(axis=1))[:, None] if occasions else first
    after = (at > first) & (at <= last)
    captured = seen & (after | (at == first)) if entering else seen & after
    blocks = [
        (at >= first) & (at < last),
        captured,
        after & ~seen,
        (at == last) & ~lost[:, None],
        (at == first) & entering,
    ]
    return np.concatenate(blocks, axis=1).astype(float)


def _usable(
    detections: pl.DataFrame, names: tuple[str, ...], effort: Floats
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the detections that can be used, and findings of the others."""
    rows = detections.with_row_index("row", offset=2).with_columns(pl.col("occasion").alias("value"))
    idle = [name for name, amount in zip(names, effort, strict=True) if amount == 0]
    nameless = rows.filter(pl.col("individualID").is_null())
    rows = rows.filter(pl.col("individualID").is_not_null())
    strange = pl.col("occasion").is_in(list(names)).not_().fill_null(value=True)
    unlooked = pl.col("occasion").is_in(idle)
    found = [
        findings.rows("survival-occasion-unknown", rows.filter(strange), table="detections", column="occasion"),
        findings.rows("survival-seen-idle", rows.filter(unlooked), table="detections", column="occasion"),
    ]
    if nameless.height:
        found.append(
            findings.finding("survival-nameless", table="detections", column="individualID", count=nameless.height)
        )
    return rows.filter(strange.not_() & unlooked.not_()), found


def _of_individuals(
    animals: tuple[str, ...], individuals: pl.DataFrame | None
) -> tuple[tuple[str | None, ...], Booleans, list[pl.DataFrame]]:
    sexes: dict[str, set[str]] = {}
    lost: set[str] = set()
    if individuals is not None:
        _columns("individuals", individuals, ("individualID",))
        for row in individuals.iter_rows(named=True):
            sex = row.get("sex")
            if sex is not None and sex not in UNKNOWN:
                sexes.setdefault(row["individualID"], set()).add(sex)
            if row.get("lost"):
                lost.add(row["individualID"])
    found = [
        findings.finding(
            "survival-sex-contradicts",
            table="individuals",
            column="sex",
            value=name,
            sexes=", ".join(sorted(sexes[name])),
        )
        for name in animals
        if len(sexes.get(name, ())) > 1
    ]
    known = tuple(min(sexes[name]) if len(sexes.get(name, ())) == 1 else None for name in animals)
    return known, np.array([name in lost for name in animals], dtype=bool), found


def _intervals(time: pl.Series) -> Floats:
    if time.null_count():
        raise MisuseError("a time for every occasion", "one without", "Write when each occasion began.")
    if time.dtype.is_temporal():
        days = time.cast(pl.Datetime("us")).dt.epoch("us").cast(pl.Float64).to_numpy() / 86_400_000_000
        return np.diff(days / DAYS_IN_A_YEAR)
    return np.diff(time.cast(pl.Float64).to_numpy())


def _covariates(occasions: pl.DataFrame) -> dict[str, Covariate]:
    covariates: dict[str, Covariate] = {}
    for column in occasions.drop("occasion", "time").iter_columns():
        if column.dtype == pl.String:
            covariates[column.name] = np.array(column.to_list(), dtype=object)
        else:
            covariates[column.name] = column.cast(pl.Float64).fill_null(float("nan")).to_numpy().copy()
    return covariates


def _columns(table: str, frame: pl.DataFrame, needed: tuple[str, ...]) -> None:
    for name in needed:
        if name not in frame.columns:
            raise ColumnError(
                Text("a column {name} in the table of {table}", name=name, table=table),
                Text("columns {columns}", columns=", ".join(frame.columns)),
                "Add the column.",
            )


def _shape(name: str, array: NDArray[Any], shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise MisuseError(
            Text("{name} of shape {shape}", name=name, shape=str(shape)),
            Text("shape {shape}", shape=str(array.shape)),
            "Give one value, or one row, for each.",
        )
