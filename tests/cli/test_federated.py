"""`tumen federated`, as three parties and a coordinator type it."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tumen.population.scr.federated_fit import Joint
from tumen.tasks import federated as task

PARTIES = {"east-university": "CN", "north-reserve": "RU", "south-institute": "CN"}
PLAN = """
[plan]
species = "Panthera pardus"
parties = ["north-reserve", "south-institute", "east-university"]
model = "HN: D ~ 1, g0 ~ 1, sigma ~ 1"
sessions = [["2014-09-01", "2014-11-30"]]
box = [130.3, 42.55, 131.6, 43.3]
spacing = 4000
countries = "world/countries.geojson"
"""
STUDY = """
[study]
title = "Own cameras"
species = ["Panthera pardus"]
period = ["2014-09-01", "2014-12-31"]
[area]
countries = "../world/countries.geojson"
"""


@pytest.fixture
def place(tumen, world, tmp_path, monkeypatch):
    """A folder for each party with its own study and its names, and a plan; each study is read once."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "world").symlink_to(world)
    (tmp_path / "plan.toml").write_text(PLAN)
    for party, country in PARTIES.items():
        (tmp_path / party).mkdir()
        package = f'[[package]]\npath = "../world/packages/{party}"\nparty = "{party}"\ncountry = "{country}"\n'
        (tmp_path / party / "study.toml").write_text(STUDY + package)
    read, pool = {}, task.pool

    def once(study, **_):
        if study.path not in read:
            read[study.path] = pool(study)
        return read[study.path]

    monkeypatch.setattr(task, "pool", once)
    said = tumen("federated", "names", "world/study.toml", "names", "--secret", "names.secret", "--new-secret")
    assert said.code == 0, said.err
    said = tumen("federated", "propose", "plan.toml", "centre")
    assert "ground: " in said.out
    assert said.out.endswith("centre/requests/0000.json\n"), said.err
    return tmp_path


def found(*_):
    """A fit of one animal in 100 km2 with standard errors of 0.1 on the link scale."""
    cells = len(Path("centre/mask.csv").read_text().splitlines()) - 1
    slopes = np.tile([1.0, 0.0, 0.0], (cells, 1))
    return Joint(
        names=("D", "g0", "sigma"),
        beta=np.array([np.log(0.01), -2.0, 8.0]),
        covariance=np.eye(3) * 0.01,
        log_likelihood=-100.0,
        status="converged",
        problems=(),
        estimable=np.ones(3, dtype=bool),
        density=(np.full(cells, 0.01),),
        slopes=(slopes,),
        area=np.full(cells, 16.0),
        animals=3,
        evaluations=9,
    )


def carry(place, party):
    own = place / party / "joint"
    shutil.copytree(place / "centre", own, dirs_exist_ok=True, ignore=shutil.ignore_patterns("answers", "scores"))


def answered(tumen, place, party, *more, study=None):
    carry(place, party)
    study = study or f"{party}/study.toml"
    names = f"names/{party}.csv"
    said = tumen("federated", "answer", study, f"{party}/joint", "--party", party, "--names", names, *more)
    if said.code == 0 and study == f"{party}/study.toml":
        shutil.copytree(place / party / "joint" / "answers", place / "centre" / "answers", dirs_exist_ok=True)
    return said


def result_is_printed(tumen):
    """The search over rounds is that of tests/tasks/test_federated.py; here its end is given."""
    said = tumen("federated", "advance", "centre")
    assert said.out.startswith("result: converged; rounds: 1\nmodel: HN: D ~ 1, g0 ~ 1, sigma ~ 1; animals seen: 3\n")
    assert tumen("federated", "advance", "centre", "--format", "csv").code == 2
    printed = tumen("federated", "advance", "centre", "--format", "csv", "--table", "abundance").out
    assert printed == Path("centre/abundance.csv").read_text()
    told = json.loads(tumen("federated", "advance", "centre", "--format", "json").out)
    whole, *parts = (row["expected"] for row in told["abundance"])
    assert whole == pytest.approx(sum(parts))
    assert told["abundance"][0]["density"] == pytest.approx(1.0)
    g0 = told["parameters"][1]
    assert (g0["low"], g0["high"]) == pytest.approx((-2.196, -1.804), abs=1e-3)


