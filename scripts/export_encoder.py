"""Writes the graph of a transformer pipeline's encoder beside its weights, so that it is run by
onnxruntime, without torch (`cablespan.components.network.onnx_encoder`).

python scripts/export_encoder.py work/transformer-packed
"""

from io import BytesIO
from pathlib import Path
from typing import Annotated

import onnx
import spacy
import torch
import typer
from onnx.external_data_helper import set_external_data

from cablespan.components.network.onnx_encoder import GRAPH, external


class _States(torch.nn.Module):
    """The last hidden states alone."""

    def __init__(self, encoder: torch.nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        return self.encoder(input_ids=input_ids, attention_mask=attention_mask)[0]


def main(
    pipeline: Annotated[Path, typer.Argument(help="Folder of a transformer pipeline.")],
) -> None:
    """Writes PIPELINE/transformer/encoder.onnx."""
    nlp = spacy.load(pipeline)
    nlp.to_disk(pipeline)
    graph = exported(nlp.get_pipe("transformer").model.transformer.eval())
    (pipeline / "transformer" / GRAPH).write_bytes(graph)
    print(f"{pipeline}: {len(graph) / 1e6:.1f} MB of graph")


def exported(encoder: torch.nn.Module) -> bytes:
    """The graph of an encoder; its weights are external, by the names of its state."""
    file = BytesIO()
    ids = torch.arange(5, 39).reshape(2, 17)
    shape = {0: "windows", 1: "pieces"}
    torch.onnx.export(
        _States(encoder),
        (ids, torch.ones_like(ids)),
        file,
        input_names=["input_ids", "attention_mask"],
        output_names=["states"],
        dynamic_axes={"input_ids": shape, "attention_mask": shape, "states": shape},
        do_constant_folding=False,
        dynamo=False,
    )
    model = onnx.load_from_string(file.getvalue())
    names = set(encoder.state_dict())
    renamed = {}
    for weights in model.graph.initializer:
        name = weights.name.removeprefix("encoder.")
        if name in names:
            renamed[weights.name] = weights.name = name
            set_external_data(weights, external(name), length=len(weights.raw_data))
            weights.ClearField("raw_data")
    for node in model.graph.node:
        node.input[:] = [renamed.get(name, name) for name in node.input]
    return model.SerializeToString()


if __name__ == "__main__":
    typer.run(main)
