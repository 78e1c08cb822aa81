"""How far each part is: who may say so, what shows it, and whose turn it is."""

from datetime import date

import polars as pl
from tests.builders import codes
from tests.report.invented_estuary import digest, frame, inputs, released, road, step

from tumen.waterbirds.dossier import Dossier, dossier


def made(steps, own="east", sheet="RIS", **changed) -> Dossier:
    return dossier("estuary", sheet, inputs(steps, **changed), own=own)


def steps_of(one: Dossier, country: str) -> dict[str, tuple[str, bool, str]]:
    rows = one.tables["steps"].filter(country=country)
    return {
        name: (state, holds, code) for name, state, holds, code in rows.select("step", "state", "holds", "code").rows()
    }


def turns(one: Dossier) -> list[tuple[str, str, str]]:
    return one.tables["steps"].filter("turn").select("country", "step", "who").rows()


def test_without_a_word_the_first_step_is_the_surveyors():
    one = made([])
    assert turns(one) == [("KP", "surveyed", "dataManager")]
    assert set(steps_of(one, "KP").values()) == {("notStated", False, "")}


def test_a_signature_holds_for_the_text_it_was_given_to():
    signed = [step("KP", "signed", digest=digest("KP"))]
    assert steps_of(made(signed), "KP")["signed"] == ("done", True, "")
    no_area = made(signed, areas=pl.DataFrame())
    assert steps_of(no_area, "KP")["signed"] == ("done", False, "dossier-step-changed")
    assert codes(no_area.tables["findings"]).count("dossier-step-changed") == 1
    assert steps_of(made([step("KP", "signed")]), "KP")["signed"] == ("done", False, "dossier-step-digest-missing")


def test_a_statement_of_others_breaks_no_signature():
    signed = [step("KP", "signed", digest=digest("KP"))]
    foreign = frame(
        "statements",
        [{"party": "north", "subject": "Lake Manpho", "attribute": "area", "value": "9", "unit": "ha", "source": "N"}],
    )
    own = inputs().statements
    assert steps_of(made(signed, statements=pl.concat([own, foreign])), "KP")["signed"][1]


def test_a_designation_needs_its_document():
    assert steps_of(made([step("KP", "designated")]), "KP")["designated"] == ("done", False, "dossier-step-evidence")
    shown = made([step("KP", "designated", document="List 2018")])
    assert steps_of(shown, "KP")["designated"] == ("done", True, "")
    assert turns(shown) == [("KP", "signed", "administrativeAuthority")]


def test_nobody_signs_or_releases_what_is_not_his():
    forged = [step("KP", name, digest=digest("KP"), party="west") for name in ("signed", "released")]
    one = made(forged, own=None)
    assert one.parts == () and one.absent == ("CN", "KP", "RU")
    own = made(forged)
    assert steps_of(own, "KP")["released"] == ("notStated", False, "")
    assert codes(own.tables["findings"]).count("dossier-step-foreign") == 2
    # Who forged it has released nothing either, and is not named.
    assert "west" not in own.tables["findings"].write_json()


def test_a_ministry_states_the_steps_of_its_country_and_signs_nothing():
    given = [step("RU", "approved", party="ministry"), step("RU", "signed", party="ministry", digest=digest("RU"))]
    found = steps_of(made(given, own="north"), "RU")
    assert found["approved"][1] and found["signed"] == ("notStated", False, "")


def test_the_last_word_counts_and_on_one_day_the_cautious_one():
    later = [step("KP", "approved"), step("KP", "approved", "refused", statedOn=date(2023, 9, 1))]
    assert steps_of(made(later), "KP")["approved"] == ("refused", False, "dossier-step-refused")
    same = [step("KP", "approved", "underWay"), step("KP", "approved")]
    assert steps_of(made(same), "KP")["approved"] == ("underWay", False, "")


def test_after_the_day_of_the_dossier_nothing_was_said():
    assert steps_of(made([step("KP", "approved", statedOn=date(2025, 1, 1))]), "KP")["approved"][0] == "notStated"


