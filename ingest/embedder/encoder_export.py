"""Writes a trained sentence encoder as one ONNX file, its matrices int8 with a scale a row.

And reads one back, to train it further; and writes the entailment model, which shares its table.
"""

from pathlib import Path
from typing import Any

import numpy as np

from ingest.embedder.encoder import HEADS, LONGEST, WIDTH
from ingest.embedder.extras import import_extra
from ingest.embedder.static import Vectors

OPSET = 17  # onnxruntime reads it since 1.12


def write_onnx(out: Path, body: Any) -> int:
    """Write a transformers BertModel as a file; return its size in bytes."""
    torch = import_extra("torch", "train")
    encoder = _classes(torch)[0](body).eval()
    axes = {0: "texts", 1: "pieces"}
    torch.onnx.export(
        encoder,
        (torch.tensor([[0, 3, 2]]), torch.ones(1, 3)),
        str(out),
        input_names=["ids", "mask"],
        output_names=["vectors"],
        dynamic_axes={"ids": axes, "mask": axes, "vectors": {0: "texts"}},
        opset_version=OPSET,
        do_constant_folding=False,  # folding would write the int8 matrices as float32
        dynamo=False,
    )
    return out.stat().st_size


def write_entailment(out: Path, body: Any, mark: Any, head: Any, encoder: Path) -> int:
    """Write the entailment model beside its encoder, whose table it reads; return its size.

    `body` is the encoder's, cut down and trained on; `mark` (dimensions,) is added to each piece
    of a claim; `head` are a linear layer, GELU and a linear layer.
    """
    torch, onnx = import_extra("torch", "train"), import_extra("onnx", "train")
    model = _classes(torch)[1](body, mark, head).eval()
    held = {one.name: one for one in onnx.load(str(encoder)).graph.initializer}
    model.table.scale = torch.from_numpy(onnx.numpy_helper.to_array(held["table.scale"]).copy())
    axes = {0: "pairs", 1: "pieces"}
    ids, ones = torch.tensor([[0, 3, 2, 0, 3, 2]]), torch.ones(1, 6)
    torch.onnx.export(
        model,
        (ids, torch.tensor([[0, 1, 2, 0, 1, 2]]), ones, ones),
        str(out),
        input_names=["ids", "places", "mask", "claim"],
        output_names=["logits"],
        dynamic_axes=dict.fromkeys(("ids", "places", "mask", "claim"), axes)
        | {"logits": {0: "pairs"}},
        opset_version=OPSET,
        do_constant_folding=False,
        dynamo=False,
    )
    written = onnx.load(str(out))
    table = next(one for one in written.graph.initializer if one.name == "table.rows")
    rows = held["table.rows"].raw_data
    table.ClearField("raw_data")
    table.data_location = onnx.TensorProto.EXTERNAL
    where = {"location": encoder.name, "offset": encoder.read_bytes().find(rows)}
    for key, value in (where | {"length": len(rows)}).items():
        table.external_data.add(key=key, value=str(value))
    out.write_bytes(written.SerializeToString())
    return out.stat().st_size


def read_onnx(path: Path) -> Any:
    """Return the file as a transformers BertModel, to train it further.

    What int8 lost when the file was written stays lost: a few thousandths of a cosine.
    """
    torch, onnx = import_extra("torch", "train"), import_extra("onnx", "train")
    transformers = import_extra("transformers", "train")
    held = {
        one.name: onnx.numpy_helper.to_array(one).astype(np.float32)
        for one in onnx.load(str(path)).graph.initializer
    }

    def matrix(name: str) -> Vectors:
        rows: Vectors = held[f"{name}.rows"] * held[f"{name}.scale"]
        return rows

    def put(parameter: Any, values: Vectors) -> None:
        parameter.copy_(torch.from_numpy(values))

    table, places = matrix("table"), held["places"]
    body = transformers.BertModel(
        transformers.BertConfig(
            vocab_size=len(table),
            hidden_size=WIDTH,
            num_hidden_layers=1 + max(int(n.split(".")[1]) for n in held if n[:7] == "layers."),
            num_attention_heads=HEADS,
            intermediate_size=len(held["layers.0.wide.bias"]),
            max_position_embeddings=len(places),
            type_vocab_size=1,
        ),
        add_pooling_layer=False,
    )
    with torch.no_grad():
        start = body.embeddings
        start.token_type_embeddings.weight.zero_()  # the file has it in the places
        put(start.word_embeddings.weight, table)
        put(start.position_embeddings.weight, places)
        norms = {"norm": start.LayerNorm}
        for number, layer in enumerate(body.encoder.layer):
            attention, here = layer.attention, f"layers.{number}"
            norms |= {f"{here}.mixed_norm": attention.output.LayerNorm}
            norms |= {f"{here}.norm": layer.output.LayerNorm}
            linear = {
                "query": attention.self.query,
                "key": attention.self.key,
                "value": attention.self.value,
                "mixed": attention.output.dense,
                "wide": layer.intermediate.dense,
                "narrow": layer.output.dense,
            }
            for name, part in linear.items():
                put(part.weight, matrix(f"{here}.{name}.matrix"))
                put(part.bias, held[f"{here}.{name}.bias"])
        for name, part in norms.items():
            put(part.weight, held[f"{name}.weight"])
            put(part.bias, held[f"{name}.bias"])
    return body


