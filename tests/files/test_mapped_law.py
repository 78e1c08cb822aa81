"""Whatever a party calls its columns and however it writes its cells: mapped back, the table is the same."""

import csv
import io
import math
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tumen.files.mapped import read_mapped
from tumen.tables.cast import cast
from tumen.tables.findings import errors
from tumen.tables.health import HEALTH_EVENTS
from tumen.tables.months import MONTHS
from tumen.tables.protocol import TABLES
from tumen.tables.schema import OFFSET, Column, Kind, Table

ZONE = "Asia/Vladivostok"
TEXT = st.text(st.characters(categories=["L", "N"], include_characters=" -/"), min_size=1, max_size=8)
WORD = TEXT.map(str.strip).filter(lambda text: text not in ("", "NA", "NaN", "nan", "н/д"))
FOREIGN = ["№ п/п", "Широта; град", 'имя "x"', "纬度", "위도", "緯度", "өргөрөг", "a,b", " c ", "columns", "value"]
NAMES = {
    "ru": "%d %B %Y",
    "en": "%B %d, %Y",
    "zh-Hans": "%Y年%B%d日",
    "ja": "%Y年%B%d日",
    "ko": "%Y년 %B %d일",
    "mn": "%Y оны %B %d",
}


def _number(text: str, decimal: str, thousands: str) -> str:
    whole, point, rest = text.lstrip("-").partition(".")
    groups = f"{int(whole):,}".replace(",", thousands)
    return ("-" if text.startswith("-") else "") + groups + (decimal + rest if point else "")


def _angle(draw: st.DrawFn, limit: int) -> tuple[str, str]:
    """Draw an angle: as the protocol writes it, and in degrees, minutes and seconds."""
    degrees, minutes = draw(st.integers(0, limit - 1)), draw(st.integers(0, 59))
    seconds = draw(st.integers(0, 5999)) / 100
    letter = draw(st.sampled_from("NS" if limit == 90 else "EW"))
    value = repr(degrees + minutes / 60 + seconds / 3600)
    return ("-" if letter in "SW" else "") + value, f"{degrees}°{minutes:02d}'{seconds}\"{letter}".replace(".", ",")


def _written(day: date, written: str, language: str) -> str:
    number = day.month
    name = next(name for name, n in MONTHS[language].items() if n == number)
    return written.replace("%Y", f"{day.year:04d}").replace("%B", name).replace("%d", str(day.day))


@st.composite
def cell(draw: st.DrawFn, column: Column, manner: dict[str, str]) -> tuple[str | None, str]:
    """Draw a value: as the protocol writes it, and as the party does."""
    if not column.required and draw(st.booleans()):
        return None, draw(st.sampled_from(["", "н/д", " н/д "]))
    if column.name in ("latitude", "longitude"):
        return _angle(draw, 90 if column.name == "latitude" else 180)
    if column.kind is Kind.DATE:
        day = draw(st.dates(date(1900, 3, 1), date(2099, 12, 31)))
        return day.strftime("%Y-%m-%d"), _written(day, manner["format"], manner["language"])
    if column.kind is Kind.DATETIME:
        instant = datetime(2015, 1, 1, tzinfo=UTC) + timedelta(seconds=draw(st.integers(0, 10**8)))
        local = instant.astimezone(ZoneInfo(ZONE))
        return local.isoformat(), local.strftime("%d.%m.%Y %H:%M:%S")
    if column.kind in (Kind.NUMBER, Kind.INTEGER):
        low = math.ceil(column.minimum or 0)
        number = str(draw(st.integers(low, min(10**6, int(column.maximum or 10**6)))))
        if column.kind is Kind.NUMBER and column.maximum is None:
            number += draw(st.sampled_from(["", ".5", ".125", ".0625"]))
        return number, _number(number, manner["decimal"], manner["thousands"])
    if column.vocabulary:
        word = draw(st.sampled_from(column.vocabulary))
        return word, f"слово {word}"
    if column.kind is Kind.BOOLEAN:
        return draw(st.sampled_from([("true", "да"), ("false", "нет")]))
    return (text := draw(WORD)), text


@st.composite
def foreign(draw: st.DrawFn, table: Table) -> tuple[pl.DataFrame, str, str]:
    """Draw a table: its canonical text, a CSV in the party's manner, and the mapping back."""
    language = draw(st.sampled_from(sorted(NAMES)))
    manner = {
        "language": language,
        "format": NAMES[language],
        "decimal": ",",
        "thousands": draw(st.sampled_from([" ", "."])),
    }
    plain = [c for c in table.columns if not c.pattern and c.kind is not Kind.ANY]
    columns = [c for c in plain if c.required or draw(st.booleans())]
    headers = {c.name: f"{n} {draw(st.sampled_from(FOREIGN))}" for n, c in enumerate(columns, start=1)}
    rows = [[draw(cell(c, manner)) for c in columns] for _ in range(draw(st.integers(1, 4)))]
    for number, row in enumerate(rows):
        for place, column in enumerate(columns):
            if column.unique:
                row[place] = (f"id{number}", f"id{number}")
    canonical = pl.DataFrame(
        {c.name: [row[n][0] for row in rows] for n, c in enumerate(columns)},
        schema={c.name: pl.String for c in columns},
    )
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\n")
    writer.writerow([headers[c.name] for c in columns])
    writer.writerows([row[n][1] for n in range(len(columns))] for row in rows)
    lines = [_line(c, headers[c.name], manner) for c in columns]
    return canonical, buffer.getvalue(), "\n".join([_head(table.name, manner), *lines])


