"""One gold from several annotators: what they agree on is taken, conflicts are decided or
listed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cablespan.formats.detection import must_not_be_read
from cablespan.formats.files import write_json_lines
from cablespan.formats.tasks import make_task, token_records, tokenize
from cablespan.labels import LAYERS, Scheme
from cablespan.learning.agreement import plain
from cablespan.learning.agreement.versions import Unit, Versions, read_versions

GOLD = "gold"


class Outcome(NamedTuple):
    """`gold`: accepted tasks of every paragraph and layer that is settled; `conflicts`: the others;
    `settled`: how many, by what."""

    gold: list[dict[str, Any]]
    conflicts: list[dict[str, Any]]
    settled: dict[str, int]


def adjudicate(
    versions: Versions, *, prefer: str | None = None, decided: Versions | None = None
) -> Outcome:
    """Gold by paragraph and layer: what `decided` says, else what all who annotated it agree on,
    else what `prefer` says.

    An annotation is the same if offsets and labels are. Raises ValueError where `prefer` is none of
    the annotators.
    """
    if prefer is not None and prefer not in versions.of:
        raise ValueError(f"{prefer} is none of the annotators: {', '.join(versions.of)}")
    gold, conflicts, settled = [], [], dict.fromkeys(("agreed", "decided", "preferred"), 0)
    for unit, said in versions.units():
        for layer in LAYERS:
            opinions = {name: layers[layer] for name, layers in said.items() if layer in layers}
            if not opinions:
                continue
            how, annotations = _settle(opinions, prefer, _decision(decided, unit, layer))
            if annotations is None:
                conflicts.append(_conflict(unit, layer, opinions))
                continue
            settled[how] += 1
            task = make_task(
                layer,
                unit.text,
                token_records(tokenize(unit.text)),
                versions.meta[unit],
                annotations,
            )
            gold.append(task | {"answer": "accept", "_session_id": GOLD, "_annotator_id": GOLD})
    return Outcome(gold, conflicts, settled)


def _decision(decided: Versions | None, unit: Unit, layer: str) -> list[dict[str, Any]] | None:
    for units in decided.of.values() if decided else ():
        if layer in units.get(unit, {}):
            return units[unit][layer]
    return None


def _settle(
    opinions: Mapping[str, list], prefer: str | None, decision: list | None
) -> tuple[str, list | None]:
    if decision is not None:
        return "decided", decision
    first = next(iter(opinions.values()))
    if all(_key(annotations) == _key(first) for annotations in opinions.values()):
        return "agreed", first
    return "preferred", None if prefer is None else opinions.get(prefer)


def _key(annotations: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted(str(plain(annotation)) for annotation in annotations)


def _conflict(unit: Unit, layer: str, opinions: Mapping[str, list]) -> dict[str, Any]:
    versions = {
        name: [plain(annotation) for annotation in annotations]
        for name, annotations in opinions.items()
    }
    agreed = [
        annotation
        for annotation in next(iter(versions.values()))
        if all(annotation in others for others in versions.values())
    ]
    differing = {
        name: [annotation for annotation in annotations if annotation not in agreed]
        for name, annotations in versions.items()
    }
    return {
        "paragraph": unit.paragraph,
        "layer": layer,
        "text": unit.text,
        "agreed": agreed,
        "differing": differing,
    }


def adjudicate_files(
    paths: Sequence[Path],
    output: Path,
    *,
    prefer: str | None = None,
    decided: Path | None = None,
    scheme: Scheme | None = None,
) -> tuple[Outcome, Path | None]:
    """Writes the gold as Prodigy tasks to `output`, and the conflicts, if any, to
    `NAME.conflicts.jsonl` beside it. Raises FileExistsError where `output` is one of the files that
    are read, ValueError where nobody accepted anything."""
    must_not_be_read(output, [*paths, decided] if decided else paths)
    versions = read_versions(paths, scheme)
    if not versions.of:
        files = ", ".join(map(str, paths))
        raise ValueError(f"{files}: nothing is accepted in it: name files with accepted answers")
    outcome = adjudicate(
        versions, prefer=prefer, decided=read_versions([decided], scheme) if decided else None
    )
    write_json_lines(output, outcome.gold)
    conflicts = output.with_name(output.name.removesuffix(".jsonl") + ".conflicts.jsonl")
    if not outcome.conflicts:
        conflicts.unlink(missing_ok=True)
        return outcome, None
    write_json_lines(conflicts, outcome.conflicts)
    return outcome, conflicts
