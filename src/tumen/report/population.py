"""The answers on numbers: density, survival and diversity of one species each; their tables, and what these are called.

A report holds one `Answer` of each name and species. A table is read through `table`, which gives every column its
type; null means not estimable. A table that an answer leaves out is empty.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import polars as pl

from tumen.errors import ColumnError, MisuseError, Text, nearest
from tumen.report import waterbird_tables
from tumen.report.figure import slug
from tumen.report.words.marking import mark
from tumen.report.words.render import Words
from tumen.tables.answer import Answer, Value

Shape = Mapping[str, pl.DataType | type[pl.DataType]]

_S, _I, _F, _B = pl.String, pl.Int64, pl.Float64, pl.Boolean
_ESTIMATE: Shape = MappingProxyType({"estimate": _F, "se": _F, "low": _F, "high": _F})
_MODELS: Shape = MappingProxyType(
    {"model": _S, "parameters": _I, "logLik": _F, "aicc": _F, "delta": _F, "weight": _F, "status": _S}
)

DENSITY: Mapping[str, Shape] = MappingProxyType(
    {
        "models": _MODELS,
        "parameters": {"parameter": _S, "session": _S, "level": _S, **_ESTIMATE, "unit": _S},
        "abundance": {
            "session": _S,
            "regionKind": _S,  # all | country | protectedArea
            "region": _S,  # code of the country, name of the area; null: all
            "areaKm2": _F,
            **{f"expected{part}": _F for part in ("", "Se", "Low", "High")},
            **{f"realised{part}": _F for part in ("", "Se", "Low", "High")},
            **{f"density{part}": _F for part in ("", "Low", "High")},  # per 100 km2
            "identityLow": _F,
            "identityHigh": _F,
        },
        "shares": {
            "session": _S,
            "individualID": _S,
            "sex": _S,
            "detections": _I,
            "countryCode": _S,
            "share": _F,
            "timeShare": _F,
        },
        "doubleCount": {
            "session": _S,
            "countryCode": _S,
            "kind": _S,
            "animals": _I,
            "estimate": _F,
            "low": _F,
            "high": _F,
        },
        "buffer": {"buffer": _F, "areaKm2": _F, "density": _F, "abundance": _F},
        "goodness": {"session": _S, "statistic": _S, "observed": _F, "expected": _F, "low": _F, "high": _F, "p": _F},
        "surface": {
            "session": _S,
            "longitude": _F,
            "latitude": _F,
            "areaKm2": _F,
            "countryCode": _S,
            "expected": _F,  # per 100 km2
            "realised": _F,
        },
        "effort": {
            "session": _S,
            "countryCode": _S,
            "stations": _I,
            "occasions": _I,
            "cameraDays": _F,
            "animals": _I,
            "detections": _I,
            "spatialRecaptures": _I,
        },
    }
)
SURVIVAL: Mapping[str, Shape] = MappingProxyType(
    {
        "survival": {"year": _S, "sex": _S, **_ESTIMATE},
        "detection": {"year": _S, "sex": _S, **_ESTIMATE},
        "population": {"year": _S, "quantity": _S, **_ESTIMATE},  # N | births | lambda
        "models": _MODELS,
        "spatial": {"parameter": _S, "session": _S, "sex": _S, **_ESTIMATE},
    }
)
DIVERSITY: Mapping[str, Shape] = MappingProxyType(
    {
        "groups": {
            "group": _S,
            "individuals": _I,
            **dict.fromkeys(("A", "AR", "He", "Ho", "FIS", "FISlow", "FIShigh"), _F),
            "privateAlleles": _I,
        },
        "loci": {"locus": _S, "alleles": _I, "typed": _I, "Ho": _F, "He": _F, "FIS": _F, "hweP": _F},
        "differentiation": {"groupA": _S, "groupB": _S, "FST": _F, "low": _F, "high": _F, "p": _F},
        "effectiveSize": {"group": _S, "method": _S, "Ne": _F, "infinite": _B, "low": _F, "high": _F},
        "bottleneck": {"group": _S, "model": _S, "test": _S, "p": _F},
        "relatedness": {"groupA": _S, "groupB": _S, "estimator": _S, "mean": _F, "low": _F, "high": _F},
        "migrants": {"individualID": _S, "group": _S, "assigned": _S, "ratio": _F, "p": _F},
        "ordination": {
            "individualID": _S,
            "group": _S,
            "axis1": _F,
            "axis2": _F,
            "explained1": _F,  # share of the variation, 0 to 1
            "explained2": _F,
        },
    }
)
SHAPES: Mapping[str, Mapping[str, Shape]] = MappingProxyType(
    {
        "density": DENSITY,
        "survival": SURVIVAL,
        "diversity": DIVERSITY,
        "waterbirds": waterbird_tables.WATERBIRDS,
        "trends": waterbird_tables.TRENDS,
        "indicators": waterbird_tables.INDICATORS,
    }
)
_ALSO: Mapping[str, str] = MappingProxyType({"year": "interval"})
"""Second spellings of a column: survival is of the interval between two years."""

_ABOUT: Mapping[str, str] = MappingProxyType(
    {
        "models": mark("the models that were compared"),
        "parameters": mark("estimates of the best model"),
        "abundance": mark("number of animals by region, with intervals"),
        "shares": mark("in which country each animal’s centre of activity is likely to be"),
        "doubleCount": mark("fits of each country alone beside the joint fit"),
        "buffer": mark("the estimate for wider and narrower areas"),
        "goodness": mark("how well the model fits"),
        "surface": mark("density cell by cell; as private as the stations’ positions"),
        "effort": mark("what the fit was made from, by country"),
        "survival": mark("survival by interval and sex"),
        "detection": mark("chance of being found again, by year and sex"),
        "population": mark("number of animals, recruits and growth by year"),
        "spatial": mark("estimates of the spatial open model"),
        "groups": mark("genetic diversity by side"),
        "loci": mark("genetic diversity by locus"),
        "differentiation": mark("genetic difference between sides"),
        "effectiveSize": mark("effective population size"),
        "bottleneck": mark("tests for a recent bottleneck"),
        "relatedness": mark("relatedness within and between sides"),
        "migrants": mark("from which side each animal’s genotype comes"),
        "ordination": mark("genotypes in two dimensions"),
        **waterbird_tables.ABOUT,
    }
)


def table(answer: Answer, name: str) -> pl.DataFrame:
    """Return a table of an answer with the columns of `SHAPES` in their types; empty if the answer leaves it out.

    Raises `ColumnError` if the table lacks one of them. A float that is not a number is null.

    >>> table(Answer("survival", {}), "spatial").columns
    ['parameter', 'session', 'sex', 'estimate', 'se', 'low', 'high']
    """
    shape = SHAPES[answer.name][name]
    frame = answer.tables.get(name)
    if frame is None:
        return pl.DataFrame(schema=dict(shape))
    frame = frame.rename(
        {old: new for new, old in _ALSO.items() if new in shape and new not in frame.columns}, strict=False
    )
    absent = [column for column in shape if column not in frame.columns]
    if absent:
        raise ColumnError(
            Text(
                "columns {columns} in the table '{table}' of the answer '{name}'",
                columns=", ".join(shape),
                table=name,
                name=answer.name,
            ),
            f"no {', '.join(absent)}",
            "Fill them; a column without values is null, not absent.",
        )
    # What arithmetic calls "not a number" is not estimable too.
    return frame.select(
        pl.col(column).cast(dtype).fill_nan(None) if dtype == pl.Float64 else pl.col(column).cast(dtype)
        for column, dtype in shape.items()
    )


def check(answers: Iterable[Answer]) -> None:
    """Refuse answers of other names, two of one name and species, and tables that lack a column."""
    seen = set()
    for answer in answers:
        if answer.name not in SHAPES:
            raise MisuseError(
                Text("an answer of the names {names}", names=", ".join(SHAPES)),
                f"'{answer.name}'",
                nearest(answer.name, tuple(SHAPES)),
            )
        if section_name(answer) in seen:
            raise MisuseError("one answer of each name and species", section_name(answer), "Pass one of them.")
        seen.add(section_name(answer))
        for name in SHAPES[answer.name]:
            table(answer, name)


def species_of(answer: Answer) -> str:
    """Return the species' scientific name; empty if the answer does not say.

    >>> species_of(Answer("density", {}, (), {"species": "Panthera tigris"})), species_of(Answer("density", {}))
    ('Panthera tigris', '')
    """
    return str(answer.parameters.get("species", ""))


def section_name(answer: Answer) -> str:
    """Return the anchor of the section that shows an answer.

    >>> section_name(Answer("density", {}, (), {"species": "Panthera tigris"})), section_name(Answer("survival", {}))
    ('density-panthera-tigris', 'survival')
    """
    species = species_of(answer)
    return f"{answer.name}-{slug(species)}" if species else answer.name


def file_name(answer: Answer, name: str) -> str:
    """Return under which name a report cites a table of an answer: `tables/NAME.csv`.

    >>> file_name(Answer("density", {}, (), {"species": "Panthera tigris"}), "abundance")
    'density-panthera-tigris-abundance'
    """
    return f"{section_name(answer)}-{name}"


def tables(answers: Sequence[Answer]) -> Mapping[str, pl.DataFrame]:
    """Return every table the answers give by the name under which it is cited; also those the report does not know."""
    return {file_name(answer, name): frame for answer in answers for name, frame in answer.tables.items()}


def about(answers: Sequence[Answer], words: Words) -> Mapping[str, str]:
    """Return what each of these tables holds."""
    return {
        file_name(answer, name): words.text(_ABOUT[name])
        for answer in answers
        for name in answer.tables
        if name in _ABOUT
    }


def parameters(answers: Sequence[Answer]) -> Mapping[str, Value]:
    """Return the parameters that were in force, under names that say of which answer they are.

    >>> dict(parameters([Answer("density", {}, (), {"species": "Panthera tigris", "buffer": 25000.0})]))
    {'density-panthera-tigris.buffer': 25000.0}
    """
    return {
        f"{section_name(answer)}.{name}": value
        for answer in answers
        for name, value in answer.parameters.items()
        if name != "species"
    }
