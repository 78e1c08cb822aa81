"""The panel: loci with few alleles, as a small population has, and how animals come by theirs.

Genotypes are arrays of allele sizes in base pairs (int16), animals x loci x 2, the smaller allele first. Names and
sizes of loci are invented. The last locus tells the sexes apart: a female has its small allele twice, a male both.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tumen.errors import MisuseError

Sizes = npt.NDArray[np.int16]
Shares = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

LADDER = 10
"""Steps of the ladder of a locus: where its alleles may lie."""
ALLELES, ALLELE_SHARES = (2, 3, 4), (0.5, 0.4, 0.1)
"""How many alleles a locus has; the mean is 2.6 (Sugimoto 2014: 2.62; Cho 2022: 2.57, both Amur leopard)."""
SEX_LOCUS, SEX_SIZES = "AMEL", (200, 212)
"""A marker on both sex chromosomes; the alleles lie 12 base pairs apart, as those of McEwing 2012 do."""
FEMALE, MALE = 0, 1
SEXES = ("female", "male")


@dataclass(frozen=True)
class Panel:
    """Loci (L, the sex marker last), allele sizes and frequencies in the population (L x 4, 0 where there are fewer).

    `low` is the smallest step of each ladder, `repeat` its step; both in base pairs, as the reference laboratory reads.
    """

    loci: tuple[str, ...]
    sizes: Sizes
    frequencies: Shares
    low: Sizes
    repeat: Sizes

    @property
    def heterozygosity(self) -> float:
        """Mean expected heterozygosity, the sex marker left out: 1 minus the sum of squared frequencies."""
        return float(np.mean(1 - np.sum(self.frequencies[:-1] ** 2, axis=1)))

    def alleles(self, locus: int) -> list[int]:
        """Return the sizes that occur in the population at a locus."""
        return [int(size) for size in self.sizes[locus] if size]


def panel(loci: int, heterozygosity: tuple[float, float], rng: np.random.Generator) -> Panel:
    """Return a panel of so many loci, and the sex marker, with a mean heterozygosity between two bounds.

    Numbers of alleles and frequencies are drawn until the mean fits. Raises `MisuseError` where it never does.

    >>> made = panel(13, (0.35, 0.43), np.random.default_rng(1))
    >>> made.loci[0], made.loci[-1], 0.35 <= made.heterozygosity <= 0.43
    ('TM01', 'AMEL', True)
    """
    shares, steps = _alleles(loci, heterozygosity, rng)
    repeat = rng.choice((2, 4), size=loci, p=(0.8, 0.2))
    start = 96 + 2 * rng.integers(0, 70, size=loci)
    return _panel(shares, steps, np.append(start, SEX_SIZES[0]), np.append(repeat, SEX_SIZES[1] - SEX_SIZES[0]))


def of_other_species(first: Panel, heterozygosity: tuple[float, float], rng: np.random.Generator) -> Panel:
    """Return a panel with the same loci and ladders, and the alleles and frequencies of another species."""
    shares, steps = _alleles(len(first.loci) - 1, heterozygosity, rng)
    return _panel(shares, steps, first.low, first.repeat)


def _alleles(loci: int, heterozygosity: tuple[float, float], rng: np.random.Generator) -> tuple[Shares, Numbers]:
    """Return frequencies of alleles, 0 where a locus has fewer, and their steps on the ladder, rising."""
    low, high = heterozygosity
    most = max(ALLELES)
    for _ in range(1000):
        counts = rng.choice(ALLELES, size=loci, p=ALLELE_SHARES)
        weights = rng.exponential(size=(loci, most)) * (np.arange(most) < counts[:, None])
        shares: Shares = weights / weights.sum(axis=1, keepdims=True)
        if low <= np.mean(1 - np.sum(shares**2, axis=1)) <= high:
            break
    else:
        raise MisuseError(
            "a heterozygosity that a locus with two to four alleles can have", f"{low} to {high}", "Give 0.35 to 0.43."
        )
    steps = np.sort(rng.permuted(np.tile(np.arange(LADDER), (loci, 1)), axis=1)[:, :most], axis=1)
    return shares, steps


def _panel(shares: Shares, steps: Numbers, low: npt.NDArray[np.integer], repeat: npt.NDArray[np.integer]) -> Panel:
    loci = len(shares)
    sizes = np.where(shares > 0, low[:-1, None] + steps * repeat[:-1, None], 0)
    return Panel(
        loci=(*(f"TM{number:02d}" for number in range(1, loci + 1)), SEX_LOCUS),
        sizes=np.vstack([sizes, [[*SEX_SIZES, 0, 0]]]).astype(np.int16),
        frequencies=np.vstack([shares, [[0.75, 0.25, 0, 0]]]),
        low=low.astype(np.int16),
        repeat=repeat.astype(np.int16),
    )


def founders(made: Panel, sexes: Numbers, rng: np.random.Generator) -> Sizes:
    """Return the genotypes of unrelated animals of the given sexes (0 female, 1 male)."""
    cumulative = np.cumsum(made.frequencies, axis=1)
    cumulative[:, -1] = 1.0
    drawn = rng.random((len(sexes), len(made.loci), 2))
    index = (drawn[..., None] >= cumulative[:, None, :]).sum(axis=-1)
    found = np.take_along_axis(made.sizes[None], index.reshape(len(sexes), len(made.loci), 2), axis=2)
    return _with_sex(found, sexes)


def children(mothers: Sizes, fathers: Sizes, sexes: Numbers, rng: np.random.Generator) -> Sizes:
    """Return one child of each mother and father (n x L x 2 each): one allele of either, at every locus by itself."""
    pick = rng.integers(0, 2, size=(2, *mothers.shape[:2], 1))
    first = np.take_along_axis(mothers, pick[0], axis=2)
    second = np.take_along_axis(fathers, pick[1], axis=2)
    return _with_sex(np.concatenate([first, second], axis=2), sexes)


def _with_sex(genotypes: Sizes, sexes: Numbers) -> Sizes:
    """Give the sex marker its alleles, and put the smaller allele of each pair first."""
    found = np.sort(genotypes, axis=2)
    found[:, -1, 0] = SEX_SIZES[0]
    found[:, -1, 1] = np.asarray(SEX_SIZES)[sexes]
    return found


def chosen_controls(candidates: Sizes, number: int) -> Numbers:
    """Choose animals so that every allele of the candidates is carried, if so many animals can.

    Greedy: the next animal is the one with most alleles that none of the chosen has; where all are covered, most that
    only one has. This is how laboratories should choose the animals that they exchange.

    >>> three = np.array([[[100, 100]], [[100, 102]], [[104, 104]]], dtype=np.int16)
    >>> chosen_controls(three, 2).tolist()
    [1, 2]
    """
    loci = np.arange(candidates.shape[1])[None, :, None]
    names, inverse = np.unique(candidates.astype(np.int64) + 10_000 * loci, return_inverse=True)
    carries = np.zeros((len(candidates), len(names)), dtype=bool)
    carries[np.arange(len(candidates))[:, None], inverse.reshape(len(candidates), -1)] = True
    covered = np.zeros(len(names), dtype=np.int64)
    found: list[int] = []
    for _ in range(min(number, len(candidates))):
        gain = carries @ np.where(covered == 0, 1.0, np.where(covered == 1, 1e-3, 1e-6))
        gain[found] = -1.0
        found.append(int(np.argmax(gain)))
        covered += carries[found[-1]]
    return np.asarray(found, dtype=np.int64)
