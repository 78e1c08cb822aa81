from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from tumen.errors import MisuseError
from tumen.simulate.cameras import Deployment, deployments, stations
from tumen.simulate.land import Land, land
from tumen.simulate.settings import NORTH, WorldSettings, small
from tumen.simulate.world import World

SETTINGS = small()


@pytest.fixture(scope="module")
def ground(countries: Mapping[str, BaseGeometry]) -> Land:
    return land(countries, SETTINGS.area, SETTINGS.core, SETTINGS.sides)


def deployed(ground: Land, settings: WorldSettings) -> tuple[Deployment, ...]:
    return deployments(stations(settings, ground, 1), settings, 1)


def test_cameras_stand_in_the_country_of_their_party(true_world: World) -> None:
    for country, longitude, latitude in true_world.stations.select("countryCode", "longitude", "latitude").iter_rows():
        assert true_world.countries[country].contains(shapely.Point(longitude, latitude))


def test_every_party_has_its_stations_each_in_a_cell_of_its_own(ground: Land) -> None:
    sites = stations(SETTINGS, ground, 1)
    for party in SETTINGS.parties:
        own = [site for site in sites if site.party == party]
        assert len(own) == party.stations
        assert all(party.south - 0.01 < site.latitude < party.north + 0.01 for site in own)
    assert len({site.name for site in sites}) == len(sites)


def test_some_cameras_stand_near_the_border_and_none_on_it(ground: Land) -> None:
    metres = [ground.border.distance(shapely.Point(site.x, site.y)) * 1000 for site in stations(SETTINGS, ground, 1)]
    assert 80 < min(metres) < 5000


def test_a_camera_is_in_one_deployment_at_a_time(ground: Land) -> None:
    found = deployed(ground, SETTINGS)
    cameras: dict[str, list[Deployment]] = {}
    for one in found:
        cameras.setdefault(one.station.name + one.camera, []).append(one)
    for own in cameras.values():
        assert all(first.end < second.start for first, second in pairwise(own))
    assert len({one.name for one in found}) == len(found)
    assert all(0 <= one.start < one.end <= SETTINGS.days * 86_400 for one in found)


def test_periods_fill_their_deployment_without_gap_or_overlap(ground: Land) -> None:
    for one in deployed(ground, replace(SETTINGS, stolen=0.3, failed=0.3, obstructed=0.3)):
        assert one.periods[0][0] == one.start
        assert one.periods[-1][1] == one.end
        assert all(before[1] == after[0] for before, after in pairwise(one.periods))
        assert all(start < end for start, end, _ in one.periods)


def test_failures_come_in_every_kind_and_can_be_switched_off(ground: Land) -> None:
    often = replace(SETTINGS, stolen=0.3, failed=0.3, obstructed=0.3)
    words = {status for one in deployed(ground, often) for *_, status in one.periods}
    assert words == {"operating", "failed", "stolen", "obstructed"}
    never = deployed(ground, replace(often, failures=False))
    assert {status for one in never for *_, status in one.periods} == {"operating"}
    assert [(one.name, one.start, one.end) for one in never] == [
        (o.name, o.start, o.end) for o in deployed(ground, often)
    ]


def test_a_stolen_camera_shows_nothing(ground: Land) -> None:
    stolen = deployed(ground, replace(SETTINGS, stolen=1.0, failed=0.0, obstructed=0.0))
    assert not any(one.works(one.start, one.end) for one in stolen)


def test_a_party_without_enough_ground_is_refused(ground: Land) -> None:
    with pytest.raises(MisuseError, match="ground for 5000 stations of north-reserve"):
        stations(replace(SETTINGS, parties=(replace(NORTH, stations=5000),)), ground, 1)
