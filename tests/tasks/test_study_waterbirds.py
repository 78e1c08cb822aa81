"""[waterbirds] and [trends] of a study are read exactly, or refused with what was needed, found, and what to do."""

from datetime import date, timedelta

import pytest

from tumen.errors import StudyError
from tumen.tasks.study import parse_study

WATERBIRDS = {
    "seasons": {"winter": ["11-16", "02-29"], "spring": ["03-01", "05-31"]},
    "synchronous": "1d",
    "pairing": "10d",
    "species": ["Grus monacha"],
    "estimates": "thresholds.csv",
    "shipped": False,
    "editions": ["WPE5"],
    "assessedOn": date(2016, 1, 1),
    "firstYear": 2010,
    "lastYear": 2015,
    "nonNative": ["Branta canadensis"],
    "levels": {"waterbirds": 10000, "flyway": 2500},
}
TRENDS = {
    "species": ["Grus monacha"],
    "places": "site",
    "season": "winter",
    "months": True,
    "model": 2,
    "changePoints": [2009, 2004, 2009],
    "stepwise": True,
    "overdispersion": False,
    "serial": False,
    "covariates": ["countryCode"],
    "base": 2010,
    "firstYear": 2001,
    "lastYear": 2015,
    "smooth": 4,
    "indicators": {"geese": ["Anser albifrons", "Anser fabalis"]},
}


def parsed(folder, **sections):
    return parse_study({"study": {"title": "T"}, "package": [{"path": "north"}], **sections}, folder / "study.toml")


def test_every_key_of_both_sections_is_read(tmp_path):
    study = parsed(tmp_path, waterbirds=WATERBIRDS, trends=TRENDS)
    assert study.waterbirds == {
        "seasons": {"winter": ((11, 16), (2, 29)), "spring": ((3, 1), (5, 31))},
        "synchronous": timedelta(days=1),
        "pairing": timedelta(days=10),
        "species": ("Grus monacha",),
        "estimates": tmp_path / "thresholds.csv",
        "shipped": False,
        "editions": ("WPE5",),
        "assessed_on": date(2016, 1, 1),
        "first_year": 2010,
        "last_year": 2015,
        "non_native": ("Branta canadensis",),
        "levels": {"waterbirds": 10000, "flyway": 2500},
    }
    assert study.trends == {
        "species": ("Grus monacha",),
        "places": "site",
        "season": "winter",
        "months": True,
        "model": 2,
        "change_points": (2004, 2009),
        "stepwise": True,
        "overdispersion": False,
        "serial": False,
        "covariates": ("countryCode",),
        "base": 2010,
        "first_year": 2001,
        "last_year": 2015,
        "smooth": 4.0,
        "indicators": {"geese": ("Anser albifrons", "Anser fabalis")},
    }
    assert parsed(tmp_path, trends={"changePoints": "all"}).trends == {"change_points": "all"}
    assert parsed(tmp_path, waterbirds={}).waterbirds == {}
    assert parsed(tmp_path).waterbirds is None


@pytest.mark.parametrize(
    ("section", "key", "value", "needed", "found", "cure"),
    [
        ("waterbirds", "season", {}, "known keys in [waterbirds]", "'season'", "Did you mean 'seasons'?"),
        ("waterbirds", "seasons", {}, "a table of seasons", "{}", "11-16"),
        ("waterbirds", "seasons", {"sumer": ["06-01", "07-31"]}, "a kind of season", "'sumer'", "winter"),
        ("waterbirds", "seasons", {"winter": "12-01"}, "first and last day for winter", "'12-01'", "12-01"),
        ("waterbirds", "seasons", {"winter": ["13-40", "02-28"]}, "month and day for winter", "'13-40'", "11-16"),
        ("waterbirds", "seasons", {"winter": ["12-1", "02-28"]}, "month and day for winter", "'12-1'", "11-16"),
        (
            "waterbirds",
            "seasons",
            {"winter": ["11-16", "03-15"], "spring": ["03-01", "05-31"]},
            "seasons that share no day",
            "winter, spring",
            "end before",
        ),
        (
            "waterbirds",
            "seasons",
            {"autumn": ["08-01", "01-31"], "winter": ["12-01", "12-31"]},
            "seasons that share no day",
            "autumn, winter",
            "end before",
        ),
        ("waterbirds", "synchronous", "a day", "a duration for synchronous", "'a day'", "30min"),
        ("waterbirds", "shipped", "no", "true or false for shipped", "'no'", "true or false"),
        ("waterbirds", "editions", "WPE5", "editions", "'WPE5'", "["),
        ("waterbirds", "assessedOn", "2016-13-01", "assessedOn", "2016-13-01", ""),
        ("waterbirds", "firstYear", 215, "a year for firstYear", "215", "2015"),
        ("waterbirds", "firstYear", 2016, "a first year before the last", "2016", "Exchange"),
        ("waterbirds", "levels", {"ducks": 5}, "known keys in [levels in [waterbirds]]", "'ducks'", "waterbirds"),
        ("waterbirds", "levels", {"waterbirds": "many"}, "waterbirds", "'many'", ""),
        ("trends", "places", "county", "a known word for places", "'county'", "Did you mean 'country'?"),
        ("trends", "season", "wintr", "a known word for season", "'wintr'", "Did you mean 'winter'?"),
        ("trends", "model", 4, "1, 2 or 3 for model", "4", "every year on its own"),
        ("trends", "changePoints", "every", 'years or "all" for changePoints', "'every'", "[2004, 2009]"),
        ("trends", "changePoints", [99], "a year for changePoints", "99", "2015"),
        ("trends", "smooth", 0, "smooth", "0", ""),
        ("trends", "indicators", ["Anser albifrons"], "a table of species for indicators", "['Anser", "geese"),
        ("trends", "indicators", {"geese": []}, "geese", "[]", ""),
    ],
)
def test_what_is_wrong_is_refused_in_three_parts(tmp_path, section, key, value, needed, found, cure):
    given = {key: value} if key != "firstYear" or value < 1000 else {key: value, "lastYear": 2015}
    with pytest.raises(StudyError) as refused:
        parsed(tmp_path, **{section: given})
    said = refused.value
    assert needed in str(said.needed)
    assert found in str(said.found)
    assert cure in str(said.cure) and str(said.cure)


def test_seasons_that_only_touch_do_not_overlap(tmp_path):
    whole = {"winter": ["12-01", "02-29"], "spring": ["03-01", "05-31"], "autumn": ["08-01", "11-30"]}
    assert len(parsed(tmp_path, waterbirds={"seasons": whole}).waterbirds["seasons"]) == 3
