"""How many animals are there, if some events bear a wrong name?

Two numbers, each with two intervals. *Behind the events*: how many different animals the recorded events were of.
*In all*: how many animals there are, seen or not, by a closed population: N animals, on which the K events fall with
equal chances (or, `UNEVEN`, with chances that differ from animal to animal), with the prior 1/N. The interval *as
recorded* takes each recorded name for one animal; the interval that carries identity error draws the true animals of
the events (`tumen.individuals.identity_moves`) under error rates drawn from blind repeats. The rates never come from
the events themselves: an animal seen once is no evidence of a ghost.
"""

from math import inf

import numpy as np
import numpy.typing as npt
import polars as pl

from tumen.errors import MisuseError, Text
from tumen.individuals.identity_moves import Draws, moves, populations
from tumen.individuals.identity_rates import new_observer
from tumen.tables.schema import require

EVEN = (inf,)
"""All animals are met equally often."""
UNEVEN = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""How evenly animals are met is not known: shapes of the gamma distribution of their rates, each equally likely."""
SWEEPS = 15
"""Passes over all events for a draw."""
MOST_WRONG = 0.5
"""The largest share of wrong names considered: beyond it names would mean nothing."""

ANIMALS: dict[str, pl.DataType | type[pl.DataType]] = {
    "quantity": pl.String,
    "identityError": pl.Boolean,
    "estimate": pl.Int64,
    "low": pl.Int64,
    "high": pl.Int64,
    "beyond": pl.Float64,
}
"""`quantity` is behindEvents or population; the estimate is the median, `low` to `high` hold 95 %. `beyond` is the
share of the draws at the largest number considered: above 0.01 the upper bound is not known."""


def animals(
    events: pl.DataFrame,
    rates: pl.DataFrame,
    *,
    rng: np.random.Generator,
    count: int = 400,
    observer: str | None = None,
    evenness: tuple[float, ...] = EVEN,
) -> pl.DataFrame:
    """Return how many animals there are (`ANIMALS`): four rows, with and without identity error.

    `events` has the column `individualID`, a row per independent event of one catalogue of one species; events without
    a name say nothing. `rates` is `IDENTITY_RATES`; `observer` is who named the events, None for somebody else than
    those whose rates are known. Raises `MisuseError` without events or rates.

    >>> from tumen.individuals.identity_rates import rates_of
    >>> rates = rates_of({"observer": "A"}, {"split": 40, "combine": 4, "shift": 4}, dict.fromkeys(["split", "combine",
    ...     "shift"], 400))
    >>> events = pl.DataFrame({"individualID": ["a"] * 5 + ["b"] * 5 + ["c"] * 5 + ["d"]})
    >>> found = animals(events, rates, rng=np.random.default_rng(1))
    >>> found.filter(quantity="behindEvents").select("identityError", "low", "high").rows()
    [(False, 4, 4), (True, 3, 4)]
    """
    names = _numbered(events)
    most = _most(names)
    recorded = int(names.max()) + 1
    known = populations(names.size, recorded, most, evenness)
    drawn = moves(names, error_draws(rates, count, rng, observer), SWEEPS, known, rng)
    seen = np.bincount(names)
    logs = np.stack([known.weight[row] + known.caught[row, seen].sum() for row in range(len(evenness))])
    logs = logs[:, recorded:] + known.factorial[recorded:] - known.factorial[: most + 1 - recorded]
    weights = np.exp(logs - logs.max()).sum(axis=0)
    naive = np.searchsorted(np.cumsum(weights) / weights.sum(), [0.025, 0.5, 0.975]) + recorded
    rows = [
        ("behindEvents", False, recorded, recorded, recorded, 0.0),
        ("behindEvents", True, *_middle(drawn.behind), 0.0),
        ("population", False, int(naive[1]), int(naive[0]), int(naive[2]), float(weights[-1] / weights.sum())),
        ("population", True, *_middle(drawn.population), float((drawn.population == most).mean())),
    ]
    return pl.DataFrame(rows, schema=ANIMALS, orient="row")


def true_animals(
    names: npt.NDArray[np.int64],
    rates: npt.NDArray[np.float64],
    rng: np.random.Generator,
    evenness: tuple[float, ...] = UNEVEN,
) -> Draws:
    """Draw the true animals of events that bear the names `names` (numbers), a draw per row of `rates`."""
    known = populations(names.size, int(names.max()) + 1, _most(names), evenness)
    return moves(names, rates, SWEEPS, known, rng)


def error_draws(
    rates: pl.DataFrame, count: int, rng: np.random.Generator, observer: str | None = None
) -> npt.NDArray[np.float64]:
    """Return draws of the probabilities that an event is split off, and that it gets another animal's name (count, 2).

    Combining and shifting are one mistake, told apart by what else is known of the animal. An excluded event is none of
    the recorded ones: under equal chances that changes how many events there are, not of how many animals. Draws in
    which more than `MOST_WRONG` of the names would be wrong are scaled down to it.
    """
    if count < 1:
        raise MisuseError("at least one draw", Text("{count}", count=count), "Ask for 200 or more.")
    split = new_observer(rates, ("split",), count, rng, observer)
    wrong = new_observer(rates, ("combine", "shift"), count, rng, observer)
    both = np.stack([split, wrong], axis=1)
    scaled: npt.NDArray[np.float64] = both / np.maximum(both.sum(axis=1, keepdims=True) / MOST_WRONG, 1)
    return scaled


def _numbered(events: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Return the names of named events as numbers from 0 without gaps."""
    names = require(events, {"individualID": pl.String}, "events")["individualID"].drop_nulls()
    if names.is_empty():
        raise MisuseError("events with a name", "none", "Name the animals of some events first.")
    return (names.rank("dense").cast(pl.Int64) - 1).to_numpy().copy()


def _most(names: npt.NDArray[np.int64]) -> int:
    """Return the largest number of animals considered."""
    return 100 + 20 * (int(names.max()) + 1)


def _middle(values: npt.NDArray[np.int64]) -> tuple[int, int, int]:
    """Return the median and the bounds of the middle 95 %, as numbers that were drawn."""
    low, middle, high = np.quantile(values, [0.025, 0.5, 0.975], method="inverted_cdf")
    return int(middle), int(low), int(high)
