"""A user's three lines, type-checked against the installed wheel (scripts/check_wheel.py)."""

import cablespan

for one in cablespan.read("cable.txt"):
    subject: str | None = one.header.subject
    words: int = sum(len(paragraph.text.split()) for paragraph in one.paragraphs)
    print(one.header.spam)  # type: ignore[attr-defined]  # unused, and told, without py.typed
