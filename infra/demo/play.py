"""`wangge demo`: start the platform where it does not run, load the county, play the story, stay up or stop.

With `once` everything that was started is stopped, the last line is one JSON summary, and the exit status says whether
every step went well. Without it the platform stays until Ctrl-C. A platform that ran before goes on running.
"""

import contextlib
import json
import signal
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

from infra.demo import chapters, trace
from infra.demo.accounts import STORY, Accounts
from infra.demo.arrival import wait_for_copies
from infra.demo.connection import Connection
from infra.demo.county import County, load_county
from infra.demo.department import DepartmentProgram, Receipt
from infra.demo.loading import Loading, is_loaded
from infra.demo.rest import Rest
from infra.demo.scoring import Scoring
from infra.demo.screen import Screen
from infra.demo.stage import Stage
from infra.demo.steps import Steps
from infra.demo.story import DEPARTMENT, Story
from infra.local.operator import operator_token
from infra.local.platform import Platform
from infra.local.settings import Settings

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """A stop signal arrived; not an Exception, so that no step takes it for its own failure."""


def main(once: bool = False) -> int:
    """Play the demo with the platform of WANGGE_HOME and WANGGE_PORT. Returns the exit status, 0 or 1."""
    demo = Demo(Platform(Settings.from_environment()), Screen())
    _raise_on_signals()
    try:
        demo.play()
        if not once:
            demo.stay()
    except Stopped:
        demo.screen.line()
    except Exception as error:  # whatever it is, what was started is stopped and the reader gets a sentence
        demo.note_failure(error)
    finally:
        _ignore_signals()
        demo.stop()
    if once:
        demo.screen.line(json.dumps(demo.summary(), ensure_ascii=False))
    return 0 if demo.succeeded else 1


