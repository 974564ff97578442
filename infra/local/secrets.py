"""Generated passwords of one platform, kept in one file that only its owner reads.

Guaranteed: a secret is made once and stays the same for the life of the data folder; the file has mode 0600 from
the first byte and is replaced as a whole.
"""

import json
import os
import secrets
from pathlib import Path

_BYTES = 24


class Secrets:
    """The secrets of `path`, made on demand. Names are free text such as `database/registry`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}

    def of(self, name: str) -> str:
        """The secret called `name`: 48 hexadecimal characters, safe in URIs and configuration files."""
        if name not in self._known:
            self._known[name] = secrets.token_hex(_BYTES)
            write_private(self._path, json.dumps(self._known, indent=1))
        return self._known[name]


def write_private(path: Path, text: str) -> None:
    """Put `text` into `path`, mode 0600; a reader sees the old content or the new, never half of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)
