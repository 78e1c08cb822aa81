"""Genotypes for other programs: what is written comes back, and what a format cannot hold is said."""

import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tumen.errors import MisuseError, OutputError
from tumen.files.genotype_write import FORMATS, WRITTEN, to_text, write
from tumen.files.genotypes import read, recognise
from tumen.tables.catalogue import CATALOGUE

ONE_EACH = tuple(name for name in FORMATS if name != "genemapper")


def table(rows, **more):
    """Genotypes as (sample, locus, allele, allele), with further columns."""
    frame = pl.DataFrame(rows, schema=WRITTEN, orient="row")
    return frame.with_columns(pl.Series(name, values) for name, values in more.items())


def said(findings):
    """The findings as (code, value), each of which can be put in words."""
    for row in findings.iter_rows(named=True):
        code = CATALOGUE[row["code"]]
        parts = {name: row[name] for name in ("table", "row", "column", "value")} | json.loads(row["arguments"])
        assert code.message.format(**parts) and code.cure.format(**parts)
    return findings.select("code", "value").rows()


def back(text, target, tmp_path, **more):
    """What our reader makes of a text: {(sample, locus): alleles that were read}, and its findings of loss."""
    path = tmp_path / "back.txt"
    path.write_bytes(text.encode())
    package = read(path, party="north", laboratory="lab", kind="size", format=target, **more)
    rows = package.received["genotypes"].select("sampleID", "locus", "allele1", "allele2", "replicate").rows()
    lost = [c for c in package.findings["code"] if c.startswith(("genotype", "sample", "loci", "alleles-too"))]
    return {(s, locus, n): tuple(a for a in pair if a) for s, locus, *pair, n in rows}, lost


CATS = [
    ("c1", "F42", "99", "103"),
    ("c1", "F115", "210", "210"),
    ("c2", "F42", "103", None),
    ("c2", "F115", None, None),
]
SNPS = [("c1", "S1", "A", "G"), ("c2", "S1", "G", "G")]


@pytest.mark.parametrize("target", FORMATS)
def test_sizes_come_back_from_every_format(target, tmp_path):
    text, found = to_text(table(CATS), target)
    assert said(found) == []
    cells, lost = back(text, target, tmp_path)
    assert cells == {
        ("c1", "F42", "1"): ("99", "103"),
        ("c1", "F115", "1"): ("210", "210"),
        ("c2", "F42", "1"): ("103",),
        ("c2", "F115", "1"): (),
    }
    assert lost == []
    assert recognise(text) == target


@pytest.mark.parametrize("target", FORMATS)
def test_bases_are_kept_or_their_numbers_are_said(target, tmp_path):
    text, found = to_text(table(SNPS), target)
    cells, _ = back(text, target, tmp_path)
    if target in ("cervus", "genemapper"):
        assert said(found) == [] and cells["c1", "S1", "1"] == ("A", "G")
    else:
        assert said(found) == [("alleles-coded-in-format", "A = 1, G = 3")]
        assert cells == {("c1", "S1", "1"): ("1", "3"), ("c2", "S1", "1"): ("3", "3")}


def test_the_texts_are_those_of_the_formats():
    genotypes = table(CATS, population=["north", "north", "south", "south"])
    texts = {target: to_text(genotypes, target, title="Cats")[0] for target in FORMATS}
    assert texts["genepop"] == "Cats\nF42\nF115\nPOP\nc1 , 099103 210210\nPOP\nc2 , 103000 000000\n"
    assert texts["genalex"] == (
        "2,2,2,1,1\nCats,,,north,south\nSample,Pop,F42,,F115,\nc1,north,99,103,210,210\nc2,south,103,0,0,0\n"
    )
    assert texts["cervus"] == "ID,F42a,F42b,F115a,F115b\nc1,99,103,210,210\nc2,103,0,0,0\n"
    assert texts["structure"] == ("\t\tF42\tF115\nc1\t1\t99\t210\nc1\t1\t103\t210\nc2\t2\t103\t-9\nc2\t2\t-9\t-9\n")
    assert texts["genemapper"].split("\n")[:2] == [
        "Sample File\tSample Name\tRun Name\tMarker\tAllele 1\tAllele 2",
        "\tc1\t\tF42\t99\t103",
    ]


