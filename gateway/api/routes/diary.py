"""Diaries: one entry a day, made of the day's own records; the worker adds words (PAT-08)."""

from gateway.api.clients import methods
from gateway.api.declare import Routes
from gateway.api.schemas import diary as schemas
from wangge.patrol.v1 import diary_pb2

DIARY = methods(diary_pb2, "Diary")

routes = Routes("patrol", zh="巡查", en="Patrols")
routes.ask(
    "GET", "/patrol/diary", DIARY["ListDiaries"], query=schemas.DiariesQuery,
    zh="工作日志列表", en="Diaries by day (PAT-08)",
)  # fmt: skip
routes.ask(
    "GET", "/patrol/diary/{day}", DIARY["GetDiary"], query=schemas.DiaryQuery, etag="version",
    zh="一天的工作日志", en="One day of a diary with its records (PAT-08)",
)  # fmt: skip
routes.ask(
    "PUT", "/patrol/diary/{day}/words", DIARY["WriteDiary"], body=schemas.DiaryWords, versioned=True,
    zh="填写当天日志内容", en="Write words about one's own day, until its week closes (PAT-08)",
)  # fmt: skip
routes.ask(
    "POST", "/patrol/diary/{day}/notes", DIARY["AddDiaryNote"], body=schemas.DiaryNoteWords, status=201,
    zh="周结后补记", en="Add a note to one's own day after its week has closed (PAT-08)",
)  # fmt: skip
