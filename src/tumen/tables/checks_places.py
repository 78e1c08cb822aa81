"""What protected areas and borders can be asked without arithmetic on the globe, and what computed tables say of them.

`check` needs the package alone. `area_findings` and `namesake_findings` take tables that were computed elsewhere:
geodesic areas and distances are no business of this folder.
"""

import numpy as np
import polars as pl
import shapely

from tumen.tables import findings
from tumen.tables.package import Package
from tumen.tables.protocol import TABLES
from tumen.tables.rows import numbered

KINDS = {
    "areas": ("Polygon", "MultiPolygon"),
    "borders": ("LineString", "MultiLineString"),
}
"""The kinds of geometry that the column `geometry` of each table may hold."""

WKT_WORDS = {
    kind.upper(): kind
    for kind in (
        "Point",
        "LineString",
        "LinearRing",
        "Polygon",
        "MultiPoint",
        "MultiLineString",
        "MultiPolygon",
        "GeometryCollection",
    )
}
SHOWN = 60
"""Characters of a geometry that a finding shows."""

TOLERANCE = 0.1
"""Share by which a reported area may differ from that of its outline: outlines for maps are simplified. Our choice."""


def check(package: Package) -> list[pl.DataFrame]:
    """Return the findings of the tables areas and borders, beyond the rules of their rows."""
    found = [part for table in KINDS if table in package.tables for part in geometries(package, table)]
    if "areas" in package.tables:
        found.append(_areas_twice(package))
    return found


def geometries(package: Package, table: str) -> list[pl.DataFrame]:
    """Judge the geometries of a table: can they be read, are they of the right kind, on Earth, and valid?

    Each row gets the first of these findings only: what cannot be read has no kind, and what is not on Earth no
    outline.
    """
    frame = numbered(package, TABLES[table]).select("row", text="geometry").drop_nulls("text")
    return outlines(frame, table=table, column="geometry", kinds=KINDS[table])


def outlines(frame: pl.DataFrame, *, table: str, column: str, kinds: tuple[str, ...]) -> list[pl.DataFrame]:
    """Judge geometries in WKT, which stand in a `column` of a `table` and may be of some `kinds`: row, text."""
    if frame.is_empty():
        return []
    said = pl.col("text").str.extract(r"^\s*([A-Za-z]+)").str.to_uppercase().replace_strict(WKT_WORDS, default=None)
    frame = frame.with_columns(
        said.alias("kind"),
        pl.when(pl.col("text").str.len_chars() > SHOWN)
        .then(pl.col("text").str.head(SHOWN) + "…")
        .otherwise("text")
        .alias("value"),
    )
    expected = pl.col("kind").is_in(kinds)
    # Only these kinds are parsed: they do not nest, and a collection of collections could exhaust the stack.
    fit = frame.filter(expected.fill_null(False))
    with np.errstate(all="ignore"):  # "nan" and numbers too large to hold are points outside the Earth
        shapes = shapely.from_wkt(fit["text"].to_numpy(), on_invalid="ignore")
    faults = pl.DataFrame(
        [_fault(shape) for shape in shapes],
        schema={"code": pl.String, "x": pl.String, "y": pl.String, "reason": pl.String},
        orient="row",
    )
    judged = pl.concat([fit, faults], how="horizontal")
    unread = frame.filter(pl.col("kind").is_null()).with_columns(code=pl.lit("geometry-unreadable"))
    other = frame.filter(~expected).with_columns(code=pl.lit("geometry-kind"), expected=pl.lit(" / ".join(kinds)))
    every = pl.concat([judged, unread, other], how="diagonal").filter(pl.col("code") != "")
    arguments = {
        "geometry-unreadable": (),
        "geometry-empty": (),
        "geometry-kind": ("kind", "expected"),
        "geometry-outside": ("x", "y"),
        "geometry-exchanged": ("x", "y"),
        "geometry-across-antimeridian": (),
        "geometry-invalid": ("reason",),
    }
    return [
        findings.rows(code, every.filter(pl.col("code") == code), table=table, column=column, arguments=names)
        for code, names in arguments.items()
        if code in every["code"]
    ]


def _fault(shape: shapely.Geometry | None) -> tuple[str, str, str, str]:
    """Return the code of what is wrong with a shape ("" if nothing), a point where it is, and the reason."""
    if shape is None:
        return "geometry-unreadable", "", "", ""
    if shape.is_empty:
        return "geometry-empty", "", "", ""
    points = shapely.get_coordinates(shape)
    outside = ~((np.abs(points[:, 0]) <= 180) & (np.abs(points[:, 1]) <= 90))
    if outside.any():
        x, y = points[np.flatnonzero(outside)[0]]
        turned = bool(((np.abs(points[:, 1]) <= 180) & (np.abs(points[:, 0]) <= 90)).all())
        return "geometry-exchanged" if turned else "geometry-outside", f"{x:g}", f"{y:g}", ""
    if not shape.is_valid:
        return "geometry-invalid", "", "", shapely.is_valid_reason(shape)
    owners = shapely.get_parts(_lines(shape))
    if any((np.abs(np.diff(shapely.get_coordinates(line)[:, 0])) > 180).any() for line in owners):
        return "geometry-across-antimeridian", "", "", ""
    return "", "", "", ""


