"""Drawing lots so that anybody can draw them again and gets the same (PAT-13).

Each of the sorted population gets the SHA-256 of "<seed>:<id>"; those with the lowest are drawn. The seed is made by
the platform and kept with the population; nobody chooses it.
"""

import hashlib
import math
from collections.abc import Iterable

METHOD = "将总体按标识排序,逐一计算 SHA-256(种子:标识),取值最小的若干个;同一种子、同一总体重复抽取,结果相同"


def digest(population: Iterable[str]) -> str:
    """The SHA-256 of the population, one id in a line in the order of the ids: whether two populations are the same."""
    return hashlib.sha256("\n".join(sorted(population)).encode()).hexdigest()


def drawn(population: Iterable[str], seed: str, ratio: float) -> tuple[str, ...]:
    """`ratio` of the population, rounded up and one at the least, in the order of their ids; none of nothing."""
    ids = sorted(set(population))
    count = min(len(ids), max(1, math.ceil(round(ratio * len(ids), 6))))
    lots = sorted(ids, key=lambda each: (hashlib.sha256(f"{seed}:{each}".encode()).digest(), each))
    return tuple(sorted(lots[:count]))
