"""A real llama.cpp server with a model of 300 tokens made here: python llama_server.py FOLDER

The model is a chain: each token's embedding points at the next, everything else is zero. So it
says one sentence, whatever it is asked, and the test knows which.
"""

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path

import gguf
import numpy as np

SAYS = "De kleine reuzen zijn groot ."
GO = "<|go|>"
TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}" + GO
WIDTH = 64  # of the embeddings, a unit vector for each token of the chain
FEED = 64


def write_model(path: Path) -> None:
    """Write the model in llama.cpp's own format."""
    words = [f"▁{word}" for word in SAYS.split()]
    special, control, byte, normal = ["<unk>", "<s>", "</s>", GO], 3, 6, 1
    tokens = [*special, *(f"<0x{number:02X}>" for number in range(256)), *words]
    types = [2, control, control, control, *[byte] * 256, *[normal] * len(words)]
    chain = [tokens.index(GO), *map(tokens.index, words), tokens.index("</s>")]
    embeddings = np.zeros((len(tokens), WIDTH), np.float32)
    output = np.zeros_like(embeddings)
    for place, (token, following) in enumerate(itertools.pairwise(chain)):
        embeddings[token, place] = output[following, place] = 1
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(2048)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(FEED)
    writer.add_head_count(2)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // 2)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types(types)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_chat_template(TEMPLATE)
    writer.add_tensor("token_embd.weight", embeddings)
    writer.add_tensor("output.weight", output)
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    for name, rows, columns in (
        ("attn_q", WIDTH, WIDTH),
        ("attn_k", WIDTH, WIDTH),
        ("attn_v", WIDTH, WIDTH),
        ("attn_output", WIDTH, WIDTH),
        ("ffn_gate", FEED, WIDTH),
        ("ffn_up", FEED, WIDTH),
        ("ffn_down", WIDTH, FEED),
    ):
        writer.add_tensor(f"blk.0.{name}.weight", np.zeros((rows, columns), np.float32))
    for name in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"blk.0.{name}.weight", np.ones(WIDTH, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main(folder: Path) -> None:
    """Serve until killed; print the address once it answers."""
    import xllamacpp

    model = folder / "chain.gguf"
    write_model(model)
    options = xllamacpp.CommonParams()
    options.model.path = str(model)
    options.n_ctx = 1024
    options.n_parallel = 1
    options.cpuparams.n_threads = 1
    options.warmup = False
    options.port = 0
    server = xllamacpp.Server(options)
    print(f"listening {server.listening_address}", flush=True)
    while True:
        time.sleep(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
