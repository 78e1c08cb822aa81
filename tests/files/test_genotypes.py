"""Genotypes as laboratories have them: GENEPOP, GenAlEx, GeneMapper and STRUCTURE."""

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from tumen.errors import FormatError, MisuseError
from tumen.files.genepop import read_genepop
from tumen.files.genotypes import read, recognise
from tumen.tables import checks_genetics
from tumen.tables.catalogue import CATALOGUE
from tumen.tables.checks import check
from tumen.tables.findings import gather

LAB = {"party": "north-reserve", "laboratory": "lab", "kind": "size"}
GENEPOP = """\
Cats of two valleys
FCA8, FCA23
FCA43
POP
cat1 , 120100 096096 000000
cat2 ,\t120000\t102120\t131131
Pop
cat3, 110120 096102 131141
"""
GENALEX = """\
3,3,2,2,1
Cats,,,north,south
Sample,Pop,FCA8,,FCA23,,FCA43,
cat1,north,120,100,96,96,0,0
cat2,north,120,0,102,120,131,131
cat3,south,110,120,NA,NA,131,141
"""
GENEMAPPER = """\
Sample Name\tRun Name\tMarker\tAllele 1\tAllele 2\tHeight 1
cat1\tr1\tFCA8\t120\t100\t800
cat1\tr1\tFCA23\t96\t\t900
cat2\tr1\tFCA8\t\t\t
"""
STRUCTURE = """\
\t\tFCA8\tFCA23
cat1\t1\t120\t-9
cat1\t1\t100\t-9
cat2\t2\t120\t102
cat2\t2\t120\t-9
"""


def given(tmp_path: Path, text: str, **said):
    path = tmp_path / "genotypes.txt"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    package = read(path, **{**LAB, **said})
    in_words(package.findings)
    return package


def in_words(findings):
    """The findings, each of which can be said: its arguments fill the places of its message and its cure."""
    for row in findings.iter_rows(named=True):
        code = CATALOGUE[row["code"]]
        parts = {name: row[name] for name in ("table", "row", "column", "value")} | json.loads(row["arguments"])
        assert code.message.format(**parts) and code.cure.format(**parts)
    return findings


def cells(package):
    return package.received["genotypes"].select("sampleID", "locus", "allele1", "allele2").rows()


def codes(package):
    return sorted(package.findings.filter(package.findings["code"] != "column-unknown")["code"])


def test_genepop_with_commas_tabs_and_loci_on_one_line(tmp_path):
    package = given(tmp_path, GENEPOP)
    assert package.format == "genepop"
    assert cells(package) == [
        ("cat1", "FCA8", "120", "100"),
        ("cat1", "FCA23", "96", "96"),
        ("cat1", "FCA43", None, None),
        ("cat2", "FCA8", "120", None),
        ("cat2", "FCA23", "102", "120"),
        ("cat2", "FCA43", "131", "131"),
        ("cat3", "FCA8", "110", "120"),
        ("cat3", "FCA23", "96", "102"),
        ("cat3", "FCA43", "131", "141"),
    ]
    assert package.received["genotypes"]["population"].to_list() == ["1"] * 6 + ["2"] * 3
    assert package.table("loci")["locus"].to_list() == ["FCA8", "FCA23", "FCA43"]
    assert codes(package) == []


def test_what_was_declared_stands_in_every_row(tmp_path):
    typed = given(tmp_path, GENEPOP, kind="snp").table("genotypes")
    assert typed.select("laboratory", "kind", "replicate").unique().rows() == [("lab", "snp", 1)]
    assert "samples" not in given(tmp_path, GENEPOP).tables


def test_genepop_of_two_digits_and_of_windows(tmp_path):
    package = given(tmp_path, "t\r\nL1\r\nL2\r\nPop\r\na, 0409 1000\r\n")
    assert cells(package) == [("a", "L1", "4", "9"), ("a", "L2", "10", None)]


def test_genepop_of_one_copy_has_one_allele(tmp_path):
    assert cells(given(tmp_path, "t\nL1\nPOP\na, 120\nb, 000\n")) == [("a", "L1", "120", None), ("b", "L1", None, None)]


