"""INCEpTION's documents: a folder with one UIMA CAS a cable (ID.json), and the project's layers.

TypeSystem.xml holds the layers, for the project's settings.

Entities, statements and the parts of claims are span layers, claims are relations from the cue (or,
without one, the content). INCEpTION exports what it was given as `UIMA CAS JSON 0.4.0` or `UIMA CAS
XMI`: both are read. What it has no layer for travels in one document-metadata annotation. The CAS
is read and written by dkpro-cassis, the UIMA community's library.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import orjson

from cablespan.formats.checks import GoldError, check_shape, check_source_map, without_offsets
from cablespan.formats.completion import Placed, bare_record, known_facts, parts_of
from cablespan.formats.files import json_object
from cablespan.formats.joined import Block, blocks_of, in_paragraph, joined
from cablespan.formats.linked import (
    LinkedSpan,
    Links,
    add_marks,
    links_of,
    part_links,
    with_shared_layers,
)
from cablespan.formats.tasks import tokenize
from cablespan.labels import LABELS_FILE, LAYERS, Scheme
from cablespan.reading.body.ids import DistinctNames
from cablespan.reading.shapes import CABLE, PARAGRAPH, Shape
from cablespan.records import annotated_layers

if TYPE_CHECKING:
    from cassis import Cas, TypeSystem

LEAVES_OUT = ()
TYPES = "TypeSystem.xml"
_STRING, _SPAN, _DOCUMENT = "uima.cas.String", "uima.tcas.Annotation", "uima.cas.AnnotationBase"
_RECORD, _RELATION = "webanno.custom.CableRecord", "webanno.custom.CableClaimLink"
_SPANS = {
    "entities": "webanno.custom.CableEntity",
    "statements": "webanno.custom.CableStatement",
    "claims": "webanno.custom.CableClaimPart",
}
# Our names and INCEpTION's. All are strings: UIMA's numbers cannot be missing.
_FEATURES = {
    "entities": {"kb_id": "identifier", "cluster": "cluster", "score": "score", "value": "value"},
    "statements": {"score": "score"},
    "claims": {"speaker": "speaker", "certainty": "certainty"},
}
_NUMBERS = ("cluster", "score", "speaker")
# What travels in a document's metadata.
_KEPT: Shape = {
    **CABLE,
    "layers": ([*LAYERS], NoneType),
    "paragraphs": ([{"start": (int,), "end": (int,), "facts": (PARAGRAPH,)}], NoneType),
}
_SEGMENTATION = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type"
_SENTENCE, _TOKEN = f"{_SEGMENTATION}.Sentence", f"{_SEGMENTATION}.Token"


def layers() -> "TypeSystem":
    """The layers of the scheme as UIMA types."""
    from cassis import TypeSystem

    types = TypeSystem()
    for layer, name in _SPANS.items():
        span = types.create_type(name, _SPAN)
        for feature in ("label", *_FEATURES[layer].values()):
            types.create_feature(span, feature, _STRING)
    relation = types.create_type(_RELATION, _SPAN)
    types.create_feature(relation, "Governor", _SPANS["claims"])
    types.create_feature(relation, "Dependent", _SPANS["claims"])
    types.create_feature(relation, "label", _STRING)
    types.create_feature(types.create_type(_RECORD, _DOCUMENT), "content", _STRING)
    return types


def write(records: Iterable[Mapping[str, Any]], out: Path) -> None:
    """Into the folder `out`; ids are file names with `/` as `%2F`, `~2` after what comes again."""
    out.mkdir(parents=True, exist_ok=True)
    layers().to_xml(out / TYPES)
    names = DistinctNames()
    for record in records:
        name = names.take(quote(record["id"], safe=" "))
        _cas_of(record).to_json(out / f"{name}.json")


def _cas_of(record: Mapping[str, Any]) -> "Cas":
    from cassis import Cas

    types = layers()
    for name in (_SENTENCE, _TOKEN):
        types.create_type(name, _SPAN)
    text, blocks = joined(record)
    cas = Cas(types, document_language="en", sofa_string=text, sofa_mime="text/plain")
    starts = {block.facts["id"]: block.start for block in blocks}
    _segment(cas, text, blocks)
    for layer in ("entities", "statements"):
        for mark in record.get(layer) or ():
            _add_span(cas, layer, mark["label"], mark, starts[mark["paragraph"]], mark)
    for claim in record.get("claims") or ():
        _add_claim(cas, claim, starts[claim["paragraph"]])
    kept = {key: value for key, value in record.items() if key not in (*LAYERS, "paragraphs")}
    kept["layers"] = annotated_layers(record)
    kept["paragraphs"] = [block._asdict() for block in blocks]
    cas.add(types.get_type(_RECORD)(content=orjson.dumps(kept).decode()))
    return cas


def _segment(cas: "Cas", text: str, blocks: Iterable[Block]) -> None:
    """Paragraphs are what INCEpTION shows a line each, our tokens what it anchors marks at."""
    sentence, token = cas.typesystem.get_type(_SENTENCE), cas.typesystem.get_type(_TOKEN)
    for start, end, _ in blocks:
        cas.add(sentence(begin=start, end=end))
        solid = (word for word in tokenize(text[start:end]) if not word.is_space)
        cas.add_all(
            token(begin=start + word.idx, end=start + word.idx + len(word)) for word in solid
        )


def _add_span(
    cas: "Cas",
    layer: str,
    label: str,
    place: Mapping[str, Any],
    start: int,
    facts: Mapping[str, Any],
) -> Any:
    features = {
        _FEATURES[layer][fact]: str(value)
        for fact, value in known_facts(facts, _FEATURES[layer]).items()
    }
    begin, end = start + place["start"], start + place["end"]
    span = cas.typesystem.get_type(_SPANS[layer])(begin=begin, end=end, label=label, **features)
    cas.add(span)
    return span


def _add_claim(cas: "Cas", claim: Mapping[str, Any], start: int) -> None:
    parts = {
        role: _add_span(
            cas, "claims", role.upper(), part, start, claim if role == "content" else {}
        )
        for role, part in parts_of(claim).items()
    }
    relation = cas.typesystem.get_type(_RELATION)
    for role, head, part in part_links(parts):
        ends = {"Governor": head, "Dependent": part}
        cas.add(relation(begin=part.begin, end=part.end, label=role, **ends))


def read(path: Path, scheme: Scheme) -> Iterator[Placed]:
    """Every document of a folder, or one.

    Where our metadata is missing, blank lines part the paragraphs, and the folder's marks tell the
    layers.
    """
    files = _documents(path) if path.is_dir() else [path]
    yield from with_shared_layers(_record_of(_load(file), file, scheme) for file in files)


def _documents(folder: Path) -> list[Path]:
    files = sorted([*folder.glob("*.json"), *folder.glob("*.xmi")])
    return [file for file in files if file.name != LABELS_FILE]


def _load(file: Path) -> "Cas":
    import cassis

    try:
        if file.suffix != ".xmi":
            with file.open("rb") as stream:
                return cassis.load_cas_from_json(stream)
        with file.with_name(TYPES).open("rb") as stream:
            types = cassis.load_typesystem(stream)
        with file.open("rb") as stream:
            return cassis.load_cas_from_xmi(stream, typesystem=types)
    except FileNotFoundError as error:
        remedy = f"put the export's {TYPES} beside it"
        raise GoldError.at(file, f"no {TYPES} beside", remedy) from error
    except Exception as error:  # the library has no error of its own for damaged files
        what = f"no UIMA CAS ({type(error).__name__}: {error})"
        remedy = "export the documents as UIMA CAS JSON 0.4.0 or UIMA CAS XMI"
        raise GoldError.at(file, what, remedy) from error


def _record_of(cas: "Cas", file: Path, scheme: Scheme) -> tuple[Placed, bool]:
    """A document's record, and whether its metadata say which layers it has."""
    text, cable = cas.sofa_string or "", unquote(file.stem)
    kept = next((_kept(one.content, str(file)) for one in _select(cas, _RECORD)), {})
    whole = kept.pop("paragraphs", None)
    layers = kept.pop("layers", None)
    record = bare_record(kept.get("id", cable), path=str(file), format="inception") | kept
    ours = [Block(one["start"], one["end"], one["facts"]) for one in whole or ()]
    blocks = ours or list(blocks_of(text, record["id"]))
    for start, end, facts in blocks:
        record["paragraphs"].append({"source_map": [], **facts, "text": text[start:end]})
    record |= {layer: [] for layer in layers or ()}
    spans = [span for layer in LAYERS for span in _spans(cas, layer, blocks, str(file))]
    add_marks(record, spans, _links(cas, str(file)), scheme)
    places = {block.facts["id"]: str(file) for block in blocks}
    return Placed(record, places | {"": str(file)}), layers is not None


