"""Mutations of accounts and customers."""

from __future__ import annotations

from typing import Any

from sandbox.model import customers
from sandbox.model.customers import User
from sandbox.model.errors import PermissionDenied, Refused
from sandbox.schema.mutation import Payload, mutation
from sandbox.schema.nodes import need_node
from sandbox.schema.request import Info, Resolvers, caller_of, request_of, store_of


def _token_create(info: Info, email: str, password: str, **_: Any) -> Payload:
    request = request_of(info)
    asked = request.store.asks_to_confirm
    user = customers.find_by_email(request.store, email)
    if user is None or not user.is_active or user.password is None or user.password != password:
        raise Refused("INVALID_CREDENTIALS", "Please, enter valid credentials", "email")
    if asked and not user.is_confirmed and not user.is_staff:
        raise Refused("ACCOUNT_NOT_CONFIRMED", "Account needs to be confirmed via email.", "email")
    user.last_login = user.updated_at = request.store.now()
    return {
        "token": request.services.access_token(user),
        "refresh_token": request.services.refresh_token(user),
        "csrf_token": request.store.ids.token(32),
        "user": user,
    }


def _token_refresh(info: Info, refresh_token: str | None = None, **_: Any) -> Payload:
    services = request_of(info).services
    user = services.user_of_token(refresh_token or "")
    if user is None:
        raise Refused("JWT_INVALID_TOKEN", "Invalid or expired token", "refreshToken")
    return {"token": services.access_token(user), "user": user}


def _token_verify(info: Info, token: str) -> Payload:
    user = request_of(info).services.user_of_token(token)
    return {"is_valid": user is not None, "user": user, "payload": None}


def _register(info: Info, input_: dict[str, Any]) -> Payload:
    """The answer does not tell whether the e-mail was known: the user comes without an id."""
    store = store_of(info)
    customers.register(store, caller_of(info), input_)
    hidden = User(
        pk=0,
        email=input_["email"],
        date_joined=store.clock.now(),
        updated_at=store.clock.now(),
        jwt_token_key="",
        is_confirmed=False,
    )
    return {"requires_confirmation": store.asks_to_confirm, "user": hidden}


def _confirm(info: Info, email: str, token: str, **_: Any) -> Payload:
    return {"user": customers.confirm(store_of(info), caller_of(info), email, token)}


def _ask_for_password(
    info: Info, email: str, redirect_url: str, channel: str | None = None
) -> Payload:
    customers.ask_for_password(store_of(info), caller_of(info), email, redirect_url, channel)
    return {}


def _set_password(info: Info, email: str, token: str, password: str) -> Payload:
    customers.set_password(store_of(info), email, token, password)
    return _token_create(info, email, password)


def _me(info: Info) -> User:
    user = caller_of(info).user
    if user is None:
        raise PermissionDenied("AUTHENTICATED_USER")
    return user


def _account_update(info: Info, input_: dict[str, Any]) -> Payload:
    user = customers.update_customer(store_of(info), caller_of(info), _me(info), input_)
    return {"user": user}


def _request_deletion(info: Info, redirect_url: str, channel: str | None = None) -> Payload:
    store, user = store_of(info), _me(info)
    user.confirmation_token = store.ids.token(39)
    store.emit(
        "ACCOUNT_DELETE_REQUESTED",
        user,
        caller_of(info),
        token=user.confirmation_token,
        redirect_url=redirect_url,
        channel=channel,
    )
    return {}


def _account_delete(info: Info, token: str) -> Payload:
    user = _me(info)
    if token != user.confirmation_token:
        raise Refused("INVALID", "Invalid or expired token.", "token")
    deleted = customers.delete_customer(store_of(info), caller_of(info), user, "ACCOUNT_DELETED")
    return {"user": deleted}


def _customer_create(info: Info, input_: dict[str, Any]) -> Payload:
    return {"user": customers.create_customer(store_of(info), caller_of(info), input_)}


def _find(info: Info, id_: str | None, reference: str | None) -> User:
    store = store_of(info)
    if id_ is None and reference is not None:
        for user in store.users.values():
            if user.external_reference == reference:
                return user
    found: User = need_node(store, id_, "User")
    return found


def _customer_update(
    info: Info,
    input_: dict[str, Any],
    id_: str | None = None,
    external_reference: str | None = None,
) -> Payload:
    user = _find(info, id_, external_reference)
    return {"user": customers.update_customer(store_of(info), caller_of(info), user, input_)}


def _customer_delete(
    info: Info, id_: str | None = None, external_reference: str | None = None
) -> Payload:
    user = _find(info, id_, external_reference)
    if user.is_staff:
        raise Refused("DELETE_STAFF_ACCOUNT", "Cannot delete a staff account.", "id")
    deleted = customers.delete_customer(store_of(info), caller_of(info), user, "CUSTOMER_DELETED")
    return {"user": deleted}


ACCOUNT_MUTATIONS: Resolvers = {
    "Mutation": {
        "tokenCreate": mutation(_token_create),
        "tokenRefresh": mutation(_token_refresh),
        "tokenVerify": mutation(_token_verify),
        "accountRegister": mutation(_register),
        "confirmAccount": mutation(_confirm),
        "requestPasswordReset": mutation(_ask_for_password),
        "setPassword": mutation(_set_password),
        "accountUpdate": mutation(_account_update),
        "accountRequestDeletion": mutation(_request_deletion),
        "accountDelete": mutation(_account_delete),
        "customerCreate": mutation(_customer_create, "MANAGE_USERS"),
        "customerUpdate": mutation(_customer_update, "MANAGE_USERS"),
        "customerDelete": mutation(_customer_delete, "MANAGE_USERS"),
    }
}
