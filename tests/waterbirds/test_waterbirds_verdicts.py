"""Every criterion, on places that read like sentences."""

import datetime as dt

import polars as pl
import pytest

from tumen.tables.catalogue import CATALOGUE
from tumen.tables.protocol import TABLES
from tumen.waterbirds.levels import CRITERIA, REASONS, Levels
from tumen.waterbirds.recorded import beside
from tumen.waterbirds.telling import telling
from tumen.waterbirds.verdict_findings import asked_for, findings
from tumen.waterbirds.verdicts import Evidence, season_rows, verdicts

SEASON = {"place": "lake", "kind": "site", "measure": "waterbirds", "season": "winter", "visits": "v", "reason": ""}
ASSIGNED = {
    "place": pl.String,
    "season": pl.String,
    "scientificName": pl.String,
    "populationID": pl.String,
    "edition": pl.String,
    "onePercent": pl.Int64,
    "quarter": pl.Int64,
    "basis": pl.String,
    "inForce": pl.Boolean,
    "reason": pl.String,
}


def seen(*birds, **cells):
    """Seasons counted in full, one a year from 2020; a pair is a lower and an upper bound."""
    bounds = [one if isinstance(one, tuple) else (one, one) for one in birds]
    rows = [
        {**SEASON, "year": 2020 + at, "low": low, "high": high, "state": "complete", **cells}
        for at, (low, high) in enumerate(bounds)
    ]
    return pl.DataFrame(rows, schema_overrides={"low": pl.Int64, "high": pl.Int64, "year": pl.Int64})


