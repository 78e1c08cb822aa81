"""Which model: the detection function, and what each parameter depends on."""

from dataclasses import dataclass
from typing import Any, Literal

from tumen.errors import MisuseError, Text, nearest
from tumen.population.scr.kernel import CODES

HAZARD = ("HHN", "HEX", "HHR")
"""Forms in which the hazard itself has the shape; their first parameter is lambda0, that of the others is g0."""
THREE = ("HR", "HHR")
"""Forms with a third parameter, z."""


@dataclass(frozen=True)
class Model:
    """A spatial capture-recapture model.

    `detection`: half-normal HN, exponential EX, hazard rate HR, uniform UN (probability g0 at distance 0), or HHN, HEX,
    HHR (the hazard has that shape; lambda0 at distance 0). The radius of the uniform form is chosen from a range: its
    likelihood is a staircase, so it has no standard error. `density`, `detect` (g0 or lambda0), `sigma`, `z`, `mixture`
    (share of the second class): linear models on the link scale, such as "1", "sex + session", "b", "bk", "t", "T",
    "h2", "x + y", "s(x, y, 6)". Links: log for density, lambda0, sigma and z, logit for g0 and the share.

    `classes`: 2 for a finite mixture of unknown classes, named h2 in formulas. `hybrid`: a covariate of animals with
    two values (sex) whose classes are known for some animals and unknown for others. `likelihood`: "full", or
    "conditional" on the animals that were seen (then `density` is not estimated, and covariates of animals may be
    used). `number`: "poisson", or "binomial" for a fixed number in the mask. `movement`: a covariate of the mask whose
    effect on the cost of movement is estimated (least-cost distance); None: straight lines.

    >>> Model(detect="b").first
    'g0'
    """

    detection: str = "HN"
    density: str = "1"
    detect: str = "1"
    sigma: str = "1"
    z: str = "1"
    mixture: str = "1"
    classes: int = 1
    hybrid: str | None = None
    likelihood: Literal["full", "conditional"] = "full"
    number: Literal["poisson", "binomial"] = "poisson"
    movement: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is not a model."""
        if self.detection not in CODES:
            raise MisuseError(
                Text("a detection function: {names}", names=", ".join(CODES)),
                f"'{self.detection}'",
                nearest(self.detection, tuple(CODES)),
            )
        if self.classes not in (1, 2):
            raise MisuseError("1 class, or 2 for a mixture", str(self.classes), "Give 2.")
        if self.likelihood not in ("full", "conditional") or self.number not in ("poisson", "binomial"):
            raise MisuseError(
                "likelihood 'full' or 'conditional', number 'poisson' or 'binomial'",
                Text("'{likelihood}' and '{number}'", likelihood=self.likelihood, number=self.number),
                "Choose one of each.",
            )
        self._refuse_what_has_no_part()

    def _refuse_what_has_no_part(self) -> None:
        """Refuse a formula of a parameter that the model does not have, rather than pass it over."""
        conditional = self.likelihood == "conditional"
        for wrong, found in (
            (conditional and self.density.strip() != "1", Text("conditional, D ~ {formula}", formula=self.density)),
            (conditional and self.number == "binomial", Text("conditional, binomial N")),
            (
                self.detection not in THREE and self.z.strip() != "1",
                Text("{form}, z ~ {z}", form=self.detection, z=self.z),
            ),
            (not self.mixed and self.mixture.strip() != "1", Text("no classes, pmix ~ {mix}", mix=self.mixture)),
            (self.classes == 2 and self.hybrid is not None, Text("two classes, classes by {name}", name=self.hybrid)),
        ):
            if wrong:
                raise MisuseError(
                    "formulas of parameters that the model has, and one kind of classes",
                    found,
                    "Leave out what the model has no part for.",
                )

    @property
    def first(self) -> str:
        """Return the name of the detection function's first parameter."""
        return "lambda0" if self.detection in HAZARD else "g0"

    @property
    def mixed(self) -> bool:
        """Return whether animals belong to two classes."""
        return self.classes == 2 or self.hybrid is not None

    @property
    def title(self) -> str:
        """Return the model in one line.

        >>> Model(detect="sex", sigma="sex", hybrid="sex").title
        'HN: D ~ 1, g0 ~ sex, sigma ~ sex, classes by sex'
        """
        density = "" if self.likelihood == "conditional" else f"D ~ {self.density}, "
        shape = f", z ~ {self.z}" if self.detection in THREE else ""
        classes = f", classes by {self.hybrid}" if self.hybrid else ", two classes" if self.classes == 2 else ""
        shares = f", pmix ~ {self.mixture}" if self.mixed and self.mixture.strip() != "1" else ""
        movement = f", cost ~ {self.movement}" if self.movement else ""
        number = ", binomial N" if self.number == "binomial" else ""
        conditional = ", conditional" if self.likelihood == "conditional" else ""
        return (
            f"{self.detection}: {density}{self.first} ~ {self.detect}, sigma ~ {self.sigma}"
            f"{shape}{classes}{shares}{movement}{number}{conditional}"
        )


_PARAMETERS = {"D": "density", "g0": "detect", "lambda0": "detect", "sigma": "sigma", "z": "z", "pmix": "mixture"}


def model(text: str) -> Model:
    """Return the model that a line says; what it does not say is as in `Model`.

    A covariate of animals that has classes is named by "classes by sex"; "two classes", "conditional", "binomial N" and
    "cost ~ NAME" stand as in `Model.title`. Raises `MisuseError` for a line that is no model.

    >>> model("HHN: lambda0 ~ sex, sigma ~ sex, classes by sex").title
    'HHN: D ~ 1, lambda0 ~ sex, sigma ~ sex, classes by sex'
    >>> model(Model(detect="b").title) == Model(detect="b")
    True
    """
    form, colon, rest = text.partition(":")
    values: dict[str, Any] = {"detection": form.strip()}
    for part in _parts(rest) if colon else ():
        name, tilde, formula = (piece.strip() for piece in part.partition("~"))
        if tilde and name in _PARAMETERS:
            values[_PARAMETERS[name]] = formula
        elif tilde and name == "cost":
            values["movement"] = formula
        elif part.startswith("classes by "):
            values["hybrid"] = part.removeprefix("classes by ").strip()
        elif part in _WORDS:
            values.update(_WORDS[part])
        else:
            raise MisuseError(
                "a model such as 'HN: D ~ 1, g0 ~ sex, sigma ~ sex, classes by sex'",
                f"'{part}'",
                nearest(part, (*_PARAMETERS, *_WORDS, "cost", "classes by")),
            )
    return Model(**values)


_WORDS: dict[str, dict[str, Any]] = {
    "two classes": {"classes": 2},
    "conditional": {"likelihood": "conditional"},
    "binomial N": {"number": "binomial"},
}


def _parts(text: str) -> list[str]:
    """Return the parts between commas that stand in no bracket."""
    found, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            found.append("")
        else:
            found[-1] += letter
    return [part.strip() for part in found if part.strip()]
