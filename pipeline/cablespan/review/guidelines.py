"""The annotation guidelines as a page.

Markdown files in their order, rendered by markdown-it without raw HTML.
"""

from functools import cache
from pathlib import Path

_INSTALLED = Path(__file__).parent / "guidelines"
_CHECKOUT = Path(__file__).parents[3] / "corpus" / "guidelines"


def guidelines_folder() -> Path:
    """Where the guidelines lie: in the package, or in the checkout that it runs from."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


@cache
def guidelines_html() -> str:
    """The annotation guidelines as HTML."""
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    return "\n".join(
        markdown.render(path.read_text("utf-8"))
        for path in sorted(guidelines_folder().glob("[0-9]*.md"))
    )
