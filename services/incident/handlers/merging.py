"""Several reports of one problem become one case, and one case several again (INC-16)."""

from collections.abc import Mapping

from services.incident import messages
from services.incident.errors import MergedTwice, NotMerged
from services.incident.handlers.acting import Answer, Handlers, receipt, rules_of
from services.incident.model.case import Case
from services.incident.ports import Work


def merge(command: messages.Merge, work: Work) -> Answer:
    if len(set(command.duplicates)) < len(command.duplicates):
        raise MergedTwice
    family = work.cases.family((command.case_id, *command.duplicates))
    main = family[command.case_id]
    main.expect(command.expected_version)
    duplicates = [family[each] for each in command.duplicates]
    trailing = [case for each in duplicates for case in _behind(each.id, family)]
    main.merge(duplicates, trailing, work.caller, work.now, rules_of(main, work), command.reason)
    return receipt(main, work)


def unmerge(command: messages.Unmerge, work: Work) -> Answer:
    family = work.cases.family((command.case_id,))
    case = family[command.case_id]
    case.expect(command.expected_version)
    if case.main is None:
        raise NotMerged(number=case.number)
    main, trailing = family[case.main.id], _behind(case.id, family)
    case.unmerge(main, trailing, work.caller, work.now, rules_of(case, work), command.reason)
    return receipt(case, work)


def _behind(case_id: str, family: Mapping[str, Case]) -> list[Case]:
    """Those of `family` that were merged into the case, and what was merged into them."""
    direct = [case for case in family.values() if case.merged_into == case_id]
    return [each for case in direct for each in (case, *_behind(case.id, family))]


HANDLERS: Handlers = {messages.Merge: merge, messages.Unmerge: unmerge}
