"""Write a picture: bytes of a JPEG file, with what is said about it.

The same picture and words give the same bytes with one version of Pillow. No position is ever written.
"""

import io
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from PIL import Image
from PIL.ExifTags import IFD, Base

from tumen.errors import MisuseError, Text, nearest

FIRST = (
    Base.ImageDescription, Base.Make, Base.Model, Base.Orientation, Base.Software, Base.DateTime, Base.Artist,
    Base.Copyright,
)  # fmt: skip
"""Tags of the first directory."""
DETAILS = (
    Base.ExposureTime, Base.FNumber, Base.ISOSpeedRatings, Base.DateTimeOriginal, Base.DateTimeDigitized,
    Base.OffsetTime, Base.OffsetTimeOriginal, Base.OffsetTimeDigitized, Base.BrightnessValue, Base.Flash,
    Base.SubsecTimeOriginal,
)  # fmt: skip
"""Tags of the Exif directory (CIPA DC-008, EXIF 2.32)."""


def jpeg(image: npt.NDArray[np.uint8], quality: int = 85, exif: Mapping[str, str | int | float] | None = None) -> bytes:
    """Return the bytes of a JPEG file of a picture: rows x columns x 3 (RGB), or rows x columns (grey).

    `quality` is Pillow's, 1 to 95. `exif` gives tags by their names, as in EXIF 2.32. Raises `MisuseError` for an array
    of another kind, a quality out of range and a tag that is not in `FIRST` or `DETAILS`.

    >>> grey = np.full((8, 8), 128, np.uint8)
    >>> jpeg(grey)[:2].hex(), jpeg(grey) == jpeg(grey)
    ('ffd8', True)
    """
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or image.shape[2:] not in ((), (3,)) or not image.size:
        needed = "bytes in rows x columns, or rows x columns x 3"
        raise MisuseError(needed, f"{image.dtype}, {image.shape}", "Make an array of uint8 of this shape.")
    if not 1 <= quality <= 95:
        raise MisuseError("a quality from 1 to 95", str(quality), "Give another quality.")
    buffer = io.BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(image))
    picture.save(buffer, "JPEG", quality=quality, exif=_exif(exif or {}))
    return buffer.getvalue()


def _exif(said: Mapping[str, str | int | float]) -> bytes:
    if not said:
        return b""
    written = Image.Exif()
    details = written.get_ifd(IFD.Exif)
    first, more = ({tag.name: tag.value for tag in tags} for tags in (FIRST, DETAILS))
    for name, value in said.items():
        if name in first:
            written[first[name]] = value
        elif name in more:
            details[more[name]] = value
        else:
            needed = Text("an EXIF tag that is written: {names}", names=", ".join([*first, *more]))
            raise MisuseError(needed, f"'{name}'", nearest(name, [*first, *more]))
    return written.tobytes()
