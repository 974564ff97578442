"""Uploads that come in parts (PAT-11): what has arrived of a file stays when the signal goes, the rest follows later.

    WANGGE_BLOBS/unfinished/<owner>/<id>.json   what was announced: bytes, sha256; the upload that it became
    WANGGE_BLOBS/unfinished/<owner>/<id>.part   what has arrived

A part is appended at the offset where the last one ended, and synced. One writer at a time holds the file's lock, which
goes with its process. Only a file whose announced checksum is right is handed on, so that what a crash may have left
torn is never taken for the file. Methods block; call them from a thread.
"""

import fcntl
import hashlib
import json
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from services.chassis.errors import IdempotencyMismatch, NotFound
from services.chassis.ids import is_id

from .blobs import Upload, write_whole
from .errors import AtAnotherOffset, PartUnderWay, TooManyUnfinished, WrongChecksum

NAMESPACE = uuid.UUID("0c6f62a4-57f5-5d0e-8f4e-3f3d1b6a9f52")
LIFETIME = timedelta(days=3)
"""After this the parts of a file that never became whole are removed."""
MOST = 10
"""Files of one person that may be under way at once: so much of the disk a person can take with nothing whole."""
CLEANING = 3600.0
BLOCK = 1024 * 1024


@dataclass(frozen=True)
class Announced:
    """A file of `bytes` bytes with this `sha256` that is on its way; `upload_id` once it has arrived and was taken."""

    id: str
    owner: str
    bytes: int
    sha256: str
    created: str
    upload_id: str | None = None

    @property
    def expires(self) -> datetime:
        return datetime.fromisoformat(self.created) + LIFETIME


class Part:
    """The file of what has arrived, open and locked."""

    def __init__(self, announced: Announced, file: IO[bytes]) -> None:
        self.announced = announced
        self._file = file

    @property
    def offset(self) -> int:
        return self._file.seek(0, os.SEEK_END)

    @property
    def whole(self) -> bool:
        return self.offset == self.announced.bytes

    def append(self, chunk: bytes) -> None:
        """Whoever asks how much has arrived is told of it at once."""
        self._file.write(chunk)
        self._file.flush()

    def keep(self) -> None:
        """What was appended survives a crash from now on."""
        os.fsync(self._file.fileno())

    def content(self) -> IO[bytes]:
        """The file from its first byte. Raises WrongChecksum."""
        self._file.seek(0)
        digest = hashlib.sha256()
        while block := self._file.read(BLOCK):
            digest.update(block)
        if digest.hexdigest() != self.announced.sha256:
            raise WrongChecksum(bytes=self.announced.bytes)
        self._file.seek(0)
        return self._file


@dataclass(frozen=True)
class Unfinished:
    """The store under `root`, the folder of uploads."""

    root: Path

    def announce(self, owner: str, key: str, size: int, sha256: str) -> Announced:
        """Expect a file. The same owner and idempotency key give the same.

        Raises IdempotencyMismatch, TooManyUnfinished.
        """
        found = str(uuid.uuid5(NAMESPACE, f"{owner}\n{key}"))
        self._clean_at_times()
        known = self._read(owner, found)
        if known is not None:
            if (known.bytes, known.sha256) != (size, sha256):
                raise IdempotencyMismatch(key=key)
            return known
        if sum(1 for _ in self._folder(owner).glob("*.part")) >= MOST:
            raise TooManyUnfinished(most=MOST)
        announced = Announced(found, owner, size, sha256, datetime.now(UTC).isoformat())
        self._folder(owner).mkdir(parents=True, exist_ok=True, mode=0o700)
        self._part(announced).touch(0o600)
        self._write(announced)
        return announced

    def find(self, owner: str, announced_id: str) -> Announced:
        """What `owner` announced. Raises NotFound."""
        found = self._read(owner, announced_id) if is_id(announced_id) else None
        if found is None or found.expires < datetime.now(UTC):
            raise NotFound(kind="续传", id=announced_id)
        return found

    def offset(self, announced: Announced) -> int:
        """How many bytes have arrived."""
        if announced.upload_id:
            return announced.bytes
        with suppress(FileNotFoundError):
            return self._part(announced).stat().st_size
        return 0

    @contextmanager
    def part(self, announced: Announced, offset: int) -> Iterator[Part]:
        """Go on at `offset`; what was appended when the block ends, however it does, is kept.

        Raises AtAnotherOffset, PartUnderWay.
        """
        with self._opened(announced) as file:
            part = Part(announced, file)
            if part.offset != offset:
                raise AtAnotherOffset(offset=part.offset)
            try:
                yield part
            finally:
                part.keep()

    def done(self, announced: Announced, upload: Upload) -> Announced:
        """The file became `upload`; whoever asks again is told so until it expires."""
        finished = replace(announced, upload_id=upload.id)
        self._write(finished)
        self._part(announced).unlink(missing_ok=True)
        return finished

    def drop(self, announced: Announced) -> None:
        """Forget it with all that has arrived; what became an upload stays one."""
        self._record(announced.owner, announced.id).unlink(missing_ok=True)
        self._part(announced).unlink(missing_ok=True)

    def clean(self) -> None:
        """Remove what has expired, of anybody."""
        oldest = (datetime.now(UTC) - LIFETIME).timestamp()
        for found in self.root.glob("unfinished/*/*.*"):
            with suppress(FileNotFoundError):
                if found.stat().st_mtime < oldest:
                    found.unlink()

    def _clean_at_times(self) -> None:
        """Whoever comes first in an hour, of all gateways that share the folder."""
        mark = self.root / "unfinished" / "cleaned"
        with suppress(FileNotFoundError):
            if time.time() - mark.stat().st_mtime < CLEANING:
                return
        mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark.touch(0o600)
        self.clean()

    @contextmanager
    def _opened(self, announced: Announced) -> Iterator[IO[bytes]]:
        """What has arrived, locked. It is gone once it is taken over, which whoever asks again is told."""
        try:
            file = self._part(announced).open("rb+")
        except FileNotFoundError as error:
            raise PartUnderWay from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise PartUnderWay from error
            yield file

    def _folder(self, owner: str) -> Path:
        return self.root / "unfinished" / hashlib.sha256(owner.encode()).hexdigest()

    def _record(self, owner: str, announced_id: str) -> Path:
        return self._folder(owner) / f"{announced_id}.json"

    def _part(self, announced: Announced) -> Path:
        return self._folder(announced.owner) / f"{announced.id}.part"

    def _read(self, owner: str, announced_id: str) -> Announced | None:
        try:
            record: dict[str, Any] = json.loads(self._record(owner, announced_id).read_text("utf-8"))
        except FileNotFoundError:
            return None
        return Announced(**record)

    def _write(self, announced: Announced) -> None:
        write_whole(self._record(announced.owner, announced.id), json.dumps(asdict(announced)).encode())