def _head(name: str, manner: dict[str, str]) -> str:
    return f"""
[package]
party = "north"
timeZone = "{ZONE}"
crs = "EPSG:4326"
decimal = ","
thousands = "{manner["thousands"]}"
missing = ["н/д"]
[[table]]
name = "{name}"
file = "t.csv"
delimiter = ";"
encoding = "utf-8"
[table.columns]"""


def _line(column: Column, header: str, manner: dict[str, str]) -> str:
    quoted = header.replace("\\", "\\\\").replace('"', '\\"')
    keys = [f'column = "{quoted}"']
    if column.name in ("latitude", "longitude"):
        keys.append('notation = "dms"')
    elif column.kind is Kind.DATE:
        keys += [f'format = "{manner["format"]}"', f'language = "{manner["language"]}"']
    elif column.kind is Kind.DATETIME:
        keys.append('format = "%d.%m.%Y %H:%M:%S"')
    elif column.kind is Kind.BOOLEAN:
        keys.append('words = { "да" = "true", "нет" = "false" }')
    elif column.vocabulary:
        keys.append("words = { " + ", ".join(f'"слово {word}" = "{word}"' for word in column.vocabulary) + " }")
    return f"{column.name} = {{ {', '.join(keys)} }}"


TABLE = st.sampled_from(
    ["deployments", "observations", "individuals", "positions", "samples", "visits", HEALTH_EVENTS.name]
)


@settings(max_examples=30)
@given(st.data())
def test_a_table_written_the_foreign_way_and_mapped_back_is_the_same(data):
    table = TABLES[data.draw(TABLE)]
    canonical, text, mapping = data.draw(foreign(table))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "t.csv").write_text(text, encoding="utf-8", newline="")
        (Path(folder) / "m.toml").write_text(mapping, encoding="utf-8")
        package = read_mapped(Path(folder) / "m.toml")
    expected, _ = cast(table, canonical)
    mapped = package.table(table.name)
    names = [
        name for name in expected.columns if name in canonical.columns or name.removesuffix(OFFSET) in canonical.columns
    ]
    blank = canonical.select(pl.all_horizontal(pl.all().is_null())).to_series()
    assert mapped.select(names).equals(expected.filter(~blank).select(names))
    assert errors(package.findings).filter(pl.col("code") != "key-duplicate").is_empty()


ANYTHING = st.one_of(
    st.text(max_size=12),
    st.text("0123456789.,:/-° '\"NSEWСЮВЗ年月日eE+кмkm%", max_size=14),
    st.sampled_from(
        ["1e999", "1e999999999 km", "9" * 400, "9" * 40 + "°1'1\"", "00.00.0000", "31.12.9999", "9999999", "١٢"]
    ),
)
ROUGH = """
[package]
party = "north"
timeZone = "Asia/Vladivostok"
crs = "EPSG:32652"
decimal = ","
thousands = "."
[[table]]
name = "deployments"
file = "t.csv"
delimiter = ";"
encoding = "utf-8"
[table.columns]
deploymentID = { columns = ["a", "b"], join = "-", match = "(.)" }
latitude = { column = "b", notation = "dms" }
longitude = "c"
deploymentStart = { date = "d", time = "e", format = ["%d.%m.%Y", "%d %B %Y", "excel1900"], language = "ru" }
deploymentEnd = { date = "d", time = "e", format = "%Y年%m月%d日", timeFormat = ["seconds", "excelDay", "%I:%M %p"] }
cameraHeight = { column = "c", unit = "m" }
cameraDelay = { column = "c", unit = "min" }
"""


@settings(max_examples=40)
@given(st.lists(st.lists(ANYTHING, min_size=5, max_size=5), min_size=1, max_size=5))
def test_no_cell_stops_the_reading(rows):
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerows([list("abcde"), *rows])
    with tempfile.TemporaryDirectory() as folder:
        text = buffer.getvalue().encode("utf-8", "replace")
        (Path(folder) / "t.csv").write_bytes(text)
        (Path(folder) / "m.toml").write_text(ROUGH, encoding="utf-8")
        package = read_mapped(Path(folder) / "m.toml")
    assert package.table("deployments").height <= len(rows)
