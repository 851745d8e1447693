"""Entities by lexicon and pattern: the baseline without a trained component.

Names come from the lexicon in whatever case a cable is written, patterns from `lexicon/patterns.jsonl`; titles take the names
behind them, and a person found once with a title or in full is found again by surname in the rest of the cable.
"""

from collections.abc import Iterable

from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan.components.entities.gazetteer.named import accepted, bodies, named_in_lexicon
from cablespan.components.entities.gazetteer.patterns import by_pattern, load_patterns
from cablespan.components.entities.gazetteer.persons import by_surname, in_full, speaking, titled
from cablespan.components.entities.gazetteer.view import Candidate, View
from cablespan.components.entities.lexicon_names import find
from cablespan.labels import Entity


@Language.factory("cable_gazetteer", assigns=["doc.ents"])
class Gazetteer:
    """Writes `doc.ents` by lexicon and patterns, where there is no trained component."""

    def __init__(self, nlp: Language, name: str):
        self.name = name

    def process(self, doc: Doc) -> list[Candidate]:
        """Entities of a Doc, in order, none overlapping another."""
        view = View(doc)
        named = [match for match in find(doc) if accepted(view, match)]
        candidates = list(named_in_lexicon(view, named))
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
        doc.ents = [Span(doc, f.start, f.end, label=f.label) for f in self.process(doc)]
        return doc


def _longest(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates that no longer one overlaps, in order; of equals the first named."""
    taken: set[int] = set()
    chosen = []
    for found in sorted(candidates, key=lambda f: (f.start - f.end, f.start)):
        if taken.isdisjoint(range(found.start, found.end)):
            taken.update(range(found.start, found.end))
            chosen.append(found)
    return sorted(chosen)
