"""Is a level reached regularly?  Two thirds of the seasons, or the mean of the maxima; or nobody can say yet.

A series is what one place held of one measure in one kind of season, year by year; winters are never judged together
with springs. A season of it can be

- reached: at least the level was surely there (`low >= T`; a number equal to the level reaches it);
- below: counted in full, and less than the level was surely there (`high < T`);
- open: counted, and the truth may lie on either side of the level: sites that were not counted together, a range that
  the observer gave, a number that its owner withholds;
- partial: only a part was counted, and that part does not reach the level;
- missing: nothing is known. It is left out, and is never a zero.

Two rules make a level regular (glossary of the Ramsar Convention; the wording is quoted from memory, so both can be
set): (i) of at least three seasons with adequate data two thirds reached it, in whole numbers 3 k >= 2 n; or (ii) the
mean of the maxima of all seasons with adequate data is at least the level, over five years or more; over three or four
it holds only provisionally.

Open seasons are judged twice, as not reached and as reached. What holds even if none of them was reached, holds; what
fails even if all of them were, fails; anything between is undecided. See docs/methods/verdicts.md for partial seasons.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt
import polars as pl

KEYS = ("place", "kind", "measure", "season")
"""The columns that tell one series from another."""

NO_SEASONS = 2**40
"""More further seasons than anybody will count: stands for 'no number of seasons does it' while numbers are made."""

SUMS: dict[str, pl.DataType | type[pl.DataType]] = {
    "complete": pl.Int64,
    "bounded": pl.Boolean,
    "lowSum": pl.Int64,
    "highSum": pl.Int64,
    "partial": pl.Int64,
    "partialSum": pl.Int64,
    "missing": pl.Int64,
    "largest": pl.Int64,
}
"""What is summed up of a series whatever the level is."""


@dataclass(frozen=True, kw_only=True)
class Regularity:
    """The numbers in the definition of "regularly", and what they rest on.

    At least `seasons` seasons, `reached` of each `of` of them at the level; or the mean over `years`, provisionally
    over `provisional`. `basis` says that the wording was not seen in print by us.
    """

    seasons: int = 3
    reached: int = 2
    of: int = 3
    years: int = 5
    provisional: int = 3
    basis: str = "recalled"


@dataclass(frozen=True)
class Series:
    """Seasons in the order of their series: `frame` has one row a series, `start` where its seasons begin."""

    frame: pl.DataFrame
    keys: tuple[str, ...]
    start: npt.NDArray[np.int64]
    low: npt.NDArray[np.int64]
    high: npt.NDArray[np.int64]
    state: npt.NDArray[np.int8]


def series(seasons: pl.DataFrame, keys: Sequence[str] = KEYS) -> Series:
    """Return the series of a table of seasons (`low`, `high`, `state` beside the key columns), each summed up once.

    A season without a lower bound counts from 0; one without an upper bound has none. A season of which something is
    withheld (`reason`) was counted: it is not missing but open, for its owner knows what we do not.
    """
    withheld = _withheld(seasons)
    complete = (pl.col("state") == "complete") | withheld
    partial = (pl.col("state") == "partial") & ~withheld
    low = pl.col("low").fill_null(0)
    grouped = seasons.group_by(*keys, maintain_order=True).agg(
        low.alias("lows"),
        pl.col("high").fill_null(-1).alias("highs"),
        (complete.cast(pl.Int8) + partial.cast(pl.Int8) * 2).alias("states"),
        complete.sum().cast(pl.Int64).alias("complete"),
        (~(complete & pl.col("high").is_null())).all().alias("bounded"),
        low.filter(complete).sum().alias("lowSum"),
        pl.col("high").filter(complete).sum().alias("highSum"),
        partial.sum().cast(pl.Int64).alias("partial"),
        low.filter(partial).sum().alias("partialSum"),
        (~complete & ~partial).sum().cast(pl.Int64).alias("missing"),
        pl.col("low").filter(complete | partial).max().alias("largest"),
    )
    start = np.concatenate([[0], np.cumsum(grouped["lows"].list.len().to_numpy())]).astype(np.int64)
    return Series(
        grouped.select(*keys, *(pl.col(name).cast(kind) for name, kind in SUMS.items())),
        tuple(keys),
        start,
        _flat(grouped["lows"]),
        _flat(grouped["highs"]),
        _flat(grouped["states"]).astype(np.int8),
    )


def _withheld(seasons: pl.DataFrame) -> pl.Expr:
    if "reason" not in seasons.columns:
        return pl.lit(value=False)
    return (pl.col("reason") == "withheld").fill_null(value=False)


def _flat(lists: pl.Series) -> npt.NDArray[np.int64]:
    flat = lists.explode().to_numpy() if lists.len() else np.zeros(0)
    return np.array(flat, dtype=np.int64)


def regularly(seasons: pl.DataFrame, cases: pl.DataFrame, rule: Regularity | None = None) -> pl.DataFrame:
    """Return `cases` with the verdict on each.

    `seasons` has `low`, `high` (individuals; null: no upper bound), `state` ("complete", "partial" or "missing") and
    columns that name the series; `cases` has the same naming columns and `threshold` (individuals; null: unknown), and
    may say in `unknown` with a code why it is unknown. A case whose series has no season is undecided. Added are
    verdict, way, seasons (n with adequate data), reached, open, missing, meanLow, meanHigh, largest, toMeet, toFail
    and reason; see `judge`.

    >>> winters = pl.DataFrame({"place": "lake", "low": [25_000, 18_000, 22_000], "high": [25_000, 18_000, 22_000],
    ...                         "state": "complete"})
    >>> regularly(winters, pl.DataFrame({"place": ["lake"], "threshold": [20_000]})).row(0)[2:6]
    ('met', 'twoThirds', 3, 2)
    """
    own = ("low", "high", "state", "reason", "threshold", "unknown")
    keys = [name for name in cases.columns if name in seasons.columns and name not in own]
    known = series(seasons, keys)
    names = known.frame.select(keys).with_row_index("series")
    placed = cases.with_row_index("case").join(names, on=keys, how="left", nulls_equal=True).sort("case")
    codes = placed["series"].cast(pl.Int64).fill_null(-1).to_numpy()
    judged = judge(known, codes, cases["threshold"].cast(pl.Int64), rule or Regularity())
    if "unknown" in cases.columns:
        judged = judged.with_columns(because(cases["unknown"]))
    return pl.concat([cases, judged], how="horizontal")


def because(unknown: pl.Series) -> pl.Expr:
    """Return the reason of verdicts, in which the code that says why a threshold is unknown has its place."""
    given = pl.lit(unknown)
    missing = (pl.col("reason") == "thresholdMissing") & given.is_not_null() & (given != "")
    return pl.when(missing).then(given).otherwise("reason").alias("reason")


def judge(
    known: Series, codes: npt.NDArray[np.int64], thresholds: pl.Series, rule: Regularity | None = None
) -> pl.DataFrame:
    """Return the verdict on each case: the number of its series in `known` (-1: no season) and its threshold.

    Columns: `verdict` (met, provisional, notMet, undecided), `way` (twoThirds, meanOfMaxima or empty), `seasons`,
    `reached` and `open` of the seasons with adequate data, `missing` of the others, `meanLow` and `meanHigh` (null: no
    upper bound), `largest` number surely there, `toMeet` and `toFail`, `reason`.

    `toMeet` is the smallest number of further seasons counted in full that would make it met if each has exactly the
    level and open seasons were not reached; `toFail` the smallest that would settle it as not met if nothing is there
    in any of them and open seasons were as high as they may be. Null where it is settled that way already, or where no
    number of seasons would do. A threshold below 1 is no threshold. Reasons: noData, thresholdMissing, tooFewSeasons,
    partialCounts, openBounds, provisionalMean, fewSeasons.
    """
    rule = rule or Regularity()
    level = np.where(thresholds.is_null().to_numpy(), 0, thresholds.fill_null(0).to_numpy()).astype(np.int64)
    codes = np.array(codes, dtype=np.int64)
    reached, opened, partial = _counted((known.start, known.low, known.high, known.state), codes, level)
    own = known.frame.select(*SUMS)
    nothing = {name: [None if name == "largest" else 0] for name in SUMS} | {"bounded": [True]}
    gathered = pl.concat([own, pl.DataFrame(nothing, schema=SUMS)])
    at = np.where(codes < 0, own.height, codes)
    frame = gathered[at].with_columns(level=level, k=reached, o=opened, p=partial)
    return _verdicts(_measured(frame, rule), rule)


@numba.njit(cache=True)
def _counted(seasons, codes, level):  # type: ignore[no-untyped-def]
    """Count the seasons counted in full that reached each case's level or may have, and partial ones that reached."""
    start, low, high, state = seasons
    reached, opened = np.zeros(codes.size, np.int64), np.zeros(codes.size, np.int64)
    partial = np.zeros(codes.size, np.int64)
    for case in range(codes.size):
        one, threshold = codes[case], level[case]
        if one < 0 or threshold < 1:
            continue
        for at in range(start[one], start[one + 1]):
            if state[at] == 0:
                continue
            if low[at] >= threshold:
                if state[at] == 1:
                    reached[case] += 1
                else:
                    partial[case] += 1
            elif state[at] == 1 and (high[at] < 0 or high[at] >= threshold):
                opened[case] += 1
    return reached, opened, partial


