import numpy as np
from tests.individuals.photo_album import again, coat, made_up, seen

from tumen.individuals.photo_features import Sift, empty
from tumen.individuals.photo_verify import APART, body, correspondences, nearest, own_weights

SIFT = Sift(longest=300, most=400)


def test_nearest_and_second_best_place_are_those_of_the_slow_twin() -> None:
    rng = np.random.default_rng(3)
    a, b = made_up(rng, 30), made_up(rng, 40)
    best, first, second = nearest(a, b)
    away = APART * np.hypot(300, 200)
    for point in range(len(a)):
        distances = np.linalg.norm(b.descriptors - a.descriptors[point], axis=1)
        at = int(distances.argmin())
        elsewhere = np.hypot(*(b.points[:, :2] - b.points[at, :2]).T) > away
        assert best[point] == at
        assert np.isclose(first[point], distances[at], atol=1e-3)
        assert np.isclose(second[point], distances[elsewhere].min(), atol=1e-3)


def test_points_of_the_same_coat_turned_and_darker_correspond_where_they_are() -> None:
    a, b = SIFT(coat(1)), SIFT(seen(coat(1), turn=10, light=0.6))
    drawn = correspondences(a, b)
    assert len(drawn) > 40
    angle = np.deg2rad(10)
    x, y = drawn[:, 0] - 150, drawn[:, 1] - 100
    there = np.column_stack([np.cos(angle) * x + np.sin(angle) * y + 150, -np.sin(angle) * x + np.cos(angle) * y + 100])
    missed = np.hypot(*(drawn[:, 2:] - there).T)
    assert np.median(missed) < 1.5 and (missed < 8).mean() > 0.97


def test_two_coats_hardly_correspond() -> None:
    assert len(correspondences(SIFT(coat(1)), SIFT(coat(2)))) < 8


def test_a_coat_that_bends_still_corresponds_where_one_plane_fails() -> None:
    import cv2

    pattern = coat(1)
    y, x = np.mgrid[0:200, 0:300].astype(np.float32)
    bent = cv2.remap(pattern, x, y + 14 * np.sin(x / 45), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    a, b = SIFT(pattern), SIFT(np.asarray(bent, np.uint8))
    pairs, weights = own_weights(a, b)
    kept = body(a, b, pairs, weights)
    one, other = a.points[pairs[kept, 0], :2], b.points[pairs[kept, 1], :2]
    cv2.setRNGSeed(1)
    _, plane = cv2.findHomography(one, other, cv2.RANSAC, 3.0)
    assert kept.sum() > 1.3 * plane.sum()
    assert (np.abs(one[:, 1] - (other[:, 1] + 14 * np.sin(other[:, 0] / 45))) < 6).mean() > 0.95


def test_matches_scattered_at_random_are_no_body() -> None:
    rng = np.random.default_rng(1)
    a, b = made_up(rng, 60), made_up(rng, 60)
    pairs = np.column_stack([np.arange(60), rng.permutation(60)])
    assert body(a, b, pairs, np.ones(60, np.float32)).sum() <= 5


def test_a_body_is_found_among_as_many_wrong_matches() -> None:
    rng = np.random.default_rng(1)
    a = made_up(rng, 80)
    b = again(rng, a)
    pairs = np.column_stack([np.arange(80), np.concatenate([np.arange(40), 40 + rng.permutation(40)])])
    kept = body(a, b, pairs, np.ones(80, np.float32))
    assert kept[:40].mean() > 0.7
    assert kept[40:].mean() < 0.2


def test_the_order_of_matches_does_not_matter() -> None:
    rng = np.random.default_rng(5)
    a = made_up(rng, 50)
    b = again(rng, a)
    pairs, weights = np.column_stack([np.arange(50)] * 2), rng.uniform(0.1, 1, 50).astype(np.float32)
    order = rng.permutation(50)
    assert np.array_equal(body(a, b, pairs[order], weights[order]), body(a, b, pairs, weights)[order])


def test_pictures_without_features_correspond_nowhere() -> None:
    assert correspondences(empty(9, 9, "sift"), SIFT(coat(1))).shape == (0, 4)
    assert correspondences(SIFT(coat(1)), empty(9, 9, "sift")).shape == (0, 4)
