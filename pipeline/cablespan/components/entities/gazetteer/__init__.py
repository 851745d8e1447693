"""Entities by lexicon and pattern: the baseline, and what a trained recogniser misses of names that leave no doubt.

Names come from the lexicon in whatever case a cable is written, patterns from `lexicon/patterns.jsonl`; titles take the names
behind them, and a person found once with a title or in full is found again by surname in the rest of the cable.
"""

import re
from collections.abc import Iterable
from typing import Literal

from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan.components.entities.gazetteer.named import accepted, bodies, named_in_lexicon
from cablespan.components.entities.gazetteer.patterns import by_pattern, load_patterns
from cablespan.components.entities.gazetteer.persons import by_surname, in_full, speaking, titled
from cablespan.components.entities.gazetteer.view import Candidate, View
from cablespan.components.entities.lexicon_names import find
from cablespan.components.entities.person_names import PEOPLE, parse
from cablespan.labels import Entity

# What declassifiers write over a name that they hold back.
_REDACTED = re.compile(r"(?i:x{4,})")


@Language.factory("cable_gazetteer", assigns=["doc.ents"], default_config={"mode": "only"})
class Gazetteer:
    """Writes `doc.ents` by lexicon and patterns.

    `mode`: "only" writes all it finds; "fill" keeps what a trained component found, adds what is sure
    between it, and knows better what is a law and what is no individual.
    Redactions are nobody in either mode.
    """

    def __init__(self, nlp: Language, name: str, mode: Literal["only", "fill"] = "only"):
        if mode not in ("only", "fill"):
            raise ValueError(f"cable_gazetteer: mode is {mode!r}; it must be 'only' or 'fill'")
        self.name = name
        self.mode = mode

    def process(self, doc: Doc) -> list[Candidate]:
        """Entities of a Doc, in order, none overlapping another."""
        view = View(doc)
        named = [match for match in find(doc) if accepted(view, match)]
        candidates = list(named_in_lexicon(view, named))
        if self.mode == "fill":
            return _longest(candidates)
        candidates += by_pattern(view, load_patterns())
        candidates += bodies(view, candidates)
        view.blocked = frozenset(
            c.start for c in candidates if c.label not in (Entity.OFFICIAL, Entity.DATE)
        )
        people = list(titled(view, named, candidates)) + list(in_full(view)) + list(speaking(view))
        candidates += people
        chosen = _longest(candidates)
        return _longest(chosen + list(by_surname(view, people, chosen)))

    def __call__(self, doc: Doc) -> Doc:
        found = self.process(doc)
        kept: list[Span] = []
        if self.mode == "fill":
            sure = {(f.start, f.end): f.label for f in found if f.sure}
            kept = [
                Span(doc, e.start, e.end, label=_known_better(e.label_, sure.get((e.start, e.end))))
                for e in doc.ents
            ]
            taken = {index for ent in kept for index in range(ent.start, ent.end)}
            found = [f for f in found if f.sure and not taken.intersection(range(f.start, f.end))]
        spans = kept + [Span(doc, f.start, f.end, label=f.label) for f in found]
        doc.ents = [span for span in map(_without_redactions, spans) if span is not None]
        return doc


def _known_better(tagged: str, known: str | None) -> str:
    """The label of a name that a model tagged and the lexicon may know: laws by the lexicon, and what is no individual there."""
    is_body = known in (Entity.ORG, Entity.AGENCY) and tagged in (Entity.OFFICIAL, Entity.PERSON)
    return known if known == Entity.LAW or is_body else tagged


def _without_redactions(ent: Span) -> Span | None:
    """What remains of an entity without "XXXXXXXXXXXX" at its ends, None where that names nobody.

    Of "Ambassador XXXXXXXXXXXX" remains the office, of "Mr. XXXXXXXXXXXX" nothing.
    """
    open_words = [token.i for token in ent if not _REDACTED.fullmatch(token.text)]
    if len(open_words) == len(ent):
        return ent
    if not any(ent.doc[index].is_alpha for index in open_words):
        return None
    rest = Span(ent.doc, open_words[0], open_words[-1] + 1, label=ent.label)
    if _REDACTED.search(rest.text):
        return None
    is_named = ent.label_ not in PEOPLE or parse(rest.text).names or parse(rest.text).offices
    return rest if is_named else None


def _longest(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates that no longer one overlaps, in order; of equals the first named."""
    taken: set[int] = set()
    chosen = []
    for found in sorted(candidates, key=lambda f: (f.start - f.end, f.start)):
        if taken.isdisjoint(range(found.start, found.end)):
            taken.update(range(found.start, found.end))
            chosen.append(found)
    return sorted(chosen)
