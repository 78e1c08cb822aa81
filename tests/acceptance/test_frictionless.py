"""The rules of the standard's Table Schema are enforced as frictionless enforces them: 200 damaged packages.

Both read the standard's own example, cut to what two deployments recorded, with a few cells, rows or headers changed.
Every finding of the one is looked for in the other, by table, row, column and kind. What differs on purpose is written
down here.
"""

import csv
import json
import random
import re
from datetime import datetime
from decimal import Decimal
from functools import cache

import pytest
from frictionless import Field, Package, system
from frictionless.vendors import stringcase
from hypothesis import example, given
from hypothesis import strategies as st

from tests.builders import text_table
from tumen.files import camtrap_dp
from tumen.tables.cast import cast
from tumen.tables.checks import check
from tumen.tables.effort import SEARCHES
from tumen.tables.protocol import STANDARD, TABLES

KINDS = {
    "required": "cell-required",
    "minimum": "cell-below-minimum",
    "maximum": "cell-above-maximum",
    "pattern": "cell-pattern",
    "enum": "cell-vocabulary",
    "unique": "key-duplicate",
}
CELLS = {
    "type-error": "cell-type",
    "unique-error": "key-duplicate",
    "foreign-key": "reference-missing",
    "missing-cell": "row-short",
    "extra-cell": "row-long",
    "blank-row": "row-blank",
}
"""What frictionless calls a finding of ours. A time without offset is a type error to it; we say more exactly what."""

HEADER = {"column-missing", "column-unknown", "columns-differ", "header-duplicate", "header-empty"}
LABELS = {"missing-label", "extra-label", "incorrect-label", "duplicate-label", "blank-label", "blank-header"}
ROWS = {"row-short", "row-long", "row-blank"}
OURS = {*KINDS.values(), *CELLS.values(), "instant-without-offset", *HEADER}

INSTANTS = [
    "2020-05-30T02:57:37z",
    "2020-05-30t02:57:37Z",
    "2020-05-30T02:57:37",
    "2020-05-30T02:57:37+0800",
    "2020-05-30T02:57:37+08:00",
    "2020-05-30T02:57:37+08",
    "2020-05-30T02:57:37-23:59",
    "2020-05-30T02:57:37+24:00",
    "2020-05-30T02:57:37.5Z",
    "2020-5-3T2:7:7Z",
    "2020-05- 3T02:57:37Z",
    "2020-05-30",
    "2020-05-30T24:00:00Z",
    "2020-02-31T02:57:37Z",
    "2020-05-30 02:57:37Z",
    "2020-05-30T02:57:37Z ",
    " 2020-05-30T02:57:37Z",
    "2020-05-30T02:57:60Z",
    "2020-05-30T02:57Z",
    "0000-05-30T02:57:37Z",
    "20-05-30T02:57:37Z",
    "30.05.2020",
]
NUMBERS = [
    "1e3",
    "+5",
    " 5",
    "5 ",
    "5.",
    ".5",
    "5.0",
    "NaN",
    "nan",
    "1,5",
    "05",
    "5m",
    "-0",
    "--5",
    "0x10",
    "1e",
    "-5",
    "999",
]
BOOLEANS = ["TRUE", "True", "true", "1", "0", "t", "yes", "tRUE", " true", "False", "F", "NA"]
TEXTS = ["", "NA", "NaN", "nan", "na", " ", "../x.jpg", "/x.jpg", "~x", "image", "video/", "Animal", "animal ", "d'é"]


@pytest.fixture(scope="session")
def example_tables(shared_data):
    """The example's tables as records, cut to those of two deployments, and the standard's schemas."""
    folder = shared_data / "A1_camtrapdp_tdwg_example"
    tables, schemas = {}, {}
    for table in STANDARD:
        with (folder / "package" / f"{table.name}.csv").open(newline="", encoding="utf-8") as file:
            tables[table.name] = list(csv.reader(file))
        schemas[table.name] = json.loads((folder / "schema_1.0.2" / f"{table.name}-table-schema.json").read_text())
    kept = {row[0] for row in tables["deployments"][1:3]}
    media = [row for row in tables["media"][1:] if row[1] in kept][:25]
    tables["media"] = [tables["media"][0], *media]
    seen = {row[0] for row in media}
    rows = [row for row in tables["observations"][1:] if row[1] in kept and (not row[2] or row[2] in seen)][:30]
    tables["observations"] = [tables["observations"][0], *rows]
    return tables, schemas


