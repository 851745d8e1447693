"""The REF line: other cables in every way of writing them, and the messages that are no cables."""

import re
from functools import cache
from typing import NamedTuple

from cablespan.cable import Reference
from cablespan.header.furniture import without_marks
from cablespan.header.opening import read_opening
from cablespan.header.posts import id_of, known_post, longest_post, nearest_post, says_kind
from cablespan.lexicon import load

_TOKEN = re.compile(
    r"(?<![A-Za-z0-9])[01][A-Za-z]{2,}|[A-Za-z]{1,20}[015][A-Za-z]{2,}|[A-Za-z]{3,20}[015][A-Za-z](?=\s{1,3}\d)|\d+"
    r"|[A-Za-z](?:[A-Za-z']*[A-Za-z])?|[^\sA-Za-z\d]"
)
_REF_LABEL = re.compile(
    r"^[ \t]{0,8}(?:REF(?:S|TELS?|ERENCES?)?(?:\(S\))?|REFTEL\(S\))[ \t]{0,3}[:.]",
    re.IGNORECASE | re.MULTILINE,
)
_DTG = re.compile(r"\b\d{6}Z(?: ?[A-Z]{3} ?\d{2,4})?", re.IGNORECASE)
_NUMBER_ALONE = re.compile(
    r"[\s.]{0,5}(\d{1,7})(?:\s{0,3}\([A-Z ]{2,20}\))?[\s,;.]{0,5}(?:AND)?[\s,;.]{0,5}",
    re.IGNORECASE,
)
_FILLERS = frozenset({"#", "-", ".", ":", "NO", "NR", "TEL", "TELS", "CABLE", "NUMBER", "("})
_JOINERS = frozenset({",", "/", "&", "AND", ";", "+", "OR"})


class _Token(NamedTuple):
    text: str
    start: int
    end: int


@cache
def _not_posts() -> frozenset[str]:
    return frozenset(entry["word"] for entry in load("references") if entry["kind"] == "word")


@cache
def _kinds() -> tuple[tuple[str, str], ...]:
    return tuple(
        (entry["word"], entry["kind"]) for entry in load("references") if entry["kind"] != "word"
    )


def _block(text: str) -> str:
    """The content of the REF lines; the text itself where it is a piece without labels."""
    fields = read_opening(text).fields
    if "ref" in fields:
        return fields["ref"]
    label = _REF_LABEL.search(text)
    if label:
        return text[label.end() :]
    return "" if fields else text


def canonical_id(text: str) -> str | None:
    """The canonical reference id in a text, from any spelling or garbled form, also with letters, marks and words around it.

    >>> canonical_id("07 ASTANA 000454"), canonical_id("REF: B. (C) 2007 SECSTATE 00012 (NOTAL)"), canonical_id("no id")
    ('07ASTANA454', '07STATE12', None)
    """
    within = (
        reference.value
        for reference in references(text)
        if reference.kind == "cable" and reference.value[:2].isdigit()
    )
    return id_of(text) or next(within, None)


def references(
    text: str, year: int | None = None, reference_id: str | None = None
) -> list[Reference]:
    """The references of a header or of the REF line of one. `year` is that of the cable: for references without one.

    >>> [r.value for r in references("REF: A. 06 ASTANA 009, B. STATE 7944 AND 7950", 2007)]
    ['06ASTANA9', '07STATE7944', '07STATE7950']
    """
    return references_of(_block(text), year, reference_id)


def references_of(
    field: str, year: int | None = None, reference_id: str | None = None
) -> list[Reference]:
    """The references of a REF line's content."""
    block = without_marks(field).replace("¶", " ")
    own = id_of(reference_id) if reference_id else None
    if year is None and own:
        year = int(own[:2]) + (2000 if int(own[:2]) < 45 else 1900)
    found: list[Reference] = []
    for letter, item, _ in _items(block):
        alone = _NUMBER_ALONE.fullmatch(item)
        if alone and found and found[-1].kind == "cable" and letter is not None:
            found.append(
                Reference(
                    re.sub(r"\d+$", str(int(alone[1])), found[-1].value), "cable", alone[1], letter
                )
            )
            continue
        found.extend(_references_of(item, letter, year))
    seen: set[str] = set()
    kept = []
    for reference in found:
        if reference.value != own and reference.value not in seen:
            seen.add(reference.value)
            kept.append(reference)
    return kept


