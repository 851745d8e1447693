"""How often the speaker of a claim is right, on claims marked by reading (annotations/speakers):
FRUS telegrams that are not in the gold.

python scripts/measure_speakers.py ../shared/frus/telegrams.jsonl.gz [--model FOLDER] [--verbose]

A mark has a document, its sender (`origin`), a paragraph (its index, and the SHA-256 of its text),
source, cue and content as offsets, and as speaker the offsets of the mention that names him best,
"author" for the sender's own voice, or null. Two figures are printed: with the claims as they are
marked, and with the claims that the pipeline finds itself (content overlaps by half of the longer
or more).
"""

import argparse
from collections import Counter
from pathlib import Path

from spacy.tokens import Doc

from cablespan import load
from cablespan.cable import text_hash
from cablespan.components.claims.attribution import Triple, overlap
from cablespan.components.claims.speakers import SpeakerFinder, author
from cablespan.components.sentences import statement_spans
from cablespan.document import Speaker, make_doc, paragraph_starts
from cablespan.reading.lines import json_lines

MARKS = Path(__file__).parents[1] / "annotations" / "speakers"
ROLES = ("source", "cue", "content")


def marked_documents(texts: Path) -> dict[str, tuple[dict, list[dict]]]:
    """The telegrams that have marks, each with its marks. Raises ValueError where a paragraph is
    not the one that was marked."""
    marks: dict[str, list[dict]] = {}
    for file in sorted(MARKS.glob("*.jsonl")):
        for mark in json_lines(file):
            marks.setdefault(mark["doc"], []).append(mark)
    documents = {}
    for document in json_lines(texts):
        if document["id"] in marks:
            for mark in marks[document["id"]]:
                text = document["paragraphs"][mark["paragraph"]]["text"]
                if text_hash(text) != mark["sha256"]:
                    raise ValueError(
                        f"{document['id']}, paragraph {mark['paragraph']}: "
                        "the text is not the one that was marked"
                    )
            documents[document["id"]] = document, marks[document["id"]]
    return documents


def to_doc(nlp, document: dict, origin: str) -> Doc:
    texts = [paragraph["text"] for paragraph in document["paragraphs"]]
    paragraphs = [
        {"id": f"{document['id']}/{i}", "number": None, "kind": "text"} for i in range(len(texts))
    ]
    header = {"origin": origin, "subject": None}
    return make_doc(
        nlp,
        texts,
        {
            "id": document["id"],
            "header": header,
            "meta": {},
            "source": {},
            "paragraphs": paragraphs,
        },
    )


def is_right(doc: Doc, found: Speaker, wanted: dict | str | None, starts: list[int]) -> bool:
    if wanted is None:
        return found is None
    if wanted == "author":
        return found is not None and found == author(doc)
    start, end = (
        starts[wanted["paragraph"]] + wanted["start"],
        starts[wanted["paragraph"]] + wanted["end"],
    )
    named = [ent for ent in doc.ents if ent.start_char < end and ent.end_char > start]
    return any(
        found is not None and found in (int(ent.id_) if ent.id_ else None, ent.kb_id_ or None)
        for ent in named
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("texts", type=Path, help="telegrams.jsonl.gz")
    parser.add_argument("--model", default=None, help="folder of a pipeline; else the bundled one")
    parser.add_argument("--verbose", action="store_true", help="print what is wrong")
    options = parser.parse_args()
    nlp = load(options.model)
    counts: Counter[str] = Counter()
    for document, marked in marked_documents(options.texts).values():
        doc = nlp(to_doc(nlp, document, marked[0]["origin"]))
        starts, sentences = paragraph_starts(doc), statement_spans(doc)
        claims = nlp.get_pipe("claims").process(doc)
        speakers = SpeakerFinder(doc, author(doc), sentences)
        for mark in sorted(
            marked, key=lambda mark: (mark["paragraph"], (mark["source"] or mark["cue"])["start"])
        ):
            offset = starts[mark["paragraph"]]
            triple = Triple(
                *(
                    (offset + mark[role]["start"], offset + mark[role]["end"])
                    if mark[role]
                    else None
                    for role in ROLES
                )
            )
            sentence = next(
                span for span in sentences if span.start_char <= triple.content[0] < span.end_char
            )
            told = speakers.find(triple, sentence)
            claim = max(
                claims, key=lambda claim: overlap(claim.content, triple.content), default=None
            )
            if claim and overlap(claim.content, triple.content) < 0.5:
                claim = None
            right = is_right(doc, told, mark["speaker"], starts)
            right_found = bool(claim) and is_right(doc, claim.speaker, mark["speaker"], starts)
            counts.update(marked=1, right=right, found=bool(claim), right_found=right_found)
            if options.verbose and not (right and right_found):
                source, cue = (
                    doc.text[slice(*place)] if place else "-"
                    for place in (triple.source, triple.cue)
                )
                print(
                    f"{document['id']} {mark['paragraph']}: "
                    f"{source} | {cue} | marked {mark['speaker']}:",
                    end=" ",
                )
                print(
                    f"{told if right else f'{told} is wrong'}, "
                    f"found {claim.speaker if claim else 'no claim'}"
                )
    print(
        f"{counts['marked']} claims marked: speaker right in "
        f"{counts['right'] / counts['marked']:.3f} of them as they are marked"
    )
    share = counts["right_found"] / max(1, counts["found"])
    print(f"{counts['found']} of them found by the pipeline: speaker right in {share:.3f} of these")


if __name__ == "__main__":
    main()
