"""Which model?  Models compared by AICc, and estimates averaged over them."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy.special import expit, ndtri

from tumen.errors import MisuseError, Text
from tumen.population.survival.estimates import estimates
from tumen.population.survival.fit import Fit

KEYS = ("quantity", "sex", "occasion")


def compare(fits: Sequence[Fit], *, inflation: float = 1.0) -> pl.DataFrame:
    """Return the models, the best first: model, status, parameters, count, minusTwoLogL, aicc, delta, weight.

    `parameters` stand in the model, `count` of them can be estimated. `inflation` (c-hat): above 1, `aicc` is QAICc and
    counts one parameter more. Where some models estimate the share of the sexes, the chance of the known sexes (and
    their shares) is added to the others, so that all are about the same data. Models that have not converged have no
    weight. Raises `MisuseError` where the fits are of different animals, or of CJS and POPAN. Source: Burnham and
    Anderson (2002), Model Selection and Multimodel Inference, chapter 2.
    """
    _comparable(fits)
    if not inflation >= 1:
        raise MisuseError("a variance inflation of 1 or more", f"{inflation}", "Give 1 where it was estimated lower.")
    sexed = any(one.design.shares is not None for one in fits)
    logs, counts = zip(*(_with_shares(one) if sexed else (one.log_likelihood, one.count) for one in fits), strict=True)
    aicc = np.array(
        [
            _criterion(-2 * log / inflation, count + (inflation > 1), one.sample)
            for log, count, one in zip(logs, counts, fits, strict=True)
        ]
    )
    good = np.isfinite(aicc) & np.array([one.status == "converged" for one in fits], dtype=bool)
    delta = np.where(good, aicc - aicc[good].min() if good.any() else np.nan, np.nan)
    weight = np.where(good, np.exp(-np.where(good, delta, 0.0) / 2), 0.0)
    table = pl.DataFrame(
        {
            "model": [one.model.title for one in fits],
            "status": [one.status for one in fits],
            "parameters": [len(one.beta) for one in fits],
            "count": counts,
            "minusTwoLogL": [-2 * log for log in logs],
            "aicc": aicc,
            "delta": delta,
            "weight": weight / weight.sum() if good.any() else weight,
        }
    )
    return table.with_columns(pl.col("delta", "aicc").fill_nan(None)).sort(
        "delta", nulls_last=True, maintain_order=True
    )


def average(fits: Sequence[Fit], quantity: str = "phi", *, inflation: float = 1.0, level: float = 0.95) -> pl.DataFrame:
    """Return a quantity averaged over models by weight, with the uncertainty of the choice among them.

    A model without sex gives its value to every sex. Averaged are the values on the link scale; the variance of each
    is sum w (se^2 + (value - average)^2), where se^2 is multiplied by `inflation`. Models in which the quantity is
    confounded or at a boundary are left out, and `weight` says how much of the weight remains. Columns: quantity, sex,
    occasion, estimate, low, high, link, linkError, weight, models. Source: Buckland, Burnham and Augustin (1997)
    Biometrics 53:603-618; Burnham and Anderson (2004) Sociol Methods Res 33:261-304 for the variance.
    """
    if quantity not in ("phi", "p", "entry", "N", "births", "recruitment", "growth"):
        raise MisuseError("a quantity of every model", Text("{name}", name=quantity), "Average phi, p or N.")
    weights = dict(compare(fits, inflation=inflation).select("model", "weight").iter_rows())
    sexes = [sex for one in fits for sex in one.design.classes if sex is not None]
    parts = []
    for one in fits:
        table = estimates(one).filter(quantity=quantity).with_columns(weight=pl.lit(weights[one.model.title]))
        if sexes and len(one.design.classes) == 1 and quantity in ("phi", "p", "entry"):
            table = table.drop("sex").join(pl.DataFrame({"sex": sorted(set(sexes))}), how="cross").select(table.columns)
        parts.append(table)
    order = {name: place for place, name in enumerate(fits[0].histories.occasions)}
    joined = pl.concat(parts).filter((pl.col("state") == "estimable") & (pl.col("weight") > 0))
    share = pl.col("weight") / pl.col("weight").sum().over(KEYS)
    middle = (share * pl.col("link")).sum().over(KEYS)
    spread = share * (inflation * pl.col("linkError") ** 2 + (pl.col("link") - middle) ** 2)
    table = (
        joined.with_columns(part=share * pl.col("link"), spread=spread)
        .group_by(KEYS, maintain_order=True)
        .agg(
            link=pl.col("part").sum(),
            linkError=pl.col("spread").sum().sqrt(),
            weight=pl.col("weight").sum(),
            models=pl.len(),
        )
        .sort("sex", pl.col("occasion").replace_strict(order, return_dtype=pl.Int64), nulls_last=True)
    )
    z = float(ndtri(0.5 + level / 2))
    logit = quantity in ("phi", "p", "entry")
    link, error = table["link"].to_numpy(), table["linkError"].to_numpy()
    natural = [(expit if logit else np.exp)(value) for value in (link, link - z * error, link + z * error)]
    return table.with_columns(
        pl.Series("estimate", natural[0]), pl.Series("low", natural[1]), pl.Series("high", natural[2])
    ).select(*KEYS, "estimate", "low", "high", "link", "linkError", "weight", "models")


def _criterion(deviance: float, count: int, sample: float) -> float:
    room = sample - count - 1
    return deviance + 2 * count + (2 * count * (count + 1) / room if room > 0 else float("inf"))


def _with_shares(one: Fit) -> tuple[float, int]:
    """Return ln likelihood and parameters of a model, those of the sexes of the animals among them."""
    if one.design.shares is not None:
        return one.log_likelihood, one.count
    known = [sex for sex in one.histories.sex if sex is not None]
    _, number = np.unique(np.array(known, dtype=str), return_counts=True)
    return one.log_likelihood + float((number * np.log(number / len(known))).sum()), one.count + len(number) - 1


def _comparable(fits: Sequence[Fit]) -> None:
    if not fits:
        raise MisuseError("at least one fit", "none", "Fit a model first.")
    first = fits[0]
    titles = {one.model.title for one in fits}
    for one in fits:
        same = one.histories is first.histories or (
            one.histories.animals == first.histories.animals
            and np.array_equal(one.histories.seen, first.histories.seen)
        )
        if not same or (one.model.entry is None) != (first.model.entry is None) or len(titles) < len(fits):
            raise MisuseError(
                "different models of the same animals, all with entry or all without",
                "others",
                "Compare only fits of one set of histories.",
            )
