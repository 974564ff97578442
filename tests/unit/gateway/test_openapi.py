"""The OpenAPI document says what routes and validation do, because both are made of the same declarations."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from schemathesis.specs.openapi.definitions import OPENAPI_30_VALIDATOR, OPENAPI_31_VALIDATOR

from gateway.api import openapi, protojson
from gateway.api.declare import Declaration, Shape
from gateway.api.endpoints import starlette_routes
from gateway.api.openapi import PAGE_VERSION, document
from gateway.api.routes import PARTS

ALL = [declaration for part in PARTS for declaration in part]
DOCUMENT = document(PARTS)


def test_the_document_is_openapi_31() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    OPENAPI_31_VALIDATOR.validate(DOCUMENT)


def test_the_pages_document_is_openapi_30() -> None:
    OPENAPI_30_VALIDATOR.validate(document(PARTS, PAGE_VERSION))


def test_every_schema_is_json_schema_and_every_reference_leads_somewhere() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    for reference in _references(DOCUMENT):
        assert reference.removeprefix("#/components/schemas/") in schemas


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from [value["$ref"]] if "$ref" in value else []
        for below in value.values():
            yield from _references(below)
    elif isinstance(value, list):
        for below in value:
            yield from _references(below)


def test_every_declaration_is_routed_and_documented() -> None:
    routed = {(route.path, method) for route in starlette_routes(ALL) for method in route.app.declarations}
    documented = {(path, verb.upper()) for path, verbs in DOCUMENT["paths"].items() for verb in verbs}
    assert routed == documented == {(declaration.path, declaration.method) for declaration in ALL}


def test_operation_ids_are_unique() -> None:
    names = [declaration.name for declaration in ALL]
    assert len(names) == len(set(names))
    assert all(re.fullmatch("[a-z][A-Za-z]+", name) for name in names)


def test_a_path_declared_twice_is_a_fault() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        starlette_routes([ALL[0], ALL[0]])


@pytest.mark.parametrize("declaration", ALL, ids=lambda declaration: declaration.name)
def test_every_operation_says_who_may_and_what_may_go_wrong(declaration: Declaration) -> None:
    operation = DOCUMENT["paths"][declaration.path][declaration.method.lower()]
    assert operation["summary"]
    assert operation["description"]
    assert operation["security"] == ([] if declaration.public else [{"bearer": []}])
    statuses = set(operation["responses"])
    assert str(declaration.status) in statuses
    assert {"400", "422", "500", "503", "504"} <= statuses
    assert ("401" in statuses) is (not declaration.public or declaration.name in ("signIn", "refresh"))
    assert ("404" in statuses) is not declaration.public
    assert ("415" in statuses) is bool(declaration.body or declaration.upload or declaration.binary)
    assert ("412" in statuses) is declaration.versioned
    sent = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "header"}
    assert ("Idempotency-Key" in sent) is (declaration.writes and not declaration.public)


@pytest.mark.parametrize("declaration", [row for row in ALL if row.asks], ids=lambda declaration: declaration.name)
def test_what_is_sent_is_what_the_service_takes(declaration: Declaration) -> None:
    assert declaration.asks is not None
    known = set(declaration.asks.input_type.fields_by_name)
    given = set(declaration.parameters)
    for schema in (declaration.body, declaration.query):
        fields = schema().fields if schema else {}
        given |= {field.attribute or name for name, field in fields.items()}
    assert given <= known


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ("ReportCase", "incident.ReportRequest"),
        ("AnswerCase", "incident.AnswerRequest"),
        ("VerifyCase", "incident.VerifyRequest"),
    ],
)
def test_bodies_of_checked_uploads_fit_their_messages(schema: str, message: str) -> None:
    from wangge.incident.v1 import incident_pb2

    fields = incident_pb2.DESCRIPTOR.message_types_by_name[message.split(".")[1]].fields_by_name
    assert set(DOCUMENT["components"]["schemas"][schema]["properties"]) <= set(fields)


@pytest.mark.parametrize("declaration", ALL, ids=lambda declaration: declaration.name)
def test_replies_have_a_shape(declaration: Declaration) -> None:
    if declaration.media or declaration.status == 204:
        assert declaration.reply is None
    else:
        assert isinstance(declaration.reply, Shape) or hasattr(declaration.reply, "fields_by_name")


def test_an_empty_reply_fits_its_own_schema() -> None:
    from google.protobuf.message_factory import GetMessageClass

    for declaration in ALL:
        if hasattr(declaration.reply, "fields_by_name"):
            reply = protojson.to_json(GetMessageClass(declaration.reply)())
            schema = {"$ref": openapi._ref(protojson.component_name(declaration.reply)), **DOCUMENT}
            reply.update({"next_cursor": None} if declaration.paged else {})
            Draft202012Validator(schema).validate(reply)


@pytest.mark.anyio
async def test_the_page_needs_no_internet(client) -> None:
    page = await client.get("/docs")
    assert page.status_code == 200
    assert "http" not in re.sub(r"<!doctype html>", "", page.text)
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert (await client.get(address)).status_code == 200
    assert (await client.get("/docs/openapi-3.0.json")).json()["openapi"].startswith("3.0")
    assert (await client.get("/openapi.json")).json()["openapi"].startswith("3.1")
    assert "script-src 'self'" in page.headers["content-security-policy"]


@pytest.mark.anyio
async def test_the_bare_address_leads_to_the_page(client) -> None:
    answer = await client.get("/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")
