"""Read one table of a Camtrap DP package part by part, cast as the whole table is."""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from tumen.files.archive import UnreadableError
from tumen.files.local_time import read_local_times
from tumen.files.resources import TextInParts
from tumen.tables.cast import cast_cells, judge_header
from tumen.tables.examine import summed
from tumen.tables.findings import finding, join, shifted
from tumen.tables.package import Package
from tumen.tables.protocol import TABLES


class TableParts:
    """A table in parts: each a package of its rows, beside the tables that are held at once."""

    def __init__(self, text: TextInParts, package: Package) -> None:
        """Take the text, and the package that holds the other tables."""
        self.text, self.package = text, package
        self.table = TABLES[text.name]

    def __iter__(self) -> Iterator[Package]:
        """Yield the parts in the order of their rows; what is said of the whole table comes with the last."""
        columns = dict.fromkeys(self.package.received[self.table.name].columns)
        counted: list[pl.DataFrame] = []
        about: list[pl.DataFrame] = []
        try:
            for part in self.text:
                columns.update(dict.fromkeys(part.frame.columns))
                text, found = self._placed(part.frame)
                told = found.filter(pl.col("row").is_not_null())
                counted.append(found.filter(pl.col("row").is_null()))
                typed, cells = cast_cells(self.table, text)
                before = part.first_row - 2
                yield self._part(text, typed, [part.findings, shifted(told, before), shifted(cells, before)])
        except UnreadableError as error:
            name = self.table.name
            about = [finding("resource-unreadable", table=name, value=self.text.path, resource=name, reason=str(error))]
        text = self.package.received[self.table.name]
        yield self._part(text, self.table.empty(), [*about, *summed(counted), judge_header(self.table, list(columns))])

    def rows(self, numbers: pl.Series) -> Package:
        """Return the rows of these numbers (sorted, the first row is 2), read once more."""
        kept = [self.package.received[self.table.name], *self.text.rows(numbers)]
        text, _ = self._placed(pl.concat(kept, how="diagonal"))
        return self._part(text, cast_cells(self.table, text)[0], [])

    def _placed(self, text: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the text with the offsets of the package's time zone."""
        if self.package.time_zone is None:
            return text, join([])
        texts, found = read_local_times({self.table.name: text}, self.package.time_zone)
        return texts[self.table.name], found

    def _part(self, text: pl.DataFrame, typed: pl.DataFrame, found: list[pl.DataFrame]) -> Package:
        return replace(
            self.package,
            tables={self.table.name: typed},
            received={**self.package.received, self.table.name: text},
            findings=join(found),
        )
