"""Make the view of a package that a policy grants one party, and write it as a package."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from tumen.crossings.encounters import STAGES, encounters, in_order
from tumen.crossings.parameters import CrossingParameters
from tumen.errors import FormatError, MisuseError, Text
from tumen.files import camtrap_dp_write
from tumen.files.archive import is_safe
from tumen.files.media_clean import Box, clean
from tumen.measure.effort import operating
from tumen.sharing.derived import SEEN, WORKED
from tumen.sharing.disclose import Derived, Disclosed, disclose
from tumen.sharing.kept import FROM
from tumen.sharing.levels import Grant, at_most, lowest
from tumen.sharing.policy import Policy, Request, covers, decide
from tumen.tables import findings
from tumen.tables.detections import declared_country, detections
from tumen.tables.package import Package
from tumen.tables.protocol import TABLES
from tumen.tasks import clock
from tumen.tasks.area import Area, area_of
from tumen.tasks.entries import PackageEntry
from tumen.tasks.keys import trusted
from tumen.tasks.leaks import leaks_of
from tumen.tasks.packages import read_package
from tumen.tasks.policy import policy_of
from tumen.tasks.release_files import check_bound, read_ledger, read_secret, write_ledger

BOX = ("bboxX", "bboxY", "bboxWidth", "bboxHeight")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """To whom, for what, and with which files of the owner; `tables` limits the view, `countries` is a file or region.

    `secret` is the file of `tumen.tasks.release_files.new_secret`, `ledger` that of all earlier releases;
    `new_ledger` says that there are none. `node` is a node whose trust list says the roles of the receiver, instead of
    `roles`: without it a denial of a role holds only where the sender admits the role.
    """

    policy: Path
    receiver: str
    purpose: str
    secret: Path
    ledger: Path
    roles: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    countries: Path | None = None
    replace: bool = False
    new_ledger: bool = False
    node: Path | None = None


def disclose_package(entry: PackageEntry, out: Path, asked: Asked) -> Disclosed:
    """Read a package, write its view to `out` (a folder, or a zip) and the ledger with it; return the view.

    Where nothing may leave, or the view has a leak, nothing is written and the findings say why. The ledger is written
    first: it may say that something left that did not, never the reverse.
    """
    package = read_package(entry)
    secret = read_secret(asked.secret)
    check_bound(asked.secret, asked.ledger, new=asked.new_ledger)
    policy = policy_of(asked.policy)
    lacking = [_absent(policy, package)]
    grant, said = grant_of(policy, package, asked)
    owned = Derived()
    area = area_of(asked.countries) if asked.countries is not None else None
    if at_most("crossing", grant.level) and grant.level != "full":
        owned = derive(package, area)
        if asked.countries is None:
            lacking.append(findings.finding("disclosed-without-countries"))
    now = clock.now()
    made = disclose(package, grant, secret, owned, read_ledger(asked.ledger), now)
    lacking.append(said)
    if not made.refused:
        folder = entry.path if entry.path.is_dir() else entry.path.parent
        view, found = with_pictures(made, folder) if grant.level != "full" else (made.package, findings.empty())
        leaked = leaks_of(view, grant, (package, made.ledger), area)
        lacking += [found, leaked]
        if findings.errors(leaked).height:
            # Nothing has been written, and the ledger is as it was.
            empty = replace(view, tables={}, received={}, kept={}, descriptor={})
            return replace(made, package=empty, findings=_told(package, [made.findings, *lacking]))
        if out.exists() and not asked.replace:
            found_there = Text("something at {path}", path=out)
            raise MisuseError("a new folder or zip", found_there, "Name another, or --replace.")
        write_ledger(made.ledger, asked.ledger, asked.secret)
        media = folder if grant.level == "full" and not grant.denied else None
        inputs = [entry.path, asked.policy, asked.secret, asked.ledger]
        written = camtrap_dp_write.write(view, out, created=now, media=media, replace=asked.replace, inputs=inputs)
        made = replace(made, package=view)
        lacking.append(written)
    return replace(made, findings=_told(package, [made.findings, *lacking]))


def _told(package: Package, parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    return findings.gather(findings.of_package(part, package.party, package.name) for part in parts)


def grant_of(policy: Policy, package: Package, asked: Asked) -> tuple[Grant, pl.DataFrame]:
    """Return what a policy grants of a package, as one grant, and what was lowered to make it one.

    A view has one level: the least of those of its tables and species. A table or a species of which nothing is
    granted is left out. A species leaves only if every table that is granted is granted of it.
    """
    if policy.party != package.party:
        raise MisuseError(
            Text("a policy of {party}", party=package.party),
            Text("one of {party}", party=policy.party),
            "Only the owner of a package discloses it.",
        )
    said = Request(receiver=asked.receiver, purpose=asked.purpose, on=clock.now().date(), roles=_roles(asked))

    def granted(table: str, species: str | None) -> Grant | None:
        return decide(policy, replace(said, table=table, species=species)).grant

    named = tuple(table for table in TABLES if not asked.tables or _meant(table, asked.tables))
    every = {table: granted(table, None) for table in named}
    whole = [table for table in named if every[table] is not None]
    there = sorted(_species(package))
    each = {(table, name): granted(table, name) for table in named for name in there}
    some = [table for table in named if table in whole or any(each[table, name] is not None for name in there)]
    species = [name for name in there if all(each[table, name] is not None for table in some)]
    alike = bool(some) and some == whole and all(each[table, name] is not None for table in some for name in there)
    grants = [one for table in some for one in _of(table, every, each, species)]
    if not grants or not (alike or species):
        return Grant(asked.receiver, "nothing", purpose=asked.purpose), findings.empty()
    joint = _least(grants, None if len(some) == len(TABLES) else tuple(some), None if alike else tuple(species))
    denied = [table for table in TABLES if decide(policy, replace(said, table=table)).reason == "denied"]
    home = {table for table in denied if all(granted(table, name) is None for name in there)}
    joint = replace(joint, home=frozenset(home), whole=frozenset(whole))
    if len({one.level for one in grants}) > 1:
        return joint, findings.finding("disclosed-levels-lowered", value=joint.level)
    return joint, findings.empty()


def _meant(table: str, named: tuple[str, ...]) -> bool:
    return table in named or table == "holdings" or any(one in named for one in FROM.get(table, ()))


def _roles(asked: Asked) -> frozenset[str]:
    """Return the roles of the receiver: those of the trust list where there is a node, else those that were said."""
    if asked.node is None:
        return frozenset(asked.roles)
    if asked.roles:
        raise MisuseError("roles of the trust list", "roles that were said", "Name a node, or roles, not both.")
    now, held = clock.now(), [key for key in trusted(asked.node).keys if key.party == asked.receiver]
    if not held:
        found = Text("no key of {party}", party=asked.receiver)
        raise MisuseError("a receiver in the trust list", found, "Take in a list that names it, or check the name.")
    for key in held:
        key.check_valid(now)
    return frozenset(role for key in held for role in key.roles)


def _absent(policy: Policy, package: Package) -> pl.DataFrame:
    """Return a warning for each species that a rule names and the package does not have: it may be misspelt."""
    there = _species(package)
    named = dict.fromkeys((name, rule.grants) for rule in policy.rules for name in rule.species or ())
    return findings.gather(
        findings.finding("policy-species-absent", value=name)
        for name, grants in named
        if not (name in there if grants else any(covers(name, one) for one in there))
    )


def _of(
    table: str, every: dict[str, Grant | None], each: dict[tuple[str, str], Grant | None], species: Sequence[str]
) -> Iterable[Grant]:
    found = [every[table], *(each[table, name] for name in species)]
    return (one for one in found if one is not None)


def _species(package: Package) -> set[str]:
    frames = [frame["scientificName"] for frame in package.tables.values() if "scientificName" in frame.columns]
    return {name for names in frames for name in names.drop_nulls().unique()}


def _least(grants: Sequence[Grant], tables: tuple[str, ...] | None, species: tuple[str, ...] | None) -> Grant:
    """Return what all of several grants give."""
    ends = [one.until for one in grants if one.until is not None]
    return replace(
        grants[0],
        level=lowest(one.level for one in grants),
        tables=tables,
        species=species,
        columns=frozenset.intersection(*(one.columns for one in grants)),
        until=min(ends, default=None),
        agreement="; ".join(sorted({one.agreement for one in grants if one.agreement})),
        category=min(one.category for one in grants),
        step=max(one.step for one in grants),
        text=all(one.text for one in grants),
        denied=frozenset().union(*(one.denied for one in grants)),
    )


def derive(package: Package, area: Area | None) -> Derived:
    """Return encounters and effort of a package with sides and distances to the border; none are known without an area.

    Identifications that are only possible are left out, as the answers leave them out.
    """
    worked = operating(package.table("deployments"), package.table("operating_periods"), None)
    if area is None:
        declared = package.table("deployments").select("deploymentID", countryCode=declared_country(package))
        return Derived(worked=_worked(worked, declared))
    deployments = package.table("deployments").select(
        "deploymentID",
        "longitude",
        "latitude",
        pl.col("coordinateUncertainty").cast(pl.Float64),
        declared_country(package).alias("declaredCountry"),
    )
    sides = area.locate(deployments).select("deploymentID", "countryCode")
    seen = area.locate(detections(package)).with_columns(names=pl.col("individualID"))
    usable = seen.filter((pl.col("certainty") != "possible").fill_null(True))
    return Derived(_seen(usable, package.party), _worked(worked, sides))


def _worked(worked: pl.DataFrame, sides: pl.DataFrame) -> pl.DataFrame:
    unique = sides.unique("deploymentID", keep="first", maintain_order=True)
    return worked.join(unique, on="deploymentID", how="left", maintain_order="left").select(*WORKED)


def _seen(located: pl.DataFrame, party: str) -> pl.DataFrame:
    """Return the independent encounters of located detections, under the owner's names."""
    if located.is_empty():
        return pl.DataFrame(schema=SEEN)
    met = encounters(in_order(located), CrossingParameters().independence)
    facts = (
        located.sort("individualID", "detectionID")
        .group_by("individualID", maintain_order=True)
        .agg(
            *(
                pl.when(pl.col(fact).drop_nulls().n_unique() == 1).then(pl.col(fact).drop_nulls().first()).alias(fact)
                for fact in ("scientificName", "sex")
            )
        )
    )
    sides = pl.col("sides").cast(pl.String)
    return (
        met.with_columns(pl.col("individualID").cast(pl.String), pl.col("place").cast(pl.String))
        .join(facts, on="individualID", how="left", maintain_order="left")
        .select(
            "individualID",
            "scientificName",
            "sex",
            pl.col("stage")
            .replace_strict(dict(enumerate(STAGES, 1)), default=None, return_dtype=pl.String)
            .alias("lifeStage"),
            pl.when(pl.col("place").is_null()).then(pl.lit("position")).otherwise(pl.lit("camera")).alias("source"),
            pl.concat_str(pl.lit("place/"), pl.col("place").str.strip_prefix(party + "/")).alias("location"),
            "start",
            "end",
            "detections",
            pl.col("countryCode").cast(pl.String),
            pl.when(pl.col("countryCode").is_null())
            .then(sides.replace("", None))
            .otherwise(pl.col("possibleCountries").cast(pl.String).replace("", None))
            .alias("possibleCountries"),
            "borderDistance",
        )
    )


