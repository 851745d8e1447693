"""What tasks and other formats do not hold of a cable, out of the records that were annotated."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from cablespan.formats.checks import GoldError, Problem, Report
from cablespan.formats.detection import FORMATS, annotations_in
from cablespan.formats.records import read
from cablespan.labels import LAYERS, ROLES
from cablespan.records import annotated_layers

# Facts of marks that some formats leave out, by the names that their LEAVES_OUT uses.
_LEFT_OUT = (
    ("entities", "links and clusters of entities", ("kb_id", "cluster")),
    ("claims", "speakers and certainties of claims", ("speaker", "certainty")),
)


def with_known_facts(
    records: Iterable[dict[str, Any]], run: Path, report: Report
) -> Iterator[dict[str, Any]]:
    """Annotated records with what the records of `run`, a file or folder of them, know of the same
    cables: header, source, source maps, values of entities, the clusters that still occur, and of
    unchanged marks the links, clusters and speakers that the format they came in leaves out.

    Paragraphs and layers are those that were annotated, in the run's order. `report` is told of
    cables that `run` lacks, of paragraphs that read otherwise there, and how many marks of `run`
    are in layers that were not annotated. Raises GoldError for a folder without records, and
    FileNotFoundError.
    """
    annotated = list(records)
    known = _records(run, {record["id"] for record in annotated})
    of_other_layers: Counter[str] = Counter()
    for record in annotated:
        if record["id"] not in known:
            what = f"cable {record['id']} is not in it"
            report(Problem(str(run), what, "its header and source maps stay unknown"))
            yield record
            continue
        cable = _KnownCable(known[record["id"]])
        for paragraph in cable.unlike(record["paragraphs"]):
            what = f"paragraph {paragraph['id']} reads otherwise or is not in it"
            report(Problem(str(run), what, "its source map is left out"))
        of_other_layers.update(_unannotated(record, cable.record))
        yield cable.completed(record)
    if of_other_layers:
        marks = ", ".join(f"{count} {layer}" for layer, count in of_other_layers.items())
        what = f"its {marks} are of layers that nobody annotated"
        report(Problem(str(run), what, "they are left out"))


def _unannotated(record: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, int]:
    """How many marks `known` has in the layers that the record lacks."""
    lacking = [layer for layer in annotated_layers(known) if layer not in annotated_layers(record)]
    return {layer: len(known[layer]) for layer in lacking if known[layer]}


def _records(run: Path, ids: Container[str]) -> dict[str, dict[str, Any]]:
    if run.is_dir() and not any(run.glob("cables*.jsonl*")):
        raise GoldError.at(run, "no records", "name a run's folder, or a file of them")
    found = (record for file, _ in annotations_in(run, "records") for record, _ in read(file))
    return {record["id"]: record for record in found if record["id"] in ids}


class _KnownCable:
    """What a run's record says of an annotated one of the same cable."""

    def __init__(self, record: dict[str, Any]):
        self.record = record
        paragraphs = record["paragraphs"]
        self.order = {paragraph["id"]: number for number, paragraph in enumerate(paragraphs)}
        self.as_read = {_text_of(paragraph): paragraph for paragraph in paragraphs}

    def completed(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """The annotated record with what is known beside its paragraphs and layers."""
        known = {key: value for key, value in self.record.items() if value is not None}
        whole = {key: value for key, value in {**record, **known}.items() if key not in LAYERS}
        paragraphs = self.in_order(record["paragraphs"], "id")
        whole["paragraphs"] = [self._with_source_map(paragraph) for paragraph in paragraphs]
        for layer in annotated_layers(record):
            whole[layer] = self.in_order(record[layer], "paragraph")
        same = {paragraph["id"] for paragraph in paragraphs if _text_of(paragraph) in self.as_read}
        for layer, facts in _lost_facts(record["source"]["format"]):
            if layer in whole:
                marks = [m for m in self.record.get(layer) or () if m["paragraph"] in same]
                whole[layer] = _with_facts(whole[layer], marks, facts)
        if "clusters" in whole:
            whole["clusters"] = _occurring(whole["clusters"], whole)
        return whole

    def in_order(self, parts: Iterable[dict[str, Any]], key: str) -> list[dict[str, Any]]:
        """Paragraphs or marks in the run's order; `key` has the id of their paragraph."""
        return sorted(parts, key=lambda part: self.order.get(part[key], len(self.order)))

    def unlike(self, paragraphs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """The paragraphs whose text the run has not got, in its order."""
        in_order = self.in_order(paragraphs, "id")
        return [paragraph for paragraph in in_order if _text_of(paragraph) not in self.as_read]

    def _with_source_map(self, paragraph: dict[str, Any]) -> dict[str, Any]:
        return {**paragraph, **self.as_read.get(_text_of(paragraph), {"source_map": []})}


def _text_of(paragraph: Mapping[str, Any]) -> tuple[str, str]:
    """What a paragraph is known again by: its id and its text."""
    return paragraph["id"], paragraph["text"]


def _lost_facts(format: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What marks may lack that were read in a format, by layer: one that keeps links has none where
    a person took it away."""
    yield "entities", ("value",)
    leaves_out = import_module(FORMATS[format]).LEAVES_OUT if format in FORMATS else ()
    for layer, name, facts in _LEFT_OUT:
        if name in leaves_out:
            yield layer, facts


def _with_facts(
    marks: Iterable[dict[str, Any]], known: Iterable[Mapping[str, Any]], facts: Iterable[str]
) -> list[dict[str, Any]]:
    """The marks with these facts of those that stand in the same place under the same label."""
    by_place = {_place(mark): {key: mark[key] for key in facts if key in mark} for mark in known}
    return [{**mark, **by_place.get(_place(mark), {})} for mark in marks]


def _place(mark: Mapping[str, Any]) -> tuple[Any, ...]:
    parts = (mark, *(mark.get(role) or {} for role in ROLES))
    offsets = ((part.get("start"), part.get("end")) for part in parts)
    return mark["paragraph"], mark.get("label"), *offsets


def _occurring(
    clusters: Iterable[Mapping[str, Any]], record: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The clusters that entities or speakers of the record still name, their mentions counted."""
    mentions = Counter(entity.get("cluster") for entity in record.get("entities") or ())
    speakers = {claim.get("speaker") for claim in record.get("claims") or ()}
    return [
        {**cluster, "mentions": mentions[cluster["cluster"]]}
        for cluster in clusters
        if cluster["cluster"] in mentions or cluster["cluster"] in speakers
    ]
