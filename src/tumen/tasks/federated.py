"""Fit density over several parties by exchange of files: no observation, and no picture, leaves its party.

The coordinator writes a plan (`propose`) and a request after the other (`advance`); each party answers from its own
study (`answer`). Messages are files in folders, so they can travel on a stick. The coordinator goes through the search
from its beginning each time, with the answers it has; where it needs one more, it asks. So it keeps nothing but files.
What an answer reveals: docs/methods/federated.md.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from scipy.special import ndtri

from tumen import engine
from tumen.errors import MisuseError, OutputError, Text
from tumen.files.atomic import writing_file, writing_folder
from tumen.files.text_table import read_text_table
from tumen.population.scr.abundance import PER
from tumen.population.scr.design import Design
from tumen.population.scr.federated import Party, Seen, Vectors, detection
from tumen.population.scr.federated_fit import Joint, Together, joint_design, joint_fit, on_thinned
from tumen.population.scr.fit import coarser
from tumen.population.scr.histories import Records, Rules, histories
from tumen.population.scr.occasions import Cut
from tumen.population.scr.survey import Floats, Session
from tumen.tasks.density_cells import told_as_cells
from tumen.tasks.federated_files import (
    Plan,
    read_json,
    read_plan,
    read_seen,
    read_vectors,
    seen_document,
    write_json,
    write_plan,
    write_vectors,
)
from tumen.tasks.pool import Pool, pool
from tumen.tasks.study import Study
from tumen.tasks.written import table_bytes

FIRST = "0000"
"""Name of the first request: who was seen."""


@dataclass(frozen=True)
class Asked:
    """Where a joint fit stands: the request that waits for answers, and from whom; or the result."""

    request: Path | None
    waiting: tuple[str, ...]
    result: Joint | None


def propose(plan: Plan, folder: Path) -> Path:
    """Write the plan and the first request into a new folder of the coordinator; return the request.

    Every party gets `plan.json`, `mask.csv` and what is in `requests`.
    """
    with writing_folder(folder, made="plan") as part:
        write_plan(plan, part)
        (part / "requests").mkdir()
        document = {"plan": read_plan(part).digest, "request": FIRST, "kind": "seen"}
        write_json(document, part / "requests" / f"{FIRST}.json")
    return folder / "requests" / f"{FIRST}.json"


@dataclass(frozen=True, eq=False)
class Reply:
    """An answer that is ready to be computed and written, so that its party can first see what it would tell.

    `exact`, `cells`: stations whose exact places are in its vectors, and those of whose places only the middles of
    cells are, up to `metres` wide. `vectors`: whether vectors are asked for, or only who was seen.
    """

    plan: Plan
    request: Mapping[str, Any]
    party: str
    path: Path
    own: Party
    exact: int
    cells: int
    metres: float

    @property
    def vectors(self) -> bool:
        """Say whether vectors are asked for."""
        return bool(self.request["kind"] != "seen")

    def write(self) -> Path:
        """Compute and write the answer; raise `OutputError` where it was written before."""
        about = {"plan": self.plan.digest, "request": str(self.request["request"]), "party": self.party}
        if self.path.exists():
            cure = "Send that one; to answer anew, delete it first."
            raise OutputError("a request that was not answered yet", Text("the answer {path}", path=self.path), cure)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        own = self.own
        if not self.vectors:
            write_json({**about, "sessions": seen_document(own.seen())}, self.path)
            return self.path
        points = [np.array(point, dtype=np.float64) for point in self.request["points"]]
        answers = [own.answer(point, coarse=bool(self.request["coarse"])) for point in points]
        write_vectors(answers, own.seen(), _of_detection(own.design), self.path, about)
        return self.path


def answer(study: Study, folder: Path, names: Path, party: str) -> Path:
    """Answer the newest request of a plan from a party's own study; return the file that goes to the coordinator.

    What the answer tells is not asked for here: `reply` says it before anything is written.
    """
    return reply(study, folder, names, party).write()


def reply(study: Study, folder: Path, names: Path, party: str, *, progress: engine.Progress = engine.silent) -> Reply:
    """Return what answers the newest request of a plan from a party's own study; nothing is written.

    `folder`: a copy of the plan with its requests; the answer goes into `answers/REQUEST` in it. `names`: CSV with
    individualID (the party's own names) and pseudonym (one for each animal over all parties). Raises `MisuseError` for
    an animal without a pseudonym, a party that is not in the plan, a study with another party's packages, and a request
    of another plan.
    """
    plan = read_plan(folder)
    if party not in plan.parties:
        raise MisuseError(
            Text("a party of the plan: {parties}", parties=", ".join(plan.parties)), f"'{party}'", "Check the name."
        )
    path = max((folder / "requests").glob("*.json"), default=None)
    if path is None:
        raise MisuseError("a request", "none", "Copy the folder requests of the coordinator.")
    request = read_json(path)
    if request.get("plan") != plan.digest:
        raise MisuseError("a request of this plan", "one of another", "Copy plan and requests anew.")
    pooled = pool(study, progress=progress)
    others = sorted({package.party for package in pooled.packages} - {party})
    if others:
        raise MisuseError(
            Text("a study with packages of {party} alone", party=party),
            Text("some of {parties}", parties=", ".join(others)),
            "Leave them out: their animals would count twice.",
        )
    sessions = sessions_of(pooled, plan, names)
    ending = "json" if request["kind"] == "seen" else "parquet"
    out = folder / "answers" / str(request["request"]) / f"{party}.{ending}"
    return Reply(plan, request, party, out, Party(sessions, plan.agreed), *_told(sessions))


def _told(sessions: Sequence[Session]) -> tuple[int, int, float]:
    """Return how many stations stand at exact places and how many in cells, and the widest cell in metres."""
    wide: dict[str, float] = {}
    for session in sessions:
        names, cell = session.detectors.names, session.detectors.cell
        own = np.zeros(len(names)) if cell is None else np.where(cell.min(axis=1) > 0, cell.max(axis=1), 0.0)
        for name, metres in zip(names, own.tolist(), strict=True):
            wide[name] = min(metres, wide.get(name, np.inf))
    exact = sum(not metres > 0 for metres in wide.values())
    return exact, len(wide) - exact, max(wide.values(), default=0.0)


def sessions_of(pooled: Pool, plan: Plan, names: Path) -> tuple[Session, ...]:
    """Return a party's sessions as the plan cuts them, with pseudonyms for names."""
    listed, _ = read_text_table(names.read_bytes(), name="names")
    given = listed.select("individualID", "pseudonym")
    seen = pooled.detections.filter(pl.col("scientificName") == plan.species, pl.col("source") == "camera")
    by_local = given.rename({"individualID": "localID"})
    seen = seen.join(by_local, on="localID", how="left", maintain_order="left")
    nameless = seen.filter(pl.col("pseudonym").is_null())["localID"].unique().sort()
    if len(nameless):
        raise MisuseError(
            "a pseudonym for every animal",
            Text("{count} without: {names}", count=len(nameless), names=", ".join(nameless.head(5))),
            "Ask whoever keeps the register for a new list of names.",
        )
    known = pooled.register.known.filter(pl.col("scientificName") == plan.species).join(given, on="individualID")
    records = Records(
        detections=seen.with_columns(individualID="pseudonym").drop("pseudonym"),
        cameras=pooled.deployments,
        worked=pooled.operating,
        individuals=known.select("party", individualID="pseudonym", sex="sex").unique(maintain_order=True),
        crosswalk=pooled.register.walk.table,
    )
    rules = Rules(kind=plan.agreed.kind, cut=Cut(plan.occasion))
    made = histories(records, plan.windows, rules, plane=plan.plane)
    made, _ = told_as_cells(pooled, made)
    return tuple(session for session in made.sessions if session.detectors.names)


def _of_detection(whole: Design) -> list[str]:
    return [whole.names[j] for j in detection(whole)]


def advance(folder: Path) -> Asked:
    """Take in the answers that have come, and go on: the next request, or the result.

    `folder`: the coordinator's, with `plan.json` and `answers/REQUEST/PARTY.*` of the parties. With answers missing
    nothing changes, and who is waited for is returned. The result is `result.json`, `parameters.csv`, `abundance.csv`.
    """
    plan = read_plan(folder)
    first = folder / "answers" / FIRST
    waiting = tuple(party for party in plan.parties if not (first / f"{party}.json").is_file())
    if waiting:
        return Asked(folder / "requests" / f"{FIRST}.json", waiting, None)
    seen = {party: _seen(first / f"{party}.json", plan, party) for party in plan.parties}
    whole = joint_design(plan.agreed, seen)
    known = _Known(whole)
    for path in sorted((folder / "requests").glob("*.json")):
        if path.stem == FIRST:
            continue
        request = read_json(path)
        scores = folder / "scores" / path.name
        if not scores.is_file():
            here = folder / "answers" / path.stem
            waiting = tuple(party for party in plan.parties if not (here / f"{party}.parquet").is_file())
            if waiting:
                return Asked(path, waiting, None)
            _take_in(whole, seen, request, here, scores)
        known.learn(request, read_json(scores))
    try:
        found = joint_fit(whole, seen, known)
    except _NeededError as needed:
        path = folder / "requests" / f"{len(list((folder / 'requests').glob('*.json'))):04d}.json"
        points = [point.tolist() for point in needed.points]
        write_json(
            {"plan": plan.digest, "request": path.stem, "kind": "vectors", "coarse": needed.coarse, "points": points},
            path,
        )
        return Asked(path, plan.parties, None)
    _write_result(found, plan, folder)
    return Asked(None, (), found)


def _seen(path: Path, plan: Plan, party: str) -> tuple[Seen, ...]:
    told = read_json(path)
    _of_the_plan({str(key): str(value) for key, value in told.items()}, plan.digest, FIRST, party)
    return read_seen(told, path)


def _of_the_plan(about: Mapping[str, str], plan: str, request: str, party: str) -> None:
    for name, needed in (("plan", plan), ("request", request), ("party", party)):
        if about.get(name) != needed:
            raise MisuseError(
                Text("an answer of {party} to request {request} of this plan", party=party, request=request),
                Text("{name} {value}", name=name, value=about.get(name, "-")),
                "Put every answer into the folder of its request, under the name it came with.",
            )


def _take_in(
    whole: Design, seen: Mapping[str, tuple[Seen, ...]], request: Mapping[str, Any], here: Path, scores: Path
) -> None:
    """Compute the joint log-likelihoods and gradients of a request from the answers, and keep these."""
    points = [np.array(point, dtype=np.float64) for point in request["points"]]
    given = {}
    for party, own in seen.items():
        about, vectors = read_vectors(here / f"{party}.parquet", own, _of_detection(whole), len(points))
        _of_the_plan(about, str(request["plan"]), str(request["request"]), party)
        given[party] = vectors

    def ask(points: Sequence[Floats], *, coarse: bool) -> Mapping[str, Sequence[tuple[Vectors, ...]]]:
        return given

    found = Together(whole, seen, ask)(coarser(whole) if request["coarse"] else whole, points)
    scores.parent.mkdir(exist_ok=True)
    # A point where nothing is possible has no logarithm: null.
    told = [[value if np.isfinite(value) else None, gradient.tolist()] for value, gradient in found]
    write_json({"scores": told}, scores)


class _NeededError(Exception):
    """Points whose scores are not known yet."""

    def __init__(self, points: Sequence[Floats], *, coarse: bool) -> None:
        super().__init__()
        self.points, self.coarse = points, coarse


class _Known:
    """Log-likelihoods and gradients that are known (`fit.Evaluate`); raises `_NeededError` for others."""

    def __init__(self, whole: Design) -> None:
        self.whole = whole
        self.scores: dict[tuple[bool, tuple[float, ...]], tuple[float, Floats]] = {}

    def learn(self, request: Mapping[str, Any], told: Mapping[str, Any]) -> None:
        for point, (value, gradient) in zip(request["points"], told["scores"], strict=True):
            score = (-np.inf if value is None else float(value), np.array(gradient, dtype=np.float64))
            self.scores[bool(request["coarse"]), tuple(map(float, point))] = score

    def __call__(self, design: Design, points: Sequence[Floats]) -> list[tuple[float, Floats]]:
        coarse = on_thinned(design, self.whole)
        keys = [(coarse, tuple(map(float, point))) for point in points]
        lacking = [point for point, key in zip(points, keys, strict=True) if key not in self.scores]
        if lacking:
            raise _NeededError(lacking, coarse=coarse)
        return [self.scores[key] for key in keys]


def abundance_rows(found: Joint, plan: Plan) -> pl.DataFrame:
    """Return expected numbers and density per 100 km2 by session and country (`all`: the whole mask)."""
    country = plan.agreed.mask.covariates.get("country")
    regions: list[tuple[str, Floats | None]] = [("all", None)]
    if country is not None:
        names = sorted({name for name in country.tolist() if name})
        regions += [(name, (country == name).astype(np.float64)) for name in names]
    rows = []
    for number, session in enumerate(plan.agreed.sessions):
        for region, share in regions:
            area = float(found.area.sum() if share is None else found.area @ share)
            n, per = found.expected(share, number), PER / area
            rows.append(
                (session.name, region, area, n.value, n.se, n.low, n.high, *(v * per for v in (n.value, n.low, n.high)))
            )
    columns = (
        *("session", "region", "areaKm2", "expected", "expectedSe", "expectedLow", "expectedHigh"),
        *("density", "densityLow", "densityHigh"),
    )
    schema = {name: pl.String if name in ("session", "region") else pl.Float64 for name in columns}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))


