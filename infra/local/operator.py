"""The operator of this machine: whoever may read the platform's private key acts as the platform, for its first steps.

The token is minted here, lives for minutes and is never stored. Everything it does is audited under `operator`.
"""

from datetime import timedelta

from infra.local.settings import Settings
from services.chassis.auth import Issuer, Principal

ROLES = frozenset({"platform", "system-administrator", "security-administrator"})
LIFETIME = timedelta(minutes=10)


def operator_token(settings: Settings) -> str:
    """A token for the platform that `settings` describe. Raises OSError where its private key cannot be read."""
    operator = Principal(person_id="operator", name="平台运维", roles=ROLES, areas=(settings.county,))
    token, _expires = Issuer.from_file(settings.keys / "private.json").issue(operator, LIFETIME)
    return token
