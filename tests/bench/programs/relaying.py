"""The relay of one service that has nothing but the chassis' tables.

python -m tests.bench.programs.relaying SERVICE      (the variables of a relay)
"""

import os
import sys

import sqlalchemy as sa

from services.chassis import tables
from services.chassis.relay import run

if __name__ == "__main__":
    engine = sa.create_engine(os.environ[f"WANGGE_{sys.argv[1].upper()}_DATABASE_URI"])
    tables.CHASSIS.create_all(engine)
    engine.dispose()
    run([sys.argv[1]])
