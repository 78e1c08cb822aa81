"""The page on which people judge pairs: what is in it, and above all what is not."""

import base64
import hashlib
import io
import json
import re
from dataclasses import replace

import pytest
from PIL import Image

from tumen.errors import MisuseError
from tumen.individuals.proposals import CONTRADICTIONS
from tumen.report.review import match_of, review_page
from tumen.report.review_source import Judged, Locus, Pair, Picture, ReviewSource, Subject, Verdict, View, Where
from tumen.report.review_words import AGAINST
from tumen.report.words import Words
from tumen.report.words.catalogues import languages

EN = Words("en")


def picture(shade, flank="left"):
    file = io.BytesIO()
    Image.new("RGB", (60, 40), (shade, shade, shade)).save(file, "JPEG")
    return Picture(file.getvalue(), 60, 40, flank)


def pair(number, **values):
    one = Subject("north-reserve", "individual", f"T{number}", "female", "both", (picture(200, "right"),))
    other = Subject("south-institute", "observation", f"obs{number}")
    filled = {
        "scientific_name": "Panthera tigris",
        "views": (View(picture(10 + number), picture(110 + number), ((1.04, 2.0, 3.0, 4.96),), "left"),),
        "loci": (Locus("FCA8", ("136", "142"), ("136", "136")),),
        "laboratories": "south-laboratory",
        "judged": Judged(
            0.6543,
            31.4159,
            0.7654,
            4711,
            0.875,
            "fullSibling",
            ("sexes-differ",),
            (Verdict("A. Petrova", "same", "probable"),),
        ),
        "where": Where(77.7, 33.3, 5.5),
    }
    return Pair(one, other, **(filled | values))


CURVES = {"Panthera tigris": ((0.4321, 0.5, 0.3, 0.7),)}


def source(*pairs, **values):
    return ReviewSource(study="Two parties", pairs=pairs, observer="O. Kim", curves=CURVES, **values)


def adjudicator(*pairs, **values):
    return source(*pairs, role="adjudicator", blind=False, **values)


def data(page):
    """What the page's script is given."""
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page.html, re.DOTALL)[1])


def test_a_blind_page_holds_no_score_no_probability_and_no_verdict():
    page = review_page(source(pair(1)), EN)
    given = json.dumps({**data(page), "pictures": []}, ensure_ascii=False)
    for secret in (
        "0.6543",
        "65.4",
        "0.7654",
        "76.5",
        "0.875",
        "87.5",
        "4711",
        "31.4",
        "Petrova",
        "siblings",
        "0.4321",
    ):
        assert secret not in given, secret
    assert "as a female and" not in given
    assert (data(page)["pairs"][0]["judged"], data(page)["pairs"][0]["lines"], data(page)["points"]) == (None, [], 0)


def test_an_adjudicator_sees_them():
    given = data(review_page(adjudicator(pair(1)), EN))["pairs"][0]["judged"]
    assert given["scores"] == [
        ["Probability that it is one animal", "65.4\xa0%"],
        ["by photographs", "76.5\xa0%"],
        ["best rank among the candidates", "4,711"],
        ["by genotypes", "87.5\xa0%"],
        ["genotypes say", "full siblings"],
    ]
    assert given["against"] == ["They are recorded as a female and a male."]
    assert given["verdicts"] == [["A. Petrova", "the same animal", "probable", "", ""]]
    assert given["curve"] == [[0.4321, 0.5, 0.3, 0.7]]
    assert given["mark"] == 0.7654


def test_places_are_in_no_page_unless_they_are_asked_for():
    for asked in (source(pair(1)), adjudicator(pair(1))):
        page = review_page(asked, EN).html
        assert not [secret for secret in ("77.7", "33.3", "5.5 km") if secret in page]
    shown = data(review_page(adjudicator(pair(1), places=True), EN))["pairs"][0]["lines"]
    assert shown[1:] == ["nearest 77.7 km apart", "nearest 33.3 days apart", "needs 5.5 km/h"]


def test_the_order_of_a_blind_page_says_nothing_and_is_the_same_every_time():
    pairs = [pair(number) for number in range(1, 9)]
    page = review_page(source(*pairs, seed=1), EN)
    again = review_page(source(*reversed(pairs), seed=1), EN)
    other = review_page(source(*pairs, seed=2), EN)
    assert page.html == again.html
    assert page.pairs != tuple(pairs) and set(page.pairs) == set(pairs)
    assert page.pairs != other.pairs
    assert review_page(adjudicator(*pairs), EN).pairs == tuple(pairs)


