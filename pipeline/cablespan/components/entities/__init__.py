"""Entities: names found in the text, clustered by who they are, linked to what is known."""
