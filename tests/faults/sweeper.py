"""`python -m tests.faults.sweeper URI`: a process that does nothing but fire deadlines, until none has passed."""

import sys

import sqlalchemy as sa

from tests.integration.chassis.things import Things


def main() -> None:
    service = Things(sa.create_engine(sys.argv[1]), sys.argv[1])
    service.clock.advance(hours=1)
    fired = 0
    while now := service.bus.sweep(5):
        fired += now
    print(fired)
    service.close()


if __name__ == "__main__":
    main()
