"""The patrol service's events are exactly the golden messages, and the golden messages all of its events."""

import re

import pytest

from services.chassis import outbox
from services.chassis.envelope import CONTENT_TYPE, Envelope
from services.patrol import schemas
from tests.contract import golden
from tests.contract.patrol.examples import EXAMPLES

PERSONAL = re.compile(r"phone|mobile|name|address|id_number|description|words|text")


@pytest.mark.parametrize("event_type", sorted(EXAMPLES))
def test_what_is_sent_is_the_golden_message(event_type: str) -> None:
    event, schema = EXAMPLES[event_type]
    assert golden.encode("patrol", event, schema) == golden.read(event_type)


@pytest.mark.parametrize("event_type", sorted(EXAMPLES))
def test_the_golden_message_is_a_whole_event(event_type: str) -> None:
    _, schema = EXAMPLES[event_type]
    envelope = Envelope.parse(golden.path(event_type).read_bytes(), CONTENT_TYPE)
    assert schema.validate(envelope.data) == {}


def test_every_event_has_a_golden_message_and_every_golden_message_an_event() -> None:
    files = {each.name.removesuffix(".json") for each in golden.FOLDER.glob("patrol.*.json")}
    assert files == {event.TYPE for event in schemas.EVENTS} == set(EXAMPLES)


@pytest.mark.parametrize("event_type", sorted(EXAMPLES))
def test_keys_have_eight_words(event_type: str) -> None:
    event, schema = EXAMPLES[event_type]
    row = outbox.wire(event, schema, "/wangge/371321/patrol", None)
    keys = [row["routing_key"], *row["bcc"]]
    assert all(len(key.split(".")) == 8 for key in keys)
    assert len(keys) == 1 + len(event.concerned)


@pytest.mark.rule("PRV-04")
@pytest.mark.parametrize("event_type", sorted(EXAMPLES))
def test_no_field_of_an_event_holds_personal_data(event_type: str) -> None:
    _, schema = EXAMPLES[event_type]
    suspicious = {name for name in schema.fields if PERSONAL.search(name)}
    assert suspicious == set()
