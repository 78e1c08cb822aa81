"""Tables made up by hypothesis from their declarations."""

from datetime import UTC, date, datetime

import polars as pl
from hypothesis import strategies as st

from tumen.tables.schema import MISSING, OFFSET, Column, Kind, Table

LETTERS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=8).filter(
    lambda text: text not in MISSING
)


def values(column: Column) -> st.SearchStrategy[object]:
    """Valid values of one column, as they are typed; of a pattern only its example is known."""
    if column.vocabulary:
        return st.sampled_from(column.vocabulary)
    low = None if column.minimum is None else column.minimum
    high = None if column.maximum is None else column.maximum
    by_kind = {
        Kind.STRING: st.just(column.example) if column.pattern else LETTERS,
        Kind.ANY: LETTERS,
        Kind.BOOLEAN: st.booleans(),
        Kind.NUMBER: st.floats(low, high, allow_nan=False, allow_infinity=False),
        Kind.INTEGER: st.integers(-(2**62) if low is None else int(low), 2**62 if high is None else int(high)),
        Kind.DATE: st.dates(date(1, 1, 1), date(9999, 12, 31)),
        Kind.DATETIME: st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)).map(  # noqa: DTZ001
            lambda instant: instant.replace(microsecond=0, tzinfo=UTC)
        ),
    }
    return by_kind[column.kind]


@st.composite
def typed(draw: st.DrawFn, table: Table, max_size: int = 4) -> pl.DataFrame:
    """A valid table: required cells are there, unique ones differ, others may be empty."""
    height = draw(st.integers(0, max_size))
    columns: dict[str, list[object]] = {}
    for column in table.columns:
        given = values(column) if column.required else st.one_of(st.none(), values(column))
        cells = draw(st.lists(given, min_size=height, max_size=height, unique=column.unique))
        columns[column.name] = cells
        if column.kind is Kind.DATETIME:
            offsets = st.integers(-14 * 60, 14 * 60)
            columns[column.name + OFFSET] = [None if cell is None else draw(offsets) for cell in cells]
    return pl.DataFrame(columns, schema=table.dtypes)
