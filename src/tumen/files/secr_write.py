"""Write capture histories for secr: its text files, or CSV with a header. What is written is read back beside this."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from tumen.errors import MisuseError, Text
from tumen.files.atomic import writing_folder
from tumen.files.secr_csv import HECTARES
from tumen.files.secr_text import NOBODY
from tumen.tables.capture_histories import ANIMALS, CAPTURES, MASK, TRAPS, ScrTables, covariates
from tumen.tables.findings import finding, gather
from tumen.tables.schema import MISSING, require

_BAD = re.compile(r"[\s#/,\"]")


def write(
    tables: ScrTables, folder: Path | str, target: str = "text", *, replace: bool = False, inputs: Sequence[Path] = ()
) -> pl.DataFrame:
    """Write tables into a new folder, as secr's "text" or as "csv", and return what the format lost.

    Raises `MisuseError` for another target and for names that the text cannot hold, `OutputError` where nothing may be
    written.
    """
    makers = {"text": to_text, "csv": to_csv}
    if target not in makers:
        raise MisuseError("a format of secr: text or csv", f"'{target}'", "Choose text or csv.")
    files, found = makers[target](tables)
    with writing_folder(folder, made="secr", replace=replace, inputs=inputs) as part:
        for name, content in files.items():
            (part / name).write_bytes(content.encode())
    return found


def to_text(tables: ScrTables) -> tuple[dict[str, str], pl.DataFrame]:
    r"""Return secr's text files by name, and findings of what they have no place for.

    `captures.txt`, and `traps.txt` or, where sessions have detectors of their own, `traps-1.txt` for the first session
    and so on. A mask is written as `mask.csv`. Counts are as many lines; a death is a negative occasion; a session
    without captures is a line with NONE. Raises `MisuseError` for names and words with blanks, commas, `#` or `/`, for
    an animal called NONE, and for covariates of detectors that change with the occasion.

    >>> captures = pl.DataFrame([("1", "a", 2, "A", 2, False)], schema=CAPTURES, orient="row")
    >>> traps = pl.DataFrame([(None, "A", 0.0, 0.5, [1.0, 0.5])], schema=TRAPS, orient="row")
    >>> files, _ = to_text(ScrTables(("1",), captures, traps))
    >>> files["captures.txt"], files["traps.txt"]
    ('# Session ID Occasion Detector\n1 a -2 A\n1 a -2 A\n', '# Detector x y usage\nA 0.0 0.5 1.0 0.5\n')
    """
    require(tables.captures, CAPTURES, "captures")
    require(tables.traps, TRAPS, "traps")
    own = covariates(tables.animals, ANIMALS) if tables.animals is not None else []
    known, lost = _known(tables, own)
    lines = ["# " + " ".join(["Session", "ID", "Occasion", "Detector", *map(_word, own)])]
    for name in tables.sessions:
        caught = tables.captures.filter(pl.col("session") == name)
        count = _occasions(tables, name)
        detectors = _of(tables.traps, name)["detector"]
        if caught.is_empty() or name in tables.occasions:
            first = _word(detectors[0]) if len(detectors) else "NA"
            lines.append(" ".join([_word(name), NOBODY, str(count), first, *["NA"] * len(own)]))
        for animal, occasion, detector, times, alive in caught.select(*list(CAPTURES)[1:]).iter_rows():
            if animal == NOBODY:
                raise MisuseError(
                    "animals with other names", NOBODY, "In secr's files this name says that nobody was caught."
                )
            signed = occasion if alive in (True, None) else -occasion
            cells = [
                _word(name),
                _word(animal),
                str(signed),
                _word(detector),
                *known.get((name, animal), ["NA"] * len(own)),
            ]
            lines += [" ".join(cells)] * times
    files = {"captures.txt": "\n".join(lines) + "\n"}
    if tables.traps["session"].null_count() == tables.traps.height:
        files["traps.txt"] = _traps(tables.traps)
    else:
        for number, name in enumerate(tables.sessions, start=1):
            files[f"traps-{number}.txt"] = _traps(_of(tables.traps, name))
    if tables.mask is not None:
        files["mask.csv"] = _mask(tables.mask)
    return files, lost


def to_csv(tables: ScrTables) -> tuple[dict[str, str], pl.DataFrame]:
    """Return CSV files by name (captures, traps, mask, individuals), and findings: nothing is lost in them.

    Raises `MisuseError` for covariates of detectors that change with the occasion, and for sessions without captures
    among detectors that are common to all sessions: no row would name them.
    """
    require(tables.captures, CAPTURES, "captures")
    named = set(tables.captures["session"]) | set(tables.traps["session"].drop_nulls())
    silent = [name for name in tables.sessions if name not in named]
    if silent and tables.sessions != ("1",):
        raise MisuseError(
            "sessions with captures or detectors of their own to write as CSV",
            Text("none of session {name}", name=silent[0]),
            "Give each session its own detectors, or write secr's text.",
        )
    traps = tables.traps
    own = covariates(traps, TRAPS)
    _refuse_changing(traps, own)
    for name in {*tables.captures["animal"], *tables.captures["detector"], *traps["detector"], *tables.sessions}:
        _refuse_missing(name)
    usage = [None if row is None else " ".join(map(repr, row)) for row in traps["usage"].to_list()]
    placed = traps.select("session", "detector", "x", "y").with_columns(pl.Series("usage", usage, dtype=pl.String))
    files = {
        "captures.csv": _csv(tables.captures.select(*CAPTURES), {"detector": "trap"}),
        "traps.csv": _csv(placed.with_columns(traps.select(own).get_columns()), {"detector": "trap"}),
    }
    if tables.mask is not None:
        files["mask.csv"] = _mask(tables.mask)
    if tables.animals is not None:
        files["individuals.csv"] = _csv(tables.animals.drop("row", strict=False), {})
    return files, gather([])


def _of(traps: pl.DataFrame, session: str) -> pl.DataFrame:
    return traps.filter(pl.col("session").is_null() | (pl.col("session") == session))


def _occasions(tables: ScrTables, session: str) -> int:
    """Return how many occasions a session had, by what is told of it."""
    longest = _of(tables.traps, session)["usage"].list.len().max()
    last = tables.captures.filter(pl.col("session") == session)["occasion"].max()
    told = [tables.occasions.get(session), longest, last]
    return next((count for count in told if isinstance(count, int)), 1)


def _known(tables: ScrTables, own: Sequence[str]) -> tuple[dict[tuple[str, str], list[str]], pl.DataFrame]:
    """Return the words of each animal's covariates, and a finding if some animals have no captures to stand in."""
    if tables.animals is None:
        return {}, gather([])
    caught = set(tables.captures.select("session", "animal").iter_rows())
    known: dict[tuple[str, str], list[str]] = {}
    lost = 0
    for session, animal, *values in tables.animals.select("session", "animal", *own).iter_rows():
        sessions = tables.sessions if session is None else (session,)
        here = [name for name in sessions if (name, animal) in caught]
        lost += not here
        known |= {(name, animal): [_word(value) for value in values] for name in here}
    notes = [finding("secr-animals-not-written", table="animals", value=str(lost))] if lost and own else []
    return known, gather(notes)


