"""What the servicers beside the first have in common: one command, one receipt; one connection to read."""

from typing import Any

import sqlalchemy as sa

from services.chassis.messages import Command
from services.chassis.rpc.call import Call
from services.chassis.rpc.convert import to_command, to_reply
from services.registry.bootstrap import Service
from wangge.registry.v1 import registry_pb2


class Calling:
    """Carries out commands and reads for one servicer."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def _write(self, command: type[Command], request: Any, call: Call, **given: Any) -> registry_pb2.Receipt:
        answer = self._service.bus.handle(to_command(command, request, **given), call.caller, call.key)
        return to_reply(registry_pb2.Receipt, answer)

    def _read(self) -> sa.Connection:
        return self._service.engine.connect()
