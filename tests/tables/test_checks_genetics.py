"""Samples, genotypes, controls and the panel: what each check says, and when it keeps silent."""

import json

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from tests.builders import package

from tumen.tables import checks_genetics
from tumen.tables.catalogue import CATALOGUE
from tumen.tables.checks import rules, together
from tumen.tables.checks_panel import plain_name
from tumen.tables.examine import key_ring, references
from tumen.tables.findings import gather
from tumen.tables.protocol import TABLES

SAMPLE = {"sampleID": "s1", "collectedOn": "2015-02-01", "material": "faeces", "countryCode": "RU"}
GENOTYPE = {
    "sampleID": "s1",
    "laboratory": "lab",
    "replicate": "1",
    "locus": "FCA126",
    "allele1": "136",
    "allele2": "142",
    "kind": "size",
    "runID": "r1",
}
NEGATIVE = {"laboratory": "lab", "runID": "r1", "controlID": "water", "role": "negative", "locus": "FCA126"}
POSITIVE = {
    "laboratory": "lab",
    "runID": "r1",
    "controlID": "REF-01",
    "role": "positive",
    "locus": "FCA126",
    "allele1": "136",
    "allele2": "140",
    "expectedAllele1": "136",
    "expectedAllele2": "140",
}
LOCUS = {
    "locus": "FCA126",
    "kind": "size",
    "smallestAllele": "130",
    "largestAllele": "154",
    "repeatLength": "2",
    "aliases": "Fca126|F126",
}


def given(samples=({},), genotypes=({},), controls=(NEGATIVE, POSITIVE), **more):
    """A package without faults, but for the cells given."""
    tables = {
        "samples": [{**SAMPLE, **row} for row in samples],
        "genotypes": [{**GENOTYPE, **row} for row in genotypes],
        "controls": list(controls),
        **more,
    }
    return package(**{name: rows for name, rows in tables.items() if rows})


def in_words(findings):
    """The findings, each of which can be said: its arguments fill the places of its message and its cure."""
    for row in findings.iter_rows(named=True):
        code = CATALOGUE[row["code"]]
        parts = {name: row[name] for name in ("table", "row", "column", "value")} | json.loads(row["arguments"])
        assert code.message.format(**parts) and code.cure.format(**parts)
    return findings


def found(**tables):
    made = given(**tables)
    assert made.findings.is_empty(), made.findings
    return in_words(gather(checks_genetics.check(made)))


def rows(findings):
    return findings.select("code", "row", "value").rows()


def said(findings):
    return json.loads(findings["arguments"].item())


def test_a_clean_package_has_no_findings():
    assert found().is_empty()
    assert found(loci=[LOCUS]).is_empty()


def test_a_sample_of_which_no_place_is_known():
    findings = found(
        samples=[
            {"countryCode": None},
            {"sampleID": "s2", "countryCode": None, "latitude": "43.1"},
            {"sampleID": "s3", "countryCode": None, "locationID": "loc1"},
            {"sampleID": "s4", "countryCode": None, "latitude": "43.1", "longitude": "131.2"},
        ]
    )
    assert rows(findings) == [("sample-without-place", 2, "s1"), ("sample-without-place", 3, "s2")]


ANIMAL = {
    "individualID": "T1",
    "scientificName": "Panthera tigris",
    "birthDate": "2013-06-01",
    "deathDate": "2015-02-11",
}


@pytest.mark.parametrize("collected", ["2013-06-01", "2015-02-11"])
def test_a_sample_from_the_days_of_birth_and_death(collected):
    samples = [{"individualID": "T1", "collectedOn": collected}]
    assert found(samples=samples, individuals=[ANIMAL]).is_empty()


def test_a_sample_collected_before_its_animal_was_born():
    findings = found(samples=[{"individualID": "T1", "collectedOn": "2013-05-31"}], individuals=[ANIMAL])
    assert rows(findings) == [("sample-before-birth", 2, "s1")]
    assert said(findings) == {"collectedOn": "2013-05-31", "individualID": "T1", "birthDate": "2013-06-01"}
    assert findings["severity"].item() == "error"


