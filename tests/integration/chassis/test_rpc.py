"""What a caller of a service's gRPC side can rely on, with a real server and the incident service's interface."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import grpc
import pytest
import sqlalchemy as sa
from grpc_health.v1 import health_pb2, health_pb2_grpc
from joserfc.jwk import KeySet, OKPKey

from gateway.api.clients import OPTIONS
from infra.local.ports import free_block
from infra.local.process import wait_until
from services.chassis import errors
from services.chassis.auth import Issuer, Principal, Verifier
from services.chassis.errors import Fault
from services.chassis.rpc import serve
from services.chassis.rpc.call import Call
from services.chassis.rpc.interceptor import ERROR_KEY, MAX_KEY, NOBODY
from wangge.incident.v1 import incident_pb2 as pb
from wangge.incident.v1 import incident_pb2_grpc as rpc

KEY = OKPKey.generate_key("Ed25519", {"kid": "k1"}, auto_kid=False)
VERIFIER = Verifier(KeySet.import_key_set({"keys": [KEY.as_dict(private=False)]}))
PERSON = Principal("p1", "zhang", frozenset({"grid-member"}), None, ("371321",))
TOKEN = Issuer(KEY).issue(PERSON, timedelta(days=1))[0]  # outlives the longest run
PUBLIC = "/wangge.incident.v1.Incident/DescribeWorkflow"


def receipt(request: Any, call: Call) -> pb.Receipt:
    return pb.Receipt(id=request.case_id)


@dataclass
class Servicer:
    """Answers every method with `behaviour`, and keeps the calls."""

    behaviour: Callable[[Any, Call], Any] = receipt
    calls: list[Call] = field(default_factory=list)

    def __getattr__(self, name: str) -> Callable[[Any, Call], Any]:
        def method(request: Any, call: Call) -> Any:
            self.calls.append(call)
            return self.behaviour(request, call)

        return method


@dataclass
class Server:
    """A running server, its servicer and a client of it."""

    servicer: Servicer
    port: int
    stub: Any

    def accept(self, case_id: str = "c", timeout: float = 10, token: str | None = TOKEN, **metadata: str) -> pb.Receipt:
        sent = [(name.replace("_", "-"), value) for name, value in metadata.items()]
        if token is not None:
            sent.append(("authorization", f"Bearer {token}"))
        return self.stub.Accept(pb.CaseRequest(case_id=case_id), timeout=timeout, metadata=sent)

    def refusal(self, **how: Any) -> tuple[grpc.StatusCode, dict[str, Any]]:
        with pytest.raises(grpc.RpcError) as refused:
            self.accept(**how)
        trailing = dict(refused.value.trailing_metadata())
        return refused.value.code(), json.loads(trailing[ERROR_KEY])

    def raising(self, error: Exception) -> tuple[grpc.StatusCode, dict[str, Any]]:
        def fail(*_: Any) -> None:
            raise error

        self.servicer.behaviour = fail
        return self.refusal()


@pytest.fixture
def server() -> Iterator[Server]:
    servicer = Servicer()
    api = serve.Api("incident", servicer, rpc.add_IncidentServicer_to_server, frozenset({PUBLIC}))
    made, port = serve.server(api, VERIFIER, "127.0.0.1:0")
    made.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=OPTIONS) as channel:
        yield Server(servicer, port, rpc.IncidentStub(channel))
    made.stop(0).wait()


@dataclass
class Slow:
    """A behaviour that holds its thread until it is let go."""

    entered: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    leave: threading.Event = field(default_factory=threading.Event)

    def __call__(self, request: Any, call: Call) -> pb.Receipt:
        self.entered.release()
        assert self.leave.wait(20)
        return receipt(request, call)


@pytest.fixture
def busy(server: Server) -> Iterator[Slow]:
    """Four calls hold the server's four threads."""
    slow = server.servicer.behaviour = Slow()
    with ThreadPoolExecutor(serve.THREADS) as pool:
        running = [pool.submit(server.accept, "slow", 20) for _ in range(serve.THREADS)]
        for _ in running:
            assert slow.entered.acquire(timeout=10)
        yield slow
        slow.leave.set()
        assert [each.result(20).id for each in running] == ["slow"] * serve.THREADS


def test_a_method_learns_who_calls_and_how(server: Server) -> None:
    assert server.accept(idempotency_key="k", expected_version="7", accept_language="en").id == "c"
    call = server.servicer.calls[0]
    assert call.caller == PERSON
    assert (call.key, call.expected_version, call.language) == ("k", 7, "en")


def test_what_is_not_said_is_absent(server: Server) -> None:
    server.accept()
    call = server.servicer.calls[0]
    assert (call.key, call.expected_version, call.language, call.peer) == (None, None, "zh", "")


@pytest.mark.rule("REG-14")
@pytest.mark.parametrize("token", [None, "", "nonsense"])
def test_without_a_token_that_holds_nothing_is_answered(server: Server, token: str | None) -> None:
    code, content = server.refusal(token=token)
    assert code is grpc.StatusCode.UNAUTHENTICATED and content["http"] == 401
    assert server.servicer.calls == []


def test_a_public_method_needs_no_token_but_refuses_a_wrong_one(server: Server) -> None:
    server.servicer.behaviour = lambda *_: pb.Workflow()
    server.stub.DescribeWorkflow(pb.DescribeWorkflowRequest(), timeout=5)
    assert server.servicer.calls[0].caller == NOBODY
    with pytest.raises(grpc.RpcError) as refused:
        server.stub.DescribeWorkflow(pb.DescribeWorkflowRequest(), timeout=5, metadata=[("authorization", "Bearer x")])
    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.rule("ALL-05")
