"""Read a raster of habitat: ESRI ASCII grid (.asc) and plain GeoTIFF (`geotiff`).

An ASCII grid does not say in which coordinate system it is: that is declared. Values that are no numbers are findings,
row by row, and count as none; a grid whose header or number of values does not fit is refused.
"""

import re
import warnings
from pathlib import Path

import numpy as np
import polars as pl

from tumen.errors import FormatError, Text
from tumen.files import geotiff
from tumen.files.projection import read_datum
from tumen.measure.grid import Floats, Grid
from tumen.tables.findings import finding, join, rows

LIMIT = 100_000_000
"""Cells of the largest raster that is read."""

_HEADER = re.compile(
    r"\s*(ncols|nrows|xllcorner|xllcenter|yllcorner|yllcenter|cellsize|dx|dy|nodata_value)\s+(\S+)[^\S\n]*(?:\n|\Z)",
    re.I,
)


def read_raster(path: Path | str, crs: str | None = None) -> tuple[Grid, pl.DataFrame]:
    """Return a raster and findings about its values, whose rows are lines of the file (ASCII) or rows of cells.

    `crs`: a code such as "EPSG:32652"; needed for an ASCII grid, and refused where it contradicts a GeoTIFF's own.
    Raises `FormatError` for files of other kinds, and `PlaceError` for an unknown system.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FormatError(
            "a raster file", Text("no file {path} that can be read", path=path), "Check the path."
        ) from error
    if data[:4] in (b"II*\x00", b"MM\x00*"):
        return _checked(*geotiff.read(data, path.name, crs, LIMIT), path.name)
    return ascii_grid(data, path.name, crs)


def ascii_grid(data: bytes, name: str, crs: str | None) -> tuple[Grid, pl.DataFrame]:
    r"""Return the raster of an ESRI ASCII grid, and findings about its values.

    >>> text = b"ncols 2\nnrows 1\nxllcorner 100\nyllcorner 50\ncellsize 10\nNODATA_value -9999\n7 -9999\n"
    >>> grid, found = ascii_grid(text, "forest.asc", "EPSG:32652")
    >>> grid.values.tolist(), grid.bounds, found["code"].to_list()
    ([[7.0, nan]], (100.0, 50.0, 120.0, 60.0), ['raster-nodata'])
    """
    text = _text(data, name)
    header, start = _header(text, name)
    if crs is None:
        raise FormatError(
            Text("the coordinate system of {name}", name=name),
            "none: an ASCII grid does not hold it",
            'Declare it as a code such as "EPSG:32652".',
        )
    read_datum(crs)
    rows_, columns = (_whole(header, key, name) for key in ("nrows", "ncols"))
    if rows_ * columns > LIMIT:
        raise FormatError(
            Text("a raster of at most {limit} cells", limit=LIMIT),
            Text("{count} in {name}", count=rows_ * columns, name=name),
            "Cut it to the area of the survey, or make its cells larger.",
        )
    width, height = (_number(header, key if key in header else "cellsize", name) for key in ("dx", "dy"))
    corner = []
    for key, size in (("xll", width), ("yll", height)):
        middle = key + "corner" not in header
        at = _number(header, key + ("center" if middle else "corner"), name)
        corner.append(at - size / 2 if middle else at)
    values, found = _values(text, start, name)
    if len(values) != rows_ * columns:
        raise FormatError(
            Text("{count} values in {name}", count=rows_ * columns, name=name),
            Text("{count}", count=len(values)),
            "Check that the file is whole, and that ncols and nrows are right.",
        )
    none = _number(header, "nodata_value", name) if "nodata_value" in header else None
    if none is not None:
        values[values == none] = np.nan
    grid = Grid(values.reshape(rows_, columns), corner[0], corner[1] + rows_ * height, width, height, crs)
    return _checked(grid, none is not None, name, found)


def _checked(grid: Grid, declared: bool, name: str, found: pl.DataFrame | None = None) -> tuple[Grid, pl.DataFrame]:
    """Count the cells without a value."""
    parts = [] if found is None else [found]
    missing = int(np.isnan(grid.values).sum())
    if missing:
        parts.append(finding("raster-nodata", table=name, value=str(missing), cells=grid.values.size))
    elif not declared:
        low, high = (f"{value:g}" for value in (grid.values.min(), grid.values.max()))
        parts.append(finding("raster-nodata-undeclared", table=name, low=low, high=high))
    return grid, join(parts)


def _text(data: bytes, name: str) -> str:
    if not data[:4096].isascii() or b"\x00" in data[:4096]:
        raise FormatError(
            Text("an ESRI ASCII grid or a GeoTIFF in {name}", name=name),
            "neither",
            "Convert it: gdal_translate -of AAIGrid in out.asc.",
        )
    return data.decode("ascii", "backslashreplace").replace("\r\n", "\n").replace("\r", "\n")


def _header(text: str, name: str) -> tuple[dict[str, str], int]:
    header: dict[str, str] = {}
    start = 0
    while (match := _HEADER.match(text, start)) is not None:
        if match[1].lower() in header:
            raise FormatError(
                Text("every line of the header of {name} once", name=name),
                Text("{line} twice", line=match[1]),
                "Keep the one that is right.",
            )
        header[match[1].lower()] = match[2]
        start = match.end()
    if not header:
        raise FormatError(
            Text("an ESRI ASCII grid or a GeoTIFF in {name}", name=name),
            "no header (ncols, nrows, ...)",
            "Convert it: gdal_translate -of AAIGrid in out.asc.",
        )
    return header, start


def _number(header: dict[str, str], key: str, name: str) -> float:
    try:
        value = float(header.get(key, "nan"))
    except ValueError:
        value = np.nan
    none = key == "nodata_value" and header[key].lower() == "nan"
    if not (np.isfinite(value) or none) or (key in ("cellsize", "dx", "dy") and value <= 0):
        raise FormatError(
            Text("a number for {key} in the header of {name}", key=key, name=name),
            Text("{value}", value=header.get(key, "none")),
            "Mend the header.",
        )
    return value


def _whole(header: dict[str, str], key: str, name: str) -> int:
    value = _number(header, key, name)
    if value < 1 or value != int(value):
        raise FormatError(
            Text("a whole number above 0 for {key} in the header of {name}", key=key, name=name),
            header[key],
            "Mend the header.",
        )
    return int(value)


def _values(text: str, start: int, name: str) -> tuple[Floats, pl.DataFrame]:
    """Return all values in the order of the file; where one is no number, look for all that are none."""
    body = text[start:]
    with warnings.catch_warnings():
        # A word that is no number is a warning here (and the rest is left out): it is looked for below.
        warnings.simplefilter("error")
        try:
            values = np.fromstring(body, dtype=np.float64, sep=" ")
        except (ValueError, DeprecationWarning):
            values = np.full(len(body.split()), np.nan)
        else:
            if np.isfinite(values).all():
                return values, join([])
    first = text.count("\n", 0, start) + 1
    wrong: list[tuple[int, str]] = []
    place = 0
    for line, content in enumerate(body.split("\n"), start=first):
        for word in content.split():
            values[place] = _one(word)
            if np.isnan(values[place]) and word.lower() != "nan":
                wrong.append((line, word))
            place += 1
    frame = pl.DataFrame(wrong, schema={"row": pl.Int64, "value": pl.String}, orient="row")
    return values, rows("raster-value-unreadable", frame, table=name, column="value")


def _one(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        return np.nan
    return value if np.isfinite(value) and "_" not in word else np.nan
