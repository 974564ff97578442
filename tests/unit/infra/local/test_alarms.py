"""What `wangge status` raises an alarm for besides workers and dead letters."""

import pytest

from infra.local.status import outbox_alarms, silence_alarms, uncounted


@pytest.mark.parametrize(
    ("seconds", "says"),
    [
        (61.0, "3 件,最早的已等 1 分"),
        (7_500.0, "3 件,最早的已等 2 小时 5 分"),
        (90_000.0, "3 件,最早的已等 1 天 1 小时"),
    ],
)
def test_an_event_that_waits_for_over_a_minute_is_an_alarm_that_says_how_long(seconds: float, says: str) -> None:
    alarm = {"kind": "outbox-waits", "where": "incident", "since": None, "says": says}
    assert outbox_alarms({"incident": {"unpublished": 3, "oldest_seconds": seconds}}) == [alarm]


def test_events_on_their_way_and_empty_outboxes_are_none() -> None:
    fresh, empty = {"unpublished": 5, "oldest_seconds": 59.0}, {"unpublished": 0, "oldest_seconds": None}
    assert outbox_alarms({"incident": fresh, "registry": empty, "liaison": None}) == []


def test_a_server_that_does_not_answer_is_an_alarm() -> None:
    outboxes = {"incident": None, "registry": {"unpublished": 0, "oldest_seconds": None}}
    assert [alarm["where"] for alarm in silence_alarms(None, outboxes)] == ["rabbitmq", "incident"]
    assert silence_alarms([], {}) == []


def test_only_quorum_queues_without_statistics_are_suspected() -> None:
    found = [
        {"name": "silent", "type": "quorum", "leader": "wangge@localhost"},
        {"name": "counted", "type": "quorum", "messages": 0},
        {"name": "stream", "type": "classic"},
    ]
    assert uncounted(found) == ["silent"]
