"""Who speaks: the cluster behind the source of a claim, through pronouns, groups, missing subjects and the author's own voice."""

from bisect import bisect_right
from collections.abc import Sequence

from spacy.tokens import Doc, Span

from cablespan.components.claims.attribution import Triple
from cablespan.components.claims.cues import cue_entry, function_words
from cablespan.components.entities.bodies import country_code, sending_post
from cablespan.document import PARAGRAPHS, Place, Speaker, text_of
from cablespan.labels import Entity

_PEOPLE = frozenset({Entity.OFFICIAL, Entity.PERSON})
_BODIES = frozenset({Entity.AGENCY, Entity.ORG, Entity.PLACE})


def speaker_of(mention: Span) -> Speaker:
    """The cluster of a mention, else its KB id, else None."""
    return int(mention.id_) if mention.id_ else (mention.kb_id_ or None)


def author(doc: Doc) -> Speaker:
    """The sending post: the cluster that is linked to it, else its KB id; None where the cable does not say who sent it."""
    sender = sending_post(doc)
    if sender is None:
        return None
    post = "us:STATE" if sender["kind"] == "department" else f"post:{sender['origin']}"
    return next(
        (cluster["cluster"] for cluster in doc._.clusters or () if cluster.get("kb_id") == post),
        post,
    )


