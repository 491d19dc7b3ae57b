"""The lexical index on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.lexical import LexicalIndex

PASSAGES = [
    ("a", "nl", "Er zijn 14.600 kleine bedrijven."),
    ("b", "nl", "Grote bedrijven en nog meer grote bedrijven."),
    ("c", "en", "There are small companies; bedrijven is Dutch."),
]


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    LexicalIndex.write(tmp_path / "lexical", PASSAGES)  # type: ignore[arg-type]
    return LexicalIndex(tmp_path / "lexical")


def test_search_stays_in_its_language(index: LexicalIndex) -> None:
    assert len(index) == 3
    assert {i for i, _ in index.search("nl", [[("bedrijven", 1.0)]], 9)} == {"a", "b"}
    assert [i for i, _ in index.search("en", [[("bedrijven", 1.0)]], 9)] == ["c"]


def test_a_group_counts_its_best_match_only(index: LexicalIndex) -> None:
    (one,) = index.search("nl", [[("kleine", 1.0)]], 9)
    (both,) = index.search("nl", [[("kleine", 1.0), ("14.600", 0.5)]], 9)
    (two,) = index.search("nl", [[("kleine", 1.0)], [("14.600", 0.5)]], 9)
    assert both == pytest.approx(one)
    assert two[1] > one[1]


@pytest.mark.parametrize("groups", [[], [[]], [[("ongehoord", 1.0)]]])
def test_nothing_to_find(index: LexicalIndex, groups: list[list[tuple[str, float]]]) -> None:
    assert index.search("nl", groups, 9) == []


def test_a_full_disk_is_an_os_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ValueError("No space left on device")

    monkeypatch.setattr("ingest.lexical.tantivy.Index", refuse)
    with pytest.raises(OSError, match="No space left"):
        LexicalIndex.write(tmp_path / "lexical", [])
