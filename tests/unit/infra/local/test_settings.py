"""Layout and ports of a platform: everything follows from WANGGE_HOME and WANGGE_PORT."""

import json
import os
import stat
from pathlib import Path

import pytest
from joserfc.jwk import KeySet, OKPKey

from infra.local.settings import PORTS_PER_PLATFORM, SERVICES, Settings, use_local_platform


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("WANGGE_AMQP_URI", "WANGGE_AMQP_MANAGEMENT_URI", "WANGGE_COUNTY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WANGGE_PORT", "9000")
    return Settings.from_environment()


def test_the_home_is_absolute_whatever_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WANGGE_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    assert Settings.from_environment().home == tmp_path / ".wangge"


def test_every_port_is_its_own_and_two_platforms_never_meet(settings: Settings, monkeypatch) -> None:
    monkeypatch.setenv("WANGGE_PORT", str(9000 + PORTS_PER_PLATFORM))
    neighbour = Settings.from_environment()
    ports = settings.own_ports + neighbour.own_ports
    assert len(ports) == len(set(ports))
    assert max(settings.own_ports) < neighbour.port


def test_a_port_that_is_no_number_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_PORT", "eighty")
    with pytest.raises(ValueError, match="WANGGE_PORT"):
        Settings.from_environment()


def test_the_environment_has_every_variable_of_the_house_rules(settings: Settings) -> None:
    settings.prepare()
    environment = settings.environment()
    services = {f"WANGGE_{name.upper()}_{what}" for name in SERVICES for what in ("DATABASE_URI", "GRPC_ADDRESS")}
    rest = "HOME PORT COUNTY TIMEZONE AMQP_URI AMQP_MANAGEMENT_URI TOKEN_PUBLIC_KEYS TOKEN_PRIVATE_KEY FIELD_KEY"
    assert services | {f"WANGGE_{name}" for name in (*rest.split(), "OTLP_ENDPOINT", "BLOBS")} <= set(environment)


def test_secrets_are_generated_once_and_differ_between_platforms(
    settings: Settings, tmp_path: Path, monkeypatch
) -> None:
    settings.prepare()
    first = settings.environment()
    assert Settings.from_environment().environment() == first
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path / "other"))
    other = Settings.from_environment()
    other.prepare()
    assert other.environment()["WANGGE_AMQP_URI"] != first["WANGGE_AMQP_URI"]
    assert len({settings.database_password(service) for service in SERVICES}) == len(SERVICES)


def test_what_holds_a_secret_is_readable_by_its_owner_only(settings: Settings) -> None:
    settings.prepare()
    settings.environment()
    secret = [settings.home / "secrets.json", *settings.keys.iterdir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (settings.keys, settings.logs, settings.run)} == {0o700}


def test_the_token_keys_are_one_ed25519_pair(settings: Settings) -> None:
    settings.prepare()
    private = OKPKey.import_key(json.loads((settings.keys / "private.json").read_text()))
    (public,) = KeySet.import_key_set(json.loads((settings.keys / "public.json").read_text())).keys
    assert public.kid == private.kid
    assert (private.is_private, public.is_private) == (True, False)
    assert private["crv"] == "Ed25519"


def test_preparing_again_changes_no_key(settings: Settings) -> None:
    settings.prepare()
    before = {path.name: path.read_text() for path in settings.keys.iterdir()}
    settings.prepare()
    assert {path.name: path.read_text() for path in settings.keys.iterdir()} == before


def test_an_external_broker_replaces_ours(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_AMQP_URI", "amqp://someone:secret@broker.example:5672/county")
    external = Settings.from_environment()
    external.prepare()
    assert external.environment()["WANGGE_AMQP_URI"] == "amqp://someone:secret@broker.example:5672/county"
    assert external.port_of("amqp") not in external.own_ports


def test_our_own_broker_handed_down_in_the_environment_stays_ours(settings: Settings, monkeypatch) -> None:
    monkeypatch.setenv("WANGGE_AMQP_URI", _own_amqp_uri(settings))
    assert Settings.from_environment().external_broker is None


def test_a_role_run_by_hand_finds_the_platform_but_keeps_what_it_was_told(settings: Settings, monkeypatch) -> None:
    settings.prepare()
    settings.environment()
    environment = {"WANGGE_HOME": str(settings.home), "WANGGE_PORT": "9000", "WANGGE_COUNTY": "371300"}
    monkeypatch.setattr(os, "environ", environment)
    use_local_platform()
    assert environment["WANGGE_REGISTRY_GRPC_ADDRESS"] == f"127.0.0.1:{settings.grpc_port('registry')}"
    assert environment["WANGGE_COUNTY"] == "371300"


def _own_amqp_uri(settings: Settings) -> str:
    settings.prepare()
    return settings.environment()["WANGGE_AMQP_URI"]
