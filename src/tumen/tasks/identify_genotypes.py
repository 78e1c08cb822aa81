"""Match the samples of a study by their genotypes: names of loci, laboratories, consensus, animals, evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from tumen import engine
from tumen.errors import MisuseError, nearest
from tumen.individuals.genotype_consensus import Rules as ConsensusRules
from tumen.individuals.genotype_consensus import consensus
from tumen.individuals.genotype_evidence import GENOTYPE_EVIDENCE, contradictions, evidence
from tumen.individuals.genotype_group import Grouping, Settings, group
from tumen.individuals.genotype_group import table as group_table
from tumen.individuals.genotype_likelihood import RELATIONS
from tumen.individuals.genotype_loci import joint_genotypes, joint_panel, locus_names, renamed
from tumen.individuals.genotype_matrix import matrix
from tumen.individuals.genotype_panel import BOUND, judged, locus_identity, panel_identity
from tumen.individuals.genotype_rates import rates
from tumen.individuals.genotype_sex import contradictions as sex_contradictions
from tumen.individuals.genotype_sex import sexes
from tumen.individuals.lab_blind import blind_check
from tumen.individuals.lab_calibration import apply, calibrate
from tumen.individuals.lab_frequencies import propose_from_frequencies
from tumen.individuals.lab_locus import LAB_MAP, USABLE
from tumen.individuals.place_time import PAIR
from tumen.tables import findings
from tumen.tables.answer import Answer, Note
from tumen.tables.genetics import CONTROLS
from tumen.tables.package import Package
from tumen.tasks.identify_results import digest, read_result, refuse_inside, write_results
from tumen.tasks.packages import read_package
from tumen.tasks.study import Study

ANIMALS: dict[str, pl.DataType | type[pl.DataType]] = {
    "animal": pl.String,
    "scientificName": pl.String,
    "samples": pl.Int64,
    "parties": pl.String,
    "sampleIDs": pl.String,
    "individuals": pl.String,
    "sex": pl.String,
    "probability": pl.Float64,
    "pidSib": pl.Float64,
    "identityAllowed": pl.Boolean,
}
"""One row per animal that genotypes tell apart: `animal` is its first sample ("party/sampleID"); `individuals` are the
names that parties gave to its samples; `probability` and `pidSib` are those of its least sure sample."""


PRIORS: dict[str, pl.DataType | type[pl.DataType]] = {
    "scientificName": pl.String,
    "relation": pl.String,
    "share": pl.Float64,
    "pairs": pl.Int64,
}
"""Shares of the relations among all pairs of samples of a species, as they were estimated from those pairs."""


@dataclass(frozen=True)
class Typed:
    """The genotypes of a study in the sizes of one laboratory, with what was learnt on the way.

    Samples are called "party/sampleID" everywhere here.
    """

    consensus: pl.DataFrame
    panel: pl.DataFrame
    rates: pl.DataFrame
    summary: pl.DataFrame
    lab_map: pl.DataFrame
    reference: str
    findings: pl.DataFrame


def genotypes(study: Study, folder: Path, *, progress: engine.Progress = engine.silent) -> Answer:
    """Match all samples of a study, write what was found to the results folder, and return it.

    Only samples of one species are held against each other; a sample whose species nobody determined is left out with
    a note. Raises `MisuseError` where no package has genotypes, `OutputError` for a folder inside a package.
    """
    refuse_inside(folder, study)
    packages = tuple(engine.run(read_package, study.packages, progress=progress))
    if not any(package.table("genotypes").height for package in packages):
        raise MisuseError(
            "a study with genotypes", "no package with a table genotypes", "Add them; see docs/formats.md."
        )
    found = typed(packages, study)
    known = samples(packages, study)
    marked = sexes(found.consensus, found.panel, _forms(found.panel))
    bound = float(study.identify.get("pid_sib", BOUND))
    # What photographs bring together is asked of the genotypes too, even where these say that it is two animals.
    asked = read_result(folder, "photo_evidence", dict.fromkeys(PAIR, pl.String))
    matched = [
        _matched(found, own, marked.table, Settings(bound=bound), (study.seed, asked))
        for _, own in known.used.group_by("scientificName", maintain_order=True)
    ]
    pairs = pl.concat([pl.DataFrame(schema=GENOTYPE_EVIDENCE), *(one.evidence for one in matched)])
    animals = pl.concat([pl.DataFrame(schema=ANIMALS), *(one.animals for one in matched)])
    loci = locus_identity(found.consensus, _sex_linked(found.panel))
    tables = {
        "animals": animals,
        "evidence": pairs,
        "loci": loci,
        "panel": panel_identity(loci),
        "relations": pl.concat([pl.DataFrame(schema=PRIORS), *(one.relations for one in matched)]),
        "rates": found.rates,
        "readings": found.summary,
        "laboratories": found.lab_map,
    }
    about = [found.findings, known.findings, marked.findings, judged(loci, bound), *(one.findings for one in matched)]
    about += [_of(sex_contradictions(_of_party(marked.table, p.party), p), p) for p in packages]
    files = {f"genotype_{name}": frame for name, frame in tables.items()}
    seen = pl.DataFrame({"photoEvidence": [digest(folder / "photo_evidence.csv")]}, schema={"photoEvidence": pl.String})
    write_results(folder, study, {**files, "genotype_consensus": found.consensus, "genotype_asked": seen})
    return Answer(
        name="genotypes",
        tables=tables,
        notes=_notes(found, known, animals, pairs),
        parameters={"pidSib": bound, "referenceLaboratory": found.reference},
        findings=findings.gather(about),
    )


@dataclass(frozen=True)
class Samples:
    """Typed samples with what is known of them, those of no known species left out, and how many those were.

    A sample that was given two names stands for itself, with a finding.

    `used`: sampleID ("party/sampleID"), name (the party's own), party, individualID, scientificName.
    """

    used: pl.DataFrame
    unknown: int
    others: int
    findings: pl.DataFrame


def samples(packages: Sequence[Package], study: Study) -> Samples:
    """Return the samples that genotypes were read from, with species and name where somebody gave them one."""
    parts, found = [], []
    for package in packages:
        own = package.table("genotypes").select("sampleID").drop_nulls().unique(maintain_order=True)
        listed = package.table("samples").unique("sampleID", keep="first", maintain_order=True)
        names = _names(package)
        found.append(_of(_names_in_conflict(names), package))
        named = names.filter(pl.col("names").list.len() == 1).select(
            "sampleID", individualID=pl.col("names").list.first()
        )
        parts.append(
            own.join(listed.select("sampleID", "scientificName"), on="sampleID", how="left", maintain_order="left")
            .join(named, on="sampleID", how="left", maintain_order="left")
            .join(_species_of(package), on="individualID", how="left", maintain_order="left")
            .select(
                sampleID=pl.concat_str(pl.lit(package.party + "/"), "sampleID"),
                name="sampleID",
                party=pl.lit(package.party),
                individualID="individualID",
                scientificName=pl.coalesce("scientificName", "species"),
            )
        )
    every = pl.concat(parts).unique("sampleID", keep="first", maintain_order=True)
    wanted = pl.col("scientificName").is_in(study.species) if study.species else pl.lit(True)
    known = every.filter(pl.col("scientificName").is_not_null())
    used = known.filter(wanted)
    return Samples(used, every.height - known.height, known.height - used.height, findings.gather(found))


def _names(package: Package) -> pl.DataFrame:
    """Return the names that the field and certain or probable identifications gave to each sample."""
    field = package.table("samples").select("sampleID", "individualID")
    judged = package.table("identifications").filter(pl.col("certainty").is_in(["certain", "probable"]))
    every = pl.concat([field, judged.select("sampleID", "individualID")]).drop_nulls()
    return every.group_by("sampleID", maintain_order=True).agg(names=pl.col("individualID").unique().sort())


def _names_in_conflict(names: pl.DataFrame) -> pl.DataFrame:
    several = names.filter(pl.col("names").list.len() > 1).select(
        pl.lit(None, dtype=pl.Int64).alias("row"), value="sampleID", names=pl.col("names").list.join(", ")
    )
    return findings.rows(
        "genotype-names-conflict", several, table="samples", column="individualID", arguments=("names",)
    )


def _species_of(package: Package) -> pl.DataFrame:
    animals = package.table("individuals").unique("individualID", keep="first", maintain_order=True)
    return animals.drop_nulls("individualID").select("individualID", species="scientificName")


@dataclass(frozen=True)
class Matched:
    """What the genotypes of one species say."""

    evidence: pl.DataFrame
    animals: pl.DataFrame
    findings: pl.DataFrame
    relations: pl.DataFrame


def _matched(
    found: Typed, own: pl.DataFrame, marked: pl.DataFrame, settings: Settings, told: tuple[int, pl.DataFrame | None]
) -> Matched:
    """Match the samples of one species; `told` are the seed and the pairs of subjects that photographs propose."""
    seed, asked = told
    read = usable(found, own).drop("status")
    if read.is_empty():
        nobody = (pl.DataFrame(schema=shape) for shape in (GENOTYPE_EVIDENCE, ANIMALS, PRIORS))
        return Matched(next(nobody), next(nobody), findings.empty(), next(nobody))
    grouping = group(matrix(read), settings, np.random.default_rng(seed))
    said = evidence(grouping, own.select("sampleID", "party", "individualID", "name"), sexes=marked, asked=asked)
    found_here = findings.gather([said.findings, contradictions(grouping)])
    return Matched(said.table, _animals(grouping, own, marked), found_here, _relations(grouping, own))


def usable(found: Typed, own: pl.DataFrame) -> pl.DataFrame:
    """Return the consensus of some samples (`own`) at loci of the autosomes, as far as it is resolved.

    A reading that no rule of consensus confirms is still evidence: the model of errors weighs it.
    """
    return found.consensus.filter(
        pl.col("sampleID").is_in(own["sampleID"].implode()),
        ~pl.col("locus").is_in(_sex_linked(found.panel)),
        pl.col("status") != "unresolved",
    )


def _relations(grouping: Grouping, own: pl.DataFrame) -> pl.DataFrame:
    """Return the shares of the relations among all pairs of samples, which the posteriors take as known."""
    count = len(grouping.genotypes.samples)
    species = own["scientificName"].first()
    rows = [(species, name, float(share)) for name, share in zip(RELATIONS, grouping.shares, strict=True)]
    table = pl.DataFrame(rows, schema=["scientificName", "relation", "share"], orient="row")
    return table.with_columns(pairs=pl.lit(count * (count - 1) // 2, dtype=pl.Int64)).select(*PRIORS)


def _animals(grouping: Grouping, own: pl.DataFrame, marked: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each animal that the genotypes tell apart."""
    sex = marked.group_by("sampleID").agg(sex=pl.col("sex").drop_nulls().unique())
    rows = group_table(grouping).rename({"samples": "size"}).join(own, on="sampleID", how="left", maintain_order="left")
    rows = rows.join(sex, on="sampleID", how="left", maintain_order="left")
    names = pl.concat_str("party", pl.lit("/"), "individualID")
    return (
        rows.group_by("group", maintain_order=True)
        .agg(
            pl.col("scientificName").first(),
            samples=pl.len().cast(pl.Int64),
            parties=pl.col("party").unique().sort().str.join(", "),
            sampleIDs=pl.col("sampleID").sort().str.join(", "),
            individuals=names.drop_nulls().unique().sort().str.join(", "),
            sex=pl.col("sex").list.explode().drop_nulls().unique().sort().str.join(", "),
            probability=pl.col("probability").min(),
            pidSib=pl.col("pidSib").max(),
            identityAllowed=pl.col("identityAllowed").all(ignore_nulls=False),
        )
        .with_columns(pl.when(pl.col("sex") != "").then("sex").alias("sex"))
        .rename({"group": "animal"})
        .sort("samples", "animal", descending=[True, False])
        .select(*ANIMALS)
    )


def _sex_linked(panel: pl.DataFrame) -> tuple[str, ...]:
    return tuple(panel.filter(pl.col("sexLinked").fill_null(False))["locus"].drop_nulls().to_list())


def _forms(panel: pl.DataFrame) -> dict[str, str]:
    """Return how each sex marker is read, where the panel says so."""
    return dict(panel.drop_nulls(["locus", "sexMarker"]).select("locus", "sexMarker").iter_rows())


def _of_party(marked: pl.DataFrame, party: str) -> pl.DataFrame:
    """Return the sexes of one party's samples by the party's own names."""
    own = marked.filter(pl.col("sampleID").str.starts_with(f"{party}/"))
    return own.with_columns(pl.col("sampleID").str.slice(len(party) + 1))


def _of(found: pl.DataFrame, package: Package) -> pl.DataFrame:
    return findings.of_package(found, package.party, package.name)


def _notes(found: Typed, known: Samples, animals: pl.DataFrame, pairs: pl.DataFrame) -> tuple[Note, ...]:
    """Say what was compared, what was left out, and how far the numbers reach."""
    several = animals.filter(pl.col("samples") > 1)
    notes = [
        Note("genotypes-matched", {"samples": known.used.height, "animals": animals.height, "pairs": pairs.height}),
        Note("genotype-identity-bound", {
            "matched": several.height,
            "allowed": several.filter(pl.col("identityAllowed").fill_null(False)).height,
        }),
    ]  # fmt: skip
    if known.unknown:
        notes.append(Note("genotypes-without-species", {"samples": known.unknown}))
    if known.others:
        notes.append(Note("genotypes-of-other-species", {"samples": known.others}))
    if found.lab_map.height:
        refused = found.lab_map.filter(~pl.col("status").is_in(USABLE)).height
        notes.append(
            Note("genotypes-calibrated", {
                "reference": found.reference, "alleles": found.lab_map.height, "refused": refused,
            })
        )  # fmt: skip
    return tuple(notes)


def typed(packages: Sequence[Package], study: Study) -> Typed:
    """Bring the readings of all packages under one set of names of loci and into the sizes of one laboratory."""
    names = locus_names(packages)
    panel = joint_panel(packages, names.table)
    read = joint_genotypes(packages, names.table).with_columns(sampleID=pl.concat_str("party", pl.lit("/"), "sampleID"))
    controls = pl.concat([renamed(package, names.table, "controls") for package in packages], how="diagonal_relaxed")
    # Two parties that share a laboratory both bring its controls: one reading is not two.
    controls = controls.unique([*CONTROLS.together, "allele1", "allele2"], keep="first", maintain_order=True)
    laboratories = read.drop_nulls("laboratory")["laboratory"].unique().sort().to_list()
    reference = _reference(study, read, laboratories)
    measured = [rates(read.filter(laboratory=name), panel) for name in laboratories]
    error_rates = pl.concat(
        [
            one.table.select(pl.lit(name).alias("laboratory"), pl.all())
            for name, one in zip(laboratories, measured, strict=True)
        ]
    )
    sizes = read.filter(pl.col("kind") == "size")
    said = [names.findings, *(one.findings for one in measured)]
    lab_map = pl.DataFrame(schema=LAB_MAP)
    if len(laboratories) > 1 and sizes.height:
        calibration = calibrate(controls, sizes, reference=reference)
        applied = apply(read, calibration.table, reference=reference)
        checked = blind_check(controls, sizes, reference=reference)
        alone = _uncalibrated(calibration.table)
        proposed = propose_from_frequencies(
            sizes.filter(pl.col("laboratory").is_in([*alone, reference])), reference=reference
        )
        # What frequencies propose is shown and never applied.
        sure = calibration.table.filter(~pl.col("laboratory").is_in(alone))
        lab_map, read = pl.concat([sure, proposed.table]), applied.genotypes.drop("calibration")
        said += [calibration.findings, applied.findings, checked.findings, proposed.findings]
    agreed = consensus(_one_laboratory(read, laboratories, reference), panel, _rules(study))
    return Typed(
        consensus=agreed.table,
        panel=panel,
        rates=error_rates,
        summary=agreed.summary,
        lab_map=lab_map,
        reference=reference,
        findings=findings.gather([*said, agreed.findings]),
    )


def _uncalibrated(lab_map: pl.DataFrame) -> list[str]:
    """Return the laboratories of which the controls join no allele to the reference."""
    usable = lab_map.group_by("laboratory").agg(usable=pl.col("status").is_in(USABLE).any())
    return usable.filter(~pl.col("usable"))["laboratory"].sort().to_list()


def _rules(study: Study) -> ConsensusRules:
    given = {name: study.identify[name] for name in ("heterozygote", "homozygote") if name in study.identify}
    return ConsensusRules(**given)


def _reference(study: Study, read: pl.DataFrame, laboratories: list[str]) -> str:
    """Return the laboratory whose sizes all others are put into: the study's, else the one that read most."""
    said = study.identify.get("reference")
    if said is not None:
        if said not in laboratories:
            raise MisuseError(
                "a laboratory of the study as reference in [identify]", f"'{said}'", nearest(said, laboratories)
            )
        return str(said)
    counted = read.drop_nulls("laboratory").group_by("laboratory").agg(count=pl.len())
    return str(counted.sort("count", "laboratory", descending=[True, False])["laboratory"].first())


def _one_laboratory(read: pl.DataFrame, laboratories: list[str], reference: str) -> pl.DataFrame:
    """Return readings as if one laboratory had made them: its name, and replicates numbered on behind each other's."""
    numbers = dict(zip(laboratories, range(len(laboratories)), strict=True))
    most = (read["replicate"].max() or 0) if read.height else 0
    behind = pl.col("laboratory").replace_strict(numbers, default=0, return_dtype=pl.Int64) * most
    return read.with_columns(
        replicate=pl.col("replicate") + behind,
        laboratory=pl.when(pl.col("laboratory").is_not_null()).then(pl.lit(reference)),
    )
