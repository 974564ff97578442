"""Installing RabbitMQ never starts the machine's own node, and leaves no policy behind."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from infra.local.errors import MissingPackage
from infra.local.rabbitmq_package import install, services_kept_down


def test_the_policy_forbids_services_while_apt_runs_and_is_gone_afterwards(tmp_path: Path) -> None:
    policy, seen = tmp_path / "policy-rc.d", []

    def run(argv: Sequence[str]) -> None:
        seen.append((argv[1], subprocess.run([policy, "rabbitmq-server", "start"], check=False).returncode))

    install(run, policy)
    assert seen == [("update", 101), ("install", 101)]
    assert not policy.exists()


def test_a_failure_removes_the_policy_and_names_package_and_variable(tmp_path: Path) -> None:
    def run(argv: Sequence[str]) -> None:
        raise subprocess.CalledProcessError(100, argv, stderr="E: Unable to locate package")

    with pytest.raises(MissingPackage, match=r"(?s)rabbitmq-server.*WANGGE_AMQP_URI.*Unable to locate package"):
        install(run, tmp_path / "policy-rc.d")
    assert not (tmp_path / "policy-rc.d").exists()


def test_the_machines_own_policy_is_left_alone(tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 0\n")
    with services_kept_down(policy):
        assert policy.read_text() == "#!/bin/sh\nexit 0\n"
    assert policy.exists()
