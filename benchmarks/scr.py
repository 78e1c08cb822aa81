"""Spatial capture-recapture: CPU seconds and memory of fits with their standard errors, and of bootstraps.

    python -m benchmarks.scr --data ../shared/data
    python -m benchmarks.scr --only null5 null20
    python -m benchmarks.scr --plot docs/images/scr-cost.svg
    python -m benchmarks.scr --bootstrap 200 --cluster 96

Each model is fitted in a process of its own, on one core (no threads in the linear algebra), once to load what was
compiled before and then `--runs` times; the median of `time.process_time` is printed beside the bar and the seconds of
secr 5.5.0 on the same input on such a machine. Reading and simulating the survey are not counted, compiling the model,
start values, maximum and Hessian are. Memory is the largest of the whole process. With --data, a folder that has
`secr_bench`, the inputs are those of secr; without it surveys like them are simulated (and no bears).
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.scr_bootstrap import bootstraps, clusters
from benchmarks.scr_cost import plot
from benchmarks.scr_worlds import CASES, Case

from tumen.population.scr.fit import fit

ONE_THREAD = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}


def main() -> None:
    """Print what was asked for; the fits, if nothing was."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, help="folder with secr_bench")
    options.add_argument("--only", nargs="+", choices=list(CASES), help="the fits to time")
    options.add_argument("--runs", type=int, default=5, help="of each fit; a slow one runs once")
    options.add_argument("--bootstrap", type=int, default=0, metavar="DRAWS", help="of the null model, on two cores")
    options.add_argument("--cluster", type=int, default=0, metavar="DRAWS", help="the same on a cluster of processes")
    options.add_argument("--plot", type=Path, metavar="FILE", help="draw the cost against the size of the survey")
    options.add_argument("--one", choices=list(CASES), help=argparse.SUPPRESS)
    given = options.parse_args()
    os.environ.update(ONE_THREAD)
    folder = None if given.data is None else given.data / "secr_bench"
    if given.one:
        one(CASES[given.one], folder, given.runs)
        return
    if given.only or not (given.bootstrap or given.cluster or given.plot):
        fits(given.only or list(CASES), given.data, given.runs)
    if given.bootstrap:
        bootstraps(folder, given.bootstrap)
    if given.cluster:
        clusters(folder, given.cluster)
    if given.plot:
        plot(given.plot, given.runs)


def fits(names: list[str], data: Path | None, runs: int) -> None:
    """Time each fit in a process of its own."""
    print(f"{'':52s} CPU s     bar  secr 5.5   ratio    MB  logLik")
    for name in names:
        command = [sys.executable, "-m", "benchmarks.scr", "--one", name, "--runs", str(runs)]
        command += [] if data is None else ["--data", str(data)]
        done = subprocess.run(command, env=os.environ | ONE_THREAD, capture_output=True, text=True, check=True)  # noqa: S603
        if done.stdout.strip():
            row(CASES[name], json.loads(done.stdout))


def one(case: Case, folder: Path | None, runs: int) -> None:
    """Fit one model and print its numbers for the process that asked."""
    sessions = case.sessions(folder)
    if not sessions:
        return
    seconds = []
    for _ in range(2 if case.slow else runs + 1):
        start = time.process_time()
        found = fit(sessions, case.model)
        seconds.append(time.process_time() - start)
    numbers = {
        "seconds": statistics.median(seconds[1:]),
        "least": min(seconds[1:]),
        "most": max(seconds[1:]),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "status": found.status,
        "parameters": len(found.beta),
        "log_likelihood": found.log_likelihood,
    }
    print(json.dumps(numbers))


def row(case: Case, found: dict[str, float]) -> None:
    """Print the numbers of one fit."""
    seconds, memory = found["seconds"], found["memory"]
    bar = "-" if case.bar is None else f"{case.bar:g}"
    ratio = f"{float(case.secr.split()[0]) / seconds:.0f}" if case.secr else "-"
    over = (case.bar is not None and seconds > case.bar) or (case.memory is not None and memory > case.memory)
    print(
        f"{case.title:52s} {seconds:5.2f} {bar:>7s}  {case.secr or '-':9s} {ratio:>6s} {memory:5.0f}"
        f"  {found['log_likelihood']:.6f} {found['status']}, {found['parameters']} parameters,"
        f" {found['least']:.2f} to {found['most']:.2f}{' OVER' if over else ''}",
        flush=True,
    )


if __name__ == "__main__":
    main()
