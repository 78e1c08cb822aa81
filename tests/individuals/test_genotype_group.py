import numpy as np
import polars as pl
import pytest
from tests.individuals.genotype_worlds import leopards, wrong_pairs

from tumen.errors import MisuseError
from tumen.individuals.genotype_group import GROUPS, Grouping, Settings, belonging, group, identity_of, table
from tumen.individuals.genotype_likelihood import pair_ratios
from tumen.individuals.genotype_matrix import from_arrays
from tumen.individuals.genotype_mismatch import group_by_mismatch, labels
from tumen.individuals.genotype_prior import posterior


def grouped(columns: list[list[tuple[str, str] | None]], **settings: float) -> Grouping:
    return group(from_arrays(*columns), Settings(**settings), np.random.default_rng(1))


def strangers(samples: int, loci: int, seed: int) -> list[list[tuple[str, str] | None]]:
    rng = np.random.default_rng(seed)
    draw = rng.integers(0, 6, (loci, samples, 2))
    return [[(str(a), str(b)) for a, b in column.tolist()] for column in draw]


def test_equal_genotypes_are_one_animal_and_others_are_not():
    columns = strangers(6, 12, 1)
    for column in columns:
        column.append(column[0])
    assert grouped(columns).labels.tolist() == [0, 1, 2, 3, 4, 5, 0]


def test_lost_alleles_do_not_split_an_animal_and_half_kin_does_not_join_two():
    columns = strangers(8, 12, 2)
    for number, column in enumerate(columns):
        a, b = column[0]
        column.append((a, a) if number < 3 else (a, b))  # three dropouts
        column.append((a, column[1][0]))  # an offspring of the first
    assert grouped(columns).labels.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 0, 9]


def test_a_sample_without_loci_is_alone():
    columns = strangers(4, 10, 3)
    for column in columns:
        column.append(None)
    found = grouped(columns)
    assert found.labels.tolist() == [0, 1, 2, 3, 4]
    row = table(found).row(4, named=True)
    assert (row["samples"], row["pidSib"], row["identityAllowed"]) == (1, None, None)


@pytest.mark.parametrize("samples", [1, 4])
def test_a_locus_that_nobody_has_changes_nothing(samples: int):
    columns = strangers(samples, 10, 3)
    columns[1] = columns[1][:-1] + columns[1][:1]
    with_one = grouped([*columns, [None] * samples])
    assert table(with_one).equals(table(grouped(columns)))
    assert with_one.genotypes.loci == grouped(columns).genotypes.loci


@pytest.mark.parametrize("samples", [1, 3])
def test_where_no_locus_is_known_of_anybody_all_are_apart(samples: int):
    found = grouped([[None] * samples] * 2)
    assert table(found).select("sampleID", "group", "samples", "probability", "pidSib").rows() == [
        (str(number), str(number), 1, 1.0, None) for number in range(1, samples + 1)
    ]
    assert identity_of(found).rows() == []
    assert found.shares.tolist() == [0.0, 0.0, 0.0, 1.0]


def test_two_parts_of_an_animal_that_share_nothing_are_joined_by_a_third():
    columns = strangers(12, 16, 4)
    for number, column in enumerate(columns):
        first, last = (column[0], None) if number < 8 else (None, column[0])
        column += [first, last]
    assert grouped(columns).labels.tolist() == [*range(12), 0, 0]


@pytest.mark.parametrize("samples", [0, 1])
def test_nothing_to_compare(samples: int):
    found = group(from_arrays([("1", "2")]).of(np.arange(samples)), Settings(), np.random.default_rng(1))
    assert found.labels.tolist() == list(range(samples))
    assert table(found).height == samples
    assert dict(table(found).schema) == GROUPS


def test_the_table_refuses_identity_where_siblings_would_agree():
    few, many = strangers(8, 3, 5), strangers(8, 14, 5)
    for column in (*few, *many):
        column.append(column[0])
    for columns, allowed in ((few, False), (many, True)):
        found = table(grouped(columns, bound=0.01))
        row = found.row(8, named=True)
        if row["samples"] == 2:
            assert row["identityAllowed"] is allowed
            assert (row["pidSib"] <= 0.01) is allowed
    assert table(grouped(many)).row(8, named=True)["group"] == "1"


