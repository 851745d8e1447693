import gzip
from hashlib import sha256
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.lang.en import English
from spacy.tokens import Span

from cablespan.components.claims.attribution import Part, Triple, assemble, flatten, overlap
from cablespan.components.claims.component import Claims
from cablespan.components.claims.speakers import certainty
from cablespan.components.sentences import statement_spans
from cablespan.document import CLAIMS, make_doc
from cablespan.labels import Role
from marked import parse_marked

NLP = English()
MARKS = Path(__file__).parents[1] / "annotations" / "speakers"
CLAIMS_OF = Claims(NLP, "cable_claims")

# One sentence, one claim: what the rules must find.
FOUND = [
    "<SOURCE>Minister Poe</SOURCE> <CUE>said</CUE> <CONTENT>the dam would hold</CONTENT>.",
    "<SOURCE>The Harbor Committee</SOURCE> recently <CUE>told</CUE> Post that <CONTENT>the GOR plans to draft amendments</CONTENT>.",
    "<CUE>According to</CUE> <SOURCE>Poe</SOURCE>, <CONTENT>the dam was new</CONTENT>.",
    "<CONTENT>The dam was new</CONTENT>, <CUE>according to</CUE> <SOURCE>Poe</SOURCE>.",
    "<CONTENT>This, <SOURCE>the officials</SOURCE> <CUE>said</CUE>, would end badly</CONTENT>.",
    "<CUE>In <SOURCE>post</SOURCE>'s view</CUE>, <CONTENT>the Committee has accepted the rule</CONTENT>.",
    "<CUE>In <SOURCE>our</SOURCE> view</CUE>, <CONTENT>the dam will hold</CONTENT>.",
    "<SOURCE>We</SOURCE> <CUE>do not believe</CUE> that <CONTENT>the dam will hold</CONTENT>.",
    "<SOURCE>Officials</SOURCE> have repeatedly <CUE>expressed concern</CUE> that <CONTENT>the dam may burst</CONTENT>.",
    "<CUE>Asserted</CUE> that <CONTENT>the dam was safe</CONTENT>.",
    "2. (C) <SOURCE>Post</SOURCE> <CUE>recommends</CUE> <CONTENT>keeping Ruritania off the list</CONTENT>.",
    "<SOURCE>A well-known trader</SOURCE> <CUE>claimed</CUE> <CONTENT>80 percent of the fish is smuggled</CONTENT>.",
    "<SOURCE>POE</SOURCE> <CUE>STATED</CUE> <CONTENT>DAM WOULD HOLD</CONTENT>.",
    "<SOURCE>His</SOURCE> <CUE>view is</CUE> that <CONTENT>the dam will hold</CONTENT>.",
]


def places(marked: str) -> tuple[str, Triple]:
    text, spans = parse_marked(marked)
    by_role = {label: (start, end) for start, end, label in spans}
    return text, Triple(*(by_role.get(role) for role in Role))


@pytest.mark.parametrize("marked", FOUND)
def test_attribution_by_rule(marked):
    text, triple = places(marked)
    found = [
        Triple(claim["source"], claim["cue"], claim["content"])
        for claim in CLAIMS_OF.process(NLP(text))
    ]
    assert [[text[slice(*place)] if place else None for place in claim] for claim in found] == [
        [text[slice(*place)] if place else None for place in triple]
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The dam was built in 1961.",
        "The report was published in May.",
        "He left the United States on Monday.",
        "End comment.",
        "",
    ],
)
def test_no_claim_where_nobody_speaks(text):
    assert CLAIMS_OF.process(NLP(text)) == []


@pytest.mark.parametrize("marked", FOUND)
def test_flat_parts_come_together_again(marked):
    text, triple = places(marked)
    parts = flatten(text, [triple])
    assert all(one.end <= other.start for one, other in zip(parts, parts[1:], strict=False))
    assert assemble(text, parts) == [triple]


