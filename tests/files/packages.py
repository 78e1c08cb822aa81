"""Small package folders written as a person would make them, and the standard's own judgement of them."""

import json
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
from frictionless import Package as Judged

STANDARD = "https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.2/"
DEPLOYMENTS = b"""\
deploymentID,latitude,longitude,deploymentStart,deploymentEnd
d1,43.1,131.2,2014-01-01T00:00:00+11:00,2014-03-01T00:00:00+11:00
d2,43.2,131.3,2014-01-01T00:00:00+11:00,2014-03-01T00:00:00+11:00
"""
MEDIA = b"""\
mediaID,deploymentID,captureMethod,timestamp,filePath,filePublic,fileMediatype
m1,d1,activityDetection,2014-01-10T08:00:00+11:00,media/m1.jpg,false,image/jpeg
"""
OBSERVATIONS = b"""\
observationID,deploymentID,mediaID,eventStart,eventEnd,observationLevel,observationType,scientificName,individualID
o1,d1,m1,2014-01-10T08:00:00+11:00,2014-01-10T08:00:00+11:00,media,animal,Panthera pardus,L1
"""
TABLES = {"deployments.csv": DEPLOYMENTS, "media.csv": MEDIA, "observations.csv": OBSERVATIONS}


def descriptor(**changes: Any) -> dict[str, Any]:
    """A complete descriptor; a change to None takes the property out."""
    complete = {
        "name": "north-2014",
        "profile": STANDARD + "camtrap-dp-profile.json",
        "created": "2014-04-01T00:00:00Z",
        "contributors": [{"title": "North Reserve", "role": "rightsHolder"}],
        "project": {
            "title": "North",
            "samplingDesign": "targeted",
            "captureMethod": ["activityDetection"],
            "individualAnimals": True,
            "observationLevel": ["media"],
        },
        "spatial": {"type": "Point", "coordinates": [131.2, 43.1]},
        "temporal": {"start": "2014-01-01", "end": "2014-03-01"},
        "taxonomic": [{"scientificName": "Panthera pardus"}],
        "tumen": {"party": "north-reserve", "country": "RU", "timeZone": "Asia/Vladivostok"},
        "resources": [
            {
                "name": name,
                "path": f"{name}.csv",
                "profile": "tabular-data-resource",
                "schema": f"{STANDARD}{name}-table-schema.json",
            }
            for name in ("deployments", "media", "observations")
        ],
    }
    return {key: value for key, value in (complete | changes).items() if value is not None}


def folder(path: Path, files: dict[str, bytes] | None = None, **changes: Any) -> Path:
    """Write a package folder: the three tables, or these files, under a descriptor with these changes."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "datapackage.json").write_text(json.dumps(descriptor(**changes)), encoding="utf-8")
    for name, data in (TABLES if files is None else files).items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def faults(path: Path, shared_data: Path) -> list[str]:
    """What the standard's own schemas have against a written package, offline: profile by jsonschema, tables by
    frictionless. The profile's two references to other sites are left out."""
    schemas = shared_data / "A1_camtrapdp_tdwg_example" / "schema_1.0.2"
    written = json.loads((path / "datapackage.json").read_text(encoding="utf-8"))
    profile = json.loads((schemas / "camtrap-dp-profile.json").read_text(encoding="utf-8"))
    del profile["allOf"][0], profile["allOf"][0]["properties"]["spatial"]["$ref"]
    found = [f"{e.json_path}: {e.message}" for e in jsonschema.Draft4Validator(profile).iter_errors(written)]
    for resource in written["resources"]:
        if isinstance(resource.get("schema"), str):
            file = schemas / resource["schema"].removeprefix(STANDARD)
            resource["schema"] = json.loads(file.read_text(encoding="utf-8"))
    del written["profile"]
    report = Judged.from_descriptor(written, basepath=str(path)).validate()
    return (
        found + [error.message for error in report.errors] + [e.message for task in report.tasks for e in task.errors]
    )


def unpacked(path: Path, target: Path) -> Path:
    """Unpack a zip that this test has made."""
    with zipfile.ZipFile(path) as archive:
        archive.extractall(target)
    return target
