"""The one secret that a department gets:
`amqp://name:password@host:port/%2F?queue=…[&department=…][&heartbeat=…]`.
"""

import os
import ssl
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import pika

from wangge_department.errors import WrongAddress

VARIABLE = "WANGGE_DEPARTMENT_URI"
_HEARTBEAT_S = 10
_PORTS = {"amqp": 5672, "amqps": 5671}


@dataclass(frozen=True)
class Address:
    """Where the queue is and who asks. The password is never shown by repr or str."""

    host: str
    port: int
    vhost: str
    user: str
    password: str = field(repr=False)
    queue: str
    department: str
    tls: bool = False
    heartbeat: int = _HEARTBEAT_S

    def parameters(self) -> pika.ConnectionParameters:
        """pika's connection parameters: heartbeats, short socket timeouts, a name for the operator to see."""
        return pika.ConnectionParameters(
            host=self.host,
            port=self.port,
            virtual_host=self.vhost,
            credentials=pika.PlainCredentials(self.user, self.password),
            ssl_options=pika.SSLOptions(ssl.create_default_context(), self.host) if self.tls else None,
            heartbeat=self.heartbeat,
            socket_timeout=5,
            stack_timeout=5,
            client_properties={"connection_name": f"wangge-department {self.department}"},
        )


def from_environment(variable: str = VARIABLE) -> Address:
    """Read the address from the environment. Raises WrongAddress."""
    text = os.environ.get(variable, "").strip()
    if not text:
        raise WrongAddress(
            f"环境变量 {variable} 未设置:请填入平台运维给出的接入地址",
            f"environment variable {variable} is not set: put in the address that the platform's operator gave you",
        )
    return parse(text)


def parse(text: str) -> Address:
    """Take the address apart. Raises WrongAddress, whose sentences do not repeat the secret."""
    try:
        return _address(urlsplit(text))
    except ValueError as error:
        raise WrongAddress(
            f"接入地址不正确({_reason(error)}),应为 amqp://名称:口令@主机:端口/%2F?queue=队列",
            f"the address is wrong ({_reason(error)}); it should be amqp://name:password@host:port/%2F?queue=queue",
        ) from None


def _address(url: SplitResult) -> Address:
    query = parse_qs(url.query)
    if url.scheme not in _PORTS:
        raise _Part("scheme")
    user, queue = unquote(url.username or ""), query.get("queue", [""])[0]
    for name, value in (("name", user), ("password", url.password), ("host", url.hostname), ("queue", queue)):
        if not value:
            raise _Part(name)
    return Address(
        host=url.hostname or "",
        port=url.port or _PORTS[url.scheme],
        vhost=unquote(url.path.removeprefix("/")) or "/",
        user=user,
        password=unquote(url.password or ""),
        queue=queue,
        department=query.get("department", [user.removeprefix("department.")])[0],
        tls=url.scheme == "amqps",
        heartbeat=int(query.get("heartbeat", [str(_HEARTBEAT_S)])[0]),
    )


class _Part(ValueError):
    """Names the part that is missing or wrong."""


def _reason(error: ValueError) -> str:
    return str(error) if isinstance(error, _Part) else "port, heartbeat"
