from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from tests.population.diversity.diversity_worlds import close, expected, table, wide, worlds

from tumen.errors import MisuseError
from tumen.population.diversity.alleles import frequencies, number, private
from tumen.population.diversity.genotypes import example, genotypes


def slow_richness(genes, drawn):
    """The mean number of alleles in every way to draw some genes."""
    sets = [len(set(part)) for part in combinations(genes, drawn)]
    return sum(sets) / len(sets) if sets else None


@given(worlds(largest=4))
def test_richness_is_the_mean_over_every_draw(rows):
    found = genotypes(table(rows)).genotypes
    for group, locus, individuals, alleles, genes, richness, reason in number(found, genes=3).rows():
        here = [name for _, where, one, two, side in rows if (where, side) == (locus, group) for name in (one, two)]
        known = [name for name in here if name is not None]
        assert (individuals, alleles, genes) == (len(known) // 2, len(set(known)), 3)
        slow = slow_richness(known, 3)
        assert close((richness,), (slow,))
        why = "diversity-no-genotypes" if not known else "diversity-few-genes" if slow is None else None
        assert reason == why


def test_richness_is_as_hierfstat_prints_it(shared_data):
    folder = shared_data / "genetics_bench"
    found = number(genotypes(wide(folder / "nancycats.csv")).genotypes)
    assert found["genes"].unique().to_list() == [10]
    both = found.join(expected(folder / "hierfstat_allelic_richness.csv", "printed"), on=["group", "locus"])
    assert both.height == 153
    assert (both["richness"].is_null() == both["printed"].is_null()).all()
    assert (both["richness"] - both["printed"]).abs().max() < 1e-12
    missing = both.filter(pl.col("richness").is_null())
    assert missing.select("group", "locus", "reason").rows() == [("P17", "fca45", "diversity-no-genotypes")]


def test_a_number_of_genes_below_one_is_refused():
    with pytest.raises(MisuseError, match="1 or more"):
        number(example([("1", "2")]), genes=0)


def test_more_genes_than_there_are_give_a_reason_and_no_number():
    found = number(example([("1", "2"), ("1", "1")]), genes=5)
    assert found.select("alleles", "richness", "reason").row(0) == (2, None, "diversity-few-genes")


def test_a_private_allele_is_shown_by_one_group_alone():
    found = example(
        [("1", "2"), ("1", "1"), ("3", "1"), ("2", "4")],
        groups=["RU", "CN", "CN", None],
    )
    assert private(found).rows() == [("CN", "L1", "3", 1, 0.25, 0), ("RU", "L1", "2", 1, 0.5, 1)]


def test_with_one_group_nothing_is_private():
    assert private(example([("1", "2"), ("1", "1")])).is_empty()


@given(worlds())
def test_private_alleles_are_those_a_slow_reader_finds(rows):
    seen = {}
    for _, locus, one, two, side in rows:
        for name in (one, two):
            if name is not None and side is not None:
                seen.setdefault((locus, name), set()).add(side)
    groups = {side for *_, side in rows if side is not None}
    slow = {(next(iter(sides)), *key) for key, sides in seen.items() if len(sides) == 1 and len(groups) > 1}
    found = private(genotypes(table(rows)).genotypes)
    assert set(found.select("group", "locus", "allele").rows()) == slow


@given(worlds())
def test_frequencies_of_a_typed_locus_add_up_to_one(rows):
    found = frequencies(genotypes(table(rows)).genotypes)
    sums = found.group_by("group", "locus").agg(pl.col("frequency").sum())["frequency"].to_numpy()
    assert np.allclose(sums, 1)