def threshold(species, percent, edition="new", **cells):
    row = {
        "place": "lake",
        "scientificName": species,
        "populationID": f"{species}, all",
        "edition": edition,
        "onePercent": percent,
        "quarter": None if percent is None else -(-percent // 4),
        "basis": "published",
        "inForce": edition == "new",
        "reason": "",
    }
    return row | cells


def judged(*seasons, assigned=(), **evidence):
    given = pl.DataFrame(list(assigned), schema=ASSIGNED)
    return verdicts(Evidence(seasons=pl.concat(seasons, how="diagonal"), assigned=given, **evidence))


def of(found, criterion, place="lake"):
    return found.summary.row(by_predicate=(pl.col("criterion") == criterion) & (pl.col("place") == place), named=True)


def table(name, *rows):
    return pl.concat([TABLES[name].empty(), pl.DataFrame(list(rows))], how="diagonal_relaxed")


def listing(species, category, since, **cells):
    return {"scientificName": species, "list": "red", "category": category, "assessedOn": since, "source": "s"} | cells


def test_every_place_has_a_row_for_every_criterion():
    found = judged(seen(1), seen(2, place="pond"))
    assert found.summary["criterion"].to_list() == [*CRITERIA, *CRITERIA]
    assert found.summary["place"].unique().sort().to_list() == ["lake", "pond"]


def test_twenty_thousand_waterbirds_regularly():
    met = of(judged(seen(25_000, 18_000, 22_000)), "R5")
    assert (met["verdict"], met["way"], met["season"], met["seasons"]) == ("met", "twoThirds", "winter", 3)
    rason = of(judged(seen(40_000, 50_000)), "R5")
    assert (rason["verdict"], rason["reason"], rason["toMeet"]) == ("undecided", "tooFewSeasons", 1)
    assert of(judged(seen(1, 2, 3)), "R5")["verdict"] == "notMet"


def test_winters_and_springs_are_never_judged_together():
    row = of(judged(seen(25_000, 25_000), seen(25_000, season="spring")), "R5")
    assert (row["verdict"], row["season"], row["seasons"]) == ("undecided", "spring|winter", 2)


def test_two_national_counts_of_different_days_leave_the_verdict_open():
    # V5: 3,000 and 2,500 birds three days apart are between 3,000 and 5,500.
    crane = "Antigone vipio"
    found = judged(seen(*[(3_000, 5_500)] * 3, measure=crane), assigned=[threshold(crane, 4_000)])
    assert (of(found, "R6")["verdict"], of(found, "R6")["reason"]) == ("undecided", "openBounds")
    together = judged(seen(*[(5_500, 5_500)] * 3, measure=crane), assigned=[threshold(crane, 4_000)])
    assert of(together, "R6")["verdict"] == "met"


def test_a_hundred_gulls_qualify_under_one_edition_and_not_under_the_other():
    gull = "Saundersilarus saundersi"
    editions = [threshold(gull, 85, "old"), threshold(gull, 140)]
    found = judged(seen(100, 100, 100, measure=gull), assigned=editions)
    rows = found.rows.filter(criterion="R6").sort("edition")
    assert rows.select("edition", "verdict", "flips", "counts").rows() == [
        ("new", "notMet", True, True),
        ("old", "met", True, False),
    ]
    assert (of(found, "R6")["verdict"], of(found, "R6")["edition"]) == ("notMet", "new")
    many = judged(seen(500, 500, 500, measure=gull), assigned=editions)
    assert (of(many, "R6")["verdict"], of(many, "R6")["flips"]) == ("met", False)


def test_without_an_edition_in_force_the_editions_must_agree():
    gull = "Saundersilarus saundersi"
    editions = [threshold(gull, 85, "a", inForce=False), threshold(gull, 140, "b", inForce=False)]
    torn = of(judged(seen(100, 100, 100, measure=gull), assigned=editions), "R6")
    assert (torn["verdict"], torn["reason"], torn["way"]) == ("undecided", "editionsDisagree", "")
    assert torn["edition"] == "a|b"
    agreed = of(judged(seen(500, 500, 500, measure=gull), assigned=editions), "R6")
    assert (agreed["verdict"], agreed["edition"]) == ("met", "a|b")


@pytest.mark.parametrize(
    ("species", "birds", "percent", "quarter"),
    [("Numenius madagascariensis", 157, 320, 80), ("Sibirionetta formosa", 3_500, 7_100, 1_768)],
)
def test_yeonsu_and_hwaseong_reach_the_quarter_and_not_the_whole(species, birds, percent, quarter):
    given = [threshold(species, percent, quarter=quarter)]
    found = judged(seen(birds, birds, birds, measure=species, season="autumn"), assigned=given)
    assert of(found, "R6")["verdict"] == "notMet"
    assert (of(found, "FB1")["verdict"], of(found, "FB1")["species"]) == ("met", 1)
    one = judged(seen(birds, measure=species, season="autumn"), assigned=given)
    assert (of(one, "FB1")["verdict"], of(one, "FB1")["toMeet"]) == ("undecided", 2)
    in_winter = judged(seen(birds, birds, birds, measure=species), assigned=given)
    assert (of(in_winter, "FB1")["verdict"], of(in_winter, "FB1")["reason"]) == ("undecided", "noData")


def test_five_thousand_on_passage_can_be_set_to_another_number():
    spring = seen(6_000, 6_000, 6_000, season="spring")
    assert of(judged(spring), "FB2")["verdict"] == "met"
    nothing = pl.DataFrame(schema=ASSIGNED)
    strict = Levels(flyway=7_000, flyway_basis="stated")
    found = verdicts(Evidence(seasons=spring, assigned=nothing), strict)
    assert of(found, "FB2")["verdict"] == "notMet"
    assert found.rows.filter(criterion="FB2")["basis"].to_list() == ["stated"]
    assert Levels().bases()["flyway"] == Levels().bases()["regularly"] == "recalled"


def test_a_missing_or_recalled_threshold_never_says_not_met():
    birds = seen(1, 1, 1, measure="Anser cygnoides")
    cases = {
        "thresholdMissing": [threshold("Anser cygnoides", None)],
        "thresholdRecalled": [threshold("Anser cygnoides", 740, basis="recalled")],
    }
    for reason, given in cases.items():
        row = judged(birds, assigned=given).rows.filter(criterion="R6").row(0, named=True)
        assert (row["verdict"], row["reason"], row["threshold"]) == ("undecided", reason, None)
    unknown = judged(birds).rows.filter(criterion="R6").row(0, named=True)
    assert (unknown["verdict"], unknown["reason"]) == ("undecided", "thresholdMissing")
    unusable = [threshold("Anser cygnoides", 740, reason="threshold-size-unknown")]
    row = judged(birds, assigned=unusable).rows.filter(criterion="R6").row(0, named=True)
    assert (row["reason"], row["thresholdReason"]) == ("thresholdMissing", "threshold-size-unknown")


def test_thresholds_of_another_place_or_season_do_not_count():
    birds = seen(200, 200, 200, measure="Grus monacha")
    there = [threshold("Grus monacha", 190, place="pond"), threshold("Grus monacha", 190, season="spring")]
    assert of(judged(birds, assigned=there), "R6")["reason"] == "thresholdMissing"
    here = [threshold("Grus monacha", 190, season="winter")]
    assert of(judged(birds, assigned=here), "R6")["verdict"] == "met"


def test_other_animals_are_judged_under_the_ninth_criterion_alone():
    otter = "Lutra lutra"
    given = [threshold(otter, 10)]
    found = judged(seen(12, 12, 12, measure=otter), assigned=given, animals=[otter])
    assert (of(found, "R9")["verdict"], of(found, "R6")["reason"]) == ("met", "noData")


def test_a_threatened_species_that_was_recorded_meets_the_list_part():
    crane = "Antigone vipio"
    status = table(
        "species_status", listing(crane, "LC", dt.date(2000, 1, 1)), listing(crane, "VU", dt.date(2018, 8, 7))
    )
    birds = seen(0, 1, 3, measure=crane)
    found = judged(birds, status=status, assessed=dt.date(2024, 1, 1))
    row = found.rows.filter(criterion="R2").row(0, named=True)
    assert (row["verdict"], row["way"], row["measure"], row["seasons"]) == ("met", "list", crane, 2)
    assert found.listed.select("category", "assessedOn", "largest").row(0) == ("VU", dt.date(2018, 8, 7), 3)
    assert (of(found, "FA")["verdict"], of(found, "FA")["reason"]) == ("met", "byR2")
    before = judged(birds, status=status, assessed=dt.date(2010, 1, 1))
    assert (of(before, "R2")["verdict"], of(before, "R2")["reason"]) == ("needsStatement", "noListedSpecies")


def test_a_list_that_lacks_a_species_or_holds_elsewhere_decides_nothing():
    crane = "Antigone vipio"
    birds = seen(5, measure=crane)
    assert of(judged(birds), "R2")["reason"] == "listMissing"
    chinese = table("species_status", listing(crane, "EN", dt.date(2020, 1, 1), countryCode="CN"))
    for country, verdict in (("CN", "met"), ("RU|CN", "met"), ("RU", "needsStatement"), (None, "needsStatement")):
        places = pl.DataFrame({"place": ["lake"], "kind": ["site"], "countryCode": [country]})
        assert of(judged(birds, status=chinese, places=places), "R2")["verdict"] == verdict


def test_statements_are_shown_with_their_author_and_not_judged():
    def said(field, status, day):
        own = {"field": field, "status": status, "author": f"{status} A.", "writtenOn": dt.date(2024, 1, day)}
        return {"siteID": "lake", "sheet": "RIS", "language": "en", "text": "t"} | own

    texts = table("sheet_texts", said("C1", "signed", 1), said("C1", "draft", 5), said("C3", "draft", 2))
    found = judged(seen(1), texts=texts)
    one, three, four = of(found, "R1"), of(found, "R3"), of(found, "R4")
    assert (one["verdict"], one["way"], one["reason"]) == ("needsStatement", "statement", "statementSigned")
    assert (one["statedBy"], one["statedOn"]) == ("signed A.", dt.date(2024, 1, 1))
    assert (three["way"], three["reason"], four["reason"]) == ("", "statementDraft", "statementMissing")


def test_criterion_a_of_the_flyway_takes_the_best_of_three():
    few = seen(25_000, 19_000, 19_500, 24_000)
    assert of(judged(few), "FA")["verdict"] == of(judged(few), "R5")["verdict"] == "provisional"
    poor = table("species_status", listing("Anas acuta", "LC", dt.date(2000, 1, 1)))
    given = [threshold("Anas acuta", 100)]
    birds = [seen(1, 1, 1), seen(1, 1, 1, measure="Anas acuta")]
    assert of(judged(*birds, assigned=given, status=poor), "FA")["verdict"] == "needsStatement"


def test_the_best_species_and_season_stand_for_a_place_and_are_counted():
    given = [threshold(name, 100) for name in ("A a", "B b", "C c")]
    birds = [seen(100, 100, 100, measure="A a"), seen(100, 90, 100, measure="B b"), seen(9, 9, 9, measure="C c")]
    row = of(judged(*birds, assigned=given), "R6")
    assert (row["verdict"], row["species"], row["measures"], row["edition"]) == ("met", 2, "A a|B b", "new")


def test_the_seasons_behind_a_verdict_are_listed_with_their_standing():
    seasons = seen(25_000, 18_000, (18_000, 22_000))
    found = judged(seasons)
    rows = season_rows(found.rows.filter(criterion="R5"), seasons)
    assert rows.select("year", "low", "standing").rows() == [
        (2020, 25_000, "reached"),
        (2021, 18_000, "below"),
        (2022, 18_000, "open"),
    ]


def codes(frame):
    return frame.select("code", "value").rows()


def test_findings_say_what_keeps_verdicts_undecided():
    given = [threshold("Anser cygnoides", None), threshold("Grus monacha", 190, basis="recalled")]
    birds = [seen(5, measure=name) for name in ("Anser cygnoides", "Grus monacha", "Anas acuta")]
    places = pl.DataFrame({"place": ["lake", "pond"], "kind": "site"})
    evidence = Evidence(seasons=pl.concat(birds), assigned=pl.DataFrame(given, schema=ASSIGNED), places=places)
    assert codes(findings(evidence, verdicts(evidence))) == [
        ("verdict-population-recalled", "Grus monacha"),
        ("verdict-population-without-threshold", "Anser cygnoides"),
        ("verdict-place-empty", "pond"),
        ("verdict-animals-not-counted", ""),
        ("verdict-species-without-threshold", "1"),
        ("verdict-species-without-status", "3"),
    ]


def test_nothing_is_found_where_everything_is_known():
    status = table("species_status", listing("Anas acuta", "LC", dt.date(2000, 1, 1)))
    evidence = Evidence(
        seasons=pl.concat([seen(5, 5, 5), seen(5, 5, 5, measure="Anas acuta")]),
        assigned=pl.DataFrame([threshold("Anas acuta", 9)], schema=ASSIGNED),
        status=status,
        animals=["Lutra lutra"],
    )
    assert codes(findings(evidence, verdicts(evidence))) == []
    estimates = table("population_estimates", {"edition": "WPE5"})
    assert codes(asked_for(evidence, ["winter"], ["WPE5"], estimates)) == []


def test_what_a_study_asks_for_and_nobody_has_is_found():
    evidence = Evidence(seasons=seen(5), assigned=pl.DataFrame(schema=ASSIGNED))
    found = asked_for(evidence, ["winter", "spring"], ["WPE6"], table("population_estimates", {"edition": "WPE5"}))
    assert codes(found) == [("verdict-edition-unknown", "WPE6"), ("verdict-season-empty", "spring")]
    assert '"known": "WPE5"' in found["arguments"][0]


def test_every_reason_has_words():
    assert set(REASONS.values()) <= set(CATALOGUE)


SMEW, GOOSE = "Mergellus albellus", "Anser albifrons"


@pytest.mark.parametrize(
    ("said", "most", "verdict", "reason"),
    [
        ("threshold-maximum-only", 9, "undecided", "thresholdAtMost"),
        ("threshold-maximum-only", 10, "met", ""),
        ("threshold-maximum-only", 0, "notMet", "belowEveryThreshold"),
        ("threshold-minimum-only|threshold-capped", 10, "met", "thresholdAtLeast"),
        ("threshold-minimum-only", 9, "notMet", ""),
        ("", 9, "notMet", ""),
        ("", 10, "met", ""),
    ],
)
def test_a_threshold_that_is_only_a_bound_decides_in_one_direction(said, most, verdict, reason):
    given = pl.DataFrame([threshold(SMEW, 10)]).with_columns(said=pl.lit(said))
    found = verdicts(Evidence(seasons=seen(*[most] * 5, measure=SMEW), assigned=given))
    row = found.rows.row(by_predicate=pl.col("criterion") == "R6", named=True)
    assert (row["verdict"], row["reason"]) == (verdict, reason)
    if reason == "thresholdAtMost":
        assert row["toFail"] is None and row["toMeet"] == 10


def status(*rows):
    schema = TABLES["species_status"].empty().schema
    made = [{"list": "IUCN", "category": "VU", "source": "x", **row} for row in rows]
    return pl.DataFrame([{**dict.fromkeys(schema), **row} for row in made], schema=schema)


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        ([{"scientificName": "Grus vipio", "assessedOn": dt.date(2018, 1, 1)}], "met"),
        ([{"scientificName": "Antigone vipio"}], "met"),
        (
            [
                {"scientificName": "Antigone vipio"},
                {"scientificName": "Grus vipio", "category": "LC", "assessedOn": dt.date(2018, 1, 1)},
            ],
            "needsStatement",
        ),
        ([{"scientificName": "Antigone vipio", "assessedOn": dt.date(2022, 1, 1)}], "undecided"),
        (
            [
                {"scientificName": "Antigone vipio"},
                {"scientificName": "Antigone vipio", "category": "native", "assessedOn": dt.date(2019, 1, 1)},
            ],
            "met",
        ),
    ],
)
def test_lists_are_read_by_accepted_names_and_undated_rows_stand_where_no_dated_one_does(rows, verdict):
    found = judged(seen(5, measure="Antigone vipio"), status=status(*rows), assessed=dt.date(2021, 1, 1))
    assert of(found, "R2")["verdict"] == verdict


