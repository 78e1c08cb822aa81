"""What was found, in sentences and tables: the key results and the transborder table."""

import polars as pl

from tumen.report.cells import at_least, capital, real, species_name, whole
from tumen.report.document import Block, Card, Cards, Column, Grid, Warn
from tumen.report.population_sections import headlines
from tumen.report.source import ReportSource
from tumen.report.words.marking import mark
from tumen.report.words.render import Words

STAGES = {"adult": mark("adults"), "cub": mark("cubs")}

_NOT_ASKED = frozenset({"left-out-other-species", "left-out-outside-period"})
_NOT_USED = frozenset(
    {
        "detections-incomplete",
        "left-out-doubtful-instant",
        "left-out-outliers",
        "left-out-without-instant",
        "possible-identifications-left-out",
    }
)
"""Notes of an answer on detections that were left out: the study does not ask for them, or they cannot be relied on."""


def key_results(source: ReportSource, words: Words) -> tuple[Block, ...]:
    """Return a card for each species, or the plain statement that there is nothing to count."""
    summary = source.crossings.tables["summary"]
    if summary.is_empty():
        return (Warn(_nobody(source, words)),)
    cards = [_card(source, words, str(name or ""), rows) for (name,), rows in _by_species(source, summary)]
    return (Cards(tuple(cards)),)


def _nobody(source: ReportSource, words: Words) -> str:
    """Return why there is no animal to count, and what the report shows all the same."""
    codes = {note.code for note in source.crossings.notes}
    if codes & _NOT_ASKED:
        why = words.text(
            "No identified individual of the study’s species and period was found, so nothing can be said about who "
            "crossed or how many animals there are."
        )
    elif codes & _NOT_USED:
        why = words.text(
            "No detection of an identified individual could be used, so nothing can be said about who crossed or how "
            "many animals there are."
        )
    else:
        why = words.text(
            "No individual was identified in the pooled data, so nothing can be said about who crossed or how many "
            "animals there are."
        )
    if source.stations.is_empty():
        return why
    shown = words.text("The report shows where and how long cameras stood, and which stations saw the species.")
    return f"{why} {shown}"


def headline(words: Words, row: dict[str, object], *, countries: int = 2, surveyed: int = 1) -> str:
    """Return the key sentence of one row of `summary`: how many of how many were found on both sides.

    `countries`: those of the report. `surveyed`: those in which the species could have been found; it matters where
    there are fewer than two, and so no share.

    >>> headline(Words("en"), {"scientificName": "Panthera tigris", "union": 45, "onBothSides": 19, "share": 19 / 45,
    ...     "shareLow": 0.290, "shareHigh": 0.567}).replace(chr(160), " ")
    '19 of 45 tigers (42.2 %, 95 % interval 29.0–56.7 %) were found on both sides of the border.'
    """
    species, union, both = str(row["scientificName"] or ""), whole(row["union"]), row["onBothSides"]
    if not isinstance(both, int) and not surveyed:
        return words.plural(
            "{count} animal was identified. In no country is it certain that a camera stood or an animal was seen, so "
            "nothing can be said about sides.",
            "{count} animals were identified. In no country is it certain that a camera stood or an animal was seen, "
            "so nothing can be said about sides.",
            union,
        )
    if not isinstance(both, int):
        return words.plural(
            "{count} animal was identified. Only one country was surveyed, so nothing can be said about the other "
            "side.",
            "{count} animals were identified. Only one country was surveyed, so nothing can be said about the other "
            "side.",
            union,
        )
    values = {
        "share": words.percent(real(row["share"])),
        "low": words.number(real(row["shareLow"]) * 100, 1),
        "high": words.percent(real(row["shareHigh"])),
    }
    of_all = words.of_species(species, union)
    if of_all is None:
        of_all = words.plural("of {count} animal", "of {count} animals", union)
    if countries == 2:
        return words.plural(
            "{count} {ofAll} ({share}, 95\u00a0% interval {low}–{high}) was found on both sides of the border.",
            "{count} {ofAll} ({share}, 95\u00a0% interval {low}–{high}) were found on both sides of the border.",
            both,
            ofAll=of_all,
            **values,
        )
    return words.plural(
        "{count} {ofAll} ({share}, 95\u00a0% interval {low}–{high}) was found in more than one country.",
        "{count} {ofAll} ({share}, 95\u00a0% interval {low}–{high}) were found in more than one country.",
        both,
        ofAll=of_all,
        **values,
    )


