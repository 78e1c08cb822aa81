import pytest

from tumen.tables.catalogue import CATALOGUE


@pytest.mark.parametrize("code", ["too-few-animals", "few-spatial-recaptures"])
def test_one_animal_is_not_called_animals(code):
    said = CATALOGUE[code].message.format(value="1", parameters="3")
    assert "1 animals" not in said
    assert ": 1;" in said or ": only 1;" in said