def test_a_subspecies_is_in_the_list_that_has_its_species():
    sub, whole = (seen(5, measure=name) for name in ("Haematopus ostralegus osculans", "Haematopus ostralegus"))
    listed = status({"scientificName": "Haematopus ostralegus", "category": "NT"})
    evidence = Evidence(seasons=pl.concat([sub, whole]), assigned=pl.DataFrame([], schema=ASSIGNED), status=listed)
    found = verdicts(evidence)
    assert of(found, "R2")["verdict"] == "needsStatement"
    assert "verdict-species-without-status" not in findings(evidence, found)["code"].to_list()


def test_nobody_asks_for_one_percent_of_sparrows_and_of_introduced_swans():
    seasons = [seen(*[n] * 5, measure=name) for name, n in ((GOOSE, 3), ("Passer montanus", 40), ("Cygnus olor", 900))]
    given = pl.DataFrame([threshold(GOOSE, 10), threshold("Cygnus olor", 100)], schema=ASSIGNED)
    aside = pl.DataFrame({"place": "lake", "measure": ["Passer montanus", "Cygnus olor"]})
    both = {"seasons": pl.concat(seasons), "assigned": given}
    assert of(verdicts(Evidence(**both)), "R6")["verdict"] == "met"
    evidence = Evidence(**both, beside=aside)
    found = verdicts(evidence)
    assert (of(found, "R6")["verdict"], of(found, "R6")["measures"]) == ("notMet", GOOSE)
    said = findings(evidence, found).filter(code="verdict-species-beside")
    assert said["value"].to_list() == ["2"] and "Cygnus olor, Passer montanus" in said["arguments"].item()
    elsewhere = aside.with_columns(place=pl.lit("bay"))
    assert of(verdicts(Evidence(**both, beside=elsewhere)), "R6")["verdict"] == "met"


