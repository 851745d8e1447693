"""Test texts with inline marks: `"the <AGENCY>Financial Police</AGENCY> acted"` in, text and spans
out."""

import re

_MARK = re.compile(r"<(/?)([A-Z_]+)(?: id=(\w+))?>")


def parse_marked(marked: str) -> tuple[str, list[tuple[int, int, str]]]:
    """Text without marks, and `(start, end, label)` of each mark in order of their start; marks may
    nest."""
    text, spans, open_marks, last = "", [], [], 0
    for mark in _MARK.finditer(marked):
        text += marked[last : mark.start()]
        last = mark.end()
        closing, label, _ = mark.groups()
        if closing:
            start, opened = open_marks.pop()
            assert opened == label, f"<{opened}> is closed by </{label}> in {marked!r}"
            spans.append((start, len(text), label))
        else:
            open_marks.append((len(text), label))
    assert not open_marks, f"unclosed {open_marks} in {marked!r}"
    return text + marked[last:], sorted(spans)
