"""The invented study, made once."""

import pytest
from tests.report.invented import make_source

from tumen.report.figures import Figure, figures
from tumen.report.source import ReportSource
from tumen.report.words import Words


@pytest.fixture(scope="session")
def source() -> ReportSource:
    return make_source()


@pytest.fixture(scope="session")
def drawn(source: ReportSource) -> tuple[Figure, ...]:
    return figures(source, Words("en"))