def test_a_sample_collected_after_death_unless_it_is_of_a_carcass():
    late = {"individualID": "T1", "collectedOn": "2015-02-12"}
    findings = found(samples=[late, {**late, "sampleID": "s2", "material": "tooth"}], individuals=[ANIMAL])
    assert rows(findings) == [("sample-after-death", 2, "s1")]
    assert findings["severity"].item() == "warning"


def test_a_sample_of_another_species_than_its_animal():
    of_leopard = {"individualID": "T1", "collectedOn": "2014-01-01", "scientificName": "Panthera pardus"}
    assert rows(found(samples=[of_leopard], individuals=[ANIMAL])) == [("sample-species-differs", 2, "s1")]
    of_tiger = {**of_leopard, "scientificName": "Panthera tigris"}
    assert found(samples=[of_tiger], individuals=[ANIMAL]).is_empty()


def test_genotypes_without_the_table_of_samples_are_noted_once():
    findings = found(samples=(), genotypes=[{}, {"sampleID": "s2"}])
    assert rows(findings) == [("samples-unlisted", None, "")]


def test_a_sample_typed_before_it_was_collected():
    assert rows(found(genotypes=[{"typedOn": "2015-01-31"}])) == [("genotype-before-sample", 2, "2015-01-31")]
    assert found(genotypes=[{"typedOn": "2015-02-01"}]).is_empty()


def test_a_run_without_controls_is_one_finding_however_many_genotypes_it_has():
    findings = found(genotypes=[{}, {"sampleID": "s2", "runID": "r2"}, {"sampleID": "s3", "runID": "r2"}])
    assert rows(findings) == [("genotypes-without-controls", 3, "r2")]
    assert said(findings) == {"laboratory": "lab", "runID": "r2", "count": "2"}


def test_controls_of_another_laboratory_with_the_same_run_do_not_count():
    controls = [{**NEGATIVE, "laboratory": "other"}, {**POSITIVE, "laboratory": "other"}]
    assert rows(found(controls=controls)) == [("genotypes-without-controls", 2, "r1")]


def test_genotypes_that_do_not_name_their_run():
    findings = found(genotypes=[{"runID": None}, {"runID": None, "sampleID": "s2"}], controls=())
    assert rows(findings) == [("genotypes-without-run", 2, "lab")]
    assert said(findings)["count"] == "2"


def test_a_run_without_a_negative_control_and_one_without_a_positive_one():
    assert rows(found(controls=[POSITIVE])) == [("run-without-negative-control", 2, "r1")]
    assert rows(found(controls=[NEGATIVE])) == [("run-without-positive-control", 2, "r1")]
    assert found(controls=[NEGATIVE, {**POSITIVE, "role": "calibration"}]).is_empty()


def test_a_control_is_read_in_either_order():
    exchanged = {**POSITIVE, "allele1": "140", "allele2": "136"}
    assert found(controls=[NEGATIVE, exchanged]).is_empty()
    hundred = {"allele1": "98", "allele2": "102", "expectedAllele1": "102", "expectedAllele2": "98"}
    assert found(controls=[NEGATIVE, {**POSITIVE, **hundred}]).is_empty()


def test_a_control_that_gave_something_else():
    findings = found(controls=[NEGATIVE, {**POSITIVE, "allele2": "142"}])
    assert rows(findings) == [("control-differs", 3, "136/142")]
    assert said(findings) == {
        "controlID": "REF-01",
        "laboratory": "lab",
        "runID": "r1",
        "locus": "FCA126",
        "observed": "136/142",
        "expected": "136/140",
    }


def test_a_control_that_gave_nothing_and_one_that_expects_nothing():
    silent = {**POSITIVE, "allele1": None, "allele2": None}
    assert rows(found(controls=[NEGATIVE, silent])) == [("control-failed", 3, "136/140")]
    unsaid = {**POSITIVE, "expectedAllele1": None, "expectedAllele2": None}
    assert rows(found(controls=[NEGATIVE, unsaid])) == [("control-without-expectation", 3, "REF-01")]


def test_a_negative_control_in_which_something_was_read():
    findings = found(controls=[{**NEGATIVE, "allele1": "136", "allele2": "136"}, POSITIVE])
    assert rows(findings) == [("negative-control-amplified", 2, "136/136")]