def with_pictures(made: Disclosed, folder: Path) -> tuple[Package, pl.DataFrame]:
    """Return a view with its pictures, written anew; rows of pictures that cannot be had are left out, and said."""
    files, found = dict(made.package.kept), []
    inside = folder.resolve()
    for path, new, *box in made.media.select("path", "newPath", *BOX).iter_rows():
        try:
            file = (folder / path).resolve() if is_safe(path) else None
            if file is None or not file.is_relative_to(inside):
                raise FormatError("a file of the package", "another", "Put the file into the package.")
            cut: Box | None = None if box[0] is None else (box[0], box[1], box[2], box[3])
            files[new] = clean(file.read_bytes(), cut)
        except (OSError, FormatError) as error:
            reason = error.found if isinstance(error, FormatError) else type(error).__name__
            found.append(findings.finding("media-unreadable", table="media", value=path, reason=str(reason)))
    tables = dict(made.package.tables)
    for name in ("portraits", "media"):
        if name in tables:
            tables[name] = tables[name].filter(pl.col("filePath").is_in(list(files)))
    if "media" in tables:
        there = tables["media"]["mediaID"].implode()
        for name in ("observations", "identifications"):
            if name in tables:
                kept = pl.when(pl.col("mediaID").is_in(there)).then("mediaID")
                tables[name] = tables[name].with_columns(kept.alias("mediaID"))
    count = pl.col("table").replace_strict(
        {name: frame.height for name, frame in tables.items()}, default=None, return_dtype=pl.Int64
    )
    if "holdings" in tables:
        tables["holdings"] = tables["holdings"].with_columns(disclosed=pl.coalesce(count, "disclosed"))
    # Without received text the writer writes the values.
    return replace(made.package, tables=tables, received={}, kept=files), findings.gather(found)
