"""Places over gRPC (REG-10)."""

from typing import Any

from services.chassis.messages import Command
from services.chassis.rpc.call import Call
from services.chassis.rpc.convert import to_command, to_reply
from services.registry.bootstrap import Service
from services.registry.messages import places as messages
from services.registry.queries import places
from wangge.registry.v1 import places_pb2 as pb
from wangge.registry.v1 import registry_pb2


class Servicer:
    """Answers the calls of wangge.registry.v1.Places.

    Not derived from the generated class, so that a method that is missing is an error when the server is made.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    def EnterPlace(self, request: pb.EnterPlaceRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(messages.EnterPlace, request, call)

    def ChangePlace(self, request: pb.ChangePlaceRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(messages.ChangePlace, request, call, expected_version=call.expected_version)

    def AssessPlace(self, request: pb.AssessPlaceRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(messages.AssessPlace, request, call, expected_version=call.expected_version)

    def StatePlaceFacts(self, request: pb.StatePlaceFactsRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(messages.StatePlaceFacts, request, call, expected_version=call.expected_version)

    def RetirePlace(self, request: pb.RetirePlaceRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(messages.RetirePlace, request, call, expected_version=call.expected_version)

    def ListPlaces(self, request: pb.ListPlacesRequest, call: Call) -> pb.PlaceList:
        with self._service.engine.connect() as connection:
            found = places.list_places(connection, request, call.caller, self._service.seal)
        return to_reply(pb.PlaceList, found)

    def GetPlace(self, request: pb.GetPlaceRequest, call: Call) -> pb.Place:
        if request.purpose:
            self._service.bus.handle(to_command(messages.LookAtPlace, request), call.caller)
        with self._service.engine.connect() as connection:
            found = places.get_place(connection, request.place_id, request.purpose, call.caller, self._service.seal)
        return to_reply(pb.Place, found)

    def ListPlaceRecords(self, request: pb.ListPlaceRecordsRequest, call: Call) -> pb.PlaceRecordList:
        with self._service.engine.connect() as connection:
            return to_reply(pb.PlaceRecordList, places.list_records(connection, request, call.caller))

    def _write(self, command: type[Command], request: Any, call: Call, **given: Any) -> registry_pb2.Receipt:
        answer = self._service.bus.handle(to_command(command, request, **given), call.caller, call.key)
        return to_reply(registry_pb2.Receipt, answer)
