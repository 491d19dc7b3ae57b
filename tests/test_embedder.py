"""The shipped embedder and the seam to others: real small models, a real HTTP endpoint."""

import builtins
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.embedder import SHIPPED, load_embedder
from ingest.embedder.morphology import inflections
from ingest.embedder.others import Prefixes, prefixes_of
from ingest.embedder.static import Segmenter, StaticEmbedder, fold
from ingest.errors import EmbedderError

TEXTS = [
    "Hoeveel Little Giants zijn er?",
    "China’s R&D-uitgaven stegen in 2023 met 14,6 %.",
    "De batterijfabrikanten krijgen één belastingvoordeel; coördinatie volgt.",
    "İstanbul, Łódź, Ogród Saski, naïve façade, straße",
    "O'Brien isn't here — foto's wél",
    "",
    "???",
    "漢字",
    "the " * 600,
]


@pytest.fixture(scope="module")
def shipped() -> StaticEmbedder:
    embedder = load_embedder()
    assert isinstance(embedder, StaticEmbedder)
    return embedder


def test_vectors_are_model2vecs(shipped: StaticEmbedder) -> None:
    model2vec = pytest.importorskip("model2vec")
    model = model2vec.StaticModel.from_pretrained(SHIPPED)
    corpus = (SHIPPED.parent.parent.parent / "corpus" / "pages" / "little-giants.txt").read_text(
        "utf-8"
    )
    texts = [*TEXTS, *corpus.splitlines()]
    np.testing.assert_allclose(shipped.encode_passages(texts), model.encode(texts), atol=2e-6)


def test_rows_have_length_one_or_are_zero(shipped: StaticEmbedder) -> None:
    vectors = shipped.encode_queries(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), shipped.dimensions)
    lengths = np.linalg.norm(vectors, axis=1)
    known = np.array([bool(re.search("[a-z]", text.lower())) for text in TEXTS])
    np.testing.assert_allclose(lengths, known.astype(float), atol=1e-5)
    assert shipped.encode_words([]).shape == (0, shipped.dimensions)


@pytest.mark.parametrize(
    ("dutch", "english", "other"),
    [
        ("octrooi", "patent", "banana"),
        ("bedrijven", "companies", "rivers"),
        ("werkgever", "employer", "island"),
        (
            "Hoeveel kost een treinkaartje?",
            "What is the price of a train ticket?",
            "Who wrote the book?",
        ),
        ("De hond slaapt.", "The dog is asleep.", "The price of oil fell."),
    ],
)
def test_translations_are_near(
    dutch: str, english: str, other: str, shipped: StaticEmbedder
) -> None:
    one, two, three = shipped.encode_passages([dutch, english, other])
    assert one @ two > 0.4
    assert one @ two > one @ three + 0.2


@pytest.mark.parametrize(
    ("word", "known"), [("octrooi", True), ("Bedrijven", True), ("bedrjiven", False)]
)
def test_known_words(word: str, known: bool, shipped: StaticEmbedder) -> None:
    assert shipped.knows(word) is known


def test_the_model_is_small() -> None:
    """How long it takes to load, `python -m ingest.embedder.benchmark` tells."""
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) <= 16_000_000


def test_identity_is_stable_and_tells_content_apart(
    shipped: StaticEmbedder, tmp_path: Path
) -> None:
    assert load_embedder().name == shipped.name
    assert re.fullmatch(r"bilingual-nl-en@[0-9a-f]{12}", shipped.name)
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).write_bytes((SHIPPED / name).read_bytes())
    words = StaticEmbedder(SHIPPED).name
    assert StaticEmbedder(tmp_path).name == words
    with (tmp_path / "tokenizer.json").open("a") as file:
        file.write(" ")
    assert StaticEmbedder(tmp_path).name != words


def test_segments_have_the_best_score() -> None:
    segment = Segmenter([("[UNK]", -99), *((p, -10.0) for p in ("foto", "boek", "fotob", "oek"))])
    assert [segment(word) for word in ("foto", "fotoboek", "boekfoto")] == [[1], [1, 2], [2, 1]]
    assert segment("fotoéboek") == [1, 2]  # no piece covers é
    assert segment.cut("foto", whole=False) == []


@pytest.mark.parametrize(("text", "folded"), [("Één Café", "een cafe"), ("China’s", "china's")])
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.fixture
def small_model(tmp_path: Path) -> Path:
    """A model2vec model of three words, saved as any model on the hub."""
    model2vec = pytest.importorskip("model2vec")
    tokenizers = pytest.importorskip("tokenizers")
    vocabulary = {"[UNK]": 0, "rood": 1, "red": 2, "blauw": 3, ":": 4, "query": 5, "passage": 6}
    model = tokenizers.models.WordLevel(vocabulary, unk_token="[UNK]")
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    vectors = np.eye(7, 4, dtype=np.float32)
    vectors[2] = vectors[1]
    folder = tmp_path / "small-e5"
    model2vec.StaticModel(vectors, tokenizer, {}).save_pretrained(folder)
    return folder


def test_a_model2vec_folder(small_model: Path) -> None:
    embedder = load_embedder(str(small_model), query_prefix="", passage_prefix="")
    assert embedder.dimensions == 4
    assert re.fullmatch(r"small-e5@[0-9a-f]{12}", embedder.name)
    rood, red, blauw, unknown = embedder.encode_words(["rood", "red", "blauw", "groen"])
    assert rood @ red == pytest.approx(1)
    assert rood @ blauw == pytest.approx(0)
    assert not unknown.any()
    assert embedder.encode_passages([]).shape == (0, 4)


