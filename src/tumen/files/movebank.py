"""Read a Movebank export: the GPS track of known individuals, as CSV.

Movebank's timestamps are UTC. A position that its owner marked as wrong (`visible` false, or one of the outlier marks)
becomes an outlier and is kept. The flags themselves and the columns the protocol does not know stay as they are.
"""

import hashlib
from pathlib import Path

import polars as pl

from tumen.errors import FormatError, Text
from tumen.files.text_table import read_text_table
from tumen.tables.cast import FALSE, TRUE
from tumen.tables.findings import finding, gather
from tumen.tables.package import Package, assemble
from tumen.tables.schema import MISSING

COLUMNS = {
    "event-id": "positionID",
    "individual-local-identifier": "individualID",
    "individual-taxon-canonical-name": "scientificName",
    "timestamp": "timestamp",
    "location-lat": "latitude",
    "location-long": "longitude",
    "location-error-numerical": "coordinateUncertainty",
    "sensor-type": "sensorType",
    "tag-local-identifier": "tagID",
    "comments": "comments",
}
"""Movebank's attributes and ours. Movebank's numerical location error is stated in metres."""

_NEEDED = ("individual-local-identifier", "timestamp", "location-lat", "location-long")
_WRONG_WHERE_TRUE = ("manually-marked-outlier", "algorithm-marked-outlier", "import-marked-outlier")
_WRONG_WHERE_FALSE = ("visible",)
_STAMP = r"^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(\.\d+)?Z?$"


def read(path: Path | str, *, party: str, country: str | None = None) -> Package:
    """Return the package of one party from a Movebank CSV: tables `positions` and `individuals`.

    Every row becomes a position, in order. Raises `FormatError` where the file is not there or lacks the columns that
    say who was where and when.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FormatError(
            Text("a Movebank table at {path}", path=path), error.strerror or "no such file", "Check the path."
        ) from error
    text, found = read_text_table(data, name="positions")
    # The web export writes "event-id"; programs that passed it on write "event.id" or "event_id".
    text = text.rename(
        {name: "-".join(name.lower().replace("_", "-").replace(".", "-").split()) for name in _plain(text)}
    )
    lacking = [name for name in _NEEDED if name not in text.columns]
    if lacking:
        listed = ", ".join(text.columns) or "no columns"
        raise FormatError(
            Text("Movebank's column {lacking} in {path}", lacking=lacking[0], path=path),
            listed,
            "Export the event data as CSV once more.",
        )
    positions, more = _positions(text)
    people = positions.select("individualID", *(["scientificName"] if "scientificName" in positions.columns else []))
    individuals = people.filter(~pl.col("individualID").is_in(MISSING)).unique(maintain_order=True)
    return assemble(
        path.stem,
        {"individuals": individuals, "positions": positions},
        party=party,
        country=country,
        format="movebank",
        findings=gather([found, more]),
        digests={path.name: hashlib.sha256(data).hexdigest()},
    )


def _plain(text: pl.DataFrame) -> list[str]:
    """Return the columns that may be renamed without one taking the name of another."""
    plain = [name.lower().replace("_", "-").replace(".", "-") for name in text.columns]
    return [name for name, new in zip(text.columns, plain, strict=True) if plain.count(new) == 1]


def _positions(text: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows under the protocol's names."""
    findings = []
    fraction = pl.col("timestamp").str.extract(_STAMP, 3).str.strip_chars("0.")
    parts = text.filter(fraction != "").height
    if parts:
        findings.append(finding("time-fraction-dropped", table="positions", column="timestamp", count=parts))
    whole = pl.concat_str(
        pl.col("timestamp").str.extract(_STAMP, 1), pl.lit("T"), pl.col("timestamp").str.extract(_STAMP, 2), pl.lit("Z")
    )
    text = text.with_columns(pl.coalesce(whole, "timestamp").alias("timestamp"))
    if "event-id" not in text.columns:
        row = pl.int_range(2, pl.len() + 2).cast(pl.String)
        text = text.with_columns(pl.concat_str(pl.lit("row-"), row).alias("event-id"))
        findings.append(
            finding("column-filled", table="positions", column="positionID", value="row-N", count=text.height)
        )
    flags = _outlier(text)
    if flags is not None:
        text = text.with_columns(flags.alias("outlier"))
    named = [name for name in COLUMNS if name in text.columns]
    rest = [name for name in text.columns if name not in COLUMNS and name != "outlier"]
    ours = [pl.col(name).alias(COLUMNS[name]) for name in named]
    return text.select(*ours, *(["outlier"] if flags is not None else []), *rest), gather(findings)


def _outlier(text: pl.DataFrame) -> pl.Expr | None:
    """Return whether a row is marked as wrong in any way; null where nothing is said, None without such columns."""
    wrong = [pl.col(name).is_in(TRUE) for name in _WRONG_WHERE_TRUE if name in text.columns]
    wrong += [pl.col(name).is_in(FALSE) for name in _WRONG_WHERE_FALSE if name in text.columns]
    if not wrong:
        return None
    marked, unmarked = pl.any_horizontal(wrong), pl.any_horizontal(~flag for flag in wrong)
    return pl.when(marked).then(pl.lit("true")).when(unmarked).then(pl.lit("false"))
