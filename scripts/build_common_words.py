"""Builds lexicon/common_words.jsonl: words of the language, told from names by how they are written
in mixed-case text.

A word counts as common when it stands in lower case at least MINIMUM times and in more than half of
its places away from the beginning of a sentence. Counted over public-domain documents in
`../shared` (telegrams of FRUS, human rights reports) and the invented cables of `corpus/modern`;
the list lets capitals text be read, where a name looks like any other word. Run it from the
repository: `python scripts/build_common_words.py`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import json_lines

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
MINIMUM = 3
_WORD = re.compile(r"(?<![.!?:] )(?<!^)\b[A-Za-z]+\b")


def texts() -> Iterator[str]:
    documents = ("frus/telegrams.jsonl.gz", "reports/paragraphs.jsonl.gz")
    yield from json_lines.texts(SHARED / name for name in documents)
    for cable in sorted((ROOT / "corpus" / "modern").glob("*.txt")):
        yield cable.read_text(encoding="utf-8")


def main() -> None:
    lower: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for text in texts():
        letters = [c for c in text if c.isalpha()]
        if not letters or sum(map(str.isupper, letters)) > 0.5 * len(letters):
            continue
        for word in _WORD.findall(text):
            (lower if word.islower() else capital)[word.lower()] += 1
    words = sorted(
        word for word, count in lower.items() if count >= MINIMUM and count > capital[word]
    )
    path = ROOT / "pipeline" / "cablespan" / "lexicon" / "common_words.jsonl"
    path.write_text("".join(f'{{"name": "{word}"}}\n' for word in words), encoding="utf-8")
    print(f"{path.name}: {len(words)} entries")


if __name__ == "__main__":
    main()
