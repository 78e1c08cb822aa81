"""A page of review is made from the results and the packages, and what it showed is kept."""

import json
import re

import polars as pl
import pytest
from tests.tasks.reviewed import L1_22, L2_31, O9_22, O9_L1, QUEUE, S1_22, decision, make, proposals, saved

from tumen.errors import FormatError, MisuseError
from tumen.individuals.place_time import PAIR
from tumen.tasks.identify_apply import apply
from tumen.tasks.identify_results import SHOWN, page_table, read_result, slug
from tumen.tasks.identify_review import page_name, review
from tumen.tasks.register_file import append, read_events

pytest.importorskip("cv2", reason="the extra photos is not installed")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The study and its results; tests that only read share it."""
    return make(tmp_path_factory.mktemp("reviewed"))


def data(page):
    html = page.read_text(encoding="utf-8")
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)[1])


def pairs(page):
    return [
        tuple(each[side][name] for side in ("one", "other") for name in ("party", "kind", "id"))
        for each in data(page)["pairs"]
    ]


@pytest.fixture(scope="module")
def blind(made):
    return review(*made, observer="O. Kim")


@pytest.fixture(scope="module")
def seen(made):
    return review(*made, observer="J. Lee", role="adjudicator")


def test_the_page_holds_the_pairs_of_the_queue(made, blind):
    assert blind == made[1] / "review-O-Kim-b32ebd.html"
    assert sorted(pairs(blind)) == sorted(QUEUE)
    assert (data(blind)["role"], data(blind)["blind"], data(blind)["study"]) == ("observer", True, "Two <parties>")


def test_an_adjudicator_sees_the_queue_in_its_order(seen):
    assert pairs(seen) == list(QUEUE)
    assert (data(seen)["role"], data(seen)["blind"], data(seen)["points"]) == ("adjudicator", False, 2)
    judged = data(seen)["pairs"][0]["judged"]
    assert judged["against"] == ["They are recorded as a female and a male."]
    assert judged["curve"] == [[0.4321, 0.44, 0.3, 0.6]]


def test_a_blind_page_has_no_score_and_no_place(blind):
    text = json.dumps({**data(blind), "pictures": []}, ensure_ascii=False)
    assert not [
        secret for secret in ("0.8125", "81.3\xa0%", "0.9375", "93.8\xa0%", "0.4321", "77.5\xa0km") if secret in text
    ]


def test_pictures_come_from_the_packages_without_what_their_files_say(blind):
    given = data(blind)
    shown = {tuple(pair): each for pair, each in zip(pairs(blind), given["pairs"], strict=True)}
    assert [len(shown[pair]["views"]) for pair in QUEUE] == [1, 1, 0, 0, 0]
    # South's 22 was photographed twice; the second picture is shown beside.
    assert len(shown[L1_22]["other"]["more"]) == 1
    assert len(shown[L2_31]["one"]["more"]) == 0
    page = blind.read_text(encoding="utf-8")
    assert "secret cave" not in page and ".jpg" not in page


def test_recorded_sexes_are_shown(blind):
    shown = dict(zip(map(tuple, pairs(blind)), data(blind)["pairs"], strict=True))
    assert "female" in shown[L1_22]["one"]["facts"]
    assert "female" not in shown[L2_31]["one"]["facts"]


def test_what_the_page_showed_is_kept(made, blind):
    kept = page_table(made[1], data(blind)["page"])
    assert dict(kept.schema) == SHOWN
    assert sorted(kept.select(PAIR).rows()) == sorted(QUEUE)
    assert kept.select("observer", "role", "blind").unique().rows() == [("O. Kim", "observer", True)]
    assert kept.filter(pl.col("subjectID") == "L2")["method"].to_list() == ["photo"]
    assert kept["probability"].to_list() == [0.9375] * 5
    assert [kept.filter(pl.all_horizontal(pl.col(n) == v for n, v in zip(PAIR, pair, strict=True)))["score"].item()
            for pair in (L1_22, L2_31, O9_22)] == [12.5, 12.5, None]  # fmt: skip


def test_probabilities_computed_anew_are_those_that_are_kept(tmp_path):
    study, folder = make(tmp_path)
    first = review(study, folder, observer="O. Kim").read_bytes()
    proposals(*QUEUE, probability=0.25).write_csv(folder / "proposals.csv")
    page = review(study, folder, observer="O. Kim")
    assert page.read_bytes() == first
    assert page_table(folder, data(page)["page"])["probability"].to_list() == [0.25] * 5


def test_people_and_roles_have_pages_of_their_own(tmp_path):
    made = make(tmp_path)
    asked = [("O. Kim", "observer"), ("O-Kim", "observer"), ("O. Kim", "adjudicator"), ("O-Kim", "adjudicator")]
    pages = [review(*made, observer=name, role=role, limit=1) for name, role in asked]
    assert [page.name for page in pages] == [
        "review-O-Kim-b32ebd.html",
        "review-O-Kim-4f16f7.html",
        "review-O-Kim-b32ebd-adjudicator.html",
        "review-O-Kim-4f16f7-adjudicator.html",
    ]
    assert [(data(page)["observer"], data(page)["role"]) for page in pages] == asked


def test_the_same_page_is_made_twice(made, blind):
    before = blind.read_bytes()
    review(*made, observer="O. Kim")
    assert blind.read_bytes() == before


def test_two_observers_see_two_orders(made, blind):
    assert pairs(review(*made, observer="A. Petrova")) != pairs(blind)


def test_only_the_top_of_the_queue_is_shown(made):
    assert sorted(pairs(review(*made, observer="Few", limit=2))) == sorted([L1_22, L2_31])


def test_places_only_when_they_are_asked_for(made):
    page = review(*made, observer="Place", role="adjudicator", places=True)
    assert "nearest 77.5 km apart" in data(page)["pairs"][0]["lines"]


def test_genotypes_stand_side_by_side(tmp_path):
    study, folder = make(tmp_path)
    head = ",".join([*PAIR, "sampleID", "otherSampleID", "lociCompared"])
    (folder / "genotype_evidence.csv").write_text(f"{head}\n{','.join(S1_22)},absent,s1,1\n")
    (folder / "genotype_consensus.csv").write_text(
        "laboratory,sampleID,locus,allele1,allele2,status\n"
        "lab,south-institute/s1,FCA8,136,142,heterozygote\n"
        "other,south-institute/s1,FCA8,,,failed\n"
    )
    proposals(S1_22).write_csv(folder / "proposals.csv")
    (shown,) = data(review(study, folder, observer="O. Kim"))["pairs"]
    assert shown["genes"]["rows"] == [["FCA8", "– / –", "136 / 142", "missing", "not read in both"]]
    assert page_table(folder, data(folder / page_name("O. Kim"))["page"])["method"].to_list() == ["genotype"]


def test_what_an_observer_judged_is_left_out_and_said(tmp_path):
    study, folder = make(tmp_path)
    first = review(study, folder, observer="O. Kim")
    decisions = [decision(L1_22), decision(O9_22, "different"), decision(L2_31, "undecided")]
    apply(study, folder, saved(tmp_path / "decisions.json", data(first)["page"], *decisions))
    assert sorted(pairs(review(study, folder, observer="O. Kim"))) == sorted([O9_L1, S1_22])
    assert "3 pairs judged before are left out" in first.read_text(encoding="utf-8")
    assert len(pairs(review(study, folder, observer="O. Kim", again=True))) == 5
    assert len(pairs(review(study, folder, observer="A. Petrova"))) == 5
    # Nothing of it is in another observer's page; the adjudicator sees it, those pairs first.
    other = (folder / page_name("A. Petrova")).read_text(encoding="utf-8")
    assert "O. Kim" not in other and "scar on the shoulder" not in other
    seen = review(study, folder, observer="J. Lee", role="adjudicator")
    assert pairs(seen)[:3] == [L1_22, L2_31, O9_22]
    said = [[verdict[:3] for verdict in each["judged"]["verdicts"]] for each in data(seen)["pairs"]]
    assert said[:4] == [
        [["O. Kim", "the same animal", "certain"]],
        [["O. Kim", "undecided", ""]],
        [["O. Kim", "different animals", "certain"]],
        [],
    ]


def test_without_a_queue_the_command_that_makes_it_is_named(tmp_path):
    study, folder = make(tmp_path)
    (folder / "proposals.csv").unlink()
    with pytest.raises(MisuseError, match=r"proposals\.csv in the folder of results; .*tumen identify proposals"):
        review(study, folder, observer="O. Kim")


def test_a_queue_that_was_changed_by_hand_is_refused(tmp_path):
    study, folder = make(tmp_path)
    text = (folder / "proposals.csv").read_text()
    (folder / "proposals.csv").write_text(text.replace("0.8125", "high"))
    with pytest.raises(FormatError, match=r"values that proposals\.csv may hold"):
        review(study, folder, observer="O. Kim")
    (folder / "proposals.csv").write_text(text.replace("photoRank", "rang"))
    with pytest.raises(FormatError, match="no column photoRank"):
        review(study, folder, observer="O. Kim")


def test_undecided_pairs_come_again_only_when_they_are_asked_for(tmp_path):
    study, folder = make(tmp_path)
    first = review(study, folder, observer="O. Kim")
    undecided = [decision(pair, "undecided") for pair in (L1_22, O9_22, S1_22)]
    apply(study, folder, saved(tmp_path / "decisions.json", data(first)["page"], *undecided))
    assert sorted(pairs(review(study, folder, observer="O. Kim"))) == sorted([L2_31, O9_L1])
    again = review(study, folder, observer="O. Kim", again=True)
    assert sorted(pairs(again)) == sorted(QUEUE)


def test_pairs_shown_again_are_on_another_page(tmp_path):
    """A browser keeps decisions by page: the old ones must not stand in it already."""
    study, folder = make(tmp_path)
    page = data(review(study, folder, observer="O. Kim"))["page"]
    assert data(review(study, folder, observer="O. Kim", again=True))["page"] == page
    apply(study, folder, saved(tmp_path / "decisions.json", page, decision(L1_22)))
    assert data(review(study, folder, observer="O. Kim", again=True))["page"] != page


def undo(study, kind, observer, role="observer"):
    """Add the undo of a person's last event of a kind."""
    events = read_events(study).table.filter(kind=kind, observer=observer)
    append(
        study,
        [
            {
                "kind": "undo",
                "party": "north-reserve",
                "individualID": "L1",
                "aboutEventID": events["eventID"][-1],
                "observer": observer,
                "role": role,
                "evidence": "wrong picture",
                "decidedAt": "2015-07-01T10:00:00Z",
            }
        ],
    )


