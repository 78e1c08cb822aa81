"""Write a table's declaration as a Table Schema, for the resources that are ours."""

from collections.abc import Collection, Mapping
from typing import Any

from tumen.files.resources import MARK
from tumen.tables.protocol import VERSION
from tumen.tables.schema import MISSING, Column, Kind, Table


def table_schema(table: Table, columns: Collection[str], beside: Collection[str] = ()) -> dict[str, Any]:
    """Return the Table Schema of a table written with these columns; `beside` are the tables written with it.

    Columns the protocol does not know are described as text. References to tables that are not there are left out.

    >>> from tumen.tables.cameras import OPERATING_PERIODS
    >>> schema = table_schema(OPERATING_PERIODS, ["deploymentID", "start", "note"])
    >>> [field["type"] for field in schema["fields"]], schema["tumen"]
    (['string', 'datetime', 'string'], {'protocol': '0.2', 'table': 'operating_periods'})
    """
    declared = {column.name: column for column in table.columns}
    fields = [_field(declared[name]) if name in declared else {"name": name, "type": "string"} for name in columns]
    schema: dict[str, Any] = {"fields": fields, "missingValues": list(MISSING)}
    if table.key:
        schema["primaryKey"] = table.key
    keys = [
        {"fields": ref.column, "reference": {"resource": _target(table, ref.to_table), "fields": ref.to_column}}
        for ref in table.references
        if ref.column in columns and (ref.to_table in beside or ref.to_table == table.name)
    ]
    if keys:
        schema["foreignKeys"] = keys
    return {**schema, MARK: {"protocol": VERSION, "table": table.name}}


def _target(table: Table, name: str) -> str:
    # In a Table Schema an empty name means the table itself.
    return "" if name == table.name else name


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "description": column.meaning, "type": column.kind.value}
    if column.kind is Kind.DATETIME:
        field["format"] = "%Y-%m-%dT%H:%M:%S%z"
    if column.unit:
        field["unit"] = column.unit
    if column.example:
        field["example"] = column.example
    return {**field, "constraints": _constraints(column)}


def _constraints(column: Column) -> dict[str, Any]:
    stated: Mapping[str, Any] = {
        "unique": column.unique or None,
        "minimum": column.minimum,
        "maximum": column.maximum,
        "pattern": column.pattern or None,
        "enum": list(column.vocabulary) or None,
    }
    return {"required": column.required, **{name: value for name, value in stated.items() if value is not None}}