def test_the_digest_knows_what_was_shown():
    plain = review_page(source(pair(1)), EN).digest
    changed = (
        source(pair(2)),
        replace(source(pair(1)), observer="B"),
        replace(source(pair(1)), blind=False),
        source(pair(1, views=(View(picture(99), picture(98), (), "left"),))),
        source(pair(1, loci=())),
    )
    assert len({plain, *(review_page(each, EN).digest for each in changed)}) == 6
    assert plain == review_page(source(pair(1)), Words("ru")).digest == data(review_page(source(pair(1)), EN))["page"]


def test_a_picture_is_carried_once_and_holds_pixels_only():
    shared = picture(50)
    views = (View(shared, picture(60), (), "left"), View(shared, picture(70), (), "left"))
    given = data(review_page(source(pair(1, views=views)), EN))
    assert len(given["pictures"]) == 4
    for each in given["pictures"]:
        opened = Image.open(io.BytesIO(base64.b64decode(each["uri"].removeprefix("data:image/jpeg;base64,"))))
        assert (opened.format, opened.size, len(opened.getexif())) == ("JPEG", (60, 40), 0)


def test_points_are_those_of_the_pictures():
    assert data(review_page(source(pair(1)), EN))["pairs"][0]["views"][0]["points"] == [[1.0, 2.0, 3.0, 5.0]]


def test_the_page_may_run_and_load_nothing_but_its_own():
    html = review_page(source(pair(1)), EN).html
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy and "http" not in policy
    for tag, kind in (("style", "style-src"), ("script", "script-src")):
        held = re.search(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(held.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy
    assert not re.findall(r"\s(?:on\w+|style)=|src=\"(?!data:)|href=", html.split("<script", 1)[0])
    script = html.rsplit("<script>", 1)[1]
    assert not re.findall(r"\beval\b|new Function|innerHTML|document\.write|fetch\(|XMLHttpRequest|import\(", script)


def test_a_name_that_is_a_script_stays_a_name():
    evil = "</script><script>alert(1)</script><!--\u2028"
    named = Pair(
        Subject(evil, "individual", evil),
        Subject("south", "sample", evil),
        loci=(Locus(evil, (evil, evil), (None, None)),),
    )
    page = review_page(replace(source(named), study=evil, observer=evil), EN)
    assert "<script>alert" not in page.html
    assert page.html.count("<script") == 3
    assert data(page)["pairs"][0]["one"]["party"] == evil


def test_genotypes_stand_side_by_side_with_words_beside_the_colours():
    loci = (
        Locus("A", ("1", "2"), ("2", "1")),
        Locus("B", ("1", "1"), ("1", "2")),
        Locus("C", ("1", "2"), ("3", "4")),
        Locus("D", (None, None), ("3", "4")),
        Locus("E", ("1", None), ("1", "1")),
    )
    genes = data(review_page(source(pair(1, loci=loci)), EN))["pairs"][0]["genes"]
    assert genes["rows"] == [
        ["A", "1 / 2", "2 / 1", "same", "equal"],
        ["B", "1 / 1", "1 / 2", "half", "one allele shared"],
        ["C", "1 / 2", "3 / 4", "different", "no allele shared"],
        ["D", "– / –", "3 / 4", "missing", "not read in both"],
        ["E", "1 / –", "1 / 1", "missing", "not read in both"],
    ]
    assert genes["note"].startswith("equal: 1 · one allele shared: 1")
    assert data(review_page(source(pair(1, loci=())), EN))["pairs"][0]["genes"] is None


def test_homozygotes_for_one_allele_are_equal():
    assert match_of(Locus("A", ("1", "1"), ("1", "1"))) == "same"


def test_every_contradiction_has_words():
    assert set(AGAINST) == set(CONTRADICTIONS)


def test_pairs_that_were_left_out_are_counted():
    assert "3 pairs judged before are left out" in review_page(source(pair(1), left_out=3), EN).html
    assert "1 pair judged before is left out" in review_page(source(pair(1), left_out=1), EN).html
    assert "left out" not in review_page(source(pair(1)), EN).html.split("<script")[0]


@pytest.mark.parametrize(("role", "blind"), [("judge", True), ("adjudicator", True)])
def test_roles_that_cannot_be_are_refused(role, blind):
    with pytest.raises(MisuseError):
        source(pair(1), role=role, blind=blind)


def test_a_page_without_pairs_says_so():
    html = review_page(source(), EN).html
    assert "There is no pair to judge." in html


@pytest.mark.parametrize("language", languages())
def test_the_page_speaks_every_language(language):
    words = Words(language)
    html = review_page(adjudicator(pair(1), places=True), words).html
    assert f'<html lang="{language}">' in html
    assert re.search(r"Content-Security-Policy", html)
