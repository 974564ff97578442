"""A question to the reporter stops the clock; an approved request makes the limit longer (INC-07)."""

from collections.abc import Sequence
from datetime import datetime

from services.chassis.auth import Principal
from services.incident import messages as events
from services.incident.errors import AskedTooOften, ExtendedTooOften, ExtensionTooLong, LimitPassed, NotInPlan
from services.incident.model.case.facts import Extension, Inquiry
from services.incident.model.case.record import CaseRecord
from services.incident.model.limits import IN_OFFICE_TIME, Amount, ExtensionRule, InquiryRule, Limit, LimitRules
from services.incident.model.rights import relations
from services.incident.model.workflow import ACTION_BY_NAME


class Waiting(CaseRecord):
    """Ask, reply, go on; ask for an extension, grant, refuse, let it lapse."""

    def ask(self, by: Principal, at: datetime, rules: LimitRules, question: str) -> None:
        """Ask the reporter and stop the clock until the answer, or until the plan's time for it is over.

        Raises NotInPlan, AskedTooOften (in this step and round), LimitPassed: a late case does not become punctual.
        """
        self._allow("ask", by, question)
        rule, limit = self._inquiry_rule(rules), self._running_at(at, "ask")
        answer_by = rules.calendar.due(at, rule.within.amount, rule.within.unit)
        self._move("ask", by, at, rules, question, handles="holder" in relations(self, by))
        rules.pause(limit, at, answer_by)
        number = len(self.inquiries) + 1
        self.inquiries.append(Inquiry(number, limit.step, limit.round, question, at, by.person_id, by.name, answer_by))
        self._tell(events.ReporterAsked, at, step=limit.step, round=limit.round, answer_by=answer_by)

    def _inquiry_rule(self, rules: LimitRules) -> InquiryRule:
        rule = rules.inquiries
        if rule is None or rule.times == 0:
            raise NotInPlan(action=ACTION_BY_NAME["ask"].title)
        if len([each for each in self.inquiries if self._of_running(each)]) >= rule.times:
            raise AskedTooOften(times=rule.times)
        return rule

    def reply(self, by: Principal, at: datetime, rules: LimitRules, text: str, attachments: Sequence[str]) -> None:
        """Keep the reporter's answer and let the clock go on."""
        self._move("reply", by, at, rules, text, attachments)
        if (inquiry := self.inquiry) is not None:
            inquiry.answer, inquiry.answered_by_name = text, by.name
        self._go_on(at, rules, "answered")

    def go_on(self, by: Principal, at: datetime, rules: LimitRules) -> bool:
        """Let the clock go on when the reporter's time is over; False where it is not, or nothing was asked."""
        limit = self.running
        if limit is None or limit.resumes_at is None or at < limit.resumes_at:
            return False
        self._move("go-on", by, at, rules, "")
        self._go_on(at, rules, "unanswered")
        return True

    def _go_on(self, at: datetime, rules: LimitRules, outcome: str) -> None:
        inquiry, limit = self.inquiry, self.running
        if inquiry is None or limit is None:
            return
        inquiry.outcome, inquiry.ended_at = outcome, at
        # Nobody gains time because the platform looked late: the clock went on when the reporter's time was over.
        rules.resume(limit, min(at, inquiry.answer_by))
        self._tell(
            events.LimitResumed,
            at,
            step=limit.step,
            round=limit.round,
            answered=outcome == "answered",
            due_at=limit.due_at,
        )

    def ask_extension(self, by: Principal, at: datetime, rules: LimitRules, amount: float, why: str) -> None:
        """Ask for `amount` more of the limit's own unit, before the limit has passed.

        Raises NotInPlan, ExtendedTooOften, LimitPassed, ExtensionTooLong.
        """
        self._allow("ask-extension", by, why)
        rule, limit = self._extension_rule(rules), self._running_at(at, "ask-extension")
        _check_amount(rules, rule, limit, amount)
        self._move("ask-extension", by, at, rules, why)
        number = len(self.extensions) + 1
        self.extensions.append(
            Extension(
                number=number,
                step=limit.step,
                round=limit.round,
                amount=amount,
                unit=limit.unit,
                reason=why,
                approver=rule.approved_by,
                asked_at=at,
                asked_by=by.person_id,
                asked_by_name=by.name,
                due_before=limit.due_at,
            )
        )
        self._tell(events.ExtensionAsked, at, step=limit.step, round=limit.round, amount=amount, unit=limit.unit)

    def _extension_rule(self, rules: LimitRules) -> ExtensionRule:
        rule = rules.extensions
        if rule is None or rule.times == 0:
            raise NotInPlan(action=ACTION_BY_NAME["ask-extension"].title)
        granted = [each for each in self.extensions if each.outcome == "granted" and self._of_running(each)]
        if len(granted) >= rule.times:
            raise ExtendedTooOften(times=rule.times)
        return rule

    def grant_extension(self, by: Principal, at: datetime, rules: LimitRules) -> None:
        """Make the limit longer by what was asked. Raises OwnRequest, LimitPassed."""
        self._allow("grant-extension", by, "")
        limit, asked = self._running_at(at, "grant-extension"), self.extension
        self._move("grant-extension", by, at, rules, "")
        if asked is not None:
            rules.extend(limit, asked.amount, at)
            self._decided(asked, by, at, "granted", "")

    def refuse_extension(self, by: Principal, at: datetime, rules: LimitRules, why: str) -> None:
        """Leave the limit as it is. Raises OwnRequest."""
        self._move("refuse-extension", by, at, rules, why)
        if self.extension is not None:
            self._decided(self.extension, by, at, "refused", why)

    def lapse_extension(self, by: Principal, at: datetime, rules: LimitRules) -> bool:
        """Let a request lapse that nobody decided before the limit passed; False where there is none."""
        limit = self.running
        if self.extension is None or limit is None or limit.paused_at is not None or at < limit.due_at:
            return False
        self._move("lapse-extension", by, at, rules, "")
        self._decided(self.extension, by, at, "lapsed", "")
        return True

    def _decided(self, asked: Extension, by: Principal, at: datetime, outcome: str, why: str) -> None:
        limit = self.running
        asked.outcome, asked.decided_at, asked.decided_by_name, asked.answer = outcome, at, by.name, why
        asked.due_after = limit.due_at if limit and limit.paused_at is None else None
        self._tell(
            events.ExtensionDecided,
            at,
            step=asked.step,
            round=asked.round,
            outcome=outcome,
            amount=asked.amount,
            unit=asked.unit,
            due_at=asked.due_after,
        )

    def recount(
        self, by: Principal, at: datetime, rules: LimitRules, why: str
    ) -> tuple[str, datetime, datetime] | None:
        """Count the running limit anew after the county's working days changed; the step, its old and new due moment.

        None where it stays as it is: paused, in hours round the clock, or not touched. Doing it again changes nothing.
        """
        limit = self.running
        if limit is None or limit.unit not in IN_OFFICE_TIME:
            return None
        before = limit.due_at
        if not rules.recount(limit, at):
            return None
        self._note("recount", by, at, self.state, self.state, why, ())
        due = {"due_before": before, "due_at": limit.due_at}
        self._tell(events.LimitMoved, at, step=limit.step, round=limit.round, **due)
        return limit.step, before, limit.due_at

    def _running_at(self, at: datetime, action: str) -> Limit:
        """The running limit. Raises LimitPassed where it lies before `at`."""
        limit = self.running
        if limit is None or limit.passed(at):
            due = limit.due_at.isoformat() if limit else ""
            raise LimitPassed(due=due, action=ACTION_BY_NAME[action].title)
        return limit

    def _of_running(self, each: Inquiry | Extension) -> bool:
        limit = self.running
        return limit is not None and (each.step, each.round) == (limit.step, limit.round)


def _check_amount(rules: LimitRules, rule: ExtensionRule, limit: Limit, amount: float) -> None:
    most = rule.at_most or Amount(limit.amount, limit.unit)
    latest = rules.calendar.due(limit.due_at, most.amount, most.unit)
    if amount <= 0 or rules.calendar.due(limit.due_at, amount, limit.unit) > latest:
        raise ExtensionTooLong(latest=latest.isoformat(), most=f"{most.amount:g} {most.unit}")