def test_genepop_cells_and_lines_that_cannot_be_cut_are_findings_with_their_line(tmp_path):
    package = given(tmp_path, "t\nL1\nL2\nPOP\na, 120124 12x124\nb, 120124\nc 120124 120124\nd, 1201 120122\n")
    assert cells(package) == [("a", "L1", "120", "124"), ("d", "L2", "120", "122")]
    assert codes(package) == ["genotype-line-unread"] * 2 + ["genotype-unread"] * 2
    said = [json.loads(text) for text in package.findings.filter(code="genotype-line-unread")["arguments"]]
    assert said == [{"line": 6, "found": 1, "needed": 2}, {"line": 7, "found": 0, "needed": 2}]
    unread = package.findings.filter(code="genotype-unread")
    assert sorted(unread["value"]) == ["1201", "12x124"]


def test_samples_under_one_name_are_numbered_and_it_is_said(tmp_path):
    package = given(tmp_path, "t\nL1\nPOP\nvalley, 120124\nvalley, 120120\nother, 120120\n")
    assert package.received["genotypes"]["sampleID"].to_list() == ["valley#1", "valley#2", "other"]
    repeated = package.findings.filter(code="sample-names-repeated")
    assert json.loads(repeated["arguments"].item()) == {"samples": 3, "names": 2}


@pytest.mark.parametrize("text", [GENEPOP, GENALEX])
def test_a_0_within_an_allele_is_a_digit(tmp_path, text):
    """adegenet issue 348: told that 0 is missing, a reader deleted the allele 120."""
    alleles = given(tmp_path, text).table("genotypes").filter(locus="FCA8").select("allele1", "allele2").rows()
    assert alleles == [("120", "100"), ("120", None), ("110", "120")]


def test_genalex_in_two_columns_a_locus(tmp_path):
    package = given(tmp_path, GENALEX)
    assert package.format == "genalex"
    assert cells(package)[:3] == [
        ("cat1", "FCA8", "120", "100"),
        ("cat1", "FCA23", "96", "96"),
        ("cat1", "FCA43", None, None),
    ]
    assert package.received["genotypes"]["population"].to_list() == ["north"] * 6 + ["south"] * 3
    assert codes(package) == []


def test_genalex_saved_with_semicolons_or_tabs(tmp_path):
    for mark in ";\t":
        assert cells(given(tmp_path, GENALEX.replace(",", mark))) == cells(given(tmp_path, GENALEX))


def test_genalex_counts_that_are_not_those_of_the_file(tmp_path):
    package = given(tmp_path, GENALEX.replace("3,3,2", "3,4,3"))
    said = [json.loads(text) for text in package.findings.filter(code="genotype-count-differs")["arguments"]]
    assert sorted((one["things"], one["said"], one["found"]) for one in said) == [
        ("populations", 3, 2),
        ("samples", 4, 3),
    ]


def test_genalex_coordinates_are_left_out_with_a_note(tmp_path):
    lines = GENALEX.splitlines()
    lines = [*lines[:2], lines[2] + ",,X,Y", *(line + ",,131.2,43.1" for line in lines[3:])]
    package = given(tmp_path, "\n".join(lines) + "\n")
    assert cells(package) == cells(given(tmp_path, GENALEX))
    assert package.findings.filter(code="genotype-columns-left")["value"].item() == "X, Y"


def test_dominant_markers_are_refused_in_words(tmp_path):
    with pytest.raises(FormatError, match="2 loci in 2 columns: dominant markers or haploid data"):
        given(tmp_path, "2,2,1,2\nt,,,p\nSample,Pop,B1,B2\na,p,1,0\nb,p,0,0\n")


def test_genemapper_alone_is_alone_and_a_failed_reading_is_a_row(tmp_path):
    package = given(tmp_path, GENEMAPPER)
    assert cells(package) == [
        ("cat1", "FCA8", "120", "100"),
        ("cat1", "FCA23", "96", None),
        ("cat2", "FCA8", None, None),
    ]
    assert package.table("genotypes")["runID"].to_list() == ["r1"] * 3
    assert package.findings.filter(code="genotype-columns-left")["value"].item() == "Height 1"