@pytest.mark.parametrize("word", ["0", "000", "-9", "-99", "?"])
def test_a_word_for_nothing_read_is_one_finding_a_genotype(word):
    findings = found(genotypes=[{"allele1": word, "allele2": word}], loci=[LOCUS])
    assert rows(findings) == [("allele-sentinel", 2, f"{word}/{word}")]


@pytest.mark.parametrize("allele", ["120", "100", "10", "90", "109"])
def test_an_allele_with_a_0_or_9_in_it_is_an_allele(allele):
    """Reading 0 as missing has deleted alleles such as 120 elsewhere (adegenet issue 348)."""
    assert found(genotypes=[{"allele1": allele, "allele2": "140"}]).is_empty()


def test_a_name_the_panel_lists_is_an_allele_whatever_it_looks_like():
    snp = {"kind": "snp", "locus": "S1", "allele1": "0", "allele2": "1"}
    assert rows(found(genotypes=[snp])) == [("allele-sentinel", 2, "0/1")]
    assert found(genotypes=[snp], loci=[{"locus": "S1", "kind": "snp", "alleles": "0|1"}, LOCUS]).is_empty()


def test_a_genotype_that_failed_has_no_alleles_and_no_findings():
    assert found(genotypes=[{"allele1": None, "allele2": None}], loci=[LOCUS]).is_empty()


@pytest.mark.parametrize("allele", ["136.42", "A", "-136", "1e3", "OL"])
def test_a_size_that_is_no_whole_number(allele):
    findings = found(genotypes=[{"allele2": allele}])
    assert rows(findings) == [("allele-not-size", 2, allele)]
    assert findings["column"].item() == "allele2"


def test_the_bases_of_a_snp_are_no_sizes():
    assert found(genotypes=[{"kind": "snp", "allele1": "A", "allele2": "G"}]).is_empty()


def test_one_allele_without_the_other_except_on_a_sex_chromosome():
    alone = {"allele2": None}
    assert rows(found(genotypes=[alone])) == [("allele-alone", 2, "136")]
    assert rows(found(genotypes=[alone], loci=[LOCUS])) == [("allele-alone", 2, "136")]
    assert found(genotypes=[alone], loci=[{**LOCUS, "sexLinked": "true"}]).is_empty()


def test_numbers_of_a_list_that_are_given_as_sizes():
    findings = found(genotypes=[{"allele1": "4", "allele2": "9"}, {"sampleID": "s2", "allele1": "4", "allele2": "13"}])
    assert rows(findings) == [("alleles-not-sizes", 2, "FCA126")]
    assert said(findings) == {"largest": "13"}
    assert found(genotypes=[{"allele1": "4", "allele2": "91"}]).is_empty()


def test_an_allele_outside_the_range_of_the_panel():
    findings = found(genotypes=[{"allele1": "128", "allele2": "154"}], loci=[LOCUS])
    assert rows(findings) == [("allele-outside-panel", 2, "128")]
    assert said(findings) == {"locus": "FCA126", "permitted": "130 to 154"}


def test_an_allele_the_list_adds_to_the_range():
    assert found(genotypes=[{"allele1": "128"}], loci=[{**LOCUS, "alleles": "128 | 129"}]).is_empty()


def test_a_list_without_a_range_is_the_whole_truth():
    listed = {"locus": "S1", "kind": "snp", "alleles": "A|G"}
    snp = {"kind": "snp", "locus": "S1", "allele1": "A", "allele2": "T"}
    findings = found(genotypes=[snp], loci=[listed, LOCUS])
    assert rows(findings) == [("allele-outside-panel", 2, "T")]
    assert said(findings)["permitted"] == "A, G"


def test_a_panel_that_says_nothing_of_alleles_permits_all():
    assert found(genotypes=[{"allele1": "137"}], loci=[{"locus": "FCA126", "kind": "size"}]).is_empty()


def test_an_allele_between_the_steps_of_the_repeat():
    findings = found(genotypes=[{"allele1": "137"}], loci=[LOCUS])
    assert rows(findings) == [("allele-off-ladder", 2, "137")]
    assert findings["severity"].item() == "warning"
    assert found(genotypes=[{"allele1": "137"}], loci=[{**LOCUS, "alleles": "137"}]).is_empty()


