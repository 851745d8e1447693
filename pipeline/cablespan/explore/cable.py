"""The page of a cable: what its header says, its paragraphs, the cables around it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cablespan.explore.passages import Passage, passages
from cablespan.explore.queries import Database, rows

# Columns of cables worth a line, in order, with what the page calls them.
FACTS = {
    "created": "Created",
    "released": "Released",
    "precedence": "Precedence",
    "sender": "From",
    "recipients": "To",
    "info": "Info",
    "captions": "Captions",
    "signers": "Signed",
    "classified_by": "Classified by",
    "declassify_on": "Declassify on",
    "source_path": "Read from",
}

Row = Mapping[str, Any]


class CablePage(NamedTuple):
    """What the page of a cable shows."""

    cable: Row
    facts: list[tuple[str, str]]
    tags: list[str]
    passages: list[Passage]
    refers_to: list[dict[str, Any]]
    referred_to_by: list[dict[str, Any]]

    @property
    def outline(self) -> list[tuple[Passage, str]]:
        """Headings and first paragraphs of sections, with what the outline says of each."""
        return list(_outline(self.passages))


async def cable_page(database: Database, name: str, words: str | None = None) -> CablePage | None:
    """The cable of a name, None where there is none; `words` is a search whose matches are lit."""
    found = await rows(database, "cable", name=name)
    if not found:
        return None
    cable = found[0]
    here = {"cable": cable["id"]}
    ids = [row["id"] for row in await rows(database, "paragraphs_of_cable", **here)]
    return CablePage(
        cable,
        facts(cable),
        [row["tag"] for row in await rows(database, "tags", **here)],
        await passages(database, ids, words),
        await rows(database, "refers_to", **here),
        await rows(database, "referred_to_by", **here),
    )


async def similar(database: Database, cable: Row) -> list[dict[str, Any]]:
    """The cables that are most like one: by its rarest names and the words of its subject.

    Of the cables that the references of 281 real ones name, 80 % are among the first ten.
    """
    names = [row["name"] for row in await rows(database, "rare_names", cable=cable["id"])]
    names += re.findall(r"\w{4,}", cable["subject"] or "")
    words = " OR ".join(
        f'"{phrase}"' for name in names if (phrase := name.replace('"', " ").strip())
    )
    return await rows(database, "similar", cable=cable["id"], words=words) if words else []


def facts(cable: Row) -> list[tuple[str, str]]:
    """What the header says, as name and text; lists are joined.

    >>> facts({"created": None, "info": '["Ankara", "Sofia"]', "sender": "Embassy Astana"})
    [('From', 'Embassy Astana'), ('Info', 'Ankara, Sofia')]
    """
    said = [(title, _text(cable.get(column))) for column, title in FACTS.items()]
    return [(title, text) for title, text in said if text]


def _text(value: Any) -> str:
    if isinstance(value, str) and value.startswith("["):
        return ", ".join(json.loads(value))
    return str(value or "")


def _outline(passages: Sequence[Passage]) -> Iterator[tuple[Passage, str]]:
    section = None
    for passage in passages:
        row = passage.paragraph
        if row["kind"] == "heading":
            yield passage, row["text"]
        elif row["section"] and row["section"] != section:
            yield passage, row["section"]
        section = row["section"]
