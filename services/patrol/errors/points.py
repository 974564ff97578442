"""What is refused of joint inspections (PAT-06): Invalid ── PointUnknown, RestWrong, PointsNotReached,
PeopleUnknown."""

from services.patrol.errors.tasks import InputWrong


class PointUnknown(InputWrong):
    code = "point-unknown"
    path = "spot"
    zh = "“{value}”不是该任务的点位;点位见任务详情"
    en = '"{value}" is no point of the task; its points are shown with it'


class RestWrong(InputWrong):
    code = "rest-wrong"
    path = "rest"
    zh = "点位的检查结果不能是“{value}”;可选:{possible}"
    en = 'The result of a point cannot be "{value}"; possible: {possible}'


class PointsNotReached(InputWrong):
    code = "points-not-reached"
    path = "words"
    zh = "还有 {count} 个点位没有检查结果({names}…);请补查,或在 words 中写明原因后再完成"
    en = "{count} points have no result yet ({names}…); go there, or say in words why not, and finish again"


class PeopleUnknown(InputWrong):
    code = "people-unknown"
    path = "present"
    zh = "参加人员 {value} 不在方案规定的岗位之内;可选人员见任务详情"
    en = "{value} hold none of the posts that the plan names; who may take part is shown with the task"
