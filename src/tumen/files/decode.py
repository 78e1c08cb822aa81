r"""Bytes of a text file -> text: by its mark, by what was declared, or by a detection that states how sure it is.

A wrong encoding that looks right ruins names without a trace. So nothing is guessed in silence: what was detected is a
note with its confidence, what stays in doubt is a warning that shows how the same words read in each candidate, and
lines that are written in another encoding than the rest are errors, row by row. Every line is shown as well as it can
be read; bytes that are no text are shown as `\xNN`.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from tumen.files.letters import ENCODINGS, Encoding, likelihood
from tumen.tables.findings import finding, gather, rows

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 1 << 16
_SHOWN = 200
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|$)")
_HIGH = re.compile(rb"[\x80-\xff]")
_WORD = re.compile(rb"[^,;\t|\r\n\"]*[\x80-\xff][^,;\t|\r\n\"]*")
_BEYOND = re.compile(r"[^\x00-\x7f]")
_SIGNS = "°–—‘’“”«»±²³µ½¼№…·×€•♂♀→≤≥✓、。（）："
_UTF_8 = Encoding("utf-8", "utf-8", "")
_SURROGATE = re.compile("[\udc80-\udcff]")
_DOUBTFUL = 0.95
"""Below this confidence the reader is asked to declare the encoding."""
_TEMPER = 0.4
"""Neighbouring letters are not independent: the evidence of each counts for this part only (set by measurement)."""
_RARE = -11.0
"""The log-probability of a character that one may live without meeting."""
_OTHER_LINE = 20.0
"""How much more likely (as a logarithm) another reading of one line must be before the line is called foreign."""


@dataclass(frozen=True)
class Decoded:
    """The text of a file without its mark, the encoding, how sure that is (0 to 1), and what is wrong."""

    text: str
    encoding: str
    confidence: float
    findings: pl.DataFrame


def decode(data: bytes, *, declared: str | None = None, name: str = "") -> Decoded:
    r"""Return the text of a file; `name` is the table that findings bear, their rows are those of a spreadsheet.

    A byte order mark is believed before a declaration, a declaration before a detection. Detection knows UTF-8,
    UTF-16, GB18030, Windows-1251, KOI8-R, IBM 866, CP949 (EUC-KR), CP932 (Shift-JIS), EUC-JP and Windows-1252.

    >>> decode("вид;дата\nАмурский тигр;12.05.2014\n".encode("cp1251")).encoding
    'windows-1251'
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            found = _against_mark(declared, encoding, name)
            return _strict(data[len(mark) :], encoding, 1.0, found, name)
    if declared is not None:
        return _declared(data, declared, name)
    if data.isascii() and b"\x00" not in data:
        return Decoded(data.decode("ascii"), "utf-8", 1.0, gather([]))
    if wide := _utf_16(data):
        found = finding("encoding-detected", table=name, value=wide, percent=95)
        return _strict(data, wide, 0.95, found, name)
    if (text := _whole(data, "utf-8")) is not None:
        return _utf_8(data, text, name)
    return _legacy(data, name)


def _against_mark(declared: str | None, marked: str, name: str) -> pl.DataFrame:
    if declared is None:
        return gather([])
    try:
        known = codecs.lookup(declared).name
    except (LookupError, ValueError):
        return finding("encoding-unknown", table=name, value=declared)
    if known.removesuffix("-sig").removesuffix("-le").removesuffix("-be") in (marked, marked[:6]):
        return gather([])
    return finding("encoding-differs", table=name, value=marked, declared=declared)


def _strict(data: bytes, encoding: str, confidence: float, found: pl.DataFrame, name: str) -> Decoded:
    """Read in one encoding; what cannot be read is shown escaped and reported."""
    text = _whole(data, encoding)
    if text is None:
        text = data.decode(encoding, "backslashreplace")
        found = gather([found, finding("text-undecodable", table=name, value=encoding)])
    return Decoded(text, encoding, confidence, found)


