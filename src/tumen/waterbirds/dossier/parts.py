"""Of which parts is a place made?  The sites of one country, and who owns them."""

from dataclasses import dataclass

import polars as pl

from tumen.errors import MisuseError, Text, nearest


@dataclass(frozen=True)
class Site:
    """A site that has a sheet of its own: its place, name, owner, and the count group it belongs to, if any."""

    place: str
    name: str
    party: str
    group: str


@dataclass(frozen=True)
class Part:
    """The sites of one country in a place; `country` is empty where nobody said which."""

    country: str
    sites: tuple[Site, ...]

    @property
    def places(self) -> tuple[str, ...]:
        """The places of its sites."""
        return tuple(site.place for site in self.sites)

    @property
    def parties(self) -> tuple[str, ...]:
        """Its owners, in alphabetical order."""
        return tuple(sorted({site.party for site in self.sites}))


def parts_of(place: str, sites: pl.DataFrame) -> tuple[str, tuple[Part, ...]]:
    """Return `site` or `group`, and the parts by country.

    Count units of a site have no sheet of their own: they are inside the site of which they are part.

    Raises `MisuseError` for a place that is neither a site nor a count group.

    >>> sites = pl.DataFrame(
    ...     {
    ...         "place": ["a/1", "b/1"],
    ...         "party": ["a", "b"],
    ...         "siteName": ["North", "South"],
    ...         "countryCode": ["RU", "CN"],
    ...         "countGroup": ["mouth", "mouth"],
    ...         "partOf": [None, None],
    ...     }
    ... )
    >>> kind, parts = parts_of("mouth", sites)
    >>> kind, [(part.country, part.places) for part in parts]
    ('group', [('CN', ('b/1',)), ('RU', ('a/1',))])
    """
    alone = sites.filter(pl.col("place") == place)
    chosen = alone if alone.height else sites.filter(pl.col("countGroup") == place)
    if chosen.is_empty():
        known = [*sites["place"].drop_nulls(), *sites["countGroup"].drop_nulls()]
        raise MisuseError("a site or a count group", Text("'{place}'", place=place), nearest(place, set(known)))
    inside = pl.col("partOf").is_in(chosen["place"].to_list())
    mains = chosen.filter(~inside.fill_null(value=False)).sort("place")
    parts: dict[str, list[Site]] = {}
    for row in mains.iter_rows(named=True):
        site = Site(row["place"], row["siteName"] or "", row["party"] or "", row["countGroup"] or "")
        parts.setdefault(row["countryCode"] or "", []).append(site)
    kind = "site" if alone.height else "group"
    return kind, tuple(Part(country, tuple(parts[country])) for country in sorted(parts))
