"""Divisions as rows; the path name is kept with each, since names seldom change and lists always show it."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import sqlalchemy as sa

from services.registry.messages import DivisionRow
from services.registry.model import divisions
from services.registry.repository import rows
from services.registry.tables import division


class SqlDivisions:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def existing(self, codes: Collection[str]) -> set[str]:
        return set(self._connection.scalars(sa.select(division.c.code).where(division.c.code.in_(sorted(codes)))))

    def put(self, given: Sequence[DivisionRow]) -> Mapping[str, str]:
        """Insert or rename; whoever renames a town renames the paths of its villages too."""
        names = {row.code: row.name for row in rows.load(self._connection, division.c.code, [r.code for r in given])}
        new = [row for row in given if row.code not in names]
        renamed = [row for row in given if names.get(row.code, row.name) != row.name]
        rows.insert(self._connection, division, [_values(row) for row in new])
        rows.update(self._connection, division.c.code, [{"code": row.code, "name": row.name} for row in renamed])
        if new or renamed:
            self._connection.execute(_PATH_NAMES, {"tops": _tops({row.code for row in (*new, *renamed)})})
        changes = {row.code: "created" for row in new} | {row.code: "changed" for row in renamed}
        return {row.code: changes.get(row.code, "unchanged") for row in given}


def _tops(touched: Collection[str]) -> list[str]:
    """Those of the codes that lie in no other one: below them all path names are written anew."""
    return sorted(code for code in touched if not any(above in touched for above in _above(code)))


def _above(code: str) -> Iterator[str]:
    for digits in (2, 4, 6, 9):
        if (above := divisions.padded(code[:digits])) != code:
            yield above


def _values(row: DivisionRow) -> rows.Values:
    plain = {"code": row.code, "name": row.name, "parent_code": row.parent_code, "kind": row.kind}
    return {**plain, "path_name": row.name}


_PATH_NAMES = sa.text(
    """
    WITH RECURSIVE tree (code, path_name) AS (
        SELECT top.code, CASE WHEN above.code IS NULL THEN top.name ELSE above.path_name || ' ' || top.name END
        FROM division AS top LEFT JOIN division AS above ON above.code = top.parent_code
        WHERE top.code = ANY(:tops)
        UNION ALL
        SELECT child.code, tree.path_name || ' ' || child.name
        FROM division AS child JOIN tree ON child.parent_code = tree.code
    )
    UPDATE division SET path_name = tree.path_name
    FROM tree WHERE tree.code = division.code AND tree.path_name <> division.path_name
    """
)
