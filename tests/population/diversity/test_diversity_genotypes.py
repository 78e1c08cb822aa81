import json

import polars as pl
import pytest
from hypothesis import given
from tests.population.diversity.diversity_worlds import table, worlds

from tumen.errors import ColumnError
from tumen.population.diversity.genotypes import example, genotypes


def codes(received):
    return received.findings.select("code", "row", "value").rows()


def test_alleles_are_numbered_by_size_and_sorted_within_a_locus():
    received = genotypes(table([("a", "F42", "103", "99", "RU"), ("b", "F42", "103", "103", "CN")]))
    found = received.genotypes
    assert found.individuals == ("a", "b")
    assert found.names == (("99", "103"),)
    assert found.alleles.tolist() == [[[0, 1]], [[1, 1]]]
    assert found.sides == ("CN", "RU")
    assert found.side.tolist() == [1, 0]
    assert received.findings.is_empty()


def test_names_that_are_no_numbers_are_in_the_order_of_their_text():
    assert genotypes(table([("a", "S1", "T", "A", "RU")])).genotypes.names == (("A", "T"),)


def test_one_allele_alone_is_missing_and_said():
    rows = [("a", "F42", "99", None, "RU"), ("b", "F42", None, "99", "RU"), ("c", "F42", "99", "103", "RU")]
    received = genotypes(table(rows))
    assert received.genotypes.known.tolist() == [[False], [False], [True]]
    halves = received.findings.filter(pl.col("code") == "diversity-half-call")
    assert halves.select("row", "value").rows() == [(2, "a"), (3, "b")]
    assert json.loads(halves["arguments"][0]) == {"locus": "F42"}


def test_an_empty_cell_is_a_missing_allele():
    received = genotypes(table([("a", "F42", "", "", "RU"), ("b", "F42", "1", "2", "RU")]))
    assert received.genotypes.known.tolist() == [[False], [True]]
    assert codes(received) == [("diversity-individual-empty", None, "a")]


def test_different_genotypes_of_one_individual_are_not_used_equal_ones_are_counted_once():
    rows = [
        ("a", "F42", "99", "103", "RU"),
        ("a", "F42", "99", "99", "RU"),
        ("b", "F42", "99", "103", "RU"),
        ("b", "F42", "103", "99", "RU"),
    ]
    received = genotypes(table(rows))
    assert received.genotypes.known.tolist() == [[False], [True]]
    assert codes(received)[:1] == [("diversity-genotypes-contradict", 2, "a")]
    assert ("diversity-genotypes-repeated", 4, "b") in codes(received)


def test_an_individual_of_two_groups_or_none_is_in_no_group():
    rows = [("a", "F42", "99", "103", "RU"), ("a", "F43", "1", "2", "CN"), ("b", "F42", "99", "99", None)]
    received = genotypes(table(rows))
    assert received.genotypes.groups == (None, None)
    assert received.genotypes.side.tolist() == [-1, -1]
    several = received.findings.filter(pl.col("code") == "diversity-group-contradicts")
    assert several.select("row", "value", "arguments").rows() == [(2, "a", '{"groups": "CN, RU"}')]
    unknown = received.findings.filter(pl.col("code") == "diversity-group-unknown")
    assert json.loads(unknown["arguments"].item()) == {"count": 2, "total": 2}


def test_a_group_said_once_is_the_group_of_the_individual():
    received = genotypes(table([("a", "F42", "99", "103", "RU"), ("a", "F43", "1", "2", None)]))
    assert received.genotypes.groups == ("RU",)
    assert "diversity-group-unknown" not in received.findings["code"]


def test_rows_without_individual_or_locus_are_counted_and_not_used():
    received = genotypes(table([(None, "F42", "99", "103", "RU"), ("a", None, "1", "2", "RU")]))
    assert received.genotypes.individuals == ()
    assert codes(received) == [("diversity-row-unnamed", None, "2")]


def test_loci_without_genotypes_or_variation_are_said():
    rows = [("a", "F42", "99", "99", "RU"), ("a", "F43", None, None, "RU")]
    assert codes(genotypes(table(rows))) == [
        ("diversity-locus-empty", None, "F43"),
        ("diversity-locus-monomorphic", None, "F42"),
    ]


def test_an_empty_table_has_no_genotypes():
    found = genotypes(table([])).genotypes
    assert (found.individuals, found.loci, found.sides) == ((), (), ())
    assert found.doses.shape == (0, 0)


def test_a_table_without_a_column_is_refused():
    with pytest.raises(ColumnError, match="the column group"):
        genotypes(table([]).drop("group"))


def test_sizes_given_as_numbers_are_names():
    frame = pl.DataFrame({"individualID": [1], "locus": ["a"], "allele1": [99], "allele2": [103], "group": ["x"]})
    assert genotypes(frame).genotypes.names == (("99", "103"),)


def test_doses_count_the_copies_of_each_allele():
    found = example([("1", "2"), ("1", "1"), None], [("5", "5"), ("5", "6"), ("6", "6")])
    assert found.doses.tolist() == [[1, 1, 2, 0], [2, 0, 1, 1], [0, 0, 0, 2]]
    assert found.of(found.known[:, 0]).doses.tolist() == [[1, 1, 2, 0], [2, 0, 1, 1]]


@given(worlds())
def test_doses_are_two_where_a_locus_is_known(rows):
    found = genotypes(table(rows)).genotypes
    assert found.doses.sum() == 2 * found.known.sum()
    assert (found.alleles[found.known] >= 0).all()
    assert (found.alleles[~found.known] == -1).all()
