"""Can these clocks have been right?  Jumps, wrong years, and what sun and neighbours say against a camera.

A camera whose clock is wrong is wrong thousands of times: every check here tells each deployment once, with the number
of its times and the first row. Arithmetic of sun and neighbours is done in `tumen.measure`; what comes from there are
tables.
"""

from datetime import UTC, datetime, timedelta

import polars as pl

from tumen.tables import findings
from tumen.tables.package import Package
from tumen.tables.protocol import TABLES
from tumen.tables.rows import numbered
from tumen.tables.schema import Kind

INSTANTS = (
    ("deployments", "deploymentStart", "deploymentID"),
    ("deployments", "deploymentEnd", "deploymentID"),
    ("operating_periods", "start", "deploymentID"),
    ("operating_periods", "end", "deploymentID"),
    ("observations", "eventStart", "deploymentID"),
    ("media", "timestamp", "deploymentID"),
    ("positions", "timestamp", "individualID"),
)
"""Instants that a clock in the field wrote, and whose clock it was."""

BEFORE_CAMERAS = datetime(1995, 1, 1, tzinfo=UTC)
"""Before this no digital camera stood in a forest and no collar wrote positions: the clock was never set."""

RESET = datetime(2000, 1, 1, tzinfo=UTC)
"""Where the clocks of most cameras start when their battery was out."""

ZONES = timedelta(hours=14)
"""No clock on Earth is further from UTC: what lies this close to a day of a wrong offset may be on that day."""

AHEAD = timedelta(days=1)
"""An instant is in the future when it is later than now by more than any wrong offset can make it."""


def check(package: Package, now: datetime) -> list[pl.DataFrame]:
    """Return the findings about clocks that need no map; `now` is the instant after which everything is future."""
    return [*dated(package, now), *ordered(package)]


def dated(package: Package, now: datetime) -> list[pl.DataFrame]:
    """Return the findings about times that no clock can have shown; `now` is the instant after which all is future."""
    found = []
    for table, column, by in INSTANTS:
        if table in package.tables:
            found += _impossible(package, (table, column, by), now)
    return admitted(package, found)


MAY_BE_AHEAD = {
    "borders": ("validFrom", "validUntil"),
    "rasters": ("startDate", "endDate"),
    "ties": ("endDate",),
    "instruments": ("adoptedOn", "inForceFrom", "inForceUntil"),
    "focal_points": ("startDate", "endDate"),
    "proposals": ("deadline",),
}
"""Days that may lie ahead: terms, forecasts, and what is agreed before it holds."""


def ahead(package: Package, now: datetime) -> list[pl.DataFrame]:
    """Find days and times after `now` in columns that tell what was; those of `INSTANTS` are told by clock."""
    by_clock = {(table, column) for table, column, _ in INSTANTS}
    found = []
    for table, frame in package.tables.items():
        for column in TABLES[table].columns:
            if (table, column.name) in by_clock or column.name in MAY_BE_AHEAD.get(table, ()):
                continue
            # A day needs no zone: tomorrow has begun somewhere.
            limit = {Kind.DATE: (now + AHEAD).date(), Kind.DATETIME: now + AHEAD}.get(column.kind)
            if limit is None or not (frame[column.name] > limit).any():
                continue
            late = numbered(package, TABLES[table]).filter(pl.col(column.name) > limit)
            if column.name == "eventEnd":
                # A clock whose starts are ahead is told by these.
                late = late.filter((pl.col("eventStart") <= limit).fill_null(True))
            value = column.name if column.kind is Kind.DATE else "text_" + column.name
            found.append(findings.rows("date-future", late, table=table, column=column.name, value=value))
    return found


def ordered(package: Package) -> list[pl.DataFrame]:
    """Return the findings about the times of a deployment, held against each other and against its own."""
    return admitted(package, [*_shifted(package), *_backwards(package)])


NEEDED: dict[str, tuple[str | pl.Expr, ...]] = {
    "media": (
        "deploymentID",
        "timestamp",
        "fileName",
        pl.when(pl.col("fileName").is_null()).then("filePath").alias("filePath"),
        "exifData",
    ),
    "observations": ("deploymentID", "eventStart", "observationType", "scientificName"),
}
"""Columns by which the clock of a deployment is judged, here and by the sun and the camera beside. Of the path of a
file only what stands in for its name."""


