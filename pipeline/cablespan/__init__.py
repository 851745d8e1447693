"""cablespan: diplomatic cables in, span-level annotations out.

`load`, `read`, `to_doc` and `to_record` are the whole road: read cables, make Docs, pipe them, write records.
"""

from importlib import import_module
from importlib.metadata import version

__version__ = version("cablespan")
__all__ = ["load", "read", "to_doc", "to_record"]

# Looked up when first used, so that `import cablespan` and `cablespan --help` do not wait for spaCy.
_HOMES = {
    "load": "cablespan.nlp",
    "read": "cablespan.reading",
    "to_doc": "cablespan.document",
    "to_record": "cablespan.records",
}


def __getattr__(name: str):
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
