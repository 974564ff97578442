"""Duty letters over gRPC."""

from services.chassis.rpc.call import Call
from services.chassis.rpc.convert import to_reply
from services.registry.api.calling import Calling
from services.registry.messages.letters import ChangeLetter, DraftLetter, EndLetter, SignLetter
from services.registry.queries import letters
from wangge.registry.v1 import letters_pb2 as pb
from wangge.registry.v1 import registry_pb2


class Servicer(Calling):
    """Answers the calls of wangge.registry.v1.Letters."""

    def DraftLetter(self, request: pb.DraftLetterRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(DraftLetter, request, call)

    def ChangeLetter(self, request: pb.ChangeLetterRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(ChangeLetter, request, call, expected_version=call.expected_version)

    def SignLetter(self, request: pb.SignLetterRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(SignLetter, request, call, expected_version=call.expected_version)

    def EndLetter(self, request: pb.EndLetterRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(EndLetter, request, call, expected_version=call.expected_version)

    def ListLetters(self, request: pb.ListLettersRequest, call: Call) -> pb.LetterList:
        with self._read() as connection:
            found = letters.list_letters(connection, request, call.caller, self._service.today())
        return to_reply(pb.LetterList, found)

    def GetLetter(self, request: pb.GetLetterRequest, call: Call) -> pb.Letter:
        with self._read() as connection:
            found = letters.get_letter(connection, request.letter_id, call.caller, self._service.today())
        return to_reply(pb.Letter, found)
