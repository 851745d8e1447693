"""Records as Prodigy tasks, one a paragraph and layer, and back. The only place that knows the shape of a task.

Entities are tasks for `ner.manual`, statements for `spans.manual`, claims for `rel.manual`. That last interface holds no overlapping
spans, but the parts of claims do overlap ("X, he said, Y": the content holds its cue). What loses least: the inner span is kept whole,
the outer one is cut into the pieces around it, and the first piece points at the others by a relation "part"; a piece at the edge
that another span took is pointed at as well, so that the outer span is always the stretch from its first to its last part. Only a
span without a token of its own is left out. The claims stand beside, untouched, under the key `claims`; they hold as long as spans and
relations are the ones written for them, an annotator's edit in Prodigy overrules them.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Any

import spacy
from murmurhash.mrmr import hash as murmurhash
from spacy.language import Language
from spacy.tokens import Doc

from cablespan.cable import Header
from cablespan.document import RECORD_SCHEMA, header_record
from cablespan.labels import Entity, Role, Statement

Tokenize = Callable[[str], Doc]
Task = dict[str, Any]

VIEWS = {"entities": "ner_manual", "statements": "spans_manual", "claims": "relations"}
ANSWERS = ("accept", "reject", "ignore")
_INPUT_KEYS = ("text", "image", "html", "input")
_TASK_KEYS = ("spans", "label", "options", "arcs")
_IGNORED_KEYS = frozenset(
    ("score", "rank", "model", "source", "pattern", "priority", "path", "_view_id", "_session_id", "_annotator_id", "answer")
)
_SPAN_FACTS = ("kb_id", "cluster", "score")


# Hashes ---------------------------------------------------------------------------------------------------------------------------


def _stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _stripped(item) for key, item in value.items() if key not in _IGNORED_KEYS}
    return [_stripped(item) for item in value] if isinstance(value, list) else value


def _dumps(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def hashes(task: Mapping[str, Any]) -> tuple[int, int]:
    """`_input_hash` and `_task_hash` as Prodigy sets them (PRODIGY_FORMAT.md, section 3): signed 32 bits of MurmurHash3.

    >>> hashes({"text": "Hi. My name is Vincent"})
    (1333440749, 39342451)
    """

    def listed(keys: Sequence[str]) -> str:
        return "".join(f"{key}={_dumps(_stripped(task[key]))}" for key in keys if key in task)

    whole = {key: value for key, value in task.items() if key not in ("_input_hash", "_task_hash")}
    input_hash = murmurhash(listed(_INPUT_KEYS) or _dumps(_stripped(whole)), 0)
    own = listed(_TASK_KEYS) or _dumps(_stripped({**whole, "_input_hash": input_hash}))
    return input_hash, murmurhash(f"{input_hash}{own}", 0)


# Records to tasks -----------------------------------------------------------------------------------------------------------------


@cache
def blank_pipeline() -> Language:
    """spaCy's blank English pipeline, whose tokens are those of every task."""
    return spacy.blank("en")


def token_records(doc: Doc) -> list[dict[str, Any]]:
    """The `tokens` of a task: text, offsets, id, and whether a blank follows (`ws`)."""
    return [
        {"text": token.text, "start": token.idx, "end": token.idx + len(token), "id": token.i, "ws": bool(token.whitespace_)}
        for token in doc
    ]


class _Snap:
    """Character offsets to token numbers; a span that cuts a token is widened to it."""

    def __init__(self, tokens: Sequence[Mapping[str, Any]]):
        self.tokens = tokens
        self.by_start = {token["start"]: token["id"] for token in tokens}
        self.by_end = {token["end"]: token["id"] for token in tokens}

    def __call__(self, start: int, end: int, label: str) -> dict[str, Any]:
        first, last = self.by_start.get(start), self.by_end.get(end)
        if first is None:
            first = next((t["id"] for t in self.tokens if t["end"] > start), len(self.tokens) - 1)
        if last is None:
            last = next((t["id"] for t in reversed(self.tokens) if t["start"] < end), 0)
        return self.tokens_span(first, last, label)

    def tokens_span(self, first: int, last: int, label: str) -> dict[str, Any]:
        start, end = self.tokens[first]["start"], self.tokens[last]["end"]
        return {"start": start, "end": end, "token_start": first, "token_end": last, "label": str(label)}


