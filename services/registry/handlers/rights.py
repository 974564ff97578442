"""Who may administer what (REG-14). `platform` is the operator's command on the machine, for the first steps."""

from services.chassis.errors import Forbidden
from services.registry.errors import OwnRoles
from services.registry.ports import Work

SYSTEM = ("system-administrator", "platform")
SECURITY = ("security-administrator", "platform")
OPERATOR = "centre-operator"
TABLES = {
    "divisions": SYSTEM,
    "grids": (*SYSTEM, OPERATOR),
    "posts": (*SYSTEM, OPERATOR),
    "people": (*SECURITY, OPERATOR),
    "departments": (*SYSTEM, OPERATOR),
    "duties": SYSTEM,
    "places": (*SYSTEM, OPERATOR),
}
"""Who imports which kind of table; a centre operator only within the own areas (REG-13)."""

HOUSEHOLDS = (
    "grid-member", "governance-member", "grid-leader", "instructor", "centre-operator", "party-secretary",
)  # fmt: skip
"""Who enters and sees households, within the own areas."""
CONFIRMERS = ("department-handler", "department-head")
"""Who decides for a department which households are on its list of visits."""

PLAN = ("county-leader", "system-administrator", "platform")


PLACES = (*SYSTEM, OPERATOR, "grid-leader", "instructor")


def system(work: Work, action: str) -> None:
    """Raise Forbidden unless the caller administers divisions, grids, posts, departments and duties."""
    work.caller.require(*SYSTEM, action=action)


def security(work: Work, action: str) -> None:
    """Raise Forbidden unless the caller administers accounts."""
    work.caller.require(*SECURITY, action=action)


def plan(work: Work, action: str) -> None:
    """Raise Forbidden unless the caller may store and activate plans."""
    work.caller.require(*PLAN, action=action)


def places(work: Work, action: str) -> None:
    """Raise Forbidden unless the caller enters and assesses places; within the own areas, but for SYSTEM (REG-10)."""
    work.caller.require(*PLACES, action=action)


def of_others(work: Work, person_id: str) -> None:
    """Raise OwnRoles when the caller is the person."""
    if work.caller.person_id == person_id:
        raise OwnRoles


def table(work: Work, kind: str, name: str) -> None:
    """Raise Forbidden unless the caller may import tables of `kind`."""
    work.caller.require(*TABLES[kind], action=f"导入{name}")


def bound_to_areas(work: Work, kind: str) -> bool:
    """Whether the caller imports `kind` as a centre operator, who is bound to the own areas and gives no roles."""
    return not work.caller.has(*(role for role in TABLES[kind] if role != OPERATOR))


def households(work: Work, grid_code: str, action: str) -> None:
    """Raise Forbidden unless the caller enters households in the grid."""
    if work.caller.has("platform"):
        return
    work.caller.require(*HOUSEHOLDS, action=action)
    if not work.caller.covers(grid_code):
        raise Forbidden(action=f"{action}(网格 {grid_code} 不在您的范围之内)")
