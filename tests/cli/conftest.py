"""Run commands as a person does, in this process: what was printed, what was complained of, how it ended."""

import sys
from dataclasses import dataclass

import pytest

from tumen.cli.main import run
from tumen.tasks.simulate import Asked, simulate


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def tumen(capfd, monkeypatch):
    """Call `tumen("check", "package")`."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["tumen", *map(str, arguments)])
        code = 0
        try:
            run()
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = capfd.readouterr()
        assert "Traceback" not in said.err
        return Ended(code, said.out, said.err)

    return call


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """A small simulated world on disk, with its study; made once, never changed."""
    folder = tmp_path_factory.mktemp("world") / "small"
    simulate("lower-tumen", folder, seed=16, asked=Asked(small=True))
    return folder
