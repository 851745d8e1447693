"""Facts that stand in words: subject, TAGS, summary, signers."""

import re
from functools import cache
from itertools import islice, takewhile

from cablespan.header.furniture import inline_marks, is_furniture, starts
from cablespan.header.opening import read_opening
from cablespan.lexicon import load

_MARKING = r"(?:[(\[]\s?(?:U|SBU|C|S|TS|LOU|FOUO)(?:[/ ,-]{1,2}[A-Z/ ]{1,20})?\s?[)\]])"
_NUMBER = rf"(?:¶?\s{{0,2}}\d{{1,3}}\s?[.)]\s{{0,3}}{_MARKING}?|¶\s?\d{{1,3}}\s{{0,2}}{_MARKING}?|{_MARKING})"
_WORD = r"SUM{1,3}[AE]?R{0,2}Y"  # misspelt too
_SUMMARY = re.compile(
    rf"(?:^|(?<=[.)\n]))[ \t]*(?:{_NUMBER}[ \t]*){{0,1}}[-=* \t(]{{0,6}}(?:BEGIN\s)?(?:EXECUTIVE\s|INTRODUCTION\sAND\s"
    rf"|INTRO(?:DUCTORY)?\s|BRIEF\s)?{_WORD}"
    rf"(?:\s?(?:AND|&|/|,)\s?(?:COMMENTS?|INTRODUCTION|ACTION REQUEST(?:ED)?|RECOMMENDATIONS?|OVERVIEW|BACKGROUND|ANALYSIS"
    rf"|CONCLUSIONS?|KEY POINTS|REQUEST FOR GUIDANCE|GUIDANCE REQUEST))?"
    rf"[ \t]*{_MARKING}?[ \t]*(?P<sign>[:.)]|-{{1,3}}(?=[ \t\w])|[–—]|(?=[ \t]*\n)|[-=*]{{3,}})",
    re.IGNORECASE | re.MULTILINE,
)
_END = re.compile(
    rf"[-=*\s(\[{{]{{0,6}}(?:\bEND\s{{1,3}}(?:OF\s)?(?:EXECUTIVE\s|BRIEF\s|INTRO(?:DUCTION)?\sAND\s|COMMENT\sAND\s)?{_WORD}\b|\bENDSUMMARY"
    rf"|\b{_WORD} ENDS?\b)",
    re.IGNORECASE,
)
_ENDS = re.compile(rf"\bEND\s+(?:OF\s+)?{_WORD}[^.:]*\Z", re.IGNORECASE)
_RULE = re.compile(r"^[ \t]*[-=*_~# ]{3,}[ \t]*$")
_PARAGRAPH = re.compile(
    rf"^[ \t]*(?:¶\s{{0,2}})?\d{{1,3}}\s?(?:[.)](?!\d)|(?=[ \t]{_MARKING}))|^[ \t]*¶"
)
_STARTS = re.compile(rf"^[ \t]*{_NUMBER}[ \t]*")
_LONGEST_SUMMARY = 12_000  # characters
_POINT = re.compile(rf"^((?:--?|[*•])\s{{0,3}}){_MARKING}\s{{0,3}}")
_LAST = 800  # characters in which a signature lies, with the notes that may follow it
_SIGNER = r"(?:(?:MC|MAC|MAc|Mc|Mac|DE|LA|DEL|VAN|VON|DER|DI|DA|LE|EL|AL|ST)(?:\.? |['.-])?)?[A-Z](?:[A-Z]|['’-](?=[A-Z])){1,19}"
_SIGNATURE = re.compile(
    rf"{_SIGNER}(?:(?: [A-Z]\.)? {_SIGNER})?(?:\s?(?:/|&| AND |,)\s?{_SIGNER}){{0,2}}"
)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _content(lines: list[str]) -> str:
    """Lines as running text: rules, furniture, numbers and portion marks left out."""
    kept = []
    for line in lines:
        stripped = line.strip()
        if not stripped or _RULE.match(line) or is_furniture(stripped):
            continue
        for start, end in reversed(inline_marks(stripped)):
            stripped = stripped[:start] + " " + stripped[end:]
        number = _STARTS.match(stripped)
        kept.append(_POINT.sub(r"\1", stripped[number.end() :] if number else stripped))
    return _one_line(" ".join(kept))


