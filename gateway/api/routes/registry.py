"""Divisions, grids, people, departments, duties and plans (REG)."""

from typing import Any

from gateway.api.call import Call
from gateway.api.clients import methods
from gateway.api.declare import Routes
from gateway.api.schemas import registry as schemas
from wangge.registry.v1 import registry_pb2

REGISTRY = methods(registry_pb2, "Registry")
SYSTEM = ("system-administrator", "platform")
SECURITY = ("security-administrator", "platform")
PLANNERS = ("system-administrator", "county-leader", "platform")
IMPORT_LIMIT = 3 * 1024 * 1024
IMPORT_SECONDS = 60.0
IMPORT = {"limit": IMPORT_LIMIT, "seconds": IMPORT_SECONDS}
REPORT_SECONDS = 30.0

divisions = Routes("divisions", zh="区划", en="Divisions")
divisions.ask(
    "POST", "/divisions/import", REGISTRY["ImportDivisions"], body=schemas.ImportDivisions, roles=SYSTEM,
    zh="导入区划", en="Import divisions, all or nothing (REG-01)", **IMPORT,
)  # fmt: skip
divisions.ask(
    "GET", "/divisions", REGISTRY["ListDivisions"], query=schemas.DivisionQuery, zh="区划列表", en="Divisions"
)

grids = Routes("grids", zh="网格", en="Grids")
grids.ask(
    "POST", "/grids/import", REGISTRY["ImportGrids"], body=schemas.ImportGrids, roles=SYSTEM,
    zh="导入网格", en="Create or change grids, all or nothing (REG-02)", **IMPORT,
)  # fmt: skip
grids.ask("GET", "/grids", REGISTRY["ListGrids"], query=schemas.GridQuery, zh="网格列表", en="Grids")
grids.ask(
    "GET", "/grids/locate", REGISTRY["LocatePoint"], query=schemas.PointQuery, zh="坐标所在网格", en="Grids at a point"
)
grids.ask(
    "GET", "/grids/boundaries", REGISTRY["ListBoundaries"], query=schemas.BoundaryQuery, seconds=REPORT_SECONDS,
    zh="网格边界 GeoJSON", en="Boundaries as GeoJSON",
)  # fmt: skip
grids.ask(
    "GET", "/grids/coverage", REGISTRY["ReportCoverage"], query=schemas.CoverageQuery, seconds=REPORT_SECONDS,
    zh="空白与重叠检查", en="Gaps and overlaps (REG-03)",
)  # fmt: skip
grids.ask(
    "GET", "/grids/staffing", REGISTRY["ReportStaffing"], query=schemas.PrefixQuery, seconds=REPORT_SECONDS,
    zh="人员配备检查", en="Grids without a responsible person, or with too many (REG-06)",
)  # fmt: skip
grids.ask(
    "GET", "/grids/{code}", REGISTRY["GetGrid"], etag="grid.version",
    zh="网格详情(定格、定人、定责、定任务、定奖惩)", en="A grid's page (REG-06)",
)  # fmt: skip
grids.ask(
    "PUT", "/grids/{code}/boundary", REGISTRY["SetBoundary"], body=schemas.Boundary, roles=SYSTEM, versioned=True,
    limit=IMPORT_LIMIT, zh="设置边界", en="Set a grid's boundary",
)  # fmt: skip

changes = Routes("grid-changes", zh="网格变更", en="Changes of grids")
CHANGE: dict[str, Any] = {"roles": SYSTEM, "seconds": REPORT_SECONDS}
changes.ask(
    "POST", "/grids/{code}/split", REGISTRY["SplitGrid"], body=schemas.SplitGrid, status=201, limit=IMPORT_LIMIT,
    zh="拆分网格", en="Split a grid into parts that together cover it (REG-04)", **CHANGE,
)  # fmt: skip
changes.ask(
    "POST", "/grids/{code}/merge", REGISTRY["MergeGrids"], body=schemas.MergeGrids, status=201,
    zh="合并网格", en="Merge a grid with others of its kind, level and parent (REG-04)", **CHANGE,
)  # fmt: skip
changes.ask(
    "POST", "/grids/{code}/reparent", REGISTRY["ReparentGrid"], body=schemas.ReparentGrid, status=201,
    zh="调整网格隶属", en="Hang a grid under another parent (REG-04)", **CHANGE,
)  # fmt: skip
changes.ask(
    "POST", "/grids/{code}/retire", REGISTRY["RetireGrid"], body=schemas.RetireGrid, status=201,
    zh="撤销网格(须指定后继网格)", en="Retire a grid; a successor takes over (REG-04)", **CHANGE,
)  # fmt: skip
changes.ask(
    "GET", "/grid-changes", REGISTRY["ListGridChanges"], query=schemas.GridChangeQuery,
    zh="网格变更列表", en="Changes of grids, the latest decided first",
)  # fmt: skip
changes.ask("GET", "/grid-changes/{change_id}", REGISTRY["GetGridChange"], zh="网格变更详情", en="One change of grids")
changes.ask(
    "POST", "/grid-changes/{change_id}/cancel", REGISTRY["CancelGridChange"], roles=SYSTEM,
    zh="取消待生效的网格变更", en="Withdraw a change that is not yet in effect",
)  # fmt: skip
changes.ask(
    "GET", "/responsible", REGISTRY["FindResponsible"], query=schemas.ResponsibleQuery,
    zh="某日某处由谁负责", en="Who was responsible for a point or a grid on a day (REG-04)",
)  # fmt: skip

