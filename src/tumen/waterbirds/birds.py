"""Which birds does a row of counts mean?  A subspecies, a species, a genus or a group, and whether they are waterbirds.

Names are read as the list of the region has them (`tumen.tables.taxa`): synonyms and slips become the accepted name. A
name that the list does not know stands for itself. A name of a genus ("Anas sp.") means birds known no further: they
count as unidentified.
"""

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType

import polars as pl

from tumen.tables.taxa import RANKLESS, TAXA, resolve

WATERBIRDS = "waterbirds"
"""The measure that is no species: all waterbirds that were present."""

OTHER_ANIMALS = "otherAnimals"

ANY = "any"
"""The kin of birds that nobody knows even by their group: they may be of any species."""

_GENERA = {
    "divers": "Gavia",
    "grebes": "Tachybaptus Podiceps Podilymbus",
    "pelicans": "Pelecanus",
    "cormorants": "Phalacrocorax Urile Microcarbo Gulosus Anhinga",
    "herons": "Ardea Ardeola Egretta Butorides Nycticorax Gorsachius Botaurus Ixobrychus Bubulcus",
    "storks": "Ciconia Leptoptilos Mycteria Anastomus Ephippiorhynchus",
    "ibises": "Platalea Threskiornis Nipponia Plegadis Bostrychia",
    "swans": "Cygnus",
    "geese": "Anser Branta Alopochen Plectropterus",
    "ducks": "Tadorna Aix Nettapus Mareca Anas Spatula Sibirionetta Netta Aythya Histrionicus Melanitta Clangula "
    "Bucephala Mergellus Mergus Somateria Polysticta Dendrocygna Sarkidiornis Thalassornis Oxyura",
    "cranes": "Antigone Grus Leucogeranus Balearica",
    "rails": "Fulica Gallinula Gallicrex Rallus Zapornia Porzana Coturnicops Porphyrio Amaurornis",
    "shorebirds": "Haematopus Himantopus Recurvirostra Vanellus Pluvialis Charadrius Thinornis Anarhynchus Eudromias "
    "Rostratula Hydrophasianus Actophilornis Microparra Metopidius Numenius Limosa Limnodromus Arenaria Calidris "
    "Gallinago Lymnocryptes Scolopax Xenus Phalaropus Actitis Tringa Glareola Cursorius Burhinus Dromas",
    "gulls": "Rissa Chroicocephalus Saundersilarus Ichthyaetus Hydrocoloeus Larus",
    "terns": "Hydroprogne Gelochelidon Thalasseus Sternula Onychoprion Sterna Chlidonias Anous Rynchops",
    "otherWaterbirds": "Phoenicopterus Phoeniconaias Fregata Synthliboramphus Cepphus Scopus",
}
GROUP_OF_GENUS: Mapping[str, str] = MappingProxyType(
    {genus: group for group, genera in _GENERA.items() for genus in genera.split()}
)
"""The group of each genus of waterbirds where a row of counts does not say it: shelducks are ducks here, say."""

GROUP_OF_FAMILY: Mapping[str, str] = MappingProxyType(
    {
        "Gaviidae": "divers",
        "Podicipedidae": "grebes",
        "Pelecanidae": "pelicans",
        "Phalacrocoracidae": "cormorants",
        "Ardeidae": "herons",
        "Ciconiidae": "storks",
        "Threskiornithidae": "ibises",
        "Gruidae": "cranes",
        "Rallidae": "rails",
        "Charadriidae": "shorebirds",
        "Scolopacidae": "shorebirds",
        "Sterninae": "terns",
    }
)
"""The families whose birds are all of one group; those of Anatidae or Laridae are of several."""

SCHEMA = {
    "scientificName": pl.String,
    "taxonGroup": pl.String,
    "rank": pl.String,
    "taxon": pl.String,
    "species": pl.String,
    "genus": pl.String,
    "group": pl.String,
    "counts": pl.Boolean,
}