def admitted(package: Package, found: list[pl.DataFrame]) -> list[pl.DataFrame]:
    """Leave out what findings say of clocks that the party itself calls unreliable (timestampIssues); it knows."""
    deployments = package.table("deployments")
    known = deployments.filter(pl.col("timestampIssues"))["deploymentID"].drop_nulls()
    if known.is_empty():
        return found
    told = pl.col("code").str.starts_with("clock-") & (pl.col("code") != "clock-future")
    return [frame.filter(~(told & pl.col("value").is_in(known.implode()))) for frame in found]


def _impossible(package: Package, clock: tuple[str, str, str], now: datetime) -> list[pl.DataFrame]:
    table, column, by = clock
    # Most tables have no such instant: two numbers say so before any text is touched.
    low, high = package.table(table)[column].min(), package.table(table)[column].max()
    if not (isinstance(low, datetime) and isinstance(high, datetime)):
        return []
    if low > RESET + timedelta(days=2) and high <= now + AHEAD:
        return []
    frame = numbered(package, TABLES[table])
    instant = pl.col(column)
    local = instant + pl.duration(minutes=pl.col(column + "_offset").fill_null(0))
    reset = local.dt.date() == RESET.date()
    if by == "deploymentID" and table != "deployments":
        frame = frame.join(_starts(package), on="deploymentID", how="left", maintain_order="left")
        # A camera that stood there on that day may well have taken pictures on it.
        reset &= ~(pl.col("\x00start") < RESET - ZONES).fill_null(False)
    future = instant > now + AHEAD
    found = [
        _told("clock-before-cameras", frame.filter(instant < BEFORE_CAMERAS), clock),
        _told("clock-reset", frame.filter(reset), clock),
    ]
    if column == "deploymentEnd":
        ends = frame.filter(future).select("row", value="text_" + column)
        found.append(findings.rows("deployment-ends-in-future", ends, table=table, column=column))
    else:
        found.append(_told("clock-future", frame.filter(future), clock))
    return found


def _starts(package: Package) -> pl.DataFrame:
    starts = package.table("deployments").select("deploymentID", pl.col("deploymentStart").alias("\x00start"))
    return starts.unique("deploymentID", keep="first")


def _told(code: str, frame: pl.DataFrame, clock: tuple[str, str, str]) -> pl.DataFrame:
    table, column, by = clock
    counted = (
        frame.group_by(by, maintain_order=True)
        .agg(pl.len().alias("count"), pl.col("row").first(), pl.col("text_" + column).first().alias("first"))
        .rename({by: "value"})
    )
    return findings.rows(code, counted, table=table, column=column, arguments=("count", "first"))


YEARS = 30
"""Years by which a clock is tried to be wrong; digital cameras are not older."""

EDGE = timedelta(hours=1)
"""A camera may write its first picture before the time noted for its set-up, and its last after that of the visit."""


def _shifted(package: Package) -> list[pl.DataFrame]:
    """Find deployments all of whose times lie outside them, and say by how much they would have to move."""
    if "deployments" not in package.tables:
        return []
    spans = (
        package.table("deployments")
        .select("deploymentID", "deploymentStart", "deploymentEnd")
        .filter(pl.col("deploymentStart") <= pl.col("deploymentEnd"))
        .unique("deploymentID", keep="first", maintain_order=True)
    )
    found = []
    for table, column in (("observations", "eventStart"), ("media", "timestamp")):
        if table not in package.tables:
            continue
        found += _moved_inside(package.table(table), spans, table, column)
    return found


