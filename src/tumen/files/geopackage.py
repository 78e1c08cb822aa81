"""Write tables as layers of a GeoPackage (extra `geopackage`), for use in a GIS.

A layer is a table with `longitude` and `latitude`, written as points, or with a column `geometry` of WKB. Instants are
written as ISO 8601 text in UTC, because GDAL's own datetimes lose the zone. Rows without a place are written without
one.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from tumen.errors import ColumnError, ExtraError, OutputError, Text
from tumen.files.atomic import writing_file

_LAST_CHANGE = "1980-01-01T00:00:00.000Z"
"""GDAL writes this as the date of the last change, so that equal tables give equal files."""


def write(
    path: Path | str, layers: Mapping[str, pl.DataFrame], *, replace: bool = False, inputs: Sequence[Path] = ()
) -> None:
    """Write each table as a layer of its name; an existing file is replaced only when `replace` is true.

    `inputs` are the files and folders that the tables were read from; none of them is written over.

    Raises `ExtraError` without pyogrio, `ColumnError` for a table without a place, `OutputError` where the file cannot
    be written.
    """
    try:
        import pyogrio
    except ImportError as error:
        raise ExtraError(
            "pyogrio to write a GeoPackage", "that it is not installed", 'Install "tumen[geopackage]".'
        ) from error
    path = Path(path)
    if not layers:
        raise OutputError("at least one table for a GeoPackage", "none", "Name the tables to write.")
    with writing_file(path, replace=replace, inputs=inputs) as part, _constant_date(pyogrio):
        # GDAL tells a GeoPackage by its name.
        file = part.with_name(part.name + ".gpkg")
        try:
            for number, (name, frame) in enumerate(layers.items()):
                geometry, kind = _geometry(name, frame)
                fields, data, masks = _fields(frame)
                pyogrio.raw.write(
                    file,
                    geometry,
                    data,
                    fields,
                    field_mask=masks,
                    layer=name,
                    driver="GPKG",
                    geometry_type=kind,
                    crs="EPSG:4326",
                    append=number > 0,
                )
            file.replace(part)
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
            raise OutputError(
                Text("to write {path}", path=path),
                Text("that GDAL cannot ({error})", error=error),
                "Name another file.",
            ) from error
        finally:
            file.unlink(missing_ok=True)


@contextmanager
def _constant_date(pyogrio: Any) -> Iterator[None]:
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _LAST_CHANGE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _geometry(name: str, frame: pl.DataFrame) -> tuple[NDArray[np.object_], str]:
    """Return the shapes of a table as WKB (None where there is no place), and their kind."""
    if "geometry" in frame.columns:
        shapes = shapely.from_wkb(np.array(frame["geometry"].to_list(), dtype=object))
        kinds = sorted({shape.geom_type for shape in shapes if shape is not None})
        return np.array(frame["geometry"].to_list(), dtype=object), kinds[0] if len(kinds) == 1 else "Unknown"
    if not {"longitude", "latitude"} <= set(frame.columns):
        needed = Text("columns longitude and latitude, or geometry, in table {name}", name=name)
        raise ColumnError(needed, ", ".join(frame.columns), "Add them, or leave the table out.")
    placed = frame.select(pl.col("longitude").is_not_null() & pl.col("latitude").is_not_null()).to_series().to_numpy()
    wkb = np.full(frame.height, None, dtype=object)
    points = shapely.points(frame["longitude"].to_numpy()[placed], frame["latitude"].to_numpy()[placed])
    wkb[placed] = shapely.to_wkb(points)
    return wkb, "Point"


def _fields(frame: pl.DataFrame) -> tuple[list[str], list[NDArray[Any]], list[NDArray[np.bool_]]]:
    """Return the columns as numpy arrays with masks for what is missing."""
    fields, data, masks = [], [], []
    for column in frame.drop("geometry", strict=False):
        fields.append(column.name)
        masks.append(column.is_null().to_numpy())
        data.append(_values(column))
    return fields, data, masks


def _values(column: pl.Series) -> NDArray[Any]:
    if column.dtype == pl.Boolean:
        return column.fill_null(False).to_numpy().astype(bool)
    if column.dtype.is_integer():
        return column.cast(pl.Int64).fill_null(0).to_numpy()
    if column.dtype.is_float():
        return column.cast(pl.Float64).fill_null(0.0).to_numpy()
    if isinstance(column.dtype, pl.Datetime):
        column = column.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    elif column.dtype != pl.String:
        column = column.cast(pl.String)
    return np.array(column.to_list(), dtype=object)
