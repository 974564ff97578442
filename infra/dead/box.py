"""The dead queues of one broker: look into them without taking anything out, send letters again, drop them.

What is only looked at stays unacknowledged until the connection ends and is then where it was. A letter leaves its
dead queue by an acknowledgement that is sent after whatever replaces it is safe: a crash in between leaves the letter
where it is, and sending it again a second time does no harm, since handlers are idempotent (inbox).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import click
import httpx
import pika
from pika.exceptions import AMQPError, ChannelClosedByBroker, ConnectionBlockedTimeout, NackError, UnroutableError

from infra.dead.letters import Letter
from services.chassis.topology import dead_queue
from services.chassis.worker.verdict import copied_properties, resent_headers

SECONDS = 10.0
SUFFIX = dead_queue("")


@dataclass(frozen=True)
class Found:
    """A letter and the number by which the broker knows it on this connection."""

    letter: Letter
    tag: int


class Box:
    """The dead queues of the virtual host in an AMQP address. Use `opened`."""

    def __init__(self, connection: pika.BlockingConnection, amqp_uri: str, management_uri: str | None) -> None:
        self._connection, self._management = connection, management_uri
        self._vhost = quote(unquote(urlsplit(amqp_uri).path.removeprefix("/")) or "/", safe="")
        self._channel = connection.channel()
        self._channel.confirm_delivery()

    def queues(self) -> dict[str, int]:
        """The main queues that have a dead queue, by name, and how many letters lie there for each now."""
        names = [each["name"] for each in self._ask(f"queues/{self._vhost}?columns=name")]
        found = sorted(name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX))
        return {queue: self.count(queue) for queue in found}

    def count(self, queue: str) -> int:
        """How many letters lie there for `queue` that nobody else is holding. Raises click.ClickException."""
        channel = self._connection.channel()
        try:
            count: int = channel.queue_declare(dead_queue(queue), passive=True).method.message_count
        except ChannelClosedByBroker as error:
            raise click.ClickException(
                f"没有死信队列 {dead_queue(queue)},wangge dead list 列出已有的\n"
                f"There is no queue {dead_queue(queue)}; wangge dead list shows those there are"
            ) from error
        channel.close()
        return count

    def scan(self, queue: str) -> Iterator[Found]:
        """Each letter for `queue` that is there now, from the oldest; what comes meanwhile is not waited for."""
        self._check_patience(queue)
        for _ in range(self.count(queue)):
            method, properties, body = self._channel.basic_get(dead_queue(queue), auto_ack=False)
            if method is None:
                return
            yield Found(Letter.read(queue, properties, body), method.delivery_tag)

    def send_again(self, letter: Letter) -> None:
        """Give the letter back to its own queue; returns when the broker has it. Raises click.ClickException."""
        properties = pika.BasicProperties(**self._properties(letter))
        try:
            self._channel.basic_publish("", letter.queue, letter.body, properties, mandatory=True)
        except UnroutableError as error:
            raise click.ClickException(
                f"队列 {letter.queue} 已不存在,死信保留\nThe queue {letter.queue} is gone; the letter stays"
            ) from error
        except NackError as error:
            raise click.ClickException(
                f"队列 {letter.queue} 拒收,死信保留\nThe queue {letter.queue} refused it; the letter stays"
            ) from error

    def drop(self, found: Found) -> None:
        """Take the letter out for good."""
        self._channel.basic_ack(found.tag)

    @staticmethod
    def _properties(letter: Letter) -> dict[str, Any]:
        names = ("content_type", "content_encoding", "priority", "correlation_id", "reply_to", "message_id")
        came = {name: getattr(letter.properties, name) for name in (*names, "timestamp", "type", "app_id")}
        headers = resent_headers(letter.properties.headers or {})
        return {**copied_properties({k: v for k, v in came.items() if v is not None}), "headers": headers}

    def _check_patience(self, queue: str) -> None:
        """Refuse to look where looking counts: RabbitMQ 4 drops what was returned 20 times, unless told not to."""
        version = self._connection._impl.server_properties.get("version", b"")  # pika shows it nowhere else
        text = version.decode() if isinstance(version, bytes) else str(version)
        if not looking_counts(text):
            return
        policy = self._ask(f"queues/{self._vhost}/{quote(dead_queue(queue), safe='')}").get(
            "effective_policy_definition"
        )
        if not isinstance(policy, dict) or policy.get("delivery-limit") != -1:
            raise click.ClickException(
                f"RabbitMQ {text} 会丢弃被查看 20 次的消息,请先执行下面的命令\n"
                f"RabbitMQ {text} drops a message that was looked at 20 times; first run the command below\n"
                f"rabbitmqctl set_policy wangge-dead '\\.dead$' '{{\"delivery-limit\": -1}}' --apply-to queues"
            )

    def _ask(self, path: str) -> Any:
        if self._management is None:
            raise click.ClickException(
                "不知道 RabbitMQ 的管理地址,请设置 WANGGE_AMQP_MANAGEMENT_URI\n"
                "The broker's management address is not known: set WANGGE_AMQP_MANAGEMENT_URI"
            )
        try:
            reply = httpx.get(f"{self._management}/api/{path}", timeout=SECONDS, trust_env=False).raise_for_status()
        except httpx.HTTPError as error:
            raise click.ClickException(AWAY) from error
        return reply.json()


AWAY = "RabbitMQ 没有应答,请用 wangge status 查看\nRabbitMQ does not answer; see wangge status"
FULL = (
    "RabbitMQ 现在不收消息(磁盘或内存告警),死信保留,稍后再试\n"
    "RabbitMQ takes no messages now (disk or memory alarm); the letters stay, try again later"
)


def looking_counts(version: str) -> bool:
    """Whether a broker of this version limits deliveries of a queue that says nothing about it (since 4.0)."""
    major = version.partition(".")[0]
    return major.isdigit() and int(major) >= 4


@contextmanager
def opened(amqp_uri: str, management_uri: str | None) -> Iterator[Box]:
    """The box at `amqp_uri`; what was not dropped is where it was afterwards. Raises click.ClickException."""
    parameters = pika.URLParameters(amqp_uri)
    parameters.socket_timeout = parameters.stack_timeout = parameters.blocked_connection_timeout = SECONDS
    parameters.client_properties = {"connection_name": "wangge dead"}
    connection = _or_away(lambda: pika.BlockingConnection(parameters))
    try:
        yield Box(connection, amqp_uri, management_uri)
    except ConnectionBlockedTimeout as error:
        raise click.ClickException(FULL) from error
    except (AMQPError, OSError) as error:
        raise click.ClickException(AWAY) from error
    finally:
        if connection.is_open:
            connection.close()


def _or_away(connect: Callable[[], pika.BlockingConnection]) -> pika.BlockingConnection:
    try:
        return connect()
    except (AMQPError, OSError) as error:
        raise click.ClickException(AWAY) from error
