"""Requests about several reports of one problem (INC-16)."""

from gateway.api.fields import GridCode, Id, Many, Name, Number, Request, Text
from gateway.api.schemas.incident import WORDS
from services.chassis.errors import Fault, Invalid

SHORT_WORDS = 500
MOST_AT_ONCE = 50


class SimilarQuery(Request):
    matter_code = Name(required=True)
    lon = Number(-180, 180, metadata={"description": "WGS 84,度,与 lat 一同给出 / degrees, together with lat"})
    lat = Number(-90, 90)
    grid_code = GridCode(metadata={"description": "没有坐标时给出 / instead of a point"})
    text = Text(1, SHORT_WORDS, metadata={"description": "已填写的描述 / the description so far"})


class MergeCases(Request):
    duplicates = Many(Id(), 1, MOST_AT_ONCE, required=True, metadata={"description": "重复案件的 id / their ids"})
    reason = Text(0, WORDS, metadata={"description": "并入已结案的案件时必填 / required for closed ones"})


def check_pair(lon: float | None, lat: float | None) -> None:
    """Raise Invalid naming the missing one where only one of longitude and latitude is given."""
    if (lon is None) is not (lat is None):
        missing = "lon" if lon is None else "lat"
        raise Invalid(faults=[Fault(f"query.{missing}", "required", "经度和纬度应一同给出", "goes with its pair")])
