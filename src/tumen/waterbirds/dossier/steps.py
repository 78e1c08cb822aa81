"""How far is each part, and whose turn is it?  From the first survey to the joint notification.

A part is surveyed, held against the criteria, consulted on and approved in its country; then its owners sign it and
release it to the others; then its country designates it. Only when all parts are designated do the countries notify
together. For the flyway network the letter of the government partner and a review of 14 days stand in between.

A signature is of a text: `signed` and `released` hold while the digest they were given with is that of the part now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl

from tumen.tables.findings import finding, join
from tumen.waterbirds.dossier.parts import Part, Site

STEPS: dict[str, pl.DataType | type[pl.DataType]] = {
    "country": pl.String,
    "order": pl.Int64,
    "step": pl.String,
    "state": pl.String,
    "holds": pl.Boolean,
    "turn": pl.Boolean,
    "who": pl.String,
    "statedOn": pl.Date,
    "actor": pl.String,
    "document": pl.String,
    "party": pl.String,
    "due": pl.Date,
    "code": pl.String,
}
"""One row a part and step. `state` as stated, or `notStated`; `holds`: it is done, and shown to be; `turn`: it is the
next one of its part; `who` has to act; `due`: when a review is to be over; `code` says why a stated step does not hold.
"""

NATIONAL = ("surveyed", "assessed", "consulted", "approved", "signed", "released")
CHAINS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "RIS": (*NATIONAL, "designated"),
        "SIS": (*NATIONAL, "governmentLetter", "technicalReview", "flywayDesignated"),
    }
)
"""The steps of a part for each sheet, in their order."""

JOINT = "jointNotification"
_OWN = ("signed", "released")
_SHOWN = ("designated", "governmentLetter", "flywayDesignated", JOINT)
_REVIEW = 14
_RANK = ("refused", "notBegun", "underWay", "done")
_WHO: Mapping[str, str] = MappingProxyType(
    {
        "surveyed": "dataManager",
        "assessed": "compiler",
        "consulted": "siteManager",
        "approved": "administrativeAuthority",
        "signed": "administrativeAuthority",
        "released": "dataManager",
        "designated": "administrativeAuthority",
        JOINT: "administrativeAuthority",
        "governmentLetter": "governmentPartner",
        "technicalReview": "secretariat",
        "flywayDesignated": "secretariat",
    }
)

Row = dict[str, Any]


@dataclass(frozen=True)
class Stated:
    """What was stated: rows of steps, the countries of parties, and the key of the whole place."""

    place: str
    sheet: str
    rows: tuple[Row, ...]
    countries: Mapping[str, str]

    @classmethod
    def of(cls, place: str, sheet: str, steps: pl.DataFrame, parties: pl.DataFrame) -> "Stated":
        """Read the frames `steps` and `parties` of the inputs."""
        countries = dict(parties.drop_nulls().select("party", "countryCode").iter_rows())
        known = steps.filter(pl.col("state").is_in(_RANK))
        return cls(place, sheet, tuple(known.iter_rows(named=True)), countries)


def part_steps(part: Part, digests: Mapping[str, str], stated: Stated) -> pl.DataFrame:
    """Return the steps of one part (`STEPS`).

    `digests` of the part as it is now: that of the whole part under the empty name, those of its sites by place. A
    signature under either holds.

    Where a part has several sites, a step holds when it holds for each of them, be it stated for the place as a whole.
    """
    chain = CHAINS[stated.sheet]
    found = [_worst([_unit(site, part, step, digests, stated) for site in part.sites]) for step in chain]
    for order, row in enumerate(found):
        row.update(country=part.country, order=order, who=_WHO[row["step"]], turn=False)
    by_step = {row["step"]: row for row in found}
    _review(by_step)
    waiting = _next(found, by_step)
    if waiting is not None:
        waiting["turn"] = True
    return pl.DataFrame(found, schema=STEPS)


def joint_steps(parts: Sequence[Part], steps: pl.DataFrame, stated: Stated, *, complete: bool) -> pl.DataFrame:
    """Return the joint notification, country by country; none for a place of one country or another sheet.

    `steps` are those of the parts. It is anybody's turn only when every part is designated, and `complete`: no part is
    missing because it was not released.
    """
    if stated.sheet != "RIS" or (len(parts) < 2 and complete):
        return pl.DataFrame(schema=STEPS)
    designated = steps.filter((pl.col("step") == "designated") & pl.col("holds"))["country"].to_list()
    ready = complete and all(part.country in designated for part in parts)
    rows = []
    for part in parts:
        row = _worst([_unit(site, part, JOINT, {}, stated) for site in part.sites])
        row.update(country=part.country, order=len(CHAINS["RIS"]), who=_WHO[JOINT], turn=ready and not row["holds"])
        rows.append(row)
    return pl.DataFrame(rows, schema=STEPS)


def is_released(steps: pl.DataFrame) -> bool:
    """Say whether the owners of a part released it as it is now."""
    return bool(steps.filter((pl.col("step") == "released") & pl.col("holds")).height)


def strangers(parts: Sequence[Part], stated: Stated) -> pl.DataFrame:
    """Return findings: steps of a part that only others state, or of a country without a part."""
    sites = [site for part in parts for site in part.sites]
    keys = {stated.place, *(site.place for site in sites), *(site.group for site in sites)} - {""}
    by_country = {part.country: part for part in parts}
    found = []
    for row in stated.rows:
        if row["siteID"] not in keys:
            continue
        part = by_country.get(row["countryCode"] or "")
        country, party = row["countryCode"] or "", row["party"] or ""
        if part is None:
            code = "dossier-step-unknown-part"
        elif not any(_accepted(row, site, part, stated) for site in part.sites):
            code = "dossier-step-foreign"
        else:
            continue
        found.append(finding(code, table="site_steps", value=row["step"], country=country, party=party))
    return join(found)


def step_findings(steps: pl.DataFrame) -> pl.DataFrame:
    """Return the steps that were stated and do not hold, as findings."""
    found = []
    for row in steps.filter(pl.col("code") != "").iter_rows(named=True):
        arguments = {"country": row["country"]}
        if row["code"] == "dossier-review-short":
            arguments["days"] = str(_REVIEW)
        found.append(finding(row["code"], table="site_steps", column="step", value=row["step"], **arguments))
    return join(found)


def _accepted(row: Row, site: Site, part: Part, stated: Stated) -> bool:
    """Say whether a row counts: owners sign and release; the rest anybody of the part's country may state."""
    party = row["party"] or ""
    if row["step"] in _OWN:
        return party == site.party
    return party in part.parties or (bool(part.country) and stated.countries.get(party) == part.country)


