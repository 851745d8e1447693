"""The model card of a trained pipeline: what it is, what it learned from, how good it is, where not
to trust it."""

import hashlib
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cablespan.labels import LAYERS
from cablespan.learning.evaluation.table import markdown
from cablespan.learning.gold import Gold

LIMITS = """## Limits and biases

- A cable speaks for its sender: what a post reports of a country is the post's view of it. REPORT
  means that the author states it, not that it is true.
- Whose words are marked as CLAIM follows the author's grammar: the embassy's own statements pass as
  REPORT, its interlocutors' as CLAIM.
- Entities are marked as the gold marks them: offices and agencies of countries and decades that it
  lacks are found less often, and so are names that are spelled unlike English ones.
- Scores are those of guesses under this training data; other periods, capitals throughout, or
  damaged text make them too sure.
"""


def _data(gold: Sequence[Gold]) -> str:
    documents = len({known.document for known in gold})
    paragraphs = sum(len(known.record["paragraphs"]) for known in gold)
    words = sum(
        len(paragraph["text"].split()) for known in gold for paragraph in known.record["paragraphs"]
    )
    counts = {layer: sum(len(known.record.get(layer) or ()) for known in gold) for layer in LAYERS}
    annotations = ", ".join(f"{count} {layer}" for layer, count in counts.items())
    return f"{documents} documents, {paragraphs} paragraphs, {words} words: {annotations}"


NETWORK_SCORES = {
    "ents_f": "entities F1",
    "statements_acc": "statements accuracy",
    "statements_macro_f": "statements macro F1",
    "spans_claim_parts_f": "parts of claims F1 (exact)",
}


def _network(scores: Mapping[str, Any]) -> str:
    known = {name: scores.get(key) for key, name in NETWORK_SCORES.items()}
    return ", ".join(f"{name} {score:.3f}" for name, score in known.items() if score is not None)


def fingerprint(path: str | Path) -> str:
    """Path and the first digits of the SHA-256 of a file's, or of all a folder's files',
    content."""
    path, digest = Path(path), hashlib.sha256()
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            digest.update(file.read_bytes())
    return f"`{path}` ({digest.hexdigest()[:12]})"


def card(
    name: str,
    *,
    config: Path,
    seed: int,
    overrides: Mapping[str, Any],
    train: tuple[Sequence[Any], Sequence[Gold]],
    dev: tuple[Sequence[Any], Sequence[Gold]],
    split: str,
    chosen: str,
    scores: Mapping[str, Any],
    network: Mapping[str, Any],
    size: int,
) -> str:
    """Markdown.

    `train`, `dev`: the files and the gold in them; `chosen`: how the model was; `scores`: of
    `evaluate` on dev; `network`: those of spaCy's training, of the trained components alone;
    `size`: bytes of the model.
    """
    versions = ", ".join(
        f"{package} {version(package)}" for package in ("cablespan", "spacy", "thinc", "numpy")
    )
    told = " ".join(f"`--{key} {value}`" for key, value in overrides.items()) or "none"
    lines = [
        f"# {name}",
        "",
        "Entities, statements and claims in diplomatic cables, after the scheme of cablespan.",
        "",
        "## Data and training",
        "",
        f"- Config {fingerprint(config)}, seed {seed}, overrides: {told}.",
        f"- Training: {', '.join(map(fingerprint, train[0]))}: {_data(train[1])}.",
        f"- Dev: {', '.join(map(fingerprint, dev[0])) or 'split off'}: {_data(dev[1])}. {split}",
        f"- Made with {versions}, Python {sys.version.split()[0]}. Size {size / 1e6:.1f} MB.",
        "",
        "## Scores on dev",
        "",
        f"The whole pipeline of `cablespan.load` with its rules; {chosen}. "
        f"Intervals: {scores['resamples']} bootstrap samples of the documents.",
        "",
        markdown(scores),
        "",
        f"The network alone, without the rules: {_network(network)}.",
        "",
        LIMITS,
    ]
    return "\n".join(lines)
