"""What may survival and capture depend on?  Models in words, and their design matrices."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tumen.errors import MisuseError
from tumen.population.scr.formula import matrix, variables
from tumen.population.scr.survey import Covariate
from tumen.population.survival.histories import Histories

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """A model of survival `phi` (per year), capture `p` and, for POPAN, `entry`; None: Cormack-Jolly-Seber.

    Each is a linear model on the logit scale (`entry`: on the scale of ln(entries at an occasion / entries before the
    first)), of: 1, time (each occasion its own), trend (years since the first occasion), sex, or any covariate of
    occasions, joined by + * and :.

    >>> Model("sex * time", "effort").title
    'phi(sex * time) p(effort)'
    """

    phi: str = "1"
    p: str = "1"
    entry: str | None = None

    @property
    def title(self) -> str:
        """Return the model in one line."""
        said = f"phi({self.phi}) p({self.p})"
        return said if self.entry is None else f"{said} entry({self.entry})"

    @property
    def sexed(self) -> bool:
        """Say whether anything depends on sex."""
        return "sex" in variables(self.phi, self.p, self.entry or "1")

    @property
    def loose(self) -> tuple[bool, bool]:
        """Say whether capture at the first and at the last occasion of POPAN cannot be told from entry and survival.

        With capture and entry free in time, nothing says how many were missed at the first occasion; with survival free
        as well, neither at the last (Schwarz and Arnason 1996).
        """
        first = self.entry is not None and "time" in variables(self.p) and "time" in variables(self.entry)
        return first, first and "time" in variables(self.phi)


@dataclass(frozen=True, eq=False)
class Design:
    """Design matrices of all P parameters over classes and occasions.

    `phi` (C, S-1, P), `p` (C, S, P), `entry` (C, S-1, P; occasions 1 to S-1), each zero for parameters of others.
    `open` (S,): somebody could be seen. `shares`: columns of ln(share of class c / of class 0), c from 1, None where no
    share is estimated. `unseen`: column of ln of the number of animals never seen, or None. `scale` (P,): the largest
    size of a parameter's covariate.
    """

    names: tuple[str, ...]
    classes: tuple[str | None, ...]
    phi: Floats
    p: Floats
    entry: Floats
    open: NDArray[np.bool_]
    shares: tuple[int, ...] | None
    unseen: int | None
    scale: Floats


def design(data: Histories, model: Model) -> Design:
    """Return the design of a model for these histories; raises `MisuseError` for a formula that cannot be used.

    Occasions without effort have no level of time. In a model with sex, animals of unknown sex belong to each known sex
    with its estimated share.
    """
    known = tuple(sorted({sex for sex in data.sex if sex is not None}))
    classes: tuple[str | None, ...] = known if model.sexed and len(known) > 1 else (None,)
    working = data.effort > 0
    late = np.arange(len(data.occasions)) > 0
    # The first occasion of CJS conditions: nobody is recaptured in it.
    used = working if model.entry is not None else working & late
    parts = {
        "phi": _part(data, model.phi, classes, np.append(np.ones(len(data.intervals), dtype=bool), False)),
        "p": _part(data, model.p, classes, used),
    }
    if model.entry is not None:
        parts["entry"] = _part(data, model.entry, classes, late)
    names = [f"{part}.{name}" if name else part for part, (_, labels) in parts.items() for name in labels]
    mixed = len(classes) > 1 and (model.entry is not None or None in data.sex)
    shares = tuple(range(len(names), len(names) + len(classes) - 1)) if mixed else None
    names += [f"share.{sex}" for sex in classes[1:]] if mixed else []
    unseen = len(names) if model.entry is not None else None
    names += ["unseen"] if model.entry is not None else []
    wide: dict[str, Floats] = {}
    start = 0
    for part in ("phi", "p", "entry"):
        block = np.zeros((len(classes), len(data.occasions), len(names)))
        if part in parts:
            values = parts[part][0]
            block[:, :, start : start + values.shape[2]] = values
            start += values.shape[2]
        wide[part] = block
    sizes = [np.abs(block).max(axis=(0, 1), initial=0.0) for block in wide.values()]
    scale = np.max(sizes, axis=0)
    return Design(
        tuple(names),
        classes,
        np.ascontiguousarray(wide["phi"][:, : len(data.intervals)]),
        wide["p"],
        np.ascontiguousarray(wide["entry"][:, 1:]),
        working,
        shares,
        unseen,
        np.where(scale > 0, scale, 1.0),
    )


def _part(
    data: Histories, formula: str, classes: tuple[str | None, ...], used: NDArray[np.bool_]
) -> tuple[Floats, tuple[str, ...]]:
    """Return the (C, S, columns) design of one formula, zero where `used` is not, and the names of its columns."""
    places = np.flatnonzero(used)
    count = len(places)
    if not count:
        return np.zeros((len(classes), len(data.occasions), 0)), ()
    years = np.concatenate([[0.0], np.cumsum(data.intervals)])
    columns: dict[str, Covariate] = {
        "time": np.array([data.occasions[place] for place in places] * len(classes), dtype=object),
        "trend": np.tile(years[places], len(classes)),
        "sex": np.repeat(np.array([sex or "" for sex in classes], dtype=object), count),
    }
    levels = {"time": [data.occasions[place] for place in places], "sex": [sex or "" for sex in classes]}
    for name, values in data.covariates.items():
        if name in columns:
            raise MisuseError("names of covariates other than time, trend and sex", name, "Rename the column.")
        columns[name] = np.tile(values[places], len(classes))
        if values.dtype == object:
            levels[name] = sorted({value for value in values[places] if value is not None})
    made = matrix(formula, count * len(classes), columns, levels)
    wide = np.zeros((len(classes), len(data.occasions), len(made.names)))
    wide[:, places] = made.values.reshape(len(classes), count, -1)
    return wide, made.names
