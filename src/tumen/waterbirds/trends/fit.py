"""How did the counts change? A log-linear fit to counts with gaps, site levels taken out in closed form.

Independent counts: maximum likelihood by Newton steps. With serial correlation: generalised estimating equations, the
working correlation of two counts of a site falling with the power of the times between them. See
docs/methods/trends.md.
"""

import numpy as np
import polars as pl

from tumen.errors import MisuseError
from tumen.tables import findings
from tumen.waterbirds.trends.design import LINE, changepoints
from tumen.waterbirds.trends.design import TrendModel as TrendModel
from tumen.waterbirds.trends.estimate import KINDS as KINDS
from tumen.waterbirds.trends.estimate import Kind as Kind
from tumen.waterbirds.trends.fitted import TrendFit as TrendFit
from tumen.waterbirds.trends.fitted import fit_one, no_fit, part, time_of
from tumen.waterbirds.trends.series import Series
from tumen.waterbirds.trends.stepwise import select


def fit(series: Series, model: TrendModel | None = None) -> TrendFit:
    """Fit a trend to the counts of a series; without a model, time effects for independent counts.

    A fit that is not possible is a result: its `status` is the code of the finding that says why. Raises MisuseError
    where the model cannot be meant for the series (unknown covariate, change points outside, serial correlation of
    monthly counts).

    >>> from tumen.waterbirds.trends.series import series
    >>> counts = pl.DataFrame({"site": ["a", "a", "b", "b"], "time": [1, 2, 1, 2], "count": [10, 20, 5, 10]})
    >>> found = fit(series(counts))
    >>> found.status, found.totals_of("imputed").round(6).tolist()
    ('converged', [15.0, 30.0])
    """
    model = model or TrendModel()
    suits(series, model)
    kept, said = _with_covariates(series, model)
    if len(np.unique(time_of(kept)[kept.count > 0])) < 2:
        return no_fit(series, model, [*said, findings.finding("trend-no-counts")])
    if model.stepwise:
        return select(series, kept, model, said)
    return fit_one(series, kept, model, said)


def suits(series: Series, model: TrendModel) -> None:
    """Refuse a model that cannot be meant for a series (MisuseError)."""
    if model.serial and len(series.months):
        raise MisuseError(
            "one count a year for serial correlation",
            "monthly counts",
            "Fit monthly counts without serial correlation.",
        )
    for name in model.covariates:
        series.covariate(name)
    if model.kind == LINE and len(series.times) > 1:
        changepoints(series, model)


def _with_covariates(series: Series, model: TrendModel) -> tuple[Series, list[pl.DataFrame]]:
    """Leave out the sites without the covariates of the model."""
    known = np.ones(len(series.sites), bool)
    for name in model.covariates:
        known &= series.covariate(name).codes >= 0
    if known.all():
        return series, []
    said = [findings.finding("trend-sites-left-out", value=str(int((~known).sum())))]
    return part(series, known, np.repeat(known, np.diff(series.start))), said
