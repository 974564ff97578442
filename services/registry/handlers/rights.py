"""Who may administer what (REG-14). `platform` is the operator's command on the machine, for the first steps."""

from services.registry.errors import OwnRoles
from services.registry.ports import Work

SYSTEM = ("system-administrator", "platform")
SECURITY = ("security-administrator", "platform")
PLAN = ("county-leader", "system-administrator", "platform")


def system(work: Work, action: str) -> None:
    """Raise Forbidden unless the caller administers divisions, grids, posts, departments and duties."""
    work.caller.require(*SYSTEM, action=action)


def security(work: Work, action: str) -> None:
    """Raise Forbidden unless the caller administers accounts."""
    work.caller.require(*SECURITY, action=action)


def plan(work: Work, action: str) -> None:
    """Raise Forbidden unless the caller may store and activate plans."""
    work.caller.require(*PLAN, action=action)


def of_others(work: Work, person_id: str) -> None:
    """Raise OwnRoles when the caller is the person."""
    if work.caller.person_id == person_id:
        raise OwnRoles
