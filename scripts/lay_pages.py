"""Gold of real pages as training data: laid on the cables as they are read, so that models see
sections, markings and context.

Paragraphs of a cable that the gold leaves out stay, as context: their layers are missing, and give
no loss.

python scripts/lay_pages.py work/pages-train.jsonl ../shared/gold/pages-train.jsonl.gz --pages
../shared/pages
"""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import orjson
import spacy
import typer

from cablespan.cable import Cable
from cablespan.document import to_doc
from cablespan.labels import LAYERS, Role
from cablespan.records import to_record
from evaluate_pages import gold_cables
from paragraph_alignment import ParagraphAlignment

# A paragraph of which the gold holds less is left out: what it holds of it would teach that there
# is nothing in the rest.
COVERED = 0.95


def laid_on_cable(golds: Iterable[dict[str, Any]], cable: Cable) -> dict[str, Any]:
    """One record of all gold of a page, in the cable's paragraphs; `unannotated` marks what no gold
    covers."""
    record = to_record(to_doc(spacy.blank("en"), cable))
    ids = [paragraph["id"] for paragraph in record["paragraphs"]]
    covered: set[str] = set()
    laid: dict[str, list[dict[str, Any]]] = {layer: [] for layer in LAYERS}
    for gold in golds:
        alignment = ParagraphAlignment(
            *([paragraph["text"] for paragraph in side["paragraphs"]] for side in (gold, record))
        )
        new = {
            id for number, id in enumerate(ids) if alignment.share_found(number) >= COVERED
        } - covered
        numbers = {paragraph["id"]: number for number, paragraph in enumerate(gold["paragraphs"])}
        for layer in LAYERS:
            for annotation in gold[layer]:
                found = _laid(alignment, annotation, numbers[annotation["paragraph"]], ids)
                laid[layer] += (entry for entry in found if entry["paragraph"] in new)
        covered |= new
    for paragraph in record["paragraphs"]:
        if paragraph["id"] not in covered:
            paragraph["unannotated"] = list(LAYERS)
    return record | laid


def _laid(
    alignment: ParagraphAlignment, annotation: dict[str, Any], number: int, ids: list[str]
) -> Iterable[dict[str, Any]]:
    def places(span: dict[str, Any]) -> dict[str, dict[str, int]]:
        found = alignment.to_theirs(number, span["start"], span["end"])
        return {ids[place.paragraph]: {"start": place.start, "end": place.end} for place in found}

    if "label" in annotation:
        for paragraph, place in places(annotation).items():
            yield {"paragraph": paragraph, "label": annotation["label"], **place}
        return
    parts = {
        role: places(annotation[role]) for role in map(str.lower, Role) if annotation.get(role)
    }
    for paragraph in parts["content"]:
        yield {
            "paragraph": paragraph,
            **{role.lower(): parts.get(role.lower(), {}).get(paragraph) for role in Role},
        }


def held_out(names: Iterable[str], count: int) -> set[str]:
    """So many of the documents, those whose names have the smallest SHA-256."""
    return set(sorted(names, key=lambda name: sha256(name.encode()).hexdigest())[:count])


def main(
    output: Path,
    gold: list[Path],
    pages: Annotated[Path, typer.Option(help="Folder with the pages.")] = Path("../shared/pages"),
    hold_out: Annotated[
        int, typer.Option(help="Documents that are left out, by the hash of their names.")
    ] = 0,
) -> None:
    """Records of whole cables with the gold of their pages, as JSON Lines.

    The names of the documents that are held out go into OUTPUT.held-out, one a line.
    """
    by_document: dict[str, tuple[list[dict[str, Any]], Cable]] = {}
    for record, cable in gold_cables(gold, pages):
        by_document.setdefault(record["id"], ([], cable))[0].append(record)
    left_out = held_out(by_document, hold_out)
    if left_out:
        output.with_name(f"{output.name}.held-out").write_text("\n".join(sorted(left_out)) + "\n")
    with output.open("wb") as file:
        for name in (name for name in by_document if name not in left_out):
            golds, cable = by_document[name]
            record = laid_on_cable(golds, cable) | {"id": name, "source": {}}
            file.write(orjson.dumps(record) + b"\n")
    print(f"{output}: {len(by_document) - len(left_out)} cables")


if __name__ == "__main__":
    typer.run(main)
