"""What a form tells of a site and of a visit, as cells of the tables `sites` and `visits`.

What cannot be read is a finding with its cell and stays as text in the comments.
"""

import re

from tumen.files.count_form_cells import read_angle, read_clock, read_day, read_pair, read_share
from tumen.files.count_form_layout import Grid, Place, Told
from tumen.files.count_form_words import ALL, COUNTRY_OF, GROUP_OF, TERM_OF, folded, words_in
from tumen.files.mapped_cells import plain
from tumen.files.mapped_places import wrong_part

Row = dict[str, str | None]

_WGS84 = ("wgs84", "wgs 84", "wgs-84", "epsg:4326", "wgs 1984")
_CUT = re.compile(r"[,;/|、，；]| and | и ")


def remark(row: Row, key: str, text: str) -> None:
    """Keep a text in the comments as `key:text`."""
    kept = f"{key}:{text.replace('|', '/')}"
    row["comments"] = f"{row['comments']} | {kept}" if row.get("comments") else kept


def read_site(grid: Grid, told: Told, country: str | None) -> Row:
    """Return a row of `sites`; it is known by its code, and without one by its name."""
    texts = {label: text for label, (_, text) in told.items()}
    name, code = texts.get("siteName"), texts.get("siteID")
    row: Row = {"siteID": code or name, "siteName": name or code, "countryCode": country}
    if "countryCode" in told:
        place, text = told["countryCode"]
        known = COUNTRY_OF.get(folded(text), text if re.fullmatch("[A-Z]{2}", text) else None)
        if known is None:
            grid.say("form-word-unread", place, text, label="countryCode")
            remark(row, "country", text)
        row["countryCode"] = known or country
    _coordinates(grid, told, row)
    if "area" in told:
        place, text = told["area"]
        number = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*(?:ha|га|公顷|ヘクタール|헥타르)?", plain(text))
        row["area"] = number[1] if number else None
        if number is None:
            grid.say("form-word-unread", place, text, label="area")
            remark(row, "area", text)
    row["countGroup"], row["partOf"] = texts.get("countGroup"), texts.get("partOf")
    if "boundary" in texts:
        remark(row, "boundary", texts["boundary"])
    return row


def _coordinates(grid: Grid, told: Told, row: Row) -> None:
    cells = {axis: told[axis] for axis in ("latitude", "longitude") if axis in told}
    if "coordinates" in told:
        place, text = told["coordinates"]
        pair = read_pair(text)
        if pair is None:
            grid.say("form-word-unread", place, text, label="coordinates")
            remark(row, "coordinates", text)
        else:
            cells |= {"latitude": (place, pair[0]), "longitude": (place, pair[1])}
    datum = told.get("datum")
    foreign = datum is not None and folded(datum[1]) not in _WGS84
    if datum is not None and foreign:
        grid.say("form-datum", datum[0], datum[1])
        remark(row, "datum", datum[1])
    for axis, (place, text) in cells.items():
        value, problem = (None, None) if foreign else read_angle(text, axis)
        row[axis] = value
        if problem is not None:
            grid.say(problem, place, text, part=wrong_part(text), header=axis, expected="43.1, 43°06.25' N")
        if value is None:
            remark(row, axis, text)


def read_visit(grid: Grid, told: Told, said: tuple[str | None, str | None]) -> Row:
    """Return a row of `visits` without identifiers; `said` are the declared time zone and format of dates.

    Times of day stay local: whoever assembles the table gives them the offset of the zone.
    """
    zone, date_format = said
    row: Row = dict.fromkeys(("visitDate", "visitStart", "visitEnd", "coverage", "coveragePercent", "groupsCounted"))
    if "comments" in told:
        row["comments"] = told["comments"][1]
    if "visitDate" in told:
        place, text = told["visitDate"]
        row["visitDate"] = read_day(text, date_format)
        if row["visitDate"] is None:
            grid.say("form-date-unread", place, text)
            remark(row, "date", text)
    for label in ("visitStart", "visitEnd"):
        if label in told:
            _time(grid, told[label], row, (label, zone))
    _coverage(grid, told, row)
    if "groupsCounted" in told:
        place, text = told["groupsCounted"]
        row["groupsCounted"] = _groups(text)
        if row["groupsCounted"] is None:
            # Half a list would say that the other groups were not counted.
            grid.say("form-word-unread", place, text, label="groupsCounted")
            remark(row, "groupsCounted", text)
    _people(told, row)
    if "method" in told:
        row["method"] = _term(grid, told["method"], row, "method")
    for label in ("water", "ice", "tide", "weather", "disturbance"):
        row[label] = told[label][1] if label in told else None
    return row


def _time(grid: Grid, cell: tuple[Place, str], row: Row, target: tuple[str, str | None]) -> None:
    (place, text), (label, zone) = cell, target
    clock = read_clock(text)
    if clock is None:
        grid.say("form-word-unread", place, text, label=label)
    elif zone is None:
        grid.say("form-time-without-zone", place, text)
    if clock is not None and zone is not None and row["visitDate"] is not None:
        row[label] = f"{row['visitDate']} {clock}"
    else:
        remark(row, label, text)


def _coverage(grid: Grid, told: Told, row: Row) -> None:
    """Read coverage as a word, a share, or both; a share tells the word: 100 % complete, 0 % not surveyed."""
    if "coveragePercent" in told:
        place, text = told["coveragePercent"]
        row["coveragePercent"] = read_share(text)
        if row["coveragePercent"] is None:
            grid.say("form-word-unread", place, text, label="coveragePercent")
            remark(row, "coveragePercent", text)
    if "coverage" in told:
        place, text = told["coverage"]
        share = read_share(text) if "%" in plain(text) or re.fullmatch(r"[0-9.,\s]+", plain(text)) else None
        word, _, behind = plain(text).partition(" ")
        inside = read_share(behind.strip("(), ")) if "%" in behind else None
        if share is not None:
            row["coveragePercent"] = row["coveragePercent"] or share
        elif inside is not None and folded(word) in TERM_OF["coverage"]:
            row["coverage"], row["coveragePercent"] = TERM_OF["coverage"][folded(word)], inside
        else:
            row["coverage"] = _term(grid, told["coverage"], row, "coverage")
    if row["coverage"] is None and row["coveragePercent"] is not None:
        percent = float(row["coveragePercent"])
        row["coverage"] = "complete" if percent == 100 else "partial" if percent else "notSurveyed"


def _term(grid: Grid, cell: tuple[Place, str], row: Row, label: str) -> str | None:
    place, text = cell
    term = TERM_OF[label].get(folded(text), text if text in TERM_OF[label].values() else None)
    if term is None:
        grid.say("form-word-unread", place, text, label=label)
        remark(row, label, text)
    return term


def _groups(text: str) -> str | None:
    if folded(text) in words_in(ALL):
        return "all"
    words = [GROUP_OF.get(folded(part), part.strip()) for part in _CUT.split(text) if part.strip()]
    known = set(GROUP_OF.values())
    return "|".join(dict.fromkeys(words)) if words and all(word in known for word in words) else None


def _people(told: Told, row: Row) -> None:
    """Read the number of people; names are kept as they are, and nobody is counted from them."""
    if "observers" in told:
        text = told["observers"][1]
        row["observers"] = text if re.fullmatch("[1-9][0-9]{0,3}", text) else None
        if row["observers"] is None:
            remark(row, "observers", text)
