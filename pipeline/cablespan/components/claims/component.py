"""Claims: who says what, joined from a tagger's parts or found by rule, with the speaker and the certainty of each."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span

from cablespan.components.claims.attribution import Part, Triple, assemble, complete
from cablespan.components.claims.cues import function_words, is_sure, lexicon_entries, rule_parts
from cablespan.components.claims.speakers import Speakers, author, certainty
from cablespan.components.sentences import statement_spans
from cablespan.document import set_claims, text_of
from cablespan.labels import Role

_POSSESSIVE = frozenset({"'s", "’s"})


@Language.factory(
    "cable_claims", default_config={"parts_key": "claim_parts"}, assigns=["doc.spans"]
)
class Claims:
    """Writes `doc.spans["claims"]` from the span group `parts_key`, completed by rule; by rule alone where a Doc has no such group.

    Runs last: speakers are clusters (`ent.id_`), so mentions must have been clustered and linked.
    """

    def __init__(self, nlp: Language, name: str, parts_key: str = "claim_parts"):
        self.name = name
        self.parts_key = parts_key

    def process(self, doc: Doc) -> list[dict[str, Any]]:
        """Plain triples in reading order: `source`, `cue`, `content` as `(start_char, end_char)` or None, `speaker`, `certainty`."""
        text, sentences = text_of(doc), statement_spans(doc)
        tagged = self._tagged(doc, sentences)
        speakers = Speakers(doc, author(doc), sentences)
        claims = []
        for sentence, parts in zip(sentences, rule_parts(doc, sentences), strict=True):
            triples = assemble(text, parts)
            if tagged is not None:
                triples = complete(
                    assemble(text, tagged.get(sentence.start, [])),
                    triples,
                    lambda cue: is_sure(text[slice(*cue)]),
                )
            tidied = [
                _interrupted(text, sentence.start_char, _tidy(doc, text, triple))
                for triple in triples
            ]
            for triple in sorted(
                (triple for triple in tidied if not _is_inside(triple, tidied)), key=_first_place
            ):
                cue = text[slice(*triple.cue)] if triple.cue else ""
                claims.append(
                    {
                        "source": triple.source,
                        "cue": triple.cue,
                        "content": triple.content,
                        "speaker": speakers.find(triple, sentence),
                        "certainty": certainty(cue, text[slice(*triple.content)]).value,
                    }
                )
        return claims

    def _tagged(self, doc: Doc, sentences: list[Span]) -> dict[int, list[Part]] | None:
        """The tagger's parts by the sentence that each begins in; None where no tagger ran."""
        if self.parts_key not in doc.spans:
            return None
        begins = [sentence.start for sentence in sentences]
        parts: dict[int, list[Part]] = {}
        for span in doc.spans[self.parts_key]:
            nth = bisect_right(begins, span.start) - 1
            if nth >= 0 and span.start < sentences[nth].end:
                parts.setdefault(begins[nth], []).append(
                    Part(span.start_char, span.end_char, Role(span.label_))
                )
        return parts

    def __call__(self, doc: Doc) -> Doc:
        set_claims(doc, self.process(doc))
        return doc


def _tidy(doc: Doc, text: str, triple: Triple) -> Triple:
    """The source without conjunctions before, adverbs and a possessive 's behind it; none for an adverb ("reportedly"), nor for
    the one spoken with ("agreed with Poe that")."""
    if not triple.source or not triple.cue:
        return triple
    entry = next(iter(lexicon_entries(text[slice(*triple.cue)].lower().split())), None)
    source = doc.char_span(*triple.source, alignment_mode="expand")
    spoken_with = triple.cue < triple.source < triple.content and doc[source.start - 1].lower_ in (
        "with",
        "to",
    )
    if entry and (entry["use"] == "adverb" or (entry["use"] == "verb" and spoken_with)):
        return triple._replace(source=None)
    start, end = source.start, source.end
    if doc[start].lower_ in _POSSESSIVE and start:
        start -= 1  # "in post's view", of which a tagger took the 's alone
    while start < end - 1 and doc[start].lower_ in ("and", "but"):
        start += 1
    while end > start + 1 and doc[end - 1].lower_ in function_words("adverb"):
        end -= 1
    if end > start + 1 and doc[end - 1].lower_ in _POSSESSIVE:
        end -= 1
    return triple._replace(source=(doc[start].idx, doc[end - 1].idx + len(doc[end - 1])))


def _interrupted(text: str, sentence: int, triple: Triple) -> Triple:
    """The claim with the subject of its content, where source and cue stand between subject and verb: "Bribes, he said, had risen"."""
    if not triple.source or not triple.cue:
        return triple
    begin, end = min(triple.source[0], triple.cue[0]), max(triple.source[1], triple.cue[1])
    words, verb = text[sentence:begin].split(), text[slice(*triple.content)].split()
    joined = (
        bool(words) and words[-1].endswith(",") and text[end : triple.content[0]].strip() == ","
    )
    leading_on = joined and words[-1][:-1].lower() in function_words("relative") | function_words(
        "conjunction"
    )
    if not joined or leading_on or verb[0].lower() not in function_words("auxiliary"):
        return triple
    return triple._replace(content=(text.index(words[0], sentence), triple.content[1]))


def _is_inside(triple: Triple, others: Iterable[Triple]) -> bool:
    """Whether a claim lies inside the content of another, which is then the only one."""
    begin, end = _first_place(triple)[0], max(place[1] for place in triple if place)
    return any(
        other != triple and other.content[0] <= begin and end <= other.content[1]
        for other in others
    )


def _first_place(triple: Triple) -> tuple[int, int]:
    return min(place for place in triple if place)
