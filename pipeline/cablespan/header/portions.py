"""Portion markings, "(SBU)" or "(C/NF)" before a paragraph, and other words in brackets."""

from cablespan.header.alternatives import any_of
from cablespan.lexicon import listed

PORTION_CLASSES = any_of(listed("classifications", "portions"))
# SBU, C/NF, S//REL TO USA, GBR
PORTION = rf"(?:{PORTION_CLASSES})(?:[/ ,-]{{1,2}}[A-Z/ ,]{{1,80}})?"
# What a label can have in brackets instead: "REF (NOTAL):", "REFS (ALL NOTAL):", "REF (EXDIS):".
CAVEAT = r"(?:[A-Z]{3}[ ])?[A-Z]{4,10}"
