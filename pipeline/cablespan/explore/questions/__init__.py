"""The questions that are asked at once: a file of SQL each, which says what it answers and what it
must be told."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

_SAYS = re.compile(r"-- ([\w-]+): (.*)\n")


class Question(NamedTuple):
    """A question; `parameters` are what it is told, each with a line of what to write."""

    title: str
    description: str
    parameters: Mapping[str, str]
    sql: str


@cache
def questions() -> Mapping[str, Question]:
    """The questions by the name that addresses have.

    >>> questions()["recommended"].title
    'What did this post recommend?'
    """
    found = sorted(file.name for file in files(__package__).iterdir() if file.name.endswith(".sql"))
    return {
        name.removesuffix(".sql"): parsed(files(__package__).joinpath(name).read_text("utf-8"))
        for name in found
    }


def parsed(text: str) -> Question:
    r"""The question of a file: comments `-- name: text`, then the SQL.

    >>> parsed("-- title: Who?\n-- description: Names.\n-- about: A word\nSELECT 1").parameters
    {'about': 'A word'}
    """
    says: dict[str, str] = {}
    while line := _SAYS.match(text):
        says[line[1]] = line[2]
        text = text[line.end() :]
    return Question(says.pop("title"), says.pop("description"), says, text)


def canned_queries() -> dict[str, dict[str, Any]]:
    """The questions as Datasette's metadata has them."""
    return {
        name: {
            "sql": question.sql,
            "title": question.title,
            "description": question.description,
            "params": list(question.parameters),
        }
        for name, question in questions().items()
    }
