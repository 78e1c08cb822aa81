"""Events are added to the register's file, whoever adds at the same time; what would harm or change nothing is not."""

import subprocess
import sys
from datetime import UTC, datetime

import polars as pl
import pytest
from tests.tasks.reviewed import make

from tumen.errors import MisuseError, OutputError, StudyError
from tumen.files.locked import locked
from tumen.tasks.register import Said, add
from tumen.tasks.register_file import append, event_id, read_events
from tumen.tasks.study import read_study

NOW = datetime(2026, 1, 1, tzinfo=UTC)
AGREE = {
    "kind": "agree",
    "party": "north-reserve",
    "individualID": "L1",
    "otherParty": "south-institute",
    "otherIndividualID": "22",
    "observer": "O. Kim",
    "role": "observer",
    "blind": "true",
    "evidence": "left flank",
    "decidedAt": "2015-04-02T10:00:00Z",
}
MANY = """
import sys
from pathlib import Path
from tumen.tasks.register_file import append
from tumen.tasks.study import read_study
study = read_study(Path(sys.argv[1]))
for number in range(10):
    append(study, [{**%r, "observer": f"{sys.argv[2]} {number}"}])
"""


@pytest.fixture
def study(tmp_path):
    made, _ = make(tmp_path)
    return made


def said(kind, **more):
    words = {"observer": "J. Lee", "evidence": "left flank", "one": "north-reserve/L1"}
    if kind in ("propose", "agree", "disagree", "link", "merge"):
        words["other"] = "south-institute/22"
    return Said(**{"kind": kind, **words, **more})


def rows(study):
    return read_events(study).table.height


def link(study):
    """Two observers and an adjudicator, a day apart each."""
    add(study, said("agree", observer="A", blind=True), at=datetime(2015, 9, 1, tzinfo=UTC))
    add(study, said("agree", observer="B", blind=True), at=datetime(2015, 9, 2, tzinfo=UTC))
    return add(study, said("link"), at=datetime(2015, 9, 3, tzinfo=UTC))


def refused(study, event, words):
    before = study.events.read_bytes() if study.events.exists() else None
    with pytest.raises(MisuseError) as error:
        add(study, event)
    assert words in str(error.value)
    assert (study.events.read_bytes() if study.events.exists() else None) == before


def test_of_four_processes_that_add_at_once_none_loses_an_event(study):
    program = [sys.executable, "-c", MANY % AGREE, str(study.path)]
    running = [subprocess.Popen([*program, name]) for name in "ABCD"]  # noqa: S603
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0, 0]
    events = read_events(study)
    assert events.findings.is_empty()
    assert sorted(events.table["observer"]) == [f"{name} {number}" for name in "ABCD" for number in range(10)]
    assert not list(study.events.parent.glob("register.csv.*"))


def test_who_holds_the_lock_adds_and_another_process_waits_in_vain(study):
    asks = "import sys; from tumen.files.locked import locked\nwith locked(sys.argv[1], wait=0.2): pass"
    with locked(study.events):
        append(study, [AGREE], now=NOW)
        ended = subprocess.run(  # noqa: S603
            [sys.executable, "-c", asks, str(study.events)], capture_output=True, text=True, check=False
        )
    assert "another program is writing it" in ended.stderr
    assert rows(study) == 1


def test_a_lock_in_a_folder_that_does_not_exist_says_so(tmp_path):
    with pytest.raises(OutputError, match="cannot be written"), locked(tmp_path / "no" / "register.csv"):
        pass


def test_a_lock_file_that_a_killed_program_left_holds_nobody_up(study):
    lock = study.events.with_name("register.csv.lock")
    lock.touch()
    append(study, [AGREE], now=NOW)
    assert rows(study) == 1
    assert not lock.exists()


def test_when_an_event_was_recorded_stands_in_it_and_is_no_part_of_its_name(study):
    append(study, [AGREE], now=NOW)
    event = read_events(study).table.row(0, named=True)
    assert (event["recordedAt"], event["decidedAt"]) == (NOW, datetime(2015, 4, 2, 10, tzinfo=UTC))
    assert event["eventID"] == event_id(AGREE) == event_id({**AGREE, "recordedAt": "2026-01-01T00:00:00Z"})
    with pytest.raises(MisuseError, match="not in the register yet"):
        append(study, [AGREE])


@pytest.mark.parametrize(
    ("bytes_of", "words"),
    [
        (lambda text: text.encode("utf-16"), "another encoding"),
        (lambda text: text.encode("utf-16-le"), "another encoding"),
        (lambda text: text.replace("O. Kim", "Иванова").encode("cp1251"), "another encoding"),
        (lambda text: text.replace(",", ";").encode(), "';' between the cells"),
        (lambda text: text.replace(",", "\t").encode(), "'tab' between the cells"),
        (lambda text: (text + '"e-2').encode(), "quotation mark"),
        (lambda text: text.replace("comments", "evidence").encode(), "several columns called evidence"),
    ],
)
def test_a_file_that_a_spreadsheet_saved_otherwise_is_refused_and_stays_as_it_is(study, bytes_of, words):
    append(study, [AGREE], now=NOW)
    study.events.write_bytes(bytes_of(study.events.read_text(encoding="utf-8")))
    before = study.events.read_bytes()
    with pytest.raises(MisuseError, match=words):
        append(study, [{**AGREE, "observer": "A. Ivanova"}])
    refused(study, said("link"), words)
    assert study.events.read_bytes() == before


