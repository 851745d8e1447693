"""Scores on real pages, end to end: each page is read and annotated as a whole, and what comes out
is laid on the gold's paragraphs.

Gold of a page has its paragraphs with number and marking in the text, and leaves some out. A page
is read as a user would read it; a gold paragraph that the reader did not hand over counts as
missed, and is counted by `paragraphs_not_read`.

python scripts/evaluate_pages.py ../shared/gold/pages-dev.jsonl.gz --pages ../shared/pages --model
work/small-gold/model-best
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from spacy.language import Language

import cablespan
from cablespan.cable import Cable
from cablespan.document import to_doc
from cablespan.formats import read_placed
from cablespan.labels import LAYERS, Role
from cablespan.learning.evaluation import report_scores
from cablespan.learning.evaluation.counts import Judged, judged
from cablespan.learning.evaluation.table import tables
from cablespan.records import to_record
from paragraph_alignment import ParagraphAlignment

FOUND = 0.5  # a gold paragraph of which less was read is said to be missing


def pages_by_name(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.rglob("*")) if path.is_file()}


def gold_cables(files: Iterable[Path], pages: Path) -> Iterator[tuple[dict[str, Any], Cable]]:
    """Each gold record with the cable that is read from its page."""
    names = pages_by_name(pages)
    for file in files:
        for record, _ in read_placed(file, report=lambda problem: None):
            name = record["id"].rpartition("/")[2]
            if name not in names:
                raise SystemExit(
                    f"{file}: no page {name} in {pages}: name the folder that holds it with --pages"
                )
            yield record, max(cablespan.read(names[name]), key=lambda cable: len(cable.source_text))


def laid_on_gold(
    guessed: dict[str, Any], gold: dict[str, Any], alignment: ParagraphAlignment
) -> dict[str, Any]:
    """The record of the cable as read, in paragraphs and offsets of the gold; a span over several
    gold paragraphs has a part in each."""
    numbers = {paragraph["id"]: number for number, paragraph in enumerate(guessed["paragraphs"])}
    ids = [paragraph["id"] for paragraph in gold["paragraphs"]]

    def places(span: dict[str, Any], paragraph: str) -> dict[str, dict[str, Any]]:
        laid = alignment.to_theirs(numbers[paragraph], span["start"], span["end"])
        return {
            ids[place.paragraph]: {
                "paragraph": ids[place.paragraph],
                "start": place.start,
                "end": place.end,
            }
            for place in laid
        }

    laid: dict[str, Any] = {layer: [] for layer in LAYERS}
    for layer in ("entities", "statements"):
        for span in guessed[layer]:
            laid[layer] += ({**span, **place} for place in places(span, span["paragraph"]).values())
    for claim in guessed["claims"]:
        parts = {
            role: places(claim[role], claim["paragraph"])
            for role in map(str.lower, Role)
            if claim[role]
        }
        laid["claims"] += (
            {
                "paragraph": paragraph,
                **{role.lower(): parts.get(role.lower(), {}).get(paragraph) for role in Role},
            }
            for paragraph in parts["content"]
        )
    return laid


def judge_pages(
    nlp: Language, files: Iterable[Path], pages: Path, only: Container[str] | None = None
) -> tuple[list[Judged], int]:
    """Gold paragraphs with what the pipeline found in them, and how many of them the reader did not
    hand over; of all documents, or `only` of those."""
    paragraphs: list[Judged] = []
    missing = 0
    for gold, cable in gold_cables(files, pages):
        if only is not None and gold["id"] not in only:
            continue
        guessed = to_record(nlp(to_doc(nlp, cable)))
        alignment = ParagraphAlignment(
            *(
                [paragraph["text"] for paragraph in record["paragraphs"]]
                for record in (guessed, gold)
            )
        )
        missing += sum(
            alignment.share_found(number) < FOUND for number in range(len(gold["paragraphs"]))
        )
        facts = {
            "collection": "pages",
            "decade": cable.header.created[:3] + "0s" if cable.header.created else "unknown",
        }
        paragraphs += judged(
            gold, laid_on_gold(guessed, gold, alignment), lambda paragraph: paragraph, facts
        )
    return paragraphs, missing


def main(
    gold: Annotated[
        list[Path], typer.Argument(help="Gold of pages, as in ../shared/gold/README.md.")
    ],
    pages: Annotated[Path, typer.Option(help="Folder with the pages.")] = Path("../shared/pages"),
    model: Annotated[
        str | None, typer.Option(help="Folder or name of a pipeline; the bundled one if not given.")
    ] = None,
    only: Annotated[
        Path | None,
        typer.Option(help="A file with the names of the documents to be judged, one a line."),
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write all scores and mistakes here.")] = None,
    brief: Annotated[bool, typer.Option(help="One line instead of tables.")] = False,
) -> None:
    """Entities, statements and claims on real pages, each score with the 95 % interval of a
    bootstrap over documents."""
    names = set(only.read_text().split()) if only else None
    paragraphs, missing = judge_pages(cablespan.load(model), gold, pages, names)
    scores = {"model": model or "bundled", "paragraphs_not_read": missing} | report_scores(
        paragraphs
    )
    if json:
        json.write_bytes(orjson.dumps(scores, option=orjson.OPT_INDENT_2))
    if brief:
        print(headline(scores))
        return
    console = Console(width=160)
    for table in tables(scores):
        console.print(table)
    print(
        f"{scores['documents']} documents, "
        f"{scores['paragraphs']} paragraphs, {missing} of them not read"
    )


def headline(scores: dict[str, Any]) -> str:
    """All figures that a model is chosen by, in one line."""
    statements = scores["statements"]
    by_label = defaultdict(str)
    for layer in ("entities", "statements"):
        by_label[layer] = " ".join(
            f"{label[:6]} {found['f1']['value']:.2f}"
            for label, found in scores[layer]["labels"].items()
            if found["f1"]
        )
    return (
        f"entities {scores['entities']['micro']['f1']['value']:.3f} ({by_label['entities']}) | "
        f"statements {statements['accuracy']['value']:.3f} / "
        f"{statements['macro_f1']['value']:.3f} ({by_label['statements']}) | "
        f"claims {scores['claims']['overlap']['f1']['value']:.3f}"
    )


if __name__ == "__main__":
    typer.run(main)
