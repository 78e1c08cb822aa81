"""What does a column look like at a level? The view of one table, column by column, by its class."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from tumen.sharing.choose import OWN_WORDS, WHOSE, folded, granted
from tumen.sharing.classes import GRANTABLE, Kept
from tumen.sharing.generalise import first_of, last_day_of, last_second_of
from tumen.sharing.levels import Grant, at_most
from tumen.sharing.places import LOCATED, location, of_samples
from tumen.sharing.pseudonyms import name_of, renamed
from tumen.tables.schema import DTYPES, OFFSET, Column, Kind, Table

WITHHELD = "withheld"
"""What stands in a cell that may not be empty and does not leave."""
SHARED = ("media", "observation")
"""Kinds of identifiers of which there may be very many, in several tables."""
PLACES = ("place", "deployment")
"""Kinds of identifiers that say which place: below `generalised` not even their new names leave."""


@dataclass(frozen=True)
class Viewer:
    """Who looks, and by which names: the grant, the owner's secret and party, the cells of locations (`CELLS`).

    `own`: the names of the owner's animals (`own_animals`).
    """

    grant: Grant
    secret: bytes
    party: str
    cells: pl.DataFrame
    own: pl.Series = field(default_factory=lambda: pl.Series([], dtype=pl.String), repr=False, compare=False)
    _known: dict[str, pl.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def placed(self) -> bool:
        """Whether the level tells places, as cells."""
        return at_most("generalised", self.grant.level)

    @property
    def period(self) -> str:
        """How finely the level tells times: "month" or "year"."""
        return "month" if self.placed else "year"

    def frees(self, column_class: str) -> bool:
        """Say whether the grant lets a class of columns leave as it is."""
        return column_class in GRANTABLE and granted(GRANTABLE[column_class], self.grant)

    def renamed(self, names: pl.Series, kind: str) -> pl.Series:
        """Return identifiers as the receiver sees them; each is named once, in however many tables it stands."""
        if kind not in SHARED or names.is_empty():
            return renamed(names, self.secret, self.grant.receiver, kind)
        known = self._known.get(kind)
        asked = names.drop_nulls().unique(maintain_order=True).alias("own").to_frame()
        new = asked if known is None else asked.join(known, on="own", how="anti")
        if new.height or known is None:
            named = new.with_columns(said=renamed(new["own"], self.secret, self.grant.receiver, kind))
            known = self._known[kind] = named if known is None else pl.concat([known, named])
        found = names.alias("own").to_frame().join(known, on="own", how="left", maintain_order="left")
        return found["said"].alias(names.name)

    def animal(self) -> Callable[[str], str]:
        """Return the function that names the owner's animals."""
        return name_of(self.secret, self.grant.receiver, "individual")


def view(table: Table, frame: pl.DataFrame, kept: Kept, viewer: Viewer) -> pl.DataFrame:
    """Return the rows of a table as a receiver sees them, in an order that tells nothing of theirs.

    `frame` is typed. Columns that nobody declared are gone; those that do not leave are empty, or `WITHHELD` where
    the protocol needs a word.
    """
    told = _told_of_places(table.name, frame, viewer)
    made: list[pl.Series] = []
    for column in table.columns:
        made += _column(column, frame, kept, viewer, told)
    shown = pl.DataFrame(made, schema=table.dtypes)
    if table.name in OWN_WORDS and not viewer.frees("animal"):
        shown = _names_of_pairs(frame, shown, viewer)
    by = [table.key] if table.key else [name for name in table.names if shown[name].null_count() < shown.height]
    # Rows as they stood would tell the order of times.
    return shown.sort(by, maintain_order=True, nulls_last=True) if by else shown


PICTURED = ("filePath", "fileName", "exifData")
"""Columns that tell places, times and people by themselves: they stay at home as soon as any class is denied."""


def blanked(table: Table, frame: pl.DataFrame, kept: Kept, viewer: Viewer) -> pl.DataFrame:
    """Return a table of the level `full` without the classes of columns that the grant denies; the rest as it is.

    Times are coarsened to the month and names replaced, as below `full`; all else is empty, or `WITHHELD`.
    """
    made: list[pl.Series] = []
    for column in table.columns:
        what = kept.columns.get(column.name, "detail")
        named = {"genotype": "genotype", **GRANTABLE}.get(what, "")
        if column.kind in (Kind.DATETIME, Kind.DATE) and what != "fact":
            named, what = "time", what if named else "time"
        if what == "detail" and column.name in ("text", "evidence", "title"):
            named = "text"
        if kept.kinds.get(column.name) == "place":
            named = "place"
        if column.name in PICTURED and viewer.grant.denied:
            made.append(_nothing(column, frame.height))
        elif named not in viewer.grant.denied or column.name == "fileMediatype":
            made += _as_is(column, frame)
        elif what in ("start", "end", "time", "judged"):
            made += _timed(column, frame[column.name], what, "month")
        elif what in ("animal", "key"):
            made.append(viewer.renamed(frame[column.name], kept.kinds[column.name]))
        else:
            made += [_nothing(column, frame.height), *_offset(column, frame.height)]
    return pl.DataFrame(made, schema=table.dtypes)


def _told_of_places(name: str, frame: pl.DataFrame, viewer: Viewer) -> pl.DataFrame | None:
    """Return longitude, latitude and radius of each row; None where the level tells no place."""
    if name not in LOCATED or not viewer.placed:
        return None
    lacking = frame.select(
        lacking=pl.any_horizontal(pl.col("longitude", "latitude").is_null() | pl.col("longitude", "latitude").is_nan())
    )
    if name == "samples":
        told = of_samples(frame, viewer.cells, viewer.grant.category)
    else:
        cells = viewer.cells.select("location", "longitude", "latitude", "radius")
        told = frame.select(location(name).alias("location")).join(
            cells, on="location", how="left", maintain_order="left"
        )
    return told.hstack(lacking).with_columns(
        pl.when(~pl.col("lacking")).then(name).alias(name) for name in ("longitude", "latitude", "radius")
    )


