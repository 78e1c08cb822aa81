import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import codes

from tumen.errors import FormatError, MisuseError
from tumen.files.text_table import Dialect
from tumen.files.trim import TrimForm, read_trim, read_trim_csv, write_trim, write_trim_csv
from tumen.files.trim_commands import read_trim_commands, write_trim_commands


def said(findings):
    return [(f["code"], f["row"], f["value"]) for f in findings.sort("row", "code").to_dicts()]


def test_a_clean_file_has_its_zero_its_missing_and_its_covariates():
    counts = read_trim(
        b"  1  1   11  2\n\n1\t2\t0\t2\r\n1 3 999.0 3\n", TrimForm("999", covariates=("Habitat",), times=3)
    )
    assert counts.table.select("row", "site", "time", "count", "state", "Habitat").rows() == [
        (1, "1", 1, 11.0, "counted", "2"),
        (3, "1", 2, 0.0, "counted", "2"),
        (4, "1", 3, None, "missing", "3"),
    ]
    assert counts.findings.is_empty()


def test_whatever_is_no_count_is_a_finding_in_its_line_and_never_zero_or_missing():
    counts = read_trim(
        b"1 1 x\n1 2 -4\n1 3 2.5\n1 4\n1 4 7 8\n1 y 3\n2 1 9\n2 1 9\n2 2 1e400\n", TrimForm("999", times=4)
    )
    assert counts.table.filter(pl.col("state") == "unread")["row"].to_list() == [1, 2, 9]
    assert said(counts.findings.filter(pl.col("row").is_not_null())) == [
        ("cell-type", 1, "x"),
        ("cell-below-minimum", 2, "-4"),
        ("trim-count-fractional", 3, "2.5"),
        ("trim-line-unread", 4, "1 4"),
        ("trim-line-unread", 5, "1 4 7 8"),
        ("cell-type", 6, "y"),
        ("trim-count-twice", 8, "9.0"),
        ("cell-type", 9, "1e400"),
    ]
    assert said(counts.findings.filter(pl.col("row").is_null())) == [
        ("trim-counts-absent", None, "1"),
        ("trim-times-differ", None, "4"),
    ]


def test_a_missing_code_nobody_declared_is_pointed_at():
    data = b"1 1 999\n1 2 999\n1 3 4\n"
    assert said(read_trim(data).findings) == [("trim-missing-suspect", None, "999")]
    assert read_trim(data, TrimForm("999")).findings.is_empty()
    with pytest.raises(FormatError):
        read_trim(b" \n")


def test_csv_as_rtrim_takes_it():
    data = b'"site";"year";"month";"count";"weight";"state"\n"a";1984;1;0;1.5;"x"\n"a";1984;2;NA;1;"y"\n'
    counts = read_trim_csv(data, dialect=Dialect(";"))
    assert counts.covariates == ("state'",)
    assert counts.table.rows() == [
        (2, "a", 1984, 1, 0.0, 1.5, "counted", "x"),
        (3, "a", 1984, 2, None, 1.0, "missing", "y"),
    ]
    assert codes(counts.findings) == ["trim-label-taken"]
    with pytest.raises(FormatError) as none:
        read_trim_csv(b"plot,year,count\n1,2,3\n")
    assert "site" in none.value.needed
    with pytest.raises(FormatError):
        read_trim_csv(b"site,time,year,count\n1,2,3,4\n")
    named = read_trim_csv(b"plot,time,year,count\n1,2,3,4\n", columns={"site": "plot", "time": "year"})
    assert (named.table["time"].to_list(), named.covariates) == ([3], ("time'",))


cells = st.tuples(
    st.integers(1, 3), st.integers(1990, 1993), st.one_of(st.none(), st.integers(0, 2000).map(float), st.just(0.5))
)


