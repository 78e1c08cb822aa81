"""Exercise 6: zero, gap and withheld, totals and parts, names of species, and birds that were counted on one day."""

import numpy as np

from tumen.simulate.counts import COMPLEX, COUNTED, FLOCKS, census
from tumen.simulate.exercises.key import Decoy, Made, Number, Planted
from tumen.simulate.exercises.plant import Row, Sheets, name, opened, shuffled

CAUSES = dict.fromkeys(("zeroNotCounted", "notSurveyed", "partsExceed", "synonym", "misspelt", "withheldNumber"), "")
STATEMENTS = {"sumOfHighest": "false", "noBirdsSeen": "unclear"}

OLD_NAME = ("Ardea alba", "Egretta alba")
SLIP = ("Numenius madagascariensis", "Numenius madagascarensis")


def make(seed: int, rng: np.random.Generator) -> Made:
    """Plant errors in a census of waterbirds."""
    made = census(seed)
    sheets = opened(made.package)
    clean = (sheets.closed(),)
    coverage = {row["visitID"]: row["coverage"] for row in sheets.tables["visits"]}
    gaps = shuffled(sheets.find("counts", status="notCounted"), rng)
    partial = [row for row in gaps if coverage[row["visitID"]] == "partial"]
    unvisited = [row for row in gaps if coverage[row["visitID"]] == "notSurveyed" and row["scientificName"] != COUNTED]
    withheld = shuffled(sheets.find("counts", status="withheld"), rng)
    planted = [
        *(_written(sheets, row, "0", "zeroNotCounted", "zero-outside-groups") for row in partial[:2]),
        _written(sheets, unvisited[0], str(rng.integers(5, 60)), "notSurveyed", "count-without-coverage"),
        _parts(sheets, rng),
        _named(sheets, OLD_NAME, "synonym", "taxon-synonym", rng),
        _named(sheets, SLIP, "misspelt", "taxon-misspelt", rng),
        _withheld(sheets, withheld[0]),
    ]
    taken = {each for one in planted for each in (one.item, *one.also)}
    decoys = [
        *(Decoy(name(row, "countID"), "realZero") for row in sheets.find("counts", count="0")),
        *(Decoy(name(row, "countID"), "emptyGap") for row in gaps),
        *(Decoy(name(row, "countID"), "emptyWithheld") for row in withheld),
    ]
    return Made(
        packages=(sheets.closed(),),
        clean=clean,
        causes=CAUSES,
        planted=tuple(planted),
        decoys=tuple(one for one in decoys if one.item not in taken),
        statements=STATEMENTS,
        numbers=(Number("together", f"{COMPLEX}, {COUNTED}", float(made.together)),),
    )


def _error(sheets: Sheets, row: Row, cause: str, finding: str, *also: str) -> Planted:
    rows = sheets.rows("counts", countID=name(row, "countID"))
    return Planted(item=name(row, "countID"), cause=cause, finding=finding, table="counts", rows=rows, also=also)


def _written(sheets: Sheets, row: Row, count: str, cause: str, finding: str) -> Planted:
    row |= {"status": "counted", "count": count}
    return _error(sheets, row, cause, finding)


def _withheld(sheets: Sheets, row: Row) -> Planted:
    row["count"] = "0"
    return _error(sheets, row, "withheldNumber", "count-though-withheld")


def _parts(sheets: Sheets, rng: np.random.Generator) -> Planted:
    """Let the adults of a flock be more than the flock."""
    adults = [row for row in sheets.find("counts", scientificName=FLOCKS) if row["lifeStage"] == "adult"]
    part = shuffled(adults, rng)[0]
    total = sheets.find("counts", countID=name(part, "partOf"))[0]
    part["count"] = str(int(name(total, "count")) + int(rng.integers(3, 40)))
    own = tuple(name(row, "countID") for row in sheets.find("counts", partOf=name(total, "countID")))
    return _error(sheets, total, "partsExceed", "parts-exceed-total", *own)


def _named(sheets: Sheets, names: tuple[str, str], cause: str, finding: str, rng: np.random.Generator) -> Planted:
    right, wrong = names
    rows = [row for row in sheets.find("counts", scientificName=right) if row["status"] == "counted"]
    row = shuffled([row for row in rows if row["count"] != "0"] or rows, rng)[0]
    row["scientificName"] = wrong
    return _error(sheets, row, cause, finding, wrong)
