"""Samples are matched from views at the level `identity` as they are from whole packages: places play no part."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from tumen.sharing.disclose import Derived, disclose
from tumen.sharing.ledger import Ledger
from tumen.sharing.levels import Grant
from tumen.sharing.pseudonyms import name_of
from tumen.simulate.genetics import PanelSettings, panel_survey
from tumen.tasks import identify_genotypes
from tumen.tasks.identify_genotypes import genotypes

SECRET, RECEIVER = b"s" * 32, "secretariat"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def viewed(package):
    grant = Grant(RECEIVER, "identity")
    return disclose(package, grant, SECRET, Derived(), Ledger(), NOW).package


@pytest.fixture
def matched(tmp_path, monkeypatch):
    def made(packages, name):
        by_name = {package.party: package for package in packages}
        monkeypatch.setattr(identify_genotypes, "read_package", lambda entry: by_name[entry.path.name])
        monkeypatch.setattr(identify_genotypes, "write_results", lambda *_: None)
        entries = tuple(SimpleNamespace(path=tmp_path / party) for party in by_name)
        study = SimpleNamespace(packages=entries, species=(), identify={"reference": "lab-1"}, seed=1)
        return genotypes(study, tmp_path / name).tables["evidence"]

    return made


def pairs(evidence, named=lambda name: name):
    """What is said of each pair of samples, whichever of the two is named first."""
    rows = {}
    for row in evidence.iter_rows(named=True):
        ends = [row[name].partition("/") for name in ("sampleID", "otherSampleID")]
        rows[frozenset((party, named(own)) for party, _, own in ends)] = [
            row[name] for name in ("lociCompared", "mismatches", "probability", "relation", "pidSib")
        ]
    return rows


def test_candidate_pairs_and_their_probabilities_are_the_same(matched):
    whole = panel_survey(PanelSettings(loci=8, replicates=2, samples=14, animals=9, families=1), 3).packages()
    views = [viewed(package) for package in whole]
    for view in views:
        places = view.table("samples").select("latitude", "longitude", "locationID")
        assert places.null_count().row(0) == (places.height,) * 3
        assert not set(view.table("samples")["sampleID"]) & {
            name for package in whole for name in package.table("samples")["sampleID"]
        }
    name = name_of(SECRET, RECEIVER, "sample")
    expected, found = pairs(matched(whole, "whole"), name), pairs(matched(views, "views"))
    assert len(expected) > 5
    assert set(found) == set(expected)
    for ends, (loci, mismatches, probability, relation, pid) in expected.items():
        assert found[ends][:2] == [loci, mismatches]
        assert found[ends][2] == pytest.approx(probability, abs=1e-9)
        assert found[ends][3] == relation
        assert found[ends][4] == pytest.approx(pid, rel=1e-9)