def _measured(frame: pl.DataFrame, rule: Regularity) -> pl.DataFrame:
    """Add what each rule says of the seasons counted in full (`A`), and of those with the partial ones (`B`).

    Grades: 3 met, 2 provisional, 0 neither.
    """
    c = pl.col
    both = frame.with_columns(nB=c("complete") + c("partial"), kB=c("k") + c("p"), sumB=c("lowSum") + c("partialSum"))
    mean = c("lowSum") >= c("level") * c("complete")
    mean_b = c("sumB") >= c("level") * c("nB")
    mean_high = ~c("bounded") | (c("highSum") >= c("level") * c("complete"))
    return both.with_columns(
        twoA=_two_thirds(c("k"), c("complete"), rule),
        twoB=_two_thirds(c("kB"), c("nB"), rule),
        gradeA=_grade(_two_thirds(c("k"), c("complete"), rule), mean, c("complete"), rule),
        gradeB=pl.when(c("p") > 0)
        .then(_grade(_two_thirds(c("kB"), c("nB"), rule), mean_b, c("nB"), rule))
        .otherwise(0),
        gradeHigh=_grade(_two_thirds(c("k") + c("o"), c("complete"), rule), mean_high, c("complete"), rule),
        metA=_to_meet(c("k"), c("complete"), mean, rule),
        metB=pl.when(c("p") > 0).then(_to_meet(c("kB"), c("nB"), mean_b, rule)).otherwise(NO_SEASONS),
        failA=_to_fail(rule),
    )


