"""Pooling refuses what would be counted twice, and counts what it leaves out."""

import shutil
from datetime import timedelta

import polars as pl
import pytest
from tests.acceptance.studies import write_study

from tumen.errors import StudyError
from tumen.files import camtrap_dp, camtrap_dp_write
from tumen.files.text_table import read_text_table, write_csv
from tumen.tables import findings
from tumen.tables.package import assemble
from tumen.tasks.crossings import answer
from tumen.tasks.pool import pool
from tumen.tasks.simulate import Asked, simulate
from tumen.tasks.sources import report_source
from tumen.tasks.study import read_study

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world") / "small"
    simulate("lower-tumen", folder, seed=16, asked=Asked(small=True))
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
        stood = {
            row["deploymentID"]: (row["locationID"], row["deploymentStart"] - DAY, row["deploymentEnd"] + DAY)
            for row in package.table("deployments").iter_rows(named=True)
        }
        for row in package.table("observations").iter_rows(named=True):
            where, first, last = stood[row["deploymentID"]]
            animal = row["observationType"] == "animal" and row["scientificName"] in made.species
            if animal and first <= row["eventStart"] <= last:  # beyond a day, the camera's clock is in doubt
                expected.add((f"{package.party}/{where}", row["scientificName"]))
    assert set(made.sightings.select("place", "scientificName").iter_rows()) == expected


def test_a_species_nobody_records_is_said(world, tmp_path):
    absent = study(world, tmp_path, (world / "packages" / "north-reserve", {}), species=["Panthera uncia"])
    notes = {note.code: dict(note.arguments) for note in answer(pool(absent)).notes}
    assert notes["species-absent"] == {"species": "Panthera uncia"}
    assert notes["left-out-other-species"]["rows"] > 0


def test_findings_on_links_are_numbered_as_their_own_file_shows_them(world, tmp_path):
    """The north's package brings two links of its own, so that the study's file is not the first."""
    north = camtrap_dp.read(world / "packages" / "north-reserve")
    links, _ = read_text_table((world / "links.csv").read_bytes(), name="links")
    unknown = links.head(1).with_columns(linkID=pl.lit("own"), individualID=pl.lit("nobody"))
    received = {**north.received, "links": pl.concat([links.head(1), unknown])}
    rest = {"descriptor": north.descriptor, "country": north.country, "format": north.format}
    camtrap_dp_write.write(assemble(north.name, received, party=north.party, **rest), tmp_path / "north")
    (tmp_path / "links.csv").write_bytes(write_csv(pl.concat([links, unknown])))
    others = [(world / "packages" / name, {}) for name in ("south-institute", "east-university")]
    file = write_study(
        tmp_path,
        countries=world / "countries.geojson",
        packages=[(tmp_path / "north", {}), *others],
        links=tmp_path / "links.csv",
    )
    found = pool(read_study(file)).findings.filter(code="link-unknown-individual")
    assert sorted(found.select("package", "row").rows()) == [("north-reserve", 3), ("register", links.height + 2)]
