"""`tumen check` on a large package with planted errors, beside frictionless on the same files by the same rules.

    python benchmarks/check.py
    python benchmarks/check.py --observations 10000000 --media 7700000 --alone

A package of 2,000 deployments is made in a temporary folder, with a known number of errors of every kind that a Table
Schema can state. Each program checks it in a process of its own, whole: start, reading, finding, printing findings.
Both must find exactly what was planted. Tumen runs twice: with all its checks, and with --quick, which asks what
frictionless asks. CPU seconds are user and system time of the process, memory its greatest
resident set. `--alone` leaves frictionless out: it would need hours and tens of gigabytes for ten million rows.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tumen.files.table_schema import table_schema
from tumen.tables.protocol import STANDARD, TABLES

RATIO = 20.0
"""How many times less CPU than frictionless `tumen check` should need."""
BLOCK = 1_000_000
FIRST, DAYS = 1_104_537_600, 1_300  # the first of January 2005 in seconds; days each camera stood
NAMED = 20  # one observation in twenty is of a named animal

PLANTED = {
    "deployments": (
        ("latitude", "91.5", "cell-above-maximum"),
        ("longitude", "-181", "cell-below-minimum"),
        ("cameraHeading", "north", "cell-type"),
    ),
    "media": (
        ("mediaID", "", "cell-required"),
        ("mediaID", "m0", "key-duplicate"),
        ("deploymentID", "nowhere", "reference-missing"),
        ("timestamp", "2005-02-31T10:00:00Z", "cell-type"),
        ("filePublic", "perhaps", "cell-type"),
        ("fileMediatype", "text/plain", "cell-pattern"),
        ("captureMethod", "motion", "cell-vocabulary"),
    ),
    "observations": (
        ("observationID", "o0", "key-duplicate"),
        ("deploymentID", "nowhere", "reference-missing"),
        ("mediaID", "lost", "reference-missing"),
        ("eventEnd", "", "cell-required"),
        ("classificationTimestamp", "yesterday", "cell-type"),
        ("observationType", "Animal", "cell-vocabulary"),
        ("count", "0", "cell-below-minimum"),
        ("count", "several", "cell-type"),
        ("classificationProbability", "1.5", "cell-above-maximum"),
    ),
}
"""Column, text and code of the errors, each planted once in `--every` rows (deployments: once each)."""

KINDS = {
    "constraint-error required": "cell-required",
    "constraint-error minimum": "cell-below-minimum",
    "constraint-error maximum": "cell-above-maximum",
    "constraint-error pattern": "cell-pattern",
    "constraint-error enum": "cell-vocabulary",
    "constraint-error unique": "key-duplicate",
    "type-error": "cell-type",
    "unique-error": "key-duplicate",
    "foreign-key": "reference-missing",
}
"""What frictionless calls each kind; a null or repeated primary key it reports beside the constraints of its column."""

FRICTIONLESS = """
import csv, sys
from frictionless import Package, settings, system
with system.use_context(trusted=True):
    report = Package(sys.argv[1]).validate(limit_errors=10**9)
rows = csv.writer(sys.stdout)
for task in report.tasks:
    for error in task.errors:
        d = error.to_dict()
        names = d.get("fieldName") or "|".join(d.get("fieldNames", []))
        rows.writerow([task.name, d.get("rowNumber"), names, d["type"], d.get("note", "")])
