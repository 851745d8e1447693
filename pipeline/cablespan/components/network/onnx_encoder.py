"""The encoder of a transformer pipeline, run by onnxruntime: spaCy's pipeline without torch.

The pipeline is spacy-transformers', and is trained and loaded as such where torch is. Beside its
weights lies the graph of what is computed with them (`encoder.onnx`, which
scripts/export_encoder.py writes); `without_torch` turns its config into one whose transformer is
the component here, and whose heads listen to that.
"""

import os
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import numpy
import srsly
from numpy import ndarray
from spacy.language import Language
from spacy.pipeline import Tok2Vec
from spacy.pipeline.tok2vec import Tok2VecListener
from spacy.tokens import Doc
from spacy.util import SimpleFrozenList, ensure_path, registry
from thinc.api import Config, Model, chain, noop
from thinc.types import Floats2d

from cablespan.components.network.encoder import windows
from cablespan.components.network.packing import transformer_message, unpacked
from cablespan.components.network.prediction import no_backprop

GRAPH = "encoder.onnx"
NEEDED = ("onnxruntime", "tokenizers")
LISTENER = "spacy-transformers.TransformerListener.v1"


def external(name: str) -> str:
    """Where a graph says that weights lie. It has not all of an encoder's: no pooler's, and equal
    ones once."""
    return f"<{name}>"


def has_graph(pipeline: Path) -> bool:
    """Whether a pipeline's folder has a transformer that can be run without torch."""
    return (pipeline / "transformer" / GRAPH).is_file()


def can_run() -> bool:
    """Whether what `has_graph` asks for is installed."""
    return all(find_spec(name) for name in NEEDED)


def without_torch(config: Config) -> Config:
    """The config of a transformer pipeline with the component here in the transformer's place."""
    config = config.copy()
    for component in config["components"].values():
        if component["factory"] == "transformer":
            spans = component["model"]["get_spans"]
            component.clear()
            component["factory"] = "cable_encoder"
            component["model"] = {
                "@architectures": "cablespan.OnnxEncoder.v1",
                "longest": spans["longest"],
                "overlap": spans["overlap"],
            }
        else:
            _listen(component)
    return config


def _listen(block: dict[str, Any]) -> None:
    for name, value in block.items():
        if not isinstance(value, dict):
            continue
        if value.get("@architectures") == LISTENER:
            upstream = value["upstream"]
            block[name] = {"@architectures": "cablespan.EncoderListener.v1", "upstream": upstream}
        else:
            _listen(value)


@registry.architectures("cablespan.EncoderListener.v1")
def encoder_listener(upstream: str) -> Model[list[Doc], list[Floats2d]]:
    """What the encoder found for each token; it has the nodes of spacy-transformers' listener, so
    that the weights of a head load into both."""
    pooled: Model = Model("pooled", _as_they_are, layers=[noop()])
    return chain(Tok2VecListener(upstream, None), pooled)  # type: ignore[arg-type]


def _as_they_are(model: Model, X: list[Floats2d], is_train: bool):
    return X, no_backprop


@registry.architectures("cablespan.OnnxEncoder.v1")
def onnx_encoder(longest: int, overlap: int) -> Model[list[Doc], list[Floats2d]]:
    """A vector for each token of each Doc, read in windows as `encoder.windows` cuts them.

    A token's vector is the mean over its pieces in all windows, as with spacy-transformers. A
    window of more pieces than the encoder has places for is read in halves.
    """
    return Model(
        "onnx_encoder",
        _encode,
        dims={"nO": None},
        attrs={"runtime": None, "longest": longest, "overlap": overlap},
    )


def _encode(model: Model, docs: list[Doc], is_train: bool):
    runtime = model.attrs["runtime"]
    bounds = model.attrs["longest"], model.attrs["overlap"]
    return [runtime.encode(doc, list(windows(len(doc), *bounds))) for doc in docs], no_backprop


