"""Leading groups and command bodies over gRPC (REG-16)."""

from services.chassis.rpc.call import Call
from services.chassis.rpc.convert import to_reply
from services.registry.bootstrap import Service
from services.registry.queries import bodies
from wangge.registry.v1 import bodies_pb2 as pb


class Servicer:
    """Answers the calls of wangge.registry.v1.Bodies."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def ListBodies(self, request: pb.ListBodiesRequest, call: Call) -> pb.BodyList:
        with self._service.engine.connect() as connection:
            return to_reply(pb.BodyList, bodies.list_bodies(connection, request, call.caller, self._service.today()))
