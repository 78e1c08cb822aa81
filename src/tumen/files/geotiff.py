"""Read a plain GeoTIFF: one band, north up, WGS84 in degrees or in a zone of UTM.

Exactly what the keys ModelPixelScale, ModelTiepoint and GeoKeyDirectory (OGC 19-008r4, GeoTIFF 1.1) say of such rasters
is read; everything else (turned rasters, other systems, several bands) is refused with the way to convert it. Values
stay as they are: 64-bit numbers, which the reader of pictures would round, are refused.
"""

import io
import warnings
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from tumen.errors import FormatError, Text
from tumen.files.projection import read_datum
from tumen.measure.grid import Grid

_BITS, _COLOURS, _BANDS, _FORMAT = 258, 262, 277, 339
_SCALE, _TIEPOINT, _MATRIX, _KEYS, _NODATA = 33550, 33922, 34264, 34735, 42113
_MODEL, _RASTER, _GEOGRAPHIC, _PROJECTED = 1024, 1025, 2048, 3072
_CONVERT = "Convert it: gdalwarp -t_srs EPSG:4326 -ot Float32 in.tif out.tif (or a UTM zone of WGS84)."
_FLOATS = 3


def read(data: bytes, name: str, crs: str | None, limit: int) -> tuple[Grid, bool]:
    """Return the raster of a GeoTIFF, and whether it says which value stands for none.

    `crs`: what was declared for it; raises `FormatError` where the file says otherwise, and for what is not supported.
    """
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures; the limit is ours and is checked before any cell is read.
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data), formats=("TIFF",))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise _refused(name, "a TIFF whose values can be read", "another") from error
    with picture:
        tags: dict[int, Any] = dict(getattr(picture, "tag_v2", {}))
        _plain(picture, tags, name, limit)
        own = _system(tags, name)
        if crs is not None and read_datum(crs) != read_datum(own):
            raise FormatError(
                Text("{name} in the declared system {crs}", name=name, crs=crs),
                Text("its own: {own}", own=own),
                "Take out the declaration, or mend the file.",
            )
        try:
            values = np.asarray(picture).astype(np.float64)
        except (OSError, ValueError, SyntaxError) as error:
            raise _refused(name, "a TIFF whose values can be read", str(error)) from error
    none = _nodata(tags, name)
    if none is not None:
        values[values == none] = np.nan
    values[~np.isfinite(values)] = np.nan
    west, north, width, height = _frame(tags, name)
    return Grid(values, west, north, width, height, own), none is not None


def _plain(picture: Image.Image, tags: dict[int, Any], name: str, limit: int) -> None:
    """Refuse several bands and pictures, too many cells, and numbers that would be rounded."""
    if picture.width * picture.height > limit:
        raise _refused(name, f"at most {limit} cells", f"{picture.width * picture.height}")
    bands = int(tags.get(_BANDS, 1))
    if bands != 1 or len(picture.getbands()) != 1 or getattr(picture, "n_frames", 1) != 1:
        raise _refused(name, "one band and one picture", f"{bands} bands, {getattr(picture, 'n_frames', 1)} pictures")
    bits, kind = int(np.max(tags.get(_BITS, 1))), int(np.max(tags.get(_FORMAT, 1)))
    if bits not in (8, 16, 32) or kind not in (1, 2, _FLOATS) or (bits == 8 and kind != 1) or picture.mode == "1":
        raise _refused(name, "values of 8, 16 or 32 bits", f"{bits} bits (sample format {kind})")
    if bits == 32 and kind == 1:
        # Pillow holds them as signed numbers.
        raise _refused(name, "signed whole numbers or floating point of 32 bits", "unsigned ones")
    if int(tags.get(_COLOURS, 1)) == 0:
        # Such a picture is turned into its negative when it is read.
        raise _refused(name, "values where 0 is black", "values where 0 is white")
    if picture.mode not in ("L", "P", "I", "F", "I;16", "I;16B", "I;16L"):
        raise _refused(name, "plain numbers", f"a picture of mode {picture.mode}")


def _system(tags: dict[int, Any], name: str) -> str:
    """Return the code of the coordinate system."""
    keys = _keys(tags, name)
    model = keys.get(_MODEL)
    code = keys.get(_PROJECTED if model == 1 else _GEOGRAPHIC)
    if model == 2 and code == 4326:
        return "EPSG:4326"
    if model == 1 and code is not None and (32601 <= code <= 32660 or 32701 <= code <= 32760):
        return f"EPSG:{code}"
    raise _refused(
        name, "WGS84 in degrees (EPSG:4326) or in a UTM zone (EPSG:326xx, 327xx)", f"model {model}, code {code}"
    )


def _keys(tags: dict[int, Any], name: str) -> dict[int, int]:
    """Return the short values of the GeoKeyDirectory."""
    given = [int(value) for value in tags.get(_KEYS, ())]
    if len(given) < 4 or len(given) < 4 * (given[3] + 1):
        raise _refused(name, "a GeoKeyDirectory", "none, or one cut short")
    entries = np.array(given[4 : 4 * (given[3] + 1)]).reshape(-1, 4)
    return {int(key): int(value) for key, location, _, value in entries if location == 0}


def _frame(tags: dict[int, Any], name: str) -> tuple[float, float, float, float]:
    """Return west and north edge, and width and height of a cell."""
    scale = [float(value) for value in tags.get(_SCALE, ())]
    tie = [float(value) for value in tags.get(_TIEPOINT, ())]
    if _MATRIX in tags or len(scale) < 2 or len(tie) != 6 or not (scale[0] > 0 and scale[1] > 0):
        raise _refused(name, "one ModelTiepoint and a ModelPixelScale (north up)", "other georeferencing")
    # RasterPixelIsPoint: the tie point is the middle of a cell and not its corner.
    half = 0.5 if _keys(tags, name).get(_RASTER) == 2 else 0.0
    west = tie[3] - (tie[0] + half) * scale[0]
    north = tie[4] + (tie[1] + half) * scale[1]
    return west, north, scale[0], scale[1]


def _nodata(tags: dict[int, Any], name: str) -> float | None:
    if _NODATA not in tags:
        return None
    text = str(tags[_NODATA]).strip("\x00 ")
    try:
        value = float(text)
    except ValueError as error:
        raise _refused(name, "a number as the value that stands for none", text) from error
    # A 32-bit file cannot hold more digits than that.
    return float(np.float32(value)) if int(np.max(tags.get(_FORMAT, 1))) == _FLOATS else value


def _refused(name: str, needed: str, found: str) -> FormatError:
    return FormatError(Text("{needed} in {name}", needed=needed, name=name), found, _CONVERT)
