"""An invented cable with its three layers, for the tests of the review page: inline-marked
sentences in, a record out."""

from copy import deepcopy

import sqlalchemy as sa

from cablespan.review.store import Store
from cablespan.review.store.tables import answers, plain
from marked import parse_marked

HEADER = {
    "reference_id": "07ASTANA454",
    "created": "2007-02-20T09:41:00Z",
    "classification": "CONFIDENTIAL",
    "from": "Embassy Astana",
    "origin": "Embassy Astana",
    "to": [{"name": "Secretary of State"}, {"name": "Embassy Ankara"}],
    "info": [{"name": "CIS Collective"}],
    "subject": "KAZAKHSTAN: FINANCIAL POLICE PROMISE A DECREE ON PIRATED DISCS",
    "tags": ["PREL", "ETRD", "KIPR", "KZ"],
    "references": [{"value": "06ASTANA9", "kind": "cable", "text": "06 ASTANA 009", "letter": "A"}],
}

# One paragraph a list, one sentence an item: statement label, marked text, and claims as (source,
# cue, content) by their words.
PARAGRAPHS = [
    [
        (
            "REPORT",
            "<AGENCY>Econoff</AGENCY> met <OFFICIAL>Deputy Chairman Sultanov</OFFICIAL> "
            "of the <AGENCY>Financial Police</AGENCY> on <DATE>February 19</DATE>.",
            [],
        ),
        ("ADMIN", "End summary.", []),
    ],
    [
        (
            "CLAIM",
            "<OFFICIAL>Sultanov</OFFICIAL> said that raids in <PLACE>Almaty</PLACE> had taken "
            "40,000 discs "
            "worth <MONEY>72 million tenge</MONEY> off the market.",
            [
                (
                    "Sultanov",
                    "said",
                    "raids in Almaty had taken 40,000 discs worth 72 million tenge off the market",
                )
            ],
        ),
        (
            "CLAIM",
            "He doubted that the <ORG>Criminal Code</ORG> would deter the trade before "
            "<DATE>2008</DATE>.",
            [("He", "doubted", "the Criminal Code would deter the trade before 2008")],
        ),
        (
            "COMMITMENT",
            "The <AGENCY>Justice Ministry</AGENCY> will send <LAW>Decree 93</LAW> to the "
            "<AGENCY>Majlis</AGENCY> "
            "by <DATE>early May</DATE>.",
            [],
        ),
        (
            "COMMENT",
            "This is more than <AGENCY>post</AGENCY> expected after <CABLE_REF>Ref "
            "A</CABLE_REF>, and late.",
            [],
        ),
    ],
    [
        (
            "CLAIM",
            "According to <PERSON>Marat Bekov</PERSON>, a trader, "
            "the stalls of <PLACE>Shymkent</PLACE> were warned a day ahead.",
            [("Marat Bekov", "According to", "the stalls of Shymkent were warned a day ahead")],
        ),
        ("REPORT", "Nobody was charged.", []),
    ],
    [
        (
            "RECOMMENDATION",
            "<AGENCY>Post</AGENCY> recommends keeping <PLACE>Kazakhstan</PLACE> off the "
            "<LAW>Special 301 Watchlist</LAW>.",
            [],
        ),
        ("REQUEST", "Please advise by <DATE>Friday</DATE>.", []),
    ],
]


def make_record(
    cable: str = "07ASTANA454", paragraphs=PARAGRAPHS, scores: dict[str, float] | None = None
) -> dict:
    """A record of marked paragraphs; `scores` sets the score of entities by their text."""
    record = {
        "schema": "cablespan.record/1",
        "id": cable,
        "meta": {},
        "source": {"path": "", "format": "web", "sha256": "", "index": 0},
    }
    record |= {
        "header": HEADER | {"reference_id": cable},
        "paragraphs": [],
        "entities": [],
        "statements": [],
        "claims": [],
    }
    for number, sentences in enumerate(paragraphs, 1):
        text, paragraph = "", f"{cable}/{number}"
        for label, marked, claims in sentences:
            text += " " if text else ""
            start = len(text)
            sentence, spans = parse_marked(marked)
            text += sentence
            record["statements"].append(
                {
                    "paragraph": paragraph,
                    "start": start,
                    "end": len(text),
                    "label": label,
                    "score": 0.9,
                }
            )
            for first, end, entity in spans:
                words = sentence[first:end]
                entry = {
                    "paragraph": paragraph,
                    "start": start + first,
                    "end": start + end,
                    "label": entity,
                    "text": words,
                    "kb_id": None,
                }
                record["entities"].append(
                    entry | {"cluster": None, "score": (scores or {}).get(words, 0.95)}
                )
            for claim in claims:
                places = dict(
                    zip(
                        ("source", "cue", "content"),
                        (_place(sentence, start, words) for words in claim),
                        strict=True,
                    )
                )
                record["claims"].append(
                    {"paragraph": paragraph, **places, "speaker": None, "certainty": "asserted"}
                )
        entry = {
            "id": paragraph,
            "number": number,
            "marking": "C",
            "section": "summary" if number == 1 else None,
            "kind": "numbered",
        }
        record["paragraphs"].append(entry | {"text": text, "source_map": []})
    return record


def _place(sentence: str, start: int, words: str | None) -> dict | None:
    if words is None:
        return None
    first = sentence.index(words)
    return {"start": start + first, "end": start + first + len(words), "text": words}


def history(store: Store, task: int) -> list[dict]:
    """Everything that was ever answered to a task, undone answers and undos included."""
    query = sa.select(answers).where(answers.c.task == task).order_by(answers.c.seq)
    with store.read() as db:
        return [plain(row) for row in db.execute(query).mappings()]


def with_new_text(record: dict, paragraph: int) -> dict:
    """The record as a new run could write it, that read one paragraph otherwise."""
    changed = deepcopy(record)
    one = changed["paragraphs"][paragraph]
    one["text"] += " More."
    for layer in ("entities", "statements", "claims"):
        changed[layer] = [mark for mark in changed[layer] if mark["paragraph"] != one["id"]]
    return changed
