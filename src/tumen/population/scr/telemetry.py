"""Where were collared animals?  Positions thinned until one says little about the next."""

from datetime import timedelta

import numpy as np
import polars as pl

from tumen.population.scr.occasions import A_DAY, Window, instants
from tumen.population.scr.plane import Plane
from tumen.population.scr.survey import Fixes, Integers
from tumen.tables.schema import UTC, require

TRACKED: dict[str, pl.DataType | type[pl.DataType]] = {
    "detectionID": pl.String,
    "individualID": pl.String,
    "eventStart": UTC,
    "longitude": pl.Float64,
    "latitude": pl.Float64,
    "source": pl.String,
}
"""What is needed of DETECTIONS; `individualID` is the joint name, `source` is camera or position."""


def fixes(
    detections: pl.DataFrame, plane: Plane, window: Window, *, every: timedelta = A_DAY
) -> tuple[tuple[str, ...], Fixes]:
    """Return the collared animals' names and their positions in a session, thinned to at most one in `every`.

    `detections`: `TRACKED`; those of source position are used that have a name, an instant and a place. Thinned
    positions of one animal lie at least `every` apart in time, so that one says little about the next.
    """
    tracked = require(detections, TRACKED, "detections").filter(
        pl.col("source") == "position",
        pl.col("eventStart") >= pl.lit(window.start).cast(UTC),
        pl.col("eventStart") < pl.lit(window.end).cast(UTC),
        pl.col("longitude").is_finite() & pl.col("latitude").is_finite(),
    )
    ordered = tracked.drop_nulls("individualID").sort("individualID", "eventStart", "detectionID")
    names: list[str] = []
    animal: list[int] = []
    kept: list[pl.DataFrame] = []
    for (name,), own in ordered.group_by("individualID", maintain_order=True):
        thinned = own[spaced(instants(own["eventStart"]), every).tolist()]
        animal += [len(names)] * thinned.height
        names.append(str(name))
        kept.append(thinned)
    table = pl.concat(kept) if kept else ordered
    xy = plane.to_plane(table["longitude"].to_numpy(), table["latitude"].to_numpy())
    return tuple(names), Fixes(np.array(animal, dtype=np.int64), xy.reshape(-1, 2))


def spaced(at: Integers, gap: timedelta) -> Integers:
    """Return the positions of instants (sorted, microseconds) that lie at least `gap` after the last one returned.

    >>> spaced(np.array([0, 10, 25, 31]), timedelta(microseconds=20)).tolist()
    [0, 2]
    """
    step, kept, i = max(gap // timedelta(microseconds=1), 0), [], 0
    while i < len(at):
        kept.append(i)
        i = max(i + 1, int(np.searchsorted(at, at[i] + step, side="left")))
    return np.array(kept, dtype=np.int64)
