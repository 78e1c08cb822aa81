"""What one package can be asked without a map: rules of its tables, and between them.

Every check returns all it finds. Checks that need borders, zones or distances are made in `tumen.tables.checks_place`
from tables that `tumen.measure` computed.
"""

from collections.abc import Callable
from functools import partial

import polars as pl

from tumen.tables import (
    checks_cameras,
    checks_genetics,
    checks_health,
    checks_lives,
    checks_network,
    checks_places,
    checks_stations,
    checks_taxa,
    checks_waterbirds,
    findings,
)
from tumen.tables.cameras import NOT_OPERATING
from tumen.tables.detections import judgements
from tumen.tables.examine import Check, Checks, examine
from tumen.tables.package import Package
from tumen.tables.protocol import TABLES
from tumen.tables.rows import numbered
from tumen.tables.schema import Table


def check(package: Package) -> pl.DataFrame:
    """Return every finding of a package: of reading it, of its cells, rows and tables, and between its tables."""
    return examine(package, CHECKS)


def every(check: Callable[[Package, Table], list[pl.DataFrame]]) -> Check:
    """Return the check of all tables of a package that asks `check` of each."""
    return lambda package: [found for name in package.tables for found in check(package, TABLES[name])]


def rules(package: Package, table: Table) -> list[pl.DataFrame]:
    """Judge every row by the rules of its table."""
    frame = numbered(package, table)
    found = []
    for rule in table.rules:
        broken = frame.filter(rule.broken().fill_null(False))
        shown = [pl.col("text_" + name).alias(name) for name in rule.arguments if "text_" + name in frame.columns]
        value = "text_" + rule.column if "text_" + rule.column in frame.columns else rule.column
        found.append(
            findings.rows(
                rule.code,
                broken.with_columns(*shown, pl.col(value).cast(pl.String).alias("value")),
                table=table.name,
                column=rule.column,
                arguments=rule.arguments,
            )
        )
    return found


def together(package: Package, table: Table) -> list[pl.DataFrame]:
    """Find rows that repeat the values of another row in columns whose values together may occur once only."""
    if not table.together:
        return []
    names = list(table.together)
    whole = pl.all_horizontal(pl.col(names).is_not_null())
    repeated = pl.struct(names).is_duplicated() & ~pl.struct(names).is_first_distinct()
    broken = numbered(package, table).filter(whole & repeated)
    broken = broken.with_columns(
        value=pl.concat_str(pl.col(names).cast(pl.String), separator=", "), columns=pl.lit(", ".join(names))
    )
    return [findings.rows("row-duplicate", broken, table=table.name, column=names[-1], arguments=("columns",))]


def during_deployment(package: Package, *, table: str, column: str, code: str) -> list[pl.DataFrame]:
    """Find rows whose instant lies outside their deployment."""
    if table not in package.tables or "deployments" not in package.tables:
        return []
    deployments = numbered(package, TABLES["deployments"]).unique("deploymentID", keep="first")
    frame = numbered(package, TABLES[table]).join(
        deployments.select(
            "deploymentID", "deploymentStart", "deploymentEnd", "text_deploymentStart", "text_deploymentEnd"
        ),
        on="deploymentID",
        how="inner",
        maintain_order="left",
    )
    outside = (pl.col(column) < pl.col("deploymentStart")) | (pl.col(column) > pl.col("deploymentEnd"))
    broken = frame.filter(outside.fill_null(False)).select(
        "row",
        pl.col("text_" + column).alias("value"),
        deploymentStart="text_deploymentStart",
        deploymentEnd="text_deploymentEnd",
    )
    return [findings.rows(code, broken, table=table, column=column, arguments=("deploymentStart", "deploymentEnd"))]


def during_failure(package: Package) -> list[pl.DataFrame]:
    """Find observations made while their camera is said not to have worked; its set-up pictures are let be."""
    if not {"observations", "operating_periods"} <= package.tables.keys():
        return []
    failures = (
        numbered(package, TABLES["operating_periods"])
        .filter(pl.col("status").is_in(NOT_OPERATING))
        .select("deploymentID", "start", "end", "status", "text_start", "text_end")
    )
    seen = numbered(package, TABLES["observations"]).filter(pl.col("cameraSetupType").is_null())
    broken = (
        seen.join(failures, on="deploymentID", how="inner", maintain_order="left_right")
        .filter((pl.col("eventStart") > pl.col("start")) & (pl.col("eventStart") < pl.col("end")))
        .unique("row", keep="first", maintain_order=True)
        .select("row", pl.col("text_eventStart").alias("value"), "status", start="text_start", end="text_end")
    )
    return [
        findings.rows(
            "event-during-failure",
            broken,
            table="observations",
            column="eventStart",
            arguments=("status", "start", "end"),
        )
    ]