def _two_thirds(reached: pl.Expr, seasons: pl.Expr, rule: Regularity) -> pl.Expr:
    return (seasons >= rule.seasons) & (reached * rule.of >= seasons * rule.reached)


def _grade(two: pl.Expr, mean: pl.Expr, seasons: pl.Expr, rule: Regularity) -> pl.Expr:
    met = two | (mean & (seasons >= rule.years))
    return pl.when(met).then(3).when(mean & (seasons >= rule.provisional)).then(2).otherwise(0)


def _to_meet(reached: pl.Expr, seasons: pl.Expr, mean: pl.Expr, rule: Regularity) -> pl.Expr:
    """Return the further seasons at the level that would make it met."""
    lacking, gain = seasons * rule.reached - reached * rule.of, rule.of - rule.reached
    more = (lacking + (gain - 1)) // gain if gain else pl.when(lacking > 0).then(NO_SEASONS).otherwise(0)
    first = pl.max_horizontal(more, rule.seasons - seasons, 0)
    second = pl.when(mean).then(pl.max_horizontal(rule.years - seasons, 0)).otherwise(NO_SEASONS)
    return pl.min_horizontal(first, second)


def _to_fail(rule: Regularity) -> pl.Expr:
    """Return the further empty seasons after which neither rule could hold, of the seasons counted in full."""
    c = pl.col
    level = pl.max_horizontal(c("level"), 1)
    first = ((c("k") + c("o")) * rule.of) // rule.reached - c("complete") + 1
    second = c("highSum") // level - c("complete") + 1
    # Fewer seasons than either rule asks for settle nothing, whatever they held.
    enough = pl.max_horizontal(rule.seasons - c("complete"), rule.provisional - c("complete"))
    return pl.when(c("bounded") & (c("p") == 0)).then(pl.max_horizontal(first, second, enough)).otherwise(NO_SEASONS)


