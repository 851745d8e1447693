"""The pipeline of a run: named and hashed without being loaded, so that only the workers import
spaCy.
"""

import hashlib
from importlib.resources import files
from pathlib import Path
from typing import Any, TypedDict

from cablespan import nlp
from cablespan.labels import Scheme, scheme_of
from cablespan.nlp import BUNDLED, MissingExtra, bundled_model, model_folder, model_scheme
from cablespan.reading.inputs import in_unicode


class ModelFacts(TypedDict):
    """Name and SHA-256 of a pipeline's folder; the rules have no folder."""

    name: str
    sha256: str | None


def load(model: str | None, ops: str, kb: str | None = None, *, bfloat16: bool = False) -> Any:
    """The pipeline, as a worker process loads it.

    Raises ValueError that says what to do where it cannot be loaded.
    """
    try:
        return nlp.load(model, kb=kb, ops=ops, bfloat16=bfloat16)
    except (MemoryError, MissingExtra):
        raise
    except Exception as error:
        name = model or BUNDLED
        raise ValueError(
            f"{name}: the pipeline cannot be loaded ({type(error).__name__}: {error}); "
            "copy or train it again, or give another --model"
        ) from error


def model_facts(model: str | None) -> ModelFacts:
    """What a run says of its pipeline.

    Raises FileNotFoundError where there is none, or what it begins with is missing.
    """
    if model == "rules" or (model is None and bundled_model() is None):
        return {"name": "rules", "sha256": None}
    path = model_folder(model or BUNDLED)
    if not (path / "config.cfg").is_file():
        raise FileNotFoundError(
            f"{path / 'config.cfg'}: is missing; copy or train the pipeline again"
        )
    return {"name": in_unicode(str(model or path.name)), "sha256": folder_hash(path)}


def run_scheme(model: str | None, labels: Path | None) -> Scheme:
    """The labels of a run: those of the file, else of its pipeline.

    Raises ValueError where the file lacks labels that the pipeline predicts.
    """
    of_model = scheme_of() if model is None and bundled_model() is None else model_scheme(model)
    scheme = scheme_of(labels, of_model)
    for layer in Scheme._fields:
        missing = set(of_model.names(layer)) - set(scheme.names(layer))
        if missing:
            raise ValueError(
                f"{labels}: lacks {', '.join(sorted(missing))}, which the model gives: "
                f"add [{layer}.NAME], or extend = true for ours"
            )
    return scheme


def kb_facts(kb: str) -> dict[str, str]:
    """Name and SHA-256 of a knowledge base that can be used.

    Raises KnowledgeError or OSError where it cannot.
    """
    from cablespan.components.entities.knowledge_base import KnowledgeBase

    KnowledgeBase.read(kb)
    return file_facts(kb)


def file_facts(path: str | Path) -> dict[str, str]:
    """Name and SHA-256 of a file that decides what a run writes."""
    with open(path, "rb") as file:
        return {
            "name": in_unicode(str(path)),
            "sha256": hashlib.file_digest(file, "sha256").hexdigest(),
        }


def code_hash() -> str:
    """SHA-256 of the package's code and knowledge: other code may annotate otherwise."""
    return folder_hash(Path(str(files("cablespan"))), (".py", ".jsonl", ".toml"))


def folder_hash(folder: Path, suffixes: tuple[str, ...] = ("",)) -> str:
    """SHA-256 of names, sizes and contents of a folder's files that have one of the suffixes."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name.endswith(suffixes):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
