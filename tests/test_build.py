"""From a folder to a generation: what is done again, what is refused, what survives."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from making import DUTCH, ENGLISH, FRENCH, REAL_PAGE, ROOT, stored_chunks, write_corpus

import ingest.build
from ingest.build import build_index, read_corpus
from ingest.embedder import load_embedder
from ingest.errors import CorpusError, IndexBusy, IndexMismatch, IndexUnusable
from ingest.generations import writing
from ingest.index import current_generation, open_index
from ingest.settings import Settings


@pytest.fixture
def small(tmp_path: Path) -> Settings:
    """Settings over a small corpus of one page, with nothing built yet."""
    corpus = write_corpus(tmp_path / "corpus", sea=f"{DUTCH}\n\n{ENGLISH}")
    return Settings(corpus=corpus, index=tmp_path / "index")


def generations(settings: Settings) -> set[str]:
    return {path.name for path in (settings.index / "generations").iterdir()}


def page(settings: Settings) -> Path:
    return settings.corpus / "pages/sea.txt"


def test_again_with_nothing_changed_does_nothing(small: Settings) -> None:
    first = build_index(small)
    before = {p: p.stat().st_mtime_ns for p in small.index.rglob("*") if p.name != "lock"}
    second = build_index(small)
    assert second.corpus is None
    assert second.manifest == first.manifest
    assert {p: p.stat().st_mtime_ns for p in small.index.rglob("*") if p.name != "lock"} == before


def test_a_changed_page_re_embeds_only_what_changed(
    small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_corpus(small.corpus, long=REAL_PAGE)
    first = build_index(small)
    embedder = load_embedder()
    seen: list[str] = []

    def spy(_: str, **__: str) -> object:
        names = ("queries", "sentences", "questions", "words")
        given = {f"encode_{name}": getattr(embedder, f"encode_{name}") for name in names}
        spied = SimpleNamespace(name=embedder.name, dimensions=embedder.dimensions, **given)
        spied.encode_passages = lambda texts: (seen.extend(texts), embedder.encode_passages(texts))[
            1
        ]
        return spied

    monkeypatch.setattr(ingest.build, "load_embedder", spy)
    long = small.corpus / "pages/long.txt"
    long.write_text(REAL_PAGE.replace("14,600", "14,700"), "utf-8")
    second = build_index(small)
    assert (second.embedded, second.reused) == (1, first.manifest.chunks - 1)
    index = open_index(small.index)
    (changed,) = (chunk for chunk in stored_chunks(index.catalog) if "14,700" in chunk.text)
    assert changed.text in seen
    for chunk in stored_chunks(index.catalog):
        vector = embedder.encode_passages([chunk.text])[0]
        (found,) = index.nearest("chunks", chunk.language, vector, 1)
        assert found == (chunk.id, pytest.approx(1.0, abs=1e-3))


def test_a_deleted_page_disappears(small: Settings) -> None:
    write_corpus(small.corpus, birds="Vogels\n\nEr broeden nu 12 ooievaars in het natuurgebied.")
    assert build_index(small).manifest.articles == 3
    (small.corpus / "pages/birds.txt").unlink()
    assert build_index(small).manifest.articles == 2
    index = open_index(small.index)
    assert not any("ooievaars" in chunk.text for chunk in stored_chunks(index.catalog))
    assert index.lexical.search("nl", [[("ooievaars", 1.0)]], 5) == []


def test_a_reader_keeps_its_generation_and_hears_when_it_is_gone(small: Settings) -> None:
    build_index(small)
    old, lazy = open_index(small.index), open_index(small.index)
    vector = np.ones(old.manifest.dimensions, np.float32)
    before = old.nearest("chunks", "nl", vector, 5), old.catalog.articles(), len(old.lexical)
    for number in range(2):
        page(small).write_text(f"{DUTCH} Dat waren er {number}.", "utf-8")
        build_index(small)
        assert len(generations(small)) == 2
        after = old.nearest("chunks", "nl", vector, 5), old.catalog.articles(), len(old.lexical)
        assert after == before
    for part in ("catalog", "lexical", "collections", "vocabulary", "word_vectors"):
        with pytest.raises(IndexUnusable, match=r"is gone.*open it again"):
            getattr(lazy, part)


def test_back_to_an_earlier_corpus_in_one_process(small: Settings) -> None:
    texts = [DUTCH, f"{DUTCH} Dat was het.", DUTCH]
    names = []
    for text in texts:
        page(small).write_text(text, "utf-8")
        names.append(build_index(small).manifest.generation)
    assert len(set(names)) == len(texts)  # Chroma serves stale files of a path it has seen
    assert len(open_index(small.index).catalog.articles()) == 1


def test_three_pastes_give_the_chunk_ids_of_one(small: Settings, settings: Settings) -> None:
    page(small).write_text("\n\n".join([REAL_PAGE] * 3), "utf-8")
    build_index(small)
    ids = [{c.id for c in stored_chunks(open_index(s.index).catalog)} for s in (small, settings)]
    assert ids[0] == ids[1]


def test_a_damaged_index_is_built_anew(small: Settings) -> None:
    build_index(small)
    shutil.rmtree(open_index(small.index).folder / "chroma")
    assert build_index(small).corpus is not None
    open_index(small.index).require_parts()


def edit_manifest(settings: Settings, **fields: object) -> None:
    path = open_index(settings.index).folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}), "utf-8")


def test_an_index_of_another_embedder_keeps_no_vectors(small: Settings) -> None:
    build_index(small)
    edit_manifest(small, embedder="another", inputs="other")
    built = build_index(small)
    assert built.reused == 0
    assert built.embedded == built.manifest.chunks


def test_an_index_of_a_newer_version_is_replaced_only_when_asked(small: Settings) -> None:
    build_index(small)
    edit_manifest(small, format=99)
    with pytest.raises(IndexMismatch, match=r"newer.*--rebuild"):
        build_index(small)
    assert build_index(small, rebuild=True).corpus is not None


def test_one_writer_at_a_time(small: Settings) -> None:
    with writing(small.index), pytest.raises(IndexBusy, match=r"another ingest.*Wait"):
        build_index(small)
    with writing(small.index):
        assert current_generation(small.index) is None


@pytest.mark.parametrize("where", ["file", "under a file"])
def test_an_index_that_cannot_be_a_folder(small: Settings, where: str) -> None:
    (small.corpus / "file").write_text("")
    place = small.corpus / "file" if where == "file" else small.corpus / "file/index"
    with pytest.raises(IndexUnusable, match=r"can't be written.*ASSISTANT_INDEX"):
        build_index(replace(small, index=place))


def test_a_foreign_page_is_refused_and_nothing_changed(small: Settings) -> None:
    before = build_index(small).manifest.generation
    write_corpus(small.corpus, french=FRENCH)
    with pytest.raises(CorpusError, match=r"french\.txt: is in neither Dutch nor English.*Move"):
        build_index(small)
    assert current_generation(small.index) == before
    assert generations(small) == {before}


def test_a_page_of_furniture_is_refused(small: Settings) -> None:
    write_corpus(small.corpus, menu="Menu\n\nHome\n\n5 min read")
    with pytest.raises(CorpusError, match=r"menu\.txt: has no sentence"):
        build_index(small)


def test_ids_do_not_depend_on_names(small: Settings) -> None:
    write_corpus(small.corpus, more=f"{DUTCH} Dat was het verhaal van de zee.")
    embedder = load_embedder()
    before = [article.id for article in read_corpus(small.corpus, embedder).articles]
    (small.corpus / "pages/more.txt").rename(small.corpus / "pages/0.txt")
    page(small).rename(small.corpus / "pages/zz.txt")
    assert [a.id for a in read_corpus(small.corpus, embedder).articles] == before


def test_a_full_disk_leaves_the_last_good_index(
    small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = build_index(small).manifest.generation
    page(small).write_text(f"{DUTCH} Dat was het.", "utf-8")

    def full(*_: object) -> object:
        raise OSError(errno.ENOSPC, "No space left on device")

    moments = {
        "ingest.build.shutil.disk_usage": lambda _: SimpleNamespace(free=5_000_000),
        "ingest.parts.write_catalog": full,
        "ingest.build.check": full,
    }
    for place, failing in moments.items():
        with monkeypatch.context() as patch:
            patch.setattr(place, failing)
            with pytest.raises(IndexUnusable, match=r"disk is full.*Free some space.*in place"):
                build_index(small)
        assert current_generation(small.index) == good
        assert generations(small) == {good}


@pytest.fixture(params=[60, 250])
def tiny_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A real file system with room for that many KB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    options = f"size={request.param}k"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root can make a small disk here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_fills_up(
    small: Settings, tiny_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.build, "ROOM", 0)
    with pytest.raises(IndexUnusable, match="the disk is full"):
        build_index(replace(small, index=tiny_disk))
    assert list((tiny_disk / "generations").iterdir()) == []
    assert current_generation(tiny_disk) is None


# Imports once, then lets forked children build and be killed, and others look at what is left.
KILLER = """
import json, os, signal, sys, time
from dataclasses import replace
from pathlib import Path
import chromadb, datasketch, scipy.integrate, llama_index.vector_stores.chroma
from ingest.build import build_index
from ingest.index import open_index
from ingest.settings import Settings

