"""Which rows may leave? Those of the tables and species of the grant, and whatever belongs to them."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from tumen.sharing.classes import Kept
from tumen.sharing.kept import KEPT, of_species
from tumen.sharing.levels import Grant, at_most
from tumen.tables import findings
from tumen.tables.package import Package

PEOPLE = ("human", "vehicle")
"""Observations that are of people: below `full` they stay at home."""
COUNTED = (
    "scientificName",
    "count",
    "minimum",
    "maximum",
    "estimated",
    "taxonGroup",
    "lifeStage",
    "partOf",
    "comments",
)
"""What of a count is emptied when it is withheld: all but its visit, or the species could be told."""
REASONS = {
    "table": "the grant does not let out this table",
    "species": "the grant does not let out their species",
    "people": "they show people",
    "pictures": "the grant lets out no whole pictures",
    "video": "they are no JPEG or PNG pictures",
    "thirdParty": "they name animals of a third party",
    "unnamedParty": "they name animals without saying whose they are",
}
"""Why rows stay at home."""
OWN_WORDS = ("links", "register_events")
"""Tables in which other parties' names stand as those parties write them."""
WHOSE = {"party": "individualID", "otherParty": "otherIndividualID"}
"""Columns of `OWN_WORDS` that say whose an animal is, and the columns of their names."""
PAIRED = (*WHOSE.values(), "members")
"""Columns of `OWN_WORDS` with names of several parties' animals."""
ROW = "\x00row"
"""Column that numbers the rows of the owner's table, from 0."""


@dataclass(frozen=True)
class Chosen:
    """The rows that may leave, by table, each with its number in `ROW`; and findings on those that do not."""

    tables: Mapping[str, pl.DataFrame]
    findings: pl.DataFrame


def allowed(name: str, grant: Grant) -> Kept | None:
    """Return what a table lets out under a grant; None where it does not leave at all."""
    kept = KEPT.get(name)
    if kept is None or not at_most(kept.level, grant.level):
        return None
    if grant.tables is not None and name not in grant.tables:
        return None
    if name in grant.home:
        return None
    if grant.species is not None and name not in grant.whole and not of_species(name):
        return None
    if kept.needs and grant.level != "full" and not granted(kept.needs, grant):
        return None
    return kept


def granted(what: str, grant: Grant) -> bool:
    """Say whether a grant frees a class of columns.

    >>> granted("text", Grant("south", "crossing", text=True)), granted("person", Grant("south", "crossing"))
    (True, False)
    """
    return what not in grant.denied and (what in grant.columns or (what == "text" and grant.text))


def choose(package: Package, grant: Grant) -> Chosen:
    """Return the rows of a package that may leave; nothing is coarsened yet."""
    frames = {name: frame.with_row_index(ROW) for name, frame in package.tables.items()}
    wanted = _of_species(frames, grant) if grant.species is not None else dict(frames)
    reasons = {name: [("species", frames[name].height - wanted[name].height)] for name in frames}
    if grant.level != "full":
        for name, reason, keep in _below_full(package, grant, wanted):
            before = wanted[name].height
            wanted[name] = wanted[name].filter(keep.fill_null(False))
            reasons[name].append((reason, before - wanted[name].height))
    tables, found = {}, []
    for name, frame in wanted.items():
        if allowed(name, grant) is not None:
            tables[name] = frame
            found += [_withheld(name, count, reason) for reason, count in reasons[name] if count]
        elif frames[name].height:
            found.append(_withheld(name, frames[name].height, "table"))
    return Chosen(tables, findings.gather(found))


def _withheld(table: str, count: int, reason: str) -> pl.DataFrame:
    return findings.finding("disclosed-rows-withheld", table=table, count=count, reason=REASONS[reason])


def _of_species(frames: Mapping[str, pl.DataFrame], grant: Grant) -> dict[str, pl.DataFrame]:
    """Return the rows of the species of a grant; counts of others become withheld."""
    species = list(grant.species or ())
    mine = pl.col("scientificName").is_in(species).fill_null(False)
    kept = dict(frames)
    for name, frame in frames.items():
        if name == "counts":
            kept[name] = withheld_counts(frame, ~mine)
        elif name == "observations":
            nobody = pl.col("scientificName").is_null() & (pl.col("observationType") != "animal")
            kept[name] = frame.filter(mine | nobody.fill_null(False))
        elif "scientificName" in frame.columns and name != "samples":
            kept[name] = frame.filter(mine)
    animals = _names(kept, ("individuals", "observations", "positions"), "individualID")
    if "samples" in frames:
        unnamed = pl.col("scientificName").is_null() & pl.col("individualID").is_in(animals.implode())
        kept["samples"] = frames["samples"].filter(mine | unnamed.fill_null(False))
    for name in ("identifications", "links", "register_events"):
        if name in frames:
            about = [c for c in ("individualID", "otherIndividualID") if c in frames[name].columns]
            kept[name] = frames[name].filter(pl.any_horizontal(pl.col(c).is_in(animals.implode()) for c in about))
    if "observations" in frames and "media" in frames:
        gone = frames["observations"].join(kept["observations"], on=ROW, how="anti")["mediaID"].drop_nulls()
        # A picture of a granted animal may show one of another species too.
        kept["media"] = frames["media"].filter(~pl.col("mediaID").is_in(gone.implode()))
    return _of_what_stays(kept)


