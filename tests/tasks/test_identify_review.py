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
from tumen.tasks.identify_review import review

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
    assert blind == made[1] / "review-O-Kim.html"
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
    assert page_table(folder, data(folder / "review-O-Kim.html")["page"])["method"].to_list() == ["genotype"]


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
    other = (folder / "review-A-Petrova.html").read_text(encoding="utf-8")
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


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "x" * 101])
def test_an_observer_has_a_name(made, name):
    with pytest.raises(MisuseError, match="the name of an observer"):
        review(*made, observer=name)


def test_names_of_files_stay_in_the_folder():
    assert [slug(name) for name in ("О. Ким", "../../etc", "金 一", "...")] == ["О-Ким", "etc", "金-一", "unnamed"]


def test_a_page_is_asked_for_by_a_digest_and_nothing_else(tmp_path):
    assert page_table(tmp_path, "../proposals") is None
    assert read_result(tmp_path, "absent", {}) is None
