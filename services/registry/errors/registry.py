"""The registry's errors.

WanggeError
├── Invalid
│   ├── ImportRefused          rows at fault, one Fault each; nothing was imported
│   ├── TableRefused           the same for a whole table, each fault at its sheet, row and column
│   ├── PlanRefused            the plan's check found errors, one Fault each
│   ├── PasswordRefused        a new password that is too weak
│   └── ValueRefused           a single value outside its list or notation
├── Unauthenticated
│   ├── SignInRefused          unknown name, wrong password, closed account: one and the same
│   └── RefreshRefused         refresh token unknown, expired, used up, or its session ended
├── Forbidden
│   ├── RolesIncompatible      auditor and the two administrators are never one person (REG-14)
│   └── OwnRoles               nobody changes their own roles or account
├── NotFound                   GridNotFound, PersonNotFound, PostNotFound, PlanNotFound, NoPlanInForce,
│                              GridChangeNotFound, ImportNotFound,
│                              ApplicationNotFound, ApplicationKeyRefused
├── Conflict
│   ├── PostOverlaps           the person holds that post there already in that time
│   ├── PostEnded              an ended post is not changed any more
│   ├── GridRetired            nothing is entered for a grid that is no more
│   ├── GridChangePending      a change of that grid is decided and not yet in effect
│   ├── GridChangeDone         only what has not taken effect can be cancelled
│   ├── ImportCancelled        somebody stopped the import before it was committed
│   ├── ImportOver             an import that is over takes no more rows and cannot be stopped
│   ├── ImportIncomplete       not all rows of the file have arrived
│   ├── CodesExhausted         999 grids were numbered under that division
│   └── PlanFrozen             an activated version is never changed; store a new version
└── TooMany
    └── SignInLocked           too many failures; until when
"""

from collections.abc import Sequence
from typing import Any

from services.chassis.errors import Conflict, Fault, Forbidden, Invalid, NotFound, TooMany, Unauthenticated


class ImportRefused(Invalid):
    code = "import-refused"
    zh = "导入被拒绝:{count} 处有误,未导入任何一行;请按提示逐行修改后重新导入"
    en = "The import was refused: {count} faults, no row was imported; correct the rows and import again"


class TableRefused(Invalid):
    code = "table-refused"
    zh = "表格有 {count} 处错误,未导入任何一行;请按行、列提示修改后重新导入"
    en = "The table has {count} faults, no row was imported; correct the cells named and import again"

    def __init__(self, places: Sequence[Any] = (), **params: Any) -> None:
        self.places = tuple(places)
        super().__init__(**{"count": len(self.places), **params})


class PlanRefused(Invalid):
    code = "plan-refused"
    zh = "方案有 {count} 处错误,未保存;请按行号修改后重试"
    en = "The plan has {count} errors and was not stored; correct the lines named and try again"


class PasswordRefused(Invalid):
    code = "password-refused"
    zh = "新密码不符合要求:至少 {least} 个字符,不得包含用户名,且不得与原密码相同"
    en = "The new password is refused: at least {least} characters, without the username, not the old one"


class ValueRefused(Invalid):
    code = "value-refused"


class SignInRefused(Unauthenticated):
    code = "sign-in-refused"
    zh = "用户名或密码不正确,或账号已停用"
    en = "User name or password is wrong, or the account is closed"


class RefreshRefused(Unauthenticated):
    code = "refresh-refused"
    zh = "登录已过期,请重新登录"
    en = "The session has ended; please sign in again"


class RolesIncompatible(Forbidden):
    code = "roles-incompatible"
    zh = "审计员、安全管理员、系统管理员三种角色不得由同一人担任:{roles}"
    en = "Auditor, security administrator and system administrator are never one person: {roles}"


class OwnRoles(Forbidden):
    code = "own-roles"
    zh = "不得更改本人的角色、账号状态或为本人重置密码,请由另一名安全管理员办理"
    en = "Nobody changes their own roles, account or initial password; another security administrator does"


class GridNotFound(NotFound):
    zh = "没有编码为 {id} 的网格"
    en = "There is no grid {id}"