def test_what_a_format_has_no_place_for_is_said():
    genotypes = table(CATS, population=["north", "north", "south", "south"], comments=["old", None, None, None])
    assert said(to_text(genotypes, "genepop")[1]) == [
        ("columns-left-by-format", "comments"),
        ("populations-numbered", "1 = north, 2 = south"),
    ]
    assert said(to_text(genotypes, "cervus")[1]) == [("columns-left-by-format", "population, comments")]
    assert said(to_text(table(CATS, comments=[None] * 4), "cervus")[1]) == []


def test_samples_are_brought_together_by_population(tmp_path):
    rows = [(name, "F42", "99", "103") for name in ("a", "b", "c")]
    text, _ = to_text(table(rows, population=["north", "south", "north"]), "genepop")
    assert text.split("\n")[2:] == ["POP", "a , 099103", "c , 099103", "POP", "b , 099103", ""]
    text, _ = to_text(table(rows, population=["north", None, "north"]), "genalex")
    assert text.split("\n")[0] == "1,3,2,2,1" and "b,unknown,99,103" in text


@pytest.mark.parametrize(
    ("target", "rows", "changed"),
    [
        ("genepop", [("NR, 14", "F42", "99", "99")], ("NR, 14", "NR_ 14")),
        ("structure", [("NR 14", "F42", "99", "99")], ("NR 14", "NR_14")),
        ("structure", [("a", "42", "99", "99")], ("42", "L42")),
        ("genepop", [("a", "Pop", "99", "99")], ("Pop", "Pop_")),
        ("cervus", [("a", "F42_", "99", "99")], ("F42_", "F42_x")),
        ("genalex", [(" a", "F42", "99", "99")], (" a", "a")),
    ],
)
def test_a_name_that_a_format_cannot_hold_is_changed_and_said(target, rows, changed, tmp_path):
    text, found = to_text(table(rows), target)
    assert found["code"].to_list() == ["name-changed-in-format"]
    assert (found["value"].item(), json.loads(found["arguments"].item())["written"]) == changed
    cells, _ = back(text, target, tmp_path)
    assert changed[1] in next(iter(cells))


def test_changed_names_do_not_become_names_of_others(tmp_path):
    rows = [(name, "F42", "99", "99") for name in ("a b", "a_b", "a,b", "a;b")]
    text, found = to_text(table(rows), "structure")
    assert found.height == 3
    assert len(back(text, "structure", tmp_path)[0]) == 4


@pytest.mark.parametrize("target", ONE_EACH)
def test_alleles_that_no_number_can_be_are_numbered(target, tmp_path):
    rows = [("a", "F42", "0136", "136x"), ("b", "F42", "1000", "NA")]
    text, found = to_text(table(rows), target)
    assert said(found) == [("alleles-coded-in-format", "NA = 1, 0136 = 2, 1000 = 3, 136x = 4")]
    assert back(text, target, tmp_path)[0]["a", "F42", "1"] == ("2", "4")


def test_four_digits_fit_all_formats_but_one():
    rows = [("a", "F42", "1000", "1004")]
    assert said(to_text(table(rows), "genepop")[1]) == [("alleles-coded-in-format", "1000 = 1, 1004 = 2")]
    assert all(to_text(table(rows), target)[1].is_empty() for target in FORMATS if target != "genepop")


