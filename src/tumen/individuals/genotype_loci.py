"""Which names mean one locus?  Those that a panel gives to one locus; about names that only look alike we ask.

Each package may bring a panel (table `loci`) with aliases that a person wrote. Across packages the names join through
what any panel says, unless that would make one locus of two that some panel keeps apart. FCA126 and Fca126 without an
alias stay two loci, and a finding proposes them: F115 and FCA115 may have different primers.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from tumen.tables import findings
from tumen.tables.checks_panel import loci_in_panel, panel_names, plain_name
from tumen.tables.genetics import GENOTYPES, LOCI
from tumen.tables.package import Package
from tumen.tables.rows import ROW

NAMES: dict[str, pl.DataType | type[pl.DataType]] = {
    "party": pl.String,
    "package": pl.String,
    "name": pl.String,
    "locus": pl.String,
}
"""One row per package and name in its panel, genotypes or controls: the locus that the name means in the study."""

PROPOSED = ("locus-spelling",)
"""What the check of a package already asks about names; it is not asked again in other words."""


@dataclass(frozen=True)
class LocusNames:
    """What each name means (`NAMES`), and the names that clash or look alike (`FINDINGS`)."""

    table: pl.DataFrame
    findings: pl.DataFrame


def locus_names(packages: Sequence[Package]) -> LocusNames:
    """Return the locus that each name means in each package.

    A locus is called by the name that most panels use for it as a locus and not as an alias; the first of equals by
    letters. A name that one panel gives to two loci means itself, with a finding. Names join across packages where any
    panel joins them; where this would join two loci of one panel, each package uses its own aliases only, with a
    finding.

    >>> from tumen.tables.package import assemble
    >>> panel = pl.DataFrame({"locus": ["FCA126"], "kind": ["size"], "aliases": ["Fca126|F126"]})
    >>> read = pl.DataFrame({"sampleID": ["a"], "laboratory": ["lab"], "replicate": ["1"], "locus": ["Fca126"],
    ...     "allele1": ["136"], "allele2": ["142"], "kind": ["size"]})
    >>> north = assemble("north", {"loci": panel, "genotypes": read}, party="north-reserve", format="camtrap-dp")
    >>> locus_names([north]).table.select("name", "locus").rows()
    [('F126', 'FCA126'), ('FCA126', 'FCA126'), ('Fca126', 'FCA126')]
    """
    panels = [_panel(package) for package in packages]
    found = [_own(_ambiguous(package), package) for package in packages if "loci" in package.tables]
    groups, clashes = _groups([panel for panel in panels if panel])
    if clashes:
        found.append(clashes[0])
    rows = []
    for package, panel in zip(packages, panels, strict=True):
        unsaid = set(panel_names(package)["name"]) - set(panel)
        for name in sorted({*panel, *_used(package)}):
            local = panel.get(name, name)
            rows.append((package.party, package.name, name, name if name in unsaid else groups.get(local, local)))
    table = pl.DataFrame(rows, schema=NAMES, orient="row")
    asked = [
        _own(findings.join(loci_in_panel(package)).filter(pl.col("code").is_in(PROPOSED)), package)
        for package in packages
    ]
    return LocusNames(table, findings.gather([*found, *asked, _alike(table, findings.join(asked))]))


def renamed(package: Package, names: pl.DataFrame, table: str = "genotypes") -> pl.DataFrame:
    """Return the typed table `genotypes`, `controls` or `loci` of a package with the study's names of loci.

    `names` is `LocusNames.table`. The party's own name stays in `localLocus`, the row in its file's table in `row`. In
    the panel two rows that mean one locus stay two.

    >>> from tumen.tables.package import assemble
    >>> panel = pl.DataFrame({"locus": ["FCA126"], "kind": ["size"], "aliases": ["Fca126"]})
    >>> north = assemble("north", {"loci": panel}, party="north-reserve", format="camtrap-dp")
    >>> renamed(north, locus_names([north]).table, "loci").select("row", "locus", "localLocus").rows()
    [(2, 'FCA126', 'FCA126')]
    """
    own = names.filter(party=package.party, package=package.name).select("name", meant="locus")
    frame = package.table(table).with_columns(ROW, localLocus="locus")
    joined = frame.join(own, left_on="locus", right_on="name", how="left", maintain_order="left")
    return joined.with_columns(locus=pl.coalesce("meant", "locus")).drop("meant")


def joint_panel(packages: Sequence[Package], names: pl.DataFrame) -> pl.DataFrame:
    """Return one typed table `loci` of the study: of each locus the first row that a package gives it.

    >>> joint_panel([], pl.DataFrame(schema=NAMES)).height
    0
    """
    panels = [renamed(package, names, "loci").select(*LOCI.dtypes) for package in packages if "loci" in package.tables]
    return pl.concat([LOCI.empty(), *panels]).unique("locus", keep="first", maintain_order=True)


def joint_genotypes(packages: Sequence[Package], names: pl.DataFrame) -> pl.DataFrame:
    """Return the genotypes of all packages under the study's names of loci, with `party`, `package` and `row`.

    >>> joint_genotypes([], pl.DataFrame(schema=NAMES)).height
    0
    """
    columns = (*GENOTYPES.dtypes, "row", "localLocus")
    empty = GENOTYPES.empty().with_columns(ROW, localLocus="locus", party=pl.lit(""), package=pl.lit(""))
    own = [
        renamed(package, names).select(*columns).with_columns(party=pl.lit(package.party), package=pl.lit(package.name))
        for package in packages
    ]
    return pl.concat([empty, *own])


def _panel(package: Package) -> dict[str, str]:
    """Return the locus of each name that the panel of a package gives to one locus only."""
    names = panel_names(package).unique("name", keep="none").sort("name")
    return dict(names.select("name", "panelLocus").iter_rows())


def _used(package: Package) -> set[str]:
    tables = (package.table(name)["locus"].drop_nulls() for name in ("genotypes", "controls"))
    return {locus for column in tables for locus in column}


def _ambiguous(package: Package) -> pl.DataFrame:
    """Find names of readings that their panel gives to more than one locus."""
    twice = (
        panel_names(package)
        .group_by("name", maintain_order=True)
        .agg(pl.col("row").max(), loci=pl.col("panelLocus").sort().str.join(", "), count=pl.len())
        .filter(pl.col("count") > 1, pl.col("name").is_in(sorted(_used(package))))
    )
    return findings.rows(
        "locus-alias-ambiguous", twice, table="loci", column="aliases", value="name", arguments=("loci",)
    )


def _own(found: pl.DataFrame, package: Package) -> pl.DataFrame:
    return findings.of_package(found, package.party, package.name)


def _groups(panels: Sequence[dict[str, str]]) -> tuple[dict[str, str], list[pl.DataFrame]]:
    """Return the joint name of each local locus, and the finding of the loci that cannot be joined.

    Two local loci are one where some panel gives a name to the one and some panel the same name to the other.
    """
    parent: dict[str, str] = {}

    def top(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    for panel in panels:
        for name, locus in panel.items():
            parent[top(name)] = top(locus)
    members: defaultdict[str, set[str]] = defaultdict(set)
    loci = sorted({locus for panel in panels for locus in panel.values()})
    for locus in loci:
        members[top(locus)].add(locus)
    groups: dict[str, str] = {}
    clashing = []
    for _, together in sorted(members.items()):
        if any(len(together & set(panel.values())) > 1 for panel in panels):
            clashing.append(sorted(together))
            continue
        chosen = _called(together, panels)
        groups |= dict.fromkeys(together, chosen)
    # A name that is a locus for one panel and an alias for another is no locus of its own there.
    for panel in panels:
        groups |= {name: groups[locus] for name, locus in panel.items() if locus in groups and name not in groups}
    found = [
        findings.finding(
            "locus-aliases-conflict", table="loci", column="aliases", value=names[0], loci=", ".join(names)
        )
        for names in clashing
    ]
    return groups, [findings.gather(found)] if found else []


def _called(together: Iterable[str], panels: Sequence[dict[str, str]]) -> str:
    """Return the name that most panels use as a locus; the first by letters among equals."""
    times = {name: sum(panel.get(name) == name for panel in panels) for name in together}
    return min(times, key=lambda name: (-times[name], name))


def _alike(names: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """Find loci that are kept apart and have names that differ only as people write them; one finding a pair."""
    said = {frozenset(pair) for pair in _pairs(asked)}
    loci: defaultdict[str, set[str]] = defaultdict(set)
    for name, locus in names.select("name", "locus").iter_rows():
        loci[plain_name(name)].add(locus)
    pairs = sorted({(first, other) for group in loci.values() for first in group for other in group if first < other})
    return findings.gather(
        findings.finding("locus-alike", table="loci", column="locus", value=first, other=other)
        for first, other in pairs
        if frozenset((first, other)) not in said
    )


def _pairs(asked: pl.DataFrame) -> list[tuple[str, str]]:
    """Return the name and the locus of each question that the check of a package asks."""
    frame = asked.select("value", locus=pl.col("arguments").str.json_path_match("$.locus"))
    return [(value, locus) for value, locus in frame.iter_rows() if locus is not None]
