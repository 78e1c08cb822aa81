"""Are the scientific names names?  Each distinct name is held once against the list of the region."""

import polars as pl

from tumen.tables import findings
from tumen.tables.package import Package
from tumen.tables.rows import ROW
from tumen.tables.taxa import resolve

CODES = {"synonym": "taxon-synonym", "spelling": "taxon-misspelt", "unknown": "taxon-unknown"}


def check(package: Package) -> list[pl.DataFrame]:
    """Return one finding for each distinct doubtful name of each table, at its first row, with its number of rows."""
    found = []
    # Codes such as "PBE" that a reader could not translate have their finding.
    coded = package.findings.filter(code="species-undeclared")["value"]
    for table, frame in package.tables.items():
        if "scientificName" in frame.columns:
            found += _names(frame, table, coded)
    return found


def _names(frame: pl.DataFrame, table: str, coded: pl.Series) -> list[pl.DataFrame]:
    names = (
        frame.select(ROW, value="scientificName")
        .filter(pl.col("value").is_not_null() & ~pl.col("value").is_in(coded.implode()))
        .group_by("value", maintain_order=True)
        .agg(pl.col("row").first(), count=pl.len())
    )
    judged = [resolve(name) for name in names["value"]]
    names = names.with_columns(
        pl.Series("accepted", [one.accepted for one in judged], dtype=pl.String),
        pl.Series("problem", [one.problem for one in judged], dtype=pl.String),
    )
    return [
        findings.rows(
            code,
            names.filter(problem=problem),
            table=table,
            column="scientificName",
            arguments=("count",) if problem == "unknown" else ("accepted", "count"),
        )
        for problem, code in CODES.items()
    ]
