"""Decisions become events and identifications, once; what comes from outside is judged before it is used."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import polars as pl
import pytest
from tests.builders import codes
from tests.tasks.reviewed import L1_22, L2_31, O9_22, O9_L1, QUEUE, S1_22, decision, make, saved

from tumen.errors import FormatError, StudyError
from tumen.individuals.place_time import PAIR
from tumen.tables.detections import detections
from tumen.tasks.identify_apply import apply
from tumen.tasks.identify_decisions import LARGEST
from tumen.tasks.identify_results import PAGES, SHOWN, pairs_of, write_result
from tumen.tasks.packages import read_package
from tumen.tasks.pool import registered
from tumen.tasks.register_file import read_events
from tumen.tasks.study import read_study
from tumen.tasks.written import as_text

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PAGE, JUDGE = "0" * 63 + "1", "0" * 63 + "2"


def shown(folder, digest, *, observer="O. Kim", role="observer", method="photo"):
    """Write what a page showed, as making one does."""
    table = pairs_of(QUEUE).with_columns(
        page=pl.lit(digest),
        observer=pl.lit(observer),
        role=pl.lit(role),
        blind=pl.lit(role == "observer"),
        method=pl.lit(method),
        score=pl.lit(31.5),
        probability=pl.lit(0.1 + 0.2),
    )
    write_result(folder / PAGES / f"{digest}.csv", as_text(table.select(*SHOWN)))


@pytest.fixture
def made(tmp_path):
    study, folder = make(tmp_path)
    shown(folder, PAGE)
    shown(folder, JUDGE, observer="J. Lee", role="adjudicator")
    return study, folder


def take(made, *decisions, page=PAGE, now=NOW, **head):
    study, folder = made
    file = folder / f"decisions-{threading.get_ident()}.json"
    return apply(study, folder, saved(file, page, *decisions, **head), now=now)


def judge(made, *decisions, **head):
    return take(made, *decisions, page=JUDGE, observer="J. Lee", role="adjudicator", blind=False, **head)


def events(answer):
    return answer.tables["events"].select("kind", "individualID", "otherIndividualID", "role", "blind").rows()


def counts(answer):
    return dict(answer.notes[0].arguments)


def register(study):
    packages = tuple(map(read_package, study.packages))
    return registered(study, packages, pl.concat([detections(each) for each in packages]))


def crosswalk(study):
    return dict(register(study).walk.table.select("individualID", "jointID").rows())


def test_verdicts_on_named_animals_become_events(made):
    answer = take(made, decision(L1_22), decision(L2_31, "different", flank=None, note=""))
    assert events(answer) == [
        ("agree", "L1", "22", "observer", "true"),
        ("disagree", "L2", "31", "observer", "true"),
    ]
    first, second = answer.tables["events"].rows(named=True)
    assert (first["observer"], first["method"], first["flank"]) == ("O. Kim", "photo", "left")
    assert first["evidence"] == f"review page {PAGE[:12]}: scar on the shoulder"
    assert (second["evidence"], second["flank"]) == (f"review page {PAGE[:12]}", None)
    assert (first["decidedAt"], first["certainty"]) == ("2015-04-02T10:00:00Z", "certain")
    assert first["recordedAt"] == "2026-01-01T00:00:00Z"
    assert answer.findings.is_empty()
    assert counts(answer) == {"observer": "O. Kim", "decisions": 2, "events": 2, "identifications": 0}


def test_what_the_proposal_said_goes_with_every_judgement_into_the_register(made):
    study, folder = made
    assert crosswalk(study)["22"] == "south-institute/22"
    for number, observer in ((1, "O. Kim"), (3, "A. Petrova")):
        page = "0" * 63 + str(number)
        shown(folder, page, observer=observer)
        take(made, decision(L1_22), decision(L2_31, "different"), page=page, observer=observer)
    judge(made, decision(L1_22, decidedAt="2015-05-01T10:00:00Z"))
    table = read_events(study).table
    assert table["kind"].to_list() == ["agree", "disagree", "agree", "disagree", "link"]
    assert table["probability"].to_list() == [0.1 + 0.2] * 5
    assert table["score"].to_list() == [31.5] * 5
    walked = register(study).walk.standing.table
    assert walked.filter(pl.col("state") == "standing")["probability"].to_list() == [0.1 + 0.2]


@pytest.mark.parametrize("probability", [1e-6, 1 - 1e-12, 0.0, 1.0, None])
def test_probabilities_are_written_in_full(made, probability):
    study, folder = made
    file = folder / PAGES / f"{PAGE}.csv"
    table = pl.read_csv(file, infer_schema=False)
    cell = pl.lit(probability, pl.Float64).cast(pl.String)
    write_result(file, table.with_columns(probability=cell, score=pl.lit(None, pl.String)))
    take(made, decision(L1_22))
    assert read_events(study).table.select("probability", "score").rows() == [(probability, None)]


def test_a_probability_computed_anew_makes_no_second_event(made):
    """The decisions' own table was lost after the event had been written."""
    study, folder = made
    take(made, decision(L1_22))
    (folder / "decisions.csv").unlink()
    file = folder / PAGES / f"{PAGE}.csv"
    write_result(file, pl.read_csv(file, infer_schema=False).with_columns(probability=pl.lit("0.7")))
    assert counts(take(made, decision(L1_22))) == {
        "observer": "O. Kim", "decisions": 1, "events": 0, "identifications": 0
    }  # fmt: skip
    assert read_events(study).table.height == 1


