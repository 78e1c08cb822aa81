"""Estimate the trend of counts in a file of their own: CSV, or the files of TRIM."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from tumen import engine
from tumen.errors import FormatError, MisuseError, Text, nearest
from tumen.files.trim import TrimCounts, read_trim, read_trim_csv
from tumen.files.trim_commands import TrimJob, TrimModel, read_trim_commands
from tumen.tables import findings
from tumen.tables.answer import Answer
from tumen.tasks.trend_fits import ALL, Asked, Fitted, answered, fit_region

COMMANDS = (".tcf",)
SHEETS = (".csv",)
"""Endings of files by what they hold; a TRIM data file is read through the command file that describes it."""


@dataclass(frozen=True, kw_only=True)
class TrendFile:
    """What was said on the command line; None: not said."""

    counts: Path
    columns: Mapping[str, str] = field(default_factory=dict)
    model: int | None = None
    change_points: str | None = None
    stepwise: bool = False
    overdispersion: bool | None = None
    serial: bool | None = None
    covariates: tuple[str, ...] = ()
    base: int | None = None
    smooth: float | None = None


@dataclass(frozen=True)
class _Read:
    """The counts of a file, what else it says of the model, and what is wrong with it."""

    counts: TrimCounts
    asked: dict[str, object]
    said: pl.DataFrame


def trend_of_file(given: TrendFile, *, progress: engine.Progress = engine.silent) -> Answer:
    """Return the trend of the counts in a file; what the command line says goes before what the file says."""
    read = _read(given)
    progress(1, 2)
    table = read.counts.table.filter(pl.col("site").is_not_null() & pl.col("time").is_not_null())
    for name in given.covariates:
        if name not in read.counts.covariates:
            raise MisuseError("a column of the file", f"'{name}'", nearest(name, read.counts.covariates))
    months = bool(table["month"].is_not_null().any())
    said: dict[str, object] = {**read.asked, "months": months}
    for name in ("model", "overdispersion", "serial", "base", "smooth"):
        if getattr(given, name) is not None:
            said[name] = getattr(given, name)
    if given.change_points is not None:
        said["change_points"] = _points(given.change_points)
    if given.stepwise:
        said["stepwise"] = True
    if given.covariates:
        said["covariates"] = given.covariates
    asked = Asked.of(said)
    weight = "weight" if table["weight"].is_not_null().any() else None
    fitted = Fitted(given.counts.name, table, (fit_region(ALL, table, asked, weight=weight),))
    made = answered(fitted, asked, {"file": given.counts.name})
    progress(2, 2)
    every = findings.gather([read.said, made.findings]) if made.findings is not None else read.said
    return Answer(made.name, made.tables, made.notes, made.parameters, every)


def _points(text: str) -> str | tuple[int, ...]:
    if text.strip() == "all":
        return "all"
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise MisuseError("years or all for --change-points", f"'{text}'", "Write for example 2004,2009.") from error


def _read(given: TrendFile) -> _Read:
    ending = given.counts.suffix.lower()
    if ending in COMMANDS:
        return _of_commands(given)
    if ending not in SHEETS:
        raise FormatError(
            "counts as .csv, or a TRIM command file .tcf",
            given.counts.name,
            "A TRIM data file does not say what stands in it: give the command file that names it.",
        )
    columns = {meaning: here for here, meaning in given.columns.items()}
    counts = read_trim_csv(_bytes(given.counts), columns=columns)
    return _Read(counts, {}, counts.findings)


def _of_commands(given: TrendFile) -> _Read:
    """Read a command file and, from beside it, the counts that it names; of several models the first is taken."""
    job = read_trim_commands(_bytes(given.counts))
    name = job.file.replace("\\", "/").rsplit("/", 1)[-1]
    if not name:
        raise FormatError("a command file that names its counts", "no FILE", "Add FILE counts.dat to it.")
    # Only from its own folder: a command file of another's says nothing about this machine.
    counts = read_trim(_bytes(given.counts.parent / name), job.form)
    said = [job.findings, counts.findings]
    if len(job.models) > 1:
        said.append(findings.finding("trim-models-several", table="command", value=str(len(job.models))))
    return _Read(counts, _asked(job, counts) if job.models else {}, findings.gather(said))


def _asked(job: TrimJob, counts: TrimCounts) -> dict[str, object]:
    """Return what the first model of a command file asks for; TRIM leaves off what is not said."""
    one: TrimModel = job.models[0]
    times = counts.table["time"].drop_nulls().unique().sort().to_list()

    def at(position: int) -> int:
        if not 1 <= position <= len(times):
            raise FormatError(
                Text("time points from 1 to {last}", last=len(times)), str(position), "Correct the command file."
            )
        return int(times[position - 1])

    asked: dict[str, object] = {
        "model": one.model if one.model is not None else 3,
        "change_points": tuple(at(point) for point in one.changepoints),
        "stepwise": bool(one.stepwise),
        "overdispersion": bool(one.overdispersion),
        "serial": bool(one.serial),
        "covariates": tuple(counts.covariates[number - 1] for number in one.covariates),
    }
    if one.base is not None:
        asked["base"] = at(one.base)
    return asked


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FormatError("a file of counts", str(error), Text("Check the path {path}.", path=path)) from error
