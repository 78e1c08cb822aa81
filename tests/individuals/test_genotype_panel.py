"""How much a panel of loci says."""

import csv
from collections import Counter
from itertools import combinations, product

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.individuals.genotype_tables import consensus_frame

from tumen.errors import MisuseError
from tumen.individuals.genotype_matrix import from_arrays, matrix
from tumen.individuals.genotype_panel import (
    ALLELES,
    LOCUS_IDENTITY,
    PANEL,
    Needed,
    frequencies,
    judged,
    loci_needed,
    locus_identity,
    log_pid_sib,
    log_sibling_match,
    panel_identity,
    pid_of_pair,
    pid_of_pairs,
)

# SpringerPlus 2193-1801-3-4, Table 1 (8 tigers): counts of alleles, He (1 - sum p2), PIC, Ho, F_IS, PID, PIDsib.
PRINTED = {
    "6HDZ056": ((9, 4, 3), "0.586", "0.520", "0.750", "-0.217", "0.238", "0.516"),
    "6HDZ170": ((7, 6, 3), "0.633", "0.556", "0.875", "-0.324", "0.212", "0.487"),
    "6HDZ064": ((11, 5), "0.430", "0.337", "0.625", "-0.400", "0.418", "0.640"),
    "Fca126": ((11, 2, 2, 1), "0.492", "0.458", "0.625", "-0.206", "0.292", "0.577"),
    "Fca506": ((7, 5, 4), "0.648", "0.575", "0.625", "0.102", "0.197", "0.475"),
    "Ple23": ((8, 4, 3, 1), "0.648", "0.592", "0.750", "-0.09", "0.180", "0.471"),
}


def with_counts(counts, heterozygotes):
    """Eight genotypes with these counts of alleles and so many heterozygotes; the table prints no genotypes."""

    def pairs(left, wanted):
        alleles = [a for a, n in left.items() if n]
        if not alleles:
            return [] if wanted == 0 else None
        first = alleles[0]
        for second in alleles:
            rest = left - Counter([first, second])
            if sum(rest.values()) == sum(left.values()) - 2:
                found = pairs(rest, wanted - (first != second))
                if found is not None:
                    return [(first, second), *found]
        return None

    return pairs(Counter({str(101 + 2 * a): n for a, n in enumerate(counts)}), heterozygotes)


def digits(name, value, printed):
    """A value as the table prints it: rounded, but F_IS (-0.2069 and 0.1026 for Fca126 and Fca506) cut off."""
    places = len(printed.split(".")[1])
    return f"{int(value * 10**places) / 10**places if name == 'fis' else value:.{places}f}"


@pytest.mark.parametrize("locus", PRINTED)
def test_the_six_loci_of_a_published_table_to_the_printed_digits(locus):
    counts, *printed = PRINTED[locus]
    genotypes = with_counts(counts, round(float(printed[2]) * 8))
    table = locus_identity(consensus_frame({str(n): {locus: "/".join(pair)} for n, pair in enumerate(genotypes)}))
    names = ("expectedHeterozygosity", "pic", "observedHeterozygosity", "fis", "pid", "pidSib")
    assert [digits(name, table[name].item(), said) for name, said in zip(names, printed, strict=True)] == printed


