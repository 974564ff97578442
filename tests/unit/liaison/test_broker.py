"""The address that a department gets, read back by its own library."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.liaison.broker import BrokerSettings, RabbitBroker
from services.liaison.model import Connection

sys.path.insert(0, str(Path(__file__).parents[3] / "services" / "liaison" / "client"))
from wangge_department import address  # the client is a distribution of its own

CONNECTION = Connection.make(
    "019aabcd-0000-7000-8000-0123456789ab", "env-office", (), "", "371321", datetime(2026, 11, 22, tzinfo=UTC)
)
PASSWORD = "a/b+c?d=e@f:g%"


@pytest.mark.parametrize(
    ("amqp", "public", "host", "port", "vhost", "tls"),
    [
        ("amqp://platform:secret@127.0.0.1:8402/%2F", "", "127.0.0.1", 8402, "/", False),
        ("amqp://platform:secret@broker/county-1", "", "broker", 5672, "county-1", False),
        ("amqp://platform:secret@10.0.0.1:1/%2F", "amqps://mq.example.gov:5671", "mq.example.gov", 5671, "/", True),
    ],
)
def test_the_library_understands_the_address(amqp: str, public: str, host: str, port: int, vhost: str, tls: bool):
    text = RabbitBroker(BrokerSettings(amqp, public=public)).address(CONNECTION, PASSWORD)
    read = address.parse(text)
    assert (read.host, read.port, read.vhost, read.tls) == (host, port, vhost, tls)
    assert (read.user, read.password) == (CONNECTION.user, PASSWORD)
    assert (read.queue, read.department) == (CONNECTION.queue, "env-office")
    assert "secret" not in text


def test_settings_show_no_password():
    settings = BrokerSettings("amqp://platform:secret@127.0.0.1:8402/%2F", "http://platform:secret@127.0.0.1:8403")
    assert "secret" not in repr(settings)