def summary(text: str) -> str | None:
    """The text of a cable's summary, running, without its numbers, marks and frame words.

    >>> summary("1. (U) Summary: All is\\nwell. End summary.\\n\\n2. (U) More.")
    'All is well.'
    """
    opener = None
    for match in _SUMMARY.finditer(text):
        if not _ENDS.search(text, max(0, match.start("sign") - 30), match.start("sign")):
            opener = match
            break
    if opener is None:
        body, end = read_opening(text).body, _END.search(text)
        return (
            _content(text[body : end.start()].split("\n")) or None
            if end and body < end.start() < body + _LONGEST_SUMMARY
            else None
        )
    rest = text[opener.end() :]
    numbered = _STARTS.match(opener[0]) is not None
    headed = (
        not opener["sign"]
        or opener["sign"][0] in "-=*"
        and len(opener["sign"]) > 2
        or not rest.split("\n", 1)[0].strip(" -=*.:")
    )
    if numbered and headed:
        first = next((line for line in rest.split("\n") if line.strip()), "")
        headed = _RULE.match(first) is not None or _PARAGRAPH.match(first) is not None
    end = _END.search(rest)
    marked = end is not None and end.start() < _LONGEST_SUMMARY
    found = _content(
        rest[: end.start()].split("\n") if marked else _until_next(rest.split("\n"), headed)
    )
    found = re.sub(
        r"(?<=[.!?]) END\.?$", "", found, flags=re.IGNORECASE
    )  # all that is left of the frame
    return (
        found.strip(" -=*()[]")
        if not found.endswith(")") or found.count("(") < found.count(")")
        else found.lstrip(" -=*") or None
    )


def _until_next(lines: list[str], headed: bool) -> list[str]:
    """The lines of a summary whose end is not marked: to the end of its paragraph; below a heading to the next heading."""
    kept: list[str] = []
    for index, line in enumerate(lines):
        stripped = line.strip()
        begun = any(part.strip() and not _RULE.match(part) for part in kept)
        if begun and not is_furniture(stripped):
            following = next(
                (later.strip() for later in lines[index + 1 : index + 3] if later.strip()), ""
            )
            if (
                headed
                and stripped
                and _is_heading(stripped)
                and (_RULE.match(following) or not kept[-1].strip())
            ):
                break
            if not headed and (
                _PARAGRAPH.match(line) or not stripped and not _goes_on(kept, lines[index + 1 :])
            ):
                break
        kept.append(line)
    return kept


def _is_heading(line: str) -> bool:
    """Whether a line can be a heading: short, no sentence's end, no number."""
    return (
        len(line) < 60
        and line[-1] not in '.,;:?!")'
        and line[0].isupper()
        and not _PARAGRAPH.match(line)
    )


def _goes_on(above: list[str], below: list[str]) -> bool:
    """Whether a paragraph goes on behind a blank line: it broke off in a sentence for a page mark."""
    last = next(
        (
            line.strip()
            for line in reversed(above)
            if line.strip() and not is_furniture(line.strip())
        ),
        "",
    )
    following = next((line.strip() for line in below if line.strip()), "")
    return (
        bool(last)
        and bool(following)
        and last[-1] not in '.!?:")'
        and not _PARAGRAPH.match(following)
    )


@cache
def _no_signers() -> frozenset[str]:
    words = {
        word
        for entry in load("furniture")
        if entry["kind"] != "after"
        for word in entry["text"].upper().split()
    }
    words |= {word.upper() for entry in load("headings") for word in entry["words"].split()}
    return (
        frozenset(words)
        | frozenset(entry["word"] for entry in load("references"))
        | _header_words("no_signer")
    )


@cache
def _header_words(kind: str) -> frozenset[str]:
    return frozenset(entry["word"] for entry in load("header_words") if entry["kind"] == kind)


