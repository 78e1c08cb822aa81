"""Laws that hold for every table of the protocol."""

import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import typed

from tumen.files.text_table import read_text_table, write_csv
from tumen.tables.cast import cast, to_text
from tumen.tables.checks import check
from tumen.tables.package import assemble
from tumen.tables.protocol import TABLES
from tumen.tables.schema import Kind

EVERY = pytest.mark.parametrize("name", list(TABLES))
FEW = settings(max_examples=10)


@EVERY
@FEW
@given(data=st.data())
def test_what_we_write_we_read_back_equal(name, data):
    frame = data.draw(typed(TABLES[name]))
    text, about_text = read_text_table(write_csv(to_text(TABLES[name], frame)), name=name)
    again, found = cast(TABLES[name], text)
    assert about_text.is_empty()
    assert found.is_empty(), found.rows()
    assert again.equals(frame)


def mutations(column):
    """What may be put into a valid cell, and the finding it must have."""
    found = []
    if column.required:
        found.append((None, "cell-required"))
    if column.kind not in (Kind.STRING, Kind.ANY):
        found.append(("no value", "cell-type"))
    if column.kind is Kind.DATETIME:
        found.append(("2014-01-01T00:00:00", "instant-without-offset"))
    if column.minimum is not None:
        found.append((str(int(column.minimum) - 1), "cell-below-minimum"))
    if column.maximum is not None:
        found.append((str(int(column.maximum) + 1), "cell-above-maximum"))
    if column.vocabulary:
        found.append((column.vocabulary[0] + "x", "cell-vocabulary"))
    return found


@EVERY
@FEW
@given(data=st.data())
def test_a_mutation_of_a_valid_cell_yields_its_finding_and_no_other(name, data):
    table = TABLES[name]
    text = to_text(table, data.draw(typed(table).filter(lambda frame: frame.height > 0)))
    column = data.draw(st.sampled_from([column for column in table.columns if mutations(column)]))
    value, code = data.draw(st.sampled_from(mutations(column)))
    row = data.draw(st.integers(0, text.height - 1))
    cells = text[column.name].to_list()
    cells[row] = value
    _, found = cast(table, text.with_columns(pl.Series(column.name, cells, dtype=pl.String)))
    assert found.select("code", "row", "column").rows() == [(code, row + 2, column.name)]


def told(package):
    """Findings with the cells they speak of in place of their rows, which change with the order."""
    found = check(package)
    return sorted(found.select("code", "table", "column", "value").rows())


@settings(max_examples=25)
@given(st.data(), st.randoms(use_true_random=False))
def test_findings_of_cells_do_not_depend_on_the_order_of_rows_or_tables(data, chance: random.Random):
    names = ["deployments", "media", "observations"]
    texts = {name: to_text(TABLES[name], data.draw(typed(TABLES[name]))) for name in names}
    shuffled = {}
    for name in chance.sample(names, len(names)):
        order = chance.sample(range(texts[name].height), texts[name].height)
        shuffled[name] = texts[name][order]
    given_order = assemble("p", texts, party="a", format="camtrap-dp")
    assert told(given_order) == told(assemble("p", shuffled, party="a", format="camtrap-dp"))
