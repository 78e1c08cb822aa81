"""Parametric bootstraps of the null model: on one core, on two, and on a cluster of one and of two worker processes."""

import contextlib
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from benchmarks.scr_worlds import bigcat

from tumen import engine
from tumen.population.scr.bootstrap import Bootstrap, bootstrap
from tumen.population.scr.fit import fit
from tumen.population.scr.model import Model

ROUNDS = 3
WARM = 16


def bootstraps(folder: Path | None, draws: int) -> None:
    """Time refits of simulated surveys on one core and on two, and compare their numbers."""
    fitted = fit(bigcat(5_000)(folder), Model())
    bootstrap(fitted, 2, 1)
    few = min(draws, 48)
    start = time.process_time()
    alone = bootstrap(fitted, few, 1)
    each = (time.process_time() - start) / few
    print(f"bootstrap, one core: {each:.3f} CPU s a draw ({few} draws)")
    bootstrap(fitted, WARM, 1, workers=2)
    before, start = of_children(), time.perf_counter()
    both = bootstrap(fitted, draws, 1, workers=2)
    wall = time.perf_counter() - start
    _close_pool()
    cpu = of_children() - before
    print(
        f"bootstrap, two cores: {draws} draws in {wall:.0f} s ({cpu:.0f} CPU s with the start of the workers),"
        f" {1_000 * wall / draws:.0f} s for 1,000 (bar 600); {both.failed} failed;"
        f" the same numbers: {np.array_equal(alone.betas, both.betas[:few])}"
    )
    spread = both.betas[~np.isnan(both.betas).any(axis=1)].std(axis=0, ddof=1)
    print(f"  SE of the draws {np.round(spread, 4)}, of the fit {np.round(fitted.se, 4)}")


def _close_pool() -> None:
    """End joblib's workers, so that the system counts their seconds."""
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor().shutdown(wait=True)


def of_children() -> float:
    """Return the CPU seconds of processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def clusters(folder: Path | None, draws: int) -> None:
    """Time the same draws on a cluster of one and of two workers, in turn."""
    fitted = fit(bigcat(5_000)(folder), Model())
    here = bootstrap(fitted, draws, 1)
    walls: dict[int, list[float]] = {1: [], 2: []}
    busiest: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(ROUNDS):
        for workers in walls:
            with cluster(workers) as address:
                run = partial(engine.run, cluster=address)
                bootstrap(fitted, WARM, 2, run=run)
                used, start = _used(address), time.perf_counter()
                found: Bootstrap = bootstrap(fitted, draws, 1, run=run)
                walls[workers].append(time.perf_counter() - start)
                busiest[workers].append(max(after - used[worker] for worker, after in _used(address).items()))
            if not np.array_equal(found.betas, here.betas):
                raise SystemExit("A cluster gave other numbers.")
    for workers in walls:
        print(
            f"cluster of {workers}: {draws} draws in {statistics.median(walls[workers]):.1f} s,"
            f" {statistics.median(busiest[workers]):.1f} CPU s of the busiest worker"
        )
    for what, found_times in (("by the clock", walls), ("by CPU seconds of the busiest worker", busiest)):
        ratios = [one / two for one, two in zip(found_times[1], found_times[2], strict=True)]
        pairs = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        print(f"two workers against one {what}: {statistics.median(ratios):.2f} times as fast ({pairs})")
    print("the same numbers as in one process")


def _used(address: str) -> dict[str, float]:
    """Return the CPU seconds that each worker has used so far."""
    from distributed import Client

    with Client(address) as client:
        return {str(worker): float(used) for worker, used in client.run(time.process_time).items()}


@contextlib.contextmanager
def cluster(workers: int) -> Iterator[str]:
    """Start a scheduler and workers as processes of their own, and end them."""
    from distributed import Client

    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        file = Path(folder) / "scheduler.json"
        quiet = ["--no-dashboard", "--scheduler-file", str(file)]
        _started(stack, ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", *quiet])
        while not file.exists():
            time.sleep(0.05)
        for _ in range(workers):
            one = ["--nthreads", "1", "--no-nanny", "--local-directory", folder]
            _started(stack, ["distributed.cli.dask_worker", *one, *quiet])
        with Client(scheduler_file=str(file)) as client:
            client.wait_for_workers(workers, timeout=60)
            address = str(client.scheduler.address)
        yield address


def _started(stack: contextlib.ExitStack, command: list[str]) -> None:
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", *command], env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    stack.callback(process.wait)
    stack.callback(process.terminate)
