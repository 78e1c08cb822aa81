"""What was kept is found again for the same picture, box, backend and settings, and believed only when it is whole."""

import io
import zipfile

import numpy as np
import pytest

from tumen.files.feature_cache import Key, Shape, digest, exists, load, store

KEY = Key(digest(b"picture"), (0.1, 0.2, 0.3, 0.4), "sift-1", {"size": 1024, "margin": 0.05})
SHAPES = {
    "points": Shape("float32", (None, 4)),
    "descriptors": Shape("float32", (None, 8)),
    "size": Shape("int64", (2,)),
}
ARRAYS = {
    "points": np.arange(12, dtype=np.float32).reshape(3, 4),
    "descriptors": np.ones((3, 8), dtype=np.float32),
    "size": np.array([40, 30], dtype=np.int64),
}


def packed(**arrays):
    file = io.BytesIO()
    np.savez(file, about=np.frombuffer(KEY.text.encode(), dtype=np.uint8), **{**ARRAYS, **arrays})
    return file.getvalue()


def test_what_was_stored_is_loaded_again(tmp_path):
    assert load(tmp_path / "features", KEY, SHAPES) is None
    assert store(tmp_path / "features", KEY, ARRAYS)
    found = load(tmp_path / "features", KEY, SHAPES)
    assert {name: array.tolist() for name, array in found.items()} == {k: v.tolist() for k, v in ARRAYS.items()}
    assert [file.suffix for file in (tmp_path / "features").iterdir()] == [".npz"]


def test_no_features_at_all_are_kept_too(tmp_path):
    none = {**ARRAYS, "points": np.empty((0, 4), np.float32), "descriptors": np.empty((0, 8), np.float32)}
    store(tmp_path, KEY, none)
    assert load(tmp_path, KEY, SHAPES)["points"].shape == (0, 4)


@pytest.mark.parametrize(
    "other",
    [
        Key(digest(b"another"), KEY.box, KEY.backend, KEY.settings),
        Key(KEY.digest, (0.1, 0.2, 0.3, 0.5), KEY.backend, KEY.settings),
        Key(KEY.digest, (None,) * 4, KEY.backend, KEY.settings),
        Key(KEY.digest, KEY.box, "sift-2", KEY.settings),
        Key(KEY.digest, KEY.box, KEY.backend, {"size": 512, "margin": 0.05}),
    ],
)
def test_another_picture_box_backend_or_setting_is_another_entry(tmp_path, other):
    store(tmp_path, KEY, ARRAYS)
    assert load(tmp_path, other, SHAPES) is None
    # Not even under the first one's name.
    (tmp_path / KEY.file).rename(tmp_path / other.file)
    assert load(tmp_path, other, SHAPES) is None


def test_the_order_of_settings_does_not_matter():
    swapped = Key(KEY.digest, KEY.box, KEY.backend, {"margin": 0.05, "size": 1024})
    assert swapped.file == KEY.file


def test_the_name_of_a_file_never_leads_elsewhere():
    assert "/" not in Key("d", (), "../../etc/passwd", {}).file
    assert ".." not in Key("d", (), "a b/c", {}).file


@pytest.mark.parametrize(
    "arrays",
    [
        {"points": np.zeros((3, 5), dtype=np.float32)},
        {"points": np.zeros((3, 4), dtype=np.float64)},
        {"points": np.zeros(4, dtype=np.float32)},
        {"points": np.full((3, 4), np.nan, dtype=np.float32)},
        {"descriptors": np.zeros((3, 9), dtype=np.float32)},
        {"size": np.zeros(3, dtype=np.int64)},
        {"about": np.frombuffer(b"{}", dtype=np.uint8)},
    ],
)
def test_an_entry_of_another_shape_counts_as_not_there(tmp_path, arrays):
    file = io.BytesIO()
    about = np.frombuffer(KEY.text.encode(), dtype=np.uint8)
    np.savez(file, **{"about": about, **ARRAYS, **arrays})
    (tmp_path / KEY.file).write_bytes(file.getvalue())
    assert exists(tmp_path, KEY)
    assert load(tmp_path, KEY, SHAPES) is None


def test_a_damaged_entry_counts_as_not_there(tmp_path):
    whole = packed()
    for data in (b"", b"nonsense", whole[:200], whole[: len(whole) // 2], whole[:60] + b"\xff" * 9 + whole[69:]):
        (tmp_path / KEY.file).write_bytes(data)
        assert load(tmp_path, KEY, SHAPES) is None
    (tmp_path / KEY.file).write_bytes(whole)
    assert load(tmp_path, KEY, SHAPES) is not None


def test_no_program_in_an_entry_is_ever_run(tmp_path):
    class Trap:
        def __reduce__(self):
            return (exec, ("raise SystemExit('run')",))

    file = io.BytesIO()
    about = np.frombuffer(KEY.text.encode(), dtype=np.uint8)
    np.savez(file, **{"about": about, **ARRAYS, "points": np.array([Trap()], dtype=object)})
    (tmp_path / KEY.file).write_bytes(file.getvalue())
    assert load(tmp_path, KEY, SHAPES) is None


def test_an_entry_that_unfolds_without_end_is_not_unfolded(tmp_path):
    with zipfile.ZipFile(tmp_path / KEY.file, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("points.npy", bytes(100 << 20))
    assert load(tmp_path, KEY, SHAPES) is None


def test_where_nothing_can_be_kept_it_is_said_and_nothing_is_raised(tmp_path):
    (tmp_path / "features").write_text("a file where the folder should be")
    assert not store(tmp_path / "features", KEY, ARRAYS)
