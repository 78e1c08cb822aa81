"""Which local names mean the same animal?

Each party names its animals by itself. A link is a judgement on one pair of local names; the latest judgement on a
pair holds, whichever way round the pair was written. Names that a chain of "same" judgements connects are one joint
identity, called by the smallest "party/individualID" among them, so that its name depends neither on the order of
links nor on the order of packages. Nothing is overwritten: undoing a link is a later link.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tumen.tables import findings
from tumen.tables.individuals import LINKS
from tumen.tables.schema import UTC, require

KNOWN: dict[str, pl.DataType | type[pl.DataType]] = {
    "party": pl.String,
    "individualID": pl.String,
    "scientificName": pl.String,
    "sex": pl.String,
}
"""What `crosswalk` needs to know of the parties' animals; one name may stand in several rows."""

CROSSWALK: dict[str, pl.DataType | type[pl.DataType]] = {
    "party": pl.String,
    "individualID": pl.String,
    "jointID": pl.String,
    "names": pl.String,
}
"""One row per local name: its joint identity, and all local names of that identity joined by " = "."""

BETWEEN = " = "

JOINT_NAMES: dict[str, pl.DataType | type[pl.DataType]] = {
    "party": pl.String,
    "individualID": pl.String,
    "jointName": pl.String,
    "decidedAt": UTC,
    "row": pl.Int64,
}
"""Names given to joint identities: by which local name, when, and in which row of the register's events."""


@dataclass(frozen=True)
class Crosswalk:
    """Local names with their joint identities (`CROSSWALK`), and what is doubtful in the links (`FINDINGS`)."""

    table: pl.DataFrame
    findings: pl.DataFrame


def crosswalk(known: pl.DataFrame, links: pl.DataFrame, joint_names: pl.DataFrame | None = None) -> Crosswalk:
    """Join local names into joint identities.

    `known` has the columns of `KNOWN`, `links` is the typed table `links`. Per pair the judgement with the latest
    `decidedAt` holds (one without an instant counts as earlier than all others); two at the same instant that disagree
    leave the pair undecided. A link is not used when it names an individual that is not in `known`, or joins two
    species: each is a finding, as are a female joined to a male, and names judged different that other links join.
    `joint_names` (`JOINT_NAMES`) calls identities by other names than the smallest of their local ones; the latest
    counts, and one that another identity has is a finding and not used. Rows of findings count as a spreadsheet shows
    `links`. Raises `ColumnError` where a column is missing.

    >>> known = pl.DataFrame({"party": ["north", "south", "south"], "individualID": ["T7", "22", "31"],
    ...     "scientificName": ["Panthera tigris"] * 3, "sex": [None, "male", "male"]})
    >>> link = {"linkID": "1", "party": "south", "individualID": "22", "otherParty": "north",
    ...     "otherIndividualID": "T7", "verdict": "same"}
    >>> links = pl.concat([LINKS.empty(), pl.DataFrame([link])], how="diagonal")
    >>> crosswalk(known, links).table.select("individualID", "jointID", "names").rows()[:2]
    [('T7', 'north/T7', 'north/T7 = south/22'), ('22', 'north/T7', 'north/T7 = south/22')]
    """
    names = local_names(require(known, KNOWN, "known"))
    events, unknown = _events(LINKS.require(links), names)
    pairs = _decided(events)
    same, mixed = _within_species(pairs.filter(pl.col("verdict") == "same"), names)
    group = _joined(same, names.height)
    table = names.with_columns(group=pl.Series(group))
    joint = (
        table.sort("name")
        .group_by("group", maintain_order=True)
        .agg(jointID=pl.col("name").first(), names=pl.col("name").str.join(BETWEEN))
    )
    joint, named = _called(joint, table, joint_names)
    table = table.join(joint, on="group", how="left", maintain_order="left")
    return Crosswalk(
        table.select(*CROSSWALK),
        findings.gather(
            [
                unknown,
                mixed,
                _disagreeing(pairs, names),
                _contradicted(pairs, names, group),
                _two_sexes(same, table),
                named,
            ]
        ),
    )


