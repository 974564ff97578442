"""What is refused about a whistle (INC-09).

Invalid ─── NobodyCalled, NotCallable, LeadMissing, LeadNotCalled, NotCalled
Conflict ── WhistleNotPlanned, AlreadyCalled, AlreadyArrived, NotArrived, AlreadySignedOff, NotSignedOff, LeadAnswers,
            CalledToLead, LeadStays, AlreadyObjected, NoObjection, NothingToWithdraw, NobodyToCallAgain, SignOffsMissing
"""

from services.chassis.errors import Conflict
from services.incident.errors.cases import InputWrong


class NobodyCalled(InputWrong):
    code = "nobody-called"
    path = "departments"
    zh = "请写明召集哪些部门"
    en = "Name the departments that are called"


class NotCallable(InputWrong):
    code = "not-callable"
    path = "departments"
    zh = "现行方案不允许吹哨召集 {value};可召集:{possible}"
    en = "The active plan does not let a whistle call {value}; it may call: {possible}"


class LeadMissing(InputWrong):
    code = "lead-missing"
    path = "lead"
    zh = "请写明由哪个部门牵头;可选:{possible}"
    en = "Say which department leads; possible are: {possible}"


class LeadNotCalled(InputWrong):
    code = "lead-not-called"
    path = "lead"
    zh = "牵头部门 {value} 不在被召集的部门中;可选:{possible}"
    en = "The lead {value} is none of the departments called; possible are: {possible}"


class NotCalled(InputWrong):
    code = "not-called"
    path = "department"
    zh = "部门 {value} 没有被召集,或召集已撤回;现已召集:{possible}"
    en = "Department {value} is not called, or its call was withdrawn; called are: {possible}"


class WhistleNotPlanned(Conflict):
    code = "whistle-not-planned"
    zh = "现行方案没有规定吹哨;请先在方案的 whistle 一节写明谁可吹哨、报到和办理时限"
    en = "The active plan says nothing of whistles; give it a section `whistle` with who may and the two limits"


class AlreadyCalled(Conflict):
    code = "already-called"
    zh = "{departments} 已被召集;已签退的部门由牵头部门再次召集"
    en = "Already called: {departments}; who has signed off is called again by the lead"


class AlreadyArrived(Conflict):
    code = "already-arrived"
    zh = "{department} 已于 {at} 报到"
    en = "{department} arrived at {at} already"


class NotArrived(Conflict):
    code = "not-arrived"
    zh = "{department} 尚未报到,请先报到"
    en = "{department} has not arrived yet; arrive first"


class AlreadySignedOff(Conflict):
    code = "already-signed-off"
    zh = "{department} 已于 {at} 签退"
    en = "{department} signed off at {at} already"


class NotSignedOff(Conflict):
    code = "not-signed-off"
    zh = "{departments} 尚未签退或为牵头部门,不能再次召集"
    en = "Cannot be called again, since they are still at work or lead: {departments}"


class LeadAnswers(Conflict):
    code = "lead-answers"
    zh = "{department} 牵头此案,以处理反馈办结,不单独签退"
    en = "{department} leads the case: its answer is its sign-off"


class CalledToLead(Conflict):
    code = "called-to-lead"
    zh = "{department} 经吹哨召集牵头此案,不能退回;不属职责的,报到前可对召集提出异议"
    en = "{department} was called by whistle to lead and cannot return the case; it may object before it arrives"


class LeadStays(Conflict):
    code = "lead-stays"
    zh = "{department} 牵头此案,不能撤回;请先吹哨指定其他牵头部门"
    en = "{department} leads the case and cannot be withdrawn; let another whistle name another lead first"


class AlreadyObjected(Conflict):
    code = "already-objected"
    zh = "{department} 已提出过异议,每次召集只能提出一次"
    en = "{department} has objected before; a call can be objected to once"


class NoObjection(Conflict):
    code = "no-objection"
    zh = "没有等待裁定的异议"
    en = "No objection waits for a ruling"


class NothingToWithdraw(Conflict):
    code = "nothing-to-withdraw"
    zh = "没有可以撤回的召集:被召集的部门都已报到,或只剩牵头部门"
    en = "No call can be withdrawn: every department has arrived, or leads"


class NobodyToCallAgain(Conflict):
    code = "nobody-to-call-again"
    zh = "没有已签退的部门可以再次召集"
    en = "No department that has signed off can be called again"


class SignOffsMissing(Conflict):
    code = "sign-offs-missing"
    zh = "尚未签退:{departments};请等其签退,或撤回对未报到部门的召集"
    en = "Not signed off yet: {departments}; wait for them, or withdraw the call of who has not arrived"
