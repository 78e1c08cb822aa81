"""Findings in words: what is wrong with the data, how often, where first, and what to do."""

import json
from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from tumen.report.cells import named
from tumen.report.document import Block, Column, Grid, Points, Text
from tumen.report.words.marking import mark
from tumen.report.words.render import Words
from tumen.tables.catalogue import CATALOGUE
from tumen.tables.findings import SEVERITIES

EXAMPLES = 3
"""Cases shown of each kind of finding."""

SEVERITY: Mapping[str, str] = MappingProxyType(
    {"error": mark("error"), "warning": mark("warning"), "note": mark("note")}
)


def finding_texts(findings: pl.DataFrame, words: Words) -> pl.DataFrame:
    """Return the findings with columns `message` and `cure` in the words' language.

    >>> from tumen.tables.findings import finding
    >>> one = finding("table-empty", table="media")
    >>> finding_texts(one, Words("en")).select("message", "cure").row(0)
    ('Table media has a header and no rows.', 'Check that the export was complete.')
    """
    messages, cures = [], []
    for row in findings.iter_rows(named=True):
        message, cure = _texts(row, words)
        messages.append(message)
        cures.append(cure)
    return findings.with_columns(
        pl.Series("message", messages, dtype=pl.String), pl.Series("cure", cures, dtype=pl.String)
    )


def where(row: Mapping[str, object], words: Words) -> str:
    """Return where a finding is, as a person looks for it: package, table, row and column."""
    parts = list(dict.fromkeys(str(row[name]) for name in ("party", "package", "table") if row[name]))
    if row["row"] is not None:
        parts.append(words.text("row {row}", row=str(row["row"])))
    if row["column"]:
        parts.append(str(row["column"]))
    return " · ".join(parts)


def counts(findings: pl.DataFrame, words: Words) -> str:
    """Return how many errors, warnings and notes there are."""
    found = dict(findings.group_by("severity").len().iter_rows())
    return words.listing(
        (
            words.plural("{count} error", "{count} errors", found.get("error", 0)),
            words.plural("{count} warning", "{count} warnings", found.get("warning", 0)),
            words.plural("{count} note", "{count} notes", found.get("note", 0)),
        )
    )


def by_code(findings: pl.DataFrame) -> list[tuple[str, str, pl.DataFrame]]:
    """Return severity, code and rows of each kind of finding, the gravest and then the most frequent first."""
    groups = [
        (str(severity), str(code), rows)
        for (severity, code), rows in findings.group_by("severity", "code", maintain_order=True)
    ]
    return sorted(groups, key=lambda group: (SEVERITIES.index(group[0]), -group[2].height, group[1]))


def quality(findings: pl.DataFrame, words: Words) -> tuple[Block, ...]:
    """Return the findings of all packages: how many of each kind, the first cases, and the cure."""
    if findings.is_empty():
        return (Text(words.text("The checks found nothing to complain of.")),)
    rows = []
    for severity, code, group in by_code(findings):
        first = finding_texts(group.head(EXAMPLES), words)
        cases = [f"{where(row, words)}: {row['message']}" for row in first.iter_rows(named=True)]
        if group.height > EXAMPLES:
            cases.append(words.text("… and {count} more", count=group.height - EXAMPLES))
        cures = tuple(dict.fromkeys(first["cure"]))
        mended = cures[0] if len(cures) == 1 else cures
        rows.append((words.text(SEVERITY[severity]), code, words.number(group.height), tuple(cases), mended))
    columns = (
        Column(words.text("Severity")),
        Column(words.text("Code"), style="code"),
        Column(words.text("Cases"), "right"),
        Column(words.text("First cases")),
        Column(words.text("What to do")),
    )
    return (
        Text(words.text("The checks of all packages gave {counts}.", counts=counts(findings, words))),
        Points(
            (
                words.text("An error: the value is wrong or missing and cannot be relied on."),
                words.text("A warning: the value can be used, and is doubtful."),
                words.text("A note: something a reader should know."),
            )
        ),
        Grid(words.text("Findings by kind"), columns, tuple(rows), ("findings",)),
    )


def _texts(row: Mapping[str, object], words: Words) -> tuple[str, str]:
    code = CATALOGUE[str(row["code"])]
    given = {name: "" if row[name] is None else str(row[name]) for name in ("table", "row", "column", "value")}
    arguments = {str(name): _plain(value) for name, value in json.loads(str(row["arguments"] or "{}")).items()}
    values = named({**given, **arguments}, words)
    return words.text(code.message, **values), words.text(code.cure, **values)


def _plain(value: object) -> str | int | float:
    return value if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)
