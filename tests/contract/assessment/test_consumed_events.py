"""The assessment service understands what others send, and counts under the names that plans may use."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from services.assessment import schemas
from services.assessment.log import envelope_of as from_log
from services.assessment.model.facts import COUNTERS, RULES
from services.assessment.model.patrols import RULES as OF_PATROLS
from services.assessment.model.scheme import read_schemes
from services.assessment.model.scoring import score
from services.assessment.queries.lines import indicator_line
from services.chassis.envelope import CONTENT_TYPE, Envelope
from services.liaison import api as liaison_api
from services.registry import plan as registry_plan
from services.registry.plan.facts import FACTS, NOT_MEASURED
from tests.contract import golden

PLAN = Path(registry_plan.__file__).parent.parent / "plans" / "p02.yaml"
CONSUMED = (*schemas.COUNTED, *(each for each in schemas.FROM_REGISTRY if golden.path(each).exists()))


@pytest.fixture(scope="module")
def document():
    """The first plan, expanded as the registry announces it."""
    return json.loads(json.dumps(registry_plan.load(PLAN.read_text("utf-8")).document))


@pytest.mark.parametrize("event_type", CONSUMED)
def test_golden_message_is_understood(event_type):
    envelope = Envelope.parse(golden.path(event_type).read_bytes(), CONTENT_TYPE)
    assert schemas.read(envelope) is not None


@pytest.mark.rule("ASM-02")
@pytest.mark.parametrize("event_type", schemas.COUNTED)
def test_event_means_the_same_when_it_is_read_from_liaisons_log(event_type):
    """The log answers in protobuf, where every number is a double."""
    envelope = Envelope.parse(golden.path(event_type).read_bytes(), CONTENT_TYPE)
    logged = liaison_api.logged(SimpleNamespace(position=1, **vars(envelope)))
    assert schemas.read(from_log(logged)) == schemas.read(envelope)


@pytest.mark.parametrize("event_type", schemas.COUNTED)
def test_unknown_new_fields_are_ignored(event_type):
    content = json.loads(golden.path(event_type).read_bytes())
    content["data"]["invented_later"] = {"x": 1}
    content["extension"] = "new"
    envelope = Envelope.parse(json.dumps(content).encode(), CONTENT_TYPE)
    assert schemas.read(envelope).event_id == envelope.id


def test_every_event_that_is_read_moves_something():
    assert set(schemas.FROM_INCIDENT) == set(RULES)
    assert set(schemas.FROM_PATROL) == set(OF_PATROLS)


@pytest.mark.rule("ASM-03", "ASM-10")
def test_counters_are_those_that_plans_may_name():
    assert set(COUNTERS) == set(FACTS)
    assert not set(COUNTERS) & NOT_MEASURED


@pytest.mark.rule("ASM-01", "ASM-03")
@pytest.mark.parametrize("kind", ["member", "grid", "department"])
def test_real_plan_is_scored(document, kind):
    schemes = read_schemes("p02/1", document["score"])
    scheme = schemes.of(kind, "env-office")
    full = score(
        scheme,
        dict.fromkeys(COUNTERS, 1.0) | {"missed": 0.0, "overlooked": 0.0, "rather_satisfied": 0.0, "reworked": 0.0},
    )
    assert scheme.subject == kind
    assert full.total - full.bonus == pytest.approx(schemes.total)
    ratios = [each for each in full.results if each.indicator.kind == "ratio"]
    assert all(each.denominator is not None for each in ratios)


def test_real_plan_rewards_first_reports(document):
    scheme = read_schemes("p02/1", document["score"]).of("member", "")
    points = document["credit"]["first_report"]["points"]
    assert score(scheme, {"first_reports": 2.0}).bonus == 2 * points
    assert score(scheme, {"first_reports": 99.0}).bonus == 20


@pytest.mark.rule("ASM-01", "ASM-06")
@pytest.mark.parametrize("name", ["p01", "p07", "p13", "p15"])
def test_every_shipped_plan_is_scored_also_where_people_judge(name):
    text = (Path(registry_plan.__file__).parents[1] / "plans" / f"{name}.yaml").read_text("utf-8")
    given = registry_plan.load(text).document["score"]
    for scheme in read_schemes(f"{name}/1", given).schemes:
        full = score(scheme, dict.fromkeys(COUNTERS, 1.0) | {"rather_satisfied": 0.0})
        assert full.total == pytest.approx(sum(each.weight for each in scheme.indicators if each.kind == "ratio"))
        judged = [each for each in full.results if each.indicator.kind in ("evaluation", "veto")]
        assert all((each.value, each.points, indicator_line(each)["formula"]) == (None, 0.0, "") for each in judged)
