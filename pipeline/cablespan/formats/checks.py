"""What is checked of every annotated record that comes in, whatever its format: each problem names
its place and the remedy."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NamedTuple

from spacy.tokens import Doc

from cablespan.document import character_span
from cablespan.formats.completion import parts_of
from cablespan.labels import LAYERS, SCHEME_VERSION, Certainty, Scheme
from cablespan.reading.shapes import CABLE, FACTS, PARAGRAPH, Shape, misfits
from cablespan.records import RECORD_SCHEMA, by_paragraph

FLAT_LAYERS = ("entities", "statements")
SHOWN = 30
# spaCy's own limit, `nlp.max_length`.
LONGEST_TEXT = 1_000_000


class Problem(NamedTuple):
    """What is wrong, where, and what to do about it."""

    place: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}: {self.remedy}"

    @classmethod
    def told(cls, place: str, error: ValueError) -> "Problem":
        """The problem that a message "what: remedy" tells of.

        >>> print(Problem.told("tasks.jsonl:3", ValueError("no layer: set _view_id")))
        tasks.jsonl:3: no layer: set _view_id
        """
        what, _, remedy = str(error).partition(": ")
        return cls(place, what, remedy)


# Is told what was changed or left out on the way.
Report = Callable[[Problem], None]


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:25]} ... {text[-25:]}")


class GoldError(ValueError):
    """Annotations that cannot be used: all problems, so that one run names them.

    One that many lines of a file share stands once.

    >>> print(GoldError([Problem(f"gold.jsonl:{line}", "no text", "write one") for line in (1, 2)]))
    gold.jsonl:1 and 1 more: no text: write one
    """

    def __init__(self, problems: list[Problem]):
        self.problems = problems
        places: dict[tuple[str, str, str], list[str]] = {}
        for place, what, remedy in problems:
            file = place.partition(":")[0]
            places.setdefault((file, what, remedy), []).append(place)
        lines = [
            str(Problem(f"{first} and {len(others)} more" if others else first, what, remedy))
            for (_, what, remedy), (first, *others) in places.items()
        ]
        more = [f"... and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        super().__init__("\n".join(lines[:SHOWN] + more))

    @classmethod
    def at(cls, place: str | Path, what: str, remedy: str) -> "GoldError":
        """The error of a single problem.

        >>> print(GoldError.at("gold.jsonl:1", "no text", "write one"))
        gold.jsonl:1: no text: write one
        """
        return cls([Problem(str(place), what, remedy)])


def without_marks(place: str | Path) -> GoldError:
    """The error of annotations in which nothing is marked, and nothing says which layers somebody
    annotated."""
    remedy = "export them with their spans, or name another file"
    return GoldError.at(place, "nothing in the annotations is marked", remedy)


def are(kind: type | UnionType, values: Iterable[Any]) -> bool:
    """Whether all values are of a kind.

    >>> are(int, [0, 4]), are(int, [0, "4"])
    (True, False)
    """
    return all(isinstance(value, kind) for value in values)


def objects(value: Any, name: str, place: str) -> list[dict[str, Any]]:
    """The value, which must be a list of objects; GoldError that names it and its place else.

    >>> objects([1], "`spans`", "tasks.jsonl:3")
    Traceback (most recent call last):
    cablespan.formats.checks.GoldError: tasks.jsonl:3: `spans` is no list of objects: write [{...}]
    """
    if not isinstance(value, list) or not are(dict, value):
        raise GoldError.at(place, f"{name} is no list of objects", "write [{...}]")
    return value


def check_shape(value: Mapping[str, Any], shape: Shape, place: str) -> None:
    """Raises GoldError where an object has another shape.

    >>> check_shape({"id": "A/1", "text": 1}, {"id": (str,), "text": (str,)}, "cables.jsonl:3")
    Traceback (most recent call last):
    cablespan.formats.checks.GoldError: cables.jsonl:3: `text` is no text: write it in quotation \
