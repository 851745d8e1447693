"""Records as Prodigy tasks, one a paragraph and layer, and back. The only place that knows the
shape of a task.

Entities are tasks for `ner.manual`, statements for `spans.manual`, claims for `rel.manual`
(claims.py says how).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from spacy.tokens import Doc

from cablespan.cable import PARAGRAPH_FACTS
from cablespan.formats.completion import bare_record, completed, known_facts, marked_paragraphs
from cablespan.formats.paragraphs import paragraph_id
from cablespan.formats.tasks.claims import claim_graph, claims_of, plain_claim
from cablespan.formats.tasks.hashing import hashes
from cablespan.formats.tasks.tokens import (
    TokenAligner,
    blank_pipeline,
    position,
    token_records,
    tokenize,
    tokens_of_paragraphs,
)
from cablespan.labels import Scheme, scheme_of
from cablespan.records import ParagraphRecord, paragraph_record

__all__ = [
    "ANSWERS",
    "VIEWS",
    "annotations_of",
    "annotator_of",
    "answered_at",
    "blank_pipeline",
    "hashes",
    "is_accepted",
    "is_binary",
    "layer_of",
    "make_task",
    "place_of",
    "record_tasks",
    "records_of",
    "task_meta",
    "token_records",
    "tokenize",
]

Task = dict[str, Any]

VIEWS = {"entities": "ner_manual", "statements": "spans_manual", "claims": "relations"}
ANSWERS = ("accept", "reject", "ignore")
_SPAN_FACTS = ("kb_id", "cluster", "score")


def make_task(
    layer: str,
    text: str,
    tokens: Sequence[Mapping[str, Any]],
    meta: Mapping[str, Any],
    annotations: Iterable[Mapping[str, Any]],
) -> Task:
    """A task of one paragraph.

    `annotations` are the record's entities, statements or claims of that paragraph, offsets within
    `text`; `tokens` as `token_records` returns them. `layer` is a key of VIEWS. The inverse is
    `annotations_of`.

    >>> tokens = token_records(tokenize("Mr. Rusk"))
    >>> marks = [{"start": 4, "end": 8, "label": "PERSON"}]
    >>> task = make_task("entities", "Mr. Rusk", tokens, {"cable": "07OSLO1"}, marks)
    >>> [annotation["label"] for annotation in annotations_of(task)]
    ['PERSON']
    """
    return _task(layer, text, TokenAligner(tokens), meta, annotations)


def _task(
    layer: str,
    text: str,
    aligner: TokenAligner,
    meta: Mapping[str, Any],
    annotations: Iterable[Mapping[str, Any]],
) -> Task:
    task: Task = {"text": text, "meta": dict(meta), "tokens": aligner.tokens}
    if layer == "claims":
        claims = [plain_claim(claim) for claim in annotations]
        task["spans"], task["relations"] = claim_graph(claims, aligner)
        task["claims"] = claims
    else:
        spans = (
            aligner(mark["start"], mark["end"], mark["label"]) | known_facts(mark, _SPAN_FACTS)
            for mark in annotations
        )
        task["spans"] = sorted(spans, key=position)
    task["_view_id"] = VIEWS[layer]
    task["_input_hash"], task["_task_hash"] = hashes(task)
    return task


def task_meta(record: Mapping[str, Any], paragraph: Mapping[str, Any]) -> dict[str, Any]:
    """Where a task comes from: cable, paragraph id, number, marking, section, kind, origin, date
    (as far as known)."""
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


def record_tasks(
    record: Mapping[str, Any],
    layers: Iterable[str] = tuple(VIEWS),
    doc: Doc | None = None,
) -> dict[str, list[Task]]:
    """The tasks of a record by layer, one a paragraph in the record's order; each paragraph is
    tokenized once for all layers.

    `doc`: the record's own, whose tokens are taken for the paragraphs that it has whole.

    >>> record = {"id": "A", "paragraphs": [{"id": "A/1", "text": "Rusk."}], "entities": []}
    >>> tasks = record_tasks(record, ["entities"])
    >>> [made["paragraphs"][0]["id"] for made in records_of(tasks["entities"])]
    ['A/1']
    """
    layers = tuple(layers)
    known = tokens_of_paragraphs(doc) if doc is not None else {}
    tasks: dict[str, list[Task]] = {layer: [] for layer in layers}
    for paragraph, marks in marked_paragraphs(record, layers):
        text = paragraph["text"]
        if not text:
            continue
        aligner = TokenAligner(known.get(text) or token_records(tokenize(text)))
        meta = task_meta(record, paragraph)
        for layer, annotations in marks.items():
            if layer not in paragraph.get("unannotated", ()):
                tasks[layer].append(_task(layer, text, aligner, meta, annotations))
    return tasks


def layer_of(task: Mapping[str, Any], scheme: Scheme | None = None) -> str:
    """Which layer a task belongs to.

    By its view (of the review recipe, the one that was reviewed), or by the labels that it holds
    (of `scheme`, else ours) where an export has lost the view. Raises ValueError where nothing
    tells.

    >>> layer_of({"_view_id": "spans_manual"}), layer_of({"spans": [{"label": "PLACE"}]})
    ('statements', 'entities')
    """
    shown = task.get("_view_id")
    if shown == "review":
        shown = task.get("view_id")
    for layer, view in VIEWS.items():
        if shown == view:
            return layer
    if "relations" in task or "claims" in task:
        return "claims"
    labels = {span.get("label") for span in task.get("spans") or ()}
    layers = {(scheme or scheme_of()).layer_of(label) for label in labels}
    only = layers.pop() if len(layers) == 1 else None
    if only:
        return only
    told = f" (labels: {sorted(labels)})" if labels else ""
    raise ValueError(f"no layer: set _view_id to one of {', '.join(VIEWS.values())}{told}")


def place_of(task: Mapping[str, Any]) -> tuple[str, str]:
    """The ids of a task's cable and paragraph; where its meta names none, its hash stands for it.

    >>> place_of({"meta": {"cable": "07OSLO1", "paragraph": 0}})
    ('07OSLO1', '07OSLO1/0')
    """
    meta = task.get("meta") or {}
    cable, paragraph = meta.get("cable"), meta.get("paragraph")
    cable = str(hashes(task)[0] if cable in (None, "") else cable)
    paragraph = hashes(task)[0] if paragraph in (None, "") else paragraph
    return cable, paragraph_id({"doc": cable, "paragraph": paragraph})


def annotator_of(task: Mapping[str, Any]) -> str | None:
    """Who answered: `_annotator_id`, or else `_session_id`.

    >>> annotator_of({"_session_id": "gold-anna"})
    'gold-anna'
    """
    return task.get("_annotator_id") or task.get("_session_id")


def annotations_of(task: Mapping[str, Any], scheme: Scheme | None = None) -> list[dict[str, Any]]:
    """A task's annotations with offsets in its text, in the record's shape but for `paragraph` and
    `text`.

    Raises ValueError where relations and spans make no claims.
    """
    layer = layer_of(task, scheme)
    if layer == "claims":
        return claims_of(task)
    facts = _SPAN_FACTS if layer == "entities" else ("score",)
    return [
        {key: span[key] for key in ("start", "end", "label")}
        | {key: span.get(key) for key in facts}
        for span in sorted(task.get("spans") or (), key=position)
    ]


def records_of(
    tasks: Iterable[Mapping[str, Any]],
    layers: Iterable[str] | None = None,
    scheme: Scheme | None = None,
) -> Iterator[dict[str, Any]]:
    """Records made of tasks: gold where the tasks are answered.

    A paragraph is kept if it has a task of each of `layers`, which the record then has, and all of
    these are accepted or have no answer yet. By default a paragraph has the layers that it has
    tasks of: others of the record are `unannotated` in it. Of two answers of one annotator the
    later holds. Raises ValueError where several annotators answered one task: that needs
    adjudication, or `layers` are none of ours.
    """
    wanted = tuple(layers or ())
    if unknown := [layer for layer in wanted if layer not in VIEWS]:
        raise ValueError(f"no layer {unknown[0]!r}: use one of {', '.join(VIEWS)}")
    for cable, paragraphs in _by_place(tasks, scheme).items():
        accepted = {
            name: said for name, said in paragraphs.items() if _accepted(said, wanted or said)
        }
        if accepted:
            yield _record_of(cable, accepted, wanted or _layers_in(accepted), scheme)


_Answers = dict[str, Mapping[str, Any]]


def _by_place(
    tasks: Iterable[Mapping[str, Any]], scheme: Scheme | None
) -> dict[str, dict[str, _Answers]]:
    """The task of each layer, by cable and paragraph."""
    cables: dict[str, dict[str, _Answers]] = {}
    for task in tasks:
        layer, (cable, paragraph) = layer_of(task, scheme), place_of(task)
        said = cables.setdefault(cable, {}).setdefault(paragraph, {})
        earlier = said.get(layer, task)
        if annotator_of(earlier) != annotator_of(task):
            raise ValueError(
                f"{layer} of {paragraph} has answers of {annotator_of(earlier)} and "
                f"{annotator_of(task)}: make one gold with `cablespan adjudicate` first"
            )
        if answered_at(earlier) <= answered_at(task):
            said[layer] = task
    return cables


def is_accepted(task: Mapping[str, Any]) -> bool:
    """Whether a task was accepted, or has no answer yet.

    >>> is_accepted({"answer": "ignore"}), is_accepted({})
    (False, True)
    """
    return task.get("answer", "accept") == "accept"


def is_binary(task: Mapping[str, Any]) -> bool:
    """Whether the answer is a yes or no to what was suggested, as in ner.teach.

    >>> is_binary({"_view_id": "ner"}), is_binary({"_view_id": "ner_manual", "_is_binary": False})
    (True, False)
    """
    return bool(task.get("_is_binary")) or task.get("_view_id") == "ner"


def answered_at(task: Mapping[str, Any]) -> float:
    """When a task was answered, 0 where it does not say."""
    return task.get("_timestamp", 0)


def _accepted(said: _Answers, layers: Iterable[str]) -> bool:
    """Whether each layer has a task, and none was rejected or ignored."""
    return all(layer in said and is_accepted(said[layer]) for layer in layers)


def _layers_in(paragraphs: Mapping[str, _Answers]) -> list[str]:
    """The layers that some paragraph has a task of, in the order of VIEWS."""
    return [layer for layer in VIEWS if any(layer in said for said in paragraphs.values())]


def _record_of(
    cable: str,
    paragraphs: Mapping[str, _Answers],
    layers: Sequence[str],
    scheme: Scheme | None,
) -> dict[str, Any]:
    first = _meta_of(next(iter(paragraphs.values())), layers)
    known = {key: first[key] for key in ("origin", "date") if first.get(key)}
    record = bare_record(cable, format="prodigy", meta=known) | {layer: [] for layer in layers}
    for name, said in paragraphs.items():
        record["paragraphs"].append(_paragraph_of(name, said, layers))
        for layer in filter(said.__contains__, layers):
            marks = _marks_of(said[layer], scheme)
            record[layer] += ({"paragraph": name, **mark} for mark in marks)
    return completed(record)


def _first_of(said: _Answers, layers: Sequence[str]) -> Mapping[str, Any]:
    """The task of the first layer that has one: it tells the paragraph's text and facts."""
    return next(said[layer] for layer in layers if layer in said)


def _meta_of(said: _Answers, layers: Sequence[str]) -> Mapping[str, Any]:
    return _first_of(said, layers).get("meta") or {}


def _paragraph_of(name: str, said: _Answers, layers: Sequence[str]) -> ParagraphRecord:
    meta = _meta_of(said, layers)
    facts: dict[str, Any] = {key: meta.get(key) for key in PARAGRAPH_FACTS}
    missing = [layer for layer in layers if layer not in said]
    text = _first_of(said, layers)["text"]
    return paragraph_record(name, text, **facts, unannotated=missing)


def _marks_of(task: Mapping[str, Any], scheme: Scheme | None) -> list[dict[str, Any]]:
    """A task's annotations. What a person accepted is that person's: the score that a model gave it
    as a suggestion would make it the model's again."""
    marks = annotations_of(task, scheme)
    if "answer" not in task:
        return marks
    return [mark | {"score": None} if "score" in mark else mark for mark in marks]
