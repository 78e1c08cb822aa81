"""Density from files of other programs: text, CSV, masks; what is wrong with them stands in the findings."""

from dataclasses import replace
from pathlib import Path

import pytest

from tumen.errors import FormatError, MisuseError
from tumen.population.scr.model import model
from tumen.tasks.density_files import DensityFiles, density_of_files, read_tables

NULL = (model("HN: D ~ 1, g0 ~ 1, sigma ~ 1"),)
PLACES = [(f"T{row}{column}", 100.0 * row, 100.0 * column) for row in range(4) for column in range(4)]
# Animal, occasion, detector.
SEEN = [
    ("a", 1, "T00"), ("a", 2, "T01"), ("a", 4, "T00"), ("b", 1, "T11"), ("b", 3, "T12"), ("c", 2, "T22"),
    ("c", 3, "T22"), ("c", 4, "T32"), ("d", 1, "T33"), ("e", 4, "T02"), ("e", 5, "T03"), ("f", 5, "T30"),
]  # fmt: skip
TRAPS = "# Detector x y\n" + "".join(f"{name} {x} {y}\n" for name, x, y in PLACES)
CAPTURES = "# Session ID Occasion Detector\n" + "".join(f"1 {a} {s} {k}\n" for a, s, k in SEEN)
TRAPS_CSV = "trap,x,y\n" + "".join(f"{name},{x},{y}\n" for name, x, y in PLACES)
CAPTURES_CSV = "animal,occasion,trap\n" + "".join(f"{a},{s},{k}\n" for a, s, k in SEEN)


@pytest.fixture
def files(tmp_path):
    """Write files by name, and return what is asked of them."""

    def write(captures=CAPTURES, traps=TRAPS, mask=None, **more):
        kept = {"captures": captures, "traps": traps, "mask": mask}
        for name, text in kept.items():
            if text is not None:
                (tmp_path / name).write_text(text, encoding="utf-8")
        given = {"detector": "multi", "models": NULL, "goodness": 0, **more}
        if mask is not None:
            given["mask"] = tmp_path / "mask"
        return DensityFiles(captures=tmp_path / "captures", traps=(tmp_path / "traps",), **given)

    return write


def codes(answer):
    return set(answer.findings["code"])


def density(answer):
    [value] = answer.tables["parameters"].filter(parameter="D")["estimate"]
    return value


def test_text_and_csv_of_the_same_survey_give_the_same_answer(files):
    text = density_of_files(files(buffer=400.0, spacing=40.0))
    table = density_of_files(files(CAPTURES_CSV, TRAPS_CSV, buffer=400.0, spacing=40.0))
    assert density(text) == pytest.approx(density(table), rel=1e-9)
    assert text.tables["models"]["status"].to_list() == ["converged"]
    assert text.tables["effort"].row(0) == ("1", 16, 5, 80.0, 6, 12, 4)
    assert set(text.tables) == {"effort", "models", "parameters", "abundance", "buffer"}
    assert text.tables["abundance"].select("regionKind", "region").rows() == [("all", None)]


def test_captures_may_give_coordinates_instead_of_detectors(files):
    at = {name: f"{x} {y}" for name, x, y in PLACES}
    placed = "".join(f"1 {a} {s} {at[k]}\n" for a, s, k in SEEN)
    assert density(density_of_files(files(placed, buffer=400.0, spacing=40.0))) == pytest.approx(
        density(density_of_files(files(buffer=400.0, spacing=40.0))), rel=1e-9
    )


def test_columns_of_other_names_are_said(files):
    captures = CAPTURES_CSV.replace("animal,occasion,trap", "WHO,SO,LOC")
    traps = TRAPS_CSV.replace("trap,", "LOC,")
    tables, found = read_tables(files(captures, traps, columns={"WHO": "animal", "SO": "occasion", "LOC": "detector"}))
    assert tables.captures["animal"].n_unique() == 6
    assert found.is_empty()


def test_without_buffer_the_mask_reaches_as_far_as_animals_range(files):
    answer = density_of_files(files())
    [sigma] = answer.tables["parameters"].filter(parameter="sigma")["estimate"]
    assert float(answer.parameters["buffer"]) > 3 * sigma
    assert "scr-buffer-bias" not in codes(answer)
    [note] = answer.notes
    assert note.code == "density-mask-of-files"


def test_a_buffer_that_is_too_short_is_a_warning(files):
    answer = density_of_files(files(buffer=100.0, spacing=40.0))
    assert {"mask-buffer-short", "scr-buffer-bias"} <= codes(answer)
    assert "inf" not in answer.findings.filter(code="scr-buffer-bias")["arguments"].item()


def test_n_by_buffer_ends_with_the_whole_mask(files):
    answer = density_of_files(files(buffer=400.0, spacing=40.0))
    rows = answer.tables["buffer"]
    assert rows["buffer"].is_sorted()
    assert rows["density"][-1] == pytest.approx(density(answer), rel=1e-4)
    assert rows["areaKm2"][-1] == pytest.approx(answer.tables["abundance"]["areaKm2"].item())