@pytest.mark.parametrize("ending", ["\n", "\n\n\n", "", "\r\n"])
def test_rows_follow_whatever_ends_the_file(study, ending):
    append(study, [AGREE], now=NOW)
    text = study.events.read_text(encoding="utf-8").rstrip("\n")
    study.events.write_bytes(b"\xef\xbb\xbf" + (text + ending).encode())
    append(study, [{**AGREE, "observer": "A. Ivanova"}])
    events = read_events(study)
    assert events.table["observer"].to_list() == ["O. Kim", "A. Ivanova"]
    assert events.findings.is_empty()


def test_a_study_without_a_file_of_events_says_what_to_add(study):
    (study.path).write_text(study.path.read_text().replace('events = "register.csv"\n', ""))
    with pytest.raises(StudyError, match="Add events"):
        append(read_study(study.path), [AGREE])


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ({"observer": "  "}, "nothing but blanks"),
        ({"observer": "=cmd()"}, "begins with '='"),
        ({"observer": " @A"}, "begins with '@'"),
        ({"evidence": "-1"}, "begins with '-'"),
        ({"evidence": "+7"}, "begins with '+'"),
        ({"evidence": "left\nflank"}, "U+000A"),
        ({"evidence": "left\tflank"}, "U+0009"),
        ({"observer": "O.\x00Kim"}, "U+0000"),
        ({"evidence": "x" * 1001}, "1001 letters"),
        ({"probability": 1.5}, "1.5"),
        ({"probability": float("nan")}, "nan"),
        ({"certainty": "sure"}, "certainty"),
    ],
)
def test_words_that_may_not_stand_in_the_file_are_refused(study, words, found):
    refused(study, said("agree", **words), found)


def test_blanks_are_collapsed_and_what_nobody_said_stays_empty(study):
    add(study, said("agree", observer=" O.   Kim ", probability=0.97))
    event = read_events(study).table.row(0, named=True)
    assert (event["observer"], event["blind"], event["probability"]) == ("O. Kim", None, 0.97)


def test_a_judgement_that_is_not_called_blind_is_shown_as_doubtful_and_kept(study):
    answer = add(study, said("agree"))
    assert answer.findings["code"].to_list() == ["register-not-blind"]
    assert rows(study) == 1


def test_events_that_change_nothing_are_not_added(study):
    link(study)
    refused(study, said("rename", name=" "), "nothing but blanks")
    refused(study, said("rename", name="south-institute/31"), "register-name-taken")
    refused(study, said("rename", name="NA"), "register-event-incomplete")
    refused(study, said("undo", about="e-0"), "an event of the register")
    refused(study, said("split", members=("north-reserve/L9",)), "north-reserve/L9")
    refused(study, said("split", one="north-reserve/L2", members=("north-reserve/L2",)), "changes nothing")
    refused(study, said("merge", other="north-reserve/L1"), "register-event-circular")
    assert rows(study) == 3


def test_an_observer_takes_back_the_own_event_and_an_adjudicator_another_s(study):
    event = link(study).tables["event"]["eventID"].item()
    refused(study, said("undo", about=event, observer="A"), "register-undo-not-entitled")
    add(study, said("undo", about=event))
    states = add(study, said("undo", about=read_events(study).table["eventID"][0], observer="C", adjudicator=True))
    assert states.tables["standing"]["agreed"].to_list() == ["B"]
    assert read_events(study).table["role"].to_list()[-2:] == ["observer", "adjudicator"]
    # The same words within one second would be the same event.
    refused(study, said("undo", about=event, evidence="once more"), "changes nothing")


def test_an_adjudicator_decides_that_they_are_two(study):
    assert add(study, said("disagree", adjudicator=True)).tables["standing"]["state"].item() == "different"


def test_a_name_with_a_bar_cannot_leave_in_a_split(tmp_path):
    study, _ = make(tmp_path)
    file = tmp_path / "north" / "observations.csv"
    file.write_text(file.read_text().replace("Panthera pardus,L1", "Panthera pardus,L|1"))
    refused(study, said("split", one="north-reserve/L|1", members=("north-reserve/L|1",)), "without '|'")


def test_the_columns_of_the_file_keep_their_order(study):
    append(study, [AGREE], now=NOW)
    pl.read_csv(study.events, infer_schema=False).select(pl.all().reverse()).write_csv(study.events)
    head = study.events.read_text().split("\n")[0]
    append(study, [{**AGREE, "observer": "A. Ivanova"}])
    assert study.events.read_text().startswith(head + "\n")
    assert rows(study) == 2
