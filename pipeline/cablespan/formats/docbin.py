"""spaCy's DocBin: one Doc a cable, as document.py lays it out. A layer that the record has not got
is missing in the Doc too."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span

from cablespan.document import CLAIMS, PARAGRAPHS, STATEMENTS, unannotated_paragraphs
from cablespan.formats.checks import GoldError, Problem, Report, without_marks
from cablespan.formats.completion import Placed, bare_record
from cablespan.formats.files import opened, written
from cablespan.formats.tasks import blank_pipeline
from cablespan.labels import Scheme
from cablespan.records import annotated_layers, from_record, paragraph_record, to_record

LEAVES_OUT = ()
_SPAN_LAYERS = {"statements": STATEMENTS, "claims": CLAIMS}


def gold_doc(nlp: Language, record: Mapping[str, Any]) -> Doc:
    """`from_record`, with the layers unannotated that the record, or one of its paragraphs, has not
    got."""
    doc = from_record(nlp, record)
    if record.get("entities") is None:
        doc.set_ents([], default="missing")
    elif missing := unannotated_paragraphs(doc, "entities"):
        doc.set_ents(list(doc.ents), missing=missing)
    for layer, key in _SPAN_LAYERS.items():
        if record.get(layer) is None:
            del doc.spans[key]
    return doc


def record_of(doc: Doc, name: str, scheme: Scheme) -> dict[str, Any]:
    """The record of a Doc; one that is not ours becomes one paragraph with its entities and
    statements."""
    is_ours = doc._.cable is not None
    if is_ours and PARAGRAPHS in doc.spans:
        record = dict(to_record(doc))
    else:
        record = _record_of_elsewhere(doc, name, scheme)
    if not doc.has_annotation("ENT_IOB"):
        record.pop("entities", None)
    for layer, key in _SPAN_LAYERS.items():
        if is_ours and key not in doc.spans:
            record.pop(layer, None)
    return record


def _record_of_elsewhere(doc: Doc, name: str, scheme: Scheme) -> dict[str, Any]:
    paragraph = paragraph_record(f"{name}/0", doc.text)
    statements = [
        _place(paragraph, span)
        for span in _spans_in_groups(doc)
        if scheme.layer_of(span.label_) == "statements"
    ]
    record = bare_record(name, format="docbin") | {
        "paragraphs": [paragraph],
        "entities": [_place(paragraph, span) for span in doc.ents],
    }
    return record | ({"statements": statements} if statements else {})


def _spans_in_groups(doc: Doc) -> list[Span]:
    return [span for group in doc.spans.values() for span in group]


def _place(paragraph: Mapping[str, Any], span) -> dict[str, Any]:
    return {
        "paragraph": paragraph["id"],
        "start": span.start_char,
        "end": span.end_char,
        "label": span.label_,
    }


def read(path: Path, scheme: Scheme, report: Report = lambda problem: None) -> Iterator[Placed]:
    """The records of a DocBin. `report` is told how many spans of Docs that are not ours are left
    out. Raises GoldError where it is no DocBin, or nothing is annotated in such Docs."""
    try:
        with opened(path) as file:
            docs = DocBin().from_bytes(file.read())
    except Exception as error:  # msgpack, zlib and srsly each raise their own
        raise GoldError.at(path, f"no DocBin ({error})", "write it with DocBin.to_disk") from error
    from_elsewhere, annotated, left_out = False, False, 0
    for number, doc in enumerate(docs.get_docs(blank_pipeline().vocab)):
        record = record_of(doc, f"{path.stem}-{number}", scheme)
        annotated |= bool(annotated_layers(record))
        if doc._.cable is None:
            from_elsewhere = True
            left_out += len(_spans_in_groups(doc)) - len(record.get("statements", ()))
        yield Placed(record, {"": f"{path}: doc {number}"})
    if from_elsewhere and not annotated:
        raise without_marks(path)
    if left_out:
        what = f"{left_out} spans in groups are of no statement's label"
        report(Problem(str(path), what, "they are left out; entities are read from doc.ents"))


def write(records: Iterable[Mapping[str, Any]], out: Path) -> None:
    """Records as a DocBin, by the blank pipeline's tokens."""
    nlp = blank_pipeline()
    docs = DocBin(docs=(gold_doc(nlp, record) for record in records), store_user_data=True)
    with written(out) as file:
        file.write(docs.to_bytes())
