"""From gold to models: corpus, training, evaluation, agreement of annotators."""
