"""The state file that `wangge status` reads: one JSON object per relayed service, replaced as a whole."""

import json
from collections.abc import Mapping
from pathlib import Path


class StateFile:
    """Writes `relay-<service>.json` when its content changed; a reader never sees half of one."""

    def __init__(self, folder: Path, service: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"relay-{service}.json"
        self._written = ""

    def write(self, state: Mapping[str, object]) -> None:
        """Replace the file, unless it says the same already."""
        text = json.dumps(state, ensure_ascii=False)
        if text == self._written:
            return
        fresh = self._path.with_suffix(".tmp")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self._path)
        self._written = text
