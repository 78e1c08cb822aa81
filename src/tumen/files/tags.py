"""The standard's lists of tags: `key:value`, separated by ` | `."""

import polars as pl

from tumen.tables.schema import MISSING

SEPARATOR = " | "


def tag(column: str, key: str | None = None) -> pl.Expr:
    """Return `key:value` for every filled cell of a column, else null; a `|` inside a value is written as `/`.

    >>> pl.DataFrame({"session": ["2009", None, "NA"]}).select(tag("session")).to_series().to_list()
    ['session:2009', None, None]
    """
    filled = pl.col(column).is_not_null() & ~pl.col(column).is_in(MISSING)
    value = pl.col(column).str.replace_all("|", "/", literal=True)
    return pl.when(filled).then(pl.concat_str(pl.lit(f"{key or column}:"), value))


def joined(*parts: pl.Expr) -> pl.Expr:
    """Return the parts that are not null as one list; null where there is none.

    >>> frame = pl.DataFrame({"a": ["1", None], "b": ["2", None]})
    >>> frame.select(joined(tag("a"), tag("b"))).to_series().to_list()
    ['a:1 | b:2', None]
    """
    text = pl.concat_str(*parts, separator=SEPARATOR, ignore_nulls=True)
    return pl.when(text != "").then(text)