def test_genemapper_alone_is_a_homozygote_where_that_was_declared(tmp_path):
    assert cells(given(tmp_path, GENEMAPPER, alone_is_homozygote=True))[1] == ("cat1", "FCA23", "96", "96")


def test_more_than_two_alleles_are_a_finding_with_all_of_them_and_no_row(tmp_path):
    package = given(
        tmp_path, "Sample.Name\tMarker\tAllele.1\tAllele.2\tAllele.3\na\tL1\t110\t112\t106\na\tL2\t98\t100\t\n"
    )
    assert cells(package) == [("a", "L2", "98", "100")]
    found = package.findings.filter(code="alleles-too-many")
    assert json.loads(found["arguments"].item()) == {"alleles": "110, 112, 106", "locus": "L1", "sampleID": "a"}
    assert package.table("loci")["locus"].to_list() == ["L1", "L2"]


def test_readings_of_one_genotype_are_replicates_and_the_same_row_twice_is_not(tmp_path):
    again = "cat1\tr2\tFCA8\t120\t120\t700\n"
    package = given(tmp_path, GENEMAPPER + again + again)
    typed = package.table("genotypes").filter(sampleID="cat1", locus="FCA8")
    assert typed.select("replicate", "runID", "allele2").rows() == [
        (1, "r1", "100"),
        (2, "r2", "120"),
        (2, "r2", "120"),
    ]
    assert "replicates-numbered" in codes(package)


def test_structure_in_two_rows_a_sample(tmp_path):
    package = given(tmp_path, STRUCTURE)
    assert package.format == "structure"
    assert cells(package) == [
        ("cat1", "FCA8", "120", "100"),
        ("cat1", "FCA23", None, None),
        ("cat2", "FCA8", "120", "120"),
        ("cat2", "FCA23", "102", None),
    ]
    assert package.received["genotypes"]["population"].to_list() == ["1", "1", "2", "2"]


def test_structure_in_one_row_a_sample_says_the_same(tmp_path):
    one_row = "FCA8 FCA23\ncat1 1 120 100 -9 -9\ncat2 2 120 120 102 -9\n"
    assert cells(given(tmp_path, one_row)) == cells(given(tmp_path, STRUCTURE))


def test_structure_without_names_needs_the_number_of_loci(tmp_path):
    nameless = STRUCTURE.split("\n", 1)[1]
    with pytest.raises(MisuseError, match="the number of loci"):
        given(tmp_path, nameless)
    package = given(tmp_path, nameless, loci=2)
    assert [row[1:] for row in cells(package)] == [
        ("locus1", "120", "100"),
        ("locus2", None, None),
        ("locus1", "120", "120"),
        ("locus2", "102", None),
    ]
    assert codes(package) == ["loci-unnamed"]
    with pytest.raises(FormatError, match="at least"):
        given(tmp_path, nameless, loci=9)


def test_structure_of_polyploids_is_refused_and_an_odd_sample_is_a_finding(tmp_path):
    with pytest.raises(FormatError, match="4 rows of sample 'a': polyploid"):
        given(tmp_path, "L1\na 1 100\na 1 102\na 1 104\na 1 106\n")
    package = given(tmp_path, STRUCTURE + "cat3\t2\t120\t102\n")
    assert cells(package) == cells(given(tmp_path, STRUCTURE))
    assert package.findings.filter(code="sample-rows-differ")["value"].item() == "cat3"


@pytest.mark.parametrize(
    "text",
    ["", "\n", "hello\n", "a,b\n1,2\n", "6 5 4 1\nloc-1\nloc-2\n1 44 43\n1 44 43\n2 44 43\n", "\x00\x01\x02"],
)
def test_a_file_of_no_such_format_is_refused(tmp_path, text):
    with pytest.raises(
        FormatError, match="a file of one of the formats cervus, genalex, genemapper, genepop, structure"
    ):
        given(tmp_path, text)


