"""Enterprises, organisations, places and facilities: where they are, how safe, what is known of them (REG-10, P6, P14).

The latest safety assessment gives the grade; with it goes how often somebody looks. Whoever is responsible there is
sealed before it reaches the aggregate (PRV-02).
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from services.chassis.errors import Fault
from services.chassis.messages import Aggregate
from services.registry.errors import PlaceRetired, fault
from services.registry.messages import PlaceChanged
from services.registry.messages.places import AssessPlace, PlaceFacts, PlaceValues
from services.registry.model.values import among, bad_day, is_day, named, not_among

KINDS = {"enterprise": "企业", "organisation": "社会组织", "place": "场所", "facility": "服务设施"}
OPERATING = {"normal": "正常经营", "difficult": "经营困难", "suspended": "停产停业", "closed": "已关闭"}
ORGANISATIONS = {
    "none": "未建立", "branch": "党支部", "joint-branch": "联合党支部", "general-branch": "党总支", "committee": "党委",
}  # fmt: skip
RECORDS = {
    "entered": "登记", "changed": "变更", "assessed": "安全评估", "stated": "情况登记",
    "moved": "随网格调整", "retired": "注销",
}  # fmt: skip
MOST_PEOPLE = 1_000_000
LONGEST_GRADE = 20

_PHONE = re.compile(r"[0-9+() -]{3,24}|")


@dataclass(frozen=True)
class Record:
    """One line of a place's history: what happened, on which day it is about, when and by whom it was entered."""

    what: str
    on: date
    at: datetime
    by_id: str
    grid_code: str
    grade: str
    key: bool
    words: str = ""
    facts: Mapping[str, Any] | None = None


@dataclass(eq=False)
class Place(Aggregate):
    """One place. `responsible` is sealed; `grade` is "" while nobody has assessed it; `records` are still unwritten."""

    id: str
    kind: str = ""
    name: str = ""
    grid_code: str = ""
    lon: float = 0.0
    lat: float = 0.0
    address: str = ""
    pollution_source: bool = False
    responsible: str | None = None
    grade: str = ""
    key: bool = False
    assessed_on: date | None = None
    facts: Mapping[str, Any] | None = None
    stated_on: date | None = None
    active: bool = True
    version: int = 0
    sequence: int = 0

    def __post_init__(self) -> None:
        super().__init__(self.sequence)
        self.records: list[Record] = []

    def take(self, values: PlaceValues, sealed: str | None, by: str, at: datetime, today: date) -> bool:
        """Take over checked values whose grid is known; say whether anything changed. Raises PlaceRetired."""
        self._require_active()
        before = self._content()
        self.kind, self.name, self.grid_code = values.kind, values.name.strip(), values.grid_code
        self.lon, self.lat, self.address = values.lon, values.lat, values.address.strip()
        self.pollution_source, self.responsible = values.pollution_source, sealed
        if self.version and self._content() == before:
            return False
        self._note("changed" if self.version else "entered", today, by, at)
        return True

    def assess(self, given: AssessPlace, by: str, at: datetime) -> None:
        """Keep a checked assessment; one of an earlier day than the last stays history. Raises PlaceRetired."""
        self._require_active()
        on = date.fromisoformat(given.assessed_on)
        if self.assessed_on is None or on >= self.assessed_on:
            self.grade, self.key, self.assessed_on = given.grade, given.key, on
        self._note("assessed", on, by, at, given.words.strip(), grade=given.grade, key=given.key)

    def state(self, facts: PlaceFacts, on: date, by: str, at: datetime) -> None:
        """Keep checked facts of a day; those of an earlier day than the last stay history. Raises PlaceRetired."""
        self._require_active()
        if self.stated_on is None or on >= self.stated_on:
            self.facts, self.stated_on = asdict(facts), on
        self._note("stated", on, by, at, facts=asdict(facts))

    def move(self, grid_code: str, by: str, at: datetime, today: date) -> None:
        """Lie in another grid, since grids have changed (REG-04)."""
        self.grid_code = grid_code
        self._note("moved", today, by, at)

    def retire(self, reason: str, by: str, at: datetime, today: date) -> None:
        """Be no more. Raises PlaceRetired."""
        self._require_active()
        self.active = False
        self._note("retired", today, by, at, reason.strip())

    def _require_active(self) -> None:
        if not self.active:
            raise PlaceRetired(name=self.name)

    def _content(self) -> tuple[object, ...]:
        place = (self.kind, self.name, self.grid_code, self.lon, self.lat, self.address)
        return (*place, self.pollution_source, self.responsible)

    def _note(self, what: str, on: date, by: str, at: datetime, words: str = "", **more: Any) -> None:
        self.version += 1
        values = {"grade": self.grade, "key": self.key, **more}
        self.records.append(Record(what, on, at, by, self.grid_code, words=words, **values))
        self.record(
            PlaceChanged(
                subject=self.id,
                at=at,
                grid=self.grid_code,
                kind=self.kind,
                name=self.name,
                grade=self.grade,
                key=self.key,
                pollution_source=self.pollution_source,
                lon=self.lon,
                lat=self.lat,
                active=self.active,
            )
        )


