"""Answer a study's question: does the site qualify? From the visits of all parties to a verdict on each criterion."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from tumen import engine
from tumen.errors import MisuseError, nearest
from tumen.tables import findings
from tumen.tables.answer import Answer, Note
from tumen.tasks import clock
from tumen.tasks.pool import Pool
from tumen.tasks.study import Study
from tumen.tasks.waterbird_estimates import estimates
from tumen.tasks.waterbird_survey import Survey, counted, of_pool, survey
from tumen.waterbirds.birds import accepted
from tumen.waterbirds.counts import occasions
from tumen.waterbirds.groups import PAIRING, SYNCHRONOUS, groups
from tumen.waterbirds.levels import WATERBIRDS, Levels
from tumen.waterbirds.populations import assign
from tumen.waterbirds.recorded import beside, recorded
from tumen.waterbirds.seasons import DEFAULT, outside, seasons
from tumen.waterbirds.telling import telling
from tumen.waterbirds.turnover import turnover
from tumen.waterbirds.units import tree
from tumen.waterbirds.verdict_findings import asked_for
from tumen.waterbirds.verdict_findings import findings as of_verdicts
from tumen.waterbirds.verdicts import Evidence, verdicts

_SAID: Mapping[str, str] = {
    "threshold-edition-assumed": "waterbirds-edition-assumed",
    "threshold-minimum-only": "waterbirds-estimates-open",
    "threshold-maximum-only": "waterbirds-estimates-at-most",
    "threshold-differs": "waterbirds-thresholds-differ",
}
"""Notes for what is said of thresholds."""
STEPS = 4
"""Pieces of work after reading: occasions, seasons, thresholds, verdicts."""


def waterbirds(study: Study, *, place: str | None = None, progress: engine.Progress = engine.silent) -> Answer:
    """Read the packages of a study and judge their sites; `place` keeps one site or complex."""
    total = len(study.packages) + STEPS
    read = survey(study, progress=lambda done, _: progress(done, total))
    if not counted(read):
        raise MisuseError("visits of waterbird counts in a package of the study", "none", "Add a package with visits.")
    made = judge(read, progress=lambda done, _: progress(len(study.packages) + done, total))
    return made if place is None else _of_place(made, place)


def answers(pooled: Pool) -> tuple[Answer, ...]:
    """Return the answer of a pool; none where nobody counted waterbirds."""
    read = of_pool(pooled)
    return (judge(read),) if counted(read) else ()


def judge(read: Survey, *, progress: engine.Progress = engine.silent) -> Answer:
    """Return the verdicts on all sites and complexes of a survey, with the numbers behind them."""
    asked = dict(read.study.waterbirds or {})
    day = asked.get("assessed_on") or _last_day(read)
    read, later = until(read, day)
    days = daily(read, asked)
    progress(1, STEPS)
    ranges = season_ranges(asked)
    each = _in_years(seasons(days, ranges), asked)
    progress(2, STEPS)
    places = judged_places(read)
    known, said = estimates(read, asked)
    animals = _other_animals(read)
    wanted = each.filter(pl.col("measure") != WATERBIRDS).select("place", "season", scientificName="measure").unique()
    held = _located(read)
    there = set(known["edition"].drop_nulls())
    editions = [one for one in asked["editions"] if one in there] if "editions" in asked else None
    assigned = assign(known, held, wanted, day, editions=editions)
    progress(3, STEPS)
    levels = Levels(**_levels(asked))
    evidence = Evidence(
        seasons=each,
        assigned=assigned,
        places=places.select("place", "kind", "countryCode"),
        status=read.table("species_status"),
        texts=read.table("sheet_texts"),
        animals=animals,
        assessed=day,
        beside=beside(places, read.table("counts"), _brought(read, asked)),
    )
    found = verdicts(evidence, levels)
    said = findings.gather(
        [
            read.findings,
            said,
            asked_for(evidence, tuple(asked.get("seasons", ())), tuple(asked.get("editions", ())), known),
            of_verdicts(evidence, found),
        ]
    )
    progress(4, STEPS)
    turned = turnover(days, read.table("stays"), ranges)
    tables = {
        "summary": found.summary,
        "numbers": telling(found.rows),
        "verdicts": found.rows,
        "seasons": each,
        "occasions": days,
        "assigned": assigned,
        "turnover": turned,
        "places": places,
        "listed": found.listed,
        "statements": found.statements,
    }
    notes = (*_of_thresholds(known, assigned, levels, day), *_of_counts(read, days, each, ranges))
    if later:
        notes = (*notes, Note("waterbirds-after-assessment", {"visits": later, "day": day.isoformat()}))
    return Answer("waterbirds", tables, notes, _parameters(asked, ranges, levels, day), said)


def until(read: Survey, day: date) -> tuple[Survey, int]:
    """Return a survey without the visits after a day, or after today, and how many these were."""
    visits = read.table("visits")
    kept = visits.filter((pl.col("visitDate") <= min(day, clock.now().date())).fill_null(True))
    return replace(read, tables={**read.tables, "visits": kept}), visits.height - kept.height


def daily(read: Survey, asked: Mapping[str, Any]) -> pl.DataFrame:
    """Return the occasions of all sites and, after them, of the complexes."""
    sites, visits, counts = (read.table(name) for name in ("sites", "visits", "counts"))
    wanted = asked.get("species")
    brought = _brought(read, asked)
    alike = {tuple(sorted(names)): [code for code in brought if brought[code] == names] for names in brought.values()}
    made = [
        occasions(
            sites.filter(pl.col("countryCode").is_in(codes, nulls_equal=True)) if len(alike) > 1 else sites,
            visits,
            counts,
            species=wanted,
            introduced=names,
        )
        for names, codes in (alike or {(): []}).items()
    ]
    of_sites = pl.concat(made)
    window = {
        "synchronous": asked.get("synchronous", SYNCHRONOUS),
        "pairing": max(asked.get("pairing", PAIRING), asked.get("synchronous", timedelta(0))),
    }
    together = groups(sites, of_sites, **window)
    # One site alone, of which the others are in no package, is no complex.
    known = judged_places(read).filter(pl.col("kind") == "group")["place"]
    named = of_sites.join(recorded(sites, visits, counts), on=["place", "measure"], how="semi", maintain_order="left")
    return pl.concat([named, together.filter(pl.col("place").is_in(known.implode()))])


def _brought(read: Survey, asked: Mapping[str, Any]) -> dict[str | None, set[str]]:
    """Return the birds that people brought, by country."""
    return {
        code: introduced(read, asked, code) for code in read.table("sites")["countryCode"].unique(maintain_order=True)
    }


def introduced(read: Survey, asked: Mapping[str, Any], country: str | None) -> set[str]:
    """Return the birds that people brought to a country, or everywhere: they are no part of its waterbirds."""
    listed = read.table("species_status").filter(
        pl.col("category") == "introduced",
        pl.col("countryCode").is_null() | (pl.col("countryCode") == (country or "")),
    )
    return {*asked.get("non_native", ()), *listed["scientificName"].drop_nulls()}


def season_ranges(asked: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the first and last day of each kind of season, as the study has them or by our default."""
    given = asked.get("seasons")
    if given is None:
        return dict(DEFAULT)
    return {name: (_as_text(first), _as_text(last)) for name, (first, last) in given.items()}


