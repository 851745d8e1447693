"""The pipeline `en_cable_sm` as a package: `spacy.load("en_cable_sm")`."""

import cablespan


def load(**options):
    """The whole pipeline, rule components included: `cablespan.load` with its options."""
    return cablespan.load("en_cable_sm", **options)
