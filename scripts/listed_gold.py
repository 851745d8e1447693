"""Gold by reading: packets of paragraphs to read, and the reader's lists -> stand-off annotations.

A packet shows the paragraphs of a window of each drawn cable, their sentences numbered, and nothing
that a model thinks of them. The reader writes a list: for each sentence its statement label, under
it the entities in the order in which they stand, and its claims as source, cue and content:

    # 07ASTANA454/3
    1 REPORT
    AGENCY Financial Police
    DATE May 22
    2 CLAIM
    OFFICIAL Ambassador
    > Ambassador | said | the GOK plans ... this year
    3 ^

`-` is a source or cue that is not there; `first words ... last words` a stretch, `first words ...`
one to the end of the sentence without its full stop; `word#2` the second of its kind in the
sentence; `3 ^` joins a sentence to the one before; `+ CLAIM he would stay` begins a statement of
its own within a sentence. A heading that is not listed is ADMIN without entities.

python scripts/listed_gold.py draw RUN/cables.jsonl draw.jsonl
python scripts/listed_gold.py packet RUN/cables.jsonl draw.jsonl test > packet.txt
python scripts/listed_gold.py collect RUN/cables.jsonl draw.jsonl list.txt > standoff.jsonl
"""

import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from cablespan.labels import Entity, Statement

app = typer.Typer(add_completion=False, no_args_is_help=True)
Record = dict[str, Any]
Mark = dict[str, Any]

# Split -> number of cables and the most paragraphs of each. The test and dev cables and the first
# of train are drawn at random; `train-rare` has those with the most marks of the classes in short
# supply.
SPLITS = {"test": (60, 8), "dev": (60, 8), "train": (110, 8), "train-rare": (234, 7)}
RARE = {"RECOMMENDATION", "COMMITMENT", "REQUEST", "COMMENT", "LAW", "PERSON", "ORG"}
CONTEXT = 250  # words before a window that are shown and not annotated
FEWEST_WORDS = 80

Runs = Annotated[Path, typer.Argument(help="cables.jsonl of a run over the pages.")]


class ListError(ValueError):
    """A line of a list that does not fit its paragraph."""


def read_jsonl(path: Path) -> Iterator[Record]:
    return (orjson.loads(line) for line in path.read_bytes().splitlines())


def sentences(record: Record, paragraph: Record) -> list[tuple[int, int]]:
    return sorted(
        (statement["start"], statement["end"])
        for statement in record["statements"]
        if statement["paragraph"] == paragraph["id"]
    )


@app.command()
def draw(
    run: Runs,
    output: Path,
    seed: int = 50,
    prefix: Annotated[str, typer.Option(help="Folder of the documents' names.")] = "pages-more",
) -> None:
    """Windows of cables for each split: {"split", "doc", "paragraphs"}, a line a cable."""
    records = {record["id"]: record for record in read_jsonl(run) if _words(record) >= FEWEST_WORDS}
    chance = random.Random(seed)
    names = sorted(records)
    chance.shuffle(names)
    rows = []
    for split, (cables, length) in SPLITS.items():
        if split == "train-rare":
            names.sort(key=lambda name: -_rare_share(records[name]))
        drawn, names = names[:cables], names[cables:]
        for name in drawn:
            paragraphs = [paragraph["id"] for paragraph in records[name]["paragraphs"]]
            starts = range(max(1, len(paragraphs) - length + 1))
            if split == "train-rare":
                rare = Counter(mark["paragraph"] for mark in _rare(records[name]))
                start = max(starts, key=lambda s: sum(rare[p] for p in paragraphs[s : s + length]))
            else:
                start = chance.choice(starts)
            window = paragraphs[start : start + length]
            rows.append({"split": split, "doc": f"{prefix}/{name}", "paragraphs": window})
    output.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))


def _words(record: Record) -> int:
    return sum(len(paragraph["text"].split()) for paragraph in record["paragraphs"])


def _rare(record: Record) -> list[Mark]:
    marks = record["entities"] + record["statements"]
    return [mark for mark in marks if mark["label"] in RARE]


def _rare_share(record: Record) -> float:
    return len(_rare(record)) / (300 + _words(record))


