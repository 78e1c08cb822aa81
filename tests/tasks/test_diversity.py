"""What do their genes say: one genotype an animal, on the side of most of its samples, in one laboratory's sizes."""

from datetime import UTC, datetime

import polars as pl
import pytest
from tests.builders import package
from tests.tasks.border_worlds import EAST, KILOMETRE, LEOPARD, camera, pooled

from tumen.population.diversity.genotypes import genotypes
from tumen.population.diversity.heterozygosity import of_groups
from tumen.report import population
from tumen.simulate.genetics import PanelSettings, panel_survey
from tumen.tasks import identify_genotypes
from tumen.tasks.diversity import agreed, answers
from tumen.tasks.written import table_bytes

LOCI = 12
QUICK = {"permutations": 99}


def sample(name, x, animal=None, day="2014-02-01", species=LEOPARD):
    """A sample x km east of the border."""
    return {
        "sampleID": name,
        "individualID": animal,
        "scientificName": species,
        "collectedOn": day,
        "longitude": f"{131.0 + x * EAST:.6f}",
        "latitude": f"{43.0 + KILOMETRE:.6f}",
        "coordinateUncertainty": "10",
        "material": "faeces",
    }


def typed(name, genotype, times=3):
    """The readings of a sample: `genotype` is a letter for each locus, whose two alleles it stands for."""
    alleles = {"a": ("100", "100"), "b": ("100", "104"), "c": ("104", "104"), "d": ("104", "108"), "e": ("108", "108")}
    return [
        {
            "sampleID": name,
            "laboratory": "lab-1",
            "replicate": f"{replicate}",
            "locus": f"L{locus:02d}",
            "allele1": alleles[letter][0],
            "allele2": alleles[letter][1],
            "kind": "size",
            "runID": "r1",
        }
        for replicate in range(1, times + 1)
        for locus, letter in enumerate(genotype)
        if letter in alleles
    ]


def party(samples, readings, name="north-reserve", country=None):
    loci = [{"locus": f"L{n:02d}", "kind": "size"} for n in range(LOCI)]
    return package(
        party=name, country=country, name=name, deployments=[], samples=samples, genotypes=readings, loci=loci
    )


ONE, TWO, THREE, FOUR = "abcdeabcdeab", "bcdeabcdeabc", "eeaabbccddee", "acacacbdbdbd"


def answer(folder, monkeypatch, packages, diversity=QUICK, **sections):
    return answers(pooled(folder, monkeypatch, packages, diversity=diversity, **sections))


def four_animals():
    samples = [sample("s1", 3), sample("s2", 4), sample("s3", -3), sample("s4", -4), sample("s5", 5)]
    readings = typed("s1", ONE) + typed("s2", TWO) + typed("s3", THREE) + typed("s4", FOUR) + typed("s5", ONE)
    return samples, readings


def groups_of(found):
    return dict(found.tables["genotypes"].select("individualID", "group").unique().iter_rows())


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """The answer of four animals."""
    with pytest.MonkeyPatch.context() as patch:
        (answered,) = answer(tmp_path_factory.mktemp("four"), patch, [party(*four_animals())])
    return answered


def test_samples_of_one_genotype_are_one_animal_on_its_side(found):
    assert groups_of(found) == {
        "north-reserve/s1": "RU", "north-reserve/s2": "RU", "north-reserve/s3": "CN", "north-reserve/s4": "CN"
    }  # fmt: skip
    assert found.parameters["individuals"] == 4
    (animals,) = [note.arguments for note in found.notes if note.code == "diversity-animals"]
    assert animals == {"animals": 4, "named": 0, "genetic": 4}


def test_the_numbers_are_those_of_the_library_on_the_same_genotypes(found):
    own = of_groups(genotypes(found.tables["genotypes"]).genotypes).select("group", "He", "Ho")
    table = found.tables["groups"]
    assert table["group"].to_list() == ["CN", "RU", "all"]
    assert table.filter(pl.col("group") != "all").select("group", "He", "Ho").rows() == own.rows()
    population.check([found])


