"""Every word that a cell may hold has a label, and one word means one thing everywhere."""

import importlib
import pkgutil

import pytest

import tumen.tables
from tumen.tables.protocol import TABLES
from tumen.tables.vocabularies import LABELS

OWN = {
    name: module.LABELS
    for _, name, _ in pkgutil.iter_modules(tumen.tables.__path__)
    if name != "vocabularies" and hasattr(module := importlib.import_module(f"tumen.tables.{name}"), "LABELS")
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_word_has_a_label(table):
    words = {word for column in table.columns for word in column.vocabulary}
    assert words - LABELS.keys() == set()


def test_no_label_is_left_over():
    used = {word for table in TABLES.values() for column in table.columns for word in column.vocabulary}
    assert set(LABELS) - used == set()


def test_a_word_has_the_same_label_in_every_group():
    for name, labels in OWN.items():
        assert {word: LABELS[word] for word in labels} == labels, name
