"""Formulas become terms and design matrices, or say what is wrong with them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import MisuseError
from tumen.population.scr.formula import matrix, parse, variables

NAMES = st.sampled_from(["sex", "session", "elevation", "b", "t"])


def terms(formula: str) -> list[tuple[str, ...]]:
    return [term.variables for term in parse(formula)]


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("1", [()]),
        ("sex", [(), ("sex",)]),
        ("1 + sex + t", [(), ("sex",), ("t",)]),
        ("sex:t", [(), ("sex", "t")]),
        ("sex * t", [(), ("sex",), ("t",), ("sex", "t")]),
        ("a * b * c", [(), ("a",), ("b",), ("c",), ("a", "b"), ("a", "c"), ("b", "c"), ("a", "b", "c")]),
        ("sex + sex", [(), ("sex",)]),
        ("s(x, y, 5) + forest", [(), ("s(x, y, 5)",), ("forest",)]),
    ],
)
def test_a_formula_is_a_sum_of_products(formula: str, found: list[tuple[str, ...]]):
    assert terms(formula) == found


@pytest.mark.parametrize("formula", ["sex +", "+", "", "sex * * t", "s(x, y, 5", "sex)", "a : : b"])
def test_a_broken_formula_is_refused_with_a_cure(formula: str):
    with pytest.raises(MisuseError) as error:
        parse(formula)
    assert (str(error.value.needed), str(error.value.found)) == (
        "a formula such as 'sex + session'",
        f"'{formula}'",
    ) or ("close every bracket" in str(error.value.cure))


@pytest.mark.parametrize("formula", ["sex - 1", "log(x)", "2 * sex", "x^2", "s(x, y)", "__import__('os')"])
def test_what_is_no_name_is_refused(formula: str):
    with pytest.raises(MisuseError) as error:
        parse(formula)
    assert str(error.value.needed) == "names of covariates in a formula"


def test_the_names_that_formulas_use():
    assert variables("sex + t", "sex:b", "1") == ("sex", "t", "b")


COLUMNS = {
    "sex": np.array(["F", "M", "M"], dtype=object),
    "site": np.array(["a", "b", "c"], dtype=object),
    "height": np.array([1.0, 2.0, 3.0]),
}
LEVELS = {"sex": ("F", "M"), "site": ("a", "b", "c")}


def test_categories_are_contrasted_with_their_first_level():
    found = matrix("sex + site + height", 3, COLUMNS, LEVELS)
    assert found.names == ("", "sexM", "siteb", "sitec", "height")
    assert found.values.tolist() == [[1, 0, 0, 0, 1], [1, 1, 1, 0, 2], [1, 1, 0, 1, 3]]


def test_products_of_categories_and_numbers():
    found = matrix("site:height", 3, COLUMNS, LEVELS)
    assert found.names == ("", "siteb:height", "sitec:height")
    assert found.values.tolist() == [[1, 0, 0], [1, 2, 0], [1, 0, 3]]


def test_a_category_of_one_level_adds_nothing():
    found = matrix("sex", 1, {"sex": np.array(["F"], dtype=object)}, {"sex": ("F",)})
    assert (found.names, found.values.tolist()) == (("",), [[1.0]])


def test_a_smooth_stands_where_it_is_given():
    found = matrix("s(x, y, 2)", 2, {}, {}, lambda knots: np.full((2, knots), 3.0))
    assert (found.names, found.values.tolist()) == (("", "s1", "s2"), [[1, 3, 3], [1, 3, 3]])


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(MisuseError) as error:
        matrix("hieght", 3, COLUMNS, LEVELS)
    assert str(error.value.needed) == "one of height, sex, site in this formula"
    assert str(error.value.found) == "'hieght'"
    assert "height" in str(error.value.cure)


@pytest.mark.parametrize(
    ("name", "column"),
    [("sex", np.array(["F", None, None], dtype=object)), ("height", np.array([1.0, np.nan, np.nan]))],
)
def test_missing_values_are_counted_and_refused(name: str, column):
    with pytest.raises(MisuseError) as error:
        matrix(name, 3, {name: column}, {"sex": ("F", "M")})
    assert (str(error.value.needed), str(error.value.found)) == (f"a value of {name} everywhere", "2 missing")


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_the_order_of_a_sum_does_not_change_what_it_holds(names: list[str]):
    assert set(terms(" + ".join(names))) == set(terms(" + ".join(reversed(names))))
    assert len(terms("*".join(dict.fromkeys(names)))) == 2 ** len(set(names))
