"""Who speaks: the cluster of a claim's source, through pronouns, groups, missing subjects and the
author's own voice.

Measured on 254 claims of telegrams that were marked by reading: scripts/measure_speakers.py.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Span, Token

from cablespan.components.claims.attribution import Triple
from cablespan.components.claims.cues import CueEntry, cue_entry, function_words
from cablespan.components.entities.bodies import country_code, sending_post
from cablespan.document import PARAGRAPHS, Place, Speaker, cluster_of, text_of
from cablespan.labels import Entity

_PEOPLE = frozenset({Entity.OFFICIAL, Entity.PERSON})
_BODIES = frozenset({Entity.AGENCY, Entity.ORG, Entity.PLACE})
_POSSESSIVE = ("'s", "’s", "'", "’")
_PRONOUNS = ("masculine", "feminine", "plural", "neuter", "addressee")
_ENDS_A_NAME = ("and", ",", "(", "'s", "’s")  # what may follow a mention that is the whole subject
_RECENT = 50  # mentions that are looked back on; no sentence of a cable has as many
_LEAD_IN = 40  # characters at the end of a sentence that can say "as follows"


def speaker_of(mention: Span) -> Speaker:
    """The cluster of a mention, else its KB id, else None."""
    cluster = cluster_of(mention)
    return (mention.kb_id_ or None) if cluster is None else cluster


def author(doc: Doc) -> Speaker:
    """The sending post: the cluster that is linked to it, else its KB id; None where unknown.

    >>> import spacy
    >>> doc = spacy.blank("en")("Post agreed.")
    >>> doc._.cable = {"id": "07ASTANA454"}
    >>> author(doc)
    'post:ASTANA'
    """
    sender = sending_post(doc)
    if sender is None:
        return None
    post = "us:STATE" if sender["kind"] == "department" else f"post:{sender['origin']}"
    clusters = doc._.clusters or ()
    return next((c["cluster"] for c in clusters if c.get("kb_id") == post), post)


class _Mentions:
    """The entities of a Doc, found by place in logarithmic time."""

    def __init__(self, doc: Doc):
        self.all = list(doc.ents)
        self.starts = [mention.start for mention in self.all]
        self.ends = [mention.end for mention in self.all]

    def touching(self, span: Span) -> list[Span]:
        return self.all[bisect_right(self.ends, span.start) : bisect_left(self.starts, span.end)]

    def before(self, token: int, since: int, labels: Collection[str]) -> list[Span]:
        """The latest mentions with one of the labels between the tokens `since` and `token`."""
        last = bisect_right(self.ends, token)
        first = max(bisect_left(self.starts, since), last - _RECENT)
        return [mention for mention in self.all[first:last] if mention.label_ in labels]


@dataclass
class _Memory:
    """Who has spoken so far."""

    last: Speaker = None
    person: Speaker = None
    body: Speaker = None
    stranger: bool = False  # the last name was of nobody known: "he" is then nobody known either
    at: int = 0  # the token at which the person spoke

    def remember(self, speaker: Speaker, *, person: bool) -> Speaker:
        if person:
            self.person, self.stranger = speaker, False
        else:
            self.body = speaker
        return speaker


class SpeakerFinder:
    """Finds the speakers of a Doc's claims, asked in reading order; it remembers who spoke last."""

    def __init__(self, doc: Doc, author: Speaker, sentences: Sequence[Span]):
        self.doc = doc
        self.author = author
        self.sentences = sentences
        self.text = text_of(doc)
        self.mentions = _Mentions(doc)
        self.memory = _Memory()
        self.paragraphs = [span.start for span in doc.spans.get(PARAGRAPHS, ())] or [0]
        self.leads = deque(self._lead_ins())

    def find(self, triple: Triple, sentence: Span) -> Speaker:
        """The speaker of a claim in `sentence`."""
        while self.leads and self.leads[0][0] <= sentence.start:
            self.memory.last = self.memory.person = self.leads.popleft()[1]
            self.memory.at = sentence.start
        source, cue = triple.source, triple.cue
        speaker = self._of_source(source, sentence) if source else self._unnamed(cue, sentence)
        if speaker is not None:
            self.memory.last = speaker
        return speaker

    def _lead_ins(self) -> Iterator[tuple[int, Speaker]]:
        """After which token all is one person's: "Main points made by Poe as follows:"."""
        for sentence in self.sentences:
            start, end = sentence.start_char, sentence.end_char
            ending = self.text[max(start, end - _LEAD_IN) : end]
            if ending.endswith(":") or "as follows" in ending:
                speaker = next(
                    (m for m in self.mentions.touching(sentence) if self._leads(m)), None
                )
                if speaker is not None:
                    yield sentence.end, speaker_of(speaker)

    def _leads(self, mention: Span) -> bool:
        by = self._word(mention.start - 1) == "by"
        return mention.label_ in _PEOPLE and (by or self._stands_free(mention))

    def _word(self, i: int) -> str:
        """The word at token `i` in small letters; "" outside the Doc."""
        return self.doc[i].lower_ if 0 <= i < len(self.doc) else ""

    def _tokens(self, place: Place) -> Span:
        """The tokens that a place in the text touches."""
        span = self.doc.char_span(*place, alignment_mode="expand")
        assert span is not None, f"{place} is not in the text"
        return span

    def _paragraph(self, token: int) -> int:
        return max(bisect_right(self.paragraphs, token) - 1, 0)

    def _nearby(self, place: Span) -> int:
        """Where the paragraph before that of `place` begins: further back goes no pronoun."""
        return self.paragraphs[max(self._paragraph(place.start) - 1, 0)]

    def _stands_free(self, mention: Span) -> bool:
        """Whether "he" can mean it: no possessive, no preposition or verb of address before it."""
        addressed = self._word(mention.start - 1) in function_words("addressing")
        return not addressed and self._word(mention.end) not in _POSSESSIVE

    # A source that is named.

    def _of_source(self, place: Place, sentence: Span) -> Speaker:
        source = self._tokens(place)
        words = [token.lower_ for token in source]
        pronoun = self._pronoun(source, words)
        if pronoun is not None:
            return self._of_pronoun(pronoun, source, sentence)
        mention = self._head(source, words)
        if mention is None:
            if self._is_strange_name(source):
                self.memory.person, self.memory.stranger = None, True
            return None
        if self._word(source.end) in ("who", "which"):  # an aside; the subject is another
            return speaker_of(mention)
        person = mention.label_ in _PEOPLE
        if person:
            self.memory.at = source.start
        return self.memory.remember(speaker_of(mention), person=person)

    def _is_strange_name(self, source: Span) -> bool:
        """Whether the source is a name that no mention covers, but that of a country's people."""
        capitals = all(map(self._is_capitalised, source))
        return len(source) < 4 and capitals and country_code(source.text.removesuffix("s")) is None

    @staticmethod
    def _is_capitalised(token: Token) -> bool:
        return token.text[:1].isupper() and token.lower_ not in function_words("preposition")

    def _head(self, source: Span, words: Sequence[str]) -> Span | None:
        """The mention that the source is about: its subject, its end, or a body of officials."""
        inside = self.mentions.touching(source)
        if not inside:
            return None
        first, closing = inside[0], _closing(inside[-1], source)
        person, body = _first_of(_PEOPLE, inside), _first_of(_BODIES, inside)
        if self._opens(first, source, words) and (first is person or self._is_whole(first, source)):
            return _closing(person, source) or first
        # Each with what makes it the head, the surest first.
        heads = (
            (closing, closing is not None and closing.label_ in _PEOPLE),
            (body or person, not function_words("group").isdisjoint(words)),
            (closing, closing is not None and self._is_free_body(closing)),
            (person, True),
        )
        return next(head for head, is_meant in heads if is_meant)

    def _is_whole(self, first: Span, source: Span) -> bool:
        """Whether the first mention is all of the subject: nothing comes next, or "and" or "'s"."""
        return first.end >= source.end or self._word(first.end) in _ENDS_A_NAME

    @staticmethod
    def _opens(first: Span, source: Span, words: Sequence[str]) -> bool:
        """Whether nothing but articles and adverbs stands before the first mention."""
        light = function_words("article") | function_words("adverb")
        return light.issuperset(words[: max(0, first.start - source.start)])

    def _is_free_body(self, mention: Span) -> bool:
        preposition = self._word(mention.start - 1) in function_words("preposition")
        return mention.label_ in _BODIES and not preposition

    # A source that is a pronoun, or the author's word for himself.

    def _pronoun(self, source: Span, words: Sequence[str]) -> str | None:
        """The kind of pronoun, as function_words has it, that the source is or begins with."""
        first = words[0]
        if len(words) > 1 and first not in function_words("pronoun") | function_words("author"):
            return None
        own = first in function_words("author") and source[0].text != "US"
        if own and not self._is_named(source):
            return "author"
        return next((kind for kind in _PRONOUNS if first in function_words(kind)), None)

    def _of_pronoun(self, kind: str, source: Span, sentence: Span) -> Speaker:
        memory = self.memory
        if kind == "author":
            return self.author
        if kind == "addressee":
            return None
        if kind == "neuter":  # it may be anything, unless a body has just spoken
            return memory.body if memory.last == memory.body else None
        if kind == "plural":
            return memory.remember(self._body_before(source), person=False)
        person = self._person_before(source, sentence)
        memory.at = source.start
        return None if person is None else memory.remember(person, person=True)

    def _is_named(self, source: Span) -> bool:
        """Whether an entity that the linker has clustered stands for the source ("Embassy")."""
        return any(
            mention.start <= source.start and source.end <= mention.end and mention.id_
            for mention in self.mentions.touching(source)
        )

    def _person_before(self, pronoun: Span, sentence: Span) -> Speaker:
        """Whom "he" means: a subject of the same sentence, the last speaker, or the last named."""
        before = self.mentions.before(pronoun.start, self._nearby(pronoun), _PEOPLE)
        number = bisect_left([mention.start for mention in before], sentence.start)
        earlier, here = before[:number], self._subjects(before[number:])
        if here:
            return speaker_of(here[-1])
        if self.memory.stranger or self._goes_on_speaking(pronoun, earlier):
            return self.memory.person
        if not earlier:
            return None
        named = self._in_last_sentence(earlier)
        return speaker_of((self._subjects(named) or named)[0])

    def _subjects(self, mentions: Sequence[Span]) -> list[Span]:
        return [mention for mention in mentions if self._stands_free(mention)]

    def _in_last_sentence(self, mentions: Sequence[Span]) -> list[Span]:
        """Those of the mentions that stand in the sentence of the last of them."""
        number = bisect_right(self.sentences, mentions[-1].start, key=lambda s: s.start) - 1
        begin = self.sentences[number].start
        return [mention for mention in mentions if mention.start >= begin] or [mentions[-1]]

    def _goes_on_speaking(self, pronoun: Span, earlier: Sequence[Span]) -> bool:
        """Whether the last speaker spoke in this paragraph, or nobody else was named in it."""
        if self.memory.person is None:
            return False
        paragraph = self._paragraph(pronoun.start)
        spoke_here = self._paragraph(self.memory.at) == paragraph
        return spoke_here or not earlier or self._paragraph(earlier[-1].start) != paragraph

    def _body_before(self, pronoun: Span) -> Speaker:
        if self.memory.body is not None:
            return self.memory.body
        before = self.mentions.before(pronoun.start, self._nearby(pronoun), _BODIES)
        return speaker_of((self._subjects(before) or before)[-1]) if before else None

    # No source.

    def _unnamed(self, place: Place | None, sentence: Span) -> Speaker:
        """The author of "Believe that ...", the last speaker of "Said that ..."; else nobody."""
        if place is None:
            return self.memory.last
        words = self.text[slice(*place)].lower().split()
        entry = cue_entry(words)
        if not _governs(entry, words[0]):
            return None
        cue = self._tokens(place)
        if entry and entry.lemma.split()[0] == words[0]:
            return self.author if self._opens_sentence(cue, sentence) else None
        if self._last_word(cue, sentence) in function_words("being"):
            return None
        since = max(sentence.start, self._nearby(cue))
        subjects = self._subjects(self.mentions.before(cue.start, since, _PEOPLE))
        return speaker_of(subjects[0]) if subjects else self.memory.last

    def _opens_sentence(self, cue: Span, sentence: Span) -> bool:
        """Whether only adverbs and conjunctions stand before the cue."""
        light = function_words("adverb") | function_words("conjunction")
        return all(
            token.lower_ in light or token.lower_.endswith("ly")
            for token in self.doc[sentence.start : cue.start]
            if _is_word(token)
        )

    def _last_word(self, cue: Span, sentence: Span) -> str:
        """The word before the cue in its sentence; "" where there is none."""
        for i in range(cue.start - 1, sentence.start - 1, -1):
            if _is_word(self.doc[i]):
                return self._word(i)
        return ""


def _first_of(labels: Collection[str], mentions: Iterable[Span]) -> Span | None:
    return next((mention for mention in mentions if mention.label_ in labels), None)


def _closing(mention: Span | None, source: Span) -> Span | None:
    """The mention where it reaches to the end of the source."""
    return mention if mention is not None and mention.end >= source.end else None


def _governs(entry: CueEntry | None, first: str) -> bool:
    """Whether a cue can have a subject that is left out: a verb, an adjective, a form in -ed."""
    return first.endswith("ed") or (entry is not None and entry.use in ("verb", "adjective"))


def _is_word(token: Token) -> bool:
    """No letter alone, no number, no sign."""
    return len(token) > 1 and token.is_alpha
