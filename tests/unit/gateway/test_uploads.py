"""Uploads: what is taken, what is refused, and that nothing but the picture is kept (INC-01, design "At the edge")."""

import io
import json
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from gateway.api import images, recordings
from gateway.api.errors import NotAnUpload
from wangge.incident.v1 import incident_pb2

SECRET = b"GPS-SECRET-PLACE"


def picture(form: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object) -> bytes:
    target = io.BytesIO()
    Image.new(mode, size, "red").save(target, form, **options)
    return target.getvalue()


def with_exif(orientation: int = 6) -> bytes:
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif[Base.ImageDescription] = SECRET.decode()
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (35.0, 33.0, 0.0)
    return picture("JPEG", exif=exif)


def png_header(width: int, height: int) -> bytes:
    """A PNG that announces `width` x `height` pixels and has nearly none."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 10)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("form", "kind"), [("JPEG", "image/jpeg"), ("PNG", "image/jpeg"), ("WEBP", "image/jpeg")])
def test_pictures_are_encoded_anew(form: str, kind: str) -> None:
    cleaned = images.clean(io.BytesIO(picture(form)))
    assert (cleaned.media_type, cleaned.width, cleaned.height) == (kind, 40, 20)
    assert Image.open(io.BytesIO(cleaned.content)).size == (40, 20)


def test_transparency_stays() -> None:
    cleaned = images.clean(io.BytesIO(picture("PNG", mode="RGBA")))
    assert cleaned.media_type == "image/png"
    assert Image.open(io.BytesIO(cleaned.content)).mode == "RGBA"


def test_exif_and_the_place_are_gone_and_the_picture_is_upright() -> None:
    raw = with_exif(orientation=6)
    assert SECRET in raw
    cleaned = images.clean(io.BytesIO(raw))
    assert SECRET not in cleaned.content
    assert not Image.open(io.BytesIO(cleaned.content)).getexif()
    assert (cleaned.width, cleaned.height) == (20, 40)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_what_a_polyglot_carries_is_gone(form: str) -> None:
    payload = b"<script>alert(1)</script>PK\x03\x04" * 20
    cleaned = images.clean(io.BytesIO(picture(form) + payload))
    assert b"<script>" not in cleaned.content


def test_text_chunks_and_profiles_are_gone() -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", SECRET.decode())
    raw = picture("PNG", mode="RGBA", pnginfo=info, icc_profile=SECRET * 10)
    cleaned = images.clean(io.BytesIO(raw))
    assert SECRET not in cleaned.content
    assert "icc_profile" not in Image.open(io.BytesIO(cleaned.content)).info


REFUSED = {
    "header bomb": png_header(30_000, 30_000),
    "long and thin": png_header(60_000, 10),
    "beyond the library's own limit": png_header(100_000, 100_000),
    "no picture": b"hello " * 100,
    "empty": b"",
    "cut off": picture("JPEG", (400, 400))[:600],
    "missing pixels": png_header(100, 100),
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
    "GIF": picture("GIF"),
    "TIFF": picture("TIFF"),
    "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "PDF": b"%PDF-1.7\n",
}


@pytest.mark.parametrize("raw", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_picture_within_limits_is_refused(raw: bytes) -> None:
    with pytest.raises(NotAnUpload) as refused:
        images.clean(io.BytesIO(raw))
    assert "{" not in refused.value.sentence("zh")


OGG = b"OggS" + b"\0" * 24 + b"OpusHead" + b"\0" * 100
M4A = struct.pack(">I", 24) + b"ftypM4A \0\0\0\0M4A isom" + b"\0\0\0\x21hdlr\0\0\0\0\0\0\0\0soun" + b"\0" * 50
WAV = b"RIFF" + struct.pack("<I", 100) + b"WAVEfmt " + b"\0" * 90


@pytest.mark.rule("INC-01")
@pytest.mark.parametrize(
    ("raw", "kind"),
    [(OGG, "audio/ogg"), (M4A, "audio/mp4"), (WAV, "audio/wav"), (b"RIFF1234AVI ", None), (b"OggS" + b"\0" * 90, None)],
)
def test_recordings_are_told_by_their_content(raw: bytes, kind: str | None) -> None:
    assert recordings.media_type(raw[:64]) == kind
    if kind:
        recordings.check(raw, kind)


def test_videos_and_long_recordings_are_refused() -> None:
    with pytest.raises(NotAnUpload):
        recordings.check(M4A + b"\0\0\0\x21hdlr\0\0\0\0\0\0\0\0vide", "audio/mp4")
    with pytest.raises(NotAnUpload):
        recordings.check(b"\0" * (recordings.LIMIT + 1), "audio/wav")


async def send(client, content: bytes, name: str = "a.jpg", key: str | None = None, **headers: str):
    headers |= {"Idempotency-Key": key} if key else {}
    return await client.post("/api/v1/uploads", files={"file": (name, content)}, headers=headers)


@pytest.mark.anyio
async def test_an_upload_is_kept_and_given_back_to_its_owner_only(client, administrator, settings) -> None:
    answer = await send(client, with_exif(), "../../etc/passwd")
    assert answer.status_code == 201
    told = answer.json()
    assert set(told) == {"id", "sha256", "media_type", "bytes", "width", "height", "created"}
    record = json.loads((settings.blobs / "uploads" / f"{told['id']}.json").read_text())
    assert record["owner"] == "person-1"
    files = [path for path in Path(settings.blobs).rglob("*") if path.is_file()]
    assert all(SECRET not in path.read_bytes() for path in files)
    own = await client.get(f"/api/v1/uploads/{told['id']}")
    assert (own.status_code, own.headers["content-type"]) == (200, "image/jpeg")
    assert own.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in own.headers["content-security-policy"]
    assert (await client.get(f"/api/v1/uploads/{told['id']}", headers=administrator)).status_code == 404


@pytest.mark.anyio
@pytest.mark.rule("ALL-04")
async def test_the_same_key_gives_the_same_upload(client) -> None:
    first = await send(client, picture("PNG"), key="k1")
    again = await send(client, picture("PNG"), key="k1")
    assert first.json() == again.json()
    other = await send(client, picture("PNG", (9, 9)), key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-mismatch")
    assert (await send(client, picture("PNG"), key="k2")).json()["id"] != first.json()["id"]


@pytest.mark.anyio
async def test_a_recording_is_saved_as_a_file_never_shown(client) -> None:
    told = (await send(client, WAV, "a.html")).json()
    assert (told["media_type"], told["width"]) == ("audio/wav", None)
    back = await client.get(f"/api/v1/uploads/{told['id']}")
    assert back.content == WAV
    assert back.headers["content-disposition"].startswith("attachment")


@pytest.mark.anyio
async def test_a_case_opens_the_files_it_refers_to(client, services, administrator) -> None:
    told = (await send(client, picture("PNG"))).json()
    case = incident_pb2.Case(id="c1", history=[incident_pb2.Change(attachments=[told["id"]])])
    services.answers["GetCase"] = lambda *_: case
    address = f"/api/v1/cases/c1/attachments/{told['id']}"
    assert (await client.get(address, headers=administrator)).status_code == 200
    services.answers["GetCase"] = lambda *_: incident_pb2.Case(id="c1")
    missing = await client.get(address, headers=administrator)
    assert (missing.status_code, missing.json()["code"]) == (404, "not-found")


@pytest.mark.anyio
async def test_only_own_uploads_can_be_attached(client, services, administrator) -> None:
    told = (await send(client, picture("PNG"))).json()
    body = {"matter_code": "06026", "description": "黑水", "attachments": [told["id"], "nothing"]}
    answer = await client.post("/api/v1/cases", json=body)
    assert [(row["pointer"], row["code"]) for row in answer.json()["errors"]] == [("/attachments/1", "not-your-upload")]
    foreign = await client.post("/api/v1/cases", json={**body, "attachments": [told["id"]]}, headers=administrator)
    assert foreign.status_code == 422
    assert not services.asked
    own = await client.post("/api/v1/cases", json={**body, "attachments": [told["id"]]})
    assert own.status_code == 201


@pytest.mark.anyio
async def test_forms_that_are_not_one_file(client) -> None:
    assert (await client.post("/api/v1/uploads", json={})).status_code == 415
    assert (await client.post("/api/v1/uploads", files={"other": ("a", b"x")})).json()["errors"][0][
        "pointer"
    ] == "/file"
    two = await client.post("/api/v1/uploads", files=[("file", ("a", b"x")), ("file", ("b", b"y"))])
    assert (two.status_code, two.json()["code"]) == (400, "malformed")
    broken = await client.post(
        "/api/v1/uploads", content=b"nonsense", headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert broken.status_code in (400, 422)


@pytest.mark.anyio
async def test_the_size_is_limited_while_it_arrives(client) -> None:
    async def endless():
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        while True:
            yield b"\0" * 1_000_000

    answer = await client.post(
        "/api/v1/uploads", content=endless(), headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert answer.status_code == 413
