"""Rows of a table of enterprises and places, with their latest safety assessment (REG-10, REG-13)."""

from collections.abc import Iterator, Mapping, Sequence

from services.chassis.errors import Fault
from services.chassis.ids import new_id
from services.registry.errors import fault
from services.registry.handlers import rights
from services.registry.handlers.answers import outcome_of
from services.registry.handlers.places import assess, grid_faults, take_values
from services.registry.handlers.sheets.areas import outside
from services.registry.messages.places import AssessPlace, PlaceValues
from services.registry.model.places import Place, assessment_faults, grades_of, value_faults
from services.registry.model.sheets.imports import Outcome
from services.registry.model.sheets.reading import Values
from services.registry.model.values import refuse_import, repeated
from services.registry.ports import Work


def take(rows: Sequence[Values], stored: Mapping[str, Values], work: Work) -> list[Outcome]:
    """Enter and change places; a grade with its day is an assessment. Raises ImportRefused."""
    refuse_import(_faults(rows, work))
    for code in sorted({row["grid_code"] for row in rows}):
        work.places.name_lock(code)
    known = work.places.of_names([_key(row) for row in rows])
    return [(f"{row['grid_code']}|{row['name']}", _take(row, known.get(_key(row)), work)) for row in rows]


def _take(row: Values, known: Place | None, work: Work) -> str:
    place = known or Place(new_id())
    changed = take_values(place, _values(row), work)
    assessed = _is_new(row, place)
    if assessed:
        assess(place, _assessment(row, place.id), work)
    if known is None:
        work.places.add(place)
    elif changed or assessed:
        work.places.save(place)
    return outcome_of(known is None, changed or assessed)


def _is_new(row: Values, place: Place) -> bool:
    if not row["grade"]:
        return False
    assessed = place.assessed_on.isoformat() if place.assessed_on else None
    return (row["grade"], row["assessed_on"], bool(row["key"])) != (place.grade, assessed, place.key)


def _faults(rows: Sequence[Values], work: Work) -> Iterator[Fault]:
    yield from repeated((f"rows[{number}].name", "|".join(_key(row))) for number, row in enumerate(rows))
    grids = work.grids.many({row["grid_code"] for row in rows})
    grades = grades_of(work.plans.in_force("patrols"))
    bound = rights.bound_to_areas(work, "places")
    for number, row in enumerate(rows):
        path, values = f"rows[{number}].", _values(row)
        yield from value_faults(path, values)
        yield from grid_faults(path, grids.get(values.grid_code), values, work)
        if bound:
            yield from outside(f"{path}grid_code", values.grid_code, work)
        yield from _assessment_faults(path, row, grades, work)


def _assessment_faults(path: str, row: Values, grades: Sequence[str], work: Work) -> Iterator[Fault]:
    if row["grade"]:
        for each in assessment_faults(_assessment(row, ""), grades, work.today):
            yield fault(f"{path}{each.path}", each.code, each.zh, each.en)
    elif row["assessed_on"] or row["key"]:
        zh, en = "填写了评估日期或重点监管,请同时填写安全等级", "Give the grade with the day of the assessment"
        yield fault(f"{path}grade", "grade-missing", zh, en)


def _key(row: Values) -> tuple[str, str]:
    return row["grid_code"], row["name"]


def _values(row: Values) -> PlaceValues:
    given = {name: row[name] for name in ("kind", "name", "grid_code", "lon", "lat", "address")}
    given |= {name: row[name] or None for name in ("responsible_name", "responsible_phone")}
    return PlaceValues(**given, pollution_source=bool(row["pollution_source"]))


def _assessment(row: Values, place_id: str) -> AssessPlace:
    return AssessPlace(
        place_id=place_id, assessed_on=row["assessed_on"] or "", grade=row["grade"], key=bool(row["key"]), words=""
    )