def _traps(traps: pl.DataFrame) -> str:
    own = covariates(traps, TRAPS)
    _refuse_changing(traps, own)
    used = traps["usage"].is_not_null().any()
    head = ["# Detector x y", *(["usage"] if used else []), *(["/", *map(_word, own)] if own else [])]
    lines = [" ".join(head)]
    for name, x, y, usage, *values in traps.select("detector", "x", "y", "usage", *own).iter_rows():
        cells = [_word(name), repr(x), repr(y), *map(repr, usage or [])]
        lines.append(" ".join([*cells, *(["/", *map(_word, values)] if own else [])]))
    return "\n".join(lines) + "\n"


def _refuse_changing(traps: pl.DataFrame, own: Sequence[str]) -> None:
    changing = [name for name in own if traps.schema[name].base_type() == pl.List]
    if changing:
        raise MisuseError(
            "covariates of detectors with one value each",
            Text("{name}, which has one for each occasion", name=changing[0]),
            "Leave it out, and give it to secr as timevaryingcov.",
        )


def _refuse_missing(name: str | None) -> None:
    if name is None or name in MISSING or name != name.strip():
        raise MisuseError(
            "names other than NA, NaN and nothing, without blanks around them",
            f"'{name}'",
            "Change the name: in a table it would say that there is none.",
        )


def _word(value: object) -> str:
    """Return a cell as a word that secr reads as one."""
    if value is None:
        return "NA"
    text = repr(value) if isinstance(value, float) else str(value)
    if not text or _BAD.search(text) or text == "NA":
        raise MisuseError(
            "names and words without blanks, commas, quotes, # or /, and other than NA",
            f"'{text}'",
            "Write CSV, or change the name.",
        )
    return text


def _mask(mask: pl.DataFrame) -> str:
    require(mask, MASK, "mask")
    # An area that hectares would round is left in km2.
    exact = (pl.col("area") * HECTARES / HECTARES == pl.col("area")).all()
    column = "area_ha" if mask.select(exact).item() else "area"
    area = pl.col("area") * HECTARES if column == "area_ha" else pl.col("area")
    own = covariates(mask, MASK)
    return _csv(mask.select("session", "x", "y", area.alias(column), *own), {})


def _csv(frame: pl.DataFrame, renamed: Mapping[str, str]) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([renamed.get(name, name) for name in frame.columns])
    for row in frame.iter_rows():
        table.writerow(
            ["NA" if cell is None else repr(cell) if isinstance(cell, float) else _plain(cell) for cell in row]
        )
    return text.getvalue()


def _plain(cell: object) -> str:
    return str(cell).lower() if isinstance(cell, bool) else str(cell)