@app.command()
def packet(
    run: Runs,
    drawn: Path,
    split: str,
    first: int = 0,
    cables: int = 1000,
    every: Annotated[int, typer.Option(help="One cable in so many.")] = 1,
) -> None:
    """The windows of a split as text to read."""
    records = {record["id"]: record for record in read_jsonl(run)}
    rows = [row for row in read_jsonl(drawn) if row["split"] == split]
    for row in rows[first : first + cables : every]:
        print(_printed(records[Path(row["doc"]).name], row["paragraphs"]))


def _printed(record: Record, window: list[str]) -> str:
    header = record["header"]
    lines = [
        f"=== {record['id']}  {header['created']}  {header['origin']}  {header['subject'] or ''}"
    ]
    ids = [paragraph["id"] for paragraph in record["paragraphs"]]
    before = record["paragraphs"][: ids.index(window[0])]
    context = " / ".join(paragraph["text"] for paragraph in before).split()[-CONTEXT:]
    if context:
        lines.append(f"[before: {' '.join(context)}]")
    for paragraph in record["paragraphs"]:
        if paragraph["id"] in window:
            lines.append(f"\n# {paragraph['id']} ({paragraph['kind']}, {paragraph['section']})")
            for number, (start, end) in enumerate(sentences(record, paragraph), 1):
                lines.append(f"{number} {paragraph['text'][start:end]}")
    return "\n".join(lines) + "\n"


@dataclass
class Statements:
    """A paragraph's list while it is read: where its next mark is looked for."""

    text: str
    sentences: list[tuple[int, int]]
    statements: list[Mark] = field(default_factory=list)
    entities: list[Mark] = field(default_factory=list)
    claims: list[Mark] = field(default_factory=list)

    def read(self, line: str) -> None:
        kind, _, rest = line.partition(" ")
        rest = rest.strip()
        if kind.isdigit():
            self._sentence(int(kind), rest)
        elif not self.statements:
            raise ListError("no sentence yet")
        elif kind == ">":
            self.claims.append(self._claim(rest))
        elif kind == "+":
            label, _, words = rest.partition(" ")
            start, end = self._find(words, self.statements[-1]["start"])
            self.statements.append(self.statements[-1] | {"start": start, "label": _label(label)})
            before = self.statements[-2]
            before["end"] = before["start"] + len(self.text[before["start"] : start].rstrip())
        elif kind in list(Entity):
            after = self.entities[-1]["end"] if self.entities else 0
            start, end = self._find(rest, max(after, self.statements[-1]["start"]))
            self.entities.append({"start": start, "end": end, "label": kind})
        else:
            raise ListError(f"{kind!r} is no entity label, sentence number, '>' or '+'")

    def _sentence(self, number: int, label: str) -> None:
        if not 1 <= number <= len(self.sentences):
            raise ListError(f"there is no sentence {number}")
        start, end = self.sentences[number - 1]
        done = self.statements[-1]["end"] if self.statements else -1
        if start < done:
            raise ListError(f"sentence {number} comes after a later one")
        if label == "^":
            self.statements[-1]["end"] = end
        else:
            self.statements.append({"start": start, "end": end, "label": _label(label)})

    def _claim(self, parts: str) -> Mark:
        if parts.count("|") != 2:
            raise ListError("a claim is '> source | cue | content'")
        source, cue, content = (part.strip() for part in parts.split("|"))
        begin = self.statements[-1]["start"]
        cues = [claim["cue"]["end"] for claim in self.claims if claim["cue"]]
        claim: Mark = {"source": None, "cue": None, "content": None}
        after = begin
        if cue != "-":
            try:
                start, after = self._find(cue, max(begin, cues[-1] if cues else 0))
            except ListError:
                start, after = self._find(cue, begin)
            claim["cue"] = _span(start, after)
        if source != "-":
            claim["source"] = _span(*self._nearest(source, begin, after))
        try:
            claim["content"] = _span(*self._stretch(content, after))
        except ListError:
            claim["content"] = _span(*self._stretch(content, begin))
        return claim

    def _stretch(self, words: str, after: int) -> tuple[int, int]:
        if "..." not in words or words in self.text:
            return self._find(words, after)
        first, last = (part.strip() for part in words.split("...", 1))
        start = self._find(first, after)[0] if first else self.statements[-1]["start"]
        if last:
            return start, self._find(last, start + len(first))[1]
        sentence = self.text[: self.statements[-1]["end"]]
        return start, len(re.sub(r"[.\s]+(['\"”’)]*)$", r"\1", sentence))

    def _nearest(self, words: str, begin: int, cue: int) -> tuple[int, int]:
        before = [place for place in self._places(words, begin) if place[1] <= cue]
        return before[-1] if before and "#" not in words else self._find(words, begin)

    def _find(self, words: str, after: int) -> tuple[int, int]:
        words, _, count = words.partition("#") if re.search(r"#\d$", words) else (words, "", "1")
        places = self._places(words, after)
        if len(places) < int(count):
            raise ListError(f"{words!r} does not stand in the sentence from there on")
        return places[int(count) - 1]

    def _places(self, words: str, after: int) -> list[tuple[int, int]]:
        if not words:
            raise ListError("words are missing")
        whole = rf"(?<!\w){re.escape(words)}(?!\w)"
        matches = re.compile(whole).finditer(self.text, after, self.statements[-1]["end"])
        return [match.span() for match in matches]


