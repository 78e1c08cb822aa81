"""Pooling refuses what would be counted twice, and counts what it leaves out."""

import shutil

import pytest
from tests.acceptance.studies import write_study

from tumen.errors import StudyError
from tumen.tables import findings
from tumen.tasks.crossings import answer
from tumen.tasks.pool import pool
from tumen.tasks.simulate import simulate
from tumen.tasks.sources import report_source
from tumen.tasks.study import read_study


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world") / "small"
    simulate("lower-tumen", folder, seed=16, small=True)
    return folder


def study(world, tmp_path, *packages, **keys):
    return read_study(
        write_study(
            tmp_path, countries=world / "countries.geojson", packages=packages, links=world / "links.csv", **keys
        )
    )


def source(made):
    pooled = pool(made)
    return report_source(pooled, answer(pooled), findings.empty(), "0" * 64)


def test_the_same_package_twice_is_refused(world, tmp_path):
    twice = study(world, tmp_path, *[(world / "packages" / "north-reserve", {})] * 2)
    with pytest.raises(StudyError, match="each package once"):
        pool(twice)


def test_a_deployment_in_two_packages_of_a_party_is_refused(world, tmp_path):
    shutil.copytree(world / "packages" / "north-reserve", tmp_path / "copy")
    file = tmp_path / "copy" / "links.csv"
    observations = tmp_path / "copy" / "observations.csv"
    observations.write_text("\n".join(observations.read_text(encoding="utf-8").splitlines()[:-1]) + "\n")
    file.unlink(missing_ok=True)
    both = study(world, tmp_path, (world / "packages" / "north-reserve", {}), (tmp_path / "copy", {}))
    with pytest.raises(StudyError, match="named once"):
        pool(both)


def test_a_deployment_written_twice_counts_once(world, tmp_path):
    plain = source(study(world, tmp_path, (world / "packages" / "north-reserve", {})))
    shutil.copytree(world / "packages" / "north-reserve", tmp_path / "copy")
    file = tmp_path / "copy" / "deployments.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    doubled = source(study(world, tmp_path, (tmp_path / "copy", {})))
    assert doubled.effort.equals(plain.effort)
    assert doubled.parties.select("deployments", "cameraDays").equals(plain.parties.select("deployments", "cameraDays"))
    assert doubled.effort["cameraDays"].sum() == pytest.approx(doubled.parties["cameraDays"].sum())


def test_a_station_saw_a_species_whether_or_not_the_animal_was_named(world, tmp_path):
    made = source(study(world, tmp_path, *((p, {}) for p in sorted((world / "packages").iterdir()))))
    pooled = pool(study(world, tmp_path, *((p, {}) for p in sorted((world / "packages").iterdir()))))
    expected = set()
    for package in pooled.packages:
        places = dict(package.table("deployments").select("deploymentID", "locationID").iter_rows())
        for deployment, species, kind in (
            package.table("observations").select("deploymentID", "scientificName", "observationType").iter_rows()
        ):
            if kind == "animal" and species in made.species:
                expected.add((f"{package.party}/{places[deployment]}", species))
    assert {tuple(row) for row in made.sightings.select("place", "scientificName").iter_rows()} <= expected
    assert len(expected) - made.sightings.height <= 2  # cameras whose clock is a year wrong


def test_a_species_nobody_records_is_said(world, tmp_path):
    absent = study(world, tmp_path, (world / "packages" / "north-reserve", {}), species=["Panthera uncia"])
    notes = {note.code: dict(note.arguments) for note in answer(pool(absent)).notes}
    assert notes["species-absent"] == {"species": "Panthera uncia"}
    assert notes["left-out-other-species"]["rows"] > 0