def test_a_name_of_the_register_goes_before_the_genotype(tmp_path, monkeypatch):
    samples, readings = four_animals()
    named = [{**one, "individualID": {"s1": "L1", "s3": "L3"}.get(one["sampleID"])} for one in samples]
    individuals = [{"individualID": name, "scientificName": LEOPARD} for name in ("L1", "L3")]
    made = package(
        party="north-reserve", country=None, name="north", deployments=[], samples=named, genotypes=readings,
        loci=[{"locus": f"L{n:02d}", "kind": "size"} for n in range(LOCI)], individuals=individuals,
    )  # fmt: skip
    (found,) = answer(tmp_path, monkeypatch, [made])
    # The unnamed second sample of L1 has its genotype, and is L1's.
    assert set(groups_of(found)) == {"north-reserve/L1", "north-reserve/s2", "north-reserve/L3", "north-reserve/s4"}
    (animals,) = [note.arguments for note in found.notes if note.code == "diversity-animals"]
    assert animals == {"animals": 4, "named": 2, "genetic": 2}


def test_an_animal_of_both_sides_is_of_the_side_with_most_samples_and_a_tie_of_none(tmp_path, monkeypatch):
    samples = [sample(f"s{n}", x) for n, x in enumerate((3, 4, -3, 5, -5, 6, -6))]
    readings = [
        row for n, genotype in enumerate((ONE, ONE, ONE, TWO, TWO, THREE, FOUR)) for row in typed(f"s{n}", genotype)
    ]
    (found,) = answer(tmp_path, monkeypatch, [party(samples, readings)])
    assert groups_of(found) == {
        "north-reserve/s0": "RU", "north-reserve/s3": None, "north-reserve/s5": "RU", "north-reserve/s6": "CN"
    }  # fmt: skip
    (sides,) = [note.arguments for note in found.notes if note.code == "diversity-sides-of-samples"]
    assert sides == {"several": 2, "tied": 1, "uncertain": 0}


@pytest.mark.parametrize("count", [1, 4])
def test_a_locus_that_no_sample_could_be_read_at_is_said_and_left_out(tmp_path, monkeypatch, count):
    samples, readings = four_animals()
    names = {one["sampleID"] for one in samples[:count]}
    tried = [
        {**row, "allele1": None, "allele2": None} if row["locus"] == "L03" else row
        for row in readings
        if row["sampleID"] in names
    ]
    (found,) = answer(tmp_path, monkeypatch, [party(samples[:count], tried)])
    assert (found.parameters["individuals"], found.parameters["loci"]) == (count, LOCI - 1)
    empty = found.findings.filter(pl.col("code") == "diversity-locus-empty")
    assert empty["value"].to_list() == ["L03"]


def test_a_locus_that_was_read_is_not_said_to_be_empty(found):
    assert "diversity-locus-empty" not in found.findings["code"].to_list()


def test_groups_may_be_parties_or_one(tmp_path, monkeypatch):
    samples, readings = four_animals()
    split = [
        party(samples[:2], readings[: 2 * 3 * LOCI]),
        party(samples[2:4], readings[2 * 3 * LOCI : 4 * 3 * LOCI], name="south-institute"),
    ]
    (found,) = answer(tmp_path, monkeypatch, split, {**QUICK, "groups": "party"})
    assert set(groups_of(found).values()) == {"north-reserve", "south-institute"}
    (found,) = answer(tmp_path, monkeypatch, split, {**QUICK, "groups": "none"})
    assert found.tables["groups"]["group"].to_list() == ["all"]
    assert found.tables["differentiation"].height == 0
    population.check([found])


def rows(*values):
    return pl.DataFrame(
        [(f"{n}", "L1", *value) for n, value in enumerate(values)],
        schema=["sampleID", "locus", "allele1", "allele2", "status"],
        orient="row",
    )


def whose(count):
    return pl.DataFrame({"sampleID": [f"{n}" for n in range(count)], "animal": ["x"] * count, "group": ["RU"] * count})


