"""Who is calling: principals, and the short-lived tokens (JWT, EdDSA) that carry them.

The registry issues tokens; every service and the gateway check them by themselves with the public keys.
A token names the person, the roles, the department and the area prefixes of the person's posts (REG-14).
"""

import json
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidClaimError, JoseError
from joserfc.jwk import KeySet, OKPKey

from .clock import Clock, SystemClock
from .errors import Forbidden, Unauthenticated
from .ids import new_id

ISSUER = "wangge"
AUDIENCE = "wangge"
ALGORITHMS = ["Ed25519", "EdDSA"]
LEEWAY_SECONDS = 30
"""How far the clocks of issuer and verifier may differ; beyond it a token is refused (docs/operator.md, "Clocks")."""
SEEN = 2_000
"""How many checked tokens are kept in mind; 1 KB each."""


@dataclass(frozen=True)
class Principal:
    """A person (or the platform itself) who acts, with what their posts allow them to see.

    `areas` are prefixes of division or grid codes: "371321106" sees everything in that town. An empty prefix is never
    issued. `department` is the id of the department whose cases the person sees besides.
    """

    person_id: str
    name: str
    roles: frozenset[str]
    department: str | None = None
    areas: tuple[str, ...] = ()
    language: str = "zh"

    def has(self, *roles: str) -> bool:
        """Whether the person holds at least one of `roles`."""
        return not self.roles.isdisjoint(roles)

    def require(self, *roles: str, action: str) -> None:
        """Raise Forbidden, naming `action`, unless the person holds one of `roles`."""
        if not self.has(*roles):
            raise Forbidden(action=action)

    def covers(self, code: str | None) -> bool:
        """Whether the division or grid `code` lies in one of the person's areas."""
        return code is not None and any(code.startswith(area) for area in self.areas)


PLATFORM = Principal(person_id="platform", name="平台", roles=frozenset({"platform"}))


class TokenRefused(Unauthenticated):
    code = "token-refused"
    zh = "登录凭证无效或已过期,请重新登录"
    en = "The token is not valid or has expired; please sign in again"


class ClocksDiffer(TokenRefused):
    """A token of ours that was issued in the future: the clock of its issuer or of whoever checks it is wrong."""

    code = "clocks-differ"
    zh = "登录凭证的签发时间在未来:平台各机器的时钟相差超过 {leeway} 秒,请联系运维校时"
    en = "The token was issued in the future: the platform's clocks differ by more than {leeway} s; tell the operator"


@dataclass
class Verifier:
    """Checks tokens against a JWKS file of Ed25519 public keys; nothing else than EdDSA is accepted."""

    keys: KeySet
    clock: Clock = field(default_factory=SystemClock)
    _seen: "OrderedDict[str, tuple[dict[str, Any], Principal]]" = field(default_factory=OrderedDict, repr=False)

    @classmethod
    def from_file(cls, path: str | Path, clock: Clock | None = None) -> "Verifier":
        document = json.loads(Path(path).read_text("utf-8"))
        return cls(KeySet.import_key_set(document), clock or SystemClock())

    def verify(self, token: str) -> Principal:
        """Return the principal of `token`. Raises TokenRefused for anything that does not hold.

        A token that held once is not checked again, which costs more than the rest of a look, but for its end.
        """
        seen = self._seen.get(token)
        if seen is None:
            return self._remember(token)
        self._in_time(seen[0])
        return seen[1]

    def _remember(self, token: str) -> Principal:
        claims = self.claims(token)
        principal = _principal(claims)
        self._seen[token] = (claims, principal)
        while len(self._seen) > SEEN:
            self._seen.popitem(last=False)
        return principal

    def _in_time(self, claims: dict[str, Any]) -> None:
        if claims["exp"] < int(self.clock.now().timestamp()) - LEEWAY_SECONDS:
            raise TokenRefused

    def claims(self, token: str) -> dict[str, Any]:
        """The checked claims of `token`: signature, issuer, audience, times. Raises TokenRefused."""
        try:
            decoded = jwt.decode(token, self.keys, algorithms=ALGORITHMS)
            self._rules().validate(decoded.claims)
        except InvalidClaimError as error:
            raise self._refusal(decoded.claims) from error
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise TokenRefused from error
        return decoded.claims

    def _refusal(self, claims: dict[str, Any]) -> TokenRefused:
        """Of a token whose signature holds: only the platform itself can have dated it."""
        issued = claims.get("iat")
        early = isinstance(issued, int | float) and issued > self.clock.now().timestamp() + LEEWAY_SECONDS
        return ClocksDiffer(leeway=LEEWAY_SECONDS) if early else TokenRefused()

    def _rules(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(self.clock.now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": AUDIENCE},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )


def _principal(claims: dict[str, Any]) -> Principal:
    try:
        return Principal(
            person_id=_text(claims["sub"]),
            name=_text(claims["name"]),
            roles=frozenset(_texts(claims["roles"])),
            department=_text_or_none(claims.get("department")),
            areas=tuple(filter(None, _texts(claims["areas"]))),
            language=_text(claims.get("language", "zh")),
        )
    except (KeyError, TypeError) as error:
        raise TokenRefused from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)


def _texts(values: object) -> list[str]:
    """The texts of a list; a single text is none: its letters would be area prefixes that cover half the country."""
    if not isinstance(values, list):
        raise TypeError(values)
    return [_text(value) for value in values]


@dataclass
class Issuer:
    """Signs tokens with the private key; only the registry (and the operator's command on the machine) has one."""

    key: OKPKey
    clock: Clock = field(default_factory=SystemClock)

    @classmethod
    def from_file(cls, path: str | Path, clock: Clock | None = None) -> "Issuer":
        document = json.loads(Path(path).read_text("utf-8"))
        return cls(OKPKey.import_key(document), clock or SystemClock())

    def issue(self, principal: Principal, lifetime: timedelta) -> tuple[str, datetime]:
        """Return a signed token for `principal` and the moment when it ends."""
        now = self.clock.now()
        expires = now + lifetime
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": principal.person_id,
            "name": principal.name,
            "roles": sorted(principal.roles),
            "department": principal.department,
            "areas": list(principal.areas),
            "language": principal.language,
            "iat": int(now.timestamp()),
            "exp": int(expires.timestamp()),
            "jti": new_id(),
        }
        header = {"alg": "Ed25519", "kid": self.key.kid}
        return jwt.encode(header, claims, self.key, algorithms=ALGORITHMS), expires
