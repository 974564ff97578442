"""Matters and rows as Open311 shows them, each field only where the plan publishes it (INC-18)."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from services.incident import tables
from services.incident.model import publication
from services.incident.model.publication import Publication

Values = dict[str, Any]
KINDS = {"yes-no": "choice"}
YES_NO = ("是", "否")


def service_line(matter: Mapping[str, Any]) -> Values:
    """A matter as a service, with its questions in the plan's order."""
    shown = publication.publication(matter)
    standard = matter.get("standard_ref")
    return {
        "code": shown.code,
        "name": shown.name,
        "group": shown.group,
        "description": f"{shown.group}·{shown.name}" + (f"({standard})" if standard else ""),
        "published": bool(shown.fields),
        "notice": shown.notice,
        "attributes": [_attribute(each) for each in matter.get("questions", ())],
    }


def _attribute(question: Mapping[str, Any]) -> Values:
    kind = question["kind"]
    return {
        "code": question["id"],
        "text": question["text"],
        "kind": KINDS.get(kind, kind),
        "choices": list(YES_NO if kind == "yes-no" else question.get("choices", ())),
        "required": bool(question.get("required")),
    }


def requests() -> sa.Select[Any]:
    """Cases with what a request shows of them; neither description nor reporter is read."""
    case, grid, change = tables.cases.c, tables.grids.c, tables.changes.c
    main = tables.cases.alias("main")
    last = sa.and_(change.case_id == case.id, change.sequence == case.changes)
    columns = (
        sa.cast(case.id, sa.Text).label("id"), case.state, case.matter_code, case.result, case.reported_at,
        case.closed_at, case.due_at, case.grid, case.lon, case.lat, grid.ancestors, change.at.label("changed_at"),
        tables.departments.c.name.label("department_name"), main.c.matter_code.label("main_matter"),
        main.c.state.label("main_state"), main.c.result.label("main_result"),
    )  # fmt: skip
    return (
        sa.select(*columns)
        .select_from(tables.cases)
        .outerjoin(tables.grids, grid.code == case.grid)
        .outerjoin(tables.departments, tables.departments.c.id == case.department)
        .outerjoin(tables.changes, last)
        .outerjoin(main, main.c.id == case.main_id)
    )


def request_line(row: Any, published: Mapping[str, Publication], places: Mapping[str, str]) -> Values:
    """One request. The name is the plan's of today, so that a renamed service has one name."""
    shown = published[row["matter_code"]]
    closed = publication.status(row["state"]) == "closed"
    changed = row["changed_at"] or row["reported_at"]
    return {
        "id": row["id"],
        "status": publication.status(row["state"]),
        "status_notes": _notes(row, shown, published.get(row["main_matter"] or "")),
        "service_code": shown.code,
        "service_name": shown.name,
        "agency": (row["department_name"] or "") if shown.shows("department") else "",
        "notice": shown.notice,
        "requested_at": row["reported_at"],
        "updated_at": (row["closed_at"] or changed) if closed else changed,
        "expected_at": row["due_at"] if row["state"] in publication.UNDER_WORK else None,
        **_place(row, shown, places),
    }


def _notes(row: Any, shown: Publication, main: Publication | None) -> str:
    """Where the case stands; of a duplicate also where its main case stands, so that its reporter hears of the end."""
    own = publication.notes(row["state"], row["result"], shown)
    if row["state"] != publication.MERGED or main is None:
        return own
    return f"{own};主案{publication.notes(row['main_state'], row['main_result'], main)}"


def _place(row: Any, shown: Publication, places: Mapping[str, str]) -> Values:
    """From the most specific to the most general, as the standard wants it; the reporter's own words stay out."""
    above = list(row["ancestors"] or ())
    codes = [row["grid"], *reversed(above)] if shown.shows("village") else above[:1] if shown.shows("town") else []
    point = row["lon"] is not None and shown.shows("place")
    return {
        "address": ", ".join(places[code] for code in codes if code in places),
        "address_id": (row["grid"] or "") if shown.shows("village") else "",
        "point": {"lon": row["lon"], "lat": row["lat"]} if point else None,
    }
