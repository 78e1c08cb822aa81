"""Three folders, and nothing but files between them: the joint fit is that of the pooled data."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from tests.tasks.border_worlds import LEOPARD, grid_survey, in_one, pooled

from tumen.errors import FormatError, MisuseError
from tumen.population.scr.federated import Agreement
from tumen.population.scr.fit import fit
from tumen.population.scr.histories import Records, Rules, histories
from tumen.population.scr.mask import Wanted, mask
from tumen.population.scr.model import model
from tumen.population.scr.plane import plane_of
from tumen.population.scr.survey import Mask
from tumen.tasks import federated as federated_task
from tumen.tasks.federated import advance, answer, propose, pseudonyms
from tumen.tasks.federated_files import Plan, closed, read_plan, window

PARTIES = ("east", "middle", "west")
SESSIONS = ((date(2014, 1, 1), date(2014, 1, 20)),)


def packages():
    """The grid of cameras with every third of its columns to a party, and one name for an animal with all."""
    stood, rows = grid_survey(nights=20)
    made = {}
    for number, party in enumerate(PARTIES):
        own = [each for k, each in enumerate(stood) if k // 6 % 3 == number]
        names = {each["deploymentID"] for each in own}
        made[party] = in_one(own, [row for row in rows if row["deploymentID"] in names], party=party, name=party)
    return made


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Folders of three parties and a coordinator, and the pooled fit."""
    folder = tmp_path_factory.mktemp("joint")
    with pytest.MonkeyPatch.context() as patch:
        made = packages()
        pools = {party: pooled(folder, patch, [one]) for party, one in made.items()}
        whole = pooled(folder, patch, list(made.values()))
    by_name = whole.detections.with_columns(individualID="localID")
    plane = plane_of(np.array([131.0]), np.array([43.0]), margin=60_000.0)
    records = Records(by_name, whole.deployments, whole.operating, whole.register.known, whole.register.walk.table)
    days = histories(records, tuple(window(*days) for days in SESSIONS), Rules(), plane=plane)
    session = days.sessions[0]
    cells, _ = mask(np.array([[0.0, 0.0]]), wanted=Wanted(2000.0, 14_000.0))
    side = np.where(cells.xy[:, 0] < 0, "CN", "RU").astype(object)
    ground = Mask(cells.xy, cells.area, cells.spacing, {"country": side})
    said = model("HN: D ~ 1, g0 ~ 1, sigma ~ 1")
    agreed = Agreement(said, ground, closed(SESSIONS, timedelta(days=1)))
    plan = Plan(LEOPARD, PARTIES, SESSIONS, timedelta(days=1), plane, agreed)
    reference = fit([replace(session, mask=ground)], said)
    return pools, plan, reference


@pytest.fixture
def answers(world, monkeypatch):
    pools, _, _ = world
    monkeypatch.setattr(federated_task, "pool", lambda party, **_: pools[party])
    return pools


def carried(coordinator, folder, party):
    """The plan and the requests, copied to a party as a stick would."""
    own = folder / party
    shutil.copytree(coordinator, own, dirs_exist_ok=True, ignore=shutil.ignore_patterns("answers", "scores"))
    listed = own / "names.csv"
    if not listed.exists():
        animals = [f"L{number:02d}" for number in range(30)]
        listed.write_text("individualID,pseudonym\n" + "".join(f"{each},X{each}\n" for each in animals))
    return own


def returned(made, coordinator):
    target = coordinator / "answers" / made.parent.name / made.name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(made, target)


def test_three_folders_come_to_the_pooled_fit(world, answers, tmp_path):
    _, plan, reference = world
    centre = tmp_path / "coordinator"
    propose(plan, centre)
    for rounds in range(60):
        asked = advance(centre)
        if asked.result is not None:
            break
        assert asked.waiting == PARTIES
        # In another order each time.
        for party in PARTIES[rounds % 3 :] + PARTIES[: rounds % 3]:
            own = carried(centre, tmp_path, party)
            returned(answer(party, own, own / "names.csv", party), centre)
    joint = asked.result
    assert joint.status == "converged"
    np.testing.assert_allclose(joint.beta, reference.beta, atol=1e-6)
    assert joint.log_likelihood == pytest.approx(reference.log_likelihood, abs=1e-6)
    np.testing.assert_allclose(joint.covariance, reference.covariance, atol=1e-6)
    told = json.loads((centre / "result.json").read_text())
    assert told["beta"] == joint.beta.tolist()
    counted = pl.read_csv(centre / "abundance.csv")
    assert counted["region"].to_list() == ["all", "CN", "RU"]
    assert counted["expected"][0] == pytest.approx(counted["expected"][1:].sum())
    # Nothing that names an animal, a camera or a place of the parties stands in any file of the coordinator.
    for path in centre.rglob("*.json"):
        assert '"c0' not in path.read_text()
    sent = pl.read_parquet(next((centre / "answers" / "0001").glob("*.parquet")))
    assert set(sent["animal"].drop_nulls().unique()) <= {f"XL{number:02d}" for number in range(30)}


def test_who_is_waited_for_is_said_and_messages_of_others_are_refused(world, answers, tmp_path):
    _, plan, _ = world
    centre = tmp_path / "coordinator"
    propose(plan, centre)
    own = carried(centre, tmp_path, "west")
    made = answer("west", own, own / "names.csv", "west")
    returned(made, centre)
    assert advance(centre).waiting == ("east", "middle")
    with pytest.raises(MisuseError, match="a party of the plan"):
        answer("west", own, own / "names.csv", "north")
    for party in ("east", "middle"):
        shutil.copy(made, centre / "answers" / "0000" / f"{party}.json")
    with pytest.raises(MisuseError, match="an answer of east to request 0000"):
        advance(centre)
    (own / "names.csv").write_text("individualID,pseudonym\nL00,A\n")
    with pytest.raises(MisuseError, match="a pseudonym for every animal"):
        answer("west", own, own / "names.csv", "west")
    (own / "mask.csv").write_text("x,y,areaKm2\n0,0,1\n")
    with pytest.raises(FormatError, match="a plan tumen-federated/1 with its mask"):
        read_plan(own)


def test_pseudonyms_join_animals_and_need_the_secret(world):
    pools, _, _ = world
    one, other = (pseudonyms(pools["west"], secret)["west"] for secret in (b"s" * 16, b"t" * 16))
    assert one["individualID"].equals(other["individualID"])
    assert not set(one["pseudonym"]) & set(other["pseudonym"])
    with pytest.raises(MisuseError):
        pseudonyms(pools["west"], b"short")


def test_instants_of_a_plan_are_utc(world):
    _, plan, _ = world
    assert plan.windows[0].start == datetime(2014, 1, 1, tzinfo=UTC)
    assert plan.windows[0].end == datetime(2014, 1, 21, tzinfo=UTC)