def _verdicts(frame: pl.DataFrame, rule: Regularity) -> pl.DataFrame:
    """Turn grades into verdicts, reasons and the numbers that go with them."""
    c = pl.col
    least = max(rule.seasons, rule.provisional)
    frame = frame.with_columns(
        # Partial seasons may lift a verdict, never lower one that seasons counted in full already give.
        useB=(c("p") > 0) & ((c("gradeA") < c("gradeB")) | (c("gradeA") < 2)),
        grade=pl.max_horizontal("gradeA", "gradeB"),
        known=c("level") > 0,
    ).with_columns(n=pl.when("useB").then("nB").otherwise("complete"))
    reason = (
        pl.when(~c("known"))
        .then(pl.lit("thresholdMissing"))
        .when((c("n") == 0) & (c("partial") == 0))
        .then(pl.lit("noData"))
        .when(c("grade") == 3)
        .then(pl.when("useB").then(pl.lit("partialCounts")).otherwise(pl.lit("")))
        .when(c("grade") == 2)
        .then(pl.lit("provisionalMean"))
        .when(c("n") < least)
        .then(pl.lit("tooFewSeasons"))
        .when("useB")
        .then(pl.lit("partialCounts"))
        .when(c("gradeHigh") > 0)
        .then(pl.lit("openBounds"))
        .when(c("n") < rule.years)
        .then(pl.lit("fewSeasons"))
        .otherwise(pl.lit(""))
    )
    settled = (c("n") >= least) & ~c("useB") & (c("gradeHigh") == 0)
    verdict = (
        pl.when(~c("known") | (c("n") == 0))
        .then(pl.lit("undecided"))
        .when(c("grade") == 3)
        .then(pl.lit("met"))
        .when(c("grade") == 2)
        .then(pl.lit("provisional"))
        .when(settled)
        .then(pl.lit("notMet"))
        .otherwise(pl.lit("undecided"))
    )
    return _shown(frame.with_columns(reason=reason, verdict=verdict))


def _shown(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of a verdict."""
    c = pl.col
    two = pl.when("useB").then("twoB").otherwise("twoA")
    way = pl.when(two).then(pl.lit("twoThirds")).otherwise(pl.lit("meanOfMaxima"))
    fewest = pl.min_horizontal("metA", "metB")
    to_meet = c("known") & (c("verdict") != "met") & (fewest < NO_SEASONS)
    to_fail = c("known") & c("verdict").is_in(["undecided", "provisional"]) & (c("failA") < NO_SEASONS)
    total = pl.when("useB").then("sumB").otherwise("lowSum")
    return frame.select(
        "verdict",
        pl.when(c("verdict").is_in(["met", "provisional"])).then(way).otherwise(pl.lit("")).alias("way"),
        c("n").alias("seasons"),
        pl.when("useB").then("kB").otherwise("k").alias("reached"),
        (c("o") + pl.when("useB").then(c("partial") - c("p")).otherwise(0)).alias("open"),
        (c("missing") + pl.when("useB").then(0).otherwise("partial")).alias("missing"),
        pl.when(c("n") > 0).then(total / c("n")).alias("meanLow"),
        pl.when(c("n") > 0, c("bounded"), ~c("useB")).then(c("highSum") / c("n")).alias("meanHigh"),
        "largest",
        pl.when(to_meet).then(fewest).cast(pl.Int64).alias("toMeet"),
        pl.when(to_fail).then("failA").cast(pl.Int64).alias("toFail"),
        "reason",
    )


def standing(seasons: pl.DataFrame, threshold: str) -> pl.DataFrame:
    """Return seasons with `standing` to the level in a column: reached, below, open, partial, missing; "" without one.

    >>> seasons = pl.DataFrame({"low": [9, 5, 5, 3, None], "high": [9, 5, None, None, None], "level": 7,
    ...                         "state": ["complete", "complete", "complete", "partial", "missing"]})
    >>> standing(seasons, "level")["standing"].to_list()
    ['reached', 'below', 'open', 'partial', 'missing']
    """
    level, withheld = pl.col(threshold), _withheld(seasons)
    stands = (
        pl.when(level.is_null() | (level < 1))
        .then(pl.lit(""))
        .when(~pl.col("state").is_in(["complete", "partial"]) & ~withheld)
        .then(pl.lit("missing"))
        .when(pl.col("low").fill_null(0) >= level)
        .then(pl.lit("reached"))
        .when((pl.col("state") == "partial") & ~withheld)
        .then(pl.lit("partial"))
        .when(pl.col("high").is_null() | (pl.col("high") >= level))
        .then(pl.lit("open"))
        .otherwise(pl.lit("below"))
    )
    return seasons.with_columns(stands.alias("standing"))
