"""In which words?  Texts, numbers, dates and names in the reader's language.

English is the language of the source; the other languages are gettext catalogues, `<language>/LC_MESSAGES/tumen.po`,
read as they are (no compilation step). A text without a translation is never passed off as translated: it stays in
English between ⟦ ⟧ and is listed by `Words.missing`.
"""

from tumen.report.words.render import Words

__all__ = ["Words"]
