"""Read the names of species and places that a study brings, and put its notes into words."""

import hashlib
from collections.abc import Sequence

from tumen.errors import StudyError, Text
from tumen.report.methods import note_text
from tumen.report.words import Words
from tumen.report.words.names import Names, parse
from tumen.tables.answer import Answer
from tumen.tasks.study import Study


def words_of(study: Study, languages: Sequence[str]) -> tuple[list[Words], dict[str, str]]:
    """Return the words of a study in some languages, with the names it brings, and the digest of their file."""
    names, digests = own_names(study)
    return [Words(language, names=names, region=study.usage) for language in languages], digests


def notes_in(answered: Answer, study: Study, language: str) -> tuple[str, ...]:
    """Return the notes of a study's answer in a language."""
    (words,), _ = words_of(study, [language])
    return tuple(note_text(note, words) for note in answered.notes)


def own_names(study: Study) -> tuple[Names | None, dict[str, str]]:
    """Return the study's own names (None if it brings none), and the SHA-256 digest of their file by its name.

    Raises `StudyError` for a file that cannot be read as UTF-8, `MisuseError` for one that is no list of names.
    """
    if study.names is None:
        return None, {}
    try:
        data = study.names.read_bytes()
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(
            "the study's names as a file in UTF-8",
            Text("no readable file {names}", names=str(study.names)),
            "Correct names in [report].",
        ) from error
    return parse(text, study.names.name), {study.names.name: hashlib.sha256(data).hexdigest()}
