"""What stands in a dossier, what is missing, and what is not there because its owner keeps it."""

import hashlib
import json
from dataclasses import fields
from datetime import date
from functools import cache

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.report.invented_estuary import CRANE, SWAN, frame, inputs, released, road, step, texts

from tumen.errors import ColumnError, MisuseError
from tumen.report import dossier as report
from tumen.waterbirds.dossier import Inputs, canonical, content_of, dossier
from tumen.waterbirds.dossier.fields import FIELDS, RIS, SIS
from tumen.waterbirds.dossier.species import species_of


def value(made, name: str, place: str = "east/manpho") -> list[tuple[str, str | None, str | None]]:
    rows = made.tables["values"].filter(name=name, place=place)
    return rows.select("value", "unit", "table").rows()


def state(made, name: str, place: str = "east/manpho") -> str:
    return made.tables["states"].filter(name=name, place=place)["state"].item()


def test_the_fields_are_those_of_the_sheets(shared_data):
    published = pl.read_csv(shared_data / "H1_birds_sites_network_facts" / "ris_2012_fields.csv", infer_schema=False)
    assert [field.number for field in RIS] == published["field_no"].to_list()
    assert [field.part for field in RIS] == [part.split(" ")[0] for part in published["part"]]
    assert [field.number for field in SIS] == [*map(str, range(1, 15)), "30"]
    assert [field.number for field in SIS if field.basis == "notVerified"] == [*map(str, range(5, 15)), "30"]


def test_areas_of_all_sources_stand_side_by_side():
    made = dossier("east/manpho", "RIS", inputs(), own="east")
    assert value(made, "area") == [
        ("3200", "ha", "sites"),
        ("32", "km2", "areas"),
        ("8603", "ha", "areas.geometry"),
        ("3,200", "ha", "statements"),
        ("3,500-odd", "ha", "statements"),
    ]
    assert made.tables["conflicts"].filter(subject="east/manpho")["apart"].unique().to_list() == [300.0]


def test_fields_are_filled_from_data_with_their_source():
    made = dossier("east/manpho", "RIS", inputs(), own="east")
    assert value(made, "coordinates") == [("42.36 130.58", None, "sites")]
    assert value(made, "newOrUpdate") == [("update", None, "sites")]
    assert value(made, "period") == [("2018-04-10/2023-04-10", None, "counts")]
    assert value(made, "managementAuthority") == [("City Environmental Protection", None, "areas")]
    animals = made.tables["values"].filter(name="animals").select("kind", "value", "number", "detail").rows()
    assert animals == [
        ("species", SWAN, 180.0, "R6: met"),
        ("others", "1", 1.0, None),
        ("trend", SWAN, 1.083, "uncertain"),
    ]


def test_a_threatened_species_is_named_with_its_list():
    made = dossier("north/delta", "RIS", inputs(), own="north")
    rows = made.tables["species"].select("scientificName", "largest", "lists", "criteria", "noteworthy").rows()
    assert rows == [(CRANE, 80, "IUCN Red List: VU", "R6: undecided", True)]


def test_a_signed_text_stands_before_a_newer_draft_and_every_language_stays():
    made = dossier("east/manpho", "RIS", inputs(), own="east")
    rows = made.tables["values"].filter(name="summary").select("language", "value", "status").rows()
    assert rows == [("en", "A lagoon behind a bar.", "signed"), ("ru", "Лагуна за косой.", "signed")]
    assert (state(made, "summary"), state(made, "wetlandTypes"), state(made, "climate")) == ("filled", "draft", "gap")


def test_nobody_writes_a_field_for_a_site_that_is_not_his():
    made = dossier("east/manpho", "RIS", inputs(), own="east")
    assert (value(made, "threats"), state(made, "threats")) == ([], "gap")


def test_every_field_is_filled_or_a_gap_with_somebody_to_fill_it():
    for sheet in FIELDS:
        made = dossier("north/delta", sheet, inputs(), own="north")
        states = made.tables["states"]
        assert states["field"].to_list() == [field.number for field in FIELDS[sheet]]
        empty = set(states.filter(pl.col("state").is_in(["gap", "draft"]))["name"])
        assert empty <= set(made.tables["gaps"]["name"])
        assert (
            made.tables["gaps"]["who"]
            .is_in(["compiler", "siteManager", "administrativeAuthority", "dataManager"])
            .all()
        )
    assert state(dossier("north/delta", "RIS", inputs(), own="north"), "changes", "north/delta") == "notAsked"


def test_what_would_decide_an_open_criterion_is_said():
    made = dossier("north/delta", "RIS", inputs(), own="north")
    gap = made.tables["gaps"].filter(code="dossier-criterion-undecided")
    assert gap.select("who", "arguments").rows() == [
        ("dataManager", json.dumps({"criterion": "R6", "seasons": "1", "species": CRANE}))
    ]
    judged = dict(made.tables["criteria"].select("criterion", "verdict").rows())
    assert (judged["R6"], judged["R5"], judged["R1"]) == ("undecided", "notJudged", "needsStatement")
    assert state(made, "criteria", "north/delta") == "gap"
    assert "dossier-no-criterion" in made.tables["gaps"]["code"].to_list()
    assert state(dossier("east/manpho", "RIS", inputs(), own="east"), "criteria") == "filled"
    east = dossier("east/manpho", "RIS", inputs(), own="east").tables
    assert east["criteria"].filter(criterion="R1")["statement"].item() == "signed"
    missing = (
        east["gaps"]
        .filter(code="dossier-statement-missing")["arguments"]
        .str.json_decode(pl.Struct({"criterion": pl.String}))
    )
    assert [one["criterion"] for one in missing] == ["R2", "R3", "R4", "R7", "R8"]


