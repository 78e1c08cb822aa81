"""Small packages with pictures of invented coats, each animal with blotches of its own."""

import io

import numpy as np
from PIL import Image
from PIL.ExifTags import IFD, Base
from tests.builders import package

from tumen.files import camtrap_dp_write
from tumen.tasks.study import parse_study

LEOPARD = "Panthera pardus"
SECRETS = (b"Exif", b"GPS", b"SECRETMAKER", b"SECRETRIDGE", b"43.1", b"131.2")
"""What the pictures and deployments of these packages hold and nothing that is written may."""


def coat(animal, width=360, height=240):
    """The coat of an animal: blotches, the same whenever it is asked for."""
    rng = np.random.default_rng(animal)
    coarse = Image.fromarray((rng.random((height // 12, width // 12)) * 255).astype(np.uint8))
    fine = Image.fromarray((rng.random((height // 5, width // 5)) * 255).astype(np.uint8))
    parts = [np.asarray(each.resize((width, height), Image.Resampling.BICUBIC), dtype=float) for each in (coarse, fine)]
    shade = 0.7 * parts[0] + 0.3 * parts[1]
    return Image.fromarray(np.where(shade > 128, 40, 200).astype(np.uint8)).convert("RGB")


def view(animal, number):
    """A picture of an animal: turned a little, nearer or farther, darker or lighter, with noise of its own."""
    rng = np.random.default_rng([animal, number])
    turned = coat(animal).rotate(float(rng.uniform(-8, 8)), Image.Resampling.BICUBIC, fillcolor=(120, 120, 120))
    size = [round(side * float(rng.uniform(0.85, 1.1))) for side in turned.size]
    noisy = np.asarray(turned.resize(size), dtype=float) * rng.uniform(0.7, 1.2) + rng.normal(0, 6, (*size[::-1], 3))
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def jpeg(image):
    """The bytes of a picture as a camera writes it: with its maker, a place's name and a position."""
    told = Image.Exif()
    told[Base.Make] = "SECRETMAKER"
    told[Base.ImageDescription] = "SECRETRIDGE"
    places = told.get_ifd(IFD.GPSInfo)
    places[1], places[2], places[3], places[4] = "N", (43.0, 6.0, 15.0), "E", (131.0, 13.0, 12.0)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=92, exif=told)
    return file.getvalue()


def party(folder, name, seen, *, broken=()):
    """Write the package of a party: `seen` are (animal, individualID or None, flank, hour), a picture each."""
    media, observations = [], []
    for number, (_, individual, flank, hour) in enumerate(seen, start=1):
        at = f"2014-01-{10 + hour // 24:02}T{hour % 24:02}:00:00Z"
        path = f"media/{number}.jpg"
        medium = {"mediaID": f"{name}{number}", "filePath": path, "fileMediatype": "image/jpeg", "timestamp": at}
        media.append({**medium, "deploymentID": f"{name}-d{number}"})
        said = {"observationID": f"{name}-o{number}", "deploymentID": f"{name}-d{number}", "mediaID": f"{name}{number}"}
        said |= {"eventStart": at, "eventEnd": at, "observationLevel": "media", "individualID": individual}
        observations.append({**said, "observationTags": f"flank:{flank}" if flank else None})
    stands = [
        {"deploymentID": f"{name}-d{number}", "locationName": "SECRETRIDGE"} for number in range(1, len(seen) + 1)
    ]
    made = package(party=name, name=name, deployments=stands, media=media, observations=observations)
    camtrap_dp_write.write(made, folder / name)
    (folder / name / "media").mkdir()
    for number, (animal, *_) in enumerate(seen, start=1):
        if number not in broken:
            (folder / name / "media" / f"{number}.jpg").write_bytes(
                jpeg(view(animal, sum(map(ord, name)) * 100 + number))
            )
    return {"path": name, "party": name}


def study(folder, packages, **identify):
    """The study of some packages."""
    given = {"study": {"title": "Coats", "species": [LEOPARD]}, "package": packages}
    return parse_study({**given, **({"identify": identify} if identify else {})}, folder / "study.toml")
