"""Write the pages that follow from the code: the data model, the findings, the command line.

`python docs/generate.py` writes them; with `--check` it writes nothing and fails when one is stale.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tumen.tables.catalogue import CATALOGUE, NOTES
from tumen.tables.protocol import TABLES, VERSION
from tumen.tables.schema import Column, Table

DOCS = Path(__file__).parent
COMMANDS = ("", "simulate", "check", "convert", "crossings", "report")


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
    for gotcha in table.gotchas:
        yield f"- *Gotcha.* {gotcha}"
    if table.gotchas:
        yield ""


def data_model() -> str:
    """Return the page of the data model: what is written by hand, then every table as it is declared."""
    lines = [(DOCS / "data-model.intro.md").read_text(encoding="utf-8").rstrip().format(version=VERSION), ""]
    for table in TABLES.values():
        lines.extend(table_page(table))
    return "\n".join(lines).rstrip() + "\n"


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
    for command in COMMANDS:
        arguments = [command] if command else []
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


PAGES = {"data-model.md": data_model, "findings.md": findings_page, "cli.md": command_page}


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
