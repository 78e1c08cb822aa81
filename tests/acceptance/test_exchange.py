"""Three parties exchange files, late, twice, in any order: all end with the same packages, register and crossings."""

import hashlib
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.sharing.parties import LONG_AGO, NAMES, key, party_key, root, trust_list
from tumen.files import camtrap_dp_write, regions
from tumen.files.age_files import new_identity
from tumen.files.minisign import Signature, stamped, write_private
from tumen.files.text_table import read_text_table, write_csv
from tumen.sharing.manifest import NAME, SIGNED, Manifest, Resource, in_order
from tumen.sharing.standing import KNOWN, Held, newest, standing
from tumen.sharing.verify import verify
from tumen.simulate.settings import small
from tumen.simulate.world import world
from tumen.store import log
from tumen.tables.cast import to_text
from tumen.tables.detections import detections
from tumen.tables.individuals import LINKS
from tumen.tables.package import Package, assemble
from tumen.tasks import clock
from tumen.tasks.crossings import answer
from tumen.tasks.keys import trust
from tumen.tasks.package_encrypt import seal_encrypted
from tumen.tasks.package_receive import holdings, holdings_sha256
from tumen.tasks.package_seal import Terms, seal
from tumen.tasks.pool import pool, registered
from tumen.tasks.study import Study, read_study
from tumen.tasks.written import table_bytes


@pytest.fixture(scope="module")
def made():
    return world(regions.region("northeast_asia"), seed=16, settings=small())


def contributions(made):
    """What the parties give: a package each, and later the first one's again, with the register's links."""
    first, links = made.packages[0], to_text(LINKS, made.links)
    again = assemble(
        first.name,
        {**first.received, "links": links},
        party=first.party,
        country=first.country,
        format=first.format,
        time_zone=first.time_zone,
        descriptor=first.descriptor,
    )
    return [*made.packages, again]


ORDERS = ((0, 1, 2, 3), (3, 2, 2, 0, 1, 3), (2, 3, 1, 1, 0, 2))
"""In order; the correction first and the first version late; twice."""


@dataclass
class InMemory:
    """A node that remembers nothing but values."""

    held: list[Held] = field(default_factory=list)
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)

    def receive(self, sent):
        manifest, signature, files = sent
        signatures = {SIGNED: Signature.from_bytes(signature)}
        found = {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in files.items()}
        verified = verify(manifest, signatures, found, trust_list(), LONG_AGO + timedelta(days=310))
        said = verified.manifest
        held = Held(said.party, said.package, said.version, verified.digest, said.previous)
        if standing(held, self.held) != KNOWN:
            self.held.append(held)
            self.files[held.digest] = files

    def packages(self):
        return [read(each, self.files[each.digest]) for each in newest(self.held).values()]


def read(held, files):
    tables = {name.removesuffix(".csv"): read_text_table(data, name=name)[0] for name, data in files.items()}
    return assemble(held.package, tables, party=held.party, format="camtrap-dp")


