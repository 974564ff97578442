"""The private RabbitMQ node: the generated user only, loopback only, durable across restarts."""

from ipaddress import ip_address

import httpx
import pika
import psutil
import pytest


def _publish(uri: str, queue: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(uri)) as connection:
        channel = connection.channel()
        channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
        channel.confirm_delivery()
        channel.basic_publish("", queue, b"kept", pika.BasicProperties(delivery_mode=2))


def _take(uri: str, queue: str) -> bytes | None:
    with pika.BlockingConnection(pika.URLParameters(uri)) as connection:
        return connection.channel().basic_get(queue, auto_ack=True)[2]


def test_guest_does_not_exist_and_is_refused(rabbitmq) -> None:
    users = {user["name"] for user in httpx.get(f"{rabbitmq.management_uri}/api/users", trust_env=False).json()}
    assert "platform" in users and "guest" not in users
    with pytest.raises(pika.exceptions.ProbableAuthenticationError):
        _publish(f"amqp://guest:guest@127.0.0.1:{rabbitmq.ports.amqp}/%2F", "guests")
    guest = httpx.get(
        f"http://127.0.0.1:{rabbitmq.ports.management}/api/whoami", auth=("guest", "guest"), trust_env=False
    )
    assert guest.status_code == 401


def test_a_virtual_host_of_its_own_shares_no_queue(rabbitmq, vhost: str) -> None:
    _publish(vhost, "apart")
    assert _take(vhost, "apart") == b"kept"
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="NOT_FOUND"):
        _take(rabbitmq.amqp_uri, "apart")


def test_a_confirmed_message_survives_restart_and_kill(rabbitmq) -> None:
    _publish(rabbitmq.amqp_uri, "survivor")
    rabbitmq.restart()
    rabbitmq.kill()
    rabbitmq.start()
    assert _take(rabbitmq.amqp_uri, "survivor") == b"kept"


def test_node_and_epmd_listen_on_loopback_only(rabbitmq) -> None:
    ports = rabbitmq.ports
    links = [link for child in rabbitmq._processes for link in psutil.Process(child.pid).net_connections()]
    listening = [link.laddr for link in links if link.status == psutil.CONN_LISTEN]
    assert {address.port for address in listening} == {ports.amqp, ports.management, ports.epmd, ports.dist}
    assert all(ip_address(address.ip).is_loopback for address in listening)


def test_stopping_leaves_no_process(rabbitmq) -> None:
    family = [child.pid for child in rabbitmq._processes]
    family += [child.pid for pid in family for child in psutil.Process(pid).children(recursive=True)]
    rabbitmq.stop()
    assert not [pid for pid in family if psutil.pid_exists(pid)]
    rabbitmq.start()
