"""How many were there in several sites that the same birds use?  Sums of one day, bounds of different days.

Birds that feed on one side of a border and rest on the other are counted twice if two national counts of different days
are added. Counts of a count group add up if they are synchronous: all within a window (one day, unless said). Otherwise
the birds of one site may be those of another: there were at least as many as the largest of the numbers, and at most
their sum.

Every day on which a member was counted is an anchor, and makes one occasion of the group:

1. From each member the first count on the day of the anchor, or within the window after it, is taken: they are
   synchronous, and their lows are added.
2. From each other member the count nearest to the anchor, within the pairing window before or after it, is taken (the
   earlier of two equally near). The low is then the larger of the sum of step 1 and the largest low of these.
3. The high is the sum of all their highs. It is unknown if one of them is, or if a member has no count in the windows.

A day on which a member's number is withheld is an anchor too: its owner knows what the others do not.
"""

from datetime import timedelta
from typing import Literal

import polars as pl

from tumen.errors import MisuseError
from tumen.waterbirds.occasion import CODE, OCCASIONS, REASONS, informative
from tumen.waterbirds.units import tree

SYNCHRONOUS = timedelta(0)
"""Counts of one day are synchronous."""

BY = ("group", "measure", "member")
"""The columns that tell one member's counts from another's."""

PAIRING = timedelta(days=7)
"""Counts of a week are held against each other: ours; longer, and they are counts of different birds."""


def groups(
    sites: pl.DataFrame,
    occasions: pl.DataFrame,
    *,
    synchronous: timedelta = SYNCHRONOUS,
    pairing: timedelta = PAIRING,
) -> pl.DataFrame:
    """Return the occasions (`OCCASIONS`, kind "group") of count groups, sorted by place, measure and date.

    `sites` is the table of sites of all parties, `occasions` those of the sites; the members of a group are the sites
    with its name in `countGroup` that are no unit of another. Windows are whole days: a part of a day is left off.
    `synchronous` is false where counts of different days are set side by side. `unitsMissing` is the number of members
    without a count in the windows; where there are some, `high` is null.

    >>> lakes = pl.DataFrame({"siteID": ["a", "b"], "partOf": [None, None], "countGroup": ["mouth", "mouth"]},
    ...     schema_overrides={"partOf": pl.String})
    >>> seen = pl.DataFrame({"place": ["a", "b"], "measure": "geese", "date": pl.Series([0, 3]).cast(pl.Date),
    ...     "low": [3000, 2500], "high": [3000, 2500], "visits": ["v", "w"], "reason": ""})
    >>> groups(lakes, seen).select("date", "low", "high", "synchronous").rows()[0][1:]
    (3000, 5500, False)
    """
    if synchronous < timedelta(0) or pairing < synchronous:
        raise MisuseError(
            "windows of zero days or more, the pairing window not the smaller",
            f"{synchronous.days} d, {pairing.days} d",
            "Set synchronous to 0d for counts of one day.",
        )
    members = tree(sites).sites.filter(pl.col("parent").is_null() & pl.col("countGroup").is_not_null())
    members = members.select(member="siteID", group="countGroup")
    sizes = members.group_by("group").agg(members=pl.len().cast(pl.Int64))
    kept = pl.col("reason") == "withheld"
    says = occasions.filter(informative() | kept).join(members, left_on="place", right_on="member", how="inner")
    says = says.select(
        "group", "measure", "date", "low", "high", "visits", "reason", member="place", day=pl.col("date")
    ).sort("date", "member")
    anchors = says.select("group", "measure", "date").unique()
    asked = anchors.join(members, on="group", how="inner").sort("date")
    counts, hidden = says.filter(informative()), says.filter(~informative())
    every = _taken(asked, counts, synchronous, pairing)
    if hidden.height:
        # A member that has nothing but withheld numbers in the windows was counted: only the number is missing.
        lacking = asked.join(every, on=["date", *BY], how="anti").sort("date")
        every = pl.concat([every, _taken(lacking, hidden, synchronous, pairing)])
    every = every.with_columns(why=pl.col("reason").replace_strict(CODE, default=CODE[""], return_dtype=pl.Int32))
    # Whatever else is near: on a day on which something is withheld nobody knows the most.
    shut = hidden.select("group", "measure", "date", kept=pl.lit(value=True)).unique()
    return _joined(every.join(shut, on=["group", "measure", "date"], how="left", maintain_order="left"), sizes)


