from statistics import fmean

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.population.diversity.diversity_worlds import close, digits, expected, table, wide, worlds

from tumen.errors import MisuseError
from tumen.population.diversity.genotypes import example, genotypes
from tumen.population.diversity.heterozygosity import BASIC, basic, by_group, by_locus, inbreeding, of_groups


def pairs_of(rows, locus, group):
    return [(one, two) for _, where, one, two, side in rows if (where, side) == (locus, group) and one is not None]


def homozygosity(pairs):
    genes = [name for pair in pairs for name in pair]
    return sum((genes.count(name) / len(genes)) ** 2 for name in set(genes))


def divided(above, below):
    return above / below if below not in (0, None) and above is not None else None


def slow_group(pairs):
    """Ho, Hexp, He, Hs, Fis of the genotypes of one group at one locus, said one after the other."""
    n = len(pairs)
    if n == 0:
        return (None,) * 5
    ho = sum(one != two for one, two in pairs) / n
    hexp = 1 - homozygosity(pairs)
    hs = divided(n * (hexp - ho / (2 * n)), n - 1) if n > 1 else None
    fis = None if not hs else 1 - ho / hs
    return ho, hexp, 2 * n / (2 * n - 1) * hexp, hs, fis


def slow_basic(rows, locus):
    """Nei's statistics of one locus as Nei & Chesser (1983) write them."""
    groups = sorted({side for *_, side in rows if side is not None})
    typed = [pairs for pairs in (pairs_of(rows, locus, group) for group in groups) if pairs]
    s = len(typed)
    if s == 0:
        return dict.fromkeys(BASIC)
    n = s / sum(1 / len(pairs) for pairs in typed)
    ho = fmean(sum(one != two for one, two in pairs) / len(pairs) for pairs in typed)
    if n == 1:
        return {**dict.fromkeys(BASIC), "Ho": ho}
    hs = n / (n - 1) * (1 - fmean(homozygosity(pairs) for pairs in typed) - ho / (2 * n))
    names = {name for pairs in typed for pair in pairs for name in pair}
    mean = [fmean(sum(pair.count(name) for pair in pairs) / 2 / len(pairs) for pairs in typed) for name in names]
    ht = 1 - sum(p**2 for p in mean) + hs / (n * s) - ho / (2 * n * s)
    dst = ht - hs
    dstp = s / (s - 1) * dst if s > 1 else None
    htp = hs + dstp if s > 1 else None
    return {"Ho": ho, "Hs": hs, "Ht": ht, "Dst": dst, "Dstp": dstp, "Htp": htp}


@given(worlds())
def test_each_group_and_locus_agrees_with_the_slow_version(rows):
    for group, locus, individuals, *values, _ in by_group(genotypes(table(rows)).genotypes).rows():
        pairs = pairs_of(rows, locus, group)
        assert individuals == len(pairs)
        ours, slow = values, slow_group(pairs)
        # Where all are alike, rounding decides between 0 and nearly 0; the reason tells.
        if slow[3] is not None and abs(slow[3]) < 1e-12:
            ours, slow = ours[:4], slow[:4]
        assert close(tuple(ours), tuple(slow))


@given(worlds())
def test_basic_agrees_with_the_slow_version(rows):
    for row in basic(genotypes(table(rows)).genotypes).loci.rows(named=True):
        slow = slow_basic(rows, row["locus"])
        for name in ("Ho", "Hs", "Ht", "Dst", "Dstp", "Htp"):
            assert close((row[name],), (slow[name],)), name


def test_basic_is_as_hierfstat_prints_it(shared_data):
    folder = shared_data / "genetics_bench"
    found = basic(genotypes(wide(folder / "nancycats.csv")).genotypes)
    printed = pl.read_csv(folder / "hierfstat_perloc.csv").rename({"": "locus"})
    names = printed.columns[1:]
    assert (found.loci.select(names).to_numpy() - printed.select(names).to_numpy()).__abs__().max() < 5.01e-5
    overall = {
        "Ho": 0.6299,
        "Hs": 0.7083,
        "Ht": 0.7717,
        "Dst": 0.0634,
        "Htp": 0.7757,
        "Dstp": 0.0674,
        "Fst": 0.0821,
        "Fstp": 0.0869,
        "Fis": 0.1108,
        "Dest": 0.231,
    }
    assert {name: round(found.overall[name].item(), 4) for name in overall} == overall
    assert found.overall["loci"].item() == 9


