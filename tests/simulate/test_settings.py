from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tumen.errors import MisuseError
from tumen.simulate.settings import EAST, NORTH, TIGER, WorldSettings, small


def test_the_default_world_spans_the_day_vladivostok_changed_its_clocks() -> None:
    settings = WorldSettings()
    assert settings.begins < datetime(2014, 10, 26, tzinfo=UTC) < settings.ends
    assert settings.days == 730
    assert settings.steps == 730 * 48 + 1


def test_the_default_has_ninety_stations_of_three_parties_in_two_countries() -> None:
    parties = WorldSettings().parties
    assert sum(party.stations for party in parties) == 90
    assert [party.country for party in parties] == ["RU", "CN", "CN"]


def test_sigma_of_the_tiger_is_that_of_its_published_ranges() -> None:
    assert 18.82 * TIGER.sigma_female**2 == pytest.approx(458, abs=1)
    assert 18.82 * TIGER.sigma_male**2 == pytest.approx(1818, abs=1)


@pytest.mark.parametrize(
    ("change", "needed"),
    [
        ({"end": date(2013, 1, 1)}, "ends after it starts"),
        ({"stolen": 1.5}, "stolen between 0 and 1"),
        ({"kernel": 0.0}, "kernel above 0"),
        ({"homing": 2.0}, "homing longer than persistence"),
        ({"homing": 6.0}, "walks below 5 km/h"),
        ({"parties": (NORTH, NORTH)}, "name of their own"),
        ({"parties": (NORTH, replace(EAST, prefix="N"))}, "prefix of their own"),
        ({"parties": (replace(NORTH, country="KP"),)}, "on a side of the border"),
    ],
)
def test_what_no_world_can_have_is_refused(change: dict[str, Any], needed: str) -> None:
    with pytest.raises(MisuseError) as error:
        replace(small(), **change)
    assert needed in error.value.needed
