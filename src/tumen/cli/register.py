"""The events of the joint register, one command each; all of them only add."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from tumen.cli.language import help_text, language, text
from tumen.cli.tables import Format, show_answer

SPOKEN = language()
STUDY = Annotated[Path, typer.Argument(metavar="STUDY", help=text("The study file, study.toml."))]
ONE = Annotated[str, typer.Argument(metavar="PARTY/NAME", help=text("An animal by its party and its name there."))]
OTHER = Annotated[str, typer.Argument(metavar="PARTY/NAME", help=text("The other animal."))]
OBSERVER = Annotated[str, typer.Option("--observer", help=text("Who judged."))]
EVIDENCE = Annotated[str, typer.Option("--evidence", help=text("What the judgement rests on."))]
CERTAINTY = Annotated[str | None, typer.Option("--certainty", help=text("certain, probable or possible."))]
BLIND = Annotated[
    bool | None,
    typer.Option(
        "--blind/--not-blind",
        help=text(
            "Whether others' judgements were unknown to the observer. Only blind judgements count, unless the study "
            "says otherwise; if neither is given, the judgement is not blind."
        ),
    ),
]
PROBABILITY = Annotated[
    float | None,
    typer.Option("--probability", min=0, max=1, help=text("Calibrated probability that the names mean one animal.")),
]
ADJUDICATOR = Annotated[
    bool, typer.Option("--adjudicator", help=text("Judge as adjudicator; without it, as observer."))
]
FORMAT = Annotated[Format, typer.Option("--format", help=text("text, json or csv (one table)."))]
LANGUAGE = Annotated[
    str, typer.Option("--language", help=text("Language of the notes: en, ru, zh-Hans, ko, ja or mn."))
]

PAIRS = {
    "propose": text("Propose that two names mean one animal; joins nothing."),
    "agree": text("Judge as an observer that two names mean one animal."),
    "link": text("Decide as adjudicator that names of two parties mean one animal."),
    "merge": text("Decide as adjudicator that two names of one party, or two joint animals, are one."),
}
"""Events that say of a pair of names that it may be one animal, with what they do."""


def add_to(app: typer.Typer) -> None:
    """Add the commands of the register."""
    for kind, short in PAIRS.items():
        _pair_command(app, kind, short)
    app.command("disagree", help=_help(DISAGREE, DISAGREE_EXAMPLE), short_help=DISAGREE)(disagree)
    app.command("split", help=_help(SPLIT, SPLIT_EXAMPLE), short_help=SPLIT)(split)
    app.command("undo", help=_help(UNDO, UNDO_EXAMPLE), short_help=UNDO)(undo)
    app.command("rename", help=_help(RENAME, RENAME_EXAMPLE), short_help=RENAME)(rename)
    app.command("die", help=_help(DIE, DIE_EXAMPLE), short_help=DIE)(die)
    app.command("names", help=_help(NAMES, NAMES_EXAMPLE), short_help=NAMES)(names)
    app.command("history", help=_help(HISTORY, HISTORY_EXAMPLE), short_help=HISTORY)(history)


def _help(said: str, example: str) -> str:
    return help_text(said, examples=(example,))


def _pair_command(app: typer.Typer, kind: str, short: str) -> None:
    example = f'tumen identify {kind} world/study.toml north-reserve/T07F south-institute/HCT-11 --observer "O. Kim"'
    blind = " --blind" if kind == "agree" else ""

    @app.command(kind, help=_help(short, f'{example} --evidence "both flanks"{blind}'), short_help=short)
    def judge(
        study: STUDY,
        one: ONE,
        other: OTHER,
        observer: OBSERVER,
        evidence: EVIDENCE,
        certainty: CERTAINTY = None,
        probability: PROBABILITY = None,
        blind: BLIND = None,
        format: FORMAT = Format.text,
        language: LANGUAGE = SPOKEN,
    ) -> None:
        """Add the event and print where the pair stands now."""
        _add(study, format, language, kind=kind, one=one, other=other, observer=observer, evidence=evidence,
             certainty=certainty, probability=probability, blind=blind)  # fmt: skip


DISAGREE = text("Judge that two names mean two animals; an adjudicator's judgement decides.")
DISAGREE_EXAMPLE = (
    "tumen identify disagree world/study.toml north-reserve/T07F south-institute/HCT-11 "
    '--observer "O. Kim" --evidence "left flank differs" --blind'
)
SPLIT = text("Take names out of the joint animal they are in; the histories before the merge come back.")
SPLIT_EXAMPLE = (
    'tumen identify split world/study.toml north-reserve/T07F --observer "O. Kim" --evidence "left flank differs"'
)
UNDO = text("Take back one event, your own or as adjudicator another's; both stay on record.")
UNDO_EXAMPLE = 'tumen identify undo world/study.toml e-3f2a91 --observer "O. Kim" --evidence "wrong row"'
RENAME = text("Give a joint animal a name of its own; the parties' names stay.")
RENAME_EXAMPLE = (
    'tumen identify rename world/study.toml north-reserve/T07F "Denekli" --observer "O. Kim" --evidence "agreed"'
)
DIE = text("Record the death of an animal.")
DIE_EXAMPLE = (
    'tumen identify die world/study.toml north-reserve/T07F --on 2015-02-11 --observer "O. Kim" --evidence "carcass"'
)
NAMES = text("Print which local names mean the same animal, now or on a day in the past.")
NAMES_EXAMPLE = "tumen identify names world/study.toml --at 2015-10-01"
HISTORY = text("Print everything the register holds on one animal.")
HISTORY_EXAMPLE = "tumen identify history world/study.toml north-reserve/T07F"


def disagree(
    study: STUDY,
    one: ONE,
    other: OTHER,
    observer: OBSERVER,
    evidence: EVIDENCE,
    certainty: CERTAINTY = None,
    blind: BLIND = None,
    adjudicator: ADJUDICATOR = False,
    format: FORMAT = Format.text,
    language: LANGUAGE = SPOKEN,
) -> None:
    """Disagree."""
    _add(study, format, language, kind="disagree", one=one, other=other, observer=observer, evidence=evidence,
         certainty=certainty, blind=blind, adjudicator=adjudicator)  # fmt: skip


def split(
    study: STUDY,
    members: Annotated[list[str], typer.Argument(metavar="PARTY/NAME...", help=text("The names that leave."))],
    observer: OBSERVER,
    evidence: EVIDENCE,
    certainty: CERTAINTY = None,
    format: FORMAT = Format.text,
    language: LANGUAGE = SPOKEN,
) -> None:
    """Split."""
    _add(study, format, language, kind="split", one=members[0], members=tuple(members), observer=observer,
         evidence=evidence, certainty=certainty)  # fmt: skip


def undo(
    study: STUDY,
    event: Annotated[str, typer.Argument(metavar="EVENT", help=text("The eventID to take back."))],
    observer: OBSERVER,
    evidence: EVIDENCE,
    adjudicator: ADJUDICATOR = False,
    format: FORMAT = Format.text,
    language: LANGUAGE = SPOKEN,
) -> None:
    """Undo."""
    _add(study, format, language, kind="undo", about=event, observer=observer, evidence=evidence,
         adjudicator=adjudicator)  # fmt: skip


def rename(
    study: STUDY,
    one: ONE,
    name: Annotated[str, typer.Argument(metavar="NAME", help=text("The joint animal's name from now on."))],
    observer: OBSERVER,
    evidence: EVIDENCE,
    format: FORMAT = Format.text,
    language: LANGUAGE = SPOKEN,
) -> None:
    """Rename."""
    _add(study, format, language, kind="rename", one=one, name=name, observer=observer, evidence=evidence)


def die(
    study: STUDY,
    one: ONE,
    on: Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], help=text("The day of death."))],
    observer: OBSERVER,
    evidence: EVIDENCE,
    format: FORMAT = Format.text,
    language: LANGUAGE = SPOKEN,
) -> None:
    """Record a death."""
    _add(study, format, language, kind="die", one=one, on=on.date(), observer=observer, evidence=evidence)


def names(
    study: STUDY,
    at: Annotated[
        datetime | None, typer.Option("--at", formats=["%Y-%m-%d"], help=text("As known at the end of this day, UTC."))
    ] = None,
    format: FORMAT = Format.text,
    language: LANGUAGE = SPOKEN,
) -> None:
    """Print the crosswalk."""
    from tumen.tasks import register
    from tumen.tasks.study import read_study

    read = read_study(study)
    show_answer(register.names(read, None if at is None else at.date()), read, format, language)


def history(study: STUDY, one: ONE, format: FORMAT = Format.text, language: LANGUAGE = SPOKEN) -> None:
    """Print the story of one animal."""
    from tumen.tasks import register
    from tumen.tasks.study import read_study

    read = read_study(study)
    show_answer(register.history(read, one), read, format, language)


def _add(study: Path, format: Format, language: str, **said: Any) -> None:
    from tumen.tasks import register
    from tumen.tasks.study import read_study

    read = read_study(study)
    show_answer(register.add(read, register.Said(**said)), read, format, language)
