"""How often was it met?

Ten photographs in a minute are one meeting. An encounter is what the field calls an independent detection: all
detections of one individual at one place, as long as the gap from the latest end so far to the next start is shorter
than `independence`; a gap of exactly `independence` starts a new one. Tracked positions have no place: a run of
positions on one side is one encounter, with its first and last instant.

An encounter also ends when the individual was met on another side in between, or at another place whose side is not
certain. Otherwise a walk over the border and back within half an hour would vanish inside one encounter.
"""

from datetime import timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from tumen.measure.night import night
from tumen.tables.detections import DETECTIONS
from tumen.tables.schema import UTC, require

LOCATED: dict[str, pl.DataType | type[pl.DataType]] = {
    **{name: dtype for name, dtype in DETECTIONS.items() if dtype != UTC},
    "names": pl.String,
    "countryCode": pl.String,
    "possibleCountries": pl.String,
    "borderDistance": pl.Float64,
    "borderDistanceLow": pl.Float64,
    "borderDistanceHigh": pl.Float64,
}
"""Detections with joint identities and sides. `eventStart`, `eventEnd` are instants in any time zone and unit."""

ENCOUNTERS: dict[str, pl.DataType | type[pl.DataType]] = {
    "individualID": pl.String,
    "scientificName": pl.String,
    "party": pl.String,
    "place": pl.String,
    "countryCode": pl.String,
    "possibleCountries": pl.String,
    "start": UTC,
    "end": UTC,
    "detections": pl.Int64,
    "lifeStage": pl.String,
    "longitude": pl.Float64,
    "latitude": pl.Float64,
    "borderDistance": pl.Float64,
    "borderDistanceLow": pl.Float64,
    "borderDistanceHigh": pl.Float64,
}
"""One row per encounter. Coordinates are those of its first detection; border distances (m) the largest in it."""

STAGES = ("juvenile", "subadult", "adult")
"""Life stages from the youngest; an encounter has the oldest that was recorded."""


_WORDS = ("individualID", "party", "place", "countryCode", "possibleCountries")
_MEASURES = ("borderDistance", "borderDistanceLow", "borderDistanceHigh")


def in_order(detections: pl.DataFrame) -> pl.DataFrame:
    """Return detections in the one order everything here relies on, with what follows from each by itself.

    Order: individual, start, place, sides, end, coordinates, party. So neither the order of rows nor of packages
    matters, and ties in time are settled by place and then by country. Words become categories in alphabetical order,
    instants UTC. Added:

    - `sides`: the certain country, else the possible ones, the declared one among them where it was contradicted;
    - `side`: equal for detections that are certain to be on one side (same certain country, same uncertain place, or
      positions with the same possible countries);
    - `spot`: the place, or for positions the party;
    - `night`: the number of the night, from noon to noon by the sun; null without a longitude;
    - `stage`: 1 juvenile, 2 subadult, 3 adult, 0 not recorded.

    `detections` has the columns of `LOCATED`; names of possible individuals and rows without an instant are for the
    caller to leave out.
    """
    frame = require(detections, LOCATED, "located detections").select(
        *(_categories(detections, name) for name in _WORDS),
        pl.col("eventStart").dt.convert_time_zone("UTC").cast(UTC).alias("start"),
        pl.col("eventEnd").dt.convert_time_zone("UTC").cast(UTC).alias("end"),
        "longitude",
        "latitude",
        "coordinateUncertainty",
        *_MEASURES,
        stage=pl.col("lifeStage")
        .replace_strict({name: k for k, name in enumerate(STAGES, 1)}, default=0)
        .cast(pl.Int8),
    )
    return (
        frame.with_columns(
            _sides(detections),
            end=pl.max_horizontal("start", "end"),
            # Positions of a party come before all places.
            spot=pl.coalesce(_code("place"), _code("party") - frame.height),
            # Where a place is not released, the other places' longitude tells the night; without any, UTC does.
            night=night(pl.col("start"), pl.col("longitude").fill_null(pl.col("longitude").mean()).fill_null(0.0)),
        )
        .with_columns(side=_side())
        .sort("individualID", "start", "spot", "sides", "end", "longitude", "latitude", "party")
    )


def _categories(frame: pl.DataFrame, name: str) -> pl.Series:
    values = frame[name]
    return values.cast(pl.Enum(values.drop_nulls().unique().sort()))


