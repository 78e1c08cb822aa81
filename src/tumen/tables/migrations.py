"""Bring the tables of a package that was written for an older protocol to the protocol of today.

A step leads from one version to the next and only renames: tables, columns, and words of a vocabulary. What cannot be
said by renaming is left to the checks, which judge every package by the protocol of today. A package of a newer
protocol
is not read as if it were an older one: it is an error.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from tumen.tables import findings


@dataclass(frozen=True, kw_only=True)
class Step:
    """From one version of the protocol to the next.

    `tables` maps old table names to new ones; `columns` maps (new table name, old column) to the new column; `words`
    maps (new table name, new column) to old words and the words that replace them.
    """

    since: str
    until: str
    tables: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[tuple[str, str], str] = field(default_factory=dict)
    words: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)


STEPS = (Step(since="0.1", until="0.2"),)
"""Every step, the oldest first. 0.2 only added tables and optional columns, so nothing is renamed."""


def migrate(
    texts: Mapping[str, pl.DataFrame], version: str, steps: Sequence[Step] = STEPS
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Return the tables as the newest protocol names them, and what had to be said about it.

    `texts` are frames of text by table name, `version` is what the package declares. An unknown version leaves the
    tables as they are, with an error.

    >>> step = Step(since="1", until="2", columns={("media", "when"): "timestamp"})
    >>> tables, found = migrate({"media": pl.DataFrame({"when": ["x"]})}, "1", [step])
    >>> tables["media"].columns, found["code"].to_list()
    (['timestamp'], ['protocol-older'])
    """
    newest = steps[-1].until
    if version == newest:
        return dict(texts), findings.empty()
    known = [step.since for step in steps]
    if version not in known:
        return dict(texts), findings.finding("protocol-unknown", value=version, newest=newest)
    tables, changes = dict(texts), 0
    for step in steps[known.index(version) :]:
        tables, changed = _take(step, tables)
        changes += changed
    return tables, findings.finding("protocol-older", value=version, newest=newest, changes=changes)


def _take(step: Step, texts: Mapping[str, pl.DataFrame]) -> tuple[dict[str, pl.DataFrame], int]:
    """Return the tables after one step, and how many names and cells it changed."""
    tables = {step.tables.get(name, name): text for name, text in texts.items()}
    changes = sum(name in texts for name in step.tables)
    for (table, old), new in step.columns.items():
        if table in tables and old in tables[table].columns and new not in tables[table].columns:
            tables[table] = tables[table].rename({old: new})
            changes += 1
    for (table, column), words in step.words.items():
        if table in tables and column in tables[table].columns:
            changes += tables[table].filter(pl.col(column).is_in(list(words))).height
            tables[table] = tables[table].with_columns(pl.col(column).replace(dict(words)))
    return tables, changes
