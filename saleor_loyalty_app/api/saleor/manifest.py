"""The manifest, in the version that the asking Saleor understands."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from starlette.requests import Request

from saleor_loyalty_app.flows.app_manifest import WebhookSource, manifest_for
from saleor_loyalty_app.saleor.errors import UnsupportedSaleor
from saleor_loyalty_app.saleor.version import OLDEST, SchemaVersion, spoken_version

SCHEMA_HEADER = "saleor-schema-version"


def build_router(handlers: Sequence[WebhookSource], *, app_url: str, browser_url: str) -> APIRouter:
    """`GET /api/manifest`."""
    router = APIRouter(tags=["saleor"])

    @lru_cache(maxsize=8)
    def built(version: SchemaVersion, supported: bool) -> dict[str, Any]:
        manifest = manifest_for(
            handlers if supported else (),
            app_url=app_url,
            browser_url=browser_url,
            version=version,
        )
        return manifest.as_json()

    @router.get("/api/manifest", name="manifest")
    async def read_manifest(request: Request) -> JSONResponse:
        """What Saleor reads when a store installs the app.

        Adapted to the header Saleor-Schema-Version; without it, to the oldest supported Saleor. An
        older one gets a manifest without webhooks, so that it says itself, by
        `requiredSaleorVersion`, that it is too old.
        """
        version, supported = _wanted(request.headers.get(SCHEMA_HEADER))
        return JSONResponse(
            built(version, supported),
            headers={"Cache-Control": "no-cache", "Vary": SCHEMA_HEADER},
        )

    return router


def _wanted(header: str | None) -> tuple[SchemaVersion, bool]:
    if header is None:
        return OLDEST, True
    try:
        return spoken_version(header), True
    except UnsupportedSaleor:
        return OLDEST, False
