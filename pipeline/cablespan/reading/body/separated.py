"""Text in which blank lines separate the paragraphs: one block, one paragraph, unless the lines are
hard-wrapped as a cable's are."""

import re

from cablespan.reading.body.draft import Draft
from cablespan.reading.body.layout import lay_out
from cablespan.reading.body.starts import start_of

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
    blocks = [(start, end, source[start:end].strip()) for start, end in bounds]
    return [
        (begin := source.index(block[0], start), begin + len(block))
        for start, end, block in blocks
        if block
    ]


def lay_out_blocks(source: str, body: int) -> list[Draft]:
    """The paragraphs of a text; the opening's blocks, before `body`, as drafts of kind "header"."""
    if _is_wrapped(source, _blocks(source, body, len(source))):
        drafts = [Draft("header", source, spans=[bounds]) for bounds in _blocks(source, 0, body)]
        return drafts + lay_out(source, body, len(source))
    blocks = _blocks(source, 0, len(source))
    drafts = [Draft("header", source, spans=[bounds]) for bounds in blocks if bounds[1] <= body]
    blocks = blocks[len(drafts) :]
    last = 0
    for start, end in blocks:
        opening = start_of(source[start:end].splitlines()[0].strip())
        draft = Draft("text", source, spans=[(start, end)])
        if (
            opening is not None
            and opening.number is not None
            and (opening.marking or opening.number <= max(last, 1) + _FIRST_NUMBER - 1)
        ):
            draft.kind, draft.number, last = "numbered", opening.number, opening.number
        elif opening is not None and opening.kind == "item":
            draft.kind = "item"
        if opening is not None:
            draft.marking = opening.marking
            begin = start + opening.skip
            if begin < end:
                draft.spans = [(begin, end)]
            else:
                draft.kind, draft.number, draft.marking = "text", None, None
        drafts.append(draft)
    return drafts


def _is_wrapped(source: str, blocks: list[tuple[int, int]]) -> bool:
    """Whether most of the text stands in blocks of many short, nearly full lines."""
    wrapped = total = 0
    for start, end in blocks:
        block = source[start:end]
        lengths = sorted(len(line) for line in block.splitlines())
        total += end - start
        if (
            len(lengths) >= _LINES_OF_A_WRAPPED_BLOCK
            and lengths[-1] <= 90
            and lengths[len(lengths) // 2] >= 45
        ):
            wrapped += end - start
    return wrapped * 2 > total
