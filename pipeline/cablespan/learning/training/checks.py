"""What is checked of gold and config before a training begins: each problem names its place and the
remedy."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.schemas import ConfigSchemaTraining
from spacy.util import RegistryError, load_config, load_model_from_config, registry
from thinc.api import ConfigValidationError

from cablespan.components.network.span_tagger import SpanTagger
from cablespan.document import CLAIM_PARTS
from cablespan.formats.checks import Problem
from cablespan.labels import LAYERS, Role
from cablespan.learning.gold import Gold
from cablespan.learning.training.overrides import check_known

# A text of fewer words may stand in any document ("End summary.").
DISTINCTIVE = 8
# A document is leaked when so much of it stands in the other set; less is a stock paragraph.
LEAKED = 0.25
# Packages that configs name most, by the extra that brings them.
_EXTRAS = {"transformer": "trf", "spacy-transformers": "trf"}


class _Text(NamedTuple):
    """A paragraph that can be recognised: the hash of its text, where it was read, its words."""

    hash: str
    place: str
    words: int


def leaks(
    train: Sequence[Gold], dev: Sequence[Gold], warn: Callable[[Problem], None]
) -> Iterator[Problem]:
    """Documents that stand in both sets, by name or by text; stock paragraphs go to `warn`."""
    documents = {gold.document: gold.place("") for gold in reversed(train)}
    places = {text.hash: text.place for gold in reversed(train) for text in _texts(gold)}
    by_document: dict[str, list[Gold]] = {}
    for gold in dev:
        by_document.setdefault(gold.document, []).append(gold)
    for document, stretches in by_document.items():
        if document in documents:
            what = f"document {document} is in the training set too, at {documents[document]}"
            yield Problem(stretches[0].place(""), what, "take it out of one of the two")
        else:
            yield from _shared_texts(stretches, places, warn)


def _shared_texts(
    stretches: Sequence[Gold], places: Mapping[str, str], warn: Callable[[Problem], None]
) -> Iterator[Problem]:
    """The texts of a document that have a place in the other set, if they are much of it."""
    shared = [text for gold in stretches for text in _texts(gold) if text.hash in places]
    size = sum(map(_words, stretches))
    leaked = sum(text.words for text in shared) >= LEAKED * size
    for text in shared:
        what = f"the same text is in the training set, at {places[text.hash]}"
        problem = Problem(text.place, what, "take the paragraph out of one of the two")
        if leaked:
            yield problem
        else:
            warn(problem)


def _words(gold: Gold) -> int:
    return sum(len(paragraph["text"].split()) for paragraph in gold.record["paragraphs"])


def _texts(gold: Gold) -> Iterator[_Text]:
    """The distinctive paragraphs; case and white space make no other text."""
    for paragraph in gold.record["paragraphs"]:
        words = paragraph["text"].casefold().split()
        if len(words) >= DISTINCTIVE:
            digest = hashlib.sha256(" ".join(words).encode()).hexdigest()
            yield _Text(digest, gold.place(paragraph["id"]), len(words))


def label_counts(golds: Sequence[Gold]) -> dict[str, Counter[str]]:
    """How often each label is given, by layer; layers that nobody annotated are missing.

    >>> label_counts([Gold({"entities": [{"label": "PLACE"}]}, {})])
    {'entities': Counter({'PLACE': 1})}
    """
    counts: dict[str, Counter[str]] = {}
    for gold in golds:
        for layer in LAYERS:
            for mark in gold.record.get(layer) or ():
                counts.setdefault(layer, Counter()).update(_labels_of(mark))
    return counts


def _labels_of(mark: Mapping[str, Any]) -> list[str]:
    """The label of an entity or a statement, the roles that a claim has."""
    return [mark["label"]] if "label" in mark else [str(r) for r in Role if mark.get(r.lower())]


def empty_labels(
    golds: Sequence[Gold], wanted: Mapping[str, Sequence[str]], place: str
) -> Iterator[Problem]:
    """Labels without an example, of those that are `wanted` of a layer, if somebody annotated it.

    >>> gold = Gold({"entities": [{"label": "PLACE"}]}, {})
    >>> wanted = {"entities": ["PLACE", "ORG"], "statements": ["COMMENT"]}
    >>> [problem.what for problem in empty_labels([gold], wanted, "mine.jsonl")]
    ['no example of ORG among the entities']
    """
    counts = label_counts(golds)
    for layer, labels in wanted.items():
        missing = [label for label in labels if not counts.get(layer, {label: 1})[label]]
        if missing:
            yield Problem(
                place,
                f"no example of {', '.join(missing)} among the {layer}",
                "add some, or say --allow-empty: the model will never give the label then",
            )


def trained_layers(nlp: Language) -> dict[str, str]:
    """The layer that each trained component learns -> the component's name."""
    layers = {}
    for name in nlp.pipe_names:
        factory, pipe = nlp.get_pipe_meta(name).factory, nlp.get_pipe(name)
        if factory == "cable_sentence_classifier":
            layers["statements"] = name
        elif isinstance(pipe, SpanTagger):
            layer = "claims" if pipe.cfg["spans_key"] == CLAIM_PARTS else "entities"
            layers[layer] = name
        elif factory == "ner":
            layers["entities"] = name
    return layers


def checked_config(path: Path, overrides: Mapping[str, Any]) -> Language:
    """The empty pipeline that a config with its overrides describes: everything it names has been
    found.

    Raises ValueError naming what is missing or wrong, FileNotFoundError where there is no config.
    """
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise FileNotFoundError(f"{path} {what}: name a config, as cable_sm.cfg")
    check_known(overrides, path)
    try:
        config = load_config(path, overrides=dict(overrides), interpolate=False)
        nlp = load_model_from_config(config, auto_fill=True)
        whole = nlp.config.interpolate()
        registry.resolve(whole["training"], schema=ConfigSchemaTraining)
        registry.resolve({"corpora": whole["corpora"]})
    except ConfigValidationError as error:
        reasons = "; ".join(
            f"{'.'.join(map(str, reason.get('loc', ())))}: {reason.get('msg')}"
            for reason in error.errors
        )
        raise ValueError(
            f"{path}: {error.title or 'the config is wrong'}: {reasons or error}: mend these values"
        ) from error
    except (RegistryError, ModuleNotFoundError, ValueError) as error:
        raise ValueError(f"{path}: {_reason(error)}: {_remedy(error)}") from error
    return nlp


def _reason(error: Exception) -> str:
    return " ".join(
        str(error).partition("Available ")[0].partition("If you're using")[0].split()
    ).rstrip(" .:")


def _remedy(error: Exception) -> str:
    """Which package to install, where the error is that one is missing."""
    message = str(error)
    for name, extra in _EXTRAS.items():
        if f"'{name}" in message:
            return f"pip install 'cablespan[{extra}]', in an environment of its own"
    if isinstance(error, RegistryError) or "[E002]" in message:
        return "correct the name, or install the package that registers it"
    if isinstance(error, ModuleNotFoundError):
        return f"pip install {error.name}"
    return "mend it there or by an override (--section.key value)"
