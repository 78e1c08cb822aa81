"""Of which birds does a site have a row?  What was only counted at another site of its complex is not asked of it.

The sites of a complex are asked for the same species, so that their sum is known; and unidentified birds may have been
any of them. A site alone is judged by what was named there.
"""

from collections.abc import Collection, Mapping

import polars as pl

from tumen.waterbirds.birds import WATERBIRDS, birds
from tumen.waterbirds.units import tree

BESIDE: dict[str, pl.DataType | type[pl.DataType]] = {"place": pl.String, "measure": pl.String}
"""The birds that are no waterbirds of a place: of other kinds, or brought there by people."""


def recorded(sites: pl.DataFrame, visits: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """Return place and measure of every row of counts, and waterbirds everywhere; a unit's rows are its whole site's.

    A row of zero, or of a number that is withheld or was not counted, is a row: somebody looked for the bird.

    >>> sites = pl.DataFrame({"siteID": ["lake", "bay"], "partOf": [None, "lake"], "countGroup": [None, None]})
    >>> visits = pl.DataFrame({"visitID": ["v"], "siteID": ["bay"]})
    >>> counts = pl.DataFrame({"visitID": ["v"], "scientificName": ["Grus vipio"], "taxonGroup": ["cranes"]})
    >>> recorded(sites, visits, counts).sort("measure").rows()
    [('lake', 'Antigone vipio'), ('lake', 'waterbirds')]
    """
    units = tree(sites).sites
    names, parents = units["siteID"].to_list(), units["parent"].to_list()
    whole = list(range(len(names)))
    for number in range(len(names)):
        while (above := parents[whole[number]]) is not None:
            whole[number] = above
    places = pl.DataFrame(
        {"siteID": names, "place": [names[number] for number in whole]},
        schema={"siteID": pl.String, "place": pl.String},
    )
    keys = ["scientificName", "taxonGroup"]
    rows = counts.select("visitID", *keys).join(visits.select("visitID", "siteID"), on="visitID").join(places, "siteID")
    meant = birds(counts)
    named = rows.select("place", *keys).unique().join(meant, on=keys, nulls_equal=True)
    each = [named.select("place", measure=pl.col(name)) for name in ("taxon", "species")]
    total = places.select("place", measure=pl.lit(WATERBIRDS))
    return pl.concat([*each, total]).drop_nulls().unique()


def beside(
    places: pl.DataFrame, counts: pl.DataFrame, brought: Mapping[str | None, Collection[str]] | None = None
) -> pl.DataFrame:
    """Return the measures (`BESIDE`) that are no part of the waterbirds of places, of which nobody asks for 1 %.

    `places` has place and countryCode (several joined by |); `brought` the introduced birds of each country. What is
    introduced in one country of a complex and not in another stays a waterbird of the complex.

    >>> places = pl.DataFrame({"place": ["lake", "bay"], "countryCode": ["RU", "CN"]})
    >>> counts = pl.DataFrame({"scientificName": ["Passer montanus", "Cygnus olor"], "taxonGroup": None},
    ...     schema_overrides={"taxonGroup": pl.String})
    >>> beside(places, counts, {"RU": ["Cygnus olor"]}).sort("place", "measure").rows()
    [('bay', 'Passer montanus'), ('lake', 'Cygnus olor'), ('lake', 'Passer montanus')]
    """
    given = brought or {}
    codes = {code: (code or "").split("|") for code in places["countryCode"].unique(maintain_order=True)}
    names = {one: _no_waterbirds(counts, given.get(one or None, ())) for each in codes.values() for one in each}
    of_code = [
        (code, measure)
        for code, each in codes.items()
        for measure in sorted(set.intersection(*(names[o] for o in each)))
    ]
    table = pl.DataFrame(of_code, schema={"countryCode": pl.String, "measure": pl.String}, orient="row")
    return (
        places.select("place", "countryCode")
        .join(table, on="countryCode", nulls_equal=True)
        .select(list(BESIDE))
        .unique()
    )


def _no_waterbirds(counts: pl.DataFrame, introduced: Collection[str]) -> set[str]:
    meant = birds(counts, introduced=introduced)
    every = pl.concat([meant.select("counts", measure=pl.col(name)) for name in ("taxon", "species")]).drop_nulls()
    return set(every.group_by("measure").agg(pl.col("counts").any()).filter(~pl.col("counts"))["measure"])
