"""Who classified a cable, why, and until when."""

import re
from datetime import date
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from cablespan.header.dates import date_of
from cablespan.header.furniture import is_furniture, is_running
from cablespan.header.opening import read_opening
from cablespan.header.posts import known_post
from cablespan.lexicon import load

_EO = re.compile(r"(?<!\d)\d{5}(?!\d)")
_CLASSIFIED_BY = re.compile(
    r"\b(?:(?:DERIVATIVELY )?CLAS+I?FI?[A-Z]{0,3}(?:\s{1,3}(?:BY|BT|PER|B Y)\b|:|\s{1,3}AUTHORITY\b)|CLASS\. BY|CLASSIFIER\b"
    r"|(?P<told>(?:CABLE|MESSAGE|TELEGRAM)\s(?:WAS\s|IS\s|HAS\sBEEN\s)?CLASSIFIED(?:\sBY)?\b))[\s:;-]{0,6}",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:for\s+(?:the\s+)?(?:following\s+)?)?re[a-z]{0,3}s[a-z]{0,2}[onm]{0,2}s?\b(?=[\s:.,;(-]{0,6}(?:e\.?o|1|i\.|\(?[a-h]\)|$|under|are|is|section|par))"
    r"|\b(?:for|per|under|pursuant|in accordance|by authority|by virtue)\s+(?:to\s+)?(?:the\s+)?(?:sec|e\.?\s?o\b|executive"
    r"|1\s?[.,]|para|follow)"
    r"|[\s(,;:-][1Il]\s?[.,-]\s?[456]\b|\bE\.?\s?O\.?\s?1[23]|\bdeclas|\bdecl\b",
    re.IGNORECASE,
)
_LETTERS = re.compile(
    r"(?<![\dA-Z])[1Il]\s?[.,-]\s?[456]\s?[.,]?((?:[\s,/&().]|AND|and|[A-Ha-h](?![A-Za-z])){1,40})"
)
_WORDS = re.compile(
    r"\b(?:OADR|ORIGINATING AGENCY.{0,25} REQUIRED|XGDS(?:[ -]?\d)?|ADS|GDS|N\s?/\s?A|NA|MR|X-\d)\b"
    r"|\b(?:25|50)X\d(?:-HUMAN)?\b|\b\d{1,2}/(?:19|20)\d\d\b|(?<![A-Za-z])X[1-9](?:\s?,\s?X?[1-9])*\b",
    re.IGNORECASE,
)
_LETTER_FOR_ZERO = re.compile(r"\bO(?=\d/)|(?<=\d)O(?=[\d/])")
_LABEL = re.compile(
    r"\b(?:DECLASSIFY\s+ON|DECLASSIFIED\s+ON|DECLASSIFY|DECLASS?|DECL)\b\s{0,2}(?:ON\b)?[:;. ]{0,4}",
    re.IGNORECASE,
)
_INITIAL = re.compile(r"[A-Z]\.")
_HARD_WRAP = 68  # from this column on a line end may fall within a word
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})
_SUFFIX = re.compile(r",\s{0,3}((?:JR|SR)\.?|I{2,3}\b|IV\b)", re.IGNORECASE)
_NICKNAME = re.compile(r"(?<=\w) [\"“](\w+)[\"”] (?=[A-Z])")  # William "Bill" Roe
_PARTICLES = frozenset(
    {
        "de",
        "la",
        "del",
        "van",
        "von",
        "der",
        "den",
        "di",
        "da",
        "al",
        "el",
        "du",
        "le",
        "dos",
        "ter",
        "ten",
        "y",
    }
)


def eo_of(field: str | None) -> str | None:
    """The number of the executive order in an E.O. line.

    >>> eo_of("E.O. 12958: DECL: 09/10/2017")
    '12958'
    """
    match = _EO.search(field or "")
    return match[0] if match else None


def declassification(fields: dict[str, str]) -> date | str | None:
    """The date or the words of the DECL line or the E.O. line."""
    for name in ("declassify", "eo"):
        text = fields.get(name, "")
        if name == "eo":
            text = _EO.sub(" ", text, count=1)
            label = _LABEL.search(text)
            text = text[label.end() :] if label else text.split(":", 1)[-1]
        text = _LETTER_FOR_ZERO.sub("0", text.split("TAGS")[0])
        found = date_of(text)
        if found:
            return found
        word = _WORDS.search(text)
        if word:
            written = " ".join(word[0].upper().split()).replace(
                " ", "" if "/" in word[0] or word[0][:1] in "Xx" else " "
            )
            return (
                "OADR"
                if written.startswith("ORIGINATING")
                else "N/A"
                if written == "NA"
                else written
            )
        words = " ".join(text.split()).strip(" .:;,-")
        if words and (name == "declassify" or label) and words[0].isalpha():
            return words
    return None


