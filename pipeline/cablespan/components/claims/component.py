"""Claims: who says what, linked from the parts that a tagger found; with speaker and certainty."""

from bisect import bisect_right
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan.components.claims.attribution import Part, Triple, link_parts
from cablespan.components.claims.cues import certainty, cue_entry
from cablespan.components.claims.speakers import SpeakerFinder, author
from cablespan.components.keeping import Keeping
from cablespan.components.sentences import statement_spans
from cablespan.document import PlacedClaim, set_claims, text_of
from cablespan.labels import Role

_POSSESSIVE = ("'s", "’s")


@Language.factory(
    "cable_claims",
    default_config={"parts_key": "claim_parts"},
    requires=["doc.ents", "doc.spans", "token.is_sent_start"],
    assigns=["doc.spans", "doc._.claims"],
)
class Claims(Keeping):
    """Writes `doc.spans["claims"]` from the span group `parts_key`; no claims where a Doc lacks it.

    Runs last: speakers are clusters (`ent.id_`), so mentions must have been clustered and linked.
    """

    def __init__(self, nlp: Language, name: str, parts_key: str = "claim_parts"):
        self.name = name
        self.parts_key = parts_key

    def process(self, doc: Doc) -> list[PlacedClaim]:
        """The claims in reading order."""
        text, sentences = text_of(doc), statement_spans(doc)
        speakers = SpeakerFinder(doc, author(doc), sentences)
        claims = []
        for sentence, parts in self._parts(doc, sentences):
            for triple in sorted(link_parts(text, parts), key=lambda triple: triple.start):
                triple = triple._replace(source=_source_proper(text, triple))
                speaker = speakers.find(triple, sentence)
                cue = text[slice(*triple.cue)] if triple.cue else ""
                sure = certainty(cue, text[slice(*triple.content)]).value
                claims.append(PlacedClaim(*triple, speaker, sure))
        return claims

    def _parts(self, doc: Doc, sentences: list[Span]) -> Iterator[tuple[Span, list[Part]]]:
        """Each sentence in which parts begin, with them."""
        begins = [sentence.start for sentence in sentences]
        parts: dict[int, list[Part]] = {}
        for span in doc.spans.get(self.parts_key, ()):
            number = bisect_right(begins, span.start) - 1
            if number >= 0:
                part = Part(span.start_char, span.end_char, Role[span.label_])
                parts.setdefault(number, []).append(part)
        return ((sentences[number], parts[number]) for number in sorted(parts))

    def annotate(self, doc: Doc) -> Doc:
        """Writes what `process` returns into the Doc."""
        set_claims(doc, self.process(doc))
        return doc


def _source_proper(text: str, triple: Triple) -> tuple[int, int] | None:
    """The source without a possessive 's; none beside an adverb ("reportedly"): it has no subject.

    Sources right rise by .005 on pages-dev and on fresh for the possessive, by .007 on
    pages-train for the adverb (measured with en_cable_sm 0.1.0).
    """
    if triple.source is None or triple.cue is None:
        return triple.source
    entry = cue_entry(text[slice(*triple.cue)].lower().split())
    if entry and entry.use == "adverb":
        return None
    start, end = triple.source
    possessive = text[start:end].endswith(_POSSESSIVE) and end - start > len(_POSSESSIVE[0])
    return (start, end - len(_POSSESSIVE[0])) if possessive else triple.source
