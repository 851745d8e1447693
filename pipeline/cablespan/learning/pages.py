"""Self-contained HTML pages out of templates."""

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined


def render(package: str, filters: Mapping[str, Callable] | None = None, **values: Any) -> str:
    """The template page.html.jinja of a package, filled in; what stands in values is escaped."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= filters or {}
    source = files(package).joinpath("page.html.jinja").read_text("utf-8")
    return environment.from_string(source).render(**values)
