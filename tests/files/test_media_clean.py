"""Nothing but pixels leaves."""

import io

import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from PIL.ExifTags import IFD

from tumen.errors import FormatError
from tumen.files.media_clean import clean

SECRET = b"Ridge 12"


def picture(kind="JPEG", *, orientation=1):
    """A picture 40 x 20, red on the left, with all that a file can say beside its pixels."""
    pixels = np.zeros((20, 40, 3), np.uint8)
    pixels[:, :20, 0] = 255
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = SECRET.decode(), orientation
    exif.get_ifd(IFD.GPSInfo).update({1: "N", 2: (43.0, 6.0, 15.2)})
    exif.get_ifd(IFD.Exif)[0x9003] = "2014:01:10 05:06:07"
    said = {"exif": exif.tobytes(), "icc_profile": b"profile " + SECRET, "dpi": (43, 131)}
    if kind == "JPEG":
        said |= {"comment": SECRET, "xmp": b"<x>" + SECRET + b"</x>"}
    else:
        chunk = PngImagePlugin.PngInfo()
        chunk.add_text("Comment", SECRET.decode())
        said |= {"pnginfo": chunk}
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, kind, **said)
    return written.getvalue() + b"after the end: " + SECRET


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_metadata_and_what_follows_the_picture_are_gone(kind):
    given = picture(kind)
    assert given.count(SECRET) > 2
    made = clean(given)
    assert SECRET not in made
    with Image.open(io.BytesIO(made)) as image:
        assert (image.format, image.size, dict(image.getexif())) == (kind, (40, 20), {})
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert image.info.get("jfif_density", (1, 1)) == (1, 1)


def test_a_box_is_cut_out_and_only_it():
    with Image.open(io.BytesIO(clean(picture(), (0.0, 0.0, 0.4, 1.0)))) as image:
        assert image.size == (16, 20)
        assert np.asarray(image)[..., 0].min() > 200


def test_a_picture_held_upright_stands_upright():
    with Image.open(io.BytesIO(clean(picture(orientation=6)))) as image:
        assert image.size == (20, 40)


def test_equal_bytes_give_equal_bytes():
    assert clean(picture()) == clean(picture())


@pytest.mark.parametrize(
    ("data", "box", "said"),
    [
        (b"no picture", None, "a JPEG or PNG picture"),
        (b"GIF89a" + bytes(40), None, "a JPEG or PNG picture"),
        (picture()[:400], None, "can be read"),
        (picture(), (0.5, 0.5, 0.0, 0.1), "box with pixels"),
        (picture(), (2.0, 2.0, 0.5, 0.5), "box with pixels"),
    ],
)
def test_what_cannot_be_cleaned_is_refused(data, box, said):
    with pytest.raises(FormatError, match=said):
        clean(data, box)
