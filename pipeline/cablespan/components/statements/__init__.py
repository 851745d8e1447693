"""Statements: what each sentence does."""
