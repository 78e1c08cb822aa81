"""What a person says about packages on the command line."""

from pathlib import Path
from typing import Annotated, Any

import typer

Party = Annotated[str | None, typer.Option("--party", help="Whose package it is, if it does not say so.")]
Country = Annotated[str | None, typer.Option("--country", help="Where its cameras stand: ISO code such as RU.")]
From = Annotated[
    str | None, typer.Option("--from", help="camtrap-dp, camtrapr or movebank. [default: seen from the files]")
]
Records = Annotated[Path | None, typer.Option("--records", help="camtrapR's record table.")]
TimeZone = Annotated[str | None, typer.Option("--time-zone", help="Zone of local times, such as Asia/Vladivostok.")]
Crs = Annotated[str | None, typer.Option("--crs", help="Coordinate system of camtrapR's stations, such as EPSG:32652.")]
DateFormat = Annotated[str | None, typer.Option("--date-format", help="How dates are written, such as %d/%m/%Y.")]


def entry(path: Path, **said: Any) -> Any:
    """Return the package entry that a study would have for these options."""
    from tumen.errors import MisuseError, nearest
    from tumen.tasks.study import FORMATS, PackageEntry

    kind = said.get("format")
    if kind is not None and kind not in FORMATS:
        raise MisuseError("a format that can be read", f"'{kind}'", nearest(kind, FORMATS))
    return PackageEntry(path=path, **said)
