"""Join what photographs, genotypes, places and times say of a study's animals into one queue for people."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from tumen import engine
from tumen.errors import MisuseError
from tumen.individuals.place_time import PAIR, PRESENCES, SUBJECT, of_samples, ordered, place_time
from tumen.individuals.proposals import FACTS, GENOTYPE_EVIDENCE, PHOTO_EVIDENCE
from tumen.individuals.proposals import proposals as joined
from tumen.tables.answer import Answer, Note
from tumen.tables.detections import believed, detections
from tumen.tables.package import Package
from tumen.tasks.identify_results import digest, read_result, write_results
from tumen.tasks.packages import read_package
from tumen.tasks.pool import Registered, registered
from tumen.tasks.study import Study

PRESENCE = ["earliest", "latest", "longitude", "latitude", "coordinateUncertainty"]


def proposals(study: Study, folder: Path, *, progress: engine.Progress = engine.silent) -> Answer:
    """Write `proposals.csv` to the results folder and return the queue.

    It needs what `photos` or `genotypes` wrote there before. Distances and times are in the queue, no coordinates.
    """
    photo = read_result(folder, "photo_evidence", PHOTO_EVIDENCE)
    genes = read_result(folder, "genotype_evidence", GENOTYPE_EVIDENCE)
    if photo is None and genes is None:
        raise MisuseError(
            "evidence of photographs or genotypes in the folder of results",
            f"{folder}",
            "Run tumen identify photos, tumen identify genotypes, or both, first.",
        )
    photo = pl.DataFrame(schema=PHOTO_EVIDENCE) if photo is None else photo
    genes = pl.DataFrame(schema=GENOTYPE_EVIDENCE) if genes is None else genes
    packages = tuple(engine.run(read_package, study.packages, progress=progress))
    seen = pl.concat([detections(package) for package in packages])
    register = registered(study, packages, seen)
    pairs = pl.concat([ordered(photo).select(PAIR), ordered(genes).select(PAIR)]).unique().sort(PAIR)
    where = place_time(pairs, presences(packages, seen))
    queue = joined(photo, genes, where, facts(packages, seen), settled(pairs, register), shares=shares(folder))
    write_results(folder, study, {"proposals": queue.table})
    against = queue.table.filter(pl.col("contradictions") != "").height
    return Answer(
        name="proposals",
        tables={"proposals": queue.table},
        notes=(
            Note("proposals-made", {"pairs": queue.table.height, "contradicted": against, "settled": queue.settled}),
            Note("proposals-independent"),
            *_stale(folder),
        ),
        findings=register.findings.filter(pl.col("table").is_in(["links", "register_events"])),
    )


def _stale(folder: Path) -> tuple[Note, ...]:
    """Say so where the genotypes were matched before the photographs: pairs of the latter were not asked of them."""
    asked = read_result(folder, "genotype_asked", {"photoEvidence": pl.String})
    now = digest(folder / "photo_evidence.csv")
    return (Note("genotypes-before-photographs"),) if asked is not None and (asked.item() or "") != now else ()


def shares(folder: Path) -> dict[str, float]:
    """Return, per species, the share of true pairs among the known ones that photographs were calibrated with."""
    curve = read_result(folder, "calibration", {"scientificName": pl.String, "pairs": pl.Int64, "same": pl.Int64})
    if curve is None:
        return {}
    counted = curve.group_by("scientificName").agg(share=pl.col("same").sum() / pl.col("pairs").sum())
    found = counted.drop_nulls().filter(pl.col("share").is_between(0, 1, closed="none"))
    return {str(name): float(share) for name, share in found.iter_rows()}


def presences(packages: Sequence[Package], seen: pl.DataFrame) -> pl.DataFrame:
    """Return where every subject was, and when: named animals, observations without a name, samples."""
    named = seen.filter(pl.col("certainty").ne_missing("possible")).select(
        "party",
        pl.lit("individual").alias("kind"),
        pl.col("individualID").alias("subjectID"),
        pl.col("eventStart").alias("earliest"),
        pl.col("eventStart").alias("latest"),
        *PRESENCE[2:],
    )
    parts = [named, *map(_unnamed, packages), *map(_samples, packages)]
    return pl.concat([part.select(pl.col(name).cast(dtype) for name, dtype in PRESENCES.items()) for part in parts])


def _unnamed(package: Package) -> pl.DataFrame:
    """Return the presences of observed animals; those that have a name are subjects under it and are not asked for."""
    deployments = package.table("deployments").unique("deploymentID", keep="first", maintain_order=True)
    return (
        package.table("observations")
        .filter(pl.col("observationType") == "animal", pl.col("eventStart").is_not_null())
        .join(deployments, on="deploymentID", how="inner", maintain_order="left")
        .filter(believed())
        .select(
            pl.lit(package.party).alias("party"),
            pl.lit("observation").alias("kind"),
            pl.col("observationID").alias("subjectID"),
            pl.col("eventStart").alias("earliest"),
            pl.col("eventStart").alias("latest"),
            *PRESENCE[2:],
        )
    )


def _samples(package: Package) -> pl.DataFrame:
    """Return the presences of samples, and of the animals that were known in the field to have left them."""
    own = package.table("samples").filter(pl.col("sampleID").is_not_null(), pl.col("collectedOn").is_not_null())
    columns = ["collectedOn", "ageDays", *PRESENCE[2:]]
    left = own.select(
        pl.lit(package.party).alias("party"),
        pl.lit("sample").alias("kind"),
        pl.col("sampleID").alias("subjectID"),
        *columns,
    )
    known = own.filter(pl.col("individualID").is_not_null()).select(
        pl.lit(package.party).alias("party"),
        pl.lit("individual").alias("kind"),
        pl.col("individualID").alias("subjectID"),
        *columns,
    )
    return of_samples(pl.concat([left.select(*SUBJECT, *columns), known.select(*SUBJECT, *columns)]))


def facts(packages: Sequence[Package], seen: pl.DataFrame) -> pl.DataFrame:
    """Return what each party recorded of its animals, observations and samples."""
    times = seen.group_by("party", subjectID="individualID").agg(
        firstSeen=pl.col("eventStart").min(), lastSeen=pl.col("eventStart").max()
    )
    parts = []
    for package in packages:
        party = pl.lit(package.party).alias("party")
        animals = package.table("individuals").unique("individualID", keep="first", maintain_order=True)
        parts.append(
            animals.drop_nulls("individualID")
            .select(
                party, pl.lit("individual").alias("kind"), pl.col("individualID").alias("subjectID"),
                "scientificName", "sex", "birthDate", "deathDate", "knownFlanks",
            )
            .join(times, on=["party", "subjectID"], how="left", maintain_order="left")
        )  # fmt: skip
        observed = package.table("observations").filter(pl.col("observationType") == "animal")
        parts.append(
            observed.drop_nulls("observationID").unique("observationID", keep="first", maintain_order=True).select(
                party, pl.lit("observation").alias("kind"), pl.col("observationID").alias("subjectID"),
                "scientificName", "sex",
                pl.col("eventStart").alias("firstSeen"), pl.col("eventStart").alias("lastSeen"),
            )
        )  # fmt: skip
        samples = package.table("samples").drop_nulls("sampleID").unique("sampleID", keep="first", maintain_order=True)
        parts.append(
            samples.select(
                party, pl.lit("sample").alias("kind"), pl.col("sampleID").alias("subjectID"), "scientificName"
            )
        )
    empty = pl.DataFrame(schema=FACTS)
    return pl.concat([empty, *parts], how="diagonal_relaxed").select(
        pl.col(name).cast(dtype) for name, dtype in FACTS.items()
    )


def settled(pairs: pl.DataFrame, register: Registered) -> pl.DataFrame:
    """Return the pairs of named animals on which the register has decided: joined, by whatever chain, or parted.

    What is judged different, in events or in the older links, parts the whole joint animals on both sides.
    """
    walk = register.walk
    joint = walk.table.select("party", "individualID", "jointID")
    named = pairs.filter(pl.col("kind") == "individual", pl.col("otherKind") == "individual")
    ends = _ends(named, joint, ("subjectID", "otherID"))
    one = ends.filter(pl.col("jointID") == pl.col("otherJointID")).select(PAIR)
    columns = ["party", "individualID", "otherParty", "otherIndividualID"]
    different = pl.concat(
        [
            walk.standing.table.filter(pl.col("verdict") == "different").select(columns),
            _latest(register.links).filter(pl.col("verdict") == "different").select(columns),
        ]
    )
    parted = _ends(different, joint, ("individualID", "otherIndividualID")).select("jointID", "otherJointID")
    both = pl.concat([parted, parted.select(jointID="otherJointID", otherJointID="jointID")]).drop_nulls().unique()
    apart = ends.join(both, on=["jointID", "otherJointID"], how="semi").select(PAIR)
    return pl.concat([one, apart]).unique().sort(PAIR)


def _ends(pairs: pl.DataFrame, joint: pl.DataFrame, names: tuple[str, str]) -> pl.DataFrame:
    """Add the joint identities of both ends of pairs of local names."""
    one, other = names
    return pairs.join(joint.rename({"individualID": one}), on=["party", one], how="left", maintain_order="left").join(
        joint.rename({"party": "otherParty", "individualID": other, "jointID": "otherJointID"}),
        on=["otherParty", other],
        how="left",
        maintain_order="left",
    )


def _latest(links: pl.DataFrame) -> pl.DataFrame:
    """Return the latest row of `links` on each pair, whichever way round it was written."""
    one = pl.concat_str("party", pl.lit("/"), "individualID")
    other = pl.concat_str("otherParty", pl.lit("/"), "otherIndividualID")
    keyed = links.with_columns(low=pl.min_horizontal(one, other), high=pl.max_horizontal(one, other))
    return keyed.sort("decidedAt", nulls_last=False, maintain_order=True).unique(
        ["low", "high"], keep="last", maintain_order=True
    )
