"""Reading pages: what they give, and what each unusable one is told."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from making import DUTCH, write_corpus

from ingest.errors import CorpusError
from ingest.files import MAX_BYTES
from ingest.pages import page_files, read_page, read_pages, unread_files

TEXT = DUTCH + " Dat is het hele verhaal, zei de reder in een café."


def file(name: str, data: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(data)


def huge(folder: Path) -> None:
    with (folder / "a.txt").open("wb") as out:
        out.truncate(50_000_000)  # sparse: takes no room


BAD = {
    "empty": (file("a.txt", b""), ["a.txt", "is empty", "Put the article's text in it"]),
    "white space": (file("a.txt", b" \n\t "), ["a.txt", "is empty"]),
    "only a mark": (file("a.txt", b"\xef\xbb\xbf\n"), ["a.txt", "is empty"]),
    "cp1252": (file("a.txt", TEXT.encode("cp1252")), ["not UTF-8", "cp1252", "iconv -f cp1252"]),
    "utf-16": (file("a.txt", TEXT.encode("utf-16")), ["not UTF-8", "UTF-16", "iconv -f UTF-16"]),
    "utf-16 unmarked": (file("a.txt", TEXT.encode("utf-16-le")), ["iconv -f UTF-16LE"]),
    "binary": (file("a.txt", bytes(range(256)) * 9), ["a.txt", "is binary", "Expected"]),
    "pdf": (file("a.txt", b"%PDF-1.7\n%\xe2\xe3\n" + b"x" * 99), ["is binary", "Expected"]),
    "docx": (file("a.md", b"PK\x03\x04" + b"x" * 99), ["a.md", "is binary"]),
    "folder": (lambda folder: (folder / "a.txt").mkdir(), ["is a folder named like", "Rename"]),
    "huge": (huge, ["is 50 MB", f"{MAX_BYTES // 10**6} MB", "Split it"]),
    "no main text": (
        file("a.html", b"<html><body><script>x</script></body></html>"),
        ["no main text", ".txt"],
    ),
    "dead link": (
        lambda folder: (folder / "a.txt").symlink_to("nowhere"),
        ["a.txt", "can't be read", "Replace it"],
    ),
    "only headings of nothing": (file("a.md", b"![](x.png)"), ["a.md", "has no text"]),
}


@pytest.mark.parametrize(("make", "words"), BAD.values(), ids=BAD.keys())
def test_an_unusable_page_is_told_file_problem_and_cure(
    tmp_path: Path, make: Callable[[Path], object], words: list[str]
) -> None:
    (tmp_path / "good.txt").write_text(DUTCH, "utf-8")
    make(tmp_path)
    with pytest.raises(CorpusError) as caught:
        read_pages(tmp_path)
    assert len(caught.value.problems) == 1
    assert all(word in str(caught.value) for word in [str(tmp_path / "a."), *words])


def test_every_unusable_page_has_its_line(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(CorpusError) as caught:
        read_pages(tmp_path)
    assert [line.split(":")[0] for line in caught.value.problems] == [
        str(tmp_path / "a.txt"),
        str(tmp_path / "b.txt"),
    ]


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("url = \ntitle = 1", ["no valid TOML", "line 1"]),
        ("uri = 'https://x.org'", ["'uri' is not known", "url, title"]),
        ("title = 3", ["title is 3", "text in quotes"]),
        ("language = 'fr'", ["language is 'fr'", '"nl" or "en"']),
        ("url = 'javascript:alert(1)'", ["url is 'javascript", "https://"]),
    ],
)
def test_bad_metadata(tmp_path: Path, toml: str, words: list[str]) -> None:
    (tmp_path / "a.txt").write_text(DUTCH, "utf-8")
    (tmp_path / "a.toml").write_text(toml, "utf-8")
    with pytest.raises(CorpusError) as caught:
        read_pages(tmp_path)
    assert all(word in str(caught.value) for word in ["a.toml", *words])


def test_metadata_goes_with_the_page(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(DUTCH, "utf-8")
    (tmp_path / "a.toml").write_text("date = 2024-05-01\nurl = 'https://x.org/a'", "utf-8")
    (tmp_path / "b.txt").write_text(DUTCH + " Einde.", "utf-8")
    (tmp_path / "b.toml").write_text("", "utf-8")
    pages = {page.name: page for page in read_pages(tmp_path)}
    assert (pages["a.txt"].date, pages["a.txt"].url) == ("2024-05-01", "https://x.org/a")
    assert pages["b.txt"].url == ""


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "there is no such folder"),
        (lambda path: path.mkdir(), "holds no pages"),
        (lambda path: path.write_text("x"), "is a file, not a folder"),
    ],
    ids=["missing", "empty", "file"],
)
def test_an_unusable_folder(tmp_path: Path, make: Callable[[Path], object], words: str) -> None:
    folder = tmp_path / "corpus"
    make(folder)
    with pytest.raises(CorpusError, match=words) as caught:
        page_files(folder)
    assert str(folder) in str(caught.value)
    assert "ASSISTANT_CORPUS" in str(caught.value)


@pytest.mark.parametrize("what", ["page", "subfolder", "folder"])
def test_no_permission(tmp_path: Path, what: str) -> None:
    corpus = write_corpus(tmp_path / "corpus", a=DUTCH)
    (corpus / "pages/more").mkdir()
    (corpus / "pages/more/b.txt").write_text(DUTCH, "utf-8")
    target = {
        "page": corpus / "pages/a.txt",
        "subfolder": corpus / "pages/more",
        "folder": corpus / "pages",
    }[what]
    for folder in [tmp_path, *tmp_path.parents][:3]:
        folder.chmod(0o755)
    target.chmod(0)
    root = os.geteuid() == 0
    try:
        if root:
            os.seteuid(65534)
        with pytest.raises(CorpusError) as caught:
            read_pages(corpus)
    finally:
        if root:
            os.seteuid(0)
        target.chmod(0o755)
    assert str(target) in str(caught.value)
    assert "no permission" in str(caught.value)
    assert "chmod" in str(caught.value)


def test_pages_in_subfolders_may_share_a_name(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.txt").write_text(f"{DUTCH} Dat was deel {name}.", "utf-8")
    assert sorted(page.name for page in read_pages(tmp_path)) == ["one/index.txt", "two/index.txt"]


def test_what_nobody_reads_is_listed(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, a=DUTCH)
    for name in ("a.toml", "b.toml", "c.docx", ".hidden.txt"):
        (corpus / "pages" / name).write_text("", "utf-8")
    assert [path.name for path in unread_files(corpus)] == ["b.toml", "c.docx"]


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf" + DUTCH.encode())
    assert read_page(tmp_path / "a.txt").text == DUTCH


def test_order_is_by_what_pages_say(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, names in ((one, "ab"), (two, "ba")):
        folder.mkdir()
        for name, text in zip(names, (DUTCH, DUTCH + " Meer."), strict=True):
            (folder / f"{name}.txt").write_text(text, "utf-8")
    texts = [[page.text for page in read_pages(folder)] for folder in (one, two)]
    assert texts[0] == texts[1] == [DUTCH + " Meer.", DUTCH]
