"""What do survival, recruitment and detection depend on?  The model of an open population and its parameters.

Parameters are estimated on the link scale, in the order of `Design.names`:

- `D` (ln; animals per km2): density in the first session (`entry="recruitment"`), or of all animals that ever lived in
  the region from the first session on (`entry="superpopulation"`);
- `phi` (logit; per year): survival. It is apparent survival: leaving the mask for good counts as death;
- `f` (ln; per animal and year): recruits a year later per animal alive, so that numbers grow by phi + f a year; or
  `b` (ln): weight of entering in one year after the first session against entering before it, the entry probabilities
  of Schwarz and Arnason being weights over their sum;
- `lambda0` or `g0` (ln, logit), `sigma` (ln; metres), `move` (ln; metres: standard deviation of a centre's step from
  one session to the next along each axis), `pmix` (logit): share of males among animals that enter.

Every interval counts with its length: survival over D years is phi^D, growth (phi + f)^D; `move` is per root of a year.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from tumen.errors import MisuseError, Text, nearest
from tumen.population.scr.survey import Floats
from tumen.population.survival.open_data import SEXES, OpenData
from tumen.population.survival.open_emission import FORMS, HAZARD


@dataclass(frozen=True)
class OpenModel:
    """A model of an open population.

    `survival`, `recruitment`, `detect` (lambda0 or g0) and `sigma` are sums of "1", "session", "sex" or the name of a
    numeric value of the sessions, such as "session + sex"; `recruitment` knows no sex. For survival and recruitment the
    session is the one at which an interval begins; numeric values count from their mean over the sessions.
    `detection`: HN, HHN, EX or HEX. `entry`: "recruitment" (per animal alive), "superpopulation" (POPAN) or "captured"
    (Cormack-Jolly-Seber: given each animal's first session, no numbers). `movement`: "static" or "normal". `surface`:
    covariate of the mask to which density is proportional.
    """

    survival: str = "1"
    recruitment: str = "1"
    detect: str = "1"
    sigma: str = "1"
    detection: Literal["HN", "HHN", "EX", "HEX"] = "HHN"
    entry: Literal["recruitment", "superpopulation", "captured"] = "recruitment"
    movement: Literal["static", "normal"] = "static"
    surface: str | None = None


class Rates(NamedTuple):
    """A model's rates for T sessions and C classes (1, or female and male), and their derivatives by P parameters.

    `survive`: (C, T - 1) over the interval. `enter`: (C, T) animals, or their share (captured). `base`, `sigma`:
    (T, C). `move`: metres of each interval, (T - 1,). `survive_slope`, `enter_slope`: with a last axis of P.
    """

    survive: Floats
    enter: Floats
    base: Floats
    sigma: Floats
    move: Floats
    survive_slope: Floats
    enter_slope: Floats


@dataclass(frozen=True, eq=False)
class Design:
    """A model for data: names of the P parameters and the linear models behind them.

    `phi`: (T - 1, C, p), `rec`: (T - 1, p), `base` and `sigma`: (T, C, p); `place` says where each block begins.
    """

    model: OpenModel
    data: OpenData
    names: tuple[str, ...]
    classes: int
    phi: Floats
    rec: Floats
    base: Floats
    sigma: Floats
    place: dict[str, slice]

    @property
    def form(self) -> int:
        """Return the number of the detection function."""
        return FORMS.index(self.model.detection)

    def start_surface(self) -> Floats:
        """Return (M,) where animals enter; sums to 1."""
        mask = self.data.mask
        weight = mask.area.astype(np.float64)
        if self.model.surface is not None:
            weight = weight * mask.covariates[self.model.surface].astype(np.float64)
        whole: Floats = weight / weight.sum()
        return whole


def design(data: OpenData, model: OpenModel) -> Design:
    """Lay out a model's parameters for data.

    Raises `MisuseError` for an unknown word in a linear model, a surface that is not there or not above 0.

    >>> from tumen.population.survival.open_data import gather
    >>> from tumen.population.survival.open_simulate import example
    >>> design(gather(example()), OpenModel(survival="sex")).names
    ('D', 'phi', 'phi.sexM', 'f', 'lambda0', 'sigma', 'pmix')
    """
    _choices(model)
    _surface(data, model)
    formulas = (model.survival, model.recruitment, model.detect, model.sigma)
    terms = [_terms(formula, data, sex=place != 1) for place, formula in enumerate(formulas)]
    classes = 2 if any("sex" in words for words in terms) else 1
    count = len(data.sessions)
    blocks: list[tuple[str, Floats, list[str]]] = []
    recruits = {"recruitment": "f", "superpopulation": "b", "captured": ""}[model.entry]
    base = "lambda0" if HAZARD[FORMS.index(model.detection)] else "g0"
    for name, words, length in (
        ("phi", terms[0], count - 1),
        (recruits or "f", terms[1], count - 1),
        (base, terms[2], count),
        ("sigma", terms[3], count),
    ):
        matrix, labels = _matrix(name, words, data, (length, classes))
        blocks.append((name, matrix, labels))
    names: list[str] = []
    place: dict[str, slice] = {}

    def add(key: str, labels: list[str]) -> None:
        place[key] = slice(len(names), len(names) + len(labels))
        names.extend(labels)

    add("D", [] if model.entry == "captured" else ["D"])
    add("phi", blocks[0][2] if count > 1 else [])
    add("rec", blocks[1][2] if recruits and count > 1 else [])
    add("base", blocks[2][2])
    add("sigma", blocks[3][2])
    add("move", ["move"] if model.movement == "normal" and count > 1 else [])
    add("pmix", ["pmix"] if classes == 2 else [])
    # One session has no interval, and nothing of survival in it.
    matrices = [block[1] if len(block[1]) else block[1][..., :0] for block in blocks]
    return Design(model, data, tuple(names), classes, matrices[0], matrices[1][:, 0], matrices[2], matrices[3], place)


def _choices(model: OpenModel) -> None:
    for name, known in (
        ("detection", FORMS),
        ("entry", ("recruitment", "superpopulation", "captured")),
        ("movement", ("static", "normal")),
    ):
        value = getattr(model, name)
        if value not in known:
            raise MisuseError(
                Text("{name}: one of {known}", name=name, known=", ".join(known)), str(value), nearest(value, known)
            )


def _surface(data: OpenData, model: OpenModel) -> None:
    if model.surface is None:
        return
    values = data.mask.covariates.get(model.surface)
    numeric = values is not None and values.dtype.kind == "f"
    if values is None or not numeric or not np.all(np.isfinite(values)) or np.any(values < 0) or not np.any(values > 0):
        raise MisuseError(
            Text("{name}: a number of 0 or more for each cell of the mask, not all 0", name=model.surface),
            "none" if values is None else "texts, missing or negative values",
            nearest(model.surface, list(data.mask.covariates)),
        )


def _terms(formula: str, data: OpenData, *, sex: bool) -> list[str]:
    """Return the words of a linear model other than 1."""
    known = ["1", "session", *(["sex"] if sex else []), *data.values]
    words = [word.strip() for word in formula.split("+")]
    for word in words:
        if word not in known:
            raise MisuseError(Text("a linear model of {known}", known=", ".join(known)), word, nearest(word, known))
    return list(dict.fromkeys(word for word in words if word != "1"))


def _matrix(name: str, words: list[str], data: OpenData, shape: tuple[int, int]) -> tuple[Floats, list[str]]:
    """Return the (sessions or intervals, classes, parameters) matrix of a linear model and the parameters' names."""
    columns, labels = [np.ones(shape)], [name]
    for word in words:
        if word == "session":
            for t in range(1, shape[0]):
                columns.append(np.repeat((np.arange(shape[0]) == t)[:, None], shape[1], axis=1).astype(np.float64))
                labels.append(f"{name}.session{data.sessions[t]}")
        elif word == "sex":
            columns.append(np.tile(np.arange(shape[1], dtype=np.float64), (shape[0], 1)))
            labels.append(f"{name}.sex{SEXES[1]}")
        else:
            # Less its mean: the intercept stands for the mean year, and a year such as 2013 does no harm.
            values = data.values[word] - data.values[word].mean()
            columns.append(np.repeat(values[: shape[0], None], shape[1], axis=1))
            labels.append(f"{name}.{word}")
    return np.stack(columns, axis=-1), labels


def rates(design: Design, beta: Floats) -> Rates:
    """Return the rates at parameters `beta` (P,) on the link scale."""
    place, gaps, size = design.place, design.data.intervals, len(beta)
    phi = 1 / (1 + np.exp(-(design.phi @ beta[place["phi"]]))).T
    phi_slope = np.zeros((*phi.shape, size))
    phi_slope[:, :, place["phi"]] = (phi * (1 - phi))[:, :, None] * design.phi.transpose(1, 0, 2)
    survive = phi**gaps
    survive_slope = (gaps * phi ** (gaps - 1))[:, :, None] * phi_slope
    share, share_slope = _shares(design, beta)
    if design.model.entry == "captured":
        enter = np.repeat(share[:, None], len(gaps) + 1, axis=1)
        enter_slope = np.repeat(share_slope[:, None, :], len(gaps) + 1, axis=1)
    else:
        total = np.exp(beta[0]) * design.data.mask.area.sum()
        if design.model.entry == "recruitment":
            step = (phi, phi_slope, survive, survive_slope)
            enter, enter_slope = _recruits(design, beta, step, (share, share_slope))
        else:
            enter, enter_slope = _entries(design, beta, (share, share_slope))
        enter, enter_slope = total * enter, total * enter_slope
        enter_slope[:, :, 0] += enter
    eta = design.base @ beta[place["base"]]
    base = np.exp(eta) if HAZARD[design.form] else 1 / (1 + np.exp(-eta))
    move = np.exp(beta[place["move"]]) * np.sqrt(gaps) if _moves(design) else np.zeros(len(gaps))
    sigma = np.exp(design.sigma @ beta[place["sigma"]])
    return Rates(survive, enter, base, sigma, move, survive_slope, enter_slope)


def _moves(design: Design) -> bool:
    block = design.place["move"]
    return bool(block.stop > block.start)


def _shares(design: Design, beta: Floats) -> tuple[Floats, Floats]:
    """Return (C,) share of each class among animals that enter, and (C, P) derivatives."""
    slope = np.zeros((design.classes, len(beta)))
    if design.classes == 1:
        return np.ones(1), slope
    male = 1 / (1 + np.exp(-beta[-1]))
    slope[:, -1] = np.array([-1, 1]) * male * (1 - male)
    return np.array([1 - male, male]), slope


def _recruits(
    design: Design, beta: Floats, step: tuple[Floats, Floats, Floats, Floats], shares: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Return animals that enter per animal of the first session, (C, T), and derivatives.

    Over an interval of g years a class that numbers N brings N ((phi + f)^g - phi^g) recruits, whose sexes are shared
    out as those of the first session; so all f of a year are those alive a year later, whatever the sexes' survival.
    """
    phi, phi_slope, survive, survive_slope = step
    share, share_slope = shares
    gaps = design.data.intervals
    f = np.exp(design.rec @ beta[design.place["rec"]])
    f_slope = np.zeros((len(gaps), len(beta)))
    f_slope[:, design.place["rec"]] = f[:, None] * design.rec
    enter, enter_slope = np.zeros((len(share), len(gaps) + 1)), np.zeros((len(share), len(gaps) + 1, len(beta)))
    enter[:, 0], enter_slope[:, 0] = share, share_slope
    alive, alive_slope = share.copy(), share_slope.copy()
    for t, gap in enumerate(gaps):
        grow = phi[:, t] + f[t]
        gain = grow**gap - survive[:, t]
        gain_slope = (gap * grow ** (gap - 1))[:, None] * (phi_slope[:, t] + f_slope[t]) - survive_slope[:, t]
        born = alive @ gain
        born_slope = alive_slope.T @ gain + gain_slope.T @ alive
        enter[:, t + 1] = share * born
        enter_slope[:, t + 1] = share_slope * born + np.outer(share, born_slope)
        alive_slope = alive_slope * survive[:, t, None] + alive[:, None] * survive_slope[:, t] + enter_slope[:, t + 1]
        alive = alive * survive[:, t] + enter[:, t + 1]
    return enter, enter_slope


def _entries(design: Design, beta: Floats, shares: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Return the probability to enter by session, per animal that ever lived, (C, T), and derivatives."""
    share, share_slope = shares
    gaps = design.data.intervals
    weight = np.concatenate([[1.0], gaps * np.exp(design.rec @ beta[design.place["rec"]])])
    weight_slope = np.zeros((len(weight), len(beta)))
    weight_slope[1:, design.place["rec"]] = weight[1:, None] * design.rec
    chance = weight / weight.sum()
    chance_slope = (weight_slope - np.outer(chance, weight_slope.sum(axis=0))) / weight.sum()
    enter = np.outer(share, chance)
    return enter, share_slope[:, None, :] * chance[:, None] + share[:, None, None] * chance_slope
