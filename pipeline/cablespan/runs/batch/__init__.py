"""Whole collections: a run that streams its inputs, survives what stops it, and writes the same
bytes whatever the workers.
"""

from cablespan.runs.batch.run import annotate

__all__ = ["annotate"]
