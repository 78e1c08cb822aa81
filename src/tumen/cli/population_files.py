"""Ask a question of plain files of other programs, in place of a study: which files, and how the answer is printed."""

from collections.abc import Callable, Mapping
from typing import Any

from tumen.cli.language import text
from tumen.cli.species import Question, Wish, chosen, estimated, printed
from tumen.cli.tables import Format, csv, rows, show


def either(study: Any, files: Mapping[str, Any], needed: tuple[str, ...]) -> bool:
    """Return whether files were named rather than a study.

    `files`: what was said of them by option, `needed` the options without which there are no files. Raises
    `MisuseError` for both, for neither, and for files of which one is lacking.
    """
    from tumen.errors import MisuseError, Text

    said = [option for option, value in files.items() if value not in (None, [], ())]
    if study is not None and said:
        raise MisuseError("a study, or files", Text("{study} and {options}", study=study, options=", ".join(said)),
                          "Leave one out: what a study is fitted to stands in the study.")  # fmt: skip
    if study is not None:
        return False
    lacking = [option for option in needed if option not in said]
    if lacking:
        raise MisuseError(
            Text("a study, or files: {options}", options=", ".join(needed)),
            ", ".join(said) or "neither",
            Text("Name the study, or add {lacking}.", lacking=", ".join(lacking)),
        )
    return True


def ask_files(question: Question, name: str, wish: Wish, answer: Callable[..., Any]) -> None:
    """Answer and print; `name` is that of the file. Raises `MisuseError` for a table that is none."""
    from tumen.cli.progress import shown

    _refuse(question, wish)
    with shown(question.section) as progress:
        found = answer(progress=progress)
    tables = chosen(found, question, wish)
    if wish.format is Format.csv:
        _as_csv(found, tables, wish)
    elif wish.format is Format.json:
        _as_json(found, tables, wish)
    else:
        _as_text(found, question, name, wish)


def _refuse(question: Question, wish: Wish) -> None:
    from tumen.errors import MisuseError, nearest

    for table in wish.tables or ():
        if table not in question.tables:
            raise MisuseError("a table of the answer", f"'{table}'", nearest(table, question.tables))
    if wish.species is not None:
        raise MisuseError("a species of a study", f"'{wish.species}'", "Leave --species out: files hold one.")
    if wish.format is Format.csv and len(wish.tables or ()) != 1:
        cure = text("Name it with --table {name}.", name=question.printed[0])
        raise MisuseError("one table for CSV", f"{len(wish.tables or question.printed)}", cure)


def _notes(found: Any, wish: Wish) -> tuple[str, ...]:
    from tumen.report.methods import note_text
    from tumen.report.words import Words

    words = Words(wish.language)
    return tuple(note_text(note, words) for note in found.notes)


def _as_csv(found: Any, tables: Mapping[str, Any], wish: Wish) -> None:
    import sys

    from tumen.errors import MisuseError

    (name,) = wish.tables or ()
    if name not in tables:
        there = text("These are there: {tables}.", tables=", ".join(found.tables) or "-")
        raise MisuseError("a table that the answer has", f"'{name}'", there)
    sys.stdout.buffer.write(csv(tables[name]))


def _as_text(found: Any, question: Question, name: str, wish: Wish) -> None:
    from tumen.tasks.check import findings_as

    print(f"── {name} " + "─" * max(0, 96 - len(name)) + "\n")
    if not estimated(found, question):
        print(text("Nothing could be estimated; the findings below say why.") + "\n")
    show(printed(found, question, wish), wish.format, _notes(found, wish))
    print()
    if found.findings.height:
        print(findings_as(found.findings, "text", wish.language, every=False))


def _as_json(found: Any, tables: Mapping[str, Any], wish: Wish) -> None:
    import json

    from tumen.tasks.check import findings_as

    document = {
        "settings": dict(found.parameters),
        **{name: rows(table) for name, table in tables.items()},
        "notes": list(_notes(found, wish)),
        "findings": json.loads(findings_as(found.findings, "json", wish.language)),
    }
    print(json.dumps(document, ensure_ascii=False, indent=1))


def pairs(said: list[str] | None) -> dict[str, str]:
    """Return what columns are called: said as HERE=MEANING.

    >>> pairs(["ANIMAL_ID=animal"])
    {'ANIMAL_ID': 'animal'}
    """
    from tumen.errors import MisuseError

    named = {}
    for pair in said or ():
        here, equals, meaning = (part.strip() for part in pair.partition("="))
        if not (here and equals and meaning):
            raise MisuseError("HERE=MEANING for --column", f"'{pair}'", "Write for example --column ANIMAL_ID=animal.")
        named[here] = meaning
    return named
