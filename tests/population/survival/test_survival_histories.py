import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import codes

from tumen.errors import ColumnError, MisuseError
from tumen.population.survival.histories import Histories, collapse, histories

YEARS = pl.DataFrame(
    {"occasion": ["2013", "2014", "2016"], "time": [2013.0, 2014.0, 2016.0], "effort": [9.0, 0.0, 4.0]}
)


def sightings(*pairs):
    return pl.DataFrame(pairs, schema={"individualID": pl.String, "occasion": pl.String}, orient="row")


def test_histories_are_made_from_sightings():
    individuals = pl.DataFrame(
        {"individualID": ["a", "b", "z"], "sex": ["female", "unknown", "male"], "lost": [None, True, None]}
    )
    data, found = histories(sightings(("b", "2013"), ("a", "2016"), ("a", "2013"), ("a", "2013")), YEARS, individuals)
    assert data.animals == ("a", "b")
    assert data.seen.tolist() == [[True, False, True], [True, False, False]]
    assert data.intervals.tolist() == [1.0, 2.0]
    assert data.sex == ("female", None)
    assert data.lost.tolist() == [False, True]
    assert data.covariates["effort"].tolist() == [9.0, 0.0, 4.0]
    assert codes(found) == ["survival-occasion-idle", "survival-sex-unknown"]


def test_nothing_is_found_where_all_is_well():
    individuals = pl.DataFrame({"individualID": ["a"], "sex": ["female"]})
    assert histories(sightings(("a", "2013"), ("a", "2016")), YEARS.drop("effort"), individuals)[1].is_empty()


def test_every_sighting_that_cannot_be_used_is_named():
    found = histories(sightings(("a", "2013"), ("a", "1999"), (None, "2013"), ("b", "2014"), ("b", None)), YEARS)[1]
    told = found.filter(pl.col("severity") == "error").select("code", "row", "value").rows()
    assert told == [
        ("survival-occasion-unknown", 3, "1999"),
        ("survival-occasion-unknown", 6, ""),
        ("survival-seen-idle", 5, "2014"),
    ]
    assert "survival-nameless" in codes(found)


def test_an_animal_of_two_sexes_has_none():
    individuals = pl.DataFrame({"individualID": ["a", "a"], "sex": ["female", "male"]})
    data, found = histories(sightings(("a", "2013")), YEARS.drop("effort"), individuals)
    assert data.sex == (None,)
    assert found.filter(code="survival-sex-contradicts")["value"].to_list() == ["a"]


def test_dates_become_years():
    days = YEARS.with_columns(time=pl.Series([dt.date(2013, 1, 1), dt.date(2014, 1, 1), dt.date(2016, 1, 1)]))
    data, _ = histories(sightings(("a", "2013")), days)
    assert data.intervals == pytest.approx([365 / 365.25, 730 / 365.25])


def test_misuse_is_refused():
    with pytest.raises(ColumnError, match="a column time"):
        histories(sightings(("a", "2013")), YEARS.drop("time"))
    with pytest.raises(MisuseError, match="intervals longer than nothing"):
        histories(sightings(("a", "2013")), YEARS.reverse())
    with pytest.raises(MisuseError, match="names of their own"):
        histories(sightings(("a", "2013")), pl.concat([YEARS, YEARS]))
    with pytest.raises(MisuseError, match="nobody seen in an occasion without effort"):
        Histories(("a",), ("1", "2"), np.ones((1, 2), bool), np.ones(1), (None,), np.zeros(1, bool), np.array([1.0, 0]))
    with pytest.raises(MisuseError, match="seen at least once"):
        Histories(("a",), ("1", "2"), np.zeros((1, 2), bool), np.ones(1), (None,), np.zeros(1, bool), np.ones(2))


rows = st.lists(st.tuples(st.integers(1, 7), st.sampled_from(["F", "M", None]), st.booleans()), min_size=0, max_size=30)


@given(rows)
def test_collapsing_counts_each_history_once(lives):
    data = Histories(
        tuple(str(number) for number in range(len(lives))),
        ("1", "2", "3"),
        np.array([[code & 4 > 0, code & 2 > 0, code & 1 > 0] for code, _, _ in lives], dtype=bool).reshape(-1, 3),
        np.ones(2),
        tuple(sex for _, sex, _ in lives),
        np.array([lost for _, _, lost in lives], dtype=bool),
        np.ones(3),
    )
    counts = collapse(data)
    names = [*counts.sexes, None]
    found = {
        (int(row @ [4, 2, 1]), names[sex], bool(lost)): number
        for row, sex, lost, number in zip(counts.seen, counts.sex, counts.lost, counts.number, strict=True)
    }
    assert found == {life: float(lives.count(life)) for life in set(lives)}
