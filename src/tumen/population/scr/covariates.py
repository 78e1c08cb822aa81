"""What is known of the animals?  Sex and other covariates from all parties, and where they contradict each other."""

import polars as pl

from tumen.population.scr.tables import SEXES
from tumen.tables import findings

Values = dict[str, dict[str, object]]
"""Values of animals by covariate and joint name."""


def animal_values(seen: pl.DataFrame, individuals: pl.DataFrame | None) -> tuple[Values, pl.DataFrame]:
    """Return the covariates of animals, and a finding for each whose sex is told in two ways: it is unknown.

    `seen`: party, individualID (the joint name), sex. `individuals`: individualID, sex and other columns, which are
    covariates; where an animal has several rows that differ, its value is unknown.

    >>> seen = pl.DataFrame({"party": ["n", "s"], "individualID": ["a", "a"], "sex": ["male", None]})
    >>> animal_values(seen, None)[0]
    {'sex': {'a': 'M'}}
    """
    told = seen.select("party", "individualID", "sex")
    if individuals is not None and "sex" in individuals.columns:
        party = pl.col("party") if "party" in individuals.columns else pl.lit("individuals").alias("party")
        told = pl.concat([told, individuals.select(party, "individualID", "sex")])
    told = told.drop_nulls(["individualID", "sex"]).unique()
    by = (
        told.group_by("individualID")
        .agg(sexes=pl.col("sex").unique().sort(), parties=pl.col("party").drop_nulls().unique().sort())
        .sort("individualID")
    )
    doubtful = by.filter(pl.col("sexes").list.len() > 1)
    frame = doubtful.select(
        row=pl.lit(None, dtype=pl.Int64),
        value="individualID",
        sexes=pl.col("sexes").list.join(", "),
        parties=pl.col("parties").list.join(", "),
    )
    found = findings.rows("sex-contradictory", frame, table="individuals", column="sex", arguments=["sexes", "parties"])
    sure = by.filter(pl.col("sexes").list.len() == 1)
    values: Values = {
        "sex": {name: SEXES.get(sexes[0]) for name, sexes in sure.select("individualID", "sexes").iter_rows()}
    }
    if individuals is not None:
        for column in individuals.columns:
            if column not in ("party", "individualID", "sex"):
                values[column] = _single(individuals, column)
    return values, found


def _single(individuals: pl.DataFrame, column: str) -> dict[str, object]:
    """Return the value of each animal of which all rows that have one say the same."""
    told = individuals.select("individualID", column).drop_nulls().unique()
    return dict(told.filter(~pl.col("individualID").is_duplicated()).sort("individualID").iter_rows())


def young_and_grown(marked: pl.DataFrame) -> pl.DataFrame:
    """Find animals that were seen as dependent young and as grown in one session: session, individualID, reason."""
    keys = ["session", "individualID"]
    young = marked.filter(pl.col("reason") == "left-out-dependent-young").select(keys).unique()
    both = marked.filter(pl.col("reason").is_null()).select(keys).unique().join(young, on=keys, how="inner").sort(keys)
    told = both.select(row=pl.lit(None, dtype=pl.Int64), value="individualID", session="session")
    return findings.rows(
        "animal-young-and-grown", told, table="observations", column="lifeStage", arguments=["session"]
    )


def two_names(used: pl.Series, crosswalk: pl.DataFrame | None) -> pl.DataFrame:
    """Find names in use that the register says are one animal. `crosswalk`: party, individualID, jointID."""
    if crosswalk is None:
        return findings.empty()
    own = pl.concat_str("party", pl.lit("/"), "individualID")
    joint = crosswalk.select(name=own, joint="jointID").drop_nulls().unique("name")
    names = used.drop_nulls().unique().sort().to_frame("name").join(joint, on="name", how="left")
    names = names.with_columns(joint=pl.coalesce("joint", "name")).sort("joint", "name")
    first = names.with_columns(other=pl.col("name").first().over("joint"))
    told = first.filter(pl.col("name") != pl.col("other")).select(
        "other", row=pl.lit(None, dtype=pl.Int64), value="name"
    )
    return findings.rows(
        "animal-with-two-names", told, table="observations", column="individualID", arguments=["other"]
    )