def test_several_people_apply_at_once_and_nothing_is_lost(made):
    study, folder = made
    people = [f"Observer {letter}" for letter in "ABCDEF"]
    pages = [f"{number:064x}" for number in range(100, 106)]
    for page, person in zip(pages, people, strict=True):
        shown(folder, page, observer=person)

    def one(page, person):
        return take(made, decision(L1_22), decision(O9_22), page=page, observer=person)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(one, pages, people))
    assert [counts(answer)["events"] for answer in answers] == [1] * 6
    assert sorted(read_events(study).table["observer"]) == people
    assert sorted(pl.read_csv(folder / "decisions.csv", infer_schema=False)["observer"]) == sorted(people * 2)
    listed = pl.read_csv(folder / "identifications-south-institute.csv", infer_schema=False)
    assert sorted(listed["identifiedBy"]) == people


def test_the_register_keeps_every_byte_it_held(made):
    study, _ = made
    take(made, decision(L1_22))
    before = (study.path.parent / "register.csv").read_bytes()
    take(made, decision(L2_31))
    after = (study.path.parent / "register.csv").read_bytes()
    assert after.startswith(before)
    assert len(after.splitlines()) == 3


def test_applying_a_file_twice_changes_nothing(made):
    study = made[0]
    decisions = [decision(L1_22), decision(O9_22), decision(S1_22, "undecided")]
    take(made, *decisions)
    files = sorted(path for path in study.path.parent.rglob("*.csv"))
    before = [path.read_bytes() for path in files]
    answer = take(made, *decisions)
    assert sorted(study.path.parent.rglob("*.csv")) == files
    assert [path.read_bytes() for path in files] == before
    assert codes(answer.findings) == ["decisions-applied-before"]
    assert json.loads(answer.findings["arguments"].item()) == {"count": 3}
    assert counts(answer)["decisions"] == 0


def test_a_file_that_has_grown_adds_what_is_new(made):
    take(made, decision(L1_22))
    answer = take(made, decision(L1_22), decision(L2_31, decidedAt="2015-04-03T10:00:00Z"))
    assert [row[1] for row in events(answer)] == ["L2"]
    assert json.loads(answer.findings["arguments"].item()) == {"count": 1}


def test_a_changed_mind_is_a_further_event(made):
    take(made, decision(L1_22))
    answer = take(made, decision(L1_22, "different", decidedAt="2015-04-09T10:00:00Z"))
    assert events(answer)[0][0] == "disagree"


def test_identifiers_follow_from_the_content(made, tmp_path):
    again = make(tmp_path / "again")
    shown(again[1], PAGE)
    one, other = (take(each, decision(L1_22), decision(O9_22)) for each in (made, again))
    assert one.tables["events"].equals(other.tables["events"])
    assert one.tables["identifications"].equals(other.tables["identifications"])


def test_an_adjudicator_links_and_parts(made):
    answer = judge(made, decision(L1_22), decision(L2_31, "different"))
    assert events(answer) == [
        ("link", "L1", "22", "adjudicator", "false"),
        ("disagree", "L2", "31", "adjudicator", "false"),
    ]


