"""Answer the question of density from files of other programs: capture histories without packages, study or country."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

from tumen import engine
from tumen.errors import FormatError, MisuseError, Text, nearest
from tumen.files.decode import decode
from tumen.files.secr_csv import SYNONYMS, read_csv_tables, read_mask
from tumen.files.secr_text import read_captures, read_secr
from tumen.population.scr.abundance import abundance
from tumen.population.scr.fit import Fit
from tumen.population.scr.formula import variables
from tumen.population.scr.goodness import goodness
from tumen.population.scr.mask import Wanted, mask
from tumen.population.scr.model import Model
from tumen.population.scr.problems import problems
from tumen.population.scr.regions import REGIONS
from tumen.population.scr.start import spread_of
from tumen.population.scr.summary import describe
from tumen.population.scr.survey import KINDS, Kind, Mask, Session
from tumen.population.scr.tables import judge, sessions_of
from tumen.tables import findings
from tumen.tables.answer import Answer, Note
from tumen.tables.capture_histories import ScrTables
from tumen.tasks.density import BIAS, GOODNESS, models_of
from tumen.tasks.density_fits import bias, by_buffer, fits_of, widest
from tumen.tasks.density_tables import best_of, model_rows, parameter_rows

SINGLE = "single"
"""Traps that hold one animal; they are fitted as those that hold several."""
DETECTORS = (*KINDS, SINGLE)
CELLS = 6_000
"""Cells of a mask that is made by rule, unless more are asked for."""
EFFORT: dict[str, type[pl.DataType]] = {
    "session": pl.String,
    "detectors": pl.Int64,
    "occasions": pl.Int64,
    "effort": pl.Float64,
    "animals": pl.Int64,
    "detections": pl.Int64,
    "spatialRecaptures": pl.Int64,
}
"""`effort`: sum of the usage; `spatialRecaptures`: animals seen at two detectors or more."""


@dataclass(frozen=True, kw_only=True)
class DensityFiles:
    """What to fit to which files.

    `captures`, `traps`: secr's text files, or CSV with a header; several files of traps are those of the sessions in
    their order. `mask`: CSV; None: a mask around the detectors, by `spacing` and `buffer` (metres; None: by rule).
    `individuals`: CSV with covariates of animals. `detector`: multi, single, proximity, count or binomial. `occasions`:
    how many there were, where no usage tells. `columns`: what columns are called here ({"ANIMAL_ID": "animal"}).
    `goodness`: surveys simulated for goodness of fit; 0: none. `cells`: the most cells of a mask made by rule.
    """

    captures: Path
    traps: tuple[Path, ...]
    detector: str
    mask: Path | None = None
    individuals: tuple[Path, ...] = ()
    occasions: int | None = None
    buffer: float | None = None
    spacing: float | None = None
    models: tuple[Model, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    goodness: int = GOODNESS
    cells: int = CELLS
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse a detector of no kind, and no traps."""
        if self.detector not in DETECTORS:
            cure = nearest(self.detector, DETECTORS)
            raise MisuseError(Text("a kind of detector: {kinds}", kinds=", ".join(DETECTORS)), self.detector, cure)
        if not self.traps:
            raise MisuseError("a file of traps", "none", "Name the file with the places of the detectors.")

    @property
    def kind(self) -> Kind:
        """Return the kind of detector whose likelihood is fitted.

        >>> DensityFiles(captures=Path("capt.txt"), traps=(Path("trap.txt"),), detector="single").kind
        'multi'
        """
        return next((kind for kind in KINDS if kind == self.detector), "multi")


def density_of_files(asked: DensityFiles, *, progress: engine.Progress = engine.silent) -> Answer:
    """Return the answer; where the files hold errors or nothing can be estimated, its findings say why.

    The tables are those of a study's answer that need no country: `effort`, `models`, `parameters`, `abundance` (of the
    whole mask), `buffer` and `goodness`. Density is per 100 km2. Raises `FormatError` for files that cannot be read.
    """
    tables, found = read_tables(asked)
    judged = judge(tables, asked.kind, occasions=asked.occasions)
    told = [found, judged, _masked_sessions(tables)]
    if asked.detector == SINGLE:
        told.append(findings.finding("detector-single", table="traps", value=SINGLE))
    if findings.errors(findings.gather(told)).height:
        parameters: dict[str, str | int] = {"detector": asked.detector, "sessions": len(tables.sessions), "best": "-"}
        return Answer("density", {}, (), parameters, findings.gather(told))
    bare = sessions_of(tables, asked.kind, occasions=asked.occasions)
    progress(1, 3)
    sizes = asked.mask is not None or (asked.buffer is not None and asked.spacing is not None)
    if not sizes and not any(spread_of(session) is not None for session in bare):
        # Nobody was seen at two detectors, so no ground follows from the data; the findings say what is lacking.
        judged = problems(bare).filter(pl.col("code") != "session-without-mask")
        settings: dict[str, str | int] = {"detector": asked.detector, "sessions": len(bare), "best": "-"}
        tables_of = {"effort": effort_rows(bare)}
        return Answer("density", tables_of, (), settings, findings.gather([*told, judged]).unique(maintain_order=True))
    return _answered(asked, bare, told, progress)


