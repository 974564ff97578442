"""Requests about inspections by a superior (PAT-13)."""

from gateway.api.declare import Paged
from gateway.api.fields import Code, Day, Flag, GridCode, Many, Name, Number, Prefix, Request, Text, Within
from gateway.api.schemas.incident import WORDS, Attachments, Point
from gateway.api.schemas.patrol import RESTS

OBJECTS = ("grids", "places", "key-places", "tasks")
STATES = ("open", "finished")
CORRECTION_STATES = ("open", "overdue", "done")


class BeginInspection(Request):
    rule = Code(required=True, metadata={"description": "方案中的督查标识 / the plan's id of the inspection"})
    grid = GridCode(required=True)
    of = Text(choices=OBJECTS, required=True)
    chosen = Many(Name(), 0, 500, metadata={"description": "重点督查的对象 / which key points; all when absent"})
    ratio = Number(0, 1, metadata={"description": "方案未定比例时填写 / only where the plan gives none"})
    since = Day(metadata={"description": "抽查巡查记录时的起止日期 / of tasks: finished on these days"})
    until = Day()


class InspectionsQuery(Paged):
    prefix = Prefix()
    rule = Code()
    state = Text(choices=STATES)


class TargetsQuery(Paged):
    inspected = Flag()


class CorrectionsQuery(Paged):
    inspection_id = Name()
    prefix = Prefix()
    state = Text(choices=CORRECTION_STATES)


class InspectionAnswer(Request):
    item = Text(1, 200, required=True)
    answer = Text(0, 30)
    number = Number(-1e9, 1e9)
    words = Text(0, WORDS)
    matter_code = Name()
    point = Within(Point)
    attachments = Attachments()


class InspectionResult(Request):
    answers = Many(Within(InspectionAnswer), 0, 200)
    rest = Text(choices=RESTS, metadata={"description": "其余条目 / what the other items are"})


class EndOfInspection(Request):
    gaps = Text(0, WORDS, metadata={"description": "未督查的原因 / why something was not inspected"})


class PutRight(Request):
    words = Text(1, WORDS, required=True)
