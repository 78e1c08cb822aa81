import numpy as np
import pytest
from tests.population.diversity.diversity_simulated import of_codes
from tests.population.diversity.diversity_worlds import wide

from tumen.errors import MisuseError
from tumen.population.diversity.genotypes import example, genotypes
from tumen.population.diversity.ordination import genetic_distance, principal_components, principal_coordinates


def test_distances_of_genotypes():
    data = example([("A", "A"), ("A", "B"), ("A", "C"), ("B", "C"), ("B", "B"), ("C", "D")])
    found = genetic_distance(data)
    # as GenAlEx has them: AA-AB 1, AA-AC 1, AA-BC 3, AA-BB 4, AA-CD 3; AB-AC 1, AB-CD 2
    assert found[0].tolist() == [0, 1, 1, 3, 4, 3]
    assert (found[1, 2], found[1, 5]) == (1, 2)


def test_missing_loci_raise_the_others_and_none_shared_is_no_distance():
    data = example([("A", "A"), ("B", "B"), None], [("A", "A"), None, ("A", "A")])
    assert genetic_distance(data)[0].tolist() == [0.0, 8.0, 0.0]
    assert np.isnan(genetic_distance(data)[1, 2])


def test_coordinates_give_back_the_distances():
    rng = np.random.default_rng(1)
    data = of_codes(rng.integers(0, 4, (12, 5, 2)))
    answer = principal_coordinates(data, axes=12)
    places = answer.coordinates.drop("individualID", "group").to_numpy()
    squared = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    assert squared == pytest.approx(genetic_distance(data))
    assert answer.axes["eigenvalue"].sum() == pytest.approx(genetic_distance(data).sum() / 24)
    assert answer.findings.is_empty()


def test_missing_data_may_give_negative_eigenvalues_which_are_said():
    rng = np.random.default_rng(2)
    codes = rng.integers(0, 4, (15, 6, 2))
    codes[rng.random((15, 6)) < 0.3] = -1
    answer = principal_coordinates(of_codes(codes))
    assert answer.axes["eigenvalue"].min() < 0
    assert answer.axes.filter(answer.axes["eigenvalue"] < 0)["share"].null_count() > 0
    assert "ordination-negative" in answer.findings["code"].to_list()


def test_components_have_the_variances_of_the_covariance_matrix():
    rng = np.random.default_rng(3)
    data = of_codes(rng.integers(0, 3, (10, 4, 2)))
    answer = principal_components(data, axes=3)
    values = np.sort(np.linalg.eigvalsh(np.cov(data.doses.T / 2, bias=True)))[::-1]
    assert answer.axes["eigenvalue"].to_numpy()[:5] == pytest.approx(values[:5])
    assert answer.coordinates["axis1"].to_numpy().var() == pytest.approx(values[0])


def test_two_sides_stand_apart():
    rng = np.random.default_rng(4)
    codes = np.concatenate([rng.integers(0, 4, (15, 10, 2)), rng.integers(2, 6, (15, 10, 2))])
    for answer in (principal_coordinates(of_codes(codes)), principal_components(of_codes(codes))):
        axis = answer.coordinates["axis1"].to_numpy()
        assert max(axis[:15]) < min(axis[15:]) or min(axis[:15]) > max(axis[15:])
        assert abs(axis.max()) >= abs(axis.min())


@pytest.mark.parametrize("ordination", [principal_coordinates, principal_components])
def test_too_few_or_nothing_to_ordinate(ordination):
    two = ordination(example([("1", "2"), ("1", "1")]))
    assert two.axes.is_empty()
    assert two.findings["code"].to_list() == ["ordination-nothing"]
    same = ordination(example([("1", "2")] * 4))
    assert same.findings["code"].to_list() == ["ordination-nothing"]
    lost = ordination(example([("1", "2"), ("1", "1"), ("2", "2"), None]))
    assert lost.findings["code"].to_list() == ["ordination-left-out"]
    assert lost.coordinates.height == 3
    with pytest.raises(MisuseError, match="axis"):
        ordination(example([("1", "2")]), axes=0)


def test_cats_of_nancy(shared_data):
    data = genotypes(wide(shared_data / "genetics_bench" / "nancycats.csv")).genotypes
    answer = principal_components(data)
    assert answer.coordinates.height == 237
    assert answer.axes["share"].sum() == pytest.approx(1)
