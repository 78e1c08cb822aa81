"""A picture without anything but its pixels: written anew, so that no metadata and no thumbnail can remain.

EXIF, XMP, IPTC, comments, colour profiles, embedded thumbnails and what follows the end of the picture are not copied:
only pixels are. How the camera was held is applied to the pixels first. What the camera wrote *into* the picture stays
readable, which a cut-out avoids.
"""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from tumen.errors import FormatError, Text

QUALITY = 90
"""Quality of JPEG files that are written, as Pillow counts it."""
FORMATS = ("JPEG", "PNG")
LARGEST = 100_000_000
"""Pixels; a picture that would unfold to more is refused."""

Box = tuple[float, float, float, float]


def clean(data: bytes, box: Box | None = None) -> bytes:
    """Return a JPEG or PNG picture with nothing but its pixels; a cut-out is always a JPEG.

    `box`: left, top, width and height to cut out, as shares of the picture as it is shown. Raises `FormatError` for
    what is no such picture, is too large, or has no pixel in the box. Equal bytes give equal bytes with one version of
    Pillow.

    >>> buffer = io.BytesIO()
    >>> Image.new("RGB", (40, 20)).save(buffer, "JPEG", comment=b"Ridge 12")
    >>> cut = clean(buffer.getvalue(), (0.5, 0.0, 0.5, 1.0))
    >>> Image.open(io.BytesIO(cut)).size, b"Ridge" in cut
    ((20, 20), False)
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                if image.width * image.height > LARGEST:
                    raise FormatError(
                        Text("a picture of at most {count} pixels", count=LARGEST),
                        Text("{width} x {height}", width=image.width, height=image.height),
                        "Make it smaller.",
                    )
                kind = "JPEG" if box is not None else str(image.format)
                pixels = _pixels(image, box)
    except UnidentifiedImageError as error:
        raise FormatError("a JPEG or PNG picture", "another file", "Export it as JPEG.") from error
    except (OSError, ValueError, SyntaxError, OverflowError, Image.DecompressionBombError) as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise FormatError("a picture that can be read", reason, "Copy it once more from the camera's card.") from error
    written = io.BytesIO()
    if kind == "JPEG":
        pixels.convert("RGB").save(written, "JPEG", quality=QUALITY)
    else:
        pixels.save(written, "PNG")
    return written.getvalue()


def _pixels(image: Image.Image, box: Box | None) -> Image.Image:
    """Return a picture made of the pixels alone: what hangs on the file it was read from is left behind."""
    shown = ImageOps.exif_transpose(image)
    # Palettes and transparency tell nothing, but would be copied from the file.
    shown = shown.convert("L" if shown.mode in ("1", "L", "I;16") else "RGB")
    if box is not None:
        left, top, width, height = box
        edges = (left * shown.width, top * shown.height, (left + width) * shown.width, (top + height) * shown.height)
        x0, y0, x1, y1 = (round(edge) for edge in edges)
        x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, shown.width), min(y1, shown.height)
        if x0 >= x1 or y0 >= y1:
            raise FormatError("a box with pixels in it", Text("{box}", box=str(box)), "Correct the box.")
        shown = shown.crop((x0, y0, x1, y1))
    bare = Image.new(shown.mode, shown.size)
    bare.paste(shown)
    return bare