class Runtime:
    """Session and tokenizer of an encoder, made when they are first asked for: in each process
    its own."""

    def __init__(self, model: bytes, graph: bytes) -> None:
        self.model, self.graph = model, graph
        self.session: Any = None

    def __getstate__(self) -> dict[str, Any]:
        return {"model": self.model, "graph": self.graph, "session": None}

    def _start(self) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        # Its threads and processes that fork do not go together; a window is short.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        message = transformer_message(self.model)
        self.tokenizer = Tokenizer.from_str(message["tokenizer"]["tokenizer.json"].decode())
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.places = _places(message["config"])
        self.pad = message["config"].get("pad_token_id") or 0
        options = onnxruntime.SessionOptions()
        # One thread: the same sums in the same order on any machine, and runs have workers.
        options.intra_op_num_threads = 1
        weights = {
            name: unpacked(kept)
            for name, kept in message["state"].items()
            if external(name).encode() in self.graph
        }
        options.add_external_initializers(
            list(weights), [onnxruntime.OrtValue.ortvalue_from_numpy(w) for w in weights.values()]
        )
        self.session = onnxruntime.InferenceSession(
            self.graph, options, providers=["CPUExecutionProvider"]
        )

    @property
    def width(self) -> int:
        """Of a token's vector."""
        config: dict[str, Any] = transformer_message(self.model)["config"]
        return int(config["hidden_size"])

    def encode(self, doc: Doc, bounds: list[tuple[int, int]]) -> Floats2d:
        """(tokens, width); zeros for a token of blanks alone."""
        if self.session is None:
            self._start()
        rows = list(self._fitting(doc, bounds))
        total: Any = numpy.zeros((len(doc), self.width), "float32")
        count = numpy.zeros((len(doc), 1), "float32")
        for (tokens, pieces, _), states in zip(rows, self._states(rows), strict=True):
            numpy.add.at(total, tokens, states[pieces])
            numpy.add.at(count, tokens, 1)
        return total / numpy.maximum(count, 1)

    def _fitting(self, doc: Doc, bounds: Iterable[tuple[int, int]]):
        """Tokens, their pieces and the pieces' ids, for each window."""
        for start, end in bounds:
            span = doc[start:end]
            encoded = self.tokenizer.encode(span.text)
            if len(encoded.ids) > self.places and end - start > 1:
                middle = (start + end) // 2
                yield from self._fitting(doc, [(start, middle), (middle, end)])
                continue
            tokens, pieces = _aligned(doc, start, end, encoded.offsets[: self.places])
            yield tokens, pieces, encoded.ids[: self.places]

    def _states(self, rows: list[tuple[Any, Any, list[int]]]) -> ndarray:
        longest = max((len(ids) for *_, ids in rows), default=0)
        ids = numpy.full((len(rows), longest), self.pad, "int64")
        mask = numpy.zeros_like(ids)
        for row, (*_, found) in enumerate(rows):
            ids[row, : len(found)] = found
            mask[row, : len(found)] = 1
        feed = {"input_ids": ids, "attention_mask": mask}
        names = {given.name for given in self.session.get_inputs()}
        (states,) = self.session.run(None, {n: a for n, a in feed.items() if n in names})
        return states


def _places(config: dict[str, Any]) -> int:
    """Pieces that an encoder can read at once: positions of the RoBERTa family begin behind the
    padding's."""
    offset = 2 if config["model_type"] in {"mpnet", "roberta", "xlm-roberta"} else 0
    return int(config["max_position_embeddings"]) - offset


def _aligned(
    doc: Doc, start: int, end: int, offsets: list[tuple[int, int]]
) -> tuple[ndarray, ndarray]:
    """Pairs of a token and a piece that share a character."""
    first = doc[start].idx
    owner = numpy.full(doc[end - 1].idx + len(doc[end - 1]) - first, -1, "int64")
    for token in doc[start:end]:
        owner[token.idx - first : token.idx - first + len(token)] = token.i
    tokens, pieces = [], []
    for piece, (left, right) in enumerate(offsets):
        for token in dict.fromkeys(owner[left:right].tolist()):
            if token >= 0:
                tokens.append(token)
                pieces.append(piece)
    return numpy.array(tokens, "int64"), numpy.array(pieces, "int64")


@Language.factory("cable_encoder", assigns=["doc.tensor"])
def make_encoder(nlp: Language, name: str, model: Model[list[Doc], list[Floats2d]]) -> "Encoder":
    """`model`: "cablespan.OnnxEncoder.v1"."""
    return Encoder(nlp.vocab, model, name)


class Encoder(Tok2Vec):
    """Puts a vector for each token into `doc.tensor`; it does not learn."""

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = SimpleFrozenList()) -> Self:
        """As spaCy's: the model's bytes and the graph."""
        folder = ensure_path(path)
        return self._with(Runtime((folder / "model").read_bytes(), (folder / GRAPH).read_bytes()))

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = SimpleFrozenList()) -> None:
        """As spaCy's."""
        folder = ensure_path(path)
        folder.mkdir(parents=True, exist_ok=True)
        runtime = self.model.attrs["runtime"]
        (folder / "model").write_bytes(runtime.model)
        (folder / GRAPH).write_bytes(runtime.graph)

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = SimpleFrozenList()) -> Self:
        """As spaCy's."""
        message = srsly.msgpack_loads(bytes_data)
        return self._with(Runtime(message["model"], message["graph"]))

    def to_bytes(self, *, exclude: Iterable[str] = SimpleFrozenList()) -> bytes:
        """As spaCy's."""
        runtime = self.model.attrs["runtime"]
        return srsly.msgpack_dumps({"model": runtime.model, "graph": runtime.graph})

    def _with(self, runtime: Runtime) -> Self:
        self.model.attrs["runtime"] = runtime
        self.model.set_dim("nO", runtime.width, force=True)
        return self
