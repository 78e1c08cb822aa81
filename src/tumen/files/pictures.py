"""Bytes of a picture become pixels, and nothing else: no EXIF, no position, no name of a place leaves this module.

What a picture is, its content decides, never its name. Only formats that Pillow decodes itself are opened, so nothing
that came from outside is run. A picture that cannot be used has a `problem`, the code of a finding; no error is raised
for one, so that the other pictures go on.
"""

import io
import math
import re
import warnings
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

Pixels = NDArray[np.uint8]
"""An image as an array (height, width, 3), red, green, blue."""

Box = tuple[float | None, float | None, float | None, float | None]
"""bboxX, bboxY, bboxWidth, bboxHeight of Camtrap DP: shares of the picture's width and height, from its top left."""

WHOLE: Box = (None, None, None, None)
"""No box: the whole picture."""

MOST_PIXELS = 120_000_000
"""Pixels of a picture that is unpacked at most: 360 MB. Cameras in forests make less than 50 million."""

MOST_BYTES = 256 << 20
"""Bytes of a file that is read at most."""

SMALLEST = 16
"""Pixels that each side of a chip must have: no coat can be told on less."""

TOLERANCE = 0.01
"""Share of the picture that a box may reach over its edge without a word: detectors round."""

FORMATS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "JPEG": ("jpg", "jpeg", "jpe", "jfif"),
        "MPO": ("jpg", "jpeg", "mpo"),
        "PNG": ("png", "apng"),
        "TIFF": ("tif", "tiff"),
        "WEBP": ("webp",),
        "GIF": ("gif",),
        "BMP": ("bmp", "dib"),
    }
)
"""The formats that are opened, with the endings their names have. Others could start other programs."""

_ORIENTATION = 0x0112
_GREY = 128
"""What stands behind a picture's transparent parts: no colour, no edge darker or lighter than most coats."""

_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    OverflowError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    RuntimeError,
    EOFError,
    MemoryError,
    zlib.error,
)
"""What decoders raise on damaged bytes."""

_UNKNOWN_RANGE = re.compile(r"^(F|I$|I;32|F;)")


@dataclass(frozen=True)
class Unpacked:
    """A picture in memory, or why not: `pixels` is None where `problem` is the code of a finding.

    `notes` are codes of what a reader should know of a picture that was read.
    """

    pixels: Pixels | None
    problem: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chip:
    """The part of a picture with the animal; `pixels` is None where `problem` says that there is no such part."""

    pixels: Pixels | None
    problem: str = ""
    notes: tuple[str, ...] = ()


def unpack(data: bytes, name: str = "", *, longest: int | None = None) -> Unpacked:
    """Return the pixels of a picture, upright as its EXIF orientation says.

    Of several frames the first is taken; transparent parts are laid on middle grey; 16-bit greys are divided by 257;
    CMYK, palettes and greys become red, green and blue as Pillow computes them, without colour profiles. `longest`
    is how many pixels of the longer side are enough: a JPEG may be unpacked at 1/2, 1/4 or 1/8, never to fewer.
    `name` is only compared with the content.

    >>> from PIL import Image
    >>> file = io.BytesIO()
    >>> Image.new("L", (40, 30), 7).save(file, "PNG")
    >>> read = unpack(file.getvalue(), "a.jpg")
    >>> read.pixels.shape, int(read.pixels.max()), read.notes
    ((30, 40, 3), 7, ('photo-extension',))
    >>> unpack(b"").problem
    'photo-empty'
    """
    return _opened(data, lambda image: _unpacked(image, name, longest))


def look(data: bytes, name: str = "") -> Unpacked:
    """Return what `unpack` says of a picture without unpacking it: its problem if that shows, and its notes."""
    return _opened(data, lambda image: _seen(image, name))


def _opened(data: bytes, then: Callable[[Image.Image], Unpacked]) -> Unpacked:
    """Open a picture and go on; whatever is wrong with it becomes a problem."""
    if not data:
        return Unpacked(None, "photo-empty")
    if len(data) > MOST_BYTES:
        return Unpacked(None, "photo-too-large")
    with warnings.catch_warnings():
        # What Pillow warns of is judged here, by our own limits.
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=_openers()) as image:
                return then(image)
        except UnidentifiedImageError:
            return Unpacked(None, "photo-not-image")
        except Image.DecompressionBombError:
            return Unpacked(None, "photo-too-large")
        except _BROKEN as error:
            truncated = "truncated" in str(error).lower() or isinstance(error, EOFError)
            return Unpacked(None, "photo-truncated" if truncated else "photo-damaged")


@cache
def _openers() -> tuple[str, ...]:
    """Return the formats that this build of Pillow opens; what it finds to be an MPO it opens as JPEG."""
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


def _seen(image: Image.Image, name: str) -> Unpacked:
    kind = image.format or ""
    if image.width * image.height > MOST_PIXELS:
        return Unpacked(None, "photo-too-large")
    ending = PurePosixPath(name).suffix.lower().lstrip(".")
    notes = ["photo-extension"] if name and ending not in FORMATS.get(kind, ()) else []
    # The second frame of an MPO is the preview of its first.
    if kind != "MPO" and getattr(image, "is_animated", False):
        notes.append("photo-frames")
    return Unpacked(None, "", tuple(notes))


