"""The messages of a joint fit: what was agreed, what is asked, what a party answers. Numbers keep every digit.

A plan is `plan.json` and `mask.csv`; a request is JSON; an answer on who was seen is JSON, one of vectors is Parquet
with one row for each cell. JSON has the shortest decimal that reads back as the same number, Parquet the number itself.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tumen.errors import FormatError, Text
from tumen.files import vectors as vectors_file
from tumen.files.atomic import writing_file
from tumen.files.text_table import read_text_table
from tumen.population.scr.federated import Agreement, Closed, Seen, Vectors
from tumen.population.scr.model import model
from tumen.population.scr.occasions import Cut, Window
from tumen.population.scr.plane import Plane
from tumen.population.scr.survey import Floats, Mask

FORMAT = "tumen-federated/1"
PLAN, MASK = "plan.json", "mask.csv"


@dataclass(frozen=True)
class Plan:
    """What everybody agreed on, as it stands in a folder; `digest`: SHA-256 of the plan, which names that of the mask.

    `sessions`: first and last day of each, UTC. `occasion`: its length.
    """

    species: str
    parties: tuple[str, ...]
    sessions: tuple[tuple[date, date], ...]
    occasion: timedelta
    plane: Plane
    agreed: Agreement
    digest: str = ""

    @property
    def windows(self) -> tuple[Window, ...]:
        """Return the sessions as windows of time."""
        return tuple(window(*days) for days in self.sessions)


def window(first: date, last: date) -> Window:
    """Return a session from midnight of its first to midnight after its last day, UTC."""
    start, end = (pl.Series([day]).cast(pl.Datetime("us", "UTC")).item() for day in (first, last + timedelta(days=1)))
    return Window(f"{first}–{last}", start, end)


def closed(sessions: Sequence[tuple[date, date]], occasion: timedelta) -> tuple[Closed, ...]:
    """Return the sessions as everybody counts them."""
    cut = Cut(occasion)
    windows = [window(*days) for days in sessions]
    return tuple(Closed(each.name, len(cut.starts(each)) - 1) for each in windows)


def write_plan(plan: Plan, folder: Path) -> None:
    """Write a plan and its mask into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    mask = plan.agreed.mask
    columns: dict[str, Any] = {"x": mask.xy[:, 0], "y": mask.xy[:, 1], "areaKm2": mask.area}
    for name, values in mask.covariates.items():
        columns[name] = pl.Series(values.tolist(), dtype=pl.String if values.dtype == object else pl.Float64)
    frame = pl.DataFrame(columns)
    # The shortest decimal that reads back as the same number.
    written = frame.with_columns(
        pl.Series(name, [None if v is None else repr(v) for v in frame[name].to_list()], dtype=pl.String)
        for name, dtype in frame.schema.items()
        if dtype == pl.Float64
    ).write_csv()
    document = {
        "format": FORMAT,
        "species": plan.species,
        "parties": sorted(plan.parties),
        "model": plan.agreed.model.title,
        "detector": plan.agreed.kind,
        "sessions": [[f"{first}", f"{last}"] for first, last in plan.sessions],
        "occasionHours": plan.occasion / timedelta(hours=1),
        "levels": {name: list(values) for name, values in sorted(plan.agreed.levels.items())},
        "fewestStations": plan.agreed.fewest,
        "plane": {
            "longitude": plan.plane.longitude,
            "latitude": plan.plane.latitude,
            "reach": plan.plane.reach,
            "error": plan.plane.error,
        },
        "spacing": mask.spacing,
        "mask": hashlib.sha256(written.encode()).hexdigest(),
    }
    write_json(document, folder / PLAN)
    with writing_file(folder / MASK) as part:
        part.write_bytes(written.encode())


