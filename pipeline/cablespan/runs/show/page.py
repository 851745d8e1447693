"""A cable as one self-contained page."""

from cablespan.labels import Scheme, colour_variables
from cablespan.learning.pages import render
from cablespan.runs.show.layout import Record, actors, facts, passages, speaker_name


def to_html(record: Record, scheme: Scheme) -> str:
    """One page without a request to anywhere; everything that comes from the cable is escaped.

    `scheme`: all labels of the record.
    """
    return render(
        __package__,
        record=record,
        facts=facts(record),
        passages=list(passages(record)),
        actors=actors(record),
        entity_labels=scheme.entities,
        colour_of=scheme.colours(),
        colours=colour_variables(),
        speaker_name=lambda claim: speaker_name(claim, record),
    )
