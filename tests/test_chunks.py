"""Chunks of whole sentences."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from making import REAL_PAGE, of_text

from ingest.chunks import CHUNK_CHARACTERS, build_chunks
from ingest.records import Article


def check(articles: list[Article]) -> None:
    chunks = build_chunks(articles)
    texts = {article.id: article.text for article in articles}
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    assert [i for chunk in chunks for i in chunk.sentence_ids] == [
        sentence.id for article in articles for sentence in article.sentences
    ]
    by_id = {sentence.id: sentence for article in articles for sentence in article.sentences}
    for chunk in chunks:
        assert texts[chunk.article_id][chunk.start : chunk.end] == chunk.text
        inside = [by_id[i] for i in chunk.sentence_ids]
        assert chunk.start <= inside[0].start
        assert chunk.end == inside[-1].end
        assert len(inside) == 1 or inside[-1].end - inside[0].start <= CHUNK_CHARACTERS


def test_every_sentence_of_the_real_page_is_in_exactly_one() -> None:
    check(of_text(REAL_PAGE))


def test_three_pastes_give_the_chunks_of_one() -> None:
    assert build_chunks(of_text("\n\n".join([REAL_PAGE] * 3))) == build_chunks(of_text(REAL_PAGE))


def test_a_heading_goes_with_what_it_heads() -> None:
    paragraph = " ".join(["De kust wacht nog altijd op meer wind."] * 9)
    (article,) = of_text(f"De zee\n\n{paragraph}\n\nWat nu?\n\n{paragraph} Dat is het.")
    first, second = build_chunks([article])
    assert first.text == paragraph
    assert second.text == f"Wat nu?\n\n{paragraph} Dat is het."


SENTENCE = st.integers(1, 90).map(lambda n: "Windmolens " + "draaien " * n + "op zee.")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(SENTENCE, min_size=1, max_size=5).map(" ".join), min_size=1, max_size=6))
def test_chunks_of_any_article(paragraphs: list[str]) -> None:
    check(of_text("De zee\n\n" + "\n\n".join(paragraphs)))
