"""Findings alone, for `tumen check`, as a web page."""

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
    """All findings of one kind, in words; a row bears its own cure where the cures differ."""

    code: str
    severity: str
    label: str
    cases: str
    cure: str
    rows: tuple[tuple[str, str, str], ...]
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


def _group(severity: str, code: str, rows: pl.DataFrame, words: Words) -> _Group:
    texts = finding_texts(rows.head(LISTED), words)
    rest = ""
    if rows.height > LISTED:
        rest = words.text("The first {shown} of {rows} cases are listed.", shown=LISTED, rows=rows.height)
    cures = dict.fromkeys(texts["cure"])
    return _Group(
        code,
        severity,
        words.text(SEVERITY[severity]),
        words.plural("{count} case", "{count} cases", rows.height),
        next(iter(cures)) if len(cures) == 1 else "",
        tuple(
            (where(row, words), row["message"], row["cure"] if len(cures) > 1 else "")
            for row in texts.iter_rows(named=True)
        ),
        rest,
    )
