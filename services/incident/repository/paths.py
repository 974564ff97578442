"""The way that a case took, in the columns of its row: plain JSON, read back as it was."""

import json
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from services.incident.model.case import Case
from services.incident.model.case.paths import Climb, Consultation, Returned, Routing, Seat, Standing

Values = dict[str, Any]


def path_values(case: Case) -> Values:
    """The columns of who got the case, why, and who returned it."""
    return {
        "routing": _plain(asdict(case.routing)) if case.routing else None,
        "returns": [_plain(asdict(each)) for each in case.returns],
        "standing": _plain(asdict(case.standing)),
        "climbs": [_plain(asdict(each)) for each in case.climbs],
        "consultations": [_plain(asdict(each)) for each in case.consultations],
        "held_at": case.standing.grid or case.grid,
        "arbiters": list(case.arbiters),
    }


def paths(row: Any) -> Values:
    """The fields of a case from these columns."""
    return {
        "routing": Routing(**_times(row["routing"])) if row["routing"] else None,
        "returns": tuple(Returned(**_times(each)) for each in row["returns"]),
        "standing": _standing(row["standing"]),
        "climbs": tuple(Climb(**_times(each)) for each in row["climbs"]),
        "consultations": tuple(Consultation(**_times(each)) for each in row["consultations"]),
        "arbiters": tuple(row["arbiters"]),
    }


def _standing(values: Values) -> Standing:
    if not values:
        return Standing()
    below = tuple(_tuples(Seat(**each), "co_departments") for each in values["below"])
    standing: Standing = _tuples(Standing(**values), "callers")
    return replace(standing, below=below)


def _tuples(found: Any, *names: str) -> Any:
    """The same with the lists under `names`, as JSON has them, as tuples."""
    return replace(found, **{name: tuple(getattr(found, name)) for name in names})


def _plain(values: Values) -> Values:
    plain: Values = json.loads(json.dumps(values, default=datetime.isoformat, ensure_ascii=False))
    return plain


def _times(values: Values) -> Values:
    """The same with moments (`at`, `…_at`) as datetimes."""
    return {
        name: datetime.fromisoformat(value) if value and (name == "at" or name.endswith("_at")) else value
        for name, value in values.items()
    }