def test_a_judgement_that_was_undone_is_asked_for_again_and_told_to_nobody(tmp_path):
    study, folder = make(tmp_path)
    first = review(study, folder, observer="O. Kim")
    digest = data(first)["page"]
    apply(study, folder, saved(tmp_path / "a.json", digest, decision(L1_22, "undecided")))
    later = decision(L1_22, decidedAt="2015-04-05T10:00:00Z")
    apply(study, folder, saved(tmp_path / "b.json", digest, later, decision(L2_31)))
    assert L1_22 not in pairs(review(study, folder, observer="O. Kim"))
    undo(study, "agree", "O. Kim")
    undone = "L1" if read_events(study).table.filter(kind="agree")["individualID"][-1] == "L1" else "L2"
    pair, other = (L1_22, L2_31) if undone == "L1" else (L2_31, L1_22)
    asked = review(study, folder, observer="O. Kim")
    assert pair in pairs(asked) and other not in pairs(asked)
    assert data(asked)["page"] != digest
    seen = data(review(study, folder, observer="J. Lee", role="adjudicator"))["pairs"]
    told = {(each["one"]["id"], each["other"]["id"]): len(each["judged"]["verdicts"]) for each in seen}
    assert (told[pair[2], pair[5]], told[other[2], other[5]]) == (0, 1)