def test_cues_of_one_sentence_share_the_source():
    text, spans = parse_marked(
        "<SOURCE>Poe</SOURCE> <CUE>said</CUE> <CONTENT>he tried</CONTENT>, <CUE>adding</CUE> that <CONTENT>Roe had not</CONTENT>."
    )
    triples = assemble(text, [Part(start, end, Role(label)) for start, end, label in spans])
    assert [[text[slice(*place)] for place in triple] for triple in triples] == [
        ["Poe", "said", "he tried"],
        ["Poe", "adding", "Roe had not"],
    ]


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 5), st.sampled_from(Role)), max_size=8))
def test_any_parts_make_claims_of_whole_parts(steps):
    parts, position = [], 0
    for gap, length, role in steps:
        parts.append(Part(position + gap, position + gap + length, role))
        position += gap + length
    text = "x" * (position + 1)
    triples = assemble(text, parts)
    borders = {border for part in parts for border in (part.start, part.end)}
    assert all(place is None or set(place) <= borders for triple in triples for place in triple)
    contents = sum(part.role == Role.CONTENT for part in parts)
    assert (
        sum(
            len(
                [
                    p
                    for p in parts
                    if p.role == Role.CONTENT and t.content[0] <= p.start < t.content[1]
                ]
            )
            for t in triples
        )
        == contents
    )


def test_a_tagger_s_parts_are_completed_by_rule():
    text, spans = parse_marked(
        "<SOURCE>Poe</SOURCE> <CUE>went on</CUE>: <CONTENT>no dam is safe</CONTENT>. Roe <CUE>said</CUE> <CONTENT>it held</CONTENT>. "
        "Poe told Roe that it leaks. Engineers found that it leaks. <CONTENT>Rivers</CONTENT> rise."
    )
    doc = NLP(text)
    doc.spans["claim_parts"] = [
        doc.char_span(start, end, label=label) for start, end, label in spans
    ]
    CLAIMS_OF(doc)
    assert (
        [(span.text, span.label_, span.id_) for span in doc.spans[CLAIMS]]
        == [
            ("Poe", "SOURCE", "0"),
            ("went on", "CUE", "0"),
            ("no dam is safe", "CONTENT", "0"),
            ("Roe", "SOURCE", "1"),  # the tagger's cue, the rule's source
            ("said", "CUE", "1"),
            ("it held", "CONTENT", "1"),
            (
                "Poe",
                "SOURCE",
                "2",
            ),  # a sure cue that the tagger missed; "found" is not sure, and a content without a cue is none
            ("told", "CUE", "2"),
            ("it leaks", "CONTENT", "2"),
        ]
    )
    assert doc.spans[CLAIMS].attrs["claims"] == {
        key: {"speaker": None, "certainty": "asserted"} for key in "012"
    }


@pytest.mark.parametrize("source", ["<SOURCE>'s</SOURCE>", "<SOURCE>Poe's</SOURCE>"])
def test_a_source_has_no_possessive(source):
    marked = f"In {'' if 'Poe' in source else 'Poe'}{source} <CUE>opinion</CUE>, <CONTENT>no dam is safe</CONTENT>."
    text, spans = parse_marked(marked)
    doc = NLP(text)
    doc.spans["claim_parts"] = [
        doc.char_span(start, end, label=label) for start, end, label in spans
    ]
    CLAIMS_OF(doc)
    assert [span.text for span in doc.spans[CLAIMS] if span.label_ == "SOURCE"] == ["Poe"]


@pytest.mark.parametrize(
    ("marked", "content"),
    [
        (
            "Claims that the dam was old, <SOURCE>he</SOURCE> <CUE>said</CUE>, <CONTENT>had done harm</CONTENT>.",
            "Claims that the dam was old, he said, had done harm",
        ),
        (
            "A dam which, <SOURCE>he</SOURCE> <CUE>said</CUE>, <CONTENT>was old</CONTENT> burst.",
            "was old",
        ),
    ],
)
def test_a_verb_behind_the_cue_has_its_subject_before_it(marked, content):
    text, spans = parse_marked(marked)
    doc = NLP(text)
    doc.spans["claim_parts"] = [
        doc.char_span(start, end, label=label) for start, end, label in spans
    ]
    (claim,) = CLAIMS_OF.process(doc)
    assert text[slice(*claim["content"])] == content