def _answered(
    asked: DensityFiles, bare: Sequence[Session], told: list[pl.DataFrame], progress: engine.Progress
) -> Answer:
    """Return the answer of sessions; those without a mask get one."""
    models = asked.models or models_of(bare)
    made = _fitted(asked, bare, models)
    progress(2, 3)
    best = best_of(made.fits)
    answered: dict[str, pl.DataFrame] = {"effort": effort_rows(made.sessions)}
    told = [*told, made.findings]
    notes: list[Note] = []
    if made.fits:
        answered["models"] = model_rows(made.fits)
    parameters: dict[str, str | int] = {
        "detector": asked.detector,
        "sessions": len(made.sessions),
        "best": best.model.title if best else "-",
    }
    if best is not None:
        counted = pl.concat(
            [abundance(best, pl.DataFrame(schema=REGIONS), number) for number in range(len(best.sessions))]
        )
        answered |= {
            "parameters": parameter_rows(best, counted),
            "abundance": counted,
            "buffer": by_buffer(best, _farthest(best.sessions[0])),
        }
        if asked.goodness and best.model.likelihood != "conditional":
            judged = goodness(best, asked.goodness, asked.seed)
            answered["goodness"] = judged.tests
            told.append(judged.findings)
        parameters |= {"detection": best.model.detection, "buffer": round(made.reach[0])}
        notes.append(Note("density-mask-of-files", _mask_words(best.sessions[0].mask, made.reach[0])))
    progress(3, 3)
    return Answer("density", answered, tuple(notes), parameters, findings.gather(told))


@dataclass(frozen=True)
class _Made:
    sessions: tuple[Session, ...]
    reach: tuple[float, ...]
    fits: tuple[Fit, ...]
    findings: pl.DataFrame


def _fitted(asked: DensityFiles, bare: Sequence[Session], models: Sequence[Model]) -> _Made:
    """Fit the models; where the buffer was chosen by rule and proves too short, make the masks anew once."""
    sigmas = [spread for session in bare if (spread := spread_of(session)) is not None]
    made = _on(asked, bare, models, float(np.median(sigmas)) if sigmas else None)
    best = best_of(made.fits)
    # A sigma of which the data say nothing chooses no ground.
    if best is None or not best.estimable.all():
        return made
    lost = bias(best, made.reach)
    if lost <= BIAS:
        return made
    sigma = max(widest(best), 1.0)
    if asked.mask is None and asked.buffer is None:
        return _on(replace(asked, buffer=float(f"{5 * sigma:.2g}")), bare, models, sigma)
    told = findings.finding(
        "scr-buffer-bias",
        table="models",
        value=asked.captures.name,
        buffer=f"{min(made.reach):.0f}",
        lost=f"{100 * lost:.1f}",
        asked=f"{5 * sigma:.0f}",
    )
    return replace(made, findings=findings.gather([made.findings, told]))


def _on(asked: DensityFiles, bare: Sequence[Session], models: Sequence[Model], sigma: float | None) -> _Made:
    """Fit the models to sessions on masks made for a sigma, where they bring none."""
    told: list[pl.DataFrame] = []
    sessions, reach = [], []
    for session in bare:
        if asked.mask is not None:
            sessions.append(session)
            reach.append(_farthest(session))
            continue
        wanted = Wanted(asked.spacing, asked.buffer, limit=asked.cells)
        cells, about = mask(session.detectors.xy, session.detectors.names, sigma=sigma, wanted=wanted)
        told.append(about)
        sessions.append(replace(session, mask=cells))
        reach.append(_farthest(sessions[-1]) if asked.buffer is None else asked.buffer)
    used = {name for each in models for name in _variables(each)}
    told.append(problems(sessions, covariates=used))
    seen = any(len(session.animals) for session in sessions) and all(len(session.mask) for session in sessions)
    fits, about = fits_of(sessions, models, asked.captures.name) if seen else ((), findings.empty())
    # What is said of two sessions in the same words is said once.
    return _Made(tuple(sessions), tuple(reach), fits, findings.gather([*told, about]).unique(maintain_order=True))


def _variables(model: Model) -> set[str]:
    used = set(variables(model.density, model.detect, model.sigma, model.z, model.mixture))
    return used | ({model.hybrid} if model.hybrid else set())


def _farthest(session: Session) -> float:
    """Return how far the farthest cell of a mask lies from the nearest detector."""
    return float(np.max(cKDTree(session.detectors.xy).query(session.mask.xy)[0]))


def _mask_words(cells: Mask, reach: float) -> dict[str, str | int]:
    return {
        "cells": len(cells),
        "spacing": _metres(cells.spacing),
        "buffer": _metres(reach),
        "area": f"{cells.area.sum():.4g}",
    }


def _metres(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.3g}"