@pytest.mark.parametrize(
    ("read", "expected", "differing"),
    [
        (rows(("1", "2", "heterozygote"), ("1", "2", "single")), ("1", "2"), 0),
        (rows(("1", "2", "heterozygote"), ("1", "1", "single"), ("1", "1", "single")), ("1", "2"), 0),
        (rows(("1", "2", "single"), ("1", "1", "single"), ("1", "1", "single")), ("1", "1"), 0),
        (rows(("1", "2", "heterozygote"), ("1", "1", "homozygote")), (None, None), 1),
    ],
)
def test_samples_of_an_animal_agree_on_one_genotype_or_on_none(read, expected, differing):
    table, left_out = agreed(read, whose(read.height))
    assert table.select("allele1", "allele2").row(0) == expected
    assert left_out == differing


def test_a_species_without_genotypes_gives_no_answer(tmp_path, monkeypatch):
    both = {"species": [LEOPARD, "Panthera tigris"]}
    found = answer(tmp_path, monkeypatch, [party(*four_animals())], study=both)
    assert [one.parameters["species"] for one in found] == [LEOPARD]


def test_a_study_without_genotypes_gives_no_answer(tmp_path, monkeypatch):
    stood = [camera("c1", 1, 1, datetime(2014, 1, 1, tzinfo=UTC), datetime(2014, 2, 1, tzinfo=UTC))]
    assert answer(tmp_path, monkeypatch, [package(country=None, deployments=stood)]) == ()


def test_one_animal_has_no_diversity_and_says_why(tmp_path, monkeypatch):
    (found,) = answer(tmp_path, monkeypatch, [party([sample("s1", 3)], typed("s1", ONE))])
    row = found.tables["groups"].row(0, named=True)
    assert row["individuals"] == 1
    assert (row["FIS"], row["reason"]) == (None, "diversity-one-individual")
    assert found.tables["effectiveSize"]["Ne"].null_count() == found.tables["effectiveSize"].height
    population.check([found])


def test_a_group_of_two_does_not_make_the_richness_of_others_its_own(tmp_path, monkeypatch):
    genotypes_ = (ONE, TWO, THREE, FOUR, "dbdbacacbdbd", "cccaaabbbddd")
    samples = [sample(f"s{n}", 3 + n) for n in range(6)] + [sample("s6", -3), sample("s7", -4)]
    readings = [
        row for n, one in enumerate((*genotypes_, "eeeeddddcccc", "aabbaabbaabb")) for row in typed(f"s{n}", one)
    ]
    (found,) = answer(tmp_path, monkeypatch, [party(samples, readings)])
    table = {row["group"]: row for row in found.tables["groups"].iter_rows(named=True)}
    assert (table["CN"]["AR"], table["CN"]["reason"]) == (None, "diversity-few-genes")
    assert table["RU"]["genes"] == 12
    assert table["RU"]["AR"] == pytest.approx(table["RU"]["A"])


@pytest.mark.slow
def test_two_laboratories_are_joined_as_they_are_when_animals_are_identified(tmp_path, monkeypatch):
    packages = panel_survey(PanelSettings(samples=40, animals=20, families=2), 3).packages()
    pool = pooled(tmp_path, monkeypatch, packages, diversity={**QUICK, "generation": 4.0})
    monkeypatch.setattr(identify_genotypes, "read_package", lambda entry: packages[int(entry.path.name)])
    (found,) = answers(pool)
    identified = identify_genotypes.genotypes(pool.study, tmp_path / "identify")
    assert found.tables["genotypes"]["individualID"].n_unique() == identified.tables["animals"].height
    assert "genotypes-calibrated" in {note.code for note in found.notes}
    assert set(found.tables["effectiveSize"]["method"]) == {"LD", "sibship", "temporal"}
    assert found.tables["migrants"].height > 0
    population.check([found])


def test_the_same_study_twice_gives_the_same_bytes_and_another_seed_others(tmp_path, monkeypatch):
    first, again, other = (
        answer(tmp_path, monkeypatch, [party(*four_animals())], study={"seed": seed})[0] for seed in (1, 1, 2)
    )
    for name, table in first.tables.items():
        assert table_bytes(table) == table_bytes(again.tables[name]), name
    assert table_bytes(other.tables["bottleneck"]) != table_bytes(first.tables["bottleneck"])
    assert table_bytes(other.tables["genotypes"]) == table_bytes(first.tables["genotypes"])
