"""What is refused about households and the list of those to be visited (REG-09).

NotFound ── HouseholdNotFound, CareNotFound
Invalid ─── VisitIncomplete
Forbidden ─ OwnProposal
Conflict ── CareListed, CareStateWrong, HouseholdGone
"""

from services.chassis.errors import Conflict, Forbidden, NotFound


class HouseholdNotFound(NotFound):
    code = "household-not-found"
    zh = "没有找到住户 {id},或不在您的可见范围之内"
    en = "There is no household {id}, or it is outside your scope"


class HouseholdGone(Conflict):
    code = "household-gone"
    zh = "该住户已注销,不能再登记"
    en = "The household is no more; nothing is entered for it"


class CareNotFound(NotFound):
    code = "care-not-found"
    zh = "走访名单中没有 {id},或不归您核定"
    en = "There is no entry {id} on the list of visits, or it is not yours to decide"


class VisitIncomplete(Conflict):
    code = "visit-incomplete"
    zh = "方案的走访“{visit}”没有写明{missing},不能建立名单;请先在方案中补充并启用"
    en = 'The plan\'s visit "{visit}" does not say its {missing}; nobody is listed before the plan says so'


class CareListed(Conflict):
    code = "care-listed"
    zh = "该住户已在此项走访名单中({state}),无需重复登记"
    en = "The household is on that list already ({state})"


class CareStateWrong(Conflict):
    code = "care-state"
    zh = "名单条目当前为“{state}”,不能{action}"
    en = 'The entry is "{state}"; "{action}" is not possible now'


class OwnProposal(Forbidden):
    code = "own-proposal"
    zh = "本人提出的名单须由他人核定"
    en = "Somebody else decides on what you proposed yourself"