def birds(counts: pl.DataFrame, *, introduced: Collection[str] = ()) -> pl.DataFrame:
    """Return what each distinct pair of `scientificName` and `taxonGroup` of a table of counts means.

    `rank` is subspecies, species, genus, group or any (known not even by group); `taxon` the accepted name of a species
    or subspecies, `species` and `genus` what is above it. `group` is what the row says; without it what most rows of
    the species say, then the group of the genus. `counts` says whether they are part of a total of waterbirds: not
    animals that are no birds, not birds of the list of the region that are no waterbirds (unless the row gives them a
    group of waterbirds), not the introduced.

    >>> table = pl.DataFrame({"scientificName": ["Grus vipio", "Anas sp.", None], "taxonGroup": [None, None, "geese"]})
    >>> birds(table).select("rank", "taxon", "genus", "group").rows()
    [('species', 'Antigone vipio', 'Antigone', 'cranes'), ('genus', None, 'Anas', 'ducks'), ('group', None, None, 'geese')]
    """  # noqa: E501
    pairs = counts.group_by("scientificName", "taxonGroup", maintain_order=True).agg(rows=pl.len())
    foreign = {accepted(name) for name in introduced}
    meant = [_meant(name) for name in pairs["scientificName"]]
    read = pairs.with_columns(
        pl.Series("rank", [one[0] for one in meant], dtype=pl.String),
        pl.Series("taxon", [one[1] for one in meant], dtype=pl.String),
    )
    named = pl.col("rank").is_in(("subspecies", "species"))
    words = pl.col("taxon").str.split(" ")
    read = read.with_columns(
        taxon=pl.when(named).then("taxon"),
        species=pl.when(named).then(words.list.head(2).list.join(" ")),
        genus=pl.when(pl.col("rank") != "any").then(words.list.first()),
    )
    by_genus = pl.col("genus").replace_strict(
        {**GROUP_OF_GENUS, **GROUP_OF_FAMILY}, default=None, return_dtype=pl.String
    )
    read = (
        read.join(_said(read, "species"), on="species", how="left", maintain_order="left")
        .join(_said(read, "genus"), on="genus", how="left", maintain_order="left")
        .with_columns(group=pl.coalesce("taxonGroup", "said_species", by_genus, "said_genus"))
    )
    unnamed = pl.col("rank") == "any"
    listed = [_is_no_waterbird(one[1]) for one in meant]
    return read.with_columns(
        rank=pl.when(unnamed & pl.col("group").is_not_null()).then(pl.lit("group")).otherwise("rank"),
        counts=(pl.col("group").ne_missing(OTHER_ANIMALS))
        & ~(pl.Series("listed", listed, dtype=pl.Boolean) & pl.col("group").is_null())
        & ~pl.any_horizontal(pl.col("taxon", "species").is_in(foreign).fill_null(False)),
    ).select(list(SCHEMA))


def _said(read: pl.DataFrame, of: str) -> pl.DataFrame:
    """Return the group that most rows of a species (or genus) give, as `said_` and its name; the first by name."""
    said = "said_" + of
    given = read.filter(pl.col(of).is_not_null() & pl.col("taxonGroup").is_not_null())
    return (
        given.group_by(of, pl.col("taxonGroup").alias(said))
        .agg(pl.col("rows").sum())
        .sort(of, "rows", said, descending=[False, True, False])
        .unique(of, keep="first", maintain_order=True)
        .select(of, said)
    )


def accepted(name: str) -> str:
    """Return the accepted name of a name, or the name without its brackets where the list does not know it.

    >>> accepted("Anas formosa"), accepted("Sternula (albifrons) saundersi")
    ('Sibirionetta formosa', 'Sternula saundersi')
    """
    known = resolve(name).accepted
    # A word in brackets is an author, a subgenus, or the species group that the species belongs to.
    return known or " ".join(re.sub(r"\([^)]*\)", " ", name).split()) or name


def _meant(name: str | None) -> tuple[str, str | None]:
    """Return the rank of a name and the accepted name."""
    if name is None:
        return "any", None
    taxon = accepted(name)
    words = taxon.split()
    if words and words[0] in GROUP_OF_FAMILY:
        return "genus", words[0]
    if taxon in TAXA and TAXA[taxon].rank not in ("species", "subspecies", "genus"):
        return "any", taxon
    known_further = len(words) > 1 and words[1].lower() not in RANKLESS and "/" not in taxon
    if not known_further:
        # A family that the list does not know looks like a genus, but for its ending.
        return ("any", taxon) if not words or words[0].endswith(("idae", "formes", "inae")) else ("genus", words[0])
    return ("species" if len(words) == 2 else "subspecies"), taxon


def _is_no_waterbird(taxon: str | None) -> bool:
    """Return whether the list knows a name as that of an animal that is no waterbird."""
    if taxon is None:
        return False
    genus = taxon.split()[0]
    return genus in TAXA and genus not in GROUP_OF_GENUS and TAXA[genus].rank == "genus"
