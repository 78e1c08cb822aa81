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
    return (*blocks, *(Warn(text) for text in _unknown_effort(source, words)))


def _unknown_effort(source: ReportSource, words: Words) -> list[str]:
    """Return why the effort of parties is unknown: they tracked animals, gave nothing to use, or gave no dates."""
    unknown = source.parties.filter(~pl.col("effortKnown"))
    met = source.crossings.tables["encounters"]
    trackers = met.filter(pl.col("place").is_null())["party"].unique()
    # Effort that has a number, and is not known all the same, is that of a party that tracked animals besides.
    tracked = (
        pl.col("party").is_in(trackers.to_list())
        | (pl.col("format").str.contains("movebank", literal=True) & (pl.col("detections") > 0))
        | pl.col("cameraDays").is_not_null()
    )
    cameras = pl.col("stations") > 0

    def who(which: pl.Expr) -> str:
        return words.listing(unknown.filter(which.fill_null(False))["party"])

    said = []
    if parties := who(tracked & ~cameras):
        said.append(
            words.text(
                "{parties} gave positions of tracked animals, not cameras. How hard anyone looked elsewhere is "
                "unknown, so absence from one side means nothing.",
                parties=parties,
            )
        )
    if parties := who(tracked & cameras):
        said.append(
            words.text(
                "{parties} gave positions of tracked animals besides cameras. Where no camera stood, how hard anyone "
                "looked is unknown, so absence from one side means nothing.",
                parties=parties,
            )
        )
    if parties := who(~tracked & ~cameras):
        said.append(
            words.text(
                "{parties} brought no cameras and no positions of tracked animals that could be used, so nothing in "
                "this report rests on them.",
                parties=parties,
            )
        )
    if parties := who(~tracked & cameras):
        said.append(
            words.text(
                "How long the cameras of {parties} operated is unknown, so absence there means nothing.",
                parties=parties,
            )
        )
    return said


def camera_days(words: Words, days: float | None, *, failures_known: bool | None) -> str:
    r"""Return camera-days as they may be claimed: unknown, at most (failures not recorded), or a number.

    >>> words = Words("en")
    >>> camera_days(words, 1234.4, failures_known=True), camera_days(words, 1234.4, failures_known=False)
    ('1,234', '≤\xa01,234')
    >>> camera_days(words, None, failures_known=None)
    'unknown'

    At most nothing is nothing; and a part of a day is neither rounded to nothing nor to a day.

    >>> camera_days(words, 0.0, failures_known=False), camera_days(words, 0.2, failures_known=False)
    ('0', '<\xa01')
    """
    if days is None:
        return words.text("unknown")
    if 0 < days < 1:
        return f"<\u00a0{words.number(1)}"
    if days == 0:
        return words.number(0)
    return words.number(days) if failures_known else f"≤\u00a0{words.number(days)}"


def _sentence(source: ReportSource, words: Words) -> str:
    parties, effort = source.parties, source.effort
    known = parties.drop_nulls("cameraDays")
    counts = {
        "stations": words.plural("{count} station", "{count} stations", _sum(parties, "stations")),
        "deployments": words.plural("{count} deployment", "{count} deployments", _sum(parties, "deployments")),
        "countries": words.listing(words.country(code) for code in source.country_codes)
        or words.text("in no certain country"),
    }
    if not _sum(parties, "stations"):
        return words.plural(
            "The data of {count} party hold no cameras ({countries}).",
            "The data of {count} parties were pooled ({countries}). They hold no cameras.",
            parties.height,
            countries=counts["countries"],
        )
    days = camera_days(
        words,
        float(known["cameraDays"].sum()) if known.height else None,
        failures_known=bool(known["failuresKnown"].all()),
    )
    text = words.plural(
        "The data of {count} party hold {stations} with {deployments}; camera-days: {days} ({countries}).",
        "The data of {count} parties were pooled: {stations} with {deployments}; camera-days: {days} ({countries}).",
        parties.height,
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
        Column(words.text("Detections of named animals"), "right"),
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
    bound = frame.filter((pl.col("cameraDays") >= 1) & ~pl.col("failuresKnown").fill_null(False))
    if bound.is_empty():
        return ""
    return words.text("“≤”: failures of cameras were not recorded, so the true effort is at most this.")


def _sum(frame: pl.DataFrame, column: str) -> int:
    return int(frame[column].sum())
