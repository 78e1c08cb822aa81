"""Write the joint report of a study: page, PDF, tables, figures, provenance."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl

from tumen import engine
from tumen.files.atomic import writing_folder
from tumen.report.figures import Figure, figures
from tumen.report.page import html
from tumen.report.pdf import pdf
from tumen.report.quality import finding_texts
from tumen.report.source import Input, ReportSource
from tumen.report.words import Words
from tumen.tables.answer import Answer
from tumen.tasks import crossings
from tumen.tasks.density_ground import ground_digests, ground_files
from tumen.tasks.names import words_of
from tumen.tasks.pool import Pool, pool
from tumen.tasks.sources import report_source
from tumen.tasks.study import Study
from tumen.tasks.written import table_bytes


def report(study: Study, folder: Path, *, replace: bool = False, progress: engine.Progress = engine.silent) -> None:
    """Write `report.html`, `report.pdf`, `tables/`, `figures/` and `provenance.json` into a new folder.

    The first language has the plain names, every further one its code in them (`report.ru.html`). The same study gives
    the same bytes. Nothing is left behind when it fails.
    """
    every, digests = words_of(study, study.languages)
    total = len(study.packages) + len(every)
    pooled = pool(study, progress=lambda done, _: progress(done, total))
    digest = hashlib.sha256(study.path.read_bytes()).hexdigest()
    answered = crossings.answer(pooled)
    population = _population(pooled)
    source = report_source(pooled, answered, crossings.pace_findings(pooled, answered), digest, population)
    source = _with_inputs(source, {**digests, **ground_digests(study.density or {})})
    with writing_folder(folder, made="report", replace=replace, inputs=_inputs(study)) as part:
        _write_tables(source, part / "tables", every[0])
        (part / "provenance.json").write_text(_provenance(source), encoding="utf-8")
        (part / "figures").mkdir()
        marks = {words.language: f".{words.language}" if number else "" for number, words in enumerate(every)}
        siblings = {language: f"report{mark}.html" for language, mark in marks.items()} if len(every) > 1 else {}
        for number, words in enumerate(every, start=1):
            mark = marks[words.language]
            drawn = figures(source, words)
            _write_figures(drawn, part / "figures", mark)
            page = html(source, drawn, words, siblings=siblings, printed=f"report{mark}.pdf")
            (part / f"report{mark}.html").write_text(page, encoding="utf-8")
            (part / f"report{mark}.pdf").write_bytes(pdf(source, drawn, words))
            progress(len(study.packages) + number, total)


def _population(pooled: Pool) -> tuple[Answer, ...]:
    """Return the answers on numbers and on sites that the study asks for."""
    study, found = pooled.study, list[Answer]()
    # Imported where they are asked for: most studies ask for one of them or none, and each takes time to load.
    if study.density is not None:
        from tumen.tasks import density

        found += density.answers(pooled)
    if study.survival is not None:
        from tumen.tasks import survival

        found += survival.answers(pooled)
    if study.diversity is not None:
        from tumen.tasks import diversity

        found += diversity.answers(pooled)
    if study.waterbirds is not None:
        from tumen.tasks import waterbirds

        found += waterbirds.answers(pooled)
    if study.trends is not None:
        from tumen.tasks import trends

        found += trends.answers(pooled)
    return tuple(found)


def _inputs(study: Study) -> list[Path]:
    """Return what the study reads, so that a report never takes its place."""
    given = [study.path, study.countries, study.border, study.links, study.events, study.training, study.names]
    given += ground_files(study.density or {})
    for entry in study.packages:
        given += [entry.path.parent if entry.path.suffix.lower() == ".json" else entry.path, entry.records]
    return [path for path in given if path is not None]


def _with_inputs(source: ReportSource, digests: Mapping[str, str]) -> ReportSource:
    """Return the source with further files of the study among what the report was computed from."""
    own = tuple(Input("", "study", name, digest) for name, digest in sorted(digests.items()))
    record = source.provenance
    return replace(source, provenance=replace(record, inputs=(*own, *record.inputs)))


def _write_figures(drawn: tuple[Figure, ...], folder: Path, mark: str) -> None:
    for figure in drawn:
        (folder / f"{figure.name}{mark}.svg").write_text(figure.svg, encoding="utf-8")


def _write_tables(source: ReportSource, folder: Path, words: Words) -> None:
    """Write every table the report cites; findings with their words in the first language."""
    folder.mkdir()
    tables: Mapping[str, pl.DataFrame] = {**source.tables, "findings": finding_texts(source.findings, words)}
    for name, frame in tables.items():
        (folder / f"{name}.csv").write_bytes(table_bytes(frame))


def _provenance(source: ReportSource) -> str:
    """Return what it takes to compute the report again, as JSON with sorted keys."""
    record = source.provenance
    document = {
        "software": {"name": "tumen", "version": record.version},
        "study": source.title,
        "seed": record.seed,
        "parameters": dict(record.parameters),
        "inputs": [{"party": i.party, "package": i.package, "file": i.file, "sha256": i.sha256} for i in record.inputs],
    }
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
