"""Uploaded files on disk: contents by their SHA-256, and one JSON record for each upload.

    WANGGE_BLOBS/contents/ab/abcdef…      the bytes, written once, never changed
    WANGGE_BLOBS/uploads/<id>.json        owner, media_type, width, height, bytes, sha256, created

Both are written to a temporary name, synced and renamed: a file that can be seen is whole. The same content of two
people is stored once and recorded twice. Methods block; call them from a thread.
"""

import hashlib
import json
import os
import tempfile
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.chassis.errors import Fault, IdempotencyMismatch, Invalid, NotFound
from services.chassis.ids import is_id

NAMESPACE = uuid.UUID("6f0b9a58-2f0e-5a39-9d0c-2f6f5f0a7c11")


@dataclass(frozen=True)
class Upload:
    """The record of one upload. `width` and `height` are pixels, None for recordings."""

    id: str
    owner: str
    sha256: str
    media_type: str
    bytes: int
    width: int | None
    height: int | None
    created: str

    def public(self) -> dict[str, Any]:
        """What the interface says of it."""
        shown = asdict(self)
        del shown["owner"]
        return shown


@dataclass(frozen=True)
class Blobs:
    """The store under `root`."""

    root: Path

    def save(
        self, owner: str, key: str, content: bytes, media_type: str, size: tuple[int, int] | None = None
    ) -> Upload:
        """Store `content`. The same owner and idempotency key give the same upload; raises IdempotencyMismatch when
        the content differs."""
        upload_id = str(uuid.uuid5(NAMESPACE, f"{owner}\n{key}"))
        sha256 = hashlib.sha256(content).hexdigest()
        known = self._read(upload_id)
        if known is not None:
            if known.sha256 != sha256:
                raise IdempotencyMismatch(key=key)
            return known
        width, height = size or (None, None)
        created = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        upload = Upload(upload_id, owner, sha256, media_type, len(content), width, height, created)
        self._write(self.path(upload), content)
        self._write(self._record(upload_id), json.dumps(asdict(upload)).encode())
        return upload

    def find(self, upload_id: str) -> Upload:
        """The upload `upload_id`. Raises NotFound."""
        upload = self._read(upload_id) if is_id(upload_id) else None
        if upload is None:
            raise NotFound(kind="附件", id=upload_id)
        return upload

    def require_own(self, ids: Iterable[str], owner: str, field: str) -> None:
        """Raise Invalid, naming each place in `field`, where one of `ids` is not an upload of `owner`."""
        faults = [
            Fault(f"{field}[{at}]", "not-your-upload", "不是您上传的文件", "is not a file that you uploaded")
            for at, upload_id in enumerate(ids)
            if not self._owned(upload_id, owner)
        ]
        if faults:
            raise Invalid(faults=faults)

    def require_own_picture(self, upload_id: str, owner: str, field: str) -> None:
        """Raise Invalid, naming `field`, unless `upload_id` is a picture that `owner` uploaded."""
        if not self._owned(upload_id, owner):
            raise Invalid(
                faults=[Fault(field, "not-your-upload", "不是您上传的文件", "is not a file that you uploaded")]
            )
        if not self.find(upload_id).media_type.startswith("image/"):
            raise Invalid(
                faults=[Fault(field, "not-a-picture", "应为图片,不是录音", "must be a picture, no recording")]
            )

    def path(self, upload: Upload) -> Path:
        """Where the bytes of `upload` are."""
        return self.root / "contents" / upload.sha256[:2] / upload.sha256

    def _owned(self, upload_id: str, owner: str) -> bool:
        upload = self._read(upload_id) if is_id(upload_id) else None
        return upload is not None and upload.owner == owner

    def _record(self, upload_id: str) -> Path:
        return self.root / "uploads" / f"{upload_id}.json"

    def _read(self, upload_id: str) -> Upload | None:
        try:
            record: Mapping[str, Any] = json.loads(self._record(upload_id).read_text("utf-8"))
        except FileNotFoundError:
            return None
        return Upload(**record)

    def _write(self, path: Path, content: bytes) -> None:
        """Put `content` at `path` whole or not at all; what is there already stays."""
        if not path.exists():
            write_whole(path, content)


def write_whole(path: Path, content: bytes) -> None:
    """Put `content` at `path` whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