def _classes(torch: Any) -> Any:
    """The two modules to export, made here because torch is imported only for training."""
    nn = torch.nn

    class Matrix(nn.Module):  # type: ignore[misc, name-defined]
        """A matrix as int8 with a scale for each row."""

        def __init__(self, rows: Any) -> None:
            super().__init__()
            rows = rows.detach()
            scale = rows.abs().amax(1, keepdim=True).clamp_min(1e-8) / 127
            self.register_buffer("scale", scale)
            self.register_buffer("rows", torch.round(rows / scale).to(torch.int8))

        def at(self, ids: Any) -> Any:
            return self.rows[ids].float() * self.scale[ids]

    class Linear(nn.Module):  # type: ignore[misc, name-defined]
        """A linear layer over such a matrix."""

        def __init__(self, layer: Any) -> None:
            super().__init__()
            self.matrix = Matrix(layer.weight)
            self.register_buffer("bias", layer.bias.detach())

        def forward(self, x: Any) -> Any:
            return x @ (self.matrix.rows.float() * self.matrix.scale).T + self.bias

    class Layer(nn.Module):  # type: ignore[misc, name-defined]
        """Self-attention and a feed-forward net, as in BERT."""

        def __init__(self, layer: Any, heads: int) -> None:
            super().__init__()
            attention = layer.attention
            self.heads, self.size = heads, WIDTH // heads
            self.query = Linear(attention.self.query)
            self.key = Linear(attention.self.key)
            self.value = Linear(attention.self.value)
            self.mixed = Linear(attention.output.dense)
            self.mixed_norm = attention.output.LayerNorm
            self.wide = Linear(layer.intermediate.dense)
            self.narrow = Linear(layer.output.dense)
            self.norm = layer.output.LayerNorm

        def split(self, x: Any) -> Any:
            return x.view(x.shape[0], x.shape[1], self.heads, self.size).transpose(1, 2)

        def forward(self, x: Any, hidden: Any) -> Any:
            query, key, value = (self.split(f(x)) for f in (self.query, self.key, self.value))
            shares = torch.softmax(query @ key.transpose(2, 3) / self.size**0.5 + hidden, -1)
            mixed = (shares @ value).transpose(1, 2).reshape(x.shape)
            x = self.mixed_norm(x + self.mixed(mixed))
            return self.norm(x + self.narrow(nn.functional.gelu(self.wide(x))))

    class Net(nn.Module):  # type: ignore[misc, name-defined]
        """What both have: a table of word pieces, their places, and layers."""

        def __init__(self, body: Any) -> None:
            super().__init__()
            start = body.embeddings
            self.table = Matrix(start.word_embeddings.weight)
            places = start.position_embeddings.weight + start.token_type_embeddings.weight[0]
            self.register_buffer("places", places[:LONGEST].detach().clone())
            self.norm = start.LayerNorm
            heads = body.config.num_attention_heads
            self.layers = nn.ModuleList(Layer(layer, heads) for layer in body.encoder.layer)

    class Encoder(Net):
        """Word pieces to a vector of length 1, the mean of the last layer."""

        def forward(self, ids: Any, mask: Any) -> Any:
            x = self.norm(self.table.at(ids) + self.places[: ids.shape[1]])
            hidden = (1 - mask)[:, None, None, :] * -1e4
            for layer in self.layers:
                x = layer(x, hidden)
            vector = (x * mask[..., None]).sum(1)
            return vector / torch.sqrt((vector * vector).sum(1, keepdim=True)).clamp_min(1e-9)

    class Entailment(Net):
        """Word pieces of a claim and its evidence to a logit, from the first and the claim's."""

        def __init__(self, body: Any, mark: Any, head: Any) -> None:
            super().__init__(body)
            self.register_buffer("mark", mark.detach())
            self.hidden, self.out = Linear(head[0]), Linear(head[-1])

        def forward(self, ids: Any, places: Any, mask: Any, claim: Any) -> Any:
            x = self.table.at(ids) + self.places[places] + claim[..., None] * self.mark
            x = self.norm(x)
            hidden = (1 - mask)[:, None, None, :] * -1e4
            for layer in self.layers:
                x = layer(x, hidden)
            share = (mask * claim)[..., None]
            mean = (x * share).sum(1) / share.sum(1)
            found = nn.functional.gelu(self.hidden(torch.cat([x[:, 0], mean], -1)))
            return self.out(found)[:, 0]

    return Encoder, Entailment