def _span(start: int, end: int) -> Mark:
    return {"start": start, "end": end}


def _label(name: str) -> str:
    if name not in list(Statement):
        raise ListError(f"{name!r} is no statement label")
    return name


@app.command()
def collect(
    run: Runs,
    drawn: Path,
    lists: list[Path],
    unmarked: Annotated[
        bool, typer.Option(help="Show capitalised words that no entity covers, to look at again.")
    ] = False,
) -> None:
    """Stand-off lines of the paragraphs that the lists hold, on standard output; what does not fit
    is named with file and line, and its paragraph left out (exit 1)."""
    records = {record["id"]: record for record in read_jsonl(run)}
    windows = {Path(row["doc"]).name: row for row in read_jsonl(drawn)}
    faults = 0
    for path in lists:
        for name, lines in _by_paragraph(path):
            cable = name.rpartition("/")[0]
            record = records[cable]
            paragraph = next(p for p in record["paragraphs"] if p["id"] == name)
            try:
                found = _read_list(record, paragraph, lines)
            except ListError as error:
                print(f"{path}:{error}", file=sys.stderr)
                faults += 1
                continue
            if unmarked:
                _print_unmarked(paragraph, found)
                continue
            row = {
                "schema": "cablespan.standoff/1",
                "scheme": "cablespan.scheme/1",
                "doc": windows[cable]["doc"],
                "paragraph": name,
                "sha256": sha256(paragraph["text"].encode()).hexdigest(),
                **{key: paragraph[key] for key in ("number", "section", "kind")},
                **found,
            }
            print(orjson.dumps(row).decode())
    raise typer.Exit(1 if faults else 0)


def _by_paragraph(path: Path) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    name, lines = "", []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("# "):
            if name:
                yield name, lines
            name, lines = line.split()[1], []
        elif line.strip() and not line.startswith("==="):
            lines.append((number, line.strip()))
    if name:
        yield name, lines


def _read_list(
    record: Record, paragraph: Record, lines: Iterable[tuple[int, str]]
) -> dict[str, list[Mark]]:
    marks = Statements(paragraph["text"], sentences(record, paragraph))
    number = 0
    for number, line in lines:
        try:
            marks.read(line)
        except ListError as error:
            raise ListError(f"{number}: {paragraph['id']}: {error}") from error
    if not marks.statements and paragraph["kind"] == "heading":
        marks.statements = [{"start": s, "end": e, "label": "ADMIN"} for s, e in marks.sentences]
    covered = {i for s in marks.statements for i in range(s["start"], s["end"])}
    missing = [n for n, (start, _) in enumerate(marks.sentences, 1) if start not in covered]
    if missing:
        raise ListError(f"{number}: {paragraph['id']}: sentences {missing} have no label")
    return {key: getattr(marks, key) for key in ("entities", "statements", "claims")}


def _print_unmarked(paragraph: Record, found: dict[str, list[Mark]]) -> None:
    text = paragraph["text"]
    covered = {i for mark in found["entities"] for i in range(mark["start"], mark["end"])}
    begins = {statement["start"] for statement in found["statements"]}
    words = [
        match.group()
        for match in re.finditer(r"(?<!\w)[A-Z][\w/&.-]*(?: [A-Z][\w/&.-]*)*", text)
        if match.start() not in covered and match.start() not in begins and not text.isupper()
    ]
    if words:
        print(paragraph["id"], "|", " | ".join(words))


if __name__ == "__main__":
    app()
