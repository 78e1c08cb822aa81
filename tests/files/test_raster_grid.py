"""Read a raster of habitat."""

import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, TiffImagePlugin

from tumen.errors import FormatError, PlaceError
from tumen.files import geotiff, raster_grid
from tumen.files.raster_grid import ascii_grid, read_raster

UTM = "EPSG:32652"
HEADER = "ncols 3\nnrows 2\nxllcorner 100\nyllcorner 50\ncellsize 10\nNODATA_value -9999\n"


def read(text, crs=UTM):
    return ascii_grid(text.encode(), "forest.asc", crs)


def codes(found):
    return found.select("code", "table", "row", "value").rows()


def test_an_ascii_grid():
    grid, found = read(HEADER + "1 2 3\n4 -9999 6.5\n")
    assert grid.values[0].tolist() == [1, 2, 3]
    assert grid.values[1, 0] == 4 and np.isnan(grid.values[1, 1]) and grid.values[1, 2] == 6.5
    assert (grid.bounds, grid.crs) == ((100, 50, 130, 70), UTM)
    assert codes(found) == [("raster-nodata", "forest.asc", None, "1")]
    assert json.loads(found["arguments"][0]) == {"cells": 6}


def test_corner_or_centre_cells_or_sides_and_other_line_ends():
    text = (
        "NCOLS 3\r\nNROWS 2\r\nXLLCENTER 105\r\nYLLCENTER 52\r\nDX 10\r\nDY 4\r\nNODATA_VALUE -1\r\n1 2 3\r\n4 5 6\r\n"
    )
    grid, found = read(text)
    assert grid.bounds == (100, 50, 130, 58)
    assert found.is_empty()


def test_values_may_stand_on_any_lines():
    assert read(HEADER + "1\n2 3 4\n\n5 6")[0].values.tolist() == [[1, 2, 3], [4, 5, 6]]


def test_every_value_that_is_no_number_is_named():
    grid, found = read(HEADER + "1 n/a 3\n4 1_0 inf\n")
    assert codes(found) == [
        ("raster-value-unreadable", "forest.asc", 7, "n/a"),
        ("raster-value-unreadable", "forest.asc", 8, "1_0"),
        ("raster-value-unreadable", "forest.asc", 8, "inf"),
        ("raster-nodata", "forest.asc", None, "3"),
    ]
    assert np.isnan(grid.values).sum() == 3 and grid.values[1, 0] == 4


def test_nan_is_a_word_for_none():
    assert codes(read(HEADER + "1 nan 3\n4 5 6\n")[1]) == [("raster-nodata", "forest.asc", None, "1")]
    assert codes(read(HEADER.replace("-9999", "NaN") + "1 nan 3\n4 5 6\n")[1]) == [
        ("raster-nodata", "forest.asc", None, "1")
    ]


def test_a_grid_that_does_not_say_what_none_is():
    _, found = read(HEADER.replace("NODATA_value -9999\n", "") + "1 2 3\n4 5 -9999\n")
    assert codes(found) == [("raster-nodata-undeclared", "forest.asc", None, "")]
    assert json.loads(found["arguments"][0]) == {"low": "-9999", "high": "5"}


@pytest.mark.parametrize(
    ("text", "crs", "needed"),
    [
        (HEADER + "1 2 3 4 5", UTM, "6 values"),
        (HEADER + "1 2 3 4 5 6 7", UTM, "6 values"),
        (HEADER + "1 2 3 4 5 6", None, "coordinate system"),
        (HEADER.replace("ncols 3\n", "") + "1 2 3 4 5 6", UTM, "number for ncols"),
        (HEADER.replace("ncols 3", "ncols 2.5") + "1 2 3 4 5 6", UTM, "whole number above 0 for ncols"),
        (HEADER.replace("cellsize 10", "cellsize 0") + "1 2 3 4 5 6", UTM, "number for cellsize"),
        (HEADER.replace("cellsize 10", "cellsize wide") + "1 2 3 4 5 6", UTM, "number for cellsize"),
        (HEADER.replace("-9999", "none") + "1 2 3 4 5 6", UTM, "number for nodata_value"),
        (HEADER + "ncols 3\n1 2 3 4 5 6", UTM, "once"),
        ("1 2 3\n4 5 6\n", UTM, "ESRI ASCII grid or a GeoTIFF"),
        ("леса", UTM, "ESRI ASCII grid or a GeoTIFF"),
        (HEADER.replace("ncols 3", "ncols 300000000"), UTM, "at most 100000000 cells"),
    ],
)
def test_what_does_not_fit_is_refused(text, crs, needed):
    with pytest.raises(FormatError, match=needed):
        read(text, crs)


def test_a_system_nobody_knows_is_refused():
    with pytest.raises(PlaceError):
        read(HEADER + "1 2 3 4 5 6", "Forest grid")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FormatError, match="raster file"):
        read_raster(tmp_path / "none.asc", UTM)


@given(st.lists(st.lists(st.floats(-1e9, 1e9), min_size=3, max_size=3), min_size=2, max_size=2))
def test_numbers_come_back_to_the_last_digit(rows):
    text = HEADER.replace("-9999", "1e30") + "\n".join(" ".join(repr(v) for v in row) for row in rows)
    assert read(text)[0].values.tolist() == rows


