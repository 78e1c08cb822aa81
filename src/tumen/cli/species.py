"""Ask a question species by species, and print the answers: as text, as one JSON value, or one table as CSV."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from tumen.cli.language import language, text
from tumen.cli.tables import Format, csv, rows, show

STUDY = Annotated[Path, typer.Argument(metavar="STUDY", help=text("The study file, study.toml."))]
OR_STUDY = Annotated[
    Path | None, typer.Argument(metavar="[STUDY]", help=text("The study file, study.toml; or files by option."))
]
SPECIES = Annotated[
    str | None, typer.Option("--species", help=text("Scientific name of one species. [default: all of the study]"))
]
FORMAT = Annotated[Format, typer.Option("--format", help=text("text, json or csv (one species, one table)."))]
LANGUAGE = Annotated[
    str, typer.Option("--language", help=text("Language of the notes: en, ru, zh-Hans, ko, ja or mn."))
]
SPOKEN = language()


@dataclass(frozen=True)
class Question:
    """A section of a study (density, survival, diversity), its tables, and those printed unasked.

    `telling`: tables and their columns of which one must hold a value, or nothing was estimated. `alone`: its species
    are those of its section only, and not those of the study, which may be about other animals. `in_words`: puts
    tables into the words of a language before they are printed for people.
    """

    section: str
    tables: tuple[str, ...]
    printed: tuple[str, ...]
    telling: Mapping[str, tuple[str, ...]]
    alone: bool = False
    in_words: Callable[..., dict[str, Any]] | None = None


@dataclass(frozen=True)
class Wish:
    """What was asked for on the command line."""

    tables: Sequence[str] | None
    species: str | None
    format: Format
    language: str


def ask(question: Question, path: Path, wish: Wish, answers: Callable[..., tuple[Any, ...]]) -> None:
    """Read the study, answer for the species that are wanted, and print.

    Raises `MisuseError` for a table or a species that is none, and for CSV of more than one table.
    """
    from dataclasses import replace

    from tumen.cli.progress import shown
    from tumen.errors import MisuseError, nearest
    from tumen.tasks.study import read_study

    for name in wish.tables or ():
        if name not in question.tables:
            raise MisuseError("a table of the answer", f"'{name}'", nearest(name, question.tables))
    if wish.format is Format.csv and len(wish.tables or ()) != 1:
        raise MisuseError(
            "one table for CSV",
            f"{len(wish.tables or question.printed)}",
            text("Name it with --table {name}.", name=question.printed[0]),
        )
    study = read_study(path)
    if wish.species is not None:
        known = () if question.alone else study.species
        if known and wish.species not in known:
            raise MisuseError("a species of the study", f"'{wish.species}'", nearest(wish.species, known))
        own = dict(getattr(study, question.section) or {})
        # An indicator is of several species.
        own.pop("indicators", None)
        changed: dict[str, Any] = {question.section: {**own, "species": (wish.species,)}}
        study = replace(study, **changed)
    with shown(question.section) as progress:
        found = answers(study, progress=progress)
    asked = (getattr(study, question.section) or {}).get("species") or (() if question.alone else study.species)
    if wish.format is Format.csv:
        _as_csv(found, wish)
    elif wish.format is Format.json:
        _as_json(found, study, question, wish)
    else:
        _as_text(found, study, question, wish)
        for name in asked:
            if name not in map(subject, found):
                print(text("{species}: nothing in the packages to answer from.", species=name))


def subject(answer: Any) -> str:
    """Return what an answer is about: its species, or else the name of the answer."""
    return str(answer.parameters.get("species", answer.name))


def chosen(answer: Any, question: Question, wish: Wish) -> dict[str, Any]:
    """Return the tables to print: those asked for, else those printed unasked, as far as the answer has them."""
    wanted = wish.tables or question.printed
    return {name: answer.tables[name] for name in wanted if name in answer.tables}


def printed(answer: Any, question: Question, wish: Wish) -> dict[str, Any]:
    """Return the chosen tables as people read them: in words where the question has words for its codes."""
    tables = chosen(answer, question, wish)
    if question.in_words is None:
        return tables
    from tumen.report.words import Words

    return question.in_words(tables, Words(wish.language))


def estimated(answer: Any, question: Question) -> bool:
    """Say whether anything that the question is about could be estimated."""
    return any(
        answer.tables[name][column].drop_nulls().len()
        for name, columns in question.telling.items()
        if name in answer.tables
        for column in columns
    )


def _as_csv(found: Sequence[Any], wish: Wish) -> None:
    import sys

    from tumen.errors import MisuseError

    names = [subject(one) for one in found]
    if len(found) != 1:
        raise MisuseError(
            "one species for CSV", ", ".join(names) or "none", text('Name it with --species "Panthera tigris".')
        )
    (table,) = wish.tables or ()
    if table not in found[0].tables:
        raise MisuseError(
            "a table that the answer has",
            f"'{table}'",
            text("These are there: {tables}.", tables=", ".join(found[0].tables)),
        )
    sys.stdout.buffer.write(csv(found[0].tables[table]))


def _as_json(found: Sequence[Any], study: Any, question: Question, wish: Wish) -> None:
    import json

    from tumen.tasks.check import findings_as
    from tumen.tasks.names import notes_in

    document = {
        subject(one): {
            "settings": dict(one.parameters),
            **{name: rows(table) for name, table in chosen(one, question, wish).items()},
            "notes": list(notes_in(one, study, wish.language)),
            "findings": json.loads(findings_as(one.findings, "json", wish.language)),
        }
        for one in found
    }
    print(json.dumps(document, ensure_ascii=False, indent=1))


def _as_text(found: Sequence[Any], study: Any, question: Question, wish: Wish) -> None:
    import polars as pl

    from tumen.tasks.check import findings_as
    from tumen.tasks.names import notes_in

    for one in found:
        species = subject(one)
        print(f"── {species} " + "─" * max(0, 96 - len(species)) + "\n")
        if not estimated(one, question):
            print(text("Nothing could be estimated; the findings below say why.") + "\n")
        show(printed(one, question, wish), wish.format, notes_in(one, study, wish.language))
        grave = one.findings.filter(pl.col("severity") != "note")
        print()
        if grave.height:
            print(findings_as(grave, "text", wish.language, every=False))
