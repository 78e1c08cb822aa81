"""The invented study, made once."""

from collections.abc import Callable
from functools import cache

import pytest
from tests.report.invented import make_source

from tumen.report.figures import Figure, figures
from tumen.report.source import ReportSource
from tumen.report.words import Words


@pytest.fixture(scope="session")
def source() -> ReportSource:
    return make_source()


@pytest.fixture(scope="session")
def drawn_in(source: ReportSource) -> Callable[[str], tuple[Figure, ...]]:
    """The figures of the invented study in a language, drawn once."""
    return cache(lambda language: figures(source, Words(language)))


@pytest.fixture(scope="session")
def drawn(drawn_in) -> tuple[Figure, ...]:
    return drawn_in("en")
