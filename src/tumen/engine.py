"""Run many independent pieces of work: here, on all cores, or on a Dask cluster.

The results are the same at any width: pieces are taken in order, results come back in that order, and randomness comes
from seeds that belong to the piece (`seeds`), never to the worker.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import numpy as np

from tumen.errors import ExtraError, MisuseError

Piece = TypeVar("Piece")
Result = TypeVar("Result")


class Progress(Protocol):
    """Told how many pieces are done, of how many."""

    def __call__(self, done: int, total: int, /) -> None:
        """Show it."""


def silent(done: int, total: int, /) -> None:
    """Show nothing."""


def run(
    work: Callable[[Piece], Result],
    pieces: Sequence[Piece],
    *,
    workers: int = 1,
    cluster: str | None = None,
    progress: Progress = silent,
) -> list[Result]:
    """Return `[work(piece) for piece in pieces]`.

    `workers` is the number of processes here: 1 means this one, 0 means one per core. `cluster` is the address of a
    Dask scheduler; trust it like your own machine, for it runs what it is sent.

    >>> run(abs, [-3, 2, -1])
    [3, 2, 1]
    """
    if workers < 0:
        raise MisuseError("workers of 0 (every core) or more", str(workers), "Give a number such as 2.")
    if cluster is not None:
        return _on_cluster(work, pieces, cluster, progress)
    if workers == 1 or len(pieces) < 2:
        return _here(work, pieces, progress)
    return _on_cores(work, pieces, workers, progress)


def _here(work: Callable[[Piece], Result], pieces: Sequence[Piece], progress: Progress) -> list[Result]:
    results = []
    for number, piece in enumerate(pieces, start=1):
        results.append(work(piece))
        progress(number, len(pieces))
    return results


def _on_cores(
    work: Callable[[Piece], Result], pieces: Sequence[Piece], workers: int, progress: Progress
) -> list[Result]:
    # joblib costs a tenth of a second to import; a serial run need not pay it.
    from joblib import Parallel, delayed

    results: list[Result] = []
    parallel = Parallel(n_jobs=workers or -1, return_as="generator")
    for result in parallel(delayed(work)(piece) for piece in pieces):
        results.append(result)
        progress(len(results), len(pieces))
    return results


def _on_cluster(
    work: Callable[[Piece], Result], pieces: Sequence[Piece], cluster: str, progress: Progress
) -> list[Result]:
    try:
        from distributed import Client, as_completed
    except ImportError as error:
        raise ExtraError(
            "the extra 'cluster' to use a Dask scheduler", "no such package", "Run: pip install 'tumen[cluster]'."
        ) from error
    with Client(cluster) as client:
        futures = client.map(work, pieces, pure=False)
        for done, _ in enumerate(as_completed(futures), start=1):
            progress(done, len(pieces))
        gathered: list[Result] = client.gather(futures)
        return gathered


def seeds(seed: int, count: int) -> list[np.random.SeedSequence]:
    """Return one independent seed per piece; piece 7 has the same seed whoever works on it.

    >>> [int(np.random.default_rng(s).integers(100)) for s in seeds(1, 3)] == [
    ...     int(np.random.default_rng(s).integers(100)) for s in seeds(1, 5)[:3]]
    True
    """
    return np.random.SeedSequence(seed).spawn(count)