@pytest.fixture(scope="module", autouse=True)
def fields_judged_once():
    """Frictionless judges and names a field anew whenever it copies a schema: here it does so once for each text."""
    judged, judge = {}, Field.metadata_validate.__func__

    def once(cls, descriptor, **more):
        version = more["context"].datapackage_version if "context" in more else None
        key = (cls, json.dumps(descriptor, sort_keys=True, default=repr), version)
        if key not in judged:
            judged[key] = list(judge(cls, descriptor, **more))
        return iter(judged[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stringcase, "snakecase", cache(stringcase.snakecase))
        patch.setattr(Field, "metadata_validate", classmethod(once))
        yield


def damaged(tables, seed):
    """Change one to four things, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311
    tables = {name: [list(row) for row in rows] for name, rows in tables.items()}
    for _ in range(chance.randint(1, 4)):
        name = chance.choice(list(tables))
        rows = tables[name]
        table = TABLES[name]
        row = chance.randrange(1, len(rows))
        how = chance.choice(["cell"] * 12 + ["key", "reference", "short", "long", "blank"])
        if how == "cell":
            column = chance.choice([c for c in table.columns if c.name in rows[0]])
            at = rows[0].index(column.name)
            if at < len(rows[row]):
                spellings = {"datetime": INSTANTS, "number": NUMBERS, "integer": NUMBERS, "boolean": BOOLEANS}
                rows[row][at] = chance.choice([*spellings.get(column.kind.value, TEXTS), ""])
        elif how == "key" and rows[row]:
            rows[row][0] = chance.choice([rows[1][0] if rows[1] else "x", "NA"])
        elif how == "reference" and len(rows[row]) > 2:
            rows[row][1 if name != "deployments" else 0] = chance.choice(["nowhere", "", " " + rows[row][1]])
        elif how == "short" and name != "deployments":
            # Of four records one that is torn makes frictionless look for the header elsewhere.
            rows[row] = rows[row][: chance.randint(2, len(rows[0]) - 1)]
        elif how == "long":
            rows[row] = [*rows[row], "surplus"]
        elif how == "blank" and row < len(rows) - 1:
            rows[row] = []
    return tables


def reheaded(tables, seed):
    """Change one header."""
    chance = random.Random(seed)  # noqa: S311
    tables = {name: [list(row) for row in rows] for name, rows in tables.items()}
    rows = tables[chance.choice(list(tables))]
    at = chance.randrange(1, len(rows[0]))
    how = chance.choice(["missing", "extra", "exchanged", "duplicate", "empty", "misspelt"])
    if how == "missing":
        rows[:] = [row[:at] + row[at + 1 :] for row in rows]
    elif how == "extra":
        rows[:] = [[*row, "colour" if not n else ""] for n, row in enumerate(rows)]
    elif how == "exchanged":
        order = list(range(len(rows[0])))
        order[at], order[at - 1] = order[at - 1], order[at]
        rows[:] = [[row[n] for n in order] for row in rows]
    else:
        rows[0][at] = {"duplicate": rows[0][at - 1], "empty": "", "misspelt": rows[0][at] + "s"}[how]
    return tables


def written(folder, tables, schemas):
    resources = []
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
        resources.append(
            {"name": name, "path": f"{name}.csv", "profile": "tabular-data-resource", "schema": schemas[name]}
        )
    text = {"name": "damaged", "profile": "data-package", "resources": resources}
    (folder / "datapackage.json").write_text(json.dumps(text), encoding="utf-8")
    return folder


def theirs(folder):
    """Frictionless's errors as table, row, column, code; labels as one for the table."""
    with system.use_context(trusted=True):
        report = Package(str(folder / "datapackage.json")).validate(limit_errors=10**6)
    assert not report.errors
    found = set()
    for task in report.tasks:
        for error in (error.to_dict() for error in task.errors):
            kind = error["type"]
            if kind in LABELS:
                found.add((task.name, 1, "", "header"))
            elif kind == "primary-key":
                # A key that is empty or repeated is told by its column's constraints, too.
                continue
            else:
                code = KINDS[error["note"].split('"')[1]] if kind == "constraint-error" else CELLS[kind]
                column = "" if code in ROWS else error.get("fieldName") or error["fieldNames"][0]
                found.add((task.name, error["rowNumber"], column, code))
    return found


def ours(folder):
    """Our findings in the same shape, without those that no Table Schema can ask for."""
    found = set()
    told = check(camtrap_dp.read(folder)).select("code", "table", "row", "column")
    for code, table, row, column in told.rows():
        if code == "column-unknown" and column.startswith("(column "):
            # The place of a surplus cell; its row has a finding.
            continue
        if code in HEADER:
            found.add((table, 1, "", "header"))
        elif code in OURS:
            found.add(
                (table, row, "" if code in ROWS else column, "cell-type" if code == "instant-without-offset" else code)
            )
    return found


def without_torn_rows(found):
    """Of a record with too few or too many cells only that is compared: which cells it lacks nobody knows."""
    torn = {(table, row) for table, row, _, code in found if code in ROWS}
    return {one for one in found if one[:2] not in torn or one[3] in ROWS}


@pytest.mark.slow
@pytest.mark.parametrize("block", range(10))
def test_two_hundred_damaged_packages(example_tables, tmp_path, block):
    tables, schemas = example_tables
    for seed in range(block * 20, block * 20 + 20):
        folder = written(tmp_path, damaged(tables, seed), schemas)
        assert without_torn_rows(ours(folder)) == without_torn_rows(theirs(folder)), seed


def read_by_name(header, name):
    """Say whether a header has no other columns than the table, each once, and all that are required."""
    required = {column.name for column in TABLES[name].columns if column.required}
    return len(set(header)) == len(header) and required <= set(header) <= set(TABLES[name].names)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(2))
