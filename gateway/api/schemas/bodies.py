"""Requests about leading groups and command bodies (REG-16)."""

from gateway.api.fields import Prefix, Request, Text

KINDS = ("leading-group", "command", "joint-conference", "office", "team")


class BodiesQuery(Request):
    kind = Text(choices=KINDS)
    area = Prefix(metadata={"description": "只列该区域的人员 / people of this area alone"})
