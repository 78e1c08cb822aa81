"""How well and how fast are animals found again?  `python benchmarks/photographs.py real|coats|speed [--data FOLDER]`

`real` ranks the photographs of three real sets (jaguars, Grevy's zebras, sea turtles), `coats` the simulated ones
(60 animals, two flanks, night and day; each species among its own), by three matchers on the same chips and queries:

- pairwise: RootSIFT, 1,000 points, brute force, ratio 0.8, RANSAC homography (5 pixels); score = inliers;
- votes: one index of all descriptors (1,000 points a picture), LNBNN with 5 neighbours and the 6th as background, no
  geometry; score = sum of votes;
- tumen: `individuals.photo_gallery` with its default settings, not told the flanks.

Working size 800 pixels for all three. Pictures of the query's burst are out of reach of all three. Equal scores are
ordered by the number of the picture. `speed` times indexing and a query. One thread, unless `--threads` says more.
"""

import argparse
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import faiss
import numpy as np
import numpy.typing as npt
import polars as pl
from PIL import Image

from tumen.individuals.photo_evaluate import Evaluation, answerable, evaluate
from tumen.individuals.photo_features import Features, Pixels, Sift
from tumen.individuals.photo_gallery import PHOTO_PAIRS, PICTURES, Gallery, Search, rank

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SIZE, POINTS, RATIO, NEAREST, PIXELS = 800, 1000, 0.8, 5, 5.0

BURSTS: dict[str, tuple[tuple[str, ...], str]] = {
    "kamaikua-lying": (("hires_12_Kamaikua", "hires_13_Kamaikua"), "the same pose and light to the pixel"),
    "kwang-head": (("lowres_00_Kwang", "lowres_01_Kwang"), "the back of one head, moved by a few pixels"),
    "ti-head": (("lowres_04_Ti", "lowres_10_Ti", "lowres_11_Ti"), "one head from one side, moments apart"),
    "lua-burst": (tuple(f"luaburst_{n}" for n in range(5)), "labelled a burst; one pose"),
    "lua-duplicates": (tuple(f"luadup_{n}" for n in range(5)), "labelled near duplicates; one pose, mouth opening"),
    "marcela-0": (("marcela_0_gray", "marcela_0_blur", "marcela_0_random", "lowres_14_Marcela"),
                  "one photograph on three backgrounds and on none"),
    "marcela-1": (("marcela_1_gray", "marcela_1_blur", "marcela_1_random"), "one photograph on three backgrounds"),
    "marcela-2": (("marcela_2_gray", "marcela_2_blur", "marcela_2_random"), "one photograph on three backgrounds"),
    "marcela-3": (("marcela_3_gray", "marcela_3_blur", "marcela_3_random"), "one photograph on three backgrounds"),
    "j148-left": (("J148_1558_left", "J148_1559_left"), "numbers that follow each other; labelled a burst"),
    "j1826-swimming": (("J1826_1826_swim", "J1826_1827_swim", "J1826_1829_swim"), "labelled a burst"),
}  # fmt: skip
"""Pictures taken together, and why we think so. Every other picture is a burst of its own."""

WALKS: dict[str, tuple[str, ...]] = {
    "kamaikua-walk": tuple(f"hires_{n}_Kamaikua" for n in ("00", "01", "03", "04", "11")),
    "lua": (*(f"luaburst_{n}" for n in range(5)), *(f"luadup_{n}" for n in range(5))),
    "marcela-log": tuple(f"marcela_{n}_{kind}" for n in (1, 2) for kind in ("gray", "blur", "random")),
}
"""What may further be one encounter, by pose and light; with `--strict` these are bursts too."""

