"""PRV-04 as a property of the schemas: no table, column, event, API, proto, plan or import field holds what is never
stored, and no event has a field for a person's name, number or address (PRV-02). Every kind of place is shown to be
searched by planting a violation of every theme in it.
"""

import copy
import dataclasses
import importlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool

from gateway.api.openapi import document
from gateway.api.routes import PARTS
from infra import generate
from services.chassis import migrate
from services.registry.model.sheets.columns import TABLES, Column
from services.registry.plan import reading
from services.registry.plan.schema import plan_schema
from tests.architecture import walking
from tests.architecture.vocabulary import EXCEPTIONS, IN_EVENTS, NEVER_STORED, Name, Theme, violations
from tests.conftest import TestPostgres

SERVICES = generate.services()
PLANS = {path.stem: path for path in (generate.ROOT / "services" / "registry" / "plans").glob("*.yaml")}
PLAN_IN_EVENT = "golden registry.plan-activated.v1.data.document"
NUMBERS = re.compile(r"(?<!\d)(1[3-9]\d{9}|[1-9]\d{16}[\dXx])(?!\d)")  # a mobile telephone, an identity card
PLANTED = {
    "religion": ("religious_belief", "信仰", "zjxy", "zongJiao"),
    "ethnicity": ("ethnicity", "民族", "mz", "minzuCode"),
    "political opinion": ("political_status", "政治面貌", "zzmm", "PartyMember"),
    "shaming list": ("blacklist", "红黑榜", "hmd", "black-listed"),
}
PERSONAL = {
    "name of a person": ("reporter_name", "姓名", "xm"),
    "telephone or address": ("mobile", "电话", "sjh"),
    "identity": ("id_card", "身份证号", "sfzh"),
    "free text": ("description", "note", "reason"),
}


def metadata(service: str) -> sa.MetaData:
    found: sa.MetaData = importlib.import_module(f"services.{service}.tables").METADATA
    return found


def event_names() -> Iterator[Name]:
    for service in SERVICES:
        for event_type, schema in generate.events(service).items():
            yield from event_schema(event_type, generate.json_schema(event_type, schema))
    for path in sorted(generate.GOLDEN.glob("*.json")):
        yield from walking.of_values(f"golden {path.stem}", json.loads(path.read_text("utf-8")))
    for path in sorted(generate.SCHEMAS.glob("*.json")):
        yield from event_schema(path.stem, json.loads(path.read_text("utf-8")))


def event_schema(event_type: str, schema: Mapping[str, Any]) -> Iterator[Name]:
    yield Name(f"event {event_type}", event_type)
    yield from walking.of_json_schema(f"event {event_type}", schema)


def written_names() -> Iterator[Name]:
    """Everything but the databases: what is written down in the repository."""
    for service in SERVICES:
        yield from walking.of_metadata(service, metadata(service))
    yield from event_names()
    yield from walking.of_openapi(document(PARTS))
    for file in walking.proto_files(SERVICES):
        yield from walking.of_proto(file)
    yield from walking.of_json_schema("plan", plan_schema())
    yield from walking.of_sheets(TABLES)


def shipped(plan: str) -> dict[str, Any]:
    found: dict[str, Any] = reading.read(PLANS[plan].read_text("utf-8")).document
    return found


def wrong(names: Iterator[Name], themes: Mapping[str, Theme] = NEVER_STORED) -> dict[str, str]:
    return {where: theme for where, theme in violations(names, themes).items() if where not in EXCEPTIONS}


# --- what holds -------------------------------------------------------------------------------------------------------


@pytest.mark.rule("PRV-04")
def test_nothing_that_is_written_down_has_a_place_for_what_is_never_stored() -> None:
    assert wrong(written_names()) == {}


@pytest.fixture(scope="module", params=SERVICES)
def migrated(request: pytest.FixtureRequest, postgres: TestPostgres) -> Iterator[tuple[str, sa.Engine]]:
    """A service's database as its migrations really make it."""
    name = f"test_{uuid4().hex[:12]}"
    uri = postgres.create_database(name)
    migrate.upgrade(request.param, uri)
    engine = sa.create_engine(uri, poolclass=sa.NullPool)
    yield request.param, engine
    postgres.drop_database(name)


@pytest.mark.rule("PRV-04")
def test_no_migrated_database_has_a_column_for_it(migrated: tuple[str, sa.Engine]) -> None:
    service, engine = migrated
    with engine.connect() as connection:
        names = list(walking.of_database(service, connection))
    assert wrong(iter(names)) == {}
    tables = {f"database {service}.{table}" for table in metadata(service).tables}
    assert tables <= {each.where for each in names}, "the walk has to meet every table"