def _as_text(day: tuple[int, int]) -> str:
    # The last of February is its last day in every year.
    month, number = day if day != (2, 29) else (2, 28)
    return f"{month:02d}-{number:02d}"


def _in_years(each: pl.DataFrame, asked: Mapping[str, Any]) -> pl.DataFrame:
    first, last = asked.get("first_year"), asked.get("last_year")
    if first is not None:
        each = each.filter(pl.col("year") >= first)
    return each if last is None else each.filter(pl.col("year") <= last)


def judged_places(read: Survey) -> pl.DataFrame:
    """Return what is judged: sites that are no unit of another, and complexes of two sites or more."""
    units = tree(read.table("sites")).sites
    whole = units.filter(pl.col("parent").is_null())["siteID"]
    sites = read.table("sites").filter(pl.col("siteID").is_in(whole.implode()))
    columns = ("place", "kind", "name", "countryCode", "longitude", "latitude", "countGroup", "party")
    alone = sites.with_columns(place="siteID", kind=pl.lit("site"), name="siteName").select(columns)
    together = (
        sites.filter(pl.col("countGroup").is_not_null())
        .group_by("countGroup", maintain_order=True)
        .agg(
            pl.len().alias("members"),
            pl.col("countryCode").drop_nulls().unique().sort().str.join("|"),
            pl.col("longitude", "latitude").mean(),
            pl.col("party").unique().sort().str.join("|"),
        )
        .filter(pl.col("members") > 1)
        .with_columns(place="countGroup", kind=pl.lit("group"), name="countGroup")
        .select(columns)
    )
    return pl.concat([together, alone])


def _located(read: Survey) -> pl.DataFrame:
    return read.table("sites").select("countryCode", "longitude", "latitude", "countGroup", place="siteID")


