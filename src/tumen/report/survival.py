"""Will they last? The section of one species on survival and numbers over years."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import polars as pl

from tumen.report.cells import capital
from tumen.report.document import Block, Column, Grid, Text
from tumen.report.population import file_name, table
from tumen.report.population_cells import (
    Grids,
    Row,
    animals,
    between,
    closing,
    error,
    grids,
    known,
    level,
    model_grid,
    name_of,
    no_estimate,
    rate,
    said,
    with_interval,
)
from tumen.report.words.marking import mark
from tumen.report.words.render import Words
from tumen.tables.answer import Answer

QUANTITIES: Mapping[str, str] = MappingProxyType(
    {
        "N": mark("animals"),
        "births": mark("recruits"),
        "lambda": mark("growth: animals for each one a year before"),
    }
)
SPATIAL: Mapping[str, str] = MappingProxyType(
    {
        "phi": mark("survival"),
        "gamma": mark("recruits for each animal"),
        "lambda": mark("growth: animals for each one a year before"),
        "sigma": mark("how far animals move: spatial scale, m"),
        "sigmaCentre": mark("how far centres move between years, m"),
        "tau": mark("how far centres move between years, m"),
        "g0": mark("chance of a detection at the centre, a station and an occasion"),
        "lambda0": mark("expected detections at the centre, a station and an occasion"),
        "psi": mark("share of the possible animals that are real"),
        "D": mark("density"),
    }
)


def survival(answer: Answer, pictures: Sequence[Block], words: Words) -> tuple[Block, ...]:
    """Return the section on survival: sentences, figure, tables, notes, assumptions."""
    every: Grids = (
        (_survival, "survival", ("estimate",)),
        (_population, "population", ("estimate",)),
        (_detection, "detection", ("estimate",)),
        (_spatial, "spatial", ("estimate",)),
        (model_grid, "models", ("model",)),
    )
    shown = grids(answer, words, every)
    assumptions = _assumptions(answer, words)
    if not estimated(answer):
        sentence = words.text(
            "{species}: survival could not be estimated from these data, for the reasons below. That says nothing of "
            "how many survive.",
            species=name_of(words, answer),
        )
        return (
            *no_estimate(answer, words, sentence),
            *pictures,
            *shown,
            *closing(answer, words, assumptions, notes=False),
        )
    opening = (Text(line) for line in sentences(answer, words))
    return (*opening, *pictures, *shown, *closing(answer, words, assumptions))


def estimated(answer: Answer) -> bool:
    """Return whether survival, numbers or anything of the spatial model could be estimated."""
    parts = (table(answer, "survival"), _numbers(answer), table(answer, "spatial"))
    return any(known(value) for part in parts for value in part["estimate"])


def _numbers(answer: Answer) -> pl.DataFrame:
    """Return the numbers of animals of sessions in which somebody looked: those of others are only projected."""
    counted = table(answer, "population").filter(pl.col("quantity") == "N", pl.col("estimate").is_not_null())
    looked = answer.tables.get("histories")
    if looked is None:
        return counted
    idle = looked.filter(pl.col("cameraDays") == 0)["year"]
    return counted.filter(pl.col("year").is_in(idle.implode()).not_().fill_null(True))


def sentences(answer: Answer, words: Words) -> tuple[str, ...]:
    """Return what a reader needs: survival of each sex or its span over years, and the last number not projected."""
    lines = []
    if parts := [_phi(words, group, sex) for sex, group in _by_sex(answer)]:
        lines.append(
            words.text(
                "{species}: of the animals alive, this share was alive and still there a year later: {parts}.",
                species=name_of(words, answer),
                parts=words.listing(parts),
            )
        )
    counted = _numbers(answer)
    if counted.height:
        last = counted.row(-1, named=True)
        number = said(words, *(animals(words, last[part]) for part in ("estimate", "low", "high")))
        lines.append(
            words.text("Estimated number of animals in {year}: {number}.", year=last["year"] or "–", number=number)
        )
    if not lines:
        lines.append(
            words.text("{species}: the table of the spatial model has the estimates.", species=name_of(words, answer))
        )
    return tuple(lines)


def _by_sex(answer: Answer) -> list[tuple[str | None, pl.DataFrame]]:
    frame = table(answer, "survival").filter(pl.col("estimate").is_not_null())
    return [(sex, rows) for (sex,), rows in frame.group_by("sex", maintain_order=True)]


def _phi(words: Words, rows: pl.DataFrame, sex: str | None) -> str:
    """Return the survival of one sex: its estimate with the interval, or from the least to the greatest over years."""
    values = [(row["estimate"], row["low"], row["high"]) for row in rows.iter_rows(named=True)]
    if len(set(values)) == 1:
        text = said(words, *(rate(words, part) for part in values[0]))
    else:
        least, most = min(values, key=lambda v: v[0]), max(values, key=lambda v: v[0])
        text = words.text(
            "from {least} to {most}, by year",
            least=with_interval(*(rate(words, part) for part in least)),
            most=with_interval(*(rate(words, part) for part in most)),
        )
    return text if sex is None else f"{level(words, sex)} {text}"


def _survival(answer: Answer, words: Words) -> tuple[Grid, ...]:
    return _rates(answer, words, "survival", words.text("Survival"))


def _detection(answer: Answer, words: Words) -> tuple[Grid, ...]:
    return _rates(answer, words, "detection", words.text("Chance of being found again"))


def _rates(answer: Answer, words: Words, name: str, title: str) -> tuple[Grid, ...]:
    frame = table(answer, name)
    sexes = bool(frame["sex"].is_not_null().any())
    rows = tuple(
        (
            row["year"] or words.text("all years"),
            *((level(words, row["sex"]),) if sexes else ()),
            *_estimate(words, row),
        )
        for row in frame.iter_rows(named=True)
    )
    columns = (
        Column(words.text("Year")),
        *((Column(words.text("Sex")),) if sexes else ()),
        *_estimate_columns(words),
    )
    note = words.text("“–”: not estimable; it is not zero.") if frame["estimate"].null_count() else ""
    return (Grid(title, columns, rows, (file_name(answer, name),), note),)


def _population(answer: Answer, words: Words) -> tuple[Grid, ...]:
    frame = table(answer, "population")
    kinds = [name for name in QUANTITIES if (frame["quantity"] == name).any()]
    kinds += sorted(set(frame["quantity"].drop_nulls()) - set(kinds))
    cells = {(row["year"], row["quantity"]): row for row in frame.iter_rows(named=True)}
    rows = tuple(
        (
            year or words.text("all years"),
            *(_short(words, cells.get((year, kind)), kind) for kind in kinds),
        )
        for year in frame["year"].unique(maintain_order=True)
    )
    titles = (capital(words.text(QUANTITIES[kind])) if kind in QUANTITIES else kind for kind in kinds)
    columns = (Column(words.text("Year")), *(Column(title, "right") for title in titles))
    note = words.text("In brackets: 95\u00a0% interval. “–”: not estimable; it is not zero.")
    return (Grid(words.text("Numbers over the years"), columns, rows, (file_name(answer, "population"),), note),)


def _short(words: Words, row: Row | None, kind: str) -> str:
    if row is None:
        return "–"
    say = rate if kind == "lambda" else animals
    return with_interval(*(say(words, row[part]) for part in ("estimate", "low", "high")))


def _spatial(answer: Answer, words: Words) -> tuple[Grid, ...]:
    frame = table(answer, "spatial")
    rows = []
    for row in frame.iter_rows(named=True):
        name = row["parameter"] or "–"
        shown = (name, words.text(SPATIAL[name])) if name in SPATIAL else name
        rows.append((shown, row["session"] or "–", level(words, row["sex"]), *_estimate(words, row)))
    columns = (
        Column(words.text("Parameter")),
        Column(words.text("Session")),
        Column(words.text("Sex")),
        *_estimate_columns(words),
    )
    title = words.text("Survival, recruitment and movement in one spatial model")
    return (Grid(title, columns, tuple(rows), (file_name(answer, "spatial"),)),)


def _estimate(words: Words, row: Row) -> tuple[str, str, str]:
    return (
        rate(words, row["estimate"]),
        error(words, row["se"]),
        between(rate(words, row["low"]), rate(words, row["high"])) or "–",
    )


def _estimate_columns(words: Words) -> tuple[Column, ...]:
    titles = (words.text("estimate"), words.text("standard error"), words.text("95\u00a0% interval"))
    return tuple(Column(title, "right") for title in titles)


def _assumptions(answer: Answer, words: Words) -> tuple[str, ...]:
    items = [
        words.text(
            "Survival here is apparent: an animal that left for good and one that died are not told apart, unless the "
            "spatial model is used."
        ),
        words.text("Animals of one sex and year survive alike, and one’s fate does not change another’s."),
        words.text("Those alive and there are found with the same chance, whether or not they were found before."),
        words.text("No animal is taken for another, and none loses the marks it is known by."),
    ]
    if table(answer, "population").height:
        items.append(
            words.text(
                "Numbers and recruits also assume that animals never seen are found as easily as those that were. A "
                "recruit was born or came from elsewhere."
            )
        )
    if table(answer, "spatial").height:
        items.append(
            words.text(
                "In the spatial model centres of activity may move from year to year, on the ground of the survey."
            )
        )
    return tuple(items)