def test_an_adjudicator_is_not_asked_again_while_the_decision_holds(tmp_path):
    study, folder = make(tmp_path)
    page = review(study, folder, observer="J. Lee", role="adjudicator")
    head = {"observer": "J. Lee", "role": "adjudicator", "blind": False}
    decisions = [decision(L1_22), decision(L2_31, "different")]
    apply(study, folder, saved(tmp_path / "judge.json", data(page)["page"], *decisions, **head))
    assert pairs(review(study, folder, observer="J. Lee", role="adjudicator")) == [O9_22, O9_L1, S1_22]
    # The same person as an observer has judged nothing, and another adjudicator is asked.
    assert len(pairs(review(study, folder, observer="J. Lee"))) == 5
    assert len(pairs(review(study, folder, observer="M. Sato", role="adjudicator"))) == 5
    undo(study, "link", "J. Lee", role="adjudicator")
    asked = pairs(review(study, folder, observer="J. Lee", role="adjudicator"))
    assert sorted(asked) == sorted([L1_22, O9_22, O9_L1, S1_22])


def test_another_spelling_is_the_same_observer(tmp_path):
    study, folder = make(tmp_path)
    first = review(study, folder, observer="O. Kim")
    apply(study, folder, saved(tmp_path / "decisions.json", data(first)["page"], decision(L1_22), decision(O9_22)))
    page = review(study, folder, observer=" o.  KIM")
    assert page == first
    assert (data(page)["observer"], len(pairs(page))) == ("O. Kim", 3)


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "x" * 101, "=1+1", "@all"])
def test_an_observer_has_a_name(made, name):
    with pytest.raises(MisuseError, match="the name of an observer"):
        review(*made, observer=name)


def test_names_of_files_stay_in_the_folder():
    assert [slug(name) for name in ("О. Ким", "../../etc", "金 一", "...")] == ["О-Ким", "etc", "金-一", "unnamed"]


def test_a_page_is_asked_for_by_a_digest_and_nothing_else(tmp_path):
    assert page_table(tmp_path, "../proposals") is None
    assert read_result(tmp_path, "absent", {}) is None