@pytest.mark.parametrize("format", ["genepop", "genalex", "genemapper", "structure"])
@pytest.mark.parametrize("text", ["", "POP\n", "1,1,1\n", "title\nPOP\na, 01\n", "x\ty\n"])
def test_a_file_that_is_not_what_it_is_said_to_be_is_refused(tmp_path, format, text):
    with pytest.raises(MisuseError):
        given(tmp_path, text, format=format)


def test_what_must_be_said(tmp_path):
    with pytest.raises(MisuseError, match="laboratory"):
        given(tmp_path, GENEPOP, laboratory="")
    with pytest.raises(MisuseError, match="a kind of alleles"):
        given(tmp_path, GENEPOP, kind="sizes")
    with pytest.raises(MisuseError, match="Did you mean 'genepop'"):
        given(tmp_path, GENEPOP, format="genpop")
    with pytest.raises(FormatError, match="No such file"):
        read(tmp_path / "none.gen", **LAB)


def test_names_in_another_encoding_are_read_as_declared(tmp_path):
    korean = GENEPOP.replace("cat1", "두만").encode("euc-kr")
    assert cells(given(tmp_path, korean, encoding="euc-kr"))[0][0] == "두만"


GENOTYPE = st.lists(st.integers(0, 999), min_size=2, max_size=2)


@for_all(st.lists(st.lists(GENOTYPE, min_size=3, max_size=3), min_size=1, max_size=8))
def test_every_allele_from_1_to_999_comes_back_from_genepop_and_nothing_else(samples):
    lines = [f"s{n} , " + " ".join(f"{a:03d}{b:03d}" for a, b in row) for n, row in enumerate(samples)]
    read_ = read_genepop("\n".join(["title", "L1", "L2", "L3", "POP", *lines]))
    expected = [tuple(str(allele) for allele in pair if allele) for row in samples for pair in row]
    assert [reading.alleles for reading in read_.readings] == expected
    assert list(read_.findings) == []


COLUMNS = """\
id,valley,LOC1a,LOC1b,FCA8_1,FCA8_2,FCA23
cat1,north,120,100,96,96,131/131
cat2,north,120,-99,-99,-99,
cat3,south,110,120,96,102,131
"""


def test_loci_beside_each_other_in_two_columns_or_in_one(tmp_path):
    text = COLUMNS.replace("131/131", "131/141").removesuffix("131\n") + "131/131\n"
    package = given(tmp_path, text, format="columns", sample="id", missing=["-99"])
    assert cells(package) == [
        ("cat1", "LOC1", "120", "100"),
        ("cat1", "FCA8", "96", "96"),
        ("cat1", "FCA23", "131", "141"),
        ("cat2", "LOC1", "120", None),
        ("cat2", "FCA8", None, None),
        ("cat2", "FCA23", None, None),
        ("cat3", "LOC1", "110", "120"),
        ("cat3", "FCA8", "96", "102"),
        ("cat3", "FCA23", "131", "131"),
    ]
    assert codes(package) == ["genotype-columns-left"]


def test_a_cell_with_one_allele_where_others_have_two_is_a_finding(tmp_path):
    package = given(tmp_path, COLUMNS + "cat4,south,,,,,141/143\n", format="columns", sample="id", missing=["-99"])
    assert ("cat4", "FCA23", "141", "143") in cells(package)
    unread = package.findings.filter(code="genotype-unread")
    assert json.loads(unread["arguments"].item()) == {"line": 4, "locus": "FCA23", "sampleID": "cat3"}
    assert package.findings.filter(code="genotype-columns-left")["value"].item() == "valley"


def test_a_word_for_missing_that_nobody_declared_stays_and_is_found(tmp_path):
    package = given(tmp_path, "id,L1a,L1b\na,-99,-99\n", format="columns", sample="id")
    assert cells(package) == [("a", "L1", "-99", "-99")]
    assert "allele-sentinel" in {code for part in checks_genetics.check(package) for code in part["code"]}


