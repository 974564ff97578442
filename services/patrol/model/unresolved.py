"""What the patrol service keeps of a case, and when nobody could settle it (INC-10)."""

from collections.abc import Mapping

ASKED, CONTESTED, OVERDUE, ESCALATED = "asked", "contested", "overdue", "escalated"
WHY: Mapping[str, str] = {
    ASKED: "提请会商",
    CONTESTED: "两次退回,职责有争议",
    OVERDUE: "逾期未办结",
    ESCALATED: "下级难以解决,已呼叫上级",
}
STILL_OPEN = ("reported", "filed", "arbitration", "dispatched", "handling")
"""In these somebody has yet to settle it; afterwards it is looked at whether that was well done."""
OVER = ("closed", "registered", "declined", "handed-over", "merged")
"""In these the case is over: what a meeting decided about it is carried out."""


def reasons(had: tuple[str, ...], why: str, state: str) -> tuple[str, ...]:
    """Why nobody could settle the case after an event with the reason `why` ("" for none) that left it in `state`."""
    if state not in STILL_OPEN:
        return ()
    kept = tuple(each for each in had if each != CONTESTED or state == "arbitration")
    return tuple(dict.fromkeys((*kept, why))) if why else kept
