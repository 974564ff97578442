"""A department's connection to the broker: what it receives, how its things are called there, and how it lives.

    making ──confirm──► active ──end──► ending ──removed──► ended
       └────────────────end, abandon──────►┘

The row says `making` before anything exists on the broker and `ended` only after nothing is left there, so whatever
stops in between is known, and can be finished or undone.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from services.chassis.auth import Principal
from services.chassis.topology import Binding, exchange_name, is_area
from services.liaison.errors import AreaWrong, ConnectionEnded, TypeWrong

PRODUCERS = ("registry", "incident", "assessment")
"""Services whose events are logged and can be subscribed to."""

DEFAULT_TYPES = ("incident.*",)
MOST_OPEN = 20
"""Connections that one department may have at the same time."""

_TYPE = re.compile(r"([a-z0-9-]+)\.(?:\*|[a-z0-9-]+\.(?:\*|v[0-9]+))")
_WORDS_OF_TYPE, _WORDS_OF_KEY = 3, 8
_CUTS = (0, 6, 9, 12, 15)


@dataclass
class Connection:
    """One queue and one broker user of one department. `types` and `area` say what is put into the queue."""

    id: str
    department: str
    types: tuple[str, ...]
    area: str
    state: str
    created_at: datetime

    @classmethod
    def make(
        cls, id: str, department: str, types: tuple[str, ...], area: str, county: str, now: datetime
    ) -> "Connection":
        """A connection that is to be made. Raises TypeWrong, AreaWrong."""
        types = tuple(dict.fromkeys(types)) or DEFAULT_TYPES
        for type in types:
            _check_type(type)
        if area and not (is_area(area) and area.startswith(county)):
            raise AreaWrong(value=area, county=county)
        return cls(id, department, types, area, "making", now)

    @property
    def queue(self) -> str:
        """The queue's name; the last part is random, so that nobody guesses it."""
        return f"department.{self.department}.{self._mark}"

    @property
    def user(self) -> str:
        """The name of the broker user."""
        return f"department-{self.department}-{self._mark}"

    @property
    def _mark(self) -> str:
        return self.id[-12:]

    @property
    def is_over(self) -> bool:
        return self.state in ("ending", "ended")

    def bindings(self) -> tuple[Binding, ...]:
        """Which messages of which exchanges the queue receives."""
        return tuple(self._binding(type) for type in self.types)

    def _binding(self, type: str) -> Binding:
        exchange = exchange_name(type.partition(".")[0])
        return Binding(self.queue, exchange, binding_key(type, self.department, self.area))

    def confirm(self) -> None:
        """Everything is made. Raises ConnectionEnded where it was given up meanwhile."""
        if self.is_over:
            raise ConnectionEnded(id=self.id)
        self.state = "active"

    def end(self) -> None:
        """It is to be taken away; asking twice changes nothing."""
        if not self.is_over:
            self.state = "ending"

    def abandon(self) -> None:
        """End it unless it was finished after all."""
        if self.state == "making":
            self.state = "ending"

    def removed(self) -> None:
        """Nothing is left on the broker. An active connection is not touched."""
        if self.state == "ending":
            self.state = "ended"


def binding_key(type: str, department: str, area: str) -> str:
    """The routing key pattern, by position, for `type` ("incident.*" or narrower), one department and an area prefix.

    `incident.*` of env-office in 371321106 gives `incident.*.*.env-office.371321.106.#` (design, "Data that crosses").
    """
    words = type.split(".")
    words += ["*"] * (_WORDS_OF_TYPE - len(words))
    places = [area[begin:end] for begin, end in pairwise(_CUTS)]
    words += [department, *filter(None, places)]
    return ".".join(words if len(words) == _WORDS_OF_KEY else [*words, "#"])


def _check_type(type: str) -> None:
    found = _TYPE.fullmatch(type)
    if found is None or found[1] not in PRODUCERS:
        raise TypeWrong(value=type, services="、".join(PRODUCERS))


ADMINISTRATORS = ("platform", "system-administrator")


def may_connect(person: Principal, department: str) -> bool:
    """Whether `person` may open and close connections of `department`: administrators, and its own head."""
    return person.has(*ADMINISTRATORS) or (person.has("department-head") and person.department == department)
