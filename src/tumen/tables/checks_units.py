"""Do sites and their count units fit together?  Units of one site, one country and one count group."""

import polars as pl

from tumen.tables import findings
from tumen.tables.package import Package
from tumen.tables.protocol import TABLES
from tumen.tables.rows import numbered


def check(package: Package) -> list[pl.DataFrame]:
    """Return the findings of sites that are count units of others."""
    sites = numbered(package, TABLES["sites"]).filter(pl.col("siteID").is_not_null())
    sites = sites.unique("siteID", keep="first", maintain_order=True)
    looped = circular(dict(sites.select("siteID", "partOf").drop_nulls().iter_rows()))
    inside = pl.col("siteID").is_in(looped)
    wholes = sites.select(partOf="siteID", wholeCountry="countryCode", wholeGroup="countGroup")
    units = (
        sites.filter(~inside).join(wholes, on="partOf", how="inner", maintain_order="left").with_columns(whole="partOf")
    )
    abroad = units.filter(pl.col("countryCode") != pl.col("wholeCountry")).with_columns(value="countryCode")
    # A unit that says nothing belongs to the group of its site.
    other = units.filter(
        pl.col("countGroup").is_not_null() & pl.col("countGroup").ne_missing(pl.col("wholeGroup"))
    ).with_columns(value="countGroup")
    return [
        findings.rows(
            "site-part-circular", sites.filter(inside).with_columns(value="siteID"), table="sites", column="partOf"
        ),
        findings.rows(
            "site-part-abroad", abroad, table="sites", column="countryCode", arguments=("whole", "wholeCountry")
        ),
        findings.rows(
            "site-part-other-group", other, table="sites", column="countGroup", arguments=("whole", "wholeGroup")
        ),
    ]


def circular(owner: dict[str, str]) -> list[str]:
    """Return, sorted, the names that lead back to themselves when owners are followed.

    >>> circular({"a": "b", "b": "a", "c": "a", "d": "d", "e": "whole"})
    ['a', 'b', 'd']
    """
    state: dict[str, int] = {}
    found: list[str] = []
    for turn, start in enumerate(owner):
        way: list[str] = []
        name = start
        while name in owner and name not in state:
            state[name] = turn
            way.append(name)
            name = owner[name]
        if state.get(name) == turn:
            found += way[way.index(name) :]
    return sorted(found)
