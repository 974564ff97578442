"""The OpenAPI 3.1 document, generated from the same declarations that route and validate.

Request schemas come from marshmallow through apispec, reply schemas from the protobuf messages that are sent.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from google.protobuf.descriptor import Descriptor

from . import headers, protojson
from .body import BINARY, JSON
from .declare import Declaration, Property, Routes, Shape
from .fields import Request
from .problems import MEDIA_TYPE, TITLES

VERSION = "3.1.0"
PAGE_VERSION = "3.0.3"
"""The page of swagger-ui-bundle (swagger-ui 4.15) draws 3.0 only; it is given the same declarations in 3.0."""

DESCRIPTION = """网格化管理平台的公开接口 / The public interface of the county grid platform.

- 除注明外均需 `Authorization: Bearer …`;凭证由 `POST /api/v1/sign-in` 取得。
- 写操作可带 `Idempotency-Key`,相同键与内容只执行一次。
- 列表以 `limit`、`cursor` 翻页;`ETag` 与 `If-Match` 防止覆盖他人修改。
- 错误以 RFC 9457 `application/problem+json` 返回,语言随 `Accept-Language`(zh、en)。
"""
FAULT = {
    "type": "object",
    "required": ["pointer", "code", "detail"],
    "properties": {name: {"type": "string"} for name in ("pointer", "code", "detail")},
}
PROBLEM: Mapping[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "code": {"type": "string"},
        "trace_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "errors": {"type": "array", "items": FAULT},
    },
}
TEXT: Mapping[str, Any] = {"type": "string"}
TEXTS: Mapping[str, Mapping[str, Any]] = {
    "text/event-stream": {
        "type": "object",
        "description": "每条消息 / each event",
        "properties": dict.fromkeys(("id", "event", "data"), TEXT),
    }
}
UPLOAD = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary"}},
}


def document(parts: Iterable[Routes], openapi_version: str = VERSION, version: str = "1") -> dict[str, Any]:
    """The whole document for `parts`. Raises apispec's errors when two declarations contradict each other."""
    written = Document(openapi_version, version).of(list(parts))
    return for_30(written) if openapi_version.startswith("3.0") else written


