"""Read a CSV that comes with no description: its encoding is detected with a stated confidence, its delimiter counted.

The delimiter is the one of comma, semicolon and tab that occurs most often in the header.
"""

import polars as pl

from tumen.files.decode import decode
from tumen.files.text_table import Dialect, read_text_table
from tumen.tables.findings import gather

_DELIMITERS = ",;\t"


def read_bare_table(data: bytes, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    r"""Return the cells as text, and the findings about the file, which bear the name of the table.

    >>> frame, found = read_bare_table("название;дата\nустье;2015-01-10\n".encode("cp1251"), "visits")
    >>> frame.columns, frame.rows()
    (['название', 'дата'], [('устье', '2015-01-10')])
    """
    decoded = decode(data, name=name)
    header = decoded.text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=header.count)
    frame, found = read_text_table(
        decoded.text.encode("utf-8", "surrogateescape"), name=name, dialect=Dialect(delimiter)
    )
    return frame, gather([decoded.findings, found])
