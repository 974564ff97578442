"""Who of the demo can sign in: passwords made at run time, kept in `demo-accounts.json` of the data folder (0600).

Only the accounts of the story have passwords: hashing one is slow by design, and nobody signs in as the other 800.
"""

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from infra.demo.county import County
from infra.demo.people import Post
from infra.demo.rest import Caller, Rest, Values
from infra.local.secrets import write_private

ADMINISTRATORS = ("system-admin", "security-admin")
PLANNER = "county-leader"
OTHERS = ("operator", "verifier", "env-handler", "env-head", "water-handler", "ecology-handler", "county-water-handler",
    "officer", "clerk", "secretary", "trainer", "assessor", "informant", "supervisor", "inspector", "auditor",
    "governance", "leader", "member",
)  # fmt: skip
STORY = (*OTHERS, PLANNER, *ADMINISTRATORS)
"""The usernames that get a password, one for every role and more."""

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass
class Accounts:
    """The passwords of one platform's demo accounts, and the sign-ins made with them."""

    path: Path
    rest: Rest
    _passwords: dict[str, str] = field(default_factory=dict)
    _callers: dict[str, Caller] = field(default_factory=dict)

    @classmethod
    def of(cls, home: Path, rest: Rest) -> "Accounts":
        """Those of the platform in `home`; none yet in a new one."""
        path = home / "demo-accounts.json"
        known = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return cls(path, rest, known)

    def knows(self, username: str) -> bool:
        return username in self._passwords

    def password(self, username: str) -> str:
        """The password of `username`, made and written down when it is asked for the first time."""
        if username not in self._passwords:
            self.replace(username, _new_password())
        return self._passwords[username]

    def replace(self, username: str, password: str) -> None:
        """Write down another password."""
        self._passwords[username] = password
        write_private(self.path, json.dumps(self._passwords, indent=1))

    def sign_in(self, username: str, *, anew: bool = False) -> Caller:
        """`username` signed in, once for each run unless `anew`. Raises Refusal."""
        if anew or username not in self._callers:
            self._callers[username] = self.rest.sign_in(username, self.password(username))
        return self._callers[username]


def create(accounts: Accounts, county: County, by: Caller, usernames: list[str]) -> dict[str, str]:
    """Have these people with their roles and, where they belong to the story, passwords; their ids by username.

    Repeatable: who exists is left alone, and gets a new password only where ours was lost. Several may run at the same
    time as long as at most one has people of the story. Raises Refusal.
    """
    lost = {name for name in usernames if name in STORY and not accounts.knows(name)}
    rows = [_row(accounts, county, name) for name in usernames]
    found = by.post("/people/import", rows=rows)["rows"]
    for each in found:
        if each["outcome"] != "created" and each["ref"] in lost:
            accounts.replace(each["ref"], by.post(f"/people/{each['id']}/password")["password"])
    return {each["ref"]: each["id"] for each in found}


def _row(accounts: Accounts, county: County, username: str) -> Values:
    person = county.person(username)
    posts = county.posts_of(username)
    department = next((post.department for post in posts if post.department), None)
    return {
        "username": person.username,
        "name": person.name,
        "roles": sorted({post.role for post in posts}),
        "private_phone": person.mobile,
        "duty_phone": person.duty_phone,
        "areas": _explicit_areas(posts),
        **({"department": department} if department else {}),
        **({"password": accounts.password(username)} if username in STORY else {}),
    }


def _explicit_areas(posts: tuple[Post, ...]) -> list[str]:
    """The areas of offices; those of grids follow from the appointments."""
    return sorted({area for post in posts if not post.grid for area in post.areas})


def _new_password() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
    return "-".join(groups)
