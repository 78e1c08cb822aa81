"""Can it be estimated? Numbers of a result, or null beside the reason.

Inside a calculation NaN stands for a number that does not exist (0 / 0); it never leaves: a result holds null, and the
code of a finding in the column `reason` (catalogue `diversity`).
"""

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def ratio(above: ArrayLike, below: ArrayLike) -> Floats:
    """Return above / below, NaN where below is 0 or either is not known.

    >>> ratio([1.0, 0.0], [2.0, 0.0]).tolist()
    [0.5, nan]
    """
    upper, lower = np.broadcast_arrays(np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64))
    result = np.full(upper.shape, np.nan)
    np.divide(upper, lower, out=result, where=lower != 0)
    return result


def numbers(values: ArrayLike) -> pl.Series:
    """Return values as a column in which what does not exist is null.

    >>> numbers([0.5, float("nan")]).to_list()
    [0.5, None]
    """
    flat = np.asarray(values, dtype=np.float64).ravel()
    return pl.Series(values=flat, dtype=pl.Float64).fill_nan(None)


def reasons(shape: tuple[int, ...], *cases: tuple[str, ArrayLike]) -> pl.Series:
    """Return the code of the first case that holds in each cell of `shape`, null where none does.

    >>> reasons((3,), ("diversity-no-genotypes", [True, False, False]), ("diversity-one-allele", [1, 1, 0])).to_list()
    ['diversity-no-genotypes', 'diversity-one-allele', None]
    """
    codes: NDArray[np.object_] = np.full(shape, None, dtype=object)
    for code, holds in reversed(cases):
        codes[np.broadcast_to(np.asarray(holds, dtype=np.bool_), shape)] = code
    return pl.Series(values=codes.ravel().tolist(), dtype=pl.String)


def means(values: Floats, axis: int) -> Floats:
    """Return the mean along an axis of what exists, NaN where nothing does.

    >>> means(np.array([[1.0, np.nan], [3.0, np.nan]]), axis=0).tolist()
    [2.0, nan]
    """
    there = ~np.isnan(values)
    return ratio(np.where(there, values, 0.0).sum(axis=axis), there.sum(axis=axis))