def test_two_names_of_one_party_are_merged(made):
    folder = made[1]
    pair = ("south-institute", "individual", "22", "south-institute", "individual", "31")
    table = pl.read_csv(folder / PAGES / f"{JUDGE}.csv", infer_schema=False)
    row = table.head(1).with_columns(**{n: pl.lit(v) for n, v in zip(PAIR, pair, strict=True)})
    write_result(folder / PAGES / f"{JUDGE}.csv", pl.concat([table, row]))
    assert events(judge(made, decision(pair)))[0][0] == "merge"


def test_the_crosswalk_changes_when_two_agreed_and_a_third_linked(made):
    study, folder = made
    assert crosswalk(study)["22"] == "south-institute/22"
    shown(folder, "0" * 63 + "3", observer="A. Petrova")
    take(made, decision(L1_22))
    take(made, decision(L1_22), page="0" * 63 + "3", observer="A. Petrova")
    assert crosswalk(study)["22"] == "south-institute/22"
    judge(made, decision(L1_22, decidedAt="2015-05-01T10:00:00Z"))
    assert crosswalk(study)["22"] == crosswalk(study)["L1"] == "north-reserve/L1"
    judge(made, decision(L1_22, "different", decidedAt="2015-06-01T10:00:00Z"))
    assert crosswalk(study)["22"] == "south-institute/22"


def test_undecided_is_kept_and_is_no_event(made):
    answer = take(made, decision(L1_22, "undecided", certainty=None))
    assert (events(answer), counts(answer)["decisions"]) == ([], 1)
    assert [(note.code, dict(note.arguments)) for note in answer.notes[1:]] == [("decisions-kept", {"decisions": 1})]
    kept = pl.read_csv(made[1] / "decisions.csv", infer_schema=False)
    assert kept.select("subjectID", "otherID", "verdict", "observer").rows() == [("L1", "22", "undecided", "O. Kim")]


def test_an_observation_gets_the_name_that_its_party_uses(made):
    study, folder = made
    before = (study.packages[1].path / "observations.csv").read_bytes()
    answer = take(made, decision(O9_22, certainty="probable"))
    (row,) = answer.tables["identifications"].rows(named=True)
    assert {name: row[name] for name in ("observationID", "sampleID", "individualID", "certainty", "method")} == {
        "observationID": "o9",
        "sampleID": None,
        "individualID": "22",
        "certainty": "probable",
        "method": "photo",
    }
    assert (row["identifiedBy"], row["blind"], row["flank"]) == ("O. Kim", "true", "left")
    list_ = folder / "identifications-south-institute.csv"
    assert len(list_.read_text().splitlines()) == 2
    # Nothing is written into a party's package.
    assert (study.packages[1].path / "observations.csv").read_bytes() == before
    assert not list(study.packages[1].path.glob("identifications*"))


def test_a_sample_gets_its_name_by_genes(made):
    shown(made[1], PAGE, method="genotype")
    (row,) = take(made, decision(S1_22)).tables["identifications"].rows(named=True)
    assert (row["sampleID"], row["observationID"], row["individualID"], row["method"]) == ("s1", None, "22", "genotype")


def test_two_animals_and_an_observation_are_no_identification(made):
    answer = take(made, decision(O9_22, "different"))
    assert answer.tables["identifications"].is_empty()
    assert answer.notes[1].arguments == {"decisions": 1}


def test_an_animal_of_another_party_needs_a_name_first(made):
    answer = take(made, decision(O9_L1))
    assert codes(answer.findings) == ["decision-other-party"]
    assert answer.findings.row(0, named=True)["value"] == "south-institute/o9"
    assert json.loads(answer.findings["arguments"].item()) == {
        "individual": "north-reserve/L1",
        "party": "south-institute",
    }
    assert answer.tables["identifications"].is_empty()
    assert counts(answer)["decisions"] == 1


def untouched(made):
    study, folder = made
    return not (study.path.parent / "register.csv").exists() and not (folder / "decisions.csv").exists()


def test_a_page_that_was_not_made_here_is_refused_whole(made):
    answer = take(made, decision(L1_22), page="f" * 64)
    assert codes(answer.findings) == ["decisions-page-unknown"]
    assert untouched(made)


@pytest.mark.parametrize(
    ("head", "column"), [({"role": "adjudicator"}, "role"), ({"blind": False}, "blind"), ({"page": JUDGE}, "role")]
)
def test_nobody_gives_himself_another_role(made, head, column):
    answer = take(made, decision(L1_22), **head)
    assert "decisions-page-differs" in codes(answer.findings)
    assert column in answer.findings["column"].to_list()
    assert untouched(made)


