"""Portion markings, "(SBU)" or "(C/NF)" before a paragraph, and other words in brackets."""

from cablespan.lexicon import listed

# An alternative of patterns: SBU comes before S, which it begins with.
PORTION_CLASSES = "|".join(sorted(listed("classifications", "portions"), reverse=True))
# What a label can have in brackets instead: "REF (NOTAL):", "REFS (ALL NOTAL):", "REF (EXDIS):".
CAVEAT = r"(?:[A-Z]{3}[ ])?[A-Z]{4,10}"