@pytest.mark.parametrize("name", ["Ho", "Hs", "Fis"])
def test_groups_are_as_hierfstat_prints_them(shared_data, name):
    folder = shared_data / "genetics_bench"
    found = by_group(genotypes(wide(folder / "nancycats.csv")).genotypes)
    both = found.join(expected(folder / f"hierfstat_{name}_pop.csv", "printed"), on=["group", "locus"])
    assert both.height == 153
    assert (both[name].is_null() == both["printed"].is_null()).all()
    assert (both[name] - both["printed"]).abs().max() < 5.01e-5


@pytest.mark.parametrize("name", ["nancycats", "microbov"])
def test_loci_are_as_adegenet_prints_them(shared_data, name):
    folder = shared_data / "D1_adegenet_nancycats_microbov"
    found = by_locus(genotypes(wide(folder / f"{name}_genotypes.csv")).genotypes)
    printed = pl.read_csv(folder / f"expected_{name}_per_locus.csv")
    both = found.join(printed, on="locus", suffix="_printed")
    assert both.height == printed.height
    assert (both["alleles"] == both["n_alleles"]).all()
    assert (both["Ho"] - both["Hobs"]).abs().max() < 1e-14
    assert (both["Hexp"] - both["Hexp_printed"]).abs().max() < 1e-14


@pytest.mark.parametrize("name", ["nancycats", "microbov"])
def test_groups_are_as_adegenet_prints_them(shared_data, name):
    folder = shared_data / "D1_adegenet_nancycats_microbov"
    found = of_groups(genotypes(wide(folder / f"{name}_genotypes.csv")).genotypes)
    printed = pl.read_csv(folder / f"expected_{name}_per_pop.csv")
    both = found.join(printed, left_on="group", right_on="pop", suffix="_printed")
    assert both.height == printed.height
    assert (both["individuals"] == both["n"]).all()
    # adegenet counts a locus nobody of the group is typed at as fully heterozygous (1); here it is left out.
    corrected = (both["Hexp"] * both["loci"] + (both["loci"].max() - both["loci"])) / both["loci"].max()
    assert (corrected - both["Hs_printed"]).abs().max() < 1e-14
    assert both.filter((pl.col("Hexp") - pl.col("Hs_printed")).abs() > 1e-9)["group"].to_list() == (
        ["P17"] if name == "nancycats" else []
    )


def test_unbiased_means_are_as_poppr_prints_them(shared_data):
    folder = shared_data / "genetics_bench"
    found = genotypes(wide(folder / "nancycats.csv")).genotypes
    printed = dict(pl.read_csv(folder / "poppr.csv").select("Pop", "Hexp").rows())
    for group, he in of_groups(found).select("group", "He").rows():
        assert he == pytest.approx(printed[group], abs=1e-13)
    assert by_locus(found)["He"].mean() == pytest.approx(printed["Total"], abs=1e-13)


def test_the_diploid_example_of_hierfstat_agrees_with_the_slow_version(shared_data):
    frame = digits(shared_data / "D3_hierfstat" / "diploid.csv")
    rows = [row if row[2] and row[3] else (*row[:2], None, None, row[4]) for row in frame.rows()]
    found = basic(genotypes(frame).genotypes)
    assert found.loci.height == 5
    for row in found.loci.rows(named=True):
        slow = slow_basic(rows, row["locus"])
        assert close(tuple(row[name] for name in slow), tuple(slow.values()))
    assert found.loci.filter(pl.col("reason") == "diversity-one-allele")["locus"].to_list() == ["loc-1", "loc-5"]


def test_one_individual_has_no_expectation_and_a_reason():
    row = by_group(example([("1", "2")])).row(0, named=True)
    assert (row["Ho"], row["Hexp"], row["He"], row["Hs"], row["Fis"]) == (1.0, 0.5, 1.0, None, None)
    assert row["reason"] == "diversity-one-individual"


