"""cablespan: diplomatic cables in, span-level annotations out.

The whole road: `read` or `parse` cables, make Docs (`to_doc`), pipe them (`load`), write records
(`to_record`); `from_frame` and `to_frame` for tables of pandas and polars; `open` what
`cablespan index` built.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cablespan.cable import Cable
    from cablespan.document import Claim, to_doc
    from cablespan.explore.collection import Collection, open
    from cablespan.formats.frames import Tables, from_frame, to_frame
    from cablespan.nlp import load
    from cablespan.reading import parse, read
    from cablespan.records import from_record, to_record

__version__ = version("cablespan")
__all__ = [
    "Cable",
    "Claim",
    "Collection",
    "Tables",
    "from_frame",
    "from_record",
    "load",
    "open",
    "parse",
    "read",
    "to_doc",
    "to_frame",
    "to_record",
]

# Looked up when first used, so that `import cablespan` and `cablespan --help` do not wait for
# spaCy.
_HOMES = {
    "Cable": "cablespan.cable",
    "Claim": "cablespan.document",
    "Collection": "cablespan.explore.collection",
    "Tables": "cablespan.formats.frames",
    "from_frame": "cablespan.formats.frames",
    "from_record": "cablespan.records",
    "load": "cablespan.nlp",
    "open": "cablespan.explore.collection",
    "parse": "cablespan.reading",
    "read": "cablespan.reading",
    "to_doc": "cablespan.document",
    "to_frame": "cablespan.formats.frames",
    "to_record": "cablespan.records",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
