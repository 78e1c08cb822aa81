"""Does the interval that carries identity error hold the true number of animals?  Simulated surveys, CPU seconds.

    python benchmarks/identity_error.py --surveys 500

Like Johansson's experiment (2020, Sci Rep 10:6393): 16 animals, 40 events, 12.5 % of the events misclassified, four in
five of the errors splits. Eight observers judge a training set of 16 known animals and 40 events; another observer
judges the survey. The intervals see the names of the survey and the eight observers' errors on the training set only.
Three kinds of survey: events fall on animals at random (`even`; some animals may not be met), every animal is met one
to five times as in the experiment (`as Johansson`), and events fall unevenly (`uneven`).
"""

import argparse
import time

import numpy as np
import numpy.typing as npt
import polars as pl

from tumen.individuals.identity_error import EVEN, UNEVEN, animals
from tumen.individuals.identity_rates import IDENTITY_RATES, error_counts, kinds, rates_of
from tumen.simulate.misnaming import errors_of_observer, named

ANIMALS, EVENTS, OBSERVERS = 16, 40, 8
MISCLASSIFIED = 0.137
"""Drawn a little higher than 12.5 %, because an animal's only event cannot be split from itself."""
SHARES = (0.8, 0.12, 0.08)
JOHANSSON = np.repeat(np.arange(ANIMALS), [5] + [4] * 2 + [3] * 5 + [2] * 4 + [1] * 4)
KINDS = {"even": EVEN, "as Johansson": EVEN, "uneven": UNEVEN}


def main() -> None:
    """Print the coverage of both intervals."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--surveys", type=int, default=500)
    options.add_argument("--precision", type=float, default=60.0, help="how alike observers are; inf: all alike")
    options.add_argument("--kind", choices=list(KINDS), action="append", help="all, if none is named")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    for kind in given.kind or KINDS:
        start = time.process_time()
        shown = surveys(kind, given.surveys, given.precision, given.seed)
        print(f"{kind}: {given.surveys} surveys, {mean(shown['wrong']):.1%} of events misclassified")
        for quantity in ("population", "behindEvents"):
            for carried in (False, True):
                part = shown.filter(quantity=quantity, identityError=carried)
                print(
                    f"  {quantity:12} {'carries identity error' if carried else 'as recorded':22}"
                    f" covers {mean(part['covered']):6.1%}  mean width {mean(part['width']):5.1f}"
                    f"  mean estimate less truth {mean(part['off']):+5.1f}"
                )
        print(f"  {time.process_time() - start:.1f} CPU s")


def mean(values: pl.Series) -> float:
    """Return the mean of numbers or of yes and no."""
    return float(values.cast(pl.Float64).to_numpy().mean())


def surveys(kind: str, count: int, precision: float, seed: int) -> pl.DataFrame:
    """Return one row per survey and interval: covered, width, off (estimate less truth), wrong (share of events)."""
    found = []
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        rates = training(precision, rng)
        animal = caught(kind, rng)
        events = named(animal, errors_of_observer(MISCLASSIFIED, precision, SHARES, rng), rng)
        wrong = kinds(events["animal"], events["individualID"]).is_not_null().mean()
        truth = pl.DataFrame(
            {"quantity": ["population", "behindEvents"], "truth": [ANIMALS, np.unique(animal).size]},
            schema_overrides={"truth": pl.Int64},
        )
        found.append(
            animals(events, rates, rng=rng, evenness=KINDS[kind])
            .join(truth, on="quantity")
            .with_columns(
                covered=pl.col("truth").is_between("low", "high"),
                width=pl.col("high") - pl.col("low"),
                off=pl.col("estimate") - pl.col("truth"),
                wrong=pl.lit(wrong),
            )
        )
    return pl.concat(found)


def training(precision: float, rng: np.random.Generator) -> pl.DataFrame:
    """Return the error rates of eight observers on known animals."""
    parts = [pl.DataFrame(schema=IDENTITY_RATES)]
    for observer in range(OBSERVERS):
        judged = named(JOHANSSON, errors_of_observer(MISCLASSIFIED, precision, SHARES, rng), rng)
        parts.append(
            rates_of({"observer": f"O{observer + 1}"}, *error_counts(judged["animal"], judged["individualID"]))
        )
    return pl.concat(parts)


def caught(kind: str, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Return the animal of each event."""
    if kind == "as Johansson":
        return JOHANSSON
    weights = np.ones(ANIMALS) if kind == "even" else rng.gamma(2.0, size=ANIMALS)
    return rng.choice(ANIMALS, size=EVENTS, p=weights / weights.sum())


if __name__ == "__main__":
    main()
