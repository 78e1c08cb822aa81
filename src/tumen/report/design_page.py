"""The survey design beside its rules: as text for a terminal, and as a web page with the effort drawn."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tumen.report.design_figure import draw_nights
from tumen.report.findings_page import noticed
from tumen.report.page import inline, letters, with_faces
from tumen.report.quality import SEVERITY, finding_texts
from tumen.report.templates import environment
from tumen.report.words.marking import mark
from tumen.report.words.render import Words
from tumen.tables.answer import Answer
from tumen.tables.design import ANY_SPECIES
from tumen.tables.design_quantities import QUANTITIES
from tumen.tables.design_rules import PROTOCOLS

VERDICT: Mapping[str, str] = MappingProxyType(
    {
        "met": mark("yes"),
        "notMet": mark("NO"),
        "notDeclared": mark("no rule"),
        "notMeasured": mark("not known"),
    }
)
"""What stands in the column "kept"."""


@dataclass(frozen=True)
class _Row:
    """One quantity and one rule about it, in words."""

    quantity: str
    measured: str
    asked: str
    verdict: str
    code: str
    source: str


@dataclass(frozen=True)
class _Part:
    """One party's quantities of one session."""

    title: str
    rows: tuple[_Row, ...]


def design_plain(answer: Answer, words: Words) -> str:
    """Return a design as a person reads it on a terminal: a table for each party and session, then the sources.

    `answer` is that of `tumen.tasks.design.check_design`.
    """
    sources = _sources(answer)
    head = [words.text(text) for text in _HEAD]
    lines = []
    parts = list(_parts(answer, words, sources))
    if not parts:
        return words.text("The packages hold nothing whose design could be measured.") + "\n"
    for part in parts:
        table = [head, *([r.quantity, r.measured, r.asked, r.verdict, r.source] for r in part.rows)]
        widths = [max(len(row[k]) for row in table) for k in range(len(head))]
        lines += [f"── {part.title} " + "─" * max(0, 96 - len(part.title)), ""]
        for row in table:
            lines.append("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
        lines.append("")
    lines += [f"[{number}] {text}" for text, number in sources.items()] + ([""] if sources else [])
    return "\n".join([*lines, counts(answer, words), *_unjudged(answer, words), ""])


def design_html(answer: Answer, words: Words) -> str:
    """Return a design as a web page that needs nothing else: rules that are not kept, effort, every quantity."""
    sources = _sources(answer)
    found = answer.findings
    warnings = [] if found is None else finding_texts(found, words).iter_rows(named=True)
    figure = draw_nights(answer, words)
    page = (
        environment()
        .get_template("design.html")
        .render(
            words=words,
            title=words.text("Survey design"),
            counts=" ".join([counts(answer, words), *_unjudged(answer, words)]),
            warnings=[
                (row["severity"], words.text(SEVERITY[row["severity"]]), row["party"], row["message"], row["cure"])
                for row in warnings
            ],
            head=[words.text(text) for text in _HEAD],
            parts=tuple(_parts(answer, words, sources)),
            sources=list(sources),
            rules=_rules(answer, words),
            figure=figure,
            svg=inline,
        )
    )
    drawn = frozenset() if figure is None else letters([figure])
    return with_faces(noticed(page, words), drawn, words.language)


_HEAD = (mark("Quantity"), mark("Measured"), mark("Asked for"), mark("Kept"), mark("Source"))


def _unjudged(answer: Answer, words: Words) -> list[str]:
    """Return what to say where no rule speaks at all."""
    if answer.tables["rules"].height and (answer.tables["design"]["comparison"] != "notJudged").any():
        return []
    return [words.text("No rule that ships is about this species and method; a study declares its own in [design].")]


def counts(answer: Answer, words: Words) -> str:
    """Return how many rules are kept, not kept, and could not be judged."""
    verdicts = dict(answer.tables["design"].group_by("verdict").len().iter_rows())
    return words.text(
        "Rules kept: {met}; not kept: {broken}; not known: {unknown}; shown without a rule: {shown}.",
        met=verdicts.get("met", 0),
        broken=verdicts.get("notMet", 0),
        unknown=verdicts.get("notMeasured", 0),
        shown=verdicts.get("notDeclared", 0),
    )


def _sources(answer: Answer) -> dict[str, int]:
    """Return the sources that are cited, numbered in the order in which they are met."""
    cited = [source for source in answer.tables["design"]["source"] if source]
    return {source: number for number, source in enumerate(dict.fromkeys(cited), 1)}


def _parts(answer: Answer, words: Words, sources: Mapping[str, int]) -> Iterator[_Part]:
    for (party, session), rows in answer.tables["design"].group_by("party", "session", maintain_order=True):
        title = " · ".join(
            text for text in (str(party) or words.text("all parties"), str(session) or words.text("all of the data"))
        )
        yield _Part(title, tuple(_row(row, words, sources) for row in rows.iter_rows(named=True)))


def _row(row: Mapping[str, object], words: Words, sources: Mapping[str, int]) -> _Row:
    quantity = QUANTITIES[str(row["quantity"])]
    label = words.text(quantity.label)
    if row["species"] not in ("", ANY_SPECIES):
        label += f" ({words.species(str(row['species'])).plain})"
    source = str(row["source"])
    return _Row(
        label,
        _measured(row, words),
        _asked(row, words),
        words.text(VERDICT[str(row["verdict"])]),
        str(row["verdict"]),
        f"[{sources[source]}]" if source else "",
    )


def _measured(row: Mapping[str, object], words: Words) -> str:
    """Return the statistic, the range behind it and on how many it was measured; a share outside only counts."""
    unit, statistic = str(row["unit"]), str(row["statistic"])
    value, units, unknown = row["value"], _whole(row["units"]), _whole(row["unknown"])
    if not isinstance(value, float):
        return words.text("not known")
    text = amount(value, unit, words)
    if statistic == "range":
        ends = (amount(row[end], unit, words) for end in ("minimum", "maximum"))
        return " … ".join(dict.fromkeys(ends))
    if statistic == "mean":
        text = words.text("{value} of {count}", value=text, count=units) if unit == "share" else text
    elif units > 1:
        low, high = amount(row["minimum"], "", words), amount(row["maximum"], "", words)
        named = {"median": mark("median"), "minimum": mark("least"), "maximum": mark("most")}[statistic]
        text = f"{words.text(named)} {text} ({low}–{high}; n = {words.number(units)})"
        if row["quantity"] == "nights":
            text += words.text("; {days} in all", days=amount(row["total"], unit, words))
    return text + (words.text("; of {count} not known", count=unknown) if unknown else "")


def _asked(row: Mapping[str, object], words: Words) -> str:
    low, high, unit = row["atLeast"], row["atMost"], str(row["unit"])
    if low is not None and high is not None:
        return f"{amount(low, '' if unit != 'share' else unit, words)}–{amount(high, unit, words)}"
    if low is not None:
        return f"≥ {amount(low, unit, words)}"
    return f"≤ {amount(high, unit, words)}" if high is not None else "–"


def amount(value: object, unit: str, words: Words) -> str:
    r"""Return a value with its unit as the language writes it, with about three digits.

    >>> [amount(5.4321, "km", Words("en")), amount(0.5, "share", Words("en")), amount(730.4, "d", Words("en"))]
    ['5.43\xa0km', '50\xa0%', '730\xa0d']
    """
    if not isinstance(value, int | float):
        return "–"
    if unit == "share":
        return words.percent(value, 0 if round(value * 100, 1).is_integer() else 1)
    decimals = 0 if float(value).is_integer() or abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    sign = {"sigma": "σ"}.get(unit, unit)
    return words.number(value, decimals) + (f"\u00a0{sign}" if sign else "")


def _rules(answer: Answer, words: Words) -> list[tuple[str, str, str, str]]:
    """Return species, quantity, why and source of every rule about something that was measured."""
    measured = set(answer.tables["design"]["quantity"])
    return [
        (
            words.text("any species") if row["species"] == ANY_SPECIES else words.species(row["species"]).plain,
            words.text(QUANTITIES[row["quantity"]].label),
            words.text(row["why"]) if row["why"] else "",
            f"{words.text(PROTOCOLS[row['protocol']])}. {row['source']}"
            if row["protocol"] in PROTOCOLS
            else row["source"],
        )
        for row in answer.tables["rules"].iter_rows(named=True)
        if row["quantity"] in measured
    ]


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
