"""The way that a case took, as its page shows it (INC-05)."""

from dataclasses import asdict
from typing import Any

from services.incident.model.case import Case

KINDS = {
    "duty": "按职责分工派遣",
    "precedent": "按先例派遣",
    "operator": "人工派遣",
    "ruling": "按裁定派遣",
    "grid": "由网格办理",
}

Values = dict[str, Any]


def path_of(case: Case) -> Values:
    """Why the case is where it is and who returned it, how it climbed."""
    routing = case.routing and {**asdict(case.routing), "kind_name": KINDS[case.routing.kind]}
    return {
        "routed_by": routing,
        "returns": [asdict(each) for each in case.returns],
        "ruled": case.ruled,
        "level": case.standing.level,
        "level_name": case.standing.title,
        "held_at": "" if case.department else case.held_at,
        "climbs": [asdict(each) for each in case.climbs],
        "consultations": [asdict(each) for each in case.consultations],
    }
