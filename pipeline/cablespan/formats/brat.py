"""brat's stand-off: for each cable ID.txt (paragraphs with a blank line between) and ID.ann, and an
annotation.conf for the server.

Entities, statements and the parts of claims are text-bound annotations, claims are relations from
the cue (or, without one, the content), certainty is an attribute of the content; paragraph, KB id,
cluster, score and speaker are notes, so that they come back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from types import NoneType
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import orjson

from cablespan.formats.checks import GoldError, Problem, check_shape
from cablespan.formats.completion import (
    OF_CABLES,
    Placed,
    bare_record,
    kept_facts,
    known_facts,
    parts_of,
)
from cablespan.formats.files import json_object, read_text
from cablespan.formats.joined import Block, blocks_of, in_paragraph, joined
from cablespan.formats.linked import (
    LinkedSpan,
    Links,
    add_marks,
    links_of,
    part_links,
    with_shared_layers,
)
from cablespan.labels import LAYERS, ROLES, Certainty, Role, Scheme
from cablespan.reading.body.ids import DistinctNames
from cablespan.reading.shapes import CABLE, PARAGRAPH, Shape
from cablespan.records import annotated_layers

LEAVES_OUT = OF_CABLES
_FACTS = {
    "entities": ("kb_id", "cluster", "score", "value"),
    "statements": ("score",),
    "claims": ("speaker",),
}
_CABLE, _PARAGRAPH, _FACT = "Cable", "Paragraph", "Facts"
_NOTES: dict[str, Shape] = {
    _CABLE: {"id": (str, NoneType), "meta": CABLE["meta"], "layers": ([*LAYERS], NoneType)},
    _PARAGRAPH: {**PARAGRAPH, "start": (int,), "end": (int,)},
    _FACT: {},
}


def write(records: Iterable[Mapping[str, Any]], out: Path, scheme: Scheme) -> None:
    """Into the folder `out`; ids are file names with `/` as `%2F`, `~2` after what comes again."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "annotation.conf").write_text(configuration(scheme), encoding="utf-8", newline="\n")
    names = DistinctNames()
    for record in records:
        name = names.take(quote(record["id"], safe=" "))
        text, blocks = joined(record)
        (out / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")
        (out / f"{name}.ann").write_text(
            "".join(_Lines(record, text, blocks).lines), encoding="utf-8", newline="\n"
        )


def configuration(scheme: Scheme) -> str:
    """annotation.conf with the scheme's labels."""
    spans = "\n".join(label for layer in LAYERS for label in scheme.names(layer))
    relations = "source\tArg1:CUE|CONTENT, Arg2:SOURCE\ncontent\tArg1:CUE, Arg2:CONTENT"
    overlap = "<OVERLAP>\tArg1:<ANY>, Arg2:<ANY>, <OVL-TYPE>:<ANY>"
    certainty = f"Certainty\tArg:CONTENT, Value:{'|'.join(Certainty)}"
    return (
        f"[entities]\n{spans}\n\n[relations]\n{relations}\n{overlap}\n\n"
        f"[events]\n\n[attributes]\n{certainty}\n"
    )


class _Lines:
    """The lines of a cable's .ann file."""

    def __init__(self, record: Mapping[str, Any], text: str, blocks: Iterable[Block]):
        self.text = text
        self.lines: list[str] = []
        self.spans = self.others = 0
        self.starts = {block.facts["id"]: block.start for block in blocks}
        self.head(record, blocks)
        for layer in ("entities", "statements"):
            for mark in record.get(layer) or ():
                self.facts(layer, self.span(mark["label"], mark, mark["paragraph"]), mark)
        for claim in record.get("claims") or ():
            self.claim(claim)

    def head(self, record: Mapping[str, Any], blocks: Iterable[Block]) -> None:
        """Notes of what brat has no line for: the cable's facts, and its paragraphs."""
        meta, layers = kept_facts(record), annotated_layers(record)
        self.note(_CABLE, "-", {"id": record["id"], "meta": meta, "layers": layers})
        for start, end, facts in blocks:
            kept = {key: value for key, value in facts.items() if key != "source_map"}
            self.note(_PARAGRAPH, "-", {"start": start, "end": end, **kept})

    def claim(self, claim: Mapping[str, Any]) -> None:
        names = {
            role: self.span(role.upper(), part, claim["paragraph"])
            for role, part in parts_of(claim).items()
        }
        for role, head, part in part_links(names):
            self.other("R", f"{role} Arg1:{head} Arg2:{part}")
        if claim.get("certainty"):
            self.other("A", f"Certainty {names['content']} {claim['certainty']}")
        self.facts("claims", names["content"], claim)

    def span(self, label: str, place: Mapping[str, Any], paragraph: str) -> str:
        self.spans += 1
        start, end = self.starts[paragraph] + place["start"], self.starts[paragraph] + place["end"]
        # brat allows no line break within a fragment.
        fragments, offset = [], start
        for line in self.text[start:end].split("\n"):
            if line:
                fragments.append((offset, offset + len(line)))
            offset += len(line) + 1
        where = ";".join(f"{a} {b}" for a, b in fragments)
        self.lines.append(f"T{self.spans}\t{label} {where}\t{_on_one_line(self.text, fragments)}\n")
        return f"T{self.spans}"

    def other(self, kind: str, what: str) -> None:
        self.others += 1
        self.lines.append(f"{kind}{self.others}\t{what}\n")

    def facts(self, layer: str, name: str, annotation: Mapping[str, Any]) -> None:
        known = known_facts(annotation, _FACTS[layer])
        if known:
            self.note(_FACT, name, known)

    def note(self, kind: str, name: str, value: Any) -> None:
        self.others += 1
        self.lines.append(f"#{self.others}\t{kind} {name}\t{orjson.dumps(value).decode()}\n")


def read(path: Path, scheme: Scheme) -> Iterator[Placed]:
    """Every ID.ann of a folder with its ID.txt, or one of them. Files from elsewhere: blank lines
    separate paragraphs, the folder's marks tell the layers.

    Raises GoldError where a text is missing or an annotation does not fit.
    """
    files = sorted(path.glob("*.ann")) if path.is_dir() else [path.with_suffix(".ann")]
    yield from with_shared_layers(_read_one(file, scheme) for file in files)


class _Span(NamedTuple):
    """A text-bound annotation: its offsets in the whole text, and where in the file it stands."""

    label: str
    start: int
    end: int
    place: str


class _Annotations:
    """The lines of one .ann file, by their kinds."""

    def __init__(self, file: Path, text: str):
        self.text = text
        self.spans: dict[str, _Span] = {}
        self.links: list[tuple[str, str, str, str]] = []
        self.certainties: dict[str, str] = {}
        self.facts: dict[str, dict[str, Any]] = {}
        self.paragraphs: list[Block] = []
        self.cable: dict[str, Any] = {}
        for number, line in enumerate(read_text(file).replace("\r\n", "\n").split("\n"), 1):
            place = f"{file}:{number}"
            try:
                self.add(line, place)
            except GoldError:
                raise
            except (IndexError, ValueError) as error:
                remedy = "see brat's stand-off format, or delete it"
                problem = Problem(place, f"{line!r} is no line of brat's", remedy)
                raise GoldError([problem]) from error

    def add(self, line: str, place: str) -> None:
        """Takes in one line; kinds that mean nothing to us are passed over."""
        columns = line.split("\t", 2)
        if line.startswith("T"):
            self.add_span(columns, place)
        elif line.startswith("R"):
            kind, one, other = columns[1].split()
            self.links.append((kind, one.partition(":")[2], other.partition(":")[2], place))
        elif line.startswith(("A", "M")):
            name, of, *value = columns[1].split()
            if name == "Certainty" and value:
                self.certainties[of] = value[0]
        elif line.startswith("#"):
            self.add_note(columns, place)

    def add_span(self, columns: Sequence[str], place: str) -> None:
        name, where, words = columns
        label, _, fragments = where.partition(" ")
        pairs = (fragment.split() for fragment in fragments.split(";"))
        offsets = [(int(start), int(end)) for start, end in pairs]
        if _on_one_line(self.text, offsets) != words:
            remedy = "leave the .txt as it was when it was annotated"
            raise GoldError.at(place, f"{name} is not {words!r} in the text", remedy)
        between = (self.text[end:start] for (_, end), (start, _) in pairwise(offsets))
        if any(map(str.strip, between)):
            remedy = "mark one stretch of text, or two spans"
            raise GoldError.at(place, f"{name} leaves out words between its fragments", remedy)
        if name in self.spans:
            raise GoldError.at(place, f"{name} stands twice", "give each span its own number")
        self.spans[name] = _Span(label, offsets[0][0], offsets[-1][1], place)

    def facts_of(self, name: str) -> dict[str, Any]:
        """What attributes and notes say of a span."""
        certainty = self.certainties.get(name)
        return ({"certainty": certainty} if certainty else {}) | self.facts.get(name, {})

    def add_note(self, columns: Sequence[str], place: str) -> None:
        kind, _, of = columns[1].partition(" ")
        if kind not in _NOTES:
            return
        said = json_object(columns[2].encode(), place)
        check_shape(said, _NOTES[kind], place)
        if kind == _FACT:
            self.facts[of] = said
        elif kind == _PARAGRAPH:
            self.paragraphs.append(Block(said.pop("start"), said.pop("end"), said))
        else:
            self.cable = said


def _read_one(file: Path, scheme: Scheme) -> tuple[Placed, bool]:
    """A record, and whether a note says which layers it has."""
    text = _text_beside(file)
    said = _Annotations(file, text)
    cable_id = said.cable.get("id") or unquote(file.stem)
    record = bare_record(cable_id, path=str(file), format="brat", meta=said.cable.get("meta"))
    blocks = said.paragraphs or list(blocks_of(text, cable_id))
    for start, end, facts in blocks:
        record["paragraphs"].append({**facts, "text": text[start:end], "source_map": []})
    layers = said.cable.get("layers")
    record |= {layer: [] for layer in layers or ()}
    spans, places = [], {"": str(file)}
    for name, span in said.spans.items():
        layer = scheme.layer_of(span.label) or "entities"
        if layers is not None and layer not in layers:
            what = f"{span.label} is of the {layer}, which the note of the cable leaves out"
            raise GoldError.at(span.place, what, "add them to its layers")
        located = in_paragraph(span.start, span.end, blocks, name, span.place)
        places.setdefault(located[0], span.place)
        spans.append(LinkedSpan(name, span.label, *located, span.place, said.facts_of(name)))
    add_marks(record, spans, _links_by_head(said.spans, said.links), scheme)
    return Placed(record, places), layers is not None


def _text_beside(file: Path) -> str:
    text = file.with_suffix(".txt")
    if not text.exists():
        remedy = f"put {text.name} into the folder"
        raise GoldError.at(file, "no text beside", remedy)
    return read_text(text)


def _on_one_line(text: str, fragments: Iterable[tuple[int, int]]) -> str:
    return " ".join(text[a:b] for a, b in fragments).replace("\t", " ")


def _links_by_head(
    spans: Mapping[str, _Span], links: Sequence[tuple[str, str, str, str]]
) -> Links[str]:
    """Of each span, what its relations point at. Raises GoldError where one has no such span, or
    one of a claim's points elsewhere."""
    for kind, one, other, place in links:
        if one not in spans or other not in spans:
            what = f"{one} or {other} is no span of the file"
            raise GoldError.at(place, what, "delete the relation")
        labels = {spans[one].label, spans[other].label}
        if kind in ROLES and not labels <= set(Role):
            what = f"the {kind} of a claim joins {' and '.join(sorted(labels))}"
            raise GoldError.at(place, what, "link CUE with SOURCE and CONTENT")
    return links_of((one, kind, other) for kind, one, other, _ in links)
