"""Which sex the markers say, and who contradicts them."""

import json

import polars as pl
import pytest
from tests.builders import package
from tests.individuals.genotype_tables import genotypes, panel

from tumen.errors import MisuseError
from tumen.individuals.genotype_consensus import consensus
from tumen.individuals.genotype_sex import SEXES, contradictions, sexes

ZF = {"locus": "ZF", "kind": "size", "sexLinked": True}
SRY = {"locus": "SRY", "kind": "size", "sexLinked": True}
SAMPLE = {"collectedOn": "2015-02-01", "material": "faeces"}


def told(readings, *loci, forms=None):
    markers = panel(*(loci or (ZF, SRY)))
    return sexes(consensus(genotypes(readings), markers).table, markers, forms)


def of(readings, *loci, forms=None):
    return dict(told(readings, *loci, forms=forms).table.select("sampleID", "sex").iter_rows())


def test_two_alleles_of_the_zinc_finger_are_a_male_one_read_often_enough_is_a_female():
    found = of({("a", "ZF"): ("170/182",) * 2, ("b", "ZF"): ("182/",) * 3, ("c", "ZF"): ("182/182",) * 3})
    assert found == {"a": "male", "b": "female", "c": "female"}


def test_one_allele_read_once_may_be_a_male_that_lost_the_other():
    assert of({("a", "ZF"): ("182/182",), ("b", "ZF"): (None,)}) == {}


def test_a_marker_that_only_males_have_says_nothing_where_it_failed():
    assert of({("a", "SRY"): ("210/",), ("b", "SRY"): (None,) * 3}) == {"a": "male"}


def test_markers_that_contradict_each_other_give_no_sex():
    found = told({("a", "ZF"): ("182/182",) * 3, ("a", "SRY"): ("210/",) * 3})
    assert found.table.select("sex", "markers").rows() == [(None, "SRY: male, ZF: female")]
    assert found.findings.select("code", "value").rows() == [("sex-markers-differ", "a")]


def test_a_marker_of_which_nobody_said_how_it_is_read_is_not_used():
    found = told({("a", "TMXY"): ("200/212",) * 2}, {"locus": "TMXY", "sexLinked": True})
    assert found.table.is_empty()
    assert found.findings.select("code", "value").rows() == [("sex-marker-unread", "TMXY")]


def test_birds_are_told_the_other_way_round():
    chd = {"locus": "CHD1", "sexLinked": True}
    read = {("a", "CHD1"): ("350/600",) * 2, ("b", "CHD1"): ("350/350",) * 3}
    assert of(read, chd, forms={"CHD1": "twoAreFemale"}) == {"a": "female", "b": "male"}
    with pytest.raises(MisuseError, match="a way to read the sex marker CHD1"):
        of(read, chd, forms={"CHD1": "male"})


def by_markers(**said):
    rows = [(sample, "lab", sex, f"ZF: {sex}") for sample, sex in said.items()]
    return pl.DataFrame(rows, schema=SEXES, orient="row")


def test_a_record_that_contradicts_is_a_finding_for_each_table_that_holds_it():
    north = package(
        individuals=[{"individualID": "T7", "scientificName": "Panthera tigris", "sex": "female"}],
        samples=[{"sampleID": "s1", "individualID": "T7", **SAMPLE}],
        deployments=[{}],
        observations=[
            {"observationID": "o1", "individualID": "T7", "sex": "female"},
            {"observationID": "o2", "individualID": "T7", "sex": "female"},
            {"observationID": "o3", "individualID": "T7", "sex": "male"},
        ],
    )
    assert contradictions(by_markers(s1="female"), north).height == 1  # only the observation of a male
    found = contradictions(by_markers(s1="male"), north)
    assert found["code"].to_list() == ["sex-marker-contradicts"] * 2
    said = [json.loads(text) for text in found["arguments"]]
    assert sorted((one["where"], one["recorded"], one["count"]) for one in said) == [
        ("individuals", "female", "1"),
        ("observations", "female", "2"),
    ]


def test_identifications_by_genes_own_samples_too_unless_only_possible():
    animal = {"individualID": "T7", "scientificName": "Panthera tigris", "sex": "female"}
    judged = {
        "identificationID": "i1",
        "sampleID": "s1",
        "individualID": "T7",
        "identifiedBy": "A",
        "method": "genotype",
    }
    for certainty, count in (("certain", 1), ("possible", 0)):
        north = package(individuals=[animal], identifications=[{**judged, "certainty": certainty}])
        found = contradictions(by_markers(s1="male"), north)
        assert found.height == count
        assert found["table"].to_list() == ["identifications"] * count


def test_samples_of_one_animal_that_are_of_two_sexes_are_shown():
    samples = [{"sampleID": name, "individualID": "T7", **SAMPLE} for name in ("s1", "s2", "s3")]
    found = contradictions(by_markers(s1="male", s2="female", s3="male"), package(samples=samples))
    assert found.select("code", "value").rows() == [("sex-of-samples-differs", "T7")]
    assert json.loads(found["arguments"].item()) == {"samples": "s1 (male), s2 (female), s3 (male)"}
    assert contradictions(by_markers(s1="male", s3="male"), package(samples=samples)).is_empty()