def _by_species(source: ReportSource, frame: pl.DataFrame) -> list[tuple[tuple[object], pl.DataFrame]]:
    """Return the rows of each species: those of the study in its order, then any other."""
    order = {name: number for number, name in enumerate(source.species)}
    groups = [((name,), rows) for (name,), rows in frame.group_by("scientificName", maintain_order=True)]
    return sorted(groups, key=lambda group: (order.get(str(group[0][0]), len(order)), str(group[0][0])))


def _card(source: ReportSource, words: Words, scientific: str, rows: pl.DataFrame) -> Card:
    by_stage = {str(row["stage"]): row for row in rows.iter_rows(named=True)}
    main = by_stage.get("adult") or next(iter(by_stage.values()))
    surveyed = _surveyed(source, main)
    sentences = [
        headline(words, main, countries=len(source.country_codes), surveyed=surveyed),
        *_sums(source, words, main),
    ]
    if main["onBothSides"] is not None:
        sentences.append(_crossed(source, words, main))
    cubs = by_stage.get("cub")
    if cubs is not None and cubs is not main:
        sentences.append(_cubs(words, cubs))
    sentences += _impossible(source, words, main)
    sentences += headlines(source.population, words, scientific)
    name = words.species(scientific) if scientific else None
    number = f"{main['onBothSides']} / {main['union']}" if main["onBothSides"] is not None else str(main["union"])
    return Card(
        capital(name.common) if name and name.common else words.text("Species not stated") if not scientific else "",
        scientific,
        number,
        tuple(sentences),
    )


def _sums(source: ReportSource, words: Words, row: dict[str, object]) -> list[str]:
    adding, parties = whole(row["addingCountries"]), whole(row["addingParties"])
    union, excess = whole(row["union"]), whole(row["excessCountries"])
    said = []
    if row["onBothSides"] is not None:
        said.append(
            words.plural(
                "Adding national lists would have given {sum}: {count} too many.",
                "Adding national lists would have given {sum}: {count} too many.",
                excess,
                sum=adding,
            )
            if excess
            else words.text("Adding national lists would have given the same number, {sum}.", sum=adding)
        )
    if source.parties.height > 1 and parties != adding:
        said.append(
            words.text(
                "Adding the lists of all {parties} parties would have given {sum}.",
                parties=source.parties.height,
                sum=parties,
            )
        )
    if adding - excess < union:
        said.append(
            words.plural(
                "For {count} animal the country is not certain at any encounter.",
                "For {count} animals the country is not certain at any encounter.",
                union - (adding - excess),
            )
        )
    return said


def _surveyed(source: ReportSource, row: dict[str, object]) -> int:
    """Return in how many countries the animals of a row of `summary` have a count, be it 0."""
    counted = source.crossings.tables["joint"].filter(
        pl.col("scientificName").eq_missing(pl.lit(row["scientificName"])),
        pl.col("stage") == row["stage"],
        ~pl.col("area").is_in(["union", "sideUnknown"]) & ~pl.col("area").str.contains("|", literal=True),
    )
    return counted["individuals"].count()


def _crossed(source: ReportSource, words: Words, row: dict[str, object]) -> str:
    low, high = whole(row["crossings"]), whole(row["crossingsHigh"])
    if high == 0 and source.stations.is_empty():
        return words.text("No crossing was seen; only the tracked animals could show one.")
    if high == 0:
        return words.text("No crossing was seen; where no camera stood, none could be.")
    if low == high:
        return words.plural(
            "They crossed the border at least {count} time.", "They crossed the border at least {count} times.", low
        )
    return words.plural(
        "They crossed the border at least {count} time; uncertain positions allow {high}.",
        "They crossed the border at least {count} times; uncertain positions allow {high}.",
        low,
        high=high,
    )


def _impossible(source: ReportSource, words: Words, row: dict[str, object]) -> list[str]:
    """Return the sentence that takes back some of the crossings of a species, adults and cubs; none if all could be."""
    count = source.crossings.tables["crossings"].filter(
        pl.col("scientificName").eq_missing(pl.lit(row["scientificName"])), pl.col("impossible")
    )
    if count.is_empty():
        return []
    return [
        words.plural(
            "{count} of the crossings found would need more than {speed} km/h: a clock or an identity is wrong.",
            "{count} of the crossings found would need more than {speed} km/h: a clock or an identity is wrong.",
            count.height,
            speed=source.crossings.parameters["maxSpeedKmPerHour"],
        )
    ]


def _cubs(words: Words, row: dict[str, object]) -> str:
    both = row["onBothSides"]
    if not isinstance(both, int):
        return words.text("Cubs are counted apart: {union}.", union=whole(row["union"]))
    return words.text(
        "Cubs are counted apart: {union}, of them {both} in more than one country.",
        union=whole(row["union"]),
        both=both,
    )


