"""Would one more term help?  Score tests of terms that were not fitted.

A larger model is not fitted: its gradient and information are taken where its new parameters are 0 and the others at
their estimates. Under the smaller model U' I^-1 U is chi-squared with as many degrees of freedom as there are new
parameters (McCrea and Morgan 2011, Biometrics 67:234-241, for multi-site capture-recapture; Rao 1948).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.linalg import cho_factor, cho_solve
from scipy.stats import chi2

from tumen.errors import MisuseError, Text
from tumen.population.scr.design import design
from tumen.population.scr.fit import CONVERGED, Fit, information_matrix
from tumen.population.scr.likelihood import score
from tumen.population.scr.model import Model
from tumen.tables import findings

SCORES: dict[str, pl.DataType | type[pl.DataType]] = {
    "model": pl.String,
    "added": pl.String,
    "statistic": pl.Float64,
    "degrees": pl.Int64,
    "p": pl.Float64,
    "aicChange": pl.Float64,
}
"""`added`: names of the new parameters. `aicChange`: what the larger model's AIC would change by if the statistic were
the likelihood ratio; below 0 speaks for it."""
ALIKE = 1e-5
"""Log-likelihoods of nested models differ by no more than this where the new parameters are 0."""


@dataclass(frozen=True)
class ScoreTest:
    """A score test. `statistic`, `p`: None where the information is not positive definite at the fit."""

    model: Model
    added: tuple[str, ...]
    statistic: float | None
    p: float | None

    @property
    def degrees(self) -> int:
        """Return the number of new parameters."""
        return len(self.added)


def score_test(fitted: Fit, larger: Model) -> ScoreTest:
    """Return the score test of a larger model in which the fitted one is nested.

    New parameters must leave the model as it is where they are 0: effects of covariates, sessions, occasions or learned
    responses on density, detection, sigma or shares. A second class or another detection function is none of these, and
    raises `MisuseError`; so does a model that is not larger, and a fit that has not converged.
    """
    if fitted.status != CONVERGED:
        raise MisuseError("a fit that has converged", Text("{status}", status=fitted.status), "Use a simpler model.")
    whole = design(fitted.sessions, larger)
    added = tuple(name for name in whole.names if name not in fitted.names)
    missing = [name for name in fitted.names if name not in whole.names]
    if missing or not added or any(name in whole.blocks for name in added):
        raise _not_nested(fitted, larger)
    known = dict(zip(fitted.names, fitted.beta, strict=True))
    beta = np.array([known.get(name, 0.0) for name in whole.names])
    log, gradient = score(whole, beta)
    if not abs(log - fitted.log_likelihood) < ALIKE * max(1.0, abs(fitted.log_likelihood) / 100):
        raise _not_nested(fitted, larger)
    spread = dict(zip(fitted.names, np.nan_to_num(fitted.se, nan=1.0), strict=True))
    information = information_matrix(whole, beta, np.array([min(spread.get(name, 0.1), 1.0) for name in whole.names]))
    scale = np.sqrt(np.clip(np.diag(information), 1e-300, None))
    scaled = information / scale[:, None] / scale
    if not np.all(np.isfinite(scaled)) or np.linalg.eigvalsh(scaled)[0] <= 1e-8:
        return ScoreTest(larger, added, None, None)
    standard = gradient / scale
    statistic = float(standard @ cho_solve(cho_factor(scaled), standard))
    return ScoreTest(larger, added, statistic, float(chi2.sf(statistic, len(added))))


def score_tests(fitted: Fit, larger: Sequence[Model]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return a row for each larger model (`SCORES`), the most wanted first, and findings about those without one."""
    rows, said = [], []
    for model in larger:
        found = score_test(fitted, model)
        change = None if found.statistic is None else 2 * found.degrees - found.statistic
        added = ", ".join(found.added)
        rows.append((model.title, added, found.statistic, found.degrees, found.p, change))
        if found.statistic is None:
            said.append(findings.finding("scr-score-undefined", table="density", value=added))
    table = pl.DataFrame(rows, schema=SCORES, orient="row")
    return table.sort("aicChange", nulls_last=True, maintain_order=True), findings.join(said)


def _not_nested(fitted: Fit, larger: Model) -> MisuseError:
    return MisuseError(
        Text("a model in which '{model}' is nested with effects of 0", model=fitted.model.title),
        Text("'{model}'", model=larger.title),
        "Add terms such as sex, t or b to its formulas; compare other models by AIC.",
    )
