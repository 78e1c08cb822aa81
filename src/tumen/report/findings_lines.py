"""Findings as lines for a terminal."""

import polars as pl

from tumen.report.quality import SEVERITY, by_code, counts, finding_texts, where
from tumen.report.words.render import Words


def findings_text(findings: pl.DataFrame, words: Words) -> list[tuple[str, str, str, str, str]]:
    """Return severity, code, place, message and cure of every finding, the gravest kinds first.

    >>> from tumen.tables.findings import finding
    >>> findings_text(finding("table-empty", table="media"), Words("en"))[0][:3]
    ('warning', 'table-empty', 'media')
    """
    return [
        (words.text(SEVERITY[severity]), code, where(row, words), row["message"], row["cure"])
        for severity, code, rows in by_code(findings)
        for row in finding_texts(rows, words).iter_rows(named=True)
    ]


def findings_plain(findings: pl.DataFrame, words: Words, *, shown: int | None = None) -> str:
    """Return findings as a person reads them on a terminal: by package, the gravest kinds first, each with its cure.

    `shown` limits the cases of one kind that are written out; the others are counted.

    >>> from tumen.tables.findings import finding
    >>> print(findings_plain(finding("table-empty", table="media"), Words("en")).splitlines()[0])
    warning  table-empty  (1)
    """
    if findings.is_empty():
        return words.text("The checks found nothing to complain of.") + "\n"
    lines = []
    for (party, package), rows in findings.group_by("party", "package", maintain_order=True):
        owner = " · ".join(dict.fromkeys(str(name) for name in (party, package) if name))
        lines += [f"── {owner} " + "─" * max(0, 96 - len(owner)), ""] if owner else []
        bare = rows.with_columns(party=pl.lit(""), package=pl.lit(""))
        for _, _, cases in by_code(bare):
            told = findings_text(cases if shown is None else cases.head(shown), words)
            severity, code, *_ = told[0]
            lines.append(f"{severity}  {code}  ({cases.height})")
            # A cure stands below the cases that it mends; most kinds have one for all.
            for cure in dict.fromkeys(cure for *_, cure in told):
                mended = [(place, message) for _, _, place, message, its in told if its == cure]
                lines += [f"    {place}: {message}" if place else f"    {message}" for place, message in mended]
                lines.append(f"    → {cure}")
            if cases.height > len(told):
                lines.append("    " + words.text("… and {count} more", count=cases.height - len(told)))
            lines.append("")
    lines.append(counts(findings, words))
    return "\n".join([*lines, *filter(None, [words.notice()]), ""])
