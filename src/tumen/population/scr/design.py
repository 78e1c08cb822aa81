"""Everything a likelihood needs that does not change while it is maximised: compiled sessions and design matrices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tumen.errors import MisuseError, Text
from tumen.population.scr.formula import Matrix, matrix, variables
from tumen.population.scr.graph import Graph, compiled
from tumen.population.scr.in_cells import Means, in_cells, points, refuse
from tumen.population.scr.kernel import CODES
from tumen.population.scr.least_cost import Graph as WayGraph
from tumen.population.scr.least_cost import graph as way_graph
from tumen.population.scr.least_cost import ways
from tumen.population.scr.model import THREE, Model
from tumen.population.scr.shared_shape import NO_BUNDLES, Bundles, shared
from tumen.population.scr.smooth import TERMS, smooth, trend
from tumen.population.scr.states import classes, columns, levels, patterns
from tumen.population.scr.survey import Covariate, Floats, Mask, Session

NOWHERE = 1e12
"""Metres to a cell that no way leads to."""


@dataclass(frozen=True, eq=False)
class Part:
    """One session under a model: its graph, its distances, and the rows of the design matrices that are its own.

    `lean`: the graph in which hazards that share a shape are `bundles`; the likelihood runs along it.
    `states`: which rows of the states' matrices. `density`: (M, columns) or None under a conditional likelihood. `way`:
    the graph of movement, where its cost is estimated; `distance` is then of no account. `places`: states of one class.
    `means`: where detectors stand somewhere in cells, how the rows of animals come from those of `lean`.
    """

    session: Session
    graph: Graph
    lean: Graph
    bundles: Bundles
    distance: Floats
    states: slice
    density: Floats | None
    way: "Way | None" = None
    places: int = 1
    means: Means | None = None


@dataclass(frozen=True, eq=False)
class Way:
    """How least-cost distances of a session come from the effect of a covariate on the cost of movement.

    `covariate`: (M,) over the whole mask. `picked`: which of its cells the part has; None: all. `last`: the distances
    of the last effect asked for, which cost far more than a likelihood: a Hessian asks for the same again and again.
    """

    session: Session
    graph: WayGraph
    covariate: Floats
    picked: NDArray[np.int64] | None = None
    last: dict[float, tuple[Floats, Floats]] = field(default_factory=dict)

    def distances(self, effect: float) -> tuple[Floats, Floats]:
        """Return (K, M) metres and their derivative by the effect; where no way leads, farther than anybody goes."""
        if effect not in self.last:
            found = ways(self.graph, self.covariate, effect)
            self.last.clear()
            self.last[effect] = (np.where(np.isfinite(found.distance), found.distance, NOWHERE), found.derivative[0])
        metres, slope = self.last[effect]
        if self.picked is not None:
            metres, slope = metres[:, self.picked], slope[:, self.picked]
        return np.ascontiguousarray(metres), np.ascontiguousarray(slope)


def thinned(part: Part, factor: int) -> Part:
    """Return a part with one cell for each block of factor x factor cells, which stands for the area of all of them.

    It serves to come near a maximum cheaply; estimates are always made on the whole mask.
    """
    mask = part.session.mask
    block = np.floor((mask.xy - mask.xy.min(axis=0)) / (factor * mask.spacing) + 1e-6).astype(np.int64)
    _, inverse = np.unique(block, axis=0, return_inverse=True)
    inverse = inverse.ravel()
    area: Floats = np.bincount(inverse, weights=mask.area).astype(np.float64)
    middle: Floats = np.stack([np.bincount(inverse, weights=mask.xy[:, axis]) for axis in (0, 1)], axis=1)
    middle = middle / np.bincount(inverse).astype(np.float64)[:, None]
    gap = ((mask.xy - middle[inverse]) ** 2).sum(axis=1)
    order = np.lexsort((gap, inverse))
    nearest = order[np.concatenate([[True], np.diff(inverse[order]) > 0])]
    cells = Mask(np.ascontiguousarray(mask.xy[nearest]), area, mask.spacing * factor)
    return replace(
        part,
        session=replace(part.session, mask=cells, distance=None),
        distance=np.ascontiguousarray(part.distance[:, nearest]),
        density=None if part.density is None else np.ascontiguousarray(part.density[nearest]),
        way=None if part.way is None else replace(part.way, picked=nearest),
    )


@dataclass(frozen=True, eq=False)
class Design:
    """Sessions under a model, compiled.

    `names`: of the parameters on the link scale; `blocks`: where each part of the model has its parameters; `labels`:
    the two classes, or ().
    """

    model: Model
    parts: tuple[Part, ...]
    names: tuple[str, ...]
    blocks: dict[str, slice]
    detect: Floats
    sigma: Floats
    z: Floats
    mixture: Floats
    labels: tuple[str, ...]
    levels: dict[str, tuple[str, ...]]

    @property
    def code(self) -> int:
        """Return the kernel's number of the detection function."""
        return CODES[self.model.detection]


