"""How long do 100,000 pictures take?  `python benchmarks/images.py [--files 5000] [--workers 2]`

Makes a folder of small pictures with EXIF and tags, reads it in a process of its own, and scales the processor time of
all processes to 100,000 pictures. Reading the digest of every file depends on its size and is told apart.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from PIL.ExifTags import IFD, Base

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:lr="http://ns.adobe.com/lightroom/1.0/"><lr:hierarchicalSubject><rdf:Bag>'
    "<rdf:li>Species|Panthera pardus</rdf:li><rdf:li>individual|T07</rdf:li>"
    "</rdf:Bag></lr:hierarchicalSubject></rdf:Description></rdf:RDF></x:xmpmeta>"
)
READ = """
import sys
from tumen.files.images import Pictures, read
package = read(sys.argv[1], party="p", said=Pictures(digests=sys.argv[3] == "yes"), workers=int(sys.argv[2]))
assert package.table("media")["timestamp"].null_count() == 0
assert package.table("observations").height == package.table("media").height
"""


def make(folder: Path, files: int, size: tuple[int, int]) -> None:
    image = Image.effect_noise(size, 60)
    for number in range(files):
        exif = Image.Exif()
        exif[Base.Make] = "RECONYX"
        inner = exif.get_ifd(IFD.Exif)
        inner[Base.DateTimeOriginal] = f"2014:{1 + number % 12:02d}:{1 + number % 28:02d} {number % 24:02d}:30:00"
        inner[Base.OffsetTimeOriginal] = "+10:00"
        inner[Base.ExposureTime], inner[Base.Flash], inner[Base.ISOSpeedRatings] = 0.025, number % 2, 400
        place = folder / f"d{number % 50}"
        place.mkdir(exist_ok=True)
        image.save(place / f"IMG_{number:06d}.JPG", exif=exif, xmp=XMP.encode(), quality=80)


def seconds(folder: Path, workers: int, digests: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", READ, str(folder), str(workers), digests], check=True)  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--workers", type=int, default=0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make(folder, chosen.files, (1280, 960))
        size = sum(path.stat().st_size for path in folder.rglob("*.JPG")) / chosen.files / 1e6
        start = seconds_of_nothing()
        for digests in ("no", "yes"):
            taken = seconds(folder, chosen.workers, digests) - start
            print(
                f"{chosen.files} pictures of {size:.2f} MB, digests {digests}: {taken:.1f} CPU s;"
                f" 100,000 would take {taken * 100_000 / chosen.files + start:.0f} CPU s"
            )


def seconds_of_nothing() -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", "import tumen.files.images"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
