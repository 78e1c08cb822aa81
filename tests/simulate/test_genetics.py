"""Simulated genotypes: what was asked for is there, and the truth beside it is true."""

from dataclasses import replace
from time import process_time

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import codes

from tumen.errors import MisuseError
from tumen.simulate.genetic_samples import SampleSettings, WorldFrames, WorldSamples, world_samples
from tumen.simulate.genetics import PARTIES, PanelSettings, panel_survey
from tumen.simulate.laboratories import Errors, readings, shifted_map
from tumen.simulate.panels import LADDER, SEX_SIZES, children, chosen_controls, founders, of_other_species, panel
from tumen.simulate.world import World
from tumen.tables.checks import check
from tumen.tables.findings import errors
from tumen.tables.package import Package, assemble

CLEAN = Errors(dropout=0, false_allele=0, missing=0, failed=0)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(seed=st.integers(0, 10_000))
def test_a_panel_has_few_alleles_on_its_ladders_and_the_diversity_asked_for(seed):
    made = panel(13, (0.35, 0.43), rng(seed))
    assert 0.35 <= made.heterozygosity <= 0.43
    assert np.allclose(made.frequencies.sum(axis=1), 1)
    for locus in range(13):
        alleles = made.alleles(locus)
        assert 2 <= len(alleles) <= 4
        assert alleles == sorted(set(alleles))
        assert all((size - made.low[locus]) % made.repeat[locus] == 0 for size in alleles)
    assert made.alleles(13) == list(SEX_SIZES)


def test_the_panel_of_another_species_has_the_same_loci_and_other_alleles():
    first = panel(12, (0.35, 0.43), rng(1))
    other = of_other_species(first, (0.5, 0.6), rng(2))
    assert other.loci == first.loci and (other.low == first.low).all() and (other.repeat == first.repeat).all()
    assert (other.sizes != first.sizes).any()
    assert 0.5 <= other.heterozygosity <= 0.6


def test_a_diversity_that_no_such_locus_has_is_refused():
    with pytest.raises(MisuseError, match="a heterozygosity that a locus with two to four alleles can have"):
        panel(13, (0.8, 0.9), rng())


def test_founders_carry_alleles_in_their_frequencies():
    made = panel(5, (0.3, 0.5), rng())
    animals = founders(made, np.zeros(20_000, dtype=int), rng())
    for locus in range(5):
        for allele, share in zip(made.alleles(locus), made.frequencies[locus], strict=False):
            assert np.mean(animals[:, locus] == allele) == pytest.approx(share, abs=0.01)


def test_a_child_has_one_allele_of_each_parent_and_a_sex():
    made = panel(13, (0.35, 0.43), rng())
    mothers, fathers = founders(made, np.zeros(200, dtype=int), rng(2)), founders(made, np.ones(200, dtype=int), rng(3))
    sexes = rng(4).integers(0, 2, size=200)
    young = children(mothers, fathers, sexes, rng(5))
    for child, mother, father in zip(young[:, :-1], mothers[:, :-1], fathers[:, :-1], strict=True):
        for (one, two), ours, theirs in zip(child.tolist(), mother.tolist(), father.tolist(), strict=True):
            assert (one in ours and two in theirs) or (two in ours and one in theirs)
    assert (young[:, -1, 1] == np.where(sexes == 1, SEX_SIZES[1], SEX_SIZES[0])).all()


def test_errors_happen_as_often_as_asked_for():
    made = panel(13, (0.35, 0.43), rng())
    true = founders(made, np.zeros(4_000, dtype=int), rng(2))
    heterozygous = (true[..., 0] != true[..., 1])[:, None]
    read = readings(true, made, replace(CLEAN, dropout=0.06), 3, rng(3))
    lost = (read[..., 0] == read[..., 1]) & heterozygous
    assert lost.sum() / (3 * heterozygous.sum()) == pytest.approx(0.06, abs=0.004)
    assert np.isin(read, made.sizes).all()
    read = readings(true, made, replace(CLEAN, false_allele=0.02), 3, rng(4))
    assert (read != true[:, None]).any(axis=-1).mean() == pytest.approx(0.02, abs=0.002)
    read = readings(true, made, replace(CLEAN, missing=0.2), 3, rng(5))
    nothing = (read == 0).all(axis=-1)
    assert nothing.mean() == pytest.approx(0.2, abs=0.01)
    assert (nothing.all(axis=1) == nothing.any(axis=1)).all()
    # Samples differ in quality: more than chance alone would make them.
    assert nothing[:, 0].mean(axis=1).std() > 1.5 * np.sqrt(0.2 * 0.8 / 14)
    read = readings(true, made, replace(CLEAN, failed=0.1), 3, rng(6))
    assert (read == 0).all(axis=-1).mean() == pytest.approx(0.1, abs=0.01)


def test_without_errors_the_truth_is_read():
    made = panel(13, (0.35, 0.43), rng())
    true = founders(made, np.zeros(10, dtype=int), rng(2))
    assert (readings(true, made, CLEAN, 2, rng(3)) == true[:, None]).all()


