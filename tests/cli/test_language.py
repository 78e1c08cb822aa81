"""The command line speaks the reader's language: chosen, or the system's."""

import os
import subprocess
import sys
import tomllib

import pytest

from tumen.cli.language import of_system

LANGUAGES = ("ru", "zh-Hans", "ko", "ja", "mn")


def tumen(*arguments, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "TUMEN"))}
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "tumen.cli.main", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**kept, "PYTHONIOENCODING": "utf-8", "COLUMNS": "100", **environment},
        check=False,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_help_has_words(language):
    for command in ([], ["check"], ["convert"]):
        shown = tumen(*command, "--help", TUMEN_LANGUAGE=language)
        assert shown.returncode == 0
        assert "⟦" not in shown.stdout
        assert shown.stdout != tumen(*command, "--help").stdout


def test_the_system_says_the_language_if_nobody_chose_one():
    assert tumen("--help", LANG="ru_RU.UTF-8").stdout == tumen("--help", TUMEN_LANGUAGE="ru").stdout
    assert tumen("--help", LANG="de_DE.UTF-8").stdout == tumen("--help").stdout


@pytest.mark.parametrize("language", LANGUAGES)
def test_misuse_is_explained_in_the_language_and_values_stay_as_they_are(language):
    said = tumen("check", "no-such-package", TUMEN_LANGUAGE=language)
    assert said.returncode == 2
    assert "no-such-package" in said.stderr
    assert "⟦" not in said.stderr
    assert "needed" not in said.stderr


def test_a_language_without_words_is_misuse():
    said = tumen("--help", TUMEN_LANGUAGE="xx")
    assert said.returncode == 2
    assert "needed a language that has words" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    ("system", "language"),
    [("zh_CN.UTF-8", "zh-Hans"), ("zh-Hans-CN", "zh-Hans"), ("zh_TW.UTF-8", "en"), ("ko_KR", "ko"), ("mn_MN", "mn")],
)
def test_names_of_systems(system, language):
    assert of_system(system) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_proposed_mapping_explains_itself_in_the_language(language, tmp_path):
    table = tmp_path / "k.csv"
    table.write_text(
        "Camera;Lat;Lon;Set;Notes\nK1;43,1;131,2;01.02.2014;\nK2;43,2;131,3;03.02.2014;x\n", encoding="utf-8"
    )
    said = tumen("convert", str(table), "--guess", TUMEN_LANGUAGE=language)
    assert said.returncode == 0, said.stderr
    assert "⟦" not in said.stdout
    assert tomllib.loads(said.stdout)["table"][0]["file"] == "k.csv"