def test_the_one_spoken_with_is_no_source():
    text, spans = parse_marked(
        "<CUE>Agreed with</CUE> <SOURCE>Poe</SOURCE> <CONTENT>no dam is safe</CONTENT>."
    )
    doc = NLP(text)
    doc.spans["claim_parts"] = [
        doc.char_span(start, end, label=label) for start, end, label in spans
    ]
    CLAIMS_OF(doc)
    assert [span.label_ for span in doc.spans[CLAIMS]] == ["CUE", "CONTENT"]


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


def speakers(*marked: str, origin: str | None = "Embassy Oslo", clusters=()) -> list:
    """The speakers of the claims of marked paragraphs; mentions are marked with their clusters: `<OFFICIAL id=3>`."""
    texts, mentions, offset = [], [], 0
    for paragraph in marked:
        text, spans = parse_marked(paragraph)
        ids = [piece.split(">")[0] for piece in paragraph.split(" id=")[1:]]
        mentions += [
            (offset + start, offset + end, label, id_)
            for (start, end, label), id_ in zip(spans, ids, strict=True)
        ]
        texts.append(text)
        offset += len(text) + 2
    paragraphs = [{"kind": "text"} for _ in texts]
    doc = make_doc(NLP, texts, {"paragraphs": paragraphs, "header": {"origin": origin}})
    doc.ents = [
        doc.char_span(start, end, label=label, span_id=id_) for start, end, label, id_ in mentions
    ]
    doc._.clusters = list(clusters)
    return [claim["speaker"] for claim in CLAIMS_OF.process(doc)]


def test_a_named_source_is_its_cluster():
    assert speakers("<OFFICIAL id=3>Minister Poe</OFFICIAL> said the dam held.") == [3]
    assert speakers("The <AGENCY id=2>GOR</AGENCY> officials claimed the dam held.") == [2]
    assert speakers("A trader in <PLACE id=1>Ruritania</PLACE> claimed the dam held.") == [None]


def test_a_pronoun_goes_back_to_the_last_speaker():
    said = "<OFFICIAL id=3>Poe</OFFICIAL> said the dam held. He added that <OFFICIAL id=4>Roe</OFFICIAL> was wrong. He said it would last."
    assert speakers(said) == [3, 3, 3]
    group = "<OFFICIAL id=3>Poe</OFFICIAL> said the dam held. Soviets recognize that it leaks. He added that it would last."
    assert speakers(group) == [3, None, 3]
    assert speakers(
        "<OFFICIAL id=3>Poe</OFFICIAL> saw <OFFICIAL id=4>Roe</OFFICIAL> today.",
        "He said the dam held.",
    ) == [3]
    assert speakers(
        "The <AGENCY id=2>GOR</AGENCY> said the dam held. They believe it will last."
    ) == [2, 2]


def test_speech_without_subject_goes_on():
    assert speakers(
        "<OFFICIAL id=3>Poe</OFFICIAL> said the dam held. Asserted that it would last."
    ) == [3, 3]
    assert speakers(
        "Points made by <OFFICIAL id=5>Roe</OFFICIAL> as follows:", "Stressed that the dam held."
    ) == [5]
    assert speakers(
        "<OFFICIAL id=3>Poe</OFFICIAL> said it held. Agreed with <OFFICIAL id=4>Roe</OFFICIAL> that it would last."
    ) == [3, 3]
    assert speakers("It was reported that the dam held.") == [None]


def test_the_author_is_the_sending_post():
    assert (
        speakers(
            "We believe the dam will hold. Recommend that it be kept. I told him that it leaks."
        )
        == ["post:OSLO"] * 3
    )
    assert speakers("Post believes the dam will hold.", origin=None) == [None]
    assert speakers("We believe the dam will hold.", origin="Secretary of State Rusk") == [
        "us:STATE"
    ]
    cluster = {
        "cluster": 7,
        "kb_id": "post:OSLO",
        "label": "AGENCY",
        "name": "Embassy Oslo",
        "mentions": 1,
    }
    assert speakers("We believe the dam will hold.", clusters=[cluster]) == [7]


