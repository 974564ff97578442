"""Everything else that can happen to a case, chapter by chapter (issue 3); each can be played again and again."""

from infra.demo.chapters.afterwards import Afterwards
from infra.demo.chapters.boards import Boards
from infra.demo.chapters.care import Care
from infra.demo.chapters.climbing import Climbing
from infra.demo.chapters.clocks import Clocks
from infra.demo.chapters.grids import Grids
from infra.demo.chapters.meetings import Meetings
from infra.demo.chapters.open311 import Open311
from infra.demo.chapters.patrol import Patrol
from infra.demo.chapters.places import Places
from infra.demo.chapters.returning import Returning
from infra.demo.chapters.tables import Tables
from infra.demo.chapters.twins import Twins
from infra.demo.chapters.whistle import Whistle
from infra.demo.stage import Stage


def play(stage: Stage, closed_case: str) -> None:
    """The chapters after the first seven; `closed_case` is that of the first. Raises StepFailed.

    The clock is moved last: what comes after it would see another day.
    """
    Returning(stage).play()
    Climbing(stage).play()
    Whistle(stage).play()
    Twins(stage).play()
    Afterwards(stage).play(closed_case)
    Grids(stage).play()
    Tables(stage).play()
    Open311(stage).play()
    Patrol(stage).play()
    Care(stage).play()
    Meetings(stage).play()
    Places(stage).play()
    Boards(stage).play()
    Clocks(stage).play()
