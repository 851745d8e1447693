"""The invented gold: what was written for training, and what is kept out of it."""

from pathlib import Path

ANNOTATIONS = Path(__file__).resolve().parents[1] / "annotations"
FOLDERS = (
    "modern",
    "modern-hard",
    "modern-twins",
    "modern-twins-second",
    "modern-twins-third",
    "modern-advice",
    "modern-plain",
    "modern-lists",
    "modern-quoted",
    "modern-adversarial",
    "modern-conclusions",
    "modern-heldout",
)


def gold_files() -> list[Path]:
    """Its files, each cable in one of them."""
    return [path for folder in FOLDERS for path in sorted((ANNOTATIONS / folder).glob("*.jsonl"))]
