"""Whole collections: batch engines, export, report, show."""
