"""Text in which blank lines separate the paragraphs: one block, one paragraph, unless the lines are hard-wrapped as a cable's are."""

import re

from cablespan.segment.layout import Draft, lay_out
from cablespan.segment.starts import start_of

_BLANK = re.compile(r"\n[ \t\r\f\v]*\n")
_LINES_OF_A_WRAPPED_BLOCK = 4
_FIRST_NUMBER = 30  # a telegram's own number can stand where that of its first paragraph would


def _blocks(source: str, start: int, end: int) -> list[tuple[int, int]]:
    bounds, at = [], start
    for match in _BLANK.finditer(source, start, end):
        if match.start() >= at:
            bounds.append((at, match.start()))
            at = match.end()
    bounds.append((at, end))
    return [(a, b) for a, b in bounds if source[a:b].strip()]


def lay_out_blocks(source: str, body: int) -> list[Draft]:
    """The paragraphs of a text; the opening's blocks, before `body`, as drafts of kind "header"."""
    if _is_wrapped(source, _blocks(source, body, len(source))):
        drafts = [Draft("header", lines=_lines(source, start, end)) for start, end in _blocks(source, 0, body)]
        return drafts + lay_out(source, body, len(source))
    blocks = _blocks(source, 0, len(source))
    drafts = [Draft("header", lines=_lines(source, start, end)) for start, end in blocks if end <= body]
    blocks = blocks[len(drafts) :]
    last = 0
    for start, end in blocks:
        lines = _lines(source, start, end)
        opening = start_of(lines[0][1])
        draft = Draft("text", lines=lines)
        if opening is not None and opening.kind == "numbered" and (opening.marking or opening.number <= max(last, 1) + _FIRST_NUMBER - 1):
            draft.kind, draft.number, last = "numbered", opening.number, opening.number
        elif opening is not None and opening.kind == "item":
            draft.kind = "item"
        if opening is not None:
            draft.marking = opening.marking
            begin, first = lines[0]
            rest = first[opening.skip :]
            if rest or len(lines) > 1:
                lines[:1] = [(begin + opening.skip, rest)] if rest else []
            else:
                draft.kind, draft.number, draft.marking = "text", None, None
        drafts.append(draft)
    return drafts


def _lines(source: str, start: int, end: int) -> list[tuple[int, str]]:
    lines, offset = [], start
    for raw in source[start:end].splitlines(True):
        line = raw.strip()
        if line:
            lines.append((offset + raw.index(line[0]), line))
        offset += len(raw)
    return lines


def _is_wrapped(source: str, blocks: list[tuple[int, int]]) -> bool:
    """Whether most of the text stands in blocks of many short, nearly full lines."""
    wrapped = total = 0
    for start, end in blocks:
        block = source[start:end]
        lengths = sorted(len(line) for line in block.splitlines())
        total += end - start
        if len(lengths) >= _LINES_OF_A_WRAPPED_BLOCK and lengths[-1] <= 90 and lengths[len(lengths) // 2] >= 45:
            wrapped += end - start
    return wrapped * 2 > total
