"""The pipeline of a run: named and hashed without being loaded, so that only the workers import spaCy."""

import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypedDict


class ModelFacts(TypedDict):
    """Name and SHA-256 of a pipeline's folder; the rules have no folder."""

    name: str
    sha256: str | None


def load(model: str | None, ops: str, kb: str | None = None) -> Any:
    """The pipeline, as a worker process loads it. Raises ValueError that says what to do where it cannot be loaded."""
    from cablespan import nlp

    try:
        return nlp.load(model, kb=kb, ops=ops)
    except MemoryError:
        raise
    except Exception as error:
        name = model or nlp.BUNDLED
        raise ValueError(
            f"{name}: the pipeline cannot be loaded ({type(error).__name__}: {error}); "
            "copy or train it again, or give another --model"
        ) from error


def model_facts(model: str | None) -> ModelFacts:
    """Raises FileNotFoundError where there is no such pipeline, or a file of it is missing."""
    path = _folder_of(model)
    if path is None:
        return {"name": "rules", "sha256": None}
    for name in ("meta.json", "config.cfg"):
        if not (path / name).is_file():
            raise FileNotFoundError(
                f"{path / name}: is missing; give --model the folder of a trained pipeline, a package, or rules"
            )
    return {"name": str(model or path.name), "sha256": folder_hash(path)}


def _folder_of(model: str | None) -> Path | None:
    """The folder of a pipeline; None for rules, which have none."""
    if model is None:
        from cablespan.nlp import bundled_model

        return bundled_model()
    if model == "rules":
        return None
    return _package_folder(model) or Path(model)


def _package_folder(name: str) -> Path | None:
    try:
        distribution(name)
    except (PackageNotFoundError, ValueError):
        return None
    spec = find_spec(name.replace("-", "_"))
    return Path(spec.origin).parent if spec and spec.origin else None


def kb_facts(kb: str) -> dict[str, str]:
    """Name and SHA-256 of a knowledge base that can be used. Raises KnowledgeError or OSError where it cannot."""
    from cablespan.components.entities.knowledge_base import KnowledgeBase

    KnowledgeBase.read(kb)
    with open(kb, "rb") as file:
        return {"name": kb, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def code_hash() -> str:
    """SHA-256 of the package's code and knowledge: other code may annotate otherwise."""
    return folder_hash(Path(str(files("cablespan"))), (".py", ".jsonl", ".toml"))


def folder_hash(folder: Path, suffixes: tuple[str, ...] = ("",)) -> str:
    """SHA-256 of the names, sizes and contents of a folder's files that have one of the suffixes."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name.endswith(suffixes):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
