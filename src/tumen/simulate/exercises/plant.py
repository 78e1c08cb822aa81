"""Write into the tables of a package as a person would: cell by cell, in text."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from tumen.tables.cameras import NOT_OPERATING
from tumen.tables.package import Package, assemble

Row = dict[str, str | None]
TIMES = {"observations": ("eventStart", "eventEnd"), "media": ("timestamp",)}
"""Columns that the clock of a camera wrote."""


@dataclass(frozen=True)
class Sheets:
    """The tables of a package as rows of text that can be written into; `closed` makes a package of them again."""

    package: Package
    tables: dict[str, list[Row]]

    def find(self, table: str, **wanted: str) -> list[Row]:
        """Return the rows of a table whose cells are the wanted ones."""
        return [row for row in self.tables[table] if all(row[name] == value for name, value in wanted.items())]

    def rows(self, table: str, **wanted: str) -> tuple[int, ...]:
        """Return the numbers of such rows as a spreadsheet counts."""
        numbered = enumerate(self.tables[table], 2)
        return tuple(n for n, row in numbered if all(row[name] == value for name, value in wanted.items()))

    def add(self, table: str, **cells: str) -> None:
        """Add a row; cells that are not given are empty."""
        self.tables[table].append({**dict.fromkeys(self.package.received[table].columns), **cells})

    def text(self, moment: datetime) -> str:
        """Write an instant as the party writes it."""
        zone, moment = self.package.time_zone or "UTC", moment.replace(microsecond=0)
        if zone == "UTC":
            return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return moment.astimezone(ZoneInfo(zone)).isoformat()

    def clocks(self, deployment: str, wrong: Callable[[datetime], datetime]) -> None:
        """Put every time that the camera of a deployment wrote through `wrong`."""
        for table, columns in TIMES.items():
            for row in self.find(table, deploymentID=deployment):
                for column in columns:
                    row[column] = written(wrong(instant(row[column])))

    def closed(self) -> Package:
        """Return the package with what the rows say now."""
        texts = {name: self._frame(name, rows) for name, rows in self.tables.items()}
        old = self.package
        return assemble(
            old.name, texts, party=old.party, country=old.country, format=old.format, time_zone=old.time_zone,
            descriptor=old.descriptor,
        )  # fmt: skip

    def _frame(self, name: str, rows: list[Row]) -> pl.DataFrame:
        columns = self.package.received[name].columns
        return pl.DataFrame({c: [row[c] for row in rows] for c in columns}, schema=dict.fromkeys(columns, pl.String))


def opened(package: Package) -> Sheets:
    """Return the rows of a package's tables as it was received, to be written into."""
    return Sheets(package, {name: frame.to_dicts() for name, frame in package.received.items()})


def instant(text: str | None) -> datetime:
    """Read an instant that this program wrote.

    >>> instant("2014-10-26T02:30:00+10:00").utcoffset()
    datetime.timedelta(seconds=36000)
    """
    return datetime.fromisoformat(str(text))


def written(moment: datetime) -> str:
    """Write an instant with the offset it has.

    >>> written(instant("2014-10-26T02:30:00Z"))
    '2014-10-26T02:30:00Z'
    """
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def span(row: Row) -> tuple[datetime, datetime]:
    """Return start and end of a deployment."""
    return instant(row["deploymentStart"]), instant(row["deploymentEnd"])


def name(row: Row, column: str = "deploymentID") -> str:
    """Return a cell that is never empty."""
    return str(row[column])


def shuffled(rows: Iterable[Any], rng: np.random.Generator) -> list[Any]:
    """Return the rows in an order drawn by `rng`."""
    every = list(rows)
    return [every[k] for k in rng.permutation(len(every))]


def records(sheets: Sheets, deployment: str) -> int:
    """Return how many observations a deployment has."""
    return len(sheets.find("observations", deploymentID=deployment))


def cameras(sheets: Sheets, place: str | None) -> set[str]:
    """Return the cameras that ever stood at a place."""
    return {name(row, "cameraID") for row in sheets.find("deployments", locationID=str(place))}


def always_worked(sheets: Sheets, deployment: str) -> bool:
    """Tell whether a camera worked throughout its deployment."""
    periods = sheets.find("operating_periods", deploymentID=deployment)
    return len(periods) == 1 and periods[0]["status"] not in NOT_OPERATING


def pairs(sheets: Sheets) -> list[tuple[Row, Row]]:
    """Return the deployments that stood facing each other through one time, both of them working throughout."""
    found = []
    for row in sheets.tables["deployments"]:
        for other in sheets.find("deployments", locationID=name(row, "locationID")):
            alike = name(row, "cameraID") < name(other, "cameraID") and span(row) == span(other)
            if alike and all(always_worked(sheets, name(each)) for each in (row, other)):
                found.append((row, other))
    return found


DEER = "Cervus nippon"


def passages(sheets: Sheets, pair: tuple[Row, Row], rng: np.random.Generator, count: int = 18) -> None:
    """Let deer pass between two facing cameras: each is seen by both, some seconds apart."""
    start, end = span(pair[0])
    free = (end - start) - timedelta(days=2)
    # One a slot, so that two passages are never taken for one.
    slots = (np.arange(count) + rng.uniform(0.1, 0.9, count)) / count
    for share in slots:
        moment = start + timedelta(days=1) + free * float(share)
        for deployment in pair:
            recorded(sheets, name(deployment), moment + timedelta(seconds=int(rng.integers(0, 20))))


def recorded(sheets: Sheets, deployment: str, moment: datetime, **cells: str) -> None:
    """Add one picture and the observation made from it; a deer, unless the cells say otherwise."""
    number = len(sheets.tables["observations"]) + 1
    seen = {"observationType": "animal", "scientificName": DEER, "count": "1"}
    sheets.add(
        "observations", observationID=f"o{number:05d}", deploymentID=deployment, eventID=f"p{number:05d}",
        eventStart=sheets.text(moment), eventEnd=sheets.text(moment), observationLevel="event",
        classificationMethod="human", **(cells or seen),
    )  # fmt: skip
    number = len(sheets.tables["media"]) + 1
    sheets.add(
        "media", mediaID=f"m{number:05d}", deploymentID=deployment, captureMethod="activityDetection",
        timestamp=sheets.text(moment), filePublic="false", fileMediatype="image/jpeg", filePath="-", fileName="-",
    )  # fmt: skip


def in_order(sheets: Sheets) -> None:
    """Sort observations and media by deployment and time, and name the files in that order, as cameras do."""
    for table, column in (("observations", "eventStart"), ("media", "timestamp")):
        sheets.tables[table].sort(key=lambda row, by=column: (name(row), instant(row[by])))  # type: ignore[misc]
    for number, row in enumerate(sheets.tables["media"], 1):
        row |= {"mediaID": f"m{number:05d}", "fileName": f"{number:05d}.jpg"}
        row["filePath"] = f"media/{row['deploymentID']}/{number:05d}.jpg"
