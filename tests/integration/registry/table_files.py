"""The gateway in front of a real registry, and spreadsheets as a clerk's program writes them."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
from starlette.testclient import TestClient

from gateway.api.app import create
from gateway.api.settings import Settings
from services.chassis.auth import Issuer, Principal
from services.chassis.ids import new_id

from .conftest import OPERATOR, Registry

Lines = Sequence[Sequence[Any]]


def xlsx(lines: Lines, sheet: str = "Sheet1", **changes: Any) -> bytes:
    """A workbook with one sheet; `merge` names a range."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for line in lines:
        page.append(list(line))
    if "merge" in changes:
        page.merge_cells(changes["merge"])
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def csv_bytes(lines: Lines, encoding: str = "utf-8") -> bytes:
    target = io.StringIO()
    csv.writer(target).writerows(lines)
    return target.getvalue().encode(encoding)


def lines_of(content: bytes) -> list[list[str]]:
    """The first sheet of an xlsx file, empty cells as empty texts."""
    page = openpyxl.load_workbook(io.BytesIO(content), data_only=True).worksheets[0]
    return [["" if cell is None else str(cell) for cell in row] for row in page.iter_rows(values_only=True)]


@dataclass
class Desk:
    """Somebody at the gateway."""

    http: TestClient
    issuer: Issuer
    principal: Principal = OPERATOR
    headers: dict[str, str] = field(default_factory=dict)

    def as_(self, *roles: str, areas: Sequence[str] = (), department: str | None = None, who: str = "") -> "Desk":
        person = Principal(who or new_id(), "某人", frozenset(roles), department, tuple(areas))
        return Desk(self.http, self.issuer, person)

    def send(self, kind: str, content: bytes, key: str | None = None, **query: Any) -> Any:
        """The answer to an import of `content` as the request's body."""
        given = {**self._signed(), **({"Idempotency-Key": key} if key else {})}
        return self.http.post(f"/api/v1/imports/{kind}", content=content, headers=given, params=_texts(query))

    def get(self, path: str, **query: Any) -> Any:
        return self.http.get(f"/api/v1{path}", headers=self._signed(), params=_texts(query))

    def post(self, path: str, **values: Any) -> Any:
        return self.http.post(f"/api/v1{path}", headers=self._signed(), json=values or None)

    def put(self, path: str, if_match: int | None = None, **values: Any) -> Any:
        given = {} if if_match is None else {"If-Match": f'"{if_match}"'}
        return self.http.put(f"/api/v1{path}", headers={**self._signed(), **given}, json=values)

    def upload(self, kind: str, content: bytes, name: str) -> Any:
        return self.http.post(f"/api/v1/imports/{kind}", files={"file": (name, content)}, headers=self._signed())

    def _signed(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.issuer.issue(self.principal, timedelta(hours=1))[0]}"}


def _texts(query: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in query.items()}


@contextmanager
def gateway(registry: Registry, keys: Path, folder: Path) -> Iterator[Desk]:
    """The gateway's application in this process, in front of `registry`."""
    addresses = dict.fromkeys(("registry", "incident", "assessment", "liaison"), registry.address)
    settings = Settings(public_keys=keys / "public.json", blobs=folder / "blobs", addresses=addresses)
    with TestClient(create(settings)) as http:
        http.app.state.shared.verifier.clock = registry.clock
        yield Desk(http, registry.issuer)
