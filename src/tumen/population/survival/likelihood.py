"""How likely are these histories?  The likelihoods of Cormack-Jolly-Seber and POPAN and their gradients.

Given its class, ln of the likelihood of a history is a sum of ln of chances (`chain.Chances`), counted by
`histories.features`. Animals of known class therefore enter as one sum of counts per class (the m-array and more);
those of unknown class one history at a time, as a mixture. Derivation: docs/methods/survival.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, digamma, expit, gammaln, logsumexp

from tumen.population.survival import chain
from tumen.population.survival.histories import Counts, Histories, collapse, features
from tumen.population.survival.models import Design

Floats = NDArray[np.float64]
TINY = 1e-300
"""A chance that is 0 in floating point counts as this in its logarithm."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Histories and a design, made ready.

    `sums` (C, 5 S) and `known` (C,): counts of chances and number of animals of known class. `mixed` (U, 5 S) and
    `weight` (U,): the same of each history whose class is unknown.
    """

    design: Design
    intervals: Floats
    sums: Floats
    known: Floats
    mixed: Floats
    weight: Floats

    @property
    def animals(self) -> float:
        """Return the number of animals seen."""
        return float(self.known.sum() + self.weight.sum())


def problem(data: Histories, design: Design, counts: Counts | None = None) -> Problem:
    """Return the likelihood's inputs; `counts`: of `collapse(data)`, where already made."""
    counts = collapse(data) if counts is None else counts
    made = features(counts.seen, counts.lost, design.unseen is not None)
    classes = len(design.classes)
    place = counts.sex if classes > 1 else np.zeros_like(counts.sex)
    member = (place[:, None] == np.arange(classes)) * counts.number[:, None]
    unknown = place < 0
    return Problem(design, data.intervals, member.T @ made, member.sum(axis=0), made[unknown], counts.number[unknown])


def chances(design: Design, intervals: Floats, beta: Floats) -> chain.Chances:
    """Return the chances at these parameters; survival is over whole intervals, not years."""
    eta = design.p @ beta
    phi = np.exp(-intervals * np.logaddexp(0.0, -(design.phi @ beta)))
    p = np.where(design.open, expit(eta), 0.0)
    q = np.where(design.open, expit(-eta), 1.0)
    entry = entries(design, beta)
    chi, psi = chain.ahead(phi, p, q, entry)
    return chain.Chances(phi, p, q, chi, psi, entry)


def entries(design: Design, beta: Floats) -> Floats:
    """Return the shares of the super-population that enter before the first occasion and between occasions: (C, S)."""
    eta = design.entry @ beta
    logs = np.concatenate([np.zeros((len(eta), 1)), eta], axis=1)
    return np.asarray(np.exp(logs - logsumexp(logs, axis=1, keepdims=True)))


def log_shares(design: Design, beta: Floats) -> Floats:
    """Return ln of the share of each class: (C,)."""
    if design.shares is None:
        return np.zeros(len(design.classes))
    logs = np.concatenate([[0.0], beta[list(design.shares)]])
    return np.asarray(logs - logsumexp(logs))


def score(made: Problem, beta: Floats) -> tuple[float, Floats]:
    """Return ln of the likelihood and its gradient (P,).

    CJS: the product over animals of the chance of what followed their first capture; no multinomial constant. POPAN:
    with N!/(N - n)! but without the factorials of equal histories, which no parameter changes.
    """
    design = made.design
    now = chances(design, made.intervals, beta)
    logs = _logs(design, made.intervals, now, beta)
    share = log_shares(design, beta)
    value = float((made.sums * logs).sum())
    counts = made.sums.copy()
    members = made.known.copy()
    if len(made.weight):
        each = share + made.mixed @ logs.T
        whole = logsumexp(each, axis=1)
        value += float(made.weight @ whole)
        posterior = np.exp(each - whole[:, None]) * made.weight[:, None]
        counts += posterior.T @ made.mixed
        members += posterior.sum(axis=0)
    if design.shares is not None:
        value += float(made.known @ share)
    gradient = np.zeros(len(beta))
    never = np.zeros(len(design.classes))
    if design.unseen is not None:
        unseen = np.exp(min(beta[design.unseen], 700.0))
        hidden = (now.entry * now.q * now.chi).sum(axis=1)
        outside = max(float(np.exp(share) @ hidden), TINY)
        value += _ways(made.animals, unseen) + unseen * np.log(outside)
        by_unseen = digamma(made.animals + unseen + 1.0) - digamma(unseen + 1.0) + np.log(outside)
        gradient[design.unseen] = unseen * by_unseen
        never = unseen * np.exp(share) / outside
        members += never * hidden
    if design.shares is not None:
        gradient[list(design.shares)] = (members - np.exp(share) * members.sum())[1:]
    return value, gradient + _pull(made, now, counts, never)


def _logs(design: Design, intervals: Floats, now: chain.Chances, beta: Floats) -> Floats:
    """Return ln of the chances in the order of the features: (C, 5 S)."""
    classes = len(design.classes)
    eta = design.p @ beta
    return np.concatenate(
        [
            -intervals * np.logaddexp(0.0, -(design.phi @ beta)),
            np.zeros((classes, 1)),
            np.where(design.open, -np.logaddexp(0.0, -eta), 0.0),
            np.where(design.open, -np.logaddexp(0.0, eta), 0.0),
            np.log(np.maximum(now.chi, TINY)),
            np.log(np.maximum(now.psi, TINY)),
        ],
        axis=1,
    )


def _ways(animals: float, unseen: float) -> float:
    """Return ln of (animals + unseen)! / unseen!, also where unseen is so large that the difference would drown."""
    if animals == 0:
        return 0.0
    return float(gammaln(animals) - betaln(animals, unseen + 1.0))


def _pull(made: Problem, now: chain.Chances, counts: Floats, never: Floats) -> Floats:
    """Return the gradient that comes through the chances: the chain rule, backwards."""
    occasions = now.p.shape[1]
    by_phi_log, by_p_log, by_q_log, by_chi_log, by_psi_log = np.split(counts, 5, axis=1)
    hidden = never[:, None]
    by_chi = by_chi_log / np.maximum(now.chi, TINY) + hidden * now.entry * now.q
    by_psi = by_psi_log / np.maximum(now.psi, TINY)
    by_phi, by_q, by_entry = chain.back(now.phi, now.q, (now.chi, now.psi), (by_chi, by_psi))
    by_q = by_q + hidden * now.entry * now.chi
    by_entry = by_entry + hidden * now.q * now.chi
    yearly = -np.expm1(np.log(np.maximum(now.phi, TINY)) / made.intervals)
    eta_phi = made.intervals * yearly * (by_phi_log[:, : occasions - 1] + by_phi * now.phi)
    eta_p = np.where(made.design.open, by_p_log * now.q - by_q_log * now.p - by_q * now.p * now.q, 0.0)
    eta_entry = now.entry * (by_entry - (now.entry * by_entry).sum(axis=1, keepdims=True))
    return np.asarray(
        np.tensordot(eta_phi, made.design.phi, 2)
        + np.tensordot(eta_p, made.design.p, 2)
        + np.tensordot(eta_entry[:, 1:], made.design.entry, 2)
    )