@pytest.mark.parametrize("name", ["K. Om", "O-Kim", "О. Kim"])
def test_another_name_than_the_page_was_made_for_is_refused_whole(made, name):
    answer = take(made, decision(L1_22), observer=name)
    assert codes(answer.findings) == ["decisions-other-observer"]
    (found,) = answer.findings.rows(named=True)
    assert (found["severity"], found["value"], json.loads(found["arguments"])) == ("error", name, {"made": "O. Kim"})
    assert untouched(made)


@pytest.mark.parametrize("name", ["o. kim", "O.  KIM", " Ｏ. Kim "])
def test_another_spelling_is_the_same_person(made, name):
    answer = take(made, decision(L1_22), observer=name)
    assert answer.findings.is_empty()
    assert answer.tables["events"]["observer"].to_list() == ["O. Kim"]


def test_nobody_is_two_observers_by_two_pages(made):
    study, folder = made
    shown(folder, "0" * 63 + "4", observer="o.  kim")
    take(made, decision(L1_22))
    take(made, decision(L1_22, decidedAt="2015-04-03T10:00:00Z"), page="0" * 63 + "4", observer="o.  kim")
    assert read_events(study).table["observer"].to_list() == ["O. Kim", "O. Kim"]
    (pair,) = register(study).walk.standing.table.rows(named=True)
    assert (pair["state"], pair["agreed"]) == ("awaitingSecondObserver", "O. Kim")


def test_the_file_of_a_study_with_another_title_is_taken_in_and_said(made):
    answer = take(made, decision(L1_22), study="Three parties")
    assert codes(answer.findings) == ["decisions-other-study"]
    (found,) = answer.findings.rows(named=True)
    assert (found["severity"], found["value"]) == ("warning", "Three parties")
    assert json.loads(found["arguments"]) == {"made": "Two <parties>"}
    assert len(events(answer)) == 1


def test_a_pair_that_the_page_did_not_show_is_refused(made):
    other = ("north-reserve", "individual", "L1", "south-institute", "individual", "31")
    turned = (*L1_22[3:], *L1_22[:3])
    answer = take(made, decision(other), decision(turned), decision(L2_31))
    assert codes(answer.findings) == ["decision-pair-unknown"] * 2
    assert answer.findings["value"].to_list() == [
        "north-reserve/L1, south-institute/31",
        "south-institute/22, north-reserve/L1",
    ]
    assert [row[1] for row in events(answer)] == ["L2"]


def test_a_name_that_left_the_packages_is_refused(made):
    study, _ = made
    file = study.packages[1].path / "observations.csv"
    file.write_text(file.read_text().replace(",31\n", ",\n"))
    answer = take(made, decision(L1_22), decision(L2_31))
    assert codes(answer.findings) == ["decision-name-unknown"]
    assert answer.findings["value"].to_list() == ["south-institute/31"]
    assert [row[1] for row in events(answer)] == ["L1"]


def test_two_decisions_on_one_pair_are_both_refused(made):
    answer = take(made, decision(L1_22), decision(L1_22, "different"), decision(L2_31))
    assert codes(answer.findings) == ["decision-twice"]
    assert [row[1] for row in events(answer)] == ["L2"]


def test_a_decision_to_come_is_refused(made):
    answer = take(made, decision(L1_22, decidedAt="2026-01-03T00:00:00Z"), decision(L2_31))
    assert codes(answer.findings) == ["decision-in-the-future"]
    assert [row[1] for row in events(answer)] == ["L2"]
    ahead = take(made, decision(L1_22, decidedAt="2026-01-01T13:00:00Z"))
    assert [row[1] for row in events(ahead)] == ["L1"]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("verdict", "maybe"),
        ("verdict", ["same"]),
        ("certainty", None),
        ("certainty", "sure"),
        ("flank", "front"),
        ("kind", "animal"),
        ("party", ""),
        ("party", {"a": 1}),
        ("subjectID", "x" * 301),
        ("otherID", "a\x00b"),
        ("note", None),
        ("note", "x" * 1001),
        ("note", "\x1b[31m"),
        ("decidedAt", "yesterday"),
        ("decidedAt", "2015-13-02T10:00:00Z"),
        ("decidedAt", "2015-04-02T10:00:00+09:00"),
        ("decidedAt", 1427968800),
    ],
)
def test_a_cell_that_may_not_be_is_named_and_the_rest_goes_on(made, column, value):
    answer = take(made, decision(L1_22, **{column: value}), decision(L2_31))
    assert codes(answer.findings) == ["decision-malformed"]
    found = answer.findings.row(0, named=True)
    assert (found["column"], json.loads(found["arguments"])) == (column, {"number": 1})
    assert len(found["value"]) <= 60 and found["value"].isprintable()
    assert [row[1] for row in events(answer)] == ["L2"]


