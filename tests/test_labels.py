"""The scheme: every label has a definition, and a colour that can be read."""

import pytest

from cablespan.labels import (
    Certainty,
    Entity,
    Role,
    Statement,
    colour_variables,
    labels_beside,
    scheme_of,
)

PAPER, INK = {"light": "#fdfcf9", "dark": "#191a1c"}, {"light": "#1c1b19", "dark": "#e9e6df"}


def channels(colour: str) -> list[float]:
    return [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]


def contrast(one: list[float], other: list[float]) -> float:
    """WCAG 2.2's contrast ratio."""

    def luminance(colour: list[float]) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
        return sum(c * weight for c, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(colour: str, share: float, ground: str) -> list[float]:
    pairs = zip(channels(colour), channels(ground), strict=True)
    return [share * one + (1 - share) * other for one, other in pairs]


@pytest.mark.parametrize("kind", [Entity, Statement, Role, Certainty])
def test_labels_of_a_kind_have_definitions_and_colours_of_their_own(kind):
    assert all(label.definition for label in kind)
    assert len({label.colour for label in kind}) == len(kind)
    assert all(f"--{label}: {label.colour};" in colour_variables() for label in kind)


def test_a_label_of_ours_keeps_what_a_file_that_extends_ours_does_not_say_of_it(tmp_path):
    (tmp_path / "labels.toml").write_text('extend = true\n[entities.PLACE]\nkey = "9"\n')
    ours = {label.name: label for label in scheme_of().entities}
    theirs = {label.name: label for label in scheme_of(tmp_path / "labels.toml").entities}
    assert theirs["PLACE"] == ours["PLACE"]._replace(key="9")
    assert list(theirs) == list(ours)


@pytest.mark.parametrize("mode, tint", [("light", 0.26), ("dark", 0.45)])
def test_marked_text_and_coloured_text_can_be_read(mode, tint):
    ink = channels(INK[mode])
    for label in [*Entity, *Statement]:
        assert contrast(mixed(label.colour, tint, PAPER[mode]), ink) > 4.5, label
        assert contrast(mixed(label.colour, 0.55, INK[mode]), channels(PAPER[mode])) > 4.5, label


def test_a_project_brings_labels_of_its_own(tmp_path):
    path = tmp_path / "labels.toml"
    path.write_text('[entities.VESSEL]\ndefinition = "a ship"\n[entities.PORT]\nkey = "1"\n')
    scheme = scheme_of(path)
    assert [(label.name, label.key) for label in scheme.entities] == [
        ("VESSEL", "2"),
        ("PORT", "1"),
    ]
    assert scheme.statements == scheme_of().statements


def test_labels_beside_ours_have_keys_and_what_a_file_asks_for_is_free(tmp_path):
    path = tmp_path / "labels.toml"
    path.write_text(
        'extend = true\n[entities.VESSEL]\nkey = "q"\n[entities.PORT]\n[statements.WARNING]\n'
    )
    scheme = scheme_of(path)
    assert [label.key for label in scheme.entities[-3:]] == ["9", "q", "0"]
    assert [label.key for label in scheme.statements] == list("wertyuQW")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[entities", "neither TOML nor JSON"),
        ('[things.A]\nkey = "1"', "things is no layer"),
        ("[entities]", "holds no labels"),
        ('[entities.A]\ncolour = "red"', "A: 'red' is no colour"),
        ('[entities.A]\nkey = "1"\n[entities.B]\nkey = "1"', "one label only"),
        ('[entities.A]\nkey = "r"\n[statements.B]\nkey = "r"', "one label only"),
        ("[entities.A]\nkey = 1", "A: key 1 is no text: write it in quotes"),
        ("[entities.A]\nkey = ['s']", "A: key .* is no text"),
        ("[entities.A]\ncolour = 5", "A: colour 5 is no text"),
        ("[entities.A]\ndefinition = 5", "A: definition 5 is no text"),
        ('[entities.A]\ncolor = "#000000"', "A: color is no fact of a label: use definition,"),
        ('extend = "yes"\n[entities.A]', "extend 'yes' is no yes or no: write true or false"),
        ('[entities.A]\nkey = "s"', "key 's' marks a part of a claim"),
    ],
)
def test_a_file_of_labels_that_cannot_be_used_names_the_remedy(tmp_path, text, fault):
    path = tmp_path / "labels.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=fault):
        scheme_of(path)


@pytest.mark.parametrize("content", ['["A", "B"]', '{"0": "A"}', '{"entities": ["A"]}', "A\nB\n"])
def test_another_tools_labels_beside_a_file_are_none_of_ours(tmp_path, content):
    (tmp_path / "labels.json").write_text(content)
    assert labels_beside([tmp_path / "gold.jsonl"]) is None
    (tmp_path / "labels.json").write_text('{"extend": true, "entities": {"VESSEL": {}}}')
    assert labels_beside([tmp_path / "gold.jsonl"]) == tmp_path / "labels.json"
