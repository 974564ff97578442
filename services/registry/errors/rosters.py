"""Refusals about the duty roster (REG-18).

WanggeError
├── Forbidden     NotYourShift     one offers one's own shifts, and answers what one is asked
├── NotFound      ShiftNotFound
└── Conflict
    ├── ShiftOver         withdrawn, or past
    └── ShiftsOverlap     the person would be on duty twice at the same time
"""

from services.chassis.errors import Conflict, Forbidden, NotFound


class NotYourShift(Forbidden):
    code = "not-your-shift"
    zh = "只能请人代本人的班,也只能答复请您本人代的班"
    en = "One offers one's own shifts, and answers only what one is asked to take over"


class ShiftNotFound(NotFound):
    zh = "没有找到值班 {id},或不在您的可见范围之内"
    en = "There is no shift {id}, or it is outside your scope"


class ShiftOver(Conflict):
    code = "shift-over"
    zh = "该班次已撤销或已结束,不能再变更"
    en = "The shift was withdrawn or is past; it is not changed any more"


class ShiftsOverlap(Conflict):
    code = "shifts-overlap"
    zh = "{person} 在 {start} 已有值班,时间重叠"
    en = "{person} is on duty at {start} already; the shifts overlap"
