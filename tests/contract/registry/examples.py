"""One example of each event of the registry, fixed for ever: what the golden messages are made of.

`plan.json` is an excerpt of P2 as it was expanded when the golden message was made.
"""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from services.chassis.messages import Event
from services.registry import messages, schemas
from services.registry.messages.rosters import DutyRosterChanged

AT = datetime(2026, 11, 22, 3, 4, 5, 678901, tzinfo=UTC)
GRID = "371321106201003"
PERSON = "01936f2a-7c00-7000-8000-00000000000a"
HOUSEHOLD = "01936f2a-7c00-7000-8000-00000000000e"
POST = "01936f2a-7c00-7000-8000-00000000000b"
PLACE = "01936f2a-7c00-7000-8000-00000000000d"
SHIFT = "01936f2a-7c00-7000-8000-00000000000f"
RING = [[118.4, 35.5], [118.41, 35.5], [118.41, 35.51], [118.4, 35.51], [118.4, 35.5]]
DOCUMENT = json.loads((Path(__file__).parent / "plan.json").read_text("utf-8"))

DATA: dict[type[Event], dict[str, Any]] = {
    messages.GridChanged: {
        "subject": GRID,
        "sequence": 2,
        "grid": GRID,
        "code": GRID,
        "name": "东村第三网格",
        "kind": "area",
        "level": 3,
        "parent": "371321106000002",
        "division": "371321106201",
        "divisions": ("371321106201",),
        "ancestors": ("371321106000001", "371321106000002"),
        "boundary": {"type": "Polygon", "coordinates": [RING]},
        "effective": date(2026, 11, 1),
        "state": "active",
        "active": True,
    },
    messages.GridSucceeded: {
        "subject": GRID,
        "sequence": 5,
        "grid": GRID,
        "change_id": "01936f2a-7c00-7000-8000-00000000000c",
        "kind": "split",
        "predecessors": (GRID,),
        "successors": ("371321106201007", "371321106201008"),
        "effective": date(2026, 12, 1),
    },
    messages.PostChanged: {
        "subject": POST,
        "grid": GRID,
        "person_id": PERSON,
        "post": "member",
        "starts": date(2026, 11, 1),
        "ends": None,
        "state": "appointed",
    },
    messages.HouseholdChanged: {"subject": HOUSEHOLD, "grid": GRID, "active": True},
    messages.CareChanged: {
        "subject": "01936f2a-7c00-7000-8000-00000000000f",
        "grid": GRID,
        "household_id": HOUSEHOLD,
        "active": True,
        "expires": date(2027, 11, 21),
        "sealed": "v1:c2VhbGVkIGZvciB0aGUgcGxhdGZvcm0=",
    },
    messages.PersonChanged: {
        "subject": PERSON,
        "sequence": 4,
        "person_id": PERSON,
        "roles": ("grid-member",),
        "home_department": None,
        "areas": (GRID,),
        "active": True,
    },
    messages.CalendarChanged: {
        "subject": "2026",
        "year": 2026,
        "days": ({"day": date(2026, 10, 10), "worked": False}, {"day": date(2026, 10, 11), "worked": True}),
    },
    messages.PlaceChanged: {
        "subject": PLACE,
        "grid": GRID,
        "kind": "enterprise",
        "name": "东岭化工有限公司",
        "grade": "C",
        "key": True,
        "pollution_source": True,
        "lon": 118.405,
        "lat": 35.505,
        "active": True,
    },
    messages.DepartmentChanged: {
        "subject": "env-office",
        "department": "env-office",
        "id": "env-office",
        "name": "环保办",
        "level": "town",
        "kind": "office",
        "active": True,
    },
    messages.DutyChanged: {
        "subject": "river-pollution",
        "department": "env-office",
        "concerned": ("water-station",),
        "key": "river-pollution",
        "name": "河道污染",
        "lead": "env-office",
        "co_departments": ("water-station",),
        "grid_part": "assists",
    },
    DutyRosterChanged: {
        "subject": SHIFT,
        "department": "grid-centre",
        "shift_id": SHIFT,
        "area": "371321106",
        "role": "centre-operator",
        "person_id": PERSON,
        "starts": datetime(2026, 11, 23, 0, 30, tzinfo=UTC),
        "ends": datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
        "active": True,
    },
    messages.PlanActivated: {
        "subject": "p02",
        "plan_id": "p02",
        "version": 1,
        "effective": date(2026, 12, 1),
        "digest": "0f343b0931126a20f133d67c2b018a3b8c5f2d9e4a7b6c1d0e8f9a2b3c4d5e6f",
        "title": "网格化监管、一体化执法实施方案",
        "document": DOCUMENT,
    },
}

EXAMPLES: dict[str, tuple[Event, Any]] = {
    kind.TYPE: (kind(**{"at": AT, "sequence": 1, **data}), schemas.EVENTS[kind]) for kind, data in DATA.items()
}