def _last_day(read: Survey) -> date:
    days = read.table("visits")["visitDate"].drop_nulls()
    last = days.filter(days <= clock.now().date()).max()
    if not isinstance(last, date):
        raise MisuseError("a day of assessment", "visits without days", "Set assessedOn in [waterbirds].")
    return last


def _other_animals(read: Survey) -> list[str]:
    named = read.table("counts").filter(pl.col("taxonGroup") == "otherAnimals")["scientificName"].drop_nulls()
    return sorted({accepted(name) for name in named.unique()})


def _levels(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the levels that the study sets, as its own."""
    given = asked.get("levels", {})
    return {**given, **{f"{name}_basis": "stated" for name in given}}


def _of_place(made: Answer, place: str) -> Answer:
    known = made.tables["places"]["place"].to_list()
    if place not in known:
        raise MisuseError("a site or complex of the study", f"'{place}'", nearest(place, known))
    tables = {
        name: frame.filter(pl.col("place") == place) if "place" in frame.columns else frame
        for name, frame in made.tables.items()
    }
    return Answer(made.name, tables, made.notes, made.parameters, made.findings)


def _of_counts(
    read: Survey, days: pl.DataFrame, each: pl.DataFrame, ranges: Mapping[str, tuple[str, str]]
) -> list[Note]:
    """Return what a reader must know of visits and seasons."""
    visits = read.table("visits").filter(pl.col("coverage") != "notSurveyed")
    unsaid = visits.filter(pl.col("groupsCounted").is_null()).height
    apart = outside(days.filter(pl.col("kind") == "site"), ranges).height
    withheld = each.filter(pl.col("reason") == "withheld").height
    notes = []
    if unsaid:
        notes.append(Note("waterbirds-groups-unsaid", {"visits": unsaid}))
    if apart:
        notes.append(Note("waterbirds-outside-seasons", {"counts": apart}))
    if withheld:
        notes.append(Note("waterbirds-withheld", {"seasons": withheld}))
    return notes


def _of_thresholds(known: pl.DataFrame, assigned: pl.DataFrame, levels: Levels, day: date) -> list[Note]:
    """Return what a reader must know of thresholds, editions and levels."""
    editions = assigned.filter(pl.col("onePercent").is_not_null())["edition"].unique().sort()
    notes = [Note("waterbirds-assessed", {"day": day.isoformat(), "editions": ", ".join(editions) or "–"})]
    recalled = [name for name, basis in levels.bases().items() if basis == "recalled"]
    if recalled:
        notes.append(Note("waterbirds-levels-recalled", {"levels": ", ".join(recalled)}))
    without = assigned.filter("inForce", pl.col("onePercent").is_null())["scientificName"].unique().sort()
    if without.len():
        notes.append(Note("waterbirds-thresholds-missing", {"species": ", ".join(without)}))
    mixed = assigned.filter("inForce", pl.col("candidates") > 1).height
    if mixed:
        notes.append(Note("waterbirds-populations-mixed", {"cases": mixed}))
    used = assigned["populationID"].drop_nulls().unique()
    rows = known.filter(pl.col("populationID").is_in(used.implode()))
    anywhere = rows.filter(pl.all_horizontal(pl.col("countryCodes", "seasons", "range").is_null()))
    if anywhere.height:
        notes.append(Note("waterbirds-ranges-missing", {"populations": anywhere["populationID"].n_unique()}))
    deciding = assigned.filter("inForce")
    for code, note in _SAID.items():
        cases = deciding.filter(pl.col("said").fill_null("").str.contains(code, literal=True))["scientificName"]
        if cases.len():
            notes.append(Note(note, {"species": ", ".join(cases.unique().sort())}))
    computed = assigned.filter(pl.col("basis") == "computed")["populationID"].n_unique()
    if computed:
        notes.append(Note("waterbirds-thresholds-computed", {"populations": computed}))
    return notes


def _parameters(
    asked: Mapping[str, Any], ranges: Mapping[str, tuple[str, str]], levels: Levels, day: date
) -> dict[str, str | int | float | bool]:
    return {
        "assessedOn": day.isoformat(),
        "seasons": "; ".join(f"{name} {first}..{last}" for name, (first, last) in ranges.items()),
        "synchronousDays": asked.get("synchronous", SYNCHRONOUS).days,
        "pairingDays": asked.get("pairing", PAIRING).days,
        "waterbirds": levels.waterbirds,
        "flywayWaterbirds": levels.flyway,
        "editions": ", ".join(asked.get("editions") or ()) or "all",
    }