def cells(session: str, area: str = "0.16") -> str:
    places = [(40 * i - 400, 40 * j - 400) for i in range(28) for j in range(28)]
    return "session,x,y,area_ha\n" + "".join(f"{session},{x},{y},{area}\n" for x, y in places)


def test_a_mask_that_numbers_its_sessions_is_taken_in_their_order_and_said_so(files):
    captures = "# S\n" + "".join(f"hill {a} {s} {k}\n" for a, s, k in SEEN)
    answer = density_of_files(files(captures, mask=cells("1")))
    assert "mask-sessions-by-number" in codes(answer)
    assert density(answer) == pytest.approx(density(density_of_files(files(mask=cells("1")))), rel=1e-9)


def test_cells_of_an_unknown_session_are_an_error_and_nothing_is_estimated(files):
    answer = density_of_files(files(mask=cells("elsewhere")))
    [row] = answer.findings.filter(code="mask-of-unknown-session").to_dicts()
    assert (row["value"], row["row"], row["severity"]) == ("elsewhere", 2, "error")
    assert answer.tables == {}
    assert answer.parameters["best"] == "-"


def test_a_mask_without_areas_needs_its_spacing(files):
    bare = "\n".join(",".join(line.split(",")[1:3]) for line in cells("1").splitlines())
    with pytest.raises(FormatError, match="area"):
        read_tables(files(mask=bare))
    tables, _ = read_tables(files(mask=bare, spacing=40.0))
    assert tables.mask is not None
    assert tables.mask["area"].unique().to_list() == [0.0016]


def test_a_capture_at_an_unknown_detector_is_an_error_and_nothing_is_estimated(files):
    answer = density_of_files(files(CAPTURES + "1 g 1 T99\n"))
    assert answer.findings.filter(code="capture-at-unknown-detector")["value"].to_list() == ["T99"]
    assert answer.tables == {}


def test_traps_that_hold_one_animal_are_fitted_as_multi_with_a_note(files):
    single = density_of_files(files(detector="single", buffer=400.0, spacing=40.0))
    assert "detector-single" in codes(single)
    assert density(single) == density(density_of_files(files(buffer=400.0, spacing=40.0)))
    assert "detector-single" not in codes(density_of_files(files(buffer=400.0, spacing=40.0)))


def test_occasions_without_captures_count_when_they_are_said(files):
    rows = density_of_files(files(occasions=9, buffer=400.0, spacing=40.0)).tables["effort"]
    assert rows["occasions"].item() == 9


def test_nobody_seen_twice_is_no_answer_but_a_finding(files):
    lone = "".join(f"1 {a} {s} {k}\n" for a, s, k in SEEN if (a, s) in {("a", 1), ("b", 1), ("d", 1)})
    answer = density_of_files(files(lone, buffer=400.0, spacing=40.0))
    assert answer.findings.filter(severity="error").height
    assert answer.tables["effort"]["animals"].item() == 3


def test_a_sigma_that_cannot_be_estimated_chooses_no_larger_ground(files):
    one = "".join(f"1 {a} {s} {k}\n" for a, s, k in SEEN if (a, s) in {("a", 1), ("a", 2)})
    answer = density_of_files(files(one))
    assert {"one-animal", "scr-not-estimable"} <= codes(answer)
    assert answer.parameters["best"] == "-"
    assert "abundance" not in answer.tables


def test_several_files_of_traps_are_those_of_the_sessions_in_their_order(tmp_path):
    later = "".join(f"2 {a} {s} {k}\n" for a, s, k in SEEN)
    (tmp_path / "captures").write_text(CAPTURES + later)
    (tmp_path / "one").write_text(TRAPS)
    (tmp_path / "two").write_text(TRAPS.replace(" 0.0 0.0", " 9.0 0.0"))
    asked = DensityFiles(
        captures=tmp_path / "captures", traps=(tmp_path / "one", tmp_path / "two"), detector="multi", models=NULL
    )
    tables, found = read_tables(asked)
    first = tables.traps.filter(detector="T00")
    assert first.select("session", "x").rows() == [("1", 0.0), ("2", 9.0)]
    assert found.is_empty()
    with pytest.raises(MisuseError, match="each of 2 sessions"):
        read_tables(replace(asked, traps=asked.traps * 2))


@pytest.mark.parametrize(
    ("wrong", "match"), [({"detector": "camera"}, "kind of detector"), ({"traps": ()}, "file of traps")]
)
def test_what_cannot_be_meant_is_refused(wrong, match):
    given = {"captures": Path("c"), "traps": (Path("t"),), "detector": "multi"} | wrong
    with pytest.raises(MisuseError, match=match):
        DensityFiles(**given)


def test_a_file_that_is_not_there_is_misuse(tmp_path):
    asked = DensityFiles(captures=tmp_path / "none", traps=(tmp_path / "none",), detector="multi")
    with pytest.raises(FormatError, match="none"):
        density_of_files(asked)


def test_models_of_different_likelihoods_are_refused(files):
    both = (*NULL, model("HN: g0 ~ 1, sigma ~ 1, conditional"))
    with pytest.raises(MisuseError, match="one likelihood"):
        density_of_files(files(models=both, buffer=400.0, spacing=40.0))
