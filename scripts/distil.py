"""From the transformer to the small pipeline: word vectors out of its encoder, and its labels on
texts that nobody annotated.

python scripts/distil.py vectors OUT --encoder NAME_OR_FOLDER TEXTS... (environment with torch)
python scripts/distil.py silver MODEL OUT.pkl --seconds 1000 TEXTS... (the model's own environment)
python scripts/distil.py mix OUT.spacy [WEIGHT:]SILVER.pkl ...
"""

import gzip
import pickle
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Annotated, NamedTuple

import numpy
import orjson
import spacy
import typer
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.vectors import Vectors

from cablespan import lexicon
from cablespan.components.network import sentence_lengths
from cablespan.components.network.span_tagger import SpanTagger, decode
from cablespan.components.sentences import sentence_starts, statement_spans
from cablespan.document import CLAIM_PARTS, STATEMENTS, make_doc

app = typer.Typer(help=__doc__, rich_markup_mode=None)
Files = Annotated[
    list[Path], typer.Argument(help="JSON Lines (.gz too) with `paragraphs` or `text`.")
]

NUMBER = re.compile(r"^\s*(\d{1,4}\.|\(\d{1,2}\)|\d{1,2}\))\s+")
WORD = re.compile(r"[^\W\d_][\w'’.-]*[^\W\d_]|[^\W\d_]")
HEADS = ("ner", "statements", "claim_tagger")
# How many times a word of the kind of texts that is to come counts.
OFTEN = 10


def lines(file: Path) -> Iterator[dict]:
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
        yield from map(orjson.loads, stream)


class Portion(NamedTuple):
    """Paragraphs of one document, without their numbers, and the heading that says who sent it."""

    name: str
    head: str
    paragraphs: tuple[str, ...]


def documents(files: list[Path]) -> Iterator[Portion]:
    """Whole documents; lines of one document that follow each other are one."""
    name, head, paragraphs = None, "", []
    for file in files:
        for line in lines(file):
            texts = (
                [p["text"] for p in line["paragraphs"]] if "paragraphs" in line else [line["text"]]
            )
            if (line.get("id") or line["doc"]) != name:
                if paragraphs:
                    yield Portion(name, head, tuple(paragraphs))
                name, head, paragraphs = line.get("id") or line["doc"], line.get("head") or "", []
            paragraphs += [
                text for text in (NUMBER.sub("", text).strip() for text in texts) if text
            ]
    if paragraphs:
        yield Portion(name, head, tuple(paragraphs))


def portions(files: list[Path], words: int = 700, longest: int = 400) -> list[Portion]:
    """Runs of paragraphs of at most so many words, shuffled; paragraphs that are longer than
    `longest` are left out."""
    found = []
    for name, head, paragraphs in documents(files):
        run, size = [], 0
        for paragraph in paragraphs:
            length = len(paragraph.split())
            if length > longest:
                continue
            if run and size + length > words:
                found.append(Portion(name, head, tuple(run)))
                run, size = [], 0
            run.append(paragraph)
            size += length
        if run:
            found.append(Portion(name, head, tuple(run)))
    random.Random(1).shuffle(found)
    return found


def plain_doc(nlp: Language, portion: Portion) -> Doc:
    fields = {"number": None, "marking": None, "section": None, "kind": "text", "source_map": []}
    places = [{"id": f"{portion.name}/{i}", **fields} for i in range(len(portion.paragraphs))]
    cable = {
        "id": portion.name,
        "meta": {"head": portion.head},
        "source": {},
        "header": {},
        "paragraphs": places,
    }
    return make_doc(nlp, portion.paragraphs, cable)


def jsonl_files(path: Path) -> list[Path]:
    return sorted(path.glob("*.jsonl")) if path.is_dir() else [path]


def word_counts(files: list[Path]) -> Counter[str]:
    """How often each word stands in the texts, in small letters."""
    return Counter(
        word.lower()
        for document in documents(files)
        for text in document.paragraphs
        for word in WORD.findall(text)
    )


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


