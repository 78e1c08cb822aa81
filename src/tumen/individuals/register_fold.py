"""What do the register's events add up to?  One pass over them in the order of time.

Each pair of local names carries what was said of it: the latest judgement of each observer, the latest decision of an
adjudicator, and what the older table `links` says. After every event the pair is judged anew; pairs that stand as one
animal are the edges of a graph, in which a split finds the names that its members leave behind.

Two things end the life of a judgement. A split, or the decision that a pair is two animals, closes the round: only
judgements after it count for a later link. And a link rests on the judgements before it: those that come after were
made when it could be known what was decided, so they count only once an adjudicator links again.
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
    then not counted among its observers and must come after their judgements. Without an adjudicator, `observers` (at
    least one) that agree suffice while nobody disagrees, and a link or merge counts as an agreement.
    """

    observers: int = 2
    blind: bool = True
    adjudicator: bool = True


class Event(NamedTuple):
    """One event on known names; `one` and `other` are their numbers, `members` those that leave in a split.

    `person` is what the observer's name is compared by, `recorded` when the event was written into the register. A row
    of `links` is an event of the kind `link-same`, `link-different` or `link-undecided`, without a `row`.
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
    person: str = ""
    recorded: datetime = START


def order(event: Event) -> tuple[datetime, bool, datetime, int]:
    """Return the place of an event in time: when it was decided, then when it was recorded, then its row.

    >>> order(Event(7, "agree", 0, 1, (), "A", "", "observer", True, None, START))[3]
    7
    """
    return event.at, event.row == 0, event.recorded, event.row


class Decision(NamedTuple):
    """A verdict, and the event that gave it."""

    verdict: str
    event: Event


@dataclass(slots=True)
class Pair:
    """What was said of two names, and where the pair stands.

    `votes` are the latest judgements by person, `current` the persons who gave theirs in this round, `support` those
    whose agreement the latest link rests on. `parted`: the pair was judged two animals and has not stood since.
    `verdict` is what the register's events say (None: nothing yet), in force since `said`; `joined` tells whether the
    pair counts as one animal with the table `links` taken into account.
    """

    votes: dict[str, Event] = field(default_factory=dict)
    current: set[str] = field(default_factory=set)
    support: set[str] = field(default_factory=set)
    decided: Decision | None = None
    linked: tuple[str, datetime] | None = None
    undone: bool = False
    touched: bool = False
    parted: bool = False
    probability: float | None = None
    state: str = "proposed"
    verdict: str | None = None
    said: datetime = START
    since: datetime = START
    row: int = 0
    joined: bool = False

    def voices(self, agreeing: bool) -> list[Event]:
        """Return the latest judgements of those who agree, or of those who do not."""
        return [vote for vote in self.votes.values() if (vote.kind != "disagree") == agreeing]

    def fresh(self, agreeing: bool) -> list[Event]:
        """Return those of this round: since the pair was last decided to be two animals."""
        if not self.current:
            return []
        return [
            vote
            for vote in self.votes.values()
            if (vote.kind != "disagree") == agreeing and vote.person in self.current
        ]

    def close(self) -> None:
        """End the round: what was judged until now no longer counts."""
        self.current.clear()
        self.support.clear()


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
            self._vote(pair, event)

    def _vote(self, pair: Pair, event: Event) -> None:
        """Take in the judgement of an observer."""
        key, agrees = _key(event.one, event.other), event.kind != "disagree"
        if event.person in pair.current:
            self._say("register-voted-twice", event, key, observer=event.observer)
        if self.rules.blind and not event.blind:
            self._say("register-not-blind", event, key, observer=event.observer)
        linked = pair.decided is not None and pair.decided.verdict == "same" and pair.state != "standing"
        if linked and agrees and event.person not in pair.support:
            self._say("register-voted-after-link", event, key, observer=event.observer)
        pair.votes[event.person] = event
        pair.current.add(event.person)
        if not agrees:
            pair.support.discard(event.person)

    def _decide(self, pair: Pair, verdict: str, event: Event) -> None:
        before = pair.decided
        if verdict == "different":
            pair.close()
            pair.parted = True
        if before is not None and before.verdict != verdict and before.event.kind != "split":
            others = before.event.person != event.person
            if others and event.kind != "split":
                self._say(
                    "register-adjudicators-disagree",
                    event,
                    _key(event.one, event.other),
                    earlier=before.verdict,
                    before=before.event.observer,
                    later=verdict,
                    after=event.observer,
                )
            # One person's later row is a change of mind; of two persons at one instant nobody came first.
            if others and (before.event.at, before.event.recorded) == (event.at, event.recorded):
                verdict = "undecided"
        pair.decided = Decision(verdict, event)
        counted = [vote for vote in _counted(pair, True, self.rules) if vote.person != event.person]
        # A judgement that is said to be older, and was recorded after the link, was not there to rest on.
        pair.support = {vote.person for vote in counted if vote.recorded <= event.recorded}
        if verdict == "same":
            for vote in counted:
                if vote.person not in pair.support:
                    key = _key(event.one, event.other)
                    self._say("register-voted-after-link", vote, key, observer=vote.observer)

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
        staying = sorted(whole - leaving)
        for name in sorted(leaving):
            for other in staying:
                low, high = _key(name, other)
                pair = self.pairs.get((low, high))
                if pair is None or not (pair.joined or pair.touched):
                    continue
                its = event._replace(one=low, other=high)
                if pair.joined:
                    pair.touched = True
                    self._decide(pair, "different", its)
                else:
                    pair.close()
                self._settle(pair, its)

    def _settle(self, pair: Pair, event: Event) -> None:
        """Judge a pair anew, and join or part its names."""
        state, verdict = judged(pair, self.rules)
        decides = pair.decided is not None and pair.decided.event.row == event.row
        if (state, verdict) != (pair.state, pair.verdict) or decides or (pair.row == 0 and event.row):
            pair.since, pair.row = event.at, event.row
        if verdict != pair.verdict or (decides and pair.decided is not None and pair.decided.verdict == verdict):
            pair.said = event.at
        if state == "standing":
            pair.parted = False
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
    if len(pair.support) >= rules.observers:
        return "standing", "same"
    # Two animals stay two while a new link waits for judgements.
    held = "different" if pair.parted else None
    ready = {vote.person for vote in _counted(pair, True, rules)} - {event.person}
    return ("awaitingAdjudicator" if len(ready) >= rules.observers else "awaitingSecondObserver"), held


def _agreed(pair: Pair, rules: Rules) -> tuple[str, str | None]:
    """Judge a pair where no adjudicator is asked for; after a split only what was said since counts."""
    needed = max(rules.observers, 1)
    for_it, against = _counted(pair, True, rules), _counted(pair, False, rules)
    if pair.parted:
        if not for_it:
            return "split", "different"
        if len(for_it) < needed:
            return "awaitingSecondObserver", "different"
    if pair.fresh(True) and pair.fresh(False):
        return "disputed", None
    if len(for_it) >= needed:
        return "standing", "same"
    if len(against) >= needed:
        return "different", "different"
    return ("undone" if pair.undone and not pair.votes else _waiting(pair, rules)), None


def _waiting(pair: Pair, rules: Rules) -> str:
    """Say what a pair without a decision waits for."""
    if not pair.current:
        return "proposed"
    if pair.fresh(True) and pair.fresh(False):
        return "disputed"
    enough = max(len(_counted(pair, True, rules)), len(_counted(pair, False, rules))) >= rules.observers
    return "awaitingAdjudicator" if enough and rules.adjudicator else "awaitingSecondObserver"


def _counted(pair: Pair, agreeing: bool, rules: Rules) -> list[Event]:
    """Return the judgements that count towards an agreement."""
    return [vote for vote in pair.fresh(agreeing) if vote.blind or not rules.blind]


def _joined(pair: Pair) -> bool:
    """Say whether a pair counts as one animal: the later of the register's verdict and that of `links`."""
    said: list[tuple[datetime, str]] = []
    if pair.verdict is not None:
        said.append((pair.said, pair.verdict))
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
            if any(vote.person == decider.person for vote in pair.voices(True)):
                yield "register-adjudicator-observed", decider.row, key, {"observer": decider.observer}
        parties = [{vote.observer_party for vote in pair.voices(side)} - {""} for side in (True, False)]
        if parties[0] and parties[1] and parties[0] != parties[1]:
            same, different = (", ".join(sorted(names)) for names in parties)
            yield "register-parties-disagree", pair.row, key, {"same": same, "different": different}
