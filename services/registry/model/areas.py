"""What a person's posts let them see, as a small set of code prefixes (REG-14).

A token carries prefixes, and every service compares them with `LIKE 'prefix%'`. A prefix is used only where every grid
that it covers is the person's: that of a county or town where one of the grids covers it as a whole, that of a village
where all of its several grids are the person's. All other grids stand with their own 15 digits.
"""

from collections.abc import Collection, Iterable

from services.registry.model.divisions import COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS, kind_of

_LENGTHS = (COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS)


def prefixes(own: Collection[str], existing: Collection[str], whole: Collection[str] = ()) -> tuple[str, ...]:
    """Prefixes of 6, 9, 12 or 15 digits that cover the grid codes `own` and no other code of `existing`.

    `whole` are the prefixes of counties and towns that one of the person's grids covers as a whole. That the grids
    numbered so far happen to be all of a town is not enough: the next village would come along unasked.
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
    eligible = prefix in whole or (_is_village(prefix) and len(mine) > 1)
    return eligible and mine >= {code for code in existing if code.startswith(prefix)}


def _is_village(prefix: str) -> bool:
    """The 12 digits of a town's own grids, ending in 000, are none: its next grid would come along unasked."""
    return len(prefix) == VILLAGE_DIGITS and kind_of(prefix) == "village"


def merged(*groups: Iterable[str]) -> tuple[str, ...]:
    """All prefixes of the groups without those that a shorter one covers."""
    every = sorted({prefix for group in groups for prefix in group})
    kept: list[str] = []
    for prefix in every:
        if not any(prefix.startswith(shorter) for shorter in kept):
            kept.append(prefix)
    return tuple(kept)
