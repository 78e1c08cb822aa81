"""A view with a leak is not written, and a folder with one is not sealed."""

from dataclasses import replace

import polars as pl
import pytest
from tests.builders import codes
from tests.sharing.release_worlds import World, changed, reserve

from tumen.errors import SealError
from tumen.files import camtrap_dp_write
from tumen.sharing.levels import Grant
from tumen.tables import findings
from tumen.tasks import disclose as task
from tumen.tasks.leaks import refuse_leaks

GRANT = Grant("south", "generalised", category=2, step=5000)


def written(folder, package):
    camtrap_dp_write.write(package, folder)
    return folder


def test_a_folder_that_holds_more_than_its_level_is_not_sealed(tmp_path):
    made = World(reserve(stations=4, records=20)).release(GRANT).package
    refuse_leaks(written(tmp_path / "right", made))
    late = changed(made, "observations", eventStart=pl.col("eventStart").dt.offset_by("3h"))
    with pytest.raises(SealError) as error:
        refuse_leaks(written(tmp_path / "wrong", late))
    assert "leak-instant" in str(error.value.found)
    assert "generalised" in str(error.value.needed)


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"latitude": pl.col("latitude") + 0.01}, "leak-cell-finer"),
        ({"coordinateUncertainty": pl.lit(50, dtype=pl.Int64)}, "leak-cell-radius"),
    ],
)
def test_a_place_finer_than_its_cell_is_not_sealed(tmp_path, columns, code):
    made = World(reserve(stations=4, records=20)).release(GRANT).package
    with pytest.raises(SealError) as error:
        refuse_leaks(written(tmp_path / "wrong", changed(made, "deployments", **columns)))
    assert code in str(error.value.found)


def test_a_picture_with_metadata_and_a_track_are_not_sealed(tmp_path):
    made = World(reserve(stations=4, records=20)).release(GRANT).package
    folder = written(tmp_path / "view", made)
    (folder / "media").mkdir()
    (folder / "media" / "track.gpx").write_text("<gpx/>")
    with pytest.raises(SealError) as error:
        refuse_leaks(folder)
    assert str(error.value.found) == "leak-file-unlisted, leak-media-unknown"


def test_a_package_that_is_no_view_is_not_looked_at(tmp_path):
    refuse_leaks(written(tmp_path / "own", reserve(stations=2, records=4)))


def test_a_view_with_a_leak_is_not_written(tmp_path, monkeypatch):
    from tumen.sharing.ledger import Ledger
    from tumen.tasks import release_files
    from tumen.tasks.entries import PackageEntry

    own = written(tmp_path / "north", reserve(stations=4, records=20))
    policy = tmp_path / "policy.toml"
    policy.write_text(
        '[policy]\nparty = "north-reserve"\nversion = 1\n[[grant]]\nto = ["south"]\npurposes = ["density"]\n'
        'tables = "all"\nspecies = "all"\nlevel = "generalised"\ncategory = 2\nagreement = "A"\nuntil = 2099-01-01\n',
        encoding="utf-8",
    )
    release_files.new_secret(tmp_path / "secret")
    asked = task.Asked(
        policy=policy,
        receiver="south",
        purpose="density",
        secret=tmp_path / "secret",
        ledger=tmp_path / "ledger.csv",
        new_ledger=True,
    )

    def faulty(made, folder):
        return changed(
            made.package, "observations", eventStart=pl.col("eventStart").dt.offset_by("3h")
        ), findings.empty()

    monkeypatch.setattr(task, "with_pictures", faulty)
    made = task.disclose_package(PackageEntry(path=own), tmp_path / "view", asked)
    assert made.refused
    assert "leak-instant" in codes(findings.errors(made.findings))
    assert not made.package.tables
    assert not (tmp_path / "view").exists()
    assert release_files.read_ledger(tmp_path / "ledger.csv").releases.equals(Ledger().releases)
    monkeypatch.undo()
    right = task.disclose_package(PackageEntry(path=own), tmp_path / "view", replace(asked))
    assert not right.refused
    assert (tmp_path / "view" / "datapackage.json").exists()
