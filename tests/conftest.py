"""Fixtures every folder of tests may use."""

from pathlib import Path

import pytest
from hypothesis import settings

# The machines that run the tests are shared: a slow moment is not a failure.
settings.register_profile("tumen", deadline=None)
settings.load_profile("tumen")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data sets; skip, saying so, where it is not."""
    if not SHARED.is_dir():
        pytest.skip(f"real data sets are not here ({SHARED.name} beside the checkout)")
    return SHARED