"""


TUMEN = (sys.executable, "-m", "tumen.cli.main", "check")
THEIRS = (sys.executable, "-c", FRICTIONLESS)


@dataclass(frozen=True)
class Run:
    """What one process printed, and what it took."""

    rows: list[dict[str, str]]
    seconds: float
    megabytes: float


def main() -> None:
    """Make the package, check it, and say what it took."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--observations", type=int, default=1_000_000)
    options.add_argument("--media", type=int, default=770_000)
    options.add_argument("--deployments", type=int, default=2_000)
    options.add_argument("--every", type=int, default=1_000, help="rows between two planted errors")
    options.add_argument("--alone", action="store_true", help="without frictionless")
    options.add_argument("--keep", type=Path, help="an existing folder to make the package in, and leave it")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(dir=given.keep) as folder:
        where = given.keep or Path(folder)
        planted = make(where, given)
        size = sum((where / f"{name}.csv").stat().st_size for name in PLANTED) / 1e6
        print(f"{given.observations:,} observations, {given.media:,} media, {size:.0f} MB, {len(planted):,} errors")
        tiny = where / "tiny"
        tiny.mkdir(exist_ok=True)
        make(tiny, argparse.Namespace(observations=90, media=90, deployments=30, every=1000))
        for warm in ([*TUMEN, str(tiny)], [*THEIRS, str(tiny / "datapackage.json")]):
            run(warm, where)
        every = run([*TUMEN, str(where), "--format", "csv"], where)
        same = run([*TUMEN, str(where), "--format", "csv", "--quick"], where)
        for what, ours in (("all checks", every), ("same rules", same)):
            told = Counter((r["table"], int(r["row"]), r["column"], r["code"]) for r in ours.rows if r["row"])
            compare(f"tumen, {what}", told, planted)
            print(f"tumen, {what}  {ours.seconds:7.2f} CPU s, {ours.megabytes:6.0f} MB, {len(ours.rows):,} findings")
        if given.alone:
            return
        theirs = run([*THEIRS, str(where / "datapackage.json")], where)
        compare("frictionless", Counter(known(theirs.rows)), planted)
        print(
            f"frictionless       {theirs.seconds:7.2f} CPU s, {theirs.megabytes:6.0f} MB, {len(theirs.rows):,} errors"
        )
        ratio = theirs.seconds / same.seconds
        verdict = "within" if ratio >= RATIO else "UNDER"
        print(f"same rules: {ratio:.1f} times less CPU, {verdict} {RATIO:g}")
        print(f"all checks: {theirs.seconds / every.seconds:.1f} times less CPU")