_ENUMERATOR = re.compile(
    r"(?:^|(?<=[\s,;:.)\]]))[(\[]?([A-Z]|[a-z])(?:[.):\]]{1,2}|-(?=\s))(?:\s{0,2}[(\[][A-Za-z][)\]])?(?![A-Za-z]\.)(?=\s|\d|[A-Z(])|(?:^|(?<=\s))[(\[]([A-Z])[)\]]",
    re.MULTILINE,
)


def _items(block: str) -> list[tuple[str | None, str, int]]:
    """The enumerated items of a block: letter, text, offset; one item without letter where nothing is enumerated."""
    marks = [match for match in _ENUMERATOR.finditer(block)]
    bounds = [(None, 0, marks[0].start() if marks else len(block))]
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        letter = (mark[1] or mark[2]).upper()
        bounds.append((letter, mark.end(), following.start() if following else len(block)))
    return [
        (letter, block[start:end], start)
        for letter, start, end in bounds
        if block[start:end].strip()
    ]


def _kind_of(item: str) -> str | None:
    """The kind of an item that is no cable by its words."""
    upper = " " + " ".join(item.upper().split()) + " "
    for word, kind in _kinds():
        if word in upper:
            return kind
    return None


def _references_of(item: str, letter: str | None, year: int | None) -> list[Reference]:
    cables = _cables(item, letter, year)
    if cables:
        return cables
    kind = _kind_of(item)
    text = " ".join(item.split()).strip(" ,;.")
    if kind is not None:
        return [Reference(text, kind, text, letter)]
    dtg = _DTG.search(item)
    if dtg:
        return [Reference(" ".join(dtg[0].upper().split()), "dtg", text, letter)]
    return []


def _post_at(tokens: list[_Token], index: int) -> tuple[str, int] | None:
    """The post that is written at a token, and the index behind it: the longest spelling that is known."""
    words: list[str] = []
    best = None
    position = index
    while position < len(tokens) and len(words) < longest_post() + 1:
        token = tokens[position].text
        if _is_word(token):
            words.append(token)
            origin = known_post("".join(words))
            if origin:
                best = origin, position + 1
        elif token not in "-./'" or not words:
            break
        position += 1
    return best


def _is_word(token: str) -> bool:
    return token[0].isalpha() or token[-1].isalpha()


def _is_year(token: str) -> bool:
    return len(token) == 2 and token.isdigit() or len(token) == 4 and token.startswith(("19", "20"))


