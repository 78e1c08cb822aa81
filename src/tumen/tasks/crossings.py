"""Answer a study's question: did it cross?"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from tumen import engine
from tumen.crossings.answer import transborder
from tumen.crossings.parameters import CrossingParameters
from tumen.tables.answer import Answer
from tumen.tasks.pool import Pool, pool
from tumen.tasks.study import Study

OWN = ("independence", "max_speed", "clock_slack", "reach", "watch_days")
"""The keys of [crossings] that belong to the count itself; the others belong to the area."""


def crossings(study: Study, *, progress: engine.Progress = engine.silent) -> Answer:
    """Read, pool and answer."""
    return answer(pool(study, progress=progress))


def answer(pooled: Pool) -> Answer:
    """Return the transborder answer of pooled packages."""
    given: Mapping[str, Any] = {key: value for key, value in pooled.study.crossings.items() if key in OWN}
    effort = pooled.operating.filter(pl.col("days") > 0)
    return transborder(pooled.detections, effort, parameters=CrossingParameters(**given))