class SpeakerFinder:
    """Finds the speakers of a Doc's claims, asked in reading order; it remembers who spoke last."""

    def __init__(self, doc: Doc, author: Speaker, sentences: Sequence[Span]):
        self.doc = doc
        self.author = author
        self.last: Speaker = None
        self.last_person: Speaker = None
        self.last_body: Speaker = None
        self.unknown = False
        self.spoke_at = 0
        self.text = text_of(doc)
        self.entities = list(doc.ents)
        self.sentences = sentences
        self.leads = self._lead_ins()
        self.paragraph_of = [0] * (len(doc) + 1)
        for index, paragraph in enumerate(doc.spans.get(PARAGRAPHS, ())):
            self.paragraph_of[paragraph.start : paragraph.end] = [index] * len(paragraph)

    def _lead_ins(self) -> list[tuple[int, Speaker]]:
        """Where what follows is one person's: "Main points made by Poe as follows:"; the token behind it, and the person."""
        leads = []
        for sentence in self.sentences:
            ending = self.text[max(sentence.start_char, sentence.end_char - 40) : sentence.end_char]
            if ending.endswith(":") or "as follows" in ending:
                people = [
                    ent
                    for ent in self.entities
                    if sentence.start <= ent.start < sentence.end and ent.label_ in _PEOPLE
                ]
                named = [
                    ent
                    for ent in people
                    if self.doc[ent.start - 1].lower_ == "by" or self._stands_free(ent)
                ]
                if named:
                    leads.append((sentence.end, speaker_of(named[0])))
        return leads

    def find(self, triple: Triple, sentence: Span) -> Speaker:
        """The speaker of a claim in `sentence`."""
        while self.leads and self.leads[0][0] <= sentence.start:
            self.last = self.last_person = self.leads.pop(0)[1]
            self.spoke_at = sentence.start
        found = (
            self._of_source(triple.source, sentence)
            if triple.source
            else self._unnamed(triple, sentence)
        )
        if found is not None:
            self.last = found
        return found

    def _of_source(self, place: Place, sentence: Span) -> Speaker:
        source = self.doc.char_span(*place, alignment_mode="expand")
        words = [token.lower_ for token in source]
        if len(words) == 1 or words[0] in function_words("pronoun") | function_words("author"):
            if (
                words[0] in function_words("author")
                and source[0].text != "US"
                and not self._named(source)
            ):
                return self.author
            if words[0] in function_words("masculine") | function_words("feminine"):
                person = self._person_before(source, sentence)
                self.spoke_at = source.start
                return self._remember(person, person=True) if person is not None else None
            if words[0] in function_words("plural"):
                return self._remember(self._body_before(source, sentence), person=False)
            if words[0] == "it":  # it may be anything, unless a body has just spoken
                return (
                    self.last_body
                    if self.last_body is not None and self.last == self.last_body
                    else None
                )
            if words[0] in function_words("addressee"):
                return None
        mention = self._head(source, words)
        if mention is None:
            capitals = all(
                token.text[:1].isupper() and token.lower_ not in function_words("preposition")
                for token in source
            )
            if len(source) < 4 and capitals and country_code(source.text.removesuffix("s")) is None:
                self.last_person, self.unknown = (
                    None,
                    True,
                )  # a name that no mention covers: "he" is then nobody known
            return None
        behind = self.doc[source.end].lower_ if source.end < len(self.doc) else ""
        if behind in ("who", "which"):  # an aside; the sentence has another subject
            return speaker_of(mention)
        if mention.label_ in _PEOPLE:
            self.spoke_at = source.start
        return self._remember(speaker_of(mention), person=mention.label_ in _PEOPLE)

    def _remember(self, speaker: Speaker, *, person: bool) -> Speaker:
        if person:
            self.last_person, self.unknown = speaker, False
        else:
            self.last_body = speaker
        return speaker

    def _named(self, source: Span) -> bool:
        """Whether an entity that the linker has clustered stands for the source ("Embassy")."""
        return any(
            ent.start <= source.start and source.end <= ent.end and ent.id_ for ent in self.entities
        )

    def _head(self, source: Span, words: Sequence[str]) -> Span | None:
        """The mention that the noun phrase is about: the one at its end, or the body whose officials it names."""
        inside = [ent for ent in self.entities if ent.start < source.end and ent.end > source.start]
        if not inside:
            return None
        people = [ent for ent in inside if ent.label_ in _PEOPLE]
        first, last = inside[0], inside[-1]
        bare = {"the", "a", "an", "both"} | function_words("adverb")
        if all(word in bare for word in words[: max(0, first.start - source.start)]):
            if people and people[0] is first:
                return first
            if first.end >= source.end or self.doc[first.end].lower_ in (
                "and",
                ",",
                "(",
                "'s",
                "’s",
            ):
                return people[0] if people and people[0].end >= source.end else first
        if last.end >= source.end and last.label_ in _PEOPLE:
            return last
        if any(word in function_words("group") for word in words):
            return next(
                (ent for ent in inside if ent.label_ in _BODIES), people[0] if people else None
            )
        if (
            last.end >= source.end
            and last.label_ in _BODIES
            and self.doc[last.start - 1].lower_ not in function_words("preposition")
        ):
            return last
        return people[0] if people else None

    def _unnamed(self, triple: Triple, sentence: Span) -> Speaker:
        """No source: "Believe that ..." is the author's, "Said that ..." goes on with the last speaker; passives have none."""
        if triple.cue is None:
            return self.last
        words = self.text[slice(*triple.cue)].lower().split()
        entry = cue_entry(words)
        if not words[0].endswith("ed") and (
            entry is None or entry.use not in ("verb", "adjective")
        ):
            return None
        cue = self.doc.char_span(*triple.cue, alignment_mode="expand")
        before = [
            token.lower_
            for token in self.doc[sentence.start : cue.start]
            if len(token) > 1 and token.is_alpha
        ]
        light = function_words("adverb") | function_words("conjunction")
        opens = all(word in light or word.endswith("ly") for word in before)
        if entry and entry.lemma.split()[0] == words[0]:
            return self.author if opens else None
        if before and before[-1] in ("is", "are", "was", "were", "been", "be", "being", "am"):
            return None
        people = [
            ent
            for ent in self._mentions_before(cue, _PEOPLE)
            if ent.start >= sentence.start and self._stands_free(ent)
        ]
        return speaker_of(people[0]) if people else self.last

    def _mentions_before(self, place: Span, labels: frozenset[str]) -> list[Span]:
        paragraph = self.paragraph_of[place.start]
        return [
            ent
            for ent in self.entities
            if ent.end <= place.start
            and ent.label_ in labels
            and paragraph - 1 <= self.paragraph_of[ent.start] <= paragraph
        ]

    def _person_before(self, pronoun: Span, sentence: Span) -> Speaker:
        before = self._mentions_before(pronoun, _PEOPLE)
        free = [ent for ent in before if ent.start >= sentence.start and self._stands_free(ent)]
        if free:
            return speaker_of(free[-1])
        earlier = [ent for ent in before if ent.start < sentence.start]
        here = self.paragraph_of[pronoun.start]
        spoke_here = self.paragraph_of[self.spoke_at] == here
        if self.unknown or (
            self.last_person is not None
            and (spoke_here or not earlier or self.paragraph_of[earlier[-1].start] != here)
        ):
            return self.last_person
        if not earlier:
            return None
        nearest = bisect_right(self.sentences, earlier[-1].start, key=lambda span: span.start) - 1
        in_nearest = [ent for ent in earlier if ent.start >= self.sentences[nearest].start]
        subjects = [ent for ent in in_nearest if self._stands_free(ent)]
        return speaker_of((subjects or in_nearest or earlier[-1:])[0])

    def _stands_free(self, mention: Span) -> bool:
        """No possessive, and no preposition or verb of address before it: it can be what a pronoun goes back to."""
        before = self.doc[mention.start - 1].lower_ if mention.start else ""
        behind = self.doc[mention.end].lower_ if mention.end < len(self.doc) else ""
        return before not in function_words("addressing") and behind not in ("'s", "’s", "'", "’")

    def _body_before(self, pronoun: Span, sentence: Span) -> Speaker:
        if self.last_body is not None:
            return self.last_body
        before = self._mentions_before(pronoun, _BODIES)
        free = [ent for ent in before if self._stands_free(ent)]
        return speaker_of((free or before)[-1]) if before else None
