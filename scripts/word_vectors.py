"""Word vectors for the small pipeline out of a trained transformer, and no other weights of it.

python scripts/word_vectors.py OUT --model en_cable_trf --often FILE_OR_FOLDER TEXTS...
(environment with torch)
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Annotated, Any

import numpy
import spacy
import typer
from numpy.typing import NDArray
from spacy.util import minibatch
from spacy.vectors import Vectors

from cablespan import lexicon
from json_lines import texts

WORD = re.compile(r"[^\W\d_][\w'’.-]*[^\W\d_]|[^\W\d_]")
# How many times a word of the kind of texts that is to come counts.
OFTEN = 10
# Seen less often, a word's mean says little of it.
SEEN_ENOUGH = 5
# So many times in context count as much as the word alone.
ALONE_COUNTS = 3
RIDGE = 50
LEXICONS = (
    "countries",
    "regions",
    "governments",
    "us_agencies",
    "bodies",
    "orgs",
    "titles",
    "laws",
    "cities",
    "given_names",
)

Matrix = NDArray[numpy.float32]


def word_counts(files: list[Path]) -> Counter[str]:
    """How often each word stands in the texts, in small letters."""
    return Counter(word.lower() for text in texts(files) for word in WORD.findall(text))


def lexicon_words() -> Iterator[str]:
    for name in LEXICONS:
        for entry in lexicon.load(name):
            for form in (entry.get("name"), *entry.get("aliases", ())):
                yield from WORD.findall(form or "")


def frequent_words(files: list[Path], often: list[Path], size: int) -> list[str]:
    counts = word_counts(files)
    for word, count in word_counts(often).items():
        counts[word] += OFTEN * count
    counts.update(word.lower() for word in lexicon_words())
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [word for word, _ in ranked if len(word) < 25][:size]


def drawn(files: list[Path], words: int) -> list[str]:
    """Paragraphs drawn by chance, about so many words in all, the longest of them cut."""
    paragraphs = list(texts(files))
    Random(0).shuffle(paragraphs)
    read = accumulate(len(text.split()) for text in paragraphs)
    return [text[:1200] for text, so_far in zip(paragraphs, read, strict=True) if so_far <= words]


class Encoder:
    """A pipeline's transformer: its middle and its last layer, for every piece of some texts."""

    def __init__(self, model: str) -> None:
        import torch

        transformer: Any = spacy.load(model).get_pipe("transformer")
        self.tokenizer = transformer.model.tokenizer
        self.encoder = transformer.model.transformer.eval().to(torch.bfloat16)
        self.width: int = self.encoder.config.hidden_size

    def __call__(self, texts: list[str], longest: int) -> tuple[NDArray, Matrix]:
        """Start and end of each piece in its text (equal: none), shape (texts, pieces, 2), and what
        it is encoded as, (texts, pieces, 2, width): the middle layer, the last one."""
        import torch

        pieces = self.tokenizer(
            texts,
            return_tensors="pt",
            padding=True,
            truncation=True,
            max_length=longest,
            return_offsets_mapping=True,
        )
        offsets = pieces.pop("offset_mapping").numpy()
        with torch.inference_mode():
            layers = self.encoder(**pieces, output_hidden_states=True).hidden_states
        both = torch.stack([layers[len(layers) // 2], layers[-1]], dim=2)
        return offsets, both.float().numpy()


def alone(encode: Encoder, words: list[str]) -> Matrix:
    """Each word's mean over its pieces, without a context: shape (words, 2, width)."""
    rows = []
    for batch in minibatch(words, 256):
        offsets, states = encode(batch, longest=16)
        real = (offsets[..., 1] > offsets[..., 0])[..., None, None]
        rows.append((states * real).sum(1) / real.sum(1).clip(1))
    return numpy.concatenate(rows)


def in_context(
    encode: Encoder, words: list[str], paragraphs: list[str]
) -> tuple[Matrix, NDArray[numpy.int64]]:
    """The sum of what each word is wherever it stands, and how often it does."""
    index = {word: row for row, word in enumerate(words)}
    sums = numpy.zeros((len(words), 2, encode.width), "f")
    seen = numpy.zeros(len(words), "i8")
    for batch in minibatch(sorted(paragraphs, key=len), 16):
        offsets, states = encode(batch, longest=288)
        for text, spans, pieces in zip(batch, offsets, states, strict=True):
            real = numpy.flatnonzero(spans[:, 1] > spans[:, 0])
            starts = spans[real, 0]
            for word in WORD.finditer(text):
                row = index.get(word.group().lower())
                first, end = numpy.searchsorted(starts, word.span())
                if row is not None and first < end:
                    sums[row] += pieces[real[first:end]].mean(0)
                    seen[row] += 1
    return sums, seen


def means(alone: Matrix, sums: Matrix, seen: NDArray[numpy.int64]) -> Matrix:
    """Each word's mean in context, centred, shape (words, width).

    What a word is alone stands in for what was seen of it seldom or never, by the linear map from
    one to the other that fits the frequent words best (ridge regression).
    """
    often = seen >= SEEN_ENOUGH
    observed = sums[often] / seen[often, None]
    centre = observed.mean(0)
    inputs = alone - alone.mean(0)
    known = inputs[often] * numpy.minimum(seen[often], 20)[:, None]
    mapping = numpy.linalg.solve(
        known.T @ inputs[often] + RIDGE * numpy.eye(inputs.shape[1]), known.T @ (observed - centre)
    )
    mixed = sums - seen[:, None] * centre + ALONE_COUNTS * (inputs @ mapping)
    mixed /= (seen + ALONE_COUNTS)[:, None]
    return mixed / mixed[often].std()


def reduced(table: Matrix, seen: NDArray[numpy.int64], width: int) -> Matrix:
    """Its `width` principal components; a word counts by the root of how often it was seen."""
    weights = numpy.sqrt(numpy.maximum(seen, 1))[:, None]
    table = table - (table * weights).sum(0) / weights.sum()
    directions, _, _ = numpy.linalg.svd((table * weights).T @ (table * weights))
    table = table @ directions[:, :width]
    return (table / table.std()).astype("f")


def vectors(
    output: Path,
    files: Annotated[
        list[Path], typer.Argument(help="JSON Lines (.gz too) with `paragraphs` or `text`.")
    ],
    model: Annotated[str, typer.Option(help="A pipeline with a transformer.")],
    often: Annotated[
        list[Path],
        typer.Option(help="Texts of the kind that is to come, or a folder: words count ten times."),
    ],
    size: int = 28_000,
    width: int = 96,
    read: Annotated[int, typer.Option(help="Words of each kind of text to read.")] = 200_000,
) -> None:
    """Word vectors: the mean of what the transformer makes of each word in the contexts in which it
    stands (Bommasani et al. 2020, https://aclanthology.org/2020.acl-main.431), the middle and the
    last layer, reduced to `width` principal components; the same for "post", "Post" and "POST".

    The words are the most frequent of the texts and those of the lexicon.
    """
    import torch

    torch.set_num_threads(1)
    words = frequent_words(files, often, size)
    encode = Encoder(model)
    sums, seen = in_context(encode, words, drawn(often, 2 * read) + drawn(files, read))
    by_itself = alone(encode, words)
    layers = [means(by_itself[:, layer], sums[:, layer], seen) for layer in (0, 1)]
    data = reduced(numpy.concatenate(layers, axis=1), seen, width)
    nlp = spacy.blank("en")
    nlp.vocab.vectors = Vectors(strings=nlp.vocab.strings, data=data, name="cable_vectors")
    # One row for all forms: spaCy does not save `attr="LOWER"` of vectors.
    for row, word in enumerate(words):
        for form in dict.fromkeys((word, word.capitalize(), word.title(), word.upper())):
            nlp.vocab.vectors.add(form, row=row)
    nlp.to_disk(output)
    print(f"{output}: {len(words)} words, {width} dimensions, {(seen > 0).sum()} met in context")


if __name__ == "__main__":
    typer.run(vectors)
