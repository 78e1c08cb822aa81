"""Events whose animals are known and whose names are partly wrong, as observers make them (Johansson 2020)."""

import numpy as np
import numpy.typing as npt
import polars as pl


def errors_of_observer(
    misclassified: float, precision: float, shares: tuple[float, float, float], rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return one observer's probabilities to split, to give another animal's name, and to exclude an event.

    Observers differ: how often one errs at all is Beta with the mean `misclassified` and the given precision (infinite:
    all alike); `shares` of it are of the three kinds.
    """
    rate = (
        misclassified if np.isinf(precision) else rng.beta(misclassified * precision, (1 - misclassified) * precision)
    )
    return rate * np.asarray(shares)


def named(animal: npt.NDArray[np.int64], errors: npt.NDArray[np.float64], rng: np.random.Generator) -> pl.DataFrame:
    """Return events as an observer names them: `animal` (the truth) and `individualID` (null where excluded).

    Each event errs by itself. A split event gets a name of its own, unless no other event holds its animal's name; a
    misnamed one gets the name of another animal of the survey, each with the same probability.

    >>> named(np.array([3, 3, 8]), np.zeros(3), np.random.default_rng(1))["individualID"].to_list()
    ['3', '3', '8']
    """
    fate = np.searchsorted(np.cumsum(errors), rng.random(animal.size), side="right")
    others = np.unique(animal)
    names: list[str | None] = []
    held: set[int] = {int(one) for one in animal[fate == 3]}
    for number, (one, how) in enumerate(zip(animal.tolist(), fate.tolist(), strict=True)):
        if how == 2:
            names.append(None)
        elif how == 1 and others.size > 1:
            names.append(str(rng.choice(others[others != one])))
        elif how == 0 and one in held:
            names.append(f"ghost {number}")
        else:
            held.add(one)
            names.append(str(one))
    return pl.DataFrame(
        {"animal": [str(one) for one in animal], "individualID": names}, schema_overrides={"individualID": pl.String}
    )