def declassify_on(text: str) -> date | str | None:
    """The date on which a cable is to be declassified; the words where there is no date (OADR, GDS, X1, N/A).

    >>> declassify_on("E.O. 12958: DECL: 09/10/2017"), declassify_on("E.O. 12356: DECL: OADR")
    (datetime.date(2017, 9, 10), 'OADR')
    """
    opening = read_opening(text)
    found = declassification(opening.fields)
    if found is None:
        head = (
            text[: opening.body].replace(opening.fields.get("subject") or "\0", "")
            if opening.fields
            else text
        )
        label = _LABEL.search(head)
        if label:
            found = declassification(
                {"declassify": head[label.end() :].split("\n\n")[0].split("\n")[0]}
            )
        elif not opening.fields and not is_running(text):
            found = date_of(text)
    return found


@cache
def _office_words(kind: str = "office") -> frozenset[str]:
    """The words of offices; with `kind` "given" or "surname" the names that look like one."""
    return frozenset(
        entry["word"] for entry in load("office_words") if entry.get("kind", "office") == kind
    )


@cache
def _long_office_words() -> tuple[str, ...]:
    return tuple(word for word in _office_words() if len(word) >= 6 and word.isalpha())


@cache
def _is_office(word: str) -> bool:
    """Whether a word belongs to an office, spelt right or nearly so."""
    bare = word.lower().strip(".,:;")
    if bare in _office_words() or bare.replace("'", "") in _office_words():
        return True
    if "/" in bare or "&" in bare:
        return True
    if "-" in bare and any(part in _office_words() for part in bare.split("-") if len(part) > 2):
        return True
    return (
        len(bare) >= 7
        and bare.isalpha()
        and bare not in _office_words("given")
        and process.extractOne(
            bare, _long_office_words(), scorer=OSA.distance, score_cutoff=1 if len(bare) < 9 else 2
        )
        is not None
    )


def _joined(lines: list[str]) -> str:
    """Lines of a Classified By block as one: a word that the hard wrap cut is put together again."""
    text = ""
    previous = len("Classified By: ")
    for raw in lines:
        line = raw.strip()
        if not line or is_furniture(line):
            continue
        within = (
            previous >= _HARD_WRAP
            and text[-1:].isalpha()
            and line[0].isalpha()
            and not raw.startswith(" ")
            and _goes_on(text, line)
        )
        text += line if not text or within else " " + line
        previous = len(raw.rstrip()) + (previous if text == line else 0)
    return text


def _goes_on(text: str, line: str) -> bool:
    """Whether a line's first letters end the word that the text broke off in."""
    left, right = text.rsplit(None, 1)[-1], re.match(r"[A-Za-z]+", line)[0]
    if _is_office(left) and _is_office(right):
        return False
    if (
        _is_office(left + right)
        or left[0].isupper()
        and left[1:].islower()
        and right.islower()
        and (len(right) == 1 or not _is_office(right))
    ):
        return True
    return (
        left.isupper()
        and right.isupper()
        and not _is_office(left)
        and not _is_office(right)
        and len(right) <= 4
    )


def classified_by(text: str) -> str | None:
    """The person who classified a cable, without office and reason.

    >>> classified_by("Classified By: DCM Jane Roe. Reason 1.4 (b) and (d)")
    'Jane Roe'
    >>> classified_by("CLASSIFIED BY JOHN DOE, AMBASSADOR, REASON 1.5 (D)")
    'JOHN DOE'
    """
    field = read_opening(text).fields.get("classified_by")
    if not field:
        label = next(
            (
                match
                for match in _CLASSIFIED_BY.finditer(text)
                if match[0][0].isupper() or match["told"]
            ),
            None,
        )
        if label is None:
            return None
        field = re.split(
            r"\n[ \t]*\n|\n\s*(?:¶?\s?\d{1,2}\.\s|SUBJ|TAGS|REF)",
            text[label.end() :].lstrip(),
            maxsplit=1,
        )[0]
    return person_of(field)


