"""The report as one web page: no script, no font, no picture from elsewhere; readable offline and on a telephone."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from tumen.report.contents import contents
from tumen.report.figure import Figure
from tumen.report.fonts import face_rules, families
from tumen.report.source import ReportSource
from tumen.report.templates import environment
from tumen.report.words.render import Words

_TEXT = re.compile(r"<text[^>]*>(.*?)</text>", re.DOTALL)


@dataclass(frozen=True)
class Link:
    """A way to the same report in another language or format."""

    file: str
    label: str
    language: str = ""
    here: bool = False


def html(
    source: ReportSource,
    figures: Sequence[Figure],
    words: Words,
    *,
    siblings: Mapping[str, str] | None = None,
    printed: str | None = None,
) -> str:
    """Return the report as HTML.

    `siblings`: language -> file name of the same report in that language, this one among them. `printed`: file name of
    the PDF. Both become links; file names are relative to the page.
    """
    document = contents(source, figures, words)
    page = (
        environment()
        .get_template("page.html")
        .render(
            document=document,
            words=words,
            links=_links(words, siblings or {}, printed),
            made=f"Tumen {source.provenance.version}",
            svg=inline,
        )
    )
    return with_faces(page, letters(figures), words.language)


def with_faces(page: str, figures: frozenset[str], language: str) -> str:
    """Return a page that carries the letters of its figures, and those of its text that few computers have."""
    rules = face_rules(figures, frozenset(page), language)
    return page.replace("/* faces */", f":root{{--wide:{families(language)}}}\n{rules}", 1)


def letters(figures: Iterable[Figure]) -> frozenset[str]:
    """Return the characters that stand in the figures, without marks of structure."""
    text = "".join("".join(_TEXT.findall(figure.svg)) for figure in figures)
    return frozenset(c for c in text + "0123456789" if c.isprintable())


def inline(figure: Figure) -> Markup:
    """Return the figure to stand inside a page: its words for who cannot see it, no size of its own."""
    svg = figure.svg.replace("<svg ", f'<svg role="img" aria-label="{escape(figure.alternative)}" ', 1)
    head, body = svg.split(">", 1)
    head = re.sub(r' (width|height)="[^"]*"', "", head)
    # The figure was drawn by us from escaped text; see the test with an individual named like a script.
    return Markup(head + ">" + body)  # noqa: S704


def _links(words: Words, siblings: Mapping[str, str], printed: str | None) -> list[Link]:
    links = [
        Link(file, words.language_name(language), language, here=language == words.language)
        for language, file in siblings.items()
    ]
    return links + ([Link(printed, "PDF")] if printed else [])