def _column(
    column: Column, frame: pl.DataFrame, kept: Kept, viewer: Viewer, told: pl.DataFrame | None
) -> list[pl.Series]:
    """Return a column as it leaves; an instant is followed by its offset, which is that of UTC."""
    name, what = column.name, kept.columns.get(column.name, "detail")
    cells = frame[name]
    if what in ("fact", "country", "genotype") or viewer.frees(what):
        return _as_is(column, frame)
    if what in ("start", "end", "time", "judged"):
        return _timed(column, cells, what, viewer.period)
    if what == "animal":
        return [viewer.renamed(cells, "individual")]
    if what == "key":
        kind = kept.kinds[name]
        hidden = kind in PLACES and not viewer.placed
        return [_nothing(column, frame.height)] if hidden else [viewer.renamed(cells, kind)]
    if what in ("longitude", "latitude", "radius") and told is not None:
        values = told[what]
        if column.kind is Kind.INTEGER:
            values = values.cast(pl.Int64)
        return [values.alias(name)]
    return [_nothing(column, frame.height), *_offset(column, frame.height)]


def _as_is(column: Column, frame: pl.DataFrame) -> list[pl.Series]:
    offset = [frame[column.name + OFFSET]] if column.kind is Kind.DATETIME else []
    return [frame[column.name], *offset]


def _offset(column: Column, height: int) -> list[pl.Series]:
    if column.kind is not Kind.DATETIME:
        return []
    return [pl.Series(column.name + OFFSET, [None], dtype=pl.Int32).new_from_index(0, height)]


def _nothing(column: Column, height: int) -> pl.Series:
    word = WITHHELD if column.required and column.kind is Kind.STRING else None
    return pl.Series(column.name, [word], dtype=DTYPES[column.kind]).new_from_index(0, height)


def _timed(column: Column, cells: pl.Series, what: str, period: str) -> list[pl.Series]:
    cell = pl.col(column.name)
    if column.kind is Kind.DATE:
        day = last_day_of(cell, period) if what == "end" else first_of(cell, period)
        return [cells.to_frame().select(day.alias(column.name)).to_series()]
    told = last_second_of(cell, period) if what == "end" else first_of(cell, period)
    if what == "judged":
        # Which judgement came first decides a register; how much later it came is nobody's business.
        order = cell.rank("dense").over(first_of(cell, period)).cast(pl.Int64) - 1
        told = told + pl.duration(seconds=order)
    values = cells.to_frame().select(told.alias(column.name)).to_series()
    utc = pl.when(cell.is_not_null()).then(pl.lit(0, dtype=pl.Int32)).alias(column.name + OFFSET)
    return [values, values.to_frame().select(utc).to_series()]


def _names_of_pairs(frame: pl.DataFrame, shown: pl.DataFrame, viewer: Viewer) -> pl.DataFrame:
    """Return events on pairs: the receiver's animals under its own names unless we have one so named; others keyed."""
    changed: list[pl.Series] = []
    own = viewer.own.implode()
    for party, name in WHOSE.items():
        theirs = frame.select((pl.col(party) == viewer.grant.receiver) & ~folded(name).is_in(own)).to_series()
        changed.append(frame[name].zip_with(theirs.fill_null(False), viewer.renamed(frame[name], "individual")))
    if "members" in frame.columns:
        animal, ours = viewer.animal(), _ours(frame["members"], viewer.own)
        named = [_members(cell, viewer.grant.receiver, animal, ours) for cell in frame["members"]]
        changed.append(pl.Series("members", named, dtype=pl.String))
    return shown.with_columns(changed)


def _ours(members: pl.Series, own: pl.Series) -> set[str]:
    """Return the names among members that are, or look like, those of the owner's animals."""
    names = {one.strip().partition("/")[2] for cell in members.drop_nulls() for one in cell.split("|")}
    listed = pl.Series("name", sorted(names), dtype=pl.String).to_frame()
    return set(listed.filter(folded("name").is_in(own.implode()))["name"])


def _members(cell: str | None, receiver: str, animal: Callable[[str], str], ours: set[str]) -> str | None:
    if cell is None:
        return None
    told = []
    for member in filter(None, map(str.strip, cell.split("|"))):
        whose, _, name = member.partition("/")
        told.append(f"{whose}/{name}" if whose == receiver and name not in ours else f"{whose}/{animal(name)}")
    return "|".join(told)


def generalisations(viewer: Viewer, kept: Mapping[str, Kept]) -> str:
    """Say what was coarsened, for `dataGeneralizations` of Darwin Core."""
    grant = viewer.grant
    said = [f"Level {grant.level}."]
    if viewer.placed:
        said.append(
            f"Coordinates are centres of cells of category {grant.category} (Chapman 2020); coordinateUncertainty is "
            "the radius that holds the cell and the uncertainty stated by its owner, 30 m where it stated none."
        )
    if not viewer.frees("time"):
        said.append(
            f"Times are those of the {viewer.period} of UTC: beginnings and single times its first instant or day, "
            "ends its last second or day; of judgements only the order within it is kept, as seconds."
        )
    if "encounters" in kept:
        said.append(f"Distances to the border are rounded up to multiples of {grant.step:g} m.")
    said.append("Identifiers are keyed names that hold for one receiver.")
    return " ".join(said)
