"""The answers on waterbirds: which tables they have, and what verdicts, criteria and seasons are called."""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from tumen.report.words.marking import mark

Shape = Mapping[str, pl.DataType | type[pl.DataType]]

_S, _I, _F, _B, _D = pl.String, pl.Int64, pl.Float64, pl.Boolean, pl.Date

_VERDICTS: Shape = MappingProxyType(
    {
        "place": _S,
        "criterion": _S,
        "measure": _S,  # species, or waterbirds
        "populationID": _S,
        "edition": _S,
        "season": _S,
        "threshold": _I,
        "verdict": _S,
        "way": _S,
        "seasons": _I,
        "reached": _I,
        "open": _I,
        "missing": _I,
        "meanLow": _F,
        "meanHigh": _F,
        "largest": _I,
        "toMeet": _I,
        "toFail": _I,
        "reason": _S,
        "flips": _B,
    }
)
WATERBIRDS: Mapping[str, Shape] = MappingProxyType(
    {
        "places": {"place": _S, "kind": _S, "name": _S, "countryCode": _S, "longitude": _F, "latitude": _F},
        "summary": {
            "place": _S,
            "criterion": _S,
            "verdict": _S,
            "way": _S,
            "reason": _S,
            "flips": _B,
            "statedBy": _S,
            "statedOn": _D,
        },
        "verdicts": _VERDICTS,
        "numbers": _VERDICTS,
        "seasons": {
            "place": _S,
            "measure": _S,
            "season": _S,
            "year": _I,
            "low": _I,
            "high": _I,  # null: no upper bound
            "state": _S,  # complete | partial | missing
            "date": _D,
            "occasions": _I,
        },
        "turnover": {
            "place": _S,
            "measure": _S,
            "season": _S,
            "year": _I,
            "passedLow": _F,
            "passed": _F,
            "passedHigh": _F,
        },
    }
)
_INDEX: Shape = MappingProxyType(
    {"region": _S, "time": _I, "kind": _S, "index": _F, "se": _F, "low": _F, "high": _F}  # kind: imputed | fitted
)
TRENDS: Mapping[str, Shape] = MappingProxyType(
    {
        "data": {"region": _S, "sites": _I, "years": _I, "observed": _I, "missing": _I, "zeros": _I, "birds": _F},
        "index": _INDEX,
        "totals": {"region": _S, "time": _I, "kind": _S, "total": _F, "se": _F, "low": _F, "high": _F},
        "slopes": {
            "region": _S,
            "from": _I,
            "upto": _I,
            "kind": _S,
            "multiplicative": _F,
            "low": _F,
            "high": _F,
            "p": _F,
            "trend": _S,
        },
        "tests": {"region": _S, "test": _S, "about": _S, "statistic": _F, "df": _F, "p": _F},
        "smooth": {"region": _S, "time": _I, "index": _F, "low": _F, "high": _F},
    }
)
INDICATORS: Mapping[str, Shape] = MappingProxyType(
    {
        "indicator": {"indicator": _S, "time": _I, "index": _F, "low": _F, "high": _F, "species": _I},
        "slopes": {"indicator": _S, "multiplicative": _F, "low": _F, "high": _F, "trend": _S},
    }
)

VERDICTS: Mapping[str, str] = MappingProxyType(
    {
        "met": mark("met"),
        "provisional": mark("provisional"),
        "undecided": mark("undecided"),
        "notMet": mark("not met"),
        "needsStatement": mark("needs a statement"),
    }
)
CRITERIA: Mapping[str, str] = MappingProxyType(
    {
        "R1": mark("Ramsar 1: representative or rare wetland"),
        "R2": mark("Ramsar 2: threatened species"),
        "R3": mark("Ramsar 3: biodiversity of the region"),
        "R4": mark("Ramsar 4: critical stage of life"),
        "R5": mark("Ramsar 5: waterbirds in all"),
        "R6": mark("Ramsar 6: 1\u00a0% of a population of waterbirds"),
        "R7": mark("Ramsar 7: native fish"),
        "R8": mark("Ramsar 8: spawning, nursery or path of fish"),
        "R9": mark("Ramsar 9: 1\u00a0% of a population of other animals"),
        "FA": mark("Flyway A: Ramsar 2, 5 or 6"),
        "FB1": mark("Flyway B i: 0.25\u00a0% of a population on passage"),
        "FB2": mark("Flyway B ii: waterbirds on passage"),
        "FC": mark("Flyway C: exceptional at a stage of life"),
    }
)
SHORT: Mapping[str, str] = MappingProxyType(
    {
        **{
            f"R{number}": text
            for number, text in enumerate(
                (
                    mark("Ramsar 1"),
                    mark("Ramsar 2"),
                    mark("Ramsar 3"),
                    mark("Ramsar 4"),
                    mark("Ramsar 5"),
                    mark("Ramsar 6"),
                    mark("Ramsar 7"),
                    mark("Ramsar 8"),
                    mark("Ramsar 9"),
                ),
                start=1,
            )
        },
        "FA": mark("Flyway A"),
        "FB1": mark("Flyway B i"),
        "FB2": mark("Flyway B ii"),
        "FC": mark("Flyway C"),
    }
)
SEASON_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "breeding": mark("breeding season"),
        "autumn": mark("autumn"),
        "winter": mark("winter"),
        "spring": mark("spring"),
    }
)
WAYS: Mapping[str, str] = MappingProxyType(
    {
        "twoThirds": mark("By two thirds of the seasons."),
        "meanOfMaxima": mark("By the mean of the largest numbers."),
        "list": mark("By the list of threatened species."),
        "statement": mark("A signed statement is there."),
    }
)
LEVEL_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "waterbirds": mark("the number of waterbirds of Ramsar 5"),
        "flyway": mark("the number of waterbirds on passage of the flyway"),
        "quarter": mark("0.25\u00a0% of a population"),
        "flywayCriteria": mark("the wording of the flyway’s criteria"),
        "regularly": mark("the wording of “regularly”"),
    }
)
"""Levels and rules, for the note that says which rest on no text."""
TREND_CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "strongIncrease": mark("strong increase"),
        "moderateIncrease": mark("moderate increase"),
        "stable": mark("stable"),
        "moderateDecline": mark("moderate decline"),
        "strongDecline": mark("strong decline"),
        "uncertain": mark("uncertain"),
    }
)
ABOUT: Mapping[str, str] = MappingProxyType(
    {
        "places": mark("the sites and complexes that were judged"),
        "summary": mark("the verdict on each criterion"),
        "verdicts": mark("every verdict with its threshold, its seasons and its reason"),
        "numbers": mark("of each measure the season that comes nearest its level"),
        "seasons": mark("the largest number of each season, with bounds"),
        "occasions": mark("the number of each day, with bounds"),
        "thresholds": mark("the thresholds, by population and edition"),
        "assigned": mark("which population the birds of a site and season were held against"),
        "turnover": mark("birds that passed, from counts and lengths of stay"),
        "data": mark("what a trend was computed from"),
        "index": mark("the index of each year"),
        "totals": mark("the total of each year over all sites"),
        "slopes": mark("change from year to year, with its class"),
        "coefficients": mark("coefficients of the model"),
        "tests": mark("tests of fit and of change"),
        "smooth": mark("the smooth trend"),
        "indicator": mark("indicators of several species"),
        "counts": mark("the counts that the model took"),
        "members": mark("the species of the indicators"),
    }
)
