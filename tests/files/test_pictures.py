"""Whatever a file holds, it becomes pixels or the code of a finding; of where it was taken nothing is left."""

import io
import struct
import zlib
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps
from PIL.ExifTags import IFD, Base

from tumen.files import pictures
from tumen.files.pictures import WHOLE, chip, fitted, thumbnail, unpack
from tumen.tables.catalogue import CATALOGUE


def saved(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def gradient(width=40, height=30):
    """A picture of which every pixel is different from its neighbours, and every corner from the others."""
    x, y = np.meshgrid(np.arange(width) * 5, np.arange(height) * 7)
    return Image.fromarray(np.stack([x, y, (x + y) // 2], axis=2).astype(np.uint8))


def exif(turn=1):
    told = Image.Exif()
    told[Base.Orientation] = turn
    told[Base.Make] = "SECRETMAKER"
    places = told.get_ifd(IFD.GPSInfo)
    places[1], places[2], places[3], places[4] = "N", (43.0, 6.0, 15.0), "E", (131.0, 13.0, 12.0)
    return told


def test_a_picture_is_read_pixel_by_pixel():
    read = unpack(saved(gradient()), "a.png")
    assert (read.problem, read.notes) == ("", ())
    assert np.array_equal(read.pixels, np.array(gradient()))
    assert read.pixels.dtype == np.uint8


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_every_orientation_is_turned_upright(turn, kind):
    options = {"lossless": True} if kind == "WEBP" else {}
    data = saved(gradient(), kind, exif=exif(turn), **options)
    with Image.open(io.BytesIO(data)) as image:
        upright = np.array(ImageOps.exif_transpose(image))
    assert np.array_equal(unpack(data).pixels, upright)
    assert unpack(data).pixels.shape[:2] == ((30, 40) if turn < 5 else (40, 30))


def test_a_turn_that_exif_does_not_know_is_none():
    assert np.array_equal(unpack(saved(gradient(), exif=exif(77))).pixels, np.array(gradient()))


def test_16_bit_greys_become_8_bits_without_being_stretched():
    wide = np.array([[0, 128, 129, 257, 65535, 32896]], dtype=np.uint16).repeat(20, axis=0)
    for kind in ("PNG", "TIFF"):
        read = unpack(saved(Image.fromarray(wide), kind))
        assert read.pixels[0, :, 0].tolist() == [0, 0, 1, 1, 255, 128]
        assert np.array_equal(read.pixels[:, :, 0], read.pixels[:, :, 2])


@pytest.mark.parametrize("dtype", [np.float32, np.int32])
def test_numbers_without_a_known_black_and_white_are_left_out(dtype):
    assert unpack(saved(Image.fromarray(np.ones((20, 20), dtype=dtype)), "TIFF")).problem == "photo-values-unknown"


def test_cmyk_is_read_as_colours():
    red = Image.new("CMYK", (20, 20), (0, 255, 255, 0))
    assert unpack(saved(red, "TIFF")).pixels[5, 5].tolist() == [255, 0, 0]
    jpeg = unpack(saved(red, "JPEG", quality=100)).pixels[5, 5].astype(int)
    assert np.abs(jpeg - [255, 0, 0]).max() <= 3


def test_greys_palettes_and_single_bits_become_colours():
    assert unpack(saved(Image.new("L", (20, 20), 9))).pixels[0, 0].tolist() == [9, 9, 9]
    assert unpack(saved(Image.new("1", (20, 20), 1))).pixels[0, 0].tolist() == [255, 255, 255]
    coloured = gradient().quantize(200)
    assert np.array_equal(unpack(saved(coloured)).pixels, np.array(coloured.convert("RGB")))


def test_transparent_parts_show_middle_grey_and_not_what_is_hidden_below():
    image = Image.new("RGBA", (20, 20), (200, 10, 10, 0))
    image.putpixel((3, 3), (200, 10, 10, 255))
    read = unpack(saved(image))
    assert read.pixels[0, 0].tolist() == [128, 128, 128]
    assert read.pixels[3, 3].tolist() == [200, 10, 10]
    grey = Image.new("LA", (20, 20), (7, 0))
    assert unpack(saved(grey)).pixels[0, 0].tolist() == [128, 128, 128]
    palette = Image.new("P", (20, 20), 0)
    assert unpack(saved(palette, "GIF", transparency=0)).pixels[0, 0].tolist() == [128, 128, 128]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_several_frames_the_first_is_taken_and_said_so(kind):
    first, second = Image.new("RGB", (20, 20), (250, 0, 0)), Image.new("RGB", (20, 20), (0, 0, 250))
    options = {"lossless": True} if kind == "WEBP" else {}
    read = unpack(saved(first, kind, save_all=True, append_images=[second], **options))
    assert read.notes == ("photo-frames",)
    assert np.abs(read.pixels[9, 9].astype(int) - [250, 0, 0]).max() <= 2
    assert unpack(saved(first, kind)).notes == ()


def test_the_content_decides_what_a_file_is_and_a_wrong_ending_is_told():
    assert unpack(saved(gradient()), "IMG_1.JPG").notes == ("photo-extension",)
    assert unpack(saved(gradient(), "JPEG"), "IMG_1.JPG").notes == ()
    assert unpack(saved(gradient(), "JPEG"), "IMG_1").notes == ("photo-extension",)


def test_nothing_and_no_picture_are_told_apart():
    assert unpack(b"").problem == "photo-empty"
    assert unpack(b"mediaID,deploymentID\nm1,d1\n", "a.jpg").problem == "photo-not-image"
    assert unpack(b"\x00" * 5000, "a.jpg").problem == "photo-not-image"


def test_formats_that_would_start_another_program_are_not_opened():
    assert unpack(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\nshowpage\n").problem == "photo-not-image"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP"])
def test_a_picture_that_breaks_off_is_left_out(kind):
    noise = np.random.default_rng(1).integers(0, 255, (200, 300, 3), dtype=np.uint8)
    data = saved(Image.fromarray(noise), kind)
    problems = {unpack(data[: len(data) * part // 10]).problem for part in (3, 5, 8)}
    assert problems <= {"photo-truncated", "photo-damaged", "photo-not-image"}
    assert kind not in ("JPEG", "PNG", "BMP") or problems == {"photo-truncated"}


@given(st.data())
def test_damage_anywhere_is_a_finding_or_a_picture_and_never_an_error(data):
    kind = data.draw(st.sampled_from(["JPEG", "PNG", "TIFF", "GIF", "BMP", "WEBP"]))
    whole = bytearray(saved(gradient(), kind, exif=exif(6)) if kind not in ("GIF", "BMP") else saved(gradient(), kind))
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=8)):
        whole[place] = data.draw(st.integers(0, 255))
    read = unpack(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    assert (read.pixels is None) == bool(read.problem)
    assert not read.problem or read.problem in CATALOGUE


def huge_png(width, height):
    """A PNG of a few bytes that says it is huge."""

    def part(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rest = part(b"IDAT", zlib.compress(bytes(100))) + part(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + rest


@pytest.mark.parametrize(("width", "height"), [(20_000, 10_000), (12_000, 10_001), (60_000, 60_000)])
def test_a_huge_picture_is_refused_before_it_is_unpacked(width, height):
    assert unpack(huge_png(width, height)).problem == "photo-too-large"


def test_a_picture_just_small_enough_is_unpacked_as_far_as_it_goes():
    assert unpack(huge_png(12_000, 10_000)).problem == "photo-truncated"


def test_a_file_of_too_many_bytes_is_refused(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_BYTES", 100)
    assert unpack(saved(gradient())).problem == "photo-too-large"


def test_a_large_jpeg_is_unpacked_smaller_but_never_smaller_than_wanted():
    data = saved(Image.new("RGB", (4000, 3000), (90, 120, 40)), "JPEG")
    assert unpack(data, longest=1000).pixels.shape == (750, 1000, 3)
    assert unpack(data, longest=1001).pixels.shape == (1500, 2000, 3)
    assert unpack(data).pixels.shape == (3000, 4000, 3)


def test_pixels_and_thumbnails_hold_nothing_of_exif():
    data = saved(gradient(), "JPEG", exif=exif(), comment=b"at SECRETRIDGE")
    assert b"SECRETMAKER" in data
    made = thumbnail(unpack(data).pixels, 20)
    assert b"SECRET" not in made and b"Exif" not in made and b"GPS" not in made
    with Image.open(io.BytesIO(made)) as image:
        assert not image.getexif()
        assert image.width == 20


def test_a_thumbnail_is_never_larger_than_its_picture():
    with Image.open(io.BytesIO(thumbnail(np.zeros((30, 40, 3), dtype=np.uint8), 400))) as image:
        assert image.size == (40, 30)


PICTURE = np.arange(100 * 200 * 3, dtype=np.uint32).astype(np.uint8).reshape(100, 200, 3)


def test_a_box_cuts_out_its_share():
    cut = chip(PICTURE, (0.25, 0.5, 0.5, 0.25))
    assert np.array_equal(cut.pixels, PICTURE[50:75, 50:150])
    assert (cut.problem, cut.notes) == ("", ())


def test_a_margin_widens_the_box_as_far_as_there_is_picture():
    assert np.array_equal(chip(PICTURE, (0.0, 0.2, 0.5, 0.5), 0.1).pixels, PICTURE[15:75, 0:110])


def test_without_a_box_the_whole_picture_is_taken():
    assert chip(PICTURE, WHOLE).pixels is PICTURE


@pytest.mark.parametrize(
    ("box", "problem"),
    [
        ((0.1, 0.1, None, 0.5), "photo-box-incomplete"),
        ((0.1, None, None, None), "photo-box-incomplete"),
        ((1.2, 0.1, 0.5, 0.5), "photo-box-outside"),
        ((10.0, 20.0, 100.0, 80.0), "photo-box-outside"),
        ((0.1, 0.1, 0.0, 0.5), "photo-box-outside"),
        ((0.1, 0.1, -0.2, 0.5), "photo-box-outside"),
        ((float("nan"), 0.1, 0.2, 0.5), "photo-box-outside"),
        ((0.1, 0.1, 0.05, 0.5), "photo-small"),
    ],
)
def test_a_box_that_holds_no_animal_gives_no_chip(box, problem):
    cut = chip(PICTURE, box)
    assert (cut.pixels, cut.problem) == (None, problem)


def test_a_box_over_the_edge_is_cut_there_and_said_so():
    cut = chip(PICTURE, (0.5, 0.5, 0.7, 0.5))
    assert cut.pixels.shape == (50, 100, 3)
    assert cut.notes == ("photo-box-cut",)
    assert chip(PICTURE, (0.5, 0.5, 0.505, 0.5)).notes == ()


def test_a_picture_too_small_for_any_coat_gives_no_chip():
    assert chip(PICTURE[:10], WHOLE).problem == "photo-small"


share = st.floats(-2, 3)


@given(st.tuples(share, share, share, share), st.floats(0, 1))
def test_a_chip_is_never_larger_than_its_picture_and_never_tiny(box, margin):
    cut = chip(PICTURE, box, margin)
    assert (cut.pixels is None) == bool(cut.problem)
    if cut.pixels is not None:
        assert 16 <= cut.pixels.shape[0] <= 100 and 16 <= cut.pixels.shape[1] <= 200


def test_fitting_only_ever_makes_smaller():
    assert fitted(PICTURE, 1000) is PICTURE
    sizes = [fitted(PICTURE, longest).shape[1] for longest in (20, 50, 100, 200)]
    assert sizes == [20, 50, 100, 200]
    assert all(one < other for one, other in pairwise(sizes))
