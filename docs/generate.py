"""Write the pages that follow from the code: the data model, the findings, the command line.

`python docs/generate.py` writes them; with `--check` it writes nothing and fails when one is stale.
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tumen.tables.catalogue import CATALOGUE, NOTES, SUBJECTS
from tumen.tables.checks_design import asked
from tumen.tables.design import ANY_SPECIES
from tumen.tables.design_quantities import QUANTITIES
from tumen.tables.design_rules import RULES
from tumen.tables.protocol import TABLES, VERSION
from tumen.tables.schema import GROUPS, Column, Table
from tumen.tables.vocabularies import LABELS

DOCS = Path(__file__).parent
COMMANDS = (
    "", "simulate", "template", "check", "convert", "identify", "crossings", "density", "survival", "diversity",
    "waterbirds", "trends", "report", "package", "key", "federated", "exercise",
)  # fmt: skip
BELOW = {
    "identify": (
        "photos", "genotypes", "proposals", "review", "apply", "propose", "agree", "disagree", "link", "merge", "split",
        "undo", "rename", "die", "names", "history",
    ),
    "package": ("init", "explain", "disclose", "seal", "verify", "receive", "open"),
    "key": ("new", "list", "draft", "sign", "trust"),
    "federated": ("propose", "names", "answer", "advance"),
}  # fmt: skip
"""Commands below a command."""


def cell(text: str) -> str:
    """Escape what would end a cell of a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")


def limits(column: Column) -> str:
    """Say what a valid cell is, besides its type."""
    parts = []
    if column.required:
        parts.append("required")
    if column.unique:
        parts.append("unique")
    if column.minimum is not None:
        parts.append(f"≥ {column.minimum:g}")
    if column.maximum is not None:
        parts.append(f"≤ {column.maximum:g}")
    if column.vocabulary:
        parts.append("one of " + ", ".join(f"`{word}`" for word in column.vocabulary))
    if column.pattern:
        parts.append(f"matches `{cell(column.pattern)}`")
    return "; ".join(parts)


def table_page(table: Table) -> Iterator[str]:
    """Yield the lines of one table."""
    yield f"({table.name})="
    yield f"## {table.name}"
    yield ""
    yield f"{table.meaning} *({table.origin})*"
    yield ""
    yield "| column | type | unit | a valid cell | meaning | example |"
    yield "|---|---|---|---|---|---|"
    for column in table.columns:
        example = f"`{cell(column.example)}`" if column.example else ""
        yield (
            f"| `{column.name}` | {column.kind.value} | {column.unit} | {limits(column)} | {cell(column.meaning)} "
            f"| {example} |"
        )
    yield ""
    if table.references:
        yield (
            "**Refers to.** "
            + "; ".join(f"`{r.column}` → `{r.to_table}.{r.to_column}`" for r in table.references)
            + "."
        )
        yield ""
    if table.rules:
        yield "**Rules.** " + ", ".join(f"[`{r.code}`](#{r.code})" for r in table.rules) + "."
        yield ""
    if table.together:
        yield "**Once only.** No two rows have the same " + ", ".join(f"`{name}`" for name in table.together) + "."
        yield ""
    yield from (f"- *Why so.* {reason}" for reason in table.reasons)
    yield from (f"- *Gotcha.* {gotcha}" for gotcha in table.gotchas)
    if table.reasons or table.gotchas:
        yield ""


def data_model() -> str:
    """Return the page of the data model: what is written by hand, then every table as it is declared."""
    lines = [(DOCS / "data-model.intro.md").read_text(encoding="utf-8").rstrip().format(version=VERSION), ""]
    for group in GROUPS:
        lines += [f"# {group.capitalize()}", ""]
        for table in TABLES.values():
            if table.group == group:
                lines.extend(table_page(table))
    lines += ["# Words of the vocabularies", "", "| word in a cell | meaning |", "|---|---|"]
    lines += [f"| `{word}` | {label} |" for word, label in sorted(LABELS.items())]
    return "\n".join(lines).rstrip() + "\n"


CHAPTERS = {
    "cameras": ("cameras", "stations", "clocks"),
    "effort": (),
    "individuals": ("lives", "register"),
    "genetics": ("genetics",),
    "health": ("health",),
    "waterbirds": ("waterbirds", "thresholds", "count_forms"),
    "places": ("places",),
    "network": ("network",),
    "deliberation": ("deliberation",),
}
"""A chapter of the manual for each part of the protocol, and the subjects of findings it explains."""


