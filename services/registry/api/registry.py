"""The service Registry: all but what has a gRPC service of its own."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.auth import Issuer, Principal
from services.chassis.messages import Command
from services.chassis.rpc.call import Call
from services.chassis.rpc.convert import to_command, to_reply
from services.registry import messages
from services.registry.bootstrap import Service
from services.registry.handlers.accounts import REFUSED_OUTCOMES
from services.registry.handlers.rights import PLAN
from services.registry.handlers.sheets import table_of
from services.registry.importing import Importing
from services.registry.messages.duties import ApproveDuty
from services.registry.model.accounts import ACCESS_LIFETIME
from services.registry.model.applications import hint_of, new_key
from services.registry.plan import check
from services.registry.queries import (
    accounts,
    applications,
    calendars,
    grid_changes,
    grids,
    listings,
    maps,
    people,
    plans,
    posts,
    responsibility,
    sheets,
)
from wangge.registry.v1 import registry_pb2 as pb

PUBLIC = frozenset(
    f"/wangge.registry.v1.Registry/{method}" for method in ("SignIn", "Refresh", "SignOut", "CheckApplication")
)

Answer = dict[str, Any]


class Servicer:
    """Answers the calls of wangge.registry.v1.Registry; the chassis has checked the token and maps the errors.

    Not derived from the generated class, so that a method that is missing is an error when the server is made.
    """

    def __init__(self, service: Service, tokens: Issuer) -> None:
        self._service, self._tokens = service, tokens
        self._phones = people.PhoneBook(service.seal)
        self._importing = Importing(service)

    # ---- sign-in: no idempotency key, since its stored answer would be a secret

    def SignIn(self, request: pb.SignInRequest, call: Call) -> pb.Tokens:
        return self._session(to_command(messages.SignIn, request), call.caller)

    def Refresh(self, request: pb.RefreshRequest, call: Call) -> pb.Tokens:
        return self._session(to_command(messages.Refresh, request), call.caller)

    def SignOut(self, request: pb.SignOutRequest, call: Call) -> pb.Receipt:
        return to_reply(pb.Receipt, self._service.bus.handle(to_command(messages.SignOut, request), call.caller))

    def Me(self, request: pb.MeRequest, call: Call) -> pb.Account:
        if call.caller.has("platform"):
            return to_reply(pb.Account, accounts.account_of_principal(call.caller))
        with self._read() as connection:
            return to_reply(pb.Account, accounts.account_of(connection, call.caller.person_id, self._today()))

    def ChangePassword(self, request: pb.ChangePasswordRequest, call: Call) -> pb.Receipt:
        return to_reply(pb.Receipt, self._committed(to_command(messages.ChangePassword, request), call.caller))

    def SetPassword(self, request: pb.SetPasswordRequest, call: Call) -> pb.InitialPassword:
        answer = self._service.bus.handle(to_command(messages.SetPassword, request), call.caller)
        return to_reply(pb.InitialPassword, answer)

    # ---- divisions and grids

    def ImportDivisions(self, request: pb.ImportDivisionsRequest, call: Call) -> pb.ImportReply:
        return self._import(messages.ImportDivisions, request, call)

    def ListDivisions(self, request: pb.ListDivisionsRequest, call: Call) -> pb.DivisionList:
        with self._read() as connection:
            return to_reply(pb.DivisionList, listings.list_divisions(connection, request))

    def ImportGrids(self, request: pb.ImportGridsRequest, call: Call) -> pb.ImportReply:
        return self._import(messages.ImportGrids, request, call)

    def ListGrids(self, request: pb.ListGridsRequest, call: Call) -> pb.GridList:
        with self._read() as connection:
            return to_reply(pb.GridList, grids.list_grids(connection, request, call.caller))

    def GetGrid(self, request: pb.GetGridRequest, call: Call) -> pb.GridPage:
        with self._read() as connection:
            return to_reply(pb.GridPage, grids.grid_page(connection, request.code, self._today()))

    def LocatePoint(self, request: pb.LocatePointRequest, call: Call) -> pb.Location:
        with self._read() as connection:
            return to_reply(pb.Location, grids.locate(connection, request.lon, request.lat, request.kind))

    def SetBoundary(self, request: pb.SetBoundaryRequest, call: Call) -> pb.Receipt:
        return self._write(messages.SetBoundary, request, call, expected_version=call.expected_version)

    def ListBoundaries(self, request: pb.ListBoundariesRequest, call: Call) -> pb.BoundaryList:
        with self._read() as connection:
            return to_reply(pb.BoundaryList, {"feature_collection": maps.boundaries(connection, request)})

    def ReportCoverage(self, request: pb.ReportCoverageRequest, call: Call) -> pb.Coverage:
        with self._read() as connection:
            return to_reply(pb.Coverage, maps.coverage(connection, request))

    # ---- changes of grids

    def SplitGrid(self, request: pb.SplitGridRequest, call: Call) -> pb.GridChangeReceipt:
        return self._change(messages.SplitGrid, request, call)

    def MergeGrids(self, request: pb.MergeGridsRequest, call: Call) -> pb.GridChangeReceipt:
        return self._change(messages.MergeGrids, request, call)

    def ReparentGrid(self, request: pb.ReparentGridRequest, call: Call) -> pb.GridChangeReceipt:
        return self._change(messages.ReparentGrid, request, call)

    def RetireGrid(self, request: pb.RetireGridRequest, call: Call) -> pb.GridChangeReceipt:
        return self._change(messages.RetireGrid, request, call)

    def CancelGridChange(self, request: pb.CancelGridChangeRequest, call: Call) -> pb.GridChangeReceipt:
        return self._change(messages.CancelGridChange, request, call)

    def ListGridChanges(self, request: pb.ListGridChangesRequest, call: Call) -> pb.GridChangeList:
        with self._read() as connection:
            return to_reply(pb.GridChangeList, grid_changes.list_changes(connection, request))

    def GetGridChange(self, request: pb.GetGridChangeRequest, call: Call) -> pb.GridChange:
        with self._read() as connection:
            return to_reply(pb.GridChange, grid_changes.get_change(connection, request.change_id))

    def FindResponsible(self, request: pb.FindResponsibleRequest, call: Call) -> pb.Responsible:
        with self._read() as connection:
            return to_reply(pb.Responsible, responsibility.responsible(connection, request, self._today()))

    # ---- people and posts

    def ImportPeople(self, request: pb.ImportPeopleRequest, call: Call) -> pb.ImportReply:
        return self._import(messages.ImportPeople, request, call)

    def ListPeople(self, request: pb.ListPeopleRequest, call: Call) -> pb.PersonList:
        with self._read() as connection:
            return to_reply(pb.PersonList, people.list_people(connection, request, call.caller, self._phones))

    def GetPeople(self, request: pb.GetPeopleRequest, call: Call) -> pb.NameList:
        with self._read() as connection:
            return to_reply(pb.NameList, people.names(connection, request.ids))

    def GetPerson(self, request: pb.GetPersonRequest, call: Call) -> pb.Person:
        self._service.bus.handle(to_command(messages.LookAtPerson, request), call.caller)
        with self._read() as connection:
            found = people.get_person(
                connection, request.person_id, call.caller, request.purpose, self._phones, self._today()
            )
        return to_reply(pb.Person, found)

    def ListLooks(self, request: pb.ListLooksRequest, call: Call) -> pb.LookList:
        with self._read() as connection:
            return to_reply(pb.LookList, people.list_looks(connection, request, call.caller))

    def Appoint(self, request: pb.AppointRequest, call: Call) -> pb.Receipt:
        return self._write(messages.Appoint, request, call)

    def RecordStep(self, request: pb.RecordStepRequest, call: Call) -> pb.Receipt:
        return self._write(messages.RecordStep, request, call)

    def EndPost(self, request: pb.EndPostRequest, call: Call) -> pb.Receipt:
        return self._write(messages.EndPost, request, call)

    def ListPosts(self, request: pb.ListPostsRequest, call: Call) -> pb.PostList:
        with self._read() as connection:
            return to_reply(pb.PostList, posts.list_posts(connection, request, self._today()))

    def ReportStaffing(self, request: pb.ReportStaffingRequest, call: Call) -> pb.Staffing:
        with self._read() as connection:
            return to_reply(pb.Staffing, posts.staffing(connection, request.prefix, self._today()))

    def SetRoles(self, request: pb.SetRolesRequest, call: Call) -> pb.Receipt:
        return self._write(messages.SetRoles, request, call, expected_version=call.expected_version)

    def SetActive(self, request: pb.SetActiveRequest, call: Call) -> pb.Receipt:
        return self._write(messages.SetActive, request, call)

    # ---- applications

    def RegisterApplication(self, request: pb.RegisterApplicationRequest, call: Call) -> pb.ApplicationKey:
        key = new_key()
        command = to_command(messages.RegisterApplication, request, key=messages.Secret(key))
        answer = self._service.bus.handle(command, call.caller, call.key)
        shown = key if answer["hint"] == hint_of(key) else ""
        return to_reply(pb.ApplicationKey, {"id": answer["id"], "version": answer["version"], "key": shown})

    def ListApplications(self, request: pb.ListApplicationsRequest, call: Call) -> pb.ApplicationList:
        with self._read() as connection:
            return to_reply(pb.ApplicationList, applications.list_applications(connection, request, call.caller))

    def RevokeApplication(self, request: pb.RevokeApplicationRequest, call: Call) -> pb.Receipt:
        return self._write(messages.RevokeApplication, request, call)

    def CheckApplication(self, request: pb.CheckApplicationRequest, call: Call) -> pb.CheckedApplication:
        with self._read() as connection:
            found = applications.check(connection, request.key)
        token, expires = "", self._service.clock.now()
        if principal := applications.principal_of(found):
            token, expires = self._tokens.issue(principal, ACCESS_LIFETIME)
        return to_reply(pb.CheckedApplication, {**found, "access_token": token, "access_expires_at": expires})

    # ---- departments and duties

    def ImportDepartments(self, request: pb.ImportDepartmentsRequest, call: Call) -> pb.ImportReply:
        return self._import(messages.ImportDepartments, request, call)

    def ListDepartments(self, request: pb.ListDepartmentsRequest, call: Call) -> pb.DepartmentList:
        with self._read() as connection:
            return to_reply(pb.DepartmentList, listings.list_departments(connection, request))

    def ImportDuties(self, request: pb.ImportDutiesRequest, call: Call) -> pb.ImportReply:
        return self._import(messages.ImportDuties, request, call)

    def ApproveDuty(self, request: pb.ApproveDutyRequest, call: Call) -> pb.Receipt:
        return self._write(ApproveDuty, request, call, expected_version=call.expected_version)

    def ListDuties(self, request: pb.ListDutiesRequest, call: Call) -> pb.DutyList:
        with self._read() as connection:
            return to_reply(pb.DutyList, listings.list_duties(connection, request))

    # ---- whole tables

    def DescribeTable(self, request: pb.DescribeTableRequest, call: Call) -> pb.Table:
        return to_reply(pb.Table, sheets.describe(table_of(request.kind)))

    def OpenImport(self, request: pb.OpenImportRequest, call: Call) -> pb.TableImport:
        return self._told(self._handle(messages.OpenImport, request, call, {})["id"], call)

    def AddImportRows(self, request: pb.AddImportRowsRequest, call: Call) -> pb.TableImport:
        return self._told(self._handle(messages.AddImportRows, request, call, {})["id"], call)

    def RunImport(self, request: pb.RunImportRequest, call: Call) -> pb.TableImport:
        self._importing.start(request.id, call.caller)
        return self._told(request.id, call)

    def GetImport(self, request: pb.GetImportRequest, call: Call) -> pb.TableImport:
        return self._told(request.id, call)

    def CancelImport(self, request: pb.CancelImportRequest, call: Call) -> pb.TableImport:
        return self._told(self._handle(messages.CancelImport, request, call, {})["id"], call)

    def ExportRows(self, request: pb.ExportRowsRequest, call: Call) -> pb.ExportedRows:
        return to_reply(pb.ExportedRows, self._handle(messages.ExportRows, request, call, {}))

    def _told(self, import_id: str, call: Call) -> pb.TableImport:
        with self._read() as connection:
            return to_reply(pb.TableImport, sheets.get_import(connection, import_id, call.caller))

    # ---- the working calendar

    def SetCalendar(self, request: pb.SetCalendarRequest, call: Call) -> pb.Receipt:
        return self._write(messages.SetCalendar, request, call, expected_version=call.expected_version)

    def GetCalendar(self, request: pb.GetCalendarRequest, call: Call) -> pb.Calendar:
        with self._read() as connection:
            return to_reply(pb.Calendar, calendars.calendar(connection, request.year))

    # ---- the plan

    def CheckPlan(self, request: pb.CheckPlanRequest, call: Call) -> pb.PlanReport:
        call.caller.require(*PLAN, action="检查方案")
        return to_reply(pb.PlanReport, plans.report(check(request.text)))

    def StorePlan(self, request: pb.StorePlanRequest, call: Call) -> pb.Receipt:
        return self._write(messages.StorePlan, request, call)

    def ActivatePlan(self, request: pb.ActivatePlanRequest, call: Call) -> pb.Receipt:
        return self._write(messages.ActivatePlan, request, call)

    def ListPlans(self, request: pb.ListPlansRequest, call: Call) -> pb.PlanList:
        with self._read() as connection:
            return to_reply(pb.PlanList, plans.list_plans(connection, request, self._today()))

    def GetPlan(self, request: pb.GetPlanRequest, call: Call) -> pb.PlanVersion:
        with self._read() as connection:
            values, document = plans.get_plan(connection, request.plan_id, request.version, self._today())
        reply = to_reply(pb.PlanVersion, values)
        reply.document.update(document)  # to_reply would drop what is null
        return reply

    def ComparePlans(self, request: pb.ComparePlansRequest, call: Call) -> pb.PlanDifference:
        with self._read() as connection:
            return to_reply(pb.PlanDifference, plans.compare(connection, request, self._today()))

    def ListMatters(self, request: pb.ListMattersRequest, call: Call) -> pb.MatterList:
        with self._read() as connection:
            found = plans.matters(connection, request.text, getattr(request, "class"), self._today())
        return to_reply(pb.MatterList, found)

    # ---- in common

    def _write(self, command: type[Command], request: Any, call: Call, **given: Any) -> pb.Receipt:
        return to_reply(pb.Receipt, self._handle(command, request, call, given))

    def _change(self, command: type[Command], request: Any, call: Call) -> pb.GridChangeReceipt:
        return to_reply(pb.GridChangeReceipt, self._handle(command, request, call, {}))

    def _import(self, command: type[Command], request: Any, call: Call) -> pb.ImportReply:
        return to_reply(pb.ImportReply, self._handle(command, request, call, {}))

    def _handle(self, command: type[Command], request: Any, call: Call, given: Mapping[str, Any]) -> Answer:
        return self._service.bus.handle(to_command(command, request, **given), call.caller, call.key)

    def _committed(self, command: Command, caller: Principal) -> Answer:
        """Carry out a command whose refusal leaves a trace, and raise that refusal after the commit."""
        answer = self._service.bus.handle(command, caller)
        if outcome := answer.get("outcome"):
            raise REFUSED_OUTCOMES[outcome]
        return answer

    def _session(self, command: Command, caller: Principal) -> pb.Tokens:
        answer = self._committed(command, caller)
        with self._read() as connection:
            account = accounts.account_of(connection, answer["id"], self._today())
        access, expires = self._tokens.issue(accounts.principal_of(account), ACCESS_LIFETIME)
        tokens = {"access_token": access, "access_expires_at": expires, "account": account}
        refresh = {name: answer[name] for name in ("refresh_token", "refresh_expires_at")}
        return to_reply(pb.Tokens, {**tokens, **refresh})

    def _read(self) -> sa.Connection:
        return self._service.engine.connect()

    def _today(self) -> date:
        return self._service.today()
