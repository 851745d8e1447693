"""`python -m cablespan.cli`."""

import sys

from cablespan.cli import app

sys.exit(app())
