"""Read and write the command files of TRIM (.tcf), as data: what the file of counts holds and which models are asked.

A command stands on a line: a keyword in capitals or not, and its values. LABELS takes the following lines up to END.
RUN ends a model; the next one begins with what the one before said. What a file does not say is None here, and nobody's
default. The file of counts is named and never opened.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import polars as pl

from tumen.errors import FormatError
from tumen.files.text_table import decoded
from tumen.files.trim import TrimForm
from tumen.tables.findings import finding, gather

COMMANDS = "command"
"""The name that findings give to the command file, as a table."""


@dataclass(frozen=True)
class TrimModel:
    """One model that a command file asks for; None where it does not say.

    `covariates` are numbered from 1 in the order of the labels; `changepoints`, `base` and `overall` (the time points
    at which the overall slope may change) are positions of time points, counted from 1.
    """

    model: int | None = None
    covariates: tuple[int, ...] = ()
    changepoints: tuple[int, ...] = ()
    stepwise: bool | None = None
    autodelete: bool | None = None
    weighting: bool | None = None
    overdispersion: bool | None = None
    serial: bool | None = None
    base: int | None = None
    overall: tuple[int, ...] = ()
    comment: str = ""


@dataclass(frozen=True)
class TrimJob:
    """A command file: the name of the file of counts as it is written, its form, the models, and what is wrong."""

    file: str
    title: str
    form: TrimForm
    models: tuple[TrimModel, ...]
    findings: pl.DataFrame


def _on(word: str) -> bool | None:
    return {"on": True, "off": False}.get(word.lower())


def _present(word: str) -> bool | None:
    return {"present": True, "absent": False}.get(word.lower())


def _positive(word: str) -> int | None:
    return int(word) if word.isascii() and word.isdecimal() and int(word[:9]) > 0 and len(word) < 10 else None


def _from_zero(word: str) -> int | None:
    return 0 if word == "0" else _positive(word)


def _model(word: str) -> int | None:
    return int(word) if word in ("1", "2", "3") else None


def _several(words: str) -> tuple[int, ...] | None:
    numbers = tuple(_positive(word) for word in words.split())
    read = tuple(number for number in numbers if number is not None)
    return read if read and len(read) == len(numbers) else None


_DATA: Mapping[str, tuple[Callable[[str], Any], str]] = MappingProxyType(
    {
        "file": (str, "FILE counts.dat"),
        "title": (str, "TITLE skylark"),
        "ntimes": (_positive, "NTIMES 8"),
        "ncovars": (_from_zero, "NCOVARS 2"),
        "missing": (str, "MISSING 999"),
        "weight": (_present, "WEIGHT absent"),
    }
)
_OF_MODEL: Mapping[str, tuple[str, Callable[[str], Any], str]] = MappingProxyType(
    {
        "model": ("model", _model, "MODEL 2"),
        "covariates": ("covariates", _several, "COVARIATES 1 2"),
        "changepoints": ("changepoints", _several, "CHANGEPOINTS 1 4"),
        "stepwise": ("stepwise", _on, "STEPWISE on"),
        "autodelete": ("autodelete", _on, "AUTODELETE on"),
        "weighting": ("weighting", _on, "WEIGHTING on"),
        "overdisp": ("overdispersion", _on, "OVERDISP on"),
        "serialcor": ("serial", _on, "SERIALCOR on"),
        "basetime": ("base", _positive, "BASETIME 1"),
        "overallchangepoints": ("overall", _several, "OVERALLCHANGEPOINTS 1 4"),
        "comment": ("comment", str, "COMMENT first"),
    }
)
_UNUSED = ("outputfiles", "impcovout", "covin")


@dataclass
class _State:
    """What has been read so far."""

    data: dict[str, Any] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    models: list[TrimModel] = field(default_factory=list)
    current: dict[str, tuple[Any, int]] = field(default_factory=dict)
    lines: list[Mapping[str, int]] = field(default_factory=list)
    findings: list[pl.DataFrame] = field(default_factory=list)

    def note(self, code: str, row: int | None, column: str, value: str, **arguments: str | int) -> None:
        """Remember what is wrong with a line."""
        self.findings.append(finding(code, table=COMMANDS, row=row, column=column.upper(), value=value, **arguments))

    def end_model(self) -> None:
        """Make a model of the commands since the last one; what they do not say is as it was."""
        before = self.models[-1] if self.models else TrimModel()
        self.models.append(replace(before, **{name: value for name, (value, _) in self.current.items()}))
        self.lines.append({name: row for name, (_, row) in self.current.items()})
        self.current = {}


def read_trim_commands(data: bytes, *, encoding: str = "utf-8") -> TrimJob:
    r"""Return what a TRIM command file says; a line that cannot be read is a finding, and the others hold.

    Raises `FormatError` where no line is a command of TRIM.

    >>> job = read_trim_commands(b"FILE a.dat\nNTIMES 8\nMISSING 999\nWEIGHT absent\nmodel 2\noverdisp on\nrun\n")
    >>> job.form.missing, job.form.times, [(m.model, m.overdispersion, m.serial) for m in job.models]
    ('999', 8, [(2, True, None)])
    """
    content, clean, found = decoded(data, COMMANDS, encoding)
    if not clean:
        content = content.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        found = gather([found, finding("text-undecodable", table=COMMANDS, value=encoding)])
    state = _State()
    labels_from = 0
    for row, line in enumerate(content.removesuffix("\x1a").splitlines(), start=1):
        word, _, rest = line.strip().replace("\t", " ").partition(" ")
        if labels_from and word.lower() != "end":
            state.labels += [line.strip()] if line.strip() else []
        elif labels_from:
            labels_from = 0
        elif word.lower() == "labels":
            labels_from = row
            state.labels = []
        elif word:
            _command(state, word.lower(), rest.strip(), row)
    if labels_from:
        state.note("trim-command-unread", labels_from, "labels", "; ".join(state.labels)[:80], example="LABELS ... END")
    if state.current or not state.models:
        state.end_model()
    if not state.data and state.models == [TrimModel()]:
        raise FormatError("a command file of TRIM", "no command", "Give the file with FILE, NTIMES and MODEL.")
    return _job(state, found)


def _command(state: _State, word: str, rest: str, row: int) -> None:
    """Take one line, or say what is wrong with it."""
    if word == "run":
        state.end_model()
    elif word in _UNUSED:
        state.note("trim-command-unused", row, word, rest)
    elif word in _DATA:
        read, example = _DATA[word]
        value = read(rest) if rest else None
        if value is None:
            state.note("trim-command-unread", row, word, rest, example=example)
            return
        if word in state.data:
            state.note("trim-command-twice", row, word, rest)
        state.data[word] = value
    elif word in _OF_MODEL:
        name, read, example = _OF_MODEL[word]
        value = read(rest) if rest or name == "comment" else None
        if value is None:
            state.note("trim-command-unread", row, word, rest, example=example)
            return
        if name in state.current and name != "comment":
            state.note("trim-command-twice", row, word, rest)
        state.current[name] = (value, row)
    else:
        state.note("trim-command-unknown", row, "", f"{word} {rest}".strip()[:80])


def _job(state: _State, found: pl.DataFrame) -> TrimJob:
    """Hold the commands against each other."""
    said = state.data.get("ncovars")
    if said is not None and said != len(state.labels):
        state.note("trim-labels-differ", None, "ncovars", str(said), said=said, found=len(state.labels))
    count = len(state.labels) if said is None else said
    labels = [*state.labels[:count], *(f"covariate{number}" for number in range(len(state.labels) + 1, count + 1))]
    times = state.data.get("ntimes")
    limits = {"covariates": count, "changepoints": times, "base": times, "overall": times}
    models = []
    for model, lines in zip(state.models, state.lines, strict=True):
        for name, limit in limits.items():
            value = getattr(model, name)
            largest = max(value, default=0) if isinstance(value, tuple) else value or 0
            if limit is not None and largest > limit:
                if name in lines:
                    state.note("trim-command-beyond", lines[name], _word(name), str(largest), limit=limit)
                left_out: dict[str, Any] = {name: () if isinstance(value, tuple) else None}
                model = replace(model, **left_out)
        models.append(model)
    form = TrimForm(
        missing=state.data.get("missing"),
        weight=state.data.get("weight", False),
        covariates=tuple(labels),
        times=times,
    )
    return TrimJob(
        file=state.data.get("file", ""),
        title=state.data.get("title", ""),
        form=form,
        models=tuple(models),
        findings=gather([found, *state.findings]),
    )


def _word(name: str) -> str:
    return next(word for word, (own, *_) in _OF_MODEL.items() if own == name)


def write_trim_commands(job: TrimJob) -> bytes:
    r"""Return a command file for counts that `tumen.files.trim.write_trim` wrote; what is None is not written.

    >>> job = TrimJob("a.dat", "geese", TrimForm("-1", times=3), (TrimModel(model=2, changepoints=(1, 2)),), gather([]))
    >>> "; ".join(write_trim_commands(job).decode().splitlines())
    'FILE a.dat; TITLE geese; NTIMES 3; NCOVARS 0; MISSING -1; WEIGHT absent; MODEL 2; CHANGEPOINTS 1 2; RUN'
    """
    form = job.form
    lines = [f"FILE {job.file}"] if job.file else []
    lines += [f"TITLE {job.title}"] if job.title else []
    lines += [f"NTIMES {form.times}"] if form.times is not None else []
    lines.append(f"NCOVARS {len(form.covariates)}")
    lines += ["LABELS", *form.covariates, "END"] if form.covariates else []
    lines += [f"MISSING {form.missing}"] if form.missing is not None else []
    lines.append(f"WEIGHT {'present' if form.weight else 'absent'}")
    for model in job.models:
        for word, (name, *_) in _OF_MODEL.items():
            value = getattr(model, name)
            if value is not None and value not in ((), ""):
                lines.append(f"{word.upper()} {_said(value)}")
        lines.append("RUN")
    return "".join(f"{line}\n" for line in lines).encode()


def _said(value: bool | int | str | tuple[int, ...]) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
