"""These tests need spacy-transformers and torch, which live in an environment of their own (`make
test-trf`)."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("spacy_transformers") else ["test_*.py"]
