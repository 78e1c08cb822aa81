"""How many are there? The section of one species: the estimate, its figures and tables, what it assumes."""

from collections.abc import Mapping, Sequence

import polars as pl

from tumen.report.density_tables import abundance, double_count, effort, goodness, parameters, shares, widths
from tumen.report.document import Block, Text
from tumen.report.population import table
from tumen.report.population_cells import (
    Grids,
    Row,
    animals,
    certain,
    closing,
    country,
    grids,
    known,
    measure,
    model_grid,
    name_of,
    no_estimate,
    rate,
    said,
    with_interval,
)
from tumen.report.words.render import Words
from tumen.tables.answer import Answer

SAID = 3
"""Sessions that have a sentence each; of more, the first and the last have one."""

_GRIDS: Grids = (
    (abundance, "abundance", ("realised", "expected", "density")),
    (double_count, "doubleCount", ("estimate",)),
    (shares, "shares", ("share", "timeShare")),
    (parameters, "parameters", ("estimate",)),
    (model_grid, "models", ("model",)),
    (goodness, "goodness", ("observed",)),
    (widths, "buffer", ("density", "abundance")),
    (effort, "effort", ("stations",)),
)


def density(answer: Answer, pictures: Sequence[Block], words: Words) -> tuple[Block, ...]:
    """Return the section on density and numbers: sentences, figures, tables, notes, assumptions."""
    shown = grids(answer, words, _GRIDS)
    assumptions = _assumptions(answer, words)
    if not estimated(answer):
        sentence = words.text(
            "{species}: density and number of animals could not be estimated from these data, for the reasons "
            "below. That is not an estimate of none.",
            species=name_of(words, answer),
        )
        # The notes say why, and so stand above.
        return (
            *no_estimate(answer, words, sentence),
            *pictures,
            *shown,
            *closing(answer, words, assumptions, notes=False),
        )
    opening = (Text(line) for line in sentences(answer, words))
    return (*opening, *pictures, *shown, *closing(answer, words, assumptions))


def estimated(answer: Answer) -> bool:
    """Return whether any number of animals, or any density, could be estimated."""
    found = table(answer, "abundance").select("realised", "expected", "density")
    return any(known(value) for row in found.iter_rows() for value in row)


def sentences(answer: Answer, words: Words) -> tuple[str, ...]:
    """Return what a reader needs: how many, by country, and what adding national fits would have given."""
    whole = table(answer, "abundance").filter(pl.col("regionKind") == "all")
    rows = [row for row in whole.iter_rows(named=True) if known(row["realised"]) or known(row["expected"])]
    shown = rows if len(rows) <= SAID else [rows[0], rows[-1]]
    several = len(rows) > 1
    lines = []
    for row in shown:
        number = _number(words, row)
        lines.append(
            words.text(
                "{species}, {session}: the number of animals on {area} km² is estimated at {number}; per 100 km² that "
                "is {density}.",
                species=name_of(words, answer),
                session=row["session"] or "–",
                area=measure(words, row["areaKm2"]),
                number=number,
                density=_per_area(words, row),
            )
            if several
            else words.text(
                "{species}: the number of animals on {area} km² is estimated at {number}; per 100 km² that is "
                "{density}.",
                species=name_of(words, answer),
                area=measure(words, row["areaKm2"]),
                number=number,
                density=_per_area(words, row),
            )
        )
        lines += [
            text for text in (_by_country(answer, words, row["session"]), _added(answer, words, row["session"])) if text
        ]
    return tuple(lines)


def quantity(row: Row) -> str:
    """Return which number of a row of `abundance` is shown: the realised one, else the expected."""
    return "realised" if known(row["realised"]) else "expected"


def cell(words: Words, row: Row, name: str) -> str:
    """Return an estimate of a row of `abundance` with its interval, for a cell."""
    say = rate if name == "density" else animals
    return with_interval(say(words, row[name]), say(words, row[f"{name}Low"]), say(words, row[f"{name}High"]))


