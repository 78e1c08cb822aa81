from math import log10

import numpy as np
import polars as pl
import pytest
from tests.population.diversity.diversity_simulated import of_codes
from tests.population.diversity.diversity_worlds import wide

from tumen.errors import MisuseError
from tumen.population.diversity.assignment import assignment
from tumen.population.diversity.genotypes import example, genotypes
from tumen.population.diversity.migrants import Resampling, draw_sample, first_generation_migrants


def slow_likelihood(codes, sides, animal, side, criterion):
    """The likelihood of an animal in a group without itself, locus by locus."""
    total = 0.0
    for locus in range(codes.shape[1]):
        a, b = codes[animal, locus].tolist()
        if a < 0:
            continue
        k = len({g for g in codes[:, locus].ravel().tolist() if g >= 0})
        others = [n for n in range(len(codes)) if sides[n] == side and n != animal]
        genes = [g for n in others for g in codes[n, locus].tolist() if g >= 0]
        na, nb, count = genes.count(a), genes.count(b), len(genes)
        if criterion == "bayes":
            below = (count + 1) * (count + 2)
            value = (na + 1 / k) * (na + 1 / k + 1) / below if a == b else 2 * (na + 1 / k) * (nb + 1 / k) / below
        elif not genes:
            continue
        else:
            p, q = (n / count if n else 0.01 for n in (na, nb))
            value = p * q * (1 if a == b else 2)
        total += log10(value)
    return total


@pytest.mark.parametrize("criterion", ["bayes", "frequency"])
def test_agrees_with_the_slow_version(criterion):
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 4, (14, 5, 2))
    codes[rng.random((14, 5)) < 0.2] = -1
    sides = ["RU"] * 6 + ["CN"] * 5 + ["KP"] * 2 + [None]
    found = assignment(of_codes(codes, sides), criterion=criterion).likelihoods
    for row in found.iter_rows(named=True):
        slow = slow_likelihood(codes, sides, int(row["individualID"][1:]), row["group"], criterion)
        assert row["logLikelihood"] == pytest.approx(slow)
    assert found.group_by("individualID").agg(pl.col("score").sum())["score"].to_list() == pytest.approx([1.0] * 14)


def test_one_animal_by_hand():
    data = example([("1", "1"), ("1", "2"), ("2", "2"), ("2", "2")], groups=["RU", "RU", "CN", "CN"])
    rows = assignment(data).likelihoods.filter(assignment(data).likelihoods["individualID"] == "1")
    # Left out of RU there are one 1 and one 2; CN has four 2; the prior of each allele is 1/2.
    assert rows["logLikelihood"].to_list() == pytest.approx([log10(0.5 * 1.5 / 30), log10(1.5 * 2.5 / 12)])


def test_ties_and_animals_without_loci_are_said():
    data = example(
        [("1", "2"), ("1", "2"), ("1", "2"), ("1", "2"), ("1", "2"), None], groups=["RU", "RU", "CN", "CN", None, "CN"]
    )
    answer = assignment(data)
    assert answer.table["reason"].to_list()[4:] == ["assignment-tied", "assignment-no-loci"]
    assert answer.table["bestGroup"][4] is None
    assert {"assignment-tied", "assignment-no-loci", "assignment-group-small"} == set(answer.findings["code"])


def test_one_group_assigns_nobody():
    answer = assignment(example([("1", "2"), ("1", "1")]))
    assert answer.table["reason"].to_list() == ["assignment-one-group"] * 2
    assert answer.findings["code"].to_list() == ["assignment-one-group"]
    with pytest.raises(MisuseError, match="frequency"):
        assignment(example([("1", "2")]), unseen=0.0)


def sides_apart(rng, animals, loci, apart, migrants):
    """Two groups whose frequencies differ (FST about `apart`); the last of the first group were born in the second."""
    codes = []
    for _ in range(loci):
        common = rng.dirichlet(np.ones(6))
        one, other = (rng.dirichlet(common * (1 - apart) / apart + 1e-3) for _ in range(2))
        born = [(one, animals - migrants), (other, migrants), (other, animals)]
        codes.append(np.concatenate([rng.choice(6, size=(count, 2), p=p) for p, count in born]))
    return of_codes(np.stack(codes, axis=1), ["RU"] * animals + ["CN"] * animals)


@pytest.mark.parametrize("statistic", ["ratio", "home"])
def test_known_migrants_are_found_and_few_residents_called(statistic):
    rng = np.random.default_rng(2)
    found = called = 0
    for _ in range(6):
        table = first_generation_migrants(sides_apart(rng, 40, 12, 0.12, 2), rng, Resampling(statistic=statistic)).table
        named = table["migrant"].to_numpy()
        found += named[38:40].sum()
        called += named.sum() - named[38:40].sum()
    assert found >= (10 if statistic == "ratio" else 6)
    assert called <= 12  # of 468, at a level of 0.01


def test_without_migrants_few_are_called_at_the_level():
    rng = np.random.default_rng(3)
    called = sum(
        first_generation_migrants(sides_apart(rng, 40, 12, 0.1, 0), rng, Resampling(level=0.05)).table["migrant"].sum()
        for _ in range(6)
    )
    assert called <= 38  # 24 of 480 expected, ratio being conservative


def test_drawn_animals_have_alleles_of_two_parents_of_their_group():
    rng = np.random.default_rng(4)
    data = example([("1", "1"), ("2", "2"), ("3", "3"), ("4", "4")], groups=["RU", "RU", "CN", "CN"])
    for _ in range(5):
        assert draw_sample(data, rng).tolist() == [[[0, 1]], [[0, 1]], [[2, 3]], [[2, 3]]]


def test_missing_alleles_of_parents_are_drawn_from_the_group_and_lost_loci_stay_lost():
    rng = np.random.default_rng(5)
    data = example([("1", "1"), None], [None, None], [("1", "2"), ("2", "2")])
    drawn = draw_sample(data, rng)
    assert drawn[:, 0].tolist() == [[0, 0], [0, 0]]
    assert (drawn[:, 1] == -1).all()
    assert (drawn[:, 2] >= 0).all()


def test_groups_of_one_and_animals_without_loci_have_no_answer():
    data = example([("1", "2"), ("1", "1"), ("2", "2"), None, ("1", "2")], groups=["RU", "RU", "CN", "RU", None])
    answer = first_generation_migrants(data, np.random.default_rng(1), Resampling(simulations=20))
    assert answer.table["reason"].to_list() == [None, None, "assignment-group-alone", "assignment-no-loci"]
    assert "assignment-group-alone" in answer.findings["code"].to_list()
    assert (answer.table["p"].drop_nulls() > 0).all()
    with pytest.raises(MisuseError, match="simulation"):
        first_generation_migrants(data, np.random.default_rng(1), Resampling(simulations=0))


def test_the_same_seed_gives_the_same_answer():
    data = sides_apart(np.random.default_rng(6), 10, 5, 0.2, 1)
    one, two = (first_generation_migrants(data, np.random.default_rng(7)).table for _ in range(2))
    assert one.equals(two)


def test_cats_of_nancy_mostly_come_from_their_colony(shared_data):
    data = genotypes(wide(shared_data / "genetics_bench" / "nancycats.csv")).genotypes
    table = assignment(data).table
    assert (table["sampledGroup"] == table["bestGroup"]).mean() > 0.6