def value_faults(path: str, values: PlaceValues) -> Iterator[Fault]:
    """What is wrong with what is said of a place, but for its grid."""
    yield from among(f"{path}kind", values.kind, KINDS)
    yield from named(f"{path}name", values.name)
    if not (-180 <= values.lon <= 180 and -90 <= values.lat <= 90):
        zh, en = "应为 WGS 84 坐标:经度 -180 至 180,纬度 -90 至 90", "WGS 84: longitude -180 to 180, latitude -90 to 90"
        yield fault(f"{path}lon", "out-of-range", zh, en)
    if len(values.address) > 200:
        yield fault(f"{path}address", "too-long", "地址最多 200 字", "An address has at most 200 characters")
    if len(values.responsible_name or "") > 60:
        yield fault(f"{path}responsible_name", "too-long", "姓名最多 60 字", "A name has at most 60 characters")
    if not _PHONE.fullmatch(values.responsible_phone or ""):
        zh, en = "电话号码有误;应为 3 至 24 位数字,或留空", "A telephone number has 3 to 24 digits; or leave it empty"
        yield fault(f"{path}responsible_phone", "phone", zh, en)


def assessment_faults(given: AssessPlace, grades: Collection[str], today: date) -> Iterator[Fault]:
    """What is wrong with an assessment; `grades` are those that the plan speaks of, any where it speaks of none."""
    yield from day_faults("assessed_on", given.assessed_on, today)
    if grades and given.grade not in grades:
        yield not_among("grade", given.grade, grades)
    elif not 0 < len(given.grade.strip()) <= LONGEST_GRADE:
        zh, en = f"等级不能为空,最多 {LONGEST_GRADE} 字", f"A grade has 1 to {LONGEST_GRADE} characters"
        yield fault("grade", "grade-missing", zh, en)


def fact_faults(facts: PlaceFacts, stated_on: str, today: date) -> Iterator[Fault]:
    """What is wrong with facts of a day."""
    yield from day_faults("stated_on", stated_on, today)
    yield from among("facts.operating", facts.operating, OPERATING)
    yield from among("facts.organisation", facts.organisation, ORGANISATIONS)
    for name in ("employees", "party_members"):
        count = getattr(facts, name)
        if count is not None and not 0 <= count <= MOST_PEOPLE:
            zh, en = f"人数应为 0 至 {MOST_PEOPLE}", f"A number of people is 0 to {MOST_PEOPLE}"
            yield fault(f"facts.{name}", "out-of-range", zh, en)


def day_faults(path: str, text: str, today: date) -> Iterator[Fault]:
    """A fault unless it is a day that has come."""
    if not is_day(text):
        yield bad_day(path, text)
    elif date.fromisoformat(text) > today:
        zh, en = f"{text} 尚未到来;应为今天或更早", f"{text} is still to come; give today or an earlier day"
        yield fault(path, "day-to-come", zh, en)


def grades_of(plan: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The grades by which the patrols of a plan's document look at places, in its order."""
    patrols = plan.get("patrols", ()) if plan else ()
    return tuple(dict.fromkeys(each["grade"] for patrol in patrols for each in patrol.get("by_grade", ())))
