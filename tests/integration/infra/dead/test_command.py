"""`wangge dead` against a real broker and a real audit log (XCH-05)."""

import json
import pickle
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import pika
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from infra.dead import group
from infra.local.process import wait_until
from services.chassis import migrate, topology
from services.chassis.envelope import CONTENT_TYPE

COUNTING, OFFICE = "assessment.on.incident", "department.env-office.1"
REASON = "RuntimeError: did not work"
FAILED = {
    "wangge-attempt": 6,
    "wangge-reason": REASON,
    "wangge-first-failed": "2026-11-27T08:00:00Z",
    "wangge-last-failed": "2026-11-27T08:12:36Z",
}


class Broker:
    """The queues of one consumer and one department, and their dead letters."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        with self._channel() as channel:
            for queue in (COUNTING, OFFICE):
                self.declare(channel, queue)

    def declare(self, channel: Any, queue: str) -> None:
        dead = dict(topology.dead_arguments())
        channel.queue_declare(topology.dead_queue(queue), durable=True, arguments=dead)
        channel.queue_declare(queue, durable=True, arguments=dict(topology.main_arguments(queue)))

    def _channel(self) -> Any:
        channel = pika.BlockingConnection(pika.URLParameters(self._uri)).channel()
        channel.confirm_delivery()
        return closing(_Closing(channel))

    def bury(self, queue: str, body: bytes, headers: dict[str, Any] | None = None, **properties: Any) -> None:
        """Put a dead letter where the worker would."""
        kept = pika.BasicProperties(headers=FAILED | (headers or {}), delivery_mode=2, **properties)
        with self._channel() as channel:
            channel.basic_publish("", topology.dead_queue(queue), body, kept, mandatory=True)

    def bury_event(self, queue: str, case: str = "case-1", type_: str = "incident.closed.v1", **headers: Any) -> str:
        id = str(uuid4())
        event = {"specversion": "1.0", "id": id, "type": type_, "subject": case, "time": "2026-11-27T07:59:59Z"}
        body = json.dumps({**event, "data": {}}).encode()
        self.bury(queue, body, headers, message_id=id, content_type=CONTENT_TYPE, type=type_)
        return id

    def all(self, queue: str) -> list[tuple[Any, bytes]]:
        """What is ready in `queue`, taken out."""
        found = []
        with self._channel() as channel:
            while (got := channel.basic_get(queue, auto_ack=True))[0] is not None:
                found.append(got[1:])
        return found

    def depth(self, queue: str) -> int:
        with self._channel() as channel:
            return channel.queue_declare(queue, passive=True).method.message_count

    def delete(self, queue: str) -> None:
        with self._channel() as channel:
            channel.queue_delete(queue)

    def dead(self, queue: str, count: int) -> None:
        """Wait until `count` letters for `queue` are ready: what was looked at comes back a moment later."""
        name = topology.dead_queue(queue)
        wait_until(lambda: self.depth(name) == count, seconds=20, what=f"{count} letters in {name}")


class _Closing:
    """A channel whose connection ends with it."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    def close(self) -> None:
        self._channel.connection.close()


@pytest.fixture
def logs(postgres: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], list[Any]]]:
    """Audit logs of assessment and liaison: call it with the service's name for the entries."""
    uris = {}
    for service in ("assessment", "liaison"):
        name = f"{service}_{uuid4().hex[:10]}"
        uris[service] = postgres.create_database(name)
        migrate.upgrade(service, uris[service])
        monkeypatch.setenv(f"WANGGE_{service.upper()}_DATABASE_URI", uris[service])

    def entries(service: str) -> list[Any]:
        engine = sa.create_engine(uris[service], poolclass=sa.NullPool)
        with engine.connect() as connection:
            return list(connection.execute(sa.text("SELECT actor, action, subject, detail FROM audit ORDER BY id")))

    yield entries
    for uri in uris.values():
        postgres.drop_database(uri.rpartition("/")[2])


