"""Network layers of the trained components: one head over tokens, one over sentences, both fed by a
shared tok2vec."""

from cablespan.components.network.embed import cable_embed, lexicon_classes, with_features
from cablespan.components.network.sentences import sentence_classifier
from cablespan.components.network.spans import sentence_lengths, span_tagger

__all__ = [
    "cable_embed",
    "lexicon_classes",
    "sentence_classifier",
    "sentence_lengths",
    "span_tagger",
    "with_features",
]