def _kept(content: str | None, place: str) -> dict[str, Any]:
    """Our metadata of a document."""
    kept = json_object((content or "").encode(), place)
    check_shape(kept, _KEPT, place)
    for paragraph in kept.get("paragraphs") or ():
        check_source_map(paragraph["facts"], place)
    return kept


def _select(cas: "Cas", name: str) -> list[Any]:
    return list(cas.select(name)) if cas.typesystem.contains_type(name) else []


def _spans(cas: "Cas", layer: str, blocks: list[Block], place: str) -> Iterator[LinkedSpan]:
    for span in _select(cas, _SPANS[layer]):
        offsets = {"start": span.begin, "end": span.end}
        if problem := without_offsets(str(span.label), offsets, place):
            raise GoldError([problem])
        name = f"{span.label} {span.get_covered_text()!r} at {span.begin}"
        located = in_paragraph(span.begin, span.end, blocks, name, place)
        facts = {
            ours: _number(value) if ours in _NUMBERS else value
            for ours, theirs in _FEATURES[layer].items()
            if (value := getattr(span, theirs, None))
        }
        yield LinkedSpan(str(span.xmiID), span.label, *located, place, facts)


def _number(value: str) -> Any:
    """What was a number is one again; a speaker may be a name as well."""
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value


def _links(cas: "Cas", place: str) -> Links[str]:
    links = _select(cas, _RELATION)
    if not all(link.Governor and link.Dependent for link in links):
        remedy = "draw it from a CUE to a part of the claim, or delete it"
        raise GoldError.at(place, "a relation has no Governor or no Dependent", remedy)
    return links_of(
        (str(link.Governor.xmiID), str(link.label), str(link.Dependent.xmiID)) for link in links
    )