def test_a_locus_under_a_declared_alias_is_judged_like_the_locus():
    assert found(genotypes=[{"locus": "F126"}], controls=[NEGATIVE, POSITIVE], loci=[LOCUS]).is_empty()
    assert rows(found(genotypes=[{"locus": "F126", "allele2": "190"}], loci=[LOCUS])) == [
        ("allele-outside-panel", 2, "190")
    ]


def test_a_locus_that_only_looks_like_one_is_asked_about_and_not_renamed():
    findings = found(genotypes=[{"locus": "fca-0126", "allele2": "190"}], loci=[LOCUS])
    assert rows(findings) == [("locus-spelling", 2, "fca-0126")]
    assert said(findings) == {"count": 1, "locus": "FCA126"}


def test_a_locus_that_is_not_in_the_panel_is_one_finding_a_name():
    findings = found(genotypes=[{"locus": "PLE23"}, {"locus": "PLE23", "sampleID": "s2"}], loci=[LOCUS])
    assert rows(findings) == [("locus-not-in-panel", 2, "PLE23")]
    assert said(findings) == {"count": 2, "nearest": "F126"}


def test_a_control_of_a_locus_that_is_not_in_the_panel():
    findings = found(controls=[{**NEGATIVE, "locus": "PLE23"}, POSITIVE], loci=[LOCUS])
    assert findings.select("code", "table", "row").rows() == [("locus-not-in-panel", "controls", 2)]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("FCA126", "Fca126", True),
        ("FCA008", "fca-8", True),
        ("F115", "FCA115", True),
        ("6HDZ056", "6HDZ56", True),
        ("FCA100", "FCA10", False),
        ("FCA126", "PLE126", False),
        ("FCA205", "FCA25", False),
    ],
)
def test_names_of_loci_that_look_alike(one, other, alike):
    assert (plain_name(one) == plain_name(other)) == alike


def test_a_name_that_two_loci_claim():
    findings = found(loci=[LOCUS, {"locus": "FCA115", "kind": "size", "aliases": "F126"}])
    assert rows(findings) == [("locus-named-twice", 3, "F126")]
    assert said(findings) == {"loci": "FCA115, FCA126"}


def test_a_genotype_of_another_kind_than_its_locus():
    findings = found(genotypes=[{"kind": "snp", "allele1": "A", "allele2": "G"}], loci=[LOCUS])
    assert rows(findings) == [("locus-kind-differs", 2, "snp")]
    assert said(findings) == {"locus": "FCA126", "kind": "size"}


def test_a_range_that_is_reversed():
    reversed_ = given(loci=[{**LOCUS, "smallestAllele": "154", "largestAllele": "130"}])
    findings = gather(rules(reversed_, TABLES["loci"]))
    assert rows(findings) == [("allele-range-reversed", 2, "154")]
    assert gather(rules(given(loci=[LOCUS]), TABLES["loci"])).is_empty()


def test_replicates_that_differ_are_counted_and_no_error():
    findings = found(
        genotypes=[
            {},
            {"replicate": "2", "allele2": "136"},
            {"locus": "FCA90"},
            {"locus": "FCA90", "replicate": "2", "allele1": "142", "allele2": "136"},
            {"locus": "FCA8", "replicate": "1"},
            {"locus": "FCA8", "replicate": "2", "allele1": None, "allele2": None},
        ]
    )
    assert rows(findings) == [("replicates-differ", None, "lab")]
    assert said(findings) == {"laboratory": "lab", "count": "1", "compared": "2"}
    assert findings["severity"].item() == "note"


def test_a_sample_with_three_alleles_over_its_replicates():
    findings = found(genotypes=[{}, {"replicate": "2", "allele2": "150"}])
    many = findings.filter(code="sample-many-alleles")
    assert rows(many) == [("sample-many-alleles", 2, "s1")]
    assert said(many) == {"laboratory": "lab", "locus": "FCA126", "alleles": "136, 142, 150"}


OTHER = {"laboratory": "other", "runID": "q1"}


