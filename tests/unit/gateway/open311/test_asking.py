"""GET Service Requests and what surrounds every call: filters, times, keys, rates, jurisdiction, outages (INC-21)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest

from gateway.api.open311 import times
from gateway.api.open311.given import Given, Refusal
from gateway.api.open311.methods import wanted
from wangge.incident.v1 import open311_pb2 as pb

from .conftest import ID, KEY, know_keys

pytestmark = [pytest.mark.anyio, pytest.mark.rule("INC-21")]

V2 = "/open311/v2"
NOW = datetime(2026, 11, 27, tzinfo=UTC)
FORM = {"api_key": KEY, "service_code": "06010", "lat": "35.45", "long": "118.45"}


def ask(**parameters: str) -> dict[str, Any]:
    return wanted(Given({name: [value] for name, value in parameters.items()}), NOW)


def test_without_dates_the_last_ninety_days_are_searched() -> None:
    assert ask() == {"codes": [], "statuses": [], "since": "2026-08-29T00:00:00+00:00"}


def test_one_date_alone_reaches_ninety_days() -> None:
    found = ask(start_date="2026-01-01T00:00:00Z")
    assert (found["since"], found["until"]) == ("2026-01-01T00:00:00+00:00", "2026-04-01T00:00:00+00:00")
    found = ask(end_date="2026-04-01T08:00:00.5+08:00")
    assert (found["since"], found["until"]) == ("2026-01-01T00:00:00.500000+00:00", "2026-04-01T00:00:00.500000+00:00")


def test_lists_are_comma_separated_and_ids_override_everything() -> None:
    assert ask(service_code="06010, 06026,,06010", status="open,closed")["codes"] == ["06010", "06026"]
    assert ask(service_request_id=f"{ID},x", status="nonsense", start_date="nonsense") == {"ids": [ID, "x"]}


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"status": "open,done"}, "status"),
        ({"start_date": "2026-11-22"}, "start_date"),
        ({"start_date": "2026-11-22T00:00:00"}, "start_date"),
        ({"end_date": "yesterday"}, "end_date"),
        ({"end_date": "2026-13-01T00:00:00Z"}, "end_date"),
        ({"start_date": "2026-11-22T00:00:00Z", "end_date": "2026-11-21T00:00:00Z"}, "end_date"),
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-02T00:00:00Z"}, "start_date, end_date"),
        ({"start_date": "9999-01-01T00:00:00Z"}, "start_date"),
        ({"start_date": "0001-01-01T00:00:00+14:00"}, "start_date"),
        ({"service_request_id": ",".join(map(str, range(1001)))}, "service_request_id"),
    ],
)
def test_wrong_filters_are_named(parameters: dict[str, str], name: str) -> None:
    with pytest.raises(Refusal) as refused:
        ask(**parameters)
    assert [fault.path for fault in refused.value.faults] == [name]


def test_two_wrong_filters_are_named_at_once() -> None:
    with pytest.raises(Refusal) as refused:
        ask(status="x", start_date="x", end_date="x")
    assert len(refused.value.faults) == 3


def test_exactly_ninety_days_are_allowed() -> None:
    assert ask(start_date="2026-01-01T00:00:00Z", end_date="2026-04-01T00:00:00Z")["until"].startswith("2026-04-01")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1994-11-05T08:15:30-05:00", "1994-11-05T13:15:30+00:00"),
        ("1994-11-05T13:15:30Z", "1994-11-05T13:15:30+00:00"),
        ("2026-11-22T08:00+08:00", "2026-11-22T00:00:00+00:00"),
        ("2026-11-22T08:00:00 08:00", "2026-11-22T00:00:00+00:00"),
        ("2026-11-22T00:00:00.123456789Z", "2026-11-22T00:00:00.123456+00:00"),
    ],
)
def test_the_w3c_s_times_are_read(text: str, moment: str) -> None:
    found = times.parse(text)
    assert found is not None
    assert found.isoformat() == moment


def test_what_is_shown_with_a_second_is_found_by_that_second() -> None:
    shown = datetime(2026, 11, 22, 3, 4, 5, 678901, tzinfo=UTC)
    end = times.parse("2026-11-22T11:04:05+08:00", whole_second=True)
    assert end is not None
    assert shown < end < shown + timedelta(seconds=1)


async def test_filters_reach_the_service(client, county) -> None:
    query = "service_code=06010,06026&status=open&start_date=2026-11-01T00:00:00%2B08:00&end_date=2026-11-27T00:00:00Z"
    assert (await client.get(f"{V2}/requests.json?{query}&jurisdiction_id=371321")).status_code == 200
    request, metadata = county.last("FindRequests")
    assert (list(request.codes), list(request.statuses)) == (["06010", "06026"], ["open"])
    assert request.since.ToDatetime(UTC) == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert "authorization" not in metadata


@pytest.mark.parametrize("path", ["requests/unknown", "requests/%00", f"requests/{'x' * 3000}", "services/nope"])
async def test_what_is_not_there_is_404(client, county, path: str) -> None:
    county.answers["FindRequests"] = lambda *_: pb.RequestList()
    for suffix in ("", ".json", ".xml"):
        answer = await client.get(f"{V2}/{path}{suffix}")
        assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"


@pytest.mark.parametrize("path", ["/open311", "/open311/v1/services.json", f"{V2}/nothing.json", f"{V2}/requests/"])
async def test_other_addresses_below_are_refused_in_the_standard_s_form(client, county, path: str) -> None:
    if path == "/open311":
        assert (await client.get(path)).status_code == 404
        return
    assert (await client.get(path)).json()[0]["code"] == 404


@pytest.mark.parametrize("path", ["services.json", "services/06010.json", "requests.json", f"requests/{ID}.json"])
async def test_another_jurisdiction_is_404(client, county, path: str) -> None:
    for county_code in ("371321", ""):
        assert (await client.get(f"{V2}/{path}?jurisdiction_id={county_code}")).status_code == 200
    answer = await client.get(f"{V2}/{path}?jurisdiction_id=city.gov")
    assert (answer.status_code, answer.json()[0]["code"]) == (404, 404)
    answer = await client.post(f"{V2}/requests", data={**FORM, "jurisdiction_id": "city.gov"})
    assert answer.status_code == 404


@pytest.mark.parametrize("key", [None, "", "wrong", "ключ", "x" * 3000])
async def test_reporting_needs_a_key_that_holds(client, county, key: str | None) -> None:
    answer = await client.post(f"{V2}/requests", data={**FORM, "api_key": key or ""})
    assert (answer.status_code, answer.json()[0]["code"]) == (403, 403)
    assert "Submit" not in [name for name, *_ in county.asked]


async def test_a_wrong_key_is_refused_when_reading_too(client, county) -> None:
    assert (await client.get(f"{V2}/services?api_key=wrong")).status_code == 403
    assert (await client.get(f"{V2}/services?api_key={KEY}")).status_code == 200


@pytest.mark.parametrize(("may", "reading", "writing"), [(("read",), 200, 403), (("write",), 403, 200)])
async def test_a_key_may_do_what_it_was_given(client, county, may: tuple[str, ...], reading: int, writing: int) -> None:
    know_keys(county, may=may)
    assert (await client.get(f"{V2}/requests?api_key={KEY}")).status_code == reading
    assert (await client.post(f"{V2}/requests", data=FORM)).status_code == writing


async def test_a_key_is_checked_once_in_half_a_minute_and_then_again(client, county) -> None:
    keys = client.app.state.shared.open311.keys
    now = [1000.0]
    keys.clock = lambda: now[0]
    for _ in range(3):
        await client.get(f"{V2}/services?api_key={KEY}")
    assert [name for name, *_ in county.asked].count("CheckApplication") == 1
    now[0] += 31
    know_keys(county, may=())
    assert (await client.get(f"{V2}/services?api_key={KEY}")).status_code == 403


async def test_an_application_s_rate_is_its_own(client, county) -> None:
    know_keys(county, per_minute=3)
    statuses = [(await client.post(f"{V2}/requests.json", data=FORM)).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    answer = await client.post(f"{V2}/requests.xml", data=FORM)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert b"<error><code>429</code>" in answer.content
    assert (await client.get(f"{V2}/services")).status_code == 200, "others are not slowed"


async def test_reading_without_a_key_and_guessing_keys_are_limited_by_address(client, county) -> None:
    statuses = [(await client.get(f"{V2}/services")).status_code for _ in range(121)]
    assert statuses == [200] * 120 + [429]
    guesses = [(await client.get(f"{V2}/services?api_key=guess{each}")).status_code for each in range(121)]
    assert guesses == [403] * 120 + [429]
    assert (await client.get(f"{V2}/services?api_key={KEY}")).status_code == 429, "an unchecked key is a guess too"


async def test_an_outage_is_400_by_the_text_and_says_when_to_come_back(client, county) -> None:
    county.refuse("FindRequests", grpc.StatusCode.UNAVAILABLE)
    answer = await client.get(f"{V2}/requests.json")
    assert (answer.status_code, answer.json()[0]["code"]) == (400, 503)
    assert int(answer.headers["retry-after"]) > 0
    county.refuse("CheckApplication", grpc.StatusCode.UNAVAILABLE)
    answer = await client.post(f"{V2}/requests.json", data=FORM)
    assert (answer.status_code, answer.json()[0]["code"]) == (400, 503), "an outage is no wrong key"


async def test_a_fault_of_ours_tells_nothing_of_itself(client, county) -> None:
    county.answers["FindRequests"] = lambda *_: pb.RequestList(items=[{"id": ID, "requested_at": {"seconds": 1}}])
    county.refuse("ListServices", grpc.StatusCode.INTERNAL)
    answer = await client.get(f"{V2}/services")
    assert (answer.status_code, answer.json()[0]["code"]) == (400, 500)


async def test_discovery_answers_before_there_is_a_plan(client, county) -> None:
    detail = {"code": "no-plan", "zh": "无", "en": "none", "faults": [], "http": 503}
    county.refuse("ListServices", grpc.StatusCode.UNAVAILABLE, detail)
    assert (await client.get("/open311/discovery.json")).json()["changeset"] == "1970-01-01 00:00"
    assert (await client.get(f"{V2}/services")).status_code == 400


@pytest.mark.rule("ALL-01")
async def test_errors_are_chinese_unless_english_is_asked_for(client, county) -> None:
    zh = await client.post(f"{V2}/requests", data={"service_code": "06010"})
    en = await client.post(f"{V2}/requests", data={"service_code": "06010"}, headers={"Accept-Language": "en"})
    assert "缺少 api_key" in zh.json()[0]["description"]
    assert "api_key is missing" in en.json()[0]["description"]
