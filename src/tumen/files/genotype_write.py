"""Write genotypes for other programs: GENEPOP, GenAlEx, Cervus, STRUCTURE and GeneMapper.

All but GeneMapper's export hold one genotype for each sample and locus, and numbers for alleles (GENEPOP: 1 to 999).
Alleles that a format cannot hold are written as numbers, names with letters it cannot hold are changed, and columns it
has no place for are left out: each with a finding, so that nothing is lost in silence. What is written is read back by
the readers beside this module.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import polars as pl

from tumen.errors import MisuseError, Text, nearest
from tumen.files.atomic import writing_file
from tumen.tables.findings import finding, gather
from tumen.tables.schema import require

WRITTEN: dict[str, pl.DataType | type[pl.DataType]] = {
    "sampleID": pl.String,
    "locus": pl.String,
    "allele1": pl.String,
    "allele2": pl.String,
}
"""What a table of genotypes needs; `population`, `replicate` and `runID` are written where a format has a place."""

UNKNOWN = "unknown"
"""The population of samples without one, where others have one; formats that need a population call a single one 1."""
_OWN = ("sampleID", "locus", "allele1", "allele2", "laboratory", "kind")
_BASES = MappingProxyType({"A": "1", "C": "2", "G": "3", "T": "4"})


@dataclass(frozen=True)
class _Format:
    """How a format is written: the maker of its text, and what it can hold.

    `bad` are letters that names may not have, `holds` says whether it has a place for an allele, `columns` are those of
    the table that it keeps; `named` changes a locus name that would not come back.
    """

    text: Callable[["_Sheet", str], str]
    bad: re.Pattern[str]
    holds: Callable[[str], bool]
    columns: tuple[str, ...] = ()
    named: Callable[[str], str] = str


@dataclass(frozen=True)
class _Sheet:
    """Genotypes as a format will have them: samples in order of population, their alleles per locus ("" for none)."""

    loci: Sequence[str]
    samples: Sequence[str]
    populations: Sequence[str]
    cells: Sequence[Sequence[tuple[str, str]]]
    readings: Sequence[tuple[str, str, str, str, str, str]]

    def blocks(self) -> dict[str, list[int]]:
        """Return the rows of each population, in the order in which they first occur."""
        found: dict[str, list[int]] = {}
        for number, name in enumerate(self.populations):
            found.setdefault(name, []).append(number)
        return found


def write(
    genotypes: pl.DataFrame,
    path: Path | str,
    target: str,
    *,
    title: str = "genotypes",
    replace: bool = False,
    inputs: Sequence[Path] = (),
) -> pl.DataFrame:
    """Write a table of genotypes (`WRITTEN`) to a file in the format `target`, and return what the format lost.

    `title` stands in formats that have one. Raises `MisuseError` for another target, or for several genotypes of one
    sample and locus in a format that holds one; `OutputError` where the file cannot be written.
    """
    text, found = to_text(genotypes, target, title=title)
    with writing_file(path, replace=replace, inputs=inputs) as part:
        part.write_bytes(text.encode())
    return found


def to_text(genotypes: pl.DataFrame, target: str, *, title: str = "genotypes") -> tuple[str, pl.DataFrame]:
    r"""Return the text of a file of genotypes in the format `target`, and the findings of what it could not hold.

    Samples, loci and populations stand in the order in which the table first names them.

    >>> rows = [("a", "F42", "99", "103"), ("b", "F42", None, None)]
    >>> text, found = to_text(pl.DataFrame(rows, schema=WRITTEN, orient="row"), "genepop")
    >>> text, found.height
    ('genotypes\nF42\nPOP\na , 099103\nb , 000000\n', 0)
    """
    if target not in FORMATS:
        raise MisuseError("a format of genotypes that can be written", f"'{target}'", nearest(target, FORMATS))
    form = FORMATS[target]
    frame = require(genotypes, WRITTEN, "genotypes").drop_nulls(["sampleID", "locus"])
    if target != "genemapper":
        _refuse_several(frame, target)
    names, loci, found = _names(frame, form, target)
    codes, coded = _codes(frame, form, target)
    found += [*coded, *_left(genotypes, form, target)]
    sheet = _sheet(frame, names, loci, codes)
    if target in ("genepop", "structure") and len(sheet.blocks()) > 1:
        order = ", ".join(f"{number} = {name}" for number, name in enumerate(sheet.blocks(), 1))
        found.append(
            finding("populations-numbered", table="genotypes", column="population", value=order, format=target)
        )
    return form.text(sheet, _CONTROL.sub(" ", title).strip() or "genotypes"), gather(found)


def _refuse_several(frame: pl.DataFrame, target: str) -> None:
    twice = frame.filter(pl.struct("sampleID", "locus").is_duplicated())
    if twice.height:
        row = twice.row(0, named=True)
        raise MisuseError(
            Text("one genotype for each sample and locus to write as {format}", format=target),
            Text("several of sample {sample} at {locus}", sample=row["sampleID"], locus=row["locus"]),
            "Make a consensus of the replicates, one laboratory at a time; or write all of them as genemapper.",
        )


def _names(
    frame: pl.DataFrame, form: _Format, target: str
) -> tuple[dict[str, str], dict[str, str], list[pl.DataFrame]]:
    """Return the names that samples and loci get in the file, and a finding for each that had to be changed."""
    made = []
    found = []
    for column in ("sampleID", "locus"):
        names: dict[str, str] = {}
        taken: set[str] = set()
        originals = frame[column].unique(maintain_order=True).to_list()
        for name in originals:
            plain = form.bad.sub("_", name.strip()) or "_"
            plain = form.named(plain) if column == "locus" else plain
            while plain in taken or (plain != name and plain in originals):
                plain += "_"
            taken.add(plain)
            names[name] = plain
            if plain != name:
                found.append(
                    finding(
                        "name-changed-in-format",
                        table="genotypes",
                        column=column,
                        value=name,
                        written=plain,
                        format=target,
                    )
                )
        made.append(names)
    return made[0], made[1], found


def _codes(frame: pl.DataFrame, form: _Format, target: str) -> tuple[dict[tuple[str, str], str], list[pl.DataFrame]]:
    """Return what each allele of each locus is written as, and a finding for each locus whose alleles changed."""
    codes: dict[tuple[str, str], str] = {}
    found = []
    for locus in frame["locus"].unique(maintain_order=True):
        own = frame.filter(pl.col("locus") == locus)
        alleles = sorted(
            pl.concat([own["allele1"], own["allele2"]]).drop_nulls().unique(), key=lambda allele: (len(allele), allele)
        )
        if all(map(form.holds, alleles)):
            written = {allele: allele for allele in alleles}
        elif set(alleles) <= set(_BASES):
            written = {allele: _BASES[allele] for allele in alleles}
        else:
            written = {allele: str(number) for number, allele in enumerate(alleles, 1)}
        codes |= {(locus, allele): code for allele, code in written.items()}
        changed = [f"{allele} = {code}" for allele, code in written.items() if allele != code]
        if changed:
            found.append(
                finding(
                    "alleles-coded-in-format",
                    table="genotypes",
                    column="allele1",
                    value=", ".join(changed),
                    locus=locus,
                    format=target,
                )
            )
    return codes, found


def _left(genotypes: pl.DataFrame, form: _Format, target: str) -> list[pl.DataFrame]:
    """Return the finding of columns that hold something and have no place in the format."""
    left = [
        name
        for name in genotypes.columns
        if name not in (*_OWN, *form.columns) and genotypes[name].null_count() < genotypes.height
    ]
    # That every reading is the first of its sample and locus is no news.
    if "replicate" in left and set(genotypes["replicate"].drop_nulls()) == {1}:
        left.remove("replicate")
    if not left:
        return []
    return [finding("columns-left-by-format", table="genotypes", value=", ".join(left), format=target)]


def _sheet(
    frame: pl.DataFrame, names: Mapping[str, str], loci: Mapping[str, str], codes: Mapping[tuple[str, str], str]
) -> _Sheet:
    """Bring the table into the order of a file; a half-call has its allele first."""
    told: dict[str, str] = {}
    if "population" in frame.columns:
        told = dict(frame.select("sampleID", "population").drop_nulls().iter_rows())
    one = UNKNOWN if told else "1"
    cells: dict[str, dict[str, tuple[str, str]]] = {name: {} for name in names}
    readings = []
    numbers = frame["replicate"].cast(pl.String).to_list() if "replicate" in frame.columns else [None] * frame.height
    runs = frame["runID"].to_list() if "runID" in frame.columns else [None] * frame.height
    for row, number, run in zip(frame.select(*WRITTEN).iter_rows(), numbers, runs, strict=True):
        sample, locus, *alleles = row
        given = [codes[locus, allele] for allele in alleles if allele is not None]
        first, second = (*given, "", "")[:2]
        cells[sample][locus] = (first, second)
        file = f"{names[sample]}_{number}" if number else ""
        readings.append((file, names[sample], run or "", loci[locus], first, second))
    of = {name: told.get(name, one) for name in names}
    order = {population: number for number, population in enumerate(dict.fromkeys(of.values()))}
    samples = sorted(names, key=lambda name: order[of[name]])
    return _Sheet(
        list(loci.values()),
        [names[name] for name in samples],
        [_CONTROL.sub(" ", of[name]).strip() or UNKNOWN for name in samples],
        [[cells[name].get(locus, ("", "")) for locus in loci] for name in samples],
        readings,
    )


def _genepop(sheet: _Sheet, title: str) -> str:
    lines = [title, *sheet.loci]
    for rows in sheet.blocks().values():
        lines.append("POP")
        for row in rows:
            genotypes = " ".join(f"{int(first or 0):03d}{int(second or 0):03d}" for first, second in sheet.cells[row])
            lines.append(f"{sheet.samples[row]} , {genotypes}")
    return "\n".join(lines) + "\n"


def _genalex(sheet: _Sheet, title: str) -> str:
    blocks = sheet.blocks()
    head: list[Iterable[object]] = [
        [len(sheet.loci), len(sheet.samples), len(blocks), *map(len, blocks.values())],
        [title, "", "", *blocks],
        ["Sample", "Pop", *(cell for locus in sheet.loci for cell in (locus, ""))],
    ]
    body = [
        [name, population, *(allele or "0" for pair in cells for allele in pair)]
        for name, population, cells in zip(sheet.samples, sheet.populations, sheet.cells, strict=True)
    ]
    return _delimited([*head, *body], ",")


def _cervus(sheet: _Sheet, title: str) -> str:
    head = ["ID", *(f"{locus}{copy}" for locus in sheet.loci for copy in "ab")]
    body = [
        [name, *(allele or "0" for pair in cells for allele in pair)]
        for name, cells in zip(sheet.samples, sheet.cells, strict=True)
    ]
    return _delimited([head, *body], ",")


def _structure(sheet: _Sheet, title: str) -> str:
    numbers = {name: number for number, name in enumerate(sheet.blocks(), 1)}
    lines = ["\t\t" + "\t".join(sheet.loci)]
    for name, population, cells in zip(sheet.samples, sheet.populations, sheet.cells, strict=True):
        for copy in (0, 1):
            alleles = [pair[copy] or "-9" for pair in cells]
            lines.append("\t".join([name, str(numbers[population]), *alleles]))
    return "\n".join(lines) + "\n"


def _genemapper(sheet: _Sheet, title: str) -> str:
    head = ["Sample File", "Sample Name", "Run Name", "Marker", "Allele 1", "Allele 2"]
    return _delimited([head, *sheet.readings], "\t")


def _delimited(rows: Iterable[Iterable[object]], delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _whole(largest: int) -> Callable[[str], bool]:
    """Return whether a text is a whole number from 1 to `largest`, written without zeros in front."""

    def holds(allele: str) -> bool:
        return re.fullmatch(r"[1-9]\d{0,8}", allele, re.ASCII) is not None and int(allele) <= largest

    return holds


def _text(allele: str) -> bool:
    """Return whether an allele stays itself as a cell of text that may not be a word for nothing read."""
    return allele == allele.strip() and allele not in ("", "0", "*", "NA") and not re.search(r"[\x00-\x1f]", allele)


def _no_pop(name: str) -> str:
    return name + "_" if name.lower() == "pop" else name


def _no_number(name: str) -> str:
    return "L" + name if name.removeprefix("-").isdecimal() else name


def _no_mark(name: str) -> str:
    """Change a mark at the end, which would be taken for the mark between a locus and the letter of its column."""
    return name + "x" if name[-1] in " ._-" else name


_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_LARGE = 99_999_999

FORMATS: Mapping[str, _Format] = MappingProxyType(
    {
        "genepop": _Format(
            _genepop, re.compile(r"[,\x00-\x1f\x7f\x85\u2028\u2029]"), _whole(999), ("population",), _no_pop
        ),
        "genalex": _Format(_genalex, _CONTROL, _whole(_LARGE), ("population",)),
        "cervus": _Format(_cervus, re.compile(r"[;\x00-\x1f\x7f\x85\u2028\u2029]"), _text, (), _no_mark),
        "genemapper": _Format(_genemapper, _CONTROL, _text, ("replicate", "runID")),
        "structure": _Format(_structure, re.compile(r"[\s,;\x00-\x1f]"), _whole(_LARGE), ("population",), _no_number),
    }
)
"""The formats that can be written."""
