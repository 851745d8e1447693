"""The hashes of tasks, worked out as Prodigy does."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from murmurhash.mrmr import hash as murmurhash

_INPUT_KEYS = ("text", "image", "html", "input")
_HASHES = ("_input_hash", "_task_hash")
_TASK_KEYS = ("spans", "label", "options", "arcs")
_IGNORED_KEYS = frozenset(
    (
        "score",
        "rank",
        "model",
        "source",
        "pattern",
        "priority",
        "path",
        "_view_id",
        "_session_id",
        "_annotator_id",
        "answer",
    )
)


def _stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _stripped(item) if isinstance(item, (dict, list)) else item
            for key, item in value.items()
            if key not in _IGNORED_KEYS
        }
    return [_stripped(item) for item in value] if isinstance(value, list) else value


_dumps = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def hashes(task: Mapping[str, Any]) -> tuple[int, int]:
    """`_input_hash` and `_task_hash` as Prodigy sets them (PRODIGY_FORMAT.md, section 3): signed 32
    bits of MurmurHash3.

    >>> hashes({"text": "Hi. My name is Vincent"})
    (1333440749, 39342451)
    """

    def listed(keys: Sequence[str]) -> str:
        return "".join(f"{key}={_dumps(_stripped(task[key]))}" for key in keys if key in task)

    def whole(**more: Any) -> str:
        bare = {key: value for key, value in task.items() if key not in _HASHES}
        return _dumps(_stripped(bare | more))

    input_hash = murmurhash(listed(_INPUT_KEYS) or whole(), 0)
    return input_hash, murmurhash(
        f"{input_hash}{listed(_TASK_KEYS) or whole(_input_hash=input_hash)}", 0
    )