def for_30(value: Any) -> Any:
    """`value` in the words of OpenAPI 3.0, which has `nullable` instead of the type "null", and no `const`."""
    if isinstance(value, list):
        return [for_30(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    found = {name: for_30(entry) for name, entry in value.items()}
    if isinstance(found.get("type"), list):
        return {**found, "type": found["type"][0], "nullable": True}
    if "const" in found:
        return {**{name: entry for name, entry in found.items() if name != "const"}, "enum": [found["const"]]}
    if found.get("anyOf", [])[1:] == [{"type": "null"}]:
        return {"allOf": found["anyOf"][:1], "nullable": True}
    return found


class Document:
    """Builds one document; the components are collected while the operations are written."""

    def __init__(self, openapi_version: str, version: str) -> None:
        self.plugin = MarshmallowPlugin(schema_name_resolver=_schema_name)
        info = {"description": DESCRIPTION}
        self.spec = APISpec("网格 Wangge", version, openapi_version, plugins=[self.plugin], info=info)
        self.known: set[str] = set()

    def of(self, parts: list[Routes]) -> dict[str, Any]:
        self.spec.components.schema("Problem", dict(PROBLEM))
        self.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
        for tag in dict.fromkeys(part.tag for part in parts):
            first = next(part for part in parts if part.tag == tag)
            self.spec.tag({"name": tag, "description": f"{first.zh} / {first.en}"})
        for part in parts:
            for declaration in part:
                self.spec.path(declaration.path, operations={declaration.method.lower(): self.operation(declaration)})
        return self.spec.to_dict()

    def operation(self, declaration: Declaration) -> dict[str, Any]:
        operation: dict[str, Any] = {
            "operationId": declaration.name,
            "tags": [declaration.tag],
            "summary": declaration.zh,
            "description": _description(declaration),
            "parameters": self.parameters(declaration),
            "security": [] if declaration.public else [{"bearer": []}],
            "responses": self.responses(declaration),
        }
        if declaration.upload:
            operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": UPLOAD}}}
        elif declaration.binary:
            content = {BINARY: {"schema": {"type": "string", "format": "binary"}}}
            operation["requestBody"] = {"required": True, "content": content}
        elif declaration.body:
            schema = self.plugin.resolver.resolve_schema_dict(declaration.body)  # type: ignore[union-attr]
            content = {JSON: {"schema": schema}}
            operation["requestBody"] = {"required": True, "content": content}
        return operation

    def parameters(self, declaration: Declaration) -> list[dict[str, Any]]:
        convert = self.plugin.converter.schema2parameters  # type: ignore[union-attr]
        found: list[dict[str, Any]] = []
        if declaration.parameters:
            found += convert(Request.from_dict(declaration.parameters)(), location="path")
        if declaration.query:
            found += convert(declaration.query(), location="query")
        return found + _headers(declaration)

    def responses(self, declaration: Declaration) -> dict[str, Any]:
        found = {str(declaration.status): self.success(declaration)}
        if declaration.later:
            found["202"] = self.success(declaration)
        found.update({str(status): _problem(status) for status in problem_statuses(declaration)})
        return found

    def success(self, declaration: Declaration) -> dict[str, Any]:
        answer: dict[str, Any] = {"description": f"{declaration.zh} / {declaration.en}", "headers": _sent(declaration)}
        if declaration.media:
            answer["content"] = {media: {"schema": dict(TEXTS.get(media, TEXT))} for media in declaration.media}
        elif declaration.status != 204:
            answer["content"] = {JSON: {"schema": self.reply(declaration)}}
        return answer

    def reply(self, declaration: Declaration) -> dict[str, Any]:
        reply = declaration.reply
        if isinstance(reply, Descriptor):
            return {"$ref": self.message(reply)}
        if isinstance(reply, Shape):
            properties = {name: self.property(value) for name, value in reply.properties.items()}
            return {"type": "object", "properties": properties, "required": list(properties)}
        return {"type": "object"}

    def property(self, value: Property) -> dict[str, Any]:
        if isinstance(value, list):
            return {"type": "array", "items": self.property(value[0])}
        return {"$ref": self.message(value)} if isinstance(value, Descriptor) else dict(value)

    def message(self, descriptor: Descriptor) -> str:
        """Write the schemas of `descriptor` and of all that it holds among the components; return its address."""
        for found in protojson.reached(descriptor):
            name = protojson.component_name(found)
            if name not in self.known:
                self.known.add(name)
                self.spec.components.schema(name, self._message_schema(found))
        return _ref(protojson.component_name(descriptor))

    def _message_schema(self, descriptor: Descriptor) -> dict[str, Any]:
        schema = protojson.schema(descriptor, _ref)
        if "next_cursor" in schema["properties"]:
            schema["properties"]["next_cursor"] = {"anyOf": [{"type": "string"}, {"type": "null"}]}
        return schema


def _schema_name(schema: Any) -> str:
    cls = schema if isinstance(schema, type) else type(schema)
    return cls.__name__


def _ref(name: str) -> str:
    return f"#/components/schemas/{name}"


def _description(declaration: Declaration) -> str:
    if declaration.roles is None:
        return declaration.en
    return f"{declaration.en}\n\n岗位 / roles: {', '.join(sorted(declaration.roles))}"


def _headers(declaration: Declaration) -> list[dict[str, Any]]:
    rows = [_header("Accept-Language", "zh、en", {})]
    if declaration.writes and not declaration.public:
        key = {"pattern": f"^{headers.KEY.pattern}$"}
        rows.append(_header("Idempotency-Key", "可见 ASCII 字符;缺省时由平台生成 / generated when absent", key))
    if declaration.versioned:
        version = {"pattern": rf"^(?:\*|{headers.VERSION.pattern})$"}
        rows.append(_header("If-Match", 'GET 所得 ETag / the ETag of the GET, such as "3"', version))
    return rows


def _header(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "string", **schema}
    return {"in": "header", "name": name, "description": description, "required": False, "schema": schema}


def _sent(declaration: Declaration) -> dict[str, Any]:
    names = ["Trace-Id"] + (["Idempotency-Key"] if declaration.writes else [])
    return {name: {"schema": {"type": "string"}} for name in names}


def problem_statuses(declaration: Declaration) -> list[int]:
    """The problems that an operation may answer with, from what it declares."""
    found = {400, 422, 500, 503, 504, *declaration.refusals}
    if not declaration.public:
        found |= {401, 403, 404}
    if declaration.writes:
        found |= {409, 429}
    if declaration.versioned:
        found.add(412)
    if declaration.body or declaration.upload or declaration.binary:
        found |= {413, 415}
    return sorted(found)


def _problem(status: int) -> dict[str, Any]:
    zh, en = TITLES[status]
    return {"description": f"{zh} / {en}", "content": {MEDIA_TYPE: {"schema": {"$ref": _ref("Problem")}}}}