def _code(name: str) -> pl.Expr:
    """Return the number of a category: its place in the alphabet."""
    return pl.col(name).to_physical().cast(pl.Int64)


def _sides(detections: pl.DataFrame) -> pl.Series:
    """Return the certain country, or else the possible ones ("" for none).

    Where a declared country contradicts the coordinates, either may be right: both are possible.
    """
    what = ["countryCode", "possibleCountries", "declaredCountry"]
    # As many texts as there are combinations, not as there are detections.
    combinations = detections.select(what).unique()
    possible = pl.col("possibleCountries").fill_null("")
    either = pl.concat_list(possible.str.split("|"), "declaredCountry").list.unique().list.sort().list.join("|")
    torn = pl.col("declaredCountry").is_not_null() & (possible != "")
    sides = combinations.with_columns(
        sides=pl.coalesce("countryCode", pl.when(torn).then(either).otherwise(possible)),
    )
    joined = detections.select(what).join(sides, on=what, how="left", nulls_equal=True, maintain_order="left")
    return _categories(joined, "sides")


def _side() -> pl.Expr:
    """Return a number that is equal for detections certain to be on one side."""
    certain = -1 - _code("sides")
    kinds = _code("sides").max() + 1
    return (
        pl.when(pl.col("countryCode").is_not_null())
        .then(certain)
        .otherwise(
            # An uncertain place has one side, whichever it is; two uncertain places may lie on two.
            (_code("place") + 1).fill_null(0) * kinds + _code("sides")
        )
    )


def encounters(ordered: pl.DataFrame, independence: timedelta) -> pl.DataFrame:
    """Return the independent encounters of detections that are `in_order`, in the same order by their first detection.

    Columns: those of `ENCOUNTERS` (words still as categories), and `sides`, `spot`, and `first` and `last`, the row
    numbers in `ordered` of the detections that start earliest and latest. See the module for what an encounter is.
    """
    rows = ordered.select(
        "spot", "place", "start", "end", row=pl.int_range(pl.len()), stay=pl.struct("individualID", "side").rle_id()
    ).sort("stay", "spot", "row")
    rows = rows.with_columns(visit=pl.struct("stay", "spot").rle_id())
    so_far = _largest_so_far(rows["end"].dt.timestamp("us").to_numpy(), rows["visit"].to_numpy())
    gap = pl.col("start").dt.timestamp("us") - pl.Series("soFar", so_far).shift()
    opens = (pl.col("visit") != pl.col("visit").shift()).fill_null(True) | (
        pl.col("place").is_not_null() & (gap >= independence // timedelta(microseconds=1))
    )
    return _gathered(ordered, rows["row"].to_numpy(), np.flatnonzero(rows.select(opens).to_series().to_numpy()))


def _gathered(ordered: pl.DataFrame, rows: npt.NDArray[np.int64], opens: npt.NDArray[np.int64]) -> pl.DataFrame:
    """Gather encounters: `rows` of `ordered`, one encounter after the other, each beginning at a place in `opens`.

    Sorted slices instead of a grouping: as many groups as rows is the usual case.
    """
    closes = np.append(opens, rows.size)[1:]
    by_first = np.argsort(rows[opens], kind="stable")
    first, last = rows[opens][by_first], rows[closes - 1][by_first]

    def largest(name: str) -> pl.Series:
        values = ordered[name].to_numpy()[rows]
        return pl.Series(name, np.fmax.reduceat(values, opens)[by_first])

    end = ordered["end"].dt.timestamp("us").to_numpy()[rows]
    return ordered[first].with_columns(
        pl.Series("end", np.maximum.reduceat(end, opens)[by_first]).cast(UTC),
        largest("stage"),
        *(largest(name).fill_nan(None) for name in _MEASURES),
        detections=pl.Series((closes - opens)[by_first]),
        first=pl.Series(first),
        last=pl.Series(last),
    )


def _largest_so_far(values: npt.NDArray[np.int64], group: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """Return the running maximum of each group; `group` never falls.

    One pass over ranks: a later group starts above every rank of an earlier one.
    """
    order = np.argsort(values, kind="stable")
    rank = np.empty(values.size, dtype=np.int64)
    rank[order] = np.arange(values.size)
    floor = group.astype(np.int64) * values.size
    best: npt.NDArray[np.int64] = values[order[np.maximum.accumulate(floor + rank) - floor]]
    return best
