"""Claims: parts of a tagger in, who says what out. Texts are invented; marks are the tagger's parts
and the mentions."""

import gzip
import itertools
import re
from hashlib import sha256
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.lang.en import English
from spacy.tokens import Doc

import measure_speakers
from cablespan.components.claims.attribution import Part, Triple, flatten, link_parts, overlap
from cablespan.components.claims.component import Claims
from cablespan.components.claims.cues import certainty
from cablespan.components.sentences import Sentences
from cablespan.document import CLAIM_PARTS, CLAIMS, claims_of, make_doc
from cablespan.labels import Role
from marked import parse_marked

NLP = English()
MARKS = Path(__file__).parents[2] / "annotations" / "speakers"
SENTENCES, CLAIMS_OF = Sentences(NLP, "sentences"), Claims(NLP, "claims")


def annotated(*paragraphs: str, origin: str | None = None, clusters=()) -> Doc:
    """A Doc of marked paragraphs, up to the claims: SOURCE, CUE and CONTENT are parts, others
    mentions of a cluster."""
    texts, marks, ids, offset = [], [], [], 0
    for paragraph in paragraphs:
        text, spans = parse_marked(paragraph)
        marks += [(offset + start, offset + end, label) for start, end, label in spans]
        ids += re.findall(r"<\w+ id=(\w+)>", paragraph)
        texts.append(text)
        offset += len(text) + 2
    description = {"paragraphs": [{"kind": "text"} for _ in texts], "header": {"origin": origin}}
    doc = SENTENCES(make_doc(NLP, texts, description))
    numbers = iter(ids)
    doc.ents = [
        doc.char_span(start, end, label=label, span_id=next(numbers))
        for start, end, label in marks
        if label not in list(Role)
    ]
    doc.spans[CLAIM_PARTS] = [
        doc.char_span(*mark[:2], label=mark[2]) for mark in marks if mark[2] in list(Role)
    ]
    doc._.clusters = list(clusters)
    return doc


def found(marked: str) -> list[list[str | None]]:
    """Source, cue and content of each claim, as text."""
    doc = annotated(marked)
    return [
        [doc.text[slice(*place)] if place else None for place in claim[:3]]
        for claim in CLAIMS_OF.process(doc)
    ]


# One claim each, whose parts come together again after they have been laid flat.
WHOLE = [
    "<SOURCE>Minister Poe</SOURCE> <CUE>said</CUE> <CONTENT>the dam would hold</CONTENT>.",
    "<CUE>According to</CUE> <SOURCE>Poe</SOURCE>, <CONTENT>the dam was new</CONTENT>.",
    "<CONTENT>The dam was new</CONTENT>, <CUE>according to</CUE> <SOURCE>Poe</SOURCE>.",
    "<CONTENT>This, <SOURCE>the officials</SOURCE> <CUE>said</CUE>, would end badly</CONTENT>.",
    "<CUE>In <SOURCE>post</SOURCE>'s view</CUE>, <CONTENT>the Committee has accepted it</CONTENT>.",
    "<CUE>Asserted</CUE> that <CONTENT>the dam was safe</CONTENT>.",
]


@pytest.mark.parametrize("marked", WHOLE)
def test_flat_parts_come_together_again(marked):
    text, spans = parse_marked(marked)
    by_role = {label: (start, end) for start, end, label in spans}
    triple = Triple(*(by_role.get(role) for role in Role))
    parts = flatten(text, [triple])
    assert all(one.end <= other.start for one, other in itertools.pairwise(parts))
    assert link_parts(text, parts) == [triple]


@pytest.mark.parametrize(
    ("marked", "claims"),
    [
        (  # cues of one sentence share the source
            "<SOURCE>Poe</SOURCE> <CUE>said</CUE> <CONTENT>he tried</CONTENT>, <CUE>adding</CUE> "
            "that <CONTENT>Roe had not</CONTENT>.",
            [["Poe", "said", "he tried"], ["Poe", "adding", "Roe had not"]],
        ),
        (  # a participle has the subject that comes later
            "<CUE>Noting</CUE> that <CONTENT>it rained</CONTENT>, <SOURCE>Poe</SOURCE> "
            "<CUE>said</CUE> <CONTENT>it would pass</CONTENT>.",
            [["Poe", "Noting", "it rained"], ["Poe", "said", "it would pass"]],
        ),
        ("<SOURCE>The Minister</SOURCE>: <CONTENT>What of it?</CONTENT>", []),  # no cue
        ("<CONTENT>Rivers</CONTENT> rise.", []),  # a content that nobody says
        ("<SOURCE>Poe</SOURCE> <CUE>said</CUE> nothing.", []),
        (  # a possessive is no part of the source
            "In <SOURCE>Poe's</SOURCE> <CUE>opinion</CUE>, <CONTENT>no dam is safe</CONTENT>.",
            [["Poe", "opinion", "no dam is safe"]],
        ),
        (  # an adverb has no subject
            "<SOURCE>Dams</SOURCE> <CUE>reportedly</CUE> <CONTENT>burst</CONTENT>.",
            [[None, "reportedly", "burst"]],
        ),
    ],
)
def test_claims_of_parts(marked, claims):
    assert found(marked) == claims


