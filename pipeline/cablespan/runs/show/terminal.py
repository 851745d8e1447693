"""A cable in the terminal: coloured entities, statement labels in the margin, claims below."""

from rich.console import Console, Group
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from cablespan.labels import Scheme
from cablespan.runs.show.layout import Passage, Record, actors, facts, passages, speaker_name


def to_terminal(record: Record, scheme: Scheme, console: Console) -> None:
    """Prints a record; its text is never read as markup, control characters become blanks.

    `scheme`: all labels of the record.
    """
    header = Table.grid(padding=(0, 2))
    for name, text in facts(record):
        header.add_row(Text(name, style="dim"), _plain(text))
    console.print(Rule(_plain(record["id"])), header, Text(""), _legend(scheme), sep="\n")
    for passage in passages(record):
        console.print(_paragraph(passage, scheme))
    console.print(_claims(record))
    console.print(_actors(record, scheme))


def _plain(text: str, style: str = "") -> Text:
    return Text("".join(c if c.isprintable() or c == "\n" else " " for c in text), style=style)


def _legend(scheme: Scheme) -> Text:
    return Text("  ").join(
        Text(label.name, style=f"bold {label.colour}") for label in scheme.entities
    )


def _paragraph(passage: Passage, scheme: Scheme) -> Group:
    colour_of = scheme.colours()
    paragraph = passage.paragraph
    title = " ".join(
        filter(
            None,
            (
                passage.place,
                paragraph.get("marking") and f"({paragraph['marking']})",
                paragraph.get("section"),
            ),
        )
    )
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(width=max(map(len, scheme.names("statements"))), justify="right", no_wrap=True)
    table.add_column(ratio=1)
    for sentence in passage.sentences:
        text = Text(style="bold" if paragraph["kind"] == "heading" else "")
        for piece in sentence.pieces:
            styles = [f"bold {colour_of[piece.entity['label']]}"] if piece.entity else []
            text.append_text(
                _plain(piece.text, " ".join([*styles, "underline"] if piece.cue else styles))
            )
        text.rstrip()
        table.add_row(Text(sentence.label, style=colour_of.get(sentence.label, "")), text)
    return Group(Text(""), _plain(title, "bold"), table)


def _claims(record: Record) -> Group:
    """Who says what."""
    table = Table(box=None, padding=(0, 1), expand=True, header_style="dim")
    for name, ratio in (("", None), ("who", 2), ("how", 2), ("what", 6)):
        table.add_column(name, ratio=ratio, justify="left" if name else "right", overflow="fold")
    for passage in passages(record):
        for number, claim in passage.claims:
            how = _plain(claim["cue"]["text"] if claim["cue"] else "—")
            if claim["certainty"] and claim["certainty"] != "asserted":
                how.append(f" ({claim['certainty']})", style="italic")
            what = _plain(claim["content"]["text"]).append(
                f"  ¶{passage.place.strip('.[]')}", style="dim"
            )
            table.add_row(str(number), _plain(speaker_name(claim, record), "bold"), how, what)
    return _section("Who says what", table if table.row_count else Text("no claims", style="dim"))


def _actors(record: Record, scheme: Scheme) -> Group:
    """Who and what is mentioned."""
    colour_of = scheme.colours()
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in ("kind", "name", "mentions", "id"):
        table.add_column(name, justify="right" if name == "mentions" else "left")
    for actor in actors(record):
        table.add_row(
            Text(actor.label, style=f"bold {colour_of[actor.label]}"),
            _plain(actor.name),
            str(actor.mentions),
            _plain(actor.kb_id or ""),
        )
    return _section("Who is mentioned", table if table.row_count else Text("nobody", style="dim"))


def _section(title: str, body) -> Group:
    return Group(Text(""), Rule(title), Padding(body, (0, 0, 0, 1)))