def test_pid_sib_of_a_sample_is_that_of_the_loci_it_shares_with_its_group():
    columns = strangers(10, 14, 6)
    for number, column in enumerate(columns):
        column.append(column[0] if number < 9 else None)
    found = grouped(columns)
    rows = table(found)
    assert rows["samples"][10] == 2
    assert rows["pidSib"][10] == pytest.approx(identity_of(found)["pidSib"][:9].product())


def test_more_certainty_can_be_asked_for():
    world = leopards(7)
    bold, careful = (
        group(world.genotypes, Settings(least=least), np.random.default_rng(1)).labels for least in (0.0, 4.0)
    )
    assert wrong_pairs(careful, world.animal)[0] <= wrong_pairs(bold, world.animal)[0]
    assert len(np.unique(careful)) > len(np.unique(bold))


def test_given_rates_are_used_as_they_are():
    columns = strangers(6, 10, 8)
    rates = pl.DataFrame({"locus": [f"L{n + 1}" for n in range(10)], "dropout": [0.2] * 10, "falseAllele": [0.03] * 10})
    found = group(from_arrays(*columns), Settings(rates=rates), np.random.default_rng(1))
    assert found.rates.dropout.tolist() == [0.2] * 10
    assert found.rates.false_allele.tolist() == [0.03] * 10


def test_the_same_seed_gives_the_same_groups():
    world = leopards(9, samples=80)
    one, two = (table(group(world.genotypes, Settings(), np.random.default_rng(5))) for _ in range(2))
    assert one.equals(two)


def test_groups_do_not_depend_on_the_order_of_samples():
    world = leopards(10, samples=60)
    order = np.random.default_rng(1).permutation(60)
    straight = group(world.genotypes, Settings(), np.random.default_rng(5)).labels
    turned = group(world.genotypes.of(order), Settings(), np.random.default_rng(5)).labels
    back = np.empty_like(turned)
    back[order] = turned
    same = (straight[:, None] == straight) == (back[:, None] == back)
    assert same.mean() > 0.999  # the pairs drawn for the prior differ


@pytest.mark.parametrize("bound", [0.0, 1.5])
def test_a_bound_that_is_no_chance_is_refused(bound: float):
    with pytest.raises(MisuseError, match="bound of PIDsib"):
        grouped(strangers(2, 2, 1), bound=bound)


def test_samples_belong_where_they_are_with_a_probability():
    world = leopards(11, samples=100)
    found = group(world.genotypes, Settings(), np.random.default_rng(1))
    chance = belonging(found)
    assert ((chance >= 0) & (chance <= 1)).all()
    assert (chance > 0.5).mean() > 0.8


@pytest.mark.slow
def test_likelihood_makes_half_the_errors_of_counting_and_says_how_sure_it_is():
    """12 worlds; counting has its best threshold, known from the truth. benchmarks/genotypes.py does more worlds."""
    worlds = [leopards(seed) for seed in range(12)]
    counted = {
        most: np.sum(
            [wrong_pairs(labels(group_by_mismatch(w.genotypes, most), w.genotypes), w.animal) for w in worlds], axis=0
        )
        for most in range(1, 9)
    }
    best = min(counted.values(), key=sum)
    merges = splits = 0
    chance, truth = [], []
    for world in worlds:
        found = group(world.genotypes, Settings(), np.random.default_rng(1))
        wrong = wrong_pairs(found.labels, world.animal)
        merges, splits = merges + wrong[0], splits + wrong[1]
        first, second = np.triu_indices(len(world.animal), 1)
        chance.append(posterior(pair_ratios(found.model, first, second), found.shares)[0])
        truth.append(world.animal[first] == world.animal[second])
    assert merges <= best[0] / 2
    assert splits <= best[1] / 2
    stated, true = np.concatenate(chance), np.concatenate(truth)
    # Twelve worlds are few: a bin holds some hundred pairs, which are not independent.
    for low in (0.0, 0.25, 0.5, 0.75):
        inside = (stated >= low) & (stated < low + 0.25 + (low == 0.75))
        assert stated[inside].mean() == pytest.approx(true[inside].mean(), abs=0.1)