def test_a_mixed_sample_shows_alleles_of_two_animals():
    made = panel(13, (0.35, 0.43), rng())
    true = founders(made, np.array([0, 1]), rng(2))
    other = np.stack([np.zeros_like(true[0]), true[0]])
    read = readings(true, made, CLEAN, 20, rng(3), other)
    assert (read[0] == true[0]).all()
    both = [set(true[:, locus].ravel().tolist()) for locus in range(14)]
    assert [set(read[1, :, locus].ravel().tolist()) for locus in range(14)] == both


@given(seed=st.integers(0, 10_000))
def test_a_laboratory_keeps_the_order_of_sizes_and_its_shift_never_turns(seed):
    made = panel(13, (0.35, 0.43), rng(seed))
    lab = shifted_map("lab-2", made, rng(seed + 1))
    ladder = made.low[:, None] + np.arange(LADDER) * made.repeat[:, None]
    named = lab.read(np.stack([ladder, ladder], axis=0).transpose(2, 1, 0))[..., 0].T
    assert (np.diff(named, axis=1) > 0).all()
    bend = np.diff(named - ladder, axis=1)
    assert ((bend >= 0).all(axis=1) | (bend <= 0).all(axis=1)).all()
    assert lab.read(np.zeros((14, 2), dtype=np.int16)).tolist() == [[0, 0]] * 14


def test_one_number_is_no_calibration_in_most_worlds():
    bent = []
    for seed in range(20):
        made = panel_survey(PanelSettings(), seed)
        truth = made.truth()["laboratories"].with_columns(
            shift=pl.col("allele").cast(pl.Int64) - pl.col("referenceAllele").cast(pl.Int64)
        )
        bent.append(truth.group_by("locus").agg(pl.col("shift").n_unique())["shift"].max())
    assert min(bent) >= 2


def test_relations_are_those_of_the_pedigree():
    made = panel_survey(PanelSettings(animals=40, families=6, cubs=3), 1)
    relations = made.truth()["relations"]
    assert dict(relations.group_by("relation").len().iter_rows()) == {"fullSibling": 18, "parentOffspring": 36}
    assert relations.row(0) == ("A001", "A023", "parentOffspring")
    assert (made.relations == made.relations.T).all()
    assert np.diag(made.relations).tolist() == [3] * 40


def test_the_same_seed_makes_the_same_survey_and_another_seed_another():
    one, again, other = (panel_survey(PanelSettings(), seed) for seed in (5, 5, 6))
    assert (one.readings == again.readings).all() and (one.controls == again.controls).all()
    assert one.tables()[0]["samples"].equals(again.tables()[0]["samples"])
    assert one.readings.tobytes() != other.readings.tobytes()


def test_more_controls_leave_the_samples_as_they_were():
    few, many = panel_survey(PanelSettings(controls=2), 5), panel_survey(PanelSettings(controls=20), 5)
    assert (few.readings == many.readings).all()
    assert many.controls.shape == (2, 20, 3, 14, 2)


def test_a_survey_is_made_in_milliseconds():
    spent = []
    for seed in range(5):
        start = process_time()
        panel_survey(PanelSettings(samples=300), seed)
        spent.append(process_time() - start)
    assert sorted(spent)[2] < 0.05


def test_controls_are_chosen_to_carry_every_allele_if_they_can():
    made = panel_survey(PanelSettings(), 3)
    everything = {(locus, int(size)) for locus in range(14) for size in made.genotypes[:, locus].ravel()}
    carried = {(locus, int(size)) for locus in range(14) for size in made.control_genotypes[:, locus].ravel()}
    assert carried == everything
    assert len(set(chosen_controls(made.genotypes, 12).tolist())) == 12


def test_packages_of_a_survey_have_no_errors_and_say_what_was_read():
    made = panel_survey(PanelSettings(samples=60, both=5), 2)
    for party, package in zip(PARTIES, made.packages(), strict=True):
        assert package.party == party
        assert package.findings.is_empty()
        assert errors(check(package)).is_empty()
    north, south = made.packages()
    row = north.table("genotypes").filter(pl.col("laboratory") == "lab-1").row(0, named=True)
    number = int(str(row["sampleID"]).split("-")[1]) - 1
    first, second = made.readings[number, 0, 0].tolist()
    assert (row["allele1"], row["allele2"]) == ((str(first), str(second)) if first else (None, None))
    typed = pl.concat([north.table("genotypes"), south.table("genotypes")]).select("sampleID", "laboratory").unique()
    assert typed.group_by("sampleID").len().filter(pl.col("len") == 2).height == 5
    assert north.table("controls")["role"].unique().sort().to_list() == ["calibration", "negative", "positive"]
    assert codes(check(north).filter(pl.col("code") == "control-differs")) == []


def test_what_no_survey_can_have_is_refused():
    with pytest.raises(MisuseError, match="two unrelated parents for each family"):
        PanelSettings(animals=20, families=6, cubs=3)
    with pytest.raises(MisuseError, match="dropout between 0 and 1"):
        PanelSettings(errors=Errors(dropout=1.5))
    with pytest.raises(MisuseError, match="missing between 0 and 1"):
        PanelSettings(errors=Errors(missing=1))
    with pytest.raises(MisuseError, match="samples above 0"):
        PanelSettings(samples=0)


