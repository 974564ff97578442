"""When has everything that was written reached every service? Outboxes and queues are empty, and the plan is known."""

from infra.demo.broker import depth
from infra.demo.loading import PLAN
from infra.demo.rest import Caller, Refusal
from infra.local.process import wait_until
from infra.local.settings import SERVICES, Settings
from infra.local.status import outbox, queues

_SECONDS = 90.0


def wait_for_copies(settings: Settings, planner: Caller, seconds: float = _SECONDS) -> int:
    """Return how many queues were emptied, once each service has its copies.

    Raises NotReady where outboxes, queues or plan take longer than `seconds`, each for itself.
    """
    wait_until(lambda: _published(settings), seconds=seconds, what="发件箱清空")
    names = main_queues(settings)
    wait_until(lambda: _consumed(settings, names), seconds=seconds, what="队列清空")
    wait_until(lambda: _plan_known(planner), seconds=seconds, what="各服务启用方案")
    return len(names)


def main_queues(settings: Settings) -> list[str]:
    """The queues between services, `<consumer>.on.<producer>`; empty when the broker's management does not answer."""
    found = [queue["name"] for queue in queues(settings) or []]
    return [name for name in found if ".on." in name and not name.endswith(".dead")]


def _published(settings: Settings) -> bool:
    waiting = [outbox(settings, service) for service in SERVICES]
    return all(each is not None and each["unpublished"] == 0 for each in waiting)


def _consumed(settings: Settings, names: list[str]) -> bool:
    """Asked of the broker now: the figures of its management are some seconds old."""
    amqp_uri = settings.environment()["WANGGE_AMQP_URI"]
    return all(depth(amqp_uri, name).ready == 0 for name in names)


def _plan_known(planner: Caller) -> bool:
    try:
        known = planner.get("/matters", text="06026")["plan"], planner.get("/scores/scheme")["plan"]
    except Refusal:
        return False
    return all(each.startswith(PLAN) for each in known)