@pytest.mark.parametrize("entry", [None, "same", 7, [], {}, {**decision(L1_22), "role": "adjudicator"}])
def test_what_is_no_decision_is_a_finding(made, entry):
    assert codes(take(made, entry).findings) == ["decision-malformed"]
    assert pl.read_csv(made[1] / "decisions.csv").is_empty() if (made[1] / "decisions.csv").exists() else True


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ({"format": "other"}, "something else"),
        ({"version": 2}, "version 2"),
        ({"version": True}, "version True"),
        ({"extra": 1}, "'extra'"),
        ({"observer": ""}, "'observer'"),
        ({"observer": "a\x07"}, "'observer'"),
        ({"role": "king"}, "'role'"),
        ({"role": ["observer"]}, "'role'"),
        ({"blind": "yes"}, "'blind'"),
        ({"decisions": {"0": 1}}, "'decisions'"),
        ({"page": 7}, "'page'"),
    ],
)
def test_a_head_that_may_not_be_is_an_error(made, head, found):
    with pytest.raises(FormatError) as error:
        take(made, decision(L1_22), **head)
    assert found in error.value.found
    assert untouched(made)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"[1, 2]",
        b"{",
        b"null",
        b'{"format": "tumen-decisions", "format": "tumen-decisions"}',
        b'{"format": NaN}',
        b"[" * 100_000,
        b" " * (LARGEST + 1),
    ],
    ids=["empty", "bytes", "list", "cut", "null", "twice", "nan", "deep", "large"],
)
def test_a_file_that_is_none_is_an_error(made, data):
    file = made[1] / "decisions.json"
    file.write_bytes(data)
    with pytest.raises(FormatError, match="a file of decisions that a page of review saved"):
        apply(*made, file, now=NOW)
    assert untouched(made)


def test_a_file_that_is_not_there_is_an_error(made):
    with pytest.raises(FormatError, match="no readable file"):
        apply(*made, made[1] / "absent.json", now=NOW)


@pytest.mark.parametrize("note", ['=HYPERLINK("http://example.org")', "+1", "-1", "@SUM(A1)", "\t=1+1", "＝1+1"])
def test_a_note_that_begins_as_a_formula_refuses_its_decision(made, note):
    folder = made[1]
    answer = take(made, decision(L1_22, note=note), decision(O9_22, note=note), decision(L2_31))
    assert codes(answer.findings) == ["decision-note-formula"] * 2
    assert answer.findings["value"].to_list() == [
        "north-reserve/L1, south-institute/22",
        "south-institute/22, south-institute/o9",
    ]
    assert answer.findings["column"].to_list() == ["note"] * 2
    assert [row[1] for row in events(answer)] == ["L2"]
    assert not (folder / "identifications-south-institute.csv").exists()
    assert pl.read_csv(folder / "decisions.csv", infer_schema=False)["note"].to_list() == ["scar on the shoulder"]


def test_a_decision_that_is_wrong_in_two_ways_has_two_findings(made):
    answer = take(made, decision(L1_22, note="=1", decidedAt="2026-01-03T00:00:00Z"))
    assert codes(answer.findings) == ["decision-in-the-future", "decision-note-formula"]


def test_a_formula_inside_a_note_stays_a_note(made):
    note = 'see =HYPERLINK("http://example.org";"x"), "quoted"\n=second line'
    take(made, decision(L1_22, note=note))
    table = pl.read_csv(made[0].path.parent / "register.csv", infer_schema=False)
    assert table["evidence"].item() == f"review page {PAGE[:12]}: {note}"
    take(made, decision(L2_31))
    assert pl.read_csv(made[0].path.parent / "register.csv", infer_schema=False).height == 2


def test_a_study_without_a_register_says_where_to_name_one(made):
    study, folder = made
    file = study.path
    file.write_text(file.read_text().replace('events = "register.csv"\n', ""))
    with pytest.raises(StudyError, match="a file for the register's events"):
        take((read_study(file), folder), decision(L1_22), decision(O9_22))
    assert untouched(made)
    assert not (folder / "identifications-south-institute.csv").exists()
