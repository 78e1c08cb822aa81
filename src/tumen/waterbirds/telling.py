"""Choose the verdicts that a reader should see first: of each measure the season that comes nearest its level."""

import polars as pl

ORDER = ("met", "provisional", "undecided", "needsStatement", "notMet")
"""Verdicts, the best first."""
NUMERICAL = ("R5", "R6", "R9", "FB1", "FB2")
"""The criteria with a level that numbers are held against."""
NEAR, SETTLED_NEAR = 4, 2
"""A verdict whose largest number is less than this part of its level is not shown first; of those that are not met."""

SAME = ("place", "criterion", "season", "verdict", "threshold", "largest", "seasons", "reached", "open", "missing")
"""What the row of a subspecies has in common with that of its species where all the birds were of the subspecies."""


def telling(verdicts: pl.DataFrame) -> pl.DataFrame:
    """Return one row of VERDICTS for each place, criterion and measure whose numbers come near their level.

    Of several seasons and populations, under the editions that decide, it is the one with the best verdict, then the
    one whose largest number is the largest part of its level. Rows stand by place, criterion, verdict and measure. A
    subspecies whose row says the same as that of its species is not shown beside it.

    >>> rows = {"place": "a", "criterion": "R6", "measure": ["Anas crecca", "Anas acuta"], "season": "winter",
    ...         "verdict": ["undecided", "notMet"], "largest": [90, 2], "threshold": [100, 100], "counts": True}
    >>> telling(pl.DataFrame(rows))["measure"].to_list()
    ['Anas crecca']
    """
    rank = pl.col("verdict").replace_strict({one: place for place, one in enumerate(ORDER)}, return_dtype=pl.Int64)
    part = pl.when(pl.col("verdict") == "notMet").then(SETTLED_NEAR).otherwise(NEAR)
    near = (pl.col("largest") * part >= pl.col("threshold")).fill_null(False)
    share = pl.col("largest") / pl.col("threshold")
    first = (
        verdicts.filter(pl.col("criterion").is_in(NUMERICAL) & pl.col("counts") & near)
        .with_columns(rank=rank, share=share)
        .sort("rank", "share", descending=[False, True], nulls_last=True, maintain_order=True)
        .unique(["place", "criterion", "measure"], keep="first", maintain_order=True)
        .sort("place", "criterion", "rank", "share", descending=[False, False, False, True], maintain_order=True)
        .drop("rank", "share")
    )
    same = [name for name in SAME if name in first.columns]
    whole = pl.col("measure").str.split(" ").list.head(2).list.join(" ")
    below = first.filter(pl.col("measure") != whole).with_columns(of=whole)
    again = below.join(first.select(*same, of="measure"), on=[*same, "of"], how="semi", nulls_equal=True)
    return first.join(again, on=["place", "criterion", "measure"], how="anti", maintain_order="left")
