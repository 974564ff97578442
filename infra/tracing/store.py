"""Spans in one SQLite file: written by the receiver, read by `wangge trace` at the same time (WAL).

Bounded twice: the newest `most_spans` and nothing older than `oldest_s` seconds are kept. A span that is sent
twice (the exporter repeats what was not confirmed) is kept once.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS spans (
  id INTEGER PRIMARY KEY, received REAL NOT NULL, trace_id TEXT NOT NULL, span_id TEXT NOT NULL, parent_id TEXT,
  service TEXT NOT NULL, role TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
  start_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL, error INTEGER NOT NULL, message TEXT NOT NULL,
  attributes TEXT NOT NULL, UNIQUE (trace_id, span_id));
"""
_COLUMNS = "trace_id,span_id,parent_id,service,role,name,kind,start_ns,end_ns,error,message,attributes"
_INSERT = f"INSERT OR IGNORE INTO spans (received,{_COLUMNS}) VALUES (?{',?' * 12})"  # noqa: S608 - constants
_OF_TRACE = f"SELECT {_COLUMNS} FROM spans WHERE trace_id = ? ORDER BY start_ns, id"  # noqa: S608 - constants


@dataclass(frozen=True)
class Span:
    """One finished span. Times are nanoseconds since 1970; `attributes` is JSON text; `parent_id` may be
    None.
    """

    trace_id: str
    span_id: str
    parent_id: str | None
    service: str
    role: str
    name: str
    kind: str
    start_ns: int
    end_ns: int
    error: bool = False
    message: str = ""
    attributes: str = "{}"


def database_path() -> Path:
    """`traces.db` in WANGGE_HOME (default `.wangge` in the working directory)."""
    return Path(os.environ.get("WANGGE_HOME", ".wangge")) / "traces.db"


class SpanStore:
    """The writing side. Safe to use from several threads; there is one per file."""

    def __init__(self, path: Path, *, most_spans: int = 200_000, oldest_s: float = 7 * 86_400) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._most, self._oldest = most_spans, oldest_s
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, timeout=10, check_same_thread=False)
        path.chmod(0o600)
        self._database.executescript(
            f"PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {_SCHEMA}"
        )

    def add(self, spans: Iterable[Span]) -> None:
        """Keep a batch in one transaction; committed when this returns."""
        now = time.time()
        with self._lock, self._database as transaction:
            transaction.executemany(_INSERT, [(now, *astuple(span)) for span in spans])

    def shorten(self) -> None:
        """Delete what is too old or too many, oldest first, and give the space back to the disk."""
        with self._lock:
            with self._database as transaction:
                transaction.execute("DELETE FROM spans WHERE received < ?", (time.time() - self._oldest,))
                transaction.execute("DELETE FROM spans WHERE id <= (SELECT max(id) FROM spans) - ?", (self._most,))
            self._database.execute("PRAGMA incremental_vacuum")

    def close(self) -> None:
        with self._lock:
            self._database.close()


def spans_of(trace_id: str, path: Path) -> list[Span]:
    """All spans of one trace, in order of their start; empty when there is none."""
    with _reading(path) as database:
        rows = database.execute(_OF_TRACE, (trace_id,)).fetchall()
    return [Span(*row) for row in rows]


def trace_ids(prefix: str, path: Path, most: int = 10) -> list[str]:
    """At most `most` trace ids that begin with `prefix` (hexadecimal digits), sorted."""
    with _reading(path) as database:
        rows = database.execute(
            "SELECT DISTINCT trace_id FROM spans WHERE trace_id >= ? AND trace_id < ? ORDER BY 1 LIMIT ?",
            (prefix, prefix + "g", most),
        ).fetchall()
    return [row[0] for row in rows]


class _reading:
    """A read-only connection, closed afterwards. A file that is not there reads as empty."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(f"file:{path}?mode=ro" if path.exists() else ":memory:", uri=True)
        if not path.exists():
            self._database.executescript(_SCHEMA)

    def __enter__(self) -> sqlite3.Connection:
        return self._database

    def __exit__(self, *_failure: object) -> None:
        self._database.close()
