"""When are two spellings one name?  Edit distance, and letters that look alike."""

import unicodedata

LOOKALIKES = str.maketrans("авекмнорстухѕіјԁԛԝё", "abekmhopctyxsijdqwe")
"""Cyrillic small letters that look like Latin ones, and the Latin letter they look like."""


def edits(one: str, other: str, most: int) -> int:
    """Return how many letters must be changed, added, left out or exchanged with their neighbour; `most` + 1 if more.

    Source: optimal string alignment; Damerau FJ (1964), Commun ACM 7:171-176.

    >>> edits("Panthera tigris", "Pantera tirgis", 2), edits("Meles meles", "Martes martes", 2)
    (2, 3)
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)


def looks(name: str) -> str:
    """Return what a name looks like to the eye: without case, width, accents of type, spaces, leading zeros.

    Two names that look the same are easily taken for one another. Marks between two digits stay as one `-`: 1-11 is
    not 11-1.

    >>> looks("Ridge 07") == looks("RIDGE-7") == looks("ridge_７"), looks("А1") == looks("A1"), looks("1-11")
    (True, True, '1-11')
    """
    folded = unicodedata.normalize("NFKC", name).casefold().translate(LOOKALIKES)
    kept: list[str] = []
    marked = False
    for letter in folded:
        if not letter.isalnum():
            marked = True
            continue
        digits = bool(kept) and kept[-1].isdigit() and letter.isdigit()
        if marked and digits:
            kept.append("-")
        kept.append(letter)
        marked = False
    return _without_leading_zeros("".join(kept))


def _without_leading_zeros(name: str) -> str:
    out: list[str] = []
    for at, letter in enumerate(name):
        inside = bool(out) and out[-1].isdigit()
        goes_on = at + 1 < len(name) and name[at + 1].isdigit()
        if letter == "0" and not inside and goes_on:
            continue
        out.append(letter)
    return "".join(out)
