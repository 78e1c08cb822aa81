"""A study of two parties with pictures, and the results that a review starts from, written as a person would."""

import io
import json
from pathlib import Path

import numpy as np
import polars as pl
from PIL import Image
from tests.files import packages

from tumen.individuals.place_time import PAIR
from tumen.individuals.proposals import PROPOSALS
from tumen.tasks.study import Study, read_study

HEAD = (
    "observationID,deploymentID,mediaID,eventStart,eventEnd,"
    "observationLevel,observationType,scientificName,individualID"
)
L1_22 = ("north-reserve", "individual", "L1", "south-institute", "individual", "22")
L2_31 = ("north-reserve", "individual", "L2", "south-institute", "individual", "31")
O9_22 = ("south-institute", "individual", "22", "south-institute", "observation", "o9")
O9_L1 = ("north-reserve", "individual", "L1", "south-institute", "observation", "o9")
S1_22 = ("south-institute", "individual", "22", "south-institute", "sample", "s1")
QUEUE = (L1_22, L2_31, O9_22, O9_L1, S1_22)


def jpeg(seed: int) -> bytes:
    """A picture that nothing resembles, with a position in its EXIF."""
    rough = np.random.default_rng(seed).integers(0, 255, (18, 24, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x010E] = "taken at the secret cave"
    file = io.BytesIO()
    Image.fromarray(rough).resize((240, 180), Image.Resampling.BICUBIC).save(file, "JPEG", exif=exif)
    return file.getvalue()


def package(path: Path, party: str, country: str, animals: list[tuple[str, str | None]], **tables: str) -> None:
    """A package with one picture of each animal, named after its observation."""
    media = ["mediaID,deploymentID,captureMethod,timestamp,filePath,filePublic,fileMediatype"]
    seen = [HEAD]
    for number, (observation, name) in enumerate(animals):
        instant = f"2014-01-{10 + number}T08:00:00+09:00"
        media.append(f"m-{observation},d1,activityDetection,{instant},media/{observation}.jpg,false,image/jpeg")
        seen.append(f"{observation},d1,m-{observation},{instant},{instant},media,animal,Panthera pardus,{name or ''}")
    files = {"media.csv": "\n".join(media) + "\n", "observations.csv": "\n".join(seen) + "\n", **tables}
    resources = [
        {"name": name.removesuffix(".csv"), "path": name, "profile": "tabular-data-resource"}
        for name in ("deployments.csv", *files)
    ]
    for resource in resources[:3]:
        resource["schema"] = f"{packages.STANDARD}{resource['name']}-table-schema.json"
    packages.folder(
        path,
        {"deployments.csv": packages.DEPLOYMENTS, **{name: text.encode() for name, text in files.items()}},
        name=party,
        tumen={"party": party, "country": country},
        resources=resources,
    )
    (path / "media").mkdir()
    for number, (observation, _) in enumerate(animals):
        (path / "media" / f"{observation}.jpg").write_bytes(jpeg(number))


def proposals(*pairs: tuple[str, ...], **values: object) -> pl.DataFrame:
    """A queue of pairs in this order."""
    rows = [
        {
            **dict(zip(PAIR, pair, strict=True)),
            "scientificName": "Panthera pardus",
            "photoProbability": 0.8125,
            "photoRank": 1,
            "contradictions": "sexes-differ",
            "probability": 0.9375,
            "kmApart": 77.5,
            "rank": rank,
            **values,
        }
        for rank, pair in enumerate(pairs, start=1)
    ]
    return pl.DataFrame(rows, schema=PROPOSALS)


def photo_evidence(*pairs: tuple[tuple[str, ...], str, str]) -> str:
    head = ",".join([*PAIR, "scientificName", "flank", "mediaID", "otherMediaID", "score", "inliers", "rank"])
    rows = [",".join([*pair, "Panthera pardus", "left", one, other, "12.5", "9", "1"]) for pair, one, other in pairs]
    return "\n".join([head, *rows]) + "\n"


def make(path: Path) -> tuple[Study, Path]:
    """Write the study and the results that a review reads; return the study and the folder of results."""
    sexes = "individualID,scientificName,sex\nL1,Panthera pardus,female\nL2,Panthera pardus,\n"
    samples = "sampleID,collectedOn,material,latitude,longitude\ns1,2014-01-12,hair,43.1,131.2\n"
    typed = ["sampleID,laboratory,replicate,locus,allele1,allele2,kind"]
    typed += [f"s1,lab,{n},FCA8,136,142,size" for n in (1, 2, 3)]
    package(path / "north", "north-reserve", "RU", [("o1", "L1"), ("o2", "L2")], **{"individuals.csv": sexes})
    package(
        path / "south",
        "south-institute",
        "CN",
        [("o7", "22"), ("o8", "31"), ("o9", None), ("o10", "22")],
        **{"samples.csv": samples, "genotypes.csv": "\n".join(typed) + "\n"},
    )
    (path / "study.toml").write_text(
        '[study]\ntitle = "Two <parties>"\nseed = 7\n'
        '[register]\nevents = "register.csv"\n'
        '[[package]]\npath = "north"\n[[package]]\npath = "south"\n'
    )
    folder = path / "identify"
    folder.mkdir()
    proposals(*QUEUE).write_csv(folder / "proposals.csv")
    (folder / "photo_evidence.csv").write_text(photo_evidence((L1_22, "m-o1", "m-o7"), (L2_31, "m-o2", "m-o8")))
    (folder / "calibration.csv").write_text(
        "scientificName,probability,share,shareLow,shareHigh\nPanthera pardus,0.4321,0.44,0.3,0.6\n"
    )
    return read_study(path / "study.toml"), folder


def saved(page: Path, digest: str, *decisions: dict[str, object], **head: object) -> Path:
    """Write a file of decisions as the page does."""
    file = {
        "format": "tumen-decisions",
        "version": 1,
        "study": "Two <parties>",
        "page": digest,
        "observer": "O. Kim",
        "role": "observer",
        "blind": True,
        "decisions": list(decisions),
        **head,
    }
    page.write_text(json.dumps(file, ensure_ascii=False), encoding="utf-8")
    return page


def decision(pair: tuple[str, ...], verdict: str = "same", **values: object) -> dict[str, object]:
    return {
        **dict(zip(PAIR, pair, strict=True)),
        "verdict": verdict,
        "certainty": None if verdict == "undecided" else "certain",
        "flank": "left",
        "note": "scar on the shoulder",
        "decidedAt": "2015-04-02T10:00:00Z",
        **values,
    }
