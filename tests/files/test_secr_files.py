"""secr's files, read and written: what is written is read back."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import codes

from tumen.errors import FormatError, MisuseError
from tumen.files.secr_csv import read_csv_tables
from tumen.files.secr_text import read_captures, read_secr, read_traps
from tumen.files.secr_write import to_csv, to_text, write
from tumen.population.scr.survey import Captures, Detectors, Mask, Session
from tumen.population.scr.tables import judge, sessions_of, tables_of
from tumen.tables.capture_histories import ANIMALS, CAPTURES, TRAPS, ScrTables

TRAPS_TEXT = b"# Detector x y usage / slope\nA 0 0 1 1 0 / 12\nB 30 0 1 0.5 1 / 7\n"


def test_detectors_with_usage_and_covariates():
    traps, found = read_traps(TRAPS_TEXT)
    assert traps.rows() == [(None, "A", 0, 0, [1, 1, 0], 2, 12), (None, "B", 30, 0, [1, 0.5, 1], 3, 7)]
    assert traps.columns[-1] == "slope" and found.is_empty()


def test_usage_as_one_word_of_zeros_and_ones():
    assert read_traps(b"A 0 0 1101\n")[0]["usage"].to_list() == [[1, 1, 0, 1]]
    assert read_traps(b"A 0 0 10\n")[0]["usage"].to_list() == [[1, 0]]
    assert read_traps(b"A 0 0 10.0\n")[0]["usage"].to_list() == [[10]]


def test_detectors_without_usage_do_not_say():
    assert read_traps(b"A 0 0\n")[0]["usage"].to_list() == [None]


def test_commas_and_comments_anywhere():
    traps, _ = read_traps(b"A,0,0 # first\r\n\r\n# more\r\nB,30,0\r\n")
    assert traps.select("detector", "x", "row").rows() == [("A", 0, 1), ("B", 30, 4)]


def test_lines_of_detectors_that_cannot_be_read_are_findings():
    traps, found = read_traps(b"A 0\nB x 0\nC 0 0 1 one\nD 0 0 / 1\nE 0 0\nF 0 0 / 1 2\nG 1,5 0\n")
    assert traps["detector"].to_list() == ["E", "F"]
    assert found.select("row", "code").rows() == [
        (1, "secr-line-unread"),
        (2, "secr-cell-unread"),
        (3, "secr-cell-unread"),
        (4, "secr-line-unread"),
        (7, "secr-line-unread"),
    ]


def test_captures_name_a_detector():
    caught = read_captures(b"# Session ID Occasion Detector sex age\n1 a 1 A F 3\n1 a 2 B F 3\n2 b 1 A NA 4\n")
    assert caught.captures.select(*CAPTURES).rows() == [
        ("1", "a", 1, "A", 1, True),
        ("1", "a", 2, "B", 1, True),
        ("2", "b", 1, "A", 1, True),
    ]
    assert caught.animals.rows() == [("1", "a", "F", 3), ("2", "b", None, 4)]
    assert caught.animals.columns[2:] == ["sex", "age"]
    assert caught.sessions == ("1", "2") and caught.findings.is_empty()


def test_covariates_without_names_are_numbered():
    assert read_captures(b"1 a 1 A F\n").animals.columns == ["session", "animal", "V1"]


def test_captures_by_coordinates_find_their_detector():
    tables, found = read_secr(b"1 a 1 30.004 0\n1 b 2 31 0\n", TRAPS_TEXT, fmt="XY")
    assert tables.captures.select("animal", "detector").rows() == [("a", "B")]
    assert found.select("code", "row", "value").rows() == [("secr-detector-not-found", 2, "31.0, 0.0")]


def test_a_negative_occasion_is_a_death():
    tables, _ = read_secr(b"1 a 1 A\n1 a -2 B\n", b"A 0 0\nB 30 0\n")
    [session] = sessions_of(tables, "proximity", occasions=5)
    assert tables.captures["alive"].to_list() == [True, False]
    assert session.covariates["removedAfter"].tolist() == [2.0]
    assert session.detectors.occasions == 5


def test_captures_after_a_death_are_errors():
    tables, _ = read_secr(b"1 a -1 A\n1 a 2 B\n", b"A 0 0\nB 30 0\n")
    found = judge(tables, "proximity")
    assert found.select("code", "row", "value").rows() == [("capture-after-death", 2, "a")]
    with pytest.raises(MisuseError, match="capture-after-death"):
        sessions_of(tables, "proximity")


def test_none_is_nobody_and_says_how_many_occasions_there_were():
    tables, found = read_secr(b"2013 NONE 4 A\n2014 a 1 A\n", b"A 0 0\nB 30 0\n")
    assert found.is_empty() and tables.sessions == ("2013", "2014")
    first, second = sessions_of(tables, "proximity")
    assert (first.animals, first.detectors.occasions, second.detectors.occasions) == ((), 4, 1)


def test_none_that_contradicts_the_usage_is_an_error():
    tables, _ = read_secr(b"1 NONE 4 A\n", TRAPS_TEXT)
    assert set(codes(judge(tables, "proximity"))) == {"usage-of-other-length"}


def test_lines_of_captures_that_cannot_be_read_are_findings():
    caught = read_captures(b"1 a 1 A\n1 a\n1 a x A\n1 a 0 A\n")
    assert caught.captures.height == 1
    assert caught.findings.select("code", "row").sort("row").rows() == [
        ("secr-line-unread", 2),
        ("secr-cell-unread", 3),
        ("secr-cell-unread", 4),
    ]


def test_an_animal_told_in_two_ways_is_doubtful():
    caught = read_captures(b"1 a 1 A F\n1 a 2 A M\n")
    found = caught.findings.row(0, named=True)
    assert (found["code"], found["value"], found["arguments"]) == ("secr-animal-differs", "a", '{"values": "F, M"}')
    assert caught.animals["V1"].to_list() == ["F"]


def test_files_that_are_none_are_refused():
    with pytest.raises(FormatError, match="lines"):
        read_traps(b"# nothing\n")
    with pytest.raises(FormatError, match="UTF-8"):
        read_captures(b"\xff\xfe\xff")
    with pytest.raises(MisuseError, match="format of captures"):
        read_captures(b"1 a 1 A\n", fmt="trapid")  # type: ignore[arg-type]


def test_each_session_may_have_a_file_of_detectors():
    tables, _ = read_secr(b"1 a 1 A\n2 a 2 A\n", {"1": b"A 0 0 11\n", "2": b"A 5 0 111\n", "3": b"A 9 0 1\n"})
    made = sessions_of(tables, "multi")
    assert [(s.name, s.detectors.xy[0, 0], s.detectors.occasions, len(s.captures)) for s in made] == [
        ("1", 0, 2, 1),
        ("2", 5, 3, 1),
        ("3", 9, 1, 0),
    ]


def test_a_csv_that_lacks_a_column_is_refused():
    with pytest.raises(FormatError, match="occasion"):
        read_csv_tables(b"animal,trap\na,A\n", b"trap,x,y\nA,0,0\n")


def test_cells_of_a_csv_that_cannot_be_read_are_findings():
    tables, found = read_csv_tables(b"animal,occasion,trap\na,first,A\n", b"trap,x,y,1,2\nA,0,0,1,on\n")
    assert set(found["column"]) == {"occasion", "usage"}
    assert "capture-incomplete" in codes(judge(tables, "proximity"))


BAD = {
    "capture-of-unknown-session": ("9", "a", 1, "A", 1, True),
    "capture-incomplete": ("1", None, 1, "A", 1, True),
    "capture-count": ("1", "a", 1, "A", 0, True),
    "capture-at-unknown-detector": ("1", "a", 1, "Z", 1, True),
    "capture-outside-occasions": ("1", "a", 3, "A", 1, True),
    "capture-at-idle-detector": ("1", "a", 2, "B", 1, True),
    "capture-repeated": ("1", "a", 1, "A", 2, True),
}


@pytest.mark.parametrize("code", BAD)
def test_each_bad_capture_is_a_finding_with_its_row(code: str):
    traps = pl.DataFrame([(None, "A", 0, 0, [1, 1]), (None, "B", 9, 0, [1, 0])], schema=TRAPS, orient="row")
    captures = pl.DataFrame([("1", "b", 1, "A", 1, True), BAD[code]], schema=CAPTURES, orient="row")
    found = judge(ScrTables(("1",), captures, traps), "proximity")
    assert found.select("code", "row").rows() == [(code, 3)]
    assert judge(ScrTables(("1",), captures[:1], traps), "proximity").is_empty()


def test_each_bad_detector_or_animal_is_a_finding():
    rows = [(None, "A", 0, 0, [1]), (None, "A", 1, 1, [1]), (None, "B", None, 0, [1]), (None, "C", 1, 2, [-1])]
    traps = pl.DataFrame([*rows, (None, "D", 1, 2, [1, 1])], schema=TRAPS, orient="row")
    animals = pl.DataFrame(
        {"session": [None] * 3, "animal": ["a", "a", "b"], "sex": ["F", "F", "?"]}, schema={**ANIMALS, "sex": pl.String}
    )
    tables = ScrTables(("1",), pl.DataFrame(schema=CAPTURES), traps, None, animals)
    found = judge(tables, "count", occasions=1)
    assert sorted(found.select("code", "row").rows()) == [
        ("animal-described-twice", 3),
        ("detector-named-twice", 3),
        ("detector-without-place", 4),
        ("sex-not-a-word", 4),
        ("usage-not-a-number", 5),
        ("usage-of-other-length", 6),
    ]


def test_multi_catch_holds_an_animal_once():
    tables, _ = read_secr(b"1 a 1 A\n1 a 1 B\n", b"A 0 0\nB 30 0\n")
    assert codes(judge(tables, "multi")) == ["capture-twice-in-occasion"]
    assert judge(tables, "proximity").is_empty()


def test_binomial_counts_are_out_of_whole_chances():
    traps = pl.DataFrame([(None, "A", 0, 0, [2, 3]), (None, "B", 9, 0, [1.5, 1])], schema=TRAPS, orient="row")
    rows = [("1", "a", 1, "A", 2, True), ("1", "b", 1, "A", 3, True)]
    found = judge(ScrTables(("1",), pl.DataFrame(rows, schema=CAPTURES, orient="row"), traps), "binomial")
    assert found.select("code", "row", "value").rows() == [
        ("capture-beyond-chances", 3, "b"),
        ("usage-not-whole", 3, "B"),
    ]
    whole = ScrTables(("1",), pl.DataFrame(rows[:1], schema=CAPTURES, orient="row"), traps[:1])
    assert judge(whole, "binomial").is_empty()


def test_names_that_the_text_cannot_hold_are_refused():
    captures = pl.DataFrame([("1", "the old one", 1, "A", 1, True)], schema=CAPTURES, orient="row")
    tables = ScrTables(("1",), captures, read_traps(b"A 0 0\n")[0])
    with pytest.raises(MisuseError, match="without blanks"):
        to_text(tables)
    assert "the old one" in to_csv(tables)[0]["captures.csv"]


def test_animals_without_captures_have_no_place_in_the_text():
    tables, _ = read_secr(b"1 a 1 A F\n", b"A 0 0\n")
    assert tables.animals is not None
    more = replace(
        tables, animals=pl.concat([tables.animals, pl.DataFrame({"session": ["1"], "animal": ["b"], "V1": ["M"]})])
    )
    assert to_text(tables)[1].is_empty()
    assert to_text(more)[1].select("code", "value").rows() == [("secr-animals-not-written", "1")]


def test_covariates_of_detectors_that_change_are_refused():
    traps = read_traps(b"A 0 0 1 1\n")[0].with_columns(pl.Series("rain", [[1.0, 2.0]]))
    tables = ScrTables(("1",), pl.DataFrame(schema=CAPTURES), traps)
    assert sessions_of(tables, "multi")[0].detectors.covariates["rain"].tolist() == [[1.0, 2.0]]
    for target in (to_text, to_csv):
        with pytest.raises(MisuseError, match="one value each"):
            target(tables)


def test_a_name_that_means_missing_is_refused_in_csv():
    captures = pl.DataFrame([("1", "NA", 1, "A", 1, True)], schema=CAPTURES, orient="row")
    with pytest.raises(MisuseError, match="NA, NaN"):
        to_csv(ScrTables(("1",), captures, read_traps(b"A 0 0\n")[0]))


def test_nobody_may_be_called_none():
    captures = pl.DataFrame([("1", "NONE", 1, "A", 1, True)], schema=CAPTURES, orient="row")
    with pytest.raises(MisuseError, match="nobody"):
        to_text(ScrTables(("1",), captures, read_traps(b"A 0 0\n")[0]))


def test_files_are_written_whole(tmp_path: Path):
    tables, _ = read_secr(b"1 a 1 A\n", TRAPS_TEXT)
    write(tables, tmp_path / "text")
    write(tables, tmp_path / "csv", "csv")
    assert sorted(file.name for file in (tmp_path / "text").iterdir() if file.suffix) == ["captures.txt", "traps.txt"]
    assert sorted(file.name for file in (tmp_path / "csv").iterdir() if file.suffix) == [
        "captures.csv",
        "individuals.csv",
        "traps.csv",
    ]
    with pytest.raises(MisuseError, match="text or csv"):
        write(tables, tmp_path / "x", "rds")


def same(one: Session, other: Session) -> None:
    assert (one.name, one.animals, one.detectors.names) == (other.name, other.animals, other.detectors.names)
    for name in ("xy", "usage"):
        assert np.array_equal(getattr(one.detectors, name), getattr(other.detectors, name))
    for name in ("animal", "occasion", "detector", "count"):
        assert np.array_equal(getattr(one.captures, name), getattr(other.captures, name))
    for left, right in ((one, other), (one.detectors, other.detectors), (one.mask, other.mask)):
        assert set(left.covariates) == set(right.covariates)
        for name, values in left.covariates.items():
            assert [str(v) for v in values] == [str(v) for v in right.covariates[name]], name
    assert np.array_equal(one.mask.xy, other.mask.xy) and np.array_equal(one.mask.area, other.mask.area)


@st.composite
def surveys(draw: st.DrawFn) -> list[Session]:
    """Sessions whose animals all have a value of each covariate somewhere; words are no numbers."""
    kind = draw(st.sampled_from(["proximity", "count"]))
    made = []
    metres = st.floats(-1e6, 1e6, allow_nan=False)
    for number in range(draw(st.integers(1, 3))):
        k, s = draw(st.integers(1, 4)), draw(st.integers(1, 4))
        usage = np.array(
            draw(st.lists(st.sampled_from([1.0, 0.5, 11.0, 0.1]), min_size=k * s, max_size=k * s))
        ).reshape(k, s)
        cells = st.tuples(st.integers(0, 3), st.integers(0, s - 1), st.integers(0, k - 1))
        rows = sorted(draw(st.sets(cells, max_size=8)))
        who = sorted({row[0] for row in rows})
        table = np.array([(who.index(a), o, d) for a, o, d in rows], dtype=np.int64).reshape(-1, 3)
        count = np.array(draw(st.lists(st.integers(1, 3), min_size=len(rows), max_size=len(rows))), dtype=np.int64)
        count = np.ones_like(count) if kind == "proximity" else count
        values = {"sex": np.array([draw(st.sampled_from(["F", "M", None])) for _ in who], dtype=object)}
        slope = np.array(draw(st.lists(metres, min_size=k, max_size=k)))
        xy = np.array(draw(st.lists(metres, min_size=2 * k, max_size=2 * k))).reshape(k, 2)
        ground = draw(st.sampled_from([0.336, 4.0, 0.00539306640625]))
        made.append(
            Session(
                f"s{number}",
                Detectors(tuple(f"K{i}" for i in range(k)), xy, usage, kind, {"slope": slope}),
                tuple(f"a{animal}" for animal in who),
                Captures(*(table[:, i].copy() for i in range(3)), count),
                Mask(xy + 1.0, np.full(k, ground), np.sqrt(ground) * 1000),
                values,
            )
        )
    return made


@settings(max_examples=30)
@given(surveys())
def test_secr_text_comes_back(sessions: list[Session]):
    tables = tables_of(sessions)
    files, found = to_text(tables)
    assert found.is_empty()
    traps = {s.name: files[f"traps-{k}.txt"].encode() for k, s in enumerate(sessions, 1)}
    read, lost = read_secr(files["captures.txt"].encode(), traps)
    assert lost.is_empty()
    read = replace(read, mask=tables.mask)
    for one, other in zip(sessions, sessions_of(read, sessions[0].detectors.kind), strict=True):
        same(one, other)


@settings(max_examples=30)
@given(surveys())
def test_csv_comes_back(sessions: list[Session]):
    files = {name: text.encode() for name, text in to_csv(tables_of(sessions))[0].items()}
    read, found = read_csv_tables(
        files["captures.csv"], files["traps.csv"], mask=files["mask.csv"], animals=[files["individuals.csv"]]
    )
    assert found.is_empty()
    for one, other in zip(sessions, sessions_of(read, sessions[0].detectors.kind), strict=True):
        same(one, other)


@settings(max_examples=30)
@given(surveys())
def test_tables_come_back(sessions: list[Session]):
    for one, other in zip(sessions, sessions_of(tables_of(sessions), sessions[0].detectors.kind), strict=True):
        same(one, other)


def test_a_death_comes_back_in_both_formats():
    tables, _ = read_secr(b"1 a 1 A\n1 a -2 B\n", b"A 0 0 1 1\nB 30 0 1 1\n")
    [one] = sessions_of(tables, "proximity")
    files = {name: text.encode() for name, text in to_csv(tables)[0].items()}
    [other] = sessions_of(read_csv_tables(files["captures.csv"], files["traps.csv"])[0], "proximity")
    same(one, other)
    text = to_text(tables_of([one]))[0]
    [third] = sessions_of(read_secr(text["captures.txt"].encode(), text["traps-1.txt"].encode())[0], "proximity")
    same(one, third)


B8 = {
    # animals, detections, detectors, occasions
    "stoat": ("stoatcapt.txt", "stoattrap.txt", "trapID", (20, 30, 94, 7)),
    "blackbear": ("blackbear_captures.txt", "blackbear_traps.txt", "trapID", (139, 282, 65, 10)),
    "captdata": ("capt.txt", "trap.txt", "XY", (76, 235, 100, 5)),
    "MRCH": ("MRCHcapt.txt", "MRCHtrap.txt", "trapID", (70, 156, 36, 5)),
}


@pytest.mark.parametrize("name", B8)
def test_the_files_of_the_secr_package(name: str, shared_data: Path):
    captures, traps, fmt, counts = B8[name]
    folder = shared_data / "B8_secr_package_datasets"
    tables, found = read_secr((folder / captures).read_bytes(), (folder / traps).read_bytes(), fmt=fmt)
    assert "error" not in set(found["severity"])
    frame = tables.captures
    assert (frame["animal"].n_unique(), frame.height, tables.traps.height, frame["occasion"].max()) == counts


@pytest.mark.parametrize(("name", "kind"), [("captdata", "multi"), ("stoat", "multi"), ("blackbear", "proximity")])
def test_the_text_and_the_csv_of_one_survey_are_one_survey(name: str, kind, shared_data: Path):
    captures, traps, fmt, _ = B8[name]
    folder, bench = shared_data / "B8_secr_package_datasets", shared_data / "secr_bench" / name
    tables, _ = read_secr((folder / captures).read_bytes(), (folder / traps).read_bytes(), fmt=fmt)
    text = sessions_of(replace(tables, animals=None), kind)[0]
    csv, _ = read_csv_tables((bench / "captures.csv").read_bytes(), (bench / "traps.csv").read_bytes())
    same(replace(text, name="1"), sessions_of(csv, kind)[0])


def test_possums_of_six_sessions_in_csv(shared_data: Path):
    folder = shared_data / "B8_secr_package_datasets"
    captures, traps = ((folder / f"OVpossum_{name}.csv").read_bytes() for name in ("captures", "traps"))
    tables, found = read_csv_tables(captures, traps)
    assert found.is_empty() and tables.sessions == ("49", "50", "51", "52", "53", "54")
    assert (tables.captures.height, tables.traps.height) == (2402, 1002)
    made = sessions_of(tables, "multi", occasions=5)
    assert sum(len(session.captures) for session in made) == 2402
    assert [session.detectors.occasions for session in made] == [5] * 6


def test_telemetry_by_coordinates(shared_data: Path):
    caught = read_captures((shared_data / "B8_secr_package_datasets" / "telemetrydemo.txt").read_bytes(), fmt="XY")
    assert (caught.captures.height, caught.animals.height, caught.findings.height) == (395, 79, 0)
