"""Signing in and out, and the caller's own account (REG-14)."""

from datetime import UTC, datetime
from typing import Any

from gateway.api.call import Call
from gateway.api.clients import methods
from gateway.api.declare import Routes, Shape
from gateway.api.protojson import to_json
from gateway.api.schemas.registry import ChangePassword, LooksQuery, RefreshToken, SignIn
from wangge.registry.v1 import registry_pb2

REGISTRY = methods(registry_pb2, "Registry")
TOKENS = Shape(
    {
        "access_token": {"type": "string"},
        "token_type": {"type": "string", "const": "Bearer"},
        "expires_in": {"type": "integer", "description": "秒 / seconds"},
        "refresh_token": {"type": "string"},
        "refresh_expires_in": {"type": "integer", "description": "秒 / seconds"},
        "person": registry_pb2.Account.DESCRIPTOR,
    }
)
routes = Routes("account", zh="登录与账号", en="Signing in")


@routes.add("POST", "/sign-in", body=SignIn, reply=TOKENS, public=True, refusals=(401,), zh="登录", en="Sign in")
async def sign_in(call: Call) -> Any:
    """Tokens for a user name and password, both limits counted before the password is looked at."""
    call.state.limits.attempt(call.body["username"], call.address)
    tokens = await call.ask_message(REGISTRY["SignIn"], call.body)
    call.state.limits.succeeded(call.body["username"])
    return tokens_json(tokens)


@routes.add("POST", "/refresh", body=RefreshToken, reply=TOKENS, public=True, refusals=(401,), zh="续期", en="Renew")
async def refresh(call: Call) -> Any:
    """A new pair for a refresh token, which is used up."""
    call.state.limits.attempt_from(call.address)
    return tokens_json(await call.ask_message(REGISTRY["Refresh"], call.body))


@routes.add("POST", "/sign-out", body=RefreshToken, status=204, public=True, zh="退出", en="Sign out")
async def sign_out(call: Call) -> None:
    """End the session of the refresh token, whoever it was."""
    await call.ask_message(REGISTRY["SignOut"], call.body)


routes.ask("GET", "/me", REGISTRY["Me"], zh="当前账号", en="The caller's account", etag="version")
routes.ask(
    "POST", "/me/password", REGISTRY["ChangePassword"], body=ChangePassword, zh="修改密码", en="Change one's password"
)
routes.ask("GET", "/me/looks", REGISTRY["ListLooks"], query=LooksQuery, zh="谁看过我的信息", en="Who saw my data")


def tokens_json(tokens: Any) -> dict[str, Any]:
    """What a sign-in answers, made of the registry's Tokens."""
    return {
        "access_token": tokens.access_token,
        "token_type": "Bearer",
        "expires_in": _seconds_until(tokens.access_expires_at.ToDatetime(UTC)),
        "refresh_token": tokens.refresh_token,
        "refresh_expires_in": _seconds_until(tokens.refresh_expires_at.ToDatetime(UTC)),
        "person": to_json(tokens.account),
    }


def _seconds_until(moment: datetime) -> int:
    return max(0, int((moment - datetime.now(UTC)).total_seconds()))
