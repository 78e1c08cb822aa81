import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import ColumnError, MisuseError
from tumen.individuals.genotype_matrix import CONSENSUS, MISSING, from_arrays, matrix


def consensus(*rows: tuple[str, str, str | None, str | None, str]) -> pl.DataFrame:
    whole = [(*row, 3, "lab") for row in rows]
    return pl.DataFrame(whole, schema=CONSENSUS, orient="row")


def test_codes_count_alleles_by_size_and_not_by_spelling():
    found = matrix(consensus(("a", "F42", "99", "103", "heterozygote"), ("b", "F42", "103", "103", "homozygote")))
    assert found.alleles == (("99", "103"),)
    assert found.codes.tolist() == [[[0, 1]], [[1, 1]]]


def test_names_of_bases_are_sorted_as_text():
    found = matrix(consensus(("a", "S1", "T", "A", "heterozygote")))
    assert found.alleles == (("A", "T"),)
    assert found.codes.tolist() == [[[0, 1]]]


def test_alleles_within_a_locus_are_sorted_whatever_their_order_in_the_table():
    found = matrix(consensus(("a", "F42", "103", "99", "heterozygote")))
    assert found.codes.tolist() == [[[0, 1]]]


@pytest.mark.parametrize("status", ["single", "unresolved", "failed"])
def test_a_locus_without_consensus_is_missing(status: str):
    found = matrix(consensus(("a", "F42", "99", "99", "homozygote"), ("b", "F42", "99", "99", status)))
    assert found.codes[1, 0].tolist() == [MISSING, MISSING]
    assert found.samples == ("a", "b")


def test_a_half_call_is_missing_and_no_homozygote():
    rows = [("a", "F42", "99", None, "heterozygote"), ("b", "F42", "99", "99", "homozygote")]
    found = matrix(consensus(*rows))
    assert found.codes.tolist() == [[[MISSING, MISSING]], [[0, 0]]]
    assert found.known.tolist() == [[False], [True]]


def test_a_sample_all_of_whose_loci_failed_stays():
    found = matrix(consensus(("a", "F42", None, None, "failed")))
    assert found.samples == ("a",)
    assert (found.loci, found.alleles, found.codes.shape) == ((), (), (1, 0, 2))


def test_a_locus_that_nobody_has_is_left_out():
    rows = [
        ("a", "F42", None, None, "failed"),
        ("a", "F85", "99", "99", "homozygote"),
        ("a", "F9", "99", None, "single"),
    ]
    found = matrix(consensus(*rows, ("b", "F9", "99", "99", "homozygote")))
    assert found.loci == ("F85", "F9")
    assert found.known.tolist() == [[True, False], [False, True]]


def test_two_rows_for_a_sample_and_locus_are_refused():
    row = ("a", "F42", "99", "99", "homozygote")
    with pytest.raises(MisuseError, match="several for sample a, locus F42"):
        matrix(consensus(row, row))


def test_a_missing_column_is_refused():
    with pytest.raises(ColumnError, match="the column locus"):
        matrix(pl.DataFrame({"sampleID": ["a"]}))


def test_a_part_keeps_the_alleles_of_the_whole():
    whole = from_arrays([("1", "2"), ("2", "3")])
    part = whole.of(np.array([1]))
    assert (part.samples, part.alleles, part.codes.tolist()) == (("2",), (("1", "2", "3"),), [[[1, 2]]])


genotype = st.one_of(st.none(), st.tuples(st.sampled_from("23456"), st.sampled_from("23456")))


@given(st.lists(genotype, min_size=1, max_size=8).filter(any))
def test_codes_name_the_alleles_that_were_given(column: list[tuple[str, str] | None]):
    found = from_arrays(column)
    for code, given_pair in zip(found.codes[:, 0], column, strict=True):
        named = None if code[0] < 0 else tuple(found.alleles[0][place] for place in code)
        assert named == (None if given_pair is None else tuple(sorted(given_pair)))
