"""Label Studio's JSON: one task a paragraph, regions for entities, statements and the parts of claims, relations for claims.

`NAME.config.xml` beside is the labelling interface for the project's settings. A region's `meta` keeps what Label Studio has no field for.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from cablespan.formats.checks import GoldError, Problem
from cablespan.formats.files import text_of
from cablespan.formats.tasks import bare_record
from cablespan.labels import Entity, Role, Statement
from cablespan.records import paragraph_record

LEAVES_OUT = ()
_ROLES = ("source", "cue", "content")
_FACTS = {"entities": ("kb_id", "cluster", "score", "value"), "statements": ("score",)}
_LAYERS = ("entities", "statements", "claims")
_SCHEMES = {"entities": Entity, "statements": Statement, "claims": Role}


def configuration() -> str:
    """The labelling interface with the scheme's labels."""
    layers = "".join(
        f'  <Labels name="{layer}" toName="text">\n'
        + "".join(f'    <Label value="{label}"/>\n' for label in scheme)
        + "  </Labels>\n"
        for layer, scheme in _SCHEMES.items()
    )
    relations = '  <Relations>\n    <Relation value="source"/>\n    <Relation value="content"/>\n  </Relations>\n'
    return f'<View>\n{layers}{relations}  <Text name="text" value="$text"/>\n</View>\n'


def write(records: Iterable[Mapping[str, Any]], out: Path) -> None:
    out.with_name(out.name.removesuffix(".json") + ".config.xml").write_text(
        configuration(), encoding="utf-8", newline="\n"
    )
    with out.open("wb") as file:
        for number, task in enumerate(itertools.chain.from_iterable(map(_tasks, records))):
            file.write((b",\n" if number else b"[\n") + orjson.dumps({"id": number + 1, **task}))
        file.write(b"\n]\n" if file.tell() else b"[]\n")