def _moved_inside(frame: pl.DataFrame, spans: pl.DataFrame, table: str, column: str) -> list[pl.DataFrame]:
    outside = (
        frame.select("deploymentID", column)
        .with_row_index("row", offset=2)
        .filter(pl.col(column).is_not_null())
        .group_by("deploymentID")
        .agg(
            pl.len().alias("count"),
            pl.col("row").min().cast(pl.Int64),
            pl.col(column).min().alias("low"),
            pl.col(column).max().alias("high"),
        )
        .join(spans, on="deploymentID", how="inner")
        # One or two times far off are two wrong cells; three are a clock.
        .filter(pl.col("count") >= 3)
        .filter((pl.col("high") < pl.col("deploymentStart") - EDGE) | (pl.col("low") > pl.col("deploymentEnd") + EDGE))
        .sort("row")
        .with_columns(value="deploymentID", first=_day("low"), last=_day("high"))
    )
    if outside.is_empty():
        return []
    fits = (pl.col("deploymentStart") - EDGE <= pl.col("\x00low")) & (
        pl.col("\x00high") <= pl.col("deploymentEnd") + EDGE
    )
    tries = pl.DataFrame({"years": [year for n in range(1, YEARS + 1) for year in (n, -n)]})
    by_year = (
        outside.join(tries, how="cross", maintain_order="left_right")
        .with_columns(
            pl.col(end).dt.offset_by(pl.concat_str(pl.col("years").cast(pl.String), pl.lit("y"))).alias("\x00" + end)
            for end in ("low", "high")
        )
        .filter(fits)
        .unique("row", keep="first", maintain_order=True)
        .with_columns(
            years=pl.when(pl.col("years") > 0)
            .then(pl.format("+{}", "years"))
            .otherwise(pl.col("years").cast(pl.String))
        )
    )
    by_days = (
        outside.filter(~pl.col("row").is_in(by_year["row"].implode()))
        .with_columns(least=pl.col("deploymentStart") - pl.col("low"), most=pl.col("deploymentEnd") - pl.col("high"))
        # What took longer than the deployment fits nowhere; it has its findings row by row.
        .filter(pl.col("least") <= pl.col("most") + 2 * EDGE)
        .with_columns(pl.col(name).dt.total_seconds() / 86_400 for name in ("least", "most"))
        .with_columns(pl.col("least").round(1), most=pl.max_horizontal("least", "most").round(1))
    )
    return [
        findings.rows(
            "clock-wrong-year", by_year, table=table, column=column, arguments=("count", "first", "last", "years")
        ),
        findings.rows(
            "clock-shifted", by_days, table=table, column=column, arguments=("count", "first", "last", "least", "most")
        ),
    ]


def _day(column: str) -> pl.Expr:
    return pl.col(column).dt.strftime("%Y-%m-%d")


JUMP = timedelta(hours=2)
"""A smaller step back is summer time, or a clock that was set right on a visit."""

FEWEST_FILES = 10
"""Files of a deployment below which the order of their names says nothing."""

IN_ORDER = 0.9
"""Share of steps from one file to the next that go forward in time, below which names are not in the order of time."""


STAYS = 5
"""Files that must lie before the jump, from the first after it on. One that does not fit its place among the names was
copied later than its neighbours."""


