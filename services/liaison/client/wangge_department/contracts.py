"""The JSON Schemas of the events' data, one file `<type>.json` for each type, shipped with this package.

The platform may know newer types than this package: those pass, and their `event.known` is False.
"""

import json
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry

from wangge_department.errors import InvalidData
from wangge_department.event import Event


class Contracts:
    """All schemas of a folder, read when first used and compiled once."""

    def __init__(self, folder: Traversable | None = None) -> None:
        self._folder = folder or resources.files("wangge_department").joinpath("schemas")

    @property
    def types(self) -> list[str]:
        """The event types with a schema, sorted."""
        return sorted(self._validators)

    def check(self, event: Event) -> bool:
        """True when the data agree with the type's schema, False when the type is unknown. Raises
        InvalidData.
        """
        validator = self._validators.get(event.type)
        if validator is None:
            return False
        fault = best_match(validator.iter_errors(event.data))
        if fault is not None:
            raise InvalidData(
                f"{event.type} 的内容不符合约定:{fault.json_path}",
                f"the data of {event.type} contradict the schema at {fault.json_path} ({fault.validator})",
            )
        return True

    @cached_property
    def _validators(self) -> dict[str, Draft202012Validator]:
        return {
            file.name.removesuffix(".json"): Draft202012Validator(
                json.loads(file.read_text(encoding="utf-8")),
                registry=Registry(),  # nothing is ever fetched from a network
            )
            for file in self._folder.iterdir()
            if file.name.endswith(".json")
        }
