"""Our declarations say what the standard's own schema files say."""

import json

import pytest

from tumen.tables.protocol import STANDARD


@pytest.mark.parametrize("table", STANDARD, ids=lambda table: table.name)
def test_the_declared_columns_are_the_standards(shared_data, table):
    path = shared_data / "A1_camtrapdp_tdwg_example" / "schema_1.0.2" / f"{table.name}-table-schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    assert table.key == schema["primaryKey"]
    assert [f["name"] for f in schema["fields"]] == list(table.names)
    for column, theirs in zip(table.columns, schema["fields"], strict=True):
        constraints = theirs["constraints"]
        assert column.kind.value == theirs["type"], column.name
        assert column.required == constraints["required"], column.name
        assert column.unique == constraints.get("unique", False), column.name
        assert column.minimum == constraints.get("minimum"), column.name
        assert column.maximum == constraints.get("maximum"), column.name
        assert list(column.vocabulary) == constraints.get("enum", []), column.name
        assert bool(column.pattern) == ("pattern" in constraints), column.name
        if column.kind.value == "datetime":
            assert theirs["format"] == "%Y-%m-%dT%H:%M:%S%z"
    references = {(f["fields"], f["reference"]["resource"]) for f in schema.get("foreignKeys", [])}
    assert {(r.column, r.to_table) for r in table.references} == references
