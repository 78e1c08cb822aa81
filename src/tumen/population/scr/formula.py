"""Linear models as people write them: "sex + session", "x + y + x2", "b * t" become columns of a design matrix."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tumen.errors import MisuseError, Text, nearest
from tumen.population.scr.survey import Covariate, Floats

SMOOTH = re.compile(r"s\(\s*x\s*,\s*y\s*,\s*(\d+)\s*\)")


@dataclass(frozen=True)
class Term:
    """A product of variables; () is the intercept."""

    variables: tuple[str, ...]


def parse(formula: str) -> tuple[Term, ...]:
    """Return the terms of a formula, the intercept first.

    `a + b` adds, `a : b` multiplies, `a * b` is `a + b + a : b`. Every model has an intercept.

    >>> [term.variables for term in parse("sex * session")]
    [(), ('sex',), ('session',), ('sex', 'session')]
    """
    found: list[tuple[str, ...]] = [()]
    for part in _outside_brackets(formula, "+"):
        if part == "1":
            continue
        crossed = [_factors(piece) for piece in _outside_brackets(part, "*")]
        products: list[tuple[str, ...]] = []
        for factors in crossed:
            products += [tuple(before) + factors for before in [(), *products]]
        found += [product for product in sorted(products, key=len) if product not in found]
    return tuple(Term(variables) for variables in found)


def variables(*formulas: str) -> tuple[str, ...]:
    """Return the names that formulas use, each once.

    >>> variables("sex + t", "sex : b")
    ('sex', 't', 'b')
    """
    return tuple(dict.fromkeys(name for text in formulas for term in parse(text) for name in term.variables))


def _outside_brackets(text: str, sign: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == sign and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    parts.append(text[start:].strip())
    if "" in parts or depth:
        raise MisuseError(
            "a formula such as 'sex + session'",
            f"'{text}'",
            "Put a name between the signs + * : and close every bracket.",
        )
    return parts


def _factors(text: str) -> tuple[str, ...]:
    names = tuple(_outside_brackets(text, ":"))
    for name in names:
        if not (name.isidentifier() or SMOOTH.fullmatch(name)):
            raise MisuseError(
                "names of covariates in a formula",
                Text("'{name}'", name=name),
                "Use names such as sex, session, elevation, joined by + * and :.",
            )
    return names


@dataclass(frozen=True)
class Matrix:
    """A design matrix: (rows, columns) and the names of its columns ("" for the intercept)."""

    values: Floats
    names: tuple[str, ...]


def matrix(
    formula: str,
    rows: int,
    columns: Mapping[str, Covariate],
    levels: Mapping[str, Sequence[str]],
    smooth: Callable[[int], Floats] | None = None,
) -> Matrix:
    """Return the design matrix of a formula over `rows` rows.

    `columns`: by name, numbers (float64) or categories (object); `levels`: the values of each category in their order,
    the first being the reference. `smooth`: the columns of s(x, y, k). Raises `MisuseError` for an unknown name or a
    missing value.

    >>> columns = {"sex": np.array(["F", "M"], dtype=object)}
    >>> matrix("sex", 2, columns, {"sex": ("F", "M")}).values.tolist()
    [[1.0, 0.0], [1.0, 1.0]]
    """
    values: list[Floats] = []
    names: list[str] = []
    for term in parse(formula):
        whole: tuple[Floats, tuple[str, ...]] = (np.ones((rows, 1)), ("",))
        for name in term.variables:
            right, right_names = _block(name, columns, levels, smooth)
            left, left_names = whole
            product = (left[:, :, None] * right[:, None, :]).reshape(rows, -1)
            whole = product, tuple(":".join(part for part in (a, b) if part) for a in left_names for b in right_names)
        values.append(whole[0])
        names += whole[1]
    return Matrix(np.ascontiguousarray(np.concatenate(values, axis=1)), tuple(names))


def _block(
    name: str,
    columns: Mapping[str, Covariate],
    levels: Mapping[str, Sequence[str]],
    smooth: Callable[[int], Floats] | None,
) -> tuple[Floats, tuple[str, ...]]:
    spline = SMOOTH.fullmatch(name)
    if spline and smooth is not None:
        basis = smooth(int(spline.group(1)))
        return basis, tuple(f"s{number}" for number in range(1, basis.shape[1] + 1))
    if name not in columns:
        raise MisuseError(
            Text("one of {names} in this formula", names=", ".join(sorted(columns))),
            f"'{name}'",
            nearest(name, tuple(columns)),
        )
    column = columns[name]
    if name in levels:
        missing = sum(value is None for value in column)
        _complete(name, missing)
        shown = tuple(levels[name])[1:]
        codes = np.stack([np.zeros(len(column)), *((column == level).astype(float) for level in shown)], axis=1)
        return codes[:, 1:], tuple(f"{name}{level}" for level in shown)
    numbers = column.astype(float)
    _complete(name, int(np.isnan(numbers).sum()))
    return numbers[:, None], (name,)


def _complete(name: str, missing: int) -> None:
    if missing:
        raise MisuseError(
            Text("a value of {name} everywhere", name=name),
            Text("{missing} missing", missing=missing),
            "Use a class that may be unknown (hybrid), leave the covariate out, or fill in what is known.",
        )