def _whole(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _declared(data: bytes, declared: str, name: str) -> Decoded:
    try:
        "".encode(declared)  # refuses codecs that make no text of bytes, and names that are none
        codec = codecs.lookup(declared).name
    except (LookupError, ValueError):
        found = finding("encoding-unknown", table=name, value=declared)
        return _lines_in(data, "utf-8", "utf-8", 1.0, name, [found])
    if codec == "utf-8-sig":
        codec = "utf-8"
    doubts = []
    if codec.startswith(("utf-16", "utf-32")):
        return _strict(data, codec, 1.0, gather([]), name)
    if not data.isascii() and codec != "utf-8" and _whole(data, "utf-8") is not None:
        doubts.append(finding("encoding-declared-doubtful", table=name, value="utf-8", declared=declared))
        if (text := _whole(data, codec)) is not None:
            return Decoded(text, declared, 1.0, gather(doubts))
    return _lines_in(data, codec, declared, 1.0, name, doubts)


def _utf_16(data: bytes) -> str | None:
    """Recognise UTF-16 without a mark: separators and line ends of every table have a null byte beside them."""
    octets = np.frombuffer(data, dtype=np.uint8)
    if len(octets) < 4 or len(octets) % 2 or not (octets == 0).any():
        return None
    first, second = octets[0::2] == 0, octets[1::2] == 0
    for nulls, others, encoding in ((second, first, "utf-16-le"), (first, second, "utf-16-be")):
        if nulls.mean() >= 0.05 and nulls.sum() > 20 * others.sum():
            text = _whole(data, encoding)
            if text is not None and ("\n" in text or "\r" in text):
                return encoding
    return None


def _utf_8(data: bytes, text: str, name: str) -> Decoded:
    """Say how sure valid UTF-8 is: other text seldom is valid by chance, and then its characters are strange ones."""
    beyond = [match.group() for _, match in zip(range(6), _BEYOND.finditer(text), strict=False)]
    if not beyond:
        return Decoded(text, "utf-8", 1.0, gather([]))
    if len(beyond) < 4 and not all(c in _SIGNS or _is_common(c) for c in beyond):
        ranking = _ranking(_sample(data))
        found = _doubt(data, [(_UTF_8, 0.5), *ranking], name)
        return Decoded(text, "utf-8", 0.5, found)
    return Decoded(text, "utf-8", round(1 - 0.1 * 0.2 ** len(beyond), 6), gather([]))


def _is_common(character: str) -> bool:
    """Say whether a character is one that tables of the region hold at all."""
    return any(likelihood(character, model)[0] > _RARE for model in sorted({e.model for e in ENCODINGS}))


def _legacy(data: bytes, name: str) -> Decoded:
    """Choose the encoding under which the words of the file are most likely; look for lines that are foreign to it."""
    good = _share_of_utf_8(data)
    if good >= 0.5:
        return _lines_in(data, "utf-8", "utf-8", round(good, 4), name, [])
    ranking = _ranking(_sample(data))
    if _whole(data, ranking[0][0].codec) is None or _has_unlikely_lines(data, ranking[0][0]):
        ranking = _by_majority(data, ranking)
    best, confidence = ranking[0]
    found = [_detected(data, ranking, name)]
    return _lines_in(data, best.codec, best.name, confidence, name, found)


def _by_majority(data: bytes, ranking: list[tuple[Encoding, float]]) -> list[tuple[Encoding, float]]:
    """Put the encoding in front that fits the most lines: a few long ones may weigh more than many short ones."""
    lines = [line for line in _LINE.findall(data[: 4 * _SAMPLE]) if not line.isascii()][:500]
    votes = Counter(max(ENCODINGS, key=lambda e: _score(line, e)).name for line in lines)
    if not votes or votes[ranking[0][0].name] >= max(votes.values()):
        return ranking
    winner = votes.most_common(1)[0][0]
    first = next(encoding for encoding in ENCODINGS if encoding.name == winner)
    return [(first, votes[winner] / len(lines)), *[(e, p) for e, p in ranking if e is not first]]


def _share_of_utf_8(data: bytes) -> float:
    """Return how many of the lines beyond ASCII are valid UTF-8."""
    lines = [line for line in _LINE.findall(data) if not line.isascii()]
    return sum(_whole(line, "utf-8") is not None for line in lines) / max(len(lines), 1)


def _sample(data: bytes) -> list[bytes]:
    """Return the different cells that hold more than ASCII, from the whole file, up to a limit."""
    step = max(1, len(data) // (16 * _SAMPLE))
    cells: dict[bytes, None] = {}
    size = 0
    for number, match in enumerate(_WORD.finditer(data)):
        if number % step == 0 and match.group() not in cells:
            cells[match.group()] = None
            size += len(match.group())
            if size > _SAMPLE:
                break
    return list(cells)


def _score(sample: bytes, encoding: Encoding) -> float:
    return float(likelihood(sample.decode(encoding.codec, "replace"), encoding.model).sum())


def _ranking(cells: list[bytes]) -> list[tuple[Encoding, float]]:
    """Return the encodings with their probabilities, the likeliest first; equal readings count once."""
    sample = b"\n".join(cells)
    scores = np.array([_score(sample, encoding) for encoding in ENCODINGS]) * _TEMPER
    readings = [sample.decode(encoding.codec, "replace") for encoding in ENCODINGS]
    order = sorted(range(len(ENCODINGS)), key=lambda i: -scores[i])
    kept = [i for place, i in enumerate(order) if readings[i] not in [readings[j] for j in order[:place]]]
    weights = np.exp(scores[kept] - scores[kept[0]])
    # Even the best reading may be a poor one: a letter costs 3 to 4, an ideograph 6 to 7, noise more.
    best = ENCODINGS[kept[0]]
    letters = max(sum(not character.isascii() for character in readings[kept[0]]), 1)
    ideographs = best.model not in ("cyrillic", "western")
    mean = float(scores[kept[0]]) / _TEMPER / letters
    fit = min(1.0, max(0.05, (mean + (14.0 if ideographs else 9.0)) / 4.0))
    # A handful of ideographs may be common ones in two languages, and four capitals small letters in another
    # encoding: no frequency can be sure of so few.
    enough = 1.0 if best.model == "western" else 1 - 0.3 * float(np.exp(-letters / (5 if ideographs else 3)))
    probabilities = weights / weights.sum() * min(fit, enough)
    return [(ENCODINGS[i], float(p)) for i, p in zip(kept, probabilities, strict=True)]


def _detected(data: bytes, ranking: list[tuple[Encoding, float]], name: str) -> pl.DataFrame:
    best, confidence = ranking[0]
    percent = int(confidence * 100)
    if confidence >= _DOUBTFUL:
        return finding("encoding-detected", table=name, value=best.name, percent=percent)
    return _doubt(data, ranking, name)


def _doubt(data: bytes, ranking: list[tuple[Encoding, float]], name: str) -> pl.DataFrame:
    """Show one cell of the file in the likeliest encodings."""
    best, confidence = ranking[0]
    percent = int(confidence * 100)
    match = _WORD.search(data)
    word = match.group().strip()[:40] if match else b""
    alternatives = "; ".join(f"{e.name}: {word.decode(e.codec, 'backslashreplace')}" for e, _ in ranking[:4])
    return finding("encoding-doubtful", table=name, value=best.name, percent=percent, alternatives=alternatives)


def _numbered_lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Give every line the row it belongs to: a line break inside quotes begins no new row."""
    row, quotes = 1, 0
    for line in _LINE.findall(data):
        yield row, line
        quotes += line.count(b'"')
        row += quotes % 2 == 0


def _lines_in(
    data: bytes, codec: str, encoding: str, confidence: float, name: str, found: list[pl.DataFrame]
) -> Decoded:
    """Read a file in one encoding, and each line that is foreign to it in the one that fits that line."""
    text = _whole(data, codec)
    known = next((e for e in ENCODINGS if e.codec == codec), None)
    model = known.model if known else ""
    if text is not None and not (known and _has_unlikely_lines(data, known)):
        return Decoded(text, encoding, confidence, gather(found))
    parts, foreign, broken = [], [], []
    for row, line in _numbered_lines(data):
        read = _whole(line, codec)
        if line.isascii() or (read is not None and not model):
            parts.append(read or line.decode("ascii"))
            continue
        other = _foreign(line, codec, model)
        if other is not None:
            parts.append(line.decode(other[1]))
            foreign.append((row, _short(parts[-1]), other[0]))
        elif read is not None:
            parts.append(read)
        else:
            parts.append(_SURROGATE.sub(_escaped, line.decode(codec, "surrogateescape")))
            broken.append((row, _short(parts[-1])))
    found.append(_line_findings(foreign, broken, encoding, name))
    return Decoded("".join(parts), encoding, confidence, gather(found))


def _short(line: str) -> str:
    line = line.strip()
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "..."


def _escaped(match: re.Match[str]) -> str:
    return f"\\x{ord(match.group()) - 0xDC00:02x}"


def _has_unlikely_lines(data: bytes, encoding: Encoding) -> bool:
    """Say whether some line of a file reads so badly that it deserves a second look."""
    text, model = data.decode(encoding.codec, "replace"), encoding.model
    for start in range(0, len(text), 1 << 22):
        piece = text[start : start + (1 << 22)]
        scores = likelihood(piece, model)
        points = np.frombuffer(piece.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        lines = np.cumsum(points == ord("\n"))
        high = points > 127
        totals = np.bincount(lines, weights=np.where(high, scores, 0.0))
        counts = np.bincount(lines, weights=high)
        if np.any((counts >= 3) & (totals < _limit(model) * counts)):
            return True
    return False


def _limit(model: str) -> float:
    """Return the log-probability of a character below which a line deserves a second look."""
    return -4.5 if model in ("cyrillic", "western") else -7.5


def _foreign(line: bytes, codec: str, model: str) -> tuple[str, str] | None:
    """Return the name and codec of the encoding that fits a line far better than that of the file, if there is one."""
    if codec != "utf-8" and _whole(line, "utf-8") is not None and len(_HIGH.findall(line)) >= 4:
        return ("utf-8", "utf-8")
    read = _whole(line, codec)
    scores = likelihood(read, model) if read is not None and model else np.full(1, -np.inf)
    own = float(scores.sum())
    if read is not None and own >= _limit(model) * sum(not character.isascii() for character in read):
        return None
    best = max(ENCODINGS, key=lambda e: _score(line, e))
    if best.codec == codec or _whole(line, best.codec) is None:
        return None
    margin = _score(line, best) - own
    if read is None:
        # The line is certainly not in the encoding of the file; which other one must still be plain.
        second = max(_score(line, e) for e in ENCODINGS if e is not best and _reading(line, e) != _reading(line, best))
        margin = _score(line, best) - second
        plain = margin > 3.0 and len(_HIGH.findall(line)) >= 3
        return (best.name, best.codec) if plain else None
    return (best.name, best.codec) if margin > _OTHER_LINE else None


def _reading(line: bytes, encoding: Encoding) -> str:
    return line.decode(encoding.codec, "replace")


def _line_findings(
    foreign: list[tuple[int, str, str]], broken: list[tuple[int, str]], encoding: str, name: str
) -> pl.DataFrame:
    mixed = pl.DataFrame(foreign, schema={"row": pl.Int64, "value": pl.String, "used": pl.String}, orient="row")
    lost = pl.DataFrame(broken, schema={"row": pl.Int64, "value": pl.String}, orient="row")
    own = pl.lit(encoding).alias("encoding")
    arguments = ("used", "encoding")
    return gather(
        [
            rows("encoding-mixed", mixed.with_columns(own), table=name, column="", arguments=arguments),
            rows("line-undecodable", lost.with_columns(own), table=name, column="", arguments=("encoding",)),
        ]
    )