def test_an_error_travels_whole(server: Server) -> None:
    fault = Fault("point.lon", "out-of-range", "经度有误", "The longitude is wrong")
    code, content = server.raising(errors.Invalid(faults=[fault]))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert content == {
        "code": "invalid",
        "zh": errors.Invalid.zh,
        "en": errors.Invalid.en,
        "faults": [fault.as_dict()],
        "http": 422,
    }


@pytest.mark.rule("ALL-05")
def test_a_refusal_with_thousands_of_faults_still_arrives_and_counts_those_left_out(server: Server) -> None:
    faults = [Fault(f"rows[{row}].code", "wrong", "“" + "长" * 300 + "”有误", "is wrong " * 30) for row in range(3000)]
    code, content = server.raising(errors.Invalid(faults=faults))
    *listed, last = content["faults"]
    assert (code, content["code"]) == (grpc.StatusCode.INVALID_ARGUMENT, "invalid")
    assert listed == [fault.as_dict() for fault in faults[: len(listed)]] and len(listed) > 10
    assert (
        last
        == Fault(
            "",
            "more",
            f"另有 {3000 - len(listed)} 处有误,未列出",
            f"{3000 - len(listed)} more are wrong and not listed",
        ).as_dict()
    )


@pytest.mark.rule("ALL-05")
@pytest.mark.parametrize("error", list(errors.STATUS), ids=lambda each: each.__name__)
def test_each_class_leaves_with_its_status(server: Server, error: type[errors.WanggeError]) -> None:
    code, content = server.raising(error())
    assert (code.name, content["http"]) == (errors.STATUS[error].grpc, errors.STATUS[error].http)
    assert content["code"] == error.code


def test_an_internal_error_hides_its_text(server: Server) -> None:
    code, content = server.raising(RuntimeError("密码 secret, 13812345678"))
    assert (code, content["code"], content["http"]) == (grpc.StatusCode.INTERNAL, "internal", 500)
    assert "secret" not in str(content) and "138" not in str(content)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (sa.exc.OperationalError("SELECT secret", {}, Exception("gone")), "unavailable"),
        (sa.exc.InterfaceError("SELECT secret", {}, Exception("gone")), "unavailable"),
        (sa.exc.TimeoutError("QueuePool limit secret"), "unavailable"),
        (sa.exc.IntegrityError("INSERT secret", {}, Exception("duplicate secret")), "conflict"),
        (sa.exc.DataError("INSERT secret", {}, Exception("secret too long")), "invalid"),
        (sa.exc.ProgrammingError("SELECT secret", {}, Exception("no table secret")), "internal"),
    ],
)
def test_errors_of_the_database_are_translated_and_hidden(server: Server, error: Exception, code: str) -> None:
    _, content = server.raising(error)
    assert content["code"] == code and "secret" not in str(content)


@pytest.mark.rule("ALL-04")
@pytest.mark.parametrize("key", ["", "k" * (MAX_KEY + 1)])
def test_a_key_of_a_wrong_length_is_refused(server: Server, key: str) -> None:
    code, content = server.refusal(idempotency_key=key)
    assert (code, content["code"]) == (grpc.StatusCode.OUT_OF_RANGE, "too-large")
    assert server.accept(idempotency_key="k" * MAX_KEY).id == "c"


def test_a_call_whose_time_was_up_before_it_began_is_not_carried_out(server: Server, busy: Slow) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        server.accept("late", timeout=0.3)
    assert refused.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    busy.leave.set()
    assert server.accept("after").id == "after"
    assert len(server.servicer.calls) == serve.THREADS + 1


def test_health_answers_while_every_thread_is_busy(server: Server, busy: Slow) -> None:
    address = f"127.0.0.1:{free_block(1)}"
    made, _ = serve._health(["incident"], address)
    made.start()
    with grpc.insecure_channel(address) as channel:
        for name in ("", "incident"):
            request = health_pb2.HealthCheckRequest(service=name)
            answer = health_pb2_grpc.HealthStub(channel).Check(request, timeout=5)
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
    made.stop(0).wait()


def test_no_more_calls_wait_than_the_server_can_answer_in_time(server: Server, busy: Slow) -> None:
    request = pb.CaseRequest(case_id="c")
    metadata = [("authorization", f"Bearer {TOKEN}")]
    waiting = [server.stub.Accept.future(request, timeout=20, metadata=metadata) for _ in range(serve.WAITING + 10)]
    wait_until(lambda: sum(each.done() for each in waiting) >= 10, seconds=10, what="ten calls refused at once")
    refused = [each for each in waiting if each.done()]
    assert {each.code() for each in refused} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
    busy.leave.set()
    assert {each.result(20).id for each in waiting if each not in refused} == {"c"}


def test_a_message_over_four_mebibytes_is_refused(server: Server) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        server.accept("c" * (serve.MAX_MESSAGE + 1))
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert server.accept("c" * (serve.MAX_MESSAGE // 2)).id


def test_a_port_that_is_taken_is_named(server: Server) -> None:
    api = serve.Api("incident", Servicer(), rpc.add_IncidentServicer_to_server)
    with pytest.raises(OSError, match=f"127.0.0.1:{server.port}"):
        serve.server(api, VERIFIER, f"127.0.0.1:{server.port}")