def test_sizes_of_two_laboratories_without_a_control_in_common():
    controls = [NEGATIVE, POSITIVE, {**NEGATIVE, **OTHER}, {**POSITIVE, **OTHER, "controlID": "their own"}]
    findings = found(genotypes=[{}, {**OTHER, "sampleID": "s2"}], controls=controls)
    assert rows(findings) == [("laboratories-uncalibrated", None, "lab, other")]


def test_sizes_of_two_laboratories_that_typed_the_same_control():
    controls = [NEGATIVE, POSITIVE, {**NEGATIVE, **OTHER}, {**POSITIVE, **OTHER}]
    assert found(genotypes=[{}, {**OTHER, "sampleID": "s2"}], controls=controls).is_empty()


def test_three_laboratories_may_be_joined_through_one_of_them():
    third = {"laboratory": "third", "runID": "p1"}
    controls = [NEGATIVE, POSITIVE, {**NEGATIVE, **OTHER}, {**POSITIVE, **OTHER}, {**NEGATIVE, **third}]
    controls += [{**POSITIVE, **OTHER, "controlID": "B"}, {**POSITIVE, **third, "controlID": "B"}]
    genotypes = [{}, {**OTHER, "sampleID": "s2"}, {**third, "sampleID": "s3"}]
    assert found(genotypes=genotypes, controls=controls).is_empty()


def test_a_sample_that_two_laboratories_read_apart():
    controls = [NEGATIVE, POSITIVE, {**NEGATIVE, **OTHER}, {**POSITIVE, **OTHER}]
    findings = found(genotypes=[{}, {**OTHER, "allele1": "138", "allele2": "144"}], controls=controls)
    assert rows(findings) == [("laboratories-differ", None, "lab")]
    assert said(findings) == {"laboratory": "lab", "other": "other", "count": 1, "compared": 1}


def test_the_same_replicate_entered_twice():
    findings = gather(together(given(genotypes=[{}, {}]), TABLES["genotypes"]))
    assert rows(findings) == [("row-duplicate", 3, "s1, lab, 1, FCA126")]


def test_what_refers_to_a_sample_that_is_not_listed():
    named = {"identificationID": "i1", "individualID": "T1", "certainty": "certain", "identifiedBy": "lab"}
    made = given(genotypes=[{"sampleID": "s9"}], identifications=[{**named, "method": "genotype", "sampleID": "s8"}])
    broken = gather(references(made, key_ring(made)))
    assert broken.select("code", "table", "value").rows() == [
        ("reference-missing", "genotypes", "s9"),
        ("reference-missing", "identifications", "s8"),
    ]


def test_a_package_without_these_tables_is_let_be():
    assert checks_genetics.check(package(deployments=[{}])) == []


FAULTS = [
    {},
    {"sampleID": "s2", "allele1": "0", "allele2": "0"},
    {"sampleID": "s3", "allele2": "190"},
    {"sampleID": "s4", "allele2": "137"},
    {"sampleID": "s5", "allele2": None},
    {"sampleID": "s6", "replicate": "1"},
    {"sampleID": "s6", "replicate": "2", "allele2": "150"},
    {"sampleID": "s7", "locus": "PLE23", "runID": "r9"},
]


@settings(max_examples=10)
@for_all(st.permutations(FAULTS))
def test_findings_do_not_depend_on_the_order_of_rows(genotypes):
    def without_rows(findings):
        return sorted(findings.select("code", "column", "value", "arguments").rows())

    assert without_rows(found(genotypes=genotypes, loci=[LOCUS])) == without_rows(found(genotypes=FAULTS, loci=[LOCUS]))


def test_a_sample_of_a_subspecies_or_under_an_older_name_is_of_the_species_of_its_animal():
    sample = {"individualID": "T1", "collectedOn": "2014-01-01"}

    def differ(of_sample, of_animal):
        animal = {**ANIMAL, "scientificName": of_animal}
        findings = found(samples=[{**sample, "scientificName": of_sample}], individuals=[animal])
        return rows(findings.filter(code="sample-species-differs"))

    assert differ("Panthera tigris altaica", "Panthera tigris") == []
    assert differ("Uncia uncia", "Panthera uncia") == []
    assert differ("Panthera pardus orientalis", "Panthera tigris altaica") == [("sample-species-differs", 2, "s1")]
