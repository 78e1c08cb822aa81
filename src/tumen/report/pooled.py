"""What was pooled: parties, stations, camera-days; and effort by country."""

import polars as pl

from tumen.report.document import Block, Column, Grid, Text, Warn
from tumen.report.source import ReportSource
from tumen.report.words.render import Words


def pooled(source: ReportSource, words: Words) -> tuple[Block, ...]:
    """Return what each party brought, and where and how long cameras stood."""
    blocks: list[Block] = [Text(_sentence(source, words)), _parties(source, words)]
    if source.effort.height:
        blocks.append(_effort(source, words))
    if not source.effort_known:
        who = source.parties.filter(~pl.col("effortKnown"))["party"].to_list()
        blocks.append(
            Warn(
                words.text(
                    "{parties} gave positions of tracked animals, not cameras. How hard anyone looked elsewhere is "
                    "unknown, so absence from one side means nothing.",
                    parties=words.listing(who),
                )
            )
        )
    return tuple(blocks)


def camera_days(words: Words, days: float | None, *, failures_known: bool | None) -> str:
    r"""Return camera-days as they may be claimed: unknown, at most (failures not recorded), or a number.

    >>> words = Words("en")
    >>> camera_days(words, 1234.4, failures_known=True), camera_days(words, 1234.4, failures_known=False)
    ('1,234', '≤\xa01,234')
    >>> camera_days(words, None, failures_known=None)
    'unknown'
    """
    if days is None:
        return words.text("unknown")
    return words.number(days) if failures_known else f"≤\u00a0{words.number(days)}"


def _sentence(source: ReportSource, words: Words) -> str:
    parties, effort = source.parties, source.effort
    known = parties.filter("effortKnown")
    counts = {
        "parties": words.plural("{count} party", "{count} parties", parties.height),
        "stations": words.plural("{count} station", "{count} stations", _sum(parties, "stations")),
        "deployments": words.plural("{count} deployment", "{count} deployments", _sum(parties, "deployments")),
        "countries": words.listing(words.country(code) for code in source.country_codes) or "–",
    }
    if known.is_empty():
        return words.text(
            "The data of {parties} were pooled ({countries}). They hold no cameras.",
            parties=counts["parties"],
            countries=counts["countries"],
        )
    days = camera_days(words, float(known["cameraDays"].sum()), failures_known=bool(known["failuresKnown"].all()))
    text = words.text(
        "The data of {parties} were pooled: {stations} with {deployments} and {days} camera-days ({countries}).",
        days=days,
        **counts,
    )
    unsure = effort.filter(pl.col("countryCode").is_null())["stations"].sum()
    if unsure:
        text += " " + words.plural(
            "For {count} station it is not certain on which side of a border it stands.",
            "For {count} stations it is not certain on which side of a border they stand.",
            int(unsure),
        )
    return text


def _parties(source: ReportSource, words: Words) -> Grid:
    rows: list[tuple[str, ...]] = []
    for row in source.parties.iter_rows(named=True):
        rows.append(
            (
                row["party"],
                words.country(row["countryCode"]) if row["countryCode"] else words.text("not stated"),
                row["format"],
                words.number(row["stations"]),
                words.number(row["deployments"]),
                camera_days(words, row["cameraDays"], failures_known=row["failuresKnown"]),
                words.number(row["detections"]),
                words.number(row["individuals"]),
            )
        )
    many = source.parties.height > 1
    if many:
        rows.append(_total(source.parties, words))
    columns = (
        Column(words.text("Party")),
        Column(words.text("Country")),
        Column(words.text("Format"), style="code"),
        Column(words.text("Stations"), "right"),
        Column(words.text("Deployments"), "right"),
        Column(words.text("Camera-days"), "right"),
        Column(words.text("Detections"), "right"),
        Column(words.text("Individuals, own list"), "right"),
    )
    title = words.text("What each party brought")
    return Grid(title, columns, tuple(rows), ("parties",), _bound_note(source.parties, words), total=many)


def _total(parties: pl.DataFrame, words: Words) -> tuple[str, ...]:
    known = parties.drop_nulls("cameraDays")
    days = camera_days(
        words,
        float(known["cameraDays"].sum()) if known.height else None,
        failures_known=bool(known["failuresKnown"].all()),
    )
    return (
        words.text("All"),
        "",
        "",
        words.number(_sum(parties, "stations")),
        words.number(_sum(parties, "deployments")),
        days,
        words.number(_sum(parties, "detections")),
        words.number(_sum(parties, "individuals")),
    )


def _effort(source: ReportSource, words: Words) -> Grid:
    rows = []
    for row in source.effort.iter_rows(named=True):
        code = row["countryCode"]
        rows.append(
            (
                words.country(code) if code else words.text("side not certain"),
                words.number(row["stations"]),
                words.number(row["deployments"]),
                camera_days(words, row["cameraDays"], failures_known=row["failuresKnown"]),
            )
        )
    columns = (
        Column(words.text("Country")),
        Column(words.text("Stations"), "right"),
        Column(words.text("Deployments"), "right"),
        Column(words.text("Camera-days"), "right"),
    )
    title = words.text("Effort by country")
    return Grid(title, columns, tuple(rows), ("effort",), _bound_note(source.effort, words))


def _bound_note(frame: pl.DataFrame, words: Words) -> str:
    bound = frame.filter(pl.col("cameraDays").is_not_null() & ~pl.col("failuresKnown").fill_null(False))
    if bound.is_empty():
        return ""
    return words.text("“≤”: failures of cameras were not recorded, so the true effort is at most this.")


def _sum(frame: pl.DataFrame, column: str) -> int:
    return int(frame[column].sum())
