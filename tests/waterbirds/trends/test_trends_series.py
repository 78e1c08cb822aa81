import numpy as np
import polars as pl
import pytest

from tumen.errors import ColumnError, MisuseError
from tumen.waterbirds.trends.series import series


def said(made: object) -> list[tuple[str, int | None, str]]:
    return made.findings.select("code", "row", "value").rows()  # type: ignore[attr-defined, no-any-return]


def test_counts_stand_by_site_and_cell_and_gaps_are_no_zeros() -> None:
    made = series(
        pl.DataFrame({"site": ["b", "a", "a", "b"], "time": [2001, 2003, 2001, 2003], "count": [7, 0, 3, None]})
    )
    assert (made.sites.to_list(), made.times.tolist(), made.start.tolist()) == (
        ["a", "b"],
        [2001, 2002, 2003],
        [0, 2, 3],
    )
    assert (made.cell.tolist(), made.count.tolist()) == ([0, 2, 0], [3.0, 0.0, 7.0])
    assert np.isnan(made.grid[1]).tolist() == [False, True, True]
    assert said(made) == [("trend-time-empty", None, "2002"), ("trend-time-no-positive", None, "2003")]


def test_months_are_cells_of_a_time() -> None:
    made = series(
        pl.DataFrame({"site": ["a"] * 3, "time": [1, 1, 2], "month": [3, 11, 11], "count": [5, 6, 7]}), month="month"
    )
    assert (made.months.tolist(), made.cells, made.cell.tolist()) == ([3, 11], 4, [0, 1, 3])


def test_a_month_without_animals_is_left_out_and_said() -> None:
    frame = pl.DataFrame({"site": ["a"] * 4, "time": [1, 1, 2, 2], "month": [1, 7, 1, 7], "count": [5, 0, 7, 0]})
    made = series(frame, month="month")
    assert (made.months.tolist(), said(made)) == ([1], [("trend-month-no-positive", 3, "7")])


@pytest.mark.parametrize(
    ("rows", "code", "row", "value", "kept"),
    [
        ([("a", 1, 5.0), ("a", 2, -1.0)], "trend-count-negative", 3, "-1.0", 1),
        ([("a", 1, 5.0), ("a", 2, float("inf"))], "trend-count-infinite", 3, "inf", 1),
        ([("a", 1, 5.0), ("a", 2, 2.5)], "trend-count-fraction", 3, "2.5", 2),
        ([("a", 1, 5.0), (None, 1, 3.0)], "trend-site-unnamed", 3, "", 1),
        ([("a", 1, 5.0), ("a", None, 3.0)], "trend-time-missing", 3, "", 1),
        ([("a", 1, 5.0), ("b", 1, 0.0)], "trend-site-no-positive", 3, "b", 1),
    ],
)
def test_what_cannot_be_used_is_said(rows: list[object], code: str, row: int, value: str, kept: int) -> None:
    schema = {"site": pl.String, "time": pl.Int64, "count": pl.Float64}
    made = series(pl.DataFrame(rows, schema=schema, orient="row"))
    assert said(made) == [(code, row, value)]
    assert len(made.count) == kept


def test_of_two_counts_for_one_time_none_is_used() -> None:
    made = series(pl.DataFrame({"site": ["a", "a", "a"], "time": [1, 1, 2], "count": [5, 6, 7]}))
    assert made.count.tolist() == [7.0]
    assert said(made) == [("trend-row-duplicate", 2, "5.0"), ("trend-row-duplicate", 3, "6.0")]


def test_a_weight_must_be_above_zero() -> None:
    frame = pl.DataFrame({"site": ["a"] * 3, "time": [1, 2, 3], "count": [5, 6, 7], "weight": [1.0, 0.0, None]})
    made = series(frame, weight="weight")
    assert made.weight.tolist() == [1.0]
    assert said(made)[:2] == [("trend-weight-bad", 3, "0.0"), ("trend-weight-bad", 4, "")]


def test_a_covariate_has_one_value_for_each_site() -> None:
    frame = pl.DataFrame(
        {
            "site": ["a", "a", "b", "b", "c", "c", "d", "d"],
            "time": [1, 2] * 4,
            "count": [5] * 8,
            "zone": ["10", "10", "9", "10", None, None, "2", None],
            "land": ["x"] * 8,
        }
    )
    made = series(frame, covariates=("zone", "land"))
    assert (made.covariate("zone").levels, made.covariate("zone").codes.tolist()) == (("10",), [0, -1, -1, -1])
    assert said(made) == [
        ("trend-covariate-missing", 6, ""),
        ("trend-covariate-missing", 8, "2"),
        ("trend-covariate-changes", 4, "10; 9"),
        ("trend-covariate-single", None, "zone"),
        ("trend-covariate-single", None, "land"),
    ]
    with pytest.raises(MisuseError, match="zone, land"):
        made.covariate("soil")


def test_levels_are_sorted_as_numbers_where_they_are() -> None:
    frame = pl.DataFrame({"site": ["a", "b", "c"], "time": [1, 1, 1], "count": [5, 5, 5], "zone": [10, 9, 2]})
    assert series(frame, covariates=("zone",)).covariates[0].levels == ("2", "9", "10")


@pytest.mark.parametrize(
    ("frame", "found"),
    [
        ({"site": ["a"], "time": [1]}, "site, time"),
        ({"site": ["a"], "time": [1.5], "count": [1]}, "Float64"),
        ({"site": ["a"], "time": [1], "count": ["1"]}, "String"),
    ],
)
def test_columns_that_are_not_there_are_misuse(frame: dict[str, list[object]], found: str) -> None:
    with pytest.raises(ColumnError, match=found):
        series(pl.DataFrame(frame))


def test_dates_are_no_times() -> None:
    with pytest.raises(MisuseError, match="20210101"):
        series(pl.DataFrame({"site": ["a", "a"], "time": [1, 20210101], "count": [1, 2]}))


def test_no_rows_are_no_times() -> None:
    made = series(pl.DataFrame(schema={"site": pl.String, "time": pl.Int64, "count": pl.Int64}))
    assert (len(made.times), len(made.sites), made.findings.height) == (0, 0, 0)
