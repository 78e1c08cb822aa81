"""Keep the files of words in step with the texts of the program.

`python docs/words.py` rewrites every `tumen.po`: texts in the order of the program, new ones empty, those that are no
longer said taken out; it prints how many lack words and how many nobody has reviewed. With `--check` it writes nothing
and fails if a file is out of step. `--missing LANGUAGE` prints the texts without words as JSON; `--fill LANGUAGE FILE`
takes words for them from such a JSON (text -> words, or a list with one form for each plural) and marks them as
unreviewed.
"""

import ast
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
import jinja2.nodes
from babel.messages.pofile import read_po

import tumen
from tumen.report.words.catalogues import SOURCE, languages
from tumen.tables.catalogue import CATALOGUE, NOTES
from tumen.tables.catalogue.guesses import GUESS_TEXTS
from tumen.tables.design_quantities import QUANTITIES
from tumen.tables.design_rules import PROTOCOLS, RULES
from tumen.tables.protocol import TABLES
from tumen.tables.vocabularies import LABELS

HOME = Path(tumen.__path__[0])
WORDS = HOME / "report" / "words"
FORMS = {"ru": 3, "mn": 2}
"""How many forms a plural has; one in the other languages."""

Said = tuple[str, ...]
"""A text, or a pair of texts for one and for many."""


@dataclass(frozen=True)
class Entry:
    """The words of one text as the file of a language has them."""

    forms: tuple[str, ...]
    unreviewed: bool


def strings(nodes: Iterable[ast.expr]) -> list[str]:
    """Return the texts among the arguments of a call; an f-string or a name is none."""
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


PARTS = {"needed", "found", "cure"}
"""Variables that hold a part of an error where it does not fit into the line that raises it."""


def in_source(path: Path) -> Iterator[Said]:
    """Yield the texts that a module asks for or marks, and the parts of the errors it raises."""
    wanted = {"text": 1, "mark": 1, "Text": 1, "plural": 2, "mark_plural": 2}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and {getattr(target, "id", "") for target in node.targets} & PARTS:
            yield from ((text,) for text in strings([node.value]))
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        count = wanted.get(name)
        if count is not None and len(texts := strings(node.args[:count])) == count:
            yield tuple(texts)
        elif name.endswith("Error") and len(node.args) == 3:
            yield from ((text,) for text in strings(node.args))


def in_template(path: Path) -> Iterator[Said]:
    """Yield the texts of a template; all of them must stand there as they are."""
    tree = jinja2.Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
    for call in tree.find_all(jinja2.nodes.Call):
        if isinstance(call.node, jinja2.nodes.Getattr) and call.node.attr == "text":
            first = call.args[0]
            if not isinstance(first, jinja2.nodes.Const):
                raise TypeError(f"{path.name} asks for a text that does not stand there")
            yield (first.value,)


def in_protocol() -> Iterator[Said]:
    """Yield the texts of the protocol itself: findings, notes, tables, columns, vocabularies."""
    for code in CATALOGUE.values():
        yield from ((code.message,), (code.cure,))
    yield from ((text,) for text in NOTES.values())
    yield from ((text,) for text in GUESS_TEXTS)
    for table in TABLES.values():
        yield (table.meaning,)
        yield from ((column.meaning,) for column in table.columns)
        yield from ((column.unit,) for column in table.columns if column.unit)
        yield from ((gotcha,) for gotcha in table.gotchas)
    yield from ((label,) for label in LABELS.values())
    yield from ((quantity.label,) for quantity in QUANTITIES.values())
    yield from ((rule.why,) for rule in RULES if rule.why)
    yield from ((protocol,) for protocol in PROTOCOLS.values())


@cache
def everything_said() -> tuple[Said, ...]:
    """Return every text the program can say, once, in a fixed order."""
    said: dict[Said, None] = {}
    for path in sorted(HOME.rglob("*.py")):
        said.update(dict.fromkeys(in_source(path)))
    for path in sorted((HOME / "report" / "templates").glob("*.html")):
        said.update(dict.fromkeys(in_template(path)))
    said.update(dict.fromkeys(in_protocol()))
    pairs = {text[0] for text in said if len(text) == 2}
    return tuple(text for text in said if len(text) == 2 or text[0] not in pairs)


def file_of(language: str) -> Path:
    """Return the file of a language's words."""
    return WORDS / language / "LC_MESSAGES" / "tumen.po"


def read(language: str) -> dict[str, Entry]:
    """Return the words a language has."""
    with file_of(language).open("rb") as stream:
        parsed = read_po(stream, locale=language.replace("-", "_"), abort_invalid=True)
    entries = {}
    for message in parsed:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            given = message.string or ""
            forms = (given,) if isinstance(given, str) else tuple(given)
            entries[key] = Entry(forms, message.fuzzy)
    return entries


def quoted(text: str) -> str:
    """Write a text as the format wants it, on one line."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def written(language: str, entries: dict[str, Entry]) -> str:
    """Return the file of a language anew: its head as it is, then every text that is said."""
    head = file_of(language).read_text(encoding="utf-8").split("\n\n", 1)[0].rstrip("\n")
    parts = [head]
    for text in everything_said():
        count = FORMS.get(language, 1) if len(text) == 2 else 1
        entry = entries.get(text[0])
        forms = entry.forms if entry is not None and len(entry.forms) == count else ("",) * count
        lines = ["#, fuzzy"] if entry is not None and entry.unreviewed and all(forms) else []
        lines.append(f"msgid {quoted(text[0])}")
        if len(text) == 2:
            lines.append(f"msgid_plural {quoted(text[1])}")
            lines += [f"msgstr[{number}] {quoted(form)}" for number, form in enumerate(forms)]
        else:
            lines.append(f"msgstr {quoted(forms[0])}")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def missing(language: str) -> dict[str, str | list[str]]:
    """Return the texts without words; a plural is a list with an empty form for each."""
    known = read(language)
    lacking: dict[str, str | list[str]] = {}
    for text in everything_said():
        count = FORMS.get(language, 1) if len(text) == 2 else 1
        entry = known.get(text[0])
        if entry is None or len(entry.forms) != count or not all(entry.forms):
            lacking[text[0]] = [""] * count if len(text) == 2 else ""
    return lacking


def fill(language: str, source: Path) -> None:
    """Take words from a JSON file and mark them as unreviewed."""
    entries = read(language)
    for text, words in json.loads(source.read_text(encoding="utf-8")).items():
        forms = (words,) if isinstance(words, str) else tuple(words)
        if all(forms):
            entries[text] = Entry(forms, unreviewed=True)
    file_of(language).write_text(written(language, entries), encoding="utf-8")


def main() -> int:
    """Do what is asked; return 1 if `--check` finds a file out of step."""
    match sys.argv[1:]:
        case ["--missing", language]:
            print(json.dumps(missing(language), ensure_ascii=False, indent=0))
            return 0
        case ["--fill", language, source]:
            fill(language, Path(source))
            return 0
    stale = []
    for language in languages():
        if language == SOURCE:
            continue
        entries = read(language)
        text = written(language, entries)
        if "--check" in sys.argv:
            if text != file_of(language).read_text(encoding="utf-8"):
                stale.append(language)
            continue
        file_of(language).write_text(text, encoding="utf-8")
        said = everything_said()
        unreviewed = sum(entry.unreviewed for entry in entries.values())
        print(f"{language}: {len(said)} texts, {len(missing(language))} without words, {unreviewed} not reviewed")
    if stale:
        sys.stderr.write(f"words out of step: {', '.join(stale)}; run: make words\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
