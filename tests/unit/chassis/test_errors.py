"""Every refusal has a stable code, says the same in both languages, and leaves with one status (ALL-05)."""

import importlib
import pkgutil
import re
import string
from collections.abc import Iterator

import pytest

import services
from services.chassis import errors
from services.chassis.errors import Fault, WanggeError, status_of

HAN = re.compile(r"[一-鿿]")
TABLE = {
    "Invalid": ("INVALID_ARGUMENT", 422),
    "IdempotencyMismatch": ("INVALID_ARGUMENT", 422),
    "Unauthenticated": ("UNAUTHENTICATED", 401),
    "Forbidden": ("PERMISSION_DENIED", 403),
    "NotFound": ("NOT_FOUND", 404),
    "AlreadyExists": ("ALREADY_EXISTS", 409),
    "NotAllowedNow": ("FAILED_PRECONDITION", 409),
    "StillRunning": ("ABORTED", 409),
    "Conflict": ("ABORTED", 409),
    "StaleVersion": ("ABORTED", 412),
    "TooLarge": ("OUT_OF_RANGE", 413),
    "TooMany": ("RESOURCE_EXHAUSTED", 429),
    "TimedOut": ("DEADLINE_EXCEEDED", 504),
    "Unavailable": ("UNAVAILABLE", 503),
    "WanggeError": ("INTERNAL", 500),
}


def _modules() -> Iterator[str]:
    """Every module of the services that may define errors; worker and api roles stay apart, so neither is loaded."""
    for service in pkgutil.iter_modules(services.__path__, "services."):
        package = importlib.import_module(service.name)
        if not hasattr(package, "__path__"):
            continue
        for module in pkgutil.walk_packages(package.__path__, f"{service.name}."):
            if not re.search(r"\.(migrations|worker|relay|api|client)(\.|$)", module.name):
                yield module.name


def _tree(root: type[WanggeError]) -> Iterator[type[WanggeError]]:
    yield root
    for child in root.__subclasses__():
        yield from _tree(child)


for _name in _modules():
    importlib.import_module(_name)
CLASSES = sorted(
    {each for each in _tree(WanggeError) if each.__module__.startswith("services.")}, key=lambda c: c.__qualname__
)


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.rule("ALL-05")
@pytest.mark.parametrize("error", CLASSES, ids=lambda each: each.__qualname__)
def test_every_error_says_the_same_in_both_languages(error: type[WanggeError]) -> None:
    assert HAN.search(error.zh) and not HAN.search(error.en)
    assert placeholders(error.zh) == placeholders(error.en)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", error.code)


@pytest.mark.rule("ALL-05")
def test_a_code_means_one_error_within_a_service() -> None:
    own = [each for each in CLASSES if "code" in vars(each)]
    named = [(each.__module__.split(".")[1], each.code) for each in own]
    assert len(named) == len(set(named))


@pytest.mark.parametrize("name", TABLE)
def test_each_class_leaves_with_the_status_of_the_table(name: str) -> None:
    status = status_of(getattr(errors, name))
    assert (status.grpc, status.http) == TABLE[name]


def test_the_table_has_every_chassis_error() -> None:
    here = {each.__name__ for each in CLASSES if each.__module__ == "services.chassis.errors"}
    assert here == set(TABLE)


@pytest.mark.parametrize("error", CLASSES, ids=lambda each: each.__qualname__)
def test_an_error_leaves_as_its_nearest_ancestor_does(error: type[WanggeError]) -> None:
    ancestor = next(each for each in error.__mro__ if each.__name__ in TABLE)
    assert (status_of(error).grpc, status_of(error).http) == TABLE[ancestor.__name__]


def test_sentences_are_filled_in_the_callers_language() -> None:
    error = errors.StaleVersion(current=7)
    assert "当前版本 7" in error.sentence("zh") and "version 7" in error.sentence("en-GB")
    assert error.sentence("fr") == error.sentence("zh")
    assert str(error) == error.sentence("en")


def test_a_forgotten_placeholder_hides_nothing() -> None:
    assert "{action}" in errors.Forbidden().sentence("zh")


def test_faults_travel_with_their_path() -> None:
    fault = Fault("data.point.lon", "out-of-range", "经度有误", "The longitude is wrong")
    assert errors.Invalid(faults=[fault]).faults[0].as_dict() == {
        "path": "data.point.lon",
        "code": "out-of-range",
        "zh": "经度有误",
        "en": "The longitude is wrong",
    }
