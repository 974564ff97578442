"""The registry's tables, beside those of the chassis. `repository` maps aggregates to them by hand."""

from services.registry.tables.areas import (
    DIVISION_GRAMS,
    calendar_year,
    department,
    division,
    duty,
    grid,
    grid_change,
    grid_span,
)
from services.registry.tables.boards import badge, card_delivery, grid_size
from services.registry.tables.care import care_entry, erasure, household, household_look
from services.registry.tables.columns import METADATA
from services.registry.tables.letters import duty_letter
from services.registry.tables.people import account, application, guard, look, person, post, refresh_token, session
from services.registry.tables.places import place, place_record
from services.registry.tables.plans import plan_activation, plan_version, table_import, table_import_part
from services.registry.tables.rollouts import rollout_mark
from services.registry.tables.rosters import duty_shift

__all__ = [
    "DIVISION_GRAMS",
    "METADATA",
    "account",
    "application",
    "badge",
    "calendar_year",
    "card_delivery",
    "care_entry",
    "department",
    "division",
    "duty",
    "duty_letter",
    "duty_shift",
    "erasure",
    "grid",
    "grid_change",
    "grid_size",
    "grid_span",
    "guard",
    "household",
    "household_look",
    "look",
    "person",
    "place",
    "place_record",
    "plan_activation",
    "plan_version",
    "post",
    "refresh_token",
    "rollout_mark",
    "session",
    "table_import",
    "table_import_part",
]