def _backwards(package: Package) -> list[pl.DataFrame]:
    """Find deployments whose files, in the order of their names, go back in time and stay there."""
    media = (
        package.table("media")
        .select("deploymentID", "timestamp", file=pl.coalesce("fileName", "filePath"))
        .with_row_index("row", offset=2)
        .drop_nulls()
    )
    media = _by_name(media).with_columns(step=pl.col("timestamp").diff().over("deploymentID"))
    goes_back = media.filter(pl.col("step") < -JUMP)["deploymentID"].unique()
    if goes_back.is_empty():
        return []
    # IMG_9 comes before IMG_10: the few that seem to go back are ordered again, by numbers as numbers.
    padded = pl.col("file").str.replace_all(r"(\d+)", "0" * 18 + "$1").str.replace_all(r"\d*(\d{18})(\D|$)", "$1$2")
    doubted = (
        media.filter(pl.col("deploymentID").is_in(goes_back.implode()))
        .sort("deploymentID", padded, "timestamp", "row")
        .with_columns(step=pl.col("timestamp").diff().over("deploymentID"))
    )
    number = pl.col("file").str.extract(r"(\d+)\D*$")
    # 9999 is followed by 0001: in the order of names the end of the card then stands before its beginning.
    counted = number.str.to_integer(strict=False).diff().over("deploymentID").cast(pl.Float64)
    wrap = (counted * 2 >= 10.0 ** number.str.len_chars().cast(pl.Float64)).fill_null(False)
    time = pl.col("timestamp")
    following = [time.shift(-k).over("deploymentID") for k in range(STAYS)]
    back = (pl.max_horizontal(following) < time.shift(1).over("deploymentID") - JUMP) & following[-1].is_not_null()
    judged = (
        doubted.with_columns(wrap=wrap, back=back.fill_null(False))
        .group_by("deploymentID", maintain_order=True)
        .agg(
            pl.len().alias("files"),
            (pl.col("step") >= timedelta(0)).mean().alias("forward"),
            pl.col("file").n_unique().alias("names"),
            (pl.col("wrap") & pl.col("back")).sum().alias("wraps"),
            pl.col("back").sum().alias("count"),
            time.first().alias("start"),
            time.last().alias("end"),
            pl.col("step").filter("back").first().alias("lost"),
            pl.col("row").filter("back").first().cast(pl.Int64),
            pl.col("file").filter("back").first(),
        )
    )
    wrapped = (pl.col("wraps") == 1) & (pl.col("count") == 1) & (pl.col("end") <= pl.col("start"))
    found = (
        judged.filter(pl.col("count") > 0, pl.col("files") >= FEWEST_FILES, pl.col("forward") >= IN_ORDER, ~wrapped)
        # The same name twice: the cards of several folders lie on top of each other, and names give no order.
        .filter(pl.col("names") == pl.col("files"))
        .with_columns(value="deploymentID", hours=(-pl.col("lost").dt.total_seconds() / 3600).round(1))
        .sort("row")
    )
    return [
        findings.rows("clock-backwards", found, table="media", column="timestamp", arguments=("hours", "file", "count"))
    ]


def _by_name(media: pl.DataFrame) -> pl.DataFrame:
    """Sort files by deployment, name, time and row; most tables have the files of a deployment in that order."""
    grouped = media.sort(pl.col("deploymentID").cast(pl.Categorical).to_physical(), maintain_order=True)
    before = pl.all().shift(1).name.prefix("before_")
    same = pl.col("deploymentID") == pl.col("before_deploymentID")
    name, time = pl.col("file"), pl.col("timestamp")
    earlier = (name < pl.col("before_file")) | ((name == pl.col("before_file")) & (time < pl.col("before_timestamp")))
    if grouped.with_columns(before).select((same & earlier).any()).item():
        return media.sort("deploymentID", "file", "timestamp", "row")
    return grouped


NIGHT_HOURS = (22, 23, 0, 1, 2, 3)
"""Hours by the sun in which people and vehicles are rare."""

PEOPLE = 30
"""Hours with people or vehicles below which nothing is said about a clock."""

AT_NIGHT = 0.8
"""Share of them by night above which the clock is doubted: by chance a quarter would be, and people work by day."""


def half_day_findings(hours: pl.DataFrame) -> pl.DataFrame:
    """Doubt clocks by which people walk at night. `hours` has deploymentID, row, day and hour by the sun."""
    judged = (
        hours.group_by("deploymentID", "day", "hour")
        .agg(pl.col("row").min())
        .group_by("deploymentID")
        .agg(
            pl.col("row").min(),
            pl.len().alias("count"),
            pl.col("hour").is_in(NIGHT_HOURS).mean().alias("share"),
        )
        .filter(pl.col("count") >= PEOPLE, pl.col("share") > AT_NIGHT)
        .sort("row")
        .with_columns(value="deploymentID", share=(100 * pl.col("share")).round(0).cast(pl.Int64))
    )
    return findings.rows(
        "clock-half-day", judged, table="observations", column="eventStart", arguments=("share", "count")
    )


DARK = -6.0
"""Degrees: with the sun below this, civil twilight is over, and no short exposure is possible without flash."""

LIGHT = 10.0
"""Degrees: with the sun above this even a dense forest is light enough for most cameras to leave the flash off."""

