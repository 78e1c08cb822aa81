"""What did two laboratories read from the same animals, and from the same samples?

Shared animals are rows of `controls` with role `calibration`, which bear one controlID in all laboratories, and samples
that both laboratories typed. Positive controls do not count: each laboratory may call another DNA by the same name.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from tumen.individuals.lab_maps import ReadingRates, Side
from tumen.tables.schema import require

CONTROL_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "laboratory": pl.String,
    "runID": pl.String,
    "controlID": pl.String,
    "role": pl.String,
    "locus": pl.String,
    "allele1": pl.String,
    "allele2": pl.String,
}
GENOTYPE_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "sampleID": pl.String,
    "laboratory": pl.String,
    "replicate": pl.Int64,
    "locus": pl.String,
    "allele1": pl.String,
    "allele2": pl.String,
    "kind": pl.String,
}
SIZE = r"^0*[1-9]\d{0,4}$"
CONTROL, SAMPLE = "control", "sample"


@dataclass(frozen=True)
class Shared:
    """One locus that two laboratories typed from the same animals: their names, of which kind each is, both sides."""

    locus: str
    animals: tuple[str, ...]
    kinds: tuple[str, ...]
    this: Side
    other: Side

    @property
    def controls(self) -> int:
        """Number of the animals that are controls."""
        return self.kinds.count(CONTROL)

    def without(self, animal: int) -> "Shared":
        """Return the same without the readings of one animal, which stays in the list of names."""
        return Shared(self.locus, self.animals, self.kinds, self.this.without(animal), self.other.without(animal))


def shared_readings(controls: pl.DataFrame, genotypes: pl.DataFrame) -> pl.DataFrame:
    """Return one row per reading of a size in a control or sample: laboratory, animal, kind, locus, first, second.

    `first` and `second` are sizes (Int64), the smaller first. A reading with one allele, none, or one that is no size
    is left out. The same reading of the same run in the packages of several parties counts once. `genotypes` may
    have a column `party`: samples of different parties are then never the same.
    """
    known = require(controls, CONTROL_COLUMNS, "controls").filter(pl.col("role") == "calibration")
    known = known.select(*CONTROL_COLUMNS).unique(maintain_order=True)
    samples = require(genotypes, GENOTYPE_COLUMNS, "genotypes").filter(pl.col("kind") == "size")
    name = pl.concat_str("party", pl.lit("/"), "sampleID") if "party" in samples.columns else pl.col("sampleID")
    parts = [
        known.select("laboratory", pl.lit(CONTROL).alias("kind"), *_READ, animal="controlID"),
        samples.select("laboratory", pl.lit(SAMPLE).alias("kind"), *_READ, animal=name),
    ]
    read = pl.concat(parts).with_columns(size(column) for column in ("allele1", "allele2"))
    return read.drop_nulls(["laboratory", "animal", "locus", "allele1", "allele2"]).select(
        "laboratory",
        "animal",
        "kind",
        "locus",
        first=pl.min_horizontal("allele1", "allele2"),
        second=pl.max_horizontal("allele1", "allele2"),
    )


_READ = ("locus", "allele1", "allele2")


def size(column: str) -> pl.Expr:
    """Return an allele as a size, null where it is none.

    >>> pl.DataFrame({"a": ["0136", "0", "A", "136.4"]}).select(size("a"))["a"].to_list()
    [136, None, None, None]
    """
    return pl.when(pl.col(column).str.contains(SIZE)).then(pl.col(column)).cast(pl.Int64, strict=False).alias(column)


def shared_loci(readings: pl.DataFrame, this: str, other: str, rates: Mapping[str, ReadingRates]) -> dict[str, Shared]:
    """Return each locus that both laboratories read from at least one and the same animal; see `shared_readings`."""
    pair = readings.filter(pl.col("laboratory").is_in((this, other)))
    keys = ["kind", "animal", "locus"]
    both = pair.group_by(keys).agg(pl.col("laboratory").n_unique()).filter(laboratory=2).select(keys)
    pair = pair.join(both, on=keys, how="semi").sort("locus", "kind", "animal", "laboratory", "first", "second")
    found: dict[str, Shared] = {}
    for (locus,), rows in pair.group_by("locus", maintain_order=True):
        names = list(dict.fromkeys(rows.select("kind", "animal").iter_rows()))
        code = {name: number for number, name in enumerate(names)}
        numbered = rows.with_columns(
            pl.Series("number", [code[key] for key in rows.select("kind", "animal").iter_rows()], dtype=pl.Int64)
        )
        found[str(locus)] = Shared(
            str(locus),
            tuple(animal for _, animal in names),
            tuple(kind for kind, _ in names),
            _side(numbered.filter(laboratory=this), rates),
            _side(numbered.filter(laboratory=other), rates),
        )
    return found


def _side(rows: pl.DataFrame, rates: Mapping[str, ReadingRates]) -> Side:
    alleles = rows.select("first", "second").to_numpy().astype(np.int64)
    sizes, codes = np.unique(alleles, return_inverse=True)
    kinds = rows["kind"].to_list()
    return Side(
        sizes=sizes,
        animals=rows["number"].to_numpy().astype(np.int64),
        alleles=codes.reshape(-1, 2).astype(np.int64),
        dropout=np.array([rates[kind].dropout for kind in kinds], dtype=np.float64),
        false_allele=np.array([rates[kind].false_allele for kind in kinds], dtype=np.float64),
    )