def identify(detections: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Return detections under their joint identities.

    `individualID` becomes the joint identity, `names` lists its local names, and the party's own name moves to
    `localID`. A name the table does not have stays itself: "party/individualID". Rows keep their order.

    >>> table = pl.DataFrame([("south", "22", "north/T7", "north/T7 = south/22")], schema=CROSSWALK, orient="row")
    >>> seen = pl.DataFrame({"party": ["south", "south"], "individualID": ["22", "31"]})
    >>> identify(seen, table).rows()
    [('south', 'north/T7', '22', 'north/T7 = south/22'), ('south', 'south/31', '31', 'south/31')]
    """
    own = pl.concat_str("party", pl.lit("/"), "localID")
    return (
        detections.with_columns(localID="individualID")
        .join(
            require(table, CROSSWALK, "crosswalk").rename({"individualID": "localID"}),
            on=["party", "localID"],
            how="left",
            maintain_order="left",
        )
        .with_columns(individualID=pl.coalesce("jointID", own), names=pl.coalesce("names", own))
        .drop("jointID")
    )


def local_names(known: pl.DataFrame) -> pl.DataFrame:
    """Return one row per local name in a fixed order, with what is known of it; contradictory facts count as unknown.

    A party that records one name as two species or two sexes has its own finding for that.
    """
    return (
        known.drop_nulls(["party", "individualID"])
        .group_by("party", "individualID")
        .agg(
            pl.when(pl.col(fact).drop_nulls().n_unique() == 1).then(pl.col(fact).drop_nulls().first()).alias(fact)
            for fact in ("scientificName", "sex")
        )
        .sort("party", "individualID")
        .with_columns(name=pl.concat_str("party", pl.lit("/"), "individualID"))
        .with_row_index("node")
    )


def _events(links: pl.DataFrame, names: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the links between known names as (row, low, high, verdict, decidedAt), and findings for the others."""
    nodes = names.select("party", "individualID", "node")
    events = (
        links.with_row_index("row", 2)
        .join(nodes.rename({"node": "one"}), on=["party", "individualID"], how="left", maintain_order="left")
        .join(
            nodes.rename({"party": "otherParty", "individualID": "otherIndividualID", "node": "other"}),
            on=["otherParty", "otherIndividualID"],
            how="left",
            maintain_order="left",
        )
    )
    unknown = [
        findings.rows(
            "link-unknown-individual",
            events.filter(pl.col(node).is_null()).with_columns(
                value=pl.concat_str(pl.col(party).fill_null(""), pl.lit("/"), pl.col(name).fill_null(""))
            ),
            table="links",
            column=name,
        )
        for node, party, name in (("one", "party", "individualID"), ("other", "otherParty", "otherIndividualID"))
    ]
    usable = events.drop_nulls(["one", "other"]).select(
        "row",
        pl.min_horizontal("one", "other").alias("low"),
        pl.max_horizontal("one", "other").alias("high"),
        # An unreadable verdict has its finding; it decides nothing.
        pl.col("verdict").fill_null("undecided"),
        "decidedAt",
    )
    return usable, findings.gather(unknown)


def _decided(events: pl.DataFrame) -> pl.DataFrame:
    """Return one row per pair: (low, high, verdict, row, disagree), by the latest instant."""
    last = events.group_by("low", "high").agg(last=pl.col("decidedAt").max())
    return (
        events.join(last, on=["low", "high"], how="left")
        .filter((pl.col("decidedAt") == pl.col("last")) | pl.col("last").is_null())
        .group_by("low", "high")
        .agg(
            pl.col("verdict").min(),
            pl.col("row").min(),
            disagree=pl.col("verdict").n_unique() > 1,
        )
        .with_columns(verdict=pl.when("disagree").then(pl.lit("undecided")).otherwise("verdict"))
        .sort("low", "high")
    )


def _joined(same: pl.DataFrame, count: int) -> npt.NDArray[np.int32]:
    """Return the number of the group each name belongs to."""
    ends = (same["low"].to_numpy(), same["high"].to_numpy())
    graph = coo_array((np.ones(same.height, dtype=np.int8), ends), shape=(count, count))
    group: npt.NDArray[np.int32] = connected_components(graph, directed=False)[1]
    return group


def _called(
    joint: pl.DataFrame, members: pl.DataFrame, joint_names: pl.DataFrame | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the identities under the names that were given to them, and findings on those names."""
    if joint_names is None or joint_names.is_empty():
        return joint, findings.empty()
    given = (
        require(joint_names, JOINT_NAMES, "joint names")
        .join(members.select("party", "individualID", "group"), on=["party", "individualID"], how="inner")
        .sort("decidedAt", "jointName", "party", "individualID")
    )
    last = given.group_by("group", maintain_order=True).agg(
        pl.col("jointName", "decidedAt", "row").last(), names=pl.col("jointName").unique().sort()
    )
    # Whoever was called so first keeps the name; a name made of local names belongs to its own identity.
    automatic = joint.select(jointName="jointID", owner="group")
    last = (
        last.join(automatic, on="jointName", how="left")
        .sort("decidedAt", "row")
        .with_columns(
            taken=(pl.col("owner") != pl.col("group")).fill_null(False) | ~pl.col("jointName").is_first_distinct()
        )
    )
    found = [
        findings.rows(
            "register-name-taken",
            last.filter("taken").with_columns(value="jointName"),
            table="register_events",
            column="jointName",
        ),
        findings.rows(
            "register-two-names",
            last.filter(pl.col("names").list.len() > 1, ~pl.col("taken")).with_columns(
                value="jointName", names=pl.col("names").list.join(", ")
            ),
            table="register_events",
            column="jointName",
            arguments=("names",),
        ),
    ]
    used = last.filter(~pl.col("taken")).select("group", "jointName")
    renamed = joint.join(used, on="group", how="left", maintain_order="left").with_columns(
        jointID=pl.coalesce("jointName", "jointID")
    )
    return renamed.drop("jointName"), findings.gather(found)


def _pair() -> pl.Expr:
    """Return the two names of a pair as one text."""
    return pl.concat_str("lowName", pl.lit(", "), "highName").alias("value")


def _named(pairs: pl.DataFrame, names: pl.DataFrame, *facts: str) -> pl.DataFrame:
    """Add to each pair the names of its two ends, and the facts asked for."""
    for end in ("low", "high"):
        of_end = names.select(
            pl.col("node").alias(end),
            pl.col("name").alias(f"{end}Name"),
            *(pl.col(fact).alias(f"{end}{fact}") for fact in facts),
        )
        pairs = pairs.join(of_end, on=end, how="left", maintain_order="left")
    return pairs


def _within_species(same: pl.DataFrame, names: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the links that stay within a species, and a finding for each of the others.

    Two species may also meet through a name whose species is not known. Which of its links is wrong cannot be told, so
    none of them is used.
    """
    ends = _named(same, names, "scientificName")
    low, high = pl.col("lowscientificName"), pl.col("highscientificName")
    direct = (low != high).fill_null(False)
    group = pl.Series("group", _joined(ends.filter(~direct), names.height))
    species = (
        names.with_columns(group=group).group_by("group").agg(pl.col("scientificName").drop_nulls().unique().sort())
    )
    ends = (
        ends.with_columns(group=pl.Series(group.to_numpy()[ends["low"].to_numpy()]))
        .join(species, on="group", how="left", maintain_order="left")
        .with_columns(
            through=(low.is_null() | high.is_null()) & (pl.col("scientificName").list.len() > 1),
            species=pl.when(direct)
            .then(pl.concat_list(low, high).list.sort())
            .otherwise("scientificName")
            .list.join(", "),
        )
    )
    wrong = ends.filter(direct | pl.col("through")).with_columns(_pair())
    found = findings.rows("link-between-species", wrong, table="links", column="individualID", arguments=["species"])
    return same.filter(~(ends.select(direct | pl.col("through")).to_series())), found


def _disagreeing(pairs: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    split = _named(pairs.filter("disagree"), names).with_columns(_pair())
    return findings.rows("link-same-time", split, table="links", column="decidedAt")


def _contradicted(pairs: pl.DataFrame, names: pl.DataFrame, group: npt.NDArray[np.int32]) -> pl.DataFrame:
    """Find the pairs judged different whose names other links join all the same."""
    different = pairs.filter(pl.col("verdict") == "different")
    together = group[different["low"].to_numpy()] == group[different["high"].to_numpy()]
    wrong = _named(different.filter(pl.Series(together)), names).with_columns(_pair())
    return findings.rows("link-contradiction", wrong, table="links", column="verdict")


def _two_sexes(same: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Find joint identities of a female and a male; the row is that of the first link straight between the two."""
    mixed = table.filter(pl.col("sex").drop_nulls().n_unique().over("group") > 1)
    ends = _named(same, table, "sex", "group").filter(pl.col("lowsex") != pl.col("highsex"))
    rows = ends.group_by(group="lowgroup").agg(pl.col("row").min())
    wrong = (
        mixed.group_by("group")
        .agg(value=pl.col("name").sort().str.join(", "))
        .join(rows, on="group", how="left")
        .sort("value")
    )
    return findings.rows("link-between-sexes", wrong, table="links", column="individualID")
