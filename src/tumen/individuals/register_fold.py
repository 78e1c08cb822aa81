"""What do the register's events add up to?  One pass over them in the order of time.

Each pair of local names carries what was said of it: the latest judgement of each observer, the latest decision of an
adjudicator, and what the older table `links` says. After every event the pair is judged anew; pairs that stand as one
animal are the edges of a graph, in which a split finds the names that its members leave behind.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

START = datetime(1, 1, 1, tzinfo=UTC)
"""When a link without an instant counts as made: before all others."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What it takes for two names to stand as one animal.

    `observers`: how many different named observers must agree; `blind`: whether only those count who judged without
    knowing the others' judgements; `adjudicator`: whether somebody in that role must link or merge the pair, who is
    then not counted among its observers. Without an adjudicator, `observers` (at least one) that agree suffice while
    nobody disagrees, and a link or merge counts as an agreement.
    """

    observers: int = 2
    blind: bool = True
    adjudicator: bool = True


class Event(NamedTuple):
    """One event on known names; `one` and `other` are their numbers, `members` those that leave in a split.

    A row of `links` is an event of the kind `link-same`, `link-different` or `link-undecided`, without a `row`.
    """

    row: int
    kind: str
    one: int
    other: int
    members: tuple[int, ...]
    observer: str
    observer_party: str
    role: str
    blind: bool
    probability: float | None
    at: datetime


class Decision(NamedTuple):
    """A verdict, and the event that gave it."""

    verdict: str
    event: Event


@dataclass(slots=True)
class Pair:
    """What was said of two names, and where the pair stands.

    `verdict` is what the register's events say (None: nothing yet), `joined` whether the pair counts as one animal
    with the table `links` taken into account.
    """

    votes: dict[str, Event] = field(default_factory=dict)
    decided: Decision | None = None
    linked: tuple[str, datetime] | None = None
    undone: bool = False
    touched: bool = False
    cut: datetime = START
    probability: float | None = None
    state: str = "proposed"
    verdict: str | None = None
    since: datetime = START
    row: int = 0
    joined: bool = False

    def voices(self, agreeing: bool) -> list[Event]:
        """Return the latest judgements of those who agree, or of those who do not."""
        return [vote for vote in self.votes.values() if (vote.kind != "disagree") == agreeing]


class Fold:
    """The register after some of its events.

    `said` collects what is doubtful: (code, row, value or pair, arguments).
    """

    def __init__(self, rules: Rules) -> None:
        """Begin with an empty register."""
        self.rules = rules
        self.pairs: dict[tuple[int, int], Pair] = {}
        self.near: dict[int, set[int]] = {}
        self.said: list[tuple[str, int, int | tuple[int, int], dict[str, str]]] = []

    def all(self, events: Iterable[Event], undone: Iterable[Event]) -> "Fold":
        """Add events in the order of time; `undone` are those that were cancelled: they leave a mark and no effect."""
        for event in undone:
            if event.kind in ("link", "merge"):
                self._pair(event).undone = True
        for event in events:
            self.add(event)
        return self

    def add(self, event: Event) -> None:
        """Add one event, later than those before."""
        if event.kind == "split":
            self._split(event)
            return
        pair = self._pair(event)
        if event.kind.startswith("link-"):
            self._link(pair, event)
        else:
            pair.touched = True
            pair.probability = pair.probability if event.probability is None else event.probability
            if event.kind != "propose":
                self._judgement(pair, event)
        self._settle(pair, event)

    def component(self, name: int) -> set[int]:
        """Return the names that now count as one animal with `name`."""
        seen, ahead = {name}, [name]
        while ahead:
            fresh = self.near.get(ahead.pop(), set()) - seen
            seen |= fresh
            ahead.extend(fresh)
        return seen

    def _pair(self, event: Event) -> Pair:
        return self.pairs.setdefault(_key(event.one, event.other), Pair())

    def _link(self, pair: Pair, event: Event) -> None:
        """Take in a row of `links`: the latest holds, two at one instant that disagree decide nothing."""
        verdict = event.kind.removeprefix("link-")
        if pair.linked is not None and pair.linked[1] == event.at and pair.linked[0] != verdict:
            verdict = "undecided"
        pair.linked = (verdict, event.at)

    def _judgement(self, pair: Pair, event: Event) -> None:
        """Take in what one person or program says of a pair: a decision, or the judgement of an observer."""
        decides = event.kind in ("link", "merge")
        if self.rules.adjudicator and event.role == "adjudicator" and (decides or event.kind == "disagree"):
            self._decide(pair, "same" if decides else "different", event)
        elif self.rules.adjudicator and decides:
            self._say("register-needs-adjudicator", event, event.one, kind=event.kind)
        elif event.role == "program":
            self._say("register-program-vote", event, _key(event.one, event.other), observer=event.observer)
        else:
            if event.observer in pair.votes:
                self._say("register-voted-twice", event, _key(event.one, event.other), observer=event.observer)
            if self.rules.blind and not event.blind:
                self._say("register-not-blind", event, _key(event.one, event.other), observer=event.observer)
            pair.votes[event.observer] = event

    def _decide(self, pair: Pair, verdict: str, event: Event) -> None:
        before = pair.decided
        if before is not None and before.verdict != verdict and before.event.kind != "split":
            if before.event.observer != event.observer and event.kind != "split":
                self._say(
                    "register-adjudicators-disagree",
                    event,
                    _key(event.one, event.other),
                    earlier=before.verdict,
                    before=before.event.observer,
                    later=verdict,
                    after=event.observer,
                )
            if before.event.at == event.at:
                verdict = "undecided"
        pair.decided = Decision(verdict, event)

    def _split(self, event: Event) -> None:
        """Cut every pair between the members that leave and the names that stay."""
        if self.rules.adjudicator and event.role != "adjudicator":
            self._say("register-needs-adjudicator", event, event.one, kind=event.kind)
            return
        whole = self.component(event.one)
        for name in event.members:
            if name not in whole:
                self._say("register-split-not-member", event, name)
        leaving = whole.intersection(event.members)
        for name in sorted(leaving):
            for other in sorted(self.near.get(name, set()) - leaving):
                low, high = _key(name, other)
                pair = self.pairs[low, high]
                pair.touched = True
                pair.cut = event.at
                self._decide(pair, "different", event._replace(one=low, other=high))
                self._settle(pair, event._replace(one=low, other=high))

    def _settle(self, pair: Pair, event: Event) -> None:
        """Judge a pair anew, and join or part its names."""
        state, verdict = judged(pair, self.rules)
        decides = pair.decided is not None and pair.decided.event.row == event.row
        if (state, verdict) != (pair.state, pair.verdict) or decides or (pair.row == 0 and event.row):
            pair.since, pair.row = event.at, event.row
        pair.state, pair.verdict = state, verdict
        joined = _joined(pair)
        if joined != pair.joined:
            for name, other in ((event.one, event.other), (event.other, event.one)):
                neighbours = self.near.setdefault(name, set())
                (neighbours.add if joined else neighbours.discard)(other)
            pair.joined = joined

    def _say(self, code: str, event: Event, value: int | tuple[int, int], **arguments: str) -> None:
        self.said.append((code, event.row, value, arguments))


def judged(pair: Pair, rules: Rules) -> tuple[str, str | None]:
    """Return the state of a pair and the verdict of the register's events on it."""
    return _adjudicated(pair, rules) if rules.adjudicator else _agreed(pair, rules)


