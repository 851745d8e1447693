"""A pipeline that only tokenizes, and fails where a cable tells it to: for what concerns runs and
not annotations."""

import os
import signal
import sys
import time
from functools import cache, partial

import orjson
import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab


@cache
def ministries(vocab: Vocab) -> PhraseMatcher:
    """Built on first use, as the lexicon's matchers are."""
    matcher = PhraseMatcher(vocab, attr="LOWER")
    matcher.add("a name that no text holds", [Doc(vocab, words=["the", "ministry"])])
    return matcher


DONE: list[str] = []  # what this process has annotated


@Language.component("poison")
def poison(doc: Doc) -> Doc:
    if "RAISE" in doc.text:
        raise RuntimeError("poison in the cable")
    if "HANG" in doc.text:
        while True:
            time.sleep(0.05)
    if "STUCK" in doc.text:  # as compiled code that never returns to the interpreter
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
        time.sleep(600)
    if "KILL" in doc.text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "MEMORY" in doc.text:
        raise MemoryError
    cured = os.environ.get("POISON_CURED")
    if "CROWDED" in doc.text and DONE and not cured:  # as memory runs out that others hold
        os.kill(os.getpid(), signal.SIGKILL)
    if "FLAKY" in doc.text and not cured:
        raise RuntimeError("not today")
    if "case" in doc.text:  # and not the text that warms a worker up
        DONE.append(doc.text)
    time.sleep(float(os.environ.get("POISON_PACE", 0)))
    assert ministries(doc.vocab)(doc) or "Ministry" not in doc.text
    doc.ents = [doc.char_span(0, len("The Embassy"), label="AGENCY", alignment_mode="expand")]
    return doc


def pipeline() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("poison")
    DONE.clear()
    return nlp


def broken() -> Language:
    os.kill(os.getpid(), signal.SIGKILL)


def dump(cables: int, poisons: dict[int, str] | None = None, id: str = "07ASTANA{}") -> bytes:
    """JSON Lines of invented cables; `poisons` says which cable carries which."""
    lines = []
    for number in range(cables):
        text = (
            f"The Embassy told the Ministry that case {number} is closed.\n\n"
            f"Post will report. {(poisons or {}).get(number, '')}"
        )
        lines.append(
            orjson.dumps({"text": text, "meta": {"id": id.format(number), "date": "2007-02-21"}})
        )
    return b"\n".join(lines) + b"\n"


def code_hash() -> str:
    return "the code of the tests"


if __name__ == "__main__":
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # ignored where a shell started the tests in the background
    from cablespan.runs.batch import annotate
    from cablespan.runs.batch import run as runs

    runs.code_hash = code_hash
    inputs, output, *more = sys.argv[1:]
    run = partial(
        annotate,
        [inputs],
        output,
        shard_size=10,
        workers=2,
        time_limit=20,
        resume=True if more else None,
    )
    sys.exit(run(loader=pipeline))