@pytest.mark.rule("PRV-04")
@pytest.mark.parametrize("plan", sorted(PLANS))
def test_no_shipped_plan_makes_anybody_write_it_down(plan: str) -> None:
    assert wrong(walking.of_plan(shipped(plan))) == {}


@pytest.mark.rule("PRV-02")
def test_no_event_has_a_field_for_personal_data() -> None:
    names = (each for each in event_names() if not each.where.startswith(PLAN_IN_EVENT))
    assert wrong(names, IN_EVENTS) == {}


@pytest.mark.rule("PRV-02")
def test_no_event_that_names_a_person_by_id_has_a_bare_name_beside_it() -> None:
    for service in SERVICES:
        for event_type, schema in generate.events(service).items():
            about_a_person = "person_id" in schema.fields or event_type.startswith("registry.person")
            assert not (about_a_person and "name" in schema.fields), event_type


@pytest.mark.rule("PRV-02")
@pytest.mark.parametrize("golden", sorted(generate.GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_no_golden_message_has_a_number_that_could_be_a_persons(golden: Any) -> None:
    assert NUMBERS.findall(golden.read_text("utf-8")) == []


# --- that it would be seen --------------------------------------------------------------------------------------------

every_planted_name = pytest.mark.parametrize(
    ("theme", "name"), [(theme, name) for theme, names in PLANTED.items() for name in names]
)


@every_planted_name
def test_a_planted_column_is_found(theme: str, name: str) -> None:
    copied = sa.MetaData()
    table = metadata("registry").tables["person"].to_metadata(copied)
    table.append_column(sa.Column(name, sa.Text))
    assert wrong(walking.of_metadata("registry", copied)) == {f"table registry.person.{name}": theme}


def test_a_planted_table_and_a_planted_comment_are_found() -> None:
    copied = sa.MetaData()
    sa.Table("black_list", copied, sa.Column("c1", sa.Text, comment="政治面貌代码"))
    found = wrong(walking.of_metadata("registry", copied))
    assert found == {"table registry.black_list": "shaming list", "table registry.black_list.c1": "political opinion"}


@every_planted_name
def test_a_column_planted_in_the_real_database_is_found(migrated: tuple[str, sa.Engine], theme: str, name: str) -> None:
    service, engine = migrated
    with engine.connect() as connection:  # ends without a commit: the database stays as it was
        connection.exec_driver_sql(f'ALTER TABLE inbox ADD COLUMN "{name}" text')
        assert wrong(walking.of_database(service, connection)) == {f"database {service}.inbox.{name}": theme}


def test_a_planted_view_type_comment_and_label_are_found(migrated: tuple[str, sa.Engine]) -> None:
    service, engine = migrated
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE VIEW seen AS SELECT consumer AS zzmm FROM inbox")
        connection.exec_driver_sql("COMMENT ON COLUMN inbox.event_id IS '宗教信仰'")
        connection.exec_driver_sql("CREATE TYPE kind AS ENUM ('fine', 'blacklist')")
        found = wrong(walking.of_database(service, connection))
    prefix = f"database {service}."
    assert found == {
        f"{prefix}seen.zzmm": "political opinion",
        f"{prefix}inbox.event_id": "religion",
        f"{prefix}kind=blacklist": "shaming list",
    }


@every_planted_name
def test_a_planted_field_of_an_event_is_found(theme: str, name: str) -> None:
    event_type = "registry.person-changed.v1"
    schema = generate.json_schema(event_type, generate.events("registry")[event_type])
    planted: dict[str, Any] = copy.deepcopy(schema)
    planted["properties"][name] = {"type": "string"}
    planted["properties"]["more"] = {"type": "array", "items": {"type": "object", "properties": {name: {}}}}
    found = wrong(event_schema(event_type, planted))
    assert found == {f"event {event_type}.{name}": theme, f"event {event_type}.more.{name}": theme}
    golden = {"data": {"list": [{name: 1}]}}
    assert wrong(walking.of_values("golden x", golden)) == {f"golden x.data.list.{name}": theme}


@every_planted_name
def test_a_planted_field_of_the_interface_is_found(theme: str, name: str) -> None:
    planted = copy.deepcopy(document(PARTS))
    parameter = {"in": "query", "name": name, "schema": {"type": "string"}}
    planted["paths"]["/api/v1/people"]["get"]["parameters"].append(parameter)
    planted["components"]["schemas"]["registry.Person"]["properties"][name] = {"type": "string"}
    planted["components"]["schemas"]["PersonRow"]["properties"]["kind"] = {"enum": ["fine", name]}
    found = wrong(walking.of_openapi(planted))
    assert found == {
        f"api get /api/v1/people?{name}": theme,
        f"api registry.Person.{name}": theme,
        f"api PersonRow.kind={name}": theme,
    }


@every_planted_name
def test_a_planted_column_of_an_import_is_found(theme: str, name: str) -> None:
    people = TABLES["people"]
    planted = dataclasses.replace(people, columns=(*people.columns, Column(name, "备用"), Column("spare", name)))
    found = wrong(walking.of_sheets({"people": planted}))
    assert found == {f"sheet people.{name}": theme, "sheet people.spare header": theme}


def test_a_field_whose_name_is_innocent_is_found_by_its_description() -> None:
    schema = {"properties": {"kind_code": {"type": "string", "description": "民族代码,见 GB/T 3304"}}}
    assert wrong(walking.of_json_schema("api X", schema)) == {"api X.kind_code": "ethnicity"}


@pytest.mark.parametrize(
    ("theme", "name"),  # proto allows ASCII names only
    [(theme, name) for theme, names in PLANTED.items() for name in names if name.isidentifier() and name.isascii()],
)
def test_a_planted_field_of_a_message_is_found(theme: str, name: str) -> None:
    file = FileDescriptorProto(name="planted.proto", package="planted")
    inner = file.message_type.add(name="Outer").nested_type.add(name="Inner")
    inner.field.add(name=name, number=1, type=9, label=1)
    pool = DescriptorPool()
    pool.Add(file)
    found = wrong(walking.of_proto(pool.FindFileByName("planted.proto")))
    assert found == {f"proto planted.Outer.Inner.{name}": theme}


@every_planted_name
def test_a_planted_key_of_the_plan_is_found(theme: str, name: str) -> None:
    planted = copy.deepcopy(plan_schema())
    planted["$defs"]["visit"]["properties"][name] = {"type": "string"}
    assert wrong(walking.of_json_schema("plan", planted)) == {f"plan.visit.{name}": theme}


@pytest.mark.parametrize(("theme", "text"), [("religion", "有无宗教信仰"), ("political opinion", "是否党员")])
def test_a_question_or_an_item_planted_in_a_plan_is_found(theme: str, text: str) -> None:
    planted = shipped("p02")
    planted["matters"]["overrides"] = [{"questions": [{"id": "q", "text": text, "kind": "text"}]}]
    planted["checklists"] = [{"id": "c", "classes": [{"id": "k", "items": [{"id": "i", "name": text}]}]}]
    assert wrong(walking.of_plan(planted)) == {"plan question q": theme, "plan item c.k.i": theme}


@pytest.mark.parametrize(("theme", "name"), [(theme, name) for theme, names in PERSONAL.items() for name in names])
def test_personal_data_planted_in_an_event_are_found(theme: str, name: str) -> None:
    schema = {"properties": {name: {"type": "string"}}}
    assert wrong(event_schema("incident.x.v1", schema), IN_EVENTS) == {f"event incident.x.v1.{name}": theme}


@pytest.mark.parametrize("text", ["13912345678", '"371321199001011234"', "37132119900101123X"])
def test_a_number_planted_in_a_golden_message_is_found(text: str) -> None:
    assert NUMBERS.search(text)


def test_codes_of_grids_and_longer_numbers_are_not_taken_for_a_persons() -> None:
    assert NUMBERS.findall("371321106245001 2026112702132100000012 0190000000001") == []


# --- the vocabulary and its exceptions --------------------------------------------------------------------------------


def test_every_exception_still_occurs_and_says_why() -> None:
    names = list(written_names())
    hits = {**violations(iter(names), NEVER_STORED), **violations(event_names(), IN_EVENTS)}
    assert sorted(set(EXCEPTIONS) - set(hits)) == []
    assert [where for where, reason in EXCEPTIONS.items() if len(reason.split()) < 5] == []


@pytest.mark.parametrize(
    "name",
    ["department", "race_track", "country_party_line", "sectional", "section", "embrace", "minutes", "traceparent"],
)
def test_words_are_compared_whole(name: str) -> None:
    expected = {"race_track": "ethnicity", "country_party_line": "political opinion"}
    assert wrong(iter([Name("x", name)])) == ({"x": expected[name]} if name in expected else {})