marks
    """
    if problems := [Problem(place, *misfit) for misfit in misfits(value, shape)]:
        raise GoldError(problems)


def check_source_map(paragraph: Mapping[str, Any], place: str) -> None:
    """Raises GoldError where the `source_map` of a paragraph has another shape."""
    pieces = paragraph.get("source_map") or []
    if not (isinstance(pieces, list) and all(map(_is_piece, pieces))):
        remedy = "write [[offset, offset in the source, length], ...]"
        raise GoldError.at(place, f"`source_map` of a paragraph is {pieces!r}", remedy)


def _is_piece(piece: Any) -> bool:
    return isinstance(piece, list) and [type(number) for number in piece] == [int] * 3


def check_note(note: Mapping[str, Any], place: str) -> None:
    """Raises GoldError where what a format of others keeps for us beside a text (the facts of its
    `paragraph`, `layers`, `meta`, `record`) has another shape."""
    check_shape({"layers": [], **note}, _NOTE, place)
    check_source_map(note["paragraph"], place)


_NOTE: Shape = {
    "paragraph": (PARAGRAPH,),
    "layers": ([*LAYERS],),
    "meta": CABLE["meta"],
    "record": (CABLE, NoneType),
}


def check(
    record: Mapping[str, Any], places: Mapping[str, str], scheme: Scheme
) -> Iterator[Problem]:
    """What makes a record unusable: `scheme` has the labels that it may use.

    `places` says for each paragraph id where it was read ("gold.jsonl:12"), under "" where the
    record was.

    >>> from cablespan.labels import scheme_of
    >>> mark = {"paragraph": "A/1", "start": 0, "end": 9, "label": "OFFICIAL"}
    >>> record = {"id": "A", "paragraphs": [{"id": "A/1", "text": "Rusk."}], "entities": [mark]}
    >>> [problem.what for problem in check(record, {}, scheme_of())]
    ['OFFICIAL at 0-9 lies outside the text of 5 characters']
    """
    place = places.get("", record.get("id", "?"))
    yield from _unknown_versions(record, place)
    texts: dict[str, str] = {}
    for paragraph in record["paragraphs"]:
        name = paragraph["id"]
        if name in texts:
            what = f"paragraph {name} stands twice"
            yield Problem(places.get(name, place), what, "give each its own id")
        texts[name] = paragraph["text"]
        if len(paragraph["text"]) > LONGEST_TEXT:
            what = f"a paragraph of {len(paragraph['text']):,} characters"
            remedy = f"break it into paragraphs of at most {LONGEST_TEXT:,}"
            yield Problem(places.get(name, place), what, remedy)
    for layer in LAYERS:
        for name, annotations in by_paragraph(record.get(layer) or ()).items():
            where = places.get(name, place)
            if name in texts:
                yield from _check_paragraph(layer, annotations, texts[name], where, scheme)
            else:
                what = f"{layer}: no paragraph {name!r}"
                yield Problem(where, what, "name a paragraph of the record")


def _unknown_versions(record: Mapping[str, Any], place: str) -> Iterator[Problem]:
    for key, known in (("schema", RECORD_SCHEMA), ("scheme", SCHEME_VERSION)):
        if record.get(key, known) != known:
            what = f"{key} {record[key]!r} is not {known!r}"
            yield Problem(place, what, "convert it with the version of cablespan that wrote it")


def _check_paragraph(
    layer: str, annotations: Iterable[Mapping[str, Any]], text: str, where: str, scheme: Scheme
) -> Iterator[Problem]:
    """What is wrong with a layer of one paragraph: each annotation, then those that overlap."""
    sound = []
    for annotation in annotations:
        problems = list(_check_annotation(layer, annotation, text, where, scheme))
        yield from problems
        if not problems and layer in FLAT_LAYERS:
            sound.append(_Span(annotation["start"], annotation["end"], annotation["label"]))
    yield from _overlaps(layer, sound, text, where)


class _Span(NamedTuple):
    start: int
    end: int
    label: str


def _overlaps(layer: str, spans: list[_Span], text: str, where: str) -> Iterator[Problem]:
    """Neighbours of a flat layer that share characters."""
    for pair in pairwise(sorted(spans)):
        if pair[1].start < pair[0].end:
            both = " and ".join(
                f"{span.label} {_short(text[span.start : span.end])} ({span.start}-{span.end})"
                for span in pair
            )
            yield Problem(where, f"{both} overlap", _KEEP_ONE[layer])


_KEEP_ONE = {
    "entities": "entities are flat: keep the longest",
    "statements": "a sentence has one label: keep one",
}


def _check_annotation(
    layer: str, annotation: Mapping[str, Any], text: str, where: str, scheme: Scheme
) -> Iterator[Problem]:
    if layer == "claims":
        yield from _check_claim(annotation, where)
        parts = [(role.upper(), part) for role, part in parts_of(annotation).items()]
    else:
        yield from _check_label(layer, annotation, where, scheme)
        parts = [(str(annotation.get("label")), annotation)]
    for misfit in misfits(annotation, FACTS[layer]):
        yield Problem(where, *misfit)
    for label, part in parts:
        yield from _check_place(label, part, text, where)


def _check_claim(claim: Mapping[str, Any], where: str) -> Iterator[Problem]:
    if not claim.get("content"):
        yield Problem(where, "a claim without content", "give its content, or take the claim out")
    if claim.get("certainty") not in (None, *Certainty):
        what = f"unknown certainty {claim['certainty']!r}"
        yield Problem(where, what, f"use one of {', '.join(Certainty)}")


def _check_label(
    layer: str, annotation: Mapping[str, Any], where: str, scheme: Scheme
) -> Iterator[Problem]:
    known = scheme.names(layer)
    if annotation.get("label") not in known:
        what = f"unknown label {annotation.get('label')!r} among the {layer}"
        remedy = f"use one of {', '.join(known)}, or name your own in a file (--labels)"
        yield Problem(where, what, remedy)


def _check_place(label: str, part: Any, text: str, where: str) -> Iterator[Problem]:
    if not isinstance(part, Mapping):
        yield Problem(where, f"{label} is {_short(str(part))}", "give its `start` and `end`")
        return
    if problem := without_offsets(label, part, where):
        yield problem
        return
    start, end = part["start"], part["end"]
    if not 0 <= start < end <= len(text):
        what = f"{label} at {start}-{end} lies outside the text of {len(text)} characters"
        yield Problem(where, what, "count Unicode code points from 0, ends exclusive")
    elif text[start:end].isspace():
        what = f"{label} at {start}-{end} is white space alone"
        yield Problem(where, what, "mark the words that are meant, or take it out")
    elif problem := with_other_words(label, part, text, where):
        yield problem


def with_other_words(label: str, part: Mapping[str, Any], text: str, where: str) -> Problem | None:
    """What is wrong with a mark whose `text` is not what stands at its offsets; None where nothing
    is.

    >>> mark = {"start": 3, "end": 6, "text": "Roe"}
    >>> print(with_other_words("PERSON", mark, "\N{SHIP} Roe left.", "tasks.jsonl:3"))
    tasks.jsonl:3: PERSON at 3-6 is 'oe ' in the text, not 'Roe': \