def form(table: Table) -> Iterator[str]:
    """Yield a table as a form to be filled in: what must be told, and what may."""
    yield f"**[{table.name}](data-model.md#{table.name})**: {table.meaning}"
    yield ""
    yield "| | column | what to write |"
    yield "|---|---|---|"
    for needed, title in ((True, "must be told"), (False, "if known")):
        for column in table.columns:
            if column.required is needed:
                unit = f" ({column.unit})" if column.unit else ""
                yield f"| {title} | `{column.name}` | {cell(column.meaning)}{unit} |"
                title = ""
    yield ""
    yield from (f"- {gotcha}" for gotcha in table.gotchas)
    if table.gotchas:
        yield ""


def design_rules(methods: Iterable[str]) -> Iterator[str]:
    """Yield what published protocols ask of surveys by these methods."""
    rules = [rule for rule in RULES if QUANTITIES[rule.quantity].method in methods]
    if not rules:
        return
    yield "**What a survey must be like.** `tumen check --design` holds data against these; a study may set others."
    yield ""
    yield "| species | quantity | asked for | why | source |"
    yield "|---|---|---|---|---|"
    for rule in rules:
        quantity = QUANTITIES[rule.quantity]
        species = "every species" if rule.species == ANY_SPECIES else f"*{rule.species}*"
        value = asked(rule.at_least, rule.at_most, quantity.unit)
        yield f"| {species} | {quantity.label} | {value} | {cell(rule.why)} | {cell(rule.source)} |"
    yield ""


def manual_page() -> str:
    """Return the field manual: what is written by hand, with forms, design rules and findings as they are declared."""
    methods = {"cameras": ("cameraTrap",), "genetics": ("genetics",), "waterbirds": ("waterbirdCount",)}
    lines = [_manual("start").format(version=VERSION), ""]
    for group, subjects in CHAPTERS.items():
        lines += [_manual(group), ""]
        for table in TABLES.values():
            if table.group == group:
                lines.extend(form(table))
        lines.extend(design_rules(methods.get(group, ())))
        codes = [code for subject in subjects for code in SUBJECTS[subject]]
        if codes:
            lines += ["**What the check says.**", ""]
            lines += [f"- [`{code.code}`](findings.md#{code.code}) ({code.severity}). {code.cure}" for code in codes]
            lines += [""]
    lines += [_manual("data"), ""]
    return "\n".join(lines).rstrip() + "\n"


def _manual(name: str) -> str:
    return (DOCS / "manual" / f"{name}.intro.md").read_text(encoding="utf-8").rstrip()


def findings_page() -> str:
    """Return the page of all findings and notes."""
    lines = [(DOCS / "findings.intro.md").read_text(encoding="utf-8").rstrip(), ""]
    for code in sorted(CATALOGUE.values(), key=lambda c: (("error", "warning", "note").index(c.severity), c.code)):
        lines += [f"({code.code})=", f"## {code.code}", "", f"*{code.severity}.* {code.message}", ""]
        lines += [f"**Cure.** {code.cure}", ""]
        if code.example:
            lines += [f"Example: `{cell(code.example)}`", ""]
    lines += ["# Notes of answers", "", "Assumptions and warnings that an answer carries.", ""]
    lines += [f"- `{code}`: {text}" for code, text in sorted(NOTES.items())]
    return "\n".join(lines).rstrip() + "\n"


def command_page() -> str:
    """Return the page of the command line: every `--help`, as it is printed."""
    lines = [(DOCS / "cli.intro.md").read_text(encoding="utf-8").rstrip(), ""]
    every = [name for one in COMMANDS for name in (one, *(f"{one} {below}" for below in BELOW.get(one, ())))]
    for command in every:
        arguments = command.split()
        shown = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "tumen.cli.main", *arguments, "--help"],
            capture_output=True,
            text=True,
            check=True,
            env={"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb", "LANG": "C.UTF-8", "PYTHONIOENCODING": "utf-8"},
        ).stdout
        text = "\n".join(line.rstrip() for line in shown.strip("\n").splitlines())
        lines += [f"## tumen {command}".rstrip(), "", "```text", text, "```", ""]
    return "\n".join(lines).rstrip() + "\n"


PAGES = {"data-model.md": data_model, "manual.md": manual_page, "findings.md": findings_page, "cli.md": command_page}


def main() -> int:
    """Write the pages, or say which are stale."""
    stale = []
    for name, page in PAGES.items():
        text = page()
        path = DOCS / name
        if "--check" in sys.argv:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            path.write_text(text, encoding="utf-8")
    if stale:
        sys.stderr.write(f"stale: {', '.join(stale)}; run: make docs\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