@pytest.fixture
def broker(vhost: str, rabbitmq: Any, logs: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Broker:
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WANGGE_AMQP_URI", vhost)
    monkeypatch.setenv("WANGGE_AMQP_MANAGEMENT_URI", rabbitmq.management_uri)
    monkeypatch.setenv("COLUMNS", "240")
    return Broker(vhost)


def run(*arguments: str, answer: str | None = None) -> Result:
    result = CliRunner().invoke(group, list(arguments), input=answer)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def listed(*arguments: str) -> dict[str, Any]:
    return json.loads(run("list", "--json", *arguments).stdout)


def test_nothing_dead_is_said_in_both_forms(broker: Broker) -> None:
    assert run("list").stdout == "没有死信 / No dead letters\n"
    assert listed() == {"queues": {COUNTING: 0, OFFICE: 0}, "items": [], "page": 1, "more": False}
    assert json.loads(run("resend", "--all", "--json").stdout) == {"done": {}, "copies": 0}
    assert "没有编号为 x 的死信" in run("show", "x").stderr


@pytest.mark.rule("XCH-05")
def test_a_letter_is_listed_with_what_one_has_to_know(broker: Broker) -> None:
    id = broker.bury_event(COUNTING, "case-7")
    [found] = listed()["items"]
    assert {name: found[name] for name in ("queue", "id", "type", "case", "attempts", "resent", "happened")} == {
        "queue": COUNTING,
        "id": id,
        "type": "incident.closed.v1",
        "case": "case-7",
        "attempts": 6,
        "resent": 0,
        "happened": "2026-11-27T07:59:59Z",
    }
    assert (found["reason"], found["first_failed"], found["last_failed"]) == (
        REASON,
        "2026-11-27T08:00:00Z",
        "2026-11-27T08:12:36Z",
    )
    broker.dead(COUNTING, 1)
    shown = run("list").stdout
    assert all(text in shown for text in (id, "case-7", "did not work", "2026-11-27T08:12:36Z", f"{COUNTING} 1"))


@pytest.mark.rule("ALL-02")
def test_pages_and_filters_go_through_all_queues_and_looking_changes_nothing(broker: Broker) -> None:
    counting = [broker.bury_event(COUNTING, f"case-{number}") for number in range(5)]
    office = [broker.bury_event(OFFICE, "case-1", "incident.dispatched.v1", **{"wangge-reason": "other"})]
    pages = []
    for page in ("1", "2", "3"):
        pages.append(listed("--page", page, "--size", "2"))
        broker.dead(COUNTING, 5)
        broker.dead(OFFICE, 1)
    assert [each["id"] for page in pages for each in page["items"]] == [*counting, *office]
    assert [page["more"] for page in pages] == [True, True, False]
    assert [each["case"] for each in listed("--case", "case-1")["items"]] == ["case-1", "case-1"]
    broker.dead(COUNTING, 5)
    assert [each["id"] for each in listed("--type", "incident.dispatched.v1")["items"]] == office
    broker.dead(COUNTING, 5)
    assert [each["id"] for each in listed("--reason", "did not", "--size", "4")["items"]] == counting[:4]
    broker.dead(COUNTING, 5)
    assert [each["id"] for each in listed("--queue", OFFICE)["items"]] == office
    broker.dead(OFFICE, 1)
    assert "没有更多" in run("list", "--page", "9").stdout
    broker.dead(COUNTING, 5)
    assert [properties.message_id for properties, _ in broker.all(f"{COUNTING}.dead")] == counting


@pytest.mark.rule("XCH-05", "PRV-02")
def test_a_letter_is_shown_without_secrets_and_without_steering_the_terminal(broker: Broker) -> None:
    id, data = (
        str(uuid4()),
        {"callerPhone": "13812345678", "note": "找 13912345678 或 amqp://a:hidden@h", "seal": "v1:" + "A" * 40},
    )
    body = json.dumps({"id": id, "type": "incident.closed.v1", "subject": "\u202ecase", "data": data}).encode()
    broker.bury(COUNTING, body, {"authorization": "Bearer hidden", "colour": "\x1b[31mred"}, message_id=id)
    shown = run("show", id).stdout
    for secret in ("13812345678", "13912345678", "hidden", "A" * 40, "\x1b", "\u202e"):
        assert secret not in shown
    for part in ("139****5678", "\\x1b[31mred", "\\u202ecase", "隐去", REASON):
        assert part in shown
    broker.dead(COUNTING, 1)
    as_json = json.loads(run("show", id, "--json").stdout)["items"][0]
    assert "hidden" not in json.dumps(as_json)
    assert as_json["properties"]["headers"]["wangge-attempt"] == 6
    broker.dead(COUNTING, 1)
    assert broker.all(f"{COUNTING}.dead")[0][1] == body


def test_bytes_that_are_no_text_are_shown_escaped_and_kept(broker: Broker) -> None:
    bodies = [b"\xff\xfe\x00\x1b[2Jnot text", pickle.dumps({"a": 1}), b"", b"{" * 100_000]
    for body in bodies:
        broker.bury(OFFICE, body, content_type="application/x-python-serialize")
    found = listed()["items"]
    assert [each["size"] for each in found] == [len(body) for body in bodies]
    assert [each["id"] for each in found] == [each["sha256"] for each in found], "there is no message id"
    broker.dead(OFFICE, 4)
    shown = run("show", found[0]["id"]).stdout
    assert "\\xff\\xfe\\x00\\x1b[2Jnot text" in shown
    broker.dead(OFFICE, 4)
    assert "--full" in run("show", found[3]["id"]).stdout
    broker.dead(OFFICE, 4)
    assert "{" * 100_000 in run("show", "--full", found[3]["id"]).stdout
    broker.dead(OFFICE, 4)
    assert [body for _, body in broker.all(f"{OFFICE}.dead")] == bodies


@pytest.mark.rule("XCH-05", "PRV-03")
def test_one_letter_goes_back_to_its_queue_once_and_begins_anew(broker: Broker, logs: Any) -> None:
    broker.bury_event(COUNTING)
    id = broker.bury_event(COUNTING, "case-2", theirs="kept")
    done = run("resend", id)
    assert (done.exit_code, done.stdout) == (0, f"已重发 / sent again:{COUNTING} 1\n")
    broker.dead(COUNTING, 1)
    [(properties, body)] = broker.all(COUNTING)
    assert (properties.message_id, properties.content_type, properties.delivery_mode) == (id, CONTENT_TYPE, 2)
    ours = {name: value for name, value in properties.headers.items() if name != "x-delivery-count"}
    assert ours == {"theirs": "kept", "wangge-resent": 1}
    assert json.loads(body)["id"] == id
    [entry] = logs("assessment")
    assert entry[:3] == ("operator", "ResendDeadLetter", id)
    assert (entry.detail["queue"], entry.detail["case"], entry.detail["attempts"]) == (COUNTING, "case-2", 6)
    assert "没有编号为" in run("resend", id).stderr


@pytest.mark.rule("XCH-05")
def test_all_of_a_reason_or_queue_go_back_after_a_question(broker: Broker, logs: Any) -> None:
    wanted = [broker.bury_event(COUNTING, **{"wangge-reason": "bad release"}) for _ in range(3)]
    left = broker.bury_event(COUNTING)
    broker.bury_event(OFFICE, **{"wangge-reason": "bad release"})
    refused = run("resend", "--all", "--reason", "bad release", answer="n\n")
    assert (refused.exit_code, logs("assessment")) == (1, [])
    assert "重发" in refused.stderr
    broker.dead(COUNTING, 4)
    done = run("resend", "--all", "--reason", "bad release", "--queue", COUNTING, answer="y\n")
    assert done.exit_code == 0
    assert [properties.message_id for properties, _ in broker.all(COUNTING)] == wanted
    broker.dead(COUNTING, 1)
    broker.dead(OFFICE, 1)
    assert len(logs("assessment")) == 3
    everything = json.loads(run("resend", "--all", "--json").stdout)
    assert everything == {"done": {COUNTING: 1, OFFICE: 1}, "copies": 0}
    assert [properties.message_id for properties, _ in broker.all(COUNTING)] == [left]
    assert len(logs("liaison")) == 1, "a department's letters are audited by the service that connects it"


def test_copies_of_one_message_go_back_once(broker: Broker, logs: Any) -> None:
    for _ in range(3):
        broker.bury(COUNTING, b"{}", message_id="the-same")
    broker.bury(COUNTING, b"{} ", message_id="the-same")
    done = json.loads(run("resend", "the-same", "--json").stdout)
    assert done == {"done": {COUNTING: 2}, "copies": 2}
    assert [body for _, body in broker.all(COUNTING)] == [b"{}", b"{} "]
    broker.dead(COUNTING, 0)
    assert [entry.detail.get("copy", False) for entry in logs("assessment")] == [False, True, True, False]


def test_a_message_in_two_queues_has_to_be_named_with_its_queue(broker: Broker) -> None:
    for queue in (COUNTING, OFFICE):
        broker.bury(queue, b"{}", message_id="the-same")
    assert "--queue" in run("resend", "the-same").stderr
    broker.dead(COUNTING, 1)
    broker.dead(OFFICE, 1)
    assert run("resend", "the-same", "--queue", OFFICE).exit_code == 0
    assert (len(broker.all(OFFICE)), len(broker.all(COUNTING))) == (1, 0)


@pytest.mark.rule("XCH-05", "PRV-03")
def test_a_letter_is_given_up_with_a_reason_that_stays(broker: Broker, logs: Any) -> None:
    kept, id = broker.bury_event(COUNTING), broker.bury_event(COUNTING, "case-2")
    assert run("give-up", id).exit_code == 2
    assert run("give-up", id, "--why", " ").exit_code == 2
    broker.dead(COUNTING, 2)
    done = run("give-up", id, "--why", "重复登记,已在线下处理")
    assert (done.exit_code, done.stdout) == (0, f"已放弃 / given up:{COUNTING} 1\n")
    [entry] = logs("assessment")
    assert entry[:3] == ("operator", "GiveUpDeadLetter", id)
    assert (entry.detail["why"], entry.detail["case"]) == ("重复登记,已在线下处理", "case-2")
    assert len(entry.detail["sha256"]) == 64
    broker.dead(COUNTING, 1)
    assert [properties.message_id for properties, _ in broker.all(f"{COUNTING}.dead")] == [kept]
    assert broker.all(COUNTING) == []


def test_what_cannot_be_sent_or_audited_stays_where_it_is(
    broker: Broker, logs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = broker.bury_event(COUNTING)
    monkeypatch.setenv("WANGGE_ASSESSMENT_DATABASE_URI", "postgresql+psycopg2://u:p@127.0.0.1:1/none")
    for command in (("resend", id), ("give-up", id, "--why", "x")):
        refused = run(*command)
        assert (refused.exit_code, "审计日志写不进去" in refused.stderr) == (1, True)
        broker.dead(COUNTING, 1)
    assert broker.depth(COUNTING) == 0
    monkeypatch.undo()


def test_a_letter_whose_queue_is_gone_stays_unaudited(broker: Broker, logs: Any) -> None:
    id = broker.bury_event(COUNTING)
    broker.delete(COUNTING)
    assert "已不存在" in run("resend", id).stderr
    broker.dead(COUNTING, 1)
    assert logs("assessment") == []


def test_text_that_no_database_takes_is_audited_all_the_same(broker: Broker, logs: Any) -> None:
    body = json.dumps({"type": "a\0b", "subject": "\ud800" + "x" * 1000}).encode()
    broker.bury(COUNTING, body, message_id="nul")
    assert run("resend", "nul").exit_code == 0
    assert logs("assessment")[0].detail["type"] == "a\\x00b"


def test_a_broker_or_platform_that_is_not_there_is_named(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "没有死信队列 nothing.dead" in run("list", "--queue", "nothing").stderr
    assert run("resend").exit_code == 2
    assert run("resend", "x", "--all").exit_code == 2
    monkeypatch.delenv("WANGGE_AMQP_MANAGEMENT_URI")
    assert "WANGGE_AMQP_MANAGEMENT_URI" in run("list").stderr
    monkeypatch.setenv("WANGGE_AMQP_URI", "amqp://127.0.0.1:1/")
    assert "wangge status" in run("list").stderr
    monkeypatch.delenv("WANGGE_AMQP_URI")
    assert "wangge up" in run("list").stderr
