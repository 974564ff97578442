"""A case's family as its page shows it: the main case of a merged one, the merged ones of a main case (INC-16)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.personal import Seal, mask_name, mask_phone, mask_text
from services.incident import tables
from services.incident.model.case import Follower, Main
from services.incident.model.workflow import STATE_BY_NAME
from services.incident.repository import families, mapping

Values = dict[str, Any]


@dataclass(frozen=True)
class Family:
    """What a case follows, with that case's result, and what follows it."""

    main: Main | None
    result: str
    followers: tuple[Follower, ...]
    rows: Sequence[sa.RowMapping]

    @classmethod
    def of(cls, connection: sa.Connection, row: sa.RowMapping, followed: bool) -> "Family":
        """The family of the case of `row`; `followed` says whether anything follows it."""
        followers = families.followers_of(connection, row["id"]) if followed else ()
        rows = families.rows_of(connection, [each.id for each in followers]) if followers else []
        main = families.main_of(connection, row["main_id"])
        result = sa.select(tables.cases.c.result).where(tables.cases.c.id == row["main_id"])
        return cls(main, connection.scalar(result) or "" if main else "", followers, rows)

    def shown(self, row: sa.RowMapping, caller: Principal) -> Sequence[sa.RowMapping]:
        """The merged cases whose content `caller` is shown: those who see the case by their post, not its reporter."""
        departments = {row["department"], *row["co_departments"]} - {None}
        return self.rows if caller.covers(row["area"]) or caller.department in departments else []

    def page(self, row: sa.RowMapping, caller: Principal, purpose: str, seal: Seal) -> Values:
        """The two parts of the case's page."""
        shown = self.shown(row, caller)
        merged = [_merged(each, purpose, seal) if shown else _named(each) for each in self.rows]
        return {"main": self._main(), "merged": merged}

    def _main(self) -> Values | None:
        if self.main is None:
            return None
        title = STATE_BY_NAME[self.main.state].title
        return {**self.main.__dict__, "state_name": title, "result": self.result}


def _named(row: sa.RowMapping) -> Values:
    return {name: row[name] for name in ("id", "number", "reported_at")}


def _merged(row: sa.RowMapping, purpose: str, seal: Seal) -> Values:
    name = mapping.reveal(seal, row["reporter_name"], "name", row["id"])
    phone = mapping.reveal(seal, row["reporter_phone"], "phone", row["id"])
    return {
        **_named(row),
        "channel": row["channel"],
        "description": row["description"] if purpose else mask_text(row["description"]),
        "point": None if row["lon"] is None else {"lon": row["lon"], "lat": row["lat"]},
        "address": row["address"],
        "attachments": row["attachments"],
        "reporter_name": name if purpose else mask_name(name),
        "reporter_phone": phone if purpose else mask_phone(phone),
    }
