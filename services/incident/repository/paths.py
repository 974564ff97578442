"""The way that a case took, in the columns of its row: plain JSON, read back as it was."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from services.incident.model.case import Case
from services.incident.model.case.paths import Returned, Routing

Values = dict[str, Any]


def path_values(case: Case) -> Values:
    """The columns of who got the case, why, and who returned it."""
    return {
        "routing": _plain(asdict(case.routing)) if case.routing else None,
        "returns": [_plain(asdict(each)) for each in case.returns],
        "arbiters": list(case.arbiters),
    }


def paths(row: Any) -> Values:
    """The fields of a case from these columns."""
    return {
        "routing": Routing(**_times(row["routing"])) if row["routing"] else None,
        "returns": tuple(Returned(**_times(each)) for each in row["returns"]),
        "arbiters": tuple(row["arbiters"]),
    }


def _plain(values: Values) -> Values:
    plain: Values = json.loads(json.dumps(values, default=datetime.isoformat, ensure_ascii=False))
    return plain


def _times(values: Values) -> Values:
    """The same with moments (`at`, `…_at`) as datetimes."""
    return {
        name: datetime.fromisoformat(value) if value and (name == "at" or name.endswith("_at")) else value
        for name, value in values.items()
    }
