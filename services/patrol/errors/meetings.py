"""What the patrol service refuses about meetings and their decisions.

NotFound ── MeetingNotFound, DecisionNotFound
Invalid ─── ItemNotOnAgenda, TopicMissing, CaseNotInArea, DayOutOfRange, DuplicateTopic, DecisionIncomplete,
            GridNotInArea, PersonNotKnown, DepartmentNotKnown, DueInThePast, NotACaseItem, MinutesMissing,
            WordsMissing, MatterNotGiven
Forbidden ─ NotTheConvener, NotTheAssignee
Conflict ── MeetingStateWrong, DecisionStateWrong, MeetingNotYet, DecidedCaseRunsOn
"""

from services.chassis.errors import Conflict, Forbidden, NotFound
from services.patrol.errors.tasks import InputWrong


class MeetingNotFound(NotFound):
    code = "meeting-not-found"
    zh = "没有找到会议 {id},或您无权查看"
    en = "There is no meeting {id} that you may see"


class DecisionNotFound(NotFound):
    code = "decision-not-found"
    zh = "没有找到会议决定 {id},或您无权查看"
    en = "There is no decision {id} that you may see"


class NotTheConvener(Forbidden):
    code = "not-the-convener"
    zh = "“{action}”由召集人({convener})办理,您在该区域不是召集人"
    en = 'The convener ({convener}) does "{action}"; you are not the convener here'


class NotTheAssignee(Forbidden):
    code = "not-the-assignee"
    zh = "该事项由承办人、承办部门或召集人办结,您都不是"
    en = "Whoever was given the task, their department or the convener says that it is done; you are none of them"


class MeetingStateWrong(Conflict):
    code = "meeting-state"
    zh = "会议当前为“{state}”,不能{action}"
    en = 'The meeting is "{state}"; "{action}" is not possible now'


class DecisionStateWrong(Conflict):
    code = "decision-state"
    zh = "该决定当前为“{state}”,不能{action}"
    en = 'The decision is "{state}"; "{action}" is not possible now'


class DecidedCaseRunsOn(Conflict):
    code = "decided-case"
    zh = "该决定由案件 {case_id} 落实,案件办结后自动完成,不能在此{action}"
    en = 'Case {case_id} carries this decision out and ends it by itself; "{action}" is not possible here'


class MeetingNotYet(Conflict):
    code = "meeting-not-yet"
    zh = "会议定于 {day},尚未到期;如需提前召开,请先调整日期"
    en = "The meeting is on {day} and cannot begin before; arrange another day first"


class DayOutOfRange(InputWrong):
    code = "meeting-day-wrong"
    path = "day"
    zh = "会议日期应在 {first} 至 {last} 之间"
    en = "The day must be from {first} to {last}"


class TopicMissing(InputWrong):
    code = "topic-missing"
    path = "words"
    zh = "请写明议题,或指明案件"
    en = "Give the topic in words, or a case"


class CaseNotInArea(InputWrong):
    code = "case-not-in-area"
    path = "case_id"
    zh = "会议区域内没有未办结的案件 {value}"
    en = "There is no open case {value} in the meeting's area"


class ItemAlreadyThere(InputWrong):
    code = "item-already-there"
    path = "case_id"
    zh = "案件 {value} 已在议程上"
    en = "Case {value} is on the agenda already"


class TooManyItems(InputWrong):
    code = "too-many-items"
    path = "words"
    zh = "一次会议最多 {most} 项议题"
    en = "A meeting has at most {most} items"


class ItemNotOnAgenda(InputWrong):
    code = "item-not-on-agenda"
    path = "item_id"
    zh = "议程上没有该项 {value}"
    en = "The agenda has no item {value}"


class ItemDecided(InputWrong):
    code = "item-decided"
    path = "item_id"
    zh = "该议题已有决定,不能移出议程"
    en = "Something was decided on the item, it stays on the agenda"


class DecisionIncomplete(InputWrong):
    code = "decision-incomplete"
    path = "person_id"
    zh = "任务需写明承办人或承办部门,以及完成日期"
    en = "A task needs a person or a department, and a day by which it is done"


class DecisionNeedsMatter(InputWrong):
    code = "decision-needs-matter"
    path = "matter_code"
    zh = "决定立案的,请从事项目录中选择事项"
    en = "To make it a case, choose a matter of the catalogue"


class NotACaseItem(InputWrong):
    code = "not-a-case-item"
    path = "kind"
    zh = "该议题不是案件,不能作出案件处理决定;请选择立案(incident)或任务(task)"
    en = "The item is no case; decide on an incident or a task instead"


class GridNotInArea(InputWrong):
    code = "grid-not-in-area"
    path = "grid_code"
    zh = "网格 {value} 不在会议区域内"
    en = "Grid {value} does not lie in the meeting's area"


class PersonNotKnown(InputWrong):
    code = "person-not-known"
    path = "person_id"
    zh = "没有在岗人员 {value}"
    en = "There is nobody in office with the id {value}"


class PresentNotKnown(PersonNotKnown):
    code = "present-not-known"
    path = "people"


class DepartmentNotKnown(InputWrong):
    code = "department-not-known"
    path = "department"
    zh = "方案中没有部门 {value}"
    en = "The plan has no department {value}"


class DueInThePast(InputWrong):
    code = "due-in-the-past"
    path = "due_on"
    zh = "完成日期 {value} 已过"
    en = "The day {value} is over already"


class MinutesMissing(InputWrong):
    code = "minutes-missing"
    path = "minutes"
    zh = "请填写{record}"
    en = "Write the minutes ({record})"