def _unit(site: Site, part: Part, step: str, digests: Mapping[str, str], stated: Stated) -> Row:
    """Return how a step stands for one site of a part: the latest word on it."""
    keys = {stated.place, site.place, site.group} - {""}
    own = [
        row
        for row in stated.rows
        if row["step"] == step
        and row["siteID"] in keys
        and (row["countryCode"] or "") == part.country
        and _accepted(row, site, part, stated)
    ]
    if not own:
        return _row(step, "notStated", holds=False)
    known = {digests.get(""), digests.get(site.place)} - {None}
    last = _signature(own, known) or max(own, key=_when)
    code = _code(last, step, known)
    row = _row(step, last["state"], holds=last["state"] == "done" and not code)
    return {**row, **{name: last[name] for name in ("statedOn", "actor", "document", "party")}, "code": code}


def _when(row: Row) -> tuple[date, int]:
    """Order words on a step: of two of one day, the more cautious one counts."""
    return row["statedOn"] or date.min, -_RANK.index(row["state"])


def _signature(rows: Sequence[Row], known: set[str | None]) -> Row | None:
    """Return the latest row that was given to the part as it is now, if it was not taken back.

    A part is signed for each sheet, and may be signed anew: a later row with another digest takes nothing back.
    """
    given = [row for row in rows if row["state"] == "done" and row["digest"] in known and row["digest"]]
    if not given:
        return None
    last = max(given, key=_when)
    return None if any(row["state"] != "done" and _when(row)[0] >= _when(last)[0] for row in rows) else last


def _code(row: Row, step: str, known: set[str | None]) -> str:
    if row["state"] == "refused":
        return "dossier-step-refused"
    if row["state"] != "done":
        return ""
    if step in _OWN:
        if not row["digest"]:
            return "dossier-step-digest-missing"
        return "" if row["digest"] in known else "dossier-step-changed"
    return "dossier-step-evidence" if step in _SHOWN and not row["document"] else ""


def _row(step: str, state: str, *, holds: bool) -> Row:
    empty = dict.fromkeys(("statedOn", "actor", "document", "party", "due"))
    return {"step": step, "state": state, "holds": holds, "code": "", **empty}


def _worst(rows: Iterable[Row]) -> Row:
    def rank(row: Row) -> tuple[bool, int]:
        return row["holds"], -1 if row["state"] == "notStated" else _RANK.index(row["state"])

    return min(rows, key=rank)


def _review(steps: Mapping[str, Row]) -> None:
    """Set the day on which the review may end, and say where it ended earlier."""
    if "technicalReview" not in steps:
        return
    letter, review = steps["governmentLetter"], steps["technicalReview"]
    if not letter["holds"] or letter["statedOn"] is None:
        return
    due = date.fromordinal(letter["statedOn"].toordinal() + _REVIEW)
    review["due"] = due
    if review["holds"] and review["statedOn"] is not None and review["statedOn"] < due:
        review["code"] = "dossier-review-short"


def _next(rows: Sequence[Row], steps: Mapping[str, Row]) -> Row | None:
    """Return the first step that does not hold; a designation that holds makes those before the signature moot."""
    end = rows[-1]
    moot = NATIONAL[: NATIONAL.index("signed")] if end["holds"] else ()
    open_steps = [row for row in rows if not row["holds"] and row["step"] not in moot]
    return open_steps[0] if open_steps else None
