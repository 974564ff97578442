"""Requests about duty letters (REG-07)."""

from gateway.api.declare import Paged
from gateway.api.fields import Day, Flag, GridCode, Id, Many, Prefix, Request, Text

STATES = ("drafted", "signed", "in-force", "superseded", "ended")
MOST_LINES = 40


def Lines(least: int = 0) -> Many:
    return Many(Text(1, 500), least, MOST_LINES)


class DraftLetter(Request):
    lower_person_id = Id(metadata={"description": "下级责任人,缺省为网格长 / the grid's leader when absent"})
    upper_person_id = Id(metadata={"description": "上级责任人,缺省为网格长 / the upper grid's leader when absent"})
    starts = Day(required=True)
    ends = Day(required=True)
    tasks = Many(
        Text(1, 500), 0, MOST_LINES, metadata={"description": "缺省取自方案和网格 / from plan and grid when absent"}
    )
    rewards = Lines()
    penalties = Lines()


class ChangeLetter(Request):
    starts = Day(required=True)
    ends = Day(required=True)
    tasks = Many(Text(1, 500), 1, MOST_LINES, required=True)
    rewards = Lines()
    penalties = Lines()


class EndLetter(Request):
    reason = Text(1, 500, required=True)


class LettersQuery(Paged):
    area = Prefix()
    state = Text(choices=STATES)
    code = GridCode(metadata={"description": "下级网格 / the lower grid"})
    mine = Flag(metadata={"description": "只看本人签字的 / those that the caller signs"})
