"""Notice boards, contact cards and sizes over gRPC."""

from services.chassis.rpc.call import Call
from services.chassis.rpc.convert import to_command, to_reply
from services.registry.api.calling import Calling
from services.registry.messages.boards import EnterSizes, RecordCards, SetBadge, WithdrawCards
from services.registry.queries import boards, sizes
from wangge.registry.v1 import boards_pb2 as pb
from wangge.registry.v1 import registry_pb2

PUBLIC = frozenset({"/wangge.registry.v1.Boards/GetBoard"})


class Servicer(Calling):
    """Answers the calls of wangge.registry.v1.Boards."""

    def GetBoard(self, request: pb.GetBoardRequest, call: Call) -> pb.Board:
        with self._read() as connection:
            found = boards.board(connection, request.code, self._service.today())
        return to_reply(pb.Board, {**found, "timezone": self._service.config.timezone})

    def SetBadge(self, request: pb.SetBadgeRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(SetBadge, request, call, expected_version=call.expected_version)

    def GetBadge(self, request: pb.GetBadgeRequest, call: Call) -> pb.Badge:
        with self._read() as connection:
            return to_reply(pb.Badge, boards.own_badge(connection, call.caller))

    def RecordCards(self, request: pb.RecordCardsRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(RecordCards, request, call)

    def WithdrawCards(self, request: pb.WithdrawCardsRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(WithdrawCards, request, call)

    def ListCards(self, request: pb.ListCardsRequest, call: Call) -> pb.CardList:
        with self._read() as connection:
            return to_reply(pb.CardList, boards.list_cards(connection, request, call.caller))

    def ListReached(self, request: pb.ListReachedRequest, call: Call) -> pb.ReachedList:
        with self._read() as connection:
            return to_reply(pb.ReachedList, boards.list_reached(connection, request, call.caller))

    def EnterSizes(self, request: pb.EnterSizesRequest, call: Call) -> registry_pb2.ImportReply:
        answer = self._service.bus.handle(to_command(EnterSizes, request), call.caller, call.key)
        return to_reply(registry_pb2.ImportReply, answer)

    def ListSizes(self, request: pb.ListSizesRequest, call: Call) -> pb.SizeList:
        with self._read() as connection:
            found = sizes.list_sizes(connection, request, call.caller, self._service.today())
        return to_reply(pb.SizeList, found)
