"""Which population do the birds of a species belong to that are at a place in a season, and what is its threshold?

The unit of the 1 % criterion is the biogeographic population. What a population's row says of its countries, seasons
and range decides; what it does not say excludes nothing. Where birds of several populations may be meant, the larger
threshold is used, as is usual practice (not verified in the guidance itself), and it is said.
"""

import datetime as dt
from collections.abc import Sequence

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from tumen.errors import MisuseError, nearest
from tumen.waterbirds.birds import accepted
from tumen.waterbirds.editions import in_force, later

ASSIGNED: dict[str, pl.DataType | type[pl.DataType]] = {
    "place": pl.String,
    "season": pl.String,
    "scientificName": pl.String,
    "populationID": pl.String,
    "populationName": pl.String,
    "edition": pl.String,
    "onePercent": pl.Int64,
    "quarter": pl.Int64,
    "basis": pl.String,
    "rule": pl.String,
    "inForce": pl.Boolean,
    "candidates": pl.Int64,
    "reason": pl.String,
    "said": pl.String,
}
"""The threshold for a species at a place in a season, under one edition. `reason`: why nothing can be decided by it."""

_WANTED = ["place", "season", "scientificName"]
_CASE = ["signature", "season", "scientificName"]
_NUMBERS = ["populationID", "populationName", "edition", "onePercent", "quarter", "basis", "rule"]


