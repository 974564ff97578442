"""Duty letters (责任状): drafted, signed by both, in force, printed (REG-07)."""

from datetime import datetime
from typing import Any

from starlette.responses import Response

from gateway.api.call import Call
from gateway.api.clients import methods
from gateway.api.declare import Routes
from gateway.api.schemas import letters as schemas
from wangge.registry.v1 import letters_pb2

LETTERS = methods(letters_pb2, "Letters")
PDF = "application/pdf"

routes = Routes("duty-letters", zh="责任状", en="Duty letters")
routes.ask(
    "POST", "/grids/{code}/duty-letters", LETTERS["DraftLetter"], body=schemas.DraftLetter, status=201,
    zh="起草责任状", en="Draft the duty letter between a grid and the one above it (REG-07)",
)  # fmt: skip
routes.ask(
    "GET", "/duty-letters", LETTERS["ListLetters"], query=schemas.LettersQuery,
    zh="责任状列表", en="Duty letters, the latest first",
)  # fmt: skip
routes.ask(
    "GET", "/duty-letters/{letter_id}", LETTERS["GetLetter"], etag="version", zh="责任状详情", en="One duty letter"
)
routes.ask(
    "PUT", "/duty-letters/{letter_id}", LETTERS["ChangeLetter"], body=schemas.ChangeLetter, versioned=True,
    zh="修改未签字的责任状", en="Change what nobody has signed",
)  # fmt: skip
routes.ask(
    "POST", "/duty-letters/{letter_id}/sign", LETTERS["SignLetter"], versioned=True,
    zh="签字", en="Sign as one of the two (REG-07)",
)  # fmt: skip
routes.ask(
    "POST", "/duty-letters/{letter_id}/end", LETTERS["EndLetter"], body=schemas.EndLetter, versioned=True,
    zh="终止责任状", en="End a duty letter with a reason",
)  # fmt: skip


@routes.add("GET", "/duty-letters/{letter_id}/print", media=(PDF,), zh="打印责任状(PDF)", en="The duty letter as PDF")
async def print_letter(call: Call) -> Any:
    """Both parties, the terms line by line, and who signed when."""
    letter = await call.ask(LETTERS["GetLetter"], call.path)
    zone = call.state.open311.zone
    content = await call.state.press.pdf("letter", {**letter, **_signatures(letter, zone)})
    headers = {"Content-Disposition": f'inline; filename="letter-{letter["id"]}.pdf"', "Cache-Control": "no-store"}
    return Response(content, media_type=PDF, headers=headers)


def _signatures(letter: dict[str, Any], zone: Any) -> dict[str, str]:
    """The days of the signatures in the county; empty where nobody has signed."""
    sides = ("upper_signed_at", "lower_signed_at")
    return {side: _day(letter.get(side), zone) for side in sides}


def _day(moment: str | None, zone: Any) -> str:
    if not moment:
        return ""
    on = datetime.fromisoformat(moment).astimezone(zone)
    return f"{on.year} 年 {on.month} 月 {on.day} 日"
