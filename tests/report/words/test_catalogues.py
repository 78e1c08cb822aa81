"""Every text that the program can say has words in six languages, and no words are kept for texts it no longer says."""

import importlib.util
import string
from pathlib import Path

import pytest

from tumen.errors import LanguageError
from tumen.report.words.catalogues import languages, plural_index, read, require
from tumen.tables.catalogue import CATALOGUE

_SPEC = importlib.util.spec_from_file_location("words", Path(__file__).parents[3] / "docs" / "words.py")
words = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(words)

SAID = words.everything_said()
TRANSLATED = [language for language in languages() if language != "en"]
PLURAL_FORMS = {"ru": 3, "zh-Hans": 1, "ko": 1, "ja": 1, "mn": 2}
OTHER_SCRIPT = {
    "ru": ("\u0400", "\u04ff"),
    "mn": ("\u0400", "\u04ff"),
    "zh-Hans": ("\u4e00", "\u9fff"),
    "ja": ("\u3040", "\u9fff"),
    "ko": ("\uac00", "\ud7a3"),
}
"""Where the letters of a language lie; a text without any is a text left in English."""


def places(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def test_there_are_six_languages():
    assert languages() == ("en", "ru", "zh-Hans", "ko", "ja", "mn")


def test_the_search_finds_texts_of_every_kind():
    assert ("Key results",) in SAID  # a plain text of a module
    assert ("{count} station", "{count} stations") in SAID  # a plural
    assert ("disperser: crossed once and was not seen behind again",) in SAID  # a marked one
    assert ("Contents",) in SAID  # one of a template
    assert ("of {count} tiger", "of {count} tigers") in SAID  # a plural kept in a table
    assert (CATALOGUE["table-empty"].message,) in SAID
    assert ("One camera at one place from one date to another.",) in SAID  # what a table means
    assert ("game trail",) in SAID  # a word of a vocabulary
    assert ("a study file",) in SAID  # a part of an error


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_has_words(language):
    assert list(words.missing(language)) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_words_are_left_over_and_the_file_is_in_step(language):
    kept = words.file_of(language).read_text(encoding="utf-8")
    assert kept == words.written(language, words.read(language))


@pytest.mark.parametrize("language", TRANSLATED)
def test_plurals_have_all_their_forms(language):
    forms = read(language).forms
    wanted = {text[0]: PLURAL_FORMS[language] if len(text) == 2 else 1 for text in SAID}
    assert {text: len(forms[text]) for text in wanted if len(forms[text]) != wanted[text]} == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_words_fill_the_same_places(language):
    for text, forms in read(language).forms.items():
        for form in forms:
            assert places(form) == places(text), text


@pytest.mark.parametrize("language", TRANSLATED)
def test_words_are_in_the_letters_of_the_language(language):
    first, last = OTHER_SCRIPT[language]
    left = [text for text, forms in read(language).forms.items() if not any(first <= c <= last for c in forms[0])]
    # Only what has no words in any language, such as "PDF" or "{north}° N", may look like English.
    assert [text for text in left if sum(c.isalpha() for c in text.replace("{", " ")) > 24] == []


def test_plurals_follow_the_language():
    assert [plural_index("ru", count) for count in (1, 2, 5)] == [0, 1, 2]
    assert [plural_index("ko", count) for count in (1, 2, 5)] == [0, 0, 0]
    assert [plural_index("mn", count) for count in (1, 2, 5)] == [0, 1, 1]


def test_an_unknown_language_names_the_known_ones():
    with pytest.raises(LanguageError) as caught:
        require("rus")
    assert caught.value.needed == "a language that has words"
    assert caught.value.found == "'rus'"
    assert "Known: en, ja, ko, mn, ru, zh-Hans." in caught.value.cure
