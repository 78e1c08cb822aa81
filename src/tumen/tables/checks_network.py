"""What ties, indicators, law, assessments, statements and deliberation can be asked.

Statements that disagree are shown side by side with their sources, never resolved.
"""

import re
from collections.abc import Iterator

import polars as pl

from tumen.tables import findings
from tumen.tables.package import Package
from tumen.tables.protocol import TABLES
from tumen.tables.rows import numbered

PLACES = (("ties", "fromPlace"), ("ties", "toPlace"), ("indicators", "placeID"), ("assessments", "placeID"))
"""The columns that name an area or a site."""

NEEDED = (
    ("provisions", "instrumentID", "instruments"),
    ("views", "proposalID", "proposals"),
    ("decisions", "proposalID", "proposals"),
)
"""The tables that cannot be understood without another."""

UNITS = {"m2": ("m2", 1.0), "m²": ("m2", 1.0), "ha": ("m2", 1e4), "km2": ("m2", 1e6), "km²": ("m2", 1e6)} | {
    "m": ("m", 1.0),
    "km": ("m", 1e3),
}
"""Units of one kind, so that 32 km2 and 3,200 ha are no disagreement: the unit in common, and its factor."""

PLAIN_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)$"
"""A number without separators."""

GROUPED_NUMBER = r"^[+-]?\d{1,3}([,\s]\d{3})+(\.\d+)?$"
"""A number in groups of three digits."""

_DEGREES = r"(?P<degrees>\d{1,4})\s*(?:°|º|˚|度|deg\.?)"
_MINUTES = r"\s*(?P<minutes>\d{1,3})(?:[.,]\d+)?\s*(?:['′’ʹ´＇]|分|min\.?)"
_SECONDS = r"(?:\s*(?P<seconds>\d{1,3})(?:[.,]\d+)?\s*(?:[\"″”ʺ＂]|''|秒|sec\.?))?"
ANGLE = re.compile(_DEGREES + _MINUTES + _SECONDS, re.IGNORECASE)
"""Degrees, minutes and perhaps seconds as people write them."""

LARGEST = 180
"""No longitude has more degrees."""


def check(package: Package) -> list[pl.DataFrame]:
    """Return the findings of the tables of the groups network and deliberation, beyond the rules of their rows."""
    found = [
        findings.finding("table-needed", table=table, column=column, needed=needed)
        for table, column, needed in NEEDED
        if table in package.tables and needed not in package.tables
    ]
    found += _places(package)
    if "indicators" in package.tables:
        found += _constant(package, "indicators", ["indicatorID"], ("name", "role", "unit"), "indicator-changes")
    if "assessments" in package.tables:
        fields = ("questionSet", "version", "placeID")
        found += _constant(package, "assessments", ["assessmentID"], fields, "assessment-mixed")
    if "statements" in package.tables:
        found += [disagreements(package), _angles(package)]
    if "proposals" in package.tables:
        found += [*_before_proposal(package), _outcomes(package)]
    if "views" in package.tables:
        found += _views(package)
    return found


def _places(package: Package) -> list[pl.DataFrame]:
    """Note places that the package lists neither among its areas nor among its sites."""
    if not {"areas", "sites"} & package.tables.keys():
        return []
    known = pl.concat([package.table("areas")["areaID"], package.table("sites")["siteID"]]).drop_nulls()
    found = []
    for table, column in PLACES:
        if table in package.tables:
            cell = pl.col(column)
            unlisted = numbered(package, TABLES[table]).filter(cell.is_not_null() & ~cell.is_in(known.implode()))
            unlisted = unlisted.with_columns(value=cell)
            found.append(findings.rows("place-unlisted", unlisted, table=table, column=column))
    return found


