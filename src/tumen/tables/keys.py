"""The cells by which the rows of a table are named or told apart, kept as numbers of 64 bits.

Ten million keys are eighty megabytes so. Different hashes are different cells: what is not found is not there. Equal
hashes are only candidates; whoever needs certainty looks at the cells themselves. Two different cells among ten
million bear one hash in one of four hundred thousand tables.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray


class Keys:
    """The hashes of some columns of a table, added part by part.

    >>> keys = Keys(["mediaID"])
    >>> keys.add(pl.DataFrame({"mediaID": ["m1", None]})); keys.add(pl.DataFrame({"mediaID": ["m2", "m1"]}))
    >>> keys.hold(pl.Series(["m1", "m3"])).to_list(), keys.alike().to_list()
    ([True, False], [2, 5])
    """

    def __init__(self, columns: Sequence[str | pl.Expr]) -> None:
        """Remember which columns, or what to make of them; a row in which one of them is null has no key."""
        self.columns = tuple(columns)
        self._parts: list[NDArray[np.uint64]] = []
        self._present: list[NDArray[np.bool_]] = []
        self._sorted: NDArray[np.uint64] | None = None

    def add(self, part: pl.DataFrame) -> None:
        """Take the next rows of the table."""
        hashes, present = self._hashed(part.select(self.columns))
        self._sorted = None
        self._parts.append(hashes)
        self._present.append(present)

    def hold(self, cells: pl.Series) -> pl.Series:
        """Say of each cell whether it is among the keys of one column; null where it is null."""
        ours = self._all()
        hashes = cells.hash()
        wanted = hashes.filter(cells.is_not_null()).unique().sort().to_numpy()
        places = np.minimum(np.searchsorted(ours, wanted), max(len(ours) - 1, 0))
        lacking = pl.Series(wanted[ours[places] != wanted] if len(ours) else wanted, dtype=pl.UInt64)
        held = ~hashes.is_in(lacking.implode()) if len(lacking) else pl.Series([True]).new_from_index(0, len(cells))
        return held.to_frame("held").select(pl.when(cells.is_not_null()).then("held").alias(cells.name)).to_series()

    def alike(self) -> pl.Series:
        """Return, in order, the rows (the first is 2) whose hash is that of another row, too."""
        ours = self._all()
        again = pl.Series(np.unique(ours[1:][ours[1:] == ours[:-1]]), dtype=pl.UInt64)
        if again.is_empty():
            return pl.Series("row", [], dtype=pl.Int64)
        rows, before = [], 2
        for hashes, present in zip(self._parts, self._present, strict=True):
            same = pl.Series(hashes).is_in(again.implode()).to_numpy() & present
            rows.append(np.flatnonzero(same) + before)
            before += len(hashes)
        return pl.Series("row", np.concatenate(rows), dtype=pl.Int64)

    def forget_rows(self) -> None:
        """Keep only what `hold` needs: half of it. No more can be added, and `alike` finds nothing."""
        self._all()
        self._parts, self._present = [], []

    def _all(self) -> NDArray[np.uint64]:
        if self._sorted is None:
            parts = [hashes[present] for hashes, present in zip(self._parts, self._present, strict=True)]
            self._sorted = np.concatenate([*parts, np.empty(0, dtype=np.uint64)])
            self._sorted.sort()
        return self._sorted

    def _hashed(self, frame: pl.DataFrame) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
        one = frame.to_series() if frame.width == 1 else frame.to_struct()
        present = frame.select(pl.all_horizontal(pl.all().is_not_null())).to_series()
        return one.hash().to_numpy(), present.to_numpy()