def _tasks(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    layers = [layer for layer in _LAYERS if record.get(layer) is not None]
    whole = {key: value for key, value in record.items() if key not in (*_LAYERS, "paragraphs")}
    for number, paragraph in enumerate(record["paragraphs"]):
        data = {"text": paragraph["text"], "cable": record["id"], "layers": layers}
        data["paragraph"] = {key: value for key, value in paragraph.items() if key != "text"}
        if number == 0:
            data["record"] = whole
        result: list[dict[str, Any]] = []
        for layer in layers:
            for annotation in record[layer]:
                if annotation["paragraph"] != paragraph["id"]:
                    continue
                if layer == "claims":
                    _add_claim(result, annotation, paragraph["text"])
                else:
                    facts = {
                        key: annotation[key]
                        for key in _FACTS[layer]
                        if annotation.get(key) is not None
                    }
                    _add_region(
                        result, layer, annotation["label"], annotation, paragraph["text"], facts
                    )
        yield {"data": data, "annotations": [{"result": result}]}


def _add_region(
    result: list,
    layer: str,
    label: str,
    place: Mapping[str, Any],
    text: str,
    facts: Mapping[str, Any],
) -> str:
    name = f"r{len(result)}"
    start, end = place["start"], place["end"]
    value = {"start": start, "end": end, "text": text[start:end], "labels": [label]}
    region = {"id": name, "from_name": layer, "to_name": "text", "type": "labels", "value": value}
    result.append(region | ({"meta": dict(facts)} if facts else {}))
    return name


def _add_claim(result: list, claim: Mapping[str, Any], text: str) -> None:
    facts = {key: claim[key] for key in ("speaker", "certainty") if claim.get(key) is not None}
    names = {
        role: _add_region(
            result, "claims", role.upper(), claim[role], text, facts if role == "content" else {}
        )
        for role in _ROLES
        if claim.get(role)
    }
    head = names.get("cue") or names["content"]
    for role in ("source", "content"):
        if role in names and names[role] != head:
            result.append(
                {
                    "type": "relation",
                    "from_id": head,
                    "to_id": names[role],
                    "direction": "right",
                    "labels": [role],
                }
            )


def read(path: Path) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """Records of the annotated tasks; tasks without an annotation are left out."""
    try:
        tasks = orjson.loads(text_of(path))
    except orjson.JSONDecodeError as error:
        raise GoldError(
            [Problem(str(path), f"no JSON ({error})", "export the project as JSON")]
        ) from error
    if not isinstance(tasks, list):
        raise GoldError(
            [Problem(str(path), "no list of tasks", "export the project as JSON (not JSON-MIN)")]
        )
    records: dict[str, tuple[dict[str, Any], dict[str, str]]] = {}
    for number, task in enumerate(tasks, 1):
        place = f"{path}: task {number}"
        data = task.get("data") or {}
        answers = [
            answer for answer in task.get("annotations") or () if not answer.get("was_cancelled")
        ]
        if not isinstance(data.get("text"), str):
            raise GoldError(
                [Problem(place, "no data.text", "export tasks with `text` and without JSON-MIN")]
            )
        if len(answers) > 1:
            raise GoldError(
                [
                    Problem(
                        place,
                        f"{len(answers)} annotations",
                        "export one annotation a task: one gold is needed",
                    )
                ]
            )
        if not answers:
            continue
        cable = data.get("cable") or f"{path.stem}-{task.get('id', number)}"
        if cable not in records:
            records[cable] = (
                bare_record(cable, path=str(path), format="labelstudio") | data.get("record", {}),
                {"": place},
            )
            records[cable][0]["paragraphs"] = []
        record, places = records[cable]
        facts = {"id": f"{cable}/{len(record['paragraphs'])}"} | data.get("paragraph", {})
        paragraph = paragraph_record(**facts, text=data["text"])
        record["paragraphs"].append(paragraph)
        places[paragraph["id"]] = place
        layers = data.get("layers", _LAYERS)
        for layer in layers:
            record.setdefault(layer, [])
        _add_result(record, paragraph["id"], data["text"], answers[0].get("result") or [], place)
    yield from records.values()


def _add_result(
    record: dict[str, Any], paragraph: str, text: str, result: list[dict[str, Any]], place: str
) -> None:
    regions: dict[str, dict[str, Any]] = {}
    links: dict[str, dict[str, list[str]]] = {}
    for item in result:
        value = item.get("value") or {}
        if item.get("type") == "relation":
            for label in item.get("labels") or ():
                links.setdefault(item["from_id"], {}).setdefault(label, []).append(item["to_id"])
        elif value.get("labels"):
            label = value["labels"][0]
            start, end = _code_points(text, value)
            span = {"paragraph": paragraph, "start": start, "end": end, "label": label}
            if "text" in value:
                span["text"] = value["text"]
            if label in Role.__members__:
                regions[item["id"]] = span | {"facts": item.get("meta") or {}}
            else:
                layer = "statements" if label in Statement.__members__ else "entities"
                record.setdefault(layer, []).append(span | (item.get("meta") or {}))
    claimed = set()
    for name, region in regions.items():
        for content in (
            links.get(name, {}).get("content", ()) if region["label"] == Role.CUE else ()
        ):
            claimed.add(content)
            for source in links[name].get("source", [None]):
                _append_claim(record, regions, source, name, content, place)
    for name, region in regions.items():
        if region["label"] == Role.CONTENT and name not in claimed:
            for source in links.get(name, {}).get("source", [None]):
                _append_claim(record, regions, source, None, name, place)


def _append_claim(
    record: dict,
    regions: Mapping[str, dict],
    source: str | None,
    cue: str | None,
    content: str,
    place: str,
) -> None:
    parts = {"source": source, "cue": cue, "content": content}
    if any(name and name not in regions for name in parts.values()):
        raise GoldError(
            [
                Problem(
                    place,
                    "a relation points at a region that is no part of a claim",
                    "link CUE with SOURCE and CONTENT",
                )
            ]
        )
    spans = {
        role: name and {key: regions[name][key] for key in ("start", "end")}
        for role, name in parts.items()
    }
    record.setdefault("claims", []).append(
        {"paragraph": regions[content]["paragraph"], **spans, **regions[content]["facts"]}
    )


def _code_points(text: str, value: Mapping[str, Any]) -> tuple[int, int]:
    """The offsets in code points, also where the page counted UTF-16 units (an emoji as two)."""
    start, end, words = value["start"], value["end"], value.get("text")
    if words is not None and text[start:end] != words:
        units = text.encode("utf-16-le")
        try:
            one, other = (
                len(units[: 2 * start].decode("utf-16-le")),
                len(units[: 2 * end].decode("utf-16-le")),
            )
        except UnicodeDecodeError:
            return start, end
        if text[one:other] == words:
            return one, other
    return start, end
