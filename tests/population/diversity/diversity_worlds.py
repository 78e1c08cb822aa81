"""Genotypes for tests: real ones as the package takes them, and random ones."""

import polars as pl
from hypothesis import strategies as st

from tumen.population.diversity.genotypes import TABLE

NOT_LOCI = ("id", "pop", "country", "breed", "species")


def wide(path):
    """Return a file with one column a locus and genotypes such as 135/143 as the table of genotypes."""
    frame = pl.read_csv(path, infer_schema=False)
    loci = [name for name in frame.columns if name not in NOT_LOCI]
    long = frame.unpivot(on=loci, index=["id", "pop"], variable_name="locus", value_name="genotype")
    parts = pl.col("genotype").str.split("/")
    return long.select(
        individualID="id",
        locus="locus",
        allele1=parts.list.get(0, null_on_oob=True),
        allele2=parts.list.get(1, null_on_oob=True),
        group="pop",
    )


def digits(path):
    """Return a hierfstat file with one digit an allele as the table of genotypes."""
    frame = pl.read_csv(path, infer_schema=False).with_row_index("id")
    loci = frame.columns[2:]
    long = frame.unpivot(on=loci, index=["id", "Pop"], variable_name="locus", value_name="genotype")
    return long.select(
        individualID=pl.col("id").cast(pl.String),
        locus="locus",
        allele1=pl.col("genotype").str.slice(0, 1),
        allele2=pl.col("genotype").str.slice(1, 1),
        group="Pop",
    )


def expected(path, value):
    """Return a printed table of loci by groups as rows."""
    frame = pl.read_csv(path, null_values="NA")
    return frame.unpivot(index=frame.columns[0], variable_name="group", value_name=value).rename(
        {frame.columns[0]: "locus"}
    )


def table(rows):
    return pl.DataFrame(rows, schema=TABLE, orient="row")


NAMES = ("100", "102", "104", "96")
genotype = st.one_of(st.none(), st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)))


@st.composite
def worlds(draw, smallest=1, largest=9):
    """Rows of a few individuals in up to three groups, some unknown, at up to three loci, some genotypes unknown."""
    size = draw(st.integers(smallest, largest))
    loci = draw(st.integers(1, 3))
    sides = draw(st.lists(st.sampled_from(["RU", "CN", "KP", None]), min_size=size, max_size=size))
    rows = []
    for locus in range(loci):
        for number in range(size):
            found = draw(genotype)
            rows.append((f"i{number}", f"L{locus}", *(found or (None, None)), sides[number]))
    return rows


def close(one, other, tolerance=1e-9):
    """Whether two rows say the same: nulls in the same places, numbers to rounding."""
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        if isinstance(a, float) and isinstance(b, float):
            assert abs(a - b) <= tolerance * max(1.0, abs(b)), (one, other)
        else:
            assert a == b, (one, other)
    return True