def test_what_is_no_waterbird_of_a_place():
    counts = pl.DataFrame(
        [("Passer montanus", None), ("Cygnus olor", "swans"), ("Pandion haliaetus", "otherWaterbirds")],
        schema={"scientificName": pl.String, "taxonGroup": pl.String},
        orient="row",
    )
    places = pl.DataFrame({"place": ["lake", "bay", "mouth"], "countryCode": ["RU", None, "CN|RU"]})
    found = beside(places, counts, {"RU": {"Cygnus olor"}}).group_by("place").agg(pl.col("measure").sort())
    assert dict(found.iter_rows()) == {
        "lake": ["Cygnus olor", "Passer montanus"],
        "bay": ["Passer montanus"],
        "mouth": ["Passer montanus"],
    }


def test_a_subspecies_is_no_further_species():
    names = ("Haematopus ostralegus", "Haematopus ostralegus osculans", "Limosa lapponica menzbieri")
    found = judged(*(seen(*[20] * 5, measure=name) for name in names), assigned=[threshold(name, 10) for name in names])
    row = of(found, "R6")
    assert (row["species"], row["measures"]) == (2, "Haematopus ostralegus|Limosa lapponica menzbieri")
    shown = telling(found.rows)["measure"].to_list()
    assert sorted(shown) == ["Haematopus ostralegus", "Limosa lapponica menzbieri"]
    fewer = judged(
        seen(*[20] * 5, measure=names[0]), seen(*[15] * 5, measure=names[1]), assigned=[threshold(n, 10) for n in names]
    )
    assert sorted(telling(fewer.rows)["measure"]) == list(names[:2])
