"""Several reports of one problem (INC-16)."""

from typing import Any

from gateway.api.call import Call
from gateway.api.clients import methods
from gateway.api.declare import Routes
from gateway.api.schemas import duplicates as schemas
from gateway.api.schemas.incident import Reason
from wangge.incident.v1 import incident_pb2

INCIDENT = methods(incident_pb2, "Incident")

duplicates = Routes("duplicates", zh="重复上报", en="Several reports of one problem")


@duplicates.add(
    "GET", "/cases/similar", query=schemas.SimilarQuery, reply=incident_pb2.SimilarList.DESCRIPTOR,
    zh="上报前查看相似案件", en="Cases like the one about to be reported, best first, with reasons (INC-16)",
)  # fmt: skip
async def find_similar(call: Call) -> Any:
    """Raises Invalid unless longitude and latitude are given together."""
    asked = dict(call.query)
    lon, lat = asked.pop("lon", None), asked.pop("lat", None)
    schemas.check_pair(lon, lat)
    point = {} if lon is None else {"point": {"lon": lon, "lat": lat}}
    return await call.ask(INCIDENT["FindSimilar"], {**asked, **point})


duplicates.ask(
    "GET", "/cases/{case_id}/similar", INCIDENT["ListSimilar"],
    zh="相似案件", en="Cases that the same problem may have made: a suggestion (INC-16)",
)  # fmt: skip

duplicates.ask(
    "POST", "/cases/{case_id}/merge", INCIDENT["Merge"], body=schemas.MergeCases, name="mergeCases", versioned=True,
    zh="并案", en="Merge duplicates into this case, the main one (INC-16)",
)  # fmt: skip
duplicates.ask(
    "POST", "/cases/{case_id}/unmerge", INCIDENT["Unmerge"], body=Reason, name="unmergeCase", versioned=True,
    zh="撤销并案", en="Take a merged case out of its main case again (INC-16)",
)  # fmt: skip

PARTS = (duplicates,)
