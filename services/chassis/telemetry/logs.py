"""Log lines: one JSON object a line on stderr, with time (UTC), level, service, role and trace_id.

Nothing that a caller typed can forge a line or drive a terminal: control characters, Unicode line breaks
and direction marks are escaped. Keys that hold secrets or personal data are dropped at any depth, telephone
and ID numbers and passwords in addresses are masked inside texts (PRV-02). Objects other than plain data
appear by their type only, because a repr may carry what was dropped.
"""

import json
import logging
import re
import sys
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from pathlib import PurePath
from typing import Any
from uuid import UUID

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from services.chassis.telemetry.spans import current_trace_id

_SECRET_KEY = re.compile(
    r"(^|_)(authorization|password|passwd|secret|token|cookie|credentials?|(private|field|api)_key"
    r"|phone|telephone|mobile|id_number|id_card|real_name|person_name|reporter_name|home_address)s?$"
)
_MASKS = (
    (re.compile(r"(://[^\s:/@]*:)[^\s/@]+@"), r"\1***@"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 ***"),
    (re.compile(r"(?<![0-9A-Za-z])(1[3-9]\d)\d{4}(\d{4})(?![0-9A-Za-z])"), r"\1****\2"),
    (re.compile(r"(?<![0-9A-Za-z])(\d{6})\d{8}\d{3}[\dXx](?![0-9A-Za-z])"), r"\1************"),
)
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_AS_TEXT = (datetime, date, Decimal, UUID, PurePath, BaseException)
_QUIET = ("amqp", "kombu", "pika", "urllib3", "opentelemetry", "sqlalchemy", "httpx")
_DEEPEST = 8
_LONGEST_KEY = 300
_OUR_OWN = frozenset({"time", "level", "logger", "service", "role", "trace_id"})
"""Keys whose values `_shared_processors` made, at the first level; nothing in them comes from a caller."""


def configure_logging(service: str, role: str, level: str = "INFO") -> None:
    """Send structlog and the standard library's logging of this process to stderr as JSON lines.

    `service` and `role` are defaults: an entry that binds its own `service` (`api all`) keeps it. Calling
    it again replaces the former setting.
    """
    shared = _shared_processors(service, role)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    _take_over_standard_logging(shared, level)


def _shared_processors(service: str, role: str) -> list[Processor]:
    def place(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
        entry.setdefault("service", service)
        entry.setdefault("role", role)
        trace_id = current_trace_id()
        return entry if trace_id is None else {**entry, "trace_id": trace_id}

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        place,
    ]


def _take_over_standard_logging(shared: list[Processor], level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                drop_private,
                render,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def drop_private(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    """structlog processor: plain data only, without secret and personal keys, texts masked."""
    return {
        key: value if key in _OUR_OWN else _plain(value, _DEEPEST)
        for key, value in entry.items()
        if key in _OUR_OWN or not _is_private(key)
    }


def render(_logger: WrappedLogger, _method: str, entry: EventDict) -> str:
    """structlog processor: one line of JSON, readable Chinese, everything that could break the line
    escaped.
    """
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(entry, ensure_ascii=False))


def _is_private(key: Any) -> bool:
    return _says_private(str(key)[:_LONGEST_KEY])


@lru_cache(maxsize=1024)
def _says_private(key: str) -> bool:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower().replace("-", "_").replace(".", "_")
    return _SECRET_KEY.search(snake) is not None


def _plain(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return _plain(value.value, depth)
    if isinstance(value, str):
        return _masked(value)
    if isinstance(value, _AS_TEXT):
        return _masked(value.isoformat() if isinstance(value, date) else str(value))
    return _container(value, depth)


def _container(value: Any, depth: int) -> Any:
    if depth and isinstance(value, Mapping):
        return {str(k): _plain(v, depth - 1) for k, v in value.items() if not _is_private(k)}
    if depth and isinstance(value, list | tuple | set | frozenset):
        return [_plain(item, depth - 1) for item in value]
    return f"<{type(value).__name__}>"


def _masked(text: str) -> str:
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text
