"""PDFs: a typst template of `assets/print` filled with data, in Noto Sans CJK from the package manimgx-fonts-cjk (OFL).

The data are values to the template, never its source, so that no name can be taken for markup. System fonts are left
alone: what is printed looks the same on every machine, and without the font it is refused rather than printed as boxes.
"""

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources, util
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from gateway.api.errors import FontMissing

FONT_PACKAGE = "manimgx_fonts_cjk"
AT_ONCE = 2
MOST_KEPT_BYTES = 16 * 1024 * 1024


@dataclass
class Press:
    """Sets documents, AT_ONCE at a time; what was set lately is kept, since a card is asked for again and again."""

    font_package: str = FONT_PACKAGE
    _free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _kept: OrderedDict[str, bytes] = field(default_factory=OrderedDict)

    async def pdf(self, template: str, data: Mapping[str, Any], files: Mapping[str, bytes] | None = None) -> bytes:
        """The PDF of `template` (a name in assets/print) for `data`; `files` are pictures that it names.

        Raises FontMissing.
        """
        key = _key(template, data, files or {})
        if key not in self._kept:
            async with self._free:
                set_now = await asyncio.to_thread(_set, template, data, files or {}, self._font_folder())
            self._keep(key, set_now)
            return set_now
        self._kept.move_to_end(key)
        return self._kept[key]

    def _keep(self, key: str, document: bytes) -> None:
        self._kept[key] = document
        while sum(map(len, self._kept.values())) > MOST_KEPT_BYTES:
            self._kept.popitem(last=False)

    def _font_folder(self) -> Path:
        found = util.find_spec(self.font_package)
        if found is None or not found.submodule_search_locations:
            raise FontMissing(package=self.font_package)
        return Path(next(iter(found.submodule_search_locations)))


def _key(template: str, data: Mapping[str, Any], files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256(json.dumps([template, data], sort_keys=True).encode())
    for name in sorted(files):
        digest.update(name.encode() + hashlib.sha256(files[name]).digest())
    return digest.hexdigest()


def _set(template: str, data: Mapping[str, Any], files: Mapping[str, bytes], fonts: Path) -> bytes:
    """Blocks for some 50 ms. The compiler reads nothing outside the folder made for it."""
    source = resources.files("gateway.api").joinpath("assets", "print", f"{template}.typ").read_bytes()
    with TemporaryDirectory(prefix="wangge-print-") as folder:
        given = {"main.typ": source, "data.json": json.dumps(data).encode(), **files}
        for name, content in given.items():
            Path(folder, name).write_bytes(content)
        main = Path(folder, "main.typ")
        setting: Any = typst.compile  # its own stub cannot be solved by mypy
        return bytes(setting(main, root=folder, font_paths=[fonts], ignore_system_fonts=True))
