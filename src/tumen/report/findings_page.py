"""Findings alone, for `tumen check`: as a web page, and as rows for a terminal."""

from dataclasses import dataclass

import polars as pl
from markupsafe import escape

from tumen.report.quality import SEVERITY, by_code, counts, finding_texts, where
from tumen.report.templates import environment
from tumen.report.words.render import Words

LISTED = 200
"""Cases of one kind that the page lists; `--format csv` has them all."""


@dataclass(frozen=True)
class _Group:
    """All findings of one kind, in words."""

    code: str
    severity: str
    label: str
    cases: str
    cure: str
    rows: tuple[tuple[str, str], ...]
    rest: str


def findings_html(findings: pl.DataFrame, words: Words, *, packages: tuple[str, ...] = ()) -> str:
    """Return the findings as a web page that needs nothing else: a section for each kind, the gravest first.

    `findings` are rows of `FINDINGS`; `packages` names what was checked, also what had no finding.
    """
    # What embeds fonts also draws, and takes half a second to import; on a terminal nobody needs it.
    from tumen.report.page import with_faces

    groups = [_group(severity, code, rows, words) for severity, code, rows in by_code(findings)]
    named = packages or tuple(findings["package"].unique().sort())
    page = (
        environment()
        .get_template("findings.html")
        .render(
            words=words,
            title=words.text("Findings"),
            packages=words.listing(name for name in named if name) or "–",
            counts=counts(findings, words),
            groups=groups,
        )
    )
    return with_faces(noticed(page, words), frozenset(), words.language)


def noticed(page: str, words: Words) -> str:
    """Return the page with a word about its words, which only the finished page can have."""
    notice = words.notice()
    return page.replace("<!-- notice -->", f'<p class="notice">{escape(notice)}</p>' if notice else "", 1)


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
            severity, code, _, _, cure = told[0]
            lines.append(f"{severity}  {code}  ({cases.height})")
            lines += [f"    {place}: {message}" if place else f"    {message}" for _, _, place, message, _ in told]
            if cases.height > len(told):
                lines.append("    " + words.text("… and {count} more", count=cases.height - len(told)))
            lines += [f"    → {cure}", ""]
    lines.append(counts(findings, words))
    return "\n".join([*lines, *filter(None, [words.notice()]), ""])


def _group(severity: str, code: str, rows: pl.DataFrame, words: Words) -> _Group:
    texts = finding_texts(rows.head(LISTED), words)
    rest = ""
    if rows.height > LISTED:
        rest = words.text("The first {shown} of {rows} cases are listed.", shown=LISTED, rows=rows.height)
    return _Group(
        code,
        severity,
        words.text(SEVERITY[severity]),
        words.plural("{count} case", "{count} cases", rows.height),
        texts["cure"][0],
        tuple((where(row, words), row["message"]) for row in texts.iter_rows(named=True)),
        rest,
    )
