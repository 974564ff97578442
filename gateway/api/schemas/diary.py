"""Requests about diaries (PAT-08)."""

from gateway.api.declare import Paged
from gateway.api.fields import Day, Flag, Name, Prefix, Request, Text
from gateway.api.schemas.incident import WORDS


class DiariesQuery(Paged):
    mine = Flag(metadata={"description": "只看本人的日志 / one's own alone"})
    person_id = Name()
    area = Prefix()
    since = Day()
    until = Day()


class DiaryQuery(Request):
    person_id = Name(metadata={"description": "缺省为本人 / oneself when absent"})


class DiaryWords(Request):
    words = Text(0, WORDS, required=True, metadata={"description": "空为删除 / empty: none any more"})


class DiaryNoteWords(Request):
    words = Text(1, WORDS, required=True)