def test_nothing_of_a_part_that_was_not_released_is_there():
    made = dossier("estuary", "RIS", inputs(road()))
    assert made.absent == ("CN",)
    printed = report.json(made).decode()
    for secret in ("west", "terraces", "5874", "9999", "60 km", "8000", "provisional"):
        assert secret not in printed, secret
    assert not made.whole and made.tables["seasons"].filter(place="estuary").is_empty()


def test_a_part_that_changed_after_its_release_is_gone_again():
    changed = inputs(
        road(),
        texts=texts([{"siteID": "north/delta", "field": "14", "text": "Cold.", "status": "signed", "party": "north"}]),
    )
    made = dossier("estuary", "RIS", changed)
    assert made.absent == ("CN", "KP", "RU")
    assert "Northern delta" not in report.json(made).decode()


def test_with_every_part_released_the_whole_is_judged():
    made = dossier("estuary", "RIS", inputs(released("KP", "RU", "CN")))
    assert (made.absent, made.whole) == ((), True)
    whole = made.tables["criteria"].filter(place="estuary", criterion="R5")
    assert whole.select("country", "verdict", "seasons").rows() == [("", "provisional", 3)]


def test_own_parts_are_there_before_their_release_and_no_others():
    made = dossier("estuary", "RIS", inputs(), own="north")
    assert [(part.country, part.released) for part in made.parts] == [("RU", False)]
    assert made.absent == ("CN", "KP")


def test_statements_of_a_silent_party_or_of_a_silent_site_are_left_out():
    made = dossier("estuary", "RIS", inputs(road()))
    assert made.tables["statements"]["party"].unique().sort().to_list() == ["east", "north"]
    assert "Western terraces" not in made.tables["statements"]["subject"].to_list()


def test_the_digest_is_that_of_the_content_in_the_json():
    made = dossier("estuary", "RIS", inputs(road()))
    for part, own in zip(json.loads(report.json(made))["parts"], made.parts, strict=True):
        assert hashlib.sha256(canonical(part["content"])).hexdigest() == part["digest"] == own.digest
        assert part["content"] == json.loads(canonical(content_of(made, own)))


@cache
def in_order() -> tuple[Inputs, bytes]:
    plain = inputs(road())
    return plain, report.json(dossier("estuary", "RIS", plain))


@settings(max_examples=4, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(random):
    plain, expected = in_order()
    mixed = {}
    for one in fields(plain):
        rows = getattr(plain, one.name)
        if isinstance(rows, pl.DataFrame):
            order = list(range(rows.height))
            random.shuffle(order)
            mixed[one.name] = rows[order]
    again = dossier("estuary", "RIS", Inputs(**mixed, asOf=plain.asOf))
    assert report.json(again) == expected


def test_an_unknown_place_or_sheet_is_misuse():
    with pytest.raises(MisuseError, match="Did you mean 'estuary'"):
        dossier("estury", "RIS", inputs())
    with pytest.raises(MisuseError, match="RIS or SIS"):
        dossier("estuary", "SDF", inputs())
    with pytest.raises(ColumnError, match="'sites'"):
        Inputs(sites=pl.DataFrame({"place": ["a"]}))


def test_a_step_of_a_country_without_a_part_is_said():
    stray = step("KP", "surveyed", countryCode="JP")
    made = dossier("estuary", "RIS", inputs([stray]), own="east")
    assert "dossier-step-unknown-part" in made.tables["findings"]["code"].to_list()


def test_one_country_alone_has_nothing_to_notify_jointly():
    east = frame("sites", [{"place": "a/1", "party": "a", "siteName": "A", "countryCode": "KP", "countGroup": "g"}])
    made = dossier("g", "RIS", Inputs(sites=east), own="a")
    assert "jointNotification" not in made.tables["steps"]["step"].to_list()


def test_lists_are_read_as_the_verdicts_read_them():
    """By accepted names; a row without a day stands only where no dated one does."""
    day = date(2024, 1, 10)
    seasons = pl.DataFrame(
        {"place": "a", "measure": ["Antigone vipio", "Grus monacha"], "low": 5, "date": day, "season": "winter"}
    ).with_columns(year=2024)
    verdicts = pl.DataFrame(
        schema={name: pl.String for name in ("place", "measure", "criterion", "verdict")} | {"counts": pl.Boolean}
    )
    status = pl.DataFrame(
        [
            ("Grus vipio", "Red List", None, "VU", date(2018, 1, 1)),
            ("Antigone vipio", "Red List", None, "LC", None),
            ("Grus monacha", "Red List", None, "VU", None),
            ("Grus monacha", "Red List", None, "LC", date(2020, 1, 1)),
        ],
        schema=["scientificName", "list", "countryCode", "category", "assessedOn"],
        schema_overrides={"countryCode": pl.String},
        orient="row",
    )
    found = species_of(("a",), "RU", seasons, verdicts, status).select("scientificName", "lists").rows()
    assert dict(found) == {"Antigone vipio": "Red List: VU", "Grus monacha": ""}
