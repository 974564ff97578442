"""Several reports of one problem: merged, handled once, and taken apart again where that was wrong (INC-16)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.chassis.auth import Principal
from services.chassis.errors import Forbidden
from services.incident import messages as events
from services.incident.errors import MergedAlready, MergeWithItself, NotMergeable, ReasonMissing
from services.incident.model.case.facts import Follower, Main
from services.incident.model.case.record import CaseRecord
from services.incident.model.limits import LimitRules
from services.incident.model.rights import relations
from services.incident.model.workflow import ACTION_BY_NAME, STATE_BY_NAME, next_state


class Merging(CaseRecord):
    """Merge, unmerge. A main case is never merged itself, so that no ring of cases can come about."""

    def merge(
        self,
        duplicates: Sequence["Merging"],
        trailing: Sequence["Merging"],
        by: Principal,
        at: datetime,
        rules: LimitRules,
        why: str,
    ) -> None:
        """Merge `duplicates` into this case (并案); `trailing` are those that follow one of them already.

        The reporters of all become reporters of this one; clocks of the merged end. Raises MergeWithItself,
        MergedAlready, NotMergeable, and ReasonMissing for a closed duplicate without a reason.
        """
        self._check_main()
        self._allow("merge", by, why)
        for each in duplicates:
            self._check_duplicate(each, by, why)
        fresh = (*duplicates, *trailing)
        for each in duplicates:
            each._join(self, by, at, rules, why, self._has_first(each, fresh))
        for each in trailing:
            each._follow(self, by, at, self._has_first(each, fresh))
        self.followers += tuple(each._as_follower() for each in fresh)
        numbers = "、".join(each.number for each in duplicates)
        self._move("merge", by, at, rules, f"并入 {numbers}" + (f":{why}" if why else ""))
        self._tell_of_followers(at, fresh)

    def _check_main(self) -> None:
        if self.main is not None:
            raise MergedAlready(number=self.number, main=self.main.number)

    def _check_duplicate(self, other: "Merging", by: Principal, why: str) -> None:
        if other.id == self.id:
            raise MergeWithItself(number=self.number)
        other._check_main()
        if next_state(other.state, "join") is None:
            raise NotMergeable(number=other.number, state=STATE_BY_NAME[other.state].title)
        if "centre-operator" not in relations(other, by):
            raise Forbidden(action=ACTION_BY_NAME["merge"].title)
        if other.state == "closed" and not why.strip():
            raise ReasonMissing(action=f"把已结案的 {other.number} 并入")

    def _has_first(self, other: "Merging", family: Sequence["Merging"]) -> bool:
        """Whether `other` is the earliest of those that were first reports: one problem has one (INC-19, ASM-11)."""
        firsts = [each for each in (self, *family) if each.first_report]
        return bool(firsts) and min(firsts, key=lambda each: (each.reported_at, each.id)).id == other.id

    def _join(
        self, main: "Merging", by: Principal, at: datetime, rules: LimitRules, why: str, keeps_first: bool
    ) -> None:
        """Become one that follows `main`; who merges was asked about both cases, the table lets the platform do it."""
        self.merged_from = self.state
        carrier = replace(by, roles=by.roles | {"platform"})
        self._move("join", carrier, at, rules, f"并入 {main.number}" + (f":{why}" if why else ""))
        self.merged_into, self.main, self.followers = main.id, main._as_main(), ()
        self._tell(events.CaseMerged, at, main=main.id, main_number=main.number, keeps_first=keeps_first)

    def _follow(self, main: "Merging", by: Principal, at: datetime, keeps_first: bool) -> None:
        """Follow another main case than before, because the one between was merged or taken out."""
        self.main = main._as_main()
        self._note("follow", by, at, self.state, self.state, f"主案为 {main.number}", ())
        self._tell(events.CaseMerged, at, main=main.id, main_number=main.number, keeps_first=keeps_first)

    def unmerge(
        self,
        main: "Merging",
        trailing: Sequence["Merging"],
        by: Principal,
        at: datetime,
        rules: LimitRules,
        why: str,
    ) -> None:
        """Take this case out of `main` again (撤销并案): state and holder as before, a fresh limit.

        Possible whatever became of the main case: a wrong merge is often found when the main case ends. `trailing` are
        those that were merged into this one.
        """
        self._move("unmerge", by, at, rules, why)
        self.merged_into, self.main, self.merged_from = None, None, ""
        self.followers = tuple(each._as_follower() for each in trailing)
        first = self._has_first(self, trailing)
        self._tell(events.CaseUnmerged, at, main=main.id, main_number=main.number, first_report=first)
        for each in trailing:
            each._follow(self, by, at, self._has_first(each, trailing))
        main._release((self, *trailing), by, at, why)

    def _release(self, gone: Sequence["Merging"], by: Principal, at: datetime, why: str) -> None:
        ids = {each.id for each in gone}
        self.followers = tuple(each for each in self.followers if each.id not in ids)
        numbers = "、".join(each.number for each in gone)
        self._note("release", by, at, self.state, self.state, f"移出 {numbers}:{why}", ())
        self._tell_of_followers(at, ())

    def _tell_of_followers(self, at: datetime, fresh: Sequence["Merging"]) -> None:
        numbers = tuple(each.number for each in self.followers)
        first = self.first_report and self.state != "declined" and self._has_first(self, fresh)
        self._tell(events.CaseAbsorbed, at, merged=numbers, first_report=first)

    def _as_main(self) -> Main:
        return Main(self.id, self.number, self.state)

    def _as_follower(self) -> Follower:
        return Follower(self.id, self.number, self.area, self.reporter_id)
