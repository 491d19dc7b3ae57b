"""The entailment model as shipped: what it says of claims that nothing was learned from."""

from __future__ import annotations

import threading

import numpy as np

from evals.written_claims import held_out, read_claims, sentences
from ingest.embedder.entailment import load_entailment

SAID = "The bakery on the quay opens at six and sells rye bread until noon."


def logit(claim: str, evidence: str = SAID) -> float:
    return float(load_entailment().logits(claim, [evidence])[0])


def test_pairs_of_all_lengths_are_read_as_if_alone() -> None:
    evidence = [SAID, "Rye.", f"{SAID} {SAID} {SAID} {SAID} {SAID} {SAID} {SAID} {SAID}", "?"]
    claim = "The bakery sells rye bread until noon."
    together = load_entailment().logits(claim, evidence)
    alone = [logit(claim, one) for one in evidence]
    assert np.allclose(together, alone, atol=1e-4)
    assert np.isfinite(together).all()
    assert load_entailment().logits(claim, []).shape == (0,)
    assert np.isfinite(logit("", ""))


def test_several_threads_agree() -> None:
    expected = logit("The bakery opens at six.")
    found: list[float] = []
    threads = [
        threading.Thread(target=lambda: found.append(logit("The bakery opens at six.")))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert np.allclose(found, expected, atol=1e-4)


def test_claims_on_articles_that_were_kept_back() -> None:
    claims = [claim for claim in read_claims() if claim.article in held_out()][::12]
    cited = [" ".join(sentences()[c.article, n][1] for n in c.numbers) for c in claims]
    true = np.array([claim.true for claim in claims])
    logits = np.array([logit(c.text, one) for c, one in zip(claims, cited, strict=True)])
    assert len(claims) > 300
    assert (logits[true][:, None] > logits[~true]).mean() > 0.74  # reached: .78
    elsewhere = [logit(claims[n].text, cited[n - 60]) for n in np.flatnonzero(true)]
    assert (logits[true] > np.array(elsewhere)).mean() > 0.95  # reached: .99
