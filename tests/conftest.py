"""Fixtures every folder of tests may use."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data sets; skip, saying so, where it is not."""
    if not SHARED.is_dir():
        pytest.skip(f"real data sets are not here ({SHARED.name} beside the checkout)")
    return SHARED