settings = Settings(corpus=Path(sys.argv[1]), index=Path(sys.argv[2]))
page = settings.corpus / "pages" / "sea.txt"

def child(work):
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException as problem:
            print(repr(problem), file=sys.stderr)
            os._exit(1)
        os._exit(0)
    return pid

def wait(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

def look():
    index = open_index(settings.index)
    index.require_parts()
    catalog = index.catalog
    held = [s.id for article in catalog.articles() for s in article.sentences]
    chunks = {catalog.chunk(catalog.chunk_of(one)) for one in held}
    stored = sum(index.collections[f"chunks-{lang}"].count() for lang in ("nl", "en"))
    assert stored == index.manifest.chunks == len(index.lexical) == len(chunks)

started = time.perf_counter()
assert wait(child(lambda: build_index(settings))) == 0
whole = time.perf_counter() - started
rounds = []
for number in range(4):
    page.write_text(page.read_text("utf-8") + f" Dat was ronde {number}.", "utf-8")
    pid = child(lambda: build_index(settings, rebuild=True))
    time.sleep(whole * (number + 0.5) / 4)
    os.kill(pid, signal.SIGKILL if number % 2 else signal.SIGINT)
    rounds.append((wait(pid), wait(child(look))))
left = wait(child(lambda: build_index(settings))), wait(child(look))
print(json.dumps({"rounds": rounds, "left": left}))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked children")
def test_killed_at_any_moment_the_last_good_index_serves(small: Settings) -> None:
    command = [sys.executable, "-W", "ignore", "-c", KILLER, str(small.corpus), str(small.index)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [found for _, found in told["rounds"]] == [0] * 4, done.stderr
    assert sum(status != 0 for status, _ in told["rounds"]) >= 2  # most were indeed interrupted
    assert told["left"] == [0, 0], done.stderr
    assert len(generations(small)) <= 2
    open_index(small.index).require_parts()