def test_replicates_are_rows_of_genemapper_and_refused_elsewhere(tmp_path):
    rows = [("a", "F42", "99", "103"), ("a", "F42", "99", "103"), ("a", "F42", None, None)]
    genotypes = table(rows, replicate=[1, 2, 3], runID=["r1", "r2", "r2"])
    text, found = to_text(genotypes, "genemapper")
    assert said(found) == []
    cells, lost = back(text, "genemapper", tmp_path)
    assert cells == {("a", "F42", "1"): ("99", "103"), ("a", "F42", "2"): ("99", "103"), ("a", "F42", "3"): ()}
    assert lost == []
    for target in ONE_EACH:
        with pytest.raises(MisuseError, match="one genotype for each sample and locus") as error:
            to_text(genotypes, target)
        assert error.value.found == "several of sample a at F42"


def test_another_format_is_misuse():
    with pytest.raises(MisuseError, match="a format of genotypes that can be written") as error:
        to_text(table(CATS), "genpop")
    assert "Did you mean 'genepop'?" in error.value.cure


def test_a_file_is_written_whole_and_none_is_written_over(tmp_path):
    path = tmp_path / "cats.gen"
    assert write(table(CATS), path, "genepop", title="Cats\nPOP").is_empty()
    assert path.read_text(encoding="utf-8").split("\n")[0] == "Cats POP"
    with pytest.raises(OutputError):
        write(table(CATS), path, "genepop")
    write(table(CATS), path, "cervus", replace=True)
    assert path.read_text(encoding="utf-8").startswith("ID,")


def test_cervus_with_its_words_for_nothing_read_and_other_columns(tmp_path):
    cells, _ = back("ID,sex,F42a,F42b\nx,m,091,*\ny,f,0,\n", "cervus", tmp_path)
    assert cells == {("x", "F42", "1"): ("091",), ("y", "F42", "1"): ()}
    text = "ID\tF42A\tF42B\nx\t91\t105\n"
    assert recognise(text) == "cervus"
    assert back(text, "cervus", tmp_path)[0] == {("x", "F42", "1"): ("91", "105")}


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=6)
PLAIN = st.text("abcF_4 2-.", min_size=1, max_size=6)
ALLELES = st.one_of(
    st.integers(1, 1200).map(str),
    st.sampled_from(("A", "C", "G", "T", "0", "NA", "-9", "091", "1 2", "*", "a/b", "=1")),
)


@st.composite
def sheets(draw, names):
    """Genotypes of distinct samples at distinct loci, with half-calls and failures."""
    samples = draw(
        st.lists(names, min_size=1, max_size=4, unique_by=str.strip).filter(lambda n: all(map(str.strip, n)))
    )
    loci = draw(st.lists(names, min_size=1, max_size=3, unique_by=str.strip).filter(lambda n: all(map(str.strip, n))))
    pair = st.one_of(st.just((None, None)), st.tuples(ALLELES, st.none()), st.tuples(ALLELES, ALLELES))
    return table([(sample, locus, *draw(pair)) for sample in samples for locus in loci])


@pytest.mark.parametrize("target", FORMATS)
@settings(max_examples=40)
@given(data=st.data())
def test_what_is_written_comes_back_but_for_what_the_findings_say(target, data, tmp_path_factory):
    genotypes = data.draw(sheets(st.one_of(PLAIN, NAMES)))
    text, found = to_text(genotypes, target)
    said(found)
    names = {"sampleID": {}, "locus": {}}
    codes = {}
    for row in found.iter_rows(named=True):
        arguments = json.loads(row["arguments"])
        if row["code"] == "name-changed-in-format":
            names[row["column"]][row["value"]] = arguments["written"]
        else:
            assert row["code"] == "alleles-coded-in-format"
            codes[arguments["locus"]] = dict(pair.rsplit(" = ", 1) for pair in row["value"].split(", "))
    expected = {}
    for sample, locus, *alleles in genotypes.rows():
        own = codes.get(locus, {})
        key = (names["sampleID"].get(sample, sample), names["locus"].get(locus, locus), "1")
        expected[key] = tuple(own.get(allele, allele) for allele in alleles if allele is not None)
    cells, lost = back(text, target, tmp_path_factory.mktemp("back"))
    assert {key: sorted(pair) for key, pair in cells.items()} == {key: sorted(pair) for key, pair in expected.items()}
    assert lost == []
