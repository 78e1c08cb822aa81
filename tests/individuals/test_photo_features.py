import numpy as np
import pytest
from tests.individuals.photo_album import coat, seen

from tumen.errors import MisuseError
from tumen.individuals.photo_features import Features, Sift, centre, empty, subject
from tumen.individuals.photo_verify import own_weights

SIFT = Sift(longest=300, most=400)


def test_a_coat_has_points_inside_the_chip_with_descriptors_of_unit_length() -> None:
    features = SIFT(coat(1))
    assert len(features) > 100
    assert features.descriptors.shape == (len(features), SIFT.dimension)
    assert np.allclose(np.linalg.norm(features.descriptors, axis=1), 1, atol=1e-4)
    assert features.points[:, 0].max() <= 300 and features.points[:, 1].max() <= 200
    assert ((features.weights > 0) & (features.weights <= 1)).all()
    assert (features.width, features.height, features.backend) == (300, 200, SIFT.name)


def test_the_same_chip_gives_the_same_features() -> None:
    one, other = SIFT(coat(1)), SIFT(coat(1))
    assert np.array_equal(one.points, other.points) and np.array_equal(one.descriptors, other.descriptors)


@pytest.mark.parametrize("shape", [(1, 1, 3), (8, 300, 3), (200, 300, 3)])
def test_a_tiny_or_even_chip_has_no_features_and_is_no_error(shape: tuple[int, ...]) -> None:
    features = SIFT(np.full(shape, 90, np.uint8))
    assert len(features) == 0
    assert (features.height, features.width) == shape[:2]


def test_an_image_that_is_not_rgb_bytes_is_misuse() -> None:
    with pytest.raises(MisuseError, match="an image"):
        SIFT(np.zeros((200, 300), np.uint8))
    with pytest.raises(MisuseError, match="an image"):
        SIFT(np.zeros((200, 300, 3), np.float32))  # type: ignore[arg-type]


def test_points_are_in_pixels_of_the_chip_at_any_working_size() -> None:
    small = Sift(longest=150, most=400)(coat(1))
    assert small.points[:, 0].max() > 200


def test_a_squeezed_view_finds_an_animal_that_stands_obliquely() -> None:
    straight, oblique = coat(1), seen(coat(1), narrow=0.5)
    found = []
    for squeezes in ((1.0,), (1.0, 0.5)):
        sift = Sift(longest=300, most=1000, squeezes=squeezes)
        found.append(len(own_weights(sift(straight), sift(oblique))[0]))
    assert found[1] > 1.5 * found[0]


def test_a_removed_background_has_no_points_and_its_outline_few() -> None:
    chip = np.zeros((200, 300, 3), np.uint8)
    chip[50:150, 80:220] = coat(1)[50:150, 80:220]
    features = SIFT(chip)
    assert len(features) > 20
    inside = (features.points[:, 0] > 78) & (features.points[:, 0] < 222)
    assert inside.all()
    shown = subject(chip, (200, 300))
    assert shown[5, 5] == 0 and shown[100, 150] == 1


def test_a_dark_night_is_no_removed_background() -> None:
    night = (coat(1) * 0.2).astype(np.uint8)
    assert subject(night, (200, 300)).min() == 1


def test_corners_of_a_box_weigh_less_than_its_middle() -> None:
    points = np.array([[150, 100, 1, 0], [299, 199, 1, 0]], np.float32)
    middle, corner = centre(points, 300, 200)
    assert middle == 1 and corner < 0.5


def test_parts_that_do_not_fit_together_are_misuse() -> None:
    none = empty(9, 9, "sift")
    with pytest.raises(MisuseError, match="points"):
        Features(np.zeros((2, 4), np.float32), none.descriptors, none.weights, 9, 9, "sift")
    with pytest.raises(MisuseError, match="one weight"):
        Features(none.points, none.descriptors, np.ones(1, np.float32), 9, 9, "sift")
