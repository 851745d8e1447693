"""From gold to models: corpus, training, evaluation, agreement of annotators."""

# The defaults of training, which the command line names without importing spaCy: how much of the
# base stays in what was trained on (models/README.md has what 40 paragraphs bring), and the share
# of the documents that is kept for dev where none is handed in.
BASE_SHARE = 0.5
DEV_SHARE = 0.1
