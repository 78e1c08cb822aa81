import io

import numpy as np
import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base

from tumen.errors import MisuseError
from tumen.files.picture_write import jpeg

GRADIENT = np.repeat(np.arange(0, 240, 4, dtype=np.uint8)[None, :, None], 40, axis=0).repeat(3, axis=2)


def test_a_picture_comes_back_nearly_as_it_was() -> None:
    with Image.open(io.BytesIO(jpeg(GRADIENT, quality=95))) as picture:
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (60, 40))
        assert np.abs(np.asarray(picture).astype(int) - GRADIENT).max() <= 4


def test_the_same_picture_gives_the_same_bytes() -> None:
    said = {"Make": "Invented", "DateTimeOriginal": "2014:10:26 01:30:00"}
    assert jpeg(GRADIENT, exif=said) == jpeg(GRADIENT.copy(), exif=dict(said))
    assert len(jpeg(GRADIENT, quality=95)) > len(jpeg(GRADIENT, quality=30))


def test_what_is_said_stands_in_its_directory() -> None:
    said = {"Make": "Invented", "DateTimeOriginal": "2014:10:26 01:30:00", "OffsetTimeOriginal": "+11:00"}
    with Image.open(io.BytesIO(jpeg(GRADIENT, exif=said))) as picture:
        exif = picture.getexif()
    assert exif[Base.Make] == "Invented"
    assert exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] == "2014:10:26 01:30:00"
    assert exif.get_ifd(IFD.Exif)[Base.OffsetTimeOriginal] == "+11:00"
    assert IFD.GPSInfo not in exif


@pytest.mark.parametrize(
    ("image", "quality", "exif", "needed"),
    [
        (GRADIENT.astype(float), 85, None, "bytes in rows x columns"),
        (GRADIENT[:, :, :2], 85, None, "bytes in rows x columns"),
        (GRADIENT[:0], 85, None, "bytes in rows x columns"),
        (GRADIENT, 100, None, "a quality from 1 to 95"),
        (GRADIENT, 85, {"GPSInfo": "43 N"}, "an EXIF tag that is written"),
    ],
    ids=["floats", "two colours", "empty", "quality", "position"],
)
def test_what_is_no_picture_or_may_not_be_written_is_refused(
    image: np.ndarray, quality: int, exif: dict[str, str | int | float] | None, needed: str
) -> None:
    with pytest.raises(MisuseError, match=needed):
        jpeg(image, quality=quality, exif=exif)
