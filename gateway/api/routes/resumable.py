"""Pictures and recordings in parts: for where the signal goes while they are sent (PAT-11)."""

from contextlib import suppress
from typing import Any

from gateway.api.body import BINARY, limited, media_type
from gateway.api.call import Call
from gateway.api.declare import Routes, Shape
from gateway.api.errors import LongerThanAnnounced, NotAnUpload, UnsupportedMedia, WrongChecksum
from gateway.api.routes.uploads import UPLOADED, decode
from gateway.api.schemas import uploads as schemas
from gateway.api.unfinished import Announced, Part, Unfinished
from services.chassis.errors import NotFound

ARRIVING = Shape(
    {
        "id": {"type": "string", "format": "uuid"},
        "bytes": {"type": "integer"},
        "offset": {"type": "integer", "description": "已收到的字节数 / bytes that have arrived"},
        "expires": {"type": "string", "format": "date-time"},
        "upload": {
            "anyOf": [
                {"type": "object", "properties": dict(UPLOADED.properties), "required": list(UPLOADED.properties)},
                {"type": "null"},
            ],
            "description": "传完后的附件 / the upload that it became",
        },
    }
)

routes = Routes("uploads", zh="图片与录音", en="Pictures and recordings")


@routes.add(
    "POST", "/resumable-uploads", body=schemas.AnnounceUpload, reply=ARRIVING, status=201,
    zh="开始续传上传", en="Announce a file that will come in parts",
)  # fmt: skip
async def announce_upload(call: Call) -> Any:
    """Expect a file of the caller's. Raises IdempotencyMismatch, TooManyUnfinished."""
    owner, key = call.person.person_id, call.key or ""
    announced = await call.in_thread(_store(call).announce, owner, key, call.body["bytes"], call.body["sha256"])
    return await call.in_thread(_told, call, announced)


@routes.add("GET", "/resumable-uploads/{upload_id}", reply=ARRIVING, zh="续传进度", en="How much of a file has arrived")
async def arriving_upload(call: Call) -> Any:
    """Where to go on. Raises NotFound."""
    return await call.in_thread(_told, call, await _own(call))


@routes.add(
    "PATCH", "/resumable-uploads/{upload_id}", query=schemas.PartQuery, binary=True, reply=ARRIVING,
    zh="上传一部分", en="The next part of a file; the last one makes an upload of it",
)  # fmt: skip
async def send_part(call: Call) -> Any:
    """Append the body. What came before a connection broke is kept.

    Raises NotFound, AtAnotherOffset, PartUnderWay, LongerThanAnnounced, and what `POST /uploads` raises.
    """
    announced = await _own(call)
    if media_type(call.request) != BINARY:
        raise UnsupportedMedia(sent=media_type(call.request)[:80] or "-", wanted=BINARY)
    if announced.upload_id is None:
        announced = await _receive(call, announced)
    return await call.in_thread(_told, call, announced)


@routes.add("DELETE", "/resumable-uploads/{upload_id}", status=204, zh="取消续传", en="Give up a file under way")
async def give_up_upload(call: Call) -> None:
    """Forget what has arrived. Raises NotFound."""
    await call.in_thread(_store(call).drop, await _own(call))


async def _receive(call: Call, announced: Announced) -> Announced:
    with _store(call).part(announced, call.query["offset"]) as part:
        await _append(call, part)
        await call.in_thread(part.keep)
        if not part.whole:
            return announced
        try:
            upload = await decode(call, f"resumable {announced.id}", await call.in_thread(part.content))
        except (WrongChecksum, NotAnUpload):
            await call.in_thread(_store(call).drop, announced)
            raise
        return await call.in_thread(_store(call).done, announced, upload)


async def _append(call: Call, part: Part) -> None:
    """Raises LongerThanAnnounced before a byte too many is kept."""
    left = part.announced.bytes - part.offset
    async for chunk in limited(call.request, schemas.LIMIT):
        if len(chunk) > left:
            raise LongerThanAnnounced(bytes=part.announced.bytes)
        await call.in_thread(part.append, chunk)
        left -= len(chunk)


async def _own(call: Call) -> Announced:
    """What the caller announced; another's is as if it were not."""
    return await call.in_thread(_store(call).find, call.person.person_id, call.path["upload_id"])


def _store(call: Call) -> Unfinished:
    return Unfinished(call.state.blobs.root)


def _told(call: Call, announced: Announced) -> dict[str, Any]:
    upload = None
    if announced.upload_id:
        with suppress(NotFound):
            upload = call.state.blobs.find(announced.upload_id).public()
    told = {"id": announced.id, "bytes": announced.bytes, "offset": _store(call).offset(announced)}
    return {**told, "expires": announced.expires.isoformat().replace("+00:00", "Z"), "upload": upload}
