"""Whether an entry's words stand in the plan's text (REG-12).

Spaces and punctuation do not count; …… leaves words out.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

_SOURCES = Path(__file__).parent.parent / "plans" / "sources"
_ELLIPSIS = re.compile("…+|\\.{3,}")


def shipped_sources() -> Mapping[str, str]:
    """The texts of the plans that ship with the platform, by name (`plan-02`)."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(_SOURCES.glob("*.txt"))}


def fold(text: str) -> str:
    """The letters, digits and characters of `text` alone, in compatibility form and lower case."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


_folded_source = lru_cache(maxsize=32)(fold)


def stands_in(words: str, source: str) -> bool:
    """True when the parts of `words` between ellipses, at least one, occur in `source` in this order."""
    text, place = _folded_source(source), 0
    parts = [folded for part in _ELLIPSIS.split(words) if (folded := fold(part))]
    for part in parts:
        found = text.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return bool(parts)
