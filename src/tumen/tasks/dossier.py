"""Write the dossier of a site or complex: the draft of its sheet as PDF, DOCX and JSON."""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import polars as pl

from tumen import engine
from tumen.errors import MisuseError, nearest
from tumen.files.atomic import writing_folder
from tumen.report import dossier as rendered
from tumen.report.source import Region
from tumen.tables.answer import Answer
from tumen.tasks.names import words_of
from tumen.tasks.study import Study
from tumen.tasks.trend_fits import ALL
from tumen.tasks.trends import estimate
from tumen.tasks.waterbird_survey import Survey, survey
from tumen.tasks.waterbirds import judge
from tumen.waterbirds.dossier import Inputs, dossier

STEPS = 4
"""Pieces of work after reading: verdicts, the sheet, and the two documents."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which dossier is wanted: of a site (party/siteID) or a countGroup, the sheet RIS or SIS, in a language.

    `party` makes it for itself: its own parts are shown before they are released; of others what was not released is
    absent.
    """

    place: str
    sheet: str = "RIS"
    party: str | None = None
    language: str = "en"


def write_dossier(
    study: Study, asked: Asked, folder: Path, *, replace: bool = False, progress: engine.Progress = engine.silent
) -> tuple[str, ...]:
    """Write `dossier.pdf`, `dossier.docx` and `dossier.json` into a new folder; return their names.

    The same study gives the same bytes.
    """
    place, party = asked.place, asked.party
    total = len(study.packages) + STEPS
    read = survey(study, progress=lambda done, _: progress(done, total))
    _refuse(read, place, party)
    answer = judge(read)
    progress(len(study.packages) + 1, total)
    made = dossier(place, asked.sheet, inputs(read, answer), own=party)
    progress(len(study.packages) + 2, total)
    (words,), _ = words_of(study, [asked.language])
    region, number = _region(read), version("tumen")
    files = {"dossier.json": rendered.json(made)}
    files["dossier.pdf"] = rendered.pdf(made, words, region=region, version=number)
    progress(len(study.packages) + 3, total)
    files["dossier.docx"] = rendered.docx(made, words, region=region, version=number)
    read_from = [study.path, *(entry.path for entry in study.packages)]
    with writing_folder(folder, made="dossier", replace=replace, inputs=read_from) as part:
        for name, data in files.items():
            (part / name).write_bytes(data)
    progress(total, total)
    return tuple(sorted(files))


def _refuse(read: Survey, place: str, party: str | None) -> None:
    """Refuse a place that is none, and a party that gave nothing."""
    sites = read.table("sites")
    known = [*sites.filter(pl.col("partOf").is_null())["siteID"], *sites["countGroup"].drop_nulls().unique().sort()]
    if place not in known:
        raise MisuseError("a site (party/siteID) or a countGroup", f"'{place}'", nearest(place, known))
    parties = sorted({package.party for package in read.packages})
    if party is not None and party not in parties:
        raise MisuseError("a party of the study for --party", f"'{party}'", nearest(party, parties))


def inputs(read: Survey, answer: Answer) -> Inputs:
    """Return what a dossier is made from: the tables of all parties, and the verdicts on their sites."""
    day = read.study.waterbirds.get("assessed_on") if read.study.waterbirds is not None else None
    owners = {"party": [p.party for p in read.packages], "countryCode": [p.country for p in read.packages]}
    tables = answer.tables
    return Inputs(
        sites=read.table("sites").rename({"siteID": "place"}),
        areas=read.table("areas"),
        statements=read.table("statements"),
        texts=read.table("sheet_texts"),
        steps=read.table("site_steps"),
        status=read.table("species_status"),
        summary=tables["summary"],
        verdicts=tables["verdicts"].filter("counts"),
        seasons=tables["seasons"],
        trends=_trends(read),
        visits=read.table("visits").select("visitDate", place="siteID"),
        parties=pl.DataFrame(owners, schema={"party": pl.String, "countryCode": pl.String}).unique(maintain_order=True),
        asOf=day,
    )


def _trends(read: Survey) -> pl.DataFrame:
    """Return the yearly change of each species at each site, where the study asks for trends by site."""
    wanted = read.study.trends
    if wanted is None or wanted.get("places") != "site":
        return pl.DataFrame()
    made = [
        one.tables["slopes"]
        .filter(pl.col("kind") == "imputed", pl.col("region") != ALL, pl.col("multiplicative").is_not_null())
        .with_columns(measure=pl.lit(str(one.parameters["species"])), season=pl.lit(str(one.parameters["season"])))
        .rename({"region": "place"})
        for one in estimate(read)
        if one.name == "trends"
    ]
    return pl.concat(made) if made else pl.DataFrame()


def _region(read: Survey) -> Region:
    """Return the ground under the map; none where the study has no area."""
    if read.area is None:
        return rendered.NOWHERE
    lines = tuple(((pair.split("|")[0], pair.split("|")[1]), line) for pair, line in read.area.border.lines())
    return Region(countries=read.area.polygons, border=lines, origin=read.area.origin)
