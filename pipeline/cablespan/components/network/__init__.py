"""Network layers of the trained components: one head over tokens, one over sentences, both fed by a
shared tok2vec."""