@lru_cache(4096)  # an officer classifies many cables in the same words
def person_of(field: str) -> str | None:
    """The person named in the content of a Classified By line."""
    line = _joined(field.split("\n"))[:400]
    again = _CLASSIFIED_BY.search(line)
    if again and again.start() < 40:
        line = line[again.end() :]
    reason = _REASON.search(line, 3)
    if reason:
        line = line[: reason.start()]
    suffixed = _SUFFIX.search(line) is not None
    line, nicknamed = _NICKNAME.subn(r" '\1' ", line)
    line = _SUFFIX.sub(" \\1", line)
    runs = []
    for part in re.split(
        r"[,;:()\[\]\"]|\s[-–—]{1,2}\s|--|(?<!JR)(?<!Jr)(?<!SR)(?<!Sr)(?<!\b[A-Z])\.\s{2,}|(?<=[a-z]{3})\.\s",
        line,
    ):
        runs.append(_name_runs(part))
    best = _best(runs)
    if not best:
        return None
    name = re.sub(
        r" (?=(?:jr|sr|iii|ii|iv)\b)",
        ", " if suffixed else " ",
        " ".join(best),
        flags=re.IGNORECASE,
    )
    return re.sub(r"'(\w+)'", r'"\1"', name) if nicknamed else name


def _name_runs(part: str) -> list[list[str]]:
    """The runs of words between words of offices."""
    words = part.split()
    runs: list[list[str]] = [[]]
    for index, word in enumerate(words):
        bare = word.strip("\"'`*.")
        initial = (
            len(bare) <= 2
            and bare.isalpha()
            and (word.endswith(".") or len(bare) == 1)
            or re.fullmatch(r"(?:[A-Z]\.){1,3}[A-Z]?|0\.", word) is not None
        )
        if (
            (
                initial
                and (bare.isupper() or bare == "0")
                and (
                    runs[-1]
                    or index + 1 < len(words)
                    and (_INITIAL.fullmatch(words[index + 1]) or not _is_office(words[index + 1]))
                )
                and not (len(bare) == 2 and _is_office(bare))
            )
            or bare.lower() in _PARTICLES
            and (runs[-1] or bare[0].isupper())
            and index + 1 < len(words)
            or runs[-1]
            and bare.lower() in _SUFFIXES
        ):
            runs[-1].append(word)
        elif (
            runs[-1]
            and bare[:1].isupper()
            and "/" not in bare
            and _is_surname(runs[-1], bare, index == len(words) - 1)
        ):
            runs[-1].append(bare)
        elif (
            not bare
            or not bare[0].isupper()
            or _is_office(bare)
            or any(sign.isdigit() for sign in bare)
        ):
            runs.append([])
        else:
            runs[-1].append(word.strip('"`*'))
    return [run for run in runs if any(len(word.strip(".")) > 1 for word in run)]


def _is_surname(run: list[str], word: str, last: bool) -> bool:
    """Whether a word that could belong to an office ends a name: behind an initial, or as the last word where surnames are such words."""
    initial = len(run[-1].strip(".")) == 1
    return initial and len(word) > 2 or last and word.lower() in _office_words("surname")


def _best(parts: list[list[list[str]]]) -> list[str] | None:
    """The run that is a person's name: the first of two words and more that is no post's; else a single one."""
    for wanted in (2, 1):
        for runs in parts:
            for run in reversed(runs):
                names = [word for word in run if word.strip(".").lower() not in _SUFFIXES]
                if len(names) < wanted or (
                    wanted == 1 and (len(names[0]) < 3 or known_post(names[0]) is not None)
                ):
                    continue
                place = known_post("".join(names))
                if place is not None:
                    continue
                run = run[
                    max(
                        (n for n in range(1, min(4, len(run) - 1)) if _is_place(run[:n])), default=0
                    ) :
                ]
                run[-1] = run[-1] if run[-1].lower() in ("jr.", "sr.") else run[-1].rstrip(".'")
                return run
    return None


def _is_place(words: list[str]) -> bool:
    return known_post("".join(words)) is not None or " ".join(words).lower() in _countries()


@cache
def _countries() -> frozenset[str]:
    return frozenset(
        name.lower() for entry in load("countries") for name in (entry["name"], *entry["aliases"])
    )


def reasons(fields: dict[str, str]) -> list[str]:
    """The reasons of a classification: "1.4 (b)", "1.4 (d)"."""
    text = " ".join(
        f"{fields.get('classified_by', '')} {fields.get('reason', '')} {fields.get('eo', '')}".split()
    )
    found = []
    for match in _LETTERS.finditer(text):
        section = "1." + re.search(r"[456]", match[0][2:])[0]
        letters = re.findall(r"(?<![A-Za-z])[A-Ha-h](?![A-Za-z])", match[1])
        found.extend(f"{section} ({letter.lower()})" for letter in letters)
    return list(dict.fromkeys(found))