people = Routes("people", zh="人员与岗位", en="People and posts")
people.ask(
    "POST", "/people/import", REGISTRY["ImportPeople"], body=schemas.ImportPeople, roles=SECURITY,
    zh="导入人员与账号", en="Create or change people with their accounts, all or nothing", **IMPORT,
)  # fmt: skip
people.ask("GET", "/people", REGISTRY["ListPeople"], query=schemas.PeopleQuery, zh="人员列表", en="People")
people.ask(
    "GET", "/people/names", REGISTRY["GetPeople"], query=schemas.NamesQuery, zh="按编号取姓名", en="Names by ids"
)
people.ask(
    "GET", "/people/{person_id}", REGISTRY["GetPerson"], query=schemas.PersonQuery, etag="version",
    zh="人员详情", en="One person; private fields masked unless a purpose is named (PRV-02)",
)  # fmt: skip
people.ask(
    "POST", "/people/{person_id}/password", REGISTRY["SetPassword"], roles=SECURITY,
    zh="重置初始密码", en="Set a new initial password, shown once",
)  # fmt: skip
people.ask(
    "PUT", "/people/{person_id}/roles", REGISTRY["SetRoles"], body=schemas.Roles, roles=SECURITY, versioned=True,
    zh="设置角色", en="Replace roles, department and areas",
)  # fmt: skip
people.ask(
    "PUT", "/people/{person_id}/active", REGISTRY["SetActive"], body=schemas.Active, roles=SECURITY,
    zh="停用或启用账号", en="Close or reopen an account",
)  # fmt: skip
people.ask(
    "POST", "/posts", REGISTRY["Appoint"], body=schemas.Appoint, status=201, roles=SYSTEM,
    zh="任命", en="Give a person a post in a grid",
)  # fmt: skip
people.ask("GET", "/posts", REGISTRY["ListPosts"], query=schemas.PostQuery, zh="岗位列表", en="Posts")
people.ask(
    "POST", "/posts/{post_id}/steps", REGISTRY["RecordStep"], body=schemas.RecordStep, roles=SYSTEM,
    zh="登记任命步骤", en="Record a dated step of an appointment",
)  # fmt: skip
people.ask(
    "POST", "/posts/{post_id}/end", REGISTRY["EndPost"], body=schemas.EndPost, roles=SYSTEM,
    zh="免去岗位", en="End a post",
)  # fmt: skip

departments = Routes("departments", zh="部门与职责", en="Departments and duties")
departments.ask(
    "POST", "/departments/import", REGISTRY["ImportDepartments"], body=schemas.ImportDepartments, roles=SYSTEM,
    zh="导入部门", en="Create or change departments, all or nothing", **IMPORT,
)  # fmt: skip
departments.ask(
    "GET", "/departments", REGISTRY["ListDepartments"], query=schemas.DepartmentQuery, zh="部门列表", en="Departments"
)
departments.ask(
    "POST", "/duties/import", REGISTRY["ImportDuties"], body=schemas.ImportDuties, roles=SYSTEM,
    zh="导入职责表", en="Create or change duties, all or nothing (REG-08)", **IMPORT,
)  # fmt: skip
departments.ask("GET", "/duties", REGISTRY["ListDuties"], query=schemas.DutyQuery, zh="职责表", en="Duties")


@departments.add(
    "POST", "/duties/{duty}/approve", body=schemas.ApproveDuty, reply=registry_pb2.Receipt.DESCRIPTOR, roles=PLANNERS,
    versioned=True, etag="version", zh="登记职责批准", en="Record that a duty joins the grid's list (REG-17)",
)  # fmt: skip
async def approve_duty(call: Call) -> Any:
    """The files have to be the caller's own uploads."""
    files = call.body.get("files", [])
    await call.in_thread(call.state.blobs.require_own, files, call.person.person_id, "files")
    return await call.ask(REGISTRY["ApproveDuty"], {**call.body, **call.path})


plans = Routes("plans", zh="方案", en="Plans")
PLAN = {"body": schemas.PlanText, "seconds": REPORT_SECONDS, "limit": IMPORT_LIMIT}
plans.ask("POST", "/plans/check", REGISTRY["CheckPlan"], zh="检查方案", en="Check a plan without storing it", **PLAN)
plans.ask(
    "POST", "/plans", REGISTRY["StorePlan"], status=201, roles=PLANNERS, zh="保存方案草稿", en="Store a plan", **PLAN
)
plans.ask("GET", "/plans", REGISTRY["ListPlans"], query=schemas.PlanQuery, zh="方案列表", en="Plans")
plans.ask("GET", "/plan", REGISTRY["GetPlan"], name="plan_in_force", zh="现行方案", en="The plan in force")
plans.ask(
    "GET", "/plans/{plan_id}/{version}", REGISTRY["GetPlan"], zh="方案内容(版本 0 为最新)", en="One plan (0: newest)"
)
plans.ask(
    "POST", "/plans/{plan_id}/{version}/activate", REGISTRY["ActivatePlan"], body=schemas.ActivatePlan,
    roles=PLANNERS, zh="启用方案", en="Activate and announce a plan",
)  # fmt: skip
plans.ask(
    "GET", "/plans/{plan_id}/{version}/compare", REGISTRY["ComparePlans"], query=schemas.CompareQuery,
    zh="方案差异", en="What changed between two plans",
)  # fmt: skip

PARTS = (divisions, grids, changes, people, departments, plans)