def run(command: list[str], folder: Path) -> Run:
    """Run a process to its end; its rows are CSV, with or without a header."""
    out = folder / "out.csv"
    # Compiled modules are kept, as in any installation.
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with out.open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, env=environment)  # noqa: S603
        _, _, usage = os.wait4(process.pid, 0)
    with out.open(newline="", encoding="utf-8") as file:
        head = file.readline()
        file.seek(0)
        names = None if head.startswith("code,") else ["table", "row", "column", "type", "note"]
        rows = list(csv.DictReader(file, fieldnames=names))
    out.unlink()
    return Run(rows, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def known(rows: Iterable[dict[str, str]]) -> Iterable[tuple[str, int, str, str]]:
    """Translate frictionless's errors; a repeated or empty primary key is told twice by it, and counted once."""
    for row in rows:
        if row["type"] == "primary-key":
            continue
        kind = row["type"]
        if kind == "constraint-error":
            kind += " " + row["note"].split('"')[1]
        yield row["table"], int(row["row"]), row["column"], KINDS[kind]


def compare(name: str, found: Counter[tuple[str, int, str, str]], planted: set[tuple[str, int, str, str]]) -> None:
    """Stop if a planted error was missed, or an error of the schema was found that was not planted."""
    codes = {code for kinds in PLANTED.values() for _, _, code in kinds}
    missed = planted - found.keys()
    invented = {place for place in found if place[3] in codes} - planted
    if missed or invented:
        raise SystemExit(f"{name}: missed {sorted(missed)[:5]} ({len(missed)}), invented {sorted(invented)[:5]}")


def make(folder: Path, given: argparse.Namespace) -> set[tuple[str, int, str, str]]:
    """Write the package and return the planted errors: table, row, column, code."""
    planted: set[tuple[str, int, str, str]] = set()
    resources = []
    for name, height, block in (
        ("deployments", given.deployments, deployments),
        ("media", given.media, media),
        ("observations", given.observations, observations),
    ):
        with (folder / f"{name}.csv").open("wb") as file:
            for start in range(0, height, BLOCK):
                frame = block(pl.int_range(start, min(start + BLOCK, height), eager=True).alias("n"), given)
                frame = frame.select(TABLES[name].names).with_columns(pl.all().cast(pl.String))
                frame, rows = plant(frame, name, start, 100 if name == "deployments" else given.every)
                planted |= rows
                frame.write_csv(file, include_header=start == 0, null_value="")
        schema = table_schema(TABLES[name], TABLES[name].names, [table.name for table in STANDARD])
        resources.append({"name": name, "path": f"{name}.csv", "profile": "tabular-data-resource", "schema": schema})
    text = {"name": "large", "profile": "data-package", "created": "2015-01-01T00:00:00Z", "resources": resources}
    (folder / "datapackage.json").write_text(json.dumps(text))
    return planted


def plant(
    frame: pl.DataFrame, name: str, start: int, every: int
) -> tuple[pl.DataFrame, set[tuple[str, int, str, str]]]:
    """Replace one cell in each `every` rows, kind after kind; row numbers count the header as row 1."""
    rows: set[tuple[str, int, str, str]] = set()
    changes: dict[str, tuple[list[int], list[str]]] = {}
    kinds = PLANTED[name]
    for at in range(every // 2, frame.height, every):
        column, text, code = kinds[(start + at) // every % len(kinds)]
        places, texts = changes.setdefault(column, ([], []))
        places.append(at)
        texts.append(text)
        rows.add((name, start + at + 2, column, code))
    for column, (places, texts) in changes.items():
        frame = frame.with_columns(frame[column].clone().scatter(places, texts))
    return frame, rows


def deployments(n: pl.Series, given: argparse.Namespace) -> pl.DataFrame:
    """Cameras on a grid of two kilometres."""
    return blank("deployments", n).with_columns(
        deploymentID=pl.format("d{}", "n"),
        locationID=pl.format("L{}", "n"),
        latitude=(42.5 + pl.col("n") // 50 * 0.02).round(5),
        longitude=(130.5 + pl.col("n") % 50 * 0.025).round(5),
        coordinateUncertainty=pl.lit(30),
        deploymentStart=instant(pl.lit(FIRST)),
        deploymentEnd=instant(pl.lit(FIRST + DAYS * 86_400)),
        cameraModel=pl.lit("Reconyx-PC800"),
        cameraHeading=pl.col("n") % 360,
        baitUse=pl.lit("false"),
        featureType=pl.lit("trailGame"),
        habitat=pl.lit("Oak forest"),
    )


def media(n: pl.Series, given: argparse.Namespace) -> pl.DataFrame:
    """Three pictures of an event, one second apart."""
    event = pl.col("n") // 3
    return blank("media", n).with_columns(
        mediaID=pl.format("m{}", "n"),
        deploymentID=pl.format("d{}", event % given.deployments),
        captureMethod=pl.lit("activityDetection"),
        timestamp=instant(seconds(event) + pl.col("n") % 3),
        filePath=pl.format("media/d{}/IMG{}.JPG", event % given.deployments, "n"),
        filePublic=pl.lit("false"),
        fileName=pl.format("IMG{}.JPG", pl.col("n").cast(pl.String).str.zfill(8)),
        fileMediatype=pl.lit("image/jpeg"),
    )


def observations(n: pl.Series, given: argparse.Namespace) -> pl.DataFrame:
    """What was seen, the most of it on one picture; a named animal stays at one camera."""
    # Rows in which an identifier of media is planted over are referred to by nobody.
    on_picture = (pl.col("n") < given.media) & (pl.col("n") % given.every != given.every // 2)
    event = pl.when(on_picture).then(pl.col("n") // 3).otherwise(pl.col("n"))
    camera = event % given.deployments
    stamp = instant(seconds(event))
    species = pl.Series(["Panthera tigris", "Panthera pardus", "Sus scrofa", "Cervus nippon"])
    names = pl.DataFrame({"kind": [0, 1, 2, 3], "name": species})
    return (
        blank("observations", n)
        .with_columns(kind=(camera % 4).cast(pl.Int64))
        .join(names, on="kind", how="left", maintain_order="left")
        .with_columns(
            observationID=pl.format("o{}", "n"),
            deploymentID=pl.format("d{}", camera),
            mediaID=pl.when(on_picture).then(pl.format("m{}", "n")),
            eventID=pl.format("e{}", event),
            eventStart=stamp,
            eventEnd=instant(seconds(event) + 5),
            observationLevel=pl.when(on_picture).then(pl.lit("media")).otherwise(pl.lit("event")),
            observationType=pl.lit("animal"),
            scientificName="name",
            count=pl.lit("1"),
            lifeStage=pl.lit("adult"),
            individualID=pl.when(event % NAMED == 0).then(pl.format("A{}", camera)),
            classificationMethod=pl.lit("machine"),
            classifiedBy=pl.lit("a model"),
            classificationTimestamp=pl.lit("2005-08-01T00:00:00Z"),
            classificationProbability=pl.lit("0.9"),
        )
    )


def blank(name: str, n: pl.Series) -> pl.DataFrame:
    """Return the columns of a table, all empty, beside the numbers of its rows."""
    return n.to_frame().with_columns(pl.lit(None, dtype=pl.String).alias(column) for column in TABLES[name].names)


def seconds(event: pl.Expr) -> pl.Expr:
    """Return when an event began: one every ten seconds, each at the next camera."""
    return FIRST + 3600 + event * 10


def instant(second: pl.Expr) -> pl.Expr:
    """Write seconds as UTC."""
    return pl.from_epoch(second, time_unit="s").dt.strftime("%Y-%m-%dT%H:%M:%SZ")


if __name__ == "__main__":
    main()
