"""Tutorials are run as they stand, and print what they say they print.

A block of `console` holds commands (`$ tumen ...`) and what they print; `toml` is a file, named in its first line;
`python` is a cell; a block of `text` is what the command or cell above it prints. A line with … alone stands for any
lines. Numbers may differ by 2 %, for the last digits are those of one machine.
"""

import contextlib
import io
import re
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tumen.cli.main import run

ROOT = Path(__file__).resolve().parents[1]
TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Block:
    kind: str
    lines: list[str]


def blocks(page: str) -> list[Block]:
    found = re.findall(r"^```(\w+)\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)
    return [Block(kind, body.splitlines()) for kind, body in found]


def alike(one: str, other: str) -> bool:
    # Columns are as wide as their longest number.
    parts, others = (NUMBER.split(re.sub(r"[\s─]+", " ", line).strip()) for line in (one, other))
    if len(parts) != len(others) or parts[::2] != others[::2]:
        return False
    pairs = zip(parts[1::2], others[1::2], strict=True)
    return all(float(a) == pytest.approx(float(b), rel=0.02, abs=0.011) for a, b in pairs)


def missing(said: list[str], printed: list[str]) -> str | None:
    """Return the first line that was not printed in its place; None if all were."""
    said = [line.rstrip() for line in said]
    printed = [line.rstrip() for line in printed]
    while printed and not printed[-1]:
        printed.pop()
    place, free = 0, False
    for line in said:
        if line == "…":
            free = True
            continue
        while free and place < len(printed) and not alike(line, printed[place]):
            place += 1
        if place >= len(printed) or not alike(line, printed[place]):
            return line
        place, free = place + 1, False
    return None if free or place == len(printed) else f"(more: {printed[place]})"


def commands(block: Block) -> list[tuple[str, list[str]]]:
    made: list[tuple[str, list[str]]] = []
    for line in block.lines:
        if line.startswith("$ "):
            made.append((line[2:], []))
        else:
            made[-1][1].append(line)
    return made


def called(command: str, capfd, monkeypatch) -> list[str]:
    monkeypatch.setattr(sys, "argv", shlex.split(command))
    capfd.readouterr()
    try:
        run()
    except SystemExit as stop:
        assert stop.code in (None, 0, 1), command
    return capfd.readouterr().out.splitlines()


def executed(block: Block, names: dict) -> list[str]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile("\n".join(block.lines), "cell", "exec"), names)  # noqa: S102
    return out.getvalue().splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("tutorial", TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_prints_what_it_says(tutorial, tmp_path, monkeypatch, capfd):
    folder = tmp_path / "work"
    shutil.copytree(ROOT / "examples" / "lower-tumen", folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TUMEN_LANGUAGE", "en")
    names: dict = {}
    waiting: list[str] = []
    for block in blocks(tutorial.read_text(encoding="utf-8")):
        if block.kind == "text":
            assert missing(block.lines, waiting) is None
        if block.kind == "toml":
            (folder / block.lines[0].removeprefix("# ")).write_text("\n".join(block.lines), encoding="utf-8")
        if block.kind == "console":
            for command, said in commands(block):
                waiting = called(command, capfd, monkeypatch)
                assert missing(said, waiting) is None, command
        if block.kind == "python":
            waiting = executed(block, names)


def test_a_line_of_output_may_differ_in_its_last_digits_and_not_in_its_words():
    assert alike("D   0.24  per 100 km2", "D  0.239  per 100 km2")
    assert not alike("D   0.24  per 100 km2", "D  0.34  per 100 km2")
    assert not alike("D   0.24  per 100 km2", "g0  0.24  per 100 km2")


def test_lines_left_out_are_marked():
    assert missing(["a", "…", "d"], ["a", "b", "c", "d"]) is None
    assert missing(["a", "d"], ["a", "b", "c", "d"]) == "d"
    assert missing(["a"], ["a", "b"]) == "(more: b)"
