"""Word vectors for the small pipeline out of an encoder, and no other weights of it.

python scripts/word_vectors.py OUT --encoder NAME_OR_FOLDER TEXTS... (environment with torch)
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy
import spacy
import typer
from spacy.vectors import Vectors

from cablespan import lexicon
from json_lines import texts

WORD = re.compile(r"[^\W\d_][\w'’.-]*[^\W\d_]|[^\W\d_]")
# How many times a word of the kind of texts that is to come counts.
OFTEN = 10


def jsonl_files(path: Path) -> list[Path]:
    return sorted(path.glob("*.jsonl")) if path.is_dir() else [path]


def word_counts(files: list[Path]) -> Counter[str]:
    """How often each word stands in the texts, in small letters."""
    return Counter(word.lower() for text in texts(files) for word in WORD.findall(text))


def lexicon_words() -> Iterator[str]:
    for name in (
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
    ):
        for entry in lexicon.load(name):
            for form in (entry.get("name"), *entry.get("aliases", ())):
                yield from WORD.findall(form or "")


def vectors(
    output: Path,
    files: Annotated[
        list[Path], typer.Argument(help="JSON Lines (.gz too) with `paragraphs` or `text`.")
    ],
    encoder: Annotated[str, typer.Option()],
    often: Annotated[
        list[Path] | None,
        typer.Option(help="Texts of the kind that is to come, or a folder: words count ten times."),
    ] = None,
    size: int = 28_000,
    width: int = 96,
) -> None:
    """Word vectors: the encoder's mean output for each word alone, reduced to `width` principal
    components, the same for "post", "Post" and "POST".

    The words are the most frequent of the texts and those of the lexicon (Model2Vec's idea, without
    its reweighting).
    """
    import torch
    from transformers import AutoModel, AutoTokenizer

    torch.set_num_threads(1)
    counts = word_counts(files)
    recent = [file for path in often or [] for file in jsonl_files(path)]
    for word, count in word_counts(recent).items():
        counts[word] += OFTEN * count
    counts.update(word.lower() for word in lexicon_words())
    words = [
        word
        for word, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if len(word) < 25
    ][:size]
    tokenizer, model = (
        AutoTokenizer.from_pretrained(encoder),
        AutoModel.from_pretrained(encoder).eval(),
    )
    rows = []
    with torch.no_grad():
        for start in range(0, len(words), 512):
            batch = tokenizer(
                words[start : start + 512],
                return_tensors="pt",
                padding=True,
                truncation=True,
                max_length=16,
            )
            mask = batch["attention_mask"][..., None]
            rows.append(((model(**batch).last_hidden_state * mask).sum(1) / mask.sum(1)).numpy())
    table = numpy.concatenate(rows)
    table -= table.mean(axis=0)
    directions, _, _ = numpy.linalg.svd(table.T @ table / len(table))
    table = table @ directions[:, :width]
    nlp = spacy.blank("en")
    data = (table / table.std()).astype("f")
    nlp.vocab.vectors = Vectors(strings=nlp.vocab.strings, data=data, name="cable_vectors")
    # One row for all forms: spaCy does not save `attr="LOWER"` of vectors.
    for row, word in enumerate(words):
        for form in dict.fromkeys((word, word.capitalize(), word.title(), word.upper())):
            nlp.vocab.vectors.add(form, row=row)
    nlp.to_disk(output)
    print(f"{output}: {len(words)} words, {width} dimensions")


if __name__ == "__main__":
    typer.run(vectors)