def test_without_a_tagger_there_are_no_claims():
    assert CLAIMS_OF.process(SENTENCES(NLP("Poe said the dam held."))) == []
    assert CLAIMS_OF.process(NLP("")) == []


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 5), st.sampled_from(Role)), max_size=8))
def test_any_parts_make_claims_of_whole_parts(steps):
    parts, position = [], 0
    for gap, length, role in steps:
        parts.append(Part(position + gap, position + gap + length, role))
        position += gap + length
    triples = link_parts("x" * (position + 1), parts)
    borders = {border for part in parts for border in (part.start, part.end)}
    assert all(place is None or set(place) <= borders for triple in triples for place in triple)
    contents = [part for part in parts if part.role == Role.CONTENT]
    claimed = [
        part for t in triples for part in contents if t.content[0] <= part.start < t.content[1]
    ]
    assert len(claimed) == len(set(claimed))  # a content has one claim at most


def test_written_claims_have_whole_spans():
    doc = CLAIMS_OF(annotated(WHOLE[0]))
    assert [(span.text, span.label_, span.id_) for span in doc.spans[CLAIMS]] == [
        ("Minister Poe", "SOURCE", "0"),
        ("said", "CUE", "0"),
        ("the dam would hold", "CONTENT", "0"),
    ]
    assert doc.spans[CLAIMS].attrs["claims"] == {"0": {"speaker": None, "certainty": "asserted"}}


@pytest.mark.filterwarnings("ignore:.W101")
def test_claims_stay_apart_when_docs_are_joined():
    doc = Doc.from_docs([CLAIMS_OF(annotated(WHOLE[0])), CLAIMS_OF(annotated(WHOLE[1]))])
    texts = [[doc.text[slice(*place)] for place in claim[:3]] for claim in claims_of(doc)]
    assert texts == [
        ["Minister Poe", "said", "the dam would hold"],
        ["Poe", "According to", "the dam was new"],
    ]


@pytest.mark.parametrize(
    ("cue", "content", "expected"),
    [
        ("said", "the dam holds", "asserted"),
        ("said", "the dam may burst", "hedged"),
        ("do not believe", "the dam holds", "denied"),
        ("doubted", "the dam holds", "denied"),
        ("did not deny", "the dam broke", "asserted"),
        ("is not sure", "the dam holds", "hedged"),
        ("expressed concern", "the dam bursts", "hedged"),
        ("asked", "the dam held", "asked"),
        ("Didn't say", "the dam held", "denied"),
        ("wanted to know", "why the dam burst?", "asked"),
        ("could not say", "whether the dam held", "denied"),
        ("revealed", "whether the dam held", "asked"),
        ("stated", "if the dam burst, all was lost", "asserted"),
        ("urged", "him to repair the dam", "asked"),
        ("promised", "to repair the dam", "asserted"),
        ("", "the dam holds", "asserted"),
    ],
)
def test_certainty(cue, content, expected):
    assert certainty(cue, content) == expected


POE, ROE = "<OFFICIAL id=3>Poe</OFFICIAL>", "<OFFICIAL id=4>Roe</OFFICIAL>"


def said(source: str, cue: str = "said", content: str = "the dam held") -> str:
    """A marked sentence in which `source` (already marked as a mention, or plain) says
    something."""
    subject = f"<SOURCE>{source}</SOURCE> " if source else ""
    return f"{subject}<CUE>{cue}</CUE> <CONTENT>{content}</CONTENT>."


def speakers(*paragraphs: str, **facts) -> list:
    return [
        claim.speaker
        for claim in CLAIMS_OF.process(annotated(*paragraphs, **{"origin": "Embassy Oslo"} | facts))
    ]


