"""Made-up records of any number, quickly: for what concerns quantities and not words."""

import random
from collections.abc import Iterator
from typing import Any

POSTS = (
    "Astana",
    "Ankara",
    "Oslo",
    "Tokyo",
    "Lagos",
    "Cairo",
    "Quito",
    "Hanoi",
    "Paris",
    "Sofia",
    "Lima",
    "Manila",
    "Rabat",
    "Seoul",
)
AGENCIES = (
    "Justice Ministry",
    "Financial Police",
    "Central Bank",
    "Foreign Ministry",
    "Parliament",
    "Supreme Court",
    "Navy",
    "Treasury",
)
OFFICIALS = (
    "President Ulanov",
    "Minister Ferro",
    "Ambassador Kest",
    "Governor Imber",
    "Senator Oduya",
    "DCM",
    "Econoff",
)
PLACES = (
    ("Kazakhstan", "iso:KZ"), ("Turkey", "iso:TR"), ("Norway", "iso:NO"), ("Japan", "iso:JP"),
    ("Nigeria", "iso:NG"), ("Egypt", "iso:EG"), ("Ecuador", "iso:EC"), ("France", "iso:FR"),
    ("Peru", "iso:PE"), ("Brazil", "iso:BR"), ("India", "iso:IN"), ("Russia", "iso:RU"),
    ("Australia", "iso:AU"), ("Canada", "iso:CA"), ("Chad", "iso:TD"),
)  # fmt: skip
STATEMENTS = ("ADMIN", "REQUEST", "RECOMMENDATION", "COMMITMENT", "COMMENT", "CLAIM", "REPORT")
WEIGHTS = (8, 2, 2, 8, 12, 30, 40)
MARKINGS = ("U", "SBU", "C", "S", None)


def records(number: int, paragraphs: int = 6, seed: int = 7) -> Iterator[dict[str, Any]]:
    """Records with entities, clusters, statements and claims; the same ones on every call."""
    draw = random.Random(seed)
    for index in range(number):
        year = min(2009, max(1973, int(draw.gauss(1996, 9))))
        post = draw.choices(POSTS, range(len(POSTS), 0, -1))[0]
        id = f"{year % 100:02}{post.upper()}{index}"
        record = {
            "schema": "cablespan.record/1",
            "id": id,
            "meta": {},
            "source": {"path": "made-up.csv", "format": "csv", "sha256": "0" * 64, "index": index},
            "header": {
                "reference_id": id,
                "created": f"{year}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}T09:41:00",
                "released": None, "origin": f"Embassy {post}", "classification": "CONFIDENTIAL",
                "transmission_id": None,
                "precedence": "ROUTINE", "from": None,
                "to": [], "info": [], "excluded": [], "subject": "MADE UP", "tags": ["ECON"],
                "references": [], "eo": None, "declassify_on": None, "classified_by": None,
                "reasons": [], "captions": [], "signers": [], "partial": False,
            },
            "paragraphs": [], "entities": [], "statements": [], "claims": [], "clusters": [],
        }  # fmt: skip
        for position in range(paragraphs):
            _paragraph(record, f"{id}/{position + 1}", position, draw, index)
        clusters = {}
        for entity in record["entities"]:
            key = entity["label"], entity["text"]
            cluster = clusters.setdefault(
                key,
                {
                    "cluster": len(clusters),
                    "label": key[0],
                    "name": key[1],
                    "kb_id": entity["kb_id"],
                    "mentions": 0,
                    **(_office(key[1]) if key[0] == "OFFICIAL" else {}),
                },
            )
            cluster["mentions"] += 1
            entity["cluster"] = cluster["cluster"]
        record["clusters"] = list(clusters.values())
        for claim in record["claims"]:
            claim["speaker"] = clusters["OFFICIAL", claim["source"]["text"]]["cluster"]
        yield record


def _office(name: str) -> dict[str, str | None]:
    """What the linker says of an official: "President Ulanov" has a name, "DCM" only an office."""
    office, _, family = name.partition(" ")
    return {"office": office, "country": None, "given_name": None, "family_name": family or None}


def _paragraph(
    record: dict[str, Any], id: str, position: int, draw: random.Random, index: int
) -> None:
    official, agency, (place, kb_id) = (
        draw.choice(OFFICIALS),
        draw.choice(AGENCIES),
        draw.choice(PLACES),
    )
    trader = f"trader no. {index}"
    when = f"{2000 + draw.randint(0, 9)}-{draw.randint(1, 12):02}"
    parts = [(official, "OFFICIAL", None), (" told ", None, None), (agency, "AGENCY", None),
             (" that ", None, None), (place, "PLACE", kb_id), (" would buy from ", None, None),
             (trader, "PERSON", None), (" in ", None, None), (when, "DATE", None),
             (".", None, None)]  # fmt: skip
    text, where = "", {}
    for part, label, kb in parts:
        where[part] = (len(text), len(text) + len(part))
        if label:
            place_of = {
                "paragraph": id,
                "start": len(text),
                "end": len(text) + len(part),
                "label": label,
                "text": part,
            }
            value = {"value": part} if label == "DATE" else {}
            record["entities"].append(
                {**place_of, "kb_id": kb, "cluster": None, "score": None, **value}
            )
        text += part
    record["paragraphs"].append(
        {
            "id": id,
            "number": position + 1,
            "marking": draw.choice(MARKINGS),
            "section": None,
            "kind": "numbered",
            "text": text,
            "source_map": [],
        }
    )
    label = draw.choices(STATEMENTS, WEIGHTS)[0]
    record["statements"].append(
        {"paragraph": id, "start": 0, "end": len(text), "label": label, "score": None}
    )
    if label == "CLAIM":
        span = lambda start, end: {"start": start, "end": end, "text": text[start:end]}  # noqa: E731
        record["claims"].append(
            {
                "paragraph": id,
                "source": span(*where[official]),
                "cue": span(where[" told "][0] + 1, where[" told "][1] - 1),
                "content": span(where[place][0], where[trader][1]),
                "speaker": None,
                "certainty": draw.choices(
                    ("asserted", "hedged", "denied", "asked"), (60, 20, 12, 8)
                )[0],
            }
        )
