"""How often do observers and matchers err?  Blind judgements held against the truth.

Johansson et al. (2020, Sci Rep 10:6393) tell four kinds of error apart, per judged event:

- split: the event got a name that is no other animal's: a ghost;
- combine: it got another animal's name, and its own animal is lost by it;
- shift: it got another animal's name, and its own animal is still there through other events;
- exclude: it was set aside although it could be judged.

Names need not be spelled alike to be right: each animal is given at most one name and each name at most one animal, so
that as many events as possible are right.
"""

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import linear_sum_assignment
from scipy.special import betaln
from scipy.stats import beta

from tumen.errors import MisuseError
from tumen.tables import findings
from tumen.tables.schema import require

ERRORS = ("split", "combine", "shift", "exclude")
"""The kinds of error of an observer."""
PAIR_ERRORS = ("missedPair", "falsePair")
"""The kinds of error of a matcher on pairs of pictures or samples: one animal called two, two called one."""

IDENTITY_RATES: dict[str, pl.DataType | type[pl.DataType]] = {
    "observer": pl.String,
    "kind": pl.String,
    "errors": pl.Int64,
    "trials": pl.Int64,
    "rate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}
"""One row per observer and kind of error; the interval is the Beta posterior under the prior Beta(1/2, 1/2)."""

TRUTH: dict[str, pl.DataType | type[pl.DataType]] = {"object": pl.String, "animal": pl.String}
"""What was judged (an observationID, mediaID or sampleID), and the animal it is known to show."""


def observer_rates(
    identifications: pl.DataFrame, truth: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the error rates of each observer (`IDENTITY_RATES`), and findings.

    `identifications` is the typed table of one party; only blind judgements count, of several by one observer on one
    object the last. A judgement that is only `possible` is kept out of answers, so it counts as excluded. `truth` is a
    frame `TRUTH` of known animals, such as collared ones or a training set. Without it, the name that more than half of
    at least three observers gave is taken for the truth; errors that most observers share are then not seen, and the
    rates are too low.

    >>> from tumen.tables.individuals import IDENTIFICATIONS
    >>> rows = [{"identificationID": f"{m}{o}", "mediaID": m, "individualID": name, "certainty": "certain",
    ...     "identifiedBy": o, "blind": True, "method": "photo"}
    ...     for o, names in (("A", ["x", "x", "y"]), ("B", ["1", "2", "3"]))
    ...     for m, name in zip(["m1", "m2", "m3"], names)]
    >>> judged = pl.concat([IDENTIFICATIONS.empty(), pl.DataFrame(rows)], how="diagonal")
    >>> truth = pl.DataFrame({"object": ["m1", "m2", "m3"], "animal": ["Ada", "Ada", "Leo"]})
    >>> observer_rates(judged, truth)[0].filter(kind="split").select("observer", "errors", "trials").rows()
    [('A', 0, 2), ('B', 1, 2)]
    """
    judged = (
        identifications.filter(pl.col("blind").fill_null(False))
        .with_columns(object=pl.coalesce("observationID", "mediaID", "sampleID"))
        .drop_nulls(["object", "identifiedBy"])
        .sort("identifiedAt", "identificationID", nulls_last=False)
        .unique(["object", "identifiedBy"], keep="last", maintain_order=True)
        .with_columns(name=pl.when(pl.col("certainty").ne_missing("possible")).then("individualID"))
        .select("object", observer="identifiedBy", name="name")
    )
    note = findings.empty()
    if truth is None:
        truth, lost = _majority(judged)
        if lost:
            note = findings.finding(
                "identity-without-truth", table="identifications", column="individualID", value=str(lost)
            )
    known = judged.join(require(truth, TRUTH, "truth").unique("object"), on="object", how="inner").sort("object")
    parts = [
        rates_of({"observer": one["observer"][0]}, *error_counts(one["animal"], one["name"]))
        for one in known.sort("observer").partition_by("observer", maintain_order=True)
    ]
    return pl.concat([pl.DataFrame(schema=IDENTITY_RATES), *parts]), note


def matcher_rates(pairs: pl.DataFrame, matcher: str) -> pl.DataFrame:
    """Return the error rates of a matcher on known pairs (`IDENTITY_RATES`, of the kinds `PAIR_ERRORS`).

    `pairs` has the Boolean columns `same` (one animal in truth) and `matched` (what the matcher says).

    >>> pairs = pl.DataFrame({"same": [True, True, False], "matched": [True, False, False]})
    >>> matcher_rates(pairs, "sift").select("kind", "errors", "trials").rows()
    [('missedPair', 1, 2), ('falsePair', 0, 1)]
    """
    pairs = require(pairs, {"same": pl.Boolean, "matched": pl.Boolean}, "pairs").drop_nulls(["same", "matched"])
    same = pairs.filter("same")
    different = pairs.filter(~pl.col("same"))
    errors = {"missedPair": same.filter(~pl.col("matched")).height, "falsePair": different.filter("matched").height}
    return rates_of({"observer": matcher}, errors, {"missedPair": same.height, "falsePair": different.height})


def rates_of(who: dict[str, str], errors: dict[str, int], trials: dict[str, int]) -> pl.DataFrame:
    """Return counts of errors with their Beta posteriors, a row per kind; without trials nothing is known."""
    wrong, tried = np.array(list(errors.values())), np.array([trials[kind] for kind in errors])
    posterior = beta(wrong + 0.5, tried - wrong + 0.5)
    return pl.DataFrame(
        {
            "observer": [who["observer"]] * len(errors),
            "kind": list(errors),
            "errors": wrong,
            "trials": tried,
            "rate": posterior.mean(),
            "low": posterior.ppf(0.025),
            "high": posterior.ppf(0.975),
        },
        schema=IDENTITY_RATES,
    )


def kinds(animal: pl.Series, name: pl.Series) -> pl.Series:
    """Return the kind of error of each judged event; null where it is right. A null name was excluded.

    >>> animal, name = ["Ada", "Ada", "Ada", "Leo", "Leo", "Leo", "Mia"], ["1", "1", "9", "2", "2", "1", "2"]
    >>> kinds(pl.Series(animal), pl.Series(name)).to_list()
    [None, None, 'split', None, None, 'shift', 'combine']
    """
    frame = pl.DataFrame({"animal": animal, "name": name}).with_columns(
        a=pl.col("animal").rank("dense").cast(pl.Int64) - 1, n=pl.col("name").rank("dense").cast(pl.Int64) - 1
    )
    judged = frame.drop_nulls("name")
    table = np.zeros((animal.n_unique(), judged["n"].n_unique()))
    np.add.at(table, (judged["a"].to_numpy(), judged["n"].to_numpy()), 1)
    animals, names = linear_sum_assignment(table, maximize=True)
    held = table[animals, names] > 0
    home = pl.DataFrame({"a": animals[held], "home": names[held]}, schema={"a": pl.Int64, "home": pl.Int64})
    owner = home.select(n="home", owned=pl.lit(True))
    return (
        frame.join(home, on="a", how="left", maintain_order="left")
        .join(owner, on="n", how="left", maintain_order="left")
        .select(
            kind=pl.when(pl.col("name").is_null())
            .then(pl.lit("exclude"))
            .when(pl.col("n") == pl.col("home"))
            .then(None)
            .when(pl.col("owned").is_null())
            .then(pl.lit("split"))
            .when(pl.col("home").is_null())
            .then(pl.lit("combine"))
            .otherwise(pl.lit("shift"))
        )
        .to_series()
    )


def new_observer(
    rates: pl.DataFrame, errors: tuple[str, ...], count: int, rng: np.random.Generator, observer: str | None = None
) -> npt.NDArray[np.float64]:
    """Return draws of how often somebody makes errors of the given kinds, learnt from several observers.

    Observers differ: each one's rate is Beta with a mean and a precision common to all, under the priors Beta(1/2, 1/2)
    for the mean and ((precision - 10) / 50 + 1)^-2 for the precision, at least 10: nobody is right one day and wrong in
    everything the next. Their posterior is computed on a grid. The draws are of `observer`, where that is one of them,
    else of an observer not among them.
    """
    counts = (
        require(rates, IDENTITY_RATES, "rates")
        .filter(pl.col("kind").is_in(errors))
        .group_by("observer", maintain_order=True)
        .agg(pl.col("errors").sum(), pl.col("trials").max())
        .filter(pl.col("trials") > 0)
    )
    if counts.is_empty():
        raise MisuseError(
            "error rates of at least one observer", "none", "Let observers judge known animals blind, or give rates."
        )
    wrong, tried = counts["errors"].to_numpy(), counts["trials"].to_numpy()
    mean = beta.ppf((np.arange(200) + 0.5) / 200, 0.5, 0.5)[:, None]
    spread = (np.arange(60) + 0.5) / 60
    precision = (10 + 50 * spread / (1 - spread))[None, :]
    a, b = mean * precision, (1 - mean) * precision
    logs = np.zeros(a.shape)
    for x, n in zip(wrong, tried, strict=True):
        logs += betaln(a + x, b + n - x) - betaln(a, b)
    weights = np.exp(logs - logs.max()).ravel()
    place = rng.choice(weights.size, size=count, p=weights / weights.sum())
    own = counts.filter(observer=observer) if observer is not None else counts.clear()
    x, n = (own["errors"][0], own["trials"][0]) if own.height else (0, 0)
    drawn: npt.NDArray[np.float64] = rng.beta(a.ravel()[place] + x, b.ravel()[place] + n - x)
    return drawn


def error_counts(animal: pl.Series, name: pl.Series) -> tuple[dict[str, int], dict[str, int]]:
    """Count errors and the events at which they could be made: only one of several events can be split off."""
    kind = kinds(animal, name)
    errors = {one: int((kind == one).sum()) for one in ERRORS}
    judged = pl.DataFrame({"animal": animal, "name": name}).drop_nulls("name")
    several = judged.filter(pl.len().over("animal") > 1).height
    trials = {"split": several, "combine": judged.height, "shift": judged.height, "exclude": animal.len()}
    return errors, trials


def _majority(judged: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Return the name most observers gave each object, and how many objects have none."""
    votes = judged.drop_nulls("name").group_by("object", "name").agg(votes=pl.len())
    asked = judged.group_by("object").agg(asked=pl.len())
    best = (
        asked.join(votes, on="object", how="left")
        .filter(pl.col("asked") >= 3, pl.col("votes") * 2 > pl.col("asked"))
        .select("object", animal="name")
    )
    return best, asked.height - best.height