@settings(max_examples=20)
@given(st.lists(cells, min_size=1, max_size=8))
def test_what_is_written_is_read_back(rows):
    lines = "".join(f"{site} {time} {'NA' if n is None else n}\n" for site, time, n in rows)
    first = read_trim(lines.encode()).table
    assert first["count"].to_list() == [n for *_, n in rows]
    assert read_trim(write_trim(first), TrimForm("-1")).table.equals(first)
    assert read_trim_csv(write_trim_csv(first)).table.drop("row").equals(first.drop("row"))


def test_what_trim_cannot_hold_is_refused():
    with pytest.raises(MisuseError):
        write_trim(read_trim(b"1 1 0\n").table, missing="0")
    with pytest.raises(MisuseError):
        write_trim(read_trim(b"1 1 x\n").table)
    with pytest.raises(MisuseError):
        write_trim(read_trim_csv(b"site,time,count\nLake A,1,2\n").table)


def test_a_command_file_says_what_it_says_and_nothing_else():
    job = read_trim_commands(
        b"FILE C:\\birds\\a.dat\nTITLE geese\nNTIMES 8\nNCOVARS 2\nLABELS\nHabitat\nModel\nEnd\nMISSING -1\n"
        b"WEIGHT Present\n\nmodel 2\ncovariates 1\noverdisp on\nchangepoints 1 4\nrun\nmodel 3\nSERIALCOR off\n"
    )
    assert (job.file, job.form.covariates, job.form.weight) == ("C:\\birds\\a.dat", ("Habitat", "Model"), True)
    first, second = job.models
    assert (first.model, first.covariates, first.changepoints, first.overdispersion, first.serial, first.stepwise) == (
        (2, (1,), (1, 4), True, None, None)
    )
    assert (second.model, second.overdispersion, second.serial) == (3, True, False)
    assert job.findings.is_empty()
    again = read_trim_commands(write_trim_commands(job))
    assert (again.form, again.models) == (job.form, job.models)


def test_a_command_file_with_mistakes_tells_each():
    job = read_trim_commands(
        b"NTIMES eight\nNTIMES 8\nNTIMES 9\nNCOVARS 2\nLABELS\nHabitat\nEND\nOVERDSIP on\nMODEL 4\n"
        b"COVARIATES 3\nCHANGEPOINTS 1 12\nOUTPUTFILES F\nSTEPWISE maybe\n"
    )
    assert said(job.findings) == [
        ("trim-labels-differ", None, "2"),
        ("trim-command-unread", 1, "eight"),
        ("trim-command-twice", 3, "9"),
        ("trim-command-unknown", 8, "overdsip on"),
        ("trim-command-unread", 9, "4"),
        ("trim-command-beyond", 10, "3"),
        ("trim-command-beyond", 11, "12"),
        ("trim-command-unused", 12, "F"),
        ("trim-command-unread", 13, "maybe"),
    ]
    assert (job.form.times, job.models[0].changepoints) == (9, ())
    assert codes(read_trim_commands(b"NTIMES 2\nLABELS\nA\n").findings) == ["trim-command-unread"]
    with pytest.raises(FormatError):
        read_trim_commands(b"no such thing\n")


def test_skylark_and_oystercatcher_keep_every_zero_and_every_missing_count(shared_data):
    folder = shared_data / "H1_birds_sites_network_facts" / "trim_skylark"
    for file in sorted(folder.glob("*.tcf")):
        job = read_trim_commands(file.read_bytes())
        counts = read_trim((folder / job.file.rpartition("/")[2]).read_bytes(), job.form)
        states = counts.table["state"].value_counts().rows()
        assert sorted(states) == [("counted", 202), ("missing", 238)], file.name
        assert counts.table["count"].sum() == 2536
        assert job.findings.is_empty(), file.name
        assert counts.findings.is_empty(), file.name
    data = (shared_data / "rtrim_bench" / "oystercatcher.csv").read_bytes()
    months = read_trim_csv(data)
    assert (months.table["count"] == 0).sum() == data.count(b",0\n") == 5606
    assert months.table["state"].value_counts(sort=True).rows() == [("missing", 19880), ("counted", 13240)]