class PersonNotFound(NotFound):
    zh = "没有找到人员 {id},或不在您的可见范围之内"
    en = "There is no person {id}, or they are outside your scope"


class PostNotFound(NotFound):
    zh = "没有找到任职记录 {id}"
    en = "There is no post {id}"


class PlanNotFound(NotFound):
    zh = "没有保存方案 {id} 第 {version} 版"
    en = "There is no plan {id}, version {version}"


class ApplicationNotFound(NotFound):
    zh = "没有应用 {id}"
    en = "There is no application {id}"


class ApplicationKeyRefused(NotFound):
    code = "application-key-refused"
    zh = "应用密钥无效或已停用;请向县网格化中心申请"
    en = "The application's key is unknown or was revoked; ask the county's grid centre for one"


class NoPlanInForce(NotFound):
    code = "no-plan-in-force"
    zh = "今天没有生效的方案;请先保存并启用一个方案"
    en = "No plan is in force today; store and activate one first"


class ImportNotFound(NotFound):
    zh = "没有找到导入任务 {id};只有发起人可以查看,30 天后清除"
    en = "There is no import {id}; only who opened it sees it, and it is kept for 30 days"


class ImportCancelled(Conflict):
    code = "import-cancelled"
    zh = "导入已取消,未写入任何一行"
    en = "The import was cancelled; no row was written"


class ImportOver(Conflict):
    code = "import-over"
    zh = "导入任务已结束(状态 {state}),不能再添加行,也不能取消"
    en = "The import is over (state {state}); it takes no more rows and cannot be cancelled"


class ImportIncomplete(Conflict):
    code = "import-incomplete"
    zh = "文件共 {total} 行,只收到 {arrived} 行;请用同一幂等键重新上传"
    en = "The file has {total} rows, {arrived} arrived; send it again with the same Idempotency-Key"


class PostOverlaps(Conflict):
    code = "post-overlaps"
    zh = "此人在网格 {grid} 已任该岗位({since} 至 {until}),时间重叠;请先结束原任职"
    en = "The person holds that post in grid {grid} already ({since} to {until}); end it first"


class PostEnded(Conflict):
    code = "post-ended"
    zh = "该任职已于 {until} 结束,不能再更改"
    en = "The post ended on {until} and is not changed any more"


class GridChangeNotFound(NotFound):
    zh = "没有网格变更 {id}"
    en = "There is no change of grids {id}"


class GridRetired(Conflict):
    code = "grid-retired"
    zh = "网格 {grid} 已撤销;请改用其后继网格"
    en = "Grid {grid} is retired; use its successor"


class GridChangePending(Conflict):
    code = "grid-change-pending"
    zh = "网格 {grid} 已有待生效的变更({change},{effective} 生效);请先取消该变更,或待其生效后再办理"
    en = "Grid {grid} has a change that takes effect on {effective} ({change}); cancel it first or wait for it"


class GridChangeDone(Conflict):
    code = "grid-change-done"
    zh = "该变更的状态是“{state}”,只有待生效的变更可以取消;已生效的请办理相反的变更"
    en = "The change is {state}; only a pending one is cancelled. What has taken effect is corrected by the opposite"


class CodesExhausted(Conflict):
    code = "grid-codes-exhausted"
    zh = "区划 {division} 下的网格编号 001 至 999 已用完"
    en = "Grid numbers 001 to 999 under division {division} are used up"


class PlanFrozen(Conflict):
    code = "plan-frozen"
    zh = "方案 {id} 第 {version} 版已启用,不可更改;请以新版本号保存"
    en = "Plan {id} version {version} has been activated and is never changed; store it as a new version"


class SignInLocked(TooMany):
    code = "sign-in-locked"
    zh = "密码错误次数过多,请 {seconds} 秒后再试"
    en = "Too many wrong passwords; try again in {seconds} seconds"


def fault(path: str, code: str, zh: str, en: str) -> Fault:
    """One input at fault; `path` like `rows[3].code`."""
    return Fault(path, code, zh, en)