def test_forty_damaged_headers(example_tables, tmp_path, block):
    """Frictionless reads cells by their place when a header is wrong; so only the headers are compared.

    Tumen reads columns by name: their order means nothing, and an optional column that is absent is an empty one. To
    frictionless both are errors, and what stands below them is judged by the rules of another column.
    """
    tables, schemas = example_tables
    for seed in range(block * 20, block * 20 + 20):
        changed = reheaded(tables, seed)
        folder = written(tmp_path, changed, schemas)
        expected = {
            one for one in theirs(folder) if one[3] == "header" and not read_by_name(changed[one[0]][0], one[0])
        }
        assert {one for one in ours(folder) if one[3] == "header"} == expected, seed


def test_the_example_itself_is_without_findings_for_both(example_tables, tmp_path):
    folder = written(tmp_path, *example_tables)
    assert ours(folder) == theirs(folder) == set()


# Where Tumen refuses what frictionless takes, and why:
FOREIGN_DIGITS = re.compile(r"[^\x00-\x7f]|_")  # digits of other scripts and 1_000: no other program reads these
NO_NUMBER = re.compile(r"(?i)nan|inf")  # a place or a distance that is not finite cannot be used
EXACT_TO_SECONDS = re.compile(r"[+-]\d\d:?\d\d:?\d\d")  # no clock of civil time has had such an offset since 1972


def read(kind, text):
    """Whether a cell of this kind is read by Tumen."""
    table, column = {
        "datetime": ("searches", "searchStart"),
        "number": ("searches", "distance"),
        "integer": ("searches", "observers"),
    }[kind]
    typed, _ = cast(SEARCHES, text_table(table, [{column: text}]))
    return typed[column].item() is not None


def taken(reader, text):
    try:
        reader(text)
    except (ValueError, ArithmeticError):
        return False
    return True


digits = st.sampled_from(["0", "1", "7", "9", "12", "05", "31", "24", "59", "60", "2020", "0000", "٢", "1_0", " 5"])
marks = st.sampled_from(["-", "T", "t", ":", "Z", "z", "+", "+08:00", "-0330", "+24:00", "+08:00:30", " ", "", ".5"])
spelt = st.tuples(st.lists(st.one_of(digits, marks), max_size=9)).map(lambda parts: "".join(parts[0]))
near = st.builds(
    "{}-{}-{}{}{}:{}:{}{}".format, digits, digits, digits, st.sampled_from("Tt "), digits, digits, digits, marks
)


@given(st.one_of(near, spelt))
@example("2020-07-29T07:29:41+0200")
@example("2020-7-9T1:2:3Z")
@example("2020-07- 9T01:02:03Z")
@example("9999-12-31T23:59:59-01:00")
def test_instants_are_those_that_strptime_reads(text):
    expected = taken(lambda cell: datetime.strptime(cell, "%Y-%m-%dT%H:%M:%S%z"), text)
    if FOREIGN_DIGITS.search(text) or EXACT_TO_SECONDS.search(text):
        assert not read("datetime", text)
    elif text not in ("9999-12-31T23:59:59-01:00",):
        assert read("datetime", text) == expected


numerals = st.text("0123456789+-.eE _ \t\u00a0٣nNaAfFiI", min_size=1, max_size=8).filter(
    lambda text: text not in ("NA", "NaN", "nan")
)


@given(numerals)
@example("1e3")
@example(" 5\u00a0")
@example("5.")
@example("1_000")
@example("٣")
@example("Infinity")
def test_numbers_are_those_that_decimal_reads(text):
    if FOREIGN_DIGITS.search(text.strip()) or NO_NUMBER.search(text):
        assert not read("number", text)
    elif taken(lambda cell: Decimal(cell.strip()), text):
        # Beyond the range of a floating-point number nothing is read.
        assert read("number", text) == (abs(float(text)) != float("inf"))
    else:
        assert not read("number", text)


@given(numerals)
@example("99999999999999999999")
@example("+05")
def test_integers_are_those_that_int_reads(text):
    if FOREIGN_DIGITS.search(text.strip()):
        assert not read("integer", text)
    elif taken(lambda cell: int(cell.strip()), text):
        assert read("integer", text) == (-(2**63) <= int(text) < 2**63)
    else:
        assert not read("integer", text)
