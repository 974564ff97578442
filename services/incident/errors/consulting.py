"""What is refused about consultations (INC-10).

Conflict ── NothingToActOn ── OnTheAgenda
"""

from services.incident.errors.cases import NothingToActOn


class OnTheAgenda(NothingToActOn):
    code = "on-the-agenda"
    zh = "案件已提请会商,等待会议决定,不必再次{action}"
    en = 'The case is on the agenda and waits for the meeting; "{action}" is not needed again'