QUERIES: dict[str, tuple[str, ...]] = {
    "jaguars": (
        "J0110_0110_face", "J0110_0379_left", "J148_0148_right", "J148_1558_left", "J148_1559_left", "J148_1593_right",
        "hires_00_Kamaikua", "hires_01_Kamaikua", "hires_02_Medrosa", "hires_03_Kamaikua", "hires_04_Kamaikua",
        "hires_11_Kamaikua", "hires_12_Kamaikua", "hires_13_Kamaikua", "hires_14_Medrosa", "lowres_02_Medrosa",
        "lowres_04_Ti", "lowres_10_Ti", "lowres_11_Ti", "lowres_13_Ti", "lowres_14_Marcela",
        "luaburst_0", "luaburst_1", "luaburst_2", "luaburst_3", "luaburst_4",
        "luadup_0", "luadup_1", "luadup_2", "luadup_3", "luadup_4",
        "marcela_0_blur", "marcela_0_gray", "marcela_0_random", "marcela_1_blur", "marcela_1_gray", "marcela_1_random",
        "marcela_2_blur", "marcela_2_gray", "marcela_2_random", "marcela_3_blur", "marcela_3_gray", "marcela_3_random",
    ),
    "zebras": ("05", "06", "07", "10"),
    "turtles": ("image_1", "image_2", "image_3", "image_4"),
}  # fmt: skip
"""Every picture whose animal has a picture in another burst; `real` refuses to run if the data say otherwise."""


@dataclass(frozen=True)
class Album:
    """The chips of one species and what is known of them (`PICTURES`)."""

    name: str
    chips: list[Pixels]
    pictures: pl.DataFrame


def album(name: str, rows: Sequence[tuple[str, str, str]], chips: list[Pixels]) -> Album:
    """Rows are (mediaID, animal, burst). Flanks are kept from the matcher: its peers do not know them either."""
    table = pl.DataFrame(
        {
            "picture": range(len(rows)),
            "party": "benchmark",
            "kind": "individual",
            "subjectID": [animal for _, animal, _ in rows],
            "mediaID": [media for media, _, _ in rows],
            "scientificName": name,
            "burst": [burst for _, _, burst in rows],
            "width": [chip.shape[1] for chip in chips],
            "height": [chip.shape[0] for chip in chips],
        }
    )
    absent = [pl.lit(None).alias(column) for column in PICTURES if column not in table.columns]
    return Album(name, chips, table.with_columns(absent).select(*PICTURES).cast(dict(PICTURES)))  # type: ignore[arg-type]


def real(data: Path, strict: bool) -> Iterator[Album]:
    """Yield the three real sets, each a gallery of its own species."""
    burst = {stem: name for name, (stems, _) in BURSTS.items() for stem in stems}
    if strict:
        burst |= {stem: name for name, stems in WALKS.items() for stem in stems}
    for name, folder, sheet, place, animal, prefix in (
        ("jaguars", "C2_jaguar_flanks_faces", "labels.csv", "file", "individual", "images/"),
        ("zebras", "C3_grevys_zebra_flanks", "labels.csv", "file", "individual", ""),
        ("turtles", "C4_sea_turtle_heads", "metadata.csv", "path", "identity", ""),
    ):
        table = pl.read_csv(data / folder / sheet, infer_schema=False).sort(place)
        paths = [data / folder / f"{prefix}{file}" for file in table[place]]
        # The turtles' sheet leaves out the end of the names.
        paths = [path if path.suffix else next(path.parent.glob(f"{path.name}.*")) for path in paths]
        rows = [(p.stem, who, burst.get(p.stem, p.stem)) for p, who in zip(paths, table[animal], strict=True)]
        chips = [np.asarray(Image.open(path).convert("RGB")) for path in paths]
        made = album(name, rows, chips)
        if not strict:
            asked = made.pictures.filter(pl.col("picture").is_in(answerable(made.pictures)))["mediaID"]
            assert sorted(asked) == sorted(QUERIES[name]), sorted(asked)
        yield made