JUDGED = 10
"""Pictures of a deployment that must tell day from night before anything is said."""

AGAINST = 0.5
"""Share of them that must contradict the sun."""

SHELTERED = ("burrow", "culvert", "roadUnderpass")
"""Features where it is dark by day."""


def light(exif: pl.Expr) -> pl.Expr:
    """Return "day" or "night" for a picture whose EXIF data (JSON text) tell; null where they do not.

    By night: the flash fired (bit 0 of the tag Flash, Exif 2.3). By day: it did not fire, and the exposure was at most
    1/60 s at ISO 400 or less, or the brightness (APEX) was 5 or more; without flash that takes daylight.

    >>> exif = ['{"Flash": 25}', '{"Flash": 0, "ExposureTime": "1/250", "ISOSpeedRatings": 100}']
    >>> pl.DataFrame({"exifData": exif}).select(light(pl.col("exifData"))).to_series().to_list()
    ['night', 'day']
    """
    flash = _tag(exif, "Flash", r"(\d+)").cast(pl.Int64, strict=False)
    fired = flash % 2 == 1
    exposure = _tag(exif, "ExposureTime", r"([\d.]+(?:/\d+)?)")
    parts = exposure.str.split("/")
    seconds = parts.list.get(0).cast(pl.Float64, strict=False) / parts.list.get(1, null_on_oob=True).cast(
        pl.Float64, strict=False
    ).fill_null(1.0)
    speed = pl.coalesce(
        _tag(exif, tag, r"(\d+)").cast(pl.Int64, strict=False) for tag in ("ISOSpeedRatings", "PhotographicSensitivity")
    )
    brightness = _tag(exif, "BrightnessValue", r"(-?[\d.]+)").cast(pl.Float64, strict=False)
    bright = ((seconds > 0) & (seconds <= 1 / 60) & (speed <= 400)).fill_null(False) | (brightness >= 5).fill_null(
        False
    )
    return pl.when(fired).then(pl.lit("night")).when(~fired & bright).then(pl.lit("day"))


def _tag(exif: pl.Expr, name: str, value: str) -> pl.Expr:
    return exif.str.extract(rf'"{name}"\s*:\s*\[?\s*"?\s*{value}')


def sun_findings(pictures: pl.DataFrame) -> pl.DataFrame:
    """Hold pictures against the sun. `pictures` has deploymentID, row, light, elevation (degrees), featureType."""
    judged = (
        pictures.filter(pl.col("light").is_not_null(), ~pl.col("featureType").is_in(SHELTERED).fill_null(False))
        .filter((pl.col("elevation") < DARK) | (pl.col("elevation") > LIGHT))
        .with_columns(
            days=(pl.col("light") == "day") & (pl.col("elevation") < DARK),
            nights=(pl.col("light") == "night") & (pl.col("elevation") > LIGHT),
        )
        .group_by("deploymentID")
        .agg(pl.len().alias("judged"), pl.col("days").sum(), pl.col("nights").sum(), pl.col("row").min())
        .with_columns(count=pl.col("days") + pl.col("nights"), value="deploymentID")
        .filter(pl.col("judged") >= JUDGED, pl.col("count") > AGAINST * pl.col("judged"))
        .sort("row")
    )
    return findings.rows(
        "clock-against-sun",
        judged,
        table="media",
        column="timestamp",
        arguments=("count", "judged", "days", "nights"),
    )


APART = 60.0
"""Seconds by which two clocks may differ: enough for the animal to walk from one camera to the other."""


def drift_findings(drifts: pl.DataFrame) -> pl.DataFrame:
    """Name pairs of cameras whose clocks differ. `drifts` has row, value, other, seconds, perDay, count."""
    apart = drifts.filter(pl.col("seconds").abs() > APART).with_columns(
        pl.col("seconds").round(0).cast(pl.Int64), pl.col("perDay").round(1)
    )
    return findings.rows(
        "clock-drift",
        apart,
        table="deployments",
        column="deploymentStart",
        arguments=("other", "seconds", "count", "perDay"),
    )
