"""The rows that ship: only what the facts mark as seen, each with its source."""

import polars as pl
from tests.builders import package

from tumen.tables.checks import check
from tumen.tables.package import from_typed
from tumen.waterbirds.populations import taxa
from tumen.waterbirds.published import beside, shipped
from tumen.waterbirds.thresholds import thresholds


def test_every_shipped_number_is_one_that_the_facts_mark_as_seen(shared_data):
    facts = pl.read_csv(shared_data / "H1_birds_sites_network_facts" / "population_estimates.csv", infer_schema=False)
    seen = facts.filter(pl.col("evidence") == "seen")
    known = {
        (name, row["population"], int(row["min"] or 0), int(row["max"] or 0))
        for row in seen.iter_rows(named=True)
        for name in taxa(row["scientific_name"].replace("+", "/"))
    }
    remembered = facts.filter(pl.col("evidence") == "recalled")
    barred = {(row["scientific_name"], row["min"], row["max"]) for row in remembered.iter_rows(named=True)}
    ours = shipped()
    for row in ours.iter_rows(named=True):
        low, high = row["minimum"] or 0, row["maximum"] or 0
        names = [" ".join(name.split(" ")[:2]) for name in taxa(row["scientificName"])]
        assert all((name, row["populationName"], low, high) in known for name in names), row
        assert (names[0], str(low), str(high)) not in barred
    # One of the seen rows names no source that a reader could look up.
    left_out = set(seen["scientific_name"]) - {name.replace("/", "+") for name in ours["scientificName"]}
    assert left_out == {"Tringa guttifer", "Limosa lapponica"}
    assert set(ours["scientificName"]) - set(seen["scientific_name"]) == {
        "Limosa lapponica baueri",
        "Anser fabalis/serrirostris",
    }
    published = ours.filter(pl.col("onePercent").is_not_null())
    assert published.select("populationName", "onePercent").rows() == [("osculans", 100)]
    assert ours["source"].null_count() == 0
    assert set(ours["evidence"]) == {"published"}


def test_their_thresholds_are_those_of_the_facts(shared_data):
    facts = pl.read_csv(shared_data / "H1_birds_sites_network_facts" / "population_estimates.csv", infer_schema=False)
    column = "computed_1pct_geomean_wpp_rounding"
    seen = facts.filter((pl.col("evidence") == "seen") & pl.col(column).is_not_null())
    expected = {
        (taxa(row["scientific_name"].replace("+", "/"))[0], row["population"], row["max"]): int(row[column])
        for row in seen.iter_rows(named=True)
        if row["scientific_name"] != "Tringa guttifer"
    }
    ours = shipped()
    made = thresholds(ours).with_columns(ours["maximum"])
    got = {
        (" ".join(taxa(row["scientificName"])[0].split(" ")[:2]), row["populationName"], str(row["maximum"])): row
        for row in made.iter_rows(named=True)
    }
    assert {key: got[key]["onePercent"] for key in expected} == expected
    assert len(expected) == 17
    of = {name: rows["onePercent"].to_list() for (name,), rows in made.group_by("scientificName", maintain_order=True)}
    assert of["Saundersilarus saundersi"] == [140, 85]
    assert of["Aythya baeri"] == [10]


def test_they_pass_the_checks():
    one = from_typed("ours", {"population_estimates": shipped()}, party="us", format="camtrap-dp")
    assert check(one).is_empty()


def test_they_stand_in_only_for_species_that_a_study_has_not():
    row = {
        "populationID": "1",
        "scientificName": "Grus vipio",
        "populationName": "all",
        "edition": "WPE5",
        "source": "x",
    }
    own = package(population_estimates=[{**row, "minimum": "5500", "maximum": "6500"}]).table("population_estimates")
    both = beside(own)
    assert both.filter(pl.col("scientificName").is_in(["Grus vipio", "Antigone vipio"]))["edition"].to_list() == [
        "WPE5"
    ]
    assert both.height == shipped().height - 2 + 1
