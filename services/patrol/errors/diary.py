"""What is refused about diaries.

NotFound ── DiaryNotFound
Invalid ─── DayAhead, DayWrong
Conflict ── WeekClosed, WeekOpen
"""

from services.chassis.errors import Conflict, NotFound
from services.patrol.errors.tasks import InputWrong


class DiaryNotFound(NotFound):
    code = "diary-not-found"
    zh = "没有找到 {day} 的日志,或您无权查看"
    en = "There is no diary of {day} that you may see"


class DayWrong(InputWrong):
    code = "day-wrong"
    path = "day"
    zh = "“{value}”不是日期;应为 2026-11-22 这样的日期"
    en = '"{value}" is not a day; give one such as 2026-11-22'


class DayAhead(InputWrong):
    code = "day-ahead"
    path = "day"
    zh = "{value} 还没有到(今天是 {today}),不能写日志"
    en = "{value} has not come yet (today is {today}), so nothing can be written about it"


class WeekClosed(Conflict):
    code = "week-closed"
    zh = "{day} 所在的一周已周结,内容不再更改;需要更正请添加补记"
    en = "The week of {day} is closed and its words stay as they are; add a note to correct them"


class WeekOpen(Conflict):
    code = "week-open"
    zh = "{day} 所在的一周尚未周结,请直接修改当天的内容"
    en = "The week of {day} is not closed yet; change the words of the day instead"
