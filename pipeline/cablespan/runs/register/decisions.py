"""What people decide about entries, which the model does not undo: merge, split, rename.

A decision names entries by their ids; it is kept with the keys of their members, which outlast ids.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import orjson

from cablespan.reading.decode import open_input

# What a line of each action has to say.
FIELDS = {"merge": ("id", "into"), "split": ("id", "members"), "rename": ("id", "name")}
_SAME = ("action", "id", "into", "members", "name")


_FIRST_IDS = """
INSERT INTO previous
SELECT m.key, e.kind || '/' || substr(sha256(e.key), 1, 16)
FROM mentions m JOIN members USING (n) JOIN mentions e ON e.n = members.entry
WHERE NOT EXISTS (FROM previous)
"""


class Decided(NamedTuple):
    """Decisions that hold, as they are kept, and what is wrong with the others, by their places."""

    kept: list[dict[str, Any]]
    faults: list[str]


class Fault(ValueError):
    """A decision that cannot be carried out, and the remedy."""


def read_decisions(path: Path) -> Iterator[tuple[str, dict[str, Any] | Fault]]:
    """The decisions of a file with their places, "FILE, line 3"; a Fault for what is none.

    Raises OSError where the file cannot be read.
    """
    with open_input(str(path)) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield f"{path}, line {number}", _decision(line)


def _decision(line: bytes) -> dict[str, Any] | Fault:
    try:
        decision = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Fault(f"not JSON ({error}); write one object a line")
    action = decision.get("action") if isinstance(decision, dict) else None
    if action not in FIELDS:
        return Fault(f"no `action`; write one of {', '.join(FIELDS)}")
    for field in FIELDS[action]:
        value = decision.get(field)
        texts = value if field == "members" and isinstance(value, list) else [value]
        if not texts or not all(isinstance(text, str) and text for text in texts):
            return Fault(f"a {action} without `{field}`; write {' and '.join(FIELDS[action])}")
    return decision


def decide(connection: duckdb.DuckDBPyConnection, kept: Path, given: Path | None) -> Decided:
    """Carries decisions out on `members`: those that are kept from before, then those of a file.

    `previous` and `renamed` (see ids.sql) say what their ids stand for; where nothing was
    registered before, the ids that the entries would have. Makes the tables `decided` (what was
    decided of a member's entry, and where), `called` (names that people gave) and `chosen` (the ids
    that others were merged into).
    """
    carried = _Carried(connection)
    if given:
        connection.execute(_FIRST_IDS)
    for path in filter(None, (kept if kept.exists() else None, given)):
        for place, decision in read_decisions(path):
            try:
                if isinstance(decision, Fault):
                    raise decision
                carried.take(decision, place)
            except Fault as fault:
                carried.faults.append(f"{place}: {fault}")
    carried.close()
    return Decided(carried.kept, carried.faults)


class _Carried:
    """Decisions one after the other; groups of members that a split makes have negative numbers
    until the end."""

    def __init__(self, connection: duckdb.DuckDBPyConnection):
        self.connection = connection
        self.kept: list[dict[str, Any]] = []
        self.faults: list[str] = []
        self.seen: set[bytes] = set()
        self.into: dict[str, str] = {}
        connection.execute("""
            CREATE TABLE decided (n BIGINT, what VARCHAR);
            CREATE TABLE called (n BIGINT, name VARCHAR, number BIGINT);
            CREATE TABLE chosen (id VARCHAR)
        """)

    def take(self, decision: Mapping[str, Any], place: str) -> None:
        own = orjson.dumps([decision.get(field) for field in _SAME])
        if own in self.seen:
            return
        facts = {"from": place, **decision}
        {"merge": self._merge, "split": self._split, "rename": self._rename}[facts["action"]](facts)
        self.seen.add(own)
        self.kept.append(facts)

    def close(self) -> None:
        """Numbers entries by their first members again."""
        self.connection.execute("""
            CREATE OR REPLACE TABLE members AS
            SELECT n, min(n) OVER (PARTITION BY entry) AS entry FROM members
        """)

    def _merge(self, facts: dict[str, Any]) -> None:
        chain = [facts["into"]]
        while chain[-1] in self.into and chain[-1] != facts["id"]:
            chain.append(self.into[chain[-1]])
        if chain[-1] == facts["id"]:
            circle = " into ".join([facts["id"], *chain])
            raise Fault(f"a cycle of merges ({circle}); take one of them out")
        facts["keys"] = facts.get("keys") or [self._key(facts["id"]), self._key(facts["into"])]
        (first, kind), (other, other_kind) = (self._entry(key) for key in facts["keys"])
        if kind != other_kind:
            raise Fault(f"{facts['id']} and {facts['into']} are of two kinds; merge what is of one")
        self.into[facts["id"]] = facts["into"]
        self.connection.execute("UPDATE members SET entry = $1 WHERE entry = $2", [other, first])
        self.connection.execute("INSERT INTO chosen VALUES ($1)", [facts["into"]])
        self._note(facts, facts["keys"][1])

    def _split(self, facts: dict[str, Any]) -> None:
        entry, _ = self._entry(facts.setdefault("key", self._key(facts["id"])))
        found = self.connection.execute(
            "SELECT key, n FROM mentions JOIN members USING (n) WHERE key IN $1 AND entry = $2",
            [facts["members"], entry],
        ).fetchall()
        if strays := sorted(set(facts["members"]) - {key for key, _ in found}):
            raise Fault(f"{strays[0]} is no member of {facts['id']}; take keys of members.parquet")
        self.connection.execute(
            "UPDATE members SET entry = $1 WHERE n IN $2",
            [-1 - len(self.kept), [n for _, n in found]],
        )
        self._note(facts, facts["members"][0])

    def _rename(self, facts: dict[str, Any]) -> None:
        key = facts.setdefault("key", self._key(facts["id"]))
        self._entry(key)
        self.connection.execute(
            "INSERT INTO called SELECT n, $1, $2 FROM mentions WHERE key = $3",
            [facts["name"], len(self.kept), key],
        )
        self._note(facts, key)

    def _key(self, id: str) -> str:
        """The key of the first member of an entry of the register before."""
        found = self.connection.execute(
            """
            WITH RECURSIVE known AS (
              SELECT $1 AS id UNION SELECT r.id FROM renamed r JOIN known k ON r.old_id = k.id
            )
            SELECT key FROM previous JOIN known USING (id) JOIN mentions USING (key)
            ORDER BY n LIMIT 1
            """,
            [id],
        ).fetchone()
        if not found:
            raise Fault(f"{id} is no id of this register; look it up in its tables")
        return found[0]

    def _entry(self, key: str) -> tuple[int, str]:
        """The entry that a member is in, and its kind."""
        found = self.connection.execute(
            "SELECT entry, kind FROM members JOIN mentions USING (n) WHERE key = $1", [key]
        ).fetchone()
        if not found:
            raise Fault(f"{key} is no longer in the run; take the decision out")
        return found

    def _note(self, facts: Mapping[str, Any], key: str) -> None:
        self.connection.execute(
            "INSERT INTO decided SELECT n, $1 FROM mentions WHERE key = $2",
            [f"{facts['action']}, {facts['from']}", key],
        )
