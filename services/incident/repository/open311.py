"""What an Open311 report has beyond its case: the application, the token, the sealed contact (PRV-02)."""

import json
from typing import TYPE_CHECKING

from services.incident import tables
from services.incident.ports import Submission

if TYPE_CHECKING:
    from services.incident.repository.work import IncidentWork


class SubmissionRepository:
    """The submissions of one unit of work, written after their cases."""

    def __init__(self, work: "IncidentWork") -> None:
        self._work = work
        self._added: list[Submission] = []

    def add(self, submission: Submission) -> None:
        self._added.append(submission)

    def flush(self) -> None:
        for each in self._added:
            values = {"case_id": each.case_id, "application_id": each.application_id, "token": each.token}
            sealed = {"contact": self._sealed(each), "submitted_at": self._work.now}
            self._work.writes.insert(tables.submissions, [{**values, **sealed}])
        self._added.clear()

    def _sealed(self, submission: Submission) -> str | None:
        if not submission.contact:
            return None
        text = json.dumps(dict(submission.contact), ensure_ascii=False)
        return self._work.seal.close(text, f"open311.contact:{submission.case_id}")
