"""Genotypes of allelematch (Galpern 2012, Mol Ecol Resour 12:771): groups by counting, animals by likelihood."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.individuals.genotype_worlds import World, from_allelematch, wrong_pairs
from tumen.individuals.genotype_group import Settings, group
from tumen.individuals.genotype_mismatch import group_by_mismatch, labels

EXAMPLES = ((1, 2), (2, 3), (3, 6))
"""Number of the example, and the mismatching alleles of its vignette."""


def read(path: Path) -> World:
    return from_allelematch(pl.read_csv(path, infer_schema=False))


def pairs_of(path: Path) -> set[tuple[str | None, str]]:
    """What amUnique wrote: the unique genotype (none where it left a sample unclassified) and the sample."""
    rows = pl.read_csv(path, infer_schema=False).select("rowType", "uniqueIndex", "matchIndex").rows()
    return {(None, unique) if kind == "UNCLASSIFIED" else (unique, sample) for kind, unique, sample in rows}


@pytest.mark.parametrize(("number", "most"), EXAMPLES)
def test_counting_finds_the_groups_of_allelematch(shared_data: Path, number: int, most: int):
    folder = shared_data / "D4_allelematch"
    found = group_by_mismatch(read(folder / f"amExample{number}.csv").genotypes, most)
    expected = pairs_of(folder / f"expected_amUnique_example{number}_mismatch{most}.csv")
    assert set(found.select("uniqueID", "sampleID").iter_rows()) == expected


def test_counting_finds_what_allelematch_calls_multiple_and_unclassified(shared_data: Path):
    folder = shared_data / "D4_allelematch"
    found = group_by_mismatch(read(folder / "amExample3.csv").genotypes, 6)
    assert found["kind"].value_counts().sort("kind").rows() == [
        ("match", 213),
        ("multiple", 8),
        ("unclassified", 2),
        ("unique", 100),
    ]
    assert found.filter(kind="unclassified")["sampleID"].to_list() == ["208", "251"]


@pytest.mark.parametrize("samples", [250, 500, 1000, 2000, 4000])
def test_counting_finds_the_groups_of_allelematch_in_large_panels(shared_data: Path, samples: int):
    folder = shared_data / "allelematch_bench"
    found = group_by_mismatch(read(folder / f"synth_{samples}.csv").genotypes, 4)
    expected = pairs_of(folder / f"synth_{samples}_am4_unique.csv")
    assert set(found.select("uniqueID", "sampleID").iter_rows()) == expected


@pytest.mark.parametrize("number", [1, 2, 3])
def test_likelihood_is_never_more_wrong_than_counting_at_its_best(shared_data: Path, number: int):
    world = read(shared_data / "D4_allelematch" / f"amExample{number}.csv")
    counted = [
        wrong_pairs(labels(group_by_mismatch(world.genotypes, most), world.genotypes), world.animal)
        for most in range(10)
    ]
    merges, splits = wrong_pairs(group(world.genotypes, Settings(), np.random.default_rng(1)).labels, world.animal)
    best = min(counted, key=sum)
    assert (merges, splits) == (0, 0)
    assert merges <= best[0]
    assert splits <= best[1]


def test_likelihood_finds_the_animals_of_a_large_panel(shared_data: Path):
    world = read(shared_data / "allelematch_bench" / "synth_1000.csv")
    found = group(world.genotypes, Settings(), np.random.default_rng(1)).labels
    assert (len(np.unique(found)), *wrong_pairs(found, world.animal)) == (400, 0, 0)
