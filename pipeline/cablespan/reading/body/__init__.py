"""Body text to paragraphs: numbers, markings, items, headings, sections; furniture left out;
reflowed with a source map."""

from cablespan.cable import Paragraph
from cablespan.header.ending import end_of_text
from cablespan.header.signature import signature
from cablespan.reading.body.draft import Draft
from cablespan.reading.body.headings import find_headings
from cablespan.reading.body.ids import ParagraphIds
from cablespan.reading.body.layout import lay_out
from cablespan.reading.body.reflow import reflow, with_apostrophes
from cablespan.reading.body.sections import find_sections
from cablespan.reading.body.separated import blocks, lay_out_blocks

__all__ = ["paragraphs", "segment", "segment_blocks"]


def segment(
    source: str,
    cable_id: str,
    start: int = 0,
    end: int | None = None,
    signed: tuple[int, int] | None = None,
    opening: str = "",
) -> tuple[Paragraph, ...]:
    r"""The paragraphs of the body `source[start:end]`; their source maps point into `source`.

    `signed`: where the signature's line is, if that is known; `opening`: the text above the body.

    >>> body = "1. (U) All is\nwell.\n2. (C) So\nit is."
    >>> [(p.id, p.marking, p.text) for p in segment(body, "07OSLO1")]
    [('07OSLO1/1', 'U', 'All is well.'), ('07OSLO1/2', 'C', 'So it is.')]
    """
    return paragraphs(_laid_out(source, start, end, signed, opening), cable_id)


def segment_blocks(source: str, cable_id: str, body: int = 0) -> tuple[Paragraph, ...]:
    r"""The paragraphs of a text in which blank lines separate them, as in JSON Lines.

    A cable's opening, which ends at `body`, is of kind "header", and what follows it is laid out as
    any cable's body is.

    >>> text = "SUBJECT: ROADS\n\n1. All is well.\n\nROE"
    >>> [(p.kind, p.text) for p in segment_blocks(text, "07OSLO1", 16)]
    [('header', 'SUBJECT: ROADS'), ('numbered', 'All is well.')]
    """
    if not body:
        return paragraphs(lay_out_blocks(source), cable_id)
    above = [Draft("header", source, spans=[bounds]) for bounds in blocks(source, 0, body)]
    return paragraphs([*above, *_laid_out(source, body, opening=source[:body])], cable_id)


def _laid_out(
    source: str,
    start: int,
    end: int | None = None,
    signed: tuple[int, int] | None = None,
    opening: str = "",
) -> list[Draft]:
    """The paragraphs of a body as drafts, without its signature."""
    end = end_of_text(source, start, len(source) if end is None else end)
    signed = signed or signature(source, start, end)[1] or (end, end)
    text_end = end_of_text(source, start, signed[0])
    drafts = lay_out(source, start, text_end, opening, source[slice(*signed)].strip())
    if source[signed[1] : end].strip():
        # Only notes are text after a signature; numbers there are the operators'.
        drafts += [
            draft
            for draft in lay_out(source, signed[1], end)
            if any(sign.isalpha() for sign in draft.text())
        ]
    return drafts


def paragraphs(drafts: list[Draft], cable_id: str) -> tuple[Paragraph, ...]:
    """Drafts as paragraphs with their sections and ids."""
    find_headings(drafts)
    filled = [(draft, flowed) for draft in drafts if (flowed := reflow(draft))[0].strip()]
    drafts, texts = [draft for draft, _ in filled], [with_apostrophes(*it) for _, it in filled]
    find_sections(drafts, [text for text, _ in texts])
    ids = ParagraphIds(cable_id)
    return tuple(
        Paragraph(
            ids.take(draft),
            text,
            draft.number,
            draft.marking,
            draft.section,
            draft.kind,
            source_map,
        )
        for draft, (text, source_map) in zip(drafts, texts, strict=True)
    )
