"""Requests about enterprises, organisations, places and facilities (REG-10)."""

from gateway.api.declare import Paged
from gateway.api.fields import Day, Flag, GridCode, Number, Pattern, Prefix, Request, Text, Whole, Within
from gateway.api.schemas.registry import PURPOSES

KINDS = ("enterprise", "organisation", "place", "facility")
OPERATING = ("normal", "difficult", "suspended", "closed")
ORGANISATIONS = ("none", "branch", "joint-branch", "general-branch", "committee")
RECORDS = ("entered", "changed", "assessed", "stated", "moved", "retired")
WORDS = 500


class Place(Request):
    kind = Text(choices=KINDS, required=True)
    name = Text(1, 120, required=True)
    grid_code = GridCode(metadata={"description": "缺省为坐标所在的网格 / absent: the grid in which the point lies"})
    lon = Number(-180, 180, required=True)
    lat = Number(-90, 90, required=True)
    address = Text(0, 200)
    pollution_source = Flag(load_default=False)
    responsible_name = Text(0, 60, metadata={"description": "加密保存,查看时遮盖 / sealed, shown masked (PRV-02)"})
    responsible_phone = Pattern("[0-9+() -]{3,24}|", "应为电话号码", "must be a telephone number")


class Assessment(Request):
    assessed_on = Day(required=True)
    grade = Text(1, 20, required=True, metadata={"description": "方案规定的等级 / as the plan calls it"})
    key = Flag(load_default=False, metadata={"description": "列入重点监管名单 / on the key list"})
    words = Text(0, WORDS)


class PlaceFacts(Request):
    operating = Text(choices=OPERATING, required=True)
    employees = Whole(0, 1_000_000)
    party_members = Whole(0, 1_000_000, metadata={"description": "党员人数,不含姓名 / a number, no names (P14)"})
    organisation = Text(choices=ORGANISATIONS, required=True)


class StatedFacts(Request):
    stated_on = Day(required=True)
    facts = Within(PlaceFacts, required=True)


class RetiredPlace(Request):
    reason = Text(1, WORDS, required=True)


class PlacesQuery(Paged):
    prefix = Prefix()
    kind = Text(choices=KINDS)
    grade = Text(1, 20)
    assessed = Flag(metadata={"description": "是否已评估 / whether anybody has assessed it"})
    key = Flag()
    pollution_source = Flag()
    active = Flag()
    text = Text(1, 100)


class PlaceQuery(Request):
    purpose = Text(choices=PURPOSES)


class PlaceRecordsQuery(Paged):
    what = Text(choices=RECORDS)