def test_columns_that_only_look_like_pairs_are_no_pairs(tmp_path):
    with pytest.raises(FormatError, match="columns of loci"):
        given(tmp_path, "id,FCA1,FCA2,sex\nx,120,122,F\n", format="columns", sample="id")
    with pytest.raises(MisuseError, match="Did you mean 'id'"):
        given(tmp_path, "id,L1a,L1b\nx,120,122\n", format="columns", sample="idd")


def test_damaged_files_are_findings_or_refused_with_words(tmp_path):
    null = given(tmp_path, GENEPOP.replace("131131", "131\x00131"))
    assert "genotype-unread" in codes(null)
    # The limit is one for the program, and other libraries raise it for good.
    limit = csv.field_size_limit(131_072)
    try:
        with pytest.raises(FormatError, match="field larger than field limit"):
            given(tmp_path, GENALEX.replace("cat1", "c" * 1_000_000))
    finally:
        csv.field_size_limit(limit)
    with pytest.raises(FormatError):
        given(tmp_path, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    wide = "t\n" + "\n".join(f"L{n}" for n in range(200)) + "\nPOP\na, " + "120124 " * 200 + "\n"
    assert given(tmp_path, wide).table("genotypes").height == 200


def test_a_carriage_return_alone_ends_a_line_too(tmp_path):
    for text in (GENEPOP, GENALEX, GENEMAPPER, STRUCTURE):
        assert cells(given(tmp_path, text.replace("\n", "\r"))) == cells(given(tmp_path, text))


def real(shared_data: Path, name: str, **said):
    return read(shared_data / name, **{**LAB, **said})


CATS = "D1_adegenet_nancycats_microbov/nancycats"


def test_cats_of_nancy_from_genepop(shared_data):
    package = real(shared_data, CATS + ".gen")
    typed = package.table("genotypes")
    assert (typed.height, typed["sampleID"].n_unique(), package.table("loci").height) == (237 * 9, 237, 9)
    assert typed["allele1"].null_count() == typed["allele2"].null_count() == 50
    assert typed["population"].n_unique() == 17
    assert cells(package)[1] == ("1#1", "fca23", "4", "9")
    # The file has numbers for alleles, not sizes, and one name for all samples of a colony.
    assert codes(package) == ["sample-names-repeated"]
    judged = gather(checks_genetics.check(package))
    assert judged.filter(code="alleles-not-sizes").height == 9


def test_cats_of_nancy_from_structure_are_the_same_as_in_the_csv(shared_data):
    package = real(shared_data, CATS + ".str", loci=9)
    typed = package.table("genotypes")
    assert (typed.height, typed["allele1"].null_count()) == (2133, 50)
    told = (shared_data / (CATS + "_genotypes.csv")).read_text().replace('"', "").split()[1:]
    expected = {}
    for line in told:
        name, _, *genotypes = line.split(",")
        # The table pads sizes below 100 with a zero.
        sizes = [[size.lstrip("0") for size in cell.split("/")] for cell in genotypes]
        expected[name] = [tuple(pair) if len(pair) == 2 else (None, None) for pair in sizes]
    read_ = {}
    for sample, _, first, second in cells(package):
        read_.setdefault(sample, []).append((first, second))
    assert read_ == expected


@pytest.mark.parametrize(
    "name",
    [
        CATS + ".dat",
        CATS + ".gtx",
        CATS + "_genotypes.csv",
        "D3_hierfstat/diploid_FSTAT.dat",
        "D3_hierfstat/exhier.txt",
        "D3_hierfstat/qn2_sex_FSTAT.dat",
        "D4_allelematch/amExample1.csv",
        "D5_formats_genalex_genemapper_structure/polysat_genodiveExample.txt",
        "D5_formats_genalex_genemapper_structure/polysat_spagediExample.txt",
        "D5_formats_genalex_genemapper_structure/poppr_simulated.dat",
    ],
)
def test_files_of_other_formats_are_not_taken_for_one_of_these(shared_data, name):
    with pytest.raises(FormatError, match="a file of one of the formats"):
        recognise((shared_data / name).read_text(encoding="utf-8"))


ZOO = "D5_formats_genalex_genemapper_structure/"


def test_genalex_of_poppr(shared_data):
    package = real(shared_data, ZOO + "poppr_genalex_test.txt", kind="snp")
    assert package.table("genotypes").height == 6 * 3
    assert cells(package)[:6] == [
        ("A71", "605-4471", "T", "T"),
        ("A71", "681-4471", "G", "T"),
        ("A71", "682-4471", "G", "T"),
        ("A72", "605-4471", "C", "C"),
        ("A72", "681-4471", None, None),
        ("A72", "682-4471", None, None),
    ]
    assert codes(package) == []


@pytest.mark.parametrize("name", ["poppr_rootrot.csv", "poppr_rootrot2.csv"])
def test_bands_of_root_rot_are_refused(shared_data, name):
    with pytest.raises(FormatError, match="56 loci in 56 columns: dominant markers"):
        real(shared_data, ZOO + name)


def test_polyploid_genemapper_is_flagged_sample_by_sample(shared_data):
    package = real(shared_data, ZOO + "polysat_GeneMapperExample.txt")
    assert package.table("genotypes").height == 553
    many = package.findings.filter(code="alleles-too-many")
    assert many.height == 900 - 553
    assert "110, 112, 106" in {json.loads(text)["alleles"] for text in many["arguments"]}


def test_polyploid_genemapper_of_a_sequencer(shared_data):
    package = real(shared_data, ZOO + "polysat_GeneMapperCBA15.txt")
    assert cells(package)[:2] == [("FCR1", "RhCBA15", "207", None), ("FCR2", "RhCBA15", "206", "207")]
    assert package.table("genotypes").height + package.findings.filter(code="alleles-too-many").height == 20
    assert package.table("genotypes")["runID"][0] == "Run_MAJSEQUENCER_2009-11-19_17-39_5862"


def test_polyploid_structure_is_refused(shared_data):
    with pytest.raises(FormatError, match="8 rows of sample 'WIN1B'"):
        real(shared_data, ZOO + "polysat_structureExample.txt")


@pytest.mark.parametrize(("number", "samples", "missing"), [(1, 20, 1), (2, 148, 68), (3, 319, 310)])
def test_simulated_samples_of_allelematch(shared_data, number, samples, missing):
    name = f"D4_allelematch/amExample{number}.csv"
    package = real(shared_data, name, format="columns", sample="sampleId", missing=["-99"])
    typed = package.table("genotypes")
    assert typed.height == samples * 10
    assert package.table("loci")["locus"].to_list() == [f"LOC{k}" for k in range(1, 11)]
    assert (typed["allele1"].null_count(), typed["allele2"].null_count()) == (missing, missing)
    assert package.findings.filter(code="genotype-columns-left")["value"].item() == "knownIndividual"


def test_cats_and_cattle_in_columns(shared_data):
    cats = real(shared_data, CATS + "_genotypes.csv", format="columns", sample="id")
    assert (cats.table("genotypes").height, cats.table("genotypes")["allele1"].null_count()) == (2133, 50)
    assert cells(cats)[1] == ("N215", "fca23", "136", "146")
    cattle = real(shared_data, "D1_adegenet_nancycats_microbov/microbov_genotypes.csv", format="columns", sample="id")
    typed = cattle.table("genotypes")
    assert (typed.height, cattle.table("loci").height) == (704 * 30, 30)
    assert round(100 * typed["allele1"].null_count() / typed.height, 3) == 2.320


@pytest.mark.parametrize(
    ("text", "lines", "loci"),
    [
        (GENEPOP, [5] * 3 + [6] * 3 + [8] * 3, [2, 2, 3]),
        (GENALEX, [4] * 3 + [5] * 3 + [6] * 3, [3, 3, 3]),
        (GENEMAPPER, [2, 3, 4], [2, 3]),
        (STRUCTURE, [2, 2, 4, 4], [1, 1]),
    ],
)
def test_every_row_says_on_which_line_of_the_file_it_stands(tmp_path, text, lines, loci):
    package = given(tmp_path, text)
    assert package.rows["genotypes"].to_list() == lines
    assert package.rows["loci"].to_list() == loci


def test_rows_of_columns_stand_where_their_sample_stands_even_below_a_cell_of_two_lines(tmp_path):
    text = 'id,L1a,L1b,note\ncat1,120,100,"two\nlines"\n\ncat2,120,122,\n'
    package = given(tmp_path, text, format="columns", sample="id")
    assert package.rows["genotypes"].to_list() == [2, 5]


def test_findings_of_checks_and_of_the_cast_point_at_lines_of_the_file(tmp_path):
    package = given(tmp_path, COLUMNS.replace("cat3,south,110", "cat3,south,-99"), format="columns", sample="id")
    found = check(package)
    # The row of cat2 is line 3, that of cat3 is line 4; in the long table they are the rows 5 to 10.
    sentinels = found.filter(code="allele-sentinel")
    assert set(sentinels["row"]) == {3, 4}
    again = "cat1\t" + "r" * 2000 + "\tFCA8\t120\t120\t700\n"
    twice = check(given(tmp_path, GENEMAPPER + again + again)).filter(code="row-duplicate")
    assert set(twice["row"]) <= {5, 6} and twice.height


def test_more_than_two_alleles_are_told_with_their_line_as_the_file_has_it(tmp_path):
    text = "Sample Name\tMarker\tAllele 1\tAllele 2\tAllele 3\na\tL1\t110\t\t\na\tL2\t110\t112\t106\n"
    package = given(tmp_path, text)
    # Its reader said line 3; it is not taken for a row of the long table and moved.
    assert package.findings.filter(code="alleles-too-many")["row"].to_list() == [3]


def test_a_cell_too_many_is_a_line_that_is_not_read(tmp_path):
    text = "3,2,1,2\nt,,,p\nSample,Pop,L1,,L2,,L3,\ns1,p,100,104,200,202,A,T,9\ns2,p,100,104,200,202,A,T,\n"
    package = given(tmp_path, text)
    assert {row[0] for row in cells(package)} == {"s2"}
    unread = package.findings.filter(code="genotype-line-unread")
    assert json.loads(unread["arguments"].item()) == {"line": 4, "found": 4, "needed": 3}
    assert unread["value"].item() == "s1, p, 100, 104, 200, 202, A, T, 9"


def test_a_filled_column_without_a_name_is_told_by_its_number(tmp_path):
    text = "1,2,1,2\nt,,,p\nSample,Pop,L1,,,\ns1,p,100,104,,9\ns2,p,100,104,,\n"
    package = given(tmp_path, text)
    assert package.findings.filter(code="genotype-columns-left")["value"].item() == "6"
    assert len(cells(package)) == 2


def test_genalex_loci_end_at_the_blank_column_and_coordinates_behind_it_are_told(tmp_path):
    text = "3,2,1,2\nt,,,p\nSample,Pop,L1,,L2,,,X,Y\na,p,120,100,96,98,,131.2,43.1\nb,p,120,0,96,96,,131.3,43.2\n"
    package = given(tmp_path, text)
    assert cells(package) == [
        ("a", "L1", "120", "100"),
        ("a", "L2", "96", "98"),
        ("b", "L1", "120", None),
        ("b", "L2", "96", "96"),
    ]
    assert package.findings.filter(code="genotype-columns-left")["value"].item() == "X, Y"
    differs = package.findings.filter(code="genotype-count-differs")
    assert json.loads(differs["arguments"].item()) == {"said": 3, "found": 2, "things": "loci"}


def test_a_locus_without_a_name_is_no_blank_column(tmp_path):
    with pytest.raises(FormatError, match="names above every second of 6 columns"):
        given(tmp_path, "3,1,1,1\nt,,,p\nSample,Pop,L1,,,,L3,\na,p,120,100,96,98,1,2\n")
    with pytest.raises(FormatError, match="2 loci in 2 columns: dominant markers"):
        given(tmp_path, "2,1,1,1\nt,,,p\nSample,Pop,B1,B2,,X,Y\na,p,1,0,,131,43\n")