def _taken(asked: pl.DataFrame, counts: pl.DataFrame, synchronous: timedelta, pairing: timedelta) -> pl.DataFrame:
    """Return the count that is taken for each anchor and member, where there is one, and whether it was `atOnce`."""
    by = list(BY)
    columns = ["day", "low", "high", "visits", "reason"]
    right = counts.select("date", *by, *columns)
    at_once = _found(asked, right, by, "forward", synchronous)
    lacking = at_once.filter(pl.col("day").is_null()).select(asked.columns)
    nearest = _found(lacking, right, by, "backward", pairing).join(
        _found(lacking, right, by, "forward", pairing), on=["date", *by], suffix="_after"
    )
    closer = pl.col("day").is_null() | (pl.col("day_after") - pl.col("date") < pl.col("date") - pl.col("day"))
    beside = nearest.with_columns(closer=closer.fill_null(False)).select(
        *asked.columns,
        *(pl.when("closer").then(name + "_after").otherwise(name).alias(name) for name in columns),
    )
    return pl.concat(
        [
            at_once.filter(pl.col("day").is_not_null()).with_columns(atOnce=pl.lit(True)),
            beside.filter(pl.col("day").is_not_null())
            .with_columns(atOnce=pl.lit(False))
            .select(*at_once.columns, "atOnce"),
        ]
    )


def _found(
    asked: pl.DataFrame,
    counts: pl.DataFrame,
    by: list[str],
    strategy: Literal["forward", "backward"],
    window: timedelta,
) -> pl.DataFrame:
    """Return for each anchor and member the first count after it, or the last before it, within a window of days."""
    tolerance = timedelta(days=window.days)
    # Both are sorted by date; polars can check that only where there are no groups.
    return asked.join_asof(counts, on="date", by=by, strategy=strategy, tolerance=tolerance, check_sortedness=False)


def _joined(every: pl.DataFrame, sizes: pl.DataFrame) -> pl.DataFrame:
    """Return the occasions of the groups from the counts taken for each anchor."""
    at_once = pl.col("atOnce")
    found = (
        every.sort("date", "group", "measure", "day", "member")
        .group_by("group", "measure", "date", maintain_order=True)
        .agg(
            summed=pl.col("low").filter(at_once).sum(),
            other=pl.col("low").filter(~at_once).max(),
            high=pl.when(pl.col("high").is_not_null().all()).then(pl.col("high").sum()),
            synchronous=at_once.all(),
            counted=pl.len().cast(pl.Int64),
            visits=pl.col("visits").str.join("|"),
            openWhy=pl.col("why").filter(pl.col("high").is_null()).min(),
            anyWhy=pl.col("why").min(),
            kept=((pl.col("why") == CODE["withheld"]) | pl.col("kept").fill_null(value=False)).any(),
        )
        .join(sizes, on="group", how="left", maintain_order="left")
        .with_columns(unitsMissing=pl.col("members") - pl.col("counted"))
    )
    missing = pl.col("unitsMissing") > 0
    code = (
        pl.when("kept")
        .then(CODE["withheld"])
        .when(pl.col("openWhy").is_not_null() & ~missing)
        .then("openWhy")
        .when(missing)
        .then(CODE["membersMissing"])
        .when(~pl.col("synchronous"))
        .then(CODE["notSynchronous"])
        .otherwise("anyWhy")
    )
    judged = found.with_columns(
        low=pl.max_horizontal("summed", "other"), high=pl.when(~missing & ~pl.col("kept")).then("high"), code=code
    ).sort("group", "measure", "date")
    return judged.select(
        "measure",
        "date",
        "low",
        "high",
        "synchronous",
        "visits",
        "unitsMissing",
        place="group",
        kind=pl.lit("group"),
        complete=pl.col("high").is_not_null(),
        reason=pl.Series(REASONS, dtype=pl.String).gather(judged["code"]),
    ).select(list(OCCASIONS))