def _cables(item: str, letter: str | None, year: int | None) -> list[Reference]:
    tokens = [_Token(match[0], *match.span()) for match in _TOKEN.finditer(item)]
    found: list[Reference] = []
    used = 0
    index = 0
    while index < len(tokens):
        if not _is_word(tokens[index].text):
            index += 1
            continue
        post = _post_at(tokens, index) or _unknown_post_at(tokens, index)
        if post is None:
            index += 1
            continue
        origin, after = post
        written = None
        first = index
        before = index - 1
        if before >= used and (tokens[before].text in "'-/." or says_kind(tokens[before].text)):
            before -= 1
        if before >= used and _is_year(tokens[before].text):
            written, first = tokens[before].text, before
        position = after
        while position < len(tokens) and tokens[position].text.upper() in _FILLERS:
            position += 1
        if _is_year_before_serial(tokens, position, year):  # "STATE 2006 055412"
            written, position = tokens[position].text, position + 1
        serials: list[tuple[str, int]] = []
        while (
            position < len(tokens)
            and tokens[position].text.isdigit()
            and not _is_time(tokens, position)
        ):
            serials.append((tokens[position].text, position))
            position += 1
            behind = _year_behind(tokens, position, year)
            if behind is not None:
                written = written or tokens[behind[0]].text
                position = behind[1]
            following = position
            while following < len(tokens) and tokens[following].text.upper() in _JOINERS:
                following += 1
            if (
                following == position
                or following >= len(tokens)
                or not tokens[following].text.isdigit()
            ):
                break
            if (
                _is_year(tokens[following].text)
                and following + 1 < len(tokens)
                and _post_at(tokens, following + 1)
            ):
                break
            position = following
        if not serials:
            number = index - 1
            before_post = (
                written is None
                and number >= used
                and tokens[number].text.isdigit()
                and len(tokens[number].text) > 2
            )
            if before_post and not _is_time(tokens, position):
                serials, first = [(tokens[number].text, after - 1)], number
                position = after
            else:
                index += 1
                continue
        found.extend(_made(item, tokens, origin, written, year, serials, first, letter))
        used = index = position
    return found


def _is_year_before_serial(tokens: list[_Token], index: int, year: int | None) -> bool:
    words = [token.text for token in tokens[index : index + 2]]
    return (
        len(words) == 2
        and len(words[0]) == 4
        and _is_year(words[0])
        and _is_past(words[0], year)
        and words[1].isdigit()
    ) and not _is_time(tokens, index + 1)


def _is_time(tokens: list[_Token], index: int) -> bool:
    """Whether a number is a date-time group: six digits and a Z."""
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    return (
        index < len(tokens)
        and len(tokens[index].text) == 6
        and following is not None
        and following.text.upper() == "Z"
        and following.start == tokens[index].end
    )


def _year_behind(tokens: list[_Token], index: int, year: int | None) -> tuple[int, int] | None:
    """The year that stands behind a serial, `(07)`, `/07`, `'07`, `2007`: its index and the one to go on from."""
    words = [token.text for token in tokens[index : index + 4]]
    if (
        len(words) > 2
        and words[0] == "("
        and _is_year(words[1])
        and words[2] == ")"
        and _is_past(words[1], year)
    ):
        return index + 1, index + 3
    sign = 1 if words and words[0] in "'/-’" else 0
    if len(words) <= sign or not _is_year(words[sign]) or not _is_past(words[sign], year):
        return None
    if len(words) > sign + 1 and (_post_at(tokens, index + sign + 1) or words[sign + 1] in "/-"):
        return None
    return index + sign, index + sign + 1


def _is_past(written: str, year: int | None) -> bool:
    """Whether a written year is that of the cable or one of the thirty before it."""
    if year is None:
        return True
    age = (year - int(written)) % 100 if len(written) == 2 else year - int(written)
    return 0 <= age <= 30


def _made(item, tokens, origin, written, year, serials, first, letter) -> list[Reference]:
    short = f"{int(written if written is not None else year) % 100:02d}" if written or year else ""
    made = []
    for serial, at in serials:
        text = " ".join(item[tokens[first].start : tokens[at].end].split())
        made.append(Reference(f"{short}{origin}{int(serial)}", "cable", text, letter))
        first = at
    return made


def _unknown_post_at(tokens: list[_Token], index: int) -> tuple[str, int] | None:
    """A word between a year and a serial that is nearly the name of a post."""
    word = tokens[index].text.upper()
    if (
        index + 1 < len(tokens)
        and tokens[index + 1].text.startswith("0")
        and tokens[index + 1].start == tokens[index].end
    ):
        cut = known_post(word + "O")  # a zero for the last letter: OSL012
        if cut:
            return cut, index + 1
    if (
        len(word) < 4
        or word in _not_posts()
        or index + 1 >= len(tokens)
        or not tokens[index + 1].text.isdigit()
    ):
        return None
    origin = nearest_post(word)
    return (origin, index + 1) if origin else None
