"""What the patrol service refuses about returns.

NotFound ── ReturnNotFound
Invalid ─── FieldUnknown, FieldMissing, FieldTwice, NilNotAllowed, NilWithValues, FormEmpty
Forbidden ─ NotTheReporter, NotTheReceiver
Conflict ── ReturnStateWrong, ReturnNotYet
"""

from services.chassis.errors import Conflict, Forbidden, NotFound
from services.patrol.errors.tasks import InputWrong


class ReturnNotFound(NotFound):
    code = "return-not-found"
    zh = "没有找到报表 {id},或您无权查看"
    en = "There is no return {id} that you may see"


class FieldUnknown(InputWrong):
    code = "field-unknown"
    path = "values"
    zh = "报表没有“{value}”一栏"
    en = 'The return has no field "{value}"'


class FieldTwice(InputWrong):
    code = "field-twice"
    path = "values"
    zh = "“{value}”填了两次"
    en = '"{value}" is given twice'


class FieldMissing(InputWrong):
    code = "field-missing"
    path = "values"
    zh = "请填写“{value}”"
    en = 'Fill in "{value}"'


class FormEmpty(InputWrong):
    code = "form-empty"
    path = "words"
    zh = "请填写报送内容"
    en = "Say what is returned"


class NilNotAllowed(InputWrong):
    code = "nil-not-allowed"
    path = "nil"
    zh = "方案不接受该报表零报告"
    en = 'The plan does not take "nothing to report" for this return'


class NilWithValues(InputWrong):
    code = "nil-with-values"
    path = "nil"
    zh = "零报告不能同时填写内容"
    en = '"Nothing to report" cannot come with something to report'


class NotTheReporter(Forbidden):
    code = "not-the-reporter"
    zh = "该报表由责任人本人报送"
    en = "Only whoever owes the return hands it in"


class NotTheReceiver(Forbidden):
    code = "not-the-receiver"
    zh = "“{action}”由接收单位({department})办理"
    en = 'The receiving department ({department}) does "{action}"'


class ReturnStateWrong(Conflict):
    code = "return-state"
    zh = "报表当前为“{state}”,不能{action}"
    en = 'The return is "{state}"; "{action}" is not possible now'


class ReturnNotYet(Conflict):
    code = "return-not-yet"
    zh = "该报表 {day} 起填报"
    en = "The return is asked from {day} on"
