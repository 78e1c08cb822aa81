import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.tables.file_names import clash, refusal, shown


@pytest.mark.parametrize(
    "path",
    [
        "a.csv",
        "media/호랑이/Леопард 01.jpg",
        "雪豹/ᠪᠠᠷ᠎ᠤ.jpg",
        "پلنگ‌ها.csv",
        ".hidden",
        "console.csv",
        "a/" * 119 + "a",
        "м" * 127,
    ],
)
def test_letters_of_every_script_are_welcome(path):
    assert refusal(path) is None


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "does not start in the package"),
        ("/etc/passwd", "does not start in the package"),
        ("~/a", "does not start in the package"),
        ("a/../b", "leads elsewhere"),
        ("a//b", "leads elsewhere"),
        ("./a", "leads elsewhere"),
        ("a/", "leads elsewhere"),
        ("C:a", "Windows cannot hold"),
        ("a\\b", "Windows cannot hold"),
        ("a?.csv", "Windows cannot hold"),
        ("a\x00b", "cannot be seen"),
        ("gpj.\u202eexe", "cannot be seen"),
        ("\ud800", "cannot be seen"),
        ("a.", "Windows takes away"),
        ("a /b", "Windows takes away"),
        ("media/AUX", "Windows keeps"),
        ("com1.tar.gz", "Windows keeps"),
        ("\u1112\u1169.jpg", "Unicode NFD"),
        ("a" * 300, "more than 240 characters"),
        ("м" * 128, "more than 255 bytes"),
    ],
)
def test_what_some_system_cannot_hold_is_refused(path, reason):
    assert reason in refusal(path)


def test_names_that_differ_in_size_of_letters_clash():
    assert clash(["IMG_1.JPG", "img_1.jpg"]) == ("IMG_1.JPG", "img_1.jpg")
    assert clash(["Straße", "STRASSE"]) == ("Straße", "STRASSE")
    assert clash(["Media/1.jpg", "media/2.jpg"]) == ("Media", "media")
    assert clash(["ТИГР.csv", "тигр.csv"]) == ("ТИГР.csv", "тигр.csv")
    assert clash(["a/b", "a/c", "b"]) is None


@given(st.text())
def test_a_hostile_name_is_printed_without_its_tricks(path):
    assert not [letter for letter in shown(path) if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")]
    assert len(shown(path)) <= 801