def _adjudicated(pair: Pair, rules: Rules) -> tuple[str, str | None]:
    if pair.decided is None:
        return ("undone" if pair.undone else _waiting(pair, rules)), None
    verdict, event = pair.decided
    if verdict == "undecided":
        return "disputed", verdict
    if verdict == "different":
        return ("split" if event.kind == "split" else "different"), verdict
    counted = [vote for vote in _counted(pair, True, rules) if vote.observer != event.observer]
    return ("standing", "same") if len(counted) >= rules.observers else ("awaitingSecondObserver", None)


def _agreed(pair: Pair, rules: Rules) -> tuple[str, str | None]:
    """Judge a pair where no adjudicator is asked for; after a split only what was said since counts."""
    needed = max(rules.observers, 1)
    for_it, against = _counted(pair, True, rules), _counted(pair, False, rules)
    if pair.cut > START:
        if not for_it:
            return "split", "different"
        if len(for_it) < needed:
            return "awaitingSecondObserver", "different"
    if pair.voices(True) and pair.voices(False):
        return "disputed", None
    if len(for_it) >= needed:
        return "standing", "same"
    if len(against) >= needed:
        return "different", "different"
    return ("undone" if pair.undone and not pair.votes else _waiting(pair, rules)), None


def _waiting(pair: Pair, rules: Rules) -> str:
    """Say what a pair without a decision waits for."""
    if not pair.votes:
        return "proposed"
    if pair.voices(True) and pair.voices(False):
        return "disputed"
    enough = max(len(_counted(pair, True, rules)), len(_counted(pair, False, rules))) >= rules.observers
    return "awaitingAdjudicator" if enough and rules.adjudicator else "awaitingSecondObserver"


def _counted(pair: Pair, agreeing: bool, rules: Rules) -> list[Event]:
    """Return the judgements that count towards an agreement."""
    voices = pair.voices(agreeing)
    since = START if rules.adjudicator else pair.cut
    return [vote for vote in voices if (vote.blind or not rules.blind) and vote.at > since]


def _joined(pair: Pair) -> bool:
    """Say whether a pair counts as one animal: the later of the register's verdict and that of `links`."""
    said: list[tuple[datetime, str]] = []
    if pair.verdict is not None:
        said.append((pair.since, pair.verdict))
    if pair.linked is not None:
        said.append((pair.linked[1], pair.linked[0]))
    latest = {verdict for at, verdict in said if at == max(at for at, _ in said)}
    return latest == {"same"}


def _key(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def notes_on(fold: Fold) -> Iterator[tuple[str, int, tuple[int, int], dict[str, str]]]:
    """Return what is doubtful in pairs as they stand at the end: (code, row, pair, arguments)."""
    for key, pair in fold.pairs.items():
        if pair.decided is not None and pair.decided.verdict == "same":
            decider = pair.decided.event
            if any(vote.observer == decider.observer for vote in pair.voices(True)):
                yield "register-adjudicator-observed", decider.row, key, {"observer": decider.observer}
        parties = [{vote.observer_party for vote in pair.voices(side)} - {""} for side in (True, False)]
        if parties[0] and parties[1] and parties[0] != parties[1]:
            same, different = (", ".join(sorted(names)) for names in parties)
            yield "register-parties-disagree", pair.row, key, {"same": same, "different": different}