def sent(package: Package, before: bytes | None):
    files = {f"{name}.csv": write_csv(table) for name, table in package.received.items() if table.height}
    manifest = Manifest(
        package=package.name,
        party=package.party,
        version=1 if before is None else 2,
        previous=None if before is None else hashlib.sha256(before).hexdigest(),
        created=LONG_AGO + timedelta(days=301),
        resources=in_order(Resource(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in files.items()),
    ).to_bytes()
    return manifest, key(package.party).sign(manifest, stamped(LONG_AGO, NAME)).to_bytes(), files


def register_digest(packages):
    study = Study(path=Path("study.toml"), title="", packages=())
    seen = pl.concat([detections(each) for each in packages])
    return hashlib.sha256(table_bytes(registered(study, tuple(packages), seen).walk.table)).hexdigest()


def test_three_parties_in_memory_converge(made):
    given = contributions(made)
    parcels = [sent(each, None) for each in given[:3]]
    parcels.append(sent(given[3], parcels[0][0]))
    nodes = [InMemory() for _ in NAMES]
    for node, order in zip(nodes, ORDERS, strict=True):
        for number in order:
            node.receive(parcels[number])
    assert {len(node.held) for node in nodes} == {4}
    assert len({tuple(newest(node.held).items()) for node in nodes}) == 1
    registers = {register_digest(node.packages()) for node in nodes}
    assert len(registers) == 1
    # Without the late one they would differ: what is compared is not empty.
    early = InMemory()
    for number in (0, 1, 2):
        early.receive(parcels[number])
    assert register_digest(early.packages()) not in registers


def publish(folder, identities):
    """Write the trust list that two holders of root keys signed."""
    keys = [party_key(name, recipient=identities[name].recipient) for name in NAMES]
    now = clock.now()
    data = trust_list(*keys, created=now, expires=now + timedelta(days=9)).to_bytes()
    (folder / "trust.json").write_bytes(data)
    for name in ("ann", "bob"):
        signature = key(name).sign(data, stamped(now, "trust.json"))
        (folder / f"trust.json.{name}.minisig").write_bytes(signature.to_bytes())


@pytest.mark.slow
def test_three_folders_and_processes_converge(made, tmp_path):
    stick = tmp_path / "stick"
    stick.mkdir()
    identities = {name: new_identity() for name in NAMES}
    publish(stick, identities)
    for number, package in enumerate(contributions(made)):
        home = tmp_path / package.party
        home.mkdir(exist_ok=True)
        camtrap_dp_write.write(package, home / f"package-{number}")
        terms = Terms(package=package.name, previous=stick / "0.zip" if number == 3 else None)
        everybody = {"full": [each.recipient for each in identities.values()]} if number == 1 else {}
        out = stick / f"{number}.zip"
        if everybody:
            seal_encrypted(home / f"package-{number}", out, key(package.party), everybody, terms=terms)
        else:
            seal(home / f"package-{number}", out, key(package.party), terms=terms)
    running = []
    for name, order in zip(NAMES, ORDERS, strict=True):
        home = tmp_path / name
        trust(stick / "trust.json", home / "node", root("ann", "bob").keys)
        write_private(home / "own.age", f"{identities[name].secret}\n".encode())
        call = [
            sys.executable,
            "-m",
            "tumen.cli.main",
            "package",
            "receive",
            *(stick / f"{each}.zip" for each in order),
        ]
        call += ["--node", home / "node", "--identity", home / "own.age"]
        running.append(subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE))  # noqa: S603
    for each in running:
        out, err = each.communicate(timeout=120)
        assert each.returncode == 0, err.decode()
        assert b"opened: " in out
    ended = [outcome(tmp_path / name) for name in NAMES]
    assert ended[0]["crossings"] > 0
    assert ended[0] == ended[1] == ended[2]
    for name in NAMES:
        node = tmp_path / name / "node"
        assert [each.standing for each in holdings(node)].count("superseded") == 1
        assert log.verify_log(node).lines == 5


def outcome(home):
    """What a party computes from what its node holds."""
    node = home / "node"
    (home / "countries.geojson").write_text(regions.text_as_truth("northeast_asia"), encoding="utf-8")
    lines = ['[study]\ntitle = "Joint"\n[area]\ncountries = "countries.geojson"']
    for each in holdings(node):
        if each.standing == "newest":
            lines.append(
                f'[[package]]\npath = "{each.data.relative_to(home).as_posix()}"\nparty = "{each.record.party}"'
            )
    (home / "study.toml").write_text("\n".join(lines), encoding="utf-8")
    pooled = pool(read_study(home / "study.toml"))
    answered = answer(pooled)
    tables = {name: hashlib.sha256(table_bytes(table)).hexdigest() for name, table in answered.tables.items()}
    register = hashlib.sha256(table_bytes(pooled.register.walk.table)).hexdigest()
    return {
        "holdings": holdings_sha256(node),
        "tables": tables,
        "register": register,
        "crossings": answered.tables["crossings"].height,
    }
