"""The page of review as an observer uses it, in a real browser, and what its decisions do to the register."""

import json
import shutil

import polars as pl
import pytest
from tests.tasks.reviewed import L1_22, L2_31, make

from tumen.tables.detections import detections
from tumen.tasks.identify_apply import apply
from tumen.tasks.identify_review import review
from tumen.tasks.packages import read_package
from tumen.tasks.pool import registered

CHROMIUM = shutil.which("chromium")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
pytestmark = pytest.mark.slow
pytest.importorskip("cv2", reason="the extra photos is not installed")


@pytest.fixture(scope="module")
def browser():
    """The system's Chromium; its own downloads are never used."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (on Debian: apt-get install chromium)")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield opened
        opened.close()


class Desk:
    """A page in a window, with everything it asked for and complained of."""

    def __init__(self, browser, file, width=1280, height=800):
        self.context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        self.asked, self.complaints = [], []
        self.file = file
        self.page = self.open()

    def open(self):
        page = self.context.new_page()
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.file.as_uri())
        return page

    def keys(self, *names):
        for name in names:
            self.page.keyboard.press(name)

    def go(self, pair):
        """Go to a pair with the arrow keys."""
        names = f"{pair[2]} – {pair[5]}"
        for _ in range(9):
            if self.text("#queue [aria-current=true] .names") == names:
                return
            self.keys("ArrowRight")
        raise AssertionError(names)

    def text(self, place):
        return self.page.locator(place).inner_text()

    def save(self, path):
        with self.page.expect_download() as download:
            self.keys("s")
        download.value.save_as(path)
        return download.value.suggested_filename

    def quiet(self):
        assert [url for url in self.asked if not url.startswith(("file:", "data:", "blob:"))] == []
        assert self.complaints == []
        self.context.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("reviewed"))


@pytest.fixture(scope="module")
def file(made):
    return review(*made, observer="O. Kim")


def crosswalk(study):
    packages = tuple(map(read_package, study.packages))
    register = registered(study, packages, pl.concat([detections(each) for each in packages]))
    return dict(register.walk.table.select("individualID", "jointID").rows())


def test_decisions_made_with_keys_change_the_crosswalk(browser, tmp_path):
    study, folder = make(tmp_path)
    assert crosswalk(study)["22"] == "south-institute/22"
    for observer in ("O. Kim", "A. Petrova"):
        desk = Desk(browser, review(study, folder, observer=observer))
        desk.go(L1_22)
        desk.keys("1", "q", "t")
        desk.page.keyboard.type("rosette like a 3, 1 scar")  # in the field, letters and numbers are no keys
        desk.keys("Escape")
        desk.go(L2_31)
        desk.keys("2", "w")
        assert desk.text("#progress").startswith("2 of 5 decided · not saved")
        assert desk.save(tmp_path / f"{observer}.json") == f"decisions-{observer.replace('. ', '-')}.json"
        assert desk.text("#progress") == "2 of 5 decided"
        desk.quiet()
        answer = apply(study, folder, tmp_path / f"{observer}.json")
        assert answer.findings.is_empty()
        # Alphabetical instants of one second may be in any order.
        assert sorted(answer.tables["events"]["kind"]) == ["agree", "disagree"]
        agreed = answer.tables["events"].filter(pl.col("kind") == "agree").row(0, named=True)
        assert agreed["evidence"].endswith(": rosette like a 3, 1 scar")
        assert (agreed["flank"], agreed["certainty"], agreed["blind"]) == ("left", "certain", "true")
        assert crosswalk(study)["22"] == "south-institute/22"
    desk = Desk(browser, review(study, folder, observer="J. Lee", role="adjudicator"))
    assert desk.text("#queue [aria-current=true] .names") == "L1 – 22"
    desk.keys("ArrowUp")
    assert "A. Petrova" in desk.text("#evidence") and "rosette like a 3" in desk.text("#evidence")
    desk.page.wait_for_timeout(1100)  # the link must be later than what it rests on
    desk.keys("1", "q")
    desk.save(tmp_path / "judge.json")
    desk.quiet()
    assert apply(study, folder, tmp_path / "judge.json").tables["events"]["kind"].to_list() == ["link"]
    assert crosswalk(study)["22"] == crosswalk(study)["L1"] == "north-reserve/L1"


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080)])
@pytest.mark.parametrize("role", ["observer", "adjudicator"])
def test_everything_is_on_the_screen(browser, made, width, height, role):
    desk = Desk(browser, review(*made, observer="Screen", role=role), width, height)
    size = desk.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert size == [width, height]
    desk.go(L1_22)
    for place in ("#save", "#help-open", "#next", "#flank", "#note", "[data-verdict=undecided]", "#points"):
        box = desk.page.locator(place).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width, place
        assert box["y"] >= 0 and box["y"] + box["height"] <= height, place
    stage = desk.page.locator("#stage").bounding_box()
    assert stage["height"] >= height * 0.5
    assert desk.page.evaluate("document.getElementById('one-picture').naturalWidth") > 100
    desk.quiet()


def test_decisions_outlive_the_window_and_come_back_from_a_file(browser, file, tmp_path):
    desk = Desk(browser, file)
    desk.go(L1_22)
    desk.keys("1", "q")
    desk.save(tmp_path / "decisions.json")
    desk.go(L2_31)
    desk.keys("3")
    desk.page.close(run_before_unload=False)
    desk.page = desk.open()
    assert desk.text("#progress") == "2 of 5 decided · not saved as a file yet"
    desk.quiet()
    fresh = Desk(browser, file)
    assert fresh.text("#progress") == "0 of 5 decided"
    fresh.page.set_input_files("#file", tmp_path / "decisions.json")
    fresh.page.wait_for_selector("#message:not([hidden])")
    assert fresh.text("#message").startswith("Decisions loaded: 1. Left out,")
    assert fresh.text("#message").endswith("not in this page: 0")
    assert fresh.text("#progress").startswith("1 of 5 decided")
    fresh.quiet()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"format": "x"}, "another format or version"),
        ({"study": "Other"}, "of another study"),
        ({"observer": "Z"}, "of another observer"),
        ({"decisions": 7}, "no JSON of decisions"),
    ],
)
def test_a_file_of_something_else_is_not_loaded(browser, file, tmp_path, changes, reason):
    given = {
        "format": "tumen-decisions",
        "version": 1,
        "study": "Two <parties>",
        "observer": "O. Kim",
        "decisions": [],
    }
    (tmp_path / "other.json").write_text(json.dumps(given | changes))
    desk = Desk(browser, file)
    desk.page.set_input_files("#file", tmp_path / "other.json")
    desk.page.wait_for_selector("#message:not([hidden])")
    assert reason in desk.text("#message")
    assert desk.text("#progress") == "0 of 5 decided"
    desk.quiet()


def test_leaving_with_unsaved_decisions_is_asked_about(browser, file, tmp_path):
    desk = Desk(browser, file)
    asked = []
    desk.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    desk.keys("1", "q")
    desk.page.close(run_before_unload=True)
    desk.page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    desk.save(tmp_path / "saved.json")
    with desk.page.expect_event("close"):
        desk.page.close(run_before_unload=True)
    assert asked == ["beforeunload"]
    desk.context.close()


def test_a_verdict_without_a_certainty_is_not_saved_and_said(browser, file, tmp_path):
    desk = Desk(browser, file)
    desk.keys("1")
    assert desk.text("#stands") == "Certainty is missing: Q, W or E."
    desk.keys("s")
    assert desk.text("#message") == "There is no decision to save yet."
    desk.keys("n", "3")
    desk.save(tmp_path / "decisions.json")
    assert "Verdicts without a certainty, not in the file: 1" in desk.text("#message")
    saved = json.loads((tmp_path / "decisions.json").read_text(encoding="utf-8"))
    assert [(each["verdict"], each["certainty"]) for each in saved["decisions"]] == [("undecided", None)]
    assert (saved["role"], saved["blind"], saved["observer"]) == ("observer", True, "O. Kim")
    desk.quiet()


def test_a_note_that_a_spreadsheet_would_run_is_said_at_once_and_not_saved(browser, file, tmp_path):
    said = "Begin the note with a letter: a spreadsheet program would take it for a formula."
    desk = Desk(browser, file)
    desk.go(L1_22)
    desk.keys("1", "q", "t")
    desk.page.keyboard.type("- no scar")
    assert desk.text("#stands") == said
    desk.keys("Escape", "ArrowRight", "3", "s")
    assert desk.text("#message") == said
    assert desk.text("#queue [aria-current=true] .names") == "L1 – 22"
    desk.page.fill("#note", "no scar - none")
    assert desk.text("#stands") == ""
    desk.keys("Escape")
    desk.save(tmp_path / "decisions.json")
    saved = json.loads((tmp_path / "decisions.json").read_text(encoding="utf-8"))
    assert sorted(each["note"] for each in saved["decisions"]) == ["", "no scar - none"]
    desk.quiet()


def test_the_name_of_the_observer_is_that_of_the_page(browser, file):
    desk = Desk(browser, file)
    assert desk.page.locator("#observer").input_value() == "O. Kim"
    assert not desk.page.locator("#observer").is_editable()
    desk.quiet()


def test_keys_are_places_on_the_keyboard(browser, file):
    desk = Desk(browser, file)
    for key, code in (("1", "Digit1"), ("й", "KeyQ")):
        event = {"key": key, "code": code, "bubbles": True}
        desk.page.evaluate("event => document.body.dispatchEvent(new KeyboardEvent('keydown', event))", event)
    assert desk.page.locator("[data-certainty=certain]").get_attribute("aria-pressed") == "true"
    desk.quiet()


def test_pictures_are_moved_together_and_lit(browser, file):
    desk = Desk(browser, file)
    desk.go(L1_22)
    style = "side => document.getElementById(side + '-picture').style"
    before = desk.page.evaluate(f"({style})('other').transform")
    desk.keys("+", "+", "]", ".")
    assert desk.page.evaluate(f"({style})('other').transform") != before
    assert desk.page.evaluate(f"({style})('one').filter") == "brightness(115%) contrast(115%)"
    other = desk.page.evaluate(f"({style})('other').transform")
    desk.page.uncheck("#together")
    desk.page.locator("body").click(position={"x": 5, "y": 5})
    desk.keys("Shift+ArrowLeft")
    assert desk.page.evaluate(f"({style})('other').transform") == other
    desk.keys("0")
    assert desk.page.evaluate(f"({style})('other').transform") == before
    desk.quiet()


def test_points_are_drawn_when_they_are_asked_for(browser, file):
    desk = Desk(browser, file)
    desk.go(L1_22)
    view = json.loads(desk.page.locator("#data").text_content())
    points = next(p["views"][0]["points"] for p in view["pairs"] if (p["one"]["id"], p["other"]["id"]) == ("L1", "22"))
    assert desk.page.locator("#overlay circle").count() == 0
    if points:
        desk.keys("m")
        assert desk.page.locator("#overlay circle").count() == 4 * len(points)
        desk.keys("m")
        assert desk.page.locator("#overlay line").count() == len(points)
    desk.keys("?")
    assert desk.page.locator("#help").is_visible()
    desk.keys("Escape")
    assert not desk.page.locator("#help").is_visible()
    desk.quiet()


def test_every_control_has_a_name_and_can_be_reached_by_keyboard(browser, file):
    desk = Desk(browser, file)
    desk.go(L1_22)
    nameless = desk.page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, textarea, [role=tab], [role=region]")]
            .filter((e) => !(e.innerText || e.getAttribute("aria-label") || (e.labels && e.labels.length)
                || e.querySelector("img[alt]:not([alt=''])")))
            .map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert nameless == []
    reached = set()
    for _ in range(80):
        desk.keys("Tab")
        reached.add(desk.page.evaluate("document.activeElement.id || document.activeElement.dataset.verdict || ''"))
    assert {"save", "help-open", "only", "one-frame", "one-contrast", "same", "flank", "note", "next"} <= reached
    desk.quiet()
