"""What a person says about packages on the command line: the same options for every command that reads them."""

import functools
import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from tumen.cli.language import text

OPTIONS: dict[str, Any] = {
    "source": Annotated[
        str | None,
        typer.Option(
            "--from",
            help=text(
                "camtrap-dp, camtrapr, movebank, mapping, template, images, dwc-a, smart, genotypes, count-form or "
                "population-tables. "
                "[default: seen from the files]"
            ),
        ),
    ],
    "party": Annotated[str | None, typer.Option("--party", help=text("Whose package it is, if it does not say so."))],
    "country": Annotated[
        str | None, typer.Option("--country", help=text("Where its cameras stand: ISO code such as RU."))
    ],
    "records": Annotated[
        Path | None,
        typer.Option(
            "--records",
            help=text("The second table: camtrapR's records, Darwin Core's occurrences, a list of pictures."),
        ),
    ],
    "deployments": Annotated[
        Path | None, typer.Option("--deployments", help=text("The package with the deployments of pictures."))
    ],
    "time_zone": Annotated[
        str | None,
        typer.Option("--time-zone", help=text("Zone of times without UTC offset, such as Asia/Vladivostok.")),
    ],
    "crs": Annotated[
        str | None,
        typer.Option(
            "--crs", help=text("Coordinate system of camtrapR's stations or a patrol's CSV, such as EPSG:32652.")
        ),
    ],
    "date_format": Annotated[
        str | None,
        typer.Option(
            "--date-format",
            help=text("How dates are written in camtrapR's tables or a patrol's CSV, such as %d/%m/%Y."),
        ),
    ],
    "species": Annotated[
        list[str] | None,
        typer.Option(
            "--species",
            metavar="WORD=NAME",
            help=text(
                "Scientific name of a word in camtrapR's records or in tags of pictures: "
                'LeopardCat="Prionailurus bengalensis". Repeatable.'
            ),
        ),
    ],
    "say": Annotated[
        list[str] | None,
        typer.Option(
            "--say",
            metavar="NAME=VALUE",
            help=text(
                "What else a format needs to be told, such as laboratory=SNU, alleles=size or positions=true; see "
                "docs/formats.md. Repeatable."
            ),
        ),
    ],
}
"""Options of every command that reads packages, by the name of the parameter; none has a default."""


def with_entry_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add `OPTIONS` to a command behind its arguments; it receives what was said as one mapping, `said`."""

    @functools.wraps(command)
    def called(**given: Any) -> None:
        command(
            **{name: value for name, value in given.items() if name not in OPTIONS},
            said={name: given[name] for name in OPTIONS},
        )

    keyword = inspect.Parameter.KEYWORD_ONLY
    own = [p.replace(kind=keyword) for p in inspect.signature(command).parameters.values() if p.name != "said"]
    added = [inspect.Parameter(name, keyword, default=None, annotation=kind) for name, kind in OPTIONS.items()]
    first = [p for p in own if p.default is p.empty]
    parameters = [*first, *added, *(p for p in own if p not in first)]
    called.__dict__["__signature__"] = inspect.Signature(parameters)
    called.__annotations__ = {p.name: p.annotation for p in parameters}
    return called


def entry(path: Path, said: Mapping[str, Any]) -> Any:
    """Return the package entry that a study would have for these options."""
    from tumen.errors import MisuseError, Text, nearest
    from tumen.tasks.entries import FORMATS, PackageEntry, spoken

    fields = dict(said)
    fields["options"] = spoken(fields.pop("say") or [])
    kind, named = fields.pop("source"), fields.pop("species") or []
    if kind is not None and kind not in FORMATS:
        raise MisuseError("a format that can be read", f"'{kind}'", nearest(kind, FORMATS))
    pairs = [tuple(part.strip() for part in each.partition("=")[::2]) for each in named]
    for each, pair in zip(named, pairs, strict=True):
        if not all(pair):
            cure = 'Write for example --species LeopardCat="Prionailurus bengalensis".'
            raise MisuseError("a word and its scientific name for --species", f"'{each}'", cure)
    words = [word for word, _ in pairs]
    for word in words:
        if words.count(word) > 1:
            raise MisuseError(
                "one scientific name for each word", Text("several for '{word}'", word=word), "Keep the right one."
            )
    return PackageEntry(path=path, format=kind, species_names=dict(pairs), **fields)
