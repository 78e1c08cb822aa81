"""What stands against an estimate, one bad survey at a time."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from tests.builders import codes

from tumen.population.scr.problems import problems
from tumen.population.scr.summary import by_country, describe
from tumen.population.scr.survey import Captures, Detectors, Fixes, Kind, Mask, Session

XY = {"A": (0.0, 0.0), "B": (1000.0, 0.0), "C": (0.0, 1000.0), "D": (1000.0, 1000.0)}


def survey(
    seen: Sequence[tuple[str, int, str]],
    *,
    occasions: int = 5,
    kind: Kind = "proximity",
    usage: float | NDArray[np.float64] = 1.0,
    xy: Mapping[str, tuple[float, float]] | None = None,
    values: Mapping[str, NDArray] | None = None,
    detector_values: Mapping[str, NDArray] | None = None,
    mask: Mask | None = None,
    name: str = "1",
    fixes: Fixes | None = None,
) -> Session:
    """Animal, occasion (from 1), detector."""
    places = xy or {name: XY[name] for name in sorted({"A", "B"} | {k for _, _, k in seen})}
    names, animals = tuple(places), tuple(sorted({a for a, _, _ in seen}))
    rows = sorted({(animals.index(a), s - 1, names.index(k)) for a, s, k in seen})
    table = np.array([(*row, 1) for row in rows], dtype=np.int64).reshape(-1, 4)
    detectors = Detectors(
        names, np.array(list(places.values())), np.ones((len(names), occasions)) * usage, kind, detector_values or {}
    )
    captures = Captures(*(table[:, k].copy() for k in range(4)))
    return Session(name, detectors, animals, captures, field() if mask is None else mask, values or {}, fixes=fixes)


def field(spacing: float = 250.0, reach: float = 4000.0) -> Mask:
    side = np.arange(-reach, reach + 1001, spacing)
    xy = np.array([(x, y) for y in side for x in side])
    return Mask(xy, np.full(len(xy), spacing**2 / 1e6), spacing)


ENOUGH = [(animal, 1, "A") for animal in "abcdef"] + [(animal, 2, "B") for animal in "abcdef"]


def test_a_good_survey_has_no_problems():
    assert problems([survey(ENOUGH)], parameters=3).is_empty()


def only(found: pl.DataFrame, code: str) -> dict:
    return found.filter(code=code).row(0, named=True)


@pytest.mark.parametrize(
    ("seen", "code", "severity", "value"),
    [
        ([], "no-detections", "error", ""),
        ([("a", 1, "A"), ("a", 2, "B")], "one-animal", "error", "a"),
        ([("a", 1, "A"), ("b", 2, "B")], "no-recaptures", "error", "2"),
        ([("a", 1, "A"), ("a", 2, "A"), ("b", 1, "B")], "no-spatial-recaptures", "error", "2"),
        ([("a", 1, "A"), ("b", 2, "A"), ("a", 3, "A")], "all-at-one-detector", "error", "A"),
        ([("a", 1, "A"), ("a", 2, "B"), ("b", 1, "B")], "few-spatial-recaptures", "warning", "1"),
    ],
)
def test_too_little_was_seen(seen, code, severity, value):
    found = only(problems([survey(seen)]), code)
    assert (found["severity"], found["value"]) == (severity, value)


def test_sessions_are_judged_together():
    silent = survey([], name="2013")
    found = problems([silent, survey(ENOUGH, name="2014")])
    assert found.select("code", "value").rows() == [("session-without-detections", "2013")]


def test_telemetry_stands_in_for_recaptures():
    seen = [("a", 1, "A"), ("b", 2, "B")]
    fixes = Fixes(np.zeros(3, np.int64), np.zeros((3, 2)))
    assert problems([survey(seen, fixes=fixes)], sigma=500.0).is_empty()


def test_animals_should_be_more_than_parameters():
    assert "too-few-animals" not in codes(problems([survey(ENOUGH)], parameters=4))
    found = only(problems([survey(ENOUGH)], parameters=5), "too-few-animals")
    assert (found["value"], found["arguments"]) == ("6", '{"parameters": 5}')


def test_no_detector_worked_at_all():
    found = problems([survey([], usage=0.0)])
    assert only(found, "usage-zero-everywhere")["value"] == "1"
    assert "detector-never-worked" not in codes(found)


def test_a_detector_that_never_worked_and_one_that_caught_while_idle():
    usage = np.ones((3, 5))
    usage[2] = 0
    usage[0, 0] = 0
    found = problems([survey(ENOUGH, xy={k: XY[k] for k in "ABC"}, usage=usage)])
    assert only(found, "detector-never-worked")["value"] == "C"
    idle = found.filter(code="capture-at-idle-detector")
    assert idle.height == 6 and idle.row(0, named=True)["value"] == "A" and idle["severity"][0] == "error"


def test_two_detectors_at_one_place():
    found = problems([survey(ENOUGH, xy={"A": (0.0, 0.0), "B": (1000.0, 0.0), "C": (0.0, 0.0)})])
    assert only(found, "detectors-at-one-place")["arguments"] == '{"other": "A", "session": "1"}'


def test_an_animal_far_apart_in_one_occasion_may_be_two():
    places = {"A": (0.0, 0.0), "B": (1000.0, 0.0), "C": (60_000.0, 0.0)}
    both = [*ENOUGH, ("a", 1, "C")]
    found = only(problems([survey(both, xy=places)]), "animal-far-apart")
    assert found["value"] == "a" and '"kilometres": 60' in found["arguments"]
    assert "animal-far-apart" not in codes(problems([survey(both, xy=places)], far=70_000))
    apart = [*ENOUGH, ("a", 3, "C")]
    assert "animal-far-apart" not in codes(problems([survey(apart, xy=places)]))


def test_a_country_where_nobody_was_seen():
    country = np.array(["RU", "RU", "CN"], dtype=object)
    one = survey(ENOUGH, xy={k: XY[k] for k in "ABC"}, detector_values={"country": country})
    found = problems([one])
    assert found.select("code", "value", "arguments").rows() == [
        ("country-without-detections", "CN", '{"detectors": "1", "session": "1"}')
    ]
    assert by_country(one).rows() == [("1", "CN", 1, 0, 5.0, 0, 0, 0), ("1", "RU", 2, 2, 10.0, 6, 12, 6)]


def test_an_animal_moved_on_a_side_if_it_was_seen_at_two_detectors_of_it():
    country = np.array(["RU", "RU", "CN"], dtype=object)
    met = [("a", 1, "A"), ("a", 2, "A"), ("a", 3, "B"), ("b", 1, "B"), ("b", 2, "C")]
    one = survey(met, xy={k: XY[k] for k in "ABC"}, detector_values={"country": country})
    assert describe(one)["spatialRecaptures"].item() == 2
    assert dict(by_country(one).select("countryCode", "spatialRecaptures").iter_rows()) == {"CN": 0, "RU": 1}


@pytest.mark.parametrize(
    ("sexes", "expected"),
    [
        ([None] * 6, ["sex-unknown-for-all"]),
        (["F", None, "F", None, None, None], ["sex-of-one-kind"]),
        (["F", "M", None, None, None, None], []),
    ],
)
def test_sexes(sexes, expected):
    assert codes(problems([survey(ENOUGH, values={"sex": np.array(sexes, dtype=object)})])) == expected


def test_covariates_that_say_nothing_or_the_same_or_are_missing():
    cells = field()
    x = cells.xy[:, 0]
    gap = np.where(x > 0, x, np.nan)
    mask = Mask(
        cells.xy, cells.area, cells.spacing, {"flat": x * 0, "gap": gap, "x1": x, "x2": -2 * x + 7, "y": cells.xy[:, 1]}
    )
    one = survey(ENOUGH, mask=mask)
    found = problems([one])
    assert found.sort("code").select("code", "severity", "value").rows() == [
        ("covariate-constant", "warning", "flat"),
        ("covariate-missing", "error", "gap"),
        ("covariates-collinear", "warning", "x2"),
    ]
    assert problems([one], covariates=["x1", "y"]).is_empty()


def test_a_session_without_a_mask():
    found = problems([survey(ENOUGH, mask=Mask(np.empty((0, 2)), np.empty(0), 0.0))])
    assert found.select("code", "severity", "value").rows() == [("session-without-mask", "error", "1")]


def test_a_detector_off_the_mask():
    found = problems([survey(ENOUGH, xy={"A": (0.0, 0.0), "B": (1000.0, 0.0), "C": (5200.0, 0.0)})])
    assert {"mask-detector-outside", "mask-detector-far"} & set(codes(found))


def test_sigma_larger_than_the_detectors_and_the_mask():
    found = problems([survey(ENOUGH)], sigma=9000.0)
    assert only(found, "sigma-beyond-detectors")["arguments"] == '{"metres": 1000, "session": "1"}'
    assert "mask-sigma-large" in codes(found)


def test_a_survey_in_numbers():
    row = describe(survey([("a", 1, "A"), ("a", 2, "B"), ("a", 3, "B"), ("b", 1, "A"), ("b", 2, "A"), ("c", 1, "B")]))
    assert row.row(0, named=True) == {
        "session": "1",
        "animals": 3,
        "detections": 6,
        "detectors": 2,
        "detectorsUsed": 2,
        "occasions": 5,
        "effort": 10.0,
        "recaptures": 3,
        "recapturedAnimals": 2,
        "spatialRecaptures": 1,
        "meanMaxDistance": 500.0,
        # squares around the mean: (2/3)^2 + 2 (1/3)^2 = 2/3 km2 of three recaptures, per axis
        "rpsv": pytest.approx(1000 * np.sqrt(2 / 3 / 6)),
        "spacing": 1000.0,
        "extent": 1000.0,
    }


def test_an_empty_survey_in_numbers():
    row = describe([survey([])]).row(0, named=True)
    assert (row["animals"], row["detections"], row["meanMaxDistance"], row["rpsv"]) == (0, 0, None, None)
