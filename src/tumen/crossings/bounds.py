"""How often can it have crossed, at least and at most?

Where a side is uncertain, an individual may have been in any of several countries. Over all ways to choose one country
for each uncertain encounter there is a smallest and a largest number of changes of country; consecutive encounters at
one place share one choice. Encounters in no country are skipped. A run of tracked positions with the same possible
countries is one encounter: the upper bound does not count how often an animal may have waded a border river in it.

Smallest: follow the countries that are still possible without a change; a change is due only when none is left.
Largest: of all choices so far, those with most changes end in some countries, the *top*. A choice that is one change
behind never catches up, so the top is all there is to remember.
"""

from collections.abc import Sequence

import polars as pl

BOUNDS: dict[str, pl.DataType | type[pl.DataType]] = {
    "individualID": pl.String,
    "crossings": pl.Int64,
    "crossingsHigh": pl.Int64,
}


def bounds(met: pl.DataFrame) -> pl.DataFrame:
    """Return the smallest and the largest number of crossings of each individual that was met in some country.

    `met` has `individualID`, `sides` (country codes joined by "|", "" for none) and `place` (null for positions), in
    the order of time per individual. Columns: those of `BOUNDS`, `individualID` typed as it came.

    >>> met = pl.DataFrame({"individualID": ["T7"] * 3, "sides": ["RU", "CN|RU", "RU"], "place": ["a", "b", "a"]})
    >>> bounds(met).rows()
    [('T7', 0, 2)]
    """
    nodes = (
        met.lazy()
        .filter(pl.col("sides").cast(pl.String) != "")
        .select("individualID", "sides", visit=pl.struct("individualID", "sides", "place").rle_id())
        .with_columns(run=pl.struct("individualID", "sides").rle_id())
        .group_by("run", maintain_order=True)
        .agg(pl.first("individualID", "sides"), length=(pl.last("visit") - pl.first("visit") + 1).cast(pl.Int64))
        .collect()
    )
    runs = nodes.group_by("individualID", maintain_order=True).agg(pl.col("sides").cast(pl.String), "length")
    masks = _masks(nodes["sides"])
    counted = [
        (_fewest([masks[s] for s in sides]), _most([masks[s] for s in sides], lengths))
        for sides, lengths in zip(runs["sides"].to_list(), runs["length"].to_list(), strict=True)
    ]
    return runs.select("individualID").with_columns(
        crossings=pl.Series([low for low, _ in counted], dtype=pl.Int64),
        crossingsHigh=pl.Series([high for _, high in counted], dtype=pl.Int64),
    )


def _masks(sides: pl.Series) -> dict[str, int]:
    """Return each set of countries as a number with one bit per country."""
    sets = sides.cast(pl.String).unique().to_list()
    bit = {country: 1 << k for k, country in enumerate(sorted({c for s in sets for c in s.split("|")}))}
    return {s: sum(bit[country] for country in set(s.split("|"))) for s in sets}


def _fewest(masks: Sequence[int]) -> int:
    changes, possible = 0, masks[0]
    for mask in masks:
        if possible & mask:
            possible &= mask
        else:
            changes, possible = changes + 1, mask
    return changes


def _most(masks: Sequence[int], lengths: Sequence[int]) -> int:
    """Count the most changes over runs of `length` nodes that may each be in the countries of `mask`."""
    changes, top = -1, 0  # The first node is no change, and is always counted as one below.
    for mask, length in zip(masks, lengths, strict=True):
        single = mask & (mask - 1) == 0
        if single:
            changes += top != mask
            top = mask
            continue
        changes += length
        others = mask & ~top
        there_and_back = top & (top - 1) == 0 and top & mask and others & (others - 1) == 0
        if not there_and_back:
            top = mask  # Whatever follows is a change from some country of the top, if not from all.
        elif length % 2:
            top = others
    return changes
