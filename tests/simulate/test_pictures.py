import pickle
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from tumen.errors import MisuseError
from tumen.simulate.pictures import Picture, survey_pictures
from tumen.simulate.world import World


@pytest.fixture(scope="module")
def pictures(made: World) -> list[Picture]:
    """The pictures of a small world with wrong clocks."""
    return list(survey_pictures(made, width=64))


def events(made: World) -> dict[tuple[str, str], list[str]]:
    """The observations of every event."""
    found: dict[tuple[str, str], list[str]] = {}
    for package in made.packages:
        for observation, event in package.tables["observations"].select("observationID", "eventID").iter_rows():
            found.setdefault((package.party, event), []).append(observation)
    return found


def test_every_media_row_has_its_picture(made: World, pictures: list[Picture]) -> None:
    rows = [(package.party, path) for package in made.packages for path in package.tables["media"]["filePath"]]
    assert [(one.party, one.path) for one in pictures] == rows


def test_every_observation_has_a_picture(made: World, pictures: list[Picture]) -> None:
    assert {(one.party, one.event) for one in pictures} == set(events(made))


def test_a_picture_shows_the_animals_that_truly_were_there(made: World, pictures: list[Picture]) -> None:
    truth = {row[:2]: row[2] for row in made.detections.select("party", "observationID", "truthID").iter_rows()}
    together = events(made)
    for one in pictures:
        expected = [truth[one.party, row] for row in together[one.party, one.event] if (one.party, row) in truth]
        assert [shown.name for shown in one.shown if shown.name] == expected
    assert any(len(one.shown) > 1 and one.shown[0].name for one in pictures)


def test_a_picture_shows_the_flank_that_was_written_down(made: World, pictures: list[Picture]) -> None:
    party = next(package for package in made.packages if "identifications" in package.tables)
    judged = party.tables["identifications"].join(party.tables["observations"], on="observationID")
    flanks = dict(judged.select("eventID", "flank").iter_rows())
    compared = [(one.shown[0].flank, flanks[one.event]) for one in pictures if one.party == party.party
                and one.event in flanks]  # fmt: skip
    assert len(compared) > 10
    assert all(shown == written for shown, written in compared)


def test_two_cameras_that_face_each_other_see_two_flanks(made: World, pictures: list[Picture]) -> None:
    starts = {row[:2]: row[2:] for row in made.detections.select(
        "party", "observationID", "truthID", "start", "deploymentID").iter_rows()}  # fmt: skip
    together = events(made)
    seen: dict[tuple[str, str, str], list[tuple[datetime, str]]] = {}
    for one in pictures:
        for observation in together[one.party, one.event]:
            if (one.party, observation) in starts:
                name, start, deployment = starts[one.party, observation]
                flank = next(shown.flank for shown in one.shown if shown.name == name)
                seen.setdefault((one.station, name, deployment[3]), []).append((start, flank))
    pairs = [
        (flank, other)
        for (station, name, camera), shots in seen.items() if camera == "A"
        for start, flank in shots
        for begun, other in seen.get((station, name, "B"), []) if abs((begun - start).total_seconds()) < 30
    ]  # fmt: skip
    assert pairs
    assert all({flank, other} == {"left", "right"} for flank, other in pairs)


def test_it_is_dark_at_night_by_the_true_clock(true_world: World, made: World, pictures: list[Picture]) -> None:
    """Wrong clocks change what is written, not the light."""
    right = {(one.party, one.path): one.night for one in survey_pictures(true_world)}
    assert all(one.night == right[one.party, one.path] for one in pictures)
    assert 0.3 < np.mean([one.night for one in pictures]) < 0.8
    hours = true_world.packages[0].tables["media"].select(pl.col("timestamp").dt.hour(), "filePath")
    for hour, path in hours.iter_rows():
        if hour == 3:  # noon, by the sun at 131 E
            assert not right["north-reserve", path]
        if hour == 15:
            assert right["north-reserve", path]


def test_blanks_are_empty_and_deer_people_and_boar_are_there(made: World, pictures: list[Picture]) -> None:
    kinds: dict[tuple[str, str], list[Any]] = {}
    for package in made.packages:
        columns = package.tables["observations"].select("eventID", "observationType", "scientificName", "count")
        kinds |= {(package.party, event): rest for event, *rest in columns.iter_rows()}
    species = {shown.species for one in pictures for shown in one.shown}
    assert species >= {"Cervus nippon", "human", "Panthera tigris", "Panthera pardus"}
    for one in pictures:
        kind, name, count = kinds[one.party, one.event]
        if kind == "blank":
            assert one.shown == ()
        elif name == "Cervus nippon":
            assert len(one.shown) == min(count, 3)


def test_each_picture_can_be_made_alone_and_elsewhere(pictures: list[Picture]) -> None:
    one = next(one for one in pictures if one.shown and one.shown[0].name)
    first = one.take()
    assert first.image.shape == (48, 64, 3)
    assert len(first.boxes) == len(one.shown)
    again = pickle.loads(pickle.dumps(one))  # noqa: S301 - as a process pool does
    assert np.array_equal(first.image, again.take().image)


def test_a_burst_is_a_burst_and_not_one_picture(pictures: list[Picture]) -> None:
    one = next(one for one in pictures if one.shown and one.shown[0].name)
    burst = [other for other in pictures if (other.party, other.event) == (one.party, one.event)]
    views = [other.take().view for other in burst]
    assert len(burst) >= 2
    assert len({view.size for view in views}) == 1
    assert len({view.x for view in views}) == len(burst)


def test_rows_in_another_order_are_refused(made: World) -> None:
    package = made.packages[0]
    media = package.tables["media"].sort("timestamp", descending=True)
    shuffled = replace(package, tables={**package.tables, "media": media})
    with pytest.raises(MisuseError, match="as it was made"):
        list(survey_pictures(replace(made, packages=(shuffled, *made.packages[1:]))))
