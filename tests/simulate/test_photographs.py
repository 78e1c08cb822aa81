from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tumen.errors import MisuseError
from tumen.simulate.backdrops import backdrop
from tumen.simulate.bodies import BUILDS
from tumen.simulate.photographs import Photograph, Subject, View, Views, benchmark, photograph, subject, view

WIDTH = 256
PLAIN = np.full((192, WIDTH, 3), 70, np.uint8)
PLAIN.flags.writeable = False
CLEAR = Views(grass=0, occluded=0.0, cut=0.0, noise=(0, 0), noise_night=(0, 0), blur=(0, 0), focus=(0.1, 0.1))
STRAIGHT = replace(CLEAR, yaw=0.0, pitch=0.0, roll=0.0)


def tiger(animal: str = "tiger-03", flank: str = "left", size: float = 1.0) -> Subject:
    return subject(1, animal, "Panthera tigris", flank, size=size)


def seen(night: bool = False, views: Views = CLEAR, seed: int = 1) -> View:
    return view(np.random.default_rng(seed), night=night, views=views)


def taken(subjects: Sequence[Subject], at: View | None = None, scene: np.ndarray = PLAIN, seed: int = 1) -> Photograph:
    return photograph(subjects, at or seen(), np.random.default_rng(seed), scene)


def apart(one: Photograph, other: Photograph) -> float:
    return float(np.abs(one.image.astype(int) - other.image).mean())


def test_the_same_numbers_give_the_same_bytes() -> None:
    assert apart(taken([tiger()]), taken([tiger()])) == 0
    assert apart(taken([tiger()]), taken([tiger()], seed=2)) > 1


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
def test_two_animals_in_the_same_pose_differ_in_nothing_but_the_coat(night: bool) -> None:
    one, other = (taken([tiger(name)], seen(night)) for name in ("tiger-03", "tiger-04"))
    assert one.boxes == other.boxes
    differ = np.abs(one.image.astype(int) - other.image).max(axis=2) > 2
    left, top, wide, high = one.boxes[0] or (0, 0, 0, 0)
    inside = np.zeros_like(differ)
    inside[int(top * 192) - 2 : int((top + high) * 192) + 3, int(left * 256) - 2 : int((left + wide) * 256) + 3] = True
    assert 0.02 < differ.mean() < 0.3
    assert not differ[~inside].any()


def test_two_flanks_are_two_coats_and_the_head_is_on_the_flanks_side() -> None:
    left, right = (taken([tiger(flank=flank)], seen(views=STRAIGHT)) for flank in ("left", "right"))
    mirrored = np.abs(left.image[:, ::-1].astype(int) - right.image)
    assert mirrored.mean() > 2
    # The tail is long and thin: the middle of the fur lies towards the head.
    for picture, sign in ((left, -1), (right, 1)):
        orange = picture.image[:, :, 0].astype(int) - picture.image[:, :, 2] > 60
        x = np.flatnonzero(orange.any(axis=0))
        middle = np.average(np.arange(WIDTH), weights=orange.sum(axis=0))
        assert sign * (middle - (x[0] + x[-1]) / 2) > 0


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
def test_the_box_holds_the_body_and_is_no_larger(number: int, night: bool) -> None:
    at = seen(night, replace(CLEAR, cut=0.5), number)
    empty, full = taken([], at), taken([Subject("Sus scrofa", "left")], at)
    # Without noise, the body is where the two differ; the light is drawn first and is the same.
    differ = np.abs(full.image.astype(int) - empty.image).max(axis=2) > 12
    left, top, wide, high = full.boxes[0] or (0, 0, 0, 0)
    assert 0 <= left < left + wide <= 1 and 0 <= top < top + high <= 1
    rows, columns = np.flatnonzero(differ.any(axis=1)), np.flatnonzero(differ.any(axis=0))
    found = [columns[0] / 256, rows[0] / 192, (columns[-1] + 1) / 256, (rows[-1] + 1) / 192]
    assert found == pytest.approx([left, top, left + wide, top + high], abs=0.025)


