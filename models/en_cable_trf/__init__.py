"""The pipeline `en_cable_trf` as a package: `spacy.load("en_cable_trf")`."""

import cablespan

__version__ = "0.2.0"


def load(**options):
    """The whole pipeline, rule components included: `cablespan.load` with its options."""
    return cablespan.load("en_cable_trf", **options)
