"""Commands about whole tables, their rows and cells (REG-13)."""

from dataclasses import dataclass

from services.chassis.messages import Command


@dataclass(frozen=True, kw_only=True)
class TableCell:
    """What stood in one cell; `form`: text, number, day, flag, error or formula."""

    text: str
    form: str = ""


@dataclass(frozen=True, kw_only=True)
class TableRow:
    number: int
    cells: tuple[TableCell, ...]


@dataclass(frozen=True, kw_only=True)
class OpenImport(Command):
    """Announce a file; its rows follow in parts, `digest` tells it from every other file."""

    kind: str
    dry_run: bool
    format: str
    encoding: str = ""
    sheet: str = ""
    merged: tuple[str, ...] = ()
    digest: str
    total_rows: int


@dataclass(frozen=True, kw_only=True)
class AddImportRows(Command):
    id: str
    part: int
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, kw_only=True)
class RunImport(Command):
    """Check the rows that have arrived and, unless it is a dry run, carry them all out."""

    id: str


@dataclass(frozen=True, kw_only=True)
class CancelImport(Command):
    id: str


@dataclass(frozen=True, kw_only=True)
class ExportRows(Command):
    """One page of a table; a purpose unmasks personal telephones and is recorded for each person (PRV-03)."""

    kind: str
    purpose: str = ""
    limit: int = 0
    cursor: str = ""
    prefix: str = ""