def unwatched(answer: Answer) -> tuple[str, ...]:
    """Return the countries with animals estimated and no camera: nothing was seen there."""
    stood = table(answer, "effort").filter(pl.col("stations") > 0)["countryCode"].drop_nulls()
    if stood.is_empty():
        return ()
    given = table(answer, "abundance").filter(
        pl.col("regionKind") == "country", pl.col("realised").is_not_null() | pl.col("expected").is_not_null()
    )
    return tuple(sorted({code for code in given["region"] if certain(code)} - set(stood)))


def counted_twice(kinds: Mapping[str, Row]) -> int | None:
    """Return how many animals cameras of more than one country saw, from rows of `doubleCount` by kind.

    So many are in the sum of national fits once more than in the joint fit; null where either number is not known.
    """
    added, joint = kinds["sum"]["animals"], kinds["joint"]["animals"]
    # The joint fit may know animals that only cameras of no certain country saw.
    return None if added is None or joint is None else max(added - joint, 0)


def _number(words: Words, row: Row) -> str:
    name = quantity(row)
    return said(words, *(animals(words, row[f"{name}{part}"]) for part in ("", "Low", "High")))


def _per_area(words: Words, row: Row) -> str:
    return cell(words, row, "density")


def _by_country(answer: Answer, words: Words, session: str | None) -> str:
    rows = table(answer, "abundance").filter(
        pl.col("regionKind") == "country", pl.col("session").eq_missing(pl.lit(session, pl.String))
    )
    parts = [
        f"{country(words, row['region'])} {cell(words, row, quantity(row))}"
        for row in rows.iter_rows(named=True)
        if row["region"] and known(row[quantity(row)])
    ]
    return words.text("Of them by country: {parts}.", parts=words.listing(parts)) if parts else ""


def _added(answer: Answer, words: Words, session: str | None) -> str:
    """Return what fitting each country alone and adding up would have given."""
    rows = table(answer, "doubleCount").filter(pl.col("session").eq_missing(pl.lit(session, pl.String)))
    kinds = {row["kind"]: row for row in rows.iter_rows(named=True)}
    if not all(kind in kinds and known(kinds[kind]["estimate"]) for kind in ("sum", "joint")):
        return ""
    added, joint = kinds["sum"], kinds["joint"]
    total = with_interval(*(animals(words, added[part]) for part in ("estimate", "low", "high")))
    excess = added["estimate"] - joint["estimate"]
    if animals(words, added["estimate"]) == animals(words, joint["estimate"]) or excess <= 0:
        return words.text("Fitting each country alone and adding up would have given {total}.", total=total)
    return words.text(
        "Fitting each country alone and adding up would have given {total}: {excess} more than the one joint fit "
        "gives for the same ground. Animals seen by cameras of more than one country, and so counted twice: {twice}. "
        "For the rest, ground near cameras of both countries counts in both fits, and fits of few animals are less "
        "certain.",
        total=total,
        excess=animals(words, excess),
        twice=words.number(counted_twice(kinds)),
    )


def _assumptions(answer: Answer, words: Words) -> tuple[str, ...]:
    items = [
        words.text(
            "Every animal has one centre of activity that stays where it is during a session. The farther a station is "
            "from it, the rarer the animal is detected there."
        ),
        words.text("During a session nobody is born, dies, comes or goes for good."),
        words.text(
            "Detections of one animal do not make others more likely, except as the model says, and every detection "
            "bears the name of the right animal. Where an interval with identity error is shown, the latter is not "
            "assumed."
        ),
        words.text(
            "One model is fitted to the stations of all countries at once. The border is no barrier in it, and an "
            "animal seen on both sides is one animal."
        ),
        words.text(
            "The number of a country is the number of centres on its ground. An animal whose centre is near the border "
            "counts for each side by the chance that its centre is there."
        ),
        words.text(
            "The realised number is of the animals that were there during the survey; the expected one is what such "
            "ground would hold on average."
        ),
    ]
    if codes := unwatched(answer):
        items.append(
            words.text(
                "No camera stood in {countries}: its number is what the model expects of such ground, and nothing was "
                "seen there.",
                countries=words.listing(words.country(code) for code in codes),
            )
        )
    return tuple(items)
