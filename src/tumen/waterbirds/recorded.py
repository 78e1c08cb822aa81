"""Of which birds does a site have a row?  What was only counted at another site of its complex is not asked of it.

The sites of a complex are asked for the same species, so that their sum is known; and unidentified birds may have been
any of them. A site alone is judged by what was named there.
"""

import polars as pl

from tumen.waterbirds.birds import WATERBIRDS, birds
from tumen.waterbirds.units import tree


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