def nancycats(shared_data):
    with (shared_data / "genetics_bench" / "nancycats.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    loci = [name for name in rows[0] if name.startswith("fca")]
    return consensus_frame({row["id"] + str(n): {locus: row[locus] or None for locus in loci}
                            for n, row in enumerate(rows)}), loci  # fmt: skip


def published(path):
    with path.open(encoding="utf-8") as file:
        return {row["locus"]: row for row in csv.DictReader(file)}


def test_the_cats_of_nancy_as_other_programs_have_them(shared_data):
    frame, loci = nancycats(shared_data)
    table = locus_identity(frame)
    pid = published(shared_data / "genetics_bench" / "pid.csv")
    adegenet = published(shared_data / "genetics_bench" / "adegenet_summary.csv")
    assert table["locus"].to_list() == sorted(loci)
    for row in table.iter_rows(named=True):
        assert row["pid"] == pytest.approx(float(pid[row["locus"]]["PID"]), abs=1e-12)
        assert row["pidSib"] == pytest.approx(float(pid[row["locus"]]["PIDsib"]), abs=1e-12)
        said = adegenet[row["locus"]]
        assert row["alleles"] == int(said["n_alleles"])
        assert row["observedHeterozygosity"] == pytest.approx(float(said["Hobs"]), abs=1e-12)
        assert row["expectedHeterozygosity"] == pytest.approx(float(said["Hexp"]), abs=1e-12)
    # genetics_bench/summary.json
    whole = panel_identity(table).row(-1, named=True)
    assert whole["pid"] == pytest.approx(4.1322733541e-11, rel=1e-9)
    assert whole["pidSib"] == pytest.approx(0.00016801020367, rel=1e-9)
    assert loci_needed(table) == Needed(best=5, any=6)


def test_an_example_of_allelematch(shared_data):
    """Its Psib of samples matched to a unique one: over the loci where both are alike; frequencies of unique ones."""
    folder = shared_data / "D4_allelematch"
    with (folder / "expected_amUnique_example1_mismatch2.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    loci = [f"LOC{n}" for n in range(1, 11)]

    def cell(row, locus):
        return "/".join("" if row[locus + copy] == "-99" else row[locus + copy] for copy in "ab")

    frame = consensus_frame({row["matchIndex"]: {locus: cell(row, locus) for locus in loci} for row in rows})
    unique = {row["uniqueGroup"]: row["matchIndex"] for row in rows if row["rowType"] == "UNIQUE"}
    shares = frequencies(frame.filter(pl.col("sampleID").is_in(list(unique.values()))))
    assert len(unique) == 12 and "-99" not in shares["allele"]
    genotypes = matrix(frame)
    logs = log_sibling_match(genotypes, shares)
    matches = [row for row in rows if row["rowType"] == "MATCH"]
    assert len(matches) == 8
    for row in matches:
        one, other = (genotypes.samples.index(name) for name in (row["matchIndex"], unique[row["uniqueGroup"]]))
        alike = (genotypes.codes[one] == genotypes.codes[other]).all(axis=1)
        assert np.exp(logs[one, alike].sum()) == pytest.approx(float(row["Psib"]), rel=1e-12)


def test_frequencies_are_of_whole_genotypes():
    frame = consensus_frame({"a": {"L": "99/103"}, "b": {"L": "103/103"}, "c": {"L": "99/"}, "d": {"L": None}})
    assert frequencies(frame).rows() == [("L", "99", 1, 0.25), ("L", "103", 3, 0.75)]
    assert frequencies(frame, sex_linked=("L",)).is_empty()
    assert dict(frequencies(frame).schema) == ALLELES


def test_pid_is_the_chance_that_two_animals_have_one_genotype():
    """By its definition: over all genotypes, for unrelated animals and for the children of two unrelated parents."""
    frame = consensus_frame({"a": {"L": "1/2"}, "b": {"L": "1/3"}, "c": {"L": "1/1"}, "d": {"L": "2/1"}})
    p = dict(frequencies(frame).select("allele", "frequency").iter_rows())
    genotypes = Counter()
    for one, other in product(p, p):
        genotypes[tuple(sorted((one, other)))] += p[one] * p[other]
    pid = sum(chance**2 for chance in genotypes.values())
    sib = 0.0
    for mother, father in product(product(p, p), product(p, p)):
        chance = np.prod([p[a] for a in (*mother, *father)])
        children = Counter(tuple(sorted((m, f))) for m in mother for f in father)
        sib += chance * sum((n / 4) ** 2 for n in children.values())
    table = locus_identity(frame)
    own = matrix(consensus_frame({"/".join(g): {"L": "/".join(g)} for g in genotypes}))
    each = np.exp(log_sibling_match(own, frequencies(frame)))[:, 0]
    assert sib == pytest.approx(sum(genotypes[tuple(g.split("/"))] * c for g, c in zip(own.samples, each, strict=True)))
    assert table["pid"].item() == pytest.approx(pid, abs=1e-12)
    assert table["pidSib"].item() == pytest.approx(sib, abs=1e-12)


def test_a_locus_of_one_allele_says_nothing():
    row = locus_identity(consensus_frame({"a": {"L": "99/99"}, "b": {"L": "99/99"}})).row(0, named=True)
    assert (row["pid"], row["pidSib"], row["expectedHeterozygosity"], row["fis"]) == (1.0, 1.0, 0.0, None)
    assert locus_identity(consensus_frame({"a": {"L": "99/103"}}))["fis"].to_list() == [None]


def panel_of(*sib):
    return pl.DataFrame(
        {"locus": [f"L{n}" for n in range(1, len(sib) + 1)], "pid": [s / 2 for s in sib], "pidSib": list(sib)},
        schema={"locus": pl.String, "pid": pl.Float64, "pidSib": pl.Float64},
    )


def test_how_many_loci_are_needed():
    panel = panel_of(0.3, 0.6, 0.4, 0.5)
    assert loci_needed(panel, 0.1) == Needed(best=3, any=4)
    assert loci_needed(panel, 0.036) == Needed(best=4, any=4)
    assert loci_needed(panel, 0.03) == Needed(best=None, any=None)
    assert loci_needed(panel_of()) == Needed(None, None)
    assert panel_identity(panel)["locus"].to_list() == ["L1", "L3", "L4", "L2"]
    with pytest.raises(MisuseError, match="a bound of PIDsib between 0 and 1"):
        loci_needed(panel, 1.5)


@settings(max_examples=25)
@given(st.lists(st.floats(0.05, 0.99), min_size=1, max_size=6), st.floats(0.001, 0.9))
def test_the_numbers_of_loci_hold_for_every_choice(sib, bound):
    needed = loci_needed(panel_of(*sib), bound)
    choices = {n: [np.prod(c) for c in combinations(sib, n)] for n in range(1, len(sib) + 1)}
    assume(all(abs(one - bound) > 1e-9 for products in choices.values() for one in products))
    some = [n for n, products in choices.items() if min(products) <= bound]
    every = [n for n, products in choices.items() if max(products) <= bound]
    assert needed.best == (some[0] if some else None)
    assert needed.any == (every[0] if every else None)


def test_a_weak_panel_is_said_and_a_strong_one_counted():
    weak = judged(panel_of(0.7, 0.6))
    assert weak.select("code", "severity", "value").rows() == [("panel-too-weak", "warning", "0.42")]
    assert judged(panel_of(0.3, 0.02, 0.1)).select("code", "value").rows() == [("panel-loci-needed", "2")]
    assert judged(panel_of())["code"].item() == "panel-too-weak"


def test_a_pair_is_judged_by_the_loci_that_both_have():
    genotypes = from_arrays(
        [("1", "2"), ("1", "2"), ("1", "2")], [("1", "2"), ("1", "1"), None], [("1", "2"), ("1", "2"), None]
    )
    panel = panel_of(0.2, 0.1, 0.4)
    whole = pid_of_pair(genotypes, panel, "1", "2")
    assert (whole.loci, whole.pid_sib, whole.allowed) == (3, pytest.approx(0.008), True)
    holes = pid_of_pair(genotypes, panel, "1", "3")
    assert (holes.loci, holes.pid_sib, holes.allowed) == (1, pytest.approx(0.2), False)
    assert pid_of_pair(genotypes, panel, "1", "3", bound=0.25).allowed
    assert holes.pid == pytest.approx(0.1)
    with pytest.raises(MisuseError, match="a sample of the genotypes"):
        pid_of_pair(genotypes, panel, "1", "9")


def test_a_pair_without_a_common_locus_may_claim_nothing():
    genotypes = from_arrays([("1", "2"), None], [None, ("1", "2")])
    pair = pid_of_pair(genotypes, panel_of(0.001, 0.001), "1", "2", bound=0.9)
    assert (pair.loci, pair.pid_sib, pair.allowed) == (0, 1.0, False)


def test_a_locus_of_which_nothing_is_known_proves_nothing():
    genotypes = from_arrays([("1", "2"), ("1", "2")], [("1", "2"), ("1", "2")])
    pair = pid_of_pair(genotypes, panel_of(0.3), "1", "2")
    assert (pair.loci, pair.pid_sib) == (2, pytest.approx(0.3))


@settings(max_examples=20)
@given(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=2, max_size=6), st.integers(0, 5))
def test_all_pairs_at_once_are_the_pairs_one_by_one(known, start):
    names = [f"s{n}" for n in range(len(known))]
    frame = consensus_frame({name: {f"L{n}": "1/2" if has else None for n, has in enumerate(row, 1)}
                             for name, row in zip(names, known, strict=True)})  # fmt: skip
    genotypes, panel = matrix(frame), panel_of(0.3, 0.5, 0.7)
    every = np.exp(log_pid_sib(genotypes, panel))
    for one, row in enumerate(known):
        for other, second in enumerate(known):
            alone = np.prod([s for s, a, b in zip((0.3, 0.5, 0.7), row, second, strict=True) if a and b])
            assert every[one, other] == pytest.approx(alone)
            assert pid_of_pair(genotypes, panel, names[one], names[other]).pid_sib == pytest.approx(alone)
    part = slice(start, start + 2)
    assert np.allclose(log_pid_sib(genotypes, panel, part), np.log(every)[part])
    ones, others = np.triu_indices(len(names), 1)
    assert pid_of_pairs(genotypes, panel, ones, others)["pidSib"].to_list() == pytest.approx(
        every[ones, others].tolist()
    )


GENOTYPED = st.lists(st.tuples(st.sampled_from("1234"), st.sampled_from("1234")), min_size=1, max_size=12)


@settings(max_examples=25)
@given(GENOTYPED, st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_that_of_alleles_nor_their_names_matter(pairs, random):
    frame = consensus_frame({str(n): {"L": "/".join(pair)} for n, pair in enumerate(pairs)})
    expected = locus_identity(frame)
    assert dict(expected.schema) == LOCUS_IDENTITY and dict(panel_identity(expected).schema) == PANEL
    order = random.sample(range(frame.height), frame.height)
    swapped = frame[order].with_columns(allele1="allele2", allele2="allele1")
    renamed = swapped.with_columns(pl.col("allele1", "allele2").replace({"1": "9", "2": "7"}))
    for other in (swapped, renamed):
        for name, value in locus_identity(other).row(0, named=True).items():
            assert value == (expected[name].item() if isinstance(value, str) else pytest.approx(expected[name].item()))
    row = expected.row(0, named=True)
    assert 0 < row["pid"] <= row["pidSib"] <= 1
    assert 0 <= row["pic"] <= row["expectedHeterozygosity"] + 1e-12
