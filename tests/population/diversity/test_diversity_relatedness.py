import numpy as np
import pytest
from tests.population.diversity.diversity_simulated import of_codes
from tests.population.diversity.diversity_worlds import wide

from tumen.errors import MisuseError
from tumen.population.diversity.dyads import KIN
from tumen.population.diversity.genotypes import example, genotypes
from tumen.population.diversity.relatedness import (
    expected_classes,
    mean_relatedness,
    power_sums,
    queller_goodnight,
    relatedness,
    solve,
    wang,
)
from tumen.population.diversity.relatedness_panel import draw_pairs, relatedness_panel


def slow_queller(codes, one, other, leave_out):
    """Queller & Goodnight for one pair, allele by allele."""
    ratios = []
    for x, y in ((one, other), (other, one)):
        over = under = 0.0
        for locus in range(codes.shape[1]):
            a, b = codes[x, locus].tolist()
            c, d = codes[y, locus].tolist()
            if a < 0 or c < 0:
                continue
            left = [n for n in range(len(codes)) if not (leave_out and n in (x, y)) and codes[n, locus, 0] >= 0]
            genes = [allele for n in left for allele in codes[n, locus].tolist()]
            p, q = (genes.count(allele) / len(genes) for allele in (a, b))
            over += ((a == c) + (a == d) + (b == c) + (b == d)) / 2 - p - q
            under += 1 + (a == b) - p - q
        ratios.append(over / under)
    return sum(ratios) / 2


@pytest.mark.parametrize("leave_out", [False, True])
def test_queller_goodnight_agrees_with_the_slow_version(leave_out):
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 4, (9, 6, 2))
    codes[rng.random((9, 6)) < 0.15] = -1
    found = queller_goodnight(of_codes(codes), leave_out=leave_out)
    for one in range(9):
        for other in range(9):
            if one != other:
                assert found[one, other] == pytest.approx(slow_queller(codes, one, other, leave_out))
    assert np.isnan(found.diagonal()).all()


def test_queller_goodnight_by_hand():
    data = example([("1", "2"), ("1", "3")], [("1", "1"), ("1", "2")])
    # x: (1/2 - 1/2 + 1 - 1) / (1 - 1/2 + 2 - 1) = 0; y: (1/2 - 3/4 + 1 - 1) / (1 - 3/4 + 1 - 1) = -1
    assert queller_goodnight(data, np.array([0.25, 0.25, 0.5, 0.5, 0.5]))[0, 1] == pytest.approx(-0.5)


def test_a_heterozygote_at_a_locus_of_two_alleles_gives_no_estimate():
    answer = relatedness(example([("1", "2"), ("1", "2")]))
    assert answer.pairs["quellerGoodnight"].to_list() == [None]
    assert answer.pairs["wang"].to_list() == pytest.approx([1.0])
    assert answer.findings["code"].to_list() == ["relatedness-no-estimate"]


@pytest.mark.parametrize("p", [(0.5, 0.3, 0.2), (0.4, 0.3, 0.2, 0.1), (0.7, 0.3)])
@pytest.mark.parametrize("kin", list(KIN))
def test_wang_gives_back_exact_expectations(p, kin):
    """The classes of pairs are counted over all genotypes; the equations must return the relatedness they came from."""
    _, one, two = KIN[kin]
    genotype = [(a, b) for a in range(len(p)) for b in range(len(p))]
    classes = np.zeros(3)
    for a, b in genotype:
        for c, d in genotype:
            for shared, weight in enumerate(KIN[kin]):
                x = (a, b)
                y = {0: (c, d), 1: (a, d), 2: (a, b)}[shared]
                chance = weight * p[a] * p[b] * p[c] * p[d]
                alike = sum(i == j for i in x for j in y)
                homozygous = (x[0] == x[1]) + (y[0] == y[1])
                same = sorted(x) == sorted(y)
                classes += chance * np.array(
                    [same, not same and homozygous == 1 and alike == 2, not same and homozygous == 0 and alike == 1]
                )
    means = np.array([*expected_classes(power_sums(np.array(p)), len(p)), *classes])
    assert float(solve(means)) == pytest.approx(one / 2 + two)


