"""The real and the simulated surveys that fits are held against, as sessions (data: ../shared/data, never copied)."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from tumen.files.secr_csv import read_csv_tables
from tumen.population.scr.mask import mask as mask_around
from tumen.population.scr.summary import sigma_of
from tumen.population.scr.survey import Fixes, Kind, Session
from tumen.population.scr.tables import sessions_of
from tumen.tables.capture_histories import ScrTables


def read(folder: Path) -> ScrTables:
    """A folder of secr_bench. A mask by the number of the session is named as the sessions are."""
    masks = (folder / "mask.csv").read_bytes()
    animals = [file.read_bytes() for file in sorted(folder.glob("individuals*.csv"))]
    tables, found = read_csv_tables(
        (folder / "captures.csv").read_bytes(),
        (folder / "traps.csv").read_bytes(),
        mask=masks,
        animals=animals,
        names={"Sex": "sex"},
    )
    assert found.is_empty(), found
    assert tables.mask is not None
    numbers = {str(number): name for number, name in enumerate(tables.sessions, start=1)}
    return replace(tables, mask=tables.mask.with_columns(pl.col("session").replace(numbers)))


def bench(shared: Path, name: str, kind: Kind) -> list[Session]:
    return sessions_of(read(shared / "secr_bench" / name), kind)


def captdata(shared: Path) -> list[Session]:
    """Single-catch traps, fitted as multi."""
    return bench(shared, "captdata", "multi")


def stoat(shared: Path) -> list[Session]:
    return bench(shared, "stoat", "multi")


def possum(shared: Path) -> list[Session]:
    return bench(shared, "possum", "multi")


def blackbear(shared: Path) -> list[Session]:
    return bench(shared, "blackbear", "proximity")


def ovenbird(shared: Path) -> list[Session]:
    """Five sessions. 1911.52289 died in occasion 3 of 2009: `removedAfter` (3.0, else NaN) among its covariates says
    that nobody could see it later; secr's likelihood ends its history there."""
    return bench(shared, "ovenbird", "multi")


def bigcat(shared: Path, mask: int = 5000, usage: bool = False) -> list[Session]:
    return bench(shared, f"bigcat_{'usage_' if usage else ''}m{mask}", "proximity")


def nagarahole(shared: Path) -> list[Session]:
    """Tigers (B1): mask of the habitat pixels, 0.336 km2 each."""
    folder = shared / "B1_nagarahole_tigers_SPACECAP"
    places = {"LOC_ID": "trap", "X_COORD": "x", "Y_COORD": "y"}
    tables, found = read_csv_tables(
        (folder / "tigerCH.csv").read_bytes(),
        (folder / "tigerTraps.csv").read_bytes(),
        mask=(folder / "tigerHabitat.csv").read_bytes(),
        names={**places, "LOC_ID": "detector", "ANIMAL_ID": "animal", "SO": "occasion"},
    )
    assert found.is_empty(), found
    assert tables.mask is not None
    habitat = tables.mask.filter(pl.col("HABITAT") == 1).with_columns(area=pl.lit(0.336)).drop("HABITAT")
    return sessions_of(replace(tables, mask=habitat), "proximity")


def wolverine(shared: Path) -> list[Session]:
    """Wolverines (B4): grid of 2 km, 4 km2 a cell (EN / D of expected_fits.csv is 9,864 km2 = 2,466 cells x 4)."""
    folder = shared / "B4_wolverine_SE_Alaska"
    sexes = (folder / "sex.csv").read_text().replace("sex_male", "sex").replace(",1\n", ",M\n").replace(",0\n", ",F\n")
    tables, found = read_csv_tables(
        (folder / "captures.csv").read_bytes(),
        (folder / "traps_usage.csv").read_bytes(),
        mask=(folder / "grid2km.csv").read_bytes(),
        animals=[sexes.encode()],
        names={
            "year": "session",
            "individual": "animal",
            "day": "occasion",
            "Easting": "x",
            "Northing": "y",
            "Xutm": "x",
            "Yutm": "y",
        },
    )
    assert found.is_empty(), found
    assert tables.mask is not None
    return sessions_of(replace(tables, mask=tables.mask.with_columns(area=pl.lit(4.0))), "proximity")


def fortdrum(shared: Path) -> list[Session]:
    """Black bears of Fort Drum (B6): hair snares, eight weeks; a mask by rule, for none is given. Places are in km."""
    folder = shared / "B6_black_bears_Fort_Drum_and_NY"
    tables, found = read_csv_tables(
        (folder / "fortdrum_captures.csv").read_bytes(),
        (folder / "fortdrum_traps_km.csv").read_bytes(),
        animals=[(folder / "fortdrum_sex.csv").read_bytes()],
        names={"Session": "session", "Occasion": "occasion", "TrapID": "detector", "X": "x", "Y": "y"},
    )
    assert found.is_empty(), found
    metres = tables.traps.with_columns(pl.col("x", "y") * 1000)
    [session] = sessions_of(replace(tables, traps=metres), "proximity", occasions=8)
    cells, _ = mask_around(session.detectors.xy, session.detectors.names, sigma=sigma_of(session))
    return [replace(session, mask=cells)]


def nybears(shared: Path) -> list[Session]:
    """Black bears of New York (B6): mask of 1 km2 cells with elevation; GPS of three bears, the first fix of each day.

    Occasion and sex were assigned at random there: they say nothing.
    """
    folder = shared / "B6_black_bears_Fort_Drum_and_NY"
    tables, found = read_csv_tables(
        (folder / "nybears_captures.csv").read_bytes(),
        (folder / "nybears_traps.csv").read_bytes().replace(b'"id"', b'"trap"', 1),
        mask=(folder / "nybears_mask.csv").read_bytes(),
        names={"X_UTM": "x", "Y_UTM": "y"},
    )
    assert found.is_empty(), found
    assert tables.mask is not None
    tables = replace(tables, mask=tables.mask.with_columns(area=pl.lit(1.0)))
    lines = pl.read_csv(folder / "nybears_telemetry.csv")
    daily = lines.unique(["animalid", "Date"], keep="first", maintain_order=True)
    animal = daily["animalid"].rank("dense").cast(pl.Int64).to_numpy() - 1
    fixes = Fixes(np.ascontiguousarray(animal), daily.select("X_UTM", "Y_UTM").to_numpy())
    return [replace(session, fixes=fixes) for session in sessions_of(tables, "proximity")]
