"""How close do sealing and verifying come to what the disk or SHA-256 allow?

    python benchmarks/seal.py [GB] [FOLDER]

Makes a package of pictures of random bytes in FOLDER (a new folder in the system's place for such), then measures in
the same run: copying the files, reading them, their SHA-256 from memory, all with as many threads as sealing uses; then
seal (folder and zip) and verify. Two limits are told: in time, the slowest of what a step cannot do without, as if all
of it could be done at once; and in processor time, the sum of it, which a busy machine disturbs less. What earlier
steps wrote is on the disk before the next begins. Memory is the peak of this process beyond what it had before.
"""

import hashlib
import json
import os
import resource
import shutil
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tumen.files.minisign import new_key
from tumen.tasks.package_seal import OneKey, seal, verify

PICTURE = 8 << 20
THREADS = min(os.cpu_count() or 1, 8)


def make(folder: Path, size: int) -> list[Path]:
    (folder / "media").mkdir(parents=True)
    files: list[Path] = []
    for number in range(max(1, size // PICTURE)):
        files.append(folder / "media" / f"{number:06}.jpg")
        files[-1].write_bytes(os.urandom(PICTURE))
    listed = [{"name": each.stem, "path": f"media/{each.name}"} for each in files]
    said = {"name": "benchmark", "tumen": {"party": "north"}, "resources": listed}
    (folder / "datapackage.json").write_text(json.dumps(said))
    return files


class Took(NamedTuple):
    clock: float
    processor: float


def took(work: Callable[[], object]) -> Took:
    os.sync()
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - clock, time.process_time() - processor)


def each(work: Callable[[Path], object], files: list[Path]) -> Took:
    with ThreadPoolExecutor(THREADS) as pool:
        return took(lambda: list(pool.map(work, files)))


def read(path: Path) -> None:
    buffer = bytearray(1 << 20)
    with path.open("rb", buffering=0) as file:
        while file.readinto(buffer):
            pass


def kept() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(size: int, folder: Path) -> None:
    source, key = folder / "source", new_key(bytes(range(40)))
    files = make(source, size)
    total = sum(file.stat().st_size for file in files) / 1e9
    piece = os.urandom(PICTURE)
    (folder / "copied").mkdir()
    each(read, files)
    before = kept()

    def tell(what: str, spent: Took, *needed: Took) -> None:
        line = f"{what:20} {spent.clock:7.2f} s {total / spent.clock:6.2f} GB/s {spent.processor:7.2f} CPU s"
        if needed:
            clock = max(one.clock for one in needed) / spent.clock
            processor = sum(one.processor for one in needed) / spent.processor
            line += f"   {clock:5.0%} of the limit in time, {processor:5.0%} in processor time"
        print(line, flush=True)

    copy = each(lambda path: shutil.copyfile(path, folder / "copied" / path.name), files)
    shutil.rmtree(folder / "copied")
    reading = each(read, files)
    digest = each(lambda _: hashlib.sha256(piece).digest(), files)
    alone = took(lambda: [hashlib.sha256(piece).digest() for _ in files])
    checksum = took(lambda: [zlib.crc32(piece) for _ in files])
    tell("copy", copy)
    tell("read", reading)
    tell("SHA-256", digest)
    tell("SHA-256, one thread", alone)
    tell("CRC-32, one thread", checksum)
    keys = OneKey(key.public, "north")
    sealed, zipped = folder / "sealed", folder / "sealed.zip"
    tell("seal to a folder", took(lambda: seal(source, sealed, key)), copy, digest)
    tell("verify a folder", took(lambda: verify(sealed, keys)), reading, digest)
    shutil.rmtree(sealed)
    tell("seal to a zip", took(lambda: seal(source, zipped, key)), copy, alone, checksum)
    tell("verify a zip", took(lambda: verify(zipped, keys)), reading, digest)
    print(f"memory beyond what was there: {(kept() - before) / 1024:.0f} MB")


if __name__ == "__main__":
    gigabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    place = tempfile.mkdtemp(dir=sys.argv[2] if len(sys.argv) > 2 else None)
    try:
        main(int(gigabytes * 1e9), Path(place))
    finally:
        shutil.rmtree(place)
