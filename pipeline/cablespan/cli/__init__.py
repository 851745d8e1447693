"""The command line: what each command takes and where its work is done.

No logic, and nothing heavy is imported before a command runs.
"""

from cablespan.cli import collections, annotation, models  # isort: skip
from cablespan.cli.app import app

__all__ = ["annotation", "app", "collections", "models"]
