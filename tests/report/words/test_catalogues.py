"""Every text that the program can say has Russian words, and no words are kept for texts it no longer says."""

import ast
import string
from pathlib import Path

import jinja2
import jinja2.nodes
import pytest
from babel.messages.pofile import read_po

import tumen.report as package
from tumen.errors import LanguageError
from tumen.report.words.catalogues import languages, plural_index, read, require
from tumen.tables.catalogue import CATALOGUE, NOTES

HOME = Path(package.__path__[0])
SOURCES = sorted(HOME.rglob("*.py"))
TEMPLATES = sorted((HOME / "templates").glob("*.html"))


def strings(nodes):
    """The texts among the arguments of a call; an f-string or a name is none."""
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def said_in_source(path):
    """Texts, and pairs of one and many, that a module asks for or marks."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        wanted = {"text": 1, "mark": 1, "plural": 2, "mark_plural": 2}.get(name)
        if wanted is not None and len(texts := strings(node.args[:wanted])) == wanted:
            yield tuple(texts)


def said_in_template(path):
    tree = jinja2.Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
    for call in tree.find_all(jinja2.nodes.Call):
        if isinstance(call.node, jinja2.nodes.Getattr) and call.node.attr == "text":
            assert isinstance(call.args[0], jinja2.nodes.Const), "a template asks for a text that is not a literal"
            yield (call.args[0].value,)


def everything_said():
    said = set()
    for path in SOURCES:
        said |= set(said_in_source(path))
    for path in TEMPLATES:
        said |= set(said_in_template(path))
    for code in CATALOGUE.values():
        said |= {(code.message,), (code.cure,)}
    return said | {(text,) for text in NOTES.values()}


def written(language):
    path = HOME / "words" / language / "LC_MESSAGES" / "tumen.po"
    with path.open("rb") as stream:
        return [message for message in read_po(stream, locale=language, abort_invalid=True) if message.id]


def places(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


SAID = everything_said()
TRANSLATED = [language for language in languages() if language != "en"]


def test_english_and_russian_exist():
    assert languages() == ("en", "ru")


def test_the_search_finds_texts_of_every_kind():
    assert ("Key results",) in SAID  # a plain text of a module
    assert ("{count} station", "{count} stations") in SAID  # a plural
    assert ("disperser: crossed once and was not seen behind again",) in SAID  # a marked one
    assert ("Contents",) in SAID  # one of a template
    assert ("of {count} tiger", "of {count} tigers") in SAID  # a plural kept in a table
    assert (CATALOGUE["table-empty"].message,) in SAID


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_has_words(language):
    known = read(language)
    assert sorted(text[0] for text in SAID if text[0] not in known) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_plurals_have_all_their_forms(language):
    known = read(language)
    wanted = plural_index(language, 5) + 1 if language == "ru" else 2
    wrong = [text[0] for text in SAID if len(known.get(text[0], ())) != (wanted if len(text) == 2 else 1)]
    assert sorted(wrong) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_words_are_left_over(language):
    said = {text[0] for text in SAID}
    entries = [message.id if isinstance(message.id, str) else message.id[0] for message in written(language)]
    assert [entry for entry in entries if entry not in said] == []
    assert len(entries) == len(set(entries))


@pytest.mark.parametrize("language", TRANSLATED)
def test_words_fill_the_same_places(language):
    for message in written(language):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        forms = [message.string] if isinstance(message.string, str) else list(message.string)
        assert not message.fuzzy, ids[0]
        for form in forms:
            assert form.strip(), ids[0]
            assert places(form) == places(ids[0]), ids[0]


def test_the_second_form_of_a_plural_is_the_one_in_the_source():
    pairs = {message.id for message in written("ru") if not isinstance(message.id, str)}
    assert pairs == {text for text in SAID if len(text) == 2}


def test_an_unknown_language_names_the_known_ones():
    with pytest.raises(LanguageError) as caught:
        require("rus")
    assert caught.value.needed == "a language that has words"
    assert caught.value.found == "'rus'"
    assert "Known: en, ru." in caught.value.cure
