"""Trends of counts with gaps: seconds, memory and agreement with rtrim.

    python benchmarks/trends.py
    python benchmarks/trends.py --data ../shared/data

Time effects with overdispersion and serial correlation on simulated counts (30 times, 35 % missing, clumped), from the
table of counts to index, totals and slope. CPU seconds of the whole process, the reading of the file apart. The first
fit of a process loads the compiled loops, or compiles them where no cache of them is there yet: that time is printed
on its own line and is not part of the others. With --data, the files of rtrim_bench are fitted too and the indices
compared with rtrim's.
"""

import argparse
import resource
import time
from pathlib import Path

import numpy as np
import polars as pl

from tumen.waterbirds.trends.fit import TrendModel, fit
from tumen.waterbirds.trends.results import index, slopes, totals
from tumen.waterbirds.trends.series import series

MODEL = TrendModel(overdispersion=True, serial=True)


def main() -> None:
    """Print every number."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, help="folder with rtrim_bench")
    options.add_argument("--large", type=int, default=100_000, help="sites of the largest table")
    given = options.parse_args()
    first = timed(world(50))
    print(f"first fit of the process, loops loaded or compiled: {first:.2f} CPU s ({memory():.0f} MB)")
    if given.data is not None:
        for sites in (100, 500, 1000, 2000, 4000):
            compare(given.data / "rtrim_bench", sites)
    for sites in (4_000, given.large):
        counts = world(sites)
        print(f"simulated, {sites} sites: {timed(counts):.2f} CPU s, peak of the process {memory():.0f} MB")


def world(sites: int, times: int = 30, missing: float = 0.35) -> pl.DataFrame:
    """Return clumped counts of sites that decline by 3 % from time to time, a share of them missing."""
    random = np.random.default_rng(sites)
    level = random.lognormal(2.5, 1.0, sites)
    mean = level[:, None] * 0.97 ** np.arange(times)
    count = random.poisson(random.gamma(5.0, mean / 5.0)).astype(float)
    count[random.random(count.shape) < missing] = np.nan
    site, at = np.indices(count.shape)
    table = {"site": site.ravel(), "time": at.ravel() + 1, "count": count.ravel()}
    return pl.DataFrame(table).with_columns(pl.col("count").fill_nan(None))


def timed(counts: pl.DataFrame) -> float:
    """Fit a table of counts and make its tables; return CPU seconds."""
    start = time.process_time()
    found = fit(series(counts), MODEL)
    index(found), totals(found), slopes(found)
    return time.process_time() - start


def compare(folder: Path, sites: int) -> None:
    """Fit a file of rtrim_bench; print seconds and the largest differences from rtrim's index."""
    counts = pl.read_csv(folder / f"synth_{sites}.csv")
    seconds = timed(counts)
    found = index(fit(series(counts), MODEL), kinds=("imputed",))
    theirs = pl.read_csv(folder / f"synth_{sites}_index.csv", null_values="NA")
    apart = float(np.abs(found["index"].to_numpy() - theirs["imputed"].to_numpy()).max())
    apart_se = float(np.abs(found["se"].to_numpy() - theirs["se_imp"].to_numpy()).max())
    print(f"rtrim_bench, {sites} sites: {seconds:.2f} CPU s; index apart by {apart:.0e}, its SE by {apart_se:.0e}")


def memory() -> float:
    """Return the largest memory of the process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
