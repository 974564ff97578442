"""The service Care: households and the list of those to be visited."""

from typing import Any

import sqlalchemy as sa

from services.chassis.messages import Command
from services.chassis.rpc.call import Call
from services.chassis.rpc.convert import to_command, to_reply
from services.registry import messages
from services.registry.bootstrap import Service
from services.registry.errors import HouseholdNotFound
from services.registry.queries import care
from wangge.registry.v1 import care_pb2 as pb
from wangge.registry.v1 import registry_pb2


class Servicer:
    """Answers the calls of wangge.registry.v1.Care."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._files = care.Files(service.seal)

    def RecordHousehold(self, request: pb.RecordHouseholdRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(messages.RecordHousehold, request, call)

    def ChangeHousehold(self, request: pb.ChangeHouseholdRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(messages.ChangeHousehold, request, call, expected_version=call.expected_version)

    def RetireHousehold(self, request: pb.RetireHouseholdRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(messages.RetireHousehold, request, call, expected_version=call.expected_version)

    def ListHouseholds(self, request: pb.ListHouseholdsRequest, call: Call) -> pb.HouseholdList:
        with self._read() as connection:
            return to_reply(pb.HouseholdList, care.list_households(connection, request, call.caller, self._files))

    def GetHousehold(self, request: pb.GetHouseholdRequest, call: Call) -> pb.Household:
        found = self._looked_at([request.household_id], request.purpose, call)
        if not found:
            raise HouseholdNotFound(id=request.household_id)
        return to_reply(pb.Household, found[0])

    def GetHouseholds(self, request: pb.GetHouseholdsRequest, call: Call) -> pb.HouseholdList:
        ids = list(request.household_ids)[: care.MOST_AT_ONCE]
        return to_reply(pb.HouseholdList, {"items": self._looked_at(ids, request.purpose, call)})

    def ListHouseholdLooks(self, request: pb.ListHouseholdLooksRequest, call: Call) -> pb.HouseholdLookList:
        with self._read() as connection:
            return to_reply(pb.HouseholdLookList, care.list_looks(connection, request, call.caller))

    def ProposeCare(self, request: pb.ProposeCareRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(messages.ProposeCare, request, call)

    def ConfirmCare(self, request: pb.ConfirmCareRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(messages.ConfirmCare, request, call, expected_version=call.expected_version)

    def DeclineCare(self, request: pb.DeclineCareRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(messages.DeclineCare, request, call, expected_version=call.expected_version)

    def WithdrawCare(self, request: pb.WithdrawCareRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(messages.WithdrawCare, request, call, expected_version=call.expected_version)

    def ListCare(self, request: pb.ListCareRequest, call: Call) -> pb.CareList:
        today = self._service.today()
        with self._read() as connection:
            return to_reply(pb.CareList, care.list_care(connection, request, call.caller, self._files, today))

    def ListErasures(self, request: pb.ListErasuresRequest, call: Call) -> pb.ErasureList:
        with self._read() as connection:
            return to_reply(pb.ErasureList, care.list_erasures(connection, request, call.caller))

    def _looked_at(self, ids: list[str], purpose: str, call: Call) -> list[dict[str, Any]]:
        look = messages.LookAtHouseholds(household_ids=tuple(ids), purpose=purpose)
        self._service.bus.handle(look, call.caller)
        with self._read() as connection:
            return care.get_households(connection, ids, call.caller, purpose, self._files)

    def _write(self, command: type[Command], request: Any, call: Call, **given: Any) -> registry_pb2.Receipt:
        answer = self._service.bus.handle(to_command(command, request, **given), call.caller, call.key)
        return to_reply(registry_pb2.Receipt, answer)

    def _read(self) -> sa.Connection:
        return self._service.engine.connect()