@cache
def _leading_on() -> frozenset[str]:
    """Words that no sentence ends with."""
    kinds = ("determiner", "preposition", "conjunction", "auxiliary")
    return frozenset(entry["form"] for entry in load("function_words") if entry["kind"] in kinds)


def signers(text: str) -> list[str]:
    """The surnames in capitals with which a cable ends: on the last line, or behind the last sentence.

    >>> signers("18. (U) All is well.\\nROE/MCDOE\\n"), signers("It is well. End comment. ROE")
    (['ROE', 'MCDOE'], ['ROE'])
    """
    return signature(text)[0]


def signature(
    text: str, start: int = 0, end: int | None = None
) -> tuple[list[str], tuple[int, int] | None]:
    """The surnames with which `text[start:end]` ends, and where their line is; None where they have none of their own.

    >>> signature("2. All is well.\\nROE\\nNNNN")
    (['ROE'], (16, 19))
    """
    end = len(text) if end is None else end
    begin = max(start, end - _LAST)
    raws = text[begin:end].splitlines(True)
    lines = [*takewhile(_is_of_the_cable, map(str.strip, raws))]
    written = (
        index
        for index in range(len(lines) - 1, -1, -1)
        if (line := lines[index])
        and not is_furniture(_STARTS.sub("", line))
        and not _RULE.match(line)
        and not line.upper().startswith(("NOTE", "(NOTE"))
        and (index == 0 or any(sign.isalpha() for sign in line))
    )
    for index in islice(written, 6):
        line, above = lines[index], lines[index - 1] if index else ""
        offset = begin + sum(map(len, raws[:index])) + raws[index].index(line)
        if "   " in line and above[-1:].isdigit():
            return [], None  # the last row of a table
        note = _NOTE_BEHIND.search(line)
        line = line[: note.start()] if note else line
        bare = re.sub(r"[\s#*\d.()-]{1,20}$", "", _BEFORE_NAMES.sub("", line)).strip()
        bare = re.sub(r"\s?\((?:ACTING|A|CDA|CHARGE)$", "", bare)
        found = _signed(bare)
        if found:
            apart = (
                not above
                or above[-1] in _SENTENCE_ENDS
                or is_furniture(above)
                or _RULE.match(above) is not None
            )
            if not apart and (
                line[-1] == "."
                or above.isupper()
                and (above[-1] == "," or above.split()[-1].lower() in _leading_on())
            ):
                return [], None  # the last word of a sentence in capitals
            own = apart and line[-1] != "." and text[start:offset].strip()
            return found, (offset, offset + len(line)) if own else None
        behind = _SIGNED_BEHIND.search(line)
        if behind:
            return _signed(behind[1]), None
        if len(line) > 30 or line[-1:] in ".:":
            return [], None
    return [], None


def _is_of_the_cable(line: str) -> bool:
    """Whether a line is not where the words of a web page begin behind the cable."""
    return not line.strip("-=*_~# ").startswith(starts("after"))


_NOTE_BEHIND = re.compile(r"\s{1,9}\(?NOTE(?::| BY\b).{0,300}$")
_BEFORE_NAMES = re.compile(r"^(?:[-\s*#\"]{1,10}|\(?(?:signed|sgd)\)?[:.]?\s)", re.IGNORECASE)
_SENTENCE_ENDS = frozenset(".!?:;)]\"'”’*-")
_SIGNED_BEHIND = re.compile(
    rf"[.!?)\"]\s{{0,4}}(?:XGDS(?:-\d)?\s|GDS\s|DECONTROL.{{0,20}}\.\s{{0,3}})?({_SIGNATURE.pattern})[\s#*\d]{{0,12}}$"
)


def _signed(line: str) -> list[str]:
    if not 2 <= len(line) <= 50 or not _SIGNATURE.fullmatch(line):
        return []
    names = [name.strip() for name in re.split(r"/|&| AND |,", line)]
    if any(
        len(name) < 2 or set(name) == {"X"} for name in names
    ):  # X's stand for what was taken out
        return []
    if any(word.upper() in _no_signers() for name in names for word in name.split()):
        return []
    return names