count Unicode code points (not UTF-16 units or bytes) in the text as it stands here
    """
    start, end = part["start"], part["end"]
    if part.get("text", text[start:end]) == text[start:end]:
        return None
    words, meant = _short(text[start:end]), _short(str(part["text"]))
    what = f"{label} at {start}-{end} is {words} in the text, not {meant}"
    remedy = "count Unicode code points (not UTF-16 units or bytes) in the text as it stands here"
    return Problem(where, what, remedy)


def without_offsets(label: str, part: Mapping[str, Any], where: str) -> Problem | None:
    """What is wrong with the numbers that a mark begins and ends at; None where they are whole.

    >>> print(without_offsets("PLACE", {"start": 0, "end": "4"}, "tasks.jsonl:3"))
    tasks.jsonl:3: PLACE has the `start` 0 and the `end` '4': \
write whole numbers, without quotation marks
    """
    start, end = part.get("start"), part.get("end")
    if type(start) is type(end) is int:  # no bool
        return None
    what = f"{label} has the `start` {start!r} and the `end` {end!r}"
    return Problem(where, what, "write whole numbers, without quotation marks")


def fitted(
    record: Mapping[str, Any], places: Mapping[str, str], tokenize: Callable[[str], Doc]
) -> tuple[dict[str, Any], list[Problem]]:
    """The record with every span on whole tokens, and what had to change: a span that cuts a token
    takes in all of it.

    Of two entities or statements in one token the later is left out.

    >>> import spacy
    >>> mark = {"paragraph": "A/1", "start": 0, "end": 2, "label": "OFFICIAL"}
    >>> record = {"id": "A", "paragraphs": [{"id": "A/1", "text": "Rusk."}], "entities": [mark]}
    >>> whole, problems = fitted(record, {"A/1": "gold.jsonl:1"}, spacy.blank("en").tokenizer)
    >>> print(whole["entities"][0]["end"], *problems)
    4 gold.jsonl:1: OFFICIAL 'Ru' (0-2) cuts a token: taken as 'Rusk'
    """
    docs = {paragraph["id"]: tokenize(paragraph["text"]) for paragraph in record["paragraphs"]}
    fitting = _Fitting(docs, places)
    changed = dict(record)
    for layer in FLAT_LAYERS:
        if record.get(layer) is not None:
            changed[layer] = fitting.flat_layer(record[layer])
    if record.get("claims") is not None:
        changed["claims"] = [fitting.claim(claim) for claim in record["claims"]]
    return changed, fitting.problems


class _Fitting:
    """Brings the spans of one record on whole tokens; `problems` says what was changed."""

    def __init__(self, docs: Mapping[str, Doc], places: Mapping[str, str]):
        self.docs, self.places = docs, places
        self.order = {paragraph: number for number, paragraph in enumerate(docs)}
        self.problems: list[Problem] = []

    def span(self, place: Mapping[str, Any], paragraph: str, label: str) -> dict[str, Any]:
        start, end, doc = place["start"], place["end"], self.docs[paragraph]
        if doc.char_span(start, end) is not None:
            return dict(place)
        whole = character_span(doc, start, end)
        where = self.places.get(paragraph, self.places.get("", paragraph))
        what = f"{label} {_short(doc.text[start:end])} ({start}-{end}) cuts a token"
        self.problems.append(Problem(where, what, f"taken as {_short(whole.text)}"))
        changed = {"start": whole.start_char, "end": whole.end_char, "text": whole.text}
        return {key: changed.get(key, value) for key, value in place.items()}

    def flat_layer(self, annotations: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The annotations in the order of the text, but for those in a token that is taken."""
        kept = []
        reached: dict[str, int] = {}
        for annotation in sorted(annotations, key=self._position):
            paragraph = annotation["paragraph"]
            entry = self.span(annotation, paragraph, annotation["label"])
            if entry["start"] < reached.get(paragraph, 0):
                remedy = "left out, as the span before has that token"
                self.problems[-1] = self.problems[-1]._replace(remedy=remedy)
                continue
            reached[paragraph] = entry["end"]
            kept.append(entry)
        return kept

    def _position(self, annotation: Mapping[str, Any]) -> tuple[int, int]:
        return self.order[annotation["paragraph"]], annotation["start"]

    def claim(self, claim: Mapping[str, Any]) -> dict[str, Any]:
        parts = {
            role: self.span(part, claim["paragraph"], role.upper())
            for role, part in parts_of(claim).items()
        }
        return {**claim, **parts}