def _constant(package: Package, table: str, key: list[str], fields: tuple[str, ...], code: str) -> list[pl.DataFrame]:
    """Find groups of rows that should agree in some fields and do not. An empty unit is a value of its own."""
    frame = numbered(package, TABLES[table]).drop_nulls(key)
    found = []
    for field in fields:
        groups = (
            frame.group_by(key, maintain_order=True)
            .agg(pl.col("row").min(), pl.col(field).fill_null("–").unique().sort().alias("values"))
            .filter(pl.col("values").list.len() > 1)
            .select("row", value=pl.col(key[0]), values=pl.col("values").list.join(", "), field=pl.lit(field))
        )
        found.append(findings.rows(code, groups, table=table, column=field, arguments=("field", "values")))
    return found


def disagreements(package: Package) -> pl.DataFrame:
    """Note subjects of which sources say different things, with every value and its source.

    Values are the same if they differ only in case and spaces, or as numbers after areas and lengths are brought to one
    unit. A comma before three digits is read as a separator of thousands; nothing but this note rests on the reading.
    Statements in units that cannot be compared are not held against each other.
    """
    frame = numbered(package, TABLES["statements"]).drop_nulls(["subject", "attribute", "value"])
    unit = pl.col("unit").fill_null("").str.strip_chars()
    common = unit.replace_strict({name: base for name, (base, _) in UNITS.items()}, default=unit)
    factor = unit.replace_strict({name: size for name, (_, size) in UNITS.items()}, default=1.0)
    trimmed = pl.col("value").str.strip_chars()
    plain = pl.when(trimmed.str.contains(GROUPED_NUMBER)).then(trimmed.str.replace_all(r"[,\s]", "")).otherwise(trimmed)
    number = pl.when(plain.str.contains(PLAIN_NUMBER)).then(plain).cast(pl.Float64)
    text = _folded("value")
    said = pl.concat_str(
        "value", pl.when(unit == "").then(pl.lit("")).otherwise(pl.lit(" ") + unit), pl.lit(" ("), "source", pl.lit(")")
    )
    groups = (
        frame.with_columns(
            number=(number * factor).round_sig_figs(12),
            common=common,
            # Text in different units is different; numbers are compared in the unit in common.
            text=pl.when(number.is_null()).then(pl.concat_str(text, pl.lit(" "), unit)),
            said=said,
        )
        .group_by(_folded("subject"), _folded("attribute"), "common", maintain_order=True)
        .agg(
            row=pl.col("row").first(),
            shown=pl.col("subject").first().alias("shown"),
            called=pl.col("attribute").first().alias("called"),
            kinds=pl.struct("number", "text").n_unique(),
            values=pl.col("said").unique().sort(),
        )
        .filter(pl.col("kinds") > 1)
        .select("row", value="shown", attribute="called", values=pl.col("values").list.join("; "))
    )
    return findings.rows(
        "statements-disagree", groups, table="statements", column="value", arguments=("attribute", "values")
    )


def _folded(column: str) -> pl.Expr:
    spaced = pl.col(column).str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s+", " ")
    return spaced.str.strip_chars()


def impossible_angles(text: str) -> Iterator[str]:
    """Yield the angles in a text whose minutes, seconds or degrees cannot be.

    Whole minutes and seconds end at 59; degrees end at 180, with nothing beyond.

    >>> list(impossible_angles("50°05' N 115°98' E")), list(impossible_angles("115°58' E, 180°00'"))
    (["115°98'"], [])
    """
    for match in ANGLE.finditer(text):
        degrees, minutes, seconds = (int(match[name] or 0) for name in ("degrees", "minutes", "seconds"))
        beyond = degrees > LARGEST or (degrees == LARGEST and (minutes or seconds))
        if minutes >= 60 or seconds >= 60 or beyond:
            yield match[0].strip()


