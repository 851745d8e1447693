"""Who and what is named over a whole run: which mentions mean the same, and what that is called.

People are one where the knowledge base knows them, or where they bear one full name. A mere surname
or an office means somebody else in each post's cables, so that those are kept apart by country, or
by the post that writes. Redactions are nobody.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from cablespan import lexicon
from cablespan.labels import Entity

Record = dict[str, Any]  # as CONTRACT.md shapes it
Row = dict[str, Any]  # values by column

PEOPLE = (Entity.OFFICIAL, Entity.PERSON)
REDACTED = re.compile(r"(?:\W*X{4,}\W*)+")


class Key(NamedTuple):
    """What makes two mentions mean the same: the label, and what stands for the thing."""

    label: str
    identity: str


@dataclass
class Thing:
    """Someone or something that is named: how often, in how many cables, in which years."""

    key: Key
    name: str
    kb_id: str | None
    mentions: int = 0
    cables: int = 0
    years: Counter[int] = field(default_factory=Counter)

    @property
    def label(self) -> str:
        """The entity label."""
        return self.key.label

    @property
    def span(self) -> tuple[int | None, int | None]:
        """The first and the last year in which it is named."""
        return min(self.years, default=None), max(self.years, default=None)


@cache
def known_names() -> dict[str, str]:
    """The proper names of the lexicon's entries by their `kb_id`."""
    entries = chain.from_iterable(map(lexicon.load, lexicon.THINGS))
    return {entry["kb_id"]: entry["name"] for entry in entries}


def is_redacted(name: str) -> bool:
    """Whether a name was struck out before the cable was published.

    >>> [is_redacted(name) for name in ("XXXXXXXXXXXX", "XXXXXXXXXXXX XXXXXXXXXXXX", "Mr. Xu")]
    [True, True, False]
    """
    return REDACTED.fullmatch(name) is not None


def identified(label: str, cluster: dict[str, Any], origin: str | None) -> tuple[Key, str] | None:
    """The key and the name of what a cluster means in a cable of the post `origin`.

    None for a redaction.

    >>> office = {"name": "AMB", "office": "Ambassador", "kb_id": "office:AMBASSADOR"}
    >>> identified("OFFICIAL", office, "Embassy Oslo")
    (Key(label='OFFICIAL', identity='ambassador (embassy oslo)'), 'Ambassador (Embassy Oslo)')
    >>> person = {"name": "Minister Jo Poe", "given_name": "Jo", "family_name": "Poe"}
    >>> identified("OFFICIAL", person, "Embassy Oslo")
    (Key(label='OFFICIAL', identity='jo poe'), 'Minister Jo Poe')
    """
    name, kb_id = cluster["name"], cluster.get("kb_id") or ""
    if is_redacted(name):
        return None
    if label not in PEOPLE:
        return Key(label, kb_id or name.casefold()), known_names().get(kb_id, name)
    if kb_id.startswith("person:"):
        return Key(label, kb_id), name
    if cluster.get("given_name") and cluster.get("family_name"):
        full = f"{cluster['given_name']} {cluster['family_name']}"
        return Key(label, full.casefold()), name
    if not cluster.get("family_name"):
        name = cluster.get("office") or name
    where = _country(cluster.get("country")) or origin
    told = f"{name} ({where})" if where else name
    return Key(label, told.casefold()), told


def _country(code: str | None) -> str | None:
    return known_names().get(f"iso:{code}", code) if code else None


def clusters_of(record: Record) -> dict[int, Row]:
    """The clusters of a record by their number."""
    return {cluster["cluster"]: cluster for cluster in record.get("clusters", ())}


def speaker_of(claim: Row, clusters: dict[int, Row]) -> Row:
    """The cluster that a claim's speaker is.

    One of which only the knowledge base entry is known, or {}.
    """
    speaker = claim["speaker"]
    if speaker is None:
        return {}
    if isinstance(speaker, int):
        return clusters.get(speaker, {"cluster": speaker})
    return next(
        (cluster for cluster in clusters.values() if cluster.get("kb_id") == speaker),
        {"kb_id": speaker},
    )
