"""B-cubed, MUC and CEAF-e of the clusters on the persons marked in
`../shared/frus/telegrams.jsonl.gz`, and how many explained abbreviations are found.

Each telegram becomes a Doc whose entities are the marked persons; scores are means over telegrams,
and over all mentions. Run: `python scripts/evaluate_clusters.py [--show N]` (N telegrams with their
mistakes).
"""

import argparse
import re
from pathlib import Path

import spacy
from spacy.tokens import Doc
from spacy.util import filter_spans

from cablespan.components.entities.bodies import country_code
from cablespan.components.entities.clusters import EntityClusters
from cablespan.components.entities.lexicon_names import surfaces
from cablespan.components.entities.person_names import normalize_name
from cablespan.document import SEPARATOR
from cablespan.reading.lines import json_lines
from coreference import bcubed, ceaf_e, muc

TELEGRAMS = Path(__file__).parents[2] / "shared" / "frus" / "telegrams.jsonl.gz"


def marked_persons(nlp: spacy.Language, telegram: dict) -> tuple[Doc, list[str]]:
    """A telegram with its marked persons as entities, and the person that each refers to."""
    doc = nlp.make_doc(SEPARATOR.join(p["text"] for p in telegram["paragraphs"]))
    spans, refs, offset = [], {}, 0
    for paragraph in telegram["paragraphs"]:
        for start, end, kind, ref in paragraph["spans"]:
            span = (
                doc.char_span(
                    offset + start, offset + end, label="OFFICIAL", alignment_mode="expand"
                )
                if kind == "person"
                else None
            )
            if span is not None:
                spans.append(span)
                refs[span.start, span.end] = ref
        offset += len(paragraph["text"]) + len(SEPARATOR)
    doc.ents = filter_spans(spans)
    return doc, [refs[ent.start, ent.end] for ent in doc.ents]


def abbreviations() -> tuple[int, int, int]:
    """Mentions of marked abbreviations, those whose abbreviation the lexicon knows, and those for
    which it knows the marked meaning."""
    marked = known = right = 0
    for telegram in json_lines(TELEGRAMS):
        mentions = [
            ref
            for paragraph in telegram["paragraphs"]
            for *_, kind, ref in paragraph["spans"]
            if kind == "term"
        ]
        for term in (telegram["terms"][ref] for ref in mentions if ref in telegram["terms"]):
            entries = [
                surface.entry
                for surface in surfaces().get(term["name"].lower(), ())
                if surface.name_class != "nationality"
            ]
            marked += 1
            known += bool(entries)
            right += any(_means(entry, term["desc"]) for entry in entries)
    return marked, known, right


def _means(entry: dict, description: str) -> bool:
    """Whether one of an entry's names, or the country of its government, is in the editors'
    words."""
    words = normalize_name(description)
    countries = {code for name in re.split(r"[ ,;()]+", words) if (code := country_code(name))}
    countries |= {
        code
        for match in re.finditer(r"of (?:the )?([a-z' -]+)", words)
        if (code := country_code(match[1].strip()))
    }
    names = (
        normalize_name(name)
        for name in (entry["name"], *entry.get("aliases", ()))
        if len(name) > 3 and " " in name or name.islower() or len(name) > 5
    )
    return any(name in words for name in names) or bool(countries & set(entry.get("countries", ())))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", type=int, default=0)
    show = parser.parse_args().show
    nlp = spacy.blank("en")
    aliases = EntityClusters(nlp, "aliases")
    scores, entities, everything = [], [], ([], [])
    for telegram in json_lines(TELEGRAMS):
        doc, gold = marked_persons(nlp, telegram)
        if not gold:
            continue
        pairs = zip(gold, aliases.process(doc), doc.ents, strict=True)
        named = [
            (ref, number, ent.text) for ref, number, ent in pairs if ref
        ]  # some marks name nobody
        if not named:
            continue
        gold, predicted, _ = zip(*named, strict=True)
        scores.append(bcubed(gold, predicted))
        entities.append(ceaf_e(gold, predicted).f1)
        everything[0].extend((telegram["id"], ref) for ref in gold)
        everything[1].extend((telegram["id"], number) for number in predicted)
        if scores[-1].f1 < 1 and show > 0:
            show -= 1
            print(telegram["id"], f"{scores[-1].f1:.2f}", sorted(set(named)))
    total = bcubed(*everything)
    mean = sum(score.f1 for score in scores) / len(scores)
    print(
        f"{len(everything[0])} mentions of persons in {len(scores)} telegrams: mean F1 {mean:.4f}"
    )
    print(
        f"over all mentions: precision {total.precision:.4f}, "
        f"recall {total.recall:.4f}, F1 {total.f1:.4f}"
    )
    links = muc(*everything)
    print(f"MUC: precision {links.precision:.4f}, recall {links.recall:.4f}, F1 {links.f1:.4f}")
    print(f"CEAF-e: mean F1 {sum(entities) / len(entities):.4f}")
    marked, known, right = abbreviations()
    print(
        f"{marked} marked abbreviations: {known} in the lexicon, "
        f"{right} with the meaning that the editors give"
    )


if __name__ == "__main__":
    main()