def _unpacked(image: Image.Image, name: str, longest: int | None) -> Unpacked:
    seen = _seen(image, name)
    if seen.problem:
        return seen
    if "photo-frames" in seen.notes:
        image.seek(0)
    if longest is not None and max(image.size) > longest:
        share = longest / max(image.size)
        image.draft(None, (math.ceil(image.width * share), math.ceil(image.height * share)))
    image.load()
    if _UNKNOWN_RANGE.match(image.mode):
        return Unpacked(None, "photo-values-unknown")
    # TIFF is turned while it is unpacked and says 1 from then on, so this is asked after.
    return Unpacked(_upright(_coloured(image), _turn(image)), "", seen.notes)


def _coloured(image: Image.Image) -> Pixels:
    """Return an image of any mode as red, green and blue of 8 bits."""
    if image.mode.startswith("I;16"):
        wide = np.asarray(image).astype(np.uint32)
        return np.repeat(((wide + 128) // 257).astype(np.uint8)[:, :, None], 3, axis=2)
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        # A background of whole numbers, so that every pixel is the same on every machine.
        seen = image.convert("RGBA")
        laid = Image.new("RGBA", seen.size, (_GREY, _GREY, _GREY, 255))
        image = Image.alpha_composite(laid, seen)
    return np.array(image.convert("RGB"))


def _turn(image: Image.Image) -> int:
    try:
        turn = image.getexif().get(_ORIENTATION, 1)
    except _BROKEN:
        # Damaged EXIF says nothing of how the camera was held.
        return 1
    return turn if isinstance(turn, int) else 1


def _upright(pixels: Pixels, turn: int) -> Pixels:
    """Return pixels as they are to be looked at; `turn` is EXIF's orientation (CIPA DC-008, table 6), 1 to 8.

    >>> _upright(np.arange(6, dtype=np.uint8).reshape(1, 2, 3), 6).shape
    (2, 1, 3)
    """
    if turn in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if turn in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if turn in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def chip(pixels: Pixels, box: Box = WHOLE, margin: float = 0.0) -> Chip:
    """Return the part of a picture that a box holds, wider by `margin` (a share of the box) on each side.

    Without any box it is the whole picture. A box that lacks a number, lies outside the picture or is smaller than
    `SMALLEST` pixels gives no chip; one that reaches over the edge is cut there.

    >>> picture = np.zeros((100, 200, 3), dtype=np.uint8)
    >>> chip(picture, (0.5, 0.0, 0.25, 1.0)).pixels.shape, chip(picture, (0.5, 0.5, None, 0.1)).problem
    ((100, 50, 3), 'photo-box-incomplete')
    """
    height, width = pixels.shape[:2]
    given = [value for value in box if value is not None]
    if not given:
        tiny = min(height, width) < SMALLEST
        return Chip(None, "photo-small") if tiny else Chip(pixels)
    if len(given) < 4:
        return Chip(None, "photo-box-incomplete")
    left, top, wide, high = given
    right, bottom = left + wide, top + high
    if not all(map(math.isfinite, given)) or wide <= 0 or high <= 0 or _beyond(left, right) or _beyond(top, bottom):
        return Chip(None, "photo-box-outside")
    columns = _span(left - margin * wide, right + margin * wide, width)
    lines = _span(top - margin * high, bottom + margin * high, height)
    if columns.stop - columns.start < SMALLEST or lines.stop - lines.start < SMALLEST:
        return Chip(None, "photo-small")
    return Chip(pixels[lines, columns], "", ("photo-box-cut",) if over_the_edge(box) else ())


def over_the_edge(box: Box) -> bool:
    """Say whether a whole box reaches over an edge of its picture, by more than detectors round.

    >>> over_the_edge((0.5, 0.5, 0.7, 0.5)), over_the_edge((0.5, 0.5, 0.505, 0.5)), over_the_edge(WHOLE)
    (True, False, False)
    """
    left, top, wide, high = box
    if left is None or top is None or wide is None or high is None:
        return False
    return max(-left, -top, left + wide - 1, top + high - 1) > TOLERANCE


def _beyond(first: float, last: float) -> bool:
    return last <= 0 or first >= 1


def _span(first: float, last: float, size: int) -> slice:
    """Return the pixels that two shares of a side enclose, cut at the edges.

    >>> _span(-0.1, 0.25, 100)
    slice(0, 25, None)
    """
    # A share such as 0.29 times 100 pixels is 28.999999999999996; a millionth of a pixel is no pixel.
    return slice(max(0, math.floor(first * size + 1e-6)), min(size, math.ceil(last * size - 1e-6)))


def fitted(pixels: Pixels, longest: int) -> Pixels:
    """Return a picture whose longer side has at most `longest` pixels; a smaller one is returned as it is.

    >>> fitted(np.zeros((50, 100, 3), dtype=np.uint8), 20).shape
    (10, 20, 3)
    """
    height, width = pixels.shape[:2]
    share = longest / max(height, width)
    if share >= 1:
        return pixels
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return np.array(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0))


def thumbnail(pixels: Pixels, width: int, *, quality: int = 85) -> bytes:
    """Return a picture of at most `width` pixels across as JPEG, for a page. It holds pixels only: nothing of a file.

    >>> thumbnail(np.zeros((40, 80, 3), dtype=np.uint8), 40)[:2] == bytes([0xFF, 0xD8])
    True
    """
    high, wide = pixels.shape[:2]
    if wide > width:
        pixels = fitted(pixels, max(1, round(max(high, wide) * width / wide)))
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "JPEG", quality=quality)
    return file.getvalue()