def coats(seed: int, animals: int, species: str) -> Album:
    """Render one species' simulated photographs, cut to their boxes; an animal's two flanks are two animals here."""
    from tumen.simulate.photographs import benchmark

    rows, chips = [], []
    for number, shot in enumerate(benchmark(seed, animals=animals)):
        if not shot.animal.startswith(species):
            continue
        taken = shot.take()
        image, box = taken.image, taken.boxes[0]
        if box is None:
            continue
        high, wide = image.shape[:2]
        left, top, width, height = box
        chip = image[
            round(top * high) : round((top + height) * high), round(left * wide) : round((left + width) * wide)
        ]
        rows.append((f"shot{number:04d}", f"{shot.animal} {shot.flank}", f"{number}"))
        chips.append(np.ascontiguousarray(chip))
    return album(species, rows, chips)


Points = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]


def root_sift(chip: Pixels) -> Points:
    """RootSIFT as the peers take it: 1,000 points at 800 pixels."""
    zoom = SIZE / max(chip.shape[:2])
    way = cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC
    grey = cv2.resize(cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY), None, fx=zoom, fy=zoom, interpolation=way)
    points, raw = cv2.SIFT_create(nfeatures=POINTS).detectAndCompute(grey, None)  # type: ignore[attr-defined]
    if raw is None:
        return np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32)
    descriptors = np.sqrt(raw / np.maximum(raw.sum(axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return np.array([p.pt for p in points], np.float32), descriptors


Matches = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]


def matches(one: Points, other: Points) -> Matches:
    """Return places in both pictures of the matches that pass the ratio test."""
    if len(other[1]) < 2 or not len(one[1]):
        return np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32)
    square, found = faiss.knn(one[1], other[1], 2)
    distance = np.sqrt(np.maximum(square, 0))
    good = distance[:, 0] < RATIO * distance[:, 1]
    return one[0][good], other[0][found[good, 0]]


def pairwise(found: Matches) -> float:
    """Count the inliers of a homography over matches."""
    if len(found[0]) < 4:
        return 0.0
    cv2.setRNGSeed(1)
    _, mask = cv2.findHomography(*found, cv2.RANSAC, PIXELS)
    return 0.0 if mask is None else float(mask.sum())


def by_pairs(shown: Album, queries: Sequence[int]) -> pl.DataFrame:
    points = [root_sift(chip) for chip in shown.chips]
    bursts = shown.pictures["burst"].to_list()
    rows = [
        (query, other, pairwise(matches(points[query], points[other])))
        for query in queries
        for other in range(len(points))
        if bursts[other] != bursts[query]
    ]
    return scored(rows)


def by_pairs_first(shown: Album, queries: Sequence[int]) -> pl.DataFrame:
    """The same, but no homography where there are fewer matches than the best true pair has inliers.

    Such a pair cannot stand before it, so that the rank of the first true picture is the same; mAP is not.
    """
    points = [root_sift(chip) for chip in shown.chips]
    bursts, names = shown.pictures["burst"].to_list(), shown.pictures["subjectID"].to_list()
    rows = []
    for query in queries:
        found = {
            other: matches(points[query], points[other])
            for other in range(len(points))
            if bursts[other] != bursts[query]
        }
        true = {other: pairwise(pair) for other, pair in found.items() if names[other] == names[query]}
        best = max(true.values())
        for other, pair in found.items():
            score = true[other] if other in true else 0.0 if len(pair[0]) < best else pairwise(pair)
            rows.append((query, other, score))
    return scored(rows)


def by_votes(shown: Album, queries: Sequence[int]) -> pl.DataFrame:
    points = [root_sift(chip)[1] for chip in shown.chips]
    owner = np.concatenate([np.full(len(part), number) for number, part in enumerate(points)])
    index = faiss.IndexFlatL2(128)
    index.add(np.concatenate(points))
    bursts = np.array(shown.pictures["burst"].to_list())
    rows = []
    for query in queries:
        allowed = np.flatnonzero(bursts[owner] != bursts[query])
        chosen = faiss.SearchParameters(sel=faiss.IDSelectorBatch(allowed))  # type: ignore[call-arg]
        total = np.zeros(len(points))
        if len(points[query]):
            square, found = index.search(points[query], NEAREST + 1, params=chosen)
            distance = np.sqrt(np.maximum(square, 0))
            np.add.at(total, owner[found[:, :NEAREST]], distance[:, NEAREST:] - distance[:, :NEAREST])
        rows += [(query, other, float(total[other])) for other in np.flatnonzero(bursts != bursts[query]).tolist()]
    return scored(rows)


def by_tumen(shown: Album, queries: Sequence[int]) -> pl.DataFrame:
    sift = Sift()
    gallery = Gallery.of([sift(chip) for chip in shown.chips], shown.pictures)
    return rank(gallery, queries, most=shown.pictures.height)


def scored(rows: Sequence[tuple[int, int, float]]) -> pl.DataFrame:
    table = pl.DataFrame(rows, schema=["picture", "other", "score"], orient="row")
    return table.with_columns(inliers=pl.lit(0), comparable=pl.lit(True)).cast(dict(PHOTO_PAIRS))  # type: ignore[arg-type]


MATCHERS: dict[str, Callable[[Album, Sequence[int]], pl.DataFrame]] = {
    "pairwise": by_pairs,
    "pairwise-first": by_pairs_first,
    "votes": by_votes,
    "tumen": by_tumen,
}


def line(name: str, found: Sequence[Evaluation]) -> str:
    queries = pl.concat([one.queries for one in found])
    ranks = [int((queries["rank"] <= k).sum()) for k in (1, 5, 20)]
    return (
        f"{name:26} rank-1 {ranks[0]:3}  rank-5 {ranks[1]:3}  rank-20 {ranks[2]:3}  of {queries.height:3}"
        f"  mAP {queries['averagePrecision'].to_numpy().mean():.3f}"
    )


def compare(albums: Sequence[Album], every: int, matchers: Sequence[str]) -> None:
    for name in matchers:
        started, wall = time.process_time(), time.perf_counter()
        found = []
        for shown in albums:
            queries = answerable(shown.pictures)[::every]
            found.append(evaluate(MATCHERS[name](shown, queries), shown.pictures, queries))
            print(line(f"{name}, {shown.name}", found[-1:]), flush=True)
            worst = found[-1].queries["rank"].fill_null(10**6).to_numpy().max()
            missed = found[-1].queries.filter((pl.col("rank") > 1) | pl.col("rank").is_null())["picture"].to_list()
            print(f"  worst rank {worst}; not first: {shown.pictures['mediaID'].gather(missed).to_list()}")
        print(line(f"{name}, all", found))
        print(f"  {time.process_time() - started:.1f} CPU s, {time.perf_counter() - wall:.1f} s", flush=True)


def chips_of(count: int, width: int, seed: int) -> Iterator[Pixels]:
    """Simulated pictures of 1,024 x 768: eight rendered ones, each changed a little so that none comes twice."""
    from tumen.simulate.photographs import benchmark

    rendered = [shot.take().image for shot in list(benchmark(seed, animals=2, width=width))[:8]]
    rng = np.random.default_rng(seed)
    for number in range(count):
        image = np.roll(rendered[number % len(rendered)], rng.integers(-99, 99, 2), axis=(0, 1))
        yield np.clip(image * rng.uniform(0.7, 1.2), 0, 255).astype(np.uint8)


def speed(images: int, extracted: int, gallery: int) -> None:
    """Time features of whole pictures of 1,024 pixels, an index of `images` pictures, a query against `gallery`."""
    sift = Sift()
    chips = list(chips_of(extracted, 1024, 1))
    sift(chips[0])
    started, wall = time.process_time(), time.perf_counter()
    features = [sift(chip) for chip in chips]
    cpu, spent = time.process_time() - started, time.perf_counter() - wall
    print(f"features: {cpu / extracted:.3f} CPU s ({spent / extracted:.3f} s) a picture of 1,024 x 768, mean points "
          f"{np.mean([len(one) for one in features]):.0f}")  # fmt: skip
    for count in (images, gallery):
        made = Varied(features, count)
        rows = [(f"m{n}", f"a{n // 2}", f"b{n}") for n in range(count)]
        table = album("speed", rows, [np.zeros((1, 1, 3), np.uint8)] * count).pictures
        started, wall = time.process_time(), time.perf_counter()
        indexed = Gallery.of(made, table)
        cpu, spent = time.process_time() - started, time.perf_counter() - wall
        print(f"{count} pictures, {indexed.index.ntotal} descriptors ({type(indexed.index).__name__}) indexed in "
              f"{cpu:.1f} CPU s, {spent:.1f} s")  # fmt: skip
        rank(indexed, [7])
        asked = [11, 101, 501]
        started, wall = time.process_time(), time.perf_counter()
        rank(indexed, asked)
        print(f"  a query: {(time.process_time() - started) / len(asked):.2f} CPU s, "
              f"{(time.perf_counter() - wall) / len(asked):.2f} s")  # fmt: skip
        print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB", flush=True)


class Varied(Sequence[Features]):
    """Features of many pictures made from those of a few, by noise in the descriptors: enough to time a search."""

    def __init__(self, features: list[Features], count: int) -> None:
        self.features, self.total = features, count
        rng = np.random.default_rng(1)
        self.noise = rng.normal(0, 0.05, (20_000, 128)).astype(np.float32)
        self.turns = np.stack([rng.permutation(128) for _ in range(5000)])

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, number):  # type: ignore[no-untyped-def]
        # Pictures 2n and 2n + 1 are the same animal: alike up to noise.
        source, turn = self.features[number // 2 % len(self.features)], self.turns[number // 2 % len(self.turns)]
        start = number * 97 % (len(self.noise) - len(source))
        noisy = np.abs(source.descriptors[:, turn] + self.noise[start : start + len(source)])
        noisy /= np.sqrt(np.einsum("ij,ij->i", noisy, noisy))[:, None]
        return Features(source.points, noisy, source.weights, source.width, source.height, source.backend)


def approximate(shown: Album, every: int) -> None:
    """Compare the ranking with inverted lists to that with the exact index, on the same queries."""
    sift = Sift()
    features = [sift(chip) for chip in shown.chips]
    queries = answerable(shown.pictures)[::every]
    for name, search in (("exact index", Search(exact=10**9)), ("inverted lists", Search(exact=0))):
        gallery = Gallery.of(features, shown.pictures, search)
        started = time.process_time()
        found = evaluate(rank(gallery, queries, most=shown.pictures.height), shown.pictures, queries)
        each = (time.process_time() - started) / len(queries)
        print(line(f"{name}, {shown.name}", [found]), f" {each:.2f} CPU s a query", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["real", "coats", "approximate", "speed"])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--matchers", nargs="*", default=["pairwise", "votes", "tumen"])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--animals", type=int, default=60)
    parser.add_argument("--species", nargs="*", default=["tiger", "leopard"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--extracted", type=int, default=40)
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--gallery", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    cv2.setNumThreads(chosen.threads)
    faiss.omp_set_num_threads(chosen.threads)
    if chosen.what == "real":
        compare(list(real(chosen.data, chosen.strict)), chosen.every, chosen.matchers)
    elif chosen.what == "coats":
        sets = [coats(chosen.seed, chosen.animals, species) for species in chosen.species]
        compare(sets, chosen.every, chosen.matchers)
    elif chosen.what == "approximate":
        for species in chosen.species:
            approximate(coats(chosen.seed, chosen.animals, species), chosen.every)
    else:
        speed(chosen.images, chosen.extracted, chosen.gallery)


if __name__ == "__main__":
    main()