def design(sessions: Sequence[Session], model: Model, agreed: Mapping[str, tuple[str, ...]] | None = None) -> Design:
    """Compile sessions under a model. Raises `MisuseError` for formulas and captures that do not fit the data.

    `agreed`: the values of categories, where these sessions alone may not show them all (a part of the parties); the
    two classes of a hybrid covariate among them.
    """
    _require(sessions)
    _one_sigma(sessions, model)
    if agreed is None:
        labels, known = classes(sessions, model), levels(sessions, model)
    else:
        labels = tuple(agreed[model.hybrid]) if model.hybrid is not None else classes(sessions, model)
        known = {**levels(sessions, replace(model, hybrid=None)), **agreed}
    found = [patterns(session, model) for session in sessions]
    columns_of = [columns(s, model, p, known) for s, p in zip(sessions, found, strict=True)]
    shared = [name for name in columns_of[0] if all(name in one for one in columns_of)]
    values: dict[str, Covariate] = {name: np.concatenate([one[name] for one in columns_of]) for name in shared}
    count = sum(one.count for one in found)
    own = {name: known[name] for name in known if name in values}
    parts = {model.first: matrix(model.detect, count, values, own), "sigma": matrix(model.sigma, count, values, own)}
    if model.detection in THREE:
        parts["z"] = matrix(model.z, count, values, own)
    if model.mixed:
        parts["pmix"] = _by_session(model.mixture, sessions, known)
    if model.movement is not None:
        parts["cost"] = Matrix(np.ones((1, 1)), (model.movement,))
    surfaces = _densities(sessions, model, known) if model.likelihood == "full" else None
    names, blocks = _named(({"D": surfaces[0]} if surfaces else {}) | parts)
    starts = np.concatenate([[0], np.cumsum([one.count for one in found])]).astype(int)
    own_states = [slice(int(start), int(end)) for start, end in pairwise(starts)]
    return Design(
        model=model,
        parts=tuple(
            _part(session, model, (labels, own_states[number], parts["sigma"].values), surfaces and surfaces[1][number])
            for number, session in enumerate(sessions)
        ),
        names=names,
        blocks=blocks,
        detect=parts[model.first].values,
        sigma=parts["sigma"].values,
        z=parts["z"].values if "z" in parts else np.zeros((count, 0)),
        mixture=parts["pmix"].values if "pmix" in parts else np.zeros((len(sessions), 0)),
        labels=labels,
        levels=known,
    )


def _require(sessions: Sequence[Session]) -> None:
    if not sessions:
        raise MisuseError("at least one session", "none", "Give the sessions of a survey.")
    for number, session in enumerate(sessions):
        if not len(session.mask):
            raise MisuseError(
                "a mask with at least one cell",
                Text("none in session {name}", name=session.name),
                "Check the buffer, and the habitat of the mask.",
            )
        if session.name in {other.name for other in sessions[:number]}:
            raise MisuseError(
                "sessions of different names",
                Text("{name} twice", name=session.name),
                "Name each session by when and where it was.",
            )


def _one_sigma(sessions: Sequence[Session], model: Model) -> None:
    """Refuse collars beside a sigma that varies in other ways than a collared animal has it."""
    collars = any(session.fixes is not None and len(session.fixes.animal) for session in sessions)
    shared = {"session", "h2", model.hybrid, *(name for session in sessions for name in session.values)}
    other = [name for name in variables(model.sigma) if name not in shared]
    if collars and other:
        raise MisuseError(
            "a sigma of sessions and classes only, beside collared animals",
            Text("sigma ~ {formula}", formula=model.sigma),
            "Leave the telemetry out, or the effect.",
        )


