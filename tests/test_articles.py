"""Which articles a page holds, with their text, sentences and metadata."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from making import DUTCH, ENGLISH, FRENCH, REAL_PAGE, ingested, of_text, sentences

from ingest.deduplicate import normalised
from ingest.records import Article, Page


def check_offsets(articles: list[Article]) -> None:
    for article in articles:
        for index, sentence in enumerate(article.sentences):
            assert article.text[sentence.start : sentence.end] == sentence.text
            assert (sentence.article_id, sentence.index) == (article.id, index)
            assert sentence.id == f"{article.id}.{index}"


def test_the_real_page_is_one_english_one_dutch_article_and_the_contact() -> None:
    articles = of_text(REAL_PAGE)
    english, dutch, contact = articles
    assert [(a.kind, a.language) for a in articles] == [
        ("article", "en"),
        ("article", "nl"),
        ("contact", "en"),
    ]
    assert english.title.startswith("How China’s “Little Giants” Are Disrupting Niche Markets")
    assert dutch.title == "De middenstand regeert het Chinese land"
    assert contact.title == "Ready to grow your China business"
    assert {a.author for a in (english, dutch)} == {"Pieter Verstraete"}
    assert {a.published_in for a in (english, dutch)} == {"Trends busines magazine"}
    assert (contact.author, contact.published_in) == ("", "")
    assert [len(a.sentences) for a in articles] == [26, 25, 4]
    check_offsets(articles)


def test_pasting_the_page_again_changes_no_id() -> None:
    once = of_text(REAL_PAGE)
    assert of_text(REAL_PAGE + "\n\n" + REAL_PAGE + "\n\n" + REAL_PAGE) == once
    assert of_text(REAL_PAGE.replace("\n", "\r\n")) == once


def test_ids_depend_on_no_name_and_no_order() -> None:
    one, two = Page("a.txt", DUTCH), Page("b.txt", ENGLISH)
    renamed = Page("z.txt", DUTCH), Page("0.txt", ENGLISH)
    ids = {a.id for a in ingested(one, two)[0]}
    assert len(ids) == 2
    assert ids == {a.id for a in ingested(two, one)[0]} == {a.id for a in ingested(*renamed)[0]}


def test_the_toml_tells_more_than_the_page() -> None:
    page = Page("a.txt", DUTCH, "https://x.org", "Anders", "An", "2024-05-01", "De Tijd")
    (article,), _, _ = ingested(page)
    assert (article.author, article.published_in, article.date) == ("An", "De Tijd", "2024-05-01")
    assert (article.url, article.title) == ("https://x.org", "De windmolens")


def test_a_page_in_three_languages() -> None:
    articles, dropped, _ = ingested(Page("a.txt", f"{DUTCH}\n\n{FRENCH}\n\n{ENGLISH}"))
    assert [(a.language, a.title) for a in articles] == [
        ("nl", "De windmolens"),
        ("en", "The wind turbines"),
    ]
    assert [row.reason for row in dropped] == ["language"] * 4


def test_versions_set_paragraph_by_paragraph_are_two_articles() -> None:
    pairs = zip(DUTCH.split("\n\n")[1:], ENGLISH.split("\n\n")[1:], strict=True)
    articles = of_text("\n\n".join(text for pair in pairs for text in pair))
    assert [a.language for a in articles] == ["nl", "en"]
    assert [len(a.sentences) for a in articles] == [4, 4]


def test_a_quotation_in_the_other_language_stays_in_its_article() -> None:
    quote = "“We are late, but not too late to build more of them,” said the minister."
    title, one, two = DUTCH.split("\n\n")
    (article,) = of_text(f"{title}\n\n{one}\n\n{quote}\n\n{two}")
    assert article.language == "nl"
    assert quote in sentences([article])


def test_a_title_in_the_other_language_is_not_lost() -> None:
    title = "What the wind turbines at sea mean for all of the fishermen"
    (article,) = of_text(f"{title}\n\n" + "\n\n".join(DUTCH.split("\n\n")[1:]))
    assert (article.title, article.language) == (title, "nl")


def test_a_byline_may_stand_above_the_title() -> None:
    (article,) = of_text(f"Door An Peeters\n\n{DUTCH}")
    assert (article.title, article.author) == ("De windmolens", "An Peeters")
    assert "Door An Peeters" in sentences([article])


def test_a_text_without_title_is_named_by_its_first_words() -> None:
    (article,) = of_text(DUTCH.split("\n\n", 1)[1])
    assert article.title == "Op zee staan er nu 399 windmolens, en volgend jaar komen er nog eens …"


def test_a_lone_call_to_action_can_be_quoted() -> None:
    *_, contact = of_text(f"{DUTCH}\n\nNeem vandaag contact op met ons!")
    assert (contact.kind, sentences([contact])) == ("contact", ["Neem vandaag contact op met ons!"])


def test_wrapped_lines_flow_in_the_article() -> None:
    wrapped = DUTCH.replace("komen er ", "komen er\r\n").replace(
        "De stroom gaat ", "De\nstroom gaat\n"
    )
    assert sentences(of_text(wrapped)) == sentences(of_text(DUTCH))


SHORT = ("Menu", "0 min read", "Door An Peeters", "Neem contact op.", "Wat nu?", "- een\n- twee")
ODD = ("Published in De Tijd", "“Zo is het,” zei ze.", "Foto: Belga", "14.600", "Subsidies")
LINES = st.sampled_from([*"\n\n".join((DUTCH, ENGLISH, FRENCH)).split("\n\n"), *SHORT, *ODD])


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=9))
def test_nothing_of_a_page_vanishes(lines: list[str]) -> None:
    articles, dropped, blocks = ingested(Page("p.txt", "\n\n".join(lines)))
    check_offsets(articles)
    told = [normalised(f"{article.title} {article.text}") for article in articles]
    ledger = {(row.start, row.end) for row in dropped}
    for block in blocks:
        found = any(normalised(block.text) in text for text in told)
        assert found or (block.start, block.end) in ledger
    for row in dropped:  # what is dropped as a repetition is itself somewhere
        if row.reason in ("exact", "near"):
            assert any(normalised(row.text) in text for text in told)
