"""Pictures and short recordings: taken in, and given back to their owner until a case refers to them."""

import asyncio
from typing import IO, Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import FileResponse

from gateway.api import images, recordings
from gateway.api.blobs import Blobs, Upload
from gateway.api.body import limited, media_type
from gateway.api.call import Call
from gateway.api.declare import Routes, Shape
from gateway.api.errors import Malformed, UnsupportedMedia
from gateway.api.schemas.uploads import LIMIT
from services.chassis.errors import Fault, Invalid, NotFound

ENVELOPE = 64 * 1024
FILES = ("image/*", "audio/*")
MULTIPART = "multipart/form-data"
DECODERS = 2
"""Pictures decoded at the same time: each may need 150 MB."""
NUMBER = {"type": "integer"}
SIZE = {"type": ["integer", "null"], "description": "像素,录音为 null / pixels, null for recordings"}
UPLOADED = Shape(
    {
        "id": {"type": "string", "format": "uuid"},
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "media_type": {"type": "string"},
        "bytes": NUMBER,
        "width": SIZE,
        "height": SIZE,
        "created": {"type": "string", "format": "date-time"},
    }
)
_decoding = asyncio.Semaphore(DECODERS)

routes = Routes("uploads", zh="图片与录音", en="Pictures and recordings")


@routes.add("POST", "/uploads", upload=True, reply=UPLOADED, status=201, zh="上传", en="Upload one file")
async def upload_file(call: Call) -> Any:
    """Store the field `file`. Raises NotAnUpload, TooLarge, UnsupportedMedia, Malformed."""
    file = await receive(call)
    try:
        upload = await decode(call, call.key or "", file.file)
    finally:
        await file.close()
    return upload.public()


async def decode(call: Call, key: str, file: IO[bytes]) -> Upload:
    """Keep the content of `file` under the caller's `key`; few are decoded at the same time. Raises NotAnUpload."""
    async with _decoding:
        return await call.in_thread(store, call, key, file)


async def receive(call: Call) -> UploadFile:
    """The one file of the form, spooled to a temporary file while it arrives."""
    if media_type(call.request) != MULTIPART:
        raise UnsupportedMedia(sent=media_type(call.request)[:80] or "-", wanted=MULTIPART)
    return await form_file(call, LIMIT)


async def form_file(call: Call, limit: int) -> UploadFile:
    """The field `file` of a multipart form, at most `limit` bytes. Raises TooLarge, Malformed, Invalid."""
    request = call.request
    body = limited(request, limit + ENVELOPE)
    try:
        form = await MultiPartParser(request.headers, body, max_files=1, max_fields=4, max_part_size=1024).parse()
    except MultiPartException as error:
        raise Malformed(why=error.message, why_zh=error.message) from error
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise Invalid(faults=[Fault("file", "required", "必填:名为 file 的文件", "is required: a file named file")])
    return file


def store(call: Call, key: str, file: IO[bytes]) -> Upload:
    """Check, clean and keep the content of `file`; blocks."""
    blobs: Blobs = call.state.blobs
    owner = call.person.person_id
    kind = recordings.media_type(file.read(64))
    file.seek(0)
    if kind:
        content = file.read(recordings.LIMIT + 1)
        recordings.check(content, kind)
        return blobs.save(owner, key, content, kind)
    picture = images.clean(file)
    return blobs.save(owner, key, picture.content, picture.media_type, (picture.width, picture.height))


@routes.add("GET", "/uploads/{upload_id}", media=FILES, zh="本人上传的文件", en="One's own upload")
async def own_upload(call: Call) -> Any:
    """The file, to its owner only; for everybody else it does not exist."""
    return await file_response(call, call.path["upload_id"], owner=call.person.person_id)


async def file_response(call: Call, upload_id: str, owner: str | None = None) -> FileResponse:
    """The bytes of an upload: pictures are shown, recordings are saved, nothing is guessed or run."""
    upload = await call.in_thread(call.state.blobs.find, upload_id)
    if owner is not None and upload.owner != owner:
        raise NotFound(kind="附件", id=upload_id)
    picture = upload.media_type.startswith("image/")
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, max-age=86400"}
    return FileResponse(
        call.state.blobs.path(upload),
        headers=headers,
        media_type=upload.media_type,
        filename=f"{upload.id}.{upload.media_type.partition('/')[2]}",
        content_disposition_type="inline" if picture else "attachment",
    )
