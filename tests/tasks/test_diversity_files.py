"""What genes say, from a plain file: its populations are the groups, each sample an animal."""

import pytest

from tumen.errors import ColumnError, FormatError
from tumen.tasks.diversity_files import DiversityFiles, diversity_of_files

# Sample, population, alleles of L1, alleles of L2.
SAMPLES = [
    ("n1", "north", "120/122", "200/204"), ("n2", "north", "122/122", "200/200"), ("n3", "north", "120/120", "202/204"),
    ("n4", "north", "120/122", "200/202"), ("n5", "north", "122/124", "200/204"),
    ("s1", "south", "126/126", "204/206"), ("s2", "south", "124/126", "206/206"), ("s3", "south", "126/128", "204/204"),
    ("s4", "south", "124/126", "206/208"), ("s5", "south", "128/126", "204/206"),
]  # fmt: skip


def sheet() -> str:
    return "id,pop,L1,L2\n" + "".join(",".join(row) + "\n" for row in SAMPLES)


def genepop() -> str:
    lines = ["title", "L1", "L2"]
    for pop in ("north", "south"):
        lines.append("POP")
        lines += [f"{n} , {a.replace('/', '')} {b.replace('/', '')}" for n, p, a, b in SAMPLES if p == pop]
    return "\n".join(lines) + "\n"


def structure() -> str:
    lines = ["L1 L2"]
    for name, pop, one, two in SAMPLES:
        (a, b), (c, d) = one.split("/"), two.split("/")
        number = 1 if pop == "north" else 2
        lines += [f"{name} {number} {a} {c}", f"{name} {number} {b} {d}"]
    return "\n".join(lines) + "\n"


@pytest.fixture
def asked(tmp_path):
    def write(text, **more):
        (tmp_path / "genotypes.txt").write_text(text, encoding="utf-8")
        return DiversityFiles(**{"genotypes": tmp_path / "genotypes.txt", "permutations": 19, **more})

    return write


COLUMNS = {"layout": "columns", "sample": "id", "population": "pop"}


def numbers(answer):
    return answer.tables["groups"].select("individuals", "He", "Ho", "A").to_numpy().ravel().tolist()


@pytest.mark.parametrize(("text", "kind"), [(genepop(), "genepop"), (structure(), "structure")])
def test_every_format_gives_the_same_numbers(asked, text, kind):
    answer = diversity_of_files(asked(text))
    table = diversity_of_files(asked(sheet(), **COLUMNS))
    assert answer.parameters["format"] == kind
    assert numbers(answer) == pytest.approx(numbers(table))
    assert answer.tables["differentiation"]["FST"].item() == pytest.approx(
        table.tables["differentiation"]["FST"].item()
    )


def test_populations_of_a_sheet_are_its_groups(asked):
    answer = diversity_of_files(asked(sheet(), **COLUMNS))
    assert answer.tables["groups"].select("group", "individuals").rows() == [("north", 5), ("south", 5), ("all", 10)]
    assert "genotype-columns-left" not in answer.findings["code"].to_list()
    assert [note.code for note in answer.notes] == ["diversity-samples-as-animals"]


def test_a_sheet_without_populations_is_one_group_and_says_what_it_left(asked):
    answer = diversity_of_files(asked(sheet(), layout="columns", sample="id"))
    assert answer.tables["groups"]["group"].to_list() == ["all"]
    assert answer.findings.filter(code="genotype-columns-left")["value"].to_list() == ["pop"]
    assert answer.tables["differentiation"].is_empty()


def test_a_sample_of_no_population_counts_among_all_only(asked):
    answer = diversity_of_files(asked(sheet() + "x1,NA,120/122,200/204\n", **COLUMNS))
    assert answer.tables["groups"].select("group", "individuals").rows() == [("north", 5), ("south", 5), ("all", 11)]


def test_a_column_that_is_not_there_names_the_nearest(asked):
    with pytest.raises(ColumnError, match="pop"):
        diversity_of_files(asked(sheet(), layout="columns", sample="id", population="popp"))


def test_a_text_of_no_format_is_refused(asked):
    with pytest.raises(FormatError, match="formats"):
        diversity_of_files(asked("hello\n"))