def test_a_named_source_is_its_cluster():
    assert speakers(said(f"Minister {POE}")) == [3]
    assert speakers(said("The <AGENCY id=2>GOR</AGENCY> officials")) == [2]
    assert speakers(said("<OFFICIAL id=of_a_ruler>Poe</OFFICIAL>")) == [None]
    assert speakers(said("A trader in <PLACE id=1>Ruritania</PLACE>")) == [None]


def test_a_pronoun_goes_back_to_the_last_speaker():
    more = said("He", "added", f"{ROE} was wrong")
    assert speakers(f"{said(POE)} {more} {said('He')}") == [3, 3, 3]
    assert speakers(f"{said(POE)} {said('Soviets', 'recognize')} {said('He')}") == [3, None, 3]
    assert speakers(f"{POE} saw {ROE} today.", said("He")) == [3]
    assert speakers(f"{said('The <AGENCY id=2>GOR</AGENCY>')} {said('They')}") == [2, 2]


def test_speech_without_subject_goes_on():
    assert speakers(f"{said(POE)} {said('', 'Asserted')}") == [3, 3]
    lead_in = "Points made by <OFFICIAL id=5>Roe</OFFICIAL> as follows:"
    assert speakers(lead_in, said("", "Stressed")) == [5]
    assert speakers("It was <CUE>reported</CUE> that <CONTENT>the dam held</CONTENT>.") == [None]


def test_the_author_is_the_sending_post():
    own = f"{said('We', 'believe')} {said('', 'Recommend', 'it be kept')} {said('I', 'told him')}"
    assert speakers(own) == ["post:OSLO"] * 3
    assert speakers(said("Post"), origin=None) == [None]
    assert speakers(said("We"), origin="Secretary of State Rusk") == ["us:STATE"]
    cluster = {"cluster": 7, "kb_id": "post:OSLO", "label": "AGENCY", "name": "", "mentions": 1}
    assert speakers(said("We"), clusters=[cluster]) == [7]


def test_marked_speakers_lie_on_their_texts(shared):
    """Claims marked by reading, for scripts/measure_speakers.py: places within the paragraphs that
    were marked."""
    marks = [orjson.loads(line) for line in (MARKS / "telegrams.jsonl").read_bytes().splitlines()]
    wanted = {mark["doc"] for mark in marks}
    with gzip.open(shared / "frus" / "telegrams.jsonl.gz") as lines:
        telegrams = {
            row["id"]: [p["text"] for p in row["paragraphs"]]
            for row in map(orjson.loads, lines)
            if row["id"] in wanted
        }
    assert len(marks) > 100
    for mark in marks:
        text = telegrams[mark["doc"]][mark["paragraph"]]
        assert sha256(text.encode()).hexdigest() == mark["sha256"]
        for role in ("source", "cue", "content"):
            assert mark[role] is None or 0 <= mark[role]["start"] < mark[role]["end"] <= len(text)
        if isinstance(mark["speaker"], dict):
            place = slice(mark["speaker"]["start"], mark["speaker"]["end"])
            mention = telegrams[mark["doc"]][mark["speaker"]["paragraph"]][place]
            assert mention and mention == mention.strip()


def test_what_is_wrong_with_a_speaker_is_shown(tmp_path, bundled, monkeypatch, capsys):
    text = "We believe that the road is closed."
    mark = {
        "doc": "v1/d1", "origin": "Embassy Oslo", "paragraph": 0,
        "sha256": sha256(text.encode()).hexdigest(),
        "source": {"start": 0, "end": 2}, "cue": None, "content": {"start": 16, "end": 34},
        "speaker": None,
    }  # fmt: skip
    (tmp_path / "marks.jsonl").write_bytes(orjson.dumps(mark))
    telegrams = tmp_path / "telegrams.json"
    telegrams.write_bytes(orjson.dumps({"id": "v1/d1", "paragraphs": [{"text": text}]}))
    monkeypatch.setattr(measure_speakers, "MARKS", tmp_path)
    monkeypatch.setattr(measure_speakers, "load", lambda _: bundled)
    monkeypatch.setattr("sys.argv", ["measure_speakers.py", str(telegrams), "--verbose"])
    measure_speakers.main()
    assert "v1/d1 0: We | - | marked None: post:OSLO is wrong, found" in capsys.readouterr().out


def test_overlap_is_of_the_longer():
    assert overlap((0, 10), (0, 5)) == overlap((0, 5), (0, 10)) == 0.5
