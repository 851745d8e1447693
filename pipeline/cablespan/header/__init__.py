"""Header facts out of text: one function for each field, on a header or a piece of one. Nothing found gives None or []."""

from cablespan.header.posts import canonical_id
from cablespan.header.prose import subject, tags
from cablespan.header.references import references
from cablespan.header.transmission import info_recipients, recipients

__all__ = ["canonical_id", "info_recipients", "recipients", "references", "subject", "tags"]