def _part(
    session: Session, model: Model, states: tuple[tuple[str, ...], slice, Floats], density: Floats | None
) -> Part:
    """Return a session compiled. `states`: the two classes, which states are its own, and all rows of sigma."""
    labels, own, sigma = states
    graph = compiled(session, model, labels)
    separable = model.detection in ("HN", "HHN", "EX", "HEX")
    means: Means | None = None
    if session.detectors.cell is not None:
        refuse(session, model)
        (lean, means), bundles = in_cells(graph, len(session.detectors.names)), NO_BUNDLES
    else:
        lean, bundles = shared(graph, sigma[own]) if separable else (graph, NO_BUNDLES)
    return Part(
        session=session,
        graph=graph,
        lean=lean,
        bundles=bundles,
        distance=distances(session),
        states=own,
        density=density,
        way=None if model.movement is None else _way(session, model.movement),
        means=means,
    )


def _way(session: Session, name: str) -> Way:
    if name not in session.mask.covariates or session.mask.covariates[name].dtype == object:
        raise MisuseError(
            Text("a number called {name} in every cell of the mask", name=name),
            Text("covariates {names}", names=", ".join(sorted(session.mask.covariates)) or "-"),
            "Sample the raster of habitat onto the mask.",
        )
    return Way(session, way_graph(session.detectors.xy, session.mask), session.mask.covariates[name].astype(float))


def distances(session: Session) -> Floats:
    """Return (K, M) metres from each detector to each cell: as given, else along straight lines.

    Where detectors stand somewhere in cells, those of the points of all cells come after them (`in_cells`).
    """
    if session.distance is not None:
        return np.ascontiguousarray(session.distance)
    xy, cell = session.detectors.xy, session.detectors.cell
    gap = (xy if cell is None else np.concatenate([xy, points(xy, cell)]))[:, None, :] - session.mask.xy[None, :, :]
    return np.sqrt(gap[..., 0] ** 2 + gap[..., 1] ** 2)


def _named(parts: dict[str, Matrix]) -> tuple[tuple[str, ...], dict[str, slice]]:
    names: list[str] = []
    blocks = {}
    for parameter, part in parts.items():
        blocks[parameter] = slice(len(names), len(names) + len(part.names))
        names += [f"{parameter}.{name}" if name else parameter for name in part.names]
    return tuple(names), blocks


def _by_session(formula: str, sessions: Sequence[Session], known: dict[str, tuple[str, ...]]) -> Matrix:
    values: dict[str, Covariate] = {"session": np.array([s.name for s in sessions], dtype=object)}
    for name in _shared_values(sessions):
        column = [session.values[name] for session in sessions]
        values[name] = np.array(column, dtype=object if isinstance(column[0], str) else float)
    return matrix(formula, len(sessions), values, {name: known[name] for name in known if name in values})


def _shared_values(sessions: Sequence[Session]) -> list[str]:
    return [name for name in sessions[0].values if all(name in session.values for session in sessions)]


def _densities(
    sessions: Sequence[Session], model: Model, known: dict[str, tuple[str, ...]]
) -> tuple[Matrix, list[Floats]]:
    """Return the density's design matrix over the cells of all sessions, and its part for each session."""
    lengths = [len(session.mask) for session in sessions]
    xy = np.concatenate([session.mask.xy for session in sessions])
    values: dict[str, Covariate] = {}
    if set(variables(model.density)) & set(TERMS):
        values = dict(zip(TERMS, trend(xy).columns(xy).T, strict=True))
    values["session"] = np.repeat(np.array([session.name for session in sessions], dtype=object), lengths)
    for name in sessions[0].mask.covariates:
        if all(name in session.mask.covariates for session in sessions):
            values[name] = np.concatenate([session.mask.covariates[name] for session in sessions])
    for name in _shared_values(sessions):
        column = [session.values[name] for session in sessions]
        values[name] = np.repeat(np.array(column, dtype=object if isinstance(column[0], str) else float), lengths)
    own = {name: known[name] for name in known if name in values}
    whole = matrix(model.density, len(xy), values, own, lambda knots: smooth(xy, knots).columns(xy))
    ends = np.cumsum(lengths)[:-1]
    return whole, [np.ascontiguousarray(part) for part in np.split(whole.values, ends)]
