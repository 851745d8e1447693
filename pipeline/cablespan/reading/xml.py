"""XML as its source spells it: made fit for a parser, and its text with the way back."""

import re
from collections.abc import Mapping
from html.entities import html5

from cablespan.cable import Piece, SourceMap

# What is never closed goes on to the end, and an attribute ends before the next "<", so that the
# time stays linear.
_TOKEN = re.compile(
    r"""
    <!--.*?(?:-->|\Z) | <\?.*?(?:\?>|\Z)
  | <!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)
  | <!DOCTYPE[^\[<>]*(?:> | \[.*?(?:\]\s{0,9}>|\Z))
  | (?P<tag>   </?[^\W\d](?:[^<>"'] | "[^"<]*" | '[^'<]*')*> )
  | (?P<sign>  &\#?\w{1,32}; )
  | (?P<end>   \r\n? )
  | (?P<run>   [^<&\r]+ | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_NAMED = re.compile(
    r"(?P<cdata><!\[CDATA\[.*?(?:\]\]>|\Z))|&(?P<name>[A-Za-z]\w{0,31});", re.DOTALL
)
_DECLARED = re.compile(r"""<!ENTITY\s+([\w.-]+)\s+(?:"([^"<%]{0,99})"|'([^'<%]{0,99})')\s*>""")
_BUILT_IN = frozenset({"amp", "lt", "gt", "quot", "apos"})
_DECLARATION = re.compile(r"^\ufeff?<\?xml\b[^<>]{0,200}\?>")
# A reference to a number that UTF-16 keeps for halves of signs: D800 to DFFF, 55296 to 57343.
_HALF_SIGN = re.compile(
    r"&#(?:x0*d[89a-f][0-9a-f]{2}|0*5(?:529[6-9]|5[3-9]\d\d|6\d{3}|7[0-2]\d\d|73[0-3]\d|734[0-3]));",
    re.IGNORECASE,
)


def fit_to_parse(source: str) -> str:
    r"""XML that has been decoded, for a parser: without its declaration; with U+FFFD for references
    to half a sign, on which lxml fails when it is asked for the text; and with the numbers of
    entities that the source declares as plain text, or that HTML names.

    >>> fit_to_parse("<p>A &#xD83D;&#65;&mdash;B &amp; C</p>")
    '<p>A \ufffd&#65;&#8212;B &amp; C</p>'
    """
    source = _DECLARATION.sub(lambda match: " " * len(match[0]), source)
    entities = _entities(source)

    def numbered(match: re.Match[str]) -> str:
        signs = None if match["name"] in _BUILT_IN else entities.get(match["name"] or "")
        return match[0] if signs is None else "".join(f"&#{ord(sign)};" for sign in signs)

    return _HALF_SIGN.sub("\ufffd", _NAMED.sub(numbered, source))


def text_of_root(source: str) -> tuple[str, SourceMap]:
    r"""The text of XML from its first tag on, entities resolved, and its map.

    >>> text, mapping = text_of_root('<p n="a > b">A&#160;&amp;amp; <![CDATA[<B>]]></p>')
    >>> text, list(mapping.pieces)
    ('A\xa0&amp; <B>', [(0, 13, 1), (3, 25, 5), (8, 39, 3)])
    """
    entities = _entities(source)
    parts: list[str] = []
    pieces: list[Piece] = []
    offset, begun = 0, False
    for match in _TOKEN.finditer(source):
        kind = match.lastgroup
        begun = begun or kind == "tag"
        if not begun or kind in (None, "tag"):
            continue
        written = _written(match[kind], kind, entities)
        if kind in ("run", "cdata") and written:
            pieces.append((offset, match.start(kind), len(written)))
        parts.append(written)
        offset += len(written)
    return "".join(parts), SourceMap(tuple(pieces))


def _entities(source: str) -> dict[str, str]:
    """The signs of entities by name: those of HTML, and those that the source declares."""
    named = {name[:-1]: signs for name, signs in html5.items() if name.endswith(";")}
    declared = {name: one or other for name, one, other in _DECLARED.findall(source)}
    return named | {name: _numbers_resolved(signs) for name, signs in declared.items()}


def _numbers_resolved(text: str) -> str:
    return re.sub(r"&#\w{1,8};", lambda match: _numbered_sign(match[0]), text)


def _written(token: str, kind: str, entities: Mapping[str, str]) -> str:
    """What stands in the text for an entity, a line's end with return, or other text."""
    if kind == "sign":
        return _numbered_sign(token) if token[1] == "#" else entities.get(token[1:-1], "")
    return "\n" if kind == "end" else token


def _numbered_sign(reference: str) -> str:
    """The sign of a reference to its number; U+FFFD for half a sign, "" for what is no number."""
    if _HALF_SIGN.fullmatch(reference):
        return "\ufffd"
    number = reference[2:-1]
    try:
        return chr(int(number[1:], 16) if number[0] == "x" else int(number))
    except (ValueError, OverflowError):
        return ""
