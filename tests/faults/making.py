"""Sweeps a patrol service's database as its worker does until nothing is due: `python -m tests.faults.making URI KEY`.

Says how many deadlines it fired.
"""

import sys
from pathlib import Path

from services.patrol.bootstrap import build
from tests.integration.patrol.conftest import SettableClock, config


def main() -> None:
    uri, key = sys.argv[1:]
    service = build(config(uri, Path(key)), SettableClock())
    fired, last = 0, 1
    while last:
        last = service.bus.sweep()
        fired += last
    print(fired)
    service.bus.close()


if __name__ == "__main__":
    main()
