"""What is checked of every annotated record that comes in, whatever its format: each problem names
its place and the remedy."""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from spacy.tokens import Doc, Span

from cablespan.labels import SCHEME_VERSION, Certainty, Role, Scheme
from cablespan.records import RECORD_SCHEMA

FLAT_LAYERS = ("entities", "statements")
SHOWN = 30


class Problem(NamedTuple):
    """What is wrong, where, and what to do about it."""

    place: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}: {self.remedy}"


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:25]} ... {text[-25:]}")


class GoldError(ValueError):
    """Annotations that cannot be used: all problems of a file, so that one run names them all."""

    def __init__(self, problems: list[Problem]):
        self.problems = problems
        lines = [str(problem) for problem in problems[:SHOWN]]
        if len(problems) > SHOWN:
            lines.append(f"... and {len(problems) - SHOWN} more")
        super().__init__("\n".join(lines))


def check(
    record: Mapping[str, Any], places: Mapping[str, str], scheme: Scheme
) -> Iterator[Problem]:
    """What makes a record unusable: `scheme` has the labels that it may use.

    `places` says for each paragraph id where it was read ("gold.jsonl:12"), under "" where the
    record was.
    """
    place = places.get("", record.get("id", "?"))
    for key, known in (("schema", RECORD_SCHEMA), ("scheme", SCHEME_VERSION)):
        if record.get(key, known) != known:
            what = f"{key} {record[key]!r} is not {known!r}"
            yield Problem(place, what, "convert it with the version of cablespan that wrote it")
    texts: dict[str, str] = {}
    for paragraph in record["paragraphs"]:
        name = paragraph["id"]
        if name in texts:
            what = f"paragraph {name} stands twice"
            yield Problem(places.get(name, place), what, "give each its own id")
        texts[name] = paragraph["text"]
    for layer in ("entities", "statements", "claims"):
        sound: dict[str, list[_Span]] = {}
        for annotation in record.get(layer) or ():
            name = annotation.get("paragraph")
            where = places.get(name, place)
            if name not in texts:
                what = f"{layer}: no paragraph {name!r}"
                yield Problem(where, what, "name a paragraph of the record")
                continue
            problems = list(_check_annotation(layer, annotation, texts[name], where, scheme))
            yield from problems
            if not problems and layer in FLAT_LAYERS:
                facts = (annotation[key] for key in ("start", "end", "label"))
                sound.setdefault(name, []).append(_Span(*facts))
        for name, spans in sound.items():
            yield from _overlaps(layer, spans, texts[name], places.get(name, place))


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
        if not annotation.get("content"):
            yield Problem(
                where, "a claim without content", "give its content, or take the claim out"
            )
        if annotation.get("certainty") not in (None, *Certainty):
            yield Problem(
                where,
                f"unknown certainty {annotation['certainty']!r}",
                f"use one of {', '.join(Certainty)}",
            )
        parts = [(role, annotation[role.lower()]) for role in Role if annotation.get(role.lower())]
    else:
        known = scheme.names(layer)
        if annotation.get("label") not in known:
            yield Problem(
                where,
                f"unknown label {annotation.get('label')!r} among the {layer}",
                f"use one of {', '.join(known)}, or name your own in a file (--labels)",
            )
        parts = [(annotation.get("label"), annotation)]
    for label, part in parts:
        start, end = part.get("start"), part.get("end")
        if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(text)):
            yield Problem(
                where,
                f"{label} at {start}-{end} lies outside the text of {len(text)} characters",
                "count Unicode code points from 0, ends exclusive",
            )
        elif part.get("text", text[start:end]) != text[start:end]:
            yield Problem(
                where,
                f"{label} at {start}-{end} is {text[start:end]!r} in the text, "
                f"not {part['text']!r}",
                "count Unicode code points (not UTF-16 units or bytes) "
                "in the text as it stands here",
            )


def whole_tokens(doc: Doc, start: int, end: int) -> Span:
    """The tokens that characters `start:end` touch. Raises ValueError where there are none."""
    span = doc.char_span(start, end, alignment_mode="expand")
    if span is None:
        raise ValueError(f"{start}-{end} lies outside the text of {len(doc.text)} characters")
    return span


def fitted(
    record: Mapping[str, Any], places: Mapping[str, str], tokenize: Callable[[str], Doc]
) -> tuple[dict[str, Any], list[Problem]]:
    """The record with every span on whole tokens, and what had to change: a span that cuts a token
    takes in all of it.

    Of two entities or statements in one token the later is left out.
    """
    docs = {paragraph["id"]: tokenize(paragraph["text"]) for paragraph in record["paragraphs"]}
    order = {paragraph: number for number, paragraph in enumerate(docs)}
    problems: list[Problem] = []

    def fit(place: Mapping[str, Any], paragraph: str, label: str) -> dict[str, Any]:
        start, end, doc = place["start"], place["end"], docs[paragraph]
        if doc.char_span(start, end) is not None:
            return dict(place)
        whole = whole_tokens(doc, start, end)
        what = f"{label} {_short(doc.text[start:end])} ({start}-{end}) cuts a token"
        problems.append(
            Problem(
                places.get(paragraph, places.get("", paragraph)),
                what,
                f"taken as {_short(whole.text)}",
            )
        )
        changed = {"start": whole.start_char, "end": whole.end_char, "text": whole.text}
        return {key: changed.get(key, value) for key, value in place.items()}

    changed = dict(record)
    for layer in FLAT_LAYERS:
        if record.get(layer) is None:
            continue
        changed[layer] = []
        reached: dict[str, int] = {}
        for annotation in sorted(record[layer], key=lambda a: (order[a["paragraph"]], a["start"])):
            paragraph = annotation["paragraph"]
            entry = fit(annotation, paragraph, annotation["label"])
            if entry["start"] < reached.get(paragraph, 0):
                problems[-1] = problems[-1]._replace(
                    remedy="left out, as the span before has that token"
                )
                continue
            reached[paragraph] = entry["end"]
            changed[layer].append(entry)
    if record.get("claims") is not None:
        changed["claims"] = [
            {
                **claim,
                **{
                    role.lower(): fit(claim[role.lower()], claim["paragraph"], role)
                    for role in Role
                    if claim.get(role.lower())
                },
            }
            for claim in record["claims"]
        ]
    return changed, problems