def frames(made: World) -> WorldFrames:
    return WorldFrames(animals=made.animals, paths=made.paths, stations=made.stations, names=made.names)


@pytest.fixture(scope="module")
def collected(made: World) -> WorldSamples:
    """The samples of the small world."""
    return world_samples(frames(made), made.settings.parties, 16)


def joined(made: World, collected: WorldSamples) -> list[Package]:
    """The packages of the world with the genetic tables beside the others."""
    return [
        assemble(
            one.name,
            {**one.received, **collected.tables[one.party]},
            party=one.party,
            country=one.country,
            format="simulated",
            time_zone=one.time_zone,
            descriptor=one.descriptor,
        )
        for one in made.packages
    ]


def test_samples_of_a_world_give_no_errors(made, collected):
    for package in joined(made, collected):
        found = check(package).filter(pl.col("table").is_in(["samples", "genotypes", "controls", "loci"]))
        assert package.findings.is_empty()
        assert errors(found).is_empty()
        assert set(codes(found)) <= {"replicates-differ", "sample-many-alleles", "allele-outside-panel"}


def test_samples_of_a_world_come_from_animals_that_were_there(made, collected):
    truth = collected.truth["genetic_samples"]
    samples = pl.concat([p.table("samples").with_columns(party=pl.lit(p.party)) for p in joined(made, collected)]).join(
        truth, on=["party", "sampleID"]
    )
    assert samples.height == 60
    whole = samples.join(made.animals, on="truthID").with_columns(
        left=pl.col("collectedOn") - pl.duration(days=pl.col("ageDays"))
    )
    assert (whole["scientificName"] == whole["scientificName_right"]).all()
    assert whole.filter(pl.col("left") < pl.col("presentFrom").dt.date()).is_empty()
    assert whole.filter(pl.col("left") > pl.col("presentUntil").dt.date()).is_empty()
    places = samples.join(made.paths, on="truthID").filter(
        (pl.col("latitude") - pl.col("latitude_right")).abs() < 1e-5,
        (pl.col("longitude") - pl.col("longitude_right")).abs() < 1e-5,
        pl.col("countryCode") == pl.col("countryCode_right"),
    )
    assert set(places["sampleID"]) == set(samples["sampleID"])
    named = samples.drop_nulls("individualID")
    assert 0 < named.height < 15
    names = named.join(made.names, on=["party", "individualID"])
    assert (names["truthID"] == names["truthID_right"]).all()


def test_cubs_of_a_world_inherit(collected):
    animals = collected.truth["genetic_animals"].drop_nulls("mother")
    assert animals.height > 0 and animals["father"].null_count() == 0
    assert (
        animals.group_by("mother").agg(pl.col("father").n_unique())["father"].to_list()
        == [1] * animals["mother"].n_unique()
    )
    pairs = {(truth_id, locus): {one, two} for truth_id, locus, one, two in collected.truth["genotypes"].iter_rows()}
    for truth_id, mother, father in animals.select("truthID", "mother", "father").iter_rows():
        for locus in {locus for _, locus in pairs} - {"AMEL"}:
            child = pairs[truth_id, locus]
            assert child & pairs[mother, locus] and child & pairs[father, locus]


def test_the_countries_of_a_world_share_controls_and_not_their_sizes(made, collected):
    tables = {p.party: p for p in joined(made, collected)}
    labs = {party: p.table("genotypes")["laboratory"].unique().to_list() for party, p in tables.items()}
    assert labs == {"north-reserve": ["lab-1"], "south-institute": ["lab-2"], "east-university": ["lab-2"]}
    shared = {party: set(p.table("controls").filter(role="calibration")["controlID"]) for party, p in tables.items()}
    assert [len(names) for names in shared.values()] == [12, 12, 12]
    assert len(set.union(*shared.values())) == 12
    known = dict(
        collected.truth["laboratories"]
        .select(pl.concat_str("locus", pl.lit(" "), "allele"), "referenceAllele")
        .iter_rows()
    )
    assert any(key.split()[1] != to for key, to in known.items())


def test_the_same_world_has_the_same_samples(made, collected):
    again = world_samples(frames(made), made.settings.parties, 16)
    for party, tables in collected.tables.items():
        assert all(frame.equals(again.tables[party][name]) for name, frame in tables.items())


def test_a_world_that_gives_no_exact_places_gives_stations(made):
    vague = world_samples(frames(made), made.settings.parties, 16, SampleSettings(exact=False, samples=3))
    assert "latitude" not in vague.tables["north-reserve"]["samples"].columns
    assert vague.tables["north-reserve"]["samples"]["locationID"].null_count() == 0


def test_a_party_without_animals_near_is_refused(made):
    with pytest.raises(MisuseError, match="animals within 0 km of the stations of north-reserve"):
        world_samples(frames(made), made.settings.parties, 16, SampleSettings(reach=0.0))