def assign(
    estimates: pl.DataFrame,
    sites: pl.DataFrame,
    wanted: pl.DataFrame,
    day: dt.date,
    *,
    editions: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Return the thresholds for each wanted place, season and species; shape `ASSIGNED`, sorted.

    `estimates` is a typed `population_estimates`; `sites` has place, countryCode, longitude, latitude and, for count
    groups, countGroup: a wanted place that is a countGroup lies wherever its sites lie. `wanted` has place, season and
    scientificName. `editions` limits the editions that are looked at.

    Each wanted triple has exactly one row with `inForce`, which decides on `day`; beside it stands a row for every
    other edition. `candidates` is the number of populations that fit. If the size of one of them is unknown, nobody
    knows which threshold is the larger: there is then none. Recalled rows are looked at only where there are no
    others. Raises `MisuseError` for an edition that no row has.

    >>> from tumen.tables.protocol import TABLES
    >>> row = {"populationID": "av", "scientificName": "Antigone vipio", "populationName": "East Asia", "minimum": 6000,
    ...        "maximum": 7000, "source": "slides", "edition": "2013", "countryCodes": "CN|KP|RU"}
    >>> estimates = pl.concat([TABLES["population_estimates"].empty(), pl.DataFrame([row])], how="diagonal")
    >>> sites = pl.DataFrame({"place": ["n/lake", "k/lake"], "countryCode": ["RU", "KE"],
    ...     "longitude": [130.6, 36.1], "latitude": [42.4, -0.4]})
    >>> wanted = sites.select("place", season=pl.lit("autumn"), scientificName=pl.lit("Grus vipio"))
    >>> assign(estimates, sites, wanted, dt.date(2026, 1, 1)).select("place", "onePercent", "quarter", "reason").rows()
    [('k/lake', None, None, 'threshold-no-population'), ('n/lake', 65, 17, '')]
    """
    rows = _limited(estimates, editions)
    asked = wanted.select(_WANTED).unique().sort(_WANTED)
    spread, regions = _spread(rows, day)
    places, fits = _places(sites, asked["place"].unique().to_list(), regions)
    asked = asked.join(places, on="place", how="left", maintain_order="left")
    cases = asked.select(_CASE).unique(maintain_order=True).join(_asked_names(asked), on="scientificName", how="left")
    found = _fitting(cases, spread, fits)
    decided = _chosen(found.filter("inForce"), _CASE).with_columns(inForce=pl.lit(True))
    beside = _chosen(found, [*_CASE, "edition"]).with_columns(inForce=pl.lit(False))
    same = [*_CASE, "edition", "populationID"]
    beside = beside.join(decided, on=same, how="anti", nulls_equal=True)
    none = _without(cases, found, spread).join(decided, on=_CASE, how="anti")
    columns = [*_CASE, *_NUMBERS, "inForce", "candidates", "reason", "said", "ranged"]
    every = pl.concat([part.select(columns) for part in (decided, none, beside.sort("edition", "populationID"))])
    return (
        asked.join(every, on=_CASE, how="left", maintain_order="left_right")
        .with_columns(said=_unlocated())
        .select(pl.col(name).cast(dtype) for name, dtype in ASSIGNED.items())
    )


def _limited(estimates: pl.DataFrame, editions: Sequence[str] | None) -> pl.DataFrame:
    """Return the estimates of the editions that are asked for."""
    if editions is None:
        return estimates
    known = estimates["edition"].drop_nulls().unique().sort().to_list()
    for edition in editions:
        if edition not in known:
            cure = nearest(edition, known) if known else "Add the table population_estimates."
            raise MisuseError("an edition of the population estimates", f"'{edition}'", cure)
    return estimates.filter(pl.col("edition").is_in(list(editions)))


def taxa(name: str) -> list[str]:
    """Return the accepted names that a row is about; several where one number is given for several species.

    >>> taxa("Anser fabalis/serrirostris"), taxa("Anas formosa")
    (['Anser fabalis', 'Anser serrirostris'], ['Sibirionetta formosa'])
    """
    first, *others = (part.strip() for part in name.split("/"))
    genus = first.split(" ")[0]
    return [accepted(first), *(accepted(other if " " in other else f"{genus} {other}") for other in others)]


def _names(names: pl.Series) -> pl.DataFrame:
    """Return what names mean: name, `species` and `subspecies` (null for a whole species)."""
    rows = [(name, taxon) for name in names.drop_nulls().unique().sort() for taxon in taxa(name)]
    words = pl.col("taxon").str.split(" ")
    return pl.DataFrame(rows, schema={"name": pl.String, "taxon": pl.String}, orient="row").select(
        "name",
        species=words.list.head(2).list.join(" "),
        subspecies=pl.when(words.list.len() > 2).then("taxon"),
        several=pl.len().over("name") > 1,
    )


def _asked_names(asked: pl.DataFrame) -> pl.DataFrame:
    meant = _names(asked["scientificName"]).rename({"subspecies": "asked"}).drop("several")
    return meant.rename({"name": "scientificName"})


def _spread(estimates: pl.DataFrame, day: dt.date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return thresholds with species, `region` and seasons, and the distinct regions (region, countryCodes, range)."""
    placed = ["countryCodes", "range"]
    regions = estimates.select(placed).unique(maintain_order=True).with_row_index("region")
    where = estimates.select(*placed, "seasons").join(
        regions, on=placed, how="left", nulls_equal=True, maintain_order="left"
    )
    seasons = where["seasons"].str.split("|").list.eval(pl.element().str.strip_chars())
    to_come = estimates.select(toCome=later(day)).to_series()
    made = in_force(estimates, day).with_columns(where["region"], seasons.alias("seasons"), to_come)
    meant = _names(estimates["scientificName"]).rename({"name": "scientificName"})
    spread = made.join(meant, on="scientificName", how="inner").with_columns(
        said=_add(pl.col("said"), pl.col("several"), "threshold-of-several-species"),
        ranged=pl.col("region").is_in(regions.filter(pl.col("range").is_not_null())["region"].implode()),
    )
    return spread.drop("scientificName", "several"), regions


def _places(sites: pl.DataFrame, wanted: list[str], regions: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return places with a `signature`, the same for places that lie in the same regions, and signature and region.

    Thousands of places lie in few combinations of regions: all that follows is done once for each combination.
    """
    columns = ("countryCode", "longitude", "latitude")
    parts = [sites.select("place", *columns)]
    if "countGroup" in sites.columns:
        grouped = sites.filter(
            pl.col("countGroup").is_not_null() & ~pl.col("countGroup").is_in(sites["place"].implode())
        )
        parts.append(grouped.select(pl.col("countGroup").alias("place"), *columns))
    known = pl.concat(parts)
    unknown = [place for place in wanted if place not in set(known["place"])]
    located = pl.concat([known, pl.DataFrame({"place": unknown}, schema={"place": pl.String})], how="diagonal")
    names = located["place"].unique(maintain_order=True)
    of = located.select(pl.col("place").cast(pl.Enum(names)).to_physical().alias("of"))["of"].to_numpy()
    inside = np.zeros((len(names), regions.height), dtype=bool)
    # A group lies in a region if one of its sites does.
    np.logical_or.at(inside, of, _inside(located, regions))
    nowhere = np.zeros(len(names), dtype=bool)
    np.logical_or.at(nowhere, of, (located["longitude"].is_null() | located["latitude"].is_null()).to_numpy())
    marks, signature = np.unique(np.column_stack([inside, nowhere]), axis=0, return_inverse=True)
    at, region = np.nonzero(marks[:, :-1])
    fits = pl.DataFrame({"signature": at, "region": region}, schema={"signature": pl.Int64, "region": pl.UInt32})
    places = pl.DataFrame({"place": names, "signature": signature.reshape(-1).astype(np.int64), "nowhere": nowhere})
    return places, fits


def _inside(located: pl.DataFrame, regions: pl.DataFrame) -> NDArray[np.bool_]:
    """Say for every place (row) and region (column) whether it may lie there; what is not said excludes nothing."""
    inside = np.ones((located.height, regions.height), dtype=bool)
    country = located["countryCode"]
    x, y = (located[name].cast(pl.Float64).to_numpy() for name in ("longitude", "latitude"))
    lands = {codes: _among(codes, country) for codes in regions["countryCodes"].drop_nulls().unique()}
    shapes = {text: _within(text, x, y) for text in regions["range"].drop_nulls().unique()}
    for column, (codes, text) in enumerate(regions.select("countryCodes", "range").iter_rows()):
        if codes is not None:
            inside[:, column] &= lands[codes]
        if text is not None:
            inside[:, column] &= shapes[text]
    return inside


def _among(codes: str, country: pl.Series) -> NDArray[np.bool_]:
    """Say which countries are among codes that | separates; a country that is not known may be."""
    found: NDArray[np.bool_] = country.is_in([code.strip() for code in codes.split("|")]).fill_null(True).to_numpy()
    return found


def _within(text: str, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which points lie in a polygon or on its edge; a text that is no polygon, or no point, excludes nothing."""
    everywhere = np.ones(len(x), dtype=bool)
    if not text.strip().upper().startswith(("POLYGON", "MULTIPOLYGON")):
        return everywhere
    with np.errstate(all="ignore"):
        shape = shapely.from_wkt(text, on_invalid="ignore")
        if shape is None or shape.is_empty:
            return everywhere
        shapely.prepare(shape)
        found: NDArray[np.bool_] = shapely.intersects_xy(shape, x, y)
    return found | np.isnan(x) | np.isnan(y)


def _fitting(cases: pl.DataFrame, spread: pl.DataFrame, fits: pl.DataFrame) -> pl.DataFrame:
    """Return the populations that fit each case, in all editions."""
    both = cases.join(spread, on="species", how="inner").join(fits, on=["signature", "region"], how="semi")
    of_taxon = pl.col("asked").is_null() | pl.col("subspecies").is_null() | (pl.col("asked") == pl.col("subspecies"))
    in_season = pl.col("seasons").is_null() | pl.col("seasons").list.contains(pl.col("season"))
    a_part = pl.col("asked").is_null() & pl.col("subspecies").is_not_null()
    found = both.filter(of_taxon.fill_null(True) & in_season)
    return found.with_columns(said=_add(pl.col("said"), a_part, "threshold-of-subspecies"))


def _chosen(found: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Return one row for each key: a population without a size before all, then the largest threshold."""
    recalled = pl.col("basis") == "recalled"
    lacking = pl.col("onePercent").is_null() & ~recalled
    ordered = found.with_columns(order=pl.when(lacking).then(0).when(recalled).then(2).otherwise(1)).sort(
        *key, "order", "onePercent", "populationID", descending=[False] * len(key) + [False, True, False]
    )
    chosen = ordered.group_by(key, maintain_order=True).agg(
        pl.all().exclude(*key).first(),
        candidates=pl.col("populationID").n_unique().cast(pl.Int64),
        # A smaller threshold that is only a lower bound may truly be the largest.
        atLeast=pl.col("said").str.contains("threshold-minimum-only", literal=True).any(),
    )
    own = pl.col("said").str.contains("threshold-minimum-only", literal=True)
    chosen = chosen.with_columns(said=_add(pl.col("said"), pl.col("atLeast") & ~own, "threshold-minimum-only"))
    return chosen.with_columns(
        said=_add(pl.col("said"), pl.col("candidates") > 1, "threshold-populations-mixed"),
    ).drop("atLeast")


def _without(cases: pl.DataFrame, found: pl.DataFrame, spread: pl.DataFrame) -> pl.DataFrame:
    """Return the cases as rows without a threshold, with the reason that would hold if nothing decides them."""
    fitting = found.group_by(_CASE).agg(candidates=pl.col("populationID").n_unique().cast(pl.Int64))
    ruled = pl.col("species").is_in(spread.filter("inForce")["species"].unique().implode())
    estimated = pl.col("species").is_in(spread["species"].unique().implode())
    to_come = pl.col("species").is_in(spread.filter("toCome")["species"].unique().implode())
    reason = (
        pl.when(ruled)
        .then(pl.lit("threshold-no-population"))
        .when(to_come)
        .then(pl.lit("threshold-edition-later"))
        .when(estimated)
        .then(pl.lit("threshold-no-edition"))
        .otherwise(pl.lit("threshold-no-estimate"))
    )
    bare = cases.unique(_CASE, keep="first", maintain_order=True).join(fitting, on=_CASE, how="left")
    empty = {name: pl.lit(None, ASSIGNED[name]) for name in _NUMBERS}
    return bare.with_columns(
        **empty,
        candidates=pl.col("candidates").fill_null(0),
        reason=reason,
        said=pl.lit(""),
        inForce=pl.lit(True),
        ranged=pl.lit(False),
    )


def _add(said: pl.Expr, case: pl.Expr, code: str) -> pl.Expr:
    """Return what is said with one code more where a case holds."""
    more = pl.when(case.fill_null(False)).then(pl.lit(code))
    return pl.concat_str(pl.when(said != "").then(said), more, separator="|", ignore_nulls=True).fill_null("")


def _unlocated() -> pl.Expr:
    """Return what is said, with a code where a place without coordinates was held against a range."""
    return _add(pl.col("said"), pl.col("nowhere") & pl.col("ranged"), "threshold-place-unlocated")
