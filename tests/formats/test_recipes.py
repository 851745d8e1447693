"""Prodigy recipes against a small stand-in for Prodigy: the decorator, and the components that a
recipe gives back."""

import json
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from test_tasks import TOLD, record_of

from cablespan.formats.tasks import record_tasks

RECIPES = ("cablespan.entities", "cablespan.statements", "cablespan.claims")


@pytest.fixture
def recipes(monkeypatch):
    """The recipes that importing the module registers, called as Prodigy calls them: by name, with
    the arguments they announce."""
    registered = {}
    prodigy = ModuleType("prodigy")

    def recipe(name, **arguments):
        def register(function):
            registered[name] = function, arguments
            return function

        return register

    prodigy.recipe = recipe
    monkeypatch.setitem(sys.modules, "prodigy", prodigy)
    monkeypatch.delitem(sys.modules, "cablespan.formats.recipes", raising=False)
    import_module("cablespan.formats.recipes")
    return registered


@pytest.fixture
def layers():
    return record_tasks(record_of(TOLD, "It rained."))


def write(path, lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return str(path)


def test_entry_points_name_the_recipes(recipes):
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    points = project["entry-points"]["prodigy_recipes"]
    assert tuple(points) == RECIPES == tuple(recipes)
    for name, place in points.items():
        module, _, function = place.partition(":")
        assert getattr(import_module(module), function) is recipes[name][0]
        assert set(recipes[name][1]) == {"dataset", "source", "model"}


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_streams_its_layer(tmp_path, recipes, layers, name):
    layer = name.partition(".")[2]
    source = write(
        tmp_path / "all.jsonl",
        [task | {"answer": "accept"} for tasks in layers.values() for task in tasks],
    )
    components = recipes[name][0]("my_dataset", source)
    stream = list(components["stream"])
    assert components["dataset"] == "my_dataset"
    assert {task["_view_id"] for task in stream} == {components["view_id"]}
    assert stream == json.loads(json.dumps(layers[layer]))
    labels = components["config"].get("relations_span_labels", components["config"]["labels"])
    assert {span["label"] for task in stream for span in task["spans"]} <= set(labels)
    assert {relation["label"] for task in stream for relation in task.get("relations", ())} <= set(
        components["config"]["labels"]
    )


def test_records_make_the_same_tasks(tmp_path, recipes, layers):
    source = write(tmp_path / "cables.jsonl", [record_of(TOLD, "It rained.")])
    assert list(recipes["cablespan.claims"][0]("x", source)["stream"]) == layers["claims"]


def test_cables_are_annotated_on_the_way(tmp_path, recipes):
    source = write(
        tmp_path / "in.jsonl",
        [{"text": "Rusk went to Ankara.\n\nIt rained.", "meta": {"id": "07ANKARA1"}}],
    )
    stream = list(recipes["cablespan.statements"][0]("x", source)["stream"])
    assert [task["text"] for task in stream] == ["Rusk went to Ankara.", "It rained."]
    assert all(task["spans"] for task in stream)
