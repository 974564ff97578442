"""Adds what changed in a month's coverage to its sums, so that few rows are left to be added when somebody asks."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.patrol.tables import COUNTED, KEY, coverage_changes, coverage_months

BATCH = 50_000
_ONE_AT_A_TIME = sa.text("SELECT pg_try_advisory_xact_lock(hashtextextended('coverage', 0))")


def settle(engine: sa.Engine) -> int:
    """Add up all changes that there are; return how many they were. Whoever asks meanwhile sees the same numbers."""
    settled, last = 0, BATCH
    while last == BATCH:
        with engine.begin() as connection:
            last = int(connection.scalar(_SETTLING) or 0) if connection.scalar(_ONE_AT_A_TIME) else 0
        settled += last
    return settled


def _settling() -> sa.Select[int]:
    """Removed here and added there in one statement: both or neither is seen."""
    oldest = sa.select(coverage_changes.c.id).order_by(coverage_changes.c.id).limit(BATCH)
    gone = (
        sa.delete(coverage_changes).where(coverage_changes.c.id.in_(oldest)).returning(*coverage_changes.c).cte("gone")
    )
    sums = [sa.func.sum(gone.c[name]).label(name) for name in COUNTED]
    keys = [gone.c[name] for name in KEY]
    summed = sa.select(*keys, *sums).group_by(*keys)
    row = insert(coverage_months).from_select([*KEY, *COUNTED], summed)
    more = {name: coverage_months.c[name] + row.excluded[name] for name in COUNTED}
    kept = row.on_conflict_do_update(index_elements=list(KEY), set_=more).cte("kept")
    return sa.select(sa.func.count()).select_from(gone).add_cte(kept)


_SETTLING = _settling()
