"""An annotated collection in one SQLite file: built, searched, browsed, exported."""
