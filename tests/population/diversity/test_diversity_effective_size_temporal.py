from math import inf

import numpy as np
import pytest
from tests.population.diversity.diversity_simulated import children, founders, of_codes

from tumen.errors import MisuseError
from tumen.population.diversity.effective_size_temporal import Interval, effective_size_temporal
from tumen.population.diversity.genotypes import example

FLAGS = np.array([True] * 4 + [False] * 4)


def two_samples():
    """One locus: A has 6 of 8 copies in the earlier sample and 4 of 8 in the later one."""
    return example([("A", "A"), ("A", "A"), ("A", "B"), ("A", "B"), ("A", "A"), ("B", "B"), ("A", "B"), ("A", "B")])


def test_one_locus_by_hand():
    rows = effective_size_temporal(two_samples(), FLAGS, ~FLAGS, Interval(3)).table.rows_by_key("estimator", named=True)
    # x = 0.75, 0.25; y = 0.5, 0.5; z = 0.625, 0.375
    fc = (0.0625 / (0.625 - 0.375) + 0.0625 / (0.375 - 0.125)) / 2
    fk = 0.0625 / 0.625 + 0.0625 / 0.375
    fs = 0.125 / (2 * 0.625 * 0.375)
    assert rows["Fc"][0]["variance"] == pytest.approx(fc)
    assert rows["Fk"][0]["variance"] == pytest.approx(fk)
    assert rows["Fs"][0]["variance"] == pytest.approx(fs)
    assert rows["Fk"][0]["rawSize"] == pytest.approx(3 / (2 * (fk - 0.125 - 0.125)))
    corrected = (fs * (1 - 1 / 16) - 1 / 4) / ((1 + fs / 4) * (1 - 1 / 8))
    assert rows["Fs"][0]["corrected"] == pytest.approx(corrected)
    assert rows["Fs"][0]["effectiveSize"] == (pytest.approx(3 / 2 / corrected) if corrected > 0 else inf)
    assert rows["Fs"][0]["low"] is None  # one locus cannot be left out


def test_plan_one_adds_the_animals_that_were_put_back():
    rows = effective_size_temporal(two_samples(), FLAGS, ~FLAGS, Interval(3, census=20)).table
    other = effective_size_temporal(two_samples(), FLAGS, ~FLAGS, Interval(3)).table
    assert rows["plan"].to_list() == ["I"] * 3
    difference = (rows["corrected"] - other["corrected"]).to_list()
    assert difference[:2] == pytest.approx([1 / 20] * 2)
    fs = other["variance"][2]
    assert difference[2] == pytest.approx((fs / 80 + 1 / 20) / ((1 + fs / 4) * (1 - 1 / 8)))


def test_a_known_size_is_found_again():
    rng = np.random.default_rng(2)
    found = {"Fc": [], "Fk": [], "Fs": []}
    covered = dict.fromkeys(found, 0)
    for _ in range(40):
        population = founders(rng, 40, 15, 6)
        first = children(rng, population, 25)
        for _ in range(3):
            population = children(rng, population, 40)
        data = of_codes(np.concatenate([first, children(rng, population, 25)]))
        earlier = np.arange(50) < 25
        for row in effective_size_temporal(data, earlier, ~earlier, Interval(3)).table.iter_rows(named=True):
            found[row["estimator"]].append(row["corrected"])
            covered[row["estimator"]] += row["low"] <= 40 <= row["high"]
    for estimator, values in found.items():
        assert 3 / 2 / np.mean(values) == pytest.approx(40, rel=0.2), estimator
        assert covered[estimator] >= 32


@pytest.mark.parametrize(
    ("later", "between", "reason"),
    [
        (np.zeros(8, dtype=bool), Interval(3), "size-no-second-sample"),
        (~FLAGS, Interval(None), "size-no-generations"),
        (~FLAGS, Interval(0), "size-no-generations"),
    ],
)
def test_what_is_not_known_is_said(later, between, reason):
    answer = effective_size_temporal(two_samples(), FLAGS, later, between)
    assert answer.table["reason"].to_list() == [reason] * 3
    assert answer.findings["code"].to_list() == [reason]


def test_a_locus_without_variation_or_known_in_one_sample_says_nothing():
    data = example([("A", "A")] * 8, [("A", "B")] * 4 + [None] * 4)
    assert effective_size_temporal(data, FLAGS, ~FLAGS, Interval(1)).table["reason"][0] == "size-no-common-loci"


def test_no_change_is_an_infinite_size():
    answer = effective_size_temporal(example([("A", "B")] * 8), FLAGS, ~FLAGS, Interval(1))
    assert answer.table["effectiveSize"].to_list() == [inf] * 3
    assert (answer.table["rawSize"] < 0).all()
    assert set(answer.findings["code"]) == {"size-drift-infinite"}


def test_an_individual_cannot_be_in_both_samples():
    with pytest.raises(MisuseError, match="two samples"):
        effective_size_temporal(two_samples(), FLAGS, FLAGS, Interval(1))
