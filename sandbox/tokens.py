"""Saleor's tokens: who a bearer is, and new tokens for users."""

from __future__ import annotations

from typing import Any

from sandbox.keys import StoreKey
from sandbox.model.apps import App, AppExtension
from sandbox.model.customers import User
from sandbox.model.ids import global_id, parse_global_id
from sandbox.model.store import NOBODY, Caller, Store

_ACCESS_SECONDS = 300
_REFRESH_SECONDS = 30 * 24 * 3600
_READABLE = {"access", "thirdparty"}


class TokenError(Exception):
    """A token that Saleor refuses; the class name is the code that it shows."""


class ExpiredSignatureError(TokenError):
    def __init__(self) -> None:
        super().__init__("Signature has expired")


class InvalidTokenError(TokenError):
    def __init__(self) -> None:
        super().__init__("Invalid token. User does not exist or is inactive.")


class Tokens:
    """Issues and reads the tokens of one store."""

    def __init__(self, store: Store, key: StoreKey) -> None:
        self.store = store
        self.key = key

    def access_token(self, user: User, seconds: int = _ACCESS_SECONDS) -> str:
        return self.key.sign_token(self._claims(user, "access", seconds))

    def refresh_token(self, user: User) -> str:
        return self.key.sign_token(self._claims(user, "refresh", _REFRESH_SECONDS))

    def dashboard_token(self, user: User, app: App, extension: AppExtension | None = None) -> str:
        """What the Dashboard hands to an app's frame in its handshake."""
        allowed = app.permissions if extension is None else frozenset(extension.permissions)
        claims = self._claims(user, "thirdparty", _ACCESS_SECONDS) | {
            "app": global_id("App", app.pk),
            "permissions": sorted(allowed & user.permissions),
            "user_permissions": sorted(user.permissions),
        }
        if extension is not None:
            claims["app_extension"] = global_id("AppExtension", extension.pk)
        if app.audience:
            claims["aud"] = f"custom:{app.audience}"
        return self.key.sign_token(claims)

    def caller(self, token: str | None) -> Caller:
        """Who bears the token; a dead app token is nobody's.

        Raises:
            ExpiredSignatureError: the user's token ran out.
            InvalidTokenError: it is a user's token, but not a good one.
        """
        if not token:
            return NOBODY
        if token.count(".") != 2:
            apps = self.store.apps.values()
            app = next((app for app in apps if app.token == token and app.is_alive), None)
            return Caller(app=app) if app else NOBODY
        user, claims = self._user(token, _READABLE)
        if claims["exp"] <= self.store.clock.now().timestamp():
            raise ExpiredSignatureError
        return Caller(user=user)

    def user_of(self, token: str) -> User | None:
        """The user of an access or refresh token that is still good."""
        try:
            user, claims = self._user(token, {"access", "refresh"})
        except InvalidTokenError:
            return None
        return user if claims["exp"] > self.store.clock.now().timestamp() else None

    def _user(self, token: str, types: set[str]) -> tuple[User, dict[str, Any]]:
        claims = self.key.read_token(token)
        if claims is None or claims.get("type") not in types:
            raise InvalidTokenError
        user = self.store.users.get(int(parse_global_id(claims["user_id"])[1]))
        if user is None or not user.is_active or user.jwt_token_key != claims["token"]:
            raise InvalidTokenError
        return user, claims

    def _claims(self, user: User, kind: str, seconds: int) -> dict[str, Any]:
        now = int(self.store.clock.now().timestamp())
        return {
            "iat": now,
            "owner": "saleor",
            "iss": self.store.api_url,
            "exp": now + seconds,
            "token": user.jwt_token_key,
            "email": user.email,
            "type": kind,
            "user_id": global_id("User", user.pk),
            "is_staff": user.is_staff,
        }
