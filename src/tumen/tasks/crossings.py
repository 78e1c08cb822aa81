"""Answer a study's question: did it cross?"""

from dataclasses import replace

import polars as pl

from tumen import engine
from tumen.crossings.answer import transborder
from tumen.crossings.parameters import CrossingParameters
from tumen.measure.pace import steps
from tumen.tables import checks_place, findings
from tumen.tables.answer import Answer, Note
from tumen.tasks import encounters
from tumen.tasks.check import track
from tumen.tasks.pool import Pool, pool
from tumen.tasks.study import Study

OWN = ("independence", "max_speed", "clock_slack", "assumed_uncertainty", "reach", "watch_days")
"""The keys of [crossings] that belong to the count itself; the others belong to the area."""


def crossings(study: Study, *, progress: engine.Progress = engine.silent) -> Answer:
    """Read, pool and answer."""
    return answer(pool(study, progress=progress), progress=progress)


def answer(pooled: Pool, *, progress: engine.Progress = engine.silent) -> Answer:
    """Return the transborder answer of pooled packages."""
    effort = pooled.operating.filter(pl.col("days") > 0)
    parameters, surveyed = _parameters(pooled.study), _surveyed(pooled, effort)
    answered = transborder(pooled.met, effort, parameters=parameters, surveyed=surveyed)
    answered = replace(answered, notes=(*answered.notes, *_left_out(pooled), *_derived(pooled)))
    if not pooled.study.draws:
        return answered
    # Loaded where it is asked for: what it draws with takes seconds to load.
    from tumen.tasks.identity_draws import with_identity_error

    drawn = with_identity_error(pooled, answered.tables["summary"], surveyed, parameters, progress=progress)
    return replace(
        answered,
        tables={**answered.tables, "identityError": drawn.table},
        notes=(*answered.notes, *drawn.notes),
        parameters={**answered.parameters, "draws": pooled.study.draws},
        findings=drawn.findings if answered.findings is None else findings.gather([answered.findings, drawn.findings]),
    )


def _parameters(study: Study) -> CrossingParameters:
    return CrossingParameters(**{key: value for key, value in study.crossings.items() if key in OWN})


def _left_out(pooled: Pool) -> list[Note]:
    """Say what was read and not used: nothing falls away in silence."""
    counted = pooled.left_out.group_by("reason").agg(pl.col("rows").sum()).sort("reason")
    recorded = {
        name
        for package in pooled.packages
        for table in ("observations", "individuals", "positions")
        for name in package.table(table)["scientificName"].drop_nulls().unique()
    }
    absent = [Note("species-absent", {"species": name}) for name in pooled.study.species if name not in recorded]
    return [Note(reason, {"rows": rows}) for reason, rows in counted.iter_rows()] + absent


def _derived(pooled: Pool) -> list[Note]:
    """Say whose encounters came without places: their days and distances are rounded, nobody can say who stayed."""
    parties = sorted({package.party for package in pooled.packages if encounters.has(package)})
    return [Note("encounters-derived", {"parties": ", ".join(parties)})] if parties else []


def _surveyed(pooled: Pool, effort: pl.DataFrame) -> pl.DataFrame:
    """Return the camera-days in every country with cameras, and in its neighbours: 0 where nobody looked."""
    told = [days for package in pooled.packages if (days := encounters.days_by_country(package)).height]
    placed = effort.select("countryCode", "days")
    if told:
        # Days that an owner tells by country stand for its cameras, whether or not these are told, too.
        own = {package.party for package in pooled.packages if package.table("camera_days").height}
        placed = effort.filter(~pl.col("party").is_in(list(own))).select("countryCode", "days")
        placed = pl.concat([placed, *(_inside(days, pooled.study).select("countryCode", "days") for days in told)])
    worked = placed.drop_nulls("countryCode").group_by("countryCode").agg(cameraDays=pl.sum("days"))
    here = set(worked["countryCode"]) | set(pooled.met["countryCode"].drop_nulls())
    pairs = [set(pair.split("|")) for pair, _ in pooled.area.border.lines()]
    codes = sorted(here.union(*(pair for pair in pairs if pair & here)))
    named = pl.DataFrame({"countryCode": codes}, schema={"countryCode": pl.String})
    return named.join(worked, on="countryCode", how="left").with_columns(pl.col("cameraDays").fill_null(0.0))


def pace_findings(pooled: Pool, answered: Answer) -> pl.DataFrame:
    """Return the findings on animals that were in two places too far apart in too short a time, across all parties.

    The answer has judged the steps over a border; the others are judged here, under joint names.
    """
    parameters = _parameters(pooled.study)
    walked = steps(
        track(pooled.met),
        assumed_uncertainty=parameters.assumed_uncertainty,
        clock_slack=parameters.clock_slack,
        max_speed=parameters.max_speed,
    )
    judged = answered.tables["crossings"].select("individualID", leftAt="notBefore", arrivedAt="notAfter")
    own = checks_place.pace_findings(walked.join(judged, on=judged.columns, how="anti"))
    both = findings.gather([own, answered.findings if answered.findings is not None else findings.empty()])
    return findings.of_package(both, "", "register")


def _inside(days: pl.DataFrame, study: Study) -> pl.DataFrame:
    """Return camera-days of the months that lie in the study's period, of others the share that does."""
    if study.period is None:
        return days
    first, last = (pl.lit(instant).cast(days.schema["month"]) for instant in study.period)
    end = pl.col("month").dt.offset_by("1mo")
    inside = pl.min_horizontal(end, last) - pl.max_horizontal("month", first)
    share = (inside.dt.total_seconds() / (end - pl.col("month")).dt.total_seconds()).clip(0.0, 1.0)
    return days.with_columns(days=pl.col("days") * share)
