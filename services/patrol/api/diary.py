"""Diaries over gRPC."""

from services.chassis.rpc.call import Call
from services.chassis.rpc.convert import to_command, to_reply
from services.patrol import messages
from services.patrol.bootstrap import Service
from services.patrol.queries.diary import DiaryFilter
from wangge.patrol.v1 import diary_pb2 as pb
from wangge.patrol.v1 import patrol_pb2


class Servicer:
    """Answers every call of wangge.patrol.v1.Diary."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def ListDiaries(self, request: pb.ListDiariesRequest, call: Call) -> pb.DiaryList:
        return to_reply(pb.DiaryList, self.service.diary.days(to_command(DiaryFilter, request), call.caller))

    def GetDiary(self, request: pb.GetDiaryRequest, call: Call) -> pb.DiaryDay:
        return to_reply(pb.DiaryDay, self.service.diary.day(request.day, request.person_id, call.caller))

    def WriteDiary(self, request: pb.WriteDiaryRequest, call: Call) -> patrol_pb2.Receipt:
        command = to_command(messages.WriteDiary, request, expected_version=call.expected_version)
        return to_reply(patrol_pb2.Receipt, self.service.bus.handle(command, call.caller, call.key))

    def AddDiaryNote(self, request: pb.AddDiaryNoteRequest, call: Call) -> patrol_pb2.Receipt:
        command = to_command(messages.AddDiaryNote, request)
        return to_reply(patrol_pb2.Receipt, self.service.bus.handle(command, call.caller, call.key))
