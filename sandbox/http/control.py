"""The control panel of the store, as JSON; for pages and tests, never for the app."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.discounting import Completion
from sandbox.events.courier import Parcel
from sandbox.events.faults import Faults, changed
from sandbox.http.service import InstallationFailed, Service
from sandbox.model.apps import App
from sandbox.model.errors import Refused
from sandbox.model.ids import global_id
from sandbox.quick import copy_product
from sandbox.shop import STAFF_EMAIL

Handler = Callable[[Service, dict[str, Any]], dict[str, Any]]

_MOST_COPIES = 500
_MOST_SECONDS = 10 * 365 * 24 * 3600


class _Wrong(Exception):
    """The request cannot be understood; the text tells why."""


def control_routes(service: Service) -> list[Route]:
    """All of `/_control/`."""
    return [
        Route("/_control/state", _get(service, _state), methods=["GET"]),
        Route("/_control/people", _get(service, _people), methods=["GET"]),
        Route("/_control/clock", _post(service, _clock), methods=["POST"]),
        Route("/_control/faults", _post(service, _faults), methods=["POST"]),
        Route("/_control/install", _post(service, _install), methods=["POST"]),
        Route("/_control/uninstall", _post(service, _uninstall), methods=["POST"]),
        Route("/_control/app_token", _post(service, _app_token), methods=["POST"]),
        Route("/_control/race", _post(service, _race), methods=["POST"]),
        Route("/_control/goods", _post(service, _goods), methods=["POST"]),
        Route("/_control/tick", _post(service, _tick), methods=["POST"]),
        Route("/_control/reset", _post(service, _reset), methods=["POST"]),
    ]


def _get(
    service: Service, read: Callable[[Service], dict[str, Any]]
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_request: Request) -> Response:
        return JSONResponse(
            await run_in_threadpool(read, service), headers={"Cache-Control": "no-store"}
        )

    return answer


def _post(service: Service, act: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            data = await request.json() if await request.body() else {}
            if not isinstance(data, dict):
                raise _Wrong("a JSON object is expected")
            return JSONResponse(await run_in_threadpool(act, service, data))
        except (_Wrong, ValueError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        except LookupError as error:
            return JSONResponse({"error": str(error)}, status_code=404)

    return answer


def _state(service: Service) -> dict[str, Any]:
    box = service.box
    with box.lock:
        return {
            "now": box.clock.now().isoformat(),
            "version": box.store.full_version,
            "faults": _show_faults(box.faults),
            "apps": [_show_app(a) for a in box.store.apps.values() if a.removed_at is None],
            "customers": [
                {
                    "email": user.email,
                    "first_name": user.first_name,
                    "last_name": user.last_name,
                    "is_confirmed": user.is_confirmed,
                }
                for user in box.store.users.values()
                if not user.is_staff
            ],
            "staff": [
                {
                    "email": user.email,
                    "first_name": user.first_name,
                    "last_name": user.last_name,
                    "permissions": sorted(user.permissions),
                }
                for user in box.store.users.values()
                if user.is_staff
            ],
            "deliveries": [_show_delivery(each) for each in reversed(box.courier.recent)],
        }


def _people(service: Service) -> dict[str, Any]:
    """What the Dashboard lists: customers and vouchers, by the ids that apps are given."""
    store = service.box.store
    with service.box.lock:
        return {
            "customers": [
                {
                    "id": global_id("User", user.pk),
                    "email": user.email,
                    "first_name": user.first_name,
                    "last_name": user.last_name,
                }
                for user in store.users.values()
                if not user.is_staff
            ],
            "vouchers": [
                {
                    "id": global_id("Voucher", voucher.pk),
                    "name": voucher.name,
                    "codes": [code.code for code in voucher.codes],
                }
                for voucher in reversed(store.vouchers.values())
            ],
        }


def _show_faults(faults: Faults) -> dict[str, Any]:
    return {
        "duplicate": faults.duplicate,
        "shuffle": faults.shuffle,
        "delay_seconds": faults.delay_seconds,
        "drop": faults.drop,
        "torn": faults.torn,
        "app_down": faults.app_down,
        "sync_answer": faults.sync_answer,
        "api_answer": faults.api_answer,
    }


def _show_app(app: App) -> dict[str, Any]:
    return {
        "id": global_id("App", app.pk),
        "identifier": app.identifier,
        "name": app.name,
        "app_url": app.app_url,
        "logo": app.logo,
        "is_active": app.is_active,
        "extensions": [
            {
                "id": global_id("AppExtension", extension.pk),
                "label": extension.label,
                "url": extension.url,
                "mount": extension.mount.upper(),
                "target": extension.target.upper(),
                "permissions": extension.permissions,
                "options": extension.settings,
                "identifier": extension.identifier,
            }
            for extension in app.extensions
        ],
    }


def _show_delivery(parcel: Parcel) -> dict[str, Any]:
    delivery = parcel.delivery
    last = delivery.attempts[-1] if delivery.attempts else None
    return {
        "id": global_id("EventDelivery", delivery.pk),
        "event": delivery.event_type,
        "app": parcel.webhook.app.name,
        "status": delivery.status,
        "attempts": len(delivery.attempts),
        "at": delivery.created_at.isoformat(),
        "http_status": last.response_status_code if last else None,
    }


def _clock(service: Service, data: dict[str, Any]) -> dict[str, Any]:
    seconds = data.get("advance_seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        raise _Wrong("advance_seconds must be a whole number")
    if not 0 <= seconds <= _MOST_SECONDS:
        raise _Wrong("advance_seconds is out of range")
    service.advance(seconds)
    return {"now": service.clock.now().isoformat()}


def _faults(service: Service, data: dict[str, Any]) -> dict[str, Any]:
    wanted = changed(service.box.faults, data)
    service.set_faults(**_show_faults(wanted))
    return {"faults": _show_faults(service.box.faults)}


def _install(service: Service, data: dict[str, Any]) -> dict[str, Any]:
    url = data.get("manifest_url")
    if not isinstance(url, str) or not url:
        raise _Wrong("manifest_url is missing")
    try:
        app = service.install(url)
    except InstallationFailed as failure:
        return {"error": failure.message}
    return {"app_id": global_id("App", app.pk)}


def _app_id(data: dict[str, Any]) -> str:
    app_id = data.get("app_id")
    if not isinstance(app_id, str):
        raise _Wrong("app_id is missing")
    return app_id


def _uninstall(service: Service, data: dict[str, Any]) -> dict[str, Any]:
    service.uninstall(_app_id(data))
    return {}


def _app_token(service: Service, data: dict[str, Any]) -> dict[str, Any]:
    """The token of the handshake between the Dashboard and an app's frame.

    `extension_id` narrows it to what an extension may do, `email` names the staff member.
    """
    with service.box.lock:
        app = service.find_app(_app_id(data))
        wanted = data.get("extension_id")
        extension = None
        if wanted is not None:
            ids = {global_id("AppExtension", one.pk): one for one in app.extensions}
            if wanted not in ids:
                raise LookupError(f"no extension {wanted}")
            extension = ids[wanted]
        email = data.get("email") or STAFF_EMAIL
        if not isinstance(email, str) or not service.box.user(email).is_staff:
            raise LookupError(f"no staff member {email!r}")
        return {"token": service.box.dashboard_token(app, email, extension)}


def _race(service: Service, data: dict[str, Any]) -> dict[str, Any]:
    """Two checkouts with one code, paid and completed at the same instant."""
    checkouts, code = data.get("checkouts"), data.get("code")
    if not isinstance(checkouts, list) or not all(isinstance(one, str) for one in checkouts):
        raise _Wrong("checkouts must be a list of ids")
    if not isinstance(code, str) or not code:
        raise _Wrong("code is missing")
    try:
        done = service.race(checkouts, code)
    except Refused as refusal:
        raise _Wrong(refusal.message) from refusal
    return {"orders": [_show_completion(each) for each in done]}


def _show_completion(completion: Completion) -> dict[str, Any]:
    order = completion.order
    return {
        "number": None if order is None else order.number,
        "voucher_code": None if order is None else order.voucher_code,
        "refusal": completion.refusal,
    }


def _goods(service: Service, data: dict[str, Any]) -> dict[str, Any]:
    """Many products at once: copies of one that the shop has, each with the same metadata."""
    product, copies, metadata = data.get("product"), data.get("copies"), data.get("metadata", {})
    if not isinstance(product, str):
        raise _Wrong("product must be a slug")
    if not isinstance(copies, int) or not 1 <= copies <= _MOST_COPIES:
        raise _Wrong(f"copies must be 1 to {_MOST_COPIES}")
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise _Wrong("metadata must be texts by name")
    with service.box.lock:
        made = copy_product(service.box.store, product, copies, metadata)
    return {"products": [global_id("Product", each.pk) for each in made]}


def _tick(service: Service, _data: dict[str, Any]) -> dict[str, Any]:
    service.tick()
    return {}


def _reset(service: Service, _data: dict[str, Any]) -> dict[str, Any]:
    service.reset()
    return {}
