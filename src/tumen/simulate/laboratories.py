"""What a laboratory makes of DNA: lost and false alleles, failures, mixed samples, and sizes of its own.

A *dropout* happens to one reading of a heterozygote: one of its two alleles, either with the same chance, is not seen,
and the reading looks like a homozygote. A *false allele* happens to one reading: one of its two alleles is read one
repeat away, more often below (stutter). A locus of a sample can be *missing*: nothing is read in any replicate. The
chance of that differs between samples, since some scats are old. Rates are per reading.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tumen.simulate.panels import LADDER, Numbers, Panel, Shares, Sizes

STUTTER = 0.8
"""Share of the false alleles that lie below the true one."""
SPREAD = 5.0
"""How much samples differ in quality: missing loci are beta distributed with this sum of parameters."""


@dataclass(frozen=True)
class LabMap:
    """How one laboratory names the true sizes: `base` base pairs more, and a step more at each of two sizes.

    Shape: L, L x 2, L x 2. The steps of a locus go the same way, since what makes them (mobility of longer fragments)
    does: the shift grows with size, or falls, and never turns. Order is kept: no two sizes of a ladder become one.
    """

    name: str
    base: Numbers
    breaks: Numbers
    steps: Numbers

    def read(self, sizes: npt.NDArray[np.integer]) -> Sizes:
        """Return true sizes (any shape ... x L x 2) as this laboratory names them; 0 stays 0."""
        shift = self.base[:, None] + sum(
            (sizes >= self.breaks[:, None, turn]) * self.steps[:, None, turn] for turn in range(self.breaks.shape[1])
        )
        return np.where(sizes > 0, sizes + shift, 0).astype(np.int16)


def reference_map(name: str, panel: Panel) -> LabMap:
    """Return the map of the laboratory whose sizes are the true ones."""
    nothing = np.zeros((len(panel.loci), 2), dtype=np.int64)
    return LabMap(name, nothing[:, 0], nothing, nothing)


def shifted_map(name: str, panel: Panel, rng: np.random.Generator) -> LabMap:
    """Return the map of another laboratory: at each locus a shift of its own, and none, one or two steps of 1 bp."""
    count = len(panel.loci)
    way = rng.choice((-1, 1), size=count)
    turns = rng.choice(3, size=count, p=(0.25, 0.45, 0.3))
    places = np.sort(rng.permuted(np.tile(np.arange(1, LADDER), (count, 1)), axis=1)[:, :2], axis=1)
    steps = way[:, None] * (np.arange(2) < turns[:, None])
    return LabMap(
        name,
        base=rng.integers(-3, 7, size=count),
        breaks=(panel.low[:, None] + places * panel.repeat[:, None]).astype(np.int64),
        steps=steps,
    )


@dataclass(frozen=True, kw_only=True)
class Errors:
    """Rates of errors, per reading; `missing` is the mean share of a sample's loci at which nothing is ever read."""

    dropout: float = 0.06
    false_allele: float = 0.01
    missing: float = 0.20
    failed: float = 0.03


def readings(
    genotypes: Sizes,
    panel: Panel,
    errors: Errors,
    replicates: int,
    rng: np.random.Generator,
    other: Sizes | None = None,
) -> Sizes:
    """Return what is read, in true sizes: n x replicates x L x 2, the smaller first; 0 where nothing is read.

    `genotypes` (n x L x 2) are those of the samples' animals. Where `other` (same shape) holds sizes above 0, the DNA
    of a second animal is in the sample, and each reading shows two of the four alleles.
    """
    n, loci = genotypes.shape[:2]
    shape = (n, replicates, loci)
    found = np.repeat(genotypes[:, None], replicates, axis=1)
    if other is not None and other.any():
        pool = np.concatenate([genotypes, np.where(other > 0, other, genotypes)], axis=2)
        mixed = np.flatnonzero(other.any(axis=(1, 2)))
        order = np.argsort(rng.random((len(mixed), replicates, loci, 4)), axis=-1)[..., :2]
        found[mixed] = np.take_along_axis(np.repeat(pool[mixed][:, None], replicates, axis=1), order, axis=-1)
    lost = rng.random(shape) < errors.dropout
    side = rng.integers(0, 2, size=shape)
    left = np.take_along_axis(found, (1 - side)[..., None], axis=-1)
    found = np.where(lost[..., None], left, found)
    found = _false(found, panel, errors.false_allele, rng)
    nothing = _missing(shape, errors, rng)
    found[nothing] = 0
    return np.sort(found, axis=-1).astype(np.int16)


def _false(found: Sizes, panel: Panel, rate: float, rng: np.random.Generator) -> Sizes:
    shape = found.shape[:-1]
    wrong = rng.random(shape) < rate
    side = rng.integers(0, 2, size=shape)
    step = np.where(rng.random(shape) < STUTTER, -panel.repeat, panel.repeat)
    changed = (wrong * step)[..., None] * (np.arange(2) == side[..., None])
    read: Sizes = (found + changed).astype(np.int16)
    return read


def _missing(shape: tuple[int, int, int], errors: Errors, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    n, _, loci = shape
    quality: Shares = np.zeros(n)
    if errors.missing > 0:
        quality = rng.beta(SPREAD * errors.missing, SPREAD * (1 - errors.missing), size=n)
    whole = rng.random((n, 1, loci)) < quality[:, None, None]
    return whole | (rng.random(shape) < errors.failed)
