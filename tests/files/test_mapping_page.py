"""The page about mappings says what mappings may say."""

import re
import tomllib
from pathlib import Path

import pytest

from tumen.files.mapping import COLUMN_KEYS, EMPTY, PACKAGE_KEYS, TABLE_KEYS, UNPIVOT_KEYS, parse_mapping
from tumen.files.mapping_values import NOTATIONS, Setting

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "key", [*PACKAGE_KEYS, *TABLE_KEYS, *COLUMN_KEYS, *UNPIVOT_KEYS, *Setting.keys, *EMPTY, *NOTATIONS]
)
def test_every_key_of_a_mapping_is_explained(key):
    assert f"`{key}`" in PAGE or f"{key} =" in PAGE or key == "columns"


def test_the_mapping_on_the_page_is_one_that_can_be_read():
    block = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    assert len(parse_mapping(tomllib.loads(block[1]), Path("m.toml")).tables) == 2
