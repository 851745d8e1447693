"""What is checked of every annotated record that comes in, whatever its format: each problem names its place and the remedy."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from spacy.tokens import Doc

from cablespan.document import RECORD_SCHEMA
from cablespan.labels import SCHEME_VERSION, Certainty, Entity, Role, Statement

SCHEMES = {"entities": Entity, "statements": Statement}
SHOWN = 30


class Problem(NamedTuple):
    """`fatal`: the annotation cannot be used; otherwise it can, changed as `what` says."""

    place: str
    what: str
    remedy: str
    fatal: bool = True

    def __str__(self) -> str:
        return f"{self.place}: {self.what}: {self.remedy}"


class GoldError(ValueError):
    """Annotations that cannot be used: all problems of a file, so that one run names them all."""

    def __init__(self, problems: list[Problem]):
        self.problems = problems
        lines = [str(problem) for problem in problems[:SHOWN]]
        if len(problems) > SHOWN:
            lines.append(f"... and {len(problems) - SHOWN} more")
        super().__init__("\n".join(lines))


def check(record: Mapping[str, Any], places: Mapping[str, str], tokenize: Callable[[str], Doc] | None = None) -> Iterator[Problem]:
    """The problems of a record.

    `places` says for each paragraph id where it was read ("gold.jsonl:12"), under "" where the record was. With `tokenize`, spans that
    cut a token are found too: they are widened to the token, and must not overlap then.
    """
    place = places.get("", record.get("id", "?"))
    yield from _check_versions(record, place)
    texts: dict[str, str] = {}
    for paragraph in record["paragraphs"]:
        if paragraph["id"] in texts:
            yield Problem(places.get(paragraph["id"], place), f"paragraph {paragraph['id']} stands twice", "give each its own id")
        texts[paragraph["id"]] = paragraph["text"]
    spans: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
    for layer in ("entities", "statements", "claims"):
        for annotation in record.get(layer) or ():
            where = places.get(annotation.get("paragraph"), place)
            text = texts.get(annotation.get("paragraph"))
            if text is None:
                yield Problem(where, f"{layer}: no paragraph {annotation.get('paragraph')!r}", "name a paragraph of the record")
                continue
            found = list(_check_annotation(layer, annotation, text, where))
            yield from found
            if not found and layer in SCHEMES:
                spans.setdefault((annotation["paragraph"], layer), []).append((annotation["start"], annotation["end"], annotation["label"]))
            elif not found:
                parts = [(p["start"], p["end"], role) for role in Role if (p := annotation.get(role.lower()))]
                spans.setdefault((annotation["paragraph"], layer), []).extend(parts)
    for (paragraph, layer), found in spans.items():
        yield from _check_spans(layer, texts[paragraph], sorted(found), places.get(paragraph, place), tokenize)


def _check_versions(record: Mapping[str, Any], place: str) -> Iterator[Problem]:
    for key, known in (("schema", RECORD_SCHEMA), ("scheme", SCHEME_VERSION)):
        if record.get(key, known) != known:
            yield Problem(place, f"{key} {record[key]!r} is not {known!r}", "convert it with the version of cablespan that wrote it")


def _check_annotation(layer: str, annotation: Mapping[str, Any], text: str, where: str) -> Iterator[Problem]:
    if layer == "claims":
        if not annotation.get("content"):
            yield Problem(where, "a claim without content", "give its content, or take the claim out")
        if annotation.get("certainty") not in (None, *Certainty):
            yield Problem(where, f"unknown certainty {annotation['certainty']!r}", f"use one of {', '.join(Certainty)}")
        parts = [(role, annotation[role.lower()]) for role in Role if annotation.get(role.lower())]
    else:
        scheme = SCHEMES[layer]
        if annotation.get("label") not in scheme.__members__:
            yield Problem(where, f"unknown label {annotation.get('label')!r} among the {layer}", f"use one of {', '.join(scheme)}")
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
                f"{label} at {start}-{end} is {text[start:end]!r} in the text, not {part['text']!r}",
                "count Unicode code points (not UTF-16 units or bytes) in the text as it stands here",
            )


def _check_spans(
    layer: str, text: str, spans: list[tuple[int, int, str]], where: str, tokenize: Callable[[str], Doc] | None
) -> Iterator[Problem]:
    overlapping = False
    if layer in SCHEMES:
        for one, other in zip(spans, spans[1:], strict=False):
            if other[0] < one[1]:
                overlapping = True
                yield Problem(
                    where,
                    f"{one[2]} {text[one[0] : one[1]]!r} ({one[0]}-{one[1]}) and {other[2]} {text[other[0] : other[1]]!r} "
                    f"({other[0]}-{other[1]}) overlap",
                    "entities are flat: keep the longest" if layer == "entities" else "a sentence has one label: keep one",
                )
    if tokenize is None or overlapping:
        return
    doc, reached = tokenize(text), 0
    for start, end, label in spans:
        whole = doc.char_span(start, end, alignment_mode="expand")
        if layer in SCHEMES and whole.start_char < reached:
            yield Problem(where, f"{label} {text[start:end]!r} ({start}-{end}) shares a token with the span before", "keep one of them")
        elif (whole.start_char, whole.end_char) != (start, end):
            yield Problem(where, f"{label} {text[start:end]!r} ({start}-{end}) cuts a token", f"it is read as {whole.text!r}", fatal=False)
        reached = whole.end_char