def test_wang_corrects_powers_of_frequencies_for_the_sample():
    """Over samples of two individuals the falling factorials average to the true sums; here all samples are counted."""
    from itertools import product

    from tumen.population.diversity.relatedness import _moments

    p = (0.6, 0.3, 0.1)
    total = np.zeros(3)
    for genes in product(range(3), repeat=4):
        total += np.prod([p[gene] for gene in genes]) * np.array(
            _moments(np.bincount(genes, minlength=3).astype(float))
        )
    assert total.tolist() == pytest.approx(list(power_sums(np.array(p))))


@pytest.mark.parametrize("kin", list(KIN))
@pytest.mark.parametrize("estimator", [queller_goodnight, wang])
@pytest.mark.parametrize("alleles", [2, 6])
def test_known_kin_are_found_again_on_average(kin, estimator, alleles):
    rng = np.random.default_rng(2)
    p = [rng.dirichlet(np.full(alleles, 2.0)) for _ in range(15)]
    pairs = draw_pairs(p, KIN[kin], 150, rng)
    data = of_codes(pairs.reshape(-1, 15, 2))
    found = estimator(data)[np.arange(0, 300, 2), np.arange(1, 300, 2)]
    expected = KIN[kin][1] / 2 + KIN[kin][2]
    assert found.mean() == pytest.approx(expected, abs=4 * found.std() / 150**0.5 + 0.01)


def test_means_within_and_between_groups():
    data = example(
        [("1", "1"), ("1", "1"), ("2", "2"), ("2", "2"), None],
        groups=["RU", "RU", "CN", "CN", "KP"],
    )
    table = mean_relatedness(data, queller_goodnight(data), np.random.default_rng(1))
    rows = table.select("group1", "group2", "pairs", "mean", "reason").rows()
    assert rows[0] == ("CN", "CN", 1, 1.0, None)
    assert rows[1] == ("CN", "KP", 0, None, "relatedness-no-pairs")
    assert rows[2] == ("CN", "RU", 4, -1.0, None)
    assert table.filter(table["group1"] == "RU").select("low", "mean", "high").row(0) == (1.0, 1.0, 1.0)
    with pytest.raises(MisuseError, match="draw"):
        mean_relatedness(data, queller_goodnight(data), np.random.default_rng(1), draws=0)


def test_a_rich_panel_tells_siblings_and_a_poor_one_does_not():
    rng = np.random.default_rng(3)
    rich = relatedness_panel(of_codes(rng.integers(0, 12, (80, 60, 2))), rng)
    assert rich.findings.is_empty()
    poor = relatedness_panel(of_codes(rng.integers(0, 2, (80, 8, 2))), rng)
    assert set(poor.findings["code"]) == {"relatedness-panel-weak"}
    siblings = poor.table.filter(poor.table["kin"] == "full siblings")
    assert (siblings["takenForUnrelated"] > 0.05).all()


def test_one_individual_has_no_pairs_and_a_panel_without_variation_no_estimates():
    assert relatedness(example([("1", "2")])).pairs.is_empty()
    table = relatedness_panel(example([("1", "1"), ("1", "1")]), np.random.default_rng(1)).table
    assert table["pairs"].to_list() == [0] * 8


def test_cats_of_nancy_are_more_related_within_colonies(shared_data):
    data = genotypes(wide(shared_data / "genetics_bench" / "nancycats.csv")).genotypes
    for estimates in (queller_goodnight(data), wang(data)):
        table = mean_relatedness(data, estimates, np.random.default_rng(1), draws=100)
        within = table.filter(table["group1"] == table["group2"])["mean"].mean()
        between = table.filter(table["group1"] != table["group2"])["mean"].mean()
        assert within > 0.08
        assert between < 0.0
