"""JSON and XML of one answer say the same, whatever words stand in it (INC-21, property)."""

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.api.open311.formats import ENTRIES, JSON, XML, Document, write

pytestmark = pytest.mark.rule("INC-21")

WORDS = st.text(st.characters(), max_size=30)
SCALARS = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(-180, 180) | WORDS
FIELDS = st.sampled_from(["code", "description", "address", "lat", "required", "key"])
ENTRY = st.dictionaries(FIELDS, SCALARS, min_size=1)
DOCUMENTS = st.one_of(
    st.lists(ENTRY, min_size=1).map(lambda entries: Document("service_requests", entries)),
    st.builds(
        lambda top, values: Document("service_definition", {**top, "attributes": [{**top, "values": values}]}),
        ENTRY,
        st.lists(ENTRY, min_size=1),
    ),
)


def spark(element: ET.Element) -> Any:
    """JSON of XML by the Spark convention: a container of one kind of child is an array; empty is null."""
    if element.tag in ENTRIES:
        return [spark(below) for below in element]
    if len(element):
        return {below.tag: spark(below) for below in element}
    return element.text


def as_text(value: Any) -> Any:
    """`value` with scalars as XML can say them: text, and nothing for what is empty."""
    if isinstance(value, dict):
        return {name: as_text(each) for name, each in value.items()}
    if isinstance(value, list):
        return [as_text(each) for each in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value in (None, "") else str(value)


@given(DOCUMENTS)
def test_both_formats_say_the_same(document: Document) -> None:
    in_json = json.loads(write(document, JSON).decode("utf-8"))
    assert spark(ET.fromstring(write(document, XML))) == as_text(in_json)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("<b>&\"'</b>]]>", "<b>&\"'</b>]]>"),
        ("a\x00b\x08c\x1bd\x7f", "abcd\x7f"),
        ("一\r\n二\r三\n四\t五", "一\n二\n三\n四\t五"),
        ("\ud83d😀\ufffe\uffff", "😀"),
        ("<!DOCTYPE x><!-- -->", "<!DOCTYPE x><!-- -->"),
    ],
)
def test_what_xml_cannot_carry_is_in_neither(words: str, shown: str) -> None:
    document = Document("errors", [{"code": 400, "description": words}])
    assert json.loads(write(document, JSON))[0]["description"] == shown
    assert ET.fromstring(write(document, XML)).findtext("error/description") == shown


def test_an_empty_list_is_an_empty_array_and_an_empty_element() -> None:
    assert write(Document("service_requests", []), JSON) == b"[]"
    assert write(Document("service_requests", []), XML).endswith(b"<service_requests />")
