import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from tumen.errors import MisuseError
from tumen.individuals import genotype_mismatch
from tumen.individuals.genotype_matrix import GenotypeMatrix, from_arrays
from tumen.individuals.genotype_mismatch import alike, group_by_mismatch, labels, mismatches


def slow_mismatches(genotypes: GenotypeMatrix, one: int, other: int) -> float:
    """Allele by allele, as one would count on paper."""
    total = 0.0
    for a, b in zip(genotypes.codes[one].ravel(), genotypes.codes[other].ravel(), strict=True):
        if a < 0 or b < 0:
            total += 0.5 * ((a >= 0) + (b >= 0))
        else:
            total += float(a != b)
    return total


genotype = st.one_of(st.none(), st.tuples(st.sampled_from("123"), st.sampled_from("123")))
panels = st.integers(1, 7).flatmap(
    lambda n: st.lists(st.lists(genotype, min_size=n, max_size=n), min_size=1, max_size=4)
)


@given(panels, st.integers(0, 3))
@settings(max_examples=60)
def test_pairs_are_those_that_counting_on_paper_finds(columns, most):
    genotypes = from_arrays(*columns)
    assume(genotypes.loci)
    most = min(most, 2 * len(genotypes.loci) - 1)
    samples = len(genotypes.samples)
    expected = {
        (one, two): slow_mismatches(genotypes, one, two)
        for one in range(samples)
        for two in range(one + 1, samples)
        if slow_mismatches(genotypes, one, two) <= most
    }
    found = alike(genotypes, most)
    got = dict(zip(zip(found.first.tolist(), found.second.tolist(), strict=True), found.mismatches, strict=True))
    assert got == expected
    assert mismatches(genotypes, found.first, found.second).tolist() == found.mismatches.tolist()


def test_blocks_join_without_a_seam(monkeypatch: pytest.MonkeyPatch):
    genotypes = from_arrays([("1", "2")] * 5)
    monkeypatch.setattr(genotype_mismatch, "BLOCK", 2)
    assert alike(genotypes, 0).first.size == 10


def test_a_missing_locus_counts_half_an_allele_on_each_side_that_has_it():
    two = from_arrays([("1", "2"), None, None])
    assert mismatches(two, np.array([0, 1]), np.array([1, 2])).tolist() == [1.0, 0.0]


def test_a_dropout_counts_one_and_two_other_alleles_two():
    three = from_arrays([("1", "2"), ("1", "1"), ("3", "4")])
    assert mismatches(three, np.array([0, 0]), np.array([1, 2])).tolist() == [1.0, 2.0]


def test_samples_are_not_chained():
    # a and b differ by one, b and c by one, a and c by two.
    chain = from_arrays([("1", "1"), ("1", "1"), ("1", "1")], [("1", "1"), ("1", "2"), ("2", "2")])
    found = group_by_mismatch(chain, 1)
    assert found.filter(kind="unique")["uniqueID"].to_list() == ["1", "3"]
    assert found.filter(kind="multiple").select("uniqueID", "sampleID").rows() == [("1", "2"), ("3", "2")]


def test_a_sample_whose_group_lost_its_neighbour_is_unclassified():
    # 2 joins 1, 4 joins 3; then 3 stands for both, and 2 is near to nobody that is left.
    columns = [[("1", "1")] * 5 for _ in range(5)]
    genotypes = from_arrays(*columns)
    found = group_by_mismatch(genotypes, 0)
    assert found["kind"].to_list() == ["unique", "match", "match", "match", "match"]
    assert labels(found, genotypes).tolist() == [0, 0, 0, 0, 0]


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_tangled_groups_are_cut_as_complete_linkage_cuts_them(seed):
    # Distances without ties, so that there is one answer only.
    rng = np.random.default_rng(seed)
    samples, most = 9, 0.6
    distance = rng.random((samples, samples))
    distance = np.triu(distance, 1) + np.triu(distance, 1).T
    first, second = np.nonzero(np.triu(distance <= most, 1))
    found = genotype_mismatch._complete_linkage(samples, first, second, distance[first, second])
    expected = fcluster(linkage(squareform(distance), "complete"), most, "distance")
    assert ((found[:, None] == found) == (expected[:, None] == expected)).all()


@pytest.mark.parametrize("most", [-1, 2])
def test_a_setting_that_cannot_be_is_refused(most: float):
    with pytest.raises(MisuseError, match="mismatching alleles from 0 to below 2"):
        alike(from_arrays([("1", "2")]), most)


def test_a_setting_at_which_all_are_alike_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(genotype_mismatch, "MOST_PAIRS", 2)
    with pytest.raises(MisuseError, match="at which most samples differ; found more than 2 pairs"):
        alike(from_arrays([("1", "2")] * 3), 1)
