"""The duty roster over gRPC."""

from services.chassis.rpc.call import Call
from services.chassis.rpc.convert import to_command, to_reply
from services.registry.api.calling import Calling
from services.registry.messages.rosters import AnswerSwap, EnterShifts, OfferSwap, WithdrawShift
from services.registry.queries import rosters
from wangge.registry.v1 import registry_pb2
from wangge.registry.v1 import rosters_pb2 as pb


class Servicer(Calling):
    """Answers the calls of wangge.registry.v1.Rosters."""

    def EnterShifts(self, request: pb.EnterShiftsRequest, call: Call) -> pb.ShiftsEntered:
        answer = self._service.bus.handle(to_command(EnterShifts, request), call.caller, call.key)
        return to_reply(pb.ShiftsEntered, answer)

    def WithdrawShift(self, request: pb.WithdrawShiftRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(WithdrawShift, request, call, expected_version=call.expected_version)

    def OfferSwap(self, request: pb.OfferSwapRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(OfferSwap, request, call, expected_version=call.expected_version)

    def AnswerSwap(self, request: pb.AnswerSwapRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(AnswerSwap, request, call, expected_version=call.expected_version)

    def ListShifts(self, request: pb.ListShiftsRequest, call: Call) -> pb.ShiftList:
        service = self._service
        with self._read() as connection:
            found = rosters.list_shifts(connection, request, call.caller, service.today(), service.zone)
        return to_reply(pb.ShiftList, found)

    def WhoIsOnDuty(self, request: pb.WhoIsOnDutyRequest, call: Call) -> pb.OnDuty:
        with self._read() as connection:
            return to_reply(pb.OnDuty, rosters.on_duty(connection, request, call.caller, self._service.clock.now()))
