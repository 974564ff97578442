"""Requests about several reports of one problem (INC-16)."""

from gateway.api.fields import GridCode, Name, Number, Request, Text
from services.chassis.errors import Fault, Invalid

SHORT_WORDS = 500


class SimilarQuery(Request):
    matter_code = Name(required=True)
    lon = Number(-180, 180, metadata={"description": "WGS 84,度,与 lat 一同给出 / degrees, together with lat"})
    lat = Number(-90, 90)
    grid_code = GridCode(metadata={"description": "没有坐标时给出 / instead of a point"})
    text = Text(1, SHORT_WORDS, metadata={"description": "已填写的描述 / the description so far"})


def check_pair(lon: float | None, lat: float | None) -> None:
    """Raise Invalid naming the missing one where only one of longitude and latitude is given."""
    if (lon is None) is not (lat is None):
        missing = "lon" if lon is None else "lat"
        raise Invalid(faults=[Fault(f"query.{missing}", "required", "经度和纬度应一同给出", "goes with its pair")])
