"""What is refused about visits.

NotFound ── VisitNotFound
Invalid ─── ResultWrong
"""

from services.chassis.errors import NotFound
from services.patrol.errors.tasks import InputWrong


class VisitNotFound(NotFound):
    code = "visit-not-found"
    zh = "没有找到走访任务 {id},或您无权查看"
    en = "There is no visit {id} that you may see"


class ResultWrong(InputWrong):
    code = "result-wrong"
    path = "result"
    zh = "走访结果不能是“{value}”;可选:{possible}"
    en = 'The result of a visit cannot be "{value}"; possible: {possible}'