def _angles(package: Package) -> pl.DataFrame:
    """Find misprinted angles in the values of statements."""
    frame = numbered(package, TABLES["statements"]).select("row", "value").drop_nulls()
    wrong = [
        {"row": row, "value": value, "angle": angle}
        for row, value in frame.iter_rows()
        for angle in impossible_angles(value)
    ]
    table = pl.DataFrame(wrong, schema={"row": pl.Int64, "value": pl.String, "angle": pl.String})
    return findings.rows("angle-impossible", table, table="statements", column="value", arguments=("angle",))


def _proposals(package: Package) -> pl.DataFrame:
    proposals = numbered(package, TABLES["proposals"]).unique("proposalID", keep="first", maintain_order=True)
    return proposals.select("proposalID", "proposedOn", "status", proposalRow="row")


def _before_proposal(package: Package) -> list[pl.DataFrame]:
    """Find views and decisions that are older than what they are on."""
    found = []
    for table, column, code in (
        ("views", "statedOn", "view-before-proposal"),
        ("decisions", "decidedOn", "decision-before-proposal"),
    ):
        if table in package.tables:
            early = (
                numbered(package, TABLES[table])
                .join(_proposals(package), on="proposalID", how="inner", maintain_order="left")
                .filter(pl.col(column) < pl.col("proposedOn"))
                .with_columns(value=column)
            )
            found.append(findings.rows(code, early, table=table, column=column, arguments=("proposedOn",)))
    return found


def _outcomes(package: Package) -> pl.DataFrame:
    """Find proposals whose status says agreed or declined and whose last decision says otherwise.

    Where two decisions of the last day differ, there is no last one, and nothing is said.
    """
    decisions = package.table("decisions").drop_nulls(["proposalID", "decidedOn", "outcome"])
    last = (
        decisions.filter(pl.col("decidedOn") == pl.col("decidedOn").max().over("proposalID"))
        .group_by("proposalID")
        .agg(pl.col("decidedOn").first(), pl.col("outcome").unique())
        .filter(pl.col("outcome").list.len() == 1)
        .with_columns(pl.col("outcome").list.first())
    )
    settled = ("agreed", "declined")
    judged = _proposals(package).join(last, on="proposalID", how="inner", maintain_order="left")
    wrong = judged.filter(
        (pl.col("status") != pl.col("outcome")) & (pl.col("status").is_in(settled) | pl.col("outcome").is_in(settled))
    )
    return findings.rows(
        "decision-contradicts-status",
        # A proposal may be withdrawn after a decision, and only then.
        wrong.filter(pl.col("status") != "withdrawn").rename({"proposalRow": "row"}).with_columns(value="status"),
        table="proposals",
        column="status",
        arguments=("outcome", "decidedOn"),
    )


def _views(package: Package) -> list[pl.DataFrame]:
    """Note views that the same party replaced by a later one, and find those that no date puts in order."""
    who = ["proposalID", "party"]
    frame = numbered(package, TABLES["views"]).drop_nulls([*who, "statedOn"]).sort("statedOn", "row")
    frame = frame.with_columns(last=pl.col("statedOn").max().over(who))
    ends = frame.filter(pl.col("statedOn") == pl.col("last"))
    latest = ends.group_by(who).agg(
        laterOn=pl.col("statedOn").first(), laterPosition=pl.col("position").drop_nulls().unique().sort()
    )
    latest = latest.with_columns(pl.col("laterPosition").list.join(" / "))
    earlier = (
        frame.filter(pl.col("statedOn") < pl.col("last"))
        .join(latest, on=who, how="inner", maintain_order="left")
        .with_columns(value="position")
    )
    differing = pl.struct(*who, "statedOn").is_duplicated() & ~pl.struct(*who, "statedOn").is_first_distinct()
    unordered = frame.filter(differing).with_columns(value="statedOn")
    return [
        findings.rows(
            "view-superseded",
            earlier,
            table="views",
            column="position",
            arguments=("party", "laterOn", "laterPosition"),
        ),
        findings.rows("view-twice-same-day", unordered, table="views", column="statedOn", arguments=("party",)),
    ]
