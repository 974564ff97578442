"""What a person's posts let them see, as the smallest set of code prefixes (REG-14).

A token carries prefixes, and every service compares them with `LIKE 'prefix%'`. The set covers exactly the person's
grids and their descendants: a prefix is used only where every grid that it covers is the person's.
"""

from collections.abc import Collection, Iterable

from services.registry.model.divisions import COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS

_LENGTHS = (COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS)


def prefixes(own: Collection[str], existing: Collection[str], whole: Collection[str] = ()) -> tuple[str, ...]:
    """The smallest set of prefixes that covers the grid codes `own` and no other code of `existing`.

    Prefixes have 6, 9, 12 or 15 digits. A single grid keeps its own 15 digits, unless its prefix stands in `whole`:
    the divisions that one of the person's grids covers as a whole.
    """
    left = set(own)
    chosen: list[str] = []
    for digits in _LENGTHS:
        for prefix in sorted({code[:digits] for code in left}):
            if _fits(prefix, left, existing, whole):
                chosen.append(prefix)
                left = {code for code in left if not code.startswith(prefix)}
    return tuple(sorted([*chosen, *left]))


def _fits(prefix: str, own: Collection[str], existing: Collection[str], whole: Collection[str]) -> bool:
    mine = {code for code in own if code.startswith(prefix)}
    if len(mine) < 2 and prefix not in whole:
        return False
    return mine >= {code for code in existing if code.startswith(prefix)}


def merged(*groups: Iterable[str]) -> tuple[str, ...]:
    """All prefixes of the groups without those that a shorter one covers."""
    every = sorted({prefix for group in groups for prefix in group})
    kept: list[str] = []
    for prefix in every:
        if not any(prefix.startswith(shorter) for shorter in kept):
            kept.append(prefix)
    return tuple(kept)
