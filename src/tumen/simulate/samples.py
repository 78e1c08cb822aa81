"""Samples, what laboratories read from them, and what tests said: a clean package, invented from end to end.

Animals, loci, laboratories and the accuracy of the assays are invented; only the relations between the tables are those
of the field: runs have controls, alleles lie on the ladder of their locus, outcomes follow readings and cut-offs.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from tumen.simulate.streams import stream
from tumen.tables.package import Package, assemble

Row = dict[str, str]
PARTY, SPECIES, LABORATORY = "joint-laboratory", "Panthera tigris", "lab-1"
LOCI = {f"TL{number:02d}": 100 + 14 * number for number in range(1, 7)}
"""Invented loci and their smallest allele; each has alleles over 20 base pairs in steps of 2."""
LADDER, STEP = 20, 2
ANIMALS, PER_RUN, REPLICATES = 12, 6, 2
START = date(2023, 1, 10)
FAILED = 0.04
"""Share of typings in which nothing was read."""
ASSAYS: tuple[Row, ...] = (
    {"assayID": "CDV-VN", "name": "CDV neutralisation", "pathogen": "canine distemper virus, antibody",
     "method": "virusNeutralisation", "cutoff": "32", "cutoffUnit": "1/dilution"},
    {"assayID": "FPV-HI", "name": "FPV inhibition", "pathogen": "feline parvovirus, antibody",
     "method": "haemagglutinationInhibition", "cutoff": "40", "cutoffUnit": "1/dilution"},
    {"assayID": "CDV-PCR", "name": "CDV genome", "pathogen": "canine distemper virus, genome", "method": "rtPcr"},
)  # fmt: skip
ACCURACY = {"sensitivityPositive": "42", "sensitivityTested": "44", "specificityNegative": "57",
            "specificityTested": "60", "source": "invented"}  # fmt: skip
TITRES = {"CDV-VN": (4, 8, 16, 32, 64, 128), "FPV-HI": (10, 20, 40, 80, 160)}


@dataclass(frozen=True)
class Laboratory:
    """The clean package, and how many readings of each assay reach its cut-off."""

    package: Package
    positives: dict[str, int]


def laboratory(seed: int) -> Laboratory:
    """Return samples of twelve animals, their genotypes with controls, the panel, and their tests.

    The same seed gives the same package.

    >>> made = laboratory(1)
    >>> sorted(made.package.tables), made.package.findings.height
    (['assays', 'controls', 'genotypes', 'individuals', 'loci', 'samples', 'tests'], 0)
    """
    rng = stream(seed, "laboratory")
    individuals = [_animal(number, rng) for number in range(1, ANIMALS + 1)]
    samples = [row for one in individuals for row in _samples(one, rng)]
    for number, row in enumerate(samples, 1):
        row["sampleID"] = f"JL-{number:03d}"
    scats = [row for row in samples if row["material"] == "faeces"]
    tests, positives = _tests([row for row in samples if row["material"] == "serum"], rng)
    tables = {
        "individuals": individuals,
        "samples": samples,
        "genotypes": _genotypes(scats, rng),
        "controls": _controls(len(scats)),
        "loci": [_locus(name, low) for name, low in LOCI.items()],
        "assays": [{**row, **ACCURACY} for row in ASSAYS],
        "tests": tests,
    }
    package = assemble(
        PARTY, {name: frame(rows) for name, rows in tables.items()}, party=PARTY, country="RU", format="simulated",
        descriptor=described(PARTY, "Simulated samples, genotypes and tests"),
    )  # fmt: skip
    return Laboratory(package, positives)


def frame(rows: list[Row]) -> pl.DataFrame:
    """Return rows of text as a frame: the columns in the order in which they first occur, empty cells where none is.

    >>> frame([{"a": "1"}, {"b": "2"}]).rows()
    [('1', None), (None, '2')]
    """
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return pl.DataFrame({c: [row.get(c) for row in rows] for c in columns}, schema=dict.fromkeys(columns, pl.String))


def described(party: str, title: str) -> dict[str, object]:
    """Return what a package says of itself."""
    return {
        "name": party,
        "title": title,
        "description": "Made by tumen. No animal, place or organisation in it is real.",
        "contributors": [{"title": party, "role": "rightsHolder"}],
        "tumen": {"party": party},
    }


def _animal(number: int, rng: np.random.Generator) -> Row:
    born = date(2015, 5, 1) + timedelta(days=int(rng.integers(0, 1500)))
    sex = "female" if rng.random() < 0.5 else "male"
    return {"individualID": f"T{number:02d}", "scientificName": SPECIES, "sex": sex, "birthDate": born.isoformat()}


def _samples(animal: Row, rng: np.random.Generator) -> list[Row]:
    """Return two samples of an animal: a scat, and serum from a capture."""
    rows = []
    for material in ("faeces", "serum"):
        day = START + timedelta(days=int(rng.integers(0, 80)))
        rows.append(
            {
                "sampleID": "",
                "individualID": animal["individualID"],
                "scientificName": SPECIES,
                "collectedOn": day.isoformat(),
                "countryCode": "RU" if rng.random() < 0.5 else "CN",
                "material": material,
                "ageDays": str(int(rng.integers(0, 9))) if material == "faeces" else "0",
                "collectedBy": f"Team {rng.integers(1, 4)}",
            }
        )
    return rows


def _locus(name: str, low: int) -> Row:
    return {"locus": name, "kind": "size", "smallestAllele": str(low), "largestAllele": str(low + LADDER),
            "repeatLength": str(STEP), "sexLinked": "false", "source": "invented"}  # fmt: skip


def run_of(number: int) -> str:
    """Return the run in which the sample of this number (from 0) was typed."""
    return f"2023-R{number // PER_RUN + 1:02d}"


def _genotypes(scats: list[Row], rng: np.random.Generator) -> list[Row]:
    """Return what was read at each locus, twice; now and then nothing was."""
    rows = []
    for number, sample in enumerate(scats):
        for locus, low in LOCI.items():
            pair = sorted(low + STEP * int(k) for k in rng.integers(0, LADDER // STEP + 1, 2))
            for replicate in range(1, REPLICATES + 1):
                first, second = ("", "") if rng.random() < FAILED else (str(pair[0]), str(pair[1]))
                cells = (sample["sampleID"], LABORATORY, str(replicate), locus, first, second, "size", run_of(number))
                row = dict(zip(_GENOTYPE, cells, strict=True)) | {"typedOn": "2023-05-15"}
                rows.append({name: cell for name, cell in row.items() if cell})
    return rows


_GENOTYPE = ("sampleID", "laboratory", "replicate", "locus", "allele1", "allele2", "kind", "runID")


def _controls(scats: int) -> list[Row]:
    """Return a positive and a negative control of every run at every locus, all as they should be."""
    rows = []
    for run in sorted({run_of(number) for number in range(scats)}):
        for locus, low in LOCI.items():
            head = {"laboratory": LABORATORY, "runID": run}
            alleles = {"allele1": str(low + 4), "allele2": str(low + 8)}
            expected = {"expectedAllele1": str(low + 4), "expectedAllele2": str(low + 8)}
            rows.append({**head, "controlID": "REF-01", "role": "positive", "locus": locus, **alleles, **expected})
            rows.append({**head, "controlID": "WATER", "role": "negative", "locus": locus})
    return rows


def _tests(sera: list[Row], rng: np.random.Generator) -> tuple[list[Row], dict[str, int]]:
    """Return the tests of every serum by every assay; a reading at the cut-off is positive."""
    rows: list[Row] = []
    positives = {assay["assayID"]: 0 for assay in ASSAYS}
    for sample in sera:
        for assay in ASSAYS:
            row = {
                "testID": f"t{len(rows) + 1:03d}", "sampleID": sample["sampleID"], "assayID": assay["assayID"],
                "laboratory": LABORATORY, "testedOn": "2023-06-20", "lot": "L2301",
            }  # fmt: skip
            if "cutoff" in assay:
                titre = int(rng.choice(TITRES[assay["assayID"]]))
                positive = titre >= int(assay["cutoff"])
                row["titre"] = str(titre)
            else:
                positive = bool(rng.random() < 0.2)
            positives[assay["assayID"]] += positive
            rows.append({**row, "outcome": "positive" if positive else "negative"})
    return rows, positives
