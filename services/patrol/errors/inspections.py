"""What is refused of inspections by a superior (PAT-13).

NotFound ── InspectionNotFound, CorrectionNotFound
Invalid ─── InspectionUnknown, NothingToInspect, TooMuchToInspect, TargetUnknown, RatioMissing, TargetsLeft
Forbidden ─ NotTheInspector
Conflict ── TargetInspected, InspectionOver, CorrectionDone
"""

from services.chassis.errors import Conflict, Forbidden, NotFound
from services.patrol.errors.tasks import InputWrong


class InspectionNotFound(NotFound):
    code = "inspection-not-found"
    zh = "没有找到督查 {id},或您无权查看"
    en = "There is no inspection {id} that you may see"


class CorrectionNotFound(NotFound):
    code = "correction-not-found"
    zh = "没有找到整改事项 {id},或您无权查看"
    en = "There is no correction {id} that you may see"


class InspectionUnknown(InputWrong):
    code = "inspection-unknown"
    path = "rule"
    zh = "现行方案中没有督查 {value};可选:{possible}"
    en = "The active plan has no inspection {value}; possible: {possible}"


class NothingToInspect(InputWrong):
    code = "nothing-to-inspect"
    path = "grid"
    zh = "该范围内没有可督查的对象;请检查网格、对象类型和日期"
    en = "There is nothing to inspect there; check the grid, the kind of objects and the days"


class TooMuchToInspect(InputWrong):
    code = "too-much-to-inspect"
    path = "grid"
    zh = "该范围内有 {count} 个对象,一次最多 {most} 个;请缩小范围或日期"
    en = "There are {count} objects, {most} at the most; narrow the area or the days"


class TargetUnknown(InputWrong):
    code = "target-unknown"
    path = "target_id"
    zh = "“{value}”不在督查对象之内"
    en = '"{value}" is none of what is inspected'


class RatioMissing(InputWrong):
    code = "ratio-missing"
    path = "ratio"
    zh = "方案没有规定抽查比例,请填写大于 0、不超过 1 的比例"
    en = "The plan gives no ratio for the draw; give one above 0 and up to 1"


class TargetsLeft(InputWrong):
    code = "targets-left"
    path = "gaps"
    zh = "还有 {count} 个对象没有督查结果({names}…);请补查,或在 gaps 中写明原因"
    en = "{count} have no result yet ({names}…); inspect them, or say in gaps why not"


class NotTheInspector(Forbidden):
    code = "not-the-inspector"
    zh = "该督查由方案规定的岗位({post})进行,您在该网格没有此岗位"
    en = "The plan gives this inspection to the post {post}, which you do not hold there"


class TargetInspected(Conflict):
    code = "target-inspected"
    zh = "“{name}”的督查结果已登记,不能改写;新问题请另行上报"
    en = 'The result of "{name}" is recorded and not rewritten; report what is new by itself'


class InspectionOver(Conflict):
    code = "inspection-over"
    zh = "督查已是“{state}”,不能再登记结果"
    en = 'The inspection is "{state}" and takes no more results'


class CorrectionDone(Conflict):
    code = "correction-done"
    zh = "该问题已于 {day} 登记整改完成"
    en = "It was put right on {day} already"