def _lines(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the lines of a shape: its own, or the rings of its polygons."""
    return shape.boundary if shape.geom_type in KINDS["areas"] else shape


def _areas_twice(package: Package) -> pl.DataFrame:
    """Find areas that share their number in the world database and have no part number that tells them apart."""
    frame = numbered(package, TABLES["areas"]).filter(pl.col("wdpaID").is_not_null())
    key = ["wdpaID", "wdpaPID"]
    first = pl.col("row").min()
    again = frame.with_columns(
        same=first.over(key),
        any_of=pl.when(pl.col("wdpaPID").is_null().any().over("wdpaID")).then(first.over("wdpaID")),
    ).with_columns(otherRow=pl.coalesce("any_of", "same"))
    twice = again.filter(pl.col("row") > pl.col("otherRow")).with_columns(value="wdpaID")
    return findings.rows("area-twice", twice, table="areas", column="wdpaID", arguments=("otherRow",))


def area_findings(computed: pl.DataFrame) -> list[pl.DataFrame]:
    """Hold reported areas against those of the outlines.

    `computed` has areaID, row, reportedArea and computedArea (km2, of the geometry on the ellipsoid); a row that lacks
    one of the areas is not judged. A ratio near 100 is a mistaken unit: hectares for square kilometres, or the reverse.

    >>> found = area_findings(pl.DataFrame({"areaID": ["a"], "row": [2], "reportedArea": [3200.0],
    ...                                     "computedArea": [32.5]}))
    >>> [part["code"].item() for part in found if part.height]
    ['area-unit-doubtful']
    """
    ratio = pl.col("reportedArea") / pl.col("computedArea")
    judged = (
        computed.filter((pl.col("reportedArea") > 0) & (pl.col("computedArea") > 0))
        .with_columns(
            unit=(ratio / 100 - 1).abs().le(TOLERANCE) | (ratio * 100 - 1).abs().le(TOLERANCE),
            differs=(ratio - 1).abs() > TOLERANCE,
            percent=((ratio - 1) * 100).round(1),
        )
        .with_columns(value="reportedArea", computed=pl.col("computedArea").round_sig_figs(4))
    )
    return [
        findings.rows(
            "area-unit-doubtful",
            judged.filter("unit"),
            table="areas",
            column="reportedArea",
            arguments=("areaID", "computed"),
        ),
        findings.rows(
            "area-differs",
            judged.filter(pl.col("differs") & ~pl.col("unit")),
            table="areas",
            column="reportedArea",
            arguments=("areaID", "computed", "percent"),
        ),
    ]


def namesakes(package: Package) -> pl.DataFrame:
    """Return pairs of sites that bear the same name in the same country and both have coordinates.

    Names are the same if they differ only in case, spaces, hyphens and Unicode form. Columns: name, row, longitude,
    latitude, otherRow, otherLongitude, otherLatitude, and uncertainty: the two coordinateUncertainty added up (m), an
    unstated one as 0. Each later site is paired with the first of its name. `namesake_findings` wants the distances.
    """
    plain = pl.col("siteName").str.normalize("NFKC").str.to_lowercase().str.replace_all(r"[\s\-‐‑–—_]+", "")
    sites = (
        numbered(package, TABLES["sites"])
        .filter(pl.col("siteName").is_not_null() & pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null())
        .with_columns(plain.alias("plain"), country=pl.col("countryCode").fill_null(""))
    )
    first = sites.unique(["plain", "country"], keep="first", maintain_order=True).select(
        "plain",
        "country",
        otherRow="row",
        otherLongitude="longitude",
        otherLatitude="latitude",
        otherUncertainty=pl.col("coordinateUncertainty").fill_null(0),
    )
    return (
        sites.join(first, on=["plain", "country"], how="inner", maintain_order="left")
        .filter(pl.col("row") != pl.col("otherRow"))
        .select(
            pl.col("siteName").alias("name"),
            "row",
            "longitude",
            "latitude",
            "otherRow",
            "otherLongitude",
            "otherLatitude",
            uncertainty=pl.col("coordinateUncertainty").fill_null(0) + pl.col("otherUncertainty"),
        )
    )


def namesake_findings(pairs: pl.DataFrame) -> pl.DataFrame:
    """Name sites of one name whose coordinates lie farther apart than their uncertainty allows.

    `pairs` is what `namesakes` returned, with metresApart added.
    """
    apart = pairs.filter(pl.col("metresApart") > pl.col("uncertainty")).select(
        "row", "otherRow", value="name", kilometres=(pl.col("metresApart") / 1000).round(1)
    )
    return findings.rows(
        "place-two-coordinates", apart, table="sites", column="siteName", arguments=("otherRow", "kilometres")
    )