def make_task(
    layer: str, text: str, tokens: Sequence[Mapping[str, Any]], meta: Mapping[str, Any], annotations: Iterable[Mapping[str, Any]]
) -> Task:
    """A task of one paragraph.

    `annotations` are the record's entities, statements or claims of that paragraph, offsets within `text`; `tokens` as `token_records`
    gives them. `layer` is a key of VIEWS. The inverse is `annotations_of`.
    """
    snap = _Snap(tokens)
    task: Task = {"text": text, "meta": dict(meta), "tokens": tokens}
    if layer == "claims":
        claims = [_plain_claim(claim) for claim in annotations]
        task["spans"], task["relations"] = _claim_graph(claims, snap)
        task["claims"] = claims
    else:
        task["spans"] = sorted(
            (snap(a["start"], a["end"], a["label"]) | {key: a[key] for key in _SPAN_FACTS if a.get(key) is not None} for a in annotations),
            key=_position,
        )
    task["_view_id"] = VIEWS[layer]
    task["_input_hash"], task["_task_hash"] = hashes(task)
    return task


def _position(span: Mapping[str, Any]) -> tuple[int, int, str]:
    return span["start"], span["end"], span["label"]


def task_meta(record: Mapping[str, Any], paragraph: Mapping[str, Any]) -> dict[str, Any]:
    """Where a task comes from: cable, paragraph id, number, marking, section, kind, origin, date (as far as known)."""
    header, meta = record.get("header", {}), record.get("meta", {})
    created = header.get("created") or meta.get("date")
    return {
        "cable": record["id"],
        "paragraph": paragraph["id"],
        "number": paragraph.get("number"),
        "marking": paragraph.get("marking"),
        "section": paragraph.get("section"),
        "kind": paragraph.get("kind", "text"),
        "origin": header.get("origin") or meta.get("origin"),
        "date": str(created)[:10] if created else None,
    }


def record_tasks(record: Mapping[str, Any], tokenize: Tokenize, layers: Iterable[str] = tuple(VIEWS)) -> dict[str, list[Task]]:
    """The tasks of a record by layer, one a paragraph in the record's order; each paragraph is tokenized once for all layers.

    `tokenize` is `nlp.tokenizer` of `spacy.blank("en")` or of any pipeline of ours.
    """
    layers = tuple(layers)
    annotations: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for layer in layers:
        for annotation in record.get(layer) or ():
            annotations.setdefault((layer, annotation["paragraph"]), []).append(annotation)
    tasks: dict[str, list[Task]] = {layer: [] for layer in layers}
    for paragraph in record["paragraphs"]:
        text = paragraph["text"]
        if not text:
            continue
        tokens, meta = token_records(tokenize(text)), task_meta(record, paragraph)
        for layer in layers:
            tasks[layer].append(make_task(layer, text, tokens, meta, annotations.get((layer, paragraph["id"]), ())))
    return tasks


def entity_tasks(record: Mapping[str, Any], tokenize: Tokenize) -> list[Task]:
    """Tasks for `ner.manual`."""
    return record_tasks(record, tokenize, ["entities"])["entities"]


def statement_tasks(record: Mapping[str, Any], tokenize: Tokenize) -> list[Task]:
    """Tasks for `spans.manual`, one span a sentence."""
    return record_tasks(record, tokenize, ["statements"])["statements"]


def claim_tasks(record: Mapping[str, Any], tokenize: Tokenize) -> list[Task]:
    """Tasks for `rel.manual`: relations CUE -> SOURCE and CUE -> CONTENT, CONTENT -> SOURCE where no cue is."""
    return record_tasks(record, tokenize, ["claims"])["claims"]


# Claims as spans and relations ----------------------------------------------------------------------------------------------------


def _plain_claim(claim: Mapping[str, Any]) -> dict[str, Any]:
    places = {role.lower(): claim.get(role.lower()) for role in Role}
    return {
        **{role: place and {"start": place["start"], "end": place["end"]} for role, place in places.items()},
        "speaker": claim.get("speaker"),
        "certainty": claim.get("certainty"),
    }


def _claim_graph(claims: Sequence[Mapping[str, Any]], snap: _Snap) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Non-overlapping spans and relations for claims whose parts may overlap: see the module's head."""
    nodes = [{role: snap(*c[role].values(), role.upper()) if c[role] else None for role in ("source", "cue", "content")} for c in claims]
    wanted = {_position(node): node for claim in nodes for node in claim.values() if node}
    owners: dict[int, dict[str, Any]] = {}
    heads: dict[tuple, dict[str, Any]] = {}
    spans, relations, order = [], [], list(Role)

    def relate(head: dict[str, Any], child: dict[str, Any], label: str) -> None:
        relations.append(
            {"head": head["token_end"], "child": child["token_end"], "label": label, "head_span": dict(head), "child_span": dict(child)}
        )

    for node in sorted(wanted.values(), key=lambda n: (n["token_end"] - n["token_start"], order.index(n["label"]), n["start"])):
        first, last = node["token_start"], node["token_end"]
        free = [i for i in range(first, last + 1) if i not in owners]
        runs = [[token for _, token in run] for _, run in groupby(enumerate(free), lambda pair: pair[1] - pair[0])]
        if not runs:
            continue
        pieces = [snap.tokens_span(run[0], run[-1], node["label"]) for run in runs]
        edges = [owners[i] for i in (first, last) if i in owners]
        head = heads[_position(node)] = pieces[0]
        spans += pieces
        for run, piece in zip(runs, pieces, strict=True):
            owners.update(dict.fromkeys(run, piece))
        inner = [span for span in edges if first <= span["token_start"] and span["token_end"] <= last]
        for part in [*pieces[1:], *inner]:
            relate(head, part, "part")

    for claim in nodes:
        source, cue, content = (heads.get(_position(node)) if node else None for node in claim.values())
        if cue and source:
            relate(cue, source, "source")
        if cue and content:
            relate(cue, content, "content")
        if content and source and not cue:
            relate(content, source, "source")
    unique = {(r["head"], r["child"], r["label"]): r for r in relations}
    return sorted(spans, key=_position), [unique[key] for key in sorted(unique)]


