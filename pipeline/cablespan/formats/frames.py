"""Tables of pandas and polars: a column of cables in, tidy tables of what was found out."""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any, NamedTuple

from spacy.tokens import Doc

from cablespan.cable import Cable, Reject
from cablespan.labels import Role
from cablespan.reading import scan
from cablespan.reading.assembly import renamed
from cablespan.records import to_record

_SPAN = ("cable", "paragraph", "start", "end", "label", "text")
_PARTS = [f"{role.lower()}_{field}" for role in Role for field in ("start", "end", "text")]
_COLUMNS = {
    "entities": [*_SPAN, "kb_id", "cluster", "score", "value"],
    "statements": [*_SPAN, "score"],
    "claims": ["cable", "paragraph", *_PARTS, "speaker_cluster", "speaker_kb_id", "certainty"],
}


class Tables(NamedTuple):
    """What was found in cables, a row a span (a claim: its three); offsets are of the paragraph."""

    entities: Any
    statements: Any
    claims: Any


def from_frame(frame: Any, *, text: str = "text", id: str | None = None) -> Iterator[Cable]:
    """The cables of a table of pandas or polars, one a row.

    `text`: the column with the cables' texts, headers and all; `id`: that with their names, else
    the header says them; all other columns become `cable.meta`. A row without text is warned of.
    Raises ValueError for a column that is not there.
    """
    missing = {text, id} - {None, *frame.columns}
    if missing:
        raise ValueError(
            f"no column {missing.pop()!r}; there are {', '.join(map(str, frame.columns))}"
        )
    return _cables(frame, text, id)


def _cables(frame: Any, text: str, id: str | None) -> Iterator[Cable]:
    for number, row in enumerate(_rows(frame), 1):
        content, name = row.pop(text) or "", row.pop(id, None) if id else None
        if not isinstance(content, bytes):
            content = str(content).encode("utf-8", "surrogatepass")
        for item in scan(f"row {number}", content=content):
            if isinstance(item, Reject):
                warnings.warn(f"row {number}: {item.reason}. {item.remedy}", stacklevel=3)
                continue
            cable = item if name in (None, "") else renamed(item, str(name))
            facts = {str(column): value for column, value in row.items()}
            yield replace(cable, meta={**item.meta, **facts}, notes=item.notes)


def _rows(frame: Any) -> Iterator[dict[str, Any]]:
    names = list(frame.columns)
    for values in zip(*(frame[name] for name in names), strict=True):
        yield dict(zip(names, map(_plain, values), strict=True))


def _plain(value: Any) -> Any:
    """A cell as plain data: numbers of numpy are Python's, times are ISO 8601, what is missing is
    None."""
    for plain in ("to_list", "tolist"):  # a cell of polars that is a list; all of numpy's
        value = getattr(value, plain)() if hasattr(value, plain) else value
    if (value != value) is not False:  # NaN is unlike itself, of pandas' NA nobody can say
        return None
    return value.isoformat() if hasattr(value, "isoformat") else value


def to_frame(docs: Iterable[Doc | Mapping[str, Any]], *, library: str = "pandas") -> Tables:
    """Entities, statements and claims of annotated Docs, or of records, as tables of `library`:
    "pandas", "polars".

    Raises ModuleNotFoundError where the library is not installed.
    """
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _COLUMNS}
    for doc in docs:
        record: Mapping[str, Any] = to_record(doc) if isinstance(doc, Doc) else doc
        texts = {paragraph["id"]: paragraph["text"] for paragraph in record["paragraphs"]}
        for layer in ("entities", "statements"):
            for span in record.get(layer) or ():
                words = texts[span["paragraph"]][span["start"] : span["end"]]
                rows[layer].append({**span, "cable": record["id"], "text": words})
        claims = record.get("claims") or ()
        rows["claims"] += ({**_flat(claim), "cable": record["id"]} for claim in claims)
    return Tables(*(make_table(rows[name], columns, library) for name, columns in _COLUMNS.items()))


def make_table(rows: list[dict[str, Any]], columns: list[str], library: str) -> Any:
    """Rows as a table of `library`: "pandas" or "polars".

    Raises ModuleNotFoundError where it is not installed.
    """
    data = {column: [row.get(column) for row in rows] for column in columns}
    table = import_module(library).DataFrame(data)
    # Whole numbers of which some are missing stay whole in pandas' own nullable type.
    return table.convert_dtypes() if library == "pandas" else table


def _flat(claim: Mapping[str, Any]) -> dict[str, Any]:
    """A claim with its parts' fields in columns of their own, None where there is no such part."""
    speaker = claim.get("speaker")
    row = {
        "paragraph": claim["paragraph"],
        "certainty": claim.get("certainty"),
        "speaker_cluster": speaker if isinstance(speaker, int) else None,
        "speaker_kb_id": speaker if isinstance(speaker, str) else None,
    }
    for role in map(str.lower, Role):
        for field in ("start", "end", "text"):
            row[f"{role}_{field}"] = (claim.get(role) or {}).get(field)
    return row