def test_prefixes_reach_the_model(small_model: Path) -> None:
    plain = load_embedder(str(small_model), query_prefix="", passage_prefix="")
    e5 = load_embedder(str(small_model))
    np.testing.assert_allclose(e5.encode_queries(["rood"]), plain.encode_queries(["query: rood"]))
    wanted = plain.encode_passages(["passage: rood"])
    np.testing.assert_allclose(e5.encode_passages(["rood"]), wanted)


@pytest.mark.parametrize(
    ("name", "prefixes"),
    [
        ("sentence-transformers:intfloat/multilingual-e5-small", Prefixes("query: ", "passage: ")),
        ("openai:multilingual-e5-base@http://x/v1", Prefixes("query: ", "passage: ")),
        ("minishlab/potion-multilingual-128M", Prefixes()),
        ("sentence-transformers:BAAI/bge-m3", Prefixes()),
    ],
)
def test_prefixes_known_by_name(name: str, prefixes: Prefixes) -> None:
    assert prefixes_of(name.partition("@")[0]) == prefixes
    assert prefixes_of(name, "q ", "p ") == Prefixes("q ", "p ")


@pytest.mark.parametrize(
    ("name", "extra"),
    [("sentence-transformers:x", "sentence-transformers"), ("some/model", "model2vec")],
)
def test_a_missing_extra_is_named(name: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__
    monkeypatch.setattr("importlib.import_module", lambda module: real(f"not_installed_{module}"))
    with pytest.raises(EmbedderError, match=re.escape(f"little-giants-assistant[{extra}]")):
        load_embedder(name)


def test_a_folder_that_is_no_model_says_what_one_holds(tmp_path: Path) -> None:
    pytest.importorskip("model2vec")
    with pytest.raises(EmbedderError, match=r"model\.safetensors"):
        load_embedder(str(tmp_path))


class _Endpoint(BaseHTTPRequestHandler):
    """OpenAI's /embeddings: the vector of a text is (its length, 1), rows in reverse order."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers["Authorization"], body))  # type: ignore[attr-defined]
        rows = [{"index": i, "embedding": [len(text), 1.0]} for i, text in enumerate(body["input"])]
        status, answer = (200, {"data": rows[::-1]}) if body["model"] == "m" else (404, {})
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: Any) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def endpoint() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Endpoint)
    server.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_openai_endpoint(endpoint: ThreadingHTTPServer) -> None:
    base = f"http://127.0.0.1:{endpoint.server_address[1]}/v1"
    embedder = load_embedder(f"openai:m@{base}/", api_key="secret", passage_prefix="p ")
    texts = ["a" * number for number in range(300)]  # more than fit in one request
    vectors = embedder.encode_passages(texts)
    np.testing.assert_allclose(vectors[:, 0] / vectors[:, 1], np.arange(300) + 2, rtol=1e-5)
    assert (embedder.name, embedder.dimensions) == (f"openai:m@{base}", 2)
    paths, keys, bodies = zip(*endpoint.asked, strict=True)  # type: ignore[attr-defined]
    assert set(paths) == {"/v1/embeddings"}
    assert set(keys) == {"Bearer secret"}
    assert [len(body["input"]) for body in bodies] == [1, 128, 128, 44]


@pytest.mark.parametrize("name", ["openai:m", "openai:@http://x", "openai:m@ftp://x"])
def test_a_malformed_endpoint(name: str) -> None:
    with pytest.raises(EmbedderError, match="openai:MODEL@https://host/v1"):
        load_embedder(name)


def test_an_endpoint_that_refuses(endpoint: ThreadingHTTPServer) -> None:
    with pytest.raises(EmbedderError, match="404"):
        load_embedder(f"openai:other@http://127.0.0.1:{endpoint.server_address[1]}/v1")


def test_as_a_llama_index_embedding(shipped: StaticEmbedder) -> None:
    from ingest.embedder.llama import BilingualEmbedding

    embedding = BilingualEmbedding(shipped)
    assert embedding.model_name == shipped.name
    wanted = shipped.encode_passages(TEXTS[:2])
    np.testing.assert_allclose(embedding.get_text_embedding_batch(TEXTS[:2]), wanted)
    np.testing.assert_allclose(embedding.get_query_embedding(TEXTS[0]), wanted[0])


@pytest.mark.parametrize(
    ("english", "dutch", "pos", "expected"),
    [
        ("company", "bedrijf", "n", {("companies", "bedrijven")}),
        ("house", "huis", "n", {("houses", "huizen")}),
        ("cell", "cel", "n", {("cells", "cellen")}),
        ("possibility", "mogelijkheid", "n", {("possibilities", "mogelijkheden")}),
        ("car", "wagen", "n", {("cars", "wagens")}),
        ("patent", "octrooi", "n", {("patents", "octrooien")}),
        ("formal", "formeel", "adj", {("formal", "formele")}),
        ("flat", "plat", "adj", {("flat", "platte")}),
        ("build", "aanleggen", "v", {("builds", "aanlegt"), ("built", "aangelegd")}),
        ("make", "maken", "v", {("makes", "maakt"), ("made", "maakten"), ("made", "gemaakt")}),
        ("describe", "beschrijven", "v", {("described", "beschreef")}),
        ("recognise", "erkennen", "v", {("recognised", "erkend"), ("recognised", "erkende")}),
        ("quickly", "snel", "adv", set()),
    ],
)
def test_inflections(english: str, dutch: str, pos: str, expected: set[tuple[str, str]]) -> None:
    assert expected <= set(inflections(english, dutch, pos))
