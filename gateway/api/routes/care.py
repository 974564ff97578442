"""Households, the list of those to be visited, and proof of what was erased (REG-09, PAT-07, PRV-01 to 03)."""

from gateway.api.clients import methods
from gateway.api.declare import Routes
from gateway.api.schemas import care as schemas
from wangge.registry.v1 import care_pb2

CARE = methods(care_pb2, "Care")

households = Routes("households", zh="住户", en="Households")
households.ask(
    "POST", "/households", CARE["RecordHousehold"], body=schemas.RecordHousehold, status=201,
    zh="登记住户", en="Record a household, with no more than a named purpose needs (REG-09)",
)  # fmt: skip
households.ask(
    "GET", "/households", CARE["ListHouseholds"], query=schemas.HouseholdsQuery,
    zh="住户列表(脱敏)", en="Households of one's areas, masked (PRV-02)",
)  # fmt: skip
households.ask(
    "GET", "/households/{household_id}", CARE["GetHousehold"], query=schemas.HouseholdQuery, etag="version",
    zh="住户详情(留痕)", en="One household, unmasked for a named purpose; the look is recorded (PRV-03)",
)  # fmt: skip
households.ask(
    "PATCH", "/households/{household_id}", CARE["ChangeHousehold"], body=schemas.ChangeHousehold, versioned=True,
    zh="更改住户", en="Change what is given of a household",
)  # fmt: skip
households.ask(
    "POST", "/households/{household_id}/retire", CARE["RetireHousehold"], versioned=True,
    zh="注销住户", en="The household is no more: its data are erased, leaving proof (PRV-01)",
)  # fmt: skip
households.ask(
    "GET", "/households/{household_id}/looks", CARE["ListHouseholdLooks"], query=schemas.LooksAtHouseholdQuery,
    zh="住户信息的查询记录(供住户索取)", en="Who looked at a household's data, to be handed to it (PRV-03)",
)  # fmt: skip

care = Routes("care", zh="走访名单", en="The list of households to be visited")
care.ask(
    "POST", "/care", CARE["ProposeCare"], body=schemas.ProposeCare, status=201,
    zh="提出走访名单", en="Propose a household for a visit of the plan (PAT-07)",
)  # fmt: skip
care.ask(
    "GET", "/care", CARE["ListCare"], query=schemas.CareQuery,
    zh="走访名单(核定人)", en="The entries that one decides on, and those that one proposed",
)  # fmt: skip


def action(path: str, name: str, body: type[schemas.CareReason] | type[schemas.ConfirmCare], zh: str, en: str) -> None:
    """Declare what whoever decides may do with an entry."""
    care.ask("POST", f"/care/{{entry_id}}/{path}", CARE[name], body=body, versioned=True, zh=zh, en=en)


action("confirm", "ConfirmCare", schemas.ConfirmCare, "核定或续期", "Confirm an entry, or renew it (PAT-07)")
action("decline", "DeclineCare", schemas.CareReason, "不予列入", "Decline a proposal, with the reason")
action("withdraw", "WithdrawCare", schemas.CareReason, "撤出名单", "Take an entry off the list, with the reason")
care.ask(
    "GET", "/care/erasures", CARE["ListErasures"], query=schemas.ErasuresQuery,
    zh="信息清除记录", en="What was erased, when and why, without the data (PRV-01)",
)  # fmt: skip

PARTS = (households, care)
