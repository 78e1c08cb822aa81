"""The camera operation matrix of 2,000 stations and 366 days, in CPU seconds.

    python benchmarks/effort.py

Every station has a deployment of about a year and two failures. camtrapR 2.3.0 took 172 s for as many.
"""

import time
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from tumen.measure.effort import PERIODS, STOOD, operation

STATIONS, DAYS = 2_000, 366
BUDGET = 1.0


def main() -> None:
    """Make the stations, and time the matrix."""
    rng = np.random.default_rng(1)
    first = datetime(2024, 1, 1, tzinfo=UTC)

    def later(hours: float) -> datetime:
        return first + timedelta(hours=float(hours))

    names = [f"d{number}" for number in range(STATIONS)]
    rows = [(name, later(rng.uniform(0, 48)), later(DAYS * 24 - rng.uniform(0, 48))) for name in names]
    failures = []
    for name in names * 2:
        start = rng.uniform(100, 8_000)
        failures.append((name, later(start), later(start + rng.uniform(1, 500)), "failed"))
    deployments = pl.DataFrame(rows, schema=STOOD, orient="row")
    periods = pl.DataFrame(failures, schema=PERIODS, orient="row")
    for _ in range(3):
        start = time.process_time()
        found = operation(deployments, periods)
        seconds = time.process_time() - start
        verdict = "within" if seconds < BUDGET else "OVER"
        watched = np.nansum(found.fraction)
        print(f"{found.fraction.shape}, {watched:,.0f} camera-days: {seconds:.3f} CPU s, {verdict} {BUDGET:g}")


if __name__ == "__main__":
    main()