def tif(values, *, model=2, code=4326, point=1, tags=None, **options):
    """A GeoTIFF of cells half a degree wide whose north-western corner is 130 E, 43 N."""
    info = TiffImagePlugin.ImageFileDirectory_v2()
    given = {
        33550: (12, (0.5, 0.5, 0.0)),
        33922: (12, (0.0, 0.0, 0.0, 130.0, 43.0, 0.0)),
        34735: (3, (1, 1, 0, 3, 1024, 0, 1, model, 1025, 0, 1, point, 2048 if model == 2 else 3072, 0, 1, code)),
        42113: (2, "-9999"),
    } | (tags or {})
    for number, (kind, value) in given.items():
        if value is not None:
            info[number] = value
            info.tagtype[number] = kind
    out = io.BytesIO()
    picture = values if isinstance(values, Image.Image) else Image.fromarray(values)
    picture.save(out, "TIFF", tiffinfo=info, **options)
    return out.getvalue()


def tiff(*args, crs=None, **kwargs):
    return geotiff.read(tif(*args, **kwargs), "dem.tif", crs, raster_grid.LIMIT)


SIX = np.array([[1, 2, 3], [4, 5, 6]])


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int16, np.int32, np.float32])
def test_a_geotiff_of_any_usual_kind(kind):
    grid, declared = tiff(SIX.astype(kind), tags={42113: (2, "5")})
    assert np.isnan(grid.values[1, 1]) and np.nansum(grid.values) == 16
    assert (grid.bounds, grid.crs, declared) == ((130, 42, 131.5, 43), "EPSG:4326", True)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_a_compressed_geotiff(compression):
    assert tiff(SIX.astype(np.int16), compression=compression)[0].values.tolist() == SIX.tolist()


def test_numbers_below_zero_and_a_none_of_32_bits():
    values = np.array([[-3.4028235e38, -7.25]], dtype=np.float32)
    grid, _ = tiff(values, tags={42113: (2, "-3.40282346638529e+38")})
    assert np.isnan(grid.values[0, 0]) and grid.values[0, 1] == -7.25


def test_a_geotiff_in_a_zone_of_utm_whose_cells_are_points():
    tags = {33550: (12, (30.0, 30.0, 0.0)), 33922: (12, (0.0, 0.0, 0.0, 5e5, 4.7e6, 0.0))}
    grid, _ = tiff(SIX.astype(np.uint8), model=1, code=32652, point=2, tags=tags)
    assert (grid.bounds, grid.crs) == ((499985, 4699955, 500075, 4700015), UTM)


def test_read_from_disk_and_counted(tmp_path):
    path = tmp_path / "dem.tif"
    path.write_bytes(tif(SIX.astype(np.int16), tags={42113: (2, "3")}))
    _, found = read_raster(path)
    assert codes(found) == [("raster-nodata", "dem.tif", None, "1")]
    path.write_bytes(tif(SIX.astype(np.int16), tags={42113: (2, None)}))
    assert codes(read_raster(path, "EPSG:4326")[1]) == [("raster-nodata-undeclared", "dem.tif", None, "")]
    (tmp_path / "forest.asc").write_text(HEADER + "1 2 3 4 5 6")
    assert read_raster(tmp_path / "forest.asc", UTM)[0].values.tolist() == SIX.tolist()


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        ({"code": 4284}, "WGS84 in degrees"),
        ({"model": 1, "code": 28404}, "WGS84 in degrees"),
        ({"tags": {34735: (3, None)}}, "GeoKeyDirectory"),
        ({"tags": {34735: (3, (1, 1, 0, 9, 1024, 0, 1, 2))}}, "GeoKeyDirectory"),
        ({"tags": {33550: (12, None)}}, "ModelPixelScale"),
        ({"tags": {33922: (12, (0.0,) * 12)}}, "ModelTiepoint"),
        ({"tags": {34264: (12, (1.0,) * 16)}}, "ModelTiepoint"),
        ({"tags": {42113: (2, "none")}}, "a number as the value"),
        ({"crs": UTM}, "declared system"),
    ],
)
def test_other_geotiffs_are_refused(arguments, needed):
    with pytest.raises(FormatError, match=needed) as error:
        tiff(SIX.astype(np.uint8), **arguments)
    assert error.value.cure and error.value.found


def test_pictures_that_are_no_grid_of_numbers_are_refused():
    for picture, needed in (
        (Image.new("RGB", (3, 2)), "one band"),
        (Image.new("1", (3, 2)), "8, 16 or 32 bits"),
    ):
        with pytest.raises(FormatError, match=needed):
            tiff(picture)
    with pytest.raises(FormatError, match="one picture"):
        tiff(Image.new("L", (3, 2)), save_all=True, append_images=[Image.new("L", (3, 2))])
    with pytest.raises(FormatError, match="can be read"):
        geotiff.read(b"II*\x00 nothing", "dem.tif", None, 10)
    with pytest.raises(FormatError, match="at most 5 cells"):
        geotiff.read(tif(SIX.astype(np.uint8)), "dem.tif", None, 5)
    cut = tif(np.zeros((200, 200), dtype=np.uint8))
    with pytest.raises(FormatError, match="can be read"):
        geotiff.read(cut[:300], "dem.tif", None, raster_grid.LIMIT)


def test_values_that_the_reader_would_change_are_refused():
    data = bytearray(tif(SIX.astype(np.uint8)))
    directory = int.from_bytes(data[4:8], "little")
    for entry in range(int.from_bytes(data[directory : directory + 2], "little")):
        place = directory + 2 + 12 * entry
        if int.from_bytes(data[place : place + 2], "little") == 262:  # photometric interpretation
            data[place + 8 : place + 10] = (0).to_bytes(2, "little")
    with pytest.raises(FormatError, match="0 is black"):
        geotiff.read(bytes(data), "dem.tif", None, raster_grid.LIMIT)