class Demo:
    """One run: what it started, the steps it played, and how it ended."""

    def __init__(self, platform: Platform, screen: Screen) -> None:
        self.platform, self.screen = platform, screen
        self.settings = platform.settings
        self.steps = Steps(screen)
        self.succeeded = False
        self._failure: Exception | None = None
        self._supervisord: subprocess.Popen[bytes] | None = None
        self._program: DepartmentProgram | None = None
        self._accounts: Accounts | None = None
        self._story: Story | None = None
        self._stack = contextlib.ExitStack()

    def play(self) -> None:
        """Prepare and play all chapters. Raises StepFailed."""
        self.screen.line(f"网格 · 演示:沂南县 371321,一件事从上报到结案(数据目录 {self.settings.home})")
        self.screen.chapter("0 准备:平台、县情、部门接入")
        self._start_platform()
        stage = self._stage()
        self._load(stage)
        scoring = self._remember_scores(stage)
        story = self._story = self._connect(stage)
        story.play()
        scoring.play(story.case_id)
        trace.play(stage, story.trace_id)
        chapters.play(stage, story.case_id)
        self.succeeded = True

    @property
    def trace_id(self) -> str:
        """The trace of the report; empty while nothing was reported."""
        return self._story.trace_id if self._story else ""

    def _start_platform(self) -> None:
        with self.steps.step("platform", "平台启动") as step:
            if self.platform.is_running():
                step.text = f"平台已在运行:{self.settings.gateway_url}"
                return
            self.settings.prepare_demo()
            self._supervisord = self.platform.start(lambda text: self.screen.detail(text.strip()))
            step.text = f"平台已启动:{self.settings.gateway_url}"

    def _stage(self) -> Stage:
        rest = self._stack.enter_context(Rest(self.settings.gateway_url))
        self._accounts = Accounts.of(self.settings.home, rest)
        return Stage(self.settings, load_county(), rest, self._accounts, self.steps, self.screen)

    def _load(self, stage: Stage) -> None:
        with self.steps.step("county", "县情已载入") as step:
            if is_loaded(stage.accounts):
                step.text = "县情此前已载入"
            else:
                operator = stage.rest.with_token(operator_token(self.settings))
                Loading(stage.accounts, stage.county, operator, self._show_loaded).run()
            step.facts |= _counts(stage.county)
        with self.steps.step("copies", "各服务都有了自己的一份") as step:
            emptied = wait_for_copies(self.settings, stage.caller("county-leader"))
            step.text = f"各服务都有了自己的一份:发件箱为空,{emptied} 个服务间队列为空"

    def _show_loaded(self, what: str, count: int, ms: float) -> None:
        self.screen.detail(f"{what} {count}", ms)

    def _remember_scores(self, stage: Stage) -> Scoring:
        scoring = Scoring(stage, DEPARTMENT)
        with self.steps.step("scores-before", "记下三方现在的得分"):
            scoring.remember()
        return scoring

    def _connect(self, stage: Stage) -> Story:
        """Give the department its queue and start its program on it."""
        opened, environment = Connection(stage, DEPARTMENT), self.settings.environment()
        with self.steps.step("department-connected", "部门接入") as step:
            connection = opened.open()
            self._stack.callback(opened.close)
            step.text = f"为环保办开通自己的队列和凭证(同 wangge department connect {DEPARTMENT})"
            step.details = [f"队列 {connection['queue']},地址含口令,只显示一次"]
        log = self.settings.logs / f"department-{DEPARTMENT}.log"
        with self.steps.step("department-program", "环保办自己的程序") as step:
            self._program = DepartmentProgram(connection["uri"], environment["WANGGE_OTLP_ENDPOINT"], log)
            self._program.start(environment["WANGGE_AMQP_URI"], connection["queue"])
            step.text = f"环保办自己的程序已启动(进程 {self._program.pid}):只有部门库和这一个地址"
        return Story(stage, self._program, connection)

    def stay(self) -> None:
        """Say where to go and how to stop; return when the platform ends. Raises Stopped."""
        self._say_farewell()
        if self._supervisord is None or self._program is None:
            return
        self._program.on_receipt = self._show_receipt
        self._supervisord.wait()

    def _say_farewell(self) -> None:
        assert self._accounts is not None
        self.screen.chapter("可以自己试了")
        self.screen.line(f"  接口文档  {self.settings.gateway_url}/docs")
        self.screen.line(f"  运行状态  {_command()} status")
        self.screen.line(f"  调用链    {_command()} trace {self.trace_id}")
        county = load_county()
        rows = [(name, self._accounts.password(name), *_described(county, name)) for name in STORY]
        self.screen.table(("账号", "口令", "姓名", "角色", "岗位"), rows)
        self.screen.line(f"  账号也写在 {self._accounts.path}(仅本人可读)")
        stop = "按 Ctrl-C 停止全部" if self._supervisord else f"平台由别处启动,继续运行;停止:{_command()} down"
        self.screen.line(f"  {stop}")

    def _show_receipt(self, receipt: Receipt) -> None:
        self.screen.line(f"  环保办收到 {receipt.type} {receipt.number or receipt.subject}")

    def note_failure(self, failure: Exception) -> None:
        """Keep what failed for the summary, and the whole story of it in the logs."""
        self._failure = failure
        if self.settings.logs.is_dir():
            log = self.settings.logs / "demo.log"
            log.write_text("".join(traceback.format_exception(failure)), "utf-8")
            self.screen.line(f"\n  演示在“{self._last_step}”处失败;详情见 {log}")

    def stop(self) -> None:
        """Stop what this run started; nothing of it stays behind."""
        if self._supervisord:
            self.screen.line("\n  正在停止…")
        if self._program:
            self._program.stop()
        self._stack.close()
        if self._supervisord:
            self.platform.stop()
            self._supervisord.wait()
            self.screen.line("  已停止,没有留下任何进程")

    def summary(self) -> dict[str, Any]:
        """What `--once` prints as its last line."""
        steps = [step.as_dict() for step in self.steps.done]
        found: dict[str, Any] = {"ok": self.succeeded, "steps": steps, "trace_id": self.trace_id}
        if not self.succeeded:
            found |= {"failed": self._last_step, "error": str(self._failure or "被信号停止 / stopped by a signal")}
        return found

    @property
    def _last_step(self) -> str:
        return self.steps.done[-1].name if self.steps.done else "start"


def _counts(county: County) -> dict[str, int]:
    names = ("divisions", "grids", "people", "posts")
    return {name: len(getattr(county, name)) for name in names}


def _described(county: County, username: str) -> tuple[str, str, str]:
    """Name, roles and titles of an account."""
    posts = county.posts_of(username)
    roles, titles = dict.fromkeys(post.role for post in posts), dict.fromkeys(post.title for post in posts)
    return county.person(username).name, ", ".join(roles), "、".join(titles)


def _command() -> str:
    """How this command was called: `.venv/bin/wangge` by `make demo`."""
    called = Path(sys.argv[0])
    return str(called) if called.name == "wangge" else "wangge"


def _raise_on_signals() -> None:
    """The first stop signal raises Stopped in this thread; the later ones are ignored, so that stopping can finish."""

    def raise_stopped(*_: object) -> None:
        _ignore_signals()
        raise Stopped

    for number in _STOP_SIGNALS:
        signal.signal(number, raise_stopped)


def _ignore_signals() -> None:
    for number in _STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