def periods_in_deployment(package: Package) -> list[pl.DataFrame]:
    """Find operating periods that reach outside their deployment."""
    if not {"deployments", "operating_periods"} <= package.tables.keys():
        return []
    deployments = numbered(package, TABLES["deployments"]).unique("deploymentID", keep="first")
    frame = numbered(package, TABLES["operating_periods"]).join(
        deployments.select(
            "deploymentID", "deploymentStart", "deploymentEnd", "text_deploymentStart", "text_deploymentEnd"
        ),
        on="deploymentID",
        how="inner",
        maintain_order="left",
    )
    outside = (pl.col("start") < pl.col("deploymentStart")) | (pl.col("end") > pl.col("deploymentEnd"))
    broken = frame.filter(outside.fill_null(False)).select(
        "row",
        pl.col("text_start").alias("value"),
        start="text_start",
        end="text_end",
        deploymentStart="text_deploymentStart",
        deploymentEnd="text_deploymentEnd",
    )
    return [
        findings.rows(
            "period-outside-deployment",
            broken,
            table="operating_periods",
            column="start",
            arguments=("start", "end", "deploymentStart", "deploymentEnd"),
        )
    ]


def individuals_consistent(package: Package) -> list[pl.DataFrame]:
    """Find individuals recorded as two species or two sexes, and observations given to two individuals."""
    seen = package.table("observations").select("individualID", "scientificName", "sex")
    listed = package.table("individuals").select("individualID", "scientificName", "sex")
    tracked = package.table("positions").select("individualID", "scientificName", sex=pl.lit(None, dtype=pl.String))
    records = pl.concat([seen, listed, tracked]).filter(pl.col("individualID").is_not_null())
    per_animal = records.group_by("individualID").agg(
        pl.col("scientificName").drop_nulls().unique().sort().alias("species"),
        pl.col("sex").drop_nulls().unique().sort().alias("sexes"),
    )
    per_animal = per_animal.sort("individualID").with_columns(
        pl.col("individualID").alias("value"), row=pl.lit(None, dtype=pl.Int64)
    )
    where = "individuals" if "individuals" in package.tables else "observations"
    several = per_animal.filter(pl.col("species").list.len() > 1)
    accepted = pl.col("species").list.eval(checks_lives.species(pl.element()))
    two_species = several.filter(accepted.list.n_unique() > 1).with_columns(pl.col("species").list.join(", "))
    two_sexes = per_animal.filter(pl.col("sexes").list.len() > 1)
    return [
        findings.rows(
            "individual-two-species", two_species, table=where, column="scientificName", arguments=("species",)
        ),
        findings.rows("individual-two-sexes", two_sexes, table=where, column="sex"),
        *_two_names(package),
    ]


def _two_names(package: Package) -> list[pl.DataFrame]:
    if not {"observations", "identifications"} <= package.tables.keys():
        return []
    named = numbered(package, TABLES["observations"]).select("row", "observationID", "individualID")
    frame = (
        named.join(judgements(package), on="observationID", how="inner", maintain_order="left")
        # A name judged only 'possible' contradicts nothing.
        .with_columns(pl.when(pl.col("certainty") == "possible").then([]).otherwise("judged").alias("judged"))
        .with_columns(
            pl.concat_list(
                pl.when(pl.col("individualID").is_null()).then([]).otherwise(pl.concat_list("individualID")), "judged"
            )
            .list.unique()
            .list.sort()
            .alias("names")
        )
        .filter(pl.col("names").list.len() > 1)
        .select("row", value="observationID", individuals=pl.col("names").list.join(", "))
    )
    return [
        findings.rows(
            "individual-two-names", frame, table="observations", column="individualID", arguments=("individuals",)
        )
    ]


def individuals_listed(package: Package) -> list[pl.DataFrame]:
    """Note named animals that the party's own table of individuals does not list."""
    if "individuals" not in package.tables or "observations" not in package.tables:
        return []
    seen = package.table("observations")["individualID"].drop_nulls().unique().sort()
    unlisted = seen.filter(~seen.is_in(package.table("individuals")["individualID"].drop_nulls().implode()))
    if unlisted.is_empty():
        return []
    shown = ", ".join(unlisted.head(10).to_list()) + (", …" if unlisted.len() > 10 else "")
    return [
        findings.finding(
            "individual-unlisted", table="individuals", column="individualID", value=shown, count=unlisted.len()
        )
    ]


def failures_reported(package: Package) -> list[pl.DataFrame]:
    """Note a package of cameras that says nothing about failures: its effort is an upper bound."""
    if package.table("deployments").is_empty() or package.table("operating_periods").height:
        return []
    return [findings.finding("failures-unreported", table="operating_periods")]


GROUPS = (
    checks_cameras.check,
    checks_stations.check,
    checks_lives.check,
    checks_genetics.check,
    checks_health.check,
    checks_waterbirds.check,
    checks_places.check,
    checks_network.check,
)
"""The checks of the groups of tables, each beyond the rules of their rows."""

CHECKS = Checks(
    by_row=(
        every(rules),
        partial(during_deployment, table="observations", column="eventStart", code="event-outside-deployment"),
        partial(during_deployment, table="media", column="timestamp", code="media-outside-deployment"),
        during_failure,
        periods_in_deployment,
    ),
    summed=(checks_taxa.check,),
    as_a_whole=(
        every(together),
        individuals_consistent,
        individuals_listed,
        failures_reported,
        *GROUPS,
    ),
    alike={"media": checks_cameras.ALIKE},
)
"""All checks that need neither map nor clock."""
