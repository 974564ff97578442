"""Requests about households and the list of those to be visited (REG-09, PAT-07)."""

from gateway.api.declare import Paged
from gateway.api.fields import Code, Day, Flag, GridCode, Many, Name, Number, Prefix, Request, Text, Whole
from gateway.api.schemas.registry import Phone

PURPOSES = ("care-visit", "care-confirmation", "emergency", "supervision")
CARE_STATES = ("proposed", "active", "declined", "withdrawn", "expired")


def Lon() -> Number:
    return Number(-180, 180, metadata={"description": "经度,WGS 84 / longitude"})


def Lat() -> Number:
    return Number(-90, 90, metadata={"description": "纬度,WGS 84 / latitude"})


class RecordHousehold(Request):
    grid_code = GridCode(required=True)
    persons = Whole(0, 99, required=True, metadata={"description": "人数 / how many persons"})
    address = Text(0, 200)
    contact = Text(0, 60, metadata={"description": "户主或联系人 / whom to ask for"})
    phone = Phone()
    lon = Lon()
    lat = Lat()
    purpose = Text(0, 200, metadata={"description": "用途,登记个人信息时必填 / what the personal data are kept for"})
    legal_basis = Text(0, 200, metadata={"description": "法律依据 / by which law"})
    needed_until = Day(metadata={"description": "保存期限 / the day until which they are needed"})


class ChangeHousehold(Request):
    """What is absent stays as it is."""

    grid_code = GridCode()
    persons = Whole(0, 99)
    address = Text(0, 200)
    contact = Text(0, 60)
    phone = Phone()
    lon = Lon()
    lat = Lat()
    purpose = Text(0, 200)
    legal_basis = Text(0, 200)
    needed_until = Day()


class HouseholdsQuery(Paged):
    area = Prefix()
    unplaced = Flag(metadata={"description": "网格拆分后待归属 / whose part of a split grid is not known"})


class HouseholdQuery(Request):
    purpose = Text(
        choices=PURPOSES, metadata={"description": "查看用途,写明后显示完整信息并留痕 / unmasks, and is recorded"}
    )


class LooksAtHouseholdQuery(Paged):
    pass


class ProposeCare(Request):
    household_id = Name(required=True)
    visit = Code(required=True, metadata={"description": "方案中的走访标识 / the plan's id of the visit"})
    help = Text(0, 200, load_default="", metadata={"description": "应办的帮扶,不写原因 / what is to be done, not why"})


class ConfirmCare(Request):
    help = Text(0, 200)


class CareReason(Request):
    reason = Text(1, 500, required=True)


class CareQuery(Paged):
    states = Many(Text(choices=CARE_STATES), 0, len(CARE_STATES))
    area = Prefix()


class ErasuresQuery(Paged):
    area = Prefix()
