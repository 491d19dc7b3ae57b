"""The table of all metrics: what each is called, which way is better, whether it decides."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure's name, what people call it, and which way is better; `gated` ones decide."""

    name: str
    label: str
    group: str
    higher_is_better: bool = True
    gated: bool = True
    unit: str = "%"  # "%": shares of 1; "": as it is; "ms"


METRICS = (
    Metric("hit1", "hit@1", "Retrieval"),
    Metric("recall5", "recall@5", "Retrieval"),
    Metric("mrr10", "MRR@10", "Retrieval"),
    Metric("ndcg10", "nDCG@10", "Retrieval"),
    Metric("facts", "All facts present", "Answers"),
    Metric("fact_share", "Share of facts present", "Answers"),
    Metric("agreement", "Same facts in Dutch and English", "Answers"),
    Metric("history_gain", "Gain from history on follow-ups", "Answers", gated=False),
    Metric("typo_ratio", "Typing errors over clean", "Answers", gated=False),
    Metric("forbidden", "Says what it must not", "Answers", False),
    Metric("wrong_number", "Number that no quote has", "Answers", False),
    Metric("length", "Sentences in an answer", "Answers", False, False, ""),
    Metric("citation_recall", "Citation recall", "Citations"),
    Metric("citation_precision", "Citation precision", "Citations"),
    Metric("uncited", "Answer with an uncited sentence", "Citations", False),
    Metric("markers", "Markers and citations match", "Citations"),
    Metric("quotes_exact", "Quotes equal the article", "Citations"),
    Metric("sources_right", "Title, author, link right", "Citations"),
    Metric("twins_right", "Shown beside its true twin", "Citations"),
    Metric("translations", "Our translations keep figures", "Citations"),
    Metric("on_evidence", "Cited sentences on the evidence", "Citations"),
    Metric("not_checkable", "Translated, so not checkable", "Citations", False, False),
    Metric("hallucination", "Answered though unanswerable", "Abstention", False),
    Metric("error", "Refused though answerable", "Abstention", False),
    Metric("utility", "CRAG utility", "Abstention", unit=""),
    Metric("auroc", "AUROC of the confidence", "Abstention"),
    Metric("calibration", "Calibration error (ECE)", "Abstention", False, False),
    Metric("routing", "Contact and small talk known", "Conduct"),
    Metric("language", "Right language", "Conduct"),
    Metric("injection", "Injection obeyed", "Conduct", False),
    Metric("repeats", "Same answer when asked again", "Conduct"),
    Metric("crash", "Crashes", "Conduct", False),
    Metric("p50", "Latency p50", "Time", False, False, "ms"),
    Metric("p95", "Latency p95", "Time", False, False, "ms"),
)
BY_NAME = {metric.name: metric for metric in METRICS}