def joint_parameters(found: Joint) -> pl.DataFrame:
    """Return the parameters on the link scale, with 95 % intervals: parameter, estimate, se, low, high."""
    se = pl.Series("se", found.se).fill_nan(None)
    frame = pl.DataFrame({"parameter": found.names, "estimate": found.beta, "se": se})
    half = float(ndtri(0.975)) * pl.col("se")
    return frame.with_columns(low=pl.col("estimate") - half, high=pl.col("estimate") + half)


def _write_result(found: Joint, plan: Plan, folder: Path) -> None:
    document = {
        "plan": plan.digest,
        "model": plan.agreed.model.title,
        "status": found.status,
        "problems": list(found.problems),
        "logLikelihood": found.log_likelihood,
        "names": list(found.names),
        "beta": found.beta.tolist(),
        "covariance": None if found.covariance is None else found.covariance.tolist(),
        "animals": found.animals,
    }
    tables = {
        "parameters.csv": joint_parameters(found),
        "abundance.csv": abundance_rows(found, plan),
    }
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    files = {name: table_bytes(frame) for name, frame in tables.items()}
    for name, data in {**files, "result.json": text.encode()}.items():
        with writing_file(folder / name, replace=True) as part:
            part.write_bytes(data)


def write_names(study: Study, out: Path, secret: bytes, *, progress: engine.Progress = engine.silent) -> list[Path]:
    """Write each party's list of names, `PARTY.csv`, into a new folder, from a study with the joint register."""
    made = pseudonyms(pool(study, progress=progress), secret)
    with writing_folder(out, made="names") as part:
        for party, frame in made.items():
            (part / f"{party}.csv").write_bytes(table_bytes(frame))
    return [out / f"{party}.csv" for party in made]


def pseudonyms(pooled: Pool, secret: bytes) -> dict[str, pl.DataFrame]:
    """Return for each party its list of names (individualID, pseudonym), from a study that has the joint register.

    `secret`: at least 16 bytes that the coordinator does not have; without them nobody can go back from a pseudonym to
    a name of which he only suspects that it is in the register.
    """
    if len(secret) < 16:
        raise MisuseError(
            "a secret of 16 bytes or more",
            Text("{count}", count=len(secret)),
            "Draw it, and keep it with the register.",
        )
    table = pooled.register.walk.table.select("party", "individualID", "jointID").unique().sort("party", "individualID")
    joint = table["jointID"].unique().to_list()
    named = {each: _hidden(each, secret) for each in joint}
    table = table.with_columns(pseudonym=pl.col("jointID").replace_strict(named, return_dtype=pl.String))
    return {
        str(party): own.select("individualID", "pseudonym")
        for (party,), own in table.group_by(["party"], maintain_order=True)
    }


def _hidden(name: str, secret: bytes) -> str:
    return "A" + hmac.new(secret, b"tumen-federated\x00" + name.encode(), hashlib.sha256).hexdigest()[:20]