def transborder(source: ReportSource, words: Words) -> tuple[Block, ...]:
    """Return the joint table and the summary table."""
    if source.crossings.tables["summary"].is_empty():
        return ()
    return (_joint(source, words), _summary(source, words), *_identity_error(source, words))


def _joint(source: ReportSource, words: Words) -> Grid:
    joint = source.crossings.tables["joint"]
    areas = joint["area"].unique().to_list()
    single = sorted(a for a in areas if "|" not in a and a not in ("union", "sideUnknown"))
    several = sorted((a for a in areas if "|" in a), key=lambda a: (a.count("|"), a))
    unsure = bool((joint.filter(pl.col("area") == "sideUnknown")["individuals"] > 0).any())
    shown = [*single, *several, *(["sideUnknown"] if unsure else []), "union"]
    titles = {
        **{area: words.text("seen in {country}", country=words.country(area)) for area in single},
        **{area: words.text("of them in {countries}", countries=_both(words, area)) for area in several},
        "sideUnknown": words.text("side not certain"),
        "union": words.text("together, each counted once"),
    }
    rows = []
    for (name,), group in _by_species(source, joint):
        for (stage,), part in group.group_by("stage", maintain_order=True):
            counts = dict(part.select("area", "individuals").iter_rows())
            zero = {area: 0 for area in several}
            cells = [words.number({**zero, **counts}.get(area)) for area in shown]
            rows.append((*_who(words, str(name or ""), str(stage)), *cells))
    note = words.text("“–”: not surveyed, so there is no count; it is not zero.") if _has_gap(rows) else ""
    return Grid(
        words.text("Individuals by country"),
        (*_who_columns(words), *(Column(titles[area], "right") for area in shown)),
        tuple(rows),
        ("joint",),
        note,
    )


def _summary(source: ReportSource, words: Words) -> Grid:
    rows = []
    for (name,), group in _by_species(source, source.crossings.tables["summary"]):
        for row in group.iter_rows(named=True):
            interval = "–"
            if row["shareLow"] is not None:
                interval = f"{words.number(row['shareLow'] * 100, 1)}–{words.percent(row['shareHigh'])}"
            rows.append(
                (
                    *_who(words, str(name or ""), row["stage"]),
                    words.number(row["union"]),
                    words.number(row["onBothSides"]),
                    words.percent(row["share"]),
                    interval,
                    words.number(row["addingCountries"]),
                    words.number(row["addingParties"]),
                    at_least(words, row["crossings"], row["crossingsHigh"]),
                )
            )
    titles = (
        words.text("together"),
        words.text("in more than one country"),
        words.text("share"),
        words.text("95\u00a0% interval"),
        words.text("national lists added"),
        words.text("parties’ lists added"),
        words.text("crossings, at least"),
    )
    columns = (*_who_columns(words), *(Column(title, "right") for title in titles))
    return Grid(words.text("On both sides, and what adding lists gives"), columns, tuple(rows), ("summary",))


NUMBERS = {
    "union": mark("animals together"),
    "onBothSides": mark("in more than one country"),
    "crossings": mark("crossings, at least"),
}


def _identity_error(source: ReportSource, words: Words) -> tuple[Grid, ...]:
    """Return the numbers with the interval that identity error gives them, where the study asked for it."""
    table = source.crossings.tables.get("identityError")
    if table is None or table.is_empty():
        return ()
    rows = []
    for (name,), group in _by_species(source, table):
        for row in group.iter_rows(named=True):
            interval = f"{words.number(row['low'])}–{words.number(row['high'])}"
            said = (words.text(NUMBERS[row["quantity"]]), words.number(row["recorded"]), interval)
            rows.append((*_who(words, str(name or ""), row["stage"]), *said))
    columns = (
        *_who_columns(words),
        Column(words.text("number")),
        Column(words.text("as the register has it"), "right"),
        Column(words.text("95\u00a0% interval with identity error"), "right"),
    )
    note = words.text("The interval holds wrong links and wrong names. It does not hold animals that no camera saw.")
    return (
        Grid(words.text("How far wrong names may move these numbers"), columns, tuple(rows), ("identityError",), note),
    )


def _who(words: Words, scientific: str, stage: str) -> tuple[str, str]:
    return species_name(words, scientific), words.text(STAGES[stage])


def _who_columns(words: Words) -> tuple[Column, Column]:
    return Column(words.text("Species")), Column(words.text("Stage"))


def _both(words: Words, codes: str) -> str:
    names = [words.country(code) for code in codes.split("|")]
    return words.text("{first} and {last}", first=", ".join(names[:-1]), last=names[-1])


def _has_gap(rows: list[tuple[str, ...]]) -> bool:
    return any("–" in row[2:] for row in rows)
