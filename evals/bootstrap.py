"""Intervals by bootstrap, vectorised; ranking quality and calibration of a confidence.

Percentile bootstrap (Efron 1979) with 10,000 resamples and a fixed seed. What is drawn are
clusters, not questions: a Dutch question and its English twin rise and fall together, and
counting them as independent would make intervals narrower than they are.

A statistic takes values and (resamples, n) weights and returns its value for each resample; with
weights of one it gives the value itself. A difference is taken resample by resample: paired.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
RESAMPLES = 10_000
SEED = 20_250_101
LEVEL = (2.5, 97.5)  # percentiles of a 95 % interval


def weights(clusters: Sequence[str], resamples: int = RESAMPLES) -> Floats:
    """Return (1 + resamples, n): how often each item counts; the first row counts all once."""
    return _weights(tuple(clusters), resamples)


@lru_cache(maxsize=24)  # most metrics of a slice share theirs; 11 MB for 138 questions
def _weights(clusters: tuple[str, ...], resamples: int) -> Floats:
    places = {name: place for place, name in enumerate(sorted(set(clusters)))}
    drawn = _draws(len(places), resamples)[:, [places[cluster] for cluster in clusters]]
    return np.vstack([np.ones((1, len(clusters))), drawn])


@lru_cache(maxsize=64)
def _draws(count: int, resamples: int) -> Floats:
    """Return (resamples, count) multinomial draws of `count` out of `count`."""
    generator = np.random.default_rng(SEED)
    drawn = generator.multinomial(count, np.full(count, 1 / count), size=resamples)
    return drawn.astype(np.float64)


def interval(samples: Floats) -> tuple[float, float, float]:
    """Return the value (the first sample) and the 95 % percentile interval of the others."""
    kept = samples[1:][~np.isnan(samples[1:])]
    if not len(kept):
        return float(samples[0]), float("nan"), float("nan")
    low, high = np.percentile(kept, LEVEL)
    return float(samples[0]), float(low), float(high)


def means(values: ArrayLike, drawn: Floats) -> Floats:
    """Return the weighted mean of `values` for each resample."""
    return ratios(values, np.ones(drawn.shape[1]), drawn)


def ratios(above: ArrayLike, below: ArrayLike, drawn: Floats) -> Floats:
    """Return Σ above / Σ below for each resample; NaN where nothing is below."""
    top = drawn @ np.asarray(above, np.float64)
    base = drawn @ np.asarray(below, np.float64)
    return _divide(top, base)


def aurocs(confidence: ArrayLike, positive: ArrayLike, drawn: Floats) -> Floats:
    """Return, for each resample, the chance that a positive has the higher confidence.

    Ties count half (Hanley and McNeil 1982); NaN where a resample lacks one of the two.
    """
    scores, right = np.asarray(confidence, np.float64), np.asarray(positive, bool)
    high, low = scores[right][:, None], scores[~right][None, :]
    wins = (high > low) + 0.5 * (high == low)
    above, below = drawn[:, right], drawn[:, ~right]
    pairs = above.sum(axis=1) * below.sum(axis=1)
    won = ((above @ wins) * below).sum(axis=1)
    return _divide(won, pairs)


def _divide(top: Floats, base: Floats) -> Floats:
    """Return top / base, NaN where base is 0."""
    return np.divide(top, base, out=np.full(len(top), np.nan), where=base > 0)  # type: ignore[no-any-return,unused-ignore]


def quantiles(values: ArrayLike, quantile: float, resamples: int = 2000) -> Floats:
    """Return a quantile of `values`, then of each resample of them."""
    listed = np.asarray(values, np.float64)
    places = np.random.default_rng(SEED).integers(0, len(listed), size=(resamples, len(listed)))
    return np.concatenate(
        [[np.quantile(listed, quantile)], np.quantile(listed[places], quantile, axis=1)]
    )


def reliability(
    confidence: Sequence[float], right: Sequence[bool], bins: int = 5
) -> list[tuple[float, float, int]]:
    """Return (mean confidence, share right, count) of each bin, lowest confidence first.

    Bins are equally filled: a few dozen questions leave fixed ones empty.
    """
    listed, good = np.asarray(confidence, np.float64), np.asarray(right, np.float64)
    parts = np.array_split(np.argsort(listed, kind="stable"), bins)
    return [(float(listed[p].mean()), float(good[p].mean()), len(p)) for p in parts if len(p)]


def calibration_error(confidence: Sequence[float], right: Sequence[bool]) -> float:
    """Return |confidence - share right| weighted by bin: ECE (Naeini et al. 2015)."""
    bins = reliability(confidence, right)
    return sum(n * abs(said - was) for said, was, n in bins) / max(1, len(confidence))


def visible_change(count: int, changing: float = 0.1) -> float:
    """Return the smallest change of a share that `count` questions can tell from chance.

    1.96 · √(d/n), where d is the share of questions whose result changes (McNemar's test).
    """
    return float(1.96 * np.sqrt(changing / max(1, count)))
