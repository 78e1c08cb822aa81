"""Mappings and tables written as a test needs them."""

from pathlib import Path

from tumen.files.mapped import read_mapped
from tumen.tables.package import Package

PACKAGE = '[package]\nparty = "north"\ntimeZone = "Asia/Vladivostok"\ncrs = "EPSG:4326"\n'


def mapped(folder: Path, table: str, mapping: str, *, package: str = PACKAGE, encoding: str = "utf-8") -> Package:
    """Write `table` as t.csv and the mapping beside it, and read the package they make."""
    (folder / "t.csv").write_text(table, encoding=encoding, newline="")
    (folder / "m.toml").write_text(f"{package}\n{mapping}", encoding="utf-8")
    return read_mapped(folder / "m.toml")


def one(name: str, columns: str, settings: str = "") -> str:
    """Return the mapping of t.csv to one table."""
    return f'[[table]]\nname = "{name}"\nfile = "t.csv"\n{settings}\n[table.columns]\n{columns}\n'


def told(package: Package, *codes: str) -> list[tuple[str, int | None, str, str]]:
    """Return code, row, column and value of the findings with these codes."""
    found = package.findings.filter(package.findings["code"].is_in(codes)) if codes else package.findings
    return found.select("code", "row", "column", "value").rows()