def test_a_locus_of_one_allele_has_no_fis_and_a_reason():
    row = by_group(example([("1", "1"), ("1", "1")])).row(0, named=True)
    assert (row["Ho"], row["Hs"], row["Fis"], row["reason"]) == (0.0, 0.0, None, "diversity-one-allele")


def test_nobody_typed_is_null_and_not_zero():
    row = by_group(example([None, None])).row(0, named=True)
    assert (row["individuals"], row["Ho"], row["Hexp"], row["He"], row["Hs"], row["Fis"]) == (0, *[None] * 5)
    assert row["reason"] == "diversity-no-genotypes"
    assert of_groups(example([None, None]))["reason"].item() == "diversity-no-genotypes"


def test_one_group_has_nothing_between_groups():
    row = basic(example([("1", "2"), ("1", "1")])).loci.row(0, named=True)
    assert (row["Hs"], row["Fis"], row["Fstp"], row["Dest"]) == (0.5, 0.0, None, None)
    assert row["reason"] == "diversity-one-group"
    assert basic(example([("1", "2"), ("1", "1")])).overall["reason"].item() == "diversity-one-group"


def test_individuals_of_unknown_group_are_in_totals_only():
    found = example([("1", "2"), ("1", "1"), ("2", "2")], groups=["RU", "RU", None])
    assert by_locus(found)["individuals"].item() == 3
    assert by_group(found)["individuals"].to_list() == [2]


def test_the_interval_of_fis_is_reproducible_and_around_it(shared_data):
    found = genotypes(wide(shared_data / "genetics_bench" / "nancycats.csv")).genotypes
    first = inbreeding(found, np.random.default_rng(5))
    assert first.equals(inbreeding(found, np.random.default_rng(5)))
    assert not first.equals(inbreeding(found, np.random.default_rng(6)))
    assert (first["low"] < first["Fis"]).all()
    assert (first["Fis"] < first["high"]).all()
    assert first.filter(pl.col("group") == "P17")["loci"].item() == 8


def test_one_locus_has_no_interval():
    row = inbreeding(example([("1", "2"), ("1", "1")]), np.random.default_rng(1)).row(0, named=True)
    assert (row["Fis"], row["low"], row["high"], row["reason"]) == (0.0, None, None, "diversity-few-loci")


def test_a_bootstrap_that_says_nothing_is_refused():
    with pytest.raises(MisuseError, match="2 replicates"):
        inbreeding(example([("1", "2")]), np.random.default_rng(1), replicates=1)
    with pytest.raises(MisuseError, match="level"):
        inbreeding(example([("1", "2")]), np.random.default_rng(1), level=1.0)


@settings(max_examples=40)
@given(worlds(), st.randoms())
def test_order_and_names_of_alleles_do_not_matter(rows, random):
    renamed = [(who, locus, one and f"z{one}", two and f"z{two}", side) for who, locus, one, two, side in rows]
    random.shuffle(renamed)
    first, second = (genotypes(table(part)).genotypes for part in (rows, renamed))
    keys = ("group", "locus")
    for one, two in zip(by_group(first).sort(keys).rows(), by_group(second).sort(keys).rows(), strict=True):
        assert one[:3] == two[:3]
        assert one[-1] == two[-1] or {one[-1], two[-1]} <= {None, "diversity-one-allele"}
        assert close(one[3:7], two[3:7])
    a, b = (basic(part).loci.sort("locus").select("Ho", "Hs", "Ht", "Dst") for part in (first, second))
    for one, two in zip(a.rows(), b.rows(), strict=True):
        assert close(one, two)


@settings(max_examples=40)
@given(worlds())
def test_a_locus_nobody_is_typed_at_changes_nothing(rows):
    people = {who: side for who, *_, side in rows}
    more = [*rows, *((who, "empty", None, None, side) for who, side in people.items())]
    first, second = (genotypes(table(part)).genotypes for part in (rows, more))
    assert by_group(second).filter(pl.col("locus") != "empty").equals(by_group(first))
    assert basic(second).overall.select(BASIC).equals(basic(first).overall.select(BASIC))
