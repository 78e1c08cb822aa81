"""The same results at any width."""

import sys

import numpy as np
import pytest

from tumen import engine
from tumen.errors import ExtraError, MisuseError


def draw(seed):
    return float(np.random.default_rng(seed).normal())


@pytest.mark.slow
def test_two_processes_return_what_one_returns_in_the_same_order():
    pieces = engine.seeds(7, 6)
    seen = []
    wide = engine.run(draw, pieces, workers=2, progress=lambda done, total: seen.append((done, total)))
    assert wide == engine.run(draw, pieces) == [draw(piece) for piece in pieces]
    assert seen == [(n, 6) for n in range(1, 7)]


def test_a_negative_number_of_workers():
    with pytest.raises(MisuseError, match="workers of 0"):
        engine.run(abs, [1], workers=-1)


def test_a_cluster_without_the_extra_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ExtraError, match="cluster"):
        engine.run(abs, [1], cluster="tcp://127.0.0.1:1")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # Dask's own, which change with its versions
def test_a_cluster_returns_what_one_process_returns_in_the_same_order():
    distributed = pytest.importorskip("distributed")
    seen = []
    with distributed.LocalCluster(n_workers=1, processes=False, dashboard_address=None) as cluster:
        far = engine.run(
            draw,
            engine.seeds(7, 5),
            cluster=cluster.scheduler_address,
            progress=lambda done, total: seen.append((done, total)),
        )
    assert far == engine.run(draw, engine.seeds(7, 5))
    assert seen == [(n, 5) for n in range(1, 6)]
