"""Which names mean one locus, and which only look so."""

import json

from tests.builders import package

from tumen.individuals.genotype_loci import joint_genotypes, joint_panel, locus_names, renamed
from tumen.tables.catalogue import CATALOGUE

READ = {"sampleID": "s1", "laboratory": "lab", "replicate": "1", "allele1": "136", "allele2": "142", "kind": "size"}


def party(name, panel=(), read=()):
    """A package whose panel says {locus: aliases} and whose genotypes are of the named loci."""
    tables = {"genotypes": [{**READ, "locus": locus} for locus in read]}
    if panel:
        tables["loci"] = [{"locus": locus, "kind": "size", "aliases": aliases} for locus, aliases in panel.items()]
    return package(name, name=name, **tables)


def meant(*packages):
    found = locus_names(packages)
    for row in found.findings.iter_rows(named=True):
        code = CATALOGUE[row["code"]]
        parts = {k: row[k] for k in ("table", "row", "column", "value")} | json.loads(row["arguments"])
        assert code.message.format(**parts) and code.cure.format(**parts)
    return {(p, n): locus for p, n, locus in found.table.select("party", "name", "locus").iter_rows()}, found.findings


def test_an_alias_that_a_person_wrote_is_applied():
    north = party("north", {"FCA126": "Fca126|F126"}, ["Fca126", "FCA126"])
    names, found = meant(north)
    assert names == {("north", name): "FCA126" for name in ("FCA126", "F126", "Fca126")}
    assert found.is_empty()
    table = renamed(north, locus_names([north]).table)
    assert table.select("row", "locus", "localLocus").rows() == [(2, "FCA126", "Fca126"), (3, "FCA126", "FCA126")]


def test_names_that_only_look_alike_stay_two_and_are_asked_about():
    names, found = meant(party("north", read=["FCA126", "Fca0126", "F115", "FCA115", "6HDZ056"]))
    assert names["north", "Fca0126"] == "Fca0126" and names["north", "F115"] == "F115"
    asked = [(value, json.loads(text)["other"]) for value, text in found.select("value", "arguments").iter_rows()]
    assert asked == [("F115", "FCA115"), ("FCA126", "Fca0126")]
    assert found["code"].unique().to_list() == ["locus-alike"]


def test_what_the_check_of_a_package_asks_is_not_asked_again():
    _, found = meant(party("north", {"FCA126": ""}, ["Fca0126"]))
    assert found.select("code", "value").rows() == [("locus-spelling", "Fca0126")]


def test_a_panel_speaks_for_packages_without_one():
    names, found = meant(party("north", {"FCA126": "Fca126"}, ["FCA126"]), party("south", read=["Fca126"]))
    assert names["south", "Fca126"] == "FCA126"
    assert found.is_empty()


def test_two_panels_are_joined_by_an_alias_of_either():
    north, south = party("north", {"FCA126": "Fca126"}, ["FCA126"]), party("south", {"Fca126": ""}, ["Fca126"])
    names, found = meant(north, south)
    assert names["north", "FCA126"] == names["south", "Fca126"] == "FCA126"
    assert found.is_empty()
    names_ = locus_names([north, south]).table
    assert joint_panel([north, south], names_)["locus"].to_list() == ["FCA126"]
    both = joint_genotypes([north, south], names_)
    assert both.select("party", "locus", "localLocus").rows() == [
        ("north", "FCA126", "FCA126"),
        ("south", "FCA126", "Fca126"),
    ]
    assert locus_names([south, north]).table.sort("party", "name").equals(names_.sort("party", "name"))


def test_a_name_of_two_loci_of_one_panel_means_itself():
    names, found = meant(party("north", {"FCA115": "F115", "FCB115": "F115"}, ["F115"]))
    assert names["north", "F115"] == "F115"
    ambiguous = found.filter(code="locus-alias-ambiguous")
    assert ambiguous.select("value", "row").rows() == [("F115", 3)]
    assert json.loads(ambiguous["arguments"].item()) == {"loci": "FCA115, FCB115"}


def test_an_alias_that_would_join_two_loci_of_another_panel_is_refused():
    north = party("north", {"FCA115": "F115"}, ["F115"])
    south = party("south", {"F115": "", "FCA115": ""}, ["F115", "FCA115"])
    names, found = meant(north, south)
    assert names["north", "F115"] == "FCA115"
    assert (names["south", "F115"], names["south", "FCA115"]) == ("F115", "FCA115")
    conflict = found.filter(code="locus-aliases-conflict")
    assert json.loads(conflict["arguments"].item()) == {"loci": "F115, FCA115"}


def test_no_packages_have_no_names():
    assert locus_names([]).table.is_empty() and locus_names([]).findings.is_empty()
