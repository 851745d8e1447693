"""Claims: who says what, with the speaker and the certainty of each."""
