"""Scientific names, resolved against the list of the region."""

import csv
import json

import polars as pl
import pytest
from tests.builders import package

from tumen.tables.checks_taxa import check
from tumen.tables.taxa import BESIDE, SYNONYMS, TAXA, Resolution, resolve


def test_the_list_says_every_name_once():
    accepted, synonyms, beside = set(TAXA), set(SYNONYMS), set(BESIDE)
    assert not accepted & synonyms
    assert not accepted & beside
    assert not synonyms & beside
    others = [other for taxon in TAXA.values() for other in (*taxon.synonyms, *taxon.beside)]
    assert len(others) == len(set(others))


def test_names_of_the_list_are_written_as_names_are():
    for name in (*TAXA, *SYNONYMS, *BESIDE):
        words = name.split(" ")
        assert words[0] == words[0].capitalize()
        assert all(word.isalpha() and word.isascii() for word in words)
        assert all(word.islower() for word in words[1:])
        assert len(words) <= 3


@pytest.mark.parametrize("name", ["Panthera tigris", "Panthera tigris altaica", "Panthera", "Felidae", "Aves"])
def test_an_accepted_name_is_itself(name):
    assert resolve(name) == Resolution(name, "")


@pytest.mark.parametrize(
    ("name", "accepted"),
    [
        ("Uncia uncia", "Panthera uncia"),
        ("Felis tigris altaica", "Panthera tigris altaica"),
        ("Grus vipio", "Antigone vipio"),
        ("Anas penelope", "Mareca penelope"),
        ("Mustela vison", "Neogale vison"),
    ],
)
def test_a_synonym_means_the_accepted_name(name, accepted):
    assert resolve(name) == Resolution(accepted, "synonym")


@pytest.mark.parametrize(
    "name",
    [
        "Panthera tigirs",
        "Pantera tigris",
        "panthera tigris",
        "PANTHERA TIGRIS",
        "Panthera  tigris",
        "Panthera tigris ",
        "Panthera-tigris",
        "Panthera_tigris",
        "Panthera tigris (Linnaeus, 1758)",
        "Panthera tigris L.",
        "Panthera tigriss",
    ],
)
def test_a_slip_means_the_nearest_name(name):
    assert resolve(name) == Resolution("Panthera tigris", "spelling")


def test_a_slip_in_a_synonym_means_its_accepted_name():
    assert resolve("Anas penelopes") == Resolution("Mareca penelope", "spelling")
    assert resolve("anas penelope") == Resolution("Mareca penelope", "synonym")


@pytest.mark.parametrize("name", ["Canis lupus familiaris", "Bubulcus ibis", "Chroicocephalus saundersi"])
def test_a_name_in_use_beside_the_accepted_one_is_let_be(name):
    assert resolve(name).problem == ""
    assert resolve(name).accepted in TAXA


@pytest.mark.parametrize("name", ["Anas sp.", "Anas spp.", "Anas platyrhynchos/zonorhyncha"])
def test_what_was_not_determined_further_is_its_genus(name):
    assert resolve(name) == Resolution("Anas", "")


@pytest.mark.parametrize(
    "name",
    [
        # Real animals that are not of the region, near in name to some that are.
        *("Puma concolor", "Martes americana", "Lynx rufus", "Grus americana", "Lepus capensis", "Larus marinus"),
        *("Sciurus niger", "Mustela frenata", "Vulpes velox", "Ursus maritimus", "Corvus splendens", "Capra ibex"),
        *("Apodemus flavicollis", "Anas fulvigula", "Macaca sylvanus", "Ovis canadensis", "Anser brachyrhynchus"),
        *("Panthera tigris sumatrae", "Larus (fuscus) fuscus", "tiger", "", "PBE", "Pantera"),
    ],
)
def test_a_name_that_is_not_in_the_list_is_not_corrected(name):
    assert resolve(name) == Resolution(None, "unknown")


def test_the_first_subspecies_of_a_listed_species_is_itself():
    assert resolve("Vulpes vulpes vulpes") == Resolution("Vulpes vulpes vulpes", "")


def test_the_waterbirds_of_the_region_and_the_birds_of_a_foreign_coast(shared_data):
    ours = shared_data / "H1_birds_sites_network_facts" / "species_names.csv"
    with ours.open(encoding="utf-8") as file:
        assert {resolve(row["scientific_name"]).problem for row in csv.DictReader(file)} == {""}
    kenya = shared_data / "E2_kenya_waterbird_counts_DwC" / "occurrences.csv"
    with kenya.open(encoding="utf-8") as file:
        assert {resolve(row["scientificName"]).problem for row in csv.DictReader(file)} == {"", "unknown"}


def test_each_doubtful_name_is_told_once_with_its_rows():
    names = ["Panthera pardus", "Uncia uncia", "Uncia uncia", "Panthera pardu", "Puma concolor", None]
    rows = [{"observationID": f"o{n}", "scientificName": name} for n, name in enumerate(names)]
    found = pl.concat(check(package(deployments=[{}], observations=rows)))
    told = [(row["code"], row["row"], row["value"], json.loads(row["arguments"])) for row in found.to_dicts()]
    assert told == [
        ("taxon-synonym", 3, "Uncia uncia", {"accepted": "Panthera uncia", "count": "2"}),
        ("taxon-misspelt", 5, "Panthera pardu", {"accepted": "Panthera pardus", "count": "1"}),
        ("taxon-unknown", 6, "Puma concolor", {"count": "1"}),
    ]


def test_names_in_order_give_nothing():
    found = pl.concat(check(package(deployments=[{}], observations=[{}, {"observationID": "o2"}])))
    assert found.is_empty()
