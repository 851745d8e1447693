"""The documentation as a site (`make docs`): Markdown pages here, the API from docstrings; nothing
is fetched from outside."""

from cablespan import __version__

project = "cablespan"
author = "the cablespan maintainers"
copyright = author
release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc"]
html_theme = "furo"
html_title = "cablespan"
exclude_patterns = ["site"]
myst_heading_anchors = 3
autodoc_typehints = "description"
default_role = "code"  # docstrings write `name`
highlight_language = "none"  # where a block names no language: commands
suppress_warnings = ["myst.header"]