def _graph_key(spans: Iterable[Mapping[str, Any]], relations: Iterable[Mapping[str, Any]]) -> tuple[set, set]:
    return {_position(span) for span in spans}, {(r["head"], r["child"], r["label"]) for r in relations}


def _claims_of(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    spans, relations = task.get("spans") or [], task.get("relations") or []
    known = [_plain_claim(claim) for claim in task.get("claims") or []]
    if known and task.get("tokens") and _graph_key(*_claim_graph(known, _Snap(task["tokens"]))) == _graph_key(spans, relations):
        return known
    claims = _claims_of_graph(spans, relations)
    facts = {_triple(claim): claim for claim in known}
    return [facts.get(_triple(claim), claim) for claim in claims]


def _triple(claim: Mapping[str, Any]) -> tuple:
    return tuple(tuple(claim[role].values()) if claim[role] else None for role in ("source", "cue", "content"))


def _claims_of_graph(spans: Sequence[Mapping[str, Any]], relations: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Claims drawn as spans and relations, whichever way the annotator drew the arrows."""

    def at(token: int) -> int:
        for index, span in enumerate(spans):
            if span["token_start"] <= token <= span["token_end"]:
                return index
        raise ValueError(f"a relation points at token {token}, where no span is: draw the span or delete the relation")

    linked: dict[int, list[int]] = {index: [] for index in range(len(spans))}
    extents = [(span["start"], span["end"]) for span in spans]
    pieces, labels = set(), [span["label"] for span in spans]
    for relation in relations:
        head, child = at(relation["head"]), at(relation["child"])
        if relation["label"] == "part":
            extents[head] = (min(extents[head][0], spans[child]["start"]), max(extents[head][1], spans[child]["end"]))
            if labels[head] == labels[child] and child not in pieces:
                pieces.add(child)
        else:
            linked[head].append(child)
            linked[child].append(head)
    # A piece that has relations of its own is a span of another claim that an outer one holds at its edge.
    pieces = {index for index in pieces if not linked[index]}

    def place(index: int | None) -> dict[str, int] | None:
        return None if index is None else {"start": extents[index][0], "end": extents[index][1]}

    def having(indexes: Iterable[int], label: Role) -> list[int]:
        return [index for index in indexes if labels[index] == label]

    claims, used = [], set(pieces)
    for cue in having(range(len(spans)), Role.CUE):
        for content in having(linked[cue], Role.CONTENT):
            for source in having(linked[cue], Role.SOURCE) or [None]:
                claims.append((source, cue, content))
    for content in having(range(len(spans)), Role.CONTENT):
        if content not in pieces and not having(linked[content], Role.CUE):
            for source in having(linked[content], Role.SOURCE) or [None]:
                claims.append((source, None, content))
    used.update(index for claim in claims for index in claim if index is not None)
    for index in sorted(set(range(len(spans))) - used):
        span = spans[index]
        raise ValueError(f"{span['label']} at {span['start']}-{span['end']} belongs to no claim: link it to a CONTENT or delete it")
    claims.sort(key=lambda claim: (extents[claim[2]], claim))
    return [
        {"source": place(source), "cue": place(cue), "content": place(content), "speaker": None, "certainty": None}
        for source, cue, content in claims
    ]


# Tasks to records -----------------------------------------------------------------------------------------------------------------


def layer_of(task: Mapping[str, Any]) -> str:
    """Which layer a task belongs to: by its view, or by the labels that it holds where an export has lost the view.

    Raises ValueError where nothing tells.
    """
    for layer, view in VIEWS.items():
        if task.get("_view_id") == view:
            return layer
    if "relations" in task or "claims" in task:
        return "claims"
    labels = {span.get("label") for span in task.get("spans") or ()}
    for layer, scheme in (("entities", Entity), ("statements", Statement), ("claims", Role)):
        if labels and labels <= set(scheme):
            return layer
    raise ValueError(f"no layer: set _view_id to one of {', '.join(VIEWS.values())}" + (f" (labels: {sorted(labels)})" if labels else ""))


def annotator_of(task: Mapping[str, Any]) -> str | None:
    """Who answered: `_annotator_id`, or else `_session_id`."""
    return task.get("_annotator_id") or task.get("_session_id")


def annotations_of(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A task's annotations with offsets in its text, in the record's shape but for `paragraph` and `text`.

    Raises ValueError where relations and spans make no claims.
    """
    if layer_of(task) == "claims":
        return _claims_of(task)
    spans = sorted(task.get("spans") or (), key=_position)
    if layer_of(task) == "entities":
        return [{"start": s["start"], "end": s["end"], "label": s["label"], **{key: s.get(key) for key in _SPAN_FACTS}} for s in spans]
    return [{"start": s["start"], "end": s["end"], "label": s["label"], "score": s.get("score")} for s in spans]


def bare_record(cable_id: str, *, path: str = "", format: str = "", meta: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A record without paragraphs, for cables of which only annotated text is known; header facts come from `meta`."""
    meta = dict(meta or {})
    header = Header(created=meta.get("date"), origin=meta.get("origin"))
    return {
        "schema": RECORD_SCHEMA,
        "id": cable_id,
        "meta": meta,
        "source": {"path": path, "format": format, "sha256": "", "index": 0},
        "header": header_record(header),
        "paragraphs": [],
    }


def add_annotations(record: dict[str, Any], layer: str, paragraph: Mapping[str, Any], annotations: Iterable[Mapping[str, Any]]) -> None:
    """Appends annotations (offsets in the paragraph's text) to a layer of the record, in the record's shape."""
    text = paragraph["text"]
    for annotation in annotations:
        if layer == "claims":
            entry = _plain_claim(annotation)
            for place in (entry["source"], entry["cue"], entry["content"]):
                if place:
                    place["text"] = text[place["start"] : place["end"]]
        else:
            entry = {key: annotation[key] for key in ("start", "end", "label")}
            if layer == "entities":
                entry["text"] = text[entry["start"] : entry["end"]]
                entry |= {key: annotation.get(key) for key in ("kb_id", "cluster")}
            entry["score"] = annotation.get("score")
        record.setdefault(layer, []).append({"paragraph": paragraph["id"], **entry})


def records_of(tasks: Iterable[Mapping[str, Any]], layers: Iterable[str] | None = None) -> Iterator[dict[str, Any]]:
    """Records made of tasks: gold where the tasks are answered.

    A paragraph is kept if each of `layers` (default: all that occur in the tasks) has a task of it, and all of these are accepted or
    have no answer yet. Layers that do not occur are no keys of the record. Of two answers of one annotator the later holds.
    Raises ValueError where several annotators answered one task: that needs adjudication.
    """
    by_cable: dict[str, dict[str, dict[str, Mapping[str, Any]]]] = {}
    seen = set()
    for task in tasks:
        layer, meta = layer_of(task), task.get("meta") or {}
        cable = str(meta.get("cable") or hashes(task)[0])
        paragraph = str(meta.get("paragraph") or f"{cable}/{hashes(task)[0]}")
        seen.add(layer)
        places = by_cable.setdefault(cable, {}).setdefault(paragraph, {})
        earlier = places.get(layer)
        if earlier is not None and annotator_of(earlier) != annotator_of(task):
            raise ValueError(
                f"{layer} of {paragraph} has answers of {annotator_of(earlier)} and {annotator_of(task)}: make one gold with "
                "`cablespan adjudicate` first"
            )
        if earlier is None or earlier.get("_timestamp", 0) <= task.get("_timestamp", 0):
            places[layer] = task
    layers = tuple(layers or (layer for layer in VIEWS if layer in seen))
    for cable, paragraphs in by_cable.items():
        record = None
        for paragraph_id, places in paragraphs.items():
            if any(layer not in places or places[layer].get("answer", "accept") != "accept" for layer in layers):
                continue
            first = places[layers[0]]
            meta = first.get("meta") or {}
            if record is None:
                record = bare_record(cable, format="prodigy", meta={key: meta[key] for key in ("origin", "date") if meta.get(key)})
                record |= {layer: [] for layer in layers}
            paragraph = {
                "id": paragraph_id,
                **{key: meta.get(key) for key in ("number", "marking", "section")},
                "kind": meta.get("kind", "text"),
                "text": first["text"],
                "source_map": [],
            }
            record["paragraphs"].append(paragraph)
            for layer in layers:
                add_annotations(record, layer, paragraph, annotations_of(places[layer]))
        if record is not None:
            yield record