def effort_rows(sessions: Sequence[Session]) -> pl.DataFrame:
    """Return what was done and seen in each session (`EFFORT`)."""
    return describe(sessions).select(*EFFORT).cast(EFFORT)  # type: ignore[arg-type]


def read_tables(asked: DensityFiles) -> tuple[ScrTables, pl.DataFrame]:
    """Return the tables of the files, and the findings of reading them. Raises `FormatError` for what is no such file.

    Captures are CSV where their first line is a header with a column for occasions, else secr's text.
    """
    captures = _bytes(asked.captures)
    traps = [_bytes(path) for path in asked.traps]
    animals = [_bytes(path) for path in asked.individuals]
    if is_csv(captures, asked.columns):
        if len(traps) > 1:
            raise MisuseError(
                "one CSV of traps for all sessions", str(len(traps)), "Put them into one file with a column session."
            )
        tables, found = read_csv_tables(captures, traps[0], animals=animals, names=asked.columns)
    else:
        tables, found = _text_tables(captures, traps, asked.columns)
        if animals:
            raise MisuseError(
                "covariates of animals behind the captures of secr's text",
                ", ".join(path.name for path in asked.individuals),
                "Write them at the end of the lines of captures, or give captures and traps as CSV.",
            )
    if asked.mask is None:
        return tables, found
    cells, about = read_mask(_bytes(asked.mask), asked.columns)
    cells, numbered = _numbered(_areas(cells, asked), tables.sessions)
    return replace(tables, mask=cells), findings.gather([found, about, numbered])


def is_csv(data: bytes, columns: Mapping[str, str] | None = None) -> bool:
    r"""Return whether captures are CSV with a header; else they are secr's text.

    >>> is_csv(b"session,animal,occasion,trap\n1,a,1,A\n"), is_csv(b"# Session ID Occasion Detector\n1 a 1 A\n")
    (True, False)
    """
    lines = decode(data, name="captures").text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    cells = [cell.strip().strip('"') for cell in re.split(r"[,;\t]", first)]
    names = {**SYNONYMS, **(columns or {})}
    return len(cells) > 1 and "occasion" in [names.get(cell, cell) for cell in cells]


def _text_tables(captures: bytes, traps: list[bytes], columns: Mapping[str, str]) -> tuple[ScrTables, pl.DataFrame]:
    """Return the tables of secr's text. Captures give coordinates where not one of them names a detector."""
    placed: bytes | dict[str, bytes] = traps[0]
    if len(traps) > 1:
        sessions = read_captures(captures).sessions
        if len(sessions) != len(traps):
            raise MisuseError(
                Text("a file of traps for each of {count} sessions, or one for all", count=len(sessions)),
                str(len(traps)),
                "Name them in the order of the sessions.",
            )
        placed = dict(zip(sessions, traps, strict=True))
    tables, found = read_secr(captures, placed)
    named = tables.captures["detector"].is_in(tables.traps["detector"].implode()).any()
    if not named and tables.captures.height:
        by_place = read_captures(captures, fmt="XY")
        if by_place.captures.height == tables.captures.height:
            tables, found = read_secr(captures, placed, fmt="XY")
    living = tables.animals
    if living is not None:
        living = living.rename({old: new for old, new in columns.items() if old in living.columns})
    return replace(tables, animals=living), found


def _areas(cells: pl.DataFrame, asked: DensityFiles) -> pl.DataFrame:
    """Return the mask with areas; where the file has none, those of square cells as wide as was said."""
    if cells["area"].null_count() == 0:
        return cells
    if asked.spacing is None or cells["area"].null_count() < cells.height:
        raise FormatError(
            "an area for every cell of the mask: area_ha, or area in km2",
            Text("{count} cells without", count=cells["area"].null_count()),
            "Add the column, or say how wide the cells are (spacing).",
        )
    return cells.with_columns(area=pl.lit(asked.spacing**2 / 1e6))


def _numbered(cells: pl.DataFrame, sessions: tuple[str, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Name the sessions of a mask that only numbers them, 1 for the first, as secr's lists of masks do."""
    numbers = {str(number): name for number, name in enumerate(sessions, start=1)}
    named = set(cells["session"].drop_nulls())
    if not named or named & set(sessions) or named != set(numbers):
        return cells, findings.empty()
    told = findings.finding("mask-sessions-by-number", table="mask", column="session", value=", ".join(sessions))
    return cells.with_columns(pl.col("session").replace(numbers)), told


def _masked_sessions(tables: ScrTables) -> pl.DataFrame:
    """Find cells of a mask that belong to no session."""
    if tables.mask is None:
        return findings.empty()
    named = tables.mask.drop_nulls("session").filter(~pl.col("session").is_in(list(tables.sessions)))
    counted = named.group_by("session", maintain_order=True).agg(pl.col("row").min(), cells=pl.len())
    frame = counted.select("row", "cells", value="session")
    return findings.rows("mask-of-unknown-session", frame, table="mask", column="session", arguments=["cells"])


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FormatError(Text("a file {path}", path=path), f"{error.strerror}", "Correct its path.") from error
