"""`tumen federated`: how many are there, when nobody gives their data away?"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from tumen.cli.language import help_text, text
from tumen.cli.tables import Format, csv, rows, show

NAME = "federated"
SHORT = text("Estimate density jointly, while the data stay with their parties.")
HELP = help_text(
    text("Estimate density from the cameras of several parties by exchange of files; no observation leaves its party."),
    text(
        "The coordinator writes a plan with propose. Each party gets plan.json, mask.csv and requests/, and answers "
        "the newest request from its own study with answer. The coordinator puts the answers in place and goes on with "
        "advance, about 25 times, until it prints the result."
    ),
    text(
        "An answer tells the coordinator where the stations stand, as exactly as the study says it; see "
        "docs/methods/federated.md."
    ),
    examples=(
        "tumen federated propose plan.toml joint/",
        "tumen federated answer study.toml joint/ --party north-reserve --names names.csv",
        "tumen federated advance joint/",
    ),
)

app = typer.Typer(
    name=NAME,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

FOLDER = Annotated[Path, typer.Argument(metavar="FOLDER", help=text("The plan with its requests and answers."))]
TABLES = ("parameters", "abundance")

PROPOSE = text("Write a plan and its first request into a new folder.")
NAMES = text("Write each party's list of pseudonyms, from a study with the joint register.")
ANSWER = text("Answer the newest request of a plan from your own study.")
ADVANCE = text("Take in the answers that have come: print who is waited for, or the result.")


@app.command(
    "propose",
    short_help=PROPOSE,
    no_args_is_help=True,
    help=help_text(
        PROPOSE,
        text(
            "PLAN is TOML: in [plan] species, parties, model, sessions, box = [west, south, east, north], spacing in "
            "metres, and countries or region; habitat, occasion, detector, sexes and fewestStations if wanted."
        ),
        examples=("tumen federated propose plan.toml joint/",),
    ),
)
def propose(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help=text("What all parties agreed on, in TOML."))],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help=text("A new folder."))],
) -> None:
    """Write the plan, and say what it holds."""
    from tumen.tasks.federated import propose
    from tumen.tasks.federated_files import read_plan
    from tumen.tasks.federated_plan import read_proposal

    request = propose(read_proposal(plan), folder)
    made = read_plan(folder)
    print(text("species: {species}; model: {model}", species=made.species, model=made.agreed.model.title))
    print(text("parties: {parties}", parties=", ".join(made.parties)))
    cells, area = len(made.agreed.mask), f"{made.agreed.mask.area.sum():.0f}"
    print(text("ground: {cells} cells, {area} km2", cells=cells, area=area))
    print(text("SHA-256 of the plan: {digest}", digest=made.digest))
    for name in ("plan.json", "mask.csv", f"requests/{request.name}"):
        print(folder / name)


@app.command(
    "names",
    short_help=NAMES,
    no_args_is_help=True,
    help=help_text(
        NAMES,
        text("For whoever keeps the register, who is not the coordinator: SECRET must never reach the coordinator."),
        examples=("tumen federated names study.toml names/ --secret names.secret --new-secret",),
    ),
)
def names(
    study: Annotated[Path, typer.Argument(metavar="STUDY", help=text("The study with the joint register."))],
    out: Annotated[Path, typer.Argument(metavar="OUT", help=text("A new folder; in it PARTY.csv for each."))],
    secret: Annotated[Path, typer.Option("--secret", metavar="FILE", help=text("The secret of the pseudonyms."))],
    new_secret: Annotated[bool, typer.Option("--new-secret", help=text("Make the secret; the file is new."))] = False,
) -> None:
    """Write the lists."""
    from tumen.cli.progress import shown
    from tumen.tasks import release_files
    from tumen.tasks.federated import write_names
    from tumen.tasks.study import read_study

    asked = read_study(study)
    word = release_files.new_secret(secret) if new_secret else release_files.read_secret(secret)
    with shown(text("packages")) as progress:
        made = write_names(asked, out, word, progress=progress)
    for path in made:
        print(path)


@app.command(
    "answer",
    short_help=ANSWER,
    no_args_is_help=True,
    help=help_text(
        ANSWER,
        text(
            "The study names your packages alone. The answer is written into answers/ in FOLDER; send it to the "
            "coordinator and to nobody else. What it reveals is said before it is written; stations at exact places "
            "are revealed only with --exact-places-reveal."
        ),
        examples=(
            "tumen federated answer study.toml joint/ --party north-reserve --names names.csv",
            "tumen federated answer study.toml joint/ --party north-reserve --names names.csv --exact-places-reveal",
        ),
    ),
)
def answer(
    study: Annotated[Path, typer.Argument(metavar="STUDY", help=text("Your own study."))],
    folder: FOLDER,
    party: Annotated[str, typer.Option("--party", help=text("Which party of the plan you are."))],
    names: Annotated[
        Path, typer.Option("--names", metavar="FILE", help=text("CSV: individualID, pseudonym. From the register."))
    ],
    exact_places_reveal: Annotated[
        bool,
        typer.Option("--exact-places-reveal", help=text("Yes: the coordinator may know where your stations stand.")),
    ] = False,
) -> None:
    """Say what the answer reveals, then write it."""
    from tumen.cli.progress import shown
    from tumen.errors import MisuseError, Text
    from tumen.tasks.federated import reply
    from tumen.tasks.study import read_study

    with shown(text("packages")) as progress:
        ready = reply(read_study(study), folder, names, party, progress=progress)
    for line in _reveals(ready):
        print(line, file=sys.stderr)
    if ready.vectors and ready.exact and not exact_places_reveal:
        raise MisuseError(
            "your word that the coordinator may know exact places",
            Text("{count} stations told exactly; nothing was written", count=ready.exact),
            "Answer from places told as cells, or allow it with --exact-places-reveal.",
        )
    print(ready.write())


def _reveals(ready: Any) -> list[str]:
    """Return what an answer tells the coordinator, in plain sentences."""
    if not ready.vectors:
        said = text(
            "This answer tells the coordinator, by pseudonym, which animals you saw, their sex and number of captures, "
            "how many stations you have, and how far captures of an animal lie from each other. No place, no date."
        )
        return [said]
    lines = []
    if ready.exact:
        lines.append(
            text(
                "This answer is made from the exact places of {count} stations. From it the coordinator can compute "
                "where each of them stands, to millimetres.",
                count=ready.exact,
            )
        )
    if ready.cells:
        lines.append(
            text(
                "This answer is made from places told as cells up to {metres} m wide: {count} stations. Of each the "
                "coordinator can compute the middle of its cell, and nothing finer.",
                metres=f"{ready.metres:.0f}",
                count=ready.cells,
            )
        )
    lines.append(
        text("It also tells which animal (by pseudonym) was caught at which station how often, and where it lives.")
    )
    return lines


@app.command(
    "advance",
    short_help=ADVANCE,
    no_args_is_help=True,
    help=help_text(
        ADVANCE,
        text(
            "Put each answer into answers/REQUEST of FOLDER, under the name it came with. The result is written there, "
            "too: result.json, parameters.csv, abundance.csv. Parameters are on the link scale; intervals are of 95 %."
        ),
        examples=(
            "tumen federated advance joint/",
            "tumen federated advance joint/ --format csv --table abundance",
        ),
    ),
)
def advance(
    folder: FOLDER,
    format: Annotated[Format, typer.Option("--format", help=text("How tables are printed."))] = Format.text,
    table: Annotated[
        str | None, typer.Option("--table", help=text("One of {tables}.", tables=", ".join(TABLES)))
    ] = None,
) -> None:
    """Go on, and print where the fit stands."""
    from tumen.errors import MisuseError, nearest
    from tumen.tasks.federated import advance

    if table is not None and table not in TABLES:
        raise MisuseError("a table of the answer", f"'{table}'", nearest(table, TABLES))
    asked = advance(folder)
    if asked.result is None:
        _waiting(asked, folder, format)
    else:
        _result(asked.result, folder, format, table)


def _waiting(asked: Any, folder: Path, format: Format) -> None:
    request = asked.request.stem
    if format is Format.json:
        document = {"status": "waiting", "round": int(request) + 1, "request": request, "waiting": list(asked.waiting)}
        print(json.dumps(document, ensure_ascii=False, indent=1))
    elif format is Format.csv:
        import polars as pl

        frame = pl.DataFrame({"request": [request] * len(asked.waiting), "waiting": list(asked.waiting)})
        sys.stdout.buffer.write(csv(frame))
    else:
        print(text("round {round}: request {request}", round=int(request) + 1, request=request))
        print(text("waiting for: {parties}", parties=", ".join(asked.waiting)))
        print(text("to each of them: {path}", path=str(asked.request)))
        print(text("their answers go into: {path}", path=str(folder / "answers" / request)))


def _result(found: Any, folder: Path, format: Format, table: str | None) -> None:
    from tumen.errors import MisuseError
    from tumen.tasks.federated import abundance_rows, joint_parameters
    from tumen.tasks.federated_files import read_plan

    plan = read_plan(folder)
    tables = {"parameters": joint_parameters(found), "abundance": abundance_rows(found, plan)}
    tables = tables if table is None else {table: tables[table]}
    if format is Format.json:
        document = {
            "status": found.status,
            "problems": list(found.problems),
            "model": plan.agreed.model.title,
            "animals": found.animals,
            "logLikelihood": found.log_likelihood,
            **{name: rows(frame) for name, frame in tables.items()},
        }
        print(json.dumps(document, ensure_ascii=False, indent=1))
        return
    if format is Format.csv and len(tables) != 1:
        cure = text("Name it with --table {name}.", name=TABLES[1])
        raise MisuseError("one table for CSV", ", ".join(tables), cure)
    if format is Format.text:
        rounds = len(list((folder / "requests").glob("*.json")))
        print(text("result: {status}; rounds: {rounds}", rounds=rounds, status=found.status))
        print(text("model: {model}; animals seen: {animals}", model=plan.agreed.model.title, animals=found.animals))
        for problem in found.problems:
            print(text("problem: {problem}", problem=problem))
        print()
    show(tables, format)