def read_plan(folder: Path) -> Plan:
    """Read a plan; raise `FormatError` where it is none, or its mask is not the one that was agreed on."""
    told, data, mask = read_json(folder / PLAN), _bytes(folder / PLAN), _bytes(folder / MASK)
    if told.get("format") != FORMAT or told.get("mask") != hashlib.sha256(mask).hexdigest():
        raise FormatError(
            Text("a plan {format} with its mask", format=FORMAT),
            Text("{folder}, whose format or mask is another", folder=folder.name),
            "Copy both files of the plan anew.",
        )
    try:
        sessions = tuple((date.fromisoformat(a), date.fromisoformat(b)) for a, b in told["sessions"])
        occasion = timedelta(hours=told["occasionHours"])
        levels = {name: tuple(values) for name, values in told["levels"].items()}
        agreed = Agreement(
            model(told["model"]),
            _mask(mask, float(told["spacing"]), levels),
            closed(sessions, occasion),
            told["detector"],
            levels,
            int(told["fewestStations"]),
        )
        plane = Plane(**{name: float(told["plane"][name]) for name in ("longitude", "latitude", "reach", "error")})
        parties = tuple(str(party) for party in told["parties"])
        return Plan(told["species"], parties, sessions, occasion, plane, agreed, hashlib.sha256(data).hexdigest())
    except (KeyError, TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise _broken(folder / PLAN, error) from error


def _mask(data: bytes, spacing: float, levels: Mapping[str, tuple[str, ...]]) -> Mask:
    text, _ = read_text_table(data, name="mask")
    words = {"country", *levels}
    numbers = {
        name: np.ascontiguousarray(text[name].cast(pl.Float64).to_numpy()) for name in text.columns if name not in words
    }
    covariates: dict[str, Any] = {
        name: np.array(text[name].to_list(), dtype=object) for name in text.columns if name in words
    }
    covariates |= {name: values for name, values in numbers.items() if name not in ("x", "y", "areaKm2")}
    xy = np.ascontiguousarray(np.stack([numbers["x"], numbers["y"]], axis=1))
    return Mask(xy, numbers["areaKm2"], spacing, covariates)


def write_json(document: Mapping[str, Any], path: Path) -> None:
    """Write JSON with sorted keys."""
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"
    with writing_file(path) as part:
        part.write_text(text, encoding="utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """Read an object of JSON; raise `FormatError` where there is none."""
    try:
        told = json.loads(_bytes(path))
    except ValueError as error:
        raise _broken(path, error) from error
    if not isinstance(told, dict):
        raise _broken(path, TypeError("no object"))
    return told


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        cure = "Copy the message anew."
        raise FormatError(Text("a file {name}", name=path.name), Text("{error}", error=error), cure) from error


def _broken(path: Path, error: Exception) -> FormatError:
    return FormatError(
        Text("a message of a joint fit in {name}", name=path.name),
        Text("{kind}: {error}", kind=type(error).__name__, error=error),
        "Copy the message anew, or ask its sender.",
    )


def seen_document(seen: Sequence[Seen]) -> list[dict[str, Any]]:
    """Return what a party says of its animals as JSON has it."""
    return [
        {
            "animals": list(each.animals),
            "classes": list(each.classes),
            "captures": list(each.captures),
            "stations": each.stations,
            "squares": each.squares,
            "degrees": each.degrees,
        }
        for each in seen
    ]


def read_seen(told: Mapping[str, Any], path: Path) -> tuple[Seen, ...]:
    """Return what a party says of its animals."""
    try:
        return tuple(
            Seen(
                tuple(map(str, each["animals"])),
                tuple(None if value is None else str(value) for value in each["classes"]),
                tuple(map(int, each["captures"])),
                int(each["stations"]),
                float(each["squares"]),
                int(each["degrees"]),
            )
            for each in told["sessions"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _broken(path, error) from error


def write_vectors(
    answers: Sequence[tuple[Vectors, ...]],
    seen: Sequence[Seen],
    names: Sequence[str],
    path: Path,
    about: dict[str, str],
) -> None:
    """Write vectors by point, session, animal (null: what an animal that was never seen was exposed to) and class.

    `names`: of the parameters of detection; each is a column of derivatives.
    """
    parts = []
    for point, sessions in enumerate(answers):
        for number, vectors in enumerate(sessions):
            base = {"point": point, "session": number}
            # What holds no parameter is a row without a cell.
            parts.append(_rows({**base, "animal": None, "group": None}, np.array([[vectors.constant]]), names, [None]))
            cells = list(range(vectors.exposure.shape[2]))
            for group, block in enumerate(vectors.exposure):
                parts.append(_rows({**base, "animal": None, "group": group}, block, names, cells))
            for animal, group, block in zip(vectors.animals, vectors.groups, vectors.rows, strict=True):
                own = {**base, "animal": seen[number].animals[int(animal)], "group": int(group)}
                parts.append(_rows(own, block, names, cells))
    vectors_file.write(pl.concat(parts), path, about)


def _rows(base: Mapping[str, Any], block: Floats, names: Sequence[str], cells: Sequence[int | None]) -> pl.DataFrame:
    schema = {"point": pl.Int32, "session": pl.Int32, "animal": pl.String, "group": pl.Int32}
    head = [pl.lit(base[name], dtype=dtype).alias(name) for name, dtype in schema.items()]
    frame = pl.DataFrame({"cell": pl.Series(cells, dtype=pl.Int32), "value": block[0]})
    by = [
        pl.Series(name, block[place] if len(block) > 1 else np.zeros(len(cells)), dtype=pl.Float64)
        for place, name in enumerate(names, start=1)
    ]
    return frame.with_columns(*head, *by).select(*schema, "cell", "value", *names)


def read_vectors(
    path: Path, seen: Sequence[Seen], names: Sequence[str], points: int
) -> tuple[dict[str, str], list[tuple[Vectors, ...]]]:
    """Return what an answer says of itself, and its vectors of each point; raise `FormatError` for anything else."""
    columns = ["point", "session", "animal", "group", "cell", "value", *names]
    about, frame = vectors_file.read(path, columns)
    try:
        cut = {
            (int(point), int(session)): own
            for (point, session), own in frame.group_by(["point", "session"], maintain_order=True)
        }
        made = [
            tuple(_vectors(cut[point, number], each, names) for number, each in enumerate(seen))
            for point in range(points)
        ]
    except (IndexError, KeyError, TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise _broken(path, error) from error
    return about, made


def _vectors(frame: pl.DataFrame, seen: Seen, names: Sequence[str]) -> Vectors:
    constant = frame.filter(pl.col("cell").is_null())["value"].item()
    rows = frame.drop_nulls("cell")
    number = {animal: position for position, animal in enumerate(seen.animals)}
    exposure: list[Floats] = []
    found: list[tuple[int, int, Floats]] = []
    for (animal, group), own in rows.group_by(["animal", "group"], maintain_order=True):
        block = own.sort("cell").select("value", *names).to_numpy().T
        if animal is None:
            exposure.append(block)
        else:
            found.append((number[str(animal)], int(str(group)), block))
    shape = exposure[0].shape
    return Vectors(
        np.array([animal for animal, _, _ in found], np.int64),
        np.array([group for _, group, _ in found], np.int64),
        np.stack([block for _, _, block in found]) if found else np.zeros((0, *shape)),
        np.stack(exposure),
        float(constant),
    )