def test_night_is_grey_and_day_is_not() -> None:
    scene = backdrop(1, "N07", WIDTH)
    night, day = (taken([tiger()], seen(night), scene).image.astype(int) for night in (True, False))
    assert not (night.max(axis=2) - night.min(axis=2)).any()
    assert (day.max(axis=2) - day.min(axis=2)).mean() > 15
    assert night.mean() < day.mean()


def test_an_empty_frame_has_no_body() -> None:
    found = taken([])
    assert found.boxes == () and found.subjects == ()
    assert found.image.shape == (192, WIDTH, 3)


def test_a_body_outside_the_frame_has_no_box() -> None:
    assert taken([tiger()], replace(seen(), x=4.0)).boxes == (None,)


def test_a_deer_is_plain() -> None:
    def contrast(one: Subject) -> float:
        """How uneven the middle of the trunk is along it."""
        at = seen(night=True, views=STRAIGHT)
        build, tiger_trunk = BUILDS[one.species], at.size * WIDTH
        x, y = int(at.x * WIDTH), int(at.y * 192 + (0.5 - build.foot * build.size) * tiger_trunk)
        return float(taken([one], at).image[y - 3 : y + 3, x - 16 : x + 16].astype(float).std(axis=1).mean())

    assert subject(1, "", "Cervus nippon", "left").coat is None
    assert contrast(Subject("Cervus nippon")) < 0.4 * contrast(tiger())


def test_a_mother_and_her_cub_have_a_box_each() -> None:
    boxes = taken([tiger(), tiger("tiger-03-cub-1", size=0.5)], seen(views=STRAIGHT)).boxes
    widths = [box[2] for box in boxes if box]
    assert len(widths) == 2
    assert 0.35 < widths[1] / widths[0] < 0.65


def test_pictures_of_one_station_share_the_scene_and_no_leaf_hangs_still() -> None:
    at = [seen(seed=number) for number in (1, 2)]
    here, again = (taken([], one, backdrop(1, "N07", WIDTH), seed=n) for n, one in enumerate(at))
    there = taken([], at[1], backdrop(1, "N08", WIDTH), seed=1)
    grey = [picture.image.mean(axis=2).ravel() for picture in (here, again, there)]
    assert np.corrcoef(grey[0], grey[1])[0, 1] > np.corrcoef(grey[0], grey[2])[0, 1] + 0.2
    assert apart(here, again) > 1


def test_a_turned_animal_is_shorter() -> None:
    straight, turned = (taken([tiger()], replace(seen(views=STRAIGHT), yaw=yaw)) for yaw in (0.0, 45.0))
    assert straight.boxes[0] and turned.boxes[0]
    assert turned.boxes[0][2] < 0.9 * straight.boxes[0][2]


def test_views_lie_within_their_ranges() -> None:
    views = Views(yaw=20, size=(0.3, 0.31))
    found = [view(np.random.default_rng(number), night=False, views=views) for number in range(50)]
    assert all(abs(one.yaw) <= 20 and 0.3 <= one.size <= 0.31 for one in found)
    assert max(abs(one.yaw) for one in found) > 15


def test_an_animal_nobody_can_draw_is_refused() -> None:
    with pytest.raises(MisuseError, match="a species with a build; found 'Lynx lynx'"):
        taken([Subject("Lynx lynx")])


def test_the_benchmark_is_balanced() -> None:
    rows = list(benchmark(animals=60, times=4))
    assert len(rows) == 480
    assert len({(row.animal, row.flank) for row in rows}) == 120
    assert sum(row.night for row in rows) == 240
    for animal in ("tiger-001", "leopard-030"):
        for flank in ("left", "right"):
            own = [row for row in rows if row.animal == animal and row.flank == flank]
            assert len({row.station for row in own}) == 4
            assert sorted(row.night for row in own) == [False, False, True, True]
    assert all(len({row.animal for row in rows if row.station == place}) > 15 for place in {r.station for r in rows})


def test_a_row_of_the_benchmark_is_the_same_alone() -> None:
    rows = list(benchmark(animals=2, times=2, width=128))
    alone = rows[3].take().image
    rows[0].take()
    assert np.array_equal(alone, rows[3].take().image)