def test_nobody_reveals_places_unasked_and_who_is_waited_for_is_said(tumen, place, monkeypatch):
    assert "waiting for: east-university, north-reserve, south-institute" in tumen("federated", "advance", "centre").out
    other = answered(tumen, place, "north-reserve", study="world/study.toml")
    assert other.code == 2
    assert "needed a study with packages of north-reserve alone" in other.err
    for party in PARTIES:
        said = answered(tumen, place, party)
        assert said.code == 0, said.err
        assert "No place, no date." in said.err
    again = answered(tumen, place, "north-reserve")
    assert again.code == 2
    assert "needed a request that was not answered yet" in again.err
    with monkeypatch.context() as patch:
        patch.setattr(task, "joint_fit", found)
        result_is_printed(tumen)
    told = json.loads(tumen("federated", "advance", "centre", "--format", "json").out)
    assert told == {"status": "waiting", "round": 2, "request": "0001", "waiting": list(PARTIES)}

    said = answered(tumen, place, "north-reserve")
    assert said.code == 2
    assert said.err.startswith("This answer is made from the exact places of 10 stations.")
    assert "to millimetres" in said.err
    assert "needed your word that the coordinator may know exact places" in said.err
    assert not list((place / "north-reserve").rglob("*.parquet"))

    # The same cameras in a view whose places are cells of 0.01 degrees.
    view = place / "view"
    shutil.copytree(place / "world" / "packages" / "north-reserve", view / "package")
    described = json.loads((view / "package" / "datapackage.json").read_text())
    described.setdefault("tumen", {})["disclosure"] = {"level": "generalised", "category": 3}
    (view / "package" / "datapackage.json").write_text(json.dumps(described))
    whole = (place / "north-reserve" / "study.toml").read_text()
    (view / "study.toml").write_text(whole.replace("../world/packages/north-reserve", "package"))
    said = answered(tumen, place, "north-reserve", study="view/study.toml")
    assert said.code == 0, said.err
    assert "places told as cells up to 1111 m wide: 10 stations" in said.err
    assert "exact" not in said.err
    shutil.rmtree(place / "north-reserve" / "joint" / "answers" / "0001")
    said = answered(tumen, place, "north-reserve", "--exact-places-reveal")
    assert said.out == "north-reserve/joint/answers/0001/north-reserve.parquet\n"
    told = tumen("federated", "advance", "centre", "--format", "csv").out
    assert told == "request,waiting\r\n0001,east-university\r\n0001,south-institute\r\n".replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("was", "now", "needed"),
    [
        ("box = [130.3,", "box = [133.3,", "west before east"),
        ("spacing = 4000", "spacing = 40", "a mask of 8000 cells or fewer"),
        ("spacing = 4000", "", "all that a plan says in [plan]"),
        ('countries = "world', 'region = "northeast_asia"\ncountries = "world', "countries or region in [plan]"),
        ('"south-institute", "east-university"', "", "two parties or more"),
        ("g0 ~ 1", "g0 ~ b", "a model whose likelihood comes apart by party"),
    ],
)
def test_a_plan_that_says_too_little_or_wrong_is_refused(tumen, world, tmp_path, monkeypatch, was, now, needed):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "world").symlink_to(world)
    (tmp_path / "plan.toml").write_text(PLAN.replace(was, now))
    said = tumen("federated", "propose", "plan.toml", "centre")
    assert said.code == 2
    assert f"needed {needed}" in said.err
    assert not (tmp_path / "centre").exists()
