"""What a trained transformer makes of each token, for `spacy pretrain` to teach a small pipeline.

python scripts/transformer_states.py work/states --model en_cable_trf TEXTS...
(environment with torch)
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Annotated

import numpy
import typer
from numpy.typing import NDArray
from spacy.tokens import Doc, DocBin
from spacy.util import minibatch
from tqdm import tqdm

import cablespan
from cablespan.document import STATES
from json_lines import texts

# Words that the transformer sees of a text at least, where its file has more.
CONTEXT = 200
# So many texts tell which directions the states spread in.
SAMPLE = 300
DOCS_IN_A_FILE = 500

Matrix = NDArray[numpy.float32]


def joined(paths: Iterable[Path]) -> Iterator[str]:
    """The texts of files and folders, each once, short ones put together."""
    together: list[str] = []
    for text in dict.fromkeys(texts(paths)):
        together.append(text)
        if sum(len(text.split()) for text in together) >= CONTEXT:
            yield "\n\n".join(together)
            together = []
    if together:
        yield "\n\n".join(together)


def states(doc: Doc) -> Matrix:
    """The mean of the last layer over each token's pieces: shape (tokens, width)."""
    encoded = doc._.trf_data
    last = numpy.asarray(encoded.model_output.last_hidden_state)
    pieces = last.reshape(-1, last.shape[-1])[encoded.align.dataXd.ravel()]
    sums = numpy.zeros((len(doc), pieces.shape[1]), "f")
    numpy.add.at(sums, numpy.repeat(numpy.arange(len(doc)), encoded.align.lengths), pieces)
    return sums / encoded.align.lengths.clip(1)[:, None]


class Projection:
    """Onto the directions in which states spread most (PCA); a direction counts by the root of how
    far they spread in it, all together have variance 1."""

    def __init__(self, sample: Matrix, width: int) -> None:
        self.mean = sample.mean(0)
        spread, directions = numpy.linalg.eigh(numpy.cov((sample - self.mean).T))
        self.directions = directions[:, -width:] / spread[-width:] ** 0.25
        self.directions /= ((sample - self.mean) @ self.directions).std()

    def __call__(self, states: Matrix) -> NDArray[numpy.float16]:
        return ((states - self.mean) @ self.directions).astype("f2")


def with_states(doc: Doc, states: NDArray[numpy.float16]) -> Doc:
    """The words alone, and what is to be learned of them."""
    words, spaces = zip(*((token.text, bool(token.whitespace_)) for token in doc), strict=True)
    return Doc(doc.vocab, words=words, spaces=spaces, user_data={STATES: states})


def main(
    output: Path,
    paths: Annotated[
        list[Path],
        typer.Argument(help="JSON Lines with `paragraphs` or `text`, .gz too, or folders of them."),
    ],
    model: Annotated[str, typer.Option(help="A pipeline with a transformer.")],
    width: int = 256,
) -> None:
    """A folder of DocBins; `doc.user_data["transformer_states"]` has shape (tokens, width)."""
    import torch

    torch.set_num_threads(1)
    nlp = cablespan.load(model, enable=["transformer"], bfloat16=True)
    encoded = ((doc, states(doc)) for doc in nlp.pipe(tqdm([*joined(paths)])))
    sample = list(islice(encoded, SAMPLE))
    project = Projection(numpy.concatenate([rows for _, rows in sample]), width)
    output.mkdir(parents=True)
    tokens = 0
    for number, batch in enumerate(minibatch(chain(sample, encoded), DOCS_IN_A_FILE)):
        docs = [with_states(doc, project(rows)) for doc, rows in batch]
        DocBin(docs=docs, store_user_data=True).to_disk(output / f"{number:04}.spacy")
        tokens += sum(map(len, docs))
    print(f"{output}: {tokens} tokens, {width} dimensions")


if __name__ == "__main__":
    typer.run(main)
