import numpy as np

from tumen.simulate.backdrops import backdrop, grass


def test_a_station_has_the_same_scene_for_ever_and_another_station_another_one() -> None:
    one = backdrop(1, "N07", 160).copy()
    backdrop.cache_clear()
    assert np.array_equal(one, backdrop(1, "N07", 160))
    assert np.abs(one.astype(int) - backdrop(1, "N08", 160)).mean() > 10
    assert np.abs(one.astype(int) - backdrop(2, "N07", 160)).mean() > 10


def test_a_scene_has_details_that_a_careless_matcher_would_match() -> None:
    assert backdrop(1, "N07", 320).std() > 20


def test_grass_grows_where_it_is_told_to() -> None:
    rng = np.random.default_rng(1)
    cover, light = grass(rng, (120, 160), 30, (0.9, 1.0), 0.1)
    assert cover[60:].any() and not cover[:40].any()
    assert (light[cover] > 0).all() and not light[~cover].any()
    assert not grass(rng, (120, 160), 0, (0.9, 1.0), 0.1)[0].any()