def _of_what_stays(kept: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Leave out rows about samples, observations and pictures that are left out."""
    for name, column, target in (
        ("identifications", "observationID", "observations"),
        ("identifications", "sampleID", "samples"),
        ("genotypes", "sampleID", "samples"),
        ("tests", "sampleID", "samples"),
        ("loci", "locus", "genotypes"),
        ("controls", "runID", "genotypes"),
        ("assays", "assayID", "tests"),
    ):
        if name in kept:
            there = _names(kept, (target,), column).implode()
            kept[name] = kept[name].filter(pl.col(column).is_null() | pl.col(column).is_in(there))
    if "media" in kept:
        kept["media"] = _of_observations(kept)
    return kept


def withheld_counts(counts: pl.DataFrame, withheld: pl.Expr) -> pl.DataFrame:
    """Return counts of which some are withheld: still there, without species and numbers. Zeros stay zeros."""
    hide = withheld.fill_null(True)
    return counts.with_columns(
        pl.when(hide).then(pl.lit("withheld")).otherwise("status").alias("status"),
        *(pl.when(~hide).then(name).alias(name) for name in COUNTED if name in counts.columns),
    )


def _names(frames: Mapping[str, pl.DataFrame], tables: tuple[str, ...], column: str) -> pl.Series:
    parts = [frames[name][column] for name in tables if name in frames]
    return pl.concat([pl.Series(column, [], dtype=pl.String), *parts]).drop_nulls().unique()


def _of_observations(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    shown = _names(frames, ("observations",), "mediaID")
    return frames["media"].filter(pl.col("mediaID").is_in(shown.implode()))


def _below_full(package: Package, grant: Grant, frames: Mapping[str, pl.DataFrame]) -> list[tuple[str, str, pl.Expr]]:
    """Return what stays at home below `full` whatever the grant: table, reason, and which rows may leave."""
    rules: list[tuple[str, str, pl.Expr]] = []
    if "observations" in frames:
        rules.append(("observations", "people", ~pl.col("observationType").is_in(PEOPLE).fill_null(False)))
    if "media" in frames and not granted("media", grant):
        rules.append(("media", "pictures", pl.col("mediaID").is_in([])))
    elif "media" in frames:
        people = frames["observations"] if "observations" in frames else package.table("observations")
        shown = people.filter(~pl.col("observationType").is_in(PEOPLE).fill_null(False))["mediaID"].drop_nulls()
        hidden = people.filter(pl.col("observationType").is_in(PEOPLE))["mediaID"].drop_nulls()
        rules.append(("media", "people", pl.col("mediaID").is_in(shown.implode())))
        rules.append(("media", "people", ~pl.col("mediaID").is_in(hidden.implode())))
        rules.append(("media", "video", pl.col("fileMediatype").is_in(["image/jpeg", "image/png"])))
    # A third party's names are its own to give: nobody else can match them anyway.
    known = [package.party, grant.receiver]
    for name in ("links", "register_events"):
        if name in frames and not granted("name", grant):
            said = [pl.col(party).is_not_null() | pl.col(animal).is_null() for party, animal in WHOSE.items()]
            others = [pl.col(party).is_null() | pl.col(party).is_in(known) for party in WHOSE]
            if name == "register_events":
                said.append(_members().list.eval(pl.element().str.contains("/")).list.all())
                others.append(_members().list.eval(pl.element().str.extract("^([^/]*)").is_in(known)).list.all())
            rules.append((name, "unnamedParty", pl.all_horizontal(said)))
            rules.append((name, "thirdParty", pl.all_horizontal(others)))
    return rules


def _members() -> pl.Expr:
    """Return the members of a row, each as `party/animal`; none where there are none."""
    listed = pl.col("members").fill_null("").str.split("|").list.eval(pl.element().str.strip_chars())
    return listed.list.eval(pl.element().filter(pl.element() != ""))


def own_animals(package: Package) -> pl.Series:
    """Return the names of the owner's animals, `folded`: all that are not another party's."""
    parts = [pl.Series("name", [], dtype=pl.String)]
    for table, frame in package.tables.items():
        pairs = table in OWN_WORDS
        for column, what in KEPT[table].columns.items() if table in KEPT else ():
            if what == "animal" and column in frame.columns and not (pairs and column in PAIRED):
                parts.append(frame[column].alias("name"))
        for party, animal in WHOSE.items() if pairs else ():
            parts.append(frame.filter((pl.col(party) == package.party).fill_null(True))[animal].alias("name"))
        if pairs and "members" in frame.columns:
            listed = frame.select(said=_members()).explode("said").drop_nulls()
            whose = pl.col("said").str.extract("^([^/]*)/").fill_null(package.party)
            own = listed.filter(whose == package.party)
            parts.append(own.select(name=pl.col("said").str.replace("^[^/]*/", "")).to_series())
    names = pl.concat(parts).drop_nulls().to_frame().select(folded("name")).to_series().unique()
    return names.filter(names.str.strip_chars() != "")


def folded(name: str) -> pl.Expr:
    """Return texts as they are compared: one case, and a blank for whatever is no letter or digit."""
    plain = pl.col(name).str.normalize("NFKC").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", " ")
    return pl.concat_str(pl.lit(" "), plain.str.strip_chars(), pl.lit(" "))
