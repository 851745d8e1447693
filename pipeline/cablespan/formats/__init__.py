"""Annotated cables in other tools' formats: every format is read into records and written from
records, a module each.

A module has `read(path)`, which returns records with the places of their paragraphs,
`write(records, out)`, and `LEAVES_OUT`, the facts that the format cannot hold. What is read is
checked (checks.py) before it is handed on.
"""

from cablespan.formats.annotated import read_docs, read_placed, read_records
from cablespan.formats.checks import GoldError
from cablespan.formats.completion import Placed
from cablespan.formats.conversion import convert
from cablespan.formats.detection import FORMATS, find_format

__all__ = [
    "FORMATS",
    "GoldError",
    "Placed",
    "convert",
    "find_format",
    "read_docs",
    "read_placed",
    "read_records",
]
