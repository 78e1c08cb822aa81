"""Is the survey what its protocol asks for?  Measure the design of packages and hold it against rules."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from tumen import engine
from tumen.errors import MisuseError
from tumen.files.text_table import write_csv
from tumen.report.design_page import design_html, design_plain
from tumen.report.quality import finding_texts
from tumen.report.words import Words
from tumen.tables import findings
from tumen.tables.answer import Answer
from tumen.tables.checks_design import design_findings, judge
from tumen.tables.design import MEASURED, Design, DesignRule, choose, measured
from tumen.tables.design_rules import HOME_RANGES, RULES, USUAL, sigma
from tumen.tables.package import Package
from tumen.tasks.area import Area, area_of, read_area
from tumen.tasks.design_cameras import Period, measure_cameras
from tumen.tasks.design_counts import measure_counts, measure_groups
from tumen.tasks.design_samples import measure_laboratories, measure_samples
from tumen.tasks.entries import PackageEntry
from tumen.tasks.packages import read_package
from tumen.tasks.study import Study, read_study

RULES_TABLE: dict[str, type[pl.DataType]] = {
    "protocol": pl.String,
    "species": pl.String,
    "method": pl.String,
    "quantity": pl.String,
    "comparison": pl.String,
    "atLeast": pl.Float64,
    "atMost": pl.Float64,
    "evidence": pl.String,
    "why": pl.String,
    "source": pl.String,
}
"""The rules that were held against the data."""


def check_design(
    packages: Sequence[Package],
    *,
    species: Sequence[str] = (),
    period: Period | None = None,
    design: Design | None = None,
    area: Area | None = None,
) -> Answer:
    """Return the design of packages: tables `design` (`JUDGED`), `units` (`MEASURED`) and `rules`, and findings.

    `species`: those whose rules hold; where none is given, those that the packages name. `period` cuts what is
    measured of cameras. An area adds the distance to its border.
    """
    design = Design() if design is None else design
    hands = tuple(dict.fromkeys(map(_binomial, species))) or named_species(packages)
    rules = choose(RULES, design, hands, USUAL)
    parts = [pl.DataFrame(schema=MEASURED)]
    for party in sorted({package.party for package in packages}):
        own = [package for package in packages if package.party == party]
        cameras = measure_cameras(party, own, design, period, area)
        parts += [cameras, *_sigmas(cameras, party, design, (hands, rules))]
        parts += [measure_samples(party, own), measure_counts(party, own)]
    if packages:
        parts += [measure_laboratories(packages), measure_groups(packages)]
    units = pl.concat(parts)
    judged = judge(units, rules)
    tables = {"design": judged, "units": units, "rules": _table(rules)}
    return Answer("design", tables, findings=design_findings(judged))


def named_species(packages: Sequence[Package]) -> tuple[str, ...]:
    """Return the species that packages name in observations, individuals or samples, sorted; subspecies as species.

    >>> named_species([])
    ()
    """
    named: set[str] = set()
    for package in packages:
        for table in ("observations", "individuals", "samples"):
            named |= set(map(_binomial, package.table(table)["scientificName"].drop_nulls().unique()))
    return tuple(sorted(named))


def _binomial(name: str) -> str:
    return " ".join(name.split()[:2])


def _sigmas(
    cameras: pl.DataFrame, party: str, design: Design, asked: tuple[Sequence[str], Sequence[DesignRule]]
) -> Iterator[pl.DataFrame]:
    """Yield how deep the sampled strip is, and how wide the buffer, for the species that have a published range."""
    if cameras.is_empty():
        return
    deepest = cameras.filter(pl.col("quantity") == "borderDistance")["value"].max()
    hands, rules = asked
    judged = {rule.quantity for rule in rules}
    lengths = (("stripSigma", deepest), ("bufferSigma", design.buffer))
    for species in sorted(set(hands) & {known.species for known in HOME_RANGES}):
        ranges = [known for known in HOME_RANGES if known.species == species]
        for quantity, length in lengths:
            if length is None and quantity not in judged:
                continue
            units = [
                {
                    "of": f"{known.sex}, {known.square_kilometres:g} km² ({known.source})",
                    "value": length / sigma(known.square_kilometres) if isinstance(length, int | float) else None,
                }
                for known in ranges
            ]
            yield measured(pl.DataFrame(units), quantity, party=party, species=species)


def _table(rules: Sequence[DesignRule]) -> pl.DataFrame:
    rows = [
        {
            "protocol": rule.protocol,
            "species": rule.species,
            "method": rule.method,
            "quantity": rule.quantity,
            "comparison": rule.comparison,
            "atLeast": rule.at_least,
            "atMost": rule.at_most,
            "evidence": rule.evidence,
            "why": rule.why,
            "source": rule.source,
        }
        for rule in rules
    ]
    return pl.DataFrame(rows, schema=RULES_TABLE)


def design_of_entries(
    entries: Sequence[PackageEntry], countries: Path | None = None, *, progress: engine.Progress = engine.silent
) -> Answer:
    """Return the design of packages that a command names, each read once; `countries` are polygons with codes."""
    packages = engine.run(read_package, entries, progress=progress)
    return check_design(packages, area=None if countries is None else area_of(countries))


def design_of_study(study: Study, *, progress: engine.Progress = engine.silent) -> Answer:
    """Return the design of a study's packages, judged by the rules it declares, else by those that ship."""
    packages = engine.run(read_package, study.packages, progress=progress)
    area = None if study.countries is None and study.region is None else read_area(study)
    return check_design(packages, species=study.species, period=study.period, design=study.design, area=area)


def design_named(
    studies: Sequence[Path],
    entries: Sequence[PackageEntry],
    countries: Path | None = None,
    *,
    progress: engine.Progress = engine.silent,
) -> Answer:
    """Return the design of packages, judged by the rules that ship, or of one study, judged by its own."""
    # Its figures take half a second to import, which those who only check need not wait for.
    from tumen.tasks.design import design_of_entries, design_of_study

    if len(studies) > 1 or (studies and entries):
        raise MisuseError(
            "packages or one study for --design", f"{len(studies)} + {len(entries)}", "Name them one after another."
        )
    if studies:
        return design_of_study(read_study(studies[0]), progress=progress)
    return design_of_entries(entries, countries, progress=progress)


def design_as(answer: Answer, format: str, language: str) -> str:
    """Return a design as text, html, json (every table and the findings) or csv (the judged quantities)."""
    words = Words(language)
    if format == "html":
        return design_html(answer, words)
    if format == "csv":
        return write_csv(answer.tables["design"].select(pl.all().cast(pl.String))).decode("utf-8")
    if format == "json":
        told = finding_texts(findings.empty() if answer.findings is None else answer.findings, words)
        tables = {**answer.tables, "findings": told}
        return (
            json.dumps({name: frame.to_dicts() for name, frame in tables.items()}, ensure_ascii=False, indent=1) + "\n"
        )
    return design_plain(answer, words)
