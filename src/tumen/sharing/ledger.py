"""What has already left, and to whom? The owner's ledger of releases, per location, per receiver and over all of them.

It stays with its owner. It holds of each location the cell in which it was first told, so that the same location is
told in the same cell for ever; and how finely it was told to whom. A release that together with earlier ones would
tell more than the policy grants is refused:

- a finer cell, or the exact place, to a receiver that has a coarser one, unless under an agreement that is new;
- a finer step of the distance to the border, likewise;
- a step that is no multiple or divisor of one released before to anybody: two such distances together are finer than
  either, and receivers may talk to each other;
- another grid than the one in use, whose cells would overlap with those released;
- anything after the last day of the grant.
"""

from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from tumen.sharing.generalise import GRID, WIDTHS
from tumen.sharing.levels import Grant
from tumen.tables import findings
from tumen.tables.schema import UTC, require

EXACT = 9
"""Category that stands for the exact place."""
UNPLACED = 0
"""Category that stands for no coordinates at all."""

RELEASES: dict[str, pl.DataType | type[pl.DataType]] = {
    "release": pl.Int64,
    "on": UTC,
    "receiver": pl.String,
    "purpose": pl.String,
    "agreement": pl.String,
    "level": pl.String,
    "package": pl.String,
    "location": pl.String,
    "grid": pl.String,
    "column": pl.Int64,
    "row": pl.Int64,
    "category": pl.Int64,
    "step": pl.Float64,
    "borderDistance": pl.Float64,
}
"""One row per release and location. `column`, `row`: the finest cell (`tumen.sharing.generalise.anchors`), -1 for none.

`location` is the owner's own word, such as "place/..." or "sample/...". `category` is 0 where no coordinates left and
9 where exact ones did. `step` and `borderDistance` (m) are null where no distance to the border left.
"""

LOCATIONS = {name: RELEASES[name] for name in ("location", "column", "row", "category", "step", "borderDistance")}
"""What one release tells of each location."""


def nothing_released() -> pl.DataFrame:
    """Return a ledger's table without rows."""
    return pl.DataFrame(schema=RELEASES)


@dataclass(frozen=True)
class Ledger:
    """What was released so far: a table with the columns of `RELEASES`."""

    releases: pl.DataFrame = field(default_factory=nothing_released)

    def __post_init__(self) -> None:
        """Refuse a table of another shape."""
        require(self.releases, RELEASES, "the ledger of releases")

    def cells(self) -> pl.DataFrame:
        """Return the cell in which each location was first told: location, column, row."""
        placed = self.releases.filter(pl.col("column") >= 0).sort("release", maintain_order=True)
        return placed.unique("location", keep="first", maintain_order=True).select("location", "column", "row")

    def distances(self, step: float) -> pl.DataFrame:
        """Return the distance to the border that was told of each location with this step: location, told."""
        same = self.releases.filter(pl.col("step") == step).sort("release", maintain_order=True)
        first = same.unique("location", keep="first", maintain_order=True)
        return first.select("location", told="borderDistance")


def record(ledger: Ledger, told: pl.DataFrame, grant: Grant, package: str, now: datetime) -> Ledger:
    """Return the ledger with one more release; `told` has the columns of `LOCATIONS`, one row per location."""
    number = (ledger.releases["release"].max() or 0) if ledger.releases.height else 0
    require(told, LOCATIONS, "the locations of a release")
    if told.is_empty():
        told = pl.DataFrame([("", -1, -1, UNPLACED, None, None)], schema=LOCATIONS, orient="row")
    added = told.sort("location").select(
        pl.lit(int(str(number)) + 1, dtype=pl.Int64).alias("release"),
        pl.lit(now).cast(UTC).alias("on"),
        pl.lit(grant.receiver).alias("receiver"),
        pl.lit(grant.purpose).alias("purpose"),
        pl.lit(grant.agreement).alias("agreement"),
        pl.lit(grant.level).alias("level"),
        pl.lit(package).alias("package"),
        "location",
        pl.lit(GRID).alias("grid"),
        "column",
        "row",
        "category",
        "step",
        "borderDistance",
    )
    return Ledger(pl.concat([ledger.releases, added]))