def test_claims_stay_in_their_sentences(shared):
    with gzip.open(shared / "gold" / "dev.jsonl.gz") as lines:
        for row in map(orjson.loads, lines):
            doc = NLP(row["text"])
            bounds = [(span.start_char, span.end_char) for span in statement_spans(doc)]
            for claim in CLAIMS_OF.process(doc):
                inside = [
                    place for place in (claim["source"], claim["cue"], claim["content"]) if place
                ]
                assert any(
                    all(start <= a < b <= end for a, b in inside) for start, end in bounds
                ), row["text"]


def test_claims_of_the_gold_by_rule(shared):
    """Content F1 by rule alone, without entities; the trained tagger replaces this."""
    found = wanted = right = 0
    with gzip.open(shared / "gold" / "dev.jsonl.gz") as lines:
        for row in map(orjson.loads, lines):
            claims = [claim["content"] for claim in CLAIMS_OF.process(NLP(row["text"]))]
            gold = [(claim["content"]["start"], claim["content"]["end"]) for claim in row["claims"]]
            found, wanted = found + len(claims), wanted + len(gold)
            right += sum(
                any(overlap(content, other) >= 0.5 for other in claims) for content in gold
            )
    assert 2 * right / (found + wanted) > 0.65


def test_written_claims_have_whole_spans():
    doc = CLAIMS_OF(NLP("Poe said the dam held."))
    assert (
        all(isinstance(span, Span) and span.id_ == "0" for span in doc.spans[CLAIMS])
        and len(doc.spans[CLAIMS]) == 3
    )


def test_marked_speakers_lie_on_their_texts(shared):
    """A hundred and more claims marked by reading, for scripts/measure_speakers.py: places within the paragraphs that were marked."""
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
            mention = telegrams[mark["doc"]][mark["speaker"]["paragraph"]][
                mark["speaker"]["start"] : mark["speaker"]["end"]
            ]
            assert mention and mention == mention.strip()


def test_the_real_cable(shared):
    """What issue 2 names: who says what in 07ASTANA454, by rule."""
    from cablespan.components.statements.by_rule import Statements
    from cablespan.document import to_doc
    from cablespan.reading import read
    from cablespan.records import to_record

    doc = to_doc(NLP, next(iter(read(shared / "cables" / "07ASTANA454.txt"))))
    record = to_record(CLAIMS_OF(Statements(NLP, "statements")(doc)))
    texts = {paragraph["id"]: paragraph["text"] for paragraph in record["paragraphs"]}
    numbers = {paragraph["id"]: paragraph["number"] for paragraph in record["paragraphs"]}
    labels = {
        (numbers[s["paragraph"]], s["label"], texts[s["paragraph"]][s["start"] : s["end"]][:24])
        for s in record["statements"]
    }
    assert {
        (1, "RECOMMENDATION", "For that reason, post re"),
        (4, "COMMENT", "(Comment: While the lack"),
        (8, "CLAIM", "Key private sector obser"),
        (9, "CLAIM", "(An industry source esti"),
        (10, "CLAIM", "This, the GOK officials "),
        (13, "CLAIM", "Moreover, the IPR Commit"),
        (14, "COMMITMENT", "The IPR Committee recent"),
        (16, "COMMITMENT", 'A "Patent Palace" will b'),
        (18, "RECOMMENDATION", "Keeping Kazakhstan off t"),
    } <= labels
    claims = [
        (
            numbers[c["paragraph"]],
            c["source"] and c["source"]["text"],
            c["cue"]["text"],
            c["content"]["text"][:28],
        )
        for c in record["claims"]
    ]
    for claim in (
        (1, "post", "recommends", "keeping Kazakhstan off the S"),
        (
            6,
            "a well-informed private sector observer",
            "In the words of",
            "Kazakhstan's piracy problem ",
        ),
        (9, "post", "In post's view", "the IPR Commission, at least"),
        (10, "the GOK officials", "said", "This, the GOK officials said"),
        (13, "the IPR Committee", "stated", "such confiscations are routi"),
        (14, "The IPR Committee", "told", "the GOK plans to draft amend"),
    ):
        assert claim in claims
