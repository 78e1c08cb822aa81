"""`tumen identify`: who is it?"""

from pathlib import Path
from typing import Annotated, Any

import typer

from tumen.cli import register
from tumen.cli.language import help_text, language, text
from tumen.cli.tables import Format, show_answer

NAME = "identify"
SHORT = text("Match photographs and genotypes, review, and keep the joint register.")
HELP = help_text(
    text(
        "Find who is who: rank pairs of photographs and genotypes, let people judge them side by side, and keep what "
        "they decided in one joint register."
    ),
    text(
        "First photos and genotypes, then proposals, then review (a page that works offline), then apply. Nothing is "
        "joined by a program: a link stands when observers agreed on it."
    ),
    examples=("tumen identify genotypes examples/lower-tumen/study.toml",),
)

app = typer.Typer(
    name=NAME,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

SPOKEN = language()
STUDY = Annotated[Path, typer.Argument(metavar="STUDY", help=text("The study file, study.toml."))]
OUT = Annotated[
    Path | None,
    typer.Option("-o", "--out", help=text("Folder of results. [default: identify/ beside the study]")),
]
FORMAT = Annotated[Format, typer.Option("--format", help=text("text, json or csv (one table)."))]
LANGUAGE = Annotated[
    str, typer.Option("--language", help=text("Language of the notes: en, ru, zh-Hans, ko, ja or mn."))
]
ROWS = Annotated[int, typer.Option("--limit", min=1, help=text("Rows to print."))]
WORKERS = Annotated[int, typer.Option("--workers", min=0, help=text("Processes at work; 0 for one on each core."))]


@app.command(
    "photos",
    short_help=text("Rank pairs of photographs."),
    help=help_text(
        text(
            "Rank, for every photograph of the study's species, the animals it may show. Opposite flanks are not "
            "compared; pictures of one burst are not matched with each other; places never hide a candidate."
        ),
        text(
            "With --evaluate: how often the right animal came first, among the first five and twenty, for the animals "
            "that have names."
        ),
        examples=("tumen identify photos world/study.toml --workers 2",),
    ),
)
def photos(
    study: STUDY,
    out: OUT = None,
    workers: WORKERS = 1,
    evaluate: Annotated[
        bool, typer.Option("--evaluate", help=text("Measure on the animals that have names; write nothing."))
    ] = False,
    limit: ROWS = 20,
    format: FORMAT = Format.text,
    language: LANGUAGE = SPOKEN,
) -> None:
    """Match photographs."""
    from tumen.cli.progress import shown
    from tumen.tasks import identify_photos
    from tumen.tasks.study import read_study

    read = read_study(study)
    with shown("pictures") as progress:
        if evaluate:
            answer = identify_photos.evaluate(read, _results(study, out), workers=workers, progress=progress)
        else:
            answer = identify_photos.photos(read, _results(study, out), workers=workers, progress=progress)
    if format is Format.json:
        show_answer(answer, read, format, language)
    else:
        _show_first(answer, read, format, language, ("evaluation" if evaluate else "photo_evidence", limit))


@app.command(
    "genotypes",
    short_help=text("Match genotypes."),
    help=help_text(
        text(
            "Match the samples of all parties by their genotypes: consensus of replicates, error rates, calibration "
            "between laboratories, probability of identity, and the likelihood that two samples are one animal."
        ),
        examples=("tumen identify genotypes examples/lower-tumen/study.toml --table animals",),
    ),
)
def genotypes(
    study: STUDY,
    out: OUT = None,
    table: Annotated[
        list[str] | None,
        typer.Option(
            "--table",
            help=text(
                "animals, evidence, loci, panel, relations, rates, readings or laboratories; may be repeated. "
                "[default: animals and readings]"
            ),
        ),
    ] = None,
    format: FORMAT = Format.text,
    language: LANGUAGE = SPOKEN,
) -> None:
    """Match genotypes."""
    from tumen.cli.progress import shown
    from tumen.tasks import identify_genotypes
    from tumen.tasks.study import read_study

    read = read_study(study)
    with shown("packages") as progress:
        answer = identify_genotypes.genotypes(read, _results(study, out), progress=progress)
    show_answer(answer, read, format, language, table or (None if format is Format.json else ["animals", "readings"]))


@app.command(
    "proposals",
    short_help=text("Join the evidence into one queue."),
    help=help_text(
        text(
            "Join what photographs, genotypes, places and times say of each pair into one queue: contradictions "
            "first, then by probability. Each kind of evidence stays apart."
        ),
        examples=("tumen identify proposals world/study.toml",),
    ),
)
def proposals(
    study: STUDY,
    out: OUT = None,
    limit: ROWS = 20,
    format: FORMAT = Format.text,
    language: LANGUAGE = SPOKEN,
) -> None:
    """Rank proposals."""
    from tumen.cli.progress import shown
    from tumen.tasks import identify_proposals
    from tumen.tasks.study import read_study

    read = read_study(study)
    with shown("packages") as progress:
        answer = identify_proposals.proposals(read, _results(study, out), progress=progress)
    if format is Format.json:
        show_answer(answer, read, format, language)
    else:
        _show_first(answer, read, format, language, ("proposals", limit))


@app.command(
    "review",
    short_help=text("Write the page on which an observer judges pairs."),
    help=help_text(
        text(
            "Write one page with the proposed pairs side by side. It works offline in any browser, keeps decisions as "
            "they are made, and saves them as a file for `tumen identify apply`."
        ),
        text(
            "An observer's page is blind: no score, no probability, no other verdict is in it. An adjudicator's has "
            "them all. No place is in any page."
        ),
        examples=('tumen identify review world/study.toml --observer "O. Kim"',),
    ),
)
def review(
    study: STUDY,
    observer: Annotated[str, typer.Option("--observer", help=text("Who will judge."))],
    out: OUT = None,
    adjudicator: Annotated[
        bool, typer.Option("--adjudicator", help=text("A page for the adjudicator, with scores and verdicts."))
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help=text("Pairs in the page."))] = 100,
    again: Annotated[
        bool,
        typer.Option("--again", help=text("Also pairs that the observer has judged; shows how often one errs.")),
    ] = False,
    language: Annotated[
        str, typer.Option("--language", help=text("Language of the page: en, ru, zh-Hans, ko, ja or mn."))
    ] = SPOKEN,
) -> None:
    """Write the page and say where it is."""
    from tumen.cli.progress import shown
    from tumen.tasks import identify_review
    from tumen.tasks.study import read_study

    read = read_study(study)
    role = "adjudicator" if adjudicator else "observer"
    with shown("pairs") as progress:
        page = identify_review.review(
            read,
            _results(study, out),
            observer=observer,
            role=role,
            limit=limit,
            again=again,
            language=language,
            progress=progress,
        )
    print(page)


@app.command(
    "apply",
    short_help=text("Take an observer's decisions into the register."),
    help=help_text(
        text(
            "Take the decisions that a review page saved into the register. Nothing in the register is changed: every "
            "decision is one more event."
        ),
        examples=("tumen identify apply world/study.toml decisions-O-Kim.json",),
    ),
)
def apply(
    study: STUDY,
    decisions: Annotated[Path, typer.Argument(metavar="DECISIONS", help=text("The file the page saved."))],
    out: OUT = None,
    format: FORMAT = Format.text,
    language: LANGUAGE = SPOKEN,
) -> None:
    """Apply decisions."""
    from tumen.tasks import identify_apply
    from tumen.tasks.study import read_study

    read = read_study(study)
    show_answer(identify_apply.apply(read, _results(study, out), decisions), read, format, language)


def _show_first(answer: Any, study: Any, format: Format, language: str, table: tuple[str, int]) -> None:
    """Show the first rows of one table; all of them stand in the folder of results."""
    from dataclasses import replace

    name, rows = table
    show_answer(replace(answer, tables={name: answer.tables[name].head(rows)}), study, format, language)


def _results(study: Path, out: Path | None) -> Path:
    return study.parent / "identify" if out is None else out


register.add_to(app)
