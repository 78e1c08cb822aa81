"""A model is written in a line, read back, and refused where it says what it has no part for."""

import pytest

from tumen.errors import MisuseError
from tumen.population.scr.model import Model, model

TITLES = {
    "HN: D ~ 1, g0 ~ 1, sigma ~ 1": Model(),
    "HHN: D ~ x + y, lambda0 ~ b, sigma ~ 1": Model(detection="HHN", density="x + y", detect="b"),
    "HR: D ~ s(x, y, 5), g0 ~ 1, sigma ~ 1, z ~ road": Model(detection="HR", density="s(x, y, 5)", z="road"),
    "HN: D ~ 1, g0 ~ sex, sigma ~ sex, classes by sex": Model(detect="sex", sigma="sex", hybrid="sex"),
    "EX: D ~ 1, g0 ~ h2, sigma ~ 1, two classes": Model(detection="EX", detect="h2", classes=2),
    "HN: D ~ 1, g0 ~ h2, sigma ~ 1, two classes, pmix ~ session": Model(detect="h2", classes=2, mixture="session"),
    "HN: D ~ 1, g0 ~ 1, sigma ~ 1, cost ~ rough, binomial N": Model(movement="rough", number="binomial"),
    "HN: g0 ~ age, sigma ~ 1, conditional": Model(detect="age", likelihood="conditional"),
}


@pytest.mark.parametrize("title", TITLES)
def test_a_model_is_its_title(title: str):
    assert TITLES[title].title == title
    assert model(title) == TITLES[title]


def test_what_a_line_does_not_say_is_as_in_a_model():
    assert model("HHN") == Model(detection="HHN")
    assert model("HN: sigma ~ session") == Model(sigma="session")


def test_the_first_parameter_is_that_of_the_form():
    assert [Model(detection=form).first for form in ("HN", "EX", "HR", "UN")] == ["g0"] * 4
    assert [Model(detection=form).first for form in ("HHN", "HEX", "HHR")] == ["lambda0"] * 3


@pytest.mark.parametrize(
    ("line", "found", "cure"),
    [("HN: sgima ~ 1", "'sgima ~ 1'", "sigma"), ("HM", "'HM'", "HN"), ("HN: two class", "'two class'", "two classes")],
)
def test_a_line_that_is_no_model_is_refused(line: str, found: str, cure: str):
    with pytest.raises(MisuseError) as error:
        model(line)
    assert str(error.value.found) == found
    assert cure in str(error.value.cure)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"classes": 3}, "3"),
        ({"likelihood": "partial"}, "'partial' and 'poisson'"),
        ({"number": "fixed"}, "'full' and 'fixed'"),
        ({"likelihood": "conditional", "density": "x"}, "conditional, D ~ x"),
        ({"likelihood": "conditional", "number": "binomial"}, "conditional, binomial N"),
        ({"z": "sex"}, "HN, z ~ sex"),
        ({"mixture": "session"}, "no classes, pmix ~ session"),
        ({"classes": 2, "hybrid": "sex"}, "two classes, classes by sex"),
    ],
)
def test_what_a_model_has_no_part_for_is_refused(values: dict, found: str):
    with pytest.raises(MisuseError) as error:
        Model(**values)
    assert str(error.value.found) == found
