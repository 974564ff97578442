"""One function per message: load, ask the model, save. `HANDLERS` maps each message to its own."""

from collections.abc import Callable, Mapping
from typing import Any

from services.chassis.messages import DeadlinePassed
from services.registry import messages
from services.registry.handlers import (
    accounts,
    applications,
    boards,
    calendars,
    changing,
    departments,
    divisions,
    grids,
    people,
    places,
    plans,
    posts,
    sheets,
)
from services.registry.messages import boards as board_messages

HANDLERS: Mapping[type, Callable[[Any, Any], dict[str, Any]]] = {
    messages.SignIn: accounts.sign_in,
    messages.Refresh: accounts.refresh,
    messages.SignOut: accounts.sign_out,
    messages.ChangePassword: accounts.change_password,
    messages.SetPassword: accounts.set_password,
    messages.ImportDivisions: divisions.import_divisions,
    messages.ImportGrids: grids.import_grids,
    messages.SetBoundary: grids.set_boundary,
    messages.SplitGrid: changing.change_grids,
    messages.MergeGrids: changing.change_grids,
    messages.ReparentGrid: changing.change_grids,
    messages.RetireGrid: changing.change_grids,
    messages.CancelGridChange: changing.cancel_grid_change,
    DeadlinePassed: changing.take_effect,
    messages.ImportPeople: people.import_people,
    messages.LookAtPerson: people.look_at_person,
    messages.SetRoles: people.set_roles,
    messages.SetActive: people.set_active,
    **places.HANDLERS,
    messages.Appoint: posts.appoint,
    messages.RecordStep: posts.record_step,
    messages.EndPost: posts.end_post,
    messages.RegisterApplication: applications.register,
    messages.RevokeApplication: applications.revoke,
    board_messages.SetBadge: boards.set_badge,
    board_messages.RecordCards: boards.record_cards,
    board_messages.WithdrawCards: boards.withdraw_cards,
    board_messages.EnterSizes: boards.enter_sizes,
    messages.ImportDepartments: departments.import_departments,
    messages.ImportDuties: departments.import_duties,
    messages.OpenImport: sheets.open_import,
    messages.AddImportRows: sheets.add_import_rows,
    messages.RunImport: sheets.run_import,
    messages.CancelImport: sheets.cancel_import,
    messages.ExportRows: sheets.export_rows,
    messages.SetCalendar: calendars.set_calendar,
    messages.StorePlan: plans.store_plan,
    messages.ActivatePlan: plans.activate_plan,
}
