"""The pipeline `en_cable_trf` as a package: `spacy.load("en_cable_trf")`."""

import cablespan


def load(**options):
    """The whole pipeline, rule components included: `cablespan.load` with its options."""
    return cablespan.load("en_cable_trf", **options)
