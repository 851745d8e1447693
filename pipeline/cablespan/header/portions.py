"""The classes of portion markings, "(SBU)" or "(C/NF)" before a paragraph."""

from cablespan.lexicon import listed

# An alternative of patterns: SBU comes before S, which it begins with.
PORTION_CLASSES = "|".join(sorted(listed("classifications", "portions"), reverse=True))
