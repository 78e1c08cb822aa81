"""Exercise 5: samples, genotypes and tests that say what cannot be, and results without what they rest on."""

from datetime import date, timedelta

import numpy as np

from tumen.simulate.exercises.key import Decoy, Made, Number, Planted
from tumen.simulate.exercises.plant import Row, Sheets, name, opened, shuffled
from tumen.simulate.samples import ASSAYS, LADDER, LOCI, laboratory

CAUSES = dict.fromkeys(
    ("noControls", "outsidePanel", "zeroAllele", "beforeBirth", "noCutoff", "outcomeContradicts"), ""
)
STATEMENTS = {"antibodyMeansIll": "false", "sameSizeOtherLab": "unclear"}

OTHER = {"positive": "negative", "negative": "positive"}
WITHOUT, ASKED = "FPV-HI", "CDV-VN"
"""The assay that loses its cut-off, and the one of which it is asked how many readings reach theirs."""


def make(seed: int, rng: np.random.Generator) -> Made:
    """Plant errors in the package of a laboratory."""
    made = laboratory(seed)
    sheets = opened(made.package)
    clean = (sheets.closed(),)
    typed = [row for row in sheets.tables["genotypes"] if row["allele1"] is not None]
    samples = shuffled(sorted({name(row, "sampleID") for row in typed}), rng)
    run = shuffled(sorted({name(row, "runID") for row in typed}), rng)[0]
    # Rows of a sample whose run has its controls, so that one sample carries one error.
    kept = [each for each in samples if sheets.find("genotypes", sampleID=each)[0]["runID"] != run]
    planted = [
        _no_controls(sheets, run),
        *(_outside(sheets, each, rng) for each in kept[:2]),
        _zero(sheets, kept[2], rng),
        _before_birth(sheets, rng),
        _no_cutoff(sheets),
        *_contradictions(sheets, rng),
    ]
    taken = {each for one in planted for each in (one.item, *one.also)}
    return Made(
        packages=(sheets.closed(),),
        clean=clean,
        causes=CAUSES,
        planted=tuple(planted),
        decoys=tuple(one for one in _decoys(sheets) if one.item not in taken),
        statements=STATEMENTS,
        numbers=(Number("reachCutoff", ASKED, float(made.positives[ASKED])),),
    )


def _error(sheets: Sheets, table: str, row: Row, cause: str, finding: str, *also: str) -> Planted:
    key = {"samples": "sampleID", "genotypes": "sampleID", "tests": "testID"}[table]
    rows = (2 + sheets.tables[table].index(row),)
    return Planted(item=name(row, key), cause=cause, finding=finding, table=table, rows=rows, also=also)


def _no_controls(sheets: Sheets, run: str) -> Planted:
    sheets.tables["controls"] = [row for row in sheets.tables["controls"] if row["runID"] != run]
    rows = sheets.rows("genotypes", runID=run)
    return Planted(item=run, cause="noControls", finding="genotypes-without-controls", table="genotypes", rows=rows)


def _read(sheets: Sheets, sample: str, rng: np.random.Generator) -> Row:
    rows = [row for row in sheets.find("genotypes", sampleID=sample) if row["allele1"] is not None]
    return rows[int(rng.integers(len(rows)))]


def _outside(sheets: Sheets, sample: str, rng: np.random.Generator) -> Planted:
    """Let a locus have, in both replicates, an allele that it cannot have."""
    row = _read(sheets, sample, rng)
    wrong = LOCI[name(row, "locus")] + LADDER + 2 * int(rng.integers(6, 15))
    for each in sheets.find("genotypes", sampleID=sample, locus=name(row, "locus")):
        if each["allele1"] is not None:
            each["allele2"] = str(wrong)
    return _error(sheets, "genotypes", row, "outsidePanel", "allele-outside-panel")


def _zero(sheets: Sheets, sample: str, rng: np.random.Generator) -> Planted:
    row = _read(sheets, sample, rng)
    row |= {"allele1": "0", "allele2": "0"}
    return _error(sheets, "genotypes", row, "zeroAllele", "allele-sentinel")


def _before_birth(sheets: Sheets, rng: np.random.Generator) -> Planted:
    """Collect a sample some months before its animal was born; what was read from it is dated later all the same."""
    row = shuffled(sheets.find("samples", material="serum"), rng)[0]
    animal = sheets.find("individuals", individualID=name(row, "individualID"))[0]
    born = date.fromisoformat(name(animal, "birthDate"))
    row["collectedOn"] = (born - timedelta(days=int(rng.integers(40, 200)))).isoformat()
    return _error(sheets, "samples", row, "beforeBirth", "sample-before-birth")


def _no_cutoff(sheets: Sheets) -> Planted:
    row = sheets.find("assays", assayID=WITHOUT)[0]
    row |= {"cutoff": None, "cutoffUnit": None}
    also = tuple(name(each, "testID") for each in sheets.find("tests", assayID=WITHOUT))
    rows = sheets.rows("assays", assayID=WITHOUT)
    return Planted(item=WITHOUT, cause="noCutoff", finding="test-without-cutoff", table="assays", rows=rows, also=also)


def _contradictions(sheets: Sheets, rng: np.random.Generator) -> list[Planted]:
    """Let two outcomes say the contrary of their readings, one each way where there are both."""
    tests = shuffled(sheets.find("tests", assayID=ASKED), rng)
    cutoff = next(int(row["cutoff"]) for row in ASSAYS if row["assayID"] == ASKED)
    chosen = sorted((row for row in tests if row["titre"] != str(cutoff)), key=lambda row: str(row["outcome"]))
    found = []
    for row in (chosen[0], chosen[-1]):
        row["outcome"] = OTHER[name(row, "outcome")]
        found.append(_error(sheets, "tests", row, "outcomeContradicts", "outcome-contradicts-titre"))
    return found


def _decoys(sheets: Sheets) -> list[Decoy]:
    """Return what looks wrong and is right: nothing read, a reading right at the cut-off, water without alleles."""
    failed = {name(row, "sampleID") for row in sheets.tables["genotypes"] if row["allele1"] is None}
    cutoffs = {row["assayID"]: row["cutoff"] for row in sheets.tables["assays"]}
    at = [row for row in sheets.tables["tests"] if row["titre"] and row["titre"] == cutoffs[row["assayID"] or ""]]
    return [
        *(Decoy(sample, "bothEmpty") for sample in sorted(failed)),
        *(Decoy(name(row, "testID"), "atCutoff") for row in at),
        Decoy("WATER", "emptyWater"),
    ]
