"""The environment decides; what is missing is named."""

from pathlib import Path

import pytest
from environs import Env, EnvError

from services.chassis.config import read
from services.chassis.ids import is_id, new_id


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("HOME", "COUNTY", "TIMEZONE", "POOL_SIZE", "FIELD_KEY", "INCIDENT_GRPC_ADDRESS"):
        monkeypatch.delenv(f"WANGGE_{name}", raising=False)
    monkeypatch.setenv("WANGGE_INCIDENT_DATABASE_URI", "postgresql+psycopg2://x")
    return monkeypatch


def test_a_service_needs_only_its_database(environment: pytest.MonkeyPatch) -> None:
    config = read("incident", Env())
    assert (config.source, config.timezone) == ("/wangge/371321/incident", "Asia/Shanghai")
    assert config.field_key == Path(".wangge/keys/field.key")


def test_keys_lie_in_the_data_folder_unless_said_otherwise(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("WANGGE_HOME", "data")
    environment.setenv("WANGGE_FIELD_KEY", "elsewhere")
    config = read("incident")
    assert (config.token_public_keys, config.field_key) == (Path("data/keys/public.json"), Path("elsewhere"))


def test_what_is_missing_or_wrong_is_named(environment: pytest.MonkeyPatch) -> None:
    with pytest.raises(EnvError, match="WANGGE_REGISTRY_DATABASE_URI"):
        environment.delenv("WANGGE_REGISTRY_DATABASE_URI", raising=False)
        read("registry")
    environment.setenv("WANGGE_POOL_SIZE", "many")
    with pytest.raises(EnvError, match="WANGGE_POOL_SIZE"):
        read("incident")


def test_ids_sort_by_the_time_at_which_they_were_made() -> None:
    made = [new_id() for _ in range(1000)]
    assert made == sorted(made) and len(set(made)) == 1000
    assert all(is_id(each) for each in made)
    assert not any(is_id(each) for each in ("", "x", made[0].upper(), made[0].replace("-", ""), f"{{{made[0]}}}"))