@app.command()
def vectors(
    output: Path,
    files: Files,
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


@app.command()
def silver(
    model: Path,
    output: Path,
    files: Files,
    seconds: float = 1000.0,
    without: Annotated[
        list[Path] | None, typer.Option(help="Gold whose documents are left out.")
    ] = None,
) -> None:
    """A model's probabilities for every head over unlabelled texts, for as long as `seconds`."""
    nlp = spacy.load(model)
    gold = {line["doc"] for file in without or [] for line in lines(file)}
    work = [portion for portion in portions(files) if portion.name not in gold]
    begun, results, words = monotonic(), [], 0
    for start in range(0, len(work), 8):
        if monotonic() - begun > seconds:
            break
        docs = [plain_doc(nlp, portion) for portion in work[start : start + 8]]
        found: list[dict] = [{} for _ in docs]
        for name, pipe in nlp.pipeline:
            if name in HEADS:
                for probabilities, rows in zip(found, pipe.model.predict(docs), strict=True):
                    probabilities[name] = numpy.asarray(rows, dtype="float16")
            elif hasattr(pipe, "predict"):
                pipe.set_annotations(docs, pipe.predict(docs))
            else:
                docs = [pipe(doc) for doc in docs]
        results += [
            (tuple(portion), rows)
            for portion, rows in zip(work[start : start + 8], found, strict=True)
        ]
        words += sum(map(len, docs))
    labels = {name: list(nlp.get_pipe(name).labels) for name in HEADS}
    output.write_bytes(pickle.dumps((labels, results)))
    print(f"{output}: {len(results)} of {len(work)} portions, {words} tokens")


@app.command()
def mix(output: Path, sources: list[str], sure: float = 0.5) -> None:
    """Training examples from the weighted mean of several models' probabilities; sentences they are
    not `sure` of teach nothing."""
    weights, silvers = [], []
    for source in sources:
        weight, _, file = source.rpartition(":")
        weights.append(float(weight or 1))
        silvers.append(pickle.loads(Path(file).read_bytes()))
    labels = silvers[0][0]
    if any(other != labels for other, _ in silvers):
        raise SystemExit("the models have different labels: train them on the same gold")
    known = [{Portion(*portion): rows for portion, rows in results} for _, results in silvers]
    nlp, bin = spacy.blank("en"), DocBin(store_user_data=True)
    taggers = {
        name: SpanTagger(nlp.vocab, None, name, spans_key=None, scorer=None)
        for name in ("ner", "claim_tagger")
    }
    for name, tagger in taggers.items():
        tagger.cfg["labels"] = labels[name]
    for portion in known[0]:
        if not all(portion in results for results in known):
            continue
        mean = {
            head: sum(
                w * rows[portion][head].astype("f") for w, rows in zip(weights, known, strict=True)
            )
            / sum(weights)
            for head in HEADS
        }
        bin.add(_labelled(plain_doc(nlp, portion), mean, taggers, labels[STATEMENTS], sure))
    bin.to_disk(output)
    print(f"{output}: {len(bin)} portions")


def _labelled(
    doc: Doc, probabilities: dict, taggers: dict[str, SpanTagger], labels: list[str], sure: float
) -> Doc:
    starts = set(sentence_starts(doc))
    for token in doc:
        token.is_sent_start = token.i in starts
    spans = {}
    for head, tagger in taggers.items():
        tags = decode(
            numpy.log(probabilities[head] + 1e-8), sentence_lengths(doc), *tagger.transitions()
        )
        spans[head] = [
            Span(doc, start, end, label=label)
            for start, end, label, _ in tagger.spans(tags, probabilities[head])
        ]
    doc.set_ents(spans["ner"])
    doc.spans[CLAIM_PARTS] = spans["claim_tagger"]
    rows = probabilities[STATEMENTS]
    doc.spans[STATEMENTS] = [
        Span(doc, span.start, span.end, label=labels[row.argmax()])
        for span, row in zip(statement_spans(doc), rows, strict=True)
        if row.max() > sure
    ]
    return doc


if __name__ == "__main__":
    app()
