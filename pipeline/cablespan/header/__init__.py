"""Header facts out of text: a function for each field, on a header or a piece of one.

They return None or [] where nothing is found, and raise nothing.
"""

from cablespan.header.classification import declassify_on
from cablespan.header.classifier import classified_by
from cablespan.header.references import canonical_id, references
from cablespan.header.signature import signers
from cablespan.header.subject import subject
from cablespan.header.summary import summary
from cablespan.header.tags import tags
from cablespan.header.transmission import info_recipients, recipients

__all__ = [
    "canonical_id",
    "classified_by",
    "declassify_on",
    "info_recipients",
    "recipients",
    "references",
    "signers",
    "subject",
    "summary",
    "tags",
]