def refusals(ledger: Ledger, told: pl.DataFrame, grant: Grant, now: datetime) -> pl.DataFrame:
    """Return why a release may not leave after what has left: findings, each an error; none where it may.

    >>> from datetime import UTC as utc, datetime
    >>> row = ("place/a", 1, 1, None, None, None)
    >>> told = pl.DataFrame([row], schema=LOCATIONS, orient="row")
    >>> coarse, fine = (told.with_columns(category=pl.lit(number, dtype=pl.Int64)) for number in (2, 3))
    >>> day = datetime(2015, 1, 1, tzinfo=utc)
    >>> once = record(Ledger(), coarse, Grant("south", "generalised", category=2), "north", day)
    >>> refusals(once, fine, Grant("south", "generalised", category=3), day)["code"].to_list()
    ['release-finer']
    """
    require(told, LOCATIONS, "the locations of a release")
    found = []
    if grant.until is not None and now.date() > grant.until:
        found.append(findings.finding("release-after-end", value=grant.receiver, until=grant.until.isoformat()))
    before = ledger.releases.join(told.select("location", new="category", newStep="step"), on="location", how="inner")
    mine = before.filter(pl.col("receiver") == grant.receiver)
    agreed = grant.agreement != "" and grant.agreement not in set(
        ledger.releases.filter(pl.col("receiver") == grant.receiver)["agreement"]
    )
    others = before.filter((pl.col("grid") != GRID) & (pl.col("category") > UNPLACED))
    found.append(_each("release-other-grid", others, was="grid", now=pl.lit(GRID)))
    if not agreed:
        placed = mine.filter((pl.col("category") > UNPLACED) & (pl.col("new") > UNPLACED))
        best = placed.group_by("location").agg(pl.max("category"), pl.first("new"))
        finer = best.filter(pl.col("new") > pl.col("category"))
        found.append(_each("release-finer", finer, was=_width("category"), now=_width("new")))
        stepped = mine.drop_nulls(["step", "newStep"]).group_by("location").agg(pl.min("step"), pl.first("newStep"))
        closer = stepped.filter(pl.col("newStep") < pl.col("step"))
        found.append(_each("release-finer-step", closer, was=_metres("step"), now=_metres("newStep")))
    steps = before.drop_nulls(["step", "newStep"]).unique(["location", "step"], maintain_order=True)
    small, large = pl.min_horizontal("step", "newStep"), pl.max_horizontal("step", "newStep")
    # A multiple, up to what floating-point numbers cannot tell apart.
    rest = (large / small - (large / small).round()).abs()
    crossing = steps.filter(rest > 1e-9).sort("location", "step").unique("location", keep="first", maintain_order=True)
    found.append(_each("release-steps-cross", crossing, was=_metres("step"), now=_metres("newStep")))
    return findings.gather(found)


def _width(name: str) -> pl.Expr:
    words = {EXACT: "0", **{category: f"{width:g}" for category, width in WIDTHS.items()}}
    return pl.col(name).replace_strict(words, default="", return_dtype=pl.String)


def _metres(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).str.strip_suffix(".0")


def _each(code: str, frame: pl.DataFrame, *, was: str | pl.Expr, now: pl.Expr) -> pl.DataFrame:
    """Return one finding per location."""
    earlier = pl.col(was) if isinstance(was, str) else was
    rows = (
        frame.unique("location", keep="first", maintain_order=True)
        .sort("location")
        .select(pl.lit(None, dtype=pl.Int64).alias("row"), value="location", was=earlier, now=now)
    )
    return findings.rows(code, rows, table="", column="", arguments=("was", "now"))
