"""B-cubed of the clusters on the persons marked in `../shared/frus/telegrams.jsonl.gz`, and how many explained abbreviations are found.

Each telegram becomes a Doc whose entities are the marked persons; scores are means over telegrams, and over all mentions.
Run: `python scripts/evaluate_clusters.py [--show N]` (N telegrams with their mistakes).
"""

import argparse
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import spacy
from spacy.tokens import Doc
from spacy.util import filter_spans

from cablespan.bcubed import bcubed
from cablespan.components.aliases import Aliases
from cablespan.document import SEPARATOR

TELEGRAMS = Path(__file__).parents[2] / "shared" / "frus" / "telegrams.jsonl.gz"


def telegrams() -> Iterator[dict]:
    with gzip.open(TELEGRAMS, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def marked_persons(nlp: spacy.Language, telegram: dict) -> tuple[Doc, list[str]]:
    """A telegram with its marked persons as entities, and the person that each refers to."""
    doc = nlp.make_doc(SEPARATOR.join(p["text"] for p in telegram["paragraphs"]))
    spans, refs, offset = [], {}, 0
    for paragraph in telegram["paragraphs"]:
        for start, end, kind, ref in paragraph["spans"]:
            span = doc.char_span(offset + start, offset + end, label="OFFICIAL", alignment_mode="expand") if kind == "person" else None
            if span is not None:
                spans.append(span)
                refs[span.start, span.end] = ref
        offset += len(paragraph["text"]) + len(SEPARATOR)
    doc.ents = filter_spans(spans)
    return doc, [refs[ent.start, ent.end] for ent in doc.ents]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", type=int, default=0)
    show = parser.parse_args().show
    nlp = spacy.blank("en")
    aliases = Aliases(nlp, "aliases")
    scores, everything = [], ([], [])
    for telegram in telegrams():
        doc, gold = marked_persons(nlp, telegram)
        if not gold:
            continue
        predicted = aliases.process(doc)
        scores.append(bcubed(gold, predicted))
        everything[0].extend((telegram["id"], ref) for ref in gold)
        everything[1].extend((telegram["id"], number) for number in predicted)
        if scores[-1].f1 < 1 and show > 0:
            show -= 1
            print(
                telegram["id"], f"{scores[-1].f1:.2f}", sorted({(g, p, e.text) for g, p, e in zip(gold, predicted, doc.ents, strict=True)})
            )
    total = bcubed(*everything)
    mean = sum(score.f1 for score in scores) / len(scores)
    print(
        f"{len(everything[0])} mentions in {len(scores)} telegrams: mean F1 {mean:.4f}; over all P {total[0]:.4f} R {total[1]:.4f} F1 {total[2]:.4f}"
    )


if __name__ == "__main__":
    main()