def test_the_joint_notification_waits_for_every_designation():
    designated = [step(country, "designated", document="List") for country in ("KP", "RU", "CN")]
    two = made([*designated, *released("KP", "RU")], own=None)
    assert turns(two) == [] and two.absent == ("CN",)
    three = made([*designated, *released("KP", "RU", "CN")], own=None)
    assert [row[:2] for row in turns(three)] == [(code, "jointNotification") for code in ("CN", "KP", "RU")]
    letters = [step(country, "jointNotification", document="Note verbale") for country in ("KP", "RU", "CN")]
    whole = made([*designated, *released("KP", "RU", "CN"), *letters], own=None)
    assert turns(whole) == []
    assert whole.tables["steps"].filter(step="jointNotification")["holds"].to_list() == [True] * 3


def test_the_review_of_the_flyway_takes_14_days():
    chain = [step("KP", name) for name in ("surveyed", "assessed", "consulted", "approved")]
    letter = step("KP", "governmentLetter", document="Letter 1", statedOn=date(2023, 9, 1))
    early = step("KP", "technicalReview", statedOn=date(2023, 9, 10))
    signed = [step("KP", name, digest=digest("KP", sheet="SIS")) for name in ("signed", "released")]
    waiting = made([*chain, *signed, letter], sheet="SIS")
    assert turns(waiting) == [("KP", "technicalReview", "secretariat")]
    assert waiting.tables["steps"].filter(step="technicalReview")["due"].to_list() == [date(2023, 9, 15)]
    short = made([*chain, *signed, letter, early], sheet="SIS")
    assert steps_of(short, "KP")["technicalReview"] == ("done", True, "dossier-review-short")
    assert "jointNotification" not in steps_of(short, "KP")


def test_the_invented_road():
    one = made(road(), own=None)
    assert turns(one) == [("RU", "approved", "administrativeAuthority")]
    assert codes(one.tables["findings"]) == ["dossier-conflict-area", "dossier-conflict-date", "dossier-group-withheld"]


def test_a_signature_of_the_site_holds_for_the_part_and_of_the_part_for_the_site():
    alone = dossier("east/manpho", "RIS", inputs(), own="east").parts[0].digest
    assert alone == digest("KP")
    at_site = [step("KP", "signed", siteID="east/manpho", digest=alone)]
    assert steps_of(made(at_site), "KP")["signed"][1]
    of_group = dossier("east/manpho", "RIS", inputs([step("KP", "signed", digest=alone)]), own="east")
    assert steps_of(of_group, "KP")["signed"][1]


def test_signing_the_other_sheet_takes_nothing_back_and_a_withdrawal_does():
    ris = step("KP", "released", digest=digest("KP"))
    sis = step("KP", "released", digest=digest("KP", "SIS"), statedOn=date(2023, 8, 1))
    for sheet in ("RIS", "SIS"):
        assert steps_of(made([ris, sis], sheet=sheet), "KP")["released"] == ("done", True, "")
    withdrawn = step("KP", "released", "refused", statedOn=date(2023, 9, 1))
    assert made([ris, sis, withdrawn], own=None).absent == ("CN", "KP", "RU")


def test_a_part_of_two_sites_needs_the_word_of_both_owners():
    more = {"place": "second/pond", "party": "second", "siteName": "Pond", "countryCode": "KP", "countGroup": "estuary"}
    sites = pl.concat([inputs().sites, frame("sites", [more])])
    found = made([], sites=sites).parts[0]
    assert (found.country, found.parties) == ("KP", ("east", "second"))
    mine = step("KP", "released", digest=found.digest)
    assert made([mine], own=None, sites=sites).absent == ("CN", "KP", "RU")
    theirs = step("KP", "released", digest=found.digest, party="second")
    assert made([mine, theirs], own=None, sites=sites).absent == ("CN", "RU")
