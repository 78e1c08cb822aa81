"""Mark texts that are kept in tables and put into words later; translators are shown what is marked."""


def mark(msgid: str) -> str:
    """Return the text as it is.

    >>> mark("operating")
    'operating'
    """
    return msgid


def mark_plural(one: str, many: str) -> tuple[str, str]:
    """Return the two texts as they are: for one, for many.

    >>> mark_plural("{count} night", "{count} nights")
    ('{count} night', '{count} nights')
    """
    return one, many
