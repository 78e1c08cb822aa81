"""The page on which a person judges pairs of pictures and genotypes: one file that needs nothing else.

An observer's page is blind: it does not hold scores, probabilities, contradictions or others' verdicts at all, and its
pairs come in an order drawn from a seed, so that a place in the queue tells nothing. An adjudicator's page holds them
all. Places and times are in no page unless they are asked for.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from markupsafe import Markup

from tumen.report.findings_page import noticed
from tumen.report.page import with_faces
from tumen.report.review_source import Judged, Locus, Pair, Picture, ReviewSource, Subject
from tumen.report.review_words import AGAINST, FLANKS, KINDS, MATCHES, RELATIONS, SEXES, VERDICTS, VIEW_UNKNOWN, VIEWS
from tumen.report.templates import environment, read
from tumen.report.words.render import Words

FORMAT = "tumen-decisions"
VERSION = 1
"""What the file of decisions calls itself."""


@dataclass(frozen=True)
class ReviewPage:
    """The page, the digest by which its decisions are known, and its pairs in their order."""

    html: str
    digest: str
    pairs: tuple[Pair, ...]


def review_page(source: ReviewSource, words: Words) -> ReviewPage:
    """Return the page on which the pairs of `source` are judged, in the language of `words`.

    >>> pair = Pair(Subject("north", "individual", "T7"), Subject("south", "individual", "22"))
    >>> page = review_page(ReviewSource(study="Two", pairs=(pair,), observer="A"), Words("en"))
    >>> "probability" in page.html.split('id="data"')[1].split("</script>")[0], len(page.digest)
    (False, 64)
    """
    source = replace(source, pairs=_in_order(source))
    digest = _digest(source)
    data = _data(source, words, digest)
    script = read("review.js")
    title = words.text("Who is it? {study}", study=source.study)
    page = (
        environment()
        .get_template("review.html")
        .render(
            words=words,
            title=title,
            role=_role(source, words),
            # Both are our own files, and the data are JSON without any letter that could end the element they stand in.
            script=Markup(script),  # noqa: S704
            style=Markup(read("review.css")),  # noqa: S704
            data=Markup(_safe(data)),  # noqa: S704
            script_digest=_source_digest(script),
        )
    )
    page = with_faces(noticed(page, words), frozenset(), words.language)
    style = page.split("<style>", 1)[1].split("</style>", 1)[0]
    return ReviewPage(page.replace("%style%", _source_digest(style), 1), digest, source.pairs)


def _in_order(source: ReviewSource) -> tuple[Pair, ...]:
    """Return the pairs as they will be seen; a blind page is shuffled, whatever order the pairs came in."""
    if not source.blind:
        return source.pairs
    known = sorted(source.pairs, key=lambda pair: pair.names)
    order = np.random.default_rng(source.seed).permutation(len(known))
    return tuple(known[number] for number in order)


def _digest(source: ReviewSource) -> str:
    """Return what the page is known by: the study, whose it is, and every pair with its pictures."""
    parts: list[object] = [source.study, source.observer, source.role, source.blind, source.places, source.seed]
    for pair in source.pairs:
        pictures = [hashlib.sha256(each.jpeg).hexdigest() for view in pair.views for each in (view.one, view.other)]
        parts += [*pair.names, pictures, [[each.locus, each.alleles, each.others] for each in pair.loci]]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _source_digest(text: str) -> str:
    """Return what a browser holds against a script or style before it uses it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _safe(data: object) -> str:
    """Return JSON that ends no element and begins no comment, whatever names stand in it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _role(source: ReviewSource, words: Words) -> str:
    if source.role == "adjudicator":
        role = words.text("Adjudicator: scores and the observers' verdicts are shown")
    elif source.blind:
        role = words.text("Observer: blind, in an order that says nothing")
    else:
        role = words.text("Observer: not blind")
    if not source.left_out:
        return role
    left = words.plural(
        "{count} pair judged before is left out", "{count} pairs judged before are left out", source.left_out
    )
    return f"{role} · {left}"


class _Pictures:
    """The pictures of a page, each carried once."""

    def __init__(self, words: Words) -> None:
        self.list: list[dict[str, object]] = []
        self._number: dict[tuple[str, str | None], int] = {}
        self._words = words

    def number(self, picture: Picture) -> int:
        key = (hashlib.sha256(picture.jpeg).hexdigest(), picture.flank)
        if key not in self._number:
            self._number[key] = len(self.list)
            self.list.append(
                {
                    "uri": "data:image/jpeg;base64," + base64.b64encode(picture.jpeg).decode(),
                    "width": picture.width,
                    "height": picture.height,
                    "label": _view(picture.flank, self._words),
                }
            )
        return self._number[key]


def _view(flank: str | None, words: Words) -> str:
    return words.text(VIEWS.get(flank or "", VIEW_UNKNOWN))


def _data(source: ReviewSource, words: Words, digest: str) -> dict[str, object]:
    pictures = _Pictures(words)
    pairs = [_pair(pair, source, words, pictures) for pair in source.pairs]
    return {
        "format": FORMAT,
        "version": VERSION,
        "study": source.study,
        "page": digest,
        "observer": source.observer,
        "role": source.role,
        "blind": source.blind,
        # How many points matched is a score in disguise: a blind observer asks for them.
        "points": 0 if source.blind else 2,
        "pictures": pictures.list,
        "pairs": pairs,
    }


def _pair(pair: Pair, source: ReviewSource, words: Words, pictures: _Pictures) -> dict[str, object]:
    judged = None if source.blind or pair.judged is None else pair.judged
    shown: dict[str, object] = {
        "one": _subject(pair.one, pair, words, pictures),
        "other": _subject(pair.other, pair, words, pictures),
        "views": [
            {
                "label": _view(view.flank, words),
                "flank": view.flank,
                "one": pictures.number(view.one),
                "other": pictures.number(view.other),
                "points": [[round(number, 1) for number in point] for point in view.points],
            }
            for view in pair.views
        ],
        "genes": _genes(pair, words) if pair.loci else None,
        "lines": [*(_against(judged, words) if judged else []), *(_where(pair, words) if source.places else [])],
        "judged": None,
    }
    if judged is not None:
        shown["judged"] = {**_judged(judged, words), "curve": source.curves.get(pair.scientific_name, ())}
    return shown


def _subject(subject: Subject, pair: Pair, words: Words, pictures: _Pictures) -> dict[str, object]:
    facts = []
    if pair.scientific_name:
        facts.append(" · ".join(words.species(name).plain for name in pair.scientific_name.split("|")))
    if subject.sex is not None and subject.sex in SEXES:
        facts.append(words.text(SEXES[subject.sex]))
    if subject.known_flanks is not None and subject.known_flanks in FLANKS:
        facts.append(words.text("flanks known: {flanks}", flanks=words.text(FLANKS[subject.known_flanks])))
    return {
        "party": subject.party,
        "kind": subject.kind,
        "id": subject.name,
        "kindLabel": words.text(KINDS[subject.kind]) if subject.kind in KINDS else subject.kind,
        "facts": facts,
        "more": [pictures.number(picture) for picture in subject.more],
    }


def match_of(locus: Locus) -> str:
    """Say how two genotypes agree at one locus: same, half, different, missing.

    >>> match_of(Locus("FCA126", ("136", "142"), ("142", "136"))), match_of(Locus("FCA052", ("1", "1"), ("1", "2")))
    ('same', 'half')
    >>> match_of(Locus("FCA090", ("1", "2"), ("3", "3"))), match_of(Locus("FCA1", (None, None), ("3", "3")))
    ('different', 'missing')
    """
    one = sorted(allele for allele in locus.alleles if allele is not None)
    other = sorted(allele for allele in locus.others if allele is not None)
    if len(one) < 2 or len(other) < 2:
        return "missing"
    if one == other:
        return "same"
    return "half" if set(one) & set(other) else "different"


def _genes(pair: Pair, words: Words) -> dict[str, object]:
    rows, counts = [], dict.fromkeys(MATCHES, 0)
    for locus in pair.loci:
        match = match_of(locus)
        counts[match] += 1
        rows.append([locus.locus, _alleles(locus.alleles), _alleles(locus.others), match, words.text(MATCHES[match])])
    said = [f"{words.text(MATCHES[match])}: {words.number(count)}" for match, count in counts.items() if count]
    if pair.laboratories:
        said.append(words.text("as read by {laboratories}", laboratories=pair.laboratories))
    one, other = (f"{each.party} {each.name}" for each in (pair.one, pair.other))
    return {"one": one, "other": other, "rows": rows, "note": " · ".join(said)}


def _alleles(alleles: Sequence[str | None]) -> str:
    return " / ".join("–" if allele is None else allele for allele in alleles)


def _against(judged: Judged, words: Words) -> list[str]:
    return [words.text(AGAINST[code]) for code in judged.contradictions if code in AGAINST]


def _where(pair: Pair, words: Words) -> list[str]:
    where = pair.where
    if where is None:
        return []
    said = []
    if where.km is not None:
        said.append(words.text("nearest {km} km apart", km=words.number(where.km, 1)))
    if where.days is not None:
        said.append(words.text("nearest {days} days apart", days=words.number(where.days, 1)))
    if where.speed is not None:
        said.append(words.text("needs {speed} km/h", speed=words.number(where.speed, 1)))
    return said


def _judged(judged: Judged, words: Words) -> dict[str, object]:
    scores = [
        (words.text("Probability that it is one animal"), _share(judged.probability, words)),
        (words.text("by photographs"), _share(judged.photo, words)),
        (words.text("best rank among the candidates"), words.number(judged.rank)),
        (words.text("by genotypes"), _share(judged.genotype, words)),
    ]
    if judged.relation is not None and judged.relation in RELATIONS:
        scores.append((words.text("genotypes say"), words.text(RELATIONS[judged.relation])))
    verdicts = [
        [
            each.observer,
            words.text(VERDICTS[each.verdict]) if each.verdict in VERDICTS else each.verdict,
            words.text(VERDICTS[each.certainty]) if each.certainty is not None and each.certainty in VERDICTS else "",
            each.decided,
            each.evidence,
        ]
        for each in judged.verdicts
    ]
    return {
        "scores": scores,
        "against": _against(judged, words),
        "verdicts": verdicts,
        "mark": judged.photo,
    }


def _share(value: float | None, words: Words) -> str:
    return "–" if value is None else words.percent(value)
