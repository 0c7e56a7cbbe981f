"""`POST /api/register`: where Saleor brings the app's token when a store installs the app."""

import asyncio
import json
from concurrent.futures import Executor
from functools import partial

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from starlette.requests import Request

from saleor_loyalty_app import log, metrics
from saleor_loyalty_app.api.saleor.bodies import read_body
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.install_store import Installer, Registration, RegistrationInvalid
from saleor_loyalty_app.i18n import DEFAULT_LANGUAGE, translate
from saleor_loyalty_app.saleor.api_url import ApiUrl, canonical_api_url
from saleor_loyalty_app.saleor.errors import InvalidApiUrl
from saleor_loyalty_app.stores.repository import store_by_url

#: `{"auth_token": "<30 characters>"}`
LARGEST_BODY = 4096
SLOWEST_BODY_SECONDS = 5.0
#: Saleor shows the message to the owner, and fails for good over a longer one.
LONGEST_MESSAGE = 250
API_URL_HEADER = "saleor-api-url"
_FACE = "register"
_log = log.get(__name__)


def build_router(installer: Installer, threads: Executor) -> APIRouter:
    """The route of registration; proofs run on `threads`, as they ask the network."""
    router = APIRouter(tags=["saleor"])

    @router.post("/api/register", name="register", include_in_schema=False)
    async def register(request: Request) -> JSONResponse:
        """Proves the registration with the store's Saleor and stores the store.

        A refusal has the message that Saleor shows to the owner in its Dashboard.
        """
        api_url = request.headers.get(API_URL_HEADER, "")
        try:
            registration = Registration(api_url, await _token(request))
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(threads, installer.register, registration)
        except AppError as failure:
            metrics.refusals.labels(_FACE, failure.code).inc()
            _log.warning("registration_refused", error_code=failure.code, api_host=_host(api_url))
            language = await known_language(installer, api_url)
            return _refusal(failure, language)
        return JSONResponse({"success": True})

    return router


async def known_language(installer: Installer, api_url: str) -> str:
    """The language of a store that installed the app before; English for all others."""
    try:
        canonical = canonical_api_url(api_url)
    except InvalidApiUrl:
        return DEFAULT_LANGUAGE
    store = await installer.access.database.read_async(partial(store_by_url, api_url=canonical))
    return store.language if store is not None else DEFAULT_LANGUAGE


async def _token(request: Request) -> str:
    body = await read_body(request, largest=LARGEST_BODY, seconds=SLOWEST_BODY_SECONDS)
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise RegistrationInvalid from None
    token = document.get("auth_token") if isinstance(document, dict) else None
    if not isinstance(token, str):
        raise RegistrationInvalid
    return token


def _refusal(failure: AppError, language: str) -> JSONResponse:
    message = translate(f"error.{failure.code}", language, **failure.detail)
    if len(message) > LONGEST_MESSAGE:
        message = message[: LONGEST_MESSAGE - 1] + "…"
    return JSONResponse(
        {"success": False, "error": {"code": failure.code, "message": message}},
        status_code=failure.status,
    )


def _host(api_url: str) -> str:
    try:
        return ApiUrl.parse(api_url).host
    except InvalidApiUrl:
        return "invalid"
