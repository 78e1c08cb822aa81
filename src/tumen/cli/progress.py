"""Show progress on standard error, and only to a person who is looking."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tumen.engine import Progress, silent


@contextmanager
def shown(what: str) -> Iterator[Progress]:
    """Yield something to tell how far the work is; a bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)

        def tell(done: int, total: int, /) -> None:
            bar.update(task, completed=done, total=total)

        yield tell
