"""The department's library is a distribution of its own: put it on the path as its installation would."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[4] / "services" / "liaison" / "client"))
