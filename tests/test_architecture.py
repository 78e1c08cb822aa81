"""What the import contracts cannot see."""

import ast
import re
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[1] / "src" / "tumen"
MODULES = sorted(SRC.rglob("*.py"))
PURE = ("tables", "measure", "individuals", "crossings", "simulate")
TOUCHES = r"(write|read|scan|sink)_(csv|parquet|json|ndjson|ipc|excel|text|bytes)|savefig|unlink|mkdir"
QUESTIONS = ("tables", "measure", "individuals", "crossings", "simulate", "files", "tasks", "cli", "report")


def names(path: Path) -> str:
    return str(path.relative_to(SRC))


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_a_module_is_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 450


@pytest.mark.parametrize("folder", QUESTIONS)
def test_a_folder_opens_with_its_question(folder):
    first = (ast.get_docstring(ast.parse((SRC / folder / "__init__.py").read_text(encoding="utf-8"))) or "").split("\n")
    assert first[0].endswith("?"), first[0]


@pytest.mark.parametrize("path", [p for p in MODULES if p.relative_to(SRC).parts[0] in PURE], ids=names)
def test_a_pure_module_reads_and_writes_nothing(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    touched = {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and re.match(
            r"(write|read|scan|sink)_(csv|parquet|json|ndjson|ipc|excel|text|bytes)|savefig|unlink|mkdir",
            node.func.attr,
        )
    }
    opened = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") in ("open", "input")]
    assert not touched
    assert not opened


def test_no_folder_of_odds_and_ends():
    assert not [p for p in MODULES if p.stem in ("utils", "helpers", "common", "misc")]


def test_every_folder_is_in_the_picture():
    picture = (SRC.parents[1] / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for folder in {p.relative_to(SRC).parts[0] for p in MODULES if len(p.relative_to(SRC).parts) > 1}:
        assert f"{folder}/" in picture


def _error_parts(path):
    """The arguments of every error that a module raises in three parts."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and len(node.args) == 3:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name.endswith("Error"):
                yield from node.args


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_an_error_can_be_said_in_every_language(path):
    """A part that is put together from words and values is a `Text`, which knows its template; a value may be bare."""
    for part in _error_parts(path):
        if isinstance(part, ast.JoinedStr):
            said = "".join(piece.value for piece in part.values if isinstance(piece, ast.Constant))
            assert sum(letter.isalpha() for letter in said) < 3, f"{path.name}:{part.lineno} needs Text(...)"
