"""The documentation says what the program does."""

import re
from pathlib import Path

import pytest

from tumen.tables.catalogue import CATALOGUE, NOTES
from tumen.tables.protocol import TABLES
from tumen.tasks import study

ROOT = Path(__file__).resolve().parents[1]
START = (ROOT / "docs" / "start.md").read_text(encoding="utf-8")
KEYS = {
    "study": study.STUDY_KEYS,
    "area": study.AREA_KEYS,
    "package": study.PACKAGE_KEYS,
    "register": study.REGISTER_KEYS,
    "identify": study.IDENTIFY_KEYS,
    "crossings": study.CROSSINGS_KEYS,
    "report": study.REPORT_KEYS,
}


@pytest.mark.parametrize(("section", "key"), [(s, k) for s, keys in KEYS.items() for k in keys])
def test_every_key_of_a_study_is_explained(section, key):
    assert f"`{key}`" in START


def test_the_study_in_the_start_page_is_one_that_can_be_read(tmp_path):
    block = re.search(r"```toml\n(.*?)```", START, re.DOTALL)
    file = tmp_path / "study.toml"
    file.write_text(re.sub(r"^ {3}", "", block[1], flags=re.MULTILINE), encoding="utf-8")
    assert len(study.read_study(file).packages) == 2


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_finding_has_a_message_a_cure_and_a_page(code):
    entry = CATALOGUE[code]
    assert entry.message.endswith(".")
    assert entry.cure.endswith((".", "?"))
    assert f"({code})=" in (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("note", sorted(NOTES))
def test_every_note_is_listed(note):
    assert f"- `{note}`" in (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_every_column_has_a_meaning_on_the_data_model_page(table):
    page = (ROOT / "docs" / "data-model.md").read_text(encoding="utf-8")
    for column in table.columns:
        assert column.meaning.endswith(".")
        assert f"| `{column.name}` |" in page


def test_the_readme_names_the_two_commands_and_stays_short():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make report" in readme
    assert "make test" in readme
    assert len(readme.splitlines()) < 70


def test_links_between_pages_lead_somewhere():
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        prose = re.sub(r"`[^`]*`", "", page.read_text(encoding="utf-8"))
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", prose):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_lock_holds_hashes_and_no_address():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "http" not in lock
    assert "--hash=sha256:" in lock
